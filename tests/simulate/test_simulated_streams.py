"""The same seed gives the same bytes; one subject more moves nobody."""

from __future__ import annotations

from datetime import date

import pytest

from support.virtual_models import simulated_roughly
from support.virtual_trials import TRIALS, protocol_of, scenario_of
from trialwright.core.errors import ScenarioError
from trialwright.core.tables import ROW


@pytest.fixture(params=TRIALS)
def trial(request):
    return request.param


def _texts(sdtm):
    return {code: frame.write_csv() for code, frame in sdtm.domains.items()}


def _until(trial, cutoff):
    protocol = protocol_of(trial)
    analysis = protocol.analysis.model_copy(update={"data_cutoff": cutoff})
    return protocol.model_copy(update={"analysis": analysis})


def test_the_same_seed_gives_the_same_bytes(trial):
    first = simulated_roughly(protocol_of(trial), scenario_of(trial), 11)
    again = simulated_roughly(protocol_of(trial), scenario_of(trial), 11)
    assert _texts(first) == _texts(again)


def test_another_seed_gives_another_trial(trial):
    first = simulated_roughly(protocol_of(trial), scenario_of(trial), 11)
    other = simulated_roughly(protocol_of(trial), scenario_of(trial), 12)
    for code in ("DM", "TR", "EX", "AE"):
        assert _texts(first)[code] != _texts(other)[code]


def test_one_subject_more_changes_no_other(trial):
    """Also in the other cohorts; the cut-off is fixed, since it would follow the last subject."""
    protocol, scenario = _until(trial, date(2028, 6, 30)), scenario_of(trial)
    larger = [
        one.model_copy(update={"subjects": one.subjects + 1}) if at == 0 else one
        for at, one in enumerate(scenario.cohorts)
    ]
    before = simulated_roughly(protocol, scenario, 3)
    after = simulated_roughly(
        protocol, scenario.model_copy(update={"cohorts": tuple(larger)}), 3
    )  # fmt: skip
    there = before["DM"]["USUBJID"].implode()
    assert after.subjects == before.subjects + 1
    for code, frame in before.domains.items():
        if code == "TS" or frame.height == 0:
            continue
        kept = after[code].filter(after[code]["USUBJID"].is_in(there))
        assert kept.drop(ROW).equals(frame.drop(ROW)), code


def test_a_cutoff_of_the_protocol_ends_the_data():
    sdtm = simulated_roughly(_until("000", date(2025, 3, 31)), scenario_of("000"), 5)
    assert sdtm.parameter("DCUTDTC") == "2025-03-31"
    assert 0 < sdtm.subjects < 30
    assert max(sdtm["TR"]["TRDTC"]) <= "2025-03-31"


def test_a_cutoff_before_the_start_is_refused():
    with pytest.raises(ScenarioError, match="data cut-off 2023-01-01"):
        simulated_roughly(_until("000", date(2023, 1, 1)), scenario_of("000"), 5)
