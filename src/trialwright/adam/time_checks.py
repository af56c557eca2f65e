"""Dates and times that contradict each other: checked in every derivation (D-01, C-18, C-20).

Nothing is changed here. An error makes a time wrong or doubtful; a warning is worth a look.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import polars as pl

from trialwright.response.across import any_last
from trialwright.response.history import Flags
from trialwright.subjects.milestones import Milestones
from trialwright.subjects.reconcile import Severity, query
from trialwright.timetoevent.decisions import Decisions, days
from trialwright.vocabulary.recist import NEVER, NO_DAY, Response

#: Rules that assign a date on purpose: it may lie behind the cut-off or the last evidence of life.
_ASSIGNED = ("C-13",)


class _Check(NamedTuple):
    """Who is affected [S], the rule and what is said."""

    who: Flags
    rule: str
    message: str
    severity: Severity = "error"


def time_queries(milestones: Milestones, decisions: Decisions) -> list[pl.DataFrame]:
    """A query for every subject whose dates or times contradict each other.

    Parameters
    ----------
    milestones
        Dates of each subject in array order.
    decisions
        With every time to event.
    """
    names = milestones.frame["USUBJID"]
    checks = [
        *_between_times(decisions),
        *_after_death(milestones.frame, decisions),
        *_floored(milestones.frame, decisions),
        *_order(milestones.frame),
        *_after_cutoff(milestones, decisions),
    ]
    return [
        query(names.filter(pl.Series(one.who)), one.rule, one.message, one.severity)
        for one in checks
    ]


def _between_times(decisions: Decisions) -> list[_Check]:
    """PFS, OS and response of one subject against each other."""
    times = decisions.times
    pfs, os_, dor = times["PFS"], times["OS"], times["DOR"]
    both = (pfs.origin != NO_DAY) & (os_.origin != NO_DAY)
    longer = both & pfs.event & os_.event & (pfs.day > os_.day)
    censored = both & pfs.event & ~os_.event & (os_.day < pfs.day)
    started = (dor.origin != NO_DAY) & (pfs.origin != NO_DAY)
    return [
        _Check(longer, "C-20", "The event of PFS lies after death: PFS is longer than survival."),
        _Check(censored, "C-20", "The event of PFS lies after the last day known alive."),
        _Check(
            started & (dor.origin < pfs.origin),
            "E-05",
            "The response starts before the origin of PFS.",
        ),
    ]


def _after_death(frame: pl.DataFrame, decisions: Decisions) -> list[_Check]:
    """Scans, responses and treatment behind the date of death."""
    death = decisions.follow.death
    sequence, response = decisions.sequence, decisions.headline
    later = any_last(sequence.live & (sequence.day > death[:, None]))
    last = days(frame, "TRTEDT", NO_DAY)
    return [
        _Check(later, "R-143", "A scan is dated after death."),
        _Check(last > death, "R-143", "Treatment is dated after death."),
        _Check(
            (response.start >= 0) & (response.start_day > death),
            "R-073",
            "The response starts after death.",
        ),
        _Check(
            days(frame, "NACTDT", NO_DAY) > death,
            "C-04",
            "New anticancer therapy is dated after death.",
        ),
    ]


def _floored(frame: pl.DataFrame, decisions: Decisions) -> list[_Check]:
    """Dates before the origin, which are counted as the origin: time 1 day (D-01)."""
    said = "{} lies before the origin of {}: the time is 1 day."
    found = []
    death = days(frame, "DTHDT", NEVER)
    for paramcd in ("PFS", "OS"):
        origin = decisions.times[paramcd].origin
        before = (origin != NO_DAY) & (death < origin)
        found.append(_Check(before, "D-01", said.format("Death", paramcd)))
    return [*found, _early_progression(decisions)]


def _early_progression(decisions: Decisions) -> _Check:
    """PD before the origin of PFS: C-18 looks at time points from the origin on only."""
    sequence, origin = decisions.sequence, decisions.times["PFS"].origin
    early = (sequence.response == Response.PD) & (sequence.day < origin[:, None])
    return _Check(
        any_last(sequence.live & early) & (origin != NO_DAY),
        "D-01",
        "Progression is dated before the origin of PFS: it is no event there.",
    )


def _order(frame: pl.DataFrame) -> list[_Check]:
    """Dates of one subject in an order that cannot be."""
    enrolled, treated = days(frame, "ENRLDT", NEVER), days(frame, "TRTSDT", NEVER)
    consent, therapy = days(frame, "RFICDT", NO_DAY), days(frame, "NACTDT", NEVER)
    stopped = days(frame, "EOTDT", NEVER)
    began = treated < NEVER
    origin = np.where(began, treated, enrolled)
    return [
        _Check(
            (enrolled < NEVER) & (consent > enrolled), "D-03", "Consent is dated after enrolment."
        ),
        _Check(
            (origin < NEVER) & (therapy < origin),
            "C-04",
            "New anticancer therapy is dated before the start of the trial: PFS is censored there.",
        ),
        _Check(began & (stopped < treated), "D-02", "Treatment was stopped before it began."),
    ]


def _after_cutoff(milestones: Milestones, decisions: Decisions) -> list[_Check]:
    """Times that end behind the data cut-off (D-08)."""
    cutoff = milestones.cutoff.day
    behind = np.zeros(milestones.frame.height, np.bool_)
    for paramcd, decision in decisions.times.items():
        other = decisions.parameters.get(paramcd)
        if other is None or other.rule not in _ASSIGNED:
            behind |= (decision.origin != NO_DAY) & (decision.day > cutoff)
    return [_Check(behind, "D-08", "A time to event ends after the data cut-off.")]
