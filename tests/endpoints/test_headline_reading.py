"""Results come from one reading, whatever else ADRS and ADTR hold (R-072)."""

from __future__ import annotations

import pytest

from support.readers import ASSESSOR, INVESTIGATOR, only, six_patients
from support.rules import protocol
from support.trial import sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.errors import DataError
from trialwright.endpoints.headline import headline_rows
from trialwright.endpoints.patient_story import tell_patient
from trialwright.pipeline import analyze
from trialwright.report.patient_tables import patients_of


def test_the_rows_of_one_evaluator():
    adam = derive(protocol(), sdtm_of(six_patients()))
    assert set(headline_rows(adam, "ADRS")["EVAL"]) == {INVESTIGATOR}
    assert headline_rows(adam, "ADTR", INVESTIGATOR).height == adam["ADTR"].height / 2


def test_datasets_of_one_headline_are_not_analysed_for_another():
    """ADSL and ADTTE are the investigator's: no rate of the assessor stands beside them."""
    adam = derive(protocol(), sdtm_of(six_patients()))
    with pytest.raises(DataError, match="derived for another evaluator"):
        headline_rows(adam, "ADRS", ASSESSOR)
    with pytest.raises(DataError, match="derived for another evaluator"):
        analyze(protocol(response__evaluator=ASSESSOR), adam)


@pytest.mark.parametrize("headline", [INVESTIGATOR, ASSESSOR])
def test_no_result_changes_with_a_second_reading(headline):
    """All results but the concordance are those of a delivery without the other evaluator."""
    people, settled = six_patients(), protocol(response__evaluator=headline)
    both = analyze(settled, derive(settled, sdtm_of(people)))
    alone = analyze(settled, derive(settled, sdtm_of(only(people, headline))))
    assert set(both) - set(alone) == {"CONCORDANCE"}
    varied = {key for key in alone if key == "OPTIONS" or key.startswith("SPECIFICATION")}
    for key in set(alone) - varied:
        assert both[key].to_json() == alone[key].to_json(), key


def test_stories_and_sections_of_patients_show_the_headline_only():
    people = six_patients()
    adam = derive(protocol(), sdtm_of(people))
    alone = derive(protocol(), sdtm_of(only(people, INVESTIGATOR)))
    assert tell_patient(adam, "P2").rows[:4] == tell_patient(alone, "P2").rows[:4]
    shown, expected = patients_of(adam, INVESTIGATOR), patients_of(alone, INVESTIGATOR)
    for one, other in zip(shown, expected, strict=True):
        assert (one.lesions, one.responses) == (other.lesions, other.responses)
