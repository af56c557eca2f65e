"""Baseline measures that count participants by category."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.endpoints.characteristics import Characteristic, Characteristics
from trialwright.exchange.registry_results.cited import Cell, Cited, Node
from trialwright.exchange.registry_results.groups import Group, per_group
from trialwright.exchange.registry_results.told import Mapped
from trialwright.vocabulary.registry_results import COUNTRIES, NOT_REPORTED

_MISSING = "Missing"
_UNIT = "Participants"


@dataclass(frozen=True, slots=True)
class Columns:
    """T-4 of each group, in the order of the groups."""

    groups: tuple[Group, ...]
    found: tuple[Characteristics, ...]

    def of(self, group: Group) -> Characteristics:
        """T-4 of a group."""
        return self.found[self.groups.index(group)]

    def item(self, group: Group, code: str) -> Characteristic | None:
        """A characteristic of a group, `None` where nobody is in the group."""
        return next((one for one in self.of(group).items if one.code == code), None)

    def items(self, code: str) -> tuple[Characteristic | None, ...]:
        """A characteristic in each group."""
        return tuple(self.item(group, code) for group in self.groups)

    def has(self, code: str) -> bool:
        """Whether the characteristic was collected."""
        return any(one is not None for one in self.items(code))

    def codes(self) -> tuple[str, ...]:
        """Characteristics in the order of T-4."""
        return tuple(dict.fromkeys(item.code for one in self.found for item in one.items))

    def name(self, code: str) -> str:
        """Words of a characteristic."""
        return next(one.name for one in self.items(code) if one is not None)

    def cell(self, group: Group, code: str, row: str, at: int = 0) -> Cell:
        """A cell of T-4 under the name of its characteristic."""
        return Cell(self.of(group).key, "T-4", row, at=at, under=self.name(code))

    def values(self, code: str) -> tuple[str, ...]:
        """Collected values of all groups, in the order of T-4, then "Missing" where any is."""
        items = [one for one in self.items(code) if one is not None]
        named = dict.fromkeys(value for one in items for value, _ in one.counts)
        missing = (_MISSING,) if any(one.missing for one in items) else ()
        return (*_sorted(list(named)), *missing)

    def count(self, group: Group, code: str, values: tuple[str, ...]) -> Cited:
        """Participants of a group with one of the values."""
        item = self.item(group, code)
        counts: dict[str, int] = dict(item.counts) if item else {}
        if item and item.missing:
            counts[_MISSING] = counts.get(_MISSING, 0) + item.missing
        kept = [value for value in values if counts.get(value)]
        cells = tuple(self.cell(group, code, value) for value in kept)
        return Cited(str(sum(counts[value] for value in kept)), cells)

    def total(self, code: str, value: str) -> int:
        """Participants of all groups with a value."""
        return sum(int(self.count(group, code, (value,)).value) for group in self.groups)


def _sorted(values: list[str]) -> list[str]:
    try:
        return sorted(values, key=float)
    except ValueError:
        return sorted(values)


def counted(columns: Columns, code: str) -> Node:
    """A characteristic as collected, one category a value."""
    categories = {value: (value,) for value in columns.values(code)}
    return measure(columns, code, columns.name(code), categories)


def by_terms(
    columns: Columns,
    code: str,
    titles: tuple[str, str],
    terms: Mapping[str, str],
    mapped: list[Mapped],
) -> Node:
    """A characteristic in the categories of the registry, else customised, as collected.

    Parameters
    ----------
    titles
        Title with the categories of the registry, and title of a customised measure, for terms
        that the registry does not have.
    terms
        Category by collected term.
    """
    values = columns.values(code)
    unknown = {_MISSING.upper(): NOT_REPORTED} if NOT_REPORTED in terms.values() else {}
    names = dict(terms) | unknown
    fits = all(value.upper() in names for value in values)
    chosen = {value: names[value.upper()] if fits else value for value in values}
    for value, name in chosen.items():
        total = columns.total(code, value)
        why = "the registry has this category" if fits else "customised: as collected"
        mapped.append(Mapped(columns.name(code).lower(), value, name, total, why))
    order = dict.fromkeys(terms.values()) if fits else dict.fromkeys(chosen.values())
    categories = {name: tuple(v for v in values if chosen[v] == name) for name in order}
    return measure(columns, code, titles[0] if fits else titles[1], categories)


def countries(columns: Columns, mapped: list[Mapped]) -> Node:
    """Region of enrolment: one class a country, by its name."""
    values = columns.values("COUNTRY")
    names = {value: COUNTRIES.get(value.upper(), value) for value in values}
    classes: list[Node] = []
    for name in dict.fromkeys(names.values()):
        kept = tuple(value for value in values if names[value] == name)
        classes.append({"title": name, "categories": [_category(columns, "COUNTRY", kept)]})
    for value, name in names.items():
        why = "ISO 3166-1" if value != name else "as collected"
        mapped.append(Mapped("country", value, name, columns.total("COUNTRY", value), why))
    return {
        "title": "Region of Enrollment",
        "paramType": "NUMBER",
        "unitOfMeasure": "participants",
        "classes": classes,
    }


def measure(
    columns: Columns, code: str, title: str, categories: Mapping[str, tuple[str, ...]]
) -> Node:
    """A measure with its categories: the collected values of each."""
    shown: list[Node] = [
        {"title": name, **_category(columns, code, values)} for name, values in categories.items()
    ]
    return {
        "title": title,
        "paramType": "COUNT_OF_PARTICIPANTS",
        "unitOfMeasure": _UNIT,
        "classes": [{"categories": shown}],
    }


def _category(columns: Columns, code: str, values: tuple[str, ...]) -> dict[str, Node]:
    made = per_group(
        columns.groups, "BG", lambda group: {"value": columns.count(group, code, values)}
    )
    return {"measurements": made}
