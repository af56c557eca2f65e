"""Reported responses from SDTM RS to ADRS and ADTTE, against admiral 1.4.2 / admiralonco 1.4.0.

128 subjects, five parameter sets (R 4.2.2), through the whole derivation (R-142): no lesion is
delivered. Where that package decides otherwise the difference is named and the direction tested:
a response without a day is not used here and the last of the month there (D-06); a death with a
year only is 1 January there, the day after the last evidence of life here (D-05).
"""

from __future__ import annotations

import polars as pl
import pytest

from support.admiral import PARAMS, rows
from support.reported import admiral_sdtm
from support.rules import protocol
from trialwright.adam.derive import derive

#: Died in a year; the day after the last evidence of life is the date here (D-05).
YEAR_ONLY_DEATHS = {"TW-00203", "TW-00288", "TW-00464"}
#: One response of 2024-01: SD on the 31st there, not used here (D-06).
NO_DAY = "TW-00190"
_CODES = ("BOR", "CBOR", "PFS", "OS", "DOR", "CDOR")


def ours(param: dict, *, complete: bool) -> dict[tuple[str, str], tuple[object, object]]:
    """Response and date, or censoring flag and days, by subject and parameter."""
    reference = "enrolment" if param["ref"] == "ENRLDT" else "first_dose"
    found: dict[tuple[str, str], tuple[object, object]] = {}
    sdtm = admiral_sdtm(param, complete=complete)
    for confirmation in ("required", "not_required"):
        settled = protocol(
            response__response_source="reported", response__confirmation=confirmation,
            response__confirm_days=param["conf"], response__sd_min_days=param["sd"],
            response__max_ne_between=param["ne"], response__sd_between_pr=int(param["asd"]),
            response__missing_as_ne=False, response__cr_then_disease="keep",
            response__bor_stop_nact=False, response__response_ref=reference,
            response__missing_label="NE" if param["mne"] else "MISSING",
            analysis__pfs_origin=reference, analysis__os_origin=reference,
            analysis__pfs_rule="EMA", analysis__lsta=param["lsta"],
        )  # fmt: skip
        adam = derive(settled, sdtm)
        best = adam["ADRS"].filter(pl.col("PARAMCD").is_in(("BOR", "CBOR")))
        for row in best.to_dicts():
            found[row["USUBJID"], row["PARAMCD"]] = (row["AVALC"], str(row["ADT"] or ""))
        duration = "CDOR" if confirmation == "required" else "DOR"
        for row in adam["ADTTE"].to_dicts():
            code = duration if row["PARAMCD"] == "DOR" else row["PARAMCD"]
            found[row["USUBJID"], code] = (row["CNSR"], row["AVAL"])
    return found


def theirs(param: dict) -> dict[tuple[str, str], tuple[object, object]]:
    best = {
        (r["USUBJID"], r["PARAMCD"]): (r["AVALC"], r["ADT"])
        for r in rows(f"adrs_{param['id']}.csv")
        if r["PARAMCD"] in _CODES
    }
    times = {
        (r["USUBJID"], r["PARAMCD"]): (int(r["CNSR"]), int(r["AVAL"]))
        for r in rows(f"adtte_{param['id']}.csv")
        if r["PARAMCD"] in _CODES
    }
    return best | times


@pytest.mark.parametrize("param", PARAMS, ids=lambda p: p["id"])
def test_reported_responses_give_the_values_of_admiral(param):
    """All dates complete, as in comparison mode: BOR, CBOR and their dates, PFS, DOR, OS."""
    found, expected = ours(param, complete=True), theirs(param)
    differ = {key for key, value in expected.items() if found.get(key) != value}
    assert {name for name, _ in differ} == YEAR_ONLY_DEATHS
    assert {code for _, code in differ} <= {"PFS", "OS", "DOR", "CDOR"}
    # 1 January lies before the last evidence of life: here the same event comes later.
    assert all(found[key][0] == 0 and found[key][1] > expected[key][1] for key in differ)
    assert len(expected) >= 595


@pytest.mark.parametrize("param", [PARAMS[0], PARAMS[4]], ids=lambda p: p["id"])
def test_a_response_without_a_day_is_not_dated_by_us(param):
    """D-06: six of seven undated responses change nothing; the SD of 2024-01 is the last of one."""
    found, expected = ours(param, complete=False), theirs(param)
    differ = {key for key, value in expected.items() if found.get(key) != value}
    assert {name for name, _ in differ} == {*YEAR_ONLY_DEATHS, NO_DAY}
    assert found[NO_DAY, "PFS"] == (1, expected[NO_DAY, "PFS"][1] - 47)


def test_undated_records_are_listed_with_their_rule():
    """R-077, D-06: seven records of the reference data have no day."""
    settled = protocol(response__response_source="reported")
    adam = derive(settled, admiral_sdtm(PARAMS[0], complete=False))
    listed = adam.unused.filter(pl.col("RULEID") == "D-06")
    assert sorted(listed["USUBJID"]) == [
        "TW-00160", "TW-00172", "TW-00190", "TW-00335", "TW-00336", "TW-00372", "TW-00411",
    ]  # fmt: skip
    flagged = adam.queries.filter(pl.col("RULEID") == "D-06")
    assert sorted(flagged["USUBJID"]) == sorted(listed["USUBJID"])
    assert set(flagged["SEVERITY"]) == {"error"}
