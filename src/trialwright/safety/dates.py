"""Partial and missing dates of adverse events (rule D-04): imputed in derived data, with a flag."""

from __future__ import annotations

from trialwright.core.dates import PartialDate, parse_date

#: Day and imputation flag: "" as collected, "D" day, "M" month and day, "Y" all imputed.
Imputed = tuple[int | None, str]


def impute_end(text: str | None, cutoff: int | None, death: int | None) -> Imputed:
    """End of an event: the last day that the text allows, not after death or cut-off.

    Parameters
    ----------
    text
        ISO 8601 date, partial or empty.
    cutoff, death
        Day numbers, `None` where there is none.

    Returns
    -------
    tuple
        Day number and flag; `None` while the event goes on, which it does at the cut-off when its
        end lies behind it (D-08).

    References
    ----------
    Rules D-04 and D-08.
    """
    found = _parsed(text)
    if found is None or (cutoff is not None and found.first_day > cutoff):
        return None, ""
    if found.is_complete:
        return found.first_day, ""
    caps = [day for day in (cutoff, death) if day is not None]
    return max(
        found.first_day, min(found.last_day, *caps) if caps else found.last_day
    ), found.missing


def impute_start(text: str | None, first: int | None, end: int | None) -> Imputed:
    """Start of an event, imputed so that it counts as treatment emergent where it may be.

    The first day that the text allows; the day of first treatment when that lies in the stated
    month or year and the event does not end before it. Nothing stated at all: the day of first
    treatment by the same limit, else unknown.

    Parameters
    ----------
    text
        ISO 8601 date, partial or empty.
    first
        Day number of first dose or study procedure, `None` without treatment.
    end
        Day number of the end of the event, `None` while it goes on.

    References
    ----------
    Rule D-04.
    """
    found = _parsed(text)
    may_follow = first is not None and (end is None or end >= first)
    if found is None:
        return (first, "Y") if may_follow else (None, "")
    if found.is_complete:
        return found.first_day, ""
    if may_follow and first is not None and found.first_day <= first <= found.last_day:
        return first, found.missing
    return found.first_day, found.missing


def _parsed(text: str | None) -> PartialDate | None:
    return parse_date(text.strip()) if text else None
