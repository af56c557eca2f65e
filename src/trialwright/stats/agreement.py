"""Agreement of two raters on the same subjects: Cohen's kappa, unweighted and weighted.

Kappa and its variance are worked out in exact fractions from whole counts, so that a variance of
zero is zero and not a small number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import sqrt
from typing import Literal, TypeAlias

from trialwright.core.errors import DataError
from trialwright.stats.checks import require_one_of
from trialwright.stats.curve_bands import normal_quantile

Weights: TypeAlias = Literal["unweighted", "linear", "quadratic"]
Counts: TypeAlias = Sequence[Sequence[int]]

NOBODY = "nobody was rated by both"
ONE_CELL = "all subjects are in one category for both: chance alone would give complete agreement"
ONE_CATEGORY = "one rater used a single category: kappa is 0 whatever the other one says"
COMPLETE = "agreement is complete: the large-sample standard error is 0 and gives no interval"
NO_SPREAD = "the large-sample standard error is 0 and gives no interval"

#: Agreement of categories i and j of k, between 0 and 1; the same category always has 1.
_AGREEMENT: dict[Weights, Callable[[int, int, int], Fraction]] = {
    "unweighted": lambda i, j, _: Fraction(int(i == j)),
    "linear": lambda i, j, k: 1 - Fraction(abs(i - j), k - 1),
    "quadratic": lambda i, j, k: 1 - Fraction((i - j) ** 2, (k - 1) ** 2),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kappa:
    """Chance-corrected agreement.

    Attributes
    ----------
    value
        (observed - expected) / (1 - expected); `None` when it is undefined.
    standard_error, lower, upper
        Large-sample standard error, and limits of the two-sided interval, cut off at -1 and 1;
        `None` where there are none.
    observed, expected
        Agreement seen and expected by chance from the margins, with the weights; between 0 and 1.
    note
        Why the value or its interval is missing, "" otherwise.
    """

    weights: Weights
    subjects: int
    value: float | None
    standard_error: float | None
    lower: float | None
    upper: float | None
    conf_level: float
    observed: float | None
    expected: float | None
    note: str = ""


def cohen_kappa(counts: Counts, conf_level: float, weights: Weights = "unweighted") -> Kappa:
    """Cohen's kappa of a square table of counts.

    Parameters
    ----------
    counts
        Subjects by category of the first rater (rows) and of the second (columns), categories in
        the same order; the order matters for weights only.
    conf_level
        Two-sided level, such as 0.95.
    weights
        "unweighted"; "linear", 1 - |i - j| / (k - 1); "quadratic", 1 - (i - j)^2 / (k - 1)^2.

    Returns
    -------
    Kappa
        Never NaN: what is undefined is `None` with the reason in `note`.

    Raises
    ------
    DataError
        When the table is not square with two categories or more, a count is negative
        or not whole, the level is not within 0 and 1, or the weights are unknown.

    References
    ----------
    Cohen, Educ Psychol Meas 1960;20:37-46; Cohen, Psychol Bull 1968;70:213-220 (weights); Fleiss,
    Cohen and Everitt, Psychol Bull 1969;72:323-327 (standard error).
    """
    table, z = _checked(counts), normal_quantile(conf_level)
    require_one_of("weights", weights, _AGREEMENT)
    size, subjects = len(table), sum(map(sum, table))
    if subjects == 0:
        return _kappa(weights, subjects, conf_level, NOBODY)
    cells = [[Fraction(count, subjects) for count in row] for row in table]
    agree = [[_AGREEMENT[weights](i, j, size) for j in range(size)] for i in range(size)]
    rows = [sum(row, Fraction(0)) for row in cells]
    columns = [sum(column, Fraction(0)) for column in zip(*cells, strict=True)]
    grid = [(i, j) for i in range(size) for j in range(size)]
    observed = sum((agree[i][j] * cells[i][j] for i, j in grid), Fraction(0))
    expected = sum((agree[i][j] * rows[i] * columns[j] for i, j in grid), Fraction(0))
    if expected == 1:
        return _kappa(weights, subjects, conf_level, ONE_CELL, (observed, expected))
    variance = _variance(cells, agree, (rows, columns), (observed, expected)) / subjects
    value = (observed - expected) / (1 - expected)
    single = 1 in rows or 1 in columns
    note = COMPLETE if observed == 1 else ONE_CATEGORY if single else NO_SPREAD
    if variance == 0:
        return _kappa(weights, subjects, conf_level, note, (observed, expected), value)
    error = sqrt(variance)
    half = z * error
    return Kappa(
        weights=weights,
        subjects=subjects,
        value=float(value),
        standard_error=error,
        lower=max(float(value) - half, -1.0),
        upper=min(float(value) + half, 1.0),
        conf_level=conf_level,
        observed=float(observed),
        expected=float(expected),
    )


def _variance(
    cells: list[list[Fraction]],
    agree: list[list[Fraction]],
    margins: tuple[list[Fraction], list[Fraction]],
    shares: tuple[Fraction, Fraction],
) -> Fraction:
    """Variance of kappa for one subject (Fleiss, Cohen and Everitt, 1969, formula 9)."""
    rows, columns = margins
    observed, expected = shares
    size = range(len(cells))
    by_row = [sum((agree[i][j] * columns[j] for j in size), Fraction(0)) for i in size]
    by_column = [sum((agree[i][j] * rows[i] for i in size), Fraction(0)) for j in size]
    spread = sum(
        (
            cells[i][j]
            * (agree[i][j] * (1 - expected) - (by_row[i] + by_column[j]) * (1 - observed)) ** 2
            for i in size
            for j in size
        ),
        Fraction(0),
    )
    return (spread - (observed * expected - 2 * expected + observed) ** 2) / (1 - expected) ** 4


def _kappa(
    weights: Weights,
    subjects: int,
    conf_level: float,
    note: str,
    shares: tuple[Fraction, Fraction] | None = None,
    value: Fraction | None = None,
) -> Kappa:
    """A kappa without an interval."""
    return Kappa(
        weights=weights,
        subjects=subjects,
        value=None if value is None else float(value),
        standard_error=None,
        lower=None,
        upper=None,
        conf_level=conf_level,
        observed=None if shares is None else float(shares[0]),
        expected=None if shares is None else float(shares[1]),
        note=note,
    )


def _checked(counts: Counts) -> list[list[int]]:
    table = [list(row) for row in counts]
    square = len(table) >= 2 and all(len(row) == len(table) for row in table)
    if square and all(float(each).is_integer() and each >= 0 for row in table for each in row):
        return [[int(count) for count in row] for row in table]
    raise DataError(
        "This is no table of agreement.",
        where=f"counts {table}",
        allowed="as many rows as columns, at least two, with whole numbers from 0",
    )
