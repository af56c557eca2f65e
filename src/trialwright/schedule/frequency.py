"""What a frequency says: administrations a day, and days between doses."""

from __future__ import annotations

import re

#: Administrations a day of the frequencies that are given every day.
DAILY = {
    **dict.fromkeys(("QD", "DAILY", "ONCE DAILY", "Q24H", "EVERY DAY"), 1),
    **dict.fromkeys(("BID", "TWICE DAILY", "Q12H", "2 TIMES PER DAY"), 2),
    **dict.fromkeys(("TID", "THREE TIMES DAILY", "Q8H", "3 TIMES PER DAY"), 3),
    **dict.fromkeys(("QID", "FOUR TIMES DAILY", "Q6H", "4 TIMES PER DAY"), 4),
}
_EVERY = re.compile(r"(?:Q|EVERY )(\d*) ?(W|D|WEEKS?|DAYS?)")
_NAMED_EVERY = {"QOD": 2, "EVERY OTHER DAY": 2, "WEEKLY": 7, "EVERY WEEK": 7}


def interval_of(frequency: str | None) -> int | None:
    """Days between doses of a frequency such as Q2W, Q21D or WEEKLY; `None` for all others."""
    said = (frequency or "").strip().upper()
    if said in _NAMED_EVERY:
        return _NAMED_EVERY[said]
    match = _EVERY.fullmatch(said)
    if match is None:
        return None
    return int(match[1] or 1) * (7 if match[2].startswith("W") else 1) or None
