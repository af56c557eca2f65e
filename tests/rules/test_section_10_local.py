"""Section 10, locally treated lesions (R-100 to R-110), through SDTM."""

from __future__ import annotations

import pytest

from support.readings import CT, Reading, one, operation, read, read_one, two, with_other
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.protocol.model import Component

OFF, STUDY, PRIOR = "LOCAL THERAPY NOT PER PROTOCOL", "STUDY TREATMENT", "PRIOR LOCAL THERAPY"
PD = "UNEQUIVOCAL PROGRESSION"


def zone(*visits: tuple[int, object, object], sessions: tuple[int, ...] = (0,)) -> Patient:
    """Target T01 40 mm, non-target N01 in the liver ablated as study treatment."""
    person = with_other(40, *visits, organ="LIVER")
    for day in sessions:
        operation(person, "N01", day, STUDY)
    return person


def ablated(*visits: tuple[int, object, object], day: int = 0) -> Patient:
    """Targets T01 40 mm and T02 20 mm, T02 ablated as study treatment."""
    return operation(two((40, 20), *visits, organs=("LIVER", "LIVER")), "T02", day, STUDY)


def tissue(person: Patient, near: str, margin: str | None = None) -> Patient:
    """The new lesion of the last TU record lies at the zone `near`."""
    person.rows["TU"][-1] |= {"TUGRPID": near} | ({} if margin is None else {"MARGINMM": margin})
    return person


def loud(people: dict[str, Patient], rule: str) -> dict[str, bool]:
    made = read(people)
    return {
        k: any(q["RULEID"] == rule and q["SEVERITY"] != "note" for q in r.queries)
        for k, r in made.items()
    }


@pytest.mark.parametrize("kind", ["RT", "SBRT", "RFA", "MWA", "TACE", "HAIC", "SIRT", "SURGERY"])
def test_r100_history_of_each_lesion(kind):
    """Target after prior therapy only with growth since (R-008); NONE needs nothing."""

    def person(prior: str, grown: str | None) -> Patient:
        return one(40, (56, 40), PRIORLOC=prior, PROGLOC=grown)

    people = {"open": person(kind, None), "grown": person(kind, "Y"), "none": person("NONE", None)}
    made = read(people)
    bad = {k for k, r in made.items() if r.flagged & {"R-008", "R-101"}}
    assert bad == {"open"}
    assert all(r.responses == ["SD"] for r in made.values())


def test_r101_infusion_before_the_study_treats_the_liver():
    """HAIC before study: liver targets need growth since; a lung target does not."""

    def infused(organ: str, grown: str | None) -> Patient:
        return operation(
            one(40, (56, 40), organ=organ, PROGLOC=grown), None, -200, PRIOR, PRTRT="HAIC"
        )

    people = {
        "liver": infused("LIVER", None),
        "grown": infused("LIVER", "Y"),
        "lung": infused("LUNG", None),
    }
    assert loud(people, "R-101") == {"liver": True, "grown": False, "lung": False}


def test_r102_whole_liver_study_treatment_leaves_targets():
    """HAIC as study treatment without lesion: 60 -> 42 is the effect and PR; BOR by site."""
    person = two((40, 20), (56, 22, 20), (112, 22, 20))
    operation(person, None, 0, STUDY, PRTRT="HAIC")
    haic = Component(id="haic", name="HAIC", kind="procedure", reach="liver")
    trial = protocol().model_copy(update={"regimen": (haic,)})
    made = Reading("P1", derive(trial, sdtm_of(person)))
    assert made.responses == ["PR", "PR"]
    assert made.adam["ADSL"]["NACTDT"][0] is None
    sites = {code: made.rows("ADRS", code)[0]["AVALC"] for code in ("CBORHEP", "CBOREXH")}
    assert sites == {"CBORHEP": "PR", "CBOREXH": "SD"}


def test_r103_therapy_off_protocol_is_new_therapy_and_makes_a_target_ne():
    """T ablated d60: NE from d112, NACT d60; PD stays possible by R-035."""
    people = {
        str(v): operation(two((40, 20), (56, 40, 20), (112, 10, v)), "T01", 60, OFF)
        for v in (20, 71.9, 72)
    }
    made = read(people)
    assert {k: r.responses for k, r in made.items()} == {
        "20": ["SD", "NE"], "71.9": ["SD", "NE"], "72": ["SD", "PD"],
    }  # fmt: skip
    assert {str(d) for d in made["20"].adam["ADSL"]["NACTDT"].to_list()} == {on(60)}


