"""How many decimals a number has at the registry."""

from __future__ import annotations

from fractions import Fraction

from trialwright.core.format import months, p_value, pct, rounded

#: Decimals by kind of number. Counts have none. A percentage of participants has one, also where
#: the report shows none (T-12). A p-value below 0.001 is "<0.001".
DECIMALS: dict[str, int] = {
    "months": 1,
    "share": 1,
    "percent_limit": 1,
    "percent_of_curve": 1,
    "mean": 1,
    "deviation": 1,
    "median": 1,
    "p_value": 3,
}
#: What stands for a number that cannot be estimated; a comment says why.
NA = "NA"


def months_text(days: float | None) -> str:
    """Days as months."""
    return NA if days is None else months(days, DECIMALS["months"])


def limit_text(limit: float | None) -> str:
    """A limit of an interval of proportions, in percent."""
    return NA if limit is None else pct(limit, DECIMALS["percent_limit"])


def rate_text(rate: float | None) -> str:
    """A rate read off a curve, in percent."""
    return NA if rate is None else pct(rate, DECIMALS["percent_of_curve"])


def share_text(count: int, subjects: int) -> str:
    """A share of participants, in percent."""
    if not subjects:
        return NA
    return rounded(Fraction(100 * count, subjects), DECIMALS["share"])


def mean_text(value: float | None, kind: str = "mean") -> str:
    """A mean, its deviation or a median of measured values."""
    return NA if value is None else rounded(value, DECIMALS[kind])


def p_text(value: float) -> str:
    """A p-value."""
    return p_value(value)
