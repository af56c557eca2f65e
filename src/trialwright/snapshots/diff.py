"""What a correction of the data changed, as tables, JSON, CSV and a page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import polars as pl

from trialwright.core.display import Table
from trialwright.core.results import Json
from trialwright.exchange.csv_text import csv_text
from trialwright.report.page import tables_page
from trialwright.snapshots.patients import PatientChange
from trialwright.snapshots.records import RecordChange


@dataclass(frozen=True, slots=True)
class MovedEstimate:
    """A headline estimate before and after, `None` where it does not exist, and who moved it."""

    key: str
    before: str | None
    after: str | None
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDiff:
    """Two deliveries of a trial under one protocol.

    Attributes
    ----------
    subjects
        Subjects before and after.
    trial
        What changed for everybody, in words.
    records
        Every value that differs.
    patients
        Patients with changed data or results.
    estimates
        The headline estimates that differ.
    simulated
        Banner of simulated data.
    """

    subjects: tuple[int, int]
    trial: tuple[str, ...]
    records: tuple[RecordChange, ...]
    patients: tuple[PatientChange, ...]
    estimates: tuple[MovedEstimate, ...]
    simulated: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not (self.records or self.trial or self.patients or self.estimates)

    def state(self, name: str) -> tuple[str, ...]:
        """The patients who are "new", "gone", "changed" or "moved"."""
        return tuple(one.usubjid for one in self.patients if one.state == name)

    def news(self) -> str:
        """One line: who changed, and how many records and results did."""
        if self.is_empty:
            return f"nothing changed: {self.subjects[1]} patients"
        counts = [
            f"{len(self.state(name))} {words}"
            for name, words in (
                ("new", "new"), ("gone", "gone"), ("changed", "with changed data"),
                ("moved", "with changed results only"),
            )
            if self.state(name)
        ]  # fmt: skip
        results = sum(len(one.results) for one in self.patients)
        return (
            f"{self.subjects[0]} -> {self.subjects[1]} patients: {', '.join(counts) or 'none'}; "
            f"{len(self.records)} changes of data, {results} of results, "
            f"{len(self.estimates)} estimates moved"
        )

    def to_json(self) -> dict[str, Json]:
        """Every list."""
        return {
            "subjects": list(self.subjects),
            "trial": list(self.trial),
            "patients": [
                {
                    "usubjid": one.usubjid,
                    "state": one.state,
                    "story": one.story,
                    "records": {
                        code: {"new": new, "gone": gone, "changed": changed}
                        for code, (new, gone, changed) in one.records.items()
                    },
                    "rows": dict(one.other),
                    "results": [asdict(result) for result in one.results],
                }
                for one in self.patients
            ],
            "records": [_record(one) for one in self.records],
            "estimates": [asdict(one) for one in self.estimates],
            "simulated": self.simulated or None,
        }

    def tables(self) -> tuple[Table, ...]:
        """Patients, records, results and estimates; tables without rows are left out."""
        return tuple(table for table in self._tables() if table.rows)

    def brief_tables(self) -> tuple[Table, ...]:
        """The tables for a terminal: causes once a patient, and only the first rows of each."""
        return tuple(_brief(table) for table in self.tables())

    def _tables(self) -> Iterator[Table]:
        whole = {*self.state("new"), *self.state("gone")}
        yield Table(
            title="The whole trial", columns=("Change",), rows=tuple((s,) for s in self.trial)
        )
        yield Table(
            title="Patients",
            columns=("Patient", "State", "Records", "Rows derived", "What it changed"),
            rows=tuple(
                (
                    one.usubjid,
                    one.state,
                    _counts(one.records),
                    ", ".join(f"{name} {count}" for name, count in one.other.items()) or "none",
                    one.story,
                )
                for one in self.patients
            ),
        )
        yield Table(
            title="Data",
            columns=("Patient", "Domain", "Record", "Column", "Before", "After", "Cell before",
                     "Cell after"),
            rows=tuple(
                (one.usubjid, one.domain, one.record, one.column or one.kind, one.before, one.after,
                 one.cell_before, one.cell_after)
                for one in self.records
                if one.usubjid not in whole
            ),
            footnotes=_left_out(len(whole)),
        )  # fmt: skip
        yield Table(
            title=_RESULTS,
            columns=("Patient", "Result", "Before", "After", "Because"),
            rows=tuple(
                (one.usubjid, one.result, one.before, one.after, "; ".join(one.because))
                for patient in self.patients
                for one in patient.results
            ),
        )
        yield Table(
            title="Results of the trial",
            columns=("Result", "Before", "After", "Because"),
            rows=tuple(
                (one.key, one.before or "absent", one.after or "absent", "; ".join(one.because))
                for one in self.estimates
            ),
        )

    def files(self, said: str) -> dict[str, str]:
        """The page, the JSON and the lists, by file name.

        Parameters
        ----------
        said
            What was compared, for the head of the page.
        """
        subtitle = f"{said}. {self.news()}"
        if self.simulated:
            subtitle = f"{subtitle}. {self.simulated}"
        content = {"compared": said, **self.to_json()}
        return {
            "diff.html": tables_page("What changed between two snapshots", subtitle, self.tables()),
            "diff.json": json.dumps(content, indent=1, ensure_ascii=False) + "\n",
            "records.csv": _csv([_record(one) for one in self.records], _RECORD),
            "results.csv": _csv(
                [
                    {**asdict(one), "because": "; ".join(one.because)}
                    for patient in self.patients
                    for one in patient.results
                ],
                _RESULT,
            ),
            "estimates.csv": _csv(
                [{**asdict(one), "because": "; ".join(one.because)} for one in self.estimates],
                ("key", "before", "after", "because"),
            ),
        }


#: Title of the table of results, and rows of a table that a terminal shows.
_RESULTS = "Results of patients"
_SHOWN = 40
_RECORD = (
    "usubjid", "domain", "record", "kind", "column", "before", "after", "cell_before", "cell_after",
)  # fmt: skip
_RESULT = ("usubjid", "kind", "result", "before", "after", "reason", "because")


def _brief(table: Table) -> Table:
    rows, columns = table.rows[:_SHOWN], table.columns
    if table.title == _RESULTS:
        rows, columns = tuple(row[:-1] for row in rows), columns[:-1]
    more = len(table.rows) - len(rows)
    notes = (f"{more} more rows: --out or --json has them.",) if more else ()
    return replace(table, rows=rows, columns=columns, footnotes=(*table.footnotes, *notes))


def _record(one: RecordChange) -> dict[str, Json]:
    return {name: getattr(one, name) for name in _RECORD}


def _csv(rows: list[dict[str, Json]], columns: tuple[str, ...]) -> str:
    return csv_text(
        pl.DataFrame(
            {name: [row[name] for row in rows] for name in columns},
            schema=dict.fromkeys(columns, pl.String),
        )
    )


def _counts(records: dict[str, tuple[int, int, int]]) -> str:
    return ", ".join(
        f"{code} {' '.join(f'{n} {word}' for n, word in zip(counts, _KINDS, strict=True) if n)}"
        for code, counts in records.items()
    )


_KINDS = ("new", "gone", "changed")


def _left_out(patients: int) -> tuple[str, ...]:
    if not patients:
        return ()
    return ("Records of patients who are new or gone are not listed here; records.csv has them.",)
