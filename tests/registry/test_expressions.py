"""Dose, route, frequency, days and times read from text; every value worked out by hand."""

from __future__ import annotations

import pytest

from trialwright.registry.expressions import times_in_months
from trialwright.registry.kinds import kind_of
from trialwright.registry.regimen.parsing import expressions
from trialwright.registry.view import FULL_WIDTH, Span, normalised, sentence_around


def _values(text, field):
    low = normalised(text)
    return [one.value for one in expressions(low, 0, len(low)) if one.field == field]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("200mg, iv", 200, "mg"), ("3 mg/kg", 3, "mg/kg"), ("1,000 mg/m2", 1000, "mg/m2"),
        ("85 mg/m^2", 85, "mg/m2"), ("2.5 g", 2.5, "g"), ("60 Gy", 60, "Gy"), ("5 µg", 5, "mcg"),
        ("1 x 10^6 cells/kg", 1e6, "cells/kg"), ("2×10^8 CAR-T cells", 2e8, "cells"),
        ("20 mg/day", 20, "mg/day"),
    ],
)  # fmt: skip
def test_doses(text, value, unit):
    assert _values(text, "dose") == [[{"value": value, "unit": unit}]]


@pytest.mark.parametrize(
    "text",
    ["phase 2 mg", "ALT of 5 mg/dL", "30 patients", "NCT01234567", "1.1.1 mg", "0 mg", "AUC 5"],
)
def test_numbers_that_are_no_dose(text):
    assert all(levels[0]["value"] == 2 for levels in _values(text, "dose"))


@pytest.mark.parametrize(
    ("text", "code", "days"),
    [
        ("once every two weeks", "Q2W", 14), ("q3w", "Q3W", 21), ("every 28 days", "Q4W", 28),
        ("every 10 days", "Q10D", 10), ("weekly", "QW", 7), ("every other week", "Q2W", 14),
        ("biweekly", "Q2W", 14), ("twice daily", "BID", None), ("once daily", "QD", 1), ("qd", "QD", 1),
        ("three-weekly", "Q3W", 21), ("twice a week", "BIW", None), ("every 3-week", "Q3W", 21),
    ],
)  # fmt: skip
def test_frequencies(text, code, days):
    assert (code, days) in _values(text, "frequency")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("from the first day to the 21th day", list(range(1, 22))), ("days 1-14", list(range(1, 15))),
        ("d1-5", [1, 2, 3, 4, 5]), ("on days 1, 8 and 15", [1, 8, 15]), ("on day 1", [1]),
        ("day 1 to day 3", [1, 2, 3]),
    ],
)  # fmt: skip
def test_days_in_cycle(text, days):
    assert _values(text, "days_in_cycle")[0] == days


@pytest.mark.parametrize("text", ["1 to 21 patients", "28-day cycle", "day 1 to 90", "grade 1-3"])
def test_numbers_that_are_no_dosing_days(text):
    assert _values(text, "days_in_cycle") == []


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("of a 21-day cycle", 21), ("each cycle is 28 days", 28), ("cycles of 3 weeks", 21),
        ("every cycle lasts 4 weeks", 28), ("cycle length: 21 days", 21), ("cycles repeat every 14 days", 14),
    ],
)  # fmt: skip
def test_cycle_length(text, length):
    assert _values(text, "cycle_length_days") == [length]


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("12 weeks", 2.7598), ("30 days", 0.9856), ("2 years", 24.0), ("6-12 months", 12.0),
        ("week 13", 2.9897), ("one year", 12.0), ("18.5 months", 18.5), ("28 days", 0.9199),
        ("24 hours", 0.0329),
    ],
)  # fmt: skip
def test_times_in_months(text, months):
    """Days / 30.4375, weeks x 7 / 30.4375, years x 12 (endpoints.md D-01), four decimals."""
    assert [value for value, _ in times_in_months(text, Span(0, len(text)))] == [months]


@pytest.mark.parametrize(
    ("measure", "description", "kind"),
    [
        ("Objective Response Rate", "", "ORR"), ("Disease control rate (DCR)", "", "DCR"),
        ("12-month progression-free survival (PFS)", "", "PFS_RATE"), ("PFS", "", "PFS"),
        ("2-year OS rate", "", "OS_RATE"), ("Overal survival", "", "OS"),
        ("Progression-free survival at 6 months", "", "PFS_RATE"),
        ("Duration of response", "", "DOR"), ("Dose-limiting toxicities", "", "DLT"),
        ("Adverse Events and Serious Adverse Events", "", "AE"),
        ("Number of serious adverse events", "", "SAE"),
        ("Pathological complete response rate", "", "PCR"), ("Complete response rate", "", "CR_RATE"),
        ("Efficacy", "proportion with objective response", "ORR"), ("Cmax", "", "PK"),
        ("Something else", "", "OTHER"), ("Time to progression", "", "TTP"),
        ("Disease-free survival", "", "DFS"), ("Clinical benefit rate", "", "CBR"),
    ],
)  # fmt: skip
def test_kinds(measure, description, kind):
    assert kind_of(measure.lower(), description.lower()) == kind


def test_the_normalised_copy_keeps_every_offset():
    text = "\ufeffＡ（CR）、İß “x”\t\u00a0–"
    low = normalised(text)
    assert len(low) == len(text)
    assert low == ' a(cr),İß "x"  -'.replace("İ", low[7])
    assert [m.group() for m in FULL_WIDTH.finditer(text)] == ["（", "）", "、"]


def test_a_sentence_ends_at_a_full_stop_before_a_space_or_a_capital():
    text = "One. Dose is 2.5 mg.Then more, e.g. this"
    at = text.index("Dose")
    found = sentence_around(text, Span(at, at + 4), Span(0, len(text)))
    assert found.of(text) == "Dose is 2.5 mg."
