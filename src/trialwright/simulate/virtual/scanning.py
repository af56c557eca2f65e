"""The scans of all subjects of a block, date by date.

Scans stand in rows: row 2 v + 1 is the scan of due date v, row 2 v a further one before it, such
as an unscheduled scan or the control after an ablation. Who is due for more scans stands first, so
that each date works on a leading slice; the target lesions of all subjects stand in one line in the
same order.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from trialwright.response.history import Codes, Flags, Ints
from trialwright.simulate.virtual import purposes
from trialwright.simulate.virtual.ablating import control_at, session_at
from trialwright.simulate.virtual.choose import choose
from trialwright.simulate.virtual.parts import CohortModel, Longs
from trialwright.simulate.virtual.patients import Patients, some_of
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
from trialwright.simulate.virtual.tables import Floats
from trialwright.simulate.virtual.words import Place, Words, words_at
from trialwright.vocabulary.recist import NEVER


class Scans(NamedTuple):
    """What the scans of P subjects show; R rows, M target lesions in all.

    `work` [P] holds the subjects in the order of the other arrays. `count` [P] scans were made, the
    k-th one stands in row `order` [k, P]. `day` is that of the thorax, `apart` the days until the
    abdomen is scanned, `hidden` the bits of lesions not shown [R, P]. The targets of a subject
    stand side by side from `first` [P] on: `baseline` [M] and `tenths` [R, M] are their diameters as
    read, `node` and `thorax` [M] where they lie.
    """

    work: Longs
    count: Longs  # type: ignore[assignment]  # (hides a method that nobody asks for)
    order: Codes
    day: Ints
    apart: Codes
    hidden: Codes
    first: Longs
    baseline: Ints
    tenths: Ints
    node: Flags
    thorax: Flags


class _Desk(NamedTuple):
    """What the scans of each subject depend on, in order of work.

    `until` is the last day of a scan for now, `sight` that of any scan.
    """

    place: Place
    origin: Longs
    start: Longs
    until: Longs
    sight: Longs
    control: Longs


class _Line(NamedTuple):
    """The target lesions in one line: position of the subject, slot, and how each one changes."""

    who: Longs
    word: Longs
    half: Any
    start: Longs
    fine: Flags
    growth: Floats
    decay: Floats
    tumour: Tumour


def make_scans(m: CohortModel, p: Patients, until: Longs) -> Scans:
    """Make and read every scan of every subject until that day [P].

    A scan is made on its due date plus a shift, unless it is missed; further ones need a gap of 21
    days to every other scan and due date.
    """
    origin = p.enrolled if m.scan.from_enrolment else p.follow.start
    steps = np.searchsorted(m.scan.due, until - origin + m.scan.window, side="right") + 1
    steps *= until > p.follow.start
    work = np.argsort(-steps, kind="stable")
    followed = np.searchsorted(-steps[work], -np.arange(steps.max(initial=0)), side="left")
    desk = _desk(m, p, (origin, until), work)
    line, slot = _line(m, p, work)
    organ = p.lesions.organ[slot, work[line.who]]
    rows = 2 * len(followed)
    shape = (rows + 1, len(until))
    scans = Scans(
        work=work,
        count=np.zeros(len(until), np.int64),
        order=np.zeros(shape, np.int8 if rows < 127 else np.int16),
        day=np.zeros(shape, np.int32),
        apart=np.zeros(shape, np.int8),
        hidden=np.zeros(shape, np.uint8),
        first=np.searchsorted(line.who, np.arange(len(work))),
        baseline=_baseline(m, desk.place, line),
        tenths=np.zeros((max(rows, 1), len(line.who)), np.int32),
        node=line.tumour.node,
        thorax=m.disease.thorax[organ],
    )
    last = desk.start.copy()
    later = np.full(len(until), NEVER, np.int64)
    further: list[_Further] = []
    # The last date that a subject is due for lies behind the end: it ends the time of further scans.
    made = np.append(followed[1:], 0)[: len(followed)]
    for v, numbers in enumerate(zip(followed.tolist(), made.tolist(), strict=True)):
        further += _one_date(m, (desk, line), scans, (v, *numbers), (last, later))
    if further:
        _read_further(m, (desk, line), scans, further)
    return scans


def control_day(m: CohortModel, p: Patients) -> Longs:
    """Day of the control scan after the last ablation, `NEVER` without one (R-107) [P]."""
    result: Longs = control_at(m, p.place, p.follow.start, p.disease.sessions)
    return result


def session_day(m: CohortModel, p: Patients, number: Longs) -> Longs:
    """Day of an ablation session, counted from 0 [P]."""
    result: Longs = session_at(m, p.place, p.follow.start, number)
    return result


# ------------------------------------------------------------------------------ in order of work


def _desk(m: CohortModel, p: Patients, ends: tuple[Longs, Longs], work: Longs) -> _Desk:
    origin, until = ends
    control = np.full(len(work), NEVER, np.int64)
    if m.ablation.applies:
        control = control_day(m, p)
    return some_of(_Desk(p.place, origin, p.follow.start, until, p.follow.until, control), work)


def _line(m: CohortModel, p: Patients, work: Longs) -> tuple[_Line, Longs]:
    """The target lesions of all subjects, those of one side by side, and their slots."""
    targets = p.disease.targets[work]
    who = np.repeat(np.arange(len(work)), targets)
    slot = np.arange(len(who)) - np.repeat(np.cumsum(targets) - targets, targets)
    at = work[who]
    place = slot * len(work) + at
    tumour = Tumour(
        p.lesions.size.take(place), p.growing.killed.take(place), p.growing.pace.take(place),
        m.disease.node[p.lesions.organ.take(place)],
    )  # fmt: skip
    noise = FIRST_NOISE + slot
    half = (noise % 2 * 16).astype(np.uint64)
    line = _Line(
        who, noise // 2, half, p.follow.start[at], p.entry.fine[at], p.course.growth[at],
        p.course.decay[at], tumour,
    )  # fmt: skip
    return line, slot


def _baseline(m: CohortModel, place: Place, line: _Line) -> Ints:
    words = words_at(place, purposes.BASELINE)
    noise = _noise(words, line, line.who)
    tenths: Ints = baseline_tenths(m, line.tumour, noise, line.fine).astype(np.int32)
    return tenths


def _noise(words: Words, line: _Line, who: Longs) -> Longs:
    """The half word of each lesion in the words of its subject's scan."""
    word = np.stack(words)[line.word, who]
    noise: Longs = (word >> line.half & np.uint64(0xFFFF)).astype(np.int64)
    return noise


