"""Where the outcome fields end in a layout without names; every expectation is read by hand."""

from __future__ import annotations

import math
from time import perf_counter

import pytest

from trialwright.registry.outcomes import outcome_blocks
from trialwright.registry.view import Span


def lines_of(text: str) -> list[Span]:
    lines, start = [], 0
    for line in text.split("\n"):
        lines.append(Span(start, start + len(line)))
        start += len(line) + 1
    return lines


def fields(text: str) -> tuple[str, str, str]:
    lines = lines_of(text)
    primary, secondary = outcome_blocks(text, lines)
    parts = (lines[:primary], lines[primary:secondary], lines[secondary:])
    first, second, third = ("\n".join(line.of(text) for line in part).strip() for part in parts)
    return first, second, third


@pytest.mark.parametrize(
    ("primary", "secondary", "description"),
    [
        pytest.param("ORR, 6 months", "OS, 2 years|PFS, 1 year", "A trial.", id="three lines"),
        pytest.param("ORR, 6 months", "OS, 2 years", "", id="no description"),
        pytest.param("ORR, 6 months", "", "A trial.\n\nIt is open.", id="no secondary outcomes"),
        pytest.param("", "", "A trial.\n\nIt is open.", id="no outcomes"),
        pytest.param("ORR, Read by\n\ntwo readers., 6 months", "OS, 2 years", "A.", id="paragraph"),
        pytest.param("DLT, Any of:\n\n* fever, for 3 days\n* rash\n\nin all., 28 days", "OS, 2 years", "A.", id="items"),
        pytest.param("ORR, 6 months", "Pain, Score:\n\n1. none\n2. mild, Day 8\n3. severe, Day 1, Day 8", "A.", id="numbered"),
        pytest.param("ORR, Visits 1, 2", "OS, Last visit", "A trial.", id="no time is one"),
        pytest.param("Safety", "Efficacy", "A trial of two parts.", id="measures only"),
        pytest.param("ORR, 6 months", "OS, 2 years", "1. Dose, on day 1\n2. Dose, on day 8", id="description of items"),
        pytest.param("PFS, Scans at week 8, week 16\n\nand later., 1 year|OS, 2 years", "DCR, 1 year", "A.", id="a time within"),
        pytest.param("ORR, 6 months", "OS, Death\n\nwithin 30 days\n\nor later, 2 years|PFS, 1 year", "A.", id="bar below"),
        pytest.param("ORR, 6 months", "OS, 2 years", "Given for 6 weeks, daily for 5 days\n\nThen surgery.", id="times in the description"),
    ],
)  # fmt: skip
def test_fields_end_where_a_reader_ends_them(primary, secondary, description):
    text = "\n".join((primary, secondary, description))
    assert fields(text) == (primary, secondary, description)
    assert fields(f"{text}\n") == (primary, secondary, description)


def test_a_bar_below_a_line_end_keeps_the_field_open():
    secondary = "OS, seen at each visit, 2 years\nor death|PFS, 1 year"
    assert fields(f"ORR, 6 months\n{secondary}\nA trial.") == (
        "ORR, 6 months",
        secondary,
        "A trial.",
    )


def test_an_empty_line_before_the_description_belongs_to_no_field():
    assert fields("ORR, 6 months\nOS, 2 years\n\nA trial.") == (
        "ORR, 6 months",
        "OS, 2 years",
        "A trial.",
    )


@pytest.mark.parametrize(
    "text", ["", "\n", "ORR", "\nOS, 1 year", "|", "|\n|\n|", "\n\n\nA, 1 day"]
)
def test_any_text_has_two_ends_in_order(text):
    lines = lines_of(text)
    primary, secondary = outcome_blocks(text, lines)
    assert 0 <= primary <= secondary <= len(lines)


@pytest.mark.parametrize("line", ["a, 1 day\n", "\n", "|\n", "* a, \n", "a\n\n", "((, 2 days\n"])
def test_many_lines_take_linear_time(line):
    """Ten times the text takes about ten times as long: the slope of the logarithms is near one."""
    seconds = []
    for count in (1_000, 10_000):
        text = line * count
        lines = lines_of(text)
        best = math.inf
        for _ in range(2):
            begun = perf_counter()
            outcome_blocks(text, lines)
            best = min(best, perf_counter() - begun)
        seconds.append(best)
    assert math.log10(max(seconds[1], 1e-3) / max(seconds[0], 1e-4)) < 1.6
