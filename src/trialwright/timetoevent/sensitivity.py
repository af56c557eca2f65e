"""Sensitivity analyses of PFS and DOR, one small function each (C-04b, C-10 to C-16, table C-B).

Each takes the study with its origin and returns the decision about every subject. What a function
does not name stays as in the main analysis.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trialwright.protocol.settled import SettledResponse
from trialwright.response.history import Flags, Ints
from trialwright.timetoevent.course import Adequate, DueDates, at_visit
from trialwright.timetoevent.progression import CensoringRule, Decision, applied
from trialwright.timetoevent.study import Study
from trialwright.vocabulary.recist import NEVER, NO_DAY

_DEATHS = (CensoringRule.C_02, CensoringRule.C_03B)


def under_other_rule(study: Study) -> Decision:
    """Every PD and death an event at its date (C-10), or censored as FDA where EMA is the rule."""
    return study.progression("EMA" if study.analysis.pfs_rule == "FDA" else "FDA")


def same_day_otherwise(study: Study) -> Decision:
    """What is found on the day that new therapy starts counts where it did not, and back (C-04b)."""
    return replace(study, response_rule=with_other_same_day(study.response_rule)).progression()


def with_other_same_day(rule: SettledResponse) -> SettledResponse:
    """The response rule with the other value of `nact_same_day`."""
    if rule.nact_same_day == "include":
        return replace(rule, nact_same_day="exclude")
    return replace(rule, nact_same_day="include")


def new_therapy_as_event(study: Study) -> Decision:
    """An event at the start of new therapy that comes before PD and death (C-11).

    The start of a therapy is on record, no scan finds it: missed scans before it do not censor it.
    """
    course = study.course
    started = course.new_therapy
    never = np.full_like(started, NEVER)
    found = replace(study, course=replace(course, new_therapy=never)).progression()
    exclude = study.response_rule.nact_same_day == "exclude"
    first = started <= found.known_event if exclude else started < found.known_event
    if course.surgery is not None:
        first &= (found.rule != CensoringRule.R_109) | (started < course.surgery)
    return _event_at(found, (started < NEVER) & first, started, CensoringRule.C_11)


def clinical_progression_as_event(study: Study) -> Decision:
    """An event on the day treatment was stopped for clinical progression (C-12).

    It stands beside PD and death: the first of the three is the event, and it is censored like
    them by new therapy and missed scans. On one day PD and death are named before it.
    """
    course, clinical = study.course, study.clinical
    found = replace(
        study, course=replace(course, death=np.minimum(course.death, clinical))
    ).progression()
    named = np.isin(found.rule, _DEATHS) & (clinical < course.death)
    return replace(found, rule=np.where(named, CensoringRule.C_12, found.rule).astype(np.int8))


def on_scheduled_dates(study: Study) -> Decision:
    """Dates of time points moved to their due dates, decided on the real dates (C-13).

    An unscheduled time point goes to the next due date; a death before the due date of a PD is
    then the event. Dates that are no time points stay.
    """
    found = study.progression()
    due = _assigned(study, found.visit)
    moved = np.where((found.visit >= 0) & (found.origin != NO_DAY), due, found.day)
    dies_first = found.event & (found.visit >= 0) & (study.course.death < moved)
    return applied(
        replace(
            found,
            day=np.where(dies_first, study.course.death, moved).astype(np.int32),
            visit=np.where(dies_first, -1, found.visit).astype(np.int32),
            rule=np.where(dies_first, CensoringRule.C_02, found.rule).astype(np.int8),
        )
    )


def gap_at_real_date(study: Study) -> Decision:
    """An event after missed scans counts at its date; new therapy still censors (C-14)."""
    found = study.progression("FDA")
    return _after_gap(study, found, found.known_event)


def gap_at_due_date(study: Study) -> Decision:
    """An event after missed scans counts on the due date of the first missed one (C-14)."""
    found = study.progression("FDA")
    return _after_gap(study, found, np.minimum(_next_due(study, found.day), found.known_event))


def lost_as_progression(study: Study) -> Decision:
    """Loss to follow-up counts as an event on the next due date of a scan (C-15).

    Only when that date was reached: a scan that was not due by the cut-off was not missed.
    """
    found = study.progression()
    censored = np.isin(found.rule, (CensoringRule.C_03, CensoringRule.C_05))
    due = _next_due(study, found.day)
    lost = censored & (study.course.lost < NEVER) & (due <= study.cutoff)
    return _event_at(found, lost, due, CensoringRule.C_15)


def in_interval(study: Study) -> Decision:
    """PD lies between the last negative assessment and the scan that shows it (C-16).

    `day` is the right end, `left` the left end, excluded. Death without PD is exact (`left` is
    `day`) unless scans were missed before it: then a PD may have come first, and the interval
    starts at the last negative assessment. Missed scans widen the interval and do not censor; new
    therapy censors as the rule of the protocol says.
    """
    ema = study.analysis.pfs_rule == "EMA"
    found = study.progression("EMA") if ema else gap_at_real_date(study)
    last, _ = Adequate.of(study.course, study.analysis.lsta).until(found.known_event)
    gap = found.day - last > DueDates.of(study.course, study.response_rule).allowed_gap(last)
    between = found.event & ((found.visit >= 0) | gap)
    rule = np.select(
        [found.rule == CensoringRule.C_14_PD, found.rule == CensoringRule.C_14_DEATH],
        [CensoringRule.C_01, CensoringRule.C_02],
        default=found.rule,
    ).astype(np.int8)
    left = np.where(between, np.maximum(last, found.origin), found.day).astype(np.int32)
    return replace(found, rule=rule, left=left)


def _event_at(found: Decision, which: Flags, day: Ints, rule: CensoringRule) -> Decision:
    """The decision with an event on `day`, which is no time point, for some subjects."""
    return applied(
        replace(
            found,
            day=np.where(which, day, found.day).astype(np.int32),
            event=found.event | which,
            rule=np.where(which, rule, found.rule).astype(np.int8),
            visit=np.where(which, -1, found.visit).astype(np.int32),
        )
    )


def _after_gap(study: Study, found: Decision, day: Ints) -> Decision:
    """Events that missed scans censored count on `day`; PD on one day with death is PD (C-09)."""
    which = found.rule == CensoringRule.C_06
    first = study.course.first_progression
    by_pd = (first >= 0) & (at_visit(study.course.day, first) <= study.course.death)
    by_death = _event_at(found, which & ~by_pd, day, CensoringRule.C_14_DEATH)
    both = _event_at(by_death, which & by_pd, day, CensoringRule.C_14_PD)
    return replace(both, visit=np.where(which & by_pd, first, both.visit).astype(np.int32))


def _next_due(study: Study, day: Ints) -> Ints:
    return DueDates.of(study.course, study.response_rule).next_after(day)


def _assigned(study: Study, visit: Ints) -> Ints:
    """The due date that a time point of each subject counts for (R-081); any date for visit -1.

    Of several time points of one due date the nearest is the scheduled one (the earlier of two
    equally near); the others and those of no due date count for the next one.
    """
    course = study.course
    due = DueDates.of(course, study.response_rule)
    index = due.index(course.day)
    chosen, day = at_visit(index.astype(np.int32), visit), at_visit(course.day, visit)
    date = due.date(chosen.astype(np.int64), day)
    away = np.abs(course.day - date[:, None])
    rivals = course.live & (index == chosen[:, None])
    nearer = rivals & (away < np.abs(day - date)[:, None])
    equal = rivals & (away == np.abs(day - date)[:, None]) & (course.day < day[:, None])
    unscheduled = (chosen == 0) | (nearer | equal).any(axis=1)
    following = due.date(chosen.astype(np.int64) + 1, day)
    return np.where(unscheduled & (date <= day), following, date).astype(np.int32)
