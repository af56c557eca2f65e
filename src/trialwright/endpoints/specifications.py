"""Rates under every specification: options of the response, reading or analysis, analysis set.

A specification is a set of values for all options. The datasets give what each subject is under it
(`Adam.specify`); here every one of them becomes a rate with its interval.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import polars as pl

from trialwright.core.format import DAYS_PER_MONTH
from trialwright.endpoints.population import SET_FLAGS, SET_LABELS
from trialwright.protocol.rules import AnalysisSet

#: What one subject is: a response, or a time with its event mark.
Status: TypeAlias = "str | tuple[int, bool]"
#: Status by subject.
Statuses: TypeAlias = Mapping[str, Status]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate of `subjects` with its limits; `count` is `None` for a Kaplan-Meier rate."""

    count: int | None
    subjects: int
    value: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read the outcome off a derivation: its parameter, its name, its rule."""

    paramcd: str
    words: str
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What is varied: how the outcome is read, and how a rate is made of it.

    `readings` begins with the protocol's; `rate` makes the rate of the statuses of a set.
    """

    code: str
    name: str
    axis: str
    readings: tuple[Reading, ...]
    own_set: AnalysisSet
    rate: Callable[[list[Status]], Rate]


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """The values in force by axis, which of them differ from the protocol, and the rate."""

    values: Mapping[str, str]
    differs: tuple[str, ...]
    rate: Rate

    @property
    def is_own(self) -> bool:
        """Whether this is the protocol's specification."""
        return not self.differs


@dataclass(frozen=True, slots=True)
class Derivations:
    """What `Adam.specify` gives, by number of the derivation; 0 is the protocol's.

    `changed` holds the options that differ with their values, `own` the value of the protocol and
    `rules` the rule of each option.
    """

    changed: tuple[Mapping[str, str], ...]
    own: Mapping[str, str]
    rules: Mapping[str, str]
    statuses: Mapping[tuple[int, str], Statuses]

    def single(self, option: str) -> tuple[int, ...]:
        """The derivations in which this option alone differs."""
        return tuple(i for i, one in enumerate(self.changed) if list(one) == [option])


#: The axis that says which subjects are counted.
SET_AXIS = "analysis set"


def derivations_of(specs: pl.DataFrame, outcomes: pl.DataFrame) -> Derivations:
    """Read the frames of `Adam.specify`."""
    count = 1 + max(outcomes["SPEC"].to_list(), default=-1)
    changed: list[dict[str, str]] = [{} for _ in range(count)]
    for number, option, value, own in specs.select("SPEC", "OPTION", "VALUE", "OWN").iter_rows():
        if own == "N":
            changed[number][option] = value
    base = specs.filter(pl.col("SPEC") == 0)
    statuses: dict[tuple[int, str], dict[str, Status]] = {}
    columns = ("SPEC", "USUBJID", "PARAMCD", "AVALC", "AVAL", "CNSR")
    for number, name, code, response, days, censored in outcomes.select(columns).iter_rows():
        status = response if response is not None else (days, censored == 0)
        statuses.setdefault((number, code), {})[name] = status
    return Derivations(
        changed=tuple(changed),
        own=dict(zip(base["OPTION"], base["VALUE"], strict=True)),
        rules=dict(zip(base["OPTION"], base["RULEID"], strict=True)),
        statuses=statuses,
    )


def distinct_sets(subjects: pl.DataFrame, own: AnalysisSet) -> dict[AnalysisSet, tuple[str, ...]]:
    """Members of each analysis set, the protocol's first; a set with the same members is left out."""
    found: dict[AnalysisSet, tuple[str, ...]] = {}
    order: tuple[AnalysisSet, ...] = (own, *(name for name in SET_FLAGS if name != own))
    for name in order:
        members = tuple(subjects.filter(pl.col(SET_FLAGS[name]) == "Y")["USUBJID"].to_list())
        if members not in found.values():
            found[name] = members
    return found


def specifications(
    measure: Measure, derivations: Derivations, sets: Mapping[AnalysisSet, tuple[str, ...]]
) -> tuple[Specification, ...]:
    """Every specification of a measure with its rate, lowest first.

    An option that changes nothing in a reading is not varied there.
    """
    found = []
    for reading in measure.readings:
        active = _active(measure, reading, derivations, sets)
        for number in _relevant(reading, derivations, active):
            statuses = derivations.statuses[number, reading.paramcd]
            for name, members in sets.items():
                rate = measure.rate([statuses[one] for one in members if one in statuses])
                chosen = {SET_AXIS: SET_LABELS[name], measure.axis: reading.words}
                found.append(_specification(chosen, (measure, derivations, number), rate))
    return tuple(sorted(found, key=_order))


def _specification(
    chosen: dict[str, str], at: tuple[Measure, Derivations, int], rate: Rate
) -> Specification:
    measure, derivations, number = at
    changed = {k: v for k, v in derivations.changed[number].items() if k in derivations.own}
    own = {SET_AXIS: SET_LABELS[measure.own_set], measure.axis: measure.readings[0].words}
    differs = tuple(axis for axis in chosen if chosen[axis] != own[axis])
    return Specification(
        values=chosen | dict(derivations.own) | changed, differs=(*differs, *changed), rate=rate
    )


def _order(one: Specification) -> tuple[float, int, str]:
    value = one.rate.value
    return (2.0 if value is None else value, len(one.differs), " ".join(one.values.values()))


def _active(
    measure: Measure,
    reading: Reading,
    derivations: Derivations,
    sets: Mapping[AnalysisSet, tuple[str, ...]],
) -> frozenset[str]:
    """The options that alone move the rate of some analysis set in a reading."""

    def rates(number: int) -> tuple[Rate, ...]:
        statuses = derivations.statuses.get((number, reading.paramcd), {})
        return tuple(
            measure.rate([statuses[one] for one in members if one in statuses])
            for members in sets.values()
        )

    own = rates(0)
    return frozenset(
        option
        for option in derivations.own
        if any(rates(number) != own for number in derivations.single(option))
    )


def _relevant(reading: Reading, derivations: Derivations, active: frozenset[str]) -> Iterator[int]:
    """The derivations whose differences all matter in a reading."""
    for number, changed in enumerate(derivations.changed):
        options = changed.keys() & derivations.own.keys()
        asked = changed.get("confirmation")
        fits = asked is None or READING_OF_CONFIRMATION.get(reading.paramcd, asked) == asked
        if options <= active and fits and (number, reading.paramcd) in derivations.statuses:
            yield number


#: The value of `response.confirmation` that each reading of the best response stands for.
READING_OF_CONFIRMATION = {"CBOR": "required", "BOR": "not_required"}
#: Days of a month, to place a landmark.
MONTH = float(DAYS_PER_MONTH)
