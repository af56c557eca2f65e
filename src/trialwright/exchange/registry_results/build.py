"""The registry results of a trial: the modules, reconciled, with what they lack."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.errors import RefusedError
from trialwright.core.results import Json, Result
from trialwright.core.tables import Adam
from trialwright.exchange.registry_results.baseline import baseline_characteristics
from trialwright.exchange.registry_results.choices import RegistryChoices
from trialwright.exchange.registry_results.cited import Node, plain
from trialwright.exchange.registry_results.events import adverse_events
from trialwright.exchange.registry_results.flow import participant_flow
from trialwright.exchange.registry_results.groups import group_notes, groups_of
from trialwright.exchange.registry_results.limits import check_limits
from trialwright.exchange.registry_results.more import more_info
from trialwright.exchange.registry_results.outcomes import outcome_measures
from trialwright.exchange.registry_results.reconcile import reconcile
from trialwright.exchange.registry_results.told import (
    Mapped,
    Reconciled,
    Told,
    mapped_table,
    told_table,
)
from trialwright.exchange.table_csv import table_csv
from trialwright.protocol.model import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryResults:
    """The modules with what a person has to know of them.

    Attributes
    ----------
    protocol
        Id of the protocol.
    modules
        Modules by name; every number names its table.
    rows
        The reconciliation: one row a number.
    told
        What is not posted, missing, assumed or left out, with the reason.
    mapped
        Collected terms and the terms of the registry.
    """

    protocol: str
    modules: dict[str, Node]
    rows: tuple[Reconciled, ...]
    told: tuple[Told, ...]
    mapped: tuple[Mapped, ...]

    def to_json(self) -> dict[str, Json]:
        """The results section as the public JSON has it."""
        return {"resultsSection": plain(self.modules)}

    def files(self) -> dict[str, str]:
        """Texts by file name: the JSON, the reconciliation, what is missing, the terms."""
        text = json.dumps(self.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
        return {
            "registry_results.json": text + "\n",
            "reconciliation.csv": table_csv(reconciliation_table(self.rows)),
            "told.csv": table_csv(told_table(self.told)),
            "terms.csv": table_csv(mapped_table(self.mapped)),
        }

    def news(self) -> str:
        """One line: how many measures and numbers, and what is not there."""
        measures = self._measures()
        posted = sum(status == "POSTED" for status in measures)
        kinds = ("missing", "default", "left out")
        counts = {kind: sum(one.kind == kind for one in self.told) for kind in kinds}
        said = ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)
        return (
            f"{self.protocol}: {posted} outcome measures posted, {len(measures) - posted} not "
            f"posted; {len(self.rows)} numbers equal to the tables" + (f"; {said}" if said else "")
        )

    def _measures(self) -> list[Json]:
        section = self.to_json()["resultsSection"]
        module = section["outcomeMeasuresModule"] if isinstance(section, dict) else {}
        measures = module["outcomeMeasures"] if isinstance(module, dict) else []
        kept = measures if isinstance(measures, list) else []
        return [one["reportingStatus"] for one in kept if isinstance(one, dict)]


def registry_results(
    protocol: Protocol,
    adam: Adam,
    results: Mapping[str, Result],
    choices: RegistryChoices | None = None,
) -> RegistryResults:
    """The results of a trial in the modules of the public registry.

    Parameters
    ----------
    protocol
        Settled; its endpoints are the registered outcomes.
    adam, results
        The datasets and what `analyze` made of them.
    choices
        Layout and words of a person; all numbers are the same whatever they say.

    Raises
    ------
    RefusedError
        When the data are simulated and the choices do not say so.
    DataError
        When enrolled subjects belong to no cohort of the protocol.
    OutputError
        When a text is longer than the registry takes.
    InconsistencyError
        When a number is not that of its table: a defect of ours.

    References
    ----------
    Results data elements of 42 CFR 11 in the names of the public JSON, API version 2.
    """
    chosen = choices or RegistryChoices()
    if adam.simulated and not chosen.simulated:
        raise RefusedError(
            "Registry results of simulated data are refused.",
            where=adam.simulated,
            allowed="data of patients; or simulated data when you say so (--simulated)",
            do="say that the data are simulated, if a trial run is what you want",
        )
    groups = groups_of(protocol, results)
    flow, reasons = participant_flow(groups, results, adam, chosen)
    baseline, absent, terms = baseline_characteristics(groups, results, adam)
    outcomes, open_ = outcome_measures(protocol, groups, results, chosen)
    events, lacking, systems = adverse_events(protocol, groups, results, adam, chosen)
    more, unsaid = more_info(adam.simulated, chosen)
    modules: dict[str, Node] = {
        "participantFlowModule": flow,
        "baselineCharacteristicsModule": baseline,
        "outcomeMeasuresModule": outcomes,
        **({} if events is None else {"adverseEventsModule": events}),
        "moreInfoModule": more,
    }
    check_limits(modules)
    return RegistryResults(
        protocol=protocol.id,
        modules=modules,
        rows=reconcile(results, adam, modules),
        told=(*group_notes(protocol), *open_, *absent, *lacking, *unsaid),
        mapped=(*reasons, *terms, *systems),
    )


def reconciliation_table(rows: tuple[Reconciled, ...]) -> Table:
    """The reconciliation as a table."""
    return Table(
        title="Reconciliation",
        columns=("MODULE", "ITEM", "REGISTRY", "TABLE", "TABLE_NUMBER", "EQUAL"),
        rows=tuple(
            (
                one.module, one.item, one.registry, one.table, one.table_number,
                "Y" if one.equal else "N",
            )
            for one in rows
        ),
    )  # fmt: skip
