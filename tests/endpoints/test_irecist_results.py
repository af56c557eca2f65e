"""Results by iRECIST in four patients, worked by hand, and where they are shown."""

from __future__ import annotations

from functools import cache

import pytest

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam
from trialwright.endpoints.patient_story import tell_patients
from trialwright.pipeline import Results, analyze
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointDefinition

NEW = {"X1": ("LUNG", "UNEQUIVOCAL")}


def people() -> list[Patient]:
    """Enrolled on day -3, a target of 50.

    A: iUPD d112 (60), iCPD d168 (66). B: iUPD d56, reset d84, iPR d140 and d196, iUPD d252.
    C: new lesion d56, grown d90 (iCPD). D: PR from d56, last scan d112. B and C are treated until
    d100, so after their first progression; A until d112, the day of its progression, so not.
    """

    def one(name: str, last: int, *sums: tuple[int, float]) -> Patient:
        person = Patient(name).target("T01", "LIVER", 50)
        for day, value in sums:
            person.scan(day, {"T01": value})
        return person.add(
            "EX", EXTRT="DRUG", EXSTDTC=on(0), EXENDTC=on(last), EXDOSE="1", EXDOSU="mg"
        )

    a = one("A", 112, (56, 50), (112, 60), (140, 64), (168, 66))
    b = one("B", 100, (56, 60), (84, 50), (140, 35), (196, 34), (252, 46))
    c = one("C", 100)
    c.scan(56, {"T01": 50}, new=NEW).scan(90, {"T01": 50}, new={"X1": ("LUNG", "INCREASED")})
    return [a, b, c, one("D", 100, (56, 35), (112, 35))]


def settled(**changes: object) -> Protocol:
    return protocol(**{"response__criteria": ("iRECIST",), **changes})


@cache
def trial() -> tuple[Adam, Results]:
    adam = derive(settled(), sdtm_of(people()))
    return adam, analyze(settled(), adam)


def cells(key: str, first: str) -> tuple[str, ...]:
    result = trial()[1][key]
    tables = result.tables() if hasattr(result, "tables") else (result.table(),)
    return next(row[1:] for table in tables for row in table.rows if row[0].startswith(first))


def test_response_rate_by_irecist_beside_recist():
    """B responds after its pseudo-progression: iPR d140, confirmed d196. D responds in both."""
    assert cells("IORR", "iPR")[0] == "2 (50)"
    assert cells("IORR", "iSD")[0] == "1 (25)"
    assert cells("IORR", "iCPD")[0] == "1 (25)"
    assert cells("IORR", "iORR (confirmed)")[0].startswith("2 (50) [6.8 to 93.2]")
    assert cells("IORR", "ORR by RECIST 1.1 (confirmed)")[0].startswith("1 (25) [0.6 to 80.6]")
    assert trial()[1]["IORR"].main.gained == ("B",)


def test_progression_free_survival_by_irecist():
    """Days from -3: A 116, B 256, C 60 with events, D 116 censored; 3/4, then 3/4 x 2/3 = 1/2.

    The curve lies at 1/2 from day 116 to 256: the median is the middle, 186. By RECIST 1.1 B has its
    event at day 60.
    """
    result = trial()[1]["IPFS"].to_json()
    assert result["estimate"]["median_days"]["value"] == pytest.approx(186)
    assert result["estimate"]["curve"]["survival"] == pytest.approx([0.75, 0.5, 0.0])
    assert result["recist"]["curve"]["survival"] == pytest.approx([0.5, 0.25])
    assert result["event_later_or_gone"] == ["B"]
    assert cells("IPFS", "iUPD, confirmed") == ("2", "0")
    assert cells("IPFS", "iUPD, neither") == ("1", "0")
    assert cells("IPFS", "Progressive disease") == ("0", "3")


def test_duration_of_response_by_irecist():
    """B from d140 to its second iUPD on d252: 113 days. D censored on d112."""
    result = trial()[1]["IPFS"].to_json()["duration_of_response"]
    assert (result["subjects"], result["events"]) == (2, 1)
    assert result["curve"]["days"] == [57, 113]
    assert cells("IPFS", "Responders") == ("2", "1")


def test_r095_treated_beyond_progression():
    assert cells("IBEYOND", "Subjects") == ("3 (75)", "2 (67)")
    assert cells("IBEYOND", "iUPD, then iCPD") == ("2 (67)", "1 (50)")
    assert cells("IBEYOND", "iUPD, then reset") == ("1 (33)", "1 (50)")
    result = trial()[1]["IBEYOND"].to_json()
    assert result["treated_beyond_subjects"] == ["B", "C"]
    assert (result["confirmed"], result["reset"], result["unconfirmed"]) == (["A", "C"], ["B"], [])


def test_other_results_do_not_move():
    plain = analyze(protocol(), derive(protocol(), sdtm_of(people())))
    found = trial()[1]
    assert set(found) - set(plain) == {"IORR", "IPFS", "IBEYOND"}
    for key in plain:
        said = found[key].to_json()
        if key in {"PFS", "DOR"}:
            kept = [one for one in said["sensitivity"] if "(C-17)" not in one["analysis"]]
            assert len(kept) == len(said["sensitivity"]) - 1
            said["sensitivity"] = kept
        assert plain[key].to_json() == said, key


def test_the_story_of_a_patient_tells_both():
    story = {s.usubjid: s for s in tell_patients(trial()[0])}["B"]
    told = [what for what, _, _ in story.rows]
    assert (
        sum(what.startswith("iRECIST, time point") or "iRECIST, Time" in what for what in told) == 5
    )
    assert "iRECIST, best overall response, confirmed" in told
    assert any(what.startswith("Progression-Free Survival by iRECIST") for what in told)


def test_an_endpoint_that_names_irecist_is_enough():
    """The criteria of an endpoint count too, and the result answers that endpoint."""
    said = EndpointDefinition(
        id="IPFS", kind="PFS", role="secondary", measure="PFS by iRECIST", criteria=("iRECIST",)
    )
    named = settled(response__criteria=None).model_copy(update={"endpoints": (said,)})
    results = analyze(named, derive(named, sdtm_of(people())))
    assert results["IPFS"].to_json()["registered_as"] == ["IPFS"]
    assert results["IORR"].to_json()["registered_as"] == []
