"""The scans of all subjects of a block, date by date.

Scans stand in rows: row 2 v + 1 is the scan of due date v, row 2 v a further one before it, such
as an unscheduled scan or the control after an ablation. Who is due for more scans stands first, so
that each date works on a leading slice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from trialwright.response.history import Codes, Ints
from trialwright.simulate.virtual import purposes
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.patients import Patients
from trialwright.simulate.virtual.reading import (
    MISSED,
    Tumour,
    read_tenths,
    scan_at,
    true_mm,
)
from trialwright.simulate.virtual.words import Place, high, low, words_at
from trialwright.vocabulary.recist import NEVER

#: Scans closer than this to another one are not made; below 14 days they would be one (R-059).
MIN_GAP = 21
#: The control scan after the last ablation, days after it (R-107).
CONTROL_FROM, CONTROL_RANGE = 28, 15
_SESSION_SHIFT = 8


class Scans(NamedTuple):
    """What the scans of P subjects show; R rows.

    `count` [P] scans were made, the k-th one stands in row `order` [k, P]. `day` is that of the
    thorax, `apart` the days until the abdomen is scanned, `hidden` the bits of lesions not shown
    [R, P]; `tenths` the diameters as read [C, R, P].
    """

    count: Longs
    order: Codes
    day: Ints
    apart: Codes
    hidden: Codes
    tenths: Ints


class _Desk(NamedTuple):
    """What the reader needs of each subject, in order of work."""

    place: Place
    origin: Longs
    start: Longs
    until: Longs
    control: Longs
    growth: Any
    decay: Any
    fine: Any
    tumours: list[Tumour]


def make_scans(m: CohortModel, p: Patients, until: Longs) -> Scans:
    """Make and read every scan of every subject until that day [P].

    A scan is made on its due date plus a shift, unless it is missed; further ones need a gap of 21
    days to every other scan and due date.
    """
    origin = p.enrolled if m.scan.from_enrolment else p.follow.start
    window = int(-m.scan.shift.min())
    steps = np.searchsorted(m.scan.due, until - origin + window, side="right") + 1
    steps = np.where(until > p.follow.start, steps, 0)
    work = np.argsort(-steps, kind="stable")
    followed = np.searchsorted(-steps[work], -np.arange(steps.max(initial=0)), side="left")
    desk = _desk(m, p, (origin, until), work)
    rows = 2 * len(followed)
    shape = (rows + 1, len(until))
    scans = Scans(
        np.zeros(len(until), np.int64), np.zeros(shape, np.int8 if rows < 127 else np.int16),
        np.zeros(shape, np.int32), np.zeros(shape, np.int8), np.zeros(shape, np.uint8),
        np.zeros((m.disease.slots, *shape), np.int32),
    )  # fmt: skip
    last = desk.start.copy()
    later = np.full(len(until), NEVER, np.int64)
    for v, number in enumerate(followed):
        _one_date(m, desk, scans, (v, int(number)), (last, later))
    back = np.empty_like(work)
    back[work] = np.arange(len(work))
    return Scans(*(part[..., back] for part in scans))


def _desk(m: CohortModel, p: Patients, ends: tuple[Longs, Longs], work: Longs) -> _Desk:
    place = p.place._replace(trial=p.place.trial[work], subject=p.place.subject[work])
    control = np.full(len(work), NEVER, np.int64)
    if m.ablation.applies:
        control = control_day(m, p)[work]
    node = m.disease.node
    return _Desk(
        place, ends[0][work], p.follow.start[work], ends[1][work], control,
        p.course.growth[work], p.course.decay[work], p.entry.fine[work],
        [
            Tumour(p.lesions.size[slot][work], p.growing.killed[slot][work],
                   p.growing.pace[slot][work], node[np.maximum(p.lesions.organ[slot][work], 0)])
            for slot in range(m.disease.slots)
        ],
    )  # fmt: skip


def control_day(m: CohortModel, p: Patients) -> Longs:
    """Day of the control scan 4 to 6 weeks after the last ablation, `NEVER` without one (R-107)."""
    words = words_at(p.place, purposes.SESSIONS)
    last = session_day(m, p, p.disease.sessions - 1)
    control = last + CONTROL_FROM + ((low(words.a) * CONTROL_RANGE) >> 16)
    return np.where(p.disease.sessions > 0, control, NEVER)


def session_day(m: CohortModel, p: Patients, number: Longs) -> Longs:
    """Day of an ablation session, counted from 0: a gap and up to a week apart."""
    words = words_at(p.place, purposes.SESSIONS)
    shift = (high(words.a) * _SESSION_SHIFT) >> 16
    return p.follow.start + np.maximum(number, 0) * (m.ablation.gap_days + shift)


def _one_date(
    m: CohortModel, desk: _Desk, scans: Scans, which: tuple[int, int], memory: tuple[Longs, Longs]
) -> None:
    """The scan of due date v of the first n subjects, and before it a further one.

    `memory` holds the day of the last scan and the day of a pending unscheduled scan.
    """
    v, n = which
    last, later = memory
    place = desk.place._replace(trial=desk.place.trial[:n], subject=desk.place.subject[:n])
    scan = scan_at(m, place, purposes.SCHEDULED + np.uint64(v))
    due = desk.origin[:n] + m.scan.due[v]
    day = due + scan.shift
    made = (scan.shift < MISSED) & (day > desk.start[:n]) & (day <= desk.until[:n])
    if m.scan.unscheduled or m.ablation.applies:
        next_ = np.where(made, np.minimum(day, due), due)
        previous = desk.origin[:n] + (m.scan.due[v - 1] if v > 0 else 0)
        earliest = np.maximum(last[:n], previous) + MIN_GAP
        for pending, purpose in (
            (later, purposes.UNSCHEDULED),
            (desk.control, purposes.CONTROL_SCAN),
        ):
            extra = pending[:n]
            fits = (extra >= earliest) & (extra <= next_ - MIN_GAP) & (extra <= desk.until[:n])
            here = np.flatnonzero(fits)
            _read_some(m, desk, scans, (2 * v, purpose + np.uint64(v)), here, extra[here])
            last[here] = extra[here]
            earliest[here] = NEVER
        later[:n] = np.where(scan.later > 0, due + scan.later, NEVER)
    _count(scans, 2 * v + 1, slice(0, n), made)
    scans.day[2 * v + 1, :n] = day
    scans.apart[2 * v + 1, :n] = np.minimum(scan.apart, np.maximum(desk.until[:n] - day, 0))
    scans.hidden[2 * v + 1, :n] = scan.hidden
    last[:n] = np.where(made, day, last[:n])
    days = day - desk.start[:n]
    for slot, whole in enumerate(desk.tumours):
        tumour = Tumour(*(part[:n] for part in whole))
        mm = true_mm(m, tumour, desk.growth[:n], desk.decay[:n], days)
        scans.tenths[slot, 2 * v + 1, :n] = read_tenths(
            m, mm, tumour.node, scan, (slot, desk.fine[:n])
        )


def _count(scans: Scans, row: int, which: Any, made: Any) -> None:
    """Note the row of a scan that is made; the last row of `order` takes what is not."""
    at = np.where(made, scans.count[which], len(scans.order) - 1)
    scans.order[at, np.arange(scans.order.shape[1])[which]] = row
    scans.count[which] += made


def _read_some(
    m: CohortModel,
    desk: _Desk,
    scans: Scans,
    which: tuple[int, np.uint64],
    here: Longs,
    day: Longs,
) -> None:
    """Read a further scan of a few subjects, given by position."""
    if not len(here):
        return
    row, purpose = which
    place = desk.place._replace(trial=desk.place.trial[here], subject=desk.place.subject[here])
    scan = scan_at(m, place, purpose)
    _count(scans, row, here, np.ones(len(here), np.bool_))
    scans.day[row, here] = day
    scans.apart[row, here] = np.minimum(scan.apart, np.maximum(desk.until[here] - day, 0))
    scans.hidden[row, here] = scan.hidden
    for slot, whole in enumerate(desk.tumours):
        tumour = Tumour(*(part[here] for part in whole))
        mm = true_mm(m, tumour, desk.growth[here], desk.decay[here], day - desk.start[here])
        scans.tenths[slot, row, here] = read_tenths(
            m, mm, tumour.node, scan, (slot, desk.fine[here])
        )
