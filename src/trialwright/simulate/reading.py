"""The scans of a subject as they are written down: measurements, states, new lesions.

What a scan shows comes from the arrays (`drawn.DrawnCohort.history`): there all lesions that are
followed stand in one column, and the new ones in another. Here the columns become the lesions of
the records, with what cannot change a response: which of several lesions is worse, reasons,
growth short of progression, false alarms. What readers write of vanished, tiny, missing and
doubtful lesions follows R-133 to R-140.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from trialwright.simulate.drawn import DrawnCohort
from trialwright.simulate.scenario import Organ
from trialwright.simulate.setting import Subject
from trialwright.simulate.tumours import Lesion, Tumours
from trialwright.simulate.virtual.course import LOCAL, NEW, NONTARGET
from trialwright.simulate.virtual.reading import OTHERS_BIT, OTHERS_BITS
from trialwright.vocabulary.recist import NODE_DISEASE_TENTHS, LesionState

_REASONS = ("NOT IMAGED", "IMAGE ARTEFACT", "IMAGE QUALITY INSUFFICIENT")
_TOO_SMALL = "TOO SMALL TO MEASURE"
#: Short axes of nodes that are followed, in tenths of a millimetre: at baseline, and when normal.
_NODE_TENTHS, _LARGEST_SMALL_NODE, _NORMAL_TENTHS = 100, 149, (60, 90)
#: Growth of a followed lesion that is no progression: share of scans after progression, and of
#: scans from this part of the time to progression on where it will be the first sign.
_LARGER, _LARGER_BEFORE, _NEAR = 0.2, 0.3, 0.7
_MORE_NEW, _MORE_NEW_SHARE = 2, 0.3


@dataclass(frozen=True, slots=True)
class Scan:
    """One tumour assessment: visit, day number, and the day of what is read last."""

    visitnum: float
    name: str
    day: int
    last_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One lesion at one scan, as it is written into TR.

    `test` is LDIAM, LPERP or TUMSTATE; `value` is empty with a `reason` when the lesion was not
    assessable. `tenths` is the length that counts in the sum.
    """

    lesion: str
    day: int
    test: str
    value: str = ""
    reason: str = ""
    too_small: bool = False
    progression_reason: str = ""
    tenths: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLesion:
    """A lesion that appears on treatment, or seems to: a false alarm is not `real`."""

    id: str
    organ: Organ
    side: str = ""
    real: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadScan:
    """A scan with its readings and the new lesions first seen on it."""

    scan: Scan
    readings: tuple[Reading, ...]
    first_seen: tuple[NewLesion, ...] = ()


@dataclass(slots=True)
class _Reader:
    """Who reads the scans of one subject, and what has been seen of new lesions."""

    subject: Subject
    cohort: DrawnCohort
    tumours: Tumours
    rng: np.random.Generator
    leader: str
    new: tuple[NewLesion, ...]
    seen: bool = False
    alarm: NewLesion | None = None
    baseline: dict[str, int] = field(default_factory=dict)

    @property
    def at(self) -> int:
        """Position of the subject in the arrays."""
        return self.subject.number

    @property
    def progression(self) -> int:
        """Day number of the first sign of progression, by whatever."""
        course, follow = self.cohort.patients.course, self.cohort.patients.follow
        return self.subject.setting.start + int(
            follow.start[self.at] + np.int64(course.progression[self.at])
        )


def read_baseline(subject: Subject, cohort: DrawnCohort, tumours: Tumours) -> ReadScan:
    """The baseline scan: every lesion is there, targets at least at their minimum size (R-001)."""
    rng = subject.rng("baseline reading")
    scan = Scan(1.0, "SCREENING", subject.baseline, subject.baseline)
    sizes = cohort.history.baseline[subject.number]
    readings = []
    chosen: dict[str, list[int]] = {}
    for at, one in enumerate(tumours.lesions):
        if one.role == "TARGET":
            chosen.setdefault(one.organ.id, []).append(int(sizes[at]))
            readings.append(_length(one, scan.day, int(sizes[at])))
        elif _test(one) == "LPERP":
            noise = rng.normal(0.0, subject.setting.scenario.scans.measurement_sd)
            tenths = 10 * round(one.size_mm * float(np.exp(noise)))
            # The targets of an organ are the largest that can be measured.
            fits = _LARGEST_SMALL_NODE if one.slot is None else tenths
            largest = min([fits, *chosen.get(one.organ.id, [])])
            readings.append(_length(one, scan.day, max(min(tenths, largest), _NODE_TENTHS)))
        else:
            readings.append(Reading(lesion=one.id, day=scan.day, test="TUMSTATE", value="PRESENT"))
    return ReadScan(scan=scan, readings=tuple(readings))


