"""Published codes as words of a protocol, and names of objects as ids of members."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from trialwright.exchange.usdm import terms
from trialwright.exchange.usdm.models import Code, Named

_NOT_IN_ID = re.compile(r"[\s.]+")


def word_of(table: Mapping[Any, terms.Term], code: Code) -> Any:
    """The word of a published code, `None` when the table does not have it."""
    if code.code_system == terms.OWN:
        return None
    return next((word for word, term in table.items() if term[0] == code.code), None)


def said_by(table: Mapping[Any, terms.Term], code: Code) -> str:
    """The word of a code; one of another system says itself what it means."""
    word = word_of(table, code)
    return code.decode if word is None else str(word)


def unknown(place: str, code: Code) -> str:
    """The remark that a code says something that a protocol cannot hold."""
    return f'{place}: the code {code.code} "{code.decode}" has no counterpart in a protocol'


def member_ids(named: Iterable[Named]) -> dict[str, str]:
    """An id of a protocol for each object: its name without blanks and dots, never twice."""
    found: dict[str, str] = {}
    for one in named:
        stem = _NOT_IN_ID.sub("_", one.name).strip("_") or "member"
        name, number = stem, 2
        while name in found.values():
            name, number = f"{stem}_{number}", number + 1
        found[one.id] = name
    return found