# ------------------------------------------------------------------------------------- the dates


class _Further(NamedTuple):
    """Further scans before a due date: row, subjects by position, day, purpose of their words."""

    row: int
    who: Longs
    day: Longs
    purpose: np.uint64


def _one_date(
    m: CohortModel,
    people: tuple[_Desk, _Line],
    scans: Scans,
    which: tuple[int, int, int],
    memory: tuple[Longs, Longs],
) -> list[_Further]:
    """Read the scan of due date v of the first k subjects; return further ones of the first n.

    `memory` holds the day of the last scan and the day of a pending unscheduled scan.
    """
    desk, line = people
    v, n, k = which
    last, later = memory
    place = some_of(desk.place, slice(n))
    scan = scan_at(m, place, purposes.SCHEDULED + np.uint64(v))
    due = desk.origin[:n] + m.scan.due[v]
    day = due + scan.shift
    until = desk.until[:n]
    further = []
    if m.scan.unscheduled or m.ablation.applies:
        latest = latest_further(due, scan, until)
        further = _further(m, desk, (v, n), (latest, last, later))
        for one in further:
            _count(scans, one.row, one.who, np.ones(len(one.who), np.bool_))
        later[:n] = choose(scan.later > 0, due + scan.later, NEVER)
    row = 2 * v + 1
    scan, day = some_of(scan, slice(k)), day[:k]
    made = is_made(scan, day, desk.start[:k], until[:k])
    _count(scans, row, slice(0, k), made)
    scans.day[row, :k] = day
    scans.apart[row, :k] = days_apart(scan, day, desk.sight[:k])
    scans.hidden[row, :k] = scan.hidden
    last[:k] = choose(made, day, last[:k])
    stop = int(scans.first[k]) if k < len(scans.first) else len(line.who)
    scans.tenths[row, :stop] = _read(m, some_of(line, slice(stop)), (scan, line.who[:stop]), day)
    return further


def _further(
    m: CohortModel, desk: _Desk, which: tuple[int, int], days: tuple[Longs, Longs, Longs]
) -> list[_Further]:
    """Further scans between two dates; `days` are the latest for one, the last, the pending."""
    v, n = which
    latest, last, later = days
    previous = desk.origin[:n] + (m.scan.due[v - 1] if v > 0 else 0)
    earliest = np.maximum(last[:n], previous) + MIN_GAP
    found = []
    kinds = [(later, purposes.UNSCHEDULED)]
    if m.ablation.applies:
        kinds.append((desk.control, purposes.CONTROL_SCAN))
    for pending, purpose in kinds:
        extra = pending[:n]
        here = np.flatnonzero((extra >= earliest) & (extra <= latest))
        if len(here):
            found.append(_Further(2 * v, here, extra[here], purpose + np.uint64(v)))
            last[here] = extra[here]
            earliest[here] = NEVER
    return found


def _count(scans: Scans, row: int, which: Any, made: Flags) -> None:
    """Note the row of a scan that is made; the last row of `order` takes what is not."""
    at = choose(made, scans.count[which], len(scans.order) - 1)
    scans.order[at, np.arange(scans.order.shape[1])[which]] = row
    scans.count[which] += made


def _read(m: CohortModel, line: _Line, seen: tuple[Scan, Longs], day: Longs) -> Longs:
    """Diameters as read; `seen` holds scans and where the scan of each lesion stands among them."""
    scan, at = seen
    mm = true_mm(m, line.tumour, line.growth, line.decay, day[at] - line.start)
    how = (scan.estimate[at], scan.other[at])
    lesion = (mm, line.tumour.node, line.fine)
    tenths: Longs = read_tenths(m, lesion, _noise(scan.words, line, at), how)
    return tenths


def _read_further(
    m: CohortModel, people: tuple[_Desk, _Line], scans: Scans, further: list[_Further]
) -> None:
    """Read all further scans at once."""
    desk, line = people
    who = np.concatenate([one.who for one in further])
    day = np.concatenate([one.day for one in further])
    sizes = [len(one.who) for one in further]
    row = np.repeat([one.row for one in further], sizes)
    purpose = np.repeat(np.array([one.purpose for one in further], np.uint64), sizes)
    scan = scan_at(m, some_of(desk.place, who), purpose)
    scans.day[row, who] = day
    scans.apart[row, who] = days_apart(scan, day, desk.sight[who])
    scans.hidden[row, who] = scan.hidden
    ends = np.append(scans.first, len(line.who))
    number = ends[who + 1] - ends[who]
    at = np.repeat(np.arange(len(who)), number)
    lesion = np.arange(len(at)) - np.repeat(np.cumsum(number) - number, number) + ends[who][at]
    scans.tenths[row[at], lesion] = _read(m, some_of(line, lesion), (scan, at), day)
