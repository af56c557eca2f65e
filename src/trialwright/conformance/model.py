"""What a conformance check looks at, what it finds, and what comes of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import polars as pl

from trialwright.core.results import Json
from trialwright.core.tables import Origin

Standard: TypeAlias = Literal["sdtm", "adam"]
Severity: TypeAlias = Literal["error", "warning", "note"]
#: What the values of a variable are.
Kind: TypeAlias = Literal["text", "number", "integer", "date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A variable of the vocabulary: `required` must stand there, `filled` may not be empty."""

    name: str
    kind: Kind = "text"
    required: bool = False
    filled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DataTable:
    """A dataset as it was delivered, every value as text.

    Attributes
    ----------
    name
        Domain or dataset: `TR`, `ADSL`.
    frame
        Text under upper-case names, null for empty; then `_ROW`.
    origin
        Where it comes from.
    expected
        What the vocabulary says of it; empty for a dataset that the vocabulary does not have.
    keys
        Variables by which its records are unique.
    labels
        Labels by variable, where the format holds any.
    """

    name: str
    frame: pl.DataFrame
    origin: Origin
    expected: tuple[Expected, ...]
    keys: tuple[str, ...]
    labels: Mapping[str, str] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        """Whether all these variables are there."""
        return all(name in self.frame.columns for name in names)

    @property
    def kinds(self) -> dict[str, Kind]:
        """Kind by variable of the vocabulary that is there."""
        return {one.name: one.kind for one in self.expected if one.name in self.frame.columns}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """All datasets of a delivery.

    Attributes
    ----------
    tables
        By name, of the standard that is checked.
    required
        Names of datasets that have to be there.
    sources
        SDTM domains beside ADaM datasets, where they were given.
    notes
        Files that are no datasets of the standard.
    """

    standard: Standard
    tables: Mapping[str, DataTable]
    required: tuple[str, ...] = ()
    sources: Mapping[str, DataTable] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """A cell that breaks a rule: `row` is 0 where the whole column or dataset does."""

    row: int
    column: str
    value: str | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Looked:
    """How many records a check looked at, and the faults that it found."""

    records: int
    faults: Sequence[Fault] = ()


#: Nothing to look at: the check did not run.
NOT_RUN = Looked(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check: what has to hold, who says so, and the function that looks at one dataset."""

    id: str
    what: str
    source: str
    severity: Severity
    standards: tuple[Standard, ...]
    look: Callable[[DataTable, Trial], Looked]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fault with its check and place."""

    check: str
    severity: Severity
    dataset: str
    where: str
    column: str
    value: str | None
    message: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A check and the records that it looked at, by dataset."""

    check: Check
    records: Mapping[str, int]
    findings: int

    @property
    def total(self) -> int:
        """Records over all datasets."""
        return sum(self.records.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformance:
    """What came of all checks.

    Attributes
    ----------
    datasets
        Name, file, records, and checks that looked at at least one record.
    """

    standard: Standard
    datasets: tuple[tuple[str, str, int, int], ...]
    ran: tuple[Ran, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """Findings of a severity."""
        return sum(one.severity == severity for one in self.findings)

    @property
    def checks_run(self) -> int:
        """Checks that looked at at least one record."""
        return sum(one.total > 0 for one in self.ran)

    @property
    def unchecked(self) -> tuple[str, ...]:
        """Datasets of which no check looked at any record."""
        return tuple(name for name, _, _, checks in self.datasets if not checks)

    @property
    def verdict(self) -> Literal["valid", "not valid", "not checked"]:
        """`valid` needs datasets, checks that looked at records of each, and no error."""
        if self.count("error"):
            return "not valid"
        if not self.datasets or not self.checks_run or self.unchecked:
            return "not checked"
        return "valid"

    def to_json(self) -> dict[str, Json]:
        """Give everything as plain data."""
        return {
            "standard": self.standard,
            "verdict": self.verdict,
            "checks_run": self.checks_run,
            "datasets": [
                {"name": name, "file": file, "records": records, "checks": checks}
                for name, file, records, checks in self.datasets
            ],
            "checks": [
                {
                    "id": one.check.id, "what": one.check.what, "source": one.check.source,
                    "severity": one.check.severity, "records": dict(one.records),
                    "findings": one.findings,
                }
                for one in self.ran
            ],
            "findings": [
                {
                    "check": one.check, "severity": one.severity, "dataset": one.dataset,
                    "where": one.where, "column": one.column, "value": one.value,
                    "message": one.message, "source": one.source,
                }
                for one in self.findings
            ],
            "notes": list(self.notes),
        }  # fmt: skip
