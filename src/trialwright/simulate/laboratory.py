"""Laboratory values: each subject's own level, peaks after local treatment, the events that show.

A value is the subject's level times noise. Liver enzymes and bilirubin rise after a local treatment
and fall back with a half-life of days; liver values drift upwards after progression in the liver.
While an adverse event that a laboratory shows lasts, the value lies within the limits of its grade
of that day, so that events and values agree.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.simulate.safety import Event
from trialwright.simulate.setting import Subject

_Band = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Test:
    """A test: code, name, unit, limits of normal (women differ for some), decimals shown.

    `bands` gives the values while an event of a grade lasts: multiples of the upper limit, or of
    the subject's own level where that is higher (`is_ratio`), else plain values. `peaks` names the
    range of the peak after a local treatment, `drifts` tests rise with tumour in the liver.
    """

    code: str
    name: str
    unit: str
    low: float | None
    high: float
    digits: int
    spread: float = 0.12
    women: tuple[float, float] | None = None
    abnormal: str = ""
    peaks: str = ""
    drifts: bool = False
    terms: tuple[str, ...] = ()
    is_ratio: bool = False
    bands: Mapping[int, _Band] | None = None


_ENZYME: Mapping[int, _Band] = {1: (1.6, 2.8), 2: (3.2, 4.8), 3: (5.5, 15.0), 4: (21.0, 25.0)}
_HEPATITIS = "immune-mediated hepatitis"
#: Limits of normal of a hospital laboratory; bands lie inside the numeric grades of CTCAE 5.0.
TESTS: tuple[Test, ...] = (
    Test(code="ALT", name="Alanine Aminotransferase", unit="U/L", low=9, high=50, digits=0,
         spread=0.2, women=(7, 40), abnormal="alt", peaks="procedure_peak", drifts=True, is_ratio=True, bands=_ENZYME,
         terms=("alanine aminotransferase increased", _HEPATITIS)),
    Test(code="AST", name="Aspartate Aminotransferase", unit="U/L", low=15, high=40, digits=0,
         spread=0.2, women=(13, 35), abnormal="alt", peaks="procedure_peak", drifts=True, is_ratio=True, bands=_ENZYME,
         terms=("aspartate aminotransferase increased", _HEPATITIS)),
    Test(code="ALP", name="Alkaline Phosphatase", unit="U/L", low=45, high=125, digits=0,
         abnormal="alp", drifts=True),
    Test(code="GGT", name="Gamma Glutamyl Transferase", unit="U/L", low=10, high=60, digits=0,
         spread=0.2, women=(7, 45), abnormal="ggt", drifts=True),
    Test(code="BILI", name="Bilirubin", unit="umol/L", low=3.4, high=20.5, digits=1, spread=0.15,
         peaks="bilirubin_peak", drifts=True, terms=("blood bilirubin increased",), is_ratio=True,
         bands={1: (1.1, 1.45), 2: (1.6, 2.8), 3: (3.2, 8.0), 4: (10.5, 12.0)}),
    Test(code="ALB", name="Albumin", unit="g/L", low=40, high=55, digits=1, spread=0.04),
    Test(code="CREAT", name="Creatinine", unit="umol/L", low=57, high=97, digits=0, spread=0.08,
         women=(41, 73)),
    Test(code="NEUT", name="Neutrophils", unit="10^9/L", low=1.8, high=6.3, digits=2,
         terms=("neutrophil count decreased",),
         bands={1: (1.52, 1.78), 2: (1.02, 1.46), 3: (0.54, 0.96), 4: (0.1, 0.46)}),
    Test(code="PLAT", name="Platelets", unit="10^9/L", low=125, high=350, digits=0,
         terms=("platelet count decreased",),
         bands={1: (78, 122), 2: (52, 73), 3: (27, 48), 4: (8, 23)}),
    Test(code="HGB", name="Hemoglobin", unit="g/L", low=130, high=175, digits=0, spread=0.05,
         women=(115, 150), terms=("anaemia",),
         bands={1: (102, 113), 2: (82, 98), 3: (62, 78), 4: (52, 60)}),
    Test(code="K", name="Potassium", unit="mmol/L", low=3.5, high=5.3, digits=2, spread=0.05,
         terms=("hypokalaemia",),
         bands={1: (3.05, 3.42), 2: (3.05, 3.42), 3: (2.55, 2.95), 4: (2.2, 2.45)}),
    Test(code="SODIUM", name="Sodium", unit="mmol/L", low=137, high=147, digits=0, spread=0.008),
)  # fmt: skip
#: Protein in urine by dipstick while proteinuria of a grade lasts.
DIPSTICK: Mapping[int, str] = {0: "NEGATIVE", 1: "1+", 2: "2+", 3: "4+", 4: "4+"}
PROTEINURIA = "proteinuria"
#: Without an event a value stays below grade 3 (below 5 x ULN): what is severe is reported.
_UNREPORTED = 4.5
#: The same for bilirubin (below 3 x ULN).
_UNREPORTED_BILIRUBIN = 2.8
#: Standard normal quantile at 95 %.
_NINE_OF_TEN = 1.6449


@dataclass(frozen=True, slots=True)
class Result:
    """One value as the laboratory prints it, with its limits of normal."""

    test: Test
    day: int
    value: str
    low: float | None
    high: float


@dataclass(frozen=True, slots=True)
class Told:
    """What the values of a subject show: days of local treatment, adverse events, liver.

    `liver_worse` is the day of progression with disease in the liver, `None` without it.
    """

    procedures: tuple[int, ...]
    events: tuple[Event, ...]
    liver_worse: int | None = None


def sample_days(
    visits: Sequence[int], procedures: Sequence[int], events: Sequence[Event]
) -> list[int]:
    """Days of blood samples: visits, the day after a procedure and a week later, grades of events.

    A change of the grade of an event that a test shows is seen on its day. Nothing is sampled after
    the last visit.
    """
    if not visits:
        return []
    shown = {term for test in TESTS for term in test.terms} | {PROTEINURIA}
    changes = [
        day for one in events if one.profile.term.casefold() in shown for day, _ in one.steps
    ]
    after = [day + wait for day in procedures for wait in (1, 7)]
    return sorted({day for day in (*visits, *changes, *after) if day <= max(visits)})


def draw_results(
    subject: Subject, days: Sequence[int], told: Told, *, male: bool
) -> Iterator[Result]:
    """Every test on every day, in order of days.

    Parameters
    ----------
    subject
        Each test has a random stream of her or his own.
    days
        Days of samples, in order.
    told
        What the values follow.
    """
    monthly = subject.setting.scenario.laboratory.liver_drift_per_month
    for test in TESTS:
        rng = subject.rng(f"laboratory {test.code}")
        low, high = (test.low, test.high) if male or test.women is None else test.women
        level = _level(rng, subject, test, (low, high))
        peaks = _peaks(subject, test, told.procedures)
        for day, noise in zip(days, rng.normal(size=len(days)), strict=True):
            usual = level * float(np.exp(test.spread * noise)) * _raised(peaks, day, subject)
            usual *= drift(monthly, test, (told.liver_worse, day))
            usual = _within(usual, test, (low, high))
            draw = float(rng.random())
            value = _shown(test, told.events, (day, draw), (usual, max(high, level)))
            yield Result(test, day, f"{value:.{test.digits}f}", low, high)


def dipsticks(days: Sequence[int], events: Sequence[Event]) -> Iterator[tuple[int, str]]:
    """Protein in urine on every day."""
    for day in days:
        yield day, DIPSTICK[_grade(events, (PROTEINURIA,), day)]


def _level(
    rng: np.random.Generator, subject: Subject, test: Test, limits: tuple[float | None, float]
) -> float:
    """The subject's own level: in the middle of normal, or above it for some (tumour burden)."""
    low, high = limits[0] or 0.0, limits[1]
    shares = subject.setting.scenario.laboratory
    share = getattr(shares, f"{test.abnormal}_above_normal") if test.abnormal else 0.0
    place, raised = rng.random(2)
    if raised < share:
        return high * (1.05 + 0.45 * float(place))
    return low + (high - low) * (0.3 + 0.4 * float(place))


