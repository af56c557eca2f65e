"""The changes of one patient: records, then results as they follow from each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trialwright.core.tables import Adam
from trialwright.snapshots.causes import Node, chain
from trialwright.snapshots.events import RowChange, changed_rows
from trialwright.snapshots.facts import POINT_FACTS, PatientFacts
from trialwright.snapshots.points import Pair, paired_points
from trialwright.snapshots.records import RecordChange

_NONE = "none"
_WORDS = {
    "scan": "scan of {}", "sum": "sum at {}", "change": "change from baseline at {}",
    "nadir": "nadir before {}", "growth": "change from nadir at {}",
    "target": "target response at {}", "nontarget": "non-target response at {}",
    "new": "new lesions at {}", "response": "response at {}",
}  # fmt: skip
#: What is told of a time point that only one side has.
_WHOLE = ("scan", "sum", "response")
#: Results that are said to be unchanged where scans changed.
_HEADLINE = (
    ("best", "best response, confirmed"), ("best", "best response, unconfirmed"), ("time", "PFS"),
    ("time", "OS"),
)  # fmt: skip
#: Standardised copies of a collected result, which would say the same again.
_COPIES = ("STRESC", "STRESN", "STRESU", "TEST", "VISIT")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultChange:
    """A result of a patient that differs, with what led to it.

    Attributes
    ----------
    usubjid
        The patient.
    kind
        "sum", "nadir", "response", "best", "time", "set", "event", "lab" and so on.
    result
        What it is: `response at WEEK 16`.
    before, after
        Its value; "none" where there is none.
    reason
        Why it is so now, in the words of the derivation; "" where the value says it all.
    because
        The changed records and results that led to it, in order.
    """

    usubjid: str
    kind: str
    result: str
    before: str
    after: str
    reason: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientChange:
    """A patient whose data or results differ.

    Attributes
    ----------
    usubjid
        The patient.
    state
        "new", "gone", "changed", or "moved" where only the results differ.
    records
        By domain, how many records came, went and changed.
    results
        What differs.
    story
        The whole chain in one line.
    other
        Rows of each dataset that differ.
    """

    usubjid: str
    state: str
    records: dict[str, tuple[int, int, int]]
    results: tuple[ResultChange, ...]
    story: str
    other: dict[str, int]


def patient_nodes(
    changes: Sequence[RecordChange],
    facts: tuple[PatientFacts, PatientFacts],
    rows: Sequence[RowChange],
    trial: Sequence[str],
) -> tuple[Node, ...]:
    """Everything that changed for a patient, records first, each result after its causes.

    Parameters
    ----------
    changes
        The records.
    facts
        What was derived, before and after.
    rows
        Adverse events and laboratory results that differ.
    trial
        What changed for the whole trial, in words.
    """
    pairs = paired_points(facts[0].points, facts[1].points)
    data = [_data_node(one, facts, pairs) for one in changes]
    nodes = [Node(kind="trial", name=one, said=one) for one in trial] + data
    nodes += _total_nodes(facts, "milestone")
    for at, pair in enumerate(pairs):
        nodes += _point_nodes(facts, pair, at)
    for kind in ("best", "time", "set"):
        nodes += _total_nodes(facts, kind)
    nodes += [
        Node(kind=one.kind, name=one.name, before=one.before, after=one.after, seq=one.seq)
        for one in rows
    ]
    nodes += _total_nodes(facts, "events")
    return tuple(nodes)


def _data_node(
    change: RecordChange, facts: tuple[PatientFacts, PatientFacts], pairs: Sequence[Pair]
) -> Node:
    points = set()
    for at, pair in enumerate(pairs):
        for side in (0, 1):
            one, keys = pair[side], change.keys[side]
            known = [facts[side].scans.get((keys.get("lesion", ""), keys.get(name, "")), set())
                     for name in ("seq", "date")]  # fmt: skip
            if one is not None and one.number in set().union(*known):
                points.add(at)
    return Node(
        kind="data",
        name=change.record,
        domain=change.domain,
        points=frozenset(points),
        seq=(change.keys[0].get("seq", ""), change.keys[1].get("seq", "")),
        said=change.words,
    )


def _point_nodes(facts: tuple[PatientFacts, PatientFacts], pair: Pair, at: int) -> Iterator[Node]:
    """The facts of a time point that differ; a scan that is new or gone is told by its date."""
    named = pair[1] or pair[0]
    if named is None:
        return
    for kind in POINT_FACTS if all(pair) else _WHOLE:
        before, after = (
            _NONE if one is None else facts[side].at.get((kind, one.number), _NONE)
            for side, one in enumerate(pair)
        )
        if before != after:
            note = _note(facts[1], pair, after) if kind == "response" else ""
            yield Node(
                kind=kind,
                name=_WORDS[kind].format(named.words),
                before=before,
                after=after,
                point=at,
                note=note,
            )


def _note(facts: PatientFacts, pair: Pair, response: str) -> str:
    """The change that a response rests on: from the nadir for PD, else from baseline."""
    if pair[1] is None:
        return ""
    kind, words = ("growth", "nadir") if response == "PD" else ("change", "baseline")
    found = facts.at.get((kind, pair[1].number))
    return f"{found} from {words}" if found else ""


def _total_nodes(facts: tuple[PatientFacts, PatientFacts], kind: str) -> list[Node]:
    names = dict.fromkeys(
        name for one in facts[::-1] for (of, name) in one.total if of == kind
    )  # fmt: skip
    nothing = (_NONE, "")
    nodes = []
    for name in names:
        before, after = (one.total.get((kind, name), nothing) for one in facts)
        if before[0] != after[0]:
            nodes.append(
                Node(kind=kind, name=name, before=before[0], after=after[0], reason=after[1])
            )
    return nodes


def result_changes(usubjid: str, nodes: Sequence[Node]) -> tuple[ResultChange, ...]:
    """The results among the nodes, each with its causes."""
    return tuple(
        ResultChange(
            usubjid=usubjid,
            kind=one.kind,
            result=one.name,
            before=one.before,
            after=f"{one.after} ({one.note})" if one.note else one.after,
            reason=one.reason,
            because=chain(one, nodes),
        )
        for one in nodes
        if one.kind not in {"data", "trial"}
    )


def story(nodes: Sequence[Node], facts: PatientFacts) -> str:
    """The whole chain of a patient in one line, with what stayed as it was."""
    told = [one for one in nodes if not _is_copy(one)]
    parts = [one.words for one in told]
    if any(one.point >= 0 for one in nodes):
        moved = {(one.kind, one.name) for one in nodes}
        parts += [
            f"{name} unchanged ({facts.total[kind, name][0]})"
            for kind, name in _HEADLINE
            if (kind, name) not in moved and (kind, name) in facts.total
        ]
    return "; ".join(dict.fromkeys(parts))


def _is_copy(node: Node) -> bool:
    """A record told already, or a value that the story gives in other words."""
    if node.kind == "data":
        column = node.said.rpartition(": ")[2].partition(" ")[0]
        return column.endswith(_COPIES)
    return node.kind in {"change", "growth", "events"}


def rows_of(
    adams: tuple[Adam, Adam], usubjid: str, changes: Sequence[RecordChange]
) -> tuple[RowChange, ...]:
    """The events and laboratory results of a patient that differ."""
    same = {
        one.keys[0]["seq"]: one.keys[1]["seq"]
        for one in changes
        if one.domain == "AE" and all("seq" in keys for keys in one.keys)
    }
    return tuple(changed_rows(*adams, usubjid, same))
