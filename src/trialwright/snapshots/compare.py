"""Two deliveries of a trial under one protocol: what changed in the data, and what that changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from trialwright.adam.derive import derive
from trialwright.compared.estimates import compared_estimates
from trialwright.compared.model import Estimate
from trialwright.core.dates import from_day
from trialwright.core.errors import InconsistencyError
from trialwright.core.tables import Adam, Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis
from trialwright.snapshots.diff import DataDiff, MovedEstimate
from trialwright.snapshots.events import differing
from trialwright.snapshots.facts import PatientFacts, facts_of
from trialwright.snapshots.patients import (
    PatientChange,
    ResultChange,
    patient_nodes,
    result_changes,
    rows_of,
    story,
)
from trialwright.snapshots.records import RecordChange, changed_records
from trialwright.subjects.cutoff import find_cutoff

#: Results of a patient that move an estimate, by the start of its key.
_MOVES = {
    "ORR": ("best", "set"), "DCR": ("best", "set"), "CBR": ("best", "set"),
    "AE": ("event", "set", "milestone"),
}  # fmt: skip
_TOTALS = ("milestone", "best", "time", "set", "events")


def compare_deliveries(protocol: Protocol, before: Sdtm, after: Sdtm) -> DataDiff:
    """Derive two deliveries of one trial with one protocol, and compare records and results.

    Parameters
    ----------
    protocol
        Settled; both deliveries were read with it.
    before, after
        The deliveries.

    Raises
    ------
    ProtocolError
        When a choice that a stage needs is still open.
    DataError
        For data that the input form refuses.
    InconsistencyError
        When a result differs of a patient whose data do not: a defect of this program.
    """
    changes = changed_records(before, after)
    trial = _of_trial(protocol, (before, after), changes)
    adams = derive(protocol, before), derive(protocol, after)
    by_subject: dict[str, list[RecordChange]] = defaultdict(list)
    for one in changes:
        by_subject[one.usubjid].append(one)
    by_subject.pop("", None)
    people = [set(adam["ADSL"]["USUBJID"]) for adam in adams]
    moved = differing(*adams, people[0] | people[1])
    _require_cause(moved, by_subject, trial)
    facts = facts_of(protocol, adams[0]), facts_of(protocol, adams[1])
    patients = tuple(
        _patient(subject, (by_subject[subject], trial), (facts, adams), moved.get(subject, {}))
        for subject in sorted(by_subject.keys() | moved.keys())
    )
    # The estimates are made from these datasets alone.
    differs = bool(moved or trial)
    estimates = compared_estimates((protocol, adams[0]), (protocol, adams[1])) if differs else ()
    return DataDiff(
        subjects=(len(people[0]), len(people[1])),
        trial=trial,
        records=changes,
        patients=patients,
        estimates=tuple(
            MovedEstimate(one.key, one.old, one.new, _movers(one, patients))
            for one in estimates
            if one.old != one.new
        ),
        simulated=adams[1].simulated or adams[0].simulated,
    )


def _of_trial(
    protocol: Protocol, sides: tuple[Sdtm, Sdtm], changes: Sequence[RecordChange]
) -> tuple[str, ...]:
    """What changed for everybody: the cut-off, records of the trial, domains that were delivered."""
    found = [one.words for one in changes if not one.usubjid]
    cutoffs = [find_cutoff(settled_analysis(protocol), side) for side in sides]
    days = [from_day(one.day).isoformat() for one in cutoffs]
    if days[0] != days[1]:
        found.append(f"data cut-off {days[0]} -> {days[1]} ({cutoffs[1].words})")
    for code in sorted(set(sides[0].absent) ^ set(sides[1].absent)):
        came = code in sides[0].absent
        found.append(f"{code} {'was not delivered before' if came else 'is no longer delivered'}")
    return tuple(found)


def _require_cause(
    moved: Mapping[str, Mapping[str, int]],
    changes: Mapping[str, Sequence[RecordChange]],
    trial: Sequence[str],
) -> None:
    """No result differs without a changed record of the patient, or of the trial."""
    without = sorted(moved.keys() - changes.keys())
    if without and not trial:
        raise InconsistencyError(
            "A result differs of a patient whose data did not change.",
            where="; ".join(f"{one}: {', '.join(moved[one])}" for one in without[:5]),
            do="report this; the comparison is not to be used",
        )


def _patient(
    subject: str,
    causes: tuple[Sequence[RecordChange], Sequence[str]],
    derived: tuple[tuple[dict[str, PatientFacts], dict[str, PatientFacts]], tuple[Adam, Adam]],
    other: Mapping[str, int],
) -> PatientChange:
    changes, trial = causes
    facts, adams = derived
    both = (facts[0].get(subject, PatientFacts()), facts[1].get(subject, PatientFacts()))
    came, went = subject not in facts[0], subject not in facts[1]
    rows = () if came or went else rows_of(adams, subject, changes)
    state = "changed" if changes else "moved"
    if came != went:
        state = "new" if came else "gone"
        both = (_totals_only(both[0]), _totals_only(both[1]))
        changes_told = [one for one in changes if one.domain == "DM"]
    else:
        changes_told = list(changes)
    nodes = patient_nodes(changes_told, both, rows, trial if other else ())
    return PatientChange(
        usubjid=subject,
        state=state,
        records=_counted(changes),
        results=result_changes(subject, nodes),
        story=story(nodes, both[1]),
        other=dict(other),
    )


def _totals_only(facts: PatientFacts) -> PatientFacts:
    """Of a patient who came or went, what counts in the results."""
    return PatientFacts(total=facts.total)


def _counted(changes: Sequence[RecordChange]) -> dict[str, tuple[int, int, int]]:
    """By domain, records that came, went and changed; several values of a record count once."""
    found: dict[str, list[set[tuple[str, str, str]]]] = {}
    kinds = ("new", "gone", "changed")
    for one in changes:
        sets = found.setdefault(one.domain, [set(), set(), set()])
        row = (one.cell_before, one.cell_after) if one.kind != "changed" else ("", "")
        seq = str(one.keys) if one.kind == "changed" else ""
        sets[kinds.index(one.kind)].add((one.record, *row) if not seq else (one.record, seq, ""))
    return {code: (len(a), len(b), len(c)) for code, (a, b, c) in found.items()}


def _movers(estimate: Estimate, patients: Sequence[PatientChange]) -> tuple[str, ...]:
    """The patients who moved an estimate, each with the result that did."""
    stem = estimate.key.partition(".")[0].partition(":")[0]
    kinds = _MOVES.get(stem, ("time", "set"))
    found = []
    for patient in patients:
        results = [one for one in patient.results if _moves(one, stem, kinds)]
        results = results or [one for one in patient.results if one.kind in _TOTALS]
        if results:
            first = "; ".join(f"{one.result} {one.before} -> {one.after}" for one in results[:2])
            found.append(f"{patient.usubjid}: {first}")
    return tuple(found)


def _moves(result: ResultChange, stem: str, kinds: Sequence[str]) -> bool:
    if result.kind == "time":
        return "time" in kinds and stem.split("_", maxsplit=1)[0] == result.result
    return result.kind in kinds and (result.kind != "set" or result.after != result.before)
