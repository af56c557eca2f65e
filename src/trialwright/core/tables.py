"""SDTM and ADaM as frames of text, with the file and row that each record came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

#: Column that holds the 1-based row of the record in its file (the header is row 1).
ROW = "_ROW"
#: Domains that are counted: no file of them means "not delivered", not "nothing happened".
COUNTED = ("AE", "DS", "EX")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record stands in the file that a person filled in or exported.

    Attributes
    ----------
    table
        What the row belongs to: `trial.xlsx, sheet Measurements` or `lesions.csv`.
    row
        Number of the row as a spreadsheet shows it.
    columns
        Source of each value by column of the domain: the letters of a sheet's column (`F`), or the
        name of a file's column. Values that a rule made have none.
    is_sheet
        Whether `columns` holds letters.
    unit
        What `row` counts: rows, or lines of a file without rows.
    """

    table: str
    row: int
    columns: Mapping[str, str] = field(default_factory=dict)
    is_sheet: bool = False
    unit: str = "row"

    def cell(self, column: str) -> str:
        """`trial.xlsx, sheet Measurements, cell F7` or `lesions.csv, row 7, column Diameter`."""
        found = self.columns.get(column)
        if found is None:
            return f"{self.table}, {self.unit} {self.row} ({column})"
        if self.is_sheet:
            return f"{self.table}, cell {found}{self.row}"
        return f"{self.table}, {self.unit} {self.row}, column {found}"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a table comes from.

    Attributes
    ----------
    name
        `TR.csv`, or `trial.xlsx` where several sheets make one domain.
    places
        By `_ROW`, the place of each record; empty where the table is the file itself.
    """

    name: str
    places: Mapping[int, Place] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name

    def cell(self, row: int, column: str) -> str:
        """`AE.csv, row 17, AESTDTC`, or the cell of the sheet that the record was made from."""
        place = self.places.get(row)
        return f"{self.name}, row {row}, {column}" if place is None else place.cell(column)

    def row(self, row: int) -> str:
        """`AE.csv, row 17`, or the row of the sheet that the record was made from."""
        place = self.places.get(row)
        if place is None:
            return f"{self.name}, row {row}"
        return f"{place.table}, {place.unit} {place.row}"


@dataclass(frozen=True, slots=True)
class Sdtm:
    """SDTM domains of one trial, every value as text, null for empty.

    Attributes
    ----------
    domains
        Frame by domain code; columns of `vocabulary.sdtm` that a delivery lacks are there, null.
        Each frame ends with the integer column `_ROW`.
    files
        File name by domain code, for messages.
    notes
        Sentences on what the reader set right or did not use (R-143), in a fixed order.
    places
        By domain and `_ROW`, where the record stands in a file of another layout; empty for files
        that are SDTM themselves.
    """

    domains: Mapping[str, pl.DataFrame]
    files: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    places: Mapping[str, Mapping[int, Place]] = field(default_factory=dict)

    def __getitem__(self, code: str) -> pl.DataFrame:
        """The frame of a domain, without rows when the delivery has none."""
        return self.domains[code]

    def __len__(self) -> int:
        """Number of domains with rows."""
        return sum(frame.height > 0 for frame in self.domains.values())

    @property
    def subjects(self) -> int:
        """Number of subjects in DM."""
        return self.domains["DM"]["USUBJID"].n_unique()

    def parameter(self, code: str) -> str | None:
        """Value of a trial summary parameter (TS), such as DCUTDTC, the data cut-off date."""
        rows = self.domains["TS"].filter(pl.col("TSPARMCD") == code)["TSVAL"].to_list()
        return rows[0] if rows else None

    @property
    def absent(self) -> tuple[str, ...]:
        """Counted domains that a delivery lacks; none when the frames were made in memory."""
        return tuple(code for code in COUNTED if self.files and code not in self.files)

    @property
    def simulated(self) -> str:
        """What every table and figure says of simulated data (TS SIMULATD), else empty."""
        said = self.parameter("SIMULATD")
        return f"Simulated data: {said}" if said else ""

    def file(self, code: str) -> str:
        """Name of the file of a domain, as messages print it."""
        return self.files.get(code, code)

    def where(self, code: str, row: int, column: str) -> str:
        """`file, row, column` of a cell as messages print it, where a person can look it up."""
        return self.origin(code).cell(row, column)

    def origin(self, code: str) -> Origin:
        """Where the records of a domain come from."""
        return Origin(self.file(code), self.places.get(code, {}))


def _nothing_varied() -> tuple[pl.DataFrame, pl.DataFrame]:
    return pl.DataFrame(), pl.DataFrame()


@dataclass(frozen=True, slots=True)
class Adam:
    """ADaM datasets of one trial with the reconciliation of every record not used.

    Attributes
    ----------
    datasets
        Frame by name: ADSL, ADTR, ADRS, ADTTE, ADAE.
    unused
        One row per source record that was not used: DOMAIN, SRCSEQ, USUBJID, RULEID, REASON.
    queries
        One row per flag or query: USUBJID, RULEID, SEVERITY, MESSAGE, DO.
    evaluator
        Whose reading of the scans the headline results use.
    absent
        SDTM domains that the delivery does not have: nothing may be counted from them.
    pending
        What is open at the data cut-off, one row a question: USUBJID, WHAT, SINCE, FROM, DUE,
        LATEST, DECIDES, RULEID.
    vary
        Tries other values of the response options, when somebody asks for them: the option sets,
        and one row per subject and response that changes under them.
    specify
        Derives the trial under every defensible specification, when somebody asks: the options of
        each specification, and what every subject is under it.
    simulated
        Banner of simulated data, empty for collected data.
    """

    datasets: Mapping[str, pl.DataFrame]
    unused: pl.DataFrame
    queries: pl.DataFrame
    evaluator: str = ""
    absent: tuple[str, ...] = ()
    simulated: str = ""
    pending: pl.DataFrame = field(default_factory=pl.DataFrame)
    vary: Callable[[], tuple[pl.DataFrame, pl.DataFrame]] = _nothing_varied
    specify: Callable[[], tuple[pl.DataFrame, pl.DataFrame]] = _nothing_varied

    @property
    def option_sets(self) -> pl.DataFrame:
        """Other values of the response options that were tried."""
        return self.vary()[0]

    @property
    def sensitivity(self) -> pl.DataFrame:
        """One row per subject and response that changes under an option set."""
        return self.vary()[1]

    def __getitem__(self, name: str) -> pl.DataFrame:
        """The frame of a dataset."""
        return self.datasets[name]
