"""Response by site (R-102), policies side by side (R-104), nothing left to measure (R-105), listing.

Small trials derived from their lesions; counts and sums worked by hand, days from the first dose.
"""

from __future__ import annotations

import polars as pl
import pytest

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.tables import Adam
from trialwright.endpoints.ablation_policies import compare_ablation_policies
from trialwright.endpoints.local_history import analyze_local_therapy, list_local_therapy
from trialwright.endpoints.objective_response import estimate_objective_response
from trialwright.endpoints.overall_survival import estimate_overall_survival
from trialwright.endpoints.site_response import estimate_site_response
from trialwright.protocol.model import Component, Protocol

HAIC = Component(id="haic", name="HAIC", kind="procedure", reach="liver")
MWA = Component(id="mwa", name="microwave ablation", kind="procedure", reach="lesion")


def trial(*regimen: Component, **changes: object) -> Protocol:
    settled = protocol(analysis__data_cutoff="2026-01-01", **changes)
    return settled.model_copy(update={"regimen": regimen})


def derived(settled: Protocol, *people: Patient) -> Adam:
    return derive(settled, sdtm_of(people))


def two_sites(name: str, *scans: tuple[int, float, float]) -> Patient:
    """Liver target 40 mm, lung target 20 mm."""
    person = Patient(name).target("T01", "LIVER", 40).target("T02", "LUNG", 20)
    for day, liver, lung in scans:
        person.scan(day, {"T01": liver, "T02": lung})
    return person


def basket() -> tuple[Patient, ...]:
    """A: liver PR, lung SD, overall SD (48 of 60 is -20 %). B: liver only, PR. C: node only, SD."""
    first = two_sites("A", (56, 28, 20), (112, 28, 20))
    second = Patient("B").target("T01", "HEPATIC SEGMENT 4", 40)
    third = Patient("C").target("T01", "LYMPH NODE, HEPATIC", 20)
    for day in (56, 112):
        second.scan(day, {"T01": 20})
        third.scan(day, {"T01": 18})
    return first, second, third


def test_r102_rates_by_site_have_their_own_denominators():
    """Liver: A, B respond, 2 of 2, exact 95 % interval 15.8 to 100. Outside: A, C, 0 of 2, to 84.2."""
    settled = trial(HAIC)
    adam = derived(settled, *basket())
    found = estimate_site_response(settled, adam)
    liver, other = found.sites
    assert (liver.confirmed.count, liver.confirmed.subjects, liver.without) == (2, 2, 1)
    assert (other.confirmed.count, other.confirmed.subjects, other.without) == (0, 2, 1)
    assert liver.confirmed.lower == pytest.approx(0.1581, abs=5e-5)
    assert other.confirmed.upper == pytest.approx(0.8419, abs=5e-5)
    assert found.table().rows[0][1:] == ("2/2 (100) [15.8 to 100.0]", "0/2 (0) [0.0 to 84.2]")
    whole = estimate_objective_response(settled, adam)
    assert (whole.headline.count, whole.headline.subjects) == (1, 3)


def test_r102_only_where_treatment_goes_to_the_liver_or_to_lesions():
    drug = Component(id="x", name="X", kind="drug", reach="systemic")
    settled = trial(drug)
    adam = derived(settled, *basket())
    assert estimate_site_response(settled, adam) is None
    assert set(adam["ADRS"]["PARAMCD"]) == {"OVR", "BOR", "CBOR"}
    assert "ADLOC" not in adam.datasets


def test_r102_a_new_lesion_counts_at_its_own_site():
    """New lung lesion d56: overall PD, outside PD; in the liver d56 is PR, unconfirmed, SD at d56."""
    person = Patient("A").target("T01", "LIVER", 40).target("T02", "LUNG", 20)
    person.scan(56, {"T01": 20, "T02": 20}, new={"N1": ("LUNG", "UNEQUIVOCAL")})
    person.scan(112, {"T01": 20, "T02": 20})
    settled = trial(HAIC)
    found = estimate_site_response(settled, derived(settled, person))
    liver, other = found.sites
    assert liver.counts == {"SD": 1}
    assert liver.unconfirmed.count == 1
    assert other.counts == {"PD": 1}


def ablation_trial() -> tuple[Patient, ...]:
    """D: T01 40 stays, T02 20 ablated d0; scans 36, 25.2, 25.2. E: T01 30 ablated d0, nothing else.
    F: T01 40 alone, never ablated, SD. G: T01 40 stays, NT01 ablated, PR from any baseline."""
    d = Patient("D").target("T01", "LIVER", 40).target("T02", "LIVER", 20)
    e = Patient("E").target("T01", "LIVER", 30)
    f = Patient("F").target("T01", "LIVER", 40)
    g = Patient("G").target("T01", "LIVER", 40).non_target("NT01", "LIVER")
    for person, lesion in ((d, "T02"), (e, "T01"), (g, "NT01")):
        person.add(
            "PR", PRTRT="MICROWAVE ABLATION", PRCAT="STUDY TREATMENT", PRLNKID=lesion,
            PRSTDTC=on(0),
        )  # fmt: skip
    for day, first, second in ((30, 36, 30), (86, 25.2, 26), (142, 25.2, 24)):
        d.scan(day, {"T01": first, "T02": second})
        e.scan(day, {"T01": 40})
        f.scan(day, {"T01": 40})
        g.scan(day, {"T01": {30: 40, 86: 28, 142: 28}[day]}, {"NT01": "PRESENT"})
    return d, e, f, g


