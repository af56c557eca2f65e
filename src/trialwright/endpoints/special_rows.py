"""Rows of table T-14: subjects, onset, duration and steroids of one kind of event, and its terms."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.format import n_pct

COLUMNS = (
    "", "n (%)", "Gr >= 3", "Serious", "Systemic steroids", "Day of onset, median (range)",
    "Duration, days, median (range)", "Not over", "Events",
)  # fmt: skip
Spread = tuple[float, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialRow:
    """One kind of event (level 0) or a term of it (level 1).

    Attributes
    ----------
    subjects, severe, serious, steroids
        Subjects with at least one such event; of grade 3 or higher; serious; with systemic
        steroids.
    onset
        Median, smallest and largest study day of the first event of a subject; `None` without one.
    duration
        The same of the days of the episodes that are over.
    ongoing, events
        Episodes without an end, and all episodes.
    """

    label: str
    level: int
    subjects: int
    severe: int
    serious: int
    steroids: int
    onset: Spread | None
    duration: Spread | None
    ongoing: int
    events: int


def special_rows(events: pl.DataFrame, label: str) -> tuple[SpecialRow, ...]:
    """A row for all the events and one for each term, the most frequent first.

    Parameters
    ----------
    events
        Rows of `emergent_events` of one kind.
    label
        What the first row is called.

    References
    ----------
    Rules A-04, A-07, A-08 and A-10.
    """
    terms = [_row(part, str(name), 1) for (name,), part in events.group_by("PT")]
    ordered = sorted(terms, key=lambda row: (-row.subjects, row.label))
    return (_row(events, label, 0), *ordered)


def _row(events: pl.DataFrame, label: str, level: int) -> SpecialRow:
    subject = pl.col("USUBJID")
    episodes = _episodes(events)
    dated = events.filter(pl.col("ASTDTF").fill_null("") != "Y").drop_nulls("ASTDY")
    first = dated.group_by("USUBJID").agg(pl.col("ASTDY").min())["ASTDY"]
    counts = events.select(
        subjects=subject.n_unique(),
        severe=subject.filter(pl.col("AGR3FL") == "Y").n_unique(),
        serious=subject.filter(pl.col("AESER") == "Y").n_unique(),
        steroids=subject.filter(pl.col("AESTERFL") == "Y").n_unique(),
    ).row(0, named=True)
    return SpecialRow(
        label=label,
        level=level,
        onset=_spread(first),
        duration=_spread(episodes["DAYS"].drop_nulls()),
        ongoing=episodes.filter("OPEN").height,
        events=episodes.height,
        **counts,
    )


def _episodes(events: pl.DataFrame) -> pl.DataFrame:
    """One row an episode: its days, both ends counted, and whether it has no end."""
    spans = events.group_by("USUBJID", "PT", "EVENT").agg(
        START=pl.col("ASTDT").min(),
        END=pl.col("AENDT").max(),
        OPEN=pl.col("AENDT").is_null().any(),
    )
    days = (pl.col("END") - pl.col("START")).dt.total_days() + 1
    return spans.with_columns(DAYS=pl.when(~pl.col("OPEN")).then(days))


def _spread(values: pl.Series) -> Spread | None:
    """Median, smallest and largest value."""
    numbers = sorted(values.to_list())
    if not numbers:
        return None
    middle = len(numbers) // 2
    median = numbers[middle] if len(numbers) % 2 else (numbers[middle - 1] + numbers[middle]) / 2
    return float(median), numbers[0], numbers[-1]


def cells_of(row: SpecialRow, subjects: int, *, steroids_stated: bool) -> tuple[str, ...]:
    """The cells of a row with the size of the set as denominator."""
    counts = (row.subjects, row.severe, row.serious)
    return (
        row.label,
        *(n_pct(n, subjects) for n in counts),
        n_pct(row.steroids, subjects) if steroids_stated else "-",
        _words(row.onset),
        _words(row.duration),
        str(row.ongoing),
        str(row.events),
    )


def _words(spread: Spread | None) -> str:
    if spread is None:
        return ""
    median, smallest, largest = spread
    return f"{median:g} ({smallest} to {largest})"
