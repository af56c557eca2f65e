"""PFS, DOR and OS of 128 subjects against admiral 1.4.2 and admiralonco 1.4.0 (R 4.2.2).

That package counts every event (EMA), censors at the last assessment of any kind (`lsta: any`) or
the last evaluable one, and drops the records from the start of new therapy on under P4. All 1719
rows of the five parameter sets are compared in both directions. One class of difference, D-05: a
date of death without month becomes 1 January there, before the last day known alive and even before
the start of treatment; here it is the day after the last known alive. Three subjects, 7 rows in
each set (3 OS, 2 PFS, 2 DOR), 35 in all; with 1 January every row is equal.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from support.admiral import PARAMS, completed, number, rows, subjects_under
from support.rules import analysis_rule, response_rule
from trialwright.response.best_overall import best_overall
from trialwright.subjects.partial import impute_death
from trialwright.timetoevent.course import Course
from trialwright.timetoevent.progression import decide_progression
from trialwright.timetoevent.survival import decide_survival
from trialwright.vocabulary.recist import NEVER, NO_DAY

Key = tuple[str, str]
Time = tuple[int, int]


def deaths(subjects: list[dict[str, str]], *, first_of_year: bool) -> np.ndarray:
    """Day of death of each subject, by rule D-05 or with 1 January for a year alone."""
    if first_of_year:
        texts = [s["DTHDTC"] + "-01-01" * (len(s["DTHDTC"]) == 4) for s in subjects]
        return np.array([completed(text, last=False) or NEVER for text in texts], np.int32)
    frame = pl.DataFrame(
        [
            (s["USUBJID"], number(s["LSTALVDT"]) if s["LSTALVDT"] else None, number(s["ENRLDT"]))
            for s in subjects
        ],
        schema={"USUBJID": pl.String, "LSTALVDT": pl.Int32, "ENRLDT": pl.Int32},
        orient="row",
    )
    known = [(s["USUBJID"], s["DTHDTC"]) for s in subjects if s["DTHDTC"]]
    dead = pl.DataFrame(known, schema=["USUBJID", "DTHDTC"], orient="row")
    found = impute_death(frame, dead, number("2030-01-01"), [])
    return found["DTHDT"].fill_null(NEVER).cast(pl.Int32).to_numpy()


def ours(param: dict, *, first_of_year: bool) -> dict[Key, Time]:
    """CNSR and AVAL by subject and parameter."""
    data = subjects_under(param)
    rule = response_rule(
        confirm_days=param["conf"], sd_min_days=param["sd"], max_ne_between=param["ne"],
        sd_between_pr=int(param["asd"]), missing_as_ne=False, cr_then_disease="keep",
        bor_stop_nact=False,
    )  # fmt: skip
    analysis = analysis_rule(lsta=param["lsta"])
    starts = {
        code: best_overall(data.sequence, data.follow, rule, confirmed=confirmed).start_day
        for code, confirmed in (("DOR", False), ("CDOR", True))
    }
    death = deaths(data.subjects, first_of_year=first_of_year)
    alive = np.array(
        [number(s["LSTALVDT"]) if s["LSTALVDT"] else NO_DAY for s in data.subjects], np.int32
    )
    start = data.follow.reference
    never = np.full(len(start), NEVER, np.int32)
    course = Course(
        origin=start, reference=start, response=data.sequence.response, day=data.sequence.day,
        live=data.sequence.live, baseline=np.ones(len(start), np.bool_), death=death,
        new_therapy=never, withdrawal=never, lost=never, stopped=never,
    )  # fmt: skip
    found = {
        "PFS": decide_progression(course, rule, analysis, pfs_rule="EMA"),
        "OS": decide_survival(start, death, alive),
    } | {
        code: decide_progression(replace(course, origin=day), rule, analysis, pfs_rule="EMA")
        for code, day in starts.items()
    }
    return {
        (name, code): (0 if d.event[s] else 1, int(d.day[s] - d.origin[s] + 1))
        for code, d in found.items()
        for s, name in enumerate(data.names)
        if d.origin[s] != NO_DAY
    }


def theirs(param: dict) -> dict[Key, Time]:
    """The reference; no row stands twice."""
    found = rows(f"adtte_{param['id']}.csv")
    values = {(r["USUBJID"], r["PARAMCD"]): (int(r["CNSR"]), int(r["AVAL"])) for r in found}
    assert len(values) == len(found)
    return values


@pytest.mark.parametrize("param", PARAMS, ids=lambda p: p["id"])
def test_every_row_with_their_date_of_death(param):
    """C-18, C-20, E-05: the same rows for the same subjects, every one equal."""
    assert ours(param, first_of_year=True) == theirs(param)


def test_no_row_is_left_out():
    """The five files have 344, 344, 347, 339 and 345 rows."""
    assert [len(theirs(param)) for param in PARAMS] == [344, 344, 347, 339, 345]


@pytest.mark.parametrize("param", PARAMS, ids=lambda p: p["id"])
def test_the_one_class_of_difference(param):
    """D-05: only the three subjects of whose death the year alone is known, 7 rows."""
    found, reference = ours(param, first_of_year=False), theirs(param)
    assert found.keys() == reference.keys()
    differ = sorted(key for key in found if found[key] != reference[key])
    year_only = {s["USUBJID"] for s in rows("subjects.csv") if len(s["DTHDTC"]) == 4}
    assert {name for name, _ in differ} == year_only
    assert Counter(code for _, code in differ) == {"OS": 3, "PFS": 2, "DOR": 1, "CDOR": 1}
