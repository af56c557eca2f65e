"""Where a variable comes from: taken over, derived by rules, or assigned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Origin:
    """Origin of a variable: the sentence of its derivation with rule ids, or its predecessor.

    `source` is who collected, derived or assigned it; a predecessor has none.
    """

    type: Literal["Derived", "Assigned", "Predecessor", "Collected"]
    said: str
    rules: tuple[str, ...] = ()
    source: Literal["Sponsor", "Investigator", ""] = "Sponsor"


def taken(predecessor: str) -> Origin:
    """Taken over unchanged from that variable, such as `DM.SEX`."""
    return Origin("Predecessor", predecessor, source="")


def derived(said: str, rules: str = "") -> Origin:
    """Derived: a sentence, and the ids of the rules with blanks between."""
    return Origin("Derived", said, tuple(rules.split()))


def assigned(said: str) -> Origin:
    """Assigned by the program or the protocol."""
    return Origin("Assigned", said)
