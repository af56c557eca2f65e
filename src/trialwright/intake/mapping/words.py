"""How a text of a mapping is compared with a text of a delivery."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from trialwright.intake.typed import plain


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Upper case, full-width characters as those they show, one blank between words."""
    return " ".join(plain(text).upper().split())


@lru_cache(maxsize=4096)
def fits(asked: str, text: str) -> bool:
    """Whether a text is what the mapping says; `*` in it stands for any text."""
    # Part after part, each where it first stands: many asterisks take no longer than one.
    first, *parts = folded(asked).split("*")
    shown = folded(text)
    if not parts:
        return shown == first
    at, end = len(first), len(shown) - len(parts[-1])
    if end < at or not (shown.startswith(first) and shown.endswith(parts[-1])):
        return False
    for part in parts[:-1]:
        found = shown.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def fits_one(asked: str | Iterable[str], text: str) -> bool:
    """Whether a text is one of those that the mapping says."""
    texts = (asked,) if isinstance(asked, str) else asked
    return any(fits(one, text) for one in texts)
