"""Plain values as YAML text: plain where YAML cannot mistake it, else quoted with escapes."""

from __future__ import annotations

import json
import re
from typing import Any

from trialwright.protocol.yaml_tree import Scalar

WIDTH = 100
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_+/()%.^-]*(?: [A-Za-z0-9_+/()%.^-]+)*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Printable in JSON, but a line break, a mark or nothing at all to a YAML reader; marks of direction
#: would show a person another text than the one that is read.
_UNPRINTABLE = re.compile(
    "[\x7f-\xa0\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def flow(value: Any) -> str:
    """A plain value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, str):
        return value if is_plain(value) else quoted(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return "-0.0" if str(value) == "-0.0" else str(int(value))
    return json.dumps(value)


def is_plain(text: str) -> bool:
    """Whether the text can stand without quotes and is read back as this text."""
    if _DATE.fullmatch(text):
        return True
    if _PLAIN.fullmatch(text) is None:
        return False
    return Scalar((0, 0), text, quoted=False).value() == text


def quoted(text: str) -> str:
    """The text in double quotes, with escapes for what YAML would not keep."""
    return escaped(json.dumps(text, ensure_ascii=False))


def escaped(text: str) -> str:
    """JSON text with every character that YAML does not take as it is."""
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)


def folded(start: str, text: str, indent: str) -> list[str]:
    """A quoted text broken at single spaces, which a YAML reader joins by single spaces again."""
    lines = [start]
    for word in re.split(r"(?<=[^ \\]) (?=[^ \\])", text):
        joined = f"{lines[-1]} {word}" if lines[-1] not in {start, indent} else lines[-1] + word
        if len(joined) <= WIDTH or lines[-1] in {start, indent}:
            lines[-1] = joined
        else:
            lines.append(indent + word)
    return lines
