"""Operating characteristics as a page: every table and figure, and nothing becomes markup."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from support.virtual_blocks import plan_of, random_block
from support.virtual_trials import protocol_of
from trialwright.operating.block import block_sums
from trialwright.operating.characteristics import read_characteristics
from trialwright.operating.plan import GridPlan
from trialwright.operating.results.spaghetti import SumCourse, spaghetti_figure
from trialwright.operating.totals import Totals
from trialwright.report.document import Assumption
from trialwright.report.operating_page import operating_page


@pytest.fixture(scope="module")
def page():
    plans = (plan_of(10, title="Base <b>"), plan_of(10, id="null", title="Null"))
    rows = {}
    for plan, rate in zip(plans, (0.3, 0.05), strict=True):
        sums = block_sums(plan, {"stated": random_block(30, 10, rate)})
        rows |= {f"{plan.id}|{name}": row for name, row in sums.items()}
    found = read_characteristics(GridPlan(scenarios=plans, seed=5), Totals(rows))
    course = SumCourse(days=(56, 112), change=(-0.2, -0.4), response="PR")
    protocol = protocol_of("000")
    return operating_page(
        found,
        protocol.model_copy(update={"title": "Trial <script>"}),
        {"base": [Assumption(path="scans.missed_share", value="0.04", source="assumption")]},
        {"base": [spaghetti_figure([course, replace(course, response="PD")], "base, seed 1")]},
    )


def test_the_page_has_every_chapter_and_escapes_all_text(page):
    titles = re.findall(r'<h2><span class="number">\d</span> ([^<]*)</h2>', page)
    assert titles == [
        "Over all scenarios", "Base &lt;b&gt; (base)", "Null (null)", "Assumptions of base",
    ]  # fmt: skip
    assert "<script" not in page
    assert "Simulated: 30 trials, seed 5" in page


def test_the_page_has_its_figures(page):
    shown = re.findall(r"Figure \d\.\d</span> ([^<]*?)</p>", page)
    words = " ".join(shown)
    for title in ("Operating characteristics", "True and assessed", "Subjects enrolled", "Sums of"):
        assert title in words
    assert len(shown) == len(re.findall("<svg", page))


def test_a_protocol_with_several_arms_is_told_that_arms_are_not_compared():
    plan = plan_of(4)
    rows = block_sums(plan, {"stated": random_block(5, 4, 0.3)})
    totals = Totals({f"{plan.id}|{name}": row for name, row in rows.items()})
    found = read_characteristics(GridPlan(scenarios=(plan,), seed=5), totals)
    single = protocol_of("000")
    design = single.design.model_copy(update={"allocation": "RANDOMIZED", "arms": 2})
    several = single.model_copy(update={"design": design})
    assert "arms are not compared" in operating_page(found, several, {}, {})
    assert "arms are not compared" not in operating_page(found, single, {}, {})
