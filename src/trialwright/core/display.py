"""Plain descriptions of tables and figures: what is shown, not how it is drawn.

Results return these; `trialwright.report` turns them into HTML and SVG. Colours, fonts and files
do not exist here: a mark carries a `role` ("PR", "censored", "threshold") and the drawing side owns
its looks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MarkKind = Literal[
    "line", "step", "bar", "hbar", "points", "band", "interval", "rule_x", "rule_y", "box", "arrow"
]


def patient_anchor(usubjid: str) -> str:
    """The anchor of a patient's section in a report; different subjects never share one.

    Letters, digits, "-" and "." stay as they are; any other character becomes "_", its code point
    in hexadecimal and "_".
    """
    safe = re.sub(r"[^A-Za-z0-9.-]", lambda found: f"_{ord(found.group()):x}_", usubjid)
    return f"patient-{safe}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of ready-made texts.

    `levels` indents the first cell of each row (0, 1, 2); empty means no indent. `links` gives
    each row the anchor of a patient (`patient_anchor`), "" for none. `rules` names the ids of the
    domain rules that made the numbers.
    """

    title: str
    rows: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...] = ()
    number: str = ""
    population: str = ""
    footnotes: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    links: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One series of a figure, in data units.

    `kind`: "line" joins (x, y); "step" holds each y until the next x; "bar" draws y upright at x
    from 0; "hbar" draws from `x` to `x2` at height y; "points" draws single symbols of the kind
    `symbol`; "band" fills between y and `y2` (stepwise in x); "interval" draws an error bar from (x, y)
    to (`x2`, `y2`); "rule_x" and "rule_y" are lines
    across the figure at each x, or at each y; "box" is a frame from (x, y) to (`x2`, `y2`) around
    its note; "arrow" leads from (x, y) to (`x2`, `y2`). `roles`, `links` and `notes` go with the
    single items (a bar, a symbol, a box); a "line" has one link. The note of a bar stands at its
    end.
    """

    kind: MarkKind
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()
    x2: tuple[float, ...] = ()
    y2: tuple[float, ...] = ()
    role: str = ""
    roles: tuple[str, ...] = ()
    label: str = ""
    symbol: str = ""
    links: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """Rows of counts printed under a Kaplan-Meier curve, aligned with `times`."""

    times: tuple[float, ...]
    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure: its marks, axes, and the sentence a reader without eyes gets (`alt`).

    `x_ticks` and `y_ticks` are (position, text) pairs, empty for the drawing side's choice.
    `size` is width and height in inches at text size. A diagram of boxes has no `axes`.
    """

    title: str
    alt: str
    marks: tuple[Mark, ...]
    x_label: str = ""
    y_label: str = ""
    number: str = ""
    population: str = ""
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    x_ticks: tuple[tuple[float, str], ...] = ()
    y_ticks: tuple[tuple[float, str], ...] = ()
    at_risk: AtRisk | None = None
    footnotes: tuple[str, ...] = ()
    size: tuple[float, float] = (7.2, 4.2)
    axes: bool = True
    rules: tuple[str, ...] = ()
