"""Why a result of a patient moved: the records, and every result in between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from trialwright.snapshots.facts import POINT_FACTS

_LESIONS = ("TR", "TU", "PR", "RS")
#: Milestones that decide nothing but survival.
_ALIVE = "last known alive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A changed record or result of a patient.

    Attributes
    ----------
    kind
        "data", "trial", "milestone", a fact of a time point, "best", "time", "set", "event",
        "lab" or "events".
    name
        What it is, as it is told.
    before, after
        Its value.
    point
        Position of the time point, 0 for baseline; -1 where it belongs to none.
    note
        What else the new value says.
    domain
        Of a record.
    seq
        Sequence numbers of the record, before and after.
    said
        The whole in words, where name and values do not say it.
    """

    kind: str
    name: str
    before: str = ""
    after: str = ""
    point: int = -1
    points: frozenset[int] = frozenset()
    note: str = ""
    domain: str = ""
    seq: tuple[str, str] = ("", "")
    said: str = ""
    reason: str = ""

    @property
    def words(self) -> str:
        """The change in a few words."""
        note = f" ({self.note})" if self.note else ""
        return self.said or f"{self.name} {self.before} -> {self.after}{note}"


Test = Callable[[Node], bool]


def _same_record(one: Node, other: Node) -> bool:
    return any(a and a == b for a, b in zip(one.seq, other.seq, strict=True))


def chain(node: Node, nodes: Sequence[Node]) -> tuple[str, ...]:
    """What led to a changed result, from the records on, in the order of `nodes`.

    Parameters
    ----------
    node
        The result.
    nodes
        All changes of the patient: records first, then results as they follow from each other.
    """
    wanted: set[int] = set()
    open_nodes = [node]
    while open_nodes:
        for cause in _direct(open_nodes.pop(), nodes):
            if id(cause) not in wanted and cause is not node:
                wanted.add(id(cause))
                open_nodes.append(cause)
    return tuple(dict.fromkeys(one.words for one in nodes if id(one) in wanted))


def _direct(node: Node, nodes: Sequence[Node]) -> list[Node]:
    """What a change follows from: the first way of explaining it that finds something."""
    if node.kind in {"data", "trial"}:
        return []
    for test in (*_tests(node), _is_root):
        found = [one for one in nodes if one is not node and test(one)]
        if found:
            return found
    return []


def _is_root(one: Node) -> bool:
    """Where nothing closer explains a change, every record and what changed for all may have."""
    return one.kind in {"data", "trial"}


def _tests(node: Node) -> Iterable[Test]:
    """The ways of explaining a change, the closest first."""
    if node.kind in POINT_FACTS:
        return _tests_at_point(node)
    return _tests_in_total(node)


def _lesions(one: Node) -> bool:
    return one.kind == "data" and one.domain in _LESIONS


def _any_milestone(one: Node) -> bool:
    return one.kind == "milestone"


def _kinds(*kinds: str) -> Test:
    return lambda one: one.kind in kinds


def _domains(*domains: str) -> Test:
    return lambda one: one.kind == "data" and one.domain in domains


def _tests_at_point(node: Node) -> Iterable[Test]:
    at = node.point

    def here(*kinds: str) -> Test:
        return lambda one: one.kind in kinds and one.point == at

    def recorded(one: Node) -> bool:
        return _lesions(one) and at in one.points

    def sum_before(one: Node) -> bool:
        return one.kind == "sum" and 0 <= one.point < at

    def sum_or_baseline(one: Node) -> bool:
        return one.kind == "sum" and one.point in {0, at}

    def earlier(one: Node) -> bool:
        return one.kind == "response" and 0 <= one.point < at

    ways: dict[str, tuple[Test, ...]] = {
        "sum": (recorded, _domains("TU", "PR")),
        "change": (sum_or_baseline,),
        "nadir": (sum_before,),
        "growth": (here("sum", "nadir"),),
        "target": (here("sum", "change", "growth", "nadir"), recorded),
        "response": (
            here("target", "nontarget", "new"), earlier, here("sum", "growth", "change"), recorded,
        ),
    }  # fmt: skip
    if "none" in {node.before, node.after} and node.kind == "response":
        return (here("scan"), recorded, _lesions)
    return (*ways.get(node.kind, (recorded,)), _lesions)


def _tests_in_total(node: Node) -> Iterable[Test]:
    dates = {node.before, node.after} - {"none"}

    def milestone(one: Node) -> bool:
        return one.kind == "milestone" and one.name != _ALIVE

    def dated(one: Node) -> bool:
        return one.kind == "data" and any(day in one.words for day in dates)

    def no_scan(one: Node) -> bool:
        return _is_root(one) and one.domain not in {"TR", "LB", "VS", "EG"}

    def moves_time(one: Node) -> bool:
        lasts = node.name in {"DOR", "TTR"} and one.kind == "best"
        return lasts or one.kind in {"response", "scan"} or milestone(one)

    def moves_set(one: Node) -> bool:
        return one.kind == "milestone" or (one.kind == "sum" and one.point == 0)

    def same_event(one: Node) -> bool:
        return one.domain == "AE" and _same_record(one, node)

    ways: dict[str, tuple[Test, ...]] = {
        "milestone": (dated, no_scan),
        "best": (_kinds("response"), milestone, _kinds("scan")),
        "time": (_any_milestone,) if node.name == "OS" else (moves_time, _any_milestone),
        "set": (moves_set, _kinds(*POINT_FACTS)),
        "event": (same_event, _domains("AE"), _any_milestone),
        "lab": (_domains("LB", "VS", "EG"), _any_milestone),
        "events": (_kinds("event"), _any_milestone),
    }
    return ways[node.kind]
