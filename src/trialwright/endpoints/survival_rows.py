"""Rows that the tables of all times to event share (shell T-9)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.endpoints.proportion import interval_level
from trialwright.endpoints.survival_summary import SurvivalSummary, months_cell
from trialwright.endpoints.time_records import TimeRecords

#: Indent of a row, and its cells.
Row: TypeAlias = tuple[int, tuple[str, str]]


def rate_row(at_months: float, level: str, cell: str) -> tuple[str, str]:
    """A row with the share without event at a fixed time."""
    return f"Rate at {at_months:g} months, % ({level})", cell


def censoring_rows(records: TimeRecords) -> list[Row]:
    """How many are censored, and by which rule."""
    n = records.subjects
    return [
        (0, ("Censored, n (%)", n_pct(n - records.events, n))),
        *((1, (f"{words} ({rule})", f"{k}")) for rule, words, k in records.censored_by_rule()),
    ]


def estimate_rows(summary: SurvivalSummary) -> list[Row]:
    """Median, the shares without event at the times of the protocol, restricted mean if asked."""
    level = interval_level(summary.convention.conf_level)
    rows: list[Row] = [
        (0, (f"Median, months ({level})", summary.median_cell())),
        *((0, rate_row(rate.months, level, rate.cell())) for rate in summary.rates),
    ]
    if summary.restricted is not None:
        cell = months_cell(summary.restricted.mean)
        words = f"Mean within {summary.restricted.months:g} months, months ({level})"
        rows.append((0, (words, cell)))
    return rows


def table_cells(rows: Iterable[Row]) -> tuple[tuple[tuple[str, str], ...], tuple[int, ...]]:
    """The cells of the rows, and their indents."""
    kept = tuple(rows)
    return tuple(cells for _, cells in kept), tuple(depth for depth, _ in kept)


def rule_counts(records: TimeRecords) -> dict[str, Json]:
    """Censored subjects by rule as plain data."""
    return {rule: count for rule, _, count in records.censored_by_rule()}
