"""PFS, DOR and OS of 128 subjects against admiral 1.4.2 and admiralonco 1.4.0 (R 4.2.2).

That package counts every event (EMA), censors at the last assessment of any kind (`lsta: any`) or
the last evaluable one, and drops the records from the start of new therapy on under P4.
Known difference, in the direction of our rule D-05: a date of death without month becomes
1 January there, even before the start of treatment.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from support.admiral import PARAMS, completed, number, rows, subjects_under
from support.rules import analysis_rule, response_rule
from trialwright.response.best_overall import best_overall
from trialwright.timetoevent.progression import Course, decide_progression
from trialwright.timetoevent.survival import decide_survival
from trialwright.vocabulary.recist import NEVER, NO_DAY


def ours(param: dict) -> dict[tuple[str, str], tuple[int, int]]:
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
    death = np.array([completed(s["DTHDTC"], last=False) or NEVER for s in data.subjects], np.int32)
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


@pytest.mark.parametrize("param", PARAMS, ids=lambda p: p["id"])
def test_times(param):
    found = ours(param)
    theirs = {
        (r["USUBJID"], r["PARAMCD"]): (int(r["CNSR"]), int(r["AVAL"]))
        for r in rows(f"adtte_{param['id']}.csv")
    }
    year_only = {s["USUBJID"] for s in rows("subjects.csv") if len(s["DTHDTC"]) == 4}
    differ = {
        key: (found.get(key), value)
        for key, value in theirs.items()
        if found.get(key) != value and key[0] not in year_only
    }
    assert differ == {}
    assert len(theirs) > 250
