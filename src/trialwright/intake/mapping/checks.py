"""A mapping against the tables it speaks of, before any record is made."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW
from trialwright.intake.cells import SHOWN, listed, quoted
from trialwright.intake.mapping.headed import Headed
from trialwright.intake.mapping.model import Each, Make, TableMap, Value
from trialwright.vocabulary.sdtm import QUALIFIER_LABELS, SDTM

_VARIABLE = re.compile(r"[A-Z][A-Z0-9]{0,7}")


@dataclass(slots=True)
class Checked:
    """What a mapping and its tables say of each other.

    Attributes
    ----------
    tables
        The tables, without the repetitions whose columns are still to come.
    read
        Headings of each table that its rules speak of.
    problems, notes
        What has to be corrected, and what is not read.
    """

    tables: list[Headed] = field(default_factory=list)
    read: list[set[str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def refuse(self) -> None:
        """Refuse a mapping that names what is not there.

        Raises
        ------
        DataError
            With every such name and the nearest one that is there.
        """
        if self.problems:
            raise DataError(
                "The mapping does not fit the delivery.",
                where=listed(self.problems),
                allowed="headings as they stand in the file, upper and lower case are the same; "
                "domains and variables of SDTM",
                do="correct the mapping, or the row of the headings (header)",
            )


def check_headings(tables: Sequence[Headed]) -> Checked:
    """Compare a mapping with its tables."""
    checked = Checked()
    for headed in tables:
        present, notes = _present(headed)
        checked.tables.append(present)
        checked.notes += notes
    ids = [one.asked.id for one in checked.tables if one.asked.id is not None]
    checked.problems += [
        f"{quoted(one)} is the id of {ids.count(one)} tables"
        for one in dict.fromkeys(ids) if ids.count(one) > 1
    ]  # fmt: skip
    by_id = {one.asked.id: one for one in checked.tables if one.asked.id is not None}
    read: dict[str, set[str]] = {}
    for headed in checked.tables:
        for name, owner, where in _named(headed, by_id):
            read.setdefault(str(owner.table.origin), set()).add(name)
            if name == ROW or name not in owner.table.frame.columns:
                checked.problems.append(f"{where}: {_no_heading(name, owner)}")
        checked.problems += _without_home(headed.asked, by_id)
        checked.notes += _foreign(headed.asked)
    checked.problems = list(dict.fromkeys(checked.problems))
    checked.read = [read.get(str(one.table.origin), set()) for one in checked.tables]
    for headed, names in zip(checked.tables, checked.read, strict=True):
        checked.notes += _unread(headed, names)
    checked.notes = list(dict.fromkeys(checked.notes))
    return checked


def _no_heading(name: str, owner: Headed) -> str:
    if name in owner.doubled:
        doubled = owner.doubled[name]
        columns = " or ".join(quoted(one) for one in doubled[:SHOWN])
        more = f" and {len(doubled) - SHOWN} more" if len(doubled) > SHOWN else ""
        return f"{quoted(name)} stands several times in {owner.table.origin}: say {columns}{more}"
    near = get_close_matches(name, owner.table.frame.columns, n=1)
    hint = f" (perhaps {quoted(near[0])})" if near else ""
    return f"{quoted(name)} is no heading of {owner.table.origin}{hint}"


def _unread(headed: Headed, read: set[str]) -> list[str]:
    table = headed.table
    # A code and its label are two columns under one heading: one of them is enough.
    known = {table.heading(name) for name in read}
    return [
        f"{table.origin}: the column {table.heading(name)}"
        f"{f' ({name})' if table.is_sheet else ''} is not read by the mapping."
        for name in table.frame.columns
        if name != ROW
        and table.heading(name) not in known
        and not table.frame[name].is_null().all()
    ]


def _present(headed: Headed) -> tuple[Headed, list[str]]:
    """The table without optional repetitions none of whose columns is there."""
    asked = headed.asked
    there = set(headed.table.frame.columns)
    like = {_letters_of(name) for name in there}
    makes: list[Make] = []
    absent: dict[str, None] = {}
    for make in asked.make:
        kept = [one for one in make.each if not _is_to_come(one, there, like)]
        absent |= dict.fromkeys(
            name for one in make.each if one not in kept for name in one.columns.values()
        )
        if kept or not make.each:
            makes.append(make.model_copy(update={"each": tuple(kept)}))
    changed = asked.model_copy(update={"make": tuple(makes)})
    shown = [*absent][:4]
    more = f" and {len(absent) - len(shown)} more" if len(absent) > len(shown) else ""
    notes = [f"{headed.table.origin}: no columns {', '.join(shown)}{more} yet."] if absent else []
    return Headed(headed.table, headed.doubled, headed.notes, changed), notes


def _is_to_come(each: Each, there: set[str], like: set[str]) -> bool:
    """Whether none of the columns of a repetition is there, in this or in another spelling."""
    names = each.columns.values()
    return each.optional and not any(
        name.upper() in there or _letters_of(name) in like for name in names
    )


def _letters_of(name: str) -> str:
    """What a person may have written in another way: WEEK8 for Week 8."""
    return "".join(char for char in name.upper() if char.isalnum())


def _named(headed: Headed, by_id: dict[str, Headed]) -> Iterator[tuple[str, Headed, str]]:
    """Every heading that the mapping of a table names, with the table it should be in."""
    asked = headed.asked
    where = f"{asked.file}{f', sheet {asked.sheet}' if asked.sheet else ''}"
    for skip in asked.skip:
        yield skip.column.upper(), headed, f"{where}, skip"
    for name in asked.fill_down:
        yield name.upper(), headed, f"{where}, fill_down"
    for number, make in enumerate(asked.make, start=1):
        at = f"{where}, rule {number} ({make.domain})"
        for name in (*make.when, *make.unless):
            yield name.upper(), headed, at
        for each in make.each or (Each(),):
            for name in _own_names(make, each):
                yield name.upper(), headed, at
            for lookup in (one.lookup for one in _values(make) if one.lookup):
                if lookup.table in by_id:
                    for name in (*lookup.by, each.columns.get(lookup.column, lookup.column)):
                        yield name.upper(), by_id[lookup.table], f"{at}, lookup"


def _values(make: Make) -> list[Value]:
    return [one for one in make.values.values() if isinstance(one, Value)]


def _own_names(make: Make, each: Each) -> Iterator[str]:
    """The headings that one repetition of a rule reads of its own table."""
    foreign = {one.lookup.column for one in _values(make) if one.lookup}
    names = [*make.filled]
    for value in _values(make):
        if value.lookup is not None:
            names += value.lookup.by.values()
        elif value.column is not None:
            names.append(value.column)
    yield from (each.columns.get(name, name) for name in names if name not in each.values)
    yield from (each.columns[name] for name in each.columns if name not in {*names, *foreign})


def _without_home(asked: TableMap, by_id: dict[str, Headed]) -> Iterator[str]:
    """What is wrong with the rules of a table, whatever its headings."""
    for number, make in enumerate(asked.make, start=1):
        at = f"{asked.file}, rule {number}"
        if make.domain not in SDTM:
            yield f"{at}: {quoted(make.domain)} is no domain ({', '.join(SDTM)})"
            continue
        yield from (f"{at} ({make.domain}): {said}" for said in _faults(make))
        for variable, value in make.values.items():
            if isinstance(value, Value):
                yield from (f"{at}, {variable}: {said}" for said in _value_faults(value, by_id))


def _faults(make: Make) -> Iterator[str]:
    if "USUBJID" in SDTM[make.domain].names and "USUBJID" not in make.values:
        yield "it sets no USUBJID"
    given = {"DOMAIN", f"{make.domain}SEQ"}
    for variable in make.values:
        if variable in given:
            yield f"{variable} is given by the intake and cannot be set"
        elif _VARIABLE.fullmatch(variable) is None:
            yield f"{quoted(variable)} is no name of a variable: capitals and digits, at most 8"
    wanted = (*make.once, *((make.earliest,) if make.earliest else ()))
    for variable in wanted:
        if variable not in make.values:
            yield f"{quoted(variable)} is named by once or earliest and not set"
    if make.earliest and not make.once:
        yield "earliest needs once: which records are one"
    for each in make.each:
        if set(each.columns) & set(each.values):
            yield "a name of each stands for a column and for a value"
    yield from _unit_faults(make)


def _unit_faults(make: Make) -> Iterator[str]:
    """A number whose unit nobody takes would be read in another unit."""
    units = {one.column for one in _values(make) if one.kind == "unit"}
    for variable, value in make.values.items():
        is_cut = isinstance(value, Value) and value.kind == "number" and bool(value.units)
        if is_cut and isinstance(value, Value) and value.column not in units:
            yield f"{variable} takes the number before a unit, and nothing takes the unit (as: unit)"


def _value_faults(value: Value, by_id: dict[str, Headed]) -> Iterator[str]:
    if (value.column is None) == (value.lookup is None):
        yield "it needs either column or lookup"
    elif value.lookup and value.lookup.table not in by_id:
        yield f"{quoted(value.lookup.table)} is the id of no table"
    if value.kind == "unit" and not value.units:
        yield "as: unit needs the units that may stand there (units)"
    if value.units and value.kind not in ("number", "unit"):
        yield "units stand behind numbers (as: number, or as: unit)"


def _foreign(asked: TableMap) -> list[str]:
    """Notes on variables that neither the domain nor the rules know."""
    notes = []
    for number, make in enumerate(asked.make, start=1):
        if make.domain not in SDTM:
            continue
        names = SDTM[make.domain].names
        for variable in make.values:
            if variable not in names and variable not in QUALIFIER_LABELS:
                near = get_close_matches(variable, names, n=1, cutoff=0.8)
                hint = f" (did you mean {near[0]}?)" if near else ""
                notes.append(
                    f"{asked.file}, rule {number}: {variable} is no variable of {make.domain} that "
                    f"is used{hint}; it is kept as a qualifier."
                )
    return notes