def test_r104_policies_side_by_side_name_who_changes():
    """Confirmed. exclude: D NE, E NE, F SD, G PR: 1 of 4. rebaseline: D PR, E has a zone only: 2 of 4.
    zero: D PR, E CR: 3 of 4. With an untreated target (D, F, G): 1, 2 and 2 of 3."""
    settled = trial(MWA)
    found = compare_ablation_policies(settled, derived(settled, *ablation_trial()))
    rates = {
        r.policy: (r.everyone.count, r.everyone.subjects, r.measurable.count, r.measurable.subjects)
        for r in found.rates
    }
    assert rates == {"exclude": (1, 4, 1, 3), "rebaseline": (2, 4, 2, 3), "zero": (3, 4, 2, 3)}
    assert found.changed == ("D", "E")
    by_policy = [{name: rate.best[name] for name in "DE"} for rate in found.rates]
    assert by_policy == [
        {"D": "NE", "E": "NE"},
        {"D": "PR", "E": "NON-CR/NON-PD"},
        {"D": "PR", "E": "CR"},
    ]
    rates_table, changes = found.tables()
    assert "[in force]" in rates_table.rows[0][0]
    assert "sensitivity only (R-104)" in rates_table.rows[2][0]
    assert [row[0] for row in changes.rows] == ["D", "E"]


@pytest.mark.parametrize("policy", ["exclude", "rebaseline", "zero"])
def test_r104_the_comparison_does_not_depend_on_the_policy_in_force(policy):
    settled = trial(MWA, response__ablated_lesions=policy)
    found = compare_ablation_policies(settled, derived(settled, *ablation_trial()))
    counts = [(r.everyone.count, r.measurable.count, r.measurable.subjects) for r in found.rates]
    assert counts == [(1, 1, 3), (2, 2, 3), (3, 2, 3)]
    assert found.in_force == policy


def test_r105_nothing_left_is_named():
    settled = trial(MWA)
    found = compare_ablation_policies(settled, derived(settled, *ablation_trial()))
    assert found.nothing_left == ("E",)
    assert "1 patient has no target that was not ablated" in found.cautions[0]
    assert found.cautions[0].endswith("(R-105): E.")
    adam = derived(settled, *ablation_trial())
    said = adam.queries.filter(pl.col("RULEID") == "R-105")["USUBJID"].to_list()
    assert said == ["E"]


def test_r104_nobody_ablated_has_no_comparison():
    settled = trial(MWA)
    adam = derived(settled, *basket())
    assert compare_ablation_policies(settled, adam) is None
    assert list_local_therapy(settled, adam) is None
    assert [result.key for result in analyze_local_therapy(settled, adam)] == ["SITE"]


def test_r104_zero_is_labelled_everywhere_a_response_enters():
    settled = trial(MWA, response__ablated_lesions="zero")
    adam = derived(settled, *ablation_trial())
    label = "sensitivity only (R-104)"
    assert label in estimate_objective_response(settled, adam).table().title
    assert label in estimate_site_response(settled, adam).table().title
    assert label not in estimate_overall_survival(settled, adam).table().title
    plain = trial(MWA)
    assert label not in estimate_objective_response(plain, adam).table().title


def test_r106_local_progression_stands_in_reason_and_listing():
    """Zone clean d30, N1 at it d86: the sentence of d86 names it, ADLOC lists it as PD."""
    person = Patient("D").target("T01", "LIVER", 40).non_target("NT01", "LIVER")
    person.add(
        "PR", PRTRT="MICROWAVE ABLATION", PRCAT="STUDY TREATMENT", PRLNKID="NT01", PRSTDTC=on(0)
    )
    person.scan(30, {"T01": 40}, {"NT01": "PRESENT"})
    person.scan(86, {"T01": 40}, {"NT01": "PRESENT"}, new={"N1": ("LIVER", "UNEQUIVOCAL")})
    person.rows["TU"][-1]["TUGRPID"] = "NT01"
    settled = trial(MWA)
    adam = derived(settled, person)
    reads = [row for row in adam["ADRS"].to_dicts() if row["PARAMCD"] == "OVR"]
    assert reads[1]["AVALC"] == "PD"
    assert "local tumour progression at zone NT01 (R-106)" in reads[1]["REASON"]
    listed = list_local_therapy(settled, adam)
    assert [row[5:7] for row in listed.table().rows] == [
        ("local tumour progression: scan of the zone", "PD"),
        ("microwave ablation: study treatment", ""),
    ]


def test_r109_the_reason_of_censoring_names_the_surgery():
    person = Patient("S").target("T01", "LIVER", 40).scan(56, {"T01": 28}).scan(112, {"T01": 28})
    person.add("PR", PRTRT="HEPATECTOMY", PRCAT="CONVERSION SURGERY", PRSTDTC=on(120))
    person.scan(168, {"T01": 0})
    adam = derived(trial(HAIC, response__conversion_surgery="censor"), person)
    row = next(r for r in adam["ADTTE"].to_dicts() if r["PARAMCD"] == "PFS")
    assert (row["CNSR"], row["RULEID"], str(row["ADT"])) == (1, "R-109", on(112))
    assert f"conversion surgery on {on(120)} (PR 1)" in row["REASON"]


def test_r103_a_complete_response_on_a_lesion_treated_off_protocol_is_listed():
    person = Patient("A").target("T01", "LIVER", 40).non_target("NT01", "LUNG")
    person.add(
        "PR", PRTRT="ABLATION", PRCAT="LOCAL THERAPY NOT PER PROTOCOL", PRLNKID="NT01",
        PRSTDTC=on(20),
    )  # fmt: skip
    person.scan(56, {"T01": 0}, {"NT01": "ABSENT"})
    adam = derived(trial(HAIC), person)
    said = adam.queries["MESSAGE"].to_list()
    assert f"Complete response on {on(56)} rests on NT01, treated off protocol." in said