def _peaks(subject: Subject, test: Test, procedures: Sequence[int]) -> dict[int, float]:
    """The rise after each local treatment: log-normal, nine of ten within the stated range."""
    if not test.peaks:
        return {}
    low, high = getattr(subject.setting.scenario.laboratory, test.peaks)
    middle, spread = np.log(low * high) / 2, np.log(high / low) / (2 * _NINE_OF_TEN)
    scores = subject.rng(f"peaks {test.code}").normal(size=len(procedures))
    return {
        day: max(1.0, float(np.exp(middle + spread * score)))
        for day, score in zip(procedures, scores, strict=True)
    }


def _raised(peaks: Mapping[int, float], day: int, subject: Subject) -> float:
    """How many times the level after the procedures before, each fading with its half-life."""
    half_life = subject.setting.scenario.laboratory.procedure_half_life_days
    rise = 0.0
    for start, peak in peaks.items():
        if day > start:
            rise += (peak - 1) * 0.5 ** ((day - start - 1) / half_life)
    return 1.0 + rise


def drift(monthly: float, test: Test, days: tuple[int | None, float]) -> float:
    """How many times the level a value is on a day after progression in the liver.

    Parameters
    ----------
    monthly
        Relative rise in a month, compounded.
    test
        Only those of the liver drift.
    days
        Day of progression, `None` without it, and the day of the value.
    """
    since, day = days
    if not test.drifts or since is None or day <= since:
        return 1.0
    return float((1.0 + monthly) ** ((day - since) / float(DAYS_PER_MONTH)))


def _within(value: float, test: Test, limits: tuple[float | None, float]) -> float:
    """Keep values without an event below what would be severe, and inside normal at the low end."""
    low, high = limits
    most = _UNREPORTED_BILIRUBIN if test.code == "BILI" else _UNREPORTED
    return min(max(value, 1.02 * low if low else value), most * high)


def _shown(
    test: Test, events: Sequence[Event], at: tuple[int, float], levels: tuple[float, float]
) -> float:
    """The usual value, or one within the grade of an event that lasts on that day."""
    day, draw = at
    grade = _grade(events, test.terms, day)
    if not grade or test.bands is None:
        return levels[0]
    low, high = test.bands[min(grade, 4)]
    value = low + (high - low) * draw
    return value * levels[1] if test.is_ratio else value


def _grade(events: Sequence[Event], terms: Sequence[str], day: int) -> int:
    """The highest grade on a day of the events that a test shows."""
    found = (one.grade_on(day) for one in events if one.profile.term.casefold() in terms)
    return min(max(found, default=0), 4)
