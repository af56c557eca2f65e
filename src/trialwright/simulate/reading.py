"""How the investigator reads the scans: measurements, states, new lesions, and when to stop.

Diameters are read with a log-normal error, mostly as whole millimetres. What a reader does with
vanished, tiny, missing and doubtful lesions follows recist11.md section 3 and R-133 to R-140.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from trialwright.response.targets import is_progression
from trialwright.simulate.calendar import Scan
from trialwright.simulate.events import Course, can_worsen
from trialwright.simulate.scenario import Organ
from trialwright.simulate.setting import Subject
from trialwright.simulate.tumours import MIN_LESION_MM, MIN_NODE_MM, Lesion, Tumours

_VANISHED_MM, _SMALL_MM, _LARGEST_MM = 2.0, 5.0, 300.0
_THORAX = frozenset({"LUNG", "PLEURA", "MEDIASTINUM"})
_REASONS = ("NOT IMAGED", "IMAGE ARTEFACT", "IMAGE QUALITY INSUFFICIENT")
_SCANS_AFTER_PROGRESSION_DAYS = 80


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
    """A lesion that appears on treatment; `sightings` are its states from first sight on."""

    id: str
    organ: Organ
    side: str = ""
    appears: float
    sightings: tuple[str, ...] = ("UNEQUIVOCAL",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadScan:
    """A scan with its readings and the new lesions first seen on it."""

    scan: Scan
    readings: tuple[Reading, ...]
    first_seen: tuple[NewLesion, ...] = ()


@dataclass(slots=True)
class _Reader:
    """What the reader of one subject remembers from scan to scan."""

    subject: Subject
    tumours: Tumours
    course: Course
    rng: np.random.Generator
    new: list[NewLesion]
    seen: dict[str, int] = field(default_factory=dict)
    nadir: int | None = None
    worsening: int = 0


def read_baseline(subject: Subject, tumours: Tumours) -> ReadScan:
    """The baseline scan: every lesion is there, targets at least at their minimum size (R-001)."""
    rng = subject.rng("baseline reading")
    scan = Scan(1.0, "SCREENING", subject.baseline, subject.baseline)
    readings = []
    for one in tumours.lesions:
        minimum = MIN_NODE_MM if one.organ.node else MIN_LESION_MM
        if one.role == "TARGET" or one.organ.node:
            low = minimum if one.role == "TARGET" else 10.0
            high = _LARGEST_MM if one.role == "TARGET" else 14.9
            value = min(max(_measured(rng, subject, one.size_mm), low), high)
            readings.append(_length(rng, subject, (one, subject.baseline), value))
        else:
            readings.append(
                Reading(lesion=one.id, day=subject.baseline, test="TUMSTATE", value="PRESENT")
            )
    return ReadScan(scan=scan, readings=tuple(readings))


def read_scans(
    subject: Subject, tumours: Tumours, course: Course, scans: Sequence[Scan]
) -> tuple[tuple[ReadScan, ...], int | None]:
    """Read the scans in order until the investigator sees progression.

    Returns
    -------
    tuple
        The scans that were made and read, and the day number of the scan on which the
        investigator saw progression, `None` if on none. Sometimes one more scan follows.
    """
    rng = subject.rng("reading")
    baseline = read_baseline(subject, tumours)
    reader = _Reader(subject, tumours, course, rng, list(_new_lesions(subject, course)))
    reader.nadir = _sum(baseline.readings, tumours)
    further = bool(subject.rng("after").random() < _after_share(subject))
    done: list[ReadScan] = []
    progressed: int | None = None
    for scan in scans:
        if progressed is not None and scan.day - progressed > _SCANS_AFTER_PROGRESSION_DAYS:
            break
        done.append(_read(reader, scan))
        if progressed is not None:
            break
        if _sees_progression(reader, done[-1]):
            progressed = scan.day
            if not further:
                break
    return (baseline, *done), progressed


def _after_share(subject: Subject) -> float:
    return subject.setting.scenario.scans.after_progression_share


def _read(reader: _Reader, scan: Scan) -> ReadScan:
    """Read one scan: baseline lesions first, then new ones."""
    day = scan.day - reader.subject.first_dose
    sizes = reader.tumours.sizes([day])[0]
    vanished = bool((reader.tumours.killed >= 1).all() and (sizes < _VANISHED_MM).any())
    readings: list[Reading] = []
    for one, size in zip(reader.tumours.lesions, sizes, strict=True):
        when = scan.day if one.organ.id in _THORAX else scan.abdomen_day
        if reader.rng.random() < reader.subject.setting.scenario.scans.not_evaluable_share:
            reason = _REASONS[int(reader.rng.integers(len(_REASONS)))]
            test = _test(one)
            readings.append(Reading(lesion=one.id, day=when, test=test, reason=reason))
        elif _test(one) == "TUMSTATE":
            readings.append(_state(reader, (one, when), day, vanished=vanished))
        else:
            readings.append(_size(reader, (one, when), float(size)))
    first_seen, states = _see_new(reader, scan, day)
    return ReadScan(scan=scan, readings=(*readings, *states), first_seen=first_seen)


def _test(lesion: Lesion) -> str:
    if lesion.organ.node and lesion.session is None:
        return "LPERP"
    return "LDIAM" if lesion.role == "TARGET" else "TUMSTATE"


def _measured(rng: np.random.Generator, subject: Subject, size: float) -> float:
    return float(size * np.exp(rng.normal(0.0, subject.setting.scenario.scans.measurement_sd)))


def _length(
    rng: np.random.Generator, subject: Subject, place: tuple[Lesion, int], value: float
) -> Reading:
    """A length as readers write it: whole millimetres, sometimes one decimal."""
    fine = rng.random() < subject.setting.scenario.scans.one_decimal_share
    tenths = round(value * 10) if fine else 10 * round(value)
    text = f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"
    lesion, day = place
    return Reading(lesion=lesion.id, day=day, test=_test(lesion), value=text, tenths=tenths)


def _size(reader: _Reader, place: tuple[Lesion, int], size: float) -> Reading:
    """A measured lesion: its length, 0 when gone (R-021), too small to measure (R-022)."""
    lesion, day = place
    value = min(_measured(reader.rng, reader.subject, size), _LARGEST_MM)
    estimate = reader.rng.random() < 0.7
    if not lesion.organ.node and size < _VANISHED_MM:
        return Reading(lesion=lesion.id, day=day, test="LDIAM", value="0", tenths=0)
    if not lesion.organ.node and value < _SMALL_MM and estimate:
        return Reading(
            lesion=lesion.id, day=day, test="LDIAM", value="TOO SMALL TO MEASURE",
            too_small=True, tenths=50,
        )  # fmt: skip
    return _length(reader.rng, reader.subject, place, max(value, 1.0))


def _state(reader: _Reader, place: tuple[Lesion, int], day: float, *, vanished: bool) -> Reading:
    """State of a lesion that is followed by category (R-030, R-139)."""
    lesion, when = place
    state, reason = "PRESENT", ""
    leads = next((one for one in reader.tumours.lesions if can_worsen(one)), None) == lesion
    if vanished and lesion.session is None:
        state = "ABSENT"
    elif leads and reader.course.cause == "nontarget":
        state, reason = _worsening(reader, day)
    elif can_worsen(lesion) and day >= reader.course.progression and reader.rng.random() < 0.2:
        state = "INCREASED"
    return Reading(
        lesion=lesion.id, day=when, test="TUMSTATE", value=state, progression_reason=reason
    )


def _worsening(reader: _Reader, day: float) -> tuple[str, str]:
    """Progression of non-target disease, sometimes doubtful at first (R-046)."""
    if day < reader.course.progression:
        near = day > 0.7 * reader.course.progression and reader.rng.random() < 0.3
        return ("INCREASED" if near else "PRESENT"), ""
    reader.worsening += 1
    share = reader.subject.setting.scenario.progression.equivocal_first_share
    if reader.worsening == 1 and reader.rng.random() < share:
        return "EQUIVOCAL PROGRESSION", ""
    return "UNEQUIVOCAL PROGRESSION", "SUBSTANTIAL WORSENING OF NON-TARGET DISEASE"


def _new_lesions(subject: Subject, course: Course) -> Iterator[NewLesion]:
    """The lesions that will appear at progression by new disease."""
    if course.cause not in {"new", "local"}:
        return
    rng = subject.rng("new lesions")
    progression = subject.setting.scenario.progression
    organs = subject.setting.scenario.disease.organs
    weights = np.array([1.0 if organ.share is None else organ.share for organ in organs])
    count = 1 if course.site else 1 + int(rng.binomial(2, 0.3))
    doubtful = rng.random() < progression.equivocal_first_share
    for number in range(count):
        drawn = organs[int(rng.choice(len(organs), p=weights / weights.sum()))]
        organ = course.site.organ if course.site else drawn
        first = "EQUIVOCAL" if doubtful else "UNEQUIVOCAL"
        side = course.site.side if course.site else ("RIGHT" if organ.id == "LUNG" else "")
        yield NewLesion(
            id=f"NEW{number + 1:02d}", organ=organ, side=side, appears=course.progression,
            sightings=(first, "UNEQUIVOCAL"),
        )  # fmt: skip


def _see_new(
    reader: _Reader, scan: Scan, day: float
) -> tuple[tuple[NewLesion, ...], tuple[Reading, ...]]:
    """New lesions on this scan: those that appeared, and now and then a false alarm (R-045)."""
    share = reader.subject.setting.scenario.progression.false_equivocal_per_scan
    if reader.rng.random() < share and not reader.seen:
        reader.new = [replace(one, id=f"NEW{at + 2:02d}") for at, one in enumerate(reader.new)]
        organ = reader.subject.setting.scenario.disease.organs[0]
        false = NewLesion(id="NEW01", organ=organ, appears=day, sightings=("EQUIVOCAL", "ABSENT"))
        reader.new.insert(0, false)
    first, readings = [], []
    for one in reader.new:
        if one.appears > day:
            continue
        times = reader.seen.get(one.id, 0)
        reader.seen[one.id] = times + 1
        if times == 0:
            first.append(one)
        state = one.sightings[min(times, len(one.sightings) - 1)]
        when = scan.day if one.organ.id in _THORAX else scan.abdomen_day
        readings.append(Reading(lesion=one.id, day=when, test="TUMSTATE", value=state))
    return tuple(first), tuple(readings)


def _sum(readings: Sequence[Reading], tumours: Tumours) -> int | None:
    """Sum of the target lesions in tenths of a millimetre, `None` if one is missing or none is."""
    targets = {tumours.lesions[at].id for at in tumours.targets}
    values = [one.tenths for one in readings if one.lesion in targets]
    lengths = [value for value in values if value is not None]
    return sum(lengths) if lengths and len(lengths) == len(values) else None


def _sees_progression(reader: _Reader, read: ReadScan) -> bool:
    """Whether the investigator calls this scan progression and stops treatment.

    The sum is judged by the rule of the response engine (R-032); doubtful signs are waited for.
    """
    states = {one.value for one in read.readings}
    total, nadir = _sum(read.readings, reader.tumours), reader.nadir
    grown = False
    if total is not None and nadir is not None:
        grown = bool(is_progression(np.array([total]), np.array([nadir]))[0])
        reader.nadir = min(nadir, total)
    return grown or bool(states & {"UNEQUIVOCAL", "UNEQUIVOCAL PROGRESSION"})
