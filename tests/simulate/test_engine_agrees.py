"""The response engine and a plain reading of the same simulated records agree patient by patient."""

from __future__ import annotations

import polars as pl
import pytest

from support.plain_reading import read_patients
from support.virtual_trials import TRIALS, protocol_of, scenario_of
from trialwright.adam.derive import derive
from trialwright.simulate.trial import simulate_trial


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize("trial", TRIALS)
def test_progression_free_survival_agrees(trial, seed):
    """Event or censoring, and the day: FDA rules of C-18, PD dated by R-054, plus one day (D-01)."""
    protocol = protocol_of(trial)
    sdtm = simulate_trial(protocol, scenario_of(trial), seed)
    derived = derive(protocol, sdtm)["ADTTE"].filter(pl.col("PARAMCD") == "PFS")
    engine = {one["USUBJID"]: (one["AVAL"], one["CNSR"] == 0) for one in derived.to_dicts()}
    plain = {one.usubjid: (one.pfs[0] + 1, one.pfs[1]) for one in read_patients(sdtm)}
    assert engine == plain
    assert len(engine) >= 30


@pytest.mark.parametrize("trial", TRIALS)
def test_no_record_is_left_unused(trial):
    protocol = protocol_of(trial)
    adam = derive(protocol, simulate_trial(protocol, scenario_of(trial), 1))
    assert adam.unused.height == 0
