"""D-04 by hand: partial and missing dates of adverse events."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trialwright.core.dates import day_number
from trialwright.safety.dates import impute_end, impute_start


def _day(text):
    return None if text is None else day_number(date.fromisoformat(text))


@pytest.mark.parametrize(
    ("text", "first", "end", "day", "flag"),
    [
        # complete: as it stands
        ("2024-03-05", "2024-03-10", None, "2024-03-05", ""),
        ("2024-03-05T08:30", "2024-03-10", None, "2024-03-05", ""),
        # day missing: first of month, but first treatment in the same month
        ("2024-04", "2024-03-10", None, "2024-04-01", "D"),
        ("2024-02", "2024-03-10", None, "2024-02-01", "D"),
        ("2024-03", "2024-03-10", None, "2024-03-10", "D"),
        ("2024-03", "2024-03-10", "2024-03-10", "2024-03-10", "D"),
        ("2024-03", "2024-03-10", "2024-03-09", "2024-03-01", "D"),
        # month missing: 1 January by the same logic
        ("2024", "2024-03-10", None, "2024-03-10", "M"),
        ("2024", "2024-03-10", "2024-03-09", "2024-01-01", "M"),
        ("2023", "2024-03-10", None, "2023-01-01", "M"),
        ("2025", "2024-03-10", None, "2025-01-01", "M"),
        # nothing known: first treatment unless it ended before
        (None, "2024-03-10", None, "2024-03-10", "Y"),
        ("", "2024-03-10", "2024-03-10", "2024-03-10", "Y"),
        (None, "2024-03-10", "2024-03-09", None, ""),
        # never treated
        (None, None, None, None, ""),
        ("2024-03", None, None, "2024-03-01", "D"),
    ],
)
def test_start(text, first, end, day, flag):
    assert impute_start(text, _day(first), _day(end)) == (_day(day), flag)


@pytest.mark.parametrize(
    ("text", "cutoff", "death", "day", "flag"),
    [
        ("2024-03-05", "2024-06-30", None, "2024-03-05", ""),
        ("2024-02", "2024-06-30", None, "2024-02-29", "D"),
        ("2023", "2024-06-30", None, "2023-12-31", "M"),
        # capped by cut-off and by death
        ("2024-06", "2024-06-15", None, "2024-06-15", "D"),
        ("2024", "2024-06-15", "2024-05-02", "2024-05-02", "M"),
        ("2024-05", "2024-06-15", "2024-05-02", "2024-05-02", "D"),
        ("2024-05", None, None, "2024-05-31", "D"),
        # going on at the cut-off
        (None, "2024-06-15", None, None, ""),
        ("2024-06-16", "2024-06-15", None, None, ""),
        ("2024-07", "2024-06-15", None, None, ""),
    ],
)
def test_end(text, cutoff, death, day, flag):
    assert impute_end(text, _day(cutoff), _day(death)) == (_day(day), flag)


@given(
    st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    st.sampled_from([4, 7]),
    st.integers(18262, 20818),
)
def test_an_imputed_start_stays_within_what_is_stated(day, length, first):
    text = day.isoformat()[:length]
    start, flag = impute_start(text, first, None)
    assert flag == {4: "M", 7: "D"}[length]
    assert date.fromordinal(start + date(1970, 1, 1).toordinal()).isoformat()[:length] == text