def test_r103_a_treated_non_target_keeps_its_states():
    """Off protocol d60: state as read, PD possible, CR resting on it is listed; NACT but for
    palliative radiotherapy, which the option turns."""

    def person(state: object, **more: str) -> Patient:
        return operation(
            with_other(40, (56, 0, "PRESENT"), (112, 0, state)), "N01", 60, OFF, **more
        )

    palliative = {"PRTRT": "RADIOTHERAPY", "PRINDC": "PALLIATIVE, BONE PAIN"}
    people = {"PD": person(PD), "CR": person("ABSENT"), "NN": person("PRESENT"),
              "RT": person("PRESENT", **palliative)}  # fmt: skip
    made = read(people)
    assert {k: r.responses[1] for k, r in made.items()} == {
        "PD": "PD",
        "CR": "CR",
        "NN": "PR",
        "RT": "PR",
    }
    assert "LOCAL_TX" in made["CR"].said("R-103")
    adsl = {r["USUBJID"]: r["NACTDT"] for r in made["RT"].adam["ADSL"].to_dicts()}
    assert [str(adsl[k]) for k in people] == [on(60), on(60), on(60), "None"]
    turned = read(people, response__palliative_rt_ntl="nact")["RT"].adam["ADSL"]
    assert {str(d) for d in turned["NACTDT"].to_list()} == {on(60)}


def test_r104_exclude_an_ablated_target_is_not_evaluable():
    """T02 ablated d0: NE from then on, not NACT, flagged; the larger scar is never in a sum."""
    made = read_one(ablated((56, 40, 35), (112, 20, 30)))
    assert made.responses == ["NE", "NE"]
    assert set(made.sums) == {0}
    assert made.adam["ADSL"]["NACTDT"][0] is None
    assert "R-104" in made.flagged


def test_r104_exclude_a_zone_is_non_target_disease():
    """PRESENT while visible (target gone: PR), growth is not PD, ABSENT by the reader: CR."""
    made = read(
        {
            "visible": zone((56, 0, "PRESENT")),
            "grows": zone((56, 40, "UNEQUIVOCAL PROGRESSION")),
            "absent": zone((56, 0, "ABSENT")),
            "scar again": zone((56, 0, "ABSENT"), (112, 0, "PRESENT")),
        }
    )
    assert {k: r.responses for k, r in made.items()} == {
        "visible": ["PR"], "grows": ["SD"], "absent": ["CR"], "scar again": ["CR", "PR"],
    }  # fmt: skip


def test_r104_rebaseline_and_zero():
    """40 + 20 ablated d0; d30: 36, d86: 25.2. Rebaseline: B = 36.0, 25.2 is 70 %: PR, 25.3 SD.
    Zero: 36 of 60 (-40 %) is PR at once, and 0 + 0 would be CR by construction."""
    people = {str(v): ablated((30, 36, 30), (86, v, 26)) for v in (25.2, 25.3)}
    assert {k: r.responses for k, r in read(people, response__ablated_lesions="rebaseline").items()} == {
        "25.2": ["PR"], "25.3": ["SD"],
    }  # fmt: skip
    zero = read(people | {"gone": ablated((30, 0, 30))}, response__ablated_lesions="zero")
    assert {k: r.responses for k, r in zero.items()} == {
        "25.2": ["PR", "PR"], "25.3": ["PR", "PR"], "gone": ["CR"],
    }  # fmt: skip


def test_r105_all_lesions_ablated():
    """The only target ablated: no response to estimate; PFS by new lesions goes on."""
    person = operation(one(20, (56, 30), (112, 30)), "T01", 0, STUDY)
    person.visits = 1
    person.rows["TR"] = person.rows["TR"][:2]
    person.scan(112, {"T01": 30}, new={"NL1": ("LUNG", "UNEQUIVOCAL")})
    made = read_one(person)
    assert made.responses == ["NE", "PD"]
    assert made.best[1] == "PD"
    assert made.time("PFS")[1:] == (112, True)
    quiet = read_one(operation(one(20, (56, 30), (112, 30)), "T01", 0, STUDY))
    assert quiet.best[1] == "NE"
    assert quiet.said("R-105")


