"""Depth of response: how far each patient's sum of diameters fell, as waterfall and spider."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from trialwright.core.display import Figure, Mark, Table, patient_anchor
from trialwright.core.format import DAYS_PER_MONTH, rounded, signed
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.depth_course import SubjectDepth, SumPoint, sum_courses
from trialwright.endpoints.population import ALL, Scope, enrolled_subjects, scope_of
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_response

RULES = ("E-12", "E-14", "R-032", "R-033", "R-038")
#: Limits of partial response and of progression in percent (R-033, R-032).
PR_LIMIT, PD_LIMIT = -30.0, 20.0
#: Early tumour shrinkage in percent (E-14).
EARLY_LIMIT = -20.0
#: Highest change that the figures draw in full; taller bars are cut and carry their value.
TOP = 100.0
PERCENT_TICKS = (
    (-100.0, "\N{MINUS SIGN}100"), (-50.0, "\N{MINUS SIGN}50"), (-30.0, "\N{MINUS SIGN}30"),
    (0.0, "0"), (20.0, "+20"), (50.0, "+50"), (100.0, "+100"),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthOfResponse:
    """Best percent change of the target sum for every enrolled patient."""

    scope: Scope
    subjects: tuple[SubjectDepth, ...]

    @property
    def key(self) -> str:
        """`DEPTH`, with the cohort behind a dot."""
        return self.scope.key

    @property
    def measured(self) -> tuple[SubjectDepth, ...]:
        """Patients with a value, largest increase first."""
        found = (s for s in self.subjects if s.best is not None)
        return tuple(sorted(found, key=lambda s: (-_best(s), s.usubjid)))

    @property
    def unmeasured(self) -> tuple[SubjectDepth, ...]:
        """Patients without a value, by identifier."""
        return tuple(s for s in self.subjects if s.best is None)

    @property
    def shrunk_early(self) -> int:
        """Patients whose complete sum at the first time point fell by 20 % or more (E-14)."""
        first = (next(iter(s.course), None) for s in self.subjects)
        return sum(p is not None and p.time_point == 1 and p.percent <= EARLY_LIMIT for p in first)

    def table(self) -> Table:
        """Describe every patient in the order of the waterfall, then those without a value."""
        order = (*self.measured, *self.unmeasured)
        return Table(
            title=f"Depth of response by patient{self.scope.suffix}",
            columns=("Patient", "Confirmed BOR", "Baseline sum (mm)", "Best change (%)", "Reached"),
            rows=tuple(_row(subject) for subject in order),
            population=self._population(),
            footnotes=(
                self._summary(),
                f"Early tumour shrinkage, a fall of 20 % or more at the first time point: "
                f"{self.shrunk_early} of {len(self.subjects)} (E-14).",
                f"{_DEFINITION} Days count from the baseline scan.",
            ),
            links=tuple(patient_anchor(subject.usubjid) for subject in order),
            rules=RULES,
        )

    def figures(self) -> tuple[Figure, ...]:
        """The waterfall and the spider; none when nobody has a value."""
        return (self.waterfall(), self.spider()) if self.measured else ()

    def waterfall(self) -> Figure:
        """One bar per patient at the best percent change, coloured by confirmed response."""
        bars = self.measured
        at = tuple(float(i + 1) for i in range(len(bars)))
        cut = [s.subject for s in bars if _best(s) > TOP]
        return Figure(
            title=f"Best change in target lesions (waterfall){self.scope.suffix}",
            alt=f"Bar chart with one bar per patient. {self._summary()}",
            marks=(*_limits(), *_bars(at, bars)),
            x_label="Patient",
            y_label="Best change of the sum from baseline (%)",
            number="F-2",
            population=self._population(),
            x_range=(0.3, len(bars) + 0.7),
            y_range=_percent_range(bars),
            y_ticks=PERCENT_TICKS,
            x_ticks=tuple(zip(at, (s.subject for s in bars), strict=True)),
            footnotes=(_DEFINITION, *_waterfall_notes(self, cut)),
            rules=RULES,
        )

    def spider(self) -> Figure:
        """One line per patient: percent change of the sum over time."""
        shown = self.measured
        last = max(point.day for subject in shown for point in subject.course)
        end = max(last, *(subject.progression_day or 0 for subject in shown))
        lines = tuple(_line(subject) for subject in shown)
        return Figure(
            title=f"Change in target lesions over time (spider){self.scope.suffix}",
            alt=f"Line chart with one line per patient from the baseline scan. {self._summary()}",
            marks=(*_limits(), *lines, *_ends(shown)),
            x_label="Months since the baseline scan",
            y_label="Change of the sum from baseline (%)",
            number="F-3",
            population=self._population(),
            x_range=(0.0, _months(end) * 1.03),
            y_range=_percent_range(shown),
            y_ticks=PERCENT_TICKS,
            footnotes=(
                "Complete sums up to and including the first progression and not after new "
                "anticancer therapy. A progression without a complete sum is marked at the "
                "height of the last sum.",
                *_missing_note(self),
            ),
            size=(7.2, 4.4),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Best change and course of every patient, percent unrounded, days since baseline."""
        return {
            "method": _DEFINITION,
            "subjects": len(self.subjects),
            "measured": len(self.measured),
            "early_shrinkage": self.shrunk_early,
            "patients": [_json(subject) for subject in self.subjects],
        }

    def _population(self) -> str:
        return self.scope.population("Enrolled", len(self.subjects))

    def _summary(self) -> str:
        values = [_best(subject) for subject in self.measured]
        if not values:
            return f"None of {len(self.subjects)} patients has a complete sum after baseline."
        return (
            f"{len(values)} of {len(self.subjects)} patients have a value; median best change "
            f"{signed(median(values))} % (range {signed(min(values))} to {signed(max(values))})."
        )


