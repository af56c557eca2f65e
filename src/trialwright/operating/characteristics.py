"""Merged totals to every result: decisions, estimates, nuisances, responses, calendar, curves."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from trialwright.core.results import Json, Result
from trialwright.operating.plan import GridPlan
from trialwright.operating.reading import ScenarioTotals
from trialwright.operating.results.calendar import calendar_results
from trialwright.operating.results.course import course_result
from trialwright.operating.results.curves import curve_results
from trialwright.operating.results.decisions import decision_result
from trialwright.operating.results.estimates import estimate_result
from trialwright.operating.results.landmark_curves import landmark_curve_results
from trialwright.operating.results.misread import misread_results
from trialwright.operating.results.nuisances import nuisance_results
from trialwright.operating.totals import Totals

#: Names of the files that `characteristics_files` writes.
NUMBERS_JSON, NUMBERS_CSV = "operating_characteristics.json", "operating_characteristics.csv"


@dataclass(frozen=True, slots=True)
class ScenarioResults:
    """All results of one scenario."""

    id: str
    title: str
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Characteristics:
    """What a protocol's rules do over many virtual trials.

    Attributes
    ----------
    curves
        Operating characteristics over the scenarios; empty with one scenario.
    scenarios
        Results by scenario, in the order of the plan.
    """

    trials: int
    seed: int
    curves: tuple[Result, ...]
    scenarios: tuple[ScenarioResults, ...]

    @property
    def results(self) -> tuple[Result, ...]:
        """Every result, curves first."""
        return (*self.curves, *(one for part in self.scenarios for one in part.results))

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded."""
        return {
            "trials": self.trials,
            "seed": self.seed,
            "results": {one.key: one.to_json() for one in self.results},
        }


def read_characteristics(grid: GridPlan, totals: Totals) -> Characteristics:
    """Read merged totals.

    Parameters
    ----------
    grid
        The plan that made the totals (`Study.grid`).
    totals
        Sums of all blocks, in any order.

    Raises
    ------
    DataError
        When a scenario of the plan is not in the totals.
    """
    read = [ScenarioTotals.of(plan, totals) for plan in grid.scenarios]
    return Characteristics(
        trials=min(one.trials for one in read),
        seed=grid.seed,
        curves=(*curve_results(read), *landmark_curve_results(read)),
        scenarios=tuple(
            ScenarioResults(one.plan.id, one.plan.title, tuple(_results(one))) for one in read
        ),
    )


def _results(totals: ScenarioTotals) -> Iterator[Result]:
    yield decision_result(totals)
    yield estimate_result(totals)
    yield course_result(totals)
    yield from nuisance_results(totals)
    yield from misread_results(totals)
    yield from calendar_results(totals)


def characteristics_files(
    found: Characteristics, calibration: Mapping[str, Json]
) -> dict[str, str | bytes]:
    """Every number as JSON, and as CSV with one row for each: result, path, value.

    `calibration` is that of each scenario by its id, for the JSON.
    """
    said = {**found.to_json(), "calibration": dict(calibration)}
    text = json.dumps(said, indent=1, ensure_ascii=False, allow_nan=False)
    return {NUMBERS_JSON: text + "\n", NUMBERS_CSV: numbers_csv(found.results)}


def numbers_csv(results: Sequence[Result]) -> str:
    """One row for each number or text of the results: RFC 4180 quoting, LF."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("result", "path", "value"))
    for one in results:
        for path, value in _leaves(one.to_json(), ""):
            writer.writerow((one.key, path, value))
    return out.getvalue()


def _leaves(value: Json, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from _leaves(inner, f"{path}[{place}]")
    elif value is not None:
        yield path, value if isinstance(value, str) else json.dumps(value)
