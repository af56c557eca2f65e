"""Figures as SVG: the same bytes for the same figure, no date, no outside font, no script.

Texts stay texts (selectable, searchable, read aloud); they are measured with the font that comes
with matplotlib and shown in the first sans-serif font of `FONTS` that the reader's machine has,
all of which run narrower.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from io import BytesIO
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure as Canvas
from matplotlib.patches import Rectangle
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from trialwright.core.display import AtRisk, Figure
from trialwright.report.drawing import draw_marks, legend_entries
from trialwright.report.palette import INK, MUTED

FONTS = "'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', 'Noto Sans', sans-serif"
SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "trialwright",
    "font.family": ["DejaVu Sans"],
    "font.size": 8.0,
    "text.parse_math": False,
    "text.color": INK,
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "hatch.linewidth": 0.5,
    "hatch.color": INK,
    "path.simplify": False,
}
#: Inches that a character of the tick and legend texts takes, for spacing.
CHARACTER = 0.066


#: Height of the banner in inches.
STRIP = 0.22


def figure_svg(figure: Figure, *, banner: str = "", prefix: str = "") -> str:
    """Draw a figure as a stand-alone SVG document.

    Parameters
    ----------
    figure
        What to draw; links of its marks become `<a href="#...">`.
    banner
        Text drawn across the top, such as "Simulated data: scenario base, seed 7".
    prefix
        Start of every id in the document; figures that share a page need different ones. Without
        it, a digest of the figure.

    Returns
    -------
    str
        SVG text that starts with `<svg`; equal for equal input.
    """
    name = prefix or f"f{hashlib.sha256(repr((figure, banner)).encode()).hexdigest()[:10]}"
    with mpl.rc_context(_settings()), warnings.catch_warnings():
        # The bundled font measures; the reader's font draws, so a glyph it lacks is no loss.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        canvas = _draw(figure, banner)
        out = BytesIO()
        # Straight to the backend: `savefig` would draw everything twice.
        backend: Any = FigureCanvasSVG(canvas)
        backend.print_svg(out, metadata={"Date": None, "Creator": None})
    return _clean(out.getvalue(), figure, name)


def _settings() -> dict[Any, Any]:
    """All settings, so that nobody's own matplotlib configuration changes a figure."""
    own = {key: value for key, value in mpl.rcParamsDefault.items() if "backend" not in key}
    return own | STYLE


def _draw(figure: Figure, banner: str) -> Canvas:
    strip = STRIP / figure.size[1] if banner else 0.0
    canvas = Canvas(figsize=figure.size)
    canvas.set_layout_engine("constrained", w_pad=0.04, h_pad=0.05, rect=(0, 0, 1, 1 - strip))
    axes = canvas.add_subplot()
    draw_marks(axes, figure.marks)
    _set_axes(axes, figure)
    _add_legend(axes, figure)
    if figure.at_risk is not None:
        _add_at_risk(axes, figure.at_risk)
    if banner:
        _add_banner(canvas, banner, strip)
    return canvas


def _add_banner(canvas: Canvas, banner: str, strip: float) -> None:
    """Fill a strip across the top, `strip` of the height of the figure."""
    canvas.patches.append(
        Rectangle(
            (0, 1 - strip),
            1,
            strip,
            transform=canvas.transFigure,
            facecolor="#fdf1e3",
            edgecolor="#e2b48c",
            linewidth=0.8,
        )
    )
    canvas.text(
        0.012, 1 - strip / 2, banner, va="center_baseline", fontsize=7.5, fontweight="bold",
        color="#7a3208",
    )  # fmt: skip


def _set_axes(axes: Axes, figure: Figure) -> None:
    if figure.axes:
        _label_axes(axes, figure)
    else:
        axes.set_axis_off()
    # Limits come last: ticks outside them would widen the axes.
    if figure.x_range:
        axes.set_xlim(*figure.x_range)
    if figure.y_range:
        axes.set_ylim(*figure.y_range)


def _label_axes(axes: Axes, figure: Figure) -> None:
    axes.set_xlabel(figure.x_label, labelpad=5)
    axes.set_ylabel(figure.y_label, labelpad=5, rotation_mode="anchor")
    ticks = figure.x_ticks
    if not ticks and figure.at_risk is not None:
        ticks = tuple((time, f"{time:g}") for time in figure.at_risk.times)
    if ticks:
        _set_x_ticks(axes, figure, ticks)
    if figure.y_ticks:
        axes.set_yticks([at for at, _ in figure.y_ticks], [text for _, text in figure.y_ticks])
    kinds = {mark.kind for mark in figure.marks}
    if "hbar" in kinds:
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0, labelsize=7)
    if "bar" in kinds:
        axes.spines["bottom"].set_visible(False)
        axes.tick_params(axis="x", length=0)


