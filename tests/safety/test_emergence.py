"""A-16 by hand, each line from both sides.

Treatment from 2024-01-10 to 2024-03-01 unless stated; the window is 30 days, or 90 for serious and
immune-related events, so that it ends on 2024-03-31 or 2024-05-30.
"""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.rules import safety_rule
from trialwright.core.dates import day_number
from trialwright.safety.emergence import flag_emergence

RULE = safety_rule()
_DAYS = ("START", "END", "FIRST", "LAST", "NACT", "CUTOFF")
_DEFAULTS = {
    "USUBJID": "S-1", "TERM": "RASH", "START": None, "END": None, "GRADE": 1, "FIRST": "2024-01-10",
    "LAST": "2024-03-01", "NACT": None, "CUTOFF": "2024-12-31", "UNDATED": False, "EARLIER": False,
    "STOPPED": True, "LONG": False,
}  # fmt: skip


def _events(*records):
    rows = [_DEFAULTS | {"SEQ": n} | record for n, record in enumerate(records, 1)]
    for row in rows:
        for name in _DAYS:
            value = row[name]
            row[name] = day_number(date.fromisoformat(value)) if isinstance(value, str) else value
    schema = dict.fromkeys(_DAYS, pl.Int32) | {"GRADE": pl.Int64}
    return pl.DataFrame(rows, schema_overrides=schema)


def _flags(*records, rule=RULE):
    found = flag_emergence(_events(*records), rule).sort("SEQ")
    return list(found.select("TRTEMFL", "LINE").iter_rows())


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        # line 1: start fully missing
        ({"UNDATED": True, "START": "2024-01-10"}, ("Y", 1)),
        ({"UNDATED": True, "START": "2024-01-10", "END": "2024-01-10"}, ("Y", 1)),
        ({"UNDATED": True, "START": None, "END": "2024-01-09"}, ("N", 1)),
        # line 3: before treatment, no worsening
        ({"START": "2024-01-09"}, ("N", 3)),
        ({"START": "2024-01-10", "EARLIER": True}, ("N", 3)),
        # line 4: from the first day to the last of the window, both inclusive
        ({"START": "2024-01-10"}, ("Y", 4)),
        ({"START": "2024-03-31"}, ("Y", 4)),
        ({"START": "2024-05-30", "LONG": True}, ("Y", 4)),
        # line 5
        ({"START": "2024-04-01"}, ("N", 5)),
        ({"START": "2024-05-31", "LONG": True}, ("N", 5)),
        # new therapy closes the window the day before it starts
        ({"START": "2024-03-14", "NACT": "2024-03-15"}, ("Y", 4)),
        ({"START": "2024-03-15", "NACT": "2024-03-15"}, ("N", 5)),
        ({"START": "2024-03-15", "NACT": "2024-03-15", "LONG": True}, ("N", 5)),
        ({"START": "2024-03-31", "NACT": "2024-06-01"}, ("Y", 4)),
        # while on treatment the window ends with the cut-off
        ({"START": "2024-12-31", "STOPPED": False}, ("Y", 4)),
        ({"START": "2030-01-01", "STOPPED": False, "CUTOFF": None}, ("Y", 4)),
        # never treated
        ({"START": "2024-01-10", "FIRST": None, "LAST": None}, ("N", 0)),
    ],
)
def test_one_record(record, expected):
    assert _flags(record) == [expected]


def test_worsening_in_the_window_is_line_2():
    before = {"START": "2024-01-02", "END": "2024-02-10", "GRADE": 1}
    assert _flags(before, {"START": "2024-02-10", "GRADE": 2}) == [("N", 3), ("Y", 2)]
    assert _flags(before, {"START": "2024-02-11", "GRADE": 1}) == [("N", 3), ("N", 3)]


def test_worsening_on_the_first_and_the_last_day_of_the_window():
    before = {"START": "2024-01-02", "END": None, "GRADE": 1}
    for day, expected in (
        ("2024-01-10", ("Y", 2)),
        ("2024-03-31", ("Y", 2)),
        ("2024-04-01", ("N", 3)),
    ):
        assert _flags(before, {"START": day, "GRADE": 3})[1] == expected


def test_the_grade_before_treatment_is_the_last_one():
    """Grade 3 fell to 1 before treatment; 2 under treatment is a worsening."""
    records = (
        {"START": "2024-01-01", "END": "2024-01-04", "GRADE": 3},
        {"START": "2024-01-05", "END": "2024-01-20", "GRADE": 1},
        {"START": "2024-01-20", "END": "2024-02-01", "GRADE": 2},
        {"START": "2024-02-01", "END": "2024-03-01", "GRADE": 1},
    )
    assert _flags(*records) == [("N", 3), ("N", 3), ("Y", 2), ("N", 3)]


def test_an_event_that_ended_before_treatment_does_not_hide_a_new_one():
    old = {"START": "2023-12-01", "END": "2023-12-10", "GRADE": 2}
    assert _flags(old, {"START": "2024-02-01", "GRADE": 1}) == [("N", 3), ("Y", 4)]
    assert _flags(old, {"START": "2024-02-01", "GRADE": 1, "TERM": "ITCH"})[1] == ("Y", 4)


def test_an_event_that_began_in_the_window_stays_emergent_when_it_changes_later():
    records = (
        {"START": "2024-03-20", "END": "2024-04-10", "GRADE": 1},
        {"START": "2024-04-10", "GRADE": 3},
    )
    assert _flags(*records) == [("Y", 4), ("Y", 4)]


@pytest.mark.parametrize(("missing", "expected"), [(3, ("Y", 2)), (2, ("N", 3)), (0, ("N", 3))])
def test_an_unknown_grade_worsens_by_what_it_counts_as(missing, expected):
    rule = safety_rule(missing_grade=missing or "none")
    before = {"START": "2024-01-02", "GRADE": 2}
    assert _flags(before, {"START": "2024-02-01", "GRADE": None}, rule=rule)[1] == expected


_RECORD = st.fixed_dictionaries(
    {
        "USUBJID": st.sampled_from(["S-1", "S-2"]),
        "TERM": st.sampled_from(["RASH", "ITCH"]),
        "START": st.integers(19700, 19900),
        "END": st.none() | st.integers(19700, 19900),
        "GRADE": st.none() | st.integers(1, 5),
        "LONG": st.booleans(),
    }
)


@settings(deadline=None)
@given(
    st.lists(_RECORD, min_size=1, max_size=8).flatmap(
        lambda r: st.tuples(st.just(r), st.permutations(range(len(r))))
    )
)
def test_the_order_of_records_never_matters(drawn):
    records, order = drawn
    events = _events(*records)
    flags = flag_emergence(events, RULE).sort("SEQ")
    shuffled = flag_emergence(events[list(order)], RULE).sort("SEQ")
    assert flags.equals(shuffled)


@settings(deadline=None)
@given(st.lists(_RECORD, min_size=1, max_size=6), st.integers(0, 60))
def test_a_longer_window_never_loses_an_event(records, more):
    longer = safety_rule(te_window_days=30 + more, te_window_serious_days=90 + more)
    short = [flag for flag, _ in _flags(*records)]
    wide = [flag for flag, _ in _flags(*records, rule=longer)]
    assert all(not (a == "Y" and b == "N") for a, b in zip(short, wide, strict=True))