def read_scans(
    subject: Subject, cohort: DrawnCohort, tumours: Tumours, number: int
) -> tuple[ReadScan, ...]:
    """The baseline scan and the first scans after it.

    Parameters
    ----------
    number
        How many scans after baseline are written down.
    """
    baseline = read_baseline(subject, cohort, tumours)
    reader = _Reader(
        subject=subject, cohort=cohort, tumours=tumours, rng=subject.rng("reading"),
        leader=tumours.leader, new=tuple(_new_lesions(subject, cohort, tumours)),
        baseline={one.lesion: one.tenths or 0 for one in baseline.readings},
    )  # fmt: skip
    return (baseline, *(_read(reader, visit) for visit in range(number)))


def scan_days(subject: Subject, cohort: DrawnCohort) -> list[int]:
    """Day numbers of all scans that could be made."""
    history, at = cohort.history, subject.number
    days = history.first_day[at, : history.visits[at]]
    return [subject.setting.start + int(day) for day in days]


def _scan(reader: _Reader, visit: int) -> Scan:
    """Visit number and name of a scan: of its due date, unscheduled, or a control (R-107)."""
    cohort, at, start = reader.cohort, reader.at, reader.subject.setting.start
    history = cohort.history
    day, last = int(history.first_day[at, visit]), int(history.last_day[at, visit])
    date, is_due = divmod(int(cohort.kind[at, visit]), 2)
    if is_due:
        number, name = date + 2.0, f"WEEK {int(cohort.model.scan.due[date]) // 7}"
    elif abs(day - int(cohort.control[at])) <= last - day:
        number, name = date + 1.5, "POST-ABLATION CONTROL"
    else:
        number, name = date + 1.1, "UNSCHEDULED"
    return Scan(number, name, start + day, start + last)


def _read(reader: _Reader, visit: int) -> ReadScan:
    """Read one scan: baseline lesions first, then new ones."""
    scan = _scan(reader, visit)
    targets = [_target(reader, one, visit, slot) for slot, one in enumerate(reader.tumours.targets)]
    first_seen, new = _see_new(reader, scan, visit)
    readings = (*targets, *_followed(reader, scan, visit), *new)
    return ReadScan(scan=scan, readings=readings, first_seen=first_seen)


def _target(reader: _Reader, lesion: Lesion, visit: int, slot: int) -> Reading:
    """A target: its length, 0 when gone (R-021), too small to measure (R-022), or not seen."""
    history, where = reader.cohort.history, (reader.at, visit, slot)
    day = reader.subject.setting.start + int(history.day[where])
    state = LesionState(int(history.state[where]))
    if state == LesionState.NE:
        return _not_done(reader, lesion, day)
    if state == LesionState.TOO_SMALL:
        return Reading(
            lesion=lesion.id, day=day, test=_test(lesion), value=_TOO_SMALL, too_small=True,
            tenths=int(history.size[where]),
        )  # fmt: skip
    return _length(lesion, day, int(history.size[where]))


def _followed(reader: _Reader, scan: Scan, visit: int) -> Iterator[Reading]:
    """The lesions that are followed: together they say what their one column says (R-040)."""
    history, at = reader.cohort.history, reader.at
    column = history.state.shape[2] - 2
    said = LesionState(int(history.state[at, visit, column]))
    gone = _is_gone(reader, visit)
    for position, one in enumerate(reader.tumours.others):
        worse = said in (LesionState.EQUIVOCAL, LesionState.UNEQUIVOCAL)
        if said == LesionState.NE and _is_hidden(reader, scan, (visit, position), one):
            yield _not_done(reader, one, scan.last_day)
        elif one.id == reader.leader and worse:
            yield _worse(one, scan.last_day, said)
        else:
            yield _unchanged(reader, scan, one, gone=gone)


def _is_gone(reader: _Reader, visit: int) -> bool:
    """Whether the followed lesions have gone with the targets; ablation zones stay (R-104)."""
    patients, at = reader.cohort.patients, reader.at
    targets = reader.cohort.ideal.state[at, visit, : len(reader.tumours.targets)]
    complete = bool(patients.course.complete[at]) and not patients.disease.ablated[at]
    return complete and bool((targets == LesionState.ABSENT).any())


def _is_hidden(reader: _Reader, scan: Scan, place: tuple[int, int], lesion: Lesion) -> bool:
    """Whether a scan on which not all followed lesions are seen does not show this one.

    The lesion that is worse is never seen on such a scan: that would be progression.
    """
    visit, position = place
    bits = int(reader.cohort.hidden[reader.at, visit]) >> OTHERS_BIT
    if bits >> position % OTHERS_BITS & 1:
        return True
    return (
        lesion.id == reader.leader
        and _is_first_sign(reader, NONTARGET)
        and (scan.day >= reader.progression)
    )


def _is_first_sign(reader: _Reader, *causes: int) -> bool:
    return int(reader.cohort.patients.course.cause[reader.at]) in causes


