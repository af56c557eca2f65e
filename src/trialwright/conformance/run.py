"""Run every check on every dataset, and say on how many records each one ran."""

from __future__ import annotations

from trialwright.conformance.model import Check, Conformance, DataTable, Fault, Finding, Ran, Trial
from trialwright.conformance.table import CHECKS
from trialwright.intake.cells import quoted


def check_conformance(trial: Trial) -> Conformance:
    """Check the datasets of a delivery against the vocabulary.

    A check runs on the records that have what it looks at; a delivery is valid only if every
    dataset was looked at by at least one check on at least one record, and no error was found.

    Returns
    -------
    Conformance
        Checks in the order of the table; findings by check, dataset and row.
    """
    checks = [one for one in CHECKS if trial.standard in one.standards]
    records: dict[str, dict[str, int]] = {one.id: {} for one in checks}
    findings = [_missing(trial, name) for name in trial.required if name not in trial.tables]
    counts = []
    for check in checks:
        before = len(findings)
        for name, table in trial.tables.items():
            looked = check.look(table, trial)
            if looked.records:
                records[check.id][name] = looked.records
            findings += [_finding(check, table, fault) for fault in looked.faults]
        counts.append(len(findings) - before)
    return Conformance(
        standard=trial.standard,
        datasets=tuple(
            (name, table.origin.name, table.frame.height, sum(name in r for r in records.values()))
            for name, table in trial.tables.items()
        ),
        ran=tuple(
            Ran(check=check, records=records[check.id], findings=count)
            for check, count in zip(checks, counts, strict=True)
        ),
        findings=tuple(findings),
        notes=trial.notes,
    )


def _finding(check: Check, table: DataTable, fault: Fault) -> Finding:
    origin = table.origin
    place = origin.cell(fault.row, fault.column) if fault.row else f"{origin}, {fault.column}"
    shown = f": {quoted(fault.value)}" if fault.value is not None else ""
    said = f" ({fault.said})" if fault.said else ""
    return Finding(
        check=check.id, severity=check.severity, dataset=table.name, where=place,
        column=fault.column, value=fault.value, source=check.source,
        message=f"{place}{shown}{said}",
    )  # fmt: skip


def _missing(trial: Trial, name: str) -> Finding:
    there = ", ".join(trial.tables) or "no dataset"
    return Finding(
        check="F-00", severity="error", dataset=name, where="the delivery", column="", value=None,
        source="R-143", message=f"{name} is missing (there is {there})",
    )  # fmt: skip
