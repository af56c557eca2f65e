"""PFS, DOR and TTP: event or censoring (rules C-01 to C-09, algorithm C-18; surgery by R-109).

One function, `decide_progression`, serves all three: they differ in the origin, and in whether
death is an event. The order of tests is the order of C-18.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

import numpy as np

from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.across import any_last
from trialwright.response.history import Codes, Flags, Ints
from trialwright.response.layout import filled, first_case, pick
from trialwright.timetoevent.course import Adequate, Course, DueDates, at_visit
from trialwright.vocabulary.recist import NEVER, NO_DAY


class CensoringRule(IntEnum):
    """The rule that decided a time to event."""

    NONE = 0
    C_01 = 1
    C_02 = 2
    C_03 = 3
    C_03B = 4
    C_04 = 5
    C_05 = 6
    C_06 = 7
    C_07 = 8
    C_08 = 9
    C_20_EVENT = 10
    C_20_CENSORED = 11
    R_109 = 12
    C_11 = 13
    C_12 = 14
    C_14_PD = 15
    C_14_DEATH = 16
    C_15 = 17
    E_06 = 18
    E_11 = 19
    E_11_CENSORED = 20


#: Rule id, event or censoring description, description of the date.
RULE_TEXT: tuple[tuple[str, str, str], ...] = (
    ("", "", ""),
    ("C-01", "Progressive disease", ""),
    ("C-02", "Death", ""),
    ("C-03", "No adequate assessment", "Origin"),
    ("C-03b", "Death before any adequate assessment", ""),
    ("C-04", "New anticancer therapy", "Last adequate assessment on or before new therapy"),
    ("C-05", "Consent withdrawn or lost to follow-up", "Last adequate assessment"),
    ("C-06", "Event after missed assessments", "Last adequate assessment before the gap"),
    ("C-07", "Treatment stopped without progression on a scan", "Last adequate assessment"),
    ("C-08", "No progression at data cut-off", "Last adequate assessment"),
    ("C-20", "Death", ""),
    ("C-20", "Alive", "Last known alive"),
    ("R-109", "Conversion surgery", "Last adequate assessment before surgery"),
    ("C-11", "New anticancer therapy, counted as an event", ""),
    ("C-12", "Clinical progression", ""),
    ("C-14", "Progressive disease after missed assessments", ""),
    ("C-14", "Death after missed assessments", ""),
    ("C-15", "Lost to follow-up, counted as progression", ""),
    ("E-06", "First response", ""),
    ("E-11", "Treatment stopped", ""),
    ("E-11", "On treatment at data cut-off", "Last day known on treatment"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Event or censoring of each subject [S]: its day, whether it is an event, and the rule.

    `visit` is the time point whose date was taken, -1 when it is no time point. `known_event` is
    the day of the PD or death that is known whether it counts or not (`NEVER` for none),
    `allowed_gap` the longest gap before it that would be believed (0 where no gap is looked at).
    `left` is the left end of the interval in which the event lies (C-16), `None` elsewhere.
    """

    origin: Ints
    day: Ints
    event: Flags
    rule: Codes
    visit: Ints
    known_event: Ints
    allowed_gap: Ints
    left: Ints | None = None


def decide_progression(
    course: Course,
    response_rule: SettledResponse,
    analysis: SettledAnalysis,
    *,
    pfs_rule: Literal["FDA", "EMA"],
    death_is_event: bool = True,
) -> Decision:
    """Decide event or censoring by C-18.

    References
    ----------
    FDA, Clinical Trial Endpoints for the Approval of Cancer Drugs and Biologics (Dec 2018);
    EMA/CHMP/27994/2008/Rev.1; rules C-01 to C-09 and C-18.
    """
    first_pd = course.first_progression
    pd_day = pick(first_pd >= 0, at_visit(course.day, first_pd), NEVER)
    death = course.death if death_is_event else np.full_like(course.death, NEVER)
    event = np.minimum(pd_day, death)
    adequate = Adequate.of(course, analysis.lsta)
    last, last_visit = adequate.until(np.full_like(event, NEVER))
    cases = (
        (event == NEVER, _no_event_rule(course, last_visit)),
        (pd_day <= death, int(CensoringRule.C_01)),
        (last_visit < 0, int(CensoringRule.C_03B)),
    )
    none = event == NEVER
    decided = Decision(
        origin=course.origin,
        day=pick(none, last, event),
        event=~none,
        rule=first_case(cases, filled(event.shape, CensoringRule.C_02, np.int8)),
        visit=pick(none, last_visit, pick(pd_day <= death, first_pd, -1)),
        known_event=event,
        allowed_gap=np.zeros_like(course.origin),
    )
    if pfs_rule == "FDA":
        decided = _censored_early(decided, course, adequate, response_rule)
    if response_rule.conversion_surgery == "censor":
        decided = _censored_at_surgery(decided, course, adequate)
    return applied(decided)


