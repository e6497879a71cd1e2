"""Every error message in the source code is one sentence with the rule, the value and the fix."""

import ast
import re
from pathlib import Path

import pytest

import zukan

SOURCE = Path(zukan.__file__).parent
ERRORS = {"InputError", "DivergedError"}
RULE = re.compile(r"\b(must|needs?|cannot|is not|has no|does not|was|lies|is missing|became|grew|so it|failed|draws|belong)\b|^\{\}|\{\}: \{\}")
FOUND = re.compile(r"\b(got|but|which|since|so|not|found|missing|is at it|has|after|below)\b|\{\}")
# Messages that need no fix, because the rule is the fix: "epochs must be a whole number of at least 1, got 0".
PLAIN = re.compile(r"^[^;]*\bmust (be|have|index|map|hold)\b.*\bgot\b")


def text(node):
    """Return a message with {} in place of its values."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.BinOp):
        return text(node.left) + text(node.right)
    return "{}"


def messages():
    for path in sorted(SOURCE.rglob("*.py")):
        for parent in ast.walk(ast.parse(path.read_text("utf-8"))):
            for name in ("body", "orelse", "finalbody"):
                block = getattr(parent, name, None)
                known = {}
                for statement in block if isinstance(block, list) else ():
                    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                        known[statement.targets[0].id] = text(statement.value)
                    for call in ast.walk(statement) if isinstance(statement, (ast.Raise, ast.Return)) else ():
                        if isinstance(call, ast.Call) and call.args and ast.unparse(call.func).split(".")[-1] in ERRORS:
                            argument = call.args[0]
                            message = known.get(argument.id, "{}") if isinstance(argument, ast.Name) else text(argument)
                            yield pytest.param(message, id=f"{path.relative_to(SOURCE)}:{call.lineno}")


@pytest.mark.parametrize("message", list(messages()))
def test_a_message_is_one_sentence_with_a_fix(message):
    assert "\n" not in message
    assert not message.rstrip().endswith((".", "!"))
    assert not re.search(r"[a-z)'}]\. [A-Z]", message)
    assert RULE.search(message)
    assert FOUND.search(message)
    assert ";" in message or PLAIN.match(message) or message in {"{}", "{}: {}", "recipe {}: {}"}, "it does not say what to do"


def test_the_messages_are_found():
    assert len(list(messages())) > 140
