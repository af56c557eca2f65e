"""Marks drawn on matplotlib axes, one function for each kind of mark."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from trialwright.core.display import Mark
from trialwright.report.palette import (
    AREAS,
    CURVES,
    INK,
    LINE_COLOURS,
    LINE_DASHES,
    MUTED,
    PAPER,
    RESPONSE_NAMES,
    RESPONSES,
    look,
)

Drawer: TypeAlias = Callable[[Axes, Mark, int], None]

#: A line through more points than this is a curve: its points are not marked.
_MANY_POINTS = 60


def draw_marks(axes: Axes, marks: tuple[Mark, ...]) -> None:
    """Draw every mark; curves without a role of their own take the colours in turn."""
    for mark, turn in zip(marks, _turns(marks), strict=True):
        DRAWERS[mark.kind](axes, mark, turn)


def _turns(marks: tuple[Mark, ...]) -> list[int]:
    """Number of the curve that each mark belongs to.

    A band opens the curve that follows it; symbols go with the curve before them. Lines with a
    look of their own count for nothing.
    """
    turns, count, opened = [], -1, False
    for mark in marks:
        if mark.role in LINE_COLOURS or mark.role in AREAS:
            turns.append(max(count, 0))
            continue
        if mark.kind in {"line", "step", "band"} and not opened:
            count += 1
        opened = mark.kind == "band"
        turns.append(max(count, 0))
    return turns


def _url(link: str) -> str | None:
    return f"#{link.lstrip('#')}" if link else None


def _role(mark: Mark, item: int) -> str:
    return mark.roles[item] if mark.roles else mark.role


def _link(mark: Mark, item: int) -> str | None:
    return _url(mark.links[item]) if mark.links else None


def _colour(mark: Mark, turn: int) -> tuple[str, Any]:
    """Colour and dashes of a line."""
    if mark.role in LINE_COLOURS:
        return LINE_COLOURS[mark.role], LINE_DASHES.get(mark.role, "-")
    return CURVES[turn % len(CURVES)]


def _line(axes: Axes, mark: Mark, turn: int) -> None:
    colour, dash = _colour(mark, turn)
    many = len(mark.x) > _MANY_POINTS
    (line,) = axes.plot(
        mark.x, mark.y, color=colour, linestyle=dash, linewidth=1.6 if many else 1.1,
        marker="" if many else "o", markersize=2.2,
    )  # fmt: skip
    line.set_url(_link(mark, 0))


def _step(axes: Axes, mark: Mark, turn: int) -> None:
    colour, dash = _colour(mark, turn)
    axes.step(
        mark.x, mark.y, where="post", color=colour, linestyle=dash, linewidth=1.6, clip_on=False
    )


def _band(axes: Axes, mark: Mark, turn: int) -> None:
    plain = mark.role in AREAS
    axes.fill_between(
        mark.x,
        mark.y,
        mark.y2,
        step="post",
        color=look(mark.role).fill if plain else _colour(mark, turn)[0],
        alpha=1.0 if plain else 0.15,
        linewidth=0,
        zorder=0.5 if plain else 1,
    )


def _bar(axes: Axes, mark: Mark, turn: int) -> None:  # noqa: ARG001
    for i, (x, y) in enumerate(zip(mark.x, mark.y, strict=True)):
        shown = look(_role(mark, i))
        bar = Rectangle(
            (x - 0.4, 0),
            0.8,
            y,
            facecolor=shown.fill,
            edgecolor=shown.edge,
            hatch=shown.hatch,
            linewidth=0.6,
        )
        bar.set_url(_link(mark, i))
        axes.add_patch(bar)
        note = mark.notes[i] if mark.notes else ""
        if note:
            up = y >= 0
            axes.annotate(
                note,
                (x, y),
                xytext=(0, 3 if up else -3),
                textcoords="offset points",
                ha="center",
                va="bottom" if up else "top",
                fontsize=6.5,
                rotation=90 if len(mark.x) > 16 else 0,
                color=INK,
            )


def _hbar(axes: Axes, mark: Mark, turn: int) -> None:  # noqa: ARG001
    for i, (start, end, y) in enumerate(zip(mark.x, mark.x2, mark.y, strict=True)):
        shown = look(_role(mark, i))
        bar = Rectangle(
            (start, y - shown.thickness / 2),
            end - start,
            shown.thickness,
            facecolor=shown.fill,
            edgecolor=shown.edge,
            hatch=shown.hatch,
            linewidth=0.5,
        )
        bar.set_url(_link(mark, i))
        axes.add_patch(bar)


def _points(axes: Axes, mark: Mark, turn: int) -> None:
    by_role: dict[str, list[int]] = {}
    for i in range(len(mark.x)):
        by_role.setdefault(_role(mark, i), []).append(i)
    for role, items in by_role.items():
        shown = look(role)
        censored = role == "censored"
        colour = _colour(mark, turn)[0] if censored else shown.fill
        unfilled = shown.symbol == "|" or mark.symbol in {"|", "+", "x"}
        edge: dict[str, Any] = (
            {} if unfilled else {"edgecolors": PAPER if shown.edge == INK else shown.edge}
        )
        dots = axes.scatter(
            [mark.x[i] for i in items],
            [mark.y[i] for i in items],
            s=shown.area,
            marker=mark.symbol or shown.symbol,
            facecolors=colour,
            linewidths=1.0 if unfilled or shown.edge != INK else 0.4,
            zorder=3,
            clip_on=False,
            **edge,
        )
        # One more than needed: a single symbol would be drawn the quick way that forgets links.
        dots.set_urls([*(_link(mark, i) for i in items), None])


def _interval(axes: Axes, mark: Mark, turn: int) -> None:  # noqa: ARG001
    for x, y, x2, y2 in zip(mark.x, mark.y, mark.x2, mark.y2, strict=True):
        axes.plot((x, x2), (y, y2), color=INK, linewidth=0.9, zorder=2)


def _rule_x(axes: Axes, mark: Mark, turn: int) -> None:  # noqa: ARG001
    shown = look(mark.role)
    for x in mark.x:
        axes.axvline(x, color=shown.edge, linestyle=shown.dash, linewidth=shown.width, zorder=0.9)


def _rule_y(axes: Axes, mark: Mark, turn: int) -> None:  # noqa: ARG001
    shown = look(mark.role)
    for y in mark.y:
        axes.axhline(y, color=shown.edge, linestyle=shown.dash, linewidth=shown.width, zorder=0.9)


def _box(axes: Axes, mark: Mark, turn: int) -> None:  # noqa: ARG001
    edges = zip(mark.x, mark.y, mark.x2, mark.y2, strict=True)
    for i, (left, top, right, bottom) in enumerate(edges):
        shown = look(_role(mark, i))
        axes.add_patch(
            Rectangle(
                (left, top),
                right - left,
                bottom - top,
                facecolor=shown.fill,
                edgecolor=shown.edge,
                linewidth=0.8,
            )
        )
        lines = mark.notes[i].split("\n")
        pitch = (bottom - top) / (len(lines) + 1)
        for j, line in enumerate(lines):
            axes.text(
                left + 0.02 * (right - left) + 0.08,
                top + (j + 1) * pitch,
                line,
                ha="left",
                va="center",
                fontweight="bold" if j == 0 else "normal",
                color=INK,
            )


def _arrow(axes: Axes, mark: Mark, turn: int) -> None:  # noqa: ARG001
    for x, y, x2, y2 in zip(mark.x, mark.y, mark.x2, mark.y2, strict=True):
        axes.annotate(
            "",
            (x2, y2),
            xytext=(x, y),
            arrowprops={
                "arrowstyle": "-|>", "color": MUTED, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0,
                "mutation_scale": 8,
            },
        )  # fmt: skip


DRAWERS: Mapping[str, Drawer] = {
    "line": _line,
    "step": _step,
    "band": _band,
    "bar": _bar,
    "hbar": _hbar,
    "points": _points,
    "interval": _interval,
    "rule_x": _rule_x,
    "rule_y": _rule_y,
    "box": _box,
    "arrow": _arrow,
}


def legend_entries(marks: tuple[Mark, ...]) -> list[tuple[str, Any]]:
    """Names and samples for the legend: responses best first, then the labels of the marks."""
    kinds: dict[str, str] = {}
    for mark in marks:
        for role in mark.roles or (mark.role,):
            if not mark.label and role in RESPONSES:
                kinds.setdefault(role, mark.kind)
    found = {
        RESPONSE_NAMES[role]: _sample(role, kinds[role]) for role in RESPONSES if role in kinds
    }
    for mark, turn in zip(marks, _turns(marks), strict=True):
        if mark.label and mark.label not in found:
            found[mark.label] = _series_sample(mark, turn)
    return list(found.items())


def _sample(role: str, kind: str) -> Any:
    if kind in {"line", "step"}:
        return Line2D(
            [], [], color=LINE_COLOURS[role], linestyle=LINE_DASHES.get(role, "-"), linewidth=1.4
        )
    shown = look(role)
    return Patch(facecolor=shown.fill, edgecolor=shown.edge, hatch=shown.hatch, linewidth=0.6)


def _series_sample(mark: Mark, turn: int) -> Any:
    colour, dash = _colour(mark, turn)
    shown = look(mark.role)
    if mark.kind == "points":
        fill = colour if mark.role == "censored" else shown.fill
        edge = fill if mark.role == "censored" or shown.edge == INK else shown.edge
        return Line2D(
            [], [], linestyle="", marker=mark.symbol or shown.symbol, markersize=6,
            markerfacecolor=fill, markeredgecolor=edge,
        )  # fmt: skip
    if mark.kind in {"line", "step"}:
        return Line2D([], [], color=colour, linestyle=dash, linewidth=1.6)
    if mark.kind in {"rule_x", "rule_y"}:
        return Line2D([], [], color=shown.edge, linestyle=shown.dash, linewidth=shown.width)
    if mark.kind == "band" and mark.role not in AREAS:
        return Patch(facecolor=colour, alpha=0.18, linewidth=0)
    return Patch(facecolor=shown.fill, edgecolor=shown.edge, hatch=shown.hatch, linewidth=0.5)