def _worse(lesion: Lesion, day: int, said: LesionState) -> Reading:
    """Progression of non-target disease, sometimes doubtful at first (R-046)."""
    if said == LesionState.EQUIVOCAL:
        value, reason = "EQUIVOCAL PROGRESSION", ""
    else:
        value, reason = "UNEQUIVOCAL PROGRESSION", "SUBSTANTIAL WORSENING OF NON-TARGET DISEASE"
    return Reading(
        lesion=lesion.id, day=day, test="TUMSTATE", value=value, progression_reason=reason
    )


def _unchanged(reader: _Reader, scan: Scan, lesion: Lesion, *, gone: bool) -> Reading:
    """A followed lesion that is gone, or present, now and then larger without being progression."""
    is_leader = lesion.id == reader.leader and _is_first_sign(reader, NONTARGET)
    if _test(lesion) == "LPERP" and not is_leader:
        tenths = max(reader.baseline[lesion.id], NODE_DISEASE_TENTHS)
        if gone:
            tenths = 10 * int(reader.rng.integers(_NORMAL_TENTHS[0] // 10, _NORMAL_TENTHS[1] // 10))
        return _length(lesion, scan.last_day, tenths)
    value = "ABSENT" if gone else "PRESENT"
    if not gone and lesion.worsens and reader.rng.random() < _larger(reader, scan, lesion):
        value = "INCREASED"
    return Reading(lesion=lesion.id, day=scan.last_day, test="TUMSTATE", value=value)


def _larger(reader: _Reader, scan: Scan, lesion: Lesion) -> float:
    """How likely a lesion that is present is called larger."""
    if scan.day >= reader.progression:
        return _LARGER
    since = reader.subject.first_dose
    near = scan.day - since > _NEAR * (reader.progression - since)
    coming = lesion.id == reader.leader and _is_first_sign(reader, NONTARGET)
    return _LARGER_BEFORE if coming and near else 0.0


def _new_lesions(subject: Subject, cohort: DrawnCohort, tumours: Tumours) -> Iterator[NewLesion]:
    """The lesions that will appear at progression by new disease, or at the margin of a zone."""
    cause = int(cohort.patients.course.cause[subject.number])
    if cause not in (NEW, LOCAL):
        return
    rng = subject.rng("new lesions")
    if cause == LOCAL:
        zones = [one for one in tumours.others if one.session is not None]
        zone = zones[int(rng.integers(len(zones)))]
        yield NewLesion(id="NEW01", organ=zone.organ, side=zone.side)
        return
    organs = subject.setting.scenario.disease.organs
    weights = np.array([1.0 if organ.share is None else organ.share for organ in organs])
    for number in range(1 + int(rng.binomial(_MORE_NEW, _MORE_NEW_SHARE))):
        organ = organs[int(rng.choice(len(organs), p=weights / weights.sum()))]
        side = "RIGHT" if organ.id == "LUNG" else ""
        yield NewLesion(id=f"NEW{number + 1:02d}", organ=organ, side=side)


def _see_new(
    reader: _Reader, scan: Scan, visit: int
) -> tuple[tuple[NewLesion, ...], tuple[Reading, ...]]:
    """New lesions on this scan, and now and then a false alarm that the next scan does not bear out."""
    history = reader.cohort.history
    said = LesionState(int(history.state[reader.at, visit, -1]))
    share = reader.subject.setting.scenario.progression.false_equivocal_per_scan
    alarm = reader.rng.random() < share
    first: list[NewLesion] = []
    readings: list[Reading] = []
    if reader.alarm is not None:
        readings.append(_sight(reader.alarm, scan, LesionState.ABSENT))
    elif alarm and not reader.seen and said == LesionState.NONE:
        organ = reader.subject.setting.scenario.disease.organs[0]
        reader.alarm = NewLesion(id="NEW01", organ=organ, real=False)
        reader.new = tuple(
            replace(one, id=f"NEW{at:02d}") for at, one in enumerate(reader.new, start=2)
        )
        first.append(reader.alarm)
        readings.append(_sight(reader.alarm, scan, LesionState.EQUIVOCAL))
    if said != LesionState.NONE:
        first += () if reader.seen else reader.new
        reader.seen = True
        readings += (_sight(one, scan, said) for one in reader.new)
    return tuple(first), tuple(readings)


def _sight(lesion: NewLesion, scan: Scan, said: LesionState) -> Reading:
    return Reading(lesion=lesion.id, day=scan.last_day, test="TUMSTATE", value=said.name)


def _not_done(reader: _Reader, lesion: Lesion, day: int) -> Reading:
    reason = _REASONS[int(reader.rng.integers(len(_REASONS)))]
    return Reading(lesion=lesion.id, day=day, test=_test(lesion), reason=reason)


def _test(lesion: Lesion) -> str:
    if lesion.role == "TARGET":
        return "LPERP" if lesion.organ.node else "LDIAM"
    return "LPERP" if lesion.organ.node and lesion.organ.measurable else "TUMSTATE"


def _length(lesion: Lesion, day: int, tenths: int) -> Reading:
    """A length as readers write it."""
    text = f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"
    return Reading(lesion=lesion.id, day=day, test=_test(lesion), value=text, tenths=tenths)
