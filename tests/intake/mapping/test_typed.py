"""Dates and numbers as people type them: one reading or none."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.intake.mapping.words import fits
from trialwright.intake.typed import Typed, typed_date, typed_number
from trialwright.intake.workbook.lesion_cells import Subject, decode

QUIET = settings(max_examples=30, deadline=None)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2025-03-04", "2025-03-04"),
        ("2025/3/4", "2025-03-04"),
        ("2025.3.4", "2025-03-04"),
        ("2025年3月4日", "2025-03-04"),
        ("２０２５年３月４日", "2025-03-04"),
        ("２０２５／３／４", "2025-03-04"),
        ("2025年3月", "2025-03"),
        ("\u30002025-03-04\xa0", "2025-03-04"),
        ("2025-03-04\u200b", "2025-03-04"),
        ("2025–03–04", "2025-03-04"),
        ("4 Mar 2025", "2025-03-04"),
        ("04-MAR-2025", "2025-03-04"),
        ("4Mar2025", "2025-03-04"),
        ("Mar 4, 2025", "2025-03-04"),
        ("May 2025", "2025-05"),
        ("05/2025", "2025-05"),
        ("2025", "2025"),
        ("25/03/2025", "2025-03-25"),
        ("3/25/2025", "2025-03-25"),
        ("5/5/2025", "2025-05-05"),
        ("UN/05/2025", "2025-05"),
        ("UN-MAR-2025", "2025-03"),
        ("UN/UN/2025", "2025"),
        ("2025-03-UN", "2025-03"),
        ("2025-03-04T10:30", "2025-03-04"),
        ("4 Mar 2025 0:00", "2025-03-04"),
        ("29.2.2024", "2024-02-29"),
    ],
)
def test_a_date_with_one_reading_is_read(text, read):
    assert typed_date(text) == Typed(read, read != text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("1.5.25", "a year of two digits"),
        ("Mar-25", "a year of two digits"),
        ("45000", "a day number of a spreadsheet"),
        ("03/04/2025", "day and month could be exchanged"),
        ("2025-UN-05", "a day without its month"),
        ("2025-02-30", "not a date of the calendar"),
        ("29.2.2025", "not a date of the calendar"),
        ("2025-01-00", "not a date of the calendar"),
        ("0/5/2025", "not a date of the calendar"),
        ("1825-01-01", "not a year from 1900 to 2099"),
        ("2025-03-", "not a date that can be read"),
        ("2025-03-04T25:00", "not a date that can be read"),
        ("2025-03T10:00", "not a date that can be read"),
        ("٢٠٢٥-03-04", "not a date that can be read"),
        ("20250304", "not a date that can be read"),
        ("2025-3²-04", "not a date that can be read"),
        ("Maerz 2025", "not a date that can be read"),
        ("", "not a date that can be read"),
    ],
)
def test_any_other_date_is_refused_with_the_reason(text, why):
    found = typed_date(text)
    assert isinstance(found, str)
    assert found.startswith(why)


def test_the_order_of_day_and_month_decides_only_what_it_was_asked_for():
    assert typed_date("03/04/2025", "DMY") == Typed("2025-04-03", changed=True)
    assert typed_date("03/04/2025", "MDY") == Typed("2025-03-04", changed=True)
    assert typed_date("03/25/2025", "DMY") == "not a date of the calendar"
    assert typed_date("2025-03-04", "MDY") == Typed("2025-03-04", changed=False)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("12.5", "12.5"), ("１２．５", "12.5"), ("\u30005\xa0", "5"), ("-3", "-3"), ("−3", "-3"),
        ("+5", "5"), (".5", "0.5"), ("-0", "0"), ("12.50", "12.50"), ("1.234", "1.234"),
    ],
)  # fmt: skip
def test_a_number_with_one_reading_is_read(text, read):
    assert typed_number(text) == Typed(read, read != text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12,5", "a comma in a number"),
        ("1,234", "a comma in a number"),
        ("1,234.5", "signs between thousands"),
        ("1 234", "signs between thousands"),
        ("12.5 mm", "a number with something behind it"),
        ("12²", "a number with something behind it"),
        ("½", "not a number"),
        ("<5", "a limit and not a number"),
        (">10", "a limit and not a number"),
        ("5.", "not a number"),
        ("1e3", "not a number"),
        ("NaN", "not a number"),
        ("inf", "not a number"),
        ("", "not a number"),
    ],
)
def test_any_other_number_is_refused_with_the_reason(text, why):
    found = typed_number(text)
    assert isinstance(found, str)
    assert found.startswith(why)


def test_where_commas_are_decimal_signs_a_point_may_part_thousands():
    assert typed_number("12,5", comma=True) == Typed("12.5", changed=True)
    assert typed_number("1,234", comma=True) == Typed("1.234", changed=True)
    assert isinstance(typed_number("1.234", comma=True), str)
    assert typed_number("12.5", comma=True) == Typed("12.5", changed=False)
    assert typed_number("0.125", comma=True) == Typed("0.125", changed=False)


def test_a_superscript_in_a_cell_of_the_workbook_is_no_digit():
    assert decode("12²", Subject("TARGET", "LIVER")) is None
    assert decode("１２", Subject("TARGET", "LIVER"))["TRORRES"] == "12"


_SIGNS = st.text("0123456789０９²½年月日.,/-–−+<> \u3000\xa0TmayMARuneX?:'", max_size=16)


@QUIET
@given(st.one_of(_SIGNS, st.text(max_size=12)), st.sampled_from([None, "DMY", "MDY"]))
def test_whatever_is_typed_a_date_is_iso_or_refused(text, order):
    found = typed_date(text, order)
    if isinstance(found, Typed):
        assert re.fullmatch(r"(19|20)[0-9]{2}(-[0-9]{2}(-[0-9]{2})?)?", found.text)
        date.fromisoformat(f"{found.text}-01-01"[:10])
    else:
        assert found


@QUIET
@given(st.one_of(_SIGNS, st.text(max_size=12)), st.booleans())
def test_whatever_is_typed_a_number_is_plain_or_refused(text, comma):
    found = typed_number(text, comma=comma)
    if isinstance(found, Typed):
        assert re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", found.text)
    else:
        assert found


@QUIET
@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)))
def test_a_date_without_order_is_that_of_every_order_or_refused(day):
    for text in (f"{day.day}/{day.month}/{day.year}", f"{day.month:02}-{day.day:02}-{day.year}"):
        alone, both = typed_date(text), {typed_date(text, "DMY"), typed_date(text, "MDY")}
        readings = {one for one in both if isinstance(one, Typed)}
        assert alone in readings if len(readings) == 1 else isinstance(alone, str)


@pytest.mark.parametrize(
    ("asked", "text", "fit"),
    [
        ("*lymph node*", "Hilar  LYMPH NODE, left", True), ("week *", "WEEK 8", True),
        ("a*a", "a", False), ("a*a", "aa", True), ("*", "", True), ("a*b*c", "a1b2c", True),
        ("a*b*c", "acb", False), ("ab*b", "ab", False), ("a*bc*c", "abc", False),
        ("a.c", "abc", False), ("*a" * 40 + "*b", "a" * 5000, False),
    ],
)  # fmt: skip
def test_an_asterisk_stands_for_any_text_however_many_there_are(asked, text, fit):
    assert fits(asked, text) is fit
