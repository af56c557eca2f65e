"""The specification curve as a figure: sorted rates above, the choices in force below."""

from __future__ import annotations

from collections.abc import Sequence

from trialwright.core.display import Figure, Mark
from trialwright.endpoints.specifications import Specification

#: Distance of two rows of choices, in units of the rate, and of the first row from the axis.
_STEP, _FIRST = 0.075, 0.09


def specification_figure(
    name: str, specifications: Sequence[Specification], words: tuple[str, str, str]
) -> Figure:
    """Draw rates with their intervals, and a dot for each choice in force.

    Parameters
    ----------
    name
        Of the measure.
    specifications
        In the order in which they are drawn; those without a rate are not drawn.
    words
        Population, the sentence on what moves most, and the name of the interval.
    """
    drawn = [one for one in specifications if one.rate.value is not None]
    rows = _rows(drawn)
    heights = {row: -_FIRST - _STEP * i for i, row in enumerate(rows)}
    bottom = min(heights.values(), default=0.0) - _STEP
    left_out = len(specifications) - len(drawn)
    note = (f"{left_out} specifications without an estimate are not drawn.",) if left_out else ()
    return Figure(
        title=f"{name}: specification curve",
        alt=f"{len(drawn)} specifications sorted by rate, the choices in force below. {words[1]}",
        marks=(*_rates(drawn, words[2]), *_choices(drawn, heights)),
        x_label="Specifications, lowest rate first",
        population=words[0],
        x_range=(0.0, len(drawn) + 1.0),
        y_range=(bottom, 1.0),
        x_ticks=((1.0, "1"), (float(max(len(drawn), 2)), f"{max(len(drawn), 2)}")),
        y_ticks=(
            *((share / 4, f"{25 * share} %") for share in range(5)),
            *((height, f"{axis}: {value}") for (axis, value), height in heights.items()),
        ),
        footnotes=(words[1], "Diamond and line: the protocol's specification.", *note),
        size=(7.2, 2.6 + 0.17 * len(rows)),
        rules=("R-071",),
    )


def _rows(drawn: Sequence[Specification]) -> list[tuple[str, str]]:
    """Each axis that varies with each of its values, the protocol's value first."""
    own = next((one for one in drawn if one.is_own), None)
    values: dict[str, dict[str, None]] = {}
    for one in (*([own] if own is not None else []), *drawn):
        for axis, value in one.values.items():
            values.setdefault(axis, {})[value] = None
    return [(a, v) for a, found in values.items() if len(found) > 1 for v in found if v]


def _rates(drawn: Sequence[Specification], level: str) -> tuple[Mark, ...]:
    """The intervals as a band, the rates as points, the protocol's own apart."""
    places = [float(i + 1) for i in range(len(drawn))]
    known = [
        (x, one.rate.lower, one.rate.upper)
        for x, one in zip(places, drawn, strict=True)
        if one.rate.lower is not None and one.rate.upper is not None
    ]
    spans = tuple(
        Mark(
            kind="line",
            x=(x, x),
            y=(low, high),
            role="interval_line",
            label=level if i == 0 else "",
        )
        for i, (x, low, high) in enumerate(known)
    )
    at = [x for x, one in zip(places, drawn, strict=True) if one.is_own]
    others = [(x, one.rate.value or 0.0) for x, one in zip(places, drawn, strict=True)]
    return (
        Mark(kind="rule_x", x=tuple(at), role="threshold"),
        *spans,
        Mark(
            kind="points", x=tuple(x for x, _ in others), y=tuple(y for _, y in others),
            role="event", label="rate",
        ),
        Mark(
            kind="points", x=tuple(at), y=tuple(y for x, y in others if x in at), role="own",
            label="the protocol's specification",
        ),
    )  # fmt: skip


def _choices(
    drawn: Sequence[Specification], heights: dict[tuple[str, str], float]
) -> tuple[Mark, ...]:
    """One dot per specification and axis, at the height of the value in force."""
    dots = [
        (float(i + 1), heights[axis, value])
        for i, one in enumerate(drawn)
        for axis, value in one.values.items()
        if (axis, value) in heights
    ]
    return (
        Mark(
            kind="points", x=tuple(x for x, _ in dots), y=tuple(y for _, y in dots),
            role="in_force", label="choice in force",
        ),
        Mark(kind="rule_y", y=(0.0,), role="zero"),
    )  # fmt: skip
