"""Grading as a whole: exactness against fractions, order, monotony, the terms as data."""

from __future__ import annotations

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.grades import grades, safety_rule
from trialwright.safety.exact import converted, on_one_scale, ratio_above, read_value, rounded
from trialwright.safety.grading import grade
from trialwright.vocabulary.ctcae import VERSIONS, parse_arms, terms
from trialwright.vocabulary.laboratory import ANALYTE_OF, ANALYTES, UNGRADED

DECIMALS = st.decimals(min_value=0, max_value=3000, places=2, allow_nan=False).map(str)
POSITIVE = st.decimals(min_value="0.01", max_value=900, places=2, allow_nan=False).map(str)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(DECIMALS, POSITIVE), min_size=1, max_size=20))
def test_multiples_are_exact(pairs):
    frame = pl.DataFrame(pairs, schema=["V", "R"], orient="row")
    found = ratio_above(frame["V"], frame["R"], "2.5").to_list()
    assert found == [Fraction(v) > Fraction("2.5") * Fraction(r) for v, r in pairs]


@pytest.mark.parametrize("value", ["1e-5", "123456789012.25", "0.1234567", "-3.5", "3"])
def test_long_decimals_take_the_slow_way_with_the_same_result(value):
    numbers, known, scale = on_one_scale(
        {"A": pl.Series([value, None]), "B": pl.Series(["2.5", "7"])}
    )
    assert Fraction(int(numbers["A"][0]), scale) == Fraction(value)
    assert Fraction(int(numbers["B"][1]), scale) == 7
    assert known["A"].tolist() == [True, False]


def test_numbers_wider_than_64_bits():
    huge = "9" * 30
    found = ratio_above(pl.Series([f"{huge}.1", huge]), pl.Series([huge, huge]), "1")
    assert found.to_list() == [True, False]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.50", ("", "12.5")), ("<0.10", ("<", "0.1")), ("\u2265 5", (">=", "5")),
        ("1e3", ("", "1000")), (".5", ("", "0.5")), ("1,5", None), ("12 mg", None), ("", None),
    ],
)  # fmt: skip
def test_results_are_read_as_they_stand(text, expected):
    assert read_value(text) == expected


def test_conversions():
    """37.7777... C keeps six decimals; halves are rounded away from zero."""
    assert converted("100", "5/9", "32") == "37.777778"
    assert converted("100.4", "5/9", "32") == "38"
    assert (rounded(Fraction(961, 2), 0), rounded(Fraction(-961, 2), 0)) == ("481", "-481")


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from([one for version in VERSIONS for one in terms(version) if one.arms]),
    st.lists(DECIMALS, min_size=2, max_size=12),
    POSITIVE,
    POSITIVE,
)
def test_a_worse_value_never_has_a_lower_grade(term, values, limit, base):
    """All else fixed; the gap of G-59 lies between patients, not between values of one."""
    ordered = sorted(values, key=Fraction, reverse=term.direction == "low")
    more = {"ULN": limit, "LLN": limit, "BASE": base, "BASEULN": limit, "BASELLN": limit}
    found = grades(term.analyte, term.direction, " ".join(ordered), term.version, **more)
    assert None not in found
    assert found == sorted(found)


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(12)))
def test_the_order_of_results_does_not_matter(order):
    codes = ["ALT", "NEUT", "K", "CREAT"]
    rows = pl.DataFrame(
        {
            "PARAMCD": [codes[at % 4] for at in range(12)],
            "VALUE": [str(37 * at % 29) for at in range(12)],
            "ULN": ["10"] * 12, "LLN": ["5"] * 12, "BASE": ["11"] * 12, "BASEULN": ["10"] * 12,
        }
    )  # fmt: skip
    expected = grade(rows, safety_rule())[order]
    assert grade(rows[order], safety_rule()).equals(expected)


def test_splitting_a_frame_changes_no_grade():
    rows = pl.DataFrame(
        {"PARAMCD": ["ALT"] * 4, "VALUE": ["1", "2.55", "300", None], "ULN": ["1"] * 4}
    )
    whole = grade(rows, safety_rule())
    parts = pl.concat([grade(rows[at : at + 1], safety_rule()) for at in range(4)])
    assert whole.equals(parts)


def test_no_rows_give_no_grades():
    empty = pl.DataFrame(schema={"PARAMCD": pl.String, "VALUE": pl.String})
    assert grade(empty, safety_rule()).height == 0


def test_every_analyte_of_a_term_has_a_unit_and_every_code_one_meaning():
    known = {one.analyte for one in terms("5.0")}
    assert known <= set(ANALYTES)
    assert set(ANALYTES) - known == {"CA"}
    codes = [(one.domain, code) for one in ANALYTES.values() for code in one.codes]
    assert len(codes) == len(set(codes)) == len(ANALYTE_OF)
    assert not set(codes) & UNGRADED
    for one in ANALYTES.values():
        assert all(Fraction(factor) > 0 for factor in one.factors.values())
        assert all(unit == unit.upper().replace(" ", "") for unit in one.factors)


def test_every_absent_term_says_why():
    for version in VERSIONS:
        for one in terms(version):
            assert bool(one.arms) != bool(one.absent), one


@pytest.mark.parametrize("text", ["1: 5 ULN", "1: >", "x: >5", "1: >5 ULN [drunk]", "1: >5 mg"])
def test_limits_of_another_form_are_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        parse_arms(text)
