"""Protocols of the three example trials, built by hand, and their example scenarios."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from trialwright.core.dates import parse_date
from trialwright.core.tables import Sdtm
from trialwright.protocol.model import (
    Anchor,
    Cohort,
    Component,
    DoseLevel,
    Protocol,
    TreatmentPlan,
)
from trialwright.protocol.settle import accept_defaults
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.scenario_file import read_scenario
from trialwright.simulate.trial import simulate_trial

SCENARIOS = Path(__file__).parents[2] / "examples" / "scenarios"
_STEMS = {
    "000": "000_d23731f1bbf2546a",
    "002": "002_3e2315d90c4cf5ab",
    "003": "003_8b7de996790eed9e",
}
_AFTER_ABLATION = (Anchor(event="ablation", relation="after", offset_days=7, each=True),)


def _infusion() -> Protocol:
    return Protocol(
        id=_STEMS["000"],
        title="Infusion",
        regimen=(
            Component(id="serplulimab", name="Serplulimab", kind="drug", interval_days=14,
                      dose=(DoseLevel(value=3, unit="mg/kg"),), route="intravenous"),
            Component(id="regorafenib", name="Regorafenib", kind="drug", cycle_length_days=28,
                      days_in_cycle=tuple(range(1, 22)),
                      dose=(DoseLevel(value=120, unit="mg"), DoseLevel(value=80, unit="mg"))),
            Component(id="infusion", name="Hepatic Artery Bicarbonate Infusion", reach="liver",
                      kind="procedure", interval_days=28),
        ),
        treatment=TreatmentPlan(cycle_length_days=28),
    )  # fmt: skip


def _ablation() -> Protocol:
    return Protocol(
        id=_STEMS["002"],
        title="Ablation",
        regimen=(
            Component(id="camrelizumab", name="Camrelizumab", kind="drug", interval_days=21,
                      anchors=_AFTER_ABLATION, dose=(DoseLevel(value=200, unit="mg"),)),
            Component(id="ablation", name="Microwave Ablation", kind="procedure", reach="lesion"),
            Component(id="chemotherapy", name="chemotherapy", kind="drug",
                      anchors=_AFTER_ABLATION),
        ),
        treatment=TreatmentPlan(cycle_length_days=21),
    )  # fmt: skip


def _basket() -> Protocol:
    names = ("COLORECTAL", "GASTROESOPHAGEAL", "PANCREATOBILIARY", "OTHER")
    return Protocol(
        id=_STEMS["003"],
        title="Basket",
        cohorts=tuple(Cohort(id=name, name=name.capitalize()) for name in names),
        regimen=(
            Component(id="haic", name="HAIC", kind="procedure", reach="liver"),
            Component(id="bevacizumab", name="Bevacizumab", kind="drug", interval_days=21),
            Component(id="camrelizumab", name="Camrelizumab", kind="drug", interval_days=21),
        ),
        treatment=TreatmentPlan(cycle_length_days=21),
    )


_BUILD = {"000": _infusion, "002": _ablation, "003": _basket}
TRIALS = tuple(_BUILD)


def protocol_of(trial: str, values: dict[str, Any] | None = None) -> Protocol:
    """The settled protocol of an example trial, with other values where given."""
    settled = accept_defaults(_BUILD[trial](), ())
    return settled.model_copy(update=values or {})


def scenario_of(trial: str) -> Scenario:
    """The example scenario of a trial."""
    return read_scenario(SCENARIOS / f"{_STEMS[trial]}.yaml")


@cache
def simulated(trial: str, seed: int) -> Sdtm:
    """The example trial under its example scenario."""
    return simulate_trial(protocol_of(trial), scenario_of(trial), seed)


def with_subjects(scenario: Scenario, subjects: int) -> Scenario:
    """The scenario with that many subjects in every cohort, all entering within weeks."""
    cohorts = tuple(
        one.model_copy(update={"subjects": subjects, "accrual_per_month": 100.0})
        for one in scenario.cohorts
    )
    return scenario.model_copy(update={"cohorts": cohorts})


def records_of(sdtm: Sdtm, domain: str) -> list[dict[str, Any]]:
    """Rows of a domain as mappings, without the file row."""
    return sdtm[domain].drop("_ROW").to_dicts()


def by_subject(sdtm: Sdtm, domain: str) -> dict[str, list[dict[str, Any]]]:
    """Rows of a domain by subject; every subject of DM is there."""
    found: dict[str, list[dict[str, Any]]] = {one: [] for one in sdtm["DM"]["USUBJID"]}
    for row in records_of(sdtm, domain):
        found[row["USUBJID"]].append(row)
    return found


def day(text: str | None) -> int | None:
    """Day number of a complete date, `None` for none."""
    if text is None:
        return None
    date = parse_date(text)
    assert date is not None
    assert date.is_complete
    return date.first_day