def _censored_early(
    decided: Decision, course: Course, adequate: Adequate, rule: SettledResponse
) -> Decision:
    """Censor at new therapy (C-04) and before a gap (C-06), the earlier of the two (C-09)."""
    event = decided.known_event
    exclude = rule.nact_same_day == "exclude"
    started = course.new_therapy
    therapy = (started < NEVER) & ((event >= started) if exclude else (event > started))
    at_therapy, therapy_visit = adequate.until(started - exclude)
    before, before_visit = adequate.until(event)
    allowed = DueDates.of(course, rule).allowed_gap(before)
    gap = decided.event & (event - before > allowed)
    by_gap = gap & (~therapy | (before < at_therapy))
    by_therapy = therapy & ~by_gap
    c_04, c_06 = int(CensoringRule.C_04), int(CensoringRule.C_06)
    return replace(
        decided,
        day=pick(by_gap, before, pick(by_therapy, at_therapy, decided.day)),
        visit=pick(by_gap, before_visit, pick(by_therapy, therapy_visit, decided.visit)),
        rule=pick(by_gap, c_06, pick(by_therapy, c_04, decided.rule)),
        event=decided.event & ~(therapy | gap),
        allowed_gap=allowed,
    )


def _censored_at_surgery(decided: Decision, course: Course, adequate: Adequate) -> Decision:
    """Censor at the last adequate time point before conversion surgery (R-109).

    The protocol asks for it by name, so it holds beside FDA and EMA rules alike. Of several
    candidates the earliest date counts; on one date the surgery is named.
    """
    if course.surgery is None:
        return decided
    applies = (course.surgery < NEVER) & (decided.known_event >= course.surgery)
    if not applies.any():
        return decided
    before, visit = adequate.until(course.surgery - 1)
    censored = np.isin(decided.rule, (CensoringRule.C_04, CensoringRule.C_06))
    by_surgery = applies & (~censored | (before <= decided.day))
    return replace(
        decided,
        day=pick(by_surgery, before, decided.day),
        visit=pick(by_surgery, visit, decided.visit),
        rule=pick(by_surgery, int(CensoringRule.R_109), decided.rule),
        event=decided.event & ~by_surgery,
    )


def applied(decided: Decision) -> Decision:
    """Floor the day at the origin (D-01) and leave out subjects without an origin."""
    applies = decided.origin != NO_DAY
    return replace(
        decided,
        day=pick(applies, np.maximum(decided.day, decided.origin), NO_DAY),
        event=decided.event & applies,
        rule=pick(applies, decided.rule, int(CensoringRule.NONE)),
        visit=pick(applies, decided.visit, -1),
    )


def _no_event_rule(course: Course, last_visit: Ints) -> Codes:
    """Why a subject without event is censored, at the last adequate assessment."""
    stopped = course.stopped < NEVER
    later = any_last(course.counts & (course.day > course.stopped[:, None]))
    left = (course.withdrawal < NEVER) | (course.lost < NEVER)
    cases = (
        (last_visit < 0, int(CensoringRule.C_03)),
        (left, int(CensoringRule.C_05)),
        (stopped & ~later, int(CensoringRule.C_07)),
    )
    return first_case(cases, filled(last_visit.shape, CensoringRule.C_08, np.int8))
