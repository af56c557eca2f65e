"""Section 1, vocabulary and arithmetic, through SDTM: units, exactness, plain days (R-133, R-143)."""

from __future__ import annotations

import pytest

from support.readings import one, read, read_one, two
from trialwright.core.errors import DataError


def unit(person, *units):
    """Write the units of the TR records in order."""
    for row, value in zip(person.rows["TR"], units, strict=True):
        row["TRORRESU"] = value
    return person


def test_units_mm_and_cm_are_the_same_length():
    """4.4 cm and 44 mm; 0.7 of 44.0 is 30.8: PR at 3.08 cm = 30.8 mm, SD at 30.9 mm."""
    found = read(
        {
            "mm": one(44, (56, 30.8)),
            "cm": unit(one(4.4, (56, 3.08)), "cm", "cm"),
            "mixed": unit(one(4.4, (56, 30.8)), "CM", "mm"),
            "mixed above": unit(one(44, (56, 3.09)), "mm", "cm"),
        }
    )
    assert {name: r.sums for name, r in found.items()} == {
        "mm": {0: 44.0, 1: 30.8}, "cm": {0: 44.0, 1: 30.8}, "mixed": {0: 44.0, 1: 30.8},
        "mixed above": {0: 44.0, 1: 30.9},
    }  # fmt: skip
    assert [r.responses for r in found.values()] == [["PR"], ["PR"], ["PR"], ["SD"]]


@pytest.mark.parametrize(
    ("value", "given"),
    [(30, None), (30, "inch"), ("30.11", "mm"), ("3.011", "cm"), ("-1", "mm"), ("1000.1", "mm"),
     ("100.01", "cm"), ("30,1", "mm"), ("3e1", "mm"), ("inf", "mm"), ("nan", "mm")],
)  # fmt: skip
def test_units_r143_what_is_no_length_is_refused(value, given):
    with pytest.raises(DataError) as refusal:
        read_one(unit(one(40, (56, value)), "mm", given))
    text = str(refusal.value)
    assert "row 3" in text
    assert "TRORRES" in text
    assert refusal.value.allowed


@pytest.mark.parametrize(
    ("value", "given", "mm"),
    [("30.1", "mm", 30.1), ("30.10", "mm", 30.1), ("3.01", "cm", 30.1), ("1000", "mm", 1000.0),
     ("100.0", "cm", 1000.0), ("0.1", "mm", 0.1), ("0", None, 0.0)],
)  # fmt: skip
def test_units_lengths_at_the_limit_are_taken(value, given, mm):
    """Tenths of a millimetre, up to 1000 mm; a trailing zero is no finer value; 0 needs no unit."""
    assert read_one(unit(one(40, (56, value)), "mm", given)).sums[1] == mm


def test_units_no_percentage_is_stored():
    """33.3 and 33.4 mm: 0.7 of 66.7 is 46.69, so 46.6 is PR and 46.7 is SD, whatever -30.0 % prints."""
    found = read(
        {"46.6": two((33.3, 33.4), (56, 23.3, 23.3)), "46.7": two((33.3, 33.4), (56, 23.3, 23.4))}
    )
    assert [r.responses for r in found.values()] == [["PR"], ["SD"]]


def test_units_days_are_plain_differences():
    """PR d56; the next 27 days later does not confirm, 28 days later does; SD d41 is early, d42 not."""
    found = read(
        {
            "27": one(40, (56, 20), (83, 20)),
            "28": one(40, (56, 20), (84, 20)),
            "41": one(40, (41, 40)),
            "42": one(40, (42, 40)),
        }
    )
    assert [r.best[1] for r in found.values()] == ["SD", "PR", "NE", "SD"]


def test_units_study_day_has_no_zero():
    """D-02: the day of the first dose is day 1, the day before is day -1; display only."""
    rows = read_one(one(40, (56, 40))).rows("ADTR", "SUMDIAM")
    assert [row["ADY"] for row in rows] == [-7, 57]


def test_units_next_means_the_next_in_date_order():
    """An unscheduled visit 2.1 on d84 between visits 2 and 3 confirms; so does visit 9 on d84."""
    for number in (2.1, 9):
        person = one(40, (56, 20))
        person.scan(84, {"T01": 20}, visit=number).scan(140, {"T01": 60}, visit=3)
        found = read_one(person)
        assert found.responses == ["PR", "PR", "PD"]
        assert found.confirmed == ("PR", 56)
