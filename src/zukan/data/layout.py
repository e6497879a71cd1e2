"""Which of a source's named arrays are items and labels, for training and for test."""

from __future__ import annotations

from collections.abc import Iterable

from zukan import checks

ROLES = ("x_train", "y_train", "x_test", "y_test", "x", "y")


def assign(names: Iterable[str], where: str) -> tuple[dict[str, str], list[str]]:
    """Return ``{role: name}``, items before their labels, and the names that play no role.

    The roles are x_train, y_train, x_test and y_test, or, where the split is still to be drawn, x and y.
    """
    found = list(names)
    if "x_train" in found and "x_test" in found:
        wanted = {role: role for role in ROLES[:4]}
    elif "x_train" in found:
        wanted = {"x": "x_train", "y": "y_train"}
    elif len(found) == 1:
        wanted = {"x": found[0]}
    else:
        wanted = {"x": "x", "y": "y"}
    roles = {role: name for role, name in wanted.items() if name in found}
    unused = [name for name in found if name not in roles.values()]
    if not roles.keys() & {"x", "x_train"} or set(unused) & set(ROLES):
        listed = ", ".join(found[:8]) + ", …" * (len(found) > 8) or "nothing"
        raise checks.InputError(
            f"{where or 'source'} must hold x_train (with any of y_train, x_test, y_test), or x (with or "
            f"without y), or one single array, but it holds {listed}; rename or drop arrays accordingly")
    return roles, unused
