"""iRECIST worked by hand: Table 4 line by line, R-092 to R-097 by id.

Day 0 is the first dose. Sums are in millimetres; a target of 50 gives PD at 60 and PR at 35.
"""

from __future__ import annotations

from functools import cache

import polars as pl
import pytest

from support.immune_trial import NL, adam_of, best, end, patient, queries, rows, scans, series
from support.trial import on
from trialwright.core.tables import Adam

# ------------------------------------------------------------------


def test_r092_responses_after_icpd_do_not_count():
    person = scans((56, 60, "PRESENT"), (84, 66, "PRESENT"), (140, 20, "PRESENT"))
    assert series(person) == ["iUPD", "iCPD", "iCPD"]
    assert best(person) == "iCPD"


def test_r092_confirmation_and_earliest_stable_disease_are_those_of_recist():
    """iPR d112 and d140 (28 days): confirmed; an iUPD between two iPR does not confirm."""
    held = scans((56, 60, "PRESENT"), (112, 35, "PRESENT"), (140, 35, "PRESENT"))
    assert (best(held), best(held, "ICBOR")) == ("iPR", "iPR")
    broken = scans((56, 35, "PRESENT"), (112, 42, "PRESENT"), (140, 35, "PRESENT"))
    assert series(broken) == ["iPR", "iUPD", "iPR"]
    assert (best(broken), best(broken, "ICBOR")) == ("iPR", "iSD")
    early = scans((41, 50, "PRESENT"), (97, 60, "PRESENT"))
    assert best(early) == "iUPD"


def test_r092_responses_under_another_therapy_do_not_count():
    person = scans((56, 60, "PRESENT"), (112, 35, "PRESENT"))
    person.add("CM", CMTRT="X", CMCAT="SUBSEQUENT ANTI-CANCER THERAPY", CMSTDTC=on(80))
    assert best(person) == "iUPD"


_R093 = {
    "confirmed: the first iUPD of the series": (
        ((56, 60, "PRESENT"), (84, 60, "PRESENT"), (112, 65, "PRESENT")), (on(56), 0)),
    "no further scan": (((56, 60, "PRESENT"),), (on(56), 0)),
    "only NE follows": (((56, 60, "PRESENT"), (84, "NE", "PRESENT")), (on(56), 0)),
    "reset, nothing later": (((56, 60, "PRESENT"), (84, 50, "PRESENT")), (on(84), 1)),
    "reset, then a second series": (
        ((56, 60, "PRESENT"), (84, 50, "PRESENT"), (112, 60, "PRESENT"), (140, 65, "PRESENT")),
        (on(112), 0)),
}  # fmt: skip


@pytest.mark.parametrize("case", _R093)
def test_r093_which_iupd_is_the_event(case: str):
    visits, found = _R093[case]
    assert end(scans(*visits)) == found


def test_r093_death_after_an_iupd_is_not_the_event_and_after_a_reset_it_is():
    standing = scans((56, 60, "PRESENT"), (84, 60, "PRESENT")).dies(120)
    undone = scans((56, 60, "PRESENT"), (84, 50, "PRESENT")).dies(120)
    assert end(standing) == (on(56), 0)
    assert end(undone) == (on(120), 0)


def test_r093_a_reset_under_another_therapy_undoes_nothing():
    person = scans((56, 60, "PRESENT"), (112, 35, "PRESENT"))
    person.add("CM", CMTRT="X", CMCAT="SUBSEQUENT ANTI-CANCER THERAPY", CMSTDTC=on(80))
    for rule in ("FDA", "EMA"):
        assert end(person, analysis__pfs_rule=rule) == (on(56), 0)
    assert "after new anticancer therapy began" in queries(person)


