"""Fields of the recipe as text in one line, as a user types them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any


def inline(value: Any) -> str:
    """Return ``value`` as TOML writes it in one line: ``{name = "mlp", units = [512, 256]}``."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key} = {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(inline, value))}]"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else f"{value}"


def as_typed(values: Mapping[str, Any] | None) -> str:
    """Return fields of the recipe as options of the command line, each after a space."""
    words = []
    for name, value in (values or {}).items():
        flag, text = name.replace("_", "-"), value if isinstance(value, str) else inline(value)
        if isinstance(value, bool):
            words.append(f" --{flag}" if value else f" --no-{flag}")
        else:
            words.append(f" --{flag}{'=' if text.startswith('-') else ' '}{shlex.quote(text)}")
    return "".join(words)
