"""eDISH: peak bilirubin against peak transaminase of each patient (figure F-8, rule A-14)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log10
from typing import Literal

import polars as pl

from trialwright.core.display import Figure, Mark, patient_anchor
from trialwright.core.format import rounded

_TICKS = (0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50)
_NOTES = {
    "ULN": "Multiples of the upper limit of normal.",
    "baseline": "Multiples of the patient's own baseline where that was above its limit, else of the "
    "upper limit of normal: disease in the liver raises both.",
}


@dataclass(frozen=True, slots=True)
class Peak:
    """Highest multiples of one patient; `None` without a result."""

    usubjid: str
    subject: str
    transaminase: float | None
    bilirubin: float | None
    is_after_procedure: bool

    @property
    def is_drawn(self) -> bool:
        """Whether both values are there and above 0, as a logarithmic axis needs."""
        return bool(self.transaminase and self.bilirubin)


def highest_peaks(peaks: pl.DataFrame, names: Mapping[str, str], column: str) -> tuple[Peak, ...]:
    """One entry a subject with any liver value, by USUBJID.

    Parameters
    ----------
    peaks
        As `safety.liver.liver_peaks` gives them.
    column
        PEAKULN, or PEAKREF for multiples of an abnormal baseline.
    """
    enzymes = peaks.filter(pl.col("PARAMCD").is_in(["ALT", "AST"])).sort(
        "USUBJID", column, descending=[False, True], nulls_last=True
    )
    top = {row["USUBJID"]: row for row in reversed(enzymes.to_dicts())}
    bilirubin = peaks.filter(pl.col("PARAMCD") == "BILI")
    yellow = dict(bilirubin.select("USUBJID", column).iter_rows())
    found = []
    for name in sorted({*top, *yellow}):
        enzyme = top.get(name)
        after = bool(enzyme and enzyme["POST"])
        high = enzyme[column] if enzyme else None
        found.append(Peak(name, names[name], high, yellow.get(name), after))
    return tuple(found)


def edish_figure(
    peaks: tuple[Peak, ...], reference: Literal["ULN", "baseline"], population: str
) -> Figure | None:
    """Points on logarithmic axes with the lines of 3 and 2; `None` when nobody has both values."""
    drawn = [one for one in peaks if one.is_drawn]
    if not drawn:
        return None
    x = tuple(log10(one.transaminase or 1.0) for one in drawn)
    y = tuple(log10(one.bilirubin or 1.0) for one in drawn)
    points = Mark(
        kind="points",
        x=x,
        y=y,
        roles=tuple("after_procedure" if p.is_after_procedure else "liver_peak" for p in drawn),
        links=tuple(patient_anchor(one.usubjid) for one in drawn),
        notes=tuple(one.subject for one in drawn),
    )
    both = sum(_both_high(one) for one in drawn)
    return Figure(
        title=f"Liver safety: peak bilirubin against peak transaminase, by {reference}",
        alt=f"eDISH plot of {len(drawn)} subjects: {both} with ALT or AST above 3 x {reference} and "
        f"bilirubin above 2 x {reference} at any time.",
        marks=(
            Mark(kind="rule_x", x=(log10(3),), role="threshold"),
            Mark(kind="rule_y", y=(log10(2),), role="threshold"),
            points,
        ),
        x_label=f"Peak ALT or AST (x {reference})",
        y_label=f"Peak bilirubin (x {reference})",
        number="F-8",
        population=population,
        x_range=_range(x, 3),
        y_range=_range(y, 2),
        x_ticks=_ticks(),
        y_ticks=_ticks(),
        footnotes=(_NOTES[reference], _reading(len(peaks) - len(drawn), len(peaks))),
        size=(6.0, 4.6),
        rules=("A-14", "G-51", "S-4"),
    )


def _reading(without: int, tested: int) -> str:
    return (
        "Logarithmic axes. Lines: 3 and 2. Peaks need not lie on one day: T-17 says who is a "
        "candidate. Open symbols: the transaminase peak by ULN came shortly after a procedure. "
        f"{without} of {tested} tested subjects lack one of the two values."
    )


def _both_high(one: Peak) -> bool:
    return (one.transaminase or 0.0) > 3 and (one.bilirubin or 0.0) > 2


def _range(values: tuple[float, ...], line: float) -> tuple[float, float]:
    low, high = min(*values, log10(0.2)), max(*values, log10(line))
    return (low - 0.1, high + 0.15)


def _ticks() -> tuple[tuple[float, str], ...]:
    return tuple((log10(tick), rounded(tick, 1 if tick < 1 else 0)) for tick in _TICKS)
