"""A flow diagram: boxes in a column, those who leave it at the side."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from trialwright.core.display import Figure, Mark

#: Left and right edges of the column and of the side boxes, in units of the drawing.
COLUMN, SIDE = (0.0, 4.4), (5.4, 10.0)
#: Room inside a box above and below its lines together, and between steps, in lines.
PADDING, GAP = 1.0, 0.9
#: Height of a line in inches.
LINE_INCHES = 0.185


@dataclass(frozen=True, slots=True)
class Step:
    """Lines of one box of the column and of the box beside it, none for no such box."""

    lines: tuple[str, ...]
    aside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Box:
    edges: tuple[float, float]
    top: float
    bottom: float
    role: str
    lines: tuple[str, ...]

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


def flow_diagram(steps: tuple[Step, ...]) -> Figure:
    """Lay the steps out from top to bottom; y counts lines downwards.

    Returns
    -------
    Figure
        Without title and text for readers who cannot see: the caller knows what flows.
    """
    column: list[_Box] = []
    aside: list[_Box] = []
    top = 0.0
    for step in steps:
        height = max(len(step.lines), len(step.aside)) + PADDING
        middle = top + height / 2
        column.append(_box(COLUMN, middle, "step", step.lines))
        if step.aside:
            aside.append(_box(SIDE, middle, "aside", step.aside))
        top += height + GAP
    bottom = top - GAP
    return Figure(
        title="",
        alt="",
        marks=(_arrows(column, aside), _boxes((*column, *aside))),
        x_range=(COLUMN[0] - 0.1, SIDE[1] + 0.1),
        y_range=(bottom + 0.2, -0.2),
        size=(7.2, LINE_INCHES * (bottom + 0.4)),
        axes=False,
    )


def _box(edges: tuple[float, float], middle: float, role: str, lines: tuple[str, ...]) -> _Box:
    half = (len(lines) + PADDING) / 2
    return _Box(edges, middle - half, middle + half, role, lines)


def _boxes(boxes: tuple[_Box, ...]) -> Mark:
    return Mark(
        kind="box",
        x=tuple(box.edges[0] for box in boxes),
        x2=tuple(box.edges[1] for box in boxes),
        y=tuple(box.top for box in boxes),
        y2=tuple(box.bottom for box in boxes),
        roles=tuple(box.role for box in boxes),
        notes=tuple("\n".join(box.lines) for box in boxes),
    )


def _arrows(column: list[_Box], aside: list[_Box]) -> Mark:
    """Down from box to box, and across to each box at the side."""
    centre = sum(COLUMN) / 2
    down = [(centre, above.bottom, centre, below.top) for above, below in pairwise(column)]
    across = [(COLUMN[1], box.middle, SIDE[0], box.middle) for box in aside]
    ways = (*down, *across)
    return Mark(
        kind="arrow",
        x=tuple(way[0] for way in ways),
        y=tuple(way[1] for way in ways),
        x2=tuple(way[2] for way in ways),
        y2=tuple(way[3] for way in ways),
    )
