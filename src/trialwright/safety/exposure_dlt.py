"""Who counts for dose-limiting toxicity (S-7): the window finished with enough dose, or the toxicity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from trialwright.core.dates import iso
from trialwright.core.format import rounded
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledSafety
from trialwright.safety.exposure import Exposure
from trialwright.schedule.planned import calendar_of, schedule_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Days of a subject that the window needs; `None` where there is none."""

    first: int | None
    seen: int | None
    cutoff: int
    toxic: bool


def toxicity_evaluable(
    protocol: Protocol,
    subject: Subject,
    given: Mapping[str, Exposure],
    rule: SettledSafety,
) -> tuple[str, str]:
    """Whether a subject counts, and why (S-7).

    Parameters
    ----------
    protocol
        Its regimen has the planned doses.
    subject
        First treatment, last day known alive, cut-off, and whether a dose-limiting toxicity
        happened.
    given
        Exposure by identifier of the component.
    rule
        `dlt_window_days` from first treatment, the first day counted as day 1, and
        `dlt_min_dose_percent`, the share of the planned dose of every component.

    Returns
    -------
    tuple
        "Y" or "N", and the reason.
    """
    if subject.first is None:
        return "N", "not treated"
    if subject.toxic:
        return "Y", "dose-limiting toxicity"
    last = subject.first + rule.dlt_window_days - 1
    window = f"the window of {rule.dlt_window_days} days to {iso(last)}"
    if subject.cutoff < last:
        return "N", f"{window} is not over at the data cut-off"
    if subject.seen is None or subject.seen < last:
        return "N", f"not known alive through {window}"
    return _by_dose(protocol, (subject.first, last), given, rule.dlt_min_dose_percent)


def _by_dose(
    protocol: Protocol, window: tuple[int, int], given: Mapping[str, Exposure], least: int
) -> tuple[str, str]:
    """Compare the dose of every component within the window with the plan."""
    low: list[str] = []
    enough: list[str] = []
    unplanned: list[str] = []
    days = {
        at: tuple(given[one.id].days.given)
        for at, one in enumerate(protocol.regimen)
        if one.id in given
    }
    for at, component in enumerate(protocol.regimen):
        share = _share(protocol, at, (given.get(component.id), days), window)
        if share is None:
            unplanned.append(component.name)
            continue
        text = f"{component.name} {share if isinstance(share, str) else rounded(share, 1) + ' %'}"
        (low if isinstance(share, str) or share < least else enough).append(text)
    note = f"; nothing planned of {', '.join(unplanned)}" if unplanned else ""
    if low:
        return "N", f"less than {least} % of the planned dose: {', '.join(low)}{note}"
    return "Y", f"at least {least} % of the planned dose: {', '.join(enough)}{note}"


def _share(
    protocol: Protocol,
    at: int,
    known: tuple[Exposure | None, Mapping[int, Sequence[int]]],
    window: tuple[int, int],
) -> Fraction | str | None:
    """Percent of the planned dose in the window; words where it is not known, `None` unplanned."""
    exposure, days = known
    calendar = exposure.calendar if exposure else None
    if exposure is None:
        schedule = schedule_of(protocol, at)
        calendar = calendar_of(schedule, days) if schedule else None
    if calendar is None:
        return None
    planned = len(calendar.planned(*window))
    if not planned:
        return None
    if exposure is None:
        return Fraction(0)
    if exposure.problem or exposure.a_day is None:
        return f"not known ({exposure.problem})"
    parts = [one for day, one in exposure.days.given.items() if window[0] <= day <= window[1]]
    amounts = [one.amount if exposure.by_dose else Fraction(one.count) for one in parts]
    total = sum((one for one in amounts if one is not None), Fraction(0))
    return 100 * total / (planned * exposure.a_day)
