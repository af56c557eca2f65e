"""Baseline characteristics: what was collected, in the measures that the registry names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.characteristics import Characteristic, Characteristics
from trialwright.exchange.registry_results.age import age_categories
from trialwright.exchange.registry_results.baseline_counts import (
    Columns,
    by_terms,
    counted,
    countries,
)
from trialwright.exchange.registry_results.baseline_spreads import age, spread
from trialwright.exchange.registry_results.cited import POPULATION, Cell, Cited, Node
from trialwright.exchange.registry_results.groups import Group, group_nodes, needed, per_group
from trialwright.exchange.registry_results.told import Mapped, Told
from trialwright.vocabulary.registry_results import ETHNICITIES, RACES, SEXES

_PLACE = "baselineCharacteristicsModule"
#: Characteristics of T-4 with a measure of their own at the registry.
_NAMED = frozenset({"AGE", "AGEGR1", "SEX", "RACE", "ETHNIC", "COUNTRY"})
_ABSENT = {
    "AGE": ("Age", "age (AGE) was not collected"),
    "SEX": ("Sex: Female, Male", "sex (SEX) was not collected"),
    "RACE": ("Race", "race (RACE) was not collected"),
    "ETHNIC": ("Ethnicity", "ethnicity (ETHNIC) was not collected"),
    "COUNTRY": ("Region of Enrollment", "the country (COUNTRY) was not collected"),
}
_POPULATION = "Full analysis set: enrolled participants who were treated."


def baseline_characteristics(
    groups: tuple[Group, ...], results: Mapping[str, Result], adam: Adam
) -> tuple[dict[str, Node], tuple[Told, ...], tuple[Mapped, ...]]:
    """The module, what it lacks, and how terms were mapped.

    Parameters
    ----------
    groups
        The groups of the registry.
    results
        T-4 of each group.
    adam
        ADSL, for the ages up to 18 years.

    References
    ----------
    ICH E3 section 11.2; table T-4.
    """
    found = tuple(needed(results, "CHARACTERISTICS", group, Characteristics) for group in groups)
    columns = Columns(groups, found)
    told: list[Told] = []
    mapped: list[Mapped] = []
    measures = list(_measures(columns, adam, told, mapped))
    module: dict[str, Node] = {
        "populationDescription": _POPULATION,
        "groups": group_nodes(groups, "BG"),
        "denoms": [
            {
                "units": "Participants",
                "counts": per_group(groups, "BG", lambda group: _denominator(columns, group)),
            }
        ],
        "measures": measures,
    }
    return module, tuple(told), tuple(mapped)


def _denominator(columns: Columns, group: Group) -> dict[str, Node]:
    one = columns.of(group)
    return {"value": Cited(str(one.subjects), (Cell(one.key, "T-4", POPULATION),))}


def _measures(
    columns: Columns, adam: Adam, told: list[Told], mapped: list[Mapped]
) -> Iterator[Node]:
    """The measures that the registry asks for, then those of the study, in the order of T-4."""
    for code, (title, why) in _ABSENT.items():
        if not columns.has(code):
            told.append(Told("missing", f"{_PLACE}: {title}", why))
    if columns.has("AGE"):
        yield age(columns)
        yield age_categories(columns, adam)
    if columns.has("SEX"):
        yield by_terms(
            columns, "SEX", ("Sex: Female, Male", "Sex/Gender, Customized"), SEXES, mapped
        )
    if columns.has("RACE"):
        titles = ("Race (NIH/OMB)", "Race/Ethnicity, Customized")
        yield by_terms(columns, "RACE", titles, RACES, mapped)
    if columns.has("ETHNIC"):
        titles = ("Ethnicity (NIH/OMB)", "Race/Ethnicity, Customized")
        yield by_terms(columns, "ETHNIC", titles, ETHNICITIES, mapped)
    if columns.has("COUNTRY"):
        yield countries(columns, mapped)
    for code in columns.codes():
        if code not in _NAMED:
            yield from _of_study(columns, code, told)


def _of_study(columns: Columns, code: str, told: list[Told]) -> Iterator[Node]:
    """A characteristic of the study: counted, or averaged, in every group alike."""
    items = [one for one in columns.items(code) if one is not None]
    averaged = {one.spread is not None for one in items if _has_values(one)}
    if averaged == {True}:
        yield spread(columns, code)
    elif averaged == {False}:
        yield counted(columns, code)
    else:
        why = (
            "T-4 averages it in one cohort and counts it in another"
            if averaged
            else "nobody in these groups has a value"
        )
        told.append(Told("left out", f"{_PLACE}: {items[0].name}", why))


def _has_values(item: Characteristic) -> bool:
    return item.spread is not None or bool(item.counts)
