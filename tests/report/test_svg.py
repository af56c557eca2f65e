"""What every figure must be: well formed, deterministic, self-contained, labelled, linked."""

import re
import xml.etree.ElementTree as ET

import matplotlib as mpl
import pytest

from support.made_up_trial import made_up_trial, settled_protocol
from trialwright.core.display import AtRisk, Figure, Mark
from trialwright.endpoints.depth_of_response import describe_depth_of_response
from trialwright.endpoints.disposition import describe_disposition
from trialwright.endpoints.patient_course import describe_patient_course
from trialwright.report.palette import LOOKS, RESPONSE_NAMES
from trialwright.report.svg import figure_svg

BANNER = "Simulated data: scenario base, seed 7"
CURVE = Figure(
    title="Progression-free survival",
    alt="Kaplan-Meier curve",
    marks=(
        Mark(kind="band", x=(8.0, 10.0), y=(0.0, 0.0), y2=(1.0, 1.0), role="few_at_risk"),
        Mark(kind="band", x=(2.0, 5.0, 10.0), y=(0.7, 0.4, 0.2), y2=(1.0, 0.9, 0.7)),
        Mark(kind="step", x=(0.0, 2.0, 5.0, 10.0), y=(1.0, 0.9, 0.6, 0.5), label="All"),
        Mark(kind="points", x=(3.0,), y=(0.9,), role="censored", links=("patient-1",)),
        Mark(kind="rule_x", x=(6.0,), role="threshold"),
    ),
    x_label="Months",
    x_range=(0.0, 10.0),
    y_range=(0.0, 1.0),
    at_risk=AtRisk(times=(0.0, 4.0, 8.0), labels=("At risk",), counts=((317, 211, 109),)),
)


def _figures():
    protocol, adam = settled_protocol(), made_up_trial(20)
    results = (
        describe_depth_of_response(protocol, adam),
        describe_patient_course(protocol, adam),
        describe_disposition(protocol, adam),
    )
    return [CURVE, *(figure for result in results for figure in result.figures())]


FIGURES = _figures()


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.title)
def test_a_figure_is_well_formed_and_self_contained(figure):
    svg = figure_svg(figure, banner=BANNER)
    root = ET.fromstring(svg)  # noqa: S314
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.get("role") == "img"
    assert "http" not in svg.replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"<(script|style|metadata|image)\b", svg)
    assert "DejaVu" not in svg


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.title)
def test_a_figure_says_its_title_its_alternative_text_and_its_banner(figure):
    root = ET.fromstring(figure_svg(figure, banner=BANNER))  # noqa: S314
    texts = ["".join(part.itertext()) for part in root.iter()]
    assert figure.title in texts
    assert figure.alt in texts
    assert BANNER in texts


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.title)
def test_the_same_figure_has_the_same_bytes_whatever_the_settings(figure):
    first = figure_svg(figure, banner=BANNER)
    with mpl.rc_context({"font.size": 20, "svg.hashsalt": "other", "axes.grid": True}):
        assert figure_svg(figure, banner=BANNER) == first


def test_ids_of_figures_on_one_page_differ_and_every_reference_has_its_target():
    pages = [figure_svg(figure, prefix=f"f{i}") for i, figure in enumerate([*FIGURES, CURVE])]
    ids = [name for page in pages for name in re.findall(r'\bid="([^"]+)"', page)]
    used = {u for p in pages for u in re.findall(r'(?:url\(#|<use[^>]* href="#)([\w.-]+)', p)}
    assert len(ids) == len(set(ids))
    assert used
    assert used <= set(ids)


def test_links_lead_to_the_patient():
    assert '<a href="#patient-1">' in figure_svg(CURVE)


def test_counts_at_risk_stand_below_their_times():
    """The middle of each count has the x of the tick of its time."""
    root = ET.fromstring(figure_svg(CURVE))  # noqa: S314
    texts = [p for p in root.iter("{http://www.w3.org/2000/svg}text") if p.text]
    at = {p.text: (float(p.get("x")), float(p.get("y"))) for p in texts if p.get("x")}
    for tick, count in (("0", "317"), ("4", "211"), ("8", "109")):
        assert at[count][0] == pytest.approx(at[tick][0], abs=0.05)
        assert at[count][1] > at[tick][1]


def test_markup_and_mathematics_in_texts_stay_text():
    figure = Figure(
        title="<b>&", alt='"<i>', marks=(Mark(kind="line", x=(0, 1), y=(0, 1), label="$a_b <u>"),)
    )
    svg = figure_svg(figure)
    assert not re.search(r"<[biu]>", svg)
    assert "$a_b &lt;u&gt;" in svg


def test_a_glyph_that_the_measuring_font_lacks_is_no_warning():
    svg = figure_svg(
        Figure(title="结", alt="", marks=(Mark(kind="line", x=(0, 1), y=(0, 1), label="肝转移"),))
    )
    assert "肝转移" in svg


def test_ticks_outside_the_range_do_not_widen_the_axes():
    def svg(ticks):
        return figure_svg(
            Figure(
                title="t", alt="", y_range=(0.0, 1.0), y_ticks=ticks,
                marks=(Mark(kind="line", x=(0, 1), y=(0, 1)),),
            ),
            prefix="f",
        )  # fmt: skip

    inside = ((0.0, "0"), (1.0, "1"))
    path = r'<path d="[^"]*" clip-path[^>]*stroke-width: 1.1'
    assert re.findall(path, svg(inside)) == re.findall(path, svg((*inside, (9.0, "9"))))


def test_responses_differ_in_lightness_or_hatch_so_that_black_and_white_print_reads():
    """Every two categories have another hatch, or luminance at least 0.25 apart."""

    def luminance(colour):
        red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    looks = [LOOKS[role] for role in RESPONSE_NAMES]
    for i, one in enumerate(looks):
        for other in looks[i + 1 :]:
            apart = abs(luminance(one.fill) - luminance(other.fill)) > 0.25
            assert apart or one.hatch != other.hatch
