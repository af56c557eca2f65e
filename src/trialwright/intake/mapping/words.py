"""How a text of a mapping is compared with a text of a delivery."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from trialwright.intake.typed import plain


@lru_cache(maxsize=4096)
def _pattern(asked: str) -> re.Pattern[str]:
    parts = (re.escape(part) for part in folded(asked).split("*"))
    return re.compile(".*".join(parts), re.DOTALL)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """Upper case, full-width characters as those they show, one blank between words."""
    return " ".join(plain(text).upper().split())


@lru_cache(maxsize=4096)
def fits(asked: str, text: str) -> bool:
    """Whether a text is what the mapping says; `*` in it stands for any text."""
    return _pattern(asked).fullmatch(folded(text)) is not None


def fits_one(asked: str | Iterable[str], text: str) -> bool:
    """Whether a text is one of those that the mapping says."""
    texts = (asked,) if isinstance(asked, str) else asked
    return any(fits(one, text) for one in texts)