def test_r093_rows_say_why():
    person = scans(
        (56, 60, "PRESENT"), (84, 50, "PRESENT"), (140, 60, "PRESENT"), (168, 65, "PRESENT")
    )
    row = rows(adam_of(person), "IPFS").row(0, named=True)
    assert row["RULEID"] == "C-01 C-17 R-093"
    assert row["EVNTDESC"] == "iUPD, confirmed (iCPD)"
    assert row["REASON"].endswith(
        f"first iUPD of the series, confirmed by iCPD on {on(168)}; iUPD of {on(56)} was reset and "
        "does not count"
    )


def test_r094_duration_runs_to_the_first_iupd_of_the_last_series():
    """iSD, iSD, iUPD, iPR, iPR, iUPD, iCPD: from the first iPR to the second iUPD."""
    person = scans((56, 50, "PRESENT"), (84, 50, "PRESENT"), (112, 60, "PRESENT"), (140, 35, "PRESENT"),
                   (168, 35, "PRESENT"), (196, 42, "PRESENT"), (224, 47, "PRESENT"))  # fmt: skip
    assert series(person) == ["iSD", "iSD", "iUPD", "iPR", "iPR", "iUPD", "iCPD"]
    row = rows(adam_of(person), "IDOR").row(0, named=True)
    assert (str(row["STARTDT"]), str(row["ADT"]), row["AVAL"]) == (on(140), on(196), 57)
    assert end(person) == (on(196), 0)
    assert end(person, "PFS") == (on(112), 0)


def test_r094_iupd_iupd_icpd_is_dated_at_the_first():
    person = scans((56, 60, "PRESENT"), (84, 62, "PRESENT"), (112, 65, "PRESENT"))
    assert end(person) == (on(56), 0)


# ------------------------------------------------------------------ R-096, Table 4

_WITHOUT = {
    "iCR iCR no": ((56, 0, "ABSENT"), "iCR"),
    "iCR non-iCR no": ((56, 0, "PRESENT"), "iPR"),
    "iPR non-iCR no": ((56, 35, "PRESENT"), "iPR"),
    "iSD non-iCR no": ((56, 50, "PRESENT"), "iSD"),
    "iPR iUPD no": ((56, 35, "PD"), "iUPD"),
    "iUPD non-iCR no": ((56, 60, "PRESENT"), "iUPD"),
    "iUPD iCR no": ((56, 60, "ABSENT"), "iUPD"),
    "iUPD iUPD no": ((56, 60, "PD"), "iUPD"),
    "iUPD iUPD yes": ((56, 60, "PD", {"X1": NL}), "iUPD"),
    "not iUPD, not iUPD, yes": ((56, 35, "PRESENT", {"X1": NL}), "iUPD"),
}


@pytest.mark.parametrize("line", _WITHOUT)
def test_r096_table_4_without_earlier_iupd(line: str):
    found = _WITHOUT[line][-1]
    assert of_trial("IOVR", f"without: {line}") == [found]