_DEFINITION = (
    "Best change: lowest percent change of the sum of target diameters over complete time points "
    "up to and including the first progression and not after new anticancer therapy (E-12)."
)


def describe_depth_of_response(
    protocol: Protocol, adam: Adam, subset: str = ALL
) -> DepthOfResponse:
    """Find each enrolled patient's course and lowest percent change of the target sum.

    Parameters
    ----------
    protocol
        Settled; the reader and whether a scan on the day new therapy starts counts are used.
    adam
        ADSL; ADTR with SUMDIAM (complete sums only); ADRS with OVR and CBOR.
    subset
        All subjects, or the id of a cohort.

    Returns
    -------
    DepthOfResponse
        One entry per enrolled subject, by `USUBJID`.

    Raises
    ------
    ProtocolError
        When options are still open.

    References
    ----------
    Rules E-12, C-04b, R-038.
    """
    subjects = enrolled_subjects(adam, subset)
    return DepthOfResponse(
        scope=scope_of(protocol, (), "DEPTH", subset),
        subjects=sum_courses(adam, subjects, settled_response(protocol)),
    )


def _months(days: int) -> float:
    return days / float(DAYS_PER_MONTH)


def _best(subject: SubjectDepth) -> float:
    return subject.best.percent if subject.best else 0.0


def _limits() -> tuple[Mark, ...]:
    return (
        Mark(kind="rule_y", y=(0.0,), role="zero"),
        Mark(kind="rule_y", y=(PR_LIMIT, PD_LIMIT), role="threshold"),
    )


def _bars(at: tuple[float, ...], bars: tuple[SubjectDepth, ...]) -> tuple[Mark, ...]:
    values = tuple(_best(subject) for subject in bars)
    links = tuple(patient_anchor(subject.usubjid) for subject in bars)
    upright = Mark(
        kind="bar",
        x=at,
        y=tuple(min(value, TOP) for value in values),
        roles=tuple(subject.response for subject in bars),
        links=links,
        notes=tuple(f"+{rounded(value, 0)}" if value > TOP else "" for value in values),
    )
    new = [i for i, subject in enumerate(bars) if subject.new_lesion]
    plus = Mark(
        kind="points",
        x=tuple(at[i] for i in new),
        y=tuple(_beyond(values[i]) for i in new),
        role="new_lesion",
        label="Progression with a new lesion",
        links=tuple(links[i] for i in new),
    )
    return (upright, plus) if new else (upright,)


