"""True best response against the assessed one, and what confirmation takes away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trialwright.core.display import Table
from trialwright.core.format import rounded
from trialwright.core.results import Json
from trialwright.operating.exact_sums import Share
from trialwright.operating.plan import READINGS
from trialwright.operating.reading import ScenarioTotals
from trialwright.operating.totals import Counts
from trialwright.operating.words import READING_WORDS, probability, share_json, simulated
from trialwright.vocabulary.recist import RESPONSE_TEXT, Response

RULES = ("R-061", "R-065", "R-070", "T-14")
#: Responses in the order of reports.
_ORDER = (
    Response.CR, Response.PR, Response.SD, Response.NN, Response.PD, Response.NED, Response.NE,
    Response.NA,
)  # fmt: skip
_RESPONDERS = (Response.CR, Response.PR)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossTable:
    """Best responses of the same patients in two readings: counts, rows first."""

    group: str
    rows_are: str
    columns_are: str
    counts: Counts

    @property
    def matrix(self) -> Counts:
        """Counts by code."""
        size = len(RESPONSE_TEXT)
        return self.counts.reshape(size, size)

    @property
    def kept(self) -> Share:
        """Responders of the rows who are responders of the columns (sensitivity)."""
        rows = self.matrix[list(_RESPONDERS)]
        return Share(int(rows[:, list(_RESPONDERS)].sum()), int(rows.sum()))

    @property
    def false(self) -> Share:
        """Non-responders of the rows who are responders of the columns (1 - specificity)."""
        others = [code for code in range(len(RESPONSE_TEXT)) if code not in _RESPONDERS]
        rows = self.matrix[others]
        return Share(int(rows[:, list(_RESPONDERS)].sum()), int(rows.sum()))

    @property
    def agree(self) -> Share:
        """Patients with the same best response in both."""
        return Share(int(np.trace(self.matrix)), int(self.matrix.sum()))

    def table(self, title: str, trials: int) -> Table:
        """Percent of all patients; empty rows and columns are left out."""
        total = max(int(self.matrix.sum()), 1)
        down = [code for code in _ORDER if self.matrix[code].any()]
        across = [code for code in _ORDER if self.matrix[:, code].any()]
        return Table(
            title=f"{title}: {self.rows_are} against {self.columns_are}",
            columns=(
                f"{self.rows_are}, % of patients",
                *(_name(code) for code in across),
                "All",
            ),
            rows=tuple(
                (
                    _name(code),
                    *(rounded(100 * int(self.matrix[code, other]) / total, 2) for other in across),
                    rounded(100 * int(self.matrix[code].sum()) / total, 2),
                )
                for code in down
            ),
            population=f"{self.group}, {total} simulated patients",
            footnotes=(
                simulated(trials),
                f"Columns: {self.columns_are}. The same patients in both. Same response "
                f"{probability(self.agree)}; responders kept {probability(self.kept)}; "
                f"non-responders read as responders {probability(self.false, 4)}.",
            ),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Counts by response, and the shares."""
        return {
            "group": self.group,
            "rows": self.rows_are,
            "columns": self.columns_are,
            "responses": [_name(code) for code in _ORDER],
            "counts": [[int(self.matrix[a, b]) for b in _ORDER] for a in _ORDER],
            "agree": share_json(self.agree),
            "responders_kept": share_json(self.kept),
            "false_responders": share_json(self.false),
        }


def _name(code: int) -> str:
    return RESPONSE_TEXT[code] or "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class MisreadResult:
    """How often the best response is read wrongly in one scenario."""

    scenario: str
    title: str
    trials: int
    crossed: tuple[CrossTable, ...]
    key: str

    def table(self) -> Table:
        """The first cross table."""
        return self.tables()[0]

    def tables(self) -> tuple[Table, ...]:
        """Every cross table."""
        return tuple(one.table(f"Best response, {self.title}", self.trials) for one in self.crossed)

    def to_json(self) -> dict[str, Json]:
        """Every count."""
        return {
            "key": self.key,
            "scenario": self.scenario,
            "trials": self.trials,
            "tables": [one.to_json() for one in self.crossed],
        }


def misread_results(totals: ScenarioTotals) -> tuple[MisreadResult, ...]:
    """The misclassification tables; nothing when they were not summed."""
    plan = totals.plan
    if not plan.parts.misclassification:
        return ()
    crossed: list[CrossTable] = []
    for group in plan.groups:
        if plan.ideal:
            crossed += [
                CrossTable(
                    group=group.name,
                    rows_are=f"true response {READING_WORDS[reading]}",
                    columns_are=f"assessed {READING_WORDS[reading]}",
                    counts=totals.rows[f"cross/{reading}/{group.id}"],
                )
                for reading in READINGS
            ]
        crossed.append(
            CrossTable(
                group=group.name,
                rows_are="assessed without confirmation",
                columns_are="assessed with confirmation",
                counts=totals.rows[f"cross/confirmation/{group.id}"],
            )
        )
    return (
        MisreadResult(
            scenario=plan.id,
            title=plan.title,
            trials=totals.trials,
            crossed=tuple(crossed),
            key=f"OC_RESPONSES.{plan.id}",
        ),
    )
