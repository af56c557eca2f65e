"""Sums and bounds that the numbers of the registry results must keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trialwright.core.results import Result
from trialwright.endpoints.overall_survival import OverallSurvival
from trialwright.exchange.registry_results.cited import Cell, Cited, Node, leaves
from trialwright.exchange.registry_results.reading import number_in
from trialwright.exchange.registry_results.told import Reconciled


def kept_sums(results: Mapping[str, Result], modules: dict[str, Node]) -> Iterator[Reconciled]:
    """What must add up: the flow, baseline categories, subjects at risk, deaths.

    References
    ----------
    Cross-checks 1, 5 and 7 before a release.
    """
    yield from _sums(modules)
    yield from _categories(modules)
    yield from _subjects(modules)
    yield from _deaths(results, modules)


def _count(node: Node) -> int:
    value = node.value if isinstance(node, Cited) else node
    return int(str(value))


def _sums(modules: dict[str, Node]) -> Iterator[Reconciled]:
    """Started is completed and not completed together, in each group (cross-check 1)."""
    numbers: dict[str, int] = {}
    started: dict[str, int] = {}
    for path, leaf in leaves(modules.get("participantFlowModule", {})):
        if not path.endswith("numSubjects"):
            continue
        at = path.rpartition("[")[2].partition("]")[0]
        if ".milestones[0]." in path:
            started[at] = _count(leaf)
        elif ".milestones[2]." in path or ".dropWithdraws[" in path:
            numbers[at] = numbers.get(at, 0) + _count(leaf)
    for at, count in started.items():
        item = f"group {int(at) + 1}: COMPLETED and not completed"
        total = numbers.get(at, 0)
        yield Reconciled(
            "participantFlowModule", item, str(total), "STARTED", str(count), total == count
        )


def _categories(modules: dict[str, Node]) -> Iterator[Reconciled]:
    """The categories of a baseline measure hold everybody once, in each group."""
    everybody: dict[str, int] = {}
    sums: dict[tuple[str, str], int] = {}
    for path, leaf in leaves(modules.get("baselineCharacteristicsModule", {})):
        if path.startswith("denoms[0]") and path.endswith("value"):
            everybody[_group(path)] = _count(leaf)
        elif path.endswith(".value") and not path.partition(".")[2].startswith("denoms"):
            measure = path.partition(".")[0]
            sums[measure, _group(path)] = sums.get((measure, _group(path)), 0) + _whole(leaf)
    for (measure, group), total in sums.items():
        if measure in _counting(modules):
            yield Reconciled(
                "baselineCharacteristicsModule", f"{measure}: all categories", str(total),
                "analysed", str(everybody[group]), total == everybody[group],
            )  # fmt: skip


def _counting(modules: dict[str, Node]) -> frozenset[str]:
    """Places of the measures that count participants."""
    baseline = leaves(modules.get("baselineCharacteristicsModule", {}))
    return frozenset(
        path.partition(".")[0]
        for path, leaf in baseline
        if path.endswith(".paramType") and leaf in {"COUNT_OF_PARTICIPANTS", "NUMBER"}
    )


def _group(path: str) -> str:
    """Position of the group in a path that ends in `[1].value`."""
    return path.rpartition("[")[2].partition("]")[0]


def _whole(leaf: Node) -> int:
    text = str(leaf.value if isinstance(leaf, Cited) else leaf)
    return int(text) if text.isdigit() else 0


def _subjects(modules: dict[str, Node]) -> Iterator[Reconciled]:
    """Nobody is affected who is not at risk (cross-check 7)."""
    events = modules.get("adverseEventsModule", {})
    values = {path: _count(leaf) for path, leaf in leaves(events) if isinstance(leaf, Cited)}
    for path, affected in values.items():
        if not path.endswith("umAffected"):
            continue
        at_risk = values[path.replace("umAffected", "umAtRisk")]
        yield Reconciled(
            "adverseEventsModule", f"{path}, at most", str(affected), "at risk", str(at_risk),
            affected <= at_risk,
        )  # fmt: skip


def _deaths(results: Mapping[str, Result], modules: dict[str, Node]) -> Iterator[Reconciled]:
    """Deaths of the registry are the events of overall survival (cross-check 5).

    Not compared where survival starts at treatment and somebody enrolled was never treated.
    """
    survival = results.get("OS")
    events = modules.get("adverseEventsModule", {})
    died = [_count(leaf) for path, leaf in leaves(events) if path.endswith("deathsNumAffected")]
    if not isinstance(survival, OverallSurvival) or not died:
        return
    records = survival.summary.records
    if records.subjects != records.enrolled:
        return
    shown = number_in(survival.table(), Cell("OS", "T-9", "Deaths, n (%)")) or ""
    total = sum(died)
    yield Reconciled(
        "adverseEventsModule", "deathsNumAffected of all groups", str(total),
        "T-9 OS: Deaths, n (%)", shown, str(total) == shown,
    )  # fmt: skip
