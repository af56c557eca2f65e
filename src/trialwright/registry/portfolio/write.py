"""Portfolio tables into files, batch by batch: memory does not grow with the number of records."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

import polars as pl

from trialwright.core.errors import OutputError
from trialwright.registry.portfolio.columns import FINDINGS, RECORDS, Column

#: Rows that are held before they are written.
BATCH = 2_000
_TYPES = {"text": pl.String, "integer": pl.Int64, "boolean": pl.Boolean}
_SUFFIXES = (".csv", ".parquet")
#: A cell that starts so is a formula to a spreadsheet.
_FORMULA = "^[=+@\\-\t\r]"
#: Whole numbers that a table can hold; a record that states more says nothing that can be used.
_LARGEST = 2**63 - 1


def findings_path(path: Path) -> Path:
    """Where the findings of a portfolio stand: `trials.csv` has `trials.findings.csv`."""
    return path.with_name(f"{path.stem}.findings{path.suffix}")


class PortfolioWriter:
    """Writes both tables of a portfolio; nothing stands under their names before all is written.

    Used as a context manager: `add` takes entries of `rows.portfolio_entry` in the order of the
    rows, and leaving the context without an error puts both files into place.

    Parameters
    ----------
    path
        Table of the records, `.csv` or `.parquet`; the findings go to `findings_path(path)`.
    batch
        Rows that are held before they are written.

    Raises
    ------
    OutputError
        For another suffix, a folder that is not there, and a file that is no portfolio of ours.
    """

    def __init__(self, path: Path, batch: int = BATCH) -> None:
        if path.suffix not in _SUFFIXES:
            raise OutputError(
                "A portfolio is written as CSV or Parquet.",
                where=str(path),
                allowed=", ".join(_SUFFIXES),
                do="name the file with one of these endings",
            )
        self._targets = (path, findings_path(path))
        for target, columns in zip(self._targets, (RECORDS, FINDINGS), strict=True):
            _require_ours(target, columns)
        self._batch = batch
        self._stack = ExitStack()
        self._tables: tuple[_Table, _Table] | None = None

    def __enter__(self) -> PortfolioWriter:
        """Start both tables in a hidden folder beside their place."""
        folder = self._targets[0].parent
        try:
            hidden = tempfile.mkdtemp(prefix=".portfolio-", dir=folder)
        except OSError as error:
            raise OutputError(
                f"The portfolio cannot be written: {error.strerror}.",
                where=str(folder),
                do="choose a folder that you may write to",
            ) from error
        staged = Path(hidden)
        self._stack.callback(shutil.rmtree, staged, ignore_errors=True)
        # A record has some dozen findings: fewer and larger parts of them.
        sizes = (RECORDS, self._batch), (FINDINGS, 10 * self._batch)
        tables = [
            _Table(staged / target.name, columns, batch)
            for target, (columns, batch) in zip(self._targets, sizes, strict=True)
        ]
        for table in tables:
            self._stack.callback(table.close)
        self._tables = tables[0], tables[1]
        return self

    def add(self, entry: Mapping[str, Any]) -> None:
        """Take the rows of one record."""
        if self._tables is None:
            message = "the writer is used outside of its context"
            raise RuntimeError(message)
        self._tables[0].add([entry["record"]])
        self._tables[1].add(entry["findings"])

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put both files into place, unless something went wrong."""
        with self._stack:
            if kind is None and self._tables is not None:
                finished = [table.finish() for table in self._tables]
                for made, target in zip(finished, self._targets, strict=True):
                    made.replace(target)


class _Table:
    """One table under way: CSV grows at its end, Parquet is joined from parts."""

    def __init__(self, path: Path, columns: tuple[Column, ...], batch: int) -> None:
        self._path = path
        self._schema = {one.name: _TYPES[one.kind] for one in columns}
        self._batch = batch
        self._rows: list[Mapping[str, Any]] = []
        self._parts: list[Path] = []
        self._file: BinaryIO | None = path.open("wb") if path.suffix == ".csv" else None
        if self._file is not None:
            self._frame([]).write_csv(self._file)

    def add(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows.extend(rows)
        if len(self._rows) >= self._batch:
            self._flush()

    def _frame(self, rows: list[Mapping[str, Any]]) -> pl.DataFrame:
        columns = {name: [_held(row[name]) for row in rows] for name in self._schema}
        return pl.DataFrame(columns, schema=self._schema)

    def _flush(self) -> None:
        frame = self._frame(self._rows)
        self._rows = []
        if self._file is not None:
            _as_text(frame).write_csv(self._file, include_header=False)
            return
        part = self._path.with_name(f"{self._path.name}.{len(self._parts):06}")
        frame.write_parquet(part)
        self._parts.append(part)

    def finish(self) -> Path:
        """The complete file."""
        if self._rows or (self._file is None and not self._parts):
            self._flush()
        if self._file is None:
            pl.scan_parquet(self._parts).sink_parquet(
                self._path, maintain_order=True, row_group_size=50_000
            )
        self.close()
        return self._path

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


def _held(value: Any) -> Any:
    return None if type(value) is int and abs(value) > _LARGEST else value


def _as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Text that a spreadsheet would run as a formula behind an apostrophe."""
    cell = pl.col(pl.String)
    return frame.with_columns(
        pl.when(cell.str.contains(_FORMULA)).then(pl.lit("'") + cell).otherwise(cell).name.keep()
    )


def _require_ours(path: Path, columns: tuple[Column, ...]) -> None:
    """A file that stands there already is replaced only when it is such a table."""
    if not path.exists():
        return
    names = [one.name for one in columns]
    try:
        if path.suffix == ".csv":
            with path.open(encoding="utf-8", errors="replace") as file:
                found = file.readline(100_000).rstrip("\n").split(",")
        else:
            found = list(pl.read_parquet_schema(path))
    except (OSError, pl.exceptions.PolarsError):
        found = []
    if found[:2] != names[:2]:
        raise OutputError(
            "The file is no portfolio table and would be lost.",
            where=str(path),
            do="choose another name",
        )