def test_r106_residual_tissue_and_local_progression():
    """First scan: residual, not PD by option; after a clean scan: PD on the day first seen."""

    def seen(day: int, *clean: int, margin: str | None = None) -> Patient:
        person = zone(*((d, 40, "PRESENT") for d in clean))
        person.scan(day, {"T01": 40}, {"N01": "PRESENT"}, new={"NL1": ("LIVER", "UNEQUIVOCAL")})
        return tissue(person, "N01", margin)

    people = {"first": seen(30), "after a clean scan": seen(86, 30)}
    made = read(people)
    assert {k: r.responses[-1] for k, r in made.items()} == {
        "first": "SD",
        "after a clean scan": "PD",
    }
    assert made["after a clean scan"].days == [30, 86]
    turned = read(people, response__residual_at_first="pd")
    assert turned["first"].responses == ["PD"]
    margins = {m: seen(30, margin=m) for m in ("0", "10.0", "10.1")}
    assert {k: r.responses for k, r in read(margins).items()} == {
        "0": ["SD"], "10.0": ["SD"], "10.1": ["PD"],
    }  # fmt: skip
    near = read(margins, response__ltp_margin_mm=5)
    assert {k: r.responses for k, r in near.items()} == {
        "0": ["SD"],
        "10.0": ["PD"],
        "10.1": ["PD"],
    }


def test_r107_a_rim_or_scar_is_no_new_lesion():
    """The zone is larger for three months: not PD; the rim is not delivered as a new lesion. A new
    lesion elsewhere in the liver is PD."""
    person = zone((28, 40, "INCREASED"), (84, 40, "INCREASED"), (140, 40, "PRESENT"))
    other = zone((28, 40, "PRESENT"))
    other.scan(84, {"T01": 40}, {"N01": "PRESENT"}, new={"NL1": ("LIVER", "UNEQUIVOCAL")})
    made = read({"scar": person, "elsewhere": other})
    assert made["scar"].responses == ["SD", "SD", "SD"]
    assert made["elsewhere"].responses == ["SD", "PD"]


def test_r108_planned_sessions_are_study_treatment():
    """A second planned session is neither PD nor NACT; a new lesion ablated later was PD first."""
    again = zone((56, 40, "PRESENT"), (112, 40, "PRESENT"), sessions=(0, 60))
    new = zone((56, 40, "PRESENT"))
    new.scan(112, {"T01": 40}, {"N01": "PRESENT"}, new={"NL1": ("LIVER", "UNEQUIVOCAL")})
    operation(new, "NL1", 120, STUDY)
    made = read({"again": again, "new": new})
    assert made["again"].responses == ["SD", "SD"]
    assert made["again"].adam["ADSL"]["NACTDT"].null_count() == 2
    assert made["new"].responses == ["SD", "PD"]
    assert made["new"].days[1] == 112
    assert made["new"].time("PFS")[1:] == (112, True)


def test_r109_resection_after_response():
    """PR d56, resection d120, all gone d168, recurrence d280. Continue: BOR PR of d56 as before the
    surgery, event d280. Censor: PFS censored d112."""
    person = one(40, (56, 28), (112, 28))
    operation(person, None, 120, "CONVERSION SURGERY", PRTRT="HEPATECTOMY")
    person.scan(168, {"T01": 0}).scan(224, {"T01": 0})
    person.scan(280, {"T01": 0}, new={"NL1": ("LIVER", "UNEQUIVOCAL")})
    going = read({"P": person})["P"]
    assert going.best == ("PR", "PR")
    assert going.confirmed == ("PR", 56)
    assert going.time("PFS")[1:] == (280, True)
    ended = read({"P": person}, response__conversion_surgery="censor")["P"]
    assert ended.time("PFS")[1:] == (112, False)
    assert ended.best == ("PR", "PR")


def test_r110_size_rules_only():
    """A fall in density or a bleed is told as a comment; 40 -> 40 is SD and 40 -> 48 is PD."""
    people = {"SD": one(40, (56, 40)), "PD": one(40, (56, 48))}
    for person in people.values():
        person.add("TR", TRLNKID="T01", TRTESTCD="DENSITY", TRORRES="20", TRORRESU="HU",
                   VISITNUM="2", TRDTC=on(56), TREVAL="INVESTIGATOR")  # fmt: skip
    made = read(people)
    assert {k: r.responses for k, r in made.items()} == {"SD": ["SD"], "PD": ["PD"]}
    assert all(r.unused for r in made.values())


def test_r100_two_targets_keep_their_own_history():
    """T01 treated before without growth, T02 never: one finding names T01 only."""
    person = (
        Patient().target("T01", "LIVER", 40, PRIORLOC="RFA", **CT).target("T02", "LUNG", 20, **CT)
    )
    said = read_one(person.scan(56, {"T01": 40, "T02": 20})).said("R-008")
    assert "T01" in said
    assert "T02" not in said