_BY_T, _BY_NT, _BY_NL = (28, 60, "PRESENT"), (28, 50, "PD"), (28, 50, "PRESENT", {"X1": NL})
_BY_BOTH = (28, 60, "PD")
_BY_ALL = (28, 60, "PD", {"X1": NL})
_WITH = {
    "iCR iCR no": (_BY_T, (56, 0, "ABSENT"), "iCR"),
    "iCR non-iCR no": (_BY_T, (56, 0, "PRESENT"), "iPR"),
    "iPR non-iCR no": (_BY_T, (56, 35, "PRESENT"), "iPR"),
    "iSD non-iCR no": (_BY_T, (56, 50, "PRESENT"), "iSD"),
    "iUPD unchanged, NL seen before, no growth": (_BY_ALL, (56, 60, "NE", {"X1": NL}), "iUPD"),
    "iUPD unchanged, NL seen before, grew": (_BY_ALL, (56, 60, "NE", {"X1": "INCREASED"}), "iCPD"),
    "iUPD unchanged, one more NL": (_BY_ALL, (56, 60, "NE", {"X1": NL, "X2": NL}), "iCPD"),
    "iSD iUPD no, NT grew": (_BY_NT, (56, 50, "INCREASED"), "iCPD"),
    "iPR iUPD no, NT grew": (_BY_NT, (56, 35, "PD"), "iCPD"),
    "iCR iUPD no, NT grew": (_BY_NT, (56, 0, "INCREASED"), "iCPD"),
    "iSD iUPD no, growth too early to count": (_BY_NT, (53, 50, "PD"), "iUPD"),
    "iUPD non-iCR no, + 5.0 mm": (_BY_T, (56, 65, "PRESENT"), "iCPD"),
    "iUPD non-iCR no, + 4.9 mm": (_BY_T, (56, 64.9, "PRESENT"), "iUPD"),
    "iUPD iCR no, + 5.0 mm": (_BY_T, (56, 65, "ABSENT"), "iCPD"),
    "iUPD iUPD no, + 5.0 mm": (_BY_BOTH, (56, 65, "PRESENT"), "iCPD"),
    "iUPD iUPD no, NT grew": (_BY_BOTH, (56, 60, "INCREASED"), "iCPD"),
    "iUPD iUPD no, neither": (_BY_BOTH, (56, 64.9, "PRESENT"), "iUPD"),
    "iUPD iUPD yes, + 5.0 mm": (_BY_ALL, (56, 65, "PRESENT", {"X1": NL}), "iCPD"),
    "iUPD iUPD yes, NT grew": (_BY_ALL, (56, 60, "INCREASED", {"X1": NL}), "iCPD"),
    "iUPD iUPD yes, none": (_BY_ALL, (56, 60, "PRESENT", {"X1": NL}), "iUPD"),
    "not iUPD, not iUPD, yes, NL grew": (_BY_NL, (56, 50, "PRESENT", {"X1": "INCREASED"}), "iCPD"),
    "not iUPD, not iUPD, yes, one more": (
        _BY_NL,
        (56, 50, "PRESENT", {"X1": NL, "X2": NL}),
        "iCPD",
    ),
    "not iUPD, not iUPD, yes, unchanged": (_BY_NL, (56, 50, "PRESENT", {"X1": NL}), "iUPD"),
}


@pytest.mark.parametrize("line", _WITH)
def test_r096_table_4_with_an_unresolved_iupd(line: str):
    found = _WITH[line][-1]
    assert of_trial("IOVR", f"with: {line}") == ["iUPD", found]


# ------------------------------------------------------------------

#: Sums that give each category in its place; a target of 50.
_R097 = {
    "iUPD, iPR, iPR": ([60, 35, 35], "iPR"),
    "iUPD, iSD, iPR": ([60, 50, 35], "iPR"),
    "iUPD, iCPD": ([60, 65], "iCPD"),
    "iUPD, NE, NE": ([60, "NE", "NE"], "iUPD"),
    "iCR, iUPD, iCPD": ([0, 5, 10], "iCR"),
    "iUPD, iSD, iUPD, iCPD": ([60, 50, 60, 65], "iSD"),
    "iUPD, iUPD, iCPD": ([60, 60, 65], "iCPD"),
    "iUPD, iPR, iUPD": ([60, 35, 42], "iPR"),
}


@pytest.mark.parametrize("names", _R097)
def test_r097_scenarios(names: str):
    assert of_trial("IOVR", names) == names.split(", ")
    assert of_trial("IBOR", names) == [_R097[names][1]]


@cache
def trial() -> Adam:
    """All patients of Table 4 and of the scenarios in one trial."""
    people = {f"without: {line}": scans(case[0]) for line, case in _WITHOUT.items()}
    people |= {f"with: {line}": scans(*case[:2]) for line, case in _WITH.items()}
    for names, (sums, _) in _R097.items():
        people[names] = patient(other=False)
        for number, value in enumerate(sums):
            people[names].scan(56 + 28 * number, {"T01": value})
    for name, person in people.items():
        person.name = name
    return adam_of(*people.values())


def of_trial(paramcd: str, name: str) -> list[str]:
    return rows(trial(), paramcd).filter(pl.col("USUBJID") == name)["AVALC"].to_list()
