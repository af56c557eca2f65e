"""Text of others as it may be shown on a terminal: nothing in it is obeyed."""

from __future__ import annotations

import re

#: Control characters and marks of direction; tab and line break stay.
_CONTROL = re.compile(
    r"(?P<blank>\r\n|[\x0b-\x0d\x1c-\x1f\x85\u2028\u2029])"
    r"|[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
#: Characters that are shown of the start and of the end of a long name.
_START, _END = 60, 120


def visible(text: str) -> str:
    """The text without characters that a terminal would obey instead of showing them.

    Other white space becomes a blank; a control character or a mark of direction becomes U+FFFD.
    """
    return _CONTROL.sub(lambda found: " " if found["blank"] else "\ufffd", text)


def shown(name: str) -> str:
    """A name for a message, on one line: control and direction marks as escapes, not endless."""
    if len(name) > _START + _END:
        name = f"{name[:_START]}...{name[-_END:]}"
    if name.isprintable():
        return name
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in name)
