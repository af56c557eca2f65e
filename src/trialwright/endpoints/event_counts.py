"""Counting adverse events: a subject once a row, at the highest grade (rules A-07 to A-09)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from trialwright.protocol.model import Component
from trialwright.safety.relation import ANY_COMPONENT
from trialwright.safety.serious import is_fatal
from trialwright.safety.special_interest import RCCEP
from trialwright.safety.terms import is_immune_category

#: Actions with treatment, with the words of the overview.
_ACTIONS = (
    ("DRUG INTERRUPTED", "interruption"),
    ("DOSE REDUCED", "dose reduction"),
    ("DRUG WITHDRAWN", "discontinuation"),
)
#: Key of the row of immune-related events with systemic steroids.
STEROIDS = "immune.steroids"
_NOT_CODED = "Not coded"
_ANY = "Any treatment-emergent event"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewRow:
    """Subjects with at least one event of a kind: any grade, grade 3 or higher, serious.

    `level` 1 is a part of the row of level 0 above it; `key` names the row in plain data.
    """

    key: str
    label: str
    level: int
    any_grade: int
    severe: int
    serious: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TermRow:
    """Subjects by highest grade of a class (level 0) or a term in it (level 1).

    `grades` holds grades 1 to 5; `unknown` those whose highest grade is an unknown one. `severe`
    counts grade 3 or higher with unknown grades as the protocol says. `events` counts episodes, not
    subjects (A-10); `parent` is the class of a term.
    """

    parent: str
    label: str
    level: int
    grades: tuple[int, int, int, int, int]
    unknown: int
    any_grade: int
    severe: int
    events: int


def emergent_events(adae: pl.DataFrame, subjects: pl.DataFrame) -> pl.DataFrame:
    """Treatment-emergent records of the subjects, with the terms by which they are grouped.

    Terms are equal when they differ in upper and lower case only; the first spelling by alphabet
    is shown. An event without preferred term stands under its reported one (A-15). `EVENT` tells
    episodes apart: records of one episode are one event (A-10).
    """
    events = adae.filter(pl.col("TRTEMFL") == "Y").join(
        subjects.select("USUBJID"), on="USUBJID", how="semi"
    )
    events = events.with_columns(
        SOC=pl.col("AEBODSYS").str.strip_chars().fill_null(_NOT_CODED),
        PT=pl.coalesce("AEDECOD", "AETERM").str.strip_chars(),
    )
    return events.with_columns(
        SOC=pl.col("SOC").min().over(pl.col("SOC").str.to_uppercase()),
        PT=pl.col("PT").min().over(pl.col("PT").str.to_uppercase()),
        EVENT=pl.coalesce("AEPISN", -pl.col("AESEQ")),
    )


def is_immune() -> pl.Expr:
    """Immune-related by the investigator; RCCEP stands apart (A-04)."""
    apart = (pl.col("AESICAT") == RCCEP).fill_null(value=False)
    return is_immune_category(pl.col("AECAT")) & ~apart


@dataclass(frozen=True, slots=True)
class _Kind:
    """A row of the overview: a subject counts who has an event of each of the conditions."""

    key: str
    label: str
    level: int
    conditions: tuple[pl.Expr, ...]

    def subjects(self, column: pl.Expr) -> pl.Expr:
        """Number of subjects, among the events of a column of the table."""
        hits = [
            (condition & column).fill_null(value=False).any().over("USUBJID")
            for condition in self.conditions
        ]
        return pl.col("USUBJID").filter(pl.all_horizontal(hits)).n_unique()


def overview_rows(events: pl.DataFrame, components: Sequence[Component]) -> tuple[OverviewRow, ...]:
    """The rows of the overview: any, related, immune related, leading to a change, fatal (A-09)."""
    kinds = list(_kinds(components))
    columns = (pl.lit(value=True), pl.col("AGR3FL") == "Y", pl.col("AESER") == "Y")
    counts = events.select(
        kind.subjects(column).alias(f"{kind.key} {at}")
        for kind in kinds
        for at, column in enumerate(columns)
    ).row(0)
    return tuple(
        OverviewRow(
            key=kind.key,
            label=kind.label,
            level=kind.level,
            any_grade=counts[at],
            severe=counts[at + 1],
            serious=counts[at + 2],
        )
        for at, kind in zip(range(0, len(counts), 3), kinds, strict=True)
    )


def _kinds(components: Sequence[Component]) -> Iterator[_Kind]:
    related = pl.col("AREL") == "Y"
    fatal, immune = is_fatal(), is_immune()
    steroids = (pl.col("AESTERFL") == "Y").fill_null(value=False)
    yield _Kind("any", _ANY, 0, (pl.col("USUBJID").is_not_null(),))
    yield _Kind("related", "Related to any component", 0, (related,))
    for part in components:
        named = pl.col("ARELCOMP").str.split(";").list.contains(part.id)
        yield _Kind(f"related.{part.id}", f"Related to {part.name}", 1, (named,))
    yield _Kind("immune", "Immune-related", 0, (immune,))
    yield _Kind(STEROIDS, "with systemic steroids", 1, (immune & steroids,))
    for action, words in _ACTIONS:
        yield from _action_kinds(components, action, words)
    yield _Kind("fatal", "Fatal", 0, (fatal,))
    yield _Kind("fatal.related", "Fatal and related", 1, (fatal & related,))


def _action_kinds(components: Sequence[Component], action: str, words: str) -> Iterator[_Kind]:
    """A change of any component, of each, and of all of them, by one event or by several."""
    key = words.replace(" ", "_")
    taken = pl.col("AACNCOMP").str.split(";")
    named = tuple(taken.list.contains(f"{part.id}={action}") for part in components)
    unnamed = taken.list.contains(f"{ANY_COMPONENT}={action}")
    label = f"Leading to {words} of any component"
    yield _Kind(key, label, 0, (pl.any_horizontal(*named, unnamed),))
    for part, condition in zip(components, named, strict=True):
        yield _Kind(f"{key}.{part.id}", f"of {part.name}", 1, (condition,))
    if len(components) > 1:
        yield _Kind(f"{key}.all", "of all components", 1, named)


def term_rows(events: pl.DataFrame, missing_grade: int, label: str = _ANY) -> tuple[TermRow, ...]:
    """Subjects by class and term at their highest grade, the most frequent first (A-07, A-08).

    Parameters
    ----------
    events
        Rows of `emergent_events`.
    missing_grade
        Grade that an unknown grade counts as, 0 for none: it ranks just below that grade.
    label
        What the first row is called.

    Returns
    -------
    tuple
        A row for all events, then each class with its terms; equal counts by alphabet.
    """
    unknown_rank = max(2 * missing_grade - 1, 0)
    ranked = events.with_columns(
        RANK=(2 * pl.col("ATOXGRN")).fill_null(unknown_rank), ALL=pl.lit(label)
    )
    rows = _counted(ranked, ("ALL",), 0) or [_no_event(label)]
    terms = _counted(ranked, ("SOC", "PT"), 1)
    for row in _counted(ranked, ("SOC",), 0):
        rows.append(row)
        rows += [term for term in terms if term.parent == row.label]
    return tuple(rows)


def _counted(ranked: pl.DataFrame, keys: tuple[str, ...], level: int) -> list[TermRow]:
    """A row for each value of the keys, the most frequent first."""
    subjects = ranked.group_by(*keys, "USUBJID").agg(
        pl.col("RANK").max(),
        SEVERE=(pl.col("AGR3FL") == "Y").any(),
        EVENTS=pl.struct("PT", "EVENT").n_unique(),
    )
    grades = [(pl.col("RANK") == 2 * grade).sum().alias(f"G{grade}") for grade in range(1, 6)]
    counts = subjects.group_by(*keys).agg(
        *grades, pl.col("SEVERE").sum(), pl.col("EVENTS").sum(), N=pl.len()
    )
    ordered = counts.sort("N", *keys, descending=[True, *(False for _ in keys)])
    return [_term_row(row, keys, level) for row in ordered.iter_rows(named=True)]


def _term_row(row: dict[str, Any], keys: tuple[str, ...], level: int) -> TermRow:
    one, two, three, four, five = (int(row[f"G{grade}"]) for grade in range(1, 6))
    return TermRow(
        parent=row[keys[0]] if level else "",
        label=row[keys[-1]],
        level=level,
        grades=(one, two, three, four, five),
        unknown=row["N"] - one - two - three - four - five,
        any_grade=row["N"],
        severe=row["SEVERE"],
        events=row["EVENTS"],
    )


def _no_event(label: str) -> TermRow:
    """Nobody had an event."""
    return TermRow(
        parent="", label=label, level=0, grades=(0, 0, 0, 0, 0), unknown=0, any_grade=0, severe=0,
        events=0,
    )  # fmt: skip