def _beyond(value: float) -> float:
    """Height just outside the end of a bar."""
    return min(value, TOP) + 5 if value >= 0 else value - 5


def _percent_range(subjects: tuple[SubjectDepth, ...]) -> tuple[float, float]:
    """From just below -100 % to above the highest value; cut bars leave room for their value."""
    highest = max(point.percent for subject in subjects for point in subject.course)
    return -108.0, TOP + 26 if highest > TOP else max(highest, 30.0) + 14


def _line(subject: SubjectDepth) -> Mark:
    points = (SumPoint(0, 0.0, 0), *subject.course)
    return Mark(
        kind="line",
        x=tuple(_months(point.day) for point in points),
        y=tuple(min(point.percent, TOP + 10) for point in points),
        role=subject.response,
        links=(patient_anchor(subject.usubjid),),
    )


_ENDS = (
    ("PD", "Progression"),
    ("new_lesion", "Progression with a new lesion"),
    ("stopped", "Treatment stopped, no progression"),
    ("ongoing", "On treatment"),
)


def _end_role(subject: SubjectDepth) -> str:
    if subject.progression_day is not None:
        return "new_lesion" if subject.new_lesion else "PD"
    return "stopped" if subject.stopped else "ongoing"


def _ends(subjects: tuple[SubjectDepth, ...]) -> tuple[Mark, ...]:
    """The mark at the end of each line, one series per kind of end."""
    marks = []
    for role, label in _ENDS:
        chosen = [subject for subject in subjects if _end_role(subject) == role]
        days = [_end_day(subject) for subject in chosen]
        marks.append(
            Mark(
                kind="points",
                x=tuple(_months(day) for day in days),
                y=tuple(min(subject.course[-1].percent, TOP + 10) for subject in chosen),
                role=role,
                label=label,
                links=tuple(patient_anchor(subject.usubjid) for subject in chosen),
            )
        )
    return tuple(mark for mark in marks if mark.x)


def _end_day(subject: SubjectDepth) -> int:
    last = subject.course[-1].day
    return last if subject.progression_day is None else max(last, subject.progression_day)


def _waterfall_notes(result: DepthOfResponse, cut: list[str]) -> tuple[str, ...]:
    zero = [s.subject for s in result.measured if rounded(_best(s), 1) == "0.0"]
    notes = [
        "Bars end at the true percentage, so complete response in lymph nodes alone does not reach "
        "\N{MINUS SIGN}100 %. Dashed lines: \N{MINUS SIGN}30 % (partial response) and +20 %, which "
        "for progression counts from the smallest earlier sum, not from baseline."
    ]
    notes += [f"Change 0 %: {', '.join(zero)}."] if zero else []
    notes += [f"Cut at +{TOP:g} %, value above the bar: {', '.join(cut)}."] if cut else []
    return (*notes, *_missing_note(result))


def _missing_note(result: DepthOfResponse) -> tuple[str, ...]:
    """The patients that a figure cannot show, by reason (E-12: none is left out silently)."""
    reasons = dict.fromkeys(subject.missing for subject in result.unmeasured)
    listed = "; ".join(
        f"{reason}: {', '.join(s.subject for s in result.unmeasured if s.missing == reason)}"
        for reason in reasons
    )
    return (f"Without a value, not drawn: {listed}.",) if listed else ()


def _row(subject: SubjectDepth) -> tuple[str, ...]:
    best = subject.best
    size = "" if subject.baseline_mm is None else rounded(subject.baseline_mm, 1)
    if best is None:
        return (subject.subject, subject.response, size, "\N{EN DASH}", subject.missing)
    reached = f"time point {best.time_point}, day {best.day}"
    return (subject.subject, subject.response, size, signed(best.percent), reached)


def _json(subject: SubjectDepth) -> Json:
    best = subject.best
    return {
        "usubjid": subject.usubjid,
        "cbor": subject.response,
        "best_percent": best.percent if best else None,
        "best_time_point": best.time_point if best else None,
        "missing": subject.missing or None,
        "new_lesion": subject.new_lesion,
        "course": [{"day": p.day, "percent": p.percent} for p in subject.course],
    }
