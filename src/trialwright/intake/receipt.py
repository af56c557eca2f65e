"""The receipt of an intake: what was read, used, set aside, mapped and converted, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from trialwright.core.results import Json
from trialwright.intake.files import DeliveredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRead:
    """A delivered file: name, SHA-256 and size in bytes."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside:
    """Rows or cells that were not used, and why; `cells` are those a person can look up."""

    where: str
    why: str
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRead:
    """A table, file or sheet: every row is used or set aside.

    Attributes
    ----------
    name
        `TR.csv`, or `trial.xlsx, sheet Measurements`.
    rows, used
        Records, and those of them from which at least one SDTM record was made.
    made
        SDTM records by domain.
    """

    name: str
    rows: int
    used: int
    made: tuple[tuple[str, int], ...] = ()
    aside: tuple[SetAside, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A value that was written in another form: a term mapped, a date or a number rewritten.

    Attributes
    ----------
    what
        "term", "date", "number", "unit" or "visit".
    where
        Table and column.
    given, taken
        As it stood, and as it was taken.
    count
        Cells with this value.
    rule
        The line of the mapping or the rule that says so.
    """

    what: str
    where: str
    given: str
    taken: str
    count: int
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of a delivery; nothing leaves it without a line here."""

    files: tuple[FileRead, ...]
    tables: tuple[TableRead, ...]
    changed: tuple[Changed, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """Give the receipt as plain data."""
        return {
            "files": [{"name": f.name, "sha256": f.sha256, "bytes": f.size} for f in self.files],
            "tables": [_table(table) for table in self.tables],
            "changed": [
                {
                    "what": one.what, "where": one.where, "given": one.given, "taken": one.taken,
                    "count": one.count, "rule": one.rule,
                }
                for one in self.changed
            ],
            "notes": list(self.notes),
        }  # fmt: skip

    def text(self) -> str:
        """The receipt as lines to be read."""
        lines = [f"{f.name}: {f.size} bytes, SHA-256 {f.sha256}" for f in self.files]
        for table in self.tables:
            made = ", ".join(f"{count} {code}" for code, count in table.made)
            lines.append(
                f"{table.name}: {table.rows} rows, {table.used} used"
                f"{f' ({made})' if made else ''}, {table.rows - table.used} set aside"
            )
            lines += [f"  set aside: {one.where}: {one.why}" for one in table.aside]
        lines += [
            f'{one.what}: {one.where}: "{one.given}" taken as "{one.taken}" in {one.count} '
            f"cell{'s' * (one.count > 1)}{f' ({one.rule})' if one.rule else ''}"
            for one in self.changed
        ]
        lines += [f"note: {note}" for note in self.notes]
        return "\n".join(lines) + "\n"


def files_read(files: Sequence[DeliveredFile]) -> tuple[FileRead, ...]:
    """The lines of the receipt for delivered files."""
    return tuple(
        FileRead(name=file.name, sha256=file.digest, size=len(file.content)) for file in files
    )


def _table(table: TableRead) -> dict[str, Json]:
    return {
        "name": table.name,
        "rows": table.rows,
        "used": table.used,
        "made": dict(table.made),
        "aside": [{"where": one.where, "why": one.why, "count": one.count} for one in table.aside],
    }
