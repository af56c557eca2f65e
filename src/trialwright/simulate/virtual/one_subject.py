"""The scans of one subject after the other, as plain loops that a compiler can read.

The same patients and scans as `patients`, `scanning` and `sight` make, number for number: what is
drawn and read comes from the same functions, given single numbers here. A scan goes straight into
the arrays of the response engine, [L, V, 1]. The numbers of the cohort `m` and the arrays to work in
lie in one piece each: see `packing`.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from trialwright.simulate.virtual import purposes
from trialwright.simulate.virtual.ablating import control_at
from trialwright.simulate.virtual.conduct import Entry, Follow, draw_entry, follow
from trialwright.simulate.virtual.course import Course, draw_course
from trialwright.simulate.virtual.disease import Disease, draw_disease
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.reading import (
    FIRST_NOISE,
    MIN_GAP,
    Scan,
    Tumour,
    baseline_tenths,
    days_apart,
    is_made,
    latest_further,
    read_tenths,
    scan_at,
    true_mm,
)
from trialwright.simulate.virtual.showing import (
    is_gone,
    is_new,
    is_shown,
    new_state,
    others_state,
    shown_from,
    target_state,
)
from trialwright.simulate.virtual.words import Place, half, words_at
from trialwright.vocabulary.recist import NEVER, NO_DAY, LesionState, Role

#: Room for one subject to work in, and numbers in one piece: see `packing`.
Room: TypeAlias = Any
Packed: TypeAlias = Any
_NEVER, _NO_DAY, _UNRECORDED = NEVER, NO_DAY, int(LesionState.NONE)
_NO_ROLE, _TARGET, _NON_TARGET, _NEW = (int(code) for code in Role)


class One(NamedTuple):
    """One subject before any scan; `control` is the day of the control scan after ablation."""

    place: Place
    enrolled: int
    entry: Entry
    disease: Disease
    course: Course
    follow: Follow
    control: int


class Sofar(NamedTuple):
    """How far the scans of a subject have come.

    `date` is the next due date, `made` the number of scans, `last` the day of the last one,
    `pending` that of an unscheduled one, `since` the number of scans since progression.
    """

    date: int
    made: int
    last: int
    pending: int
    since: int


def enter(models: Packed, first: int, ramp_days: float, day: Longs) -> None:
    """Fill the day of enrolment of each subject [T, N]; see `patients.enrol`."""
    m = models[0]
    for t in range(day.shape[0]):
        elapsed = 0.0
        for n in range(day.shape[1]):
            elapsed += draw_entry(m, Place(m.key, m.salt, np.uint64(first + t), np.uint64(n))).gap
            day[t, n] = int(slowed(elapsed, ramp_days))


def slowed(elapsed: float, ramp_days: float) -> float:
    """Accrual that ramps up: see `patients.enrol`."""
    if ramp_days <= 0:
        return elapsed
    return np.sqrt(2 * ramp_days * elapsed) if elapsed < ramp_days / 2 else elapsed + ramp_days / 2


def draw(m: CohortModel, place: Place, days: tuple[int, int], room: Room) -> One:
    """One subject; `days` holds enrolment and cut-off."""
    enrolled, cutoff = days
    disease = draw_disease(m, place, room.lesions)
    course = draw_course(m, place, room.lesions, disease, room.growing)
    drawn = draw_entry(m, place)
    treated = drawn.treated and enrolled + drawn.delay <= cutoff
    entry = Entry(drawn.gap, drawn.delay, treated, drawn.fine, drawn.stays)
    dates = follow(m, place, entry, disease, course, days)
    control = _NEVER
    if m.ablation.applies:
        control = control_at(m, place, dates.start, disease.sessions)
    return One(place, enrolled, entry, disease, course, dates, control)


def begin(m: CohortModel, one: One, room: Room) -> Sofar:
    """The baseline, before any scan."""
    h = room.seen
    words = words_at(one.place, purposes.BASELINE)
    targets = one.disease.targets
    for slot in range(targets):
        noise = half(words, FIRST_NOISE + slot)
        h.role[slot, 0] = _TARGET
        h.baseline[slot, 0] = baseline_tenths(m, tumour_of(m, room, slot), noise, one.entry.fine)
    h.role[targets, 0] = _NON_TARGET if one.disease.others > 0 else _NO_ROLE
    h.role[targets + 1, 0] = _NEW if is_new(one.course) else _NO_ROLE
    return Sofar(0, 0, one.follow.start, _NEVER, 0)


def tumour_of(m: CohortModel, room: Room, slot: int) -> Tumour:
    """The target in a slot."""
    node = m.disease.node[room.lesions.organ[slot]]
    killed, pace = room.growing.killed[slot], room.growing.pace[slot]
    return Tumour(room.lesions.size[slot], killed, pace, node)


def origin_of(m: CohortModel, one: One) -> int:
    """The day that due dates count from."""
    return one.enrolled if m.scan.from_enrolment else one.follow.start


def scan_until(m: CohortModel, one: One, until: int, now: Sofar, room: Room) -> Sofar:
    """Make the scans of every due date until a day at least; later calls go on from there."""
    if one.follow.until <= one.follow.start:
        return now
    last_due = until - origin_of(m, one) + m.scan.window
    while now.date == 0 or m.scan.due[now.date - 1] <= last_due:
        now = one_date(m, one, now, room)
    return now


def one_date(m: CohortModel, one: One, now: Sofar, room: Room) -> Sofar:
    """The scan of the next due date, and a further one before it."""
    v, origin = now.date, origin_of(m, one)
    due = origin + m.scan.due[v]
    scan = scan_at(m, one.place, purposes.SCHEDULED + np.uint64(v))
    pending = now.pending
    if m.scan.unscheduled or m.ablation.applies:
        now = further(m, one, (due, scan), now, room)
        pending = due + scan.later if scan.later > 0 else _NEVER
    day = due + scan.shift
    if is_made(scan, day, one.follow.start, one.follow.until):
        now = note_scan(m, one, (scan, day), now, room)
    return Sofar(v + 1, now.made, now.last, pending, now.since)


def further(m: CohortModel, one: One, next_: tuple[int, Scan], now: Sofar, room: Room) -> Sofar:
    """An unscheduled scan or the control after ablation, if it lies apart from all others."""
    due, scan = next_
    v = now.date
    previous = origin_of(m, one) + (m.scan.due[v - 1] if v > 0 else 0)
    earliest = max(now.last, previous) + MIN_GAP
    latest = latest_further(due, scan, one.follow.until)
    day, purpose = now.pending, purposes.UNSCHEDULED
    if not earliest <= day <= latest:
        day, purpose = one.control, purposes.CONTROL_SCAN
    if not earliest <= day <= latest:
        return now
    extra = scan_at(m, one.place, purpose + np.uint64(v))
    return note_scan(m, one, (extra, day), now, room)


def note_scan(m: CohortModel, one: One, seen: tuple[Scan, int], now: Sofar, room: Room) -> Sofar:
    """Read every lesion and put the scan into the arrays of the engine."""
    scan, day = seen
    h, k, targets = room.seen, now.made, one.disease.targets
    later = day + days_apart(scan, day, one.follow.until)
    since = now.since + (day >= shown_from(one.follow.start, one.course))
    vanished, thorax, abdomen = False, False, one.disease.others > 0
    for slot in range(targets):
        tumour = tumour_of(m, room, slot)
        mm = true_mm(m, tumour, one.course.growth, one.course.decay, day - one.follow.start)
        lesion = (mm, tumour.node, one.entry.fine)
        noise = half(scan.words, FIRST_NOISE + slot)
        shown = is_shown(scan.hidden, slot)
        really = read_tenths(m, lesion, noise, (scan.estimate, scan.other))
        tenths = really if shown else 0
        in_thorax = m.disease.thorax[room.lesions.organ[slot]] > 0
        h.size[slot, k, 0] = tenths
        h.state[slot, k, 0] = target_state(tenths, tumour.node, shown)
        h.resolved[slot, k, 0] = is_gone(tenths, tumour.node, shown)
        h.day[slot, k, 0] = day if in_thorax else later
        vanished = vanished or (really == 0 and not tumour.node)
        thorax, abdomen = thorax or in_thorax, abdomen or not in_thorax
    new = new_state(one.course, since)
    others = others_state(one.disease, one.course, scan.hidden, (since, vanished))
    note_other(h, targets, k, others, later)
    note_other(h, targets + 1, k, new, later)
    h.first_day[k, 0] = day if thorax or not abdomen else later
    h.last_day[k, 0] = later if abdomen or new != _UNRECORDED else day
    return Sofar(now.date, k + 1, day, now.pending, since)


def note_other(h: Any, lesion: int, k: int, state: int, day: int) -> None:
    """Put a lesion that is not measured into the arrays of the engine."""
    h.state[lesion, k, 0] = state
    h.day[lesion, k, 0] = day if state != _UNRECORDED else _NO_DAY
