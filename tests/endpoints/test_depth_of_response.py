"""Depth of response worked by hand (rule E-12) and drawn without losing a patient."""

from datetime import date, timedelta

import polars as pl
import pytest

from support.made_up_trial import adam_frame, made_up_trial, settled_protocol
from trialwright.core.display import patient_anchor
from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.depth_of_response import describe_depth_of_response
from trialwright.protocol.settle import settle

BASELINE = date(2024, 1, 1)
PROTOCOL = settled_protocol()


def _day(number):
    return BASELINE + timedelta(days=number)


def _patient(name, sums, *, best="SD", nact=None, pd=None, new="N", partial=()):
    """Rows of one patient; `sums` pairs days with complete sums, the first is the baseline."""
    key = {"USUBJID": name, "EVAL": "INVESTIGATOR"}
    base = sums[0][1] if sums else None
    adtr = [
        key | {"PARAMCD": "SUMDIAM", "AVISITN": k, "ADT": _day(day), "AVAL": value,
               "PCHG": 100 * (value - base) / base if k else None}
        for k, (day, value) in enumerate(sums)
    ]  # fmt: skip
    adtr += [
        key | {"PARAMCD": "SUMPART", "AVISITN": k, "ADT": _day(56 * k), "AVAL": 1.0}
        for k in partial
    ]
    visits = sorted(set(range(1, len(sums))) | set(partial))
    adrs = [
        key | {"PARAMCD": "OVR", "AVISITN": k, "ADT": _day(56 * k),
               "AVALC": "PD" if k == pd else "SD", "NEWLFL": new if k == pd else "N"}
        for k in visits
    ]  # fmt: skip
    adrs.append(key | {"PARAMCD": "CBOR", "AVALC": best})
    adsl = {"USUBJID": name, "SUBJID": name[-1], "ENRLFL": "Y", "SODBL": base,
            "NACTDT": None if nact is None else _day(nact)}  # fmt: skip
    return {"ADSL": [adsl], "ADTR": adtr, "ADRS": adrs}


def _adam(*patients):
    rows = {n: [r for p in patients for r in p[n]] for n in ("ADSL", "ADTR", "ADRS")}
    frames = {name: adam_frame(name, found) for name, found in rows.items()}
    return Adam(frames, pl.DataFrame(), pl.DataFrame())


def _best(result):
    return {s.subject: s.best.percent if s.best else s.missing for s in result.subjects}


GREW_BACK = _patient(
    "T-A", [(0, 100.0), (56, 80.0), (112, 60.0), (168, 75.0), (224, 50.0)], best="PR", pd=3
)
NEW_THERAPY = _patient("T-B", [(0, 50.0), (56, 45.0), (112, 32.5), (168, 20.0)], nact=112)
UNSEEN = _patient("T-C", [(0, 40.0)], best="NE")
PARTLY_SEEN = _patient("T-D", [(0, 40.0)], best="NE", partial=(1,))
NEW_LESION = _patient("T-E", [(0, 80.0), (56, 84.0)], best="PD", pd=1, new="Y")
EXPLODED = _patient("T-F", [(0, 20.0), (56, 60.0)], best="PD", pd=1)
STILL = _patient("T-G", [(0, 33.3), (56, 33.3)])


def test_the_lowest_complete_sum_up_to_progression_counts():
    """E-12: 100, 80, 60, 75 (PD), 50 mm: best -40 %; the -50 % after progression is out."""
    result = describe_depth_of_response(PROTOCOL, _adam(GREW_BACK))
    assert _best(result) == {"A": pytest.approx(-40.0)}
    assert [point.day for point in result.subjects[0].course] == [56, 112, 168]


@pytest.mark.parametrize(("same_day", "best"), [("include", -35.0), ("exclude", -10.0)])
def test_sums_after_new_therapy_do_not_count(same_day, best):
    """C-04b: 50, 45, 32.5 on the day new therapy starts (-35 %), then 20 (-60 %, never counted)."""
    protocol = settle(PROTOCOL, {"response.nact_same_day": same_day})
    assert _best(describe_depth_of_response(protocol, _adam(NEW_THERAPY))) == {
        "B": pytest.approx(best)
    }


