"""Best overall response from sequences of responses: the worked cases of the rules (R-060 to R-076).

Each case was worked by hand from Eisenhauer et al. 2009, section 4.6 and table 3, with the options
named in it. Days count from the first dose; scans every 56 days.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.rules import response_rule
from trialwright.response.best_overall import Follow, Sequence, best_overall
from trialwright.vocabulary.recist import NEVER, RESPONSE_TEXT, Response

CODE = {text: code for code, text in enumerate(RESPONSE_TEXT)} | {"NN": int(Response.NN)}


def best(
    text: str, *, confirmed: bool = True, **options: object
) -> tuple[str, int | None, int | None]:
    """Best response, its day, and the day of response start for `PR 56, PD 112`."""
    pairs = [part.split() for part in text.split(",")] if text else []
    codes = np.array([[CODE[c] for c, _ in pairs] or [0]], np.int8)
    days = np.array([[int(d) for _, d in pairs] or [0]], np.int32)
    live = np.array([[True] * len(pairs) or [False]])
    never = np.array([NEVER], np.int32)
    follow = Follow(
        reference=np.array([0], np.int32), death=never, withdrawal=never, lost=never, new_therapy=never,
        end_of_treatment=never, surgery=never,
    )  # fmt: skip
    found = best_overall(
        Sequence(response=codes, day=days, live=live), follow, response_rule(**options),
        confirmed=confirmed,
    )  # fmt: skip
    day = int(found.day[0]) if found.visit[0] >= 0 else None
    start = int(found.start_day[0]) if found.start[0] >= 0 else None
    return RESPONSE_TEXT[found.response[0]], day, start


@pytest.mark.parametrize(
    ("case", "sequence", "expected"),
    [
        ("A", "PR 56,PR 112,PD 168", "PR"),
        ("B", "PR 56,PD 112", "SD"),
        ("C", "SD 40", "NE"),
        ("D", "PR 56,NE 112,PR 168", "PR"),
        ("E", "PR 56,SD 112,PR 168", "PR"),
        ("F", "NE 56,NE 112,SD 168", "SD"),
        ("G", "CR 56,NE 112,CR 168", "CR"),
        ("H", "NN 56,NN 112,NN 168", "NON-CR/NON-PD"),
        ("O", "PR 56", "SD"),
        ("P", "PD 30", "PD"),
        ("U second", "PR 56,NE 112,PR 224", "SD"),
        ("V first", "SD 41,PD 97", "PD"),
        ("V second", "SD 42,PD 98", "SD"),
        ("W", "PR 37,PD 93", "PD"),
        ("Z first", "PR 56,PR 83,PR 84", "PR"),
        ("R-066", "", "NE"),
        ("Table 3, CR then NE", "CR 56,NE 112", "SD"),
        ("Table 3, PR early then PR too near", "PR 30,PR 50", "SD"),
        ("27 days do not confirm", "PR 56,PR 83", "SD"),
        ("28 days confirm", "PR 56,PR 84", "PR"),
        ("R-068 two SD", "PR 56,SD 112,SD 168,PR 224", "SD"),
        ("R-076 NN never confirms", "NN 30", "NE"),
    ],
)
def test_confirmed(case, sequence, expected):
    assert best(sequence)[0] == expected, case


@pytest.mark.parametrize(
    ("sequence", "options", "expected"),
    [
        ("PR 56,SD 112,PR 168", {"sd_between_pr": 0}, ("SD", 56, None)),
        ("PR 56,CR 70,CR 112", {}, ("CR", 70, 56)),
        ("PR 56,NE 112,NE 168,PR 224,PR 280", {}, ("PR", 224, 224)),
        ("PR 56,NE 112,PR 224", {"missing_as_ne": False}, ("PR", 56, 56)),
        ("SD 42,PD 98", {}, ("SD", 42, None)),
        ("PR 56,CR 76,PR 98", {"cr_then_disease": "keep"}, ("SD", 56, None)),
        ("PR 56,PR 83,PR 84", {}, ("PR", 56, 56)),
        ("SD 45,PD 98", {"sd_min_days": "auto"}, ("PD", 98, None)),
        ("SD 49,PD 98", {"sd_min_days": "auto"}, ("SD", 49, None)),
        ("PR 56,PR 77", {"confirm_days": 21}, ("PR", 56, 56)),
    ],
)
def test_options_and_dates(sequence, options, expected):
    assert best(sequence, **options) == expected


def test_z_dates_from_the_first_record_that_qualifies():
    """Case Z: PR d56, PR d83 (27 days), PR d84: the pair d56/d84 holds."""
    assert best("PR 56,PR 83,PR 84") == ("PR", 56, 56)


def test_unconfirmed_takes_the_best_record():
    """Case W: unconfirmed PR, confirmed PD."""
    assert best("PR 37,PD 93", confirmed=False) == ("PR", 37, 37)


def test_nothing_after_progression_counts():
    """R-057, R-060: the first PD ends the search."""
    assert best("PD 56,CR 112,CR 168")[0] == "PD"


responses = st.lists(st.sampled_from(["CR", "PR", "SD", "NN", "PD", "NE"]), max_size=8)
RANK = ["CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE"]


@given(responses, st.lists(st.integers(10, 90), min_size=8, max_size=8))
def test_confirmed_is_never_better_than_unconfirmed(codes, gaps):
    days = np.cumsum(gaps)
    text = ",".join(f"{code} {day}" for code, day in zip(codes, days, strict=False))
    plain, strict = best(text, confirmed=False)[0], best(text)[0]
    assert RANK.index(strict) >= RANK.index(plain)
