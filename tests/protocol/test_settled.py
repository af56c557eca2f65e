"""What the engines take, worked by hand; scan calendar of recist11.md R-080 and R-081."""

from __future__ import annotations

from datetime import date

import pytest

from trialwright.core.errors import ProtocolError
from trialwright.protocol.model import Protocol
from trialwright.protocol.options import OPTIONS
from trialwright.protocol.rules import (
    AnalysisRule,
    EndpointDefinition,
    ResponseRule,
    SafetyRule,
)
from trialwright.protocol.settle import accept_defaults, settle
from trialwright.protocol.settled import (
    Intervals,
    endpoint_origin,
    open_options,
    settled_analysis,
    settled_response,
    settled_safety,
)

OPEN = Protocol(id="p", title="A trial")
SETTLED = accept_defaults(OPEN, ())


def test_every_option_of_the_three_rules_has_a_proposed_default():
    fields = {
        f"{section}.{name}"
        for section, rule in (
            ("response", ResponseRule),
            ("analysis", AnalysisRule),
            ("safety", SafetyRule),
        )
        for name in rule.model_fields
    }
    without = {
        "analysis.data_cutoff", "analysis.rmst_months", "analysis.subgroups", "response.criteria",
        "safety.aesi_terms", "safety.dlt_criteria", "safety.dlt_window_days",
    }  # fmt: skip
    assert {option.path for option in OPTIONS} == fields - without


def test_defaults_give_plain_values_in_tenths_and_days():
    rule = settled_response(SETTLED)
    assert (rule.new_node_tenths, rule.ltp_margin_tenths) == (100, 100)
    assert (rule.confirm_days, rule.sd_min_days, rule.window_days) == (28, 42, 7)
    assert rule.due_days(168) == (56, 112, 168)
    assert rule.due_days(167) == (56, 112)


@pytest.mark.parametrize(
    ("weeks", "window", "minimum", "expected"),
    [(8, 7, "auto", 49), (6, 3, "auto", 39), ([[24, 6], [52, 9]], 7, "auto", 35), (8, 7, 56, 56)],
)
def test_sd_minimum_auto_is_the_first_interval_less_the_window(weeks, window, minimum, expected):
    """recist11.md R-063: auto = 7 x interval_weeks - window_days (8 weeks, +/-7: 49)."""
    values = {
        "response.interval_weeks": weeks,
        "response.window_days": window,
        "response.sd_min_days": minimum,
    }
    assert settled_response(settle(SETTLED, values)).sd_min_days == expected


def test_a_changing_interval_holds_from_its_week_on():
    """Every 6 weeks to week 24, then every 9 weeks, without end."""
    calendar = Intervals(steps=((168, 42), (364, 63)), window_days=7)
    assert calendar.due_days(420) == (42, 84, 126, 168, 231, 294, 357, 420)
    assert [calendar.after(day) for day in (0, 167, 168, 1000)] == [42, 42, 63, 63]


def test_lengths_with_one_decimal_are_whole_tenths():
    rule = settled_response(settle(SETTLED, {"response.new_node_mm": 10.7}))
    assert rule.new_node_tenths == 107


def test_an_open_rule_names_every_option_and_its_default():
    partly = settle(OPEN, {"safety.te_window_days": 30, "safety.missing_grade": "none"})
    with pytest.raises(ProtocolError) as caught:
        settled_safety(partly)
    said = str(caught.value)
    assert "9 options of the protocol still open" in said
    for words in (
        "safety.ctcae_version = 5.0",
        "safety.te_window_serious_days = 90",
        "safety.missing_relation = related",
        "safety.symptom_unknown = lower",
    ):
        assert words in said
    assert "te_window_days" not in said.replace("te_window_serious_days", "")
    assert "--accept-defaults" in caught.value.do


@pytest.mark.parametrize("take", [settled_response, settled_analysis, settled_safety])
def test_nothing_is_taken_from_an_open_protocol(take):
    with pytest.raises(ProtocolError):
        take(OPEN)


def test_open_options_of_one_section():
    assert [one.path for one in open_options(settle(SETTLED, {"analysis.lsta": None}))] == [
        "analysis.lsta"
    ]
    assert open_options(SETTLED, "response.") == ()


