"""Many trials as files: numbers and one page, from a real study."""

from __future__ import annotations

import json

import pytest

import trialwright as tw
from support.virtual_trials import protocol_of, scenario_of
from trialwright.simulate.trial import simulate_trial


@pytest.fixture(scope="module")
def files():
    order = tw.TrialsOrder(
        protocol=protocol_of("000"), scenarios=(scenario_of("000"),), seed=4, trials=40
    )
    return tw.trials_files(tw.simulate_many(order, tw.HowToRun(), lambda *_: None))


def test_page_and_numbers_are_there(files):
    numbers = json.loads(files["operating_characteristics.json"])
    assert numbers["trials"] == 40
    page = str(files["report.html"])
    assert "Simulated: 40 trials, seed 4" in page
    assert "Sums of diameters of one simulated trial" in page


def test_the_page_draws_every_patient_of_the_first_trial(files):
    """The lines are those of the patients of `simulate` with the same seed who have a later sum."""
    sdtm = simulate_trial(protocol_of("000"), scenario_of("000"), 4)
    adam = tw.derive(protocol_of("000"), sdtm)
    shown = f"of {adam['ADSL'].height} patients have a sum after baseline"
    assert shown in str(files["report.html"])