def _set_x_ticks(axes: Axes, figure: Figure, ticks: tuple[tuple[float, str], ...]) -> None:
    """Write the tick texts upright where they fit, else turned, and none where even that fails."""
    room = 0.88 * figure.size[0] / len(ticks)
    longest = max(len(text) for _, text in ticks) * CHARACTER
    turned = longest > room
    size = min(8.0, room * 72 * 0.95) if turned else 8.0
    shown = [text if size >= 4.5 else "" for _, text in ticks]
    axes.set_xticks([at for at, _ in ticks], shown)
    axes.tick_params(axis="x", labelrotation=90 if turned else 0, labelsize=size)


def _add_legend(axes: Axes, figure: Figure) -> None:
    """Put the legend above the axes, in as many columns as fit."""
    entries = legend_entries(figure.marks)
    if not entries:
        return
    widest = max(len(name) for name, _ in entries) * CHARACTER + 0.5
    columns = max(1, min(len(entries), int(0.9 * figure.size[0] / widest)))
    axes.legend(
        [sample for _, sample in entries],
        [name for name, _ in entries],
        loc="lower left",
        bbox_to_anchor=(0.0, 1.01),
        ncols=columns,
        frameon=False,
        fontsize=7.5,
        handlelength=1.8,
        columnspacing=1.4,
        borderaxespad=0.2,
    )


def _add_at_risk(axes: Axes, at_risk: AtRisk) -> None:
    """Write the counts under the axis, each centred on its time."""
    dpi = axes.figure.dpi_scale_trans
    for i, (label, counts) in enumerate(zip(at_risk.labels, at_risk.counts, strict=True)):
        drop = ScaledTranslation(0, -(42 + 12 * i) / 72, dpi)
        across = blended_transform_factory(axes.transData, axes.transAxes) + drop
        shift = ScaledTranslation(-16 / 72, 0, dpi)
        axes.text(
            0, 0, label, transform=axes.transAxes + drop + shift, ha="right", va="center",
            fontsize=7.5, color=MUTED,
        )  # fmt: skip
        for time, count in zip(at_risk.times, counts, strict=True):
            axes.text(time, 0, str(count), transform=across, ha="center", va="center", fontsize=7.5)


def _clean(document: bytes, figure: Figure, name: str) -> str:
    """Take out what matplotlib adds, make the ids the figure's own and name it for all readers."""
    root = ET.fromstring(document)  # noqa: S314 - matplotlib wrote it
    for part in list(root.iter()):
        for child in list(part):
            if _local(child) in {"metadata", "style"}:
                part.remove(child)
    for defs in root.findall(f"{{{SVG}}}defs"):
        if not len(defs):
            root.remove(defs)
    _own_ids(root, name)
    for part in root.iter():
        part.tag = _local(part)
        _tidy(part)
    _describe(root, figure, name)
    return ET.tostring(root, encoding="unicode")


def _local(part: ET.Element) -> str:
    return part.tag.rpartition("}")[2]


def _own_ids(root: ET.Element, name: str) -> None:
    """Keep ids that something refers to, with the figure's prefix; drop the others."""
    text = ET.tostring(root, encoding="unicode")
    used = set(re.findall(r'(?:url\(#|href="#)([\w.-]+)', text))
    for part in root.iter():
        if "id" in part.attrib and part.attrib["id"] not in used:
            del part.attrib["id"]
        for key, value in part.attrib.items():
            if key == "id":
                part.attrib[key] = f"{name}-{value}"
            elif key.endswith("href") and _local(part) != "a":
                part.attrib[key] = f"#{name}-{value[1:]}"
            else:
                part.attrib[key] = value.replace("url(#", f"url(#{name}-")


def _tidy(part: ET.Element) -> None:
    """Plain links that stay on the page, and the reader's fonts instead of the measuring font."""
    part.attrib.pop("target", None)
    for key in [key for key in part.attrib if key.startswith(f"{{{XLINK}}}")]:
        value = part.attrib.pop(key)
        if key.endswith("href"):
            part.attrib["href"] = value
    style = part.attrib.get("style")
    if style and "font-family" in style:
        part.attrib["style"] = re.sub(r"font-family: [^;]*;?\s*", "", style)


def _describe(root: ET.Element, figure: Figure, name: str) -> None:
    root.attrib.update(
        {
            "xmlns": SVG,
            "role": "img",
            "aria-labelledby": f"{name}-title {name}-desc",
            "font-family": FONTS,
            "stroke-linejoin": "round",
        }
    )
    for place, (tag, text) in enumerate((("title", figure.title), ("desc", figure.alt))):
        note = ET.Element(tag, {"id": f"{name}-{tag}"})
        note.text = text
        root.insert(place, note)
