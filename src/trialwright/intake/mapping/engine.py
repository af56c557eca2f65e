"""Rules of a mapping applied to tables: SDTM records with the place of every value."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.intake.cells import listed
from trialwright.intake.gathered import Gathered
from trialwright.intake.mapping.headed import Headed
from trialwright.intake.mapping.lookups import Lookups
from trialwright.intake.mapping.made import Records
from trialwright.intake.mapping.model import Make, Mapping, Skip
from trialwright.intake.mapping.rules import Cells, Result, Row, Rules, Use
from trialwright.intake.mapping.usage import UNSAID, TableUse, table_reads
from trialwright.intake.mapping.words import fits_one
from trialwright.intake.receipt import Changed, TableRead


@dataclass(frozen=True, slots=True)
class Traced:
    """A record of one of the first rows of a table, for the preview."""

    table: int
    rule: int
    domain: str
    row: int
    result: Result
    is_known: bool


@dataclass(slots=True)
class Applied:
    """What the rules made, and what the receipt tells of it.

    Attributes
    ----------
    trace
        Rows of each table whose records are kept in `traced`.
    """

    trace: int = 0
    records: Records = field(default_factory=Records)
    tables: list[TableRead] = field(default_factory=list)
    changed: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    traced: list[Traced] = field(default_factory=list)
    _seen: set[tuple[str, ...]] = field(default_factory=set)

    def changes(self) -> tuple[Changed, ...]:
        """Values that were written in another form, by kind, table and column."""
        return tuple(
            Changed(what=what, where=where, given=given, taken=as_, count=count)
            for (what, where, given, as_), count in sorted(self.changed.items())
        )

    def gathered(self, study: str, source: str) -> Gathered:
        """The records, once nothing is refused.

        Raises
        ------
        DataError
            Cells that the mapping does not allow, or that contradict each other, all at once.
        """
        cells = self.refusals()
        if cells:
            raise DataError(
                f"{len(cells)} cell{'s do' if len(cells) > 1 else ' does'} not hold what the "
                "mapping says.",
                where=listed(cells),
                allowed="the terms of the mapping; dates and numbers that can be read in one way "
                "only; one value for one thing",
                do="correct the cells, or say in the mapping what they mean",
            )
        found = Gathered(study, source)
        self.records.into(found)
        return found

    def refusals(self) -> list[str]:
        """Every cell that is refused, once."""
        return list(dict.fromkeys([*self.refused, *self.records.refused]))

    def note(self, use: Use) -> None:
        """Count what a row changed; a cell that several rules read is one cell."""
        for (what, text, where), source in use.changed.items():
            self._count(
                what, where, (f"{source.row.table.origin}, {source.heading}", source.given, text)
            )
        for heading, (what, source) in use.left.items():
            if what and heading not in use.taken:
                use.taken.add(heading)
                self._count(
                    what, source.where, (f"{source.row.table.origin}, {heading}", source.given, "")
                )

    def _count(self, what: str, where: str, change: tuple[str, str, str]) -> None:
        key = (what, where, *change)
        if key not in self._seen:
            self._seen.add(key)
            self.changed[what, *change] += 1


def apply_mapping(
    mapping: Mapping, tables: Sequence[Headed], read: Sequence[set[str]], trace: int = 0
) -> Applied:
    """Make the records of every table; what is refused is in the answer.

    Parameters
    ----------
    mapping
        Checked against the tables (`checks.check_headings`).
    tables
        Each table of the mapping with what was found for it.
    read
        Headings of each that its rules speak of.
    trace
        Rows of each table whose records the preview shows.
    """
    applied = Applied(trace)
    lookups = Lookups({one.asked.id: one.table for one in tables if one.asked.id is not None})
    rules = Rules(mapping, lookups)
    uses = []
    for at, (headed, names) in enumerate(zip(tables, read, strict=True)):
        applied.notes += headed.notes
        uses.append(_apply_table(rules, (at, headed), names, applied))
    applied.tables = table_reads(uses, lookups)
    applied.notes += [
        f"{aside.where}: {aside.why}."
        for table in applied.tables
        for aside in table.aside
        if aside.why in UNSAID
    ]
    return applied


def _apply_table(
    rules: Rules, table: tuple[int, Headed], read: set[str], applied: Applied
) -> TableUse:
    at, headed = table
    found, asked = headed.table, headed.asked
    told = TableUse(headed)
    before = applied.records.counts()
    called = {name: found.heading(name) for name in found.frame.columns if name in read}
    for number, record in enumerate(found.frame.iter_rows(named=True)):
        row = Row(found, record[ROW], record)
        skip = next((one for one in asked.skip if _is_skipped(one, record)), None)
        if skip is not None:
            told.skipped.setdefault(skip.why, []).append(row.number)
            continue
        use = Use()
        made = [
            _apply_rule(rules, (at, rule, make), row, (use, applied, number < applied.trace))
            for rule, make in enumerate(asked.make, start=1)
        ]
        applied.refused += use.refused
        applied.note(use)
        if any(made):
            told.used.add(row.number)
            taken = {found.heading(name) for name in use.taken}
            told.taken.update((row.number, one) for one in taken)
            filled = (one for name, one in called.items() if record[name] is not None)
            told.loose += [(row.number, one) for one in filled if one not in taken]
    told.made = applied.records.counts()
    told.made.subtract(before)
    return told


def _apply_rule(
    rules: Rules, rule: tuple[int, int, Make], row: Row, to: tuple[Use, Applied, bool]
) -> bool:
    """Make the records of one rule from a row; whether there was any."""
    at, number, make = rule
    use, applied, is_traced = to
    is_any = False
    for result in rules.results(make, row, use):
        is_any = True
        added = applied.records.add(make, result.record, row.place(result.columns))
        if is_traced:
            applied.traced.append(
                Traced(at, number, make.domain, row.number, result, added is None)
            )
    return is_any


def _is_skipped(skip: Skip, cells: Cells) -> bool:
    cell = cells[skip.column.upper()]
    if not skip.texts:
        return cell is None
    return cell is not None and fits_one(skip.texts, cell)
