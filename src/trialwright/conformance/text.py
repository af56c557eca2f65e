"""What came of the checks, for a terminal and as files."""

from __future__ import annotations

import csv
import io
import json

from trialwright.conformance.model import Conformance, Finding
from trialwright.core.display import Table

#: Findings that the terminal shows; the files hold all.
SHOWN = 40
_COLUMNS = ("check", "severity", "dataset", "where", "column", "value", "message", "source")


def conformance_news(found: Conformance) -> str:
    """One line: the verdict and what was counted for it."""
    records = sum(records for _, _, records, _ in found.datasets)
    line = (
        f"{found.verdict}: {found.checks_run} of {len(found.ran)} checks ran on "
        f"{len(found.datasets)} datasets with {records} records; {found.count('error')} errors, "
        f"{found.count('warning')} warnings"
    )
    if found.verdict == "not checked":
        why = ", ".join(found.unchecked) or "there is no dataset"
        line += f"; no check looked at a record of: {why}"
    return line


def conformance_tables(found: Conformance) -> tuple[Table, ...]:
    """The checks with the records they looked at, and the findings."""
    ran = Table(
        title=f"Checks of {found.standard.upper().replace('ADAM', 'ADaM')} datasets",
        columns=("Check", "What has to hold", "Records", "Findings"),
        rows=tuple(
            (one.check.id, one.check.what, str(one.total) if one.total else "not run",
             str(one.findings))
            for one in found.ran
        ),
        footnotes=found.notes,
    )  # fmt: skip
    more = len(found.findings) - SHOWN
    listed = Table(
        title="Findings",
        columns=("Check", "Severity", "Where and what"),
        rows=tuple((f.check, f.severity, f.message) for f in found.findings[:SHOWN]),
        footnotes=(f"{more} more findings; --out writes all.",) if more > 0 else (),
    )
    return (ran, listed) if found.findings else (ran,)


def conformance_files(found: Conformance) -> dict[str, str]:
    """`conformance.json` with everything and `findings.csv`."""
    text = json.dumps(found.to_json(), indent=1, ensure_ascii=False, allow_nan=False)
    return {"conformance.json": f"{text}\n", "findings.csv": _csv(found.findings)}


def _csv(findings: tuple[Finding, ...]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows([[getattr(one, name) or "" for name in _COLUMNS] for one in findings])
    return out.getvalue()