def test_patients_without_a_value_are_named_with_the_reason():
    result = describe_depth_of_response(PROTOCOL, _adam(GREW_BACK, UNSEEN, PARTLY_SEEN))
    figure = result.waterfall()
    assert len(figure.x_ticks) == 1
    assert (
        "Without a value, not drawn: no scan after baseline: C; no complete sum after baseline: D."
        in figure.footnotes
    )


def test_bars_fall_from_left_to_right_in_the_colour_of_the_confirmed_response():
    result = describe_depth_of_response(PROTOCOL, _adam(GREW_BACK, NEW_LESION, EXPLODED, STILL))
    figure = result.waterfall()
    bars = next(mark for mark in figure.marks if mark.kind == "bar")
    assert bars.y == pytest.approx((100.0, 5.0, 0.0, -40.0))
    assert bars.roles == ("PD", "PD", "SD", "PR")
    assert bars.notes == ("+200", "", "", "")
    assert bars.links[0] == patient_anchor("T-F")
    assert "Change 0 %: G." in figure.footnotes


def test_a_progression_with_a_new_lesion_is_marked_on_its_bar():
    figure = describe_depth_of_response(PROTOCOL, _adam(GREW_BACK, NEW_LESION)).waterfall()
    plus = next(mark for mark in figure.marks if mark.role == "new_lesion")
    assert plus.x == (1.0,)
    assert plus.links == (patient_anchor("T-E"),)


def test_every_enrolled_patient_is_a_bar_or_named_below():
    adam = made_up_trial(20)
    result = describe_depth_of_response(PROTOCOL, adam)
    figure = result.waterfall()
    drawn = {text for _, text in figure.x_ticks}
    named = figure.footnotes[-1]
    enrolled = adam["ADSL"].filter(pl.col("ENRLFL") == "Y")["SUBJID"].to_list()
    assert drawn
    assert all((subject in drawn) != (subject in named) for subject in enrolled)


def test_the_spider_ends_where_the_course_ends():
    """Sums at days 56 and 112; progression at day 168 without a complete sum stays at the last."""
    unmeasured_end = _patient("T-H", [(0, 10.0), (56, 9.0), (112, 8.0)], pd=3, partial=(3,))
    figure = describe_depth_of_response(PROTOCOL, _adam(unmeasured_end)).spider()
    line = next(mark for mark in figure.marks if mark.kind == "line")
    end = next(mark for mark in figure.marks if mark.kind == "points")
    assert line.y == pytest.approx((0.0, -10.0, -20.0))
    assert line.x == pytest.approx((0.0, 56 / 30.4375, 112 / 30.4375))
    assert (end.role, end.x, end.y) == (
        "PD",
        pytest.approx((168 / 30.4375,)),
        pytest.approx((-20,)),
    )


def test_the_result_does_not_depend_on_the_order_of_rows():
    adam = made_up_trial(12)
    turned = Adam({n: f.reverse() for n, f in adam.datasets.items()}, adam.unused, adam.queries)
    assert describe_depth_of_response(PROTOCOL, turned) == describe_depth_of_response(
        PROTOCOL, adam
    )


def test_a_cohort_has_its_own_result():
    adam = made_up_trial(12)
    whole, part = (describe_depth_of_response(PROTOCOL, adam, s) for s in ("all", "gastric"))
    assert (whole.key, part.key) == ("DEPTH", "DEPTH.gastric")
    assert len(part.subjects) == 6
    assert "Gastric" in part.waterfall().title
    assert isinstance(part, Result)


def test_nobody_with_a_value_means_no_figure_but_a_table():
    result = describe_depth_of_response(PROTOCOL, _adam(UNSEEN))
    assert result.figures() == ()
    assert result.table().rows[0][-1] == "no scan after baseline"
