"""The calendar of the trial: how long it takes, who has entered and what has happened by when."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Figure, Mark, Table
from trialwright.core.format import rounded
from trialwright.core.results import Json
from trialwright.operating.calendar_sums import EVENTS, calendar_rows, calendar_step
from trialwright.operating.exact_sums import DAY, Mean
from trialwright.operating.outcomes import MONTH
from trialwright.operating.pooled import quantiles
from trialwright.operating.reading import ScenarioTotals
from trialwright.operating.words import mean_json, mean_text, months_with_error, simulated

#: Quantiles over trials.
SHARES = (0.10, 0.25, 0.50, 0.75, 0.90)
_DURATIONS = {"last_enrolled": "Last subject enrolled", "cutoff": "Data cut-off"}
Row = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarResult:
    """Quantiles over trials of cumulative counts by month, and of durations.

    Attributes
    ----------
    counts
        By name of the event, the quantiles `SHARES` of the count at the end of each row.
    weeks
        By name of the duration, its quantiles in weeks.
    """

    scenario: str
    title: str
    trials: int
    subjects: int
    step: int
    counts: tuple[tuple[str, tuple[Row, ...]], ...]
    durations: tuple[tuple[str, Mean], ...]
    weeks: tuple[tuple[str, Row], ...]
    scans: Mean
    key: str

    def table(self) -> Table:
        """Durations and the events by quarter."""
        return self.tables()[0]

    def tables(self) -> tuple[Table, ...]:
        """Durations, then cumulative counts at the end of each quarter."""
        return self._durations(), self._quarters()

    def _durations(self) -> Table:
        weeks = dict(self.weeks)
        rows = [
            (
                f"{_DURATIONS[name]}, months",
                months_with_error(mean.value, mean.error),
                *(rounded(7 * week / MONTH, 1) for week in weeks[name]),
            )
            for name, mean in self.durations
        ]
        rows.append(("Tumour assessments of a trial", mean_text(self.scans), *[""] * len(SHARES)))
        return Table(
            title=f"How long the trial takes: {self.title}",
            columns=("", "Mean", *(f"{100 * share:g} %" for share in SHARES)),
            rows=tuple(rows),
            population=f"N = {self.subjects}",
            footnotes=(
                simulated(self.trials),
                "From the start of accrual; percentages are quantiles over trials, to the week.",
            ),
        )

    def _quarters(self) -> Table:
        every = 3 // self.step
        rows = []
        for row in range(every - 1, self._end() + every, every):
            cells = [_range(table[row]) for _, table in self.counts if row < len(table)]
            if cells:
                rows.append((f"{(row + 1) * self.step // 3}", *cells))
        return Table(
            title=f"Events by quarter of the trial: {self.title}",
            columns=("Quarter", *(f"Subjects {EVENTS[name]}" for name, _ in self.counts)),
            rows=tuple(rows),
            population=f"N = {self.subjects}",
            footnotes=(
                simulated(self.trials),
                "Cumulative at the end of the quarter, up to the data cut-off: median over trials "
                "(10 % to 90 %).",
            ),
        )

    def _end(self) -> int:
        """Row by which nearly every trial has reached its cut-off."""
        last = dict(self.weeks)["cutoff"][-1]
        return min(int(7 * last / (MONTH * self.step)) + 1, len(self.counts[0][1]) - 1)

    def figures(self) -> tuple[Figure, ...]:
        """A fan for each event."""
        return tuple(self._fan(name, table) for name, table in self.counts if name != "left")

    def _fan(self, name: str, table: tuple[Row, ...]) -> Figure:
        rows = range(self._end() + 1)
        x = tuple(float(self.step * (row + 1)) for row in rows)

        def line(place: int) -> tuple[float, ...]:
            return tuple(float(table[row][place]) for row in rows)

        middle = table[self._end()][2]
        return Figure(
            title=f"Subjects {EVENTS[name]} by month: {self.title}",
            alt=f"Median over trials at the cut-off: {middle} of {self.subjects}.",
            marks=(
                Mark(kind="band", x=x, y=line(0), y2=line(4), label="10 % to 90 % of trials"),
                Mark(kind="band", x=x, y=line(1), y2=line(3), label="25 % to 75 %"),
                Mark(kind="step", x=x, y=line(2), label="median"),
            ),
            x_label="Months from the start of accrual",
            y_label=f"Subjects {EVENTS[name]}",
            x_range=(0.0, x[-1]),
            y_range=(0.0, float(self.subjects)),
            population=f"N = {self.subjects}, {self.trials} simulated trials",
            size=(7.2, 3.4),
        )

    def to_json(self) -> dict[str, Json]:
        """Every quantile; durations in days."""
        return {
            "key": self.key,
            "scenario": self.scenario,
            "trials": self.trials,
            "months_of_a_row": self.step,
            "quantiles": list(SHARES),
            "cumulative": {name: [list(row) for row in table] for name, table in self.counts},
            "duration_days": {name: mean_json(mean) for name, mean in self.durations},
            "duration_weeks": {name: list(row) for name, row in self.weeks},
            "scans": mean_json(self.scans),
        }


def _range(row: Row) -> str:
    return f"{row[2]} ({row[0]} to {row[4]})"


def calendar_results(totals: ScenarioTotals) -> tuple[CalendarResult, ...]:
    """The calendar of all subjects; nothing when it was not summed."""
    plan = totals.plan
    if not plan.parts.calendar:
        return ()
    group = plan.groups[0]
    rows = calendar_rows(plan.horizon_days, group.subjects)
    counts = []
    for name in EVENTS:
        table = totals.rows[f"calendar/{name}"].reshape(rows, group.subjects + 1)
        counts.append((name, tuple(quantiles(row, SHARES) for row in table)))
    return (
        CalendarResult(
            scenario=plan.id,
            title=plan.title,
            trials=totals.trials,
            subjects=group.subjects,
            step=calendar_step(group.subjects),
            counts=tuple(counts),
            durations=tuple(
                (name, Mean.of(totals.rows[f"calendar/{name}"], DAY)) for name in _DURATIONS
            ),
            weeks=tuple(
                (name, quantiles(totals.rows[f"calendar/{name}/weeks"], SHARES))
                for name in _DURATIONS
            ),
            scans=Mean.of(totals.rows["calendar/scans"], 1),
            key=f"OC_CALENDAR.{plan.id}",
        ),
    )