def test_cutoff_is_a_day_number_or_absent():
    """1970-01-31 is day 30 after 1970-01-01."""
    assert settled_analysis(SETTLED).data_cutoff is None
    dated = settle(SETTLED, {"analysis.data_cutoff": date(1970, 1, 31)})
    assert settled_analysis(dated).data_cutoff == 30


@pytest.mark.parametrize(("grade", "expected"), [(3, 3), ("none", 0)])
def test_missing_grade_none_is_zero(grade, expected):
    assert (
        settled_safety(settle(SETTLED, {"safety.missing_grade": grade})).missing_grade == expected
    )


def test_dlt_window_is_zero_without_one():
    assert settled_safety(SETTLED).dlt_window_days == 0
    assert settled_safety(settle(SETTLED, {"safety.dlt_window_days": 21})).dlt_window_days == 21


def endpoint(kind: str, origin: str | None) -> EndpointDefinition:
    return EndpointDefinition(id=kind, kind=kind, role="secondary", measure=kind, origin=origin)


@pytest.mark.parametrize(
    ("kind", "origin", "expected"),
    [
        ("PFS", "enrolment", "enrolment"),
        ("PFS", "first_procedure", "first_procedure"),
        ("PFS", None, "first_dose"),
        ("PFS_RATE", None, "first_dose"),
        ("TTP", None, "first_dose"),
        ("OS", None, "enrolment"),
        ("OS", "first_dose", "first_dose"),
        ("OS_RATE", None, "enrolment"),
    ],
)
def test_the_registered_origin_comes_before_the_rule(kind, origin, expected):
    rule = settle(SETTLED, {"analysis.pfs_origin": "first_dose", "analysis.os_origin": "enrolment"})
    assert endpoint_origin(rule, endpoint(kind, origin)) == expected


@pytest.mark.parametrize("origin", ["randomization", "first_treatment", "diagnosis"])
def test_an_origin_that_data_do_not_hold_is_refused(origin):
    with pytest.raises(ProtocolError, match=f'starts at "{origin}"') as caught:
        endpoint_origin(SETTLED, endpoint("OS", origin))
    assert caught.value.allowed == "enrolment, first_dose, first_procedure"
    assert "endpoints.OS.origin" in caught.value.where


def test_no_origin_anywhere_is_refused():
    with pytest.raises(ProtocolError, match="has no start"):
        endpoint_origin(OPEN, endpoint("PFS", None))


def _naming(*criteria: str) -> Protocol:
    """A protocol whose ORR names these criteria."""
    endpoint = EndpointDefinition(
        id="ORR", kind="ORR", role="primary", measure="ORR", criteria=criteria
    )
    return OPEN.model_copy(update={"endpoints": (endpoint,)})


@pytest.mark.parametrize(
    ("named", "derived", "asked"),
    [
        (("RECIST 1.1",), (), set()),
        (("iRECIST",), ("iRECIST",), {"response.icpd_window_days", "response.icpd_tolerance_days"}),
        (("RECIST 1.1", "mRECIST"), ("mRECIST",), {"response.mrecist_5mm"}),
        (("irRECIST",), (), set()),
        (("", " ", "\t"), (), set()),
    ],
)
def test_r085_r120_other_criteria_are_derived_and_asked_about_only_when_named(
    named, derived, asked
):
    protocol = _naming(*named)
    only_named = {option.path for option in OPTIONS if option.criterion is not None}
    assert {one.path for one in open_options(protocol)} & only_named == asked
    rule = settled_response(accept_defaults(protocol, ()))
    assert rule.criteria == derived
    assert rule.icpd_window_days == ((28, 56) if "iRECIST" in derived else (0, 0))


def test_the_response_rule_itself_can_name_another_criterion():
    asked = settle(OPEN, {"response.criteria": ["mRECIST"]})
    assert settled_response(accept_defaults(asked, ())).criteria == ("mRECIST",)
    with pytest.raises(ProtocolError, match="Choi"):
        settle(OPEN, {"response.criteria": ["Choi"]})


@pytest.mark.parametrize("window", [[56, 28], [28], [-1, 5], "28..56"])
def test_r086_a_window_is_two_rising_numbers_of_days(window):
    with pytest.raises(ProtocolError):
        settle(OPEN, {"response.icpd_window_days": window})
