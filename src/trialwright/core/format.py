"""How numbers are shown: the only place that rounds.

Rounding is half away from zero on the exact decimal value, so 2.5 shows as 3 and -0.05 as -0.1.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

#: Days in a month for reported times (endpoints.md D-01).
DAYS_PER_MONTH = Fraction(304375, 10000)

#: Text for a quantity that cannot be estimated (endpoints.md T-05).
NOT_ESTIMABLE = "NE"


def rounded(value: float | Fraction, digits: int) -> str:
    """Decimal text of `value` with `digits` decimals, half away from zero."""
    exact = (
        Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, Fraction)
        else Decimal(repr(float(value)))
    )
    shown = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return f"{shown if shown else abs(shown):f}"


def percent(part: int, whole: int) -> str:
    """Percent without decimals when `whole` is below 50, else with one (endpoints.md T-12)."""
    return rounded(Fraction(100 * part, whole), 0 if whole < 50 else 1)


def signed(value: float) -> str:
    """A percent change with one decimal and its sign, a true minus for print."""
    text = rounded(value, 1)
    return text.replace("-", "\N{MINUS SIGN}") if value <= 0 else f"+{text}"


def n_pct(part: int, whole: int) -> str:
    """`n (%)`; a plain 0 when there is nobody to count."""
    return f"{part} ({percent(part, whole)})" if whole else f"{part}"


def pct_range(lower: float | None, upper: float | None, digits: int = 1) -> str:
    """An interval of proportions in percent, `NE` for a limit that cannot be estimated."""
    return f"{pct(lower, digits)} to {pct(upper, digits)}"


def pct(value: float | None, digits: int = 1) -> str:
    """A proportion in percent."""
    return NOT_ESTIMABLE if value is None else rounded(100 * value, digits)


def months(days: float | None, digits: int = 1) -> str:
    """A number of days in months of 30.4375 days."""
    return NOT_ESTIMABLE if days is None else rounded(days / float(DAYS_PER_MONTH), digits)


def months_range(lower: float | None, upper: float | None) -> str:
    """An interval of days, shown in months."""
    return f"{months(lower)} to {months(upper)}"


def mm(tenths: int) -> str:
    """Tenths of a millimetre as millimetres with one decimal."""
    return rounded(Fraction(int(tenths), 10), 1)


def p_value(value: float) -> str:
    """A p-value with three decimals, `<0.001` below that."""
    return "<0.001" if value < 0.001 else rounded(value, 3)
