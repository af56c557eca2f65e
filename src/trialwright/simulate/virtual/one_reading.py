"""What the response engine says of one subject, and the outcomes of a cohort, as plain loops.

The engine is that of `response.compiled`, given one subject at a time; see `desk` for the same on
arrays.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from trialwright.response.compiled.best_loops import (
    BestArrays,
    BestRule,
    Course,
    Sequences,
    best_of_every_subject,
)
from trialwright.response.compiled.finding_loops import Lesions as Seen
from trialwright.response.compiled.point_loops import (
    PointArrays,
    PointRule,
    Reading,
    assess_every_subject,
)
from trialwright.response.compiled.target_loops import TargetArrays
from trialwright.response.history import Codes
from trialwright.simulate.virtual.one_subject import One, Packed, Room, begin, draw, scan_until
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.reading import NO_DEPTH
from trialwright.simulate.virtual.words import Place
from trialwright.timetoevent.compiled.progression_loops import (
    CensoringOptions,
    Courses,
    DecisionArrays,
    decide_every_subject,
    first_progression,
)
from trialwright.vocabulary.recist import NEVER, NO_DAY

#: The outcomes of one subject: a record of the names of `packing.ROW`.
Row: TypeAlias = Any
_NEVER, _NO_DAY, _NO_DEPTH = NEVER, NO_DAY, NO_DEPTH


class Rules(NamedTuple):
    """The options of the protocol, and how far behind true progression scans are made at first."""

    point: PointRule
    best: BestRule
    pfs: CensoringOptions
    pfs_from_enrolment: bool
    os_from_enrolment: bool
    from_enrolment: bool
    margin: int


def fill_rows(
    models: Packed,
    rules: Rules,
    first: int,
    entries: tuple[Longs, Longs],
    work: tuple[Packed, Packed],
) -> None:
    """Outcomes of a cohort; `entries` holds enrolment [T, N] and cut-off [T].

    `work` holds the room [1] and the rows to be filled [P]: see `packing`.
    """
    m, day, cutoff, room = models[0], entries[0], entries[1], work[0][0]
    for t in range(day.shape[0]):
        for n in range(day.shape[1]):
            place = Place(m.key, m.salt, np.uint64(first + t), np.uint64(n))
            one = draw(m, place, (day[t, n], cutoff[t]), room)
            row = work[1][t * day.shape[1] + n]
            note_facts(rules, one, row)
            read_subject(m, rules, one, room, row)


def read_subject(m: CohortModel, rules: Rules, one: One, room: Room, row: Row) -> None:
    """Scan and read until progression is known, at most until the end of sight."""
    until = one.follow.until
    enough = min(until, one.follow.start + int(one.course.progression) + rules.margin)
    now = begin(m, one, room)
    # A loop of two turns, not the same text twice, which would be translated twice.
    for last in (enough, until):
        now = scan_until(m, one, last, now, room)
        assess_one(rules, one, room, now.made)
        if note_reading(rules, one, room, now.made, row) or enough >= until:
            break


# --------------------------------------------------------------------------------- the engine


def assess_one(rules: Rules, one: One, room: Room, visits: int) -> None:
    """Time points and both best overall responses of the scans so far.

    Arrays are cut to what is there only where the engine asks for their length.
    """
    lesions, w = one.disease.targets + 2, room.seen
    w.visits[0] = visits
    clear(room, visits)
    note_dates(rules, one, room.dates)
    h = Seen(
        w.role[:lesions], w.zone, w.baseline, w.state[:lesions, :visits], w.size, w.resolved,
        w.day, w.first_day, w.last_day, w.visits, w.marker, w.convinced,
    )  # fmt: skip
    points = points_until(room, visits)
    doubtful = bool(one.course.doubtful)
    state = h.state
    if doubtful:
        state = w.settled[:lesions, :visits]
        copy_states(h.state, state)
    targets, f = points.targets.response, room.first
    final = Reading(
        state, room.points.shown, targets, points.other, points.new, points.response,
        points.after_cr, points.reclassified,
    )  # fmt: skip
    first = Reading(
        h.state, f.shown, targets, f.other, f.new, points.as_read, f.after_cr, f.reclassified,
    )  # fmt: skip
    g = rules.point
    rule = PointRule(doubtful, g.remember_cr, g.reclassify, g.first_evidence, g.pd_last, g.tp_last)
    assess_every_subject(h, rule, (final, first), points)
    d, c = room.dates, room.course
    sequence = Sequences(
        points.response, points.day, h.visits, d.reference, d.death, d.withdrawal, d.lost,
        d.new_therapy, d.end_of_treatment, d.surgery,
    )  # fmt: skip
    course = Course(c.response[:visits], c.elapsed, c.missed, c.held[:visits], c.by)
    plain, held = best_arrays(room.unconfirmed), best_arrays(room.confirmed)
    best_of_every_subject(sequence, rules.best, course, plain, held)


def copy_states(given: Codes, copy: Codes) -> None:
    """Copy the states of one subject [L, V, 1]."""
    for lesion in range(given.shape[0]):
        for v in range(given.shape[1]):
            copy[lesion, v, 0] = given[lesion, v, 0]


def points_until(room: Room, visits: int) -> PointArrays:
    """The arrays of the time points."""
    p, t = room.points, room.targets
    targets = TargetArrays(
        t.baseline, t.total[:visits], t.nadir, t.complete, t.response, t.route, t.pd_day
    )
    return PointArrays(
        targets, p.other, p.new, p.other_day, p.new_day, p.response, p.as_read, p.after_cr,
        p.reclassified, p.post_pd, p.day,
    )  # fmt: skip


def best_arrays(b: Any) -> BestArrays:
    """The arrays of a best overall response."""
    return BestArrays(
        b.response, b.visit, b.day, b.start, b.start_day, b.holds_from, b.confirmed_at, b.pending,
        b.why,
    )  # fmt: skip


def clear(room: Room, visits: int) -> None:
    """Empty what the engine expects to be empty."""
    p, t, first = room.points, room.targets, room.first
    for v in range(visits):
        p.other_day[v, 0] = p.new_day[v, 0] = p.day[v, 0] = t.pd_day[v, 0] = _NO_DAY
        p.other[v, 0] = p.response[v, 0] = p.as_read[v, 0] = first.other[v, 0] = 0
        t.response[v, 0] = t.route[v, 0] = 0
        p.new[v, 0] = p.after_cr[v, 0] = p.reclassified[v, 0] = p.post_pd[v, 0] = False
        first.new[v, 0] = first.after_cr[v, 0] = first.reclassified[v, 0] = False
        t.complete[v, 0] = False
        p.shown[v, 0] = first.shown[v, 0] = 0


def note_dates(rules: Rules, one: One, dates: Any) -> None:
    """What ends the search for a response (R-060)."""
    f = one.follow
    dates.reference[0] = one.enrolled if rules.from_enrolment else f.start
    dates.death[0] = f.death
    dates.withdrawal[0] = f.withdrawal
    dates.lost[0] = f.lost
    dates.new_therapy[0] = f.therapy
    dates.end_of_treatment[0] = min(f.stop, f.death, f.withdrawal, f.lost)


# -------------------------------------------------------------------------------- the outcomes


def note_facts(rules: Rules, one: One, row: Row) -> None:
    """What is known of a patient without any scan."""
    f = one.follow
    row.first_dose = f.start if one.entry.treated else _NO_DAY
    row.measurable = one.disease.targets > 0
    row.os_start = one.enrolled if rules.os_from_enrolment else f.start
    row.known_death = f.death
    row.end = f.end
    row.progression = f.start + int(one.course.progression)
    row.death = f.start + int(min(one.course.death, _NEVER / 2))
    row.left = min(f.withdrawal, f.lost)


def note_reading(rules: Rules, one: One, room: Room, visits: int, row: Row) -> bool:
    """Outcomes of the scans so far; whether later scans can change none of them."""
    points, plain, held = room.points, room.unconfirmed, room.confirmed
    start = one.enrolled if rules.pfs_from_enrolment else one.follow.start
    d, out = room.dates, room.decision
    d.pfs_origin[0] = start
    q = Courses(
        d.pfs_origin, d.reference, points.response[:visits], points.day, points.live, d.baseline,
        d.death, d.new_therapy, d.withdrawal, d.lost, d.end_of_treatment, d.surgery,
    )  # fmt: skip
    first_pd = first_progression(q, 0)
    progressed = first_pd < visits
    decided = DecisionArrays(
        out.day, out.event, out.rule, out.visit, out.known_event, out.allowed_gap
    )
    decide_every_subject(q, rules.pfs, decided)
    begins, holds = plain.start_day[0], held.holds_from[0]
    row.unconfirmed = plain.response[0]
    row.confirmed = held.response[0]
    row.responded = _NEVER if begins == _NO_DAY else begins
    row.held = points.day[holds, 0] if holds < visits else _NEVER
    row.depth = depth(room, visits)
    row.pfs_start = start
    row.pfs_day = out.day[0]
    row.pfs_event = out.event[0] > 0
    row.pd_scan = points.day[first_pd, 0] if progressed else _NEVER
    row.scans = first_pd + 1 if progressed else visits
    return progressed and not (one.course.doubtful and first_pd == visits - 1)


def depth(room: Room, visits: int) -> int:
    """Best change of the sum from baseline in tenths of a percent, towards zero."""
    targets, points = room.targets, room.points
    baseline = targets.baseline[0]
    smallest = -1
    for v in range(visits):
        total = targets.total[v, 0]
        if targets.complete[v, 0] and not points.post_pd[v, 0]:
            smallest = total if smallest < 0 else min(smallest, total)
    if smallest < 0 or baseline <= 0:
        return _NO_DEPTH
    return int(1000 * (smallest - baseline) / baseline)
