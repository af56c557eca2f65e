"""Section 7, best overall response (R-060 to R-077), from lesion records to ADRS.

Each course was worked by hand; the responses at the time points are checked before the best one.
"""

from __future__ import annotations

from datetime import date

import pytest

from support.courses import course, other_course, words
from support.readings import Reading, operation, read, read_one, two
from support.trial import Patient, on

NN = "NON-CR/NON-PD"


def best(cases: dict[str, str], **options: object) -> dict[str, tuple[str, int | None]]:
    """Confirmed best response and its day for each course, after checking the responses."""
    made = read({text: course(text) for text in cases}, **options)
    for text, found in made.items():
        assert found.responses == words(text), text
    return {text: found.confirmed for text, found in made.items()}


# --------------------------------------------------------------------------- worked cases by letter

CASES = {
    "A": ("PR 56,PR 112,PD 168", "PR"),
    "B": ("PR 56,PD 112", "SD"),
    "C": ("SD 40", "NE"),
    "D": ("PR 56,NE 112,PR 168", "PR"),
    "E": ("PR 56,SD 112,PR 168", "PR"),
    "F": ("NE 56,NE 112,SD 168", "SD"),
    "G": ("CR 56,NE 112,CR 168", "CR"),
    "O": ("PR 56", "SD"),
    "P": ("PD 30", "PD"),
}


@pytest.fixture(scope="module")
def lettered() -> dict[str, Reading]:
    return read({letter: course(text) for letter, (text, _) in CASES.items()})


@pytest.mark.parametrize("letter", CASES)
def test_case(letter, lettered):
    """Cases A to G, O and P through SDTM."""
    text, wanted = CASES[letter]
    assert lettered[letter].responses == words(text)
    assert lettered[letter].best[1] == wanted


def test_case_e_without_a_stable_scan_between():
    """Case E, R-068: with sd_between_pr = 0 it is SD."""
    assert best({"PR 56,SD 112,PR 168": ""}, response__sd_between_pr=0) == {
        "PR 56,SD 112,PR 168": ("SD", 56)
    }


def test_case_h_non_target_disease_only():
    """Case H: NN three times."""
    made = read({"H": other_course("NN 56,NN 112,NN 168"), "with target": course("SD 56")})
    assert made["H"].responses == [NN] * 3
    assert made["H"].best == (NN, NN)


def test_case_o_is_flagged_as_pending(lettered):
    """Case O, R-070: UNCONF_PR."""
    assert lettered["O"].best_row()["UNCONFFL"] == "Y"


def test_case_t_complete_response_after_a_partial_one():
    """Case T, R-073: PR d56, CR d70, CR d112: CR dated d70, response from d56."""
    made = read_one(course("PR 56,CR 70,CR 112"))
    assert made.responses == ["PR", "CR", "CR"]
    assert made.confirmed == ("CR", 70)
    assert made.time("DOR")[0] == 56


def test_case_u_missing_scans_between():
    """Case U: two NE between stop the first pair; an NE and a missed visit stop it too."""
    first, second = "PR 56,NE 112,NE 168,PR 224,PR 280", "PR 56,NE 112,PR 224"
    assert best({first: "", second: ""}) == {first: ("PR", 224), second: ("SD", 56)}
    assert best({second: ""}, response__missing_as_ne=False) == {second: ("PR", 56)}


def test_case_v_least_duration_of_stable_disease():
    """Case V: SD d41 then PD is PD; SD d42 then PD is SD dated d42."""
    first, second = "SD 41,PD 97", "SD 42,PD 98"
    assert best({first: "", second: ""}) == {first: ("PD", 97), second: ("SD", 42)}


def test_case_w_early_partial_response():
    """Case W: PR d37, PD d93: PR unconfirmed, PD confirmed."""
    assert read_one(course("PR 37,PD 93")).best == ("PR", "PD")


def test_case_x_ablation_off_protocol():
    """Case X: 40 + 20, SD 58, T1 ablated d60: T2 20 is NE, 72 is PD (72 >= 69.6, +14), 69.5 NE."""
    people = {
        f"X {v}": operation(two((40, 20), (56, 38, 20), (112, 0, v)), "T01", 60,
                            "LOCAL THERAPY NOT PER PROTOCOL")
        for v in (20, 69.5, 69.6, 72)
    }  # fmt: skip
    assert {k: r.responses for k, r in read(people).items()} == {
        "X 20": ["SD", "NE"], "X 69.5": ["SD", "NE"], "X 69.6": ["SD", "PD"], "X 72": ["SD", "PD"],
    }  # fmt: skip


def test_case_y_merged_lesions():
    """Case Y: T 30 + 25 merge: 50 is SD (-9.1 %), next 60 is PD (+10 mm, exactly +20 %), 59.9 SD."""
    people = {}
    for last in (60, 59.9):
        person = two((30, 25))
        person.add("TU", TULNKID="T02", TUTESTCD="TUMERGE", TUGRPID="T01", VISITNUM="2", TUDTC=on(56),
                   TUEVAL="INVESTIGATOR", TUORRES="TARGET")  # fmt: skip
        for day, value in ((56, 50), (112, last)):
            person.scan(day, {"T01": value, "T02": 0})
            person.rows["TR"][-1]["MERGEDTO"] = "T01"
        people[f"Y {last}"] = person
    assert {k: r.responses for k, r in read(people).items()} == {
        "Y 60": ["SD", "PD"], "Y 59.9": ["SD", "SD"],
    }  # fmt: skip


def test_case_z_the_first_record_that_qualifies():
    """Case Z: PR d56, PR d83 (27 d), PR d84 is PR; PR d56, CR d76, PR d98 with keep is SD."""
    first, second = "PR 56,PR 83,PR 84", "PR 56,CR 76,PR:4 98"
    assert best({first: ""}) == {first: ("PR", 56)}
    assert best({second: ""}, response__cr_then_disease="keep") == {second: ("SD", 56)}


# ------------------------------------------------------------------------------- the window


def test_r060_new_anticancer_therapy_ends_the_window():
    """PR d56, PR d112. Therapy d113, d112 (that day counts, or not), d111; ignored by option."""

    def treated(day: int) -> Patient:
        return course("PR 56,PR 112").add(
            "CM", CMTRT="X", CMCAT="SUBSEQUENT CANCER THERAPY", CMSTDTC=on(day)
        )

    def found(**options: object) -> list[str]:
        made = read({str(d): treated(d) for d in (113, 112, 111)}, **options)
        return [r.best[1] for r in made.values()]

    assert found() == ["PR", "PR", "SD"]
    assert found(response__nact_same_day="exclude") == ["PR", "SD", "SD"]
    assert found(response__bor_stop_nact=False) == ["PR", "PR", "PR"]


def test_r060_withdrawal_and_end_of_treatment():
    """Not after withdrawal (d111 no, d112 yes); after the end of treatment unless excluded."""

    def ended(word: str, scope: str, day: int) -> Patient:
        return course("PR 56,PR 112").add("DS", DSDECOD=word, DSSCAT=scope, DSSTDTC=on(day))

    gone = {str(d): ended("WITHDRAWAL BY SUBJECT", "STUDY PARTICIPATION", d) for d in (111, 112)}
    assert [r.best[1] for r in read(gone).values()] == ["SD", "PR"]
    stopped = {str(d): ended("ADVERSE EVENT", "STUDY TREATMENT", d) for d in (111, 112)}
    assert [r.best[1] for r in read(stopped).values()] == ["PR", "PR"]
    excluded = read(stopped, response__bor_post_treatment="exclude")
    assert [r.best[1] for r in excluded.values()] == ["SD", "PR"]


@pytest.mark.parametrize(("day", "wanted"), [(111, "SD"), (112, "PR")])
def test_r060_data_cutoff(day, wanted):
    made = read_one(course("PR 56,PR 112"), analysis__data_cutoff=date.fromisoformat(on(day)))
    assert made.best[1] == wanted


@pytest.mark.parametrize(
    ("reference", "wanted"), [("first_dose", "SD"), ("enrolment", "SD"), ("first_procedure", "PD")]
)
def test_r060_days_count_from_the_reference(reference, wanted):
    """SD d56, PD d112; first procedure d20: SD lies 36 days after it, not 42."""
    person = operation(
        course("SD 56,PD 112"), None, 20, "STUDY TREATMENT", PRTRT="BIOPSY-GUIDED HAIC"
    )
    assert read_one(person, response__response_ref=reference).best[1] == wanted


def test_r060_responses_outside_are_listed_and_unused():
    """PD d112 after therapy d100: listed, no BOR; PFS censored d56 (C-04)."""
    person = course("SD 56,PD 112").add(
        "CM", CMTRT="X", CMCAT="SUBSEQUENT CANCER THERAPY", CMSTDTC=on(100)
    )
    made = read_one(person)
    assert made.responses == ["SD", "PD"]
    assert made.column("ANL01FL") == ["Y", "N"]
    assert made.best == ("SD", "SD")
    assert made.time("PFS")[1:] == (56, False)


# --------------------------------------------------------------------- the order


def test_r061_order_without_confirmation():
    """CR > PR > SD > NN > PD > NE; the best one counts however late."""
    cases = {
        "SD 56,PR 112,CR 168": "CR", "SD 56,PR 112": "PR", "NE 56,SD 112": "SD", "NE 56,PD 112": "PD",
        "NE 56": "NE", "SD 56,PD 112": "SD", "PR 20,PD 56": "PR", "SD 30,PD 56": "PD",
    }  # fmt: skip
    made = read({text: course(text) for text in cases})
    assert {k: r.best[0] for k, r in made.items()} == cases
    others = {"NN 56,PD 112": NN, "NN 56,CR 112": "CR", "NE 56,NN 112": NN, "NN 30,PD 56": "PD"}
    made = read({k: other_course(k) for k in others} | {"target": course("SD 56")})
    assert {k: made[k].best[0] for k in others} == others


def test_r062_confirmation_after_28_days():
    """27 days no, 28 days yes, for PR and CR; 21 by option; not required: the headline changes."""
    cases = {
        "PR 56,PR 83": ("SD", 56), "PR 56,PR 84": ("PR", 56), "CR 56,CR 83": ("SD", 56),
        "CR 56,CR 84": ("CR", 56),
    }  # fmt: skip
    assert best(cases) == cases
    moved = {"PR 56,PR 76": ("SD", 56), "PR 56,PR 77": ("PR", 56)}
    assert best(moved, response__confirm_days=21) == moved


def test_r063_stable_disease_from_42_days():
    """First TP with CR, PR or SD at >= 42; auto is 7 x 8 - 7 = 49; an integer of the protocol."""
    cases = {"SD 41": ("NE", 41), "SD 42": ("SD", 42), "SD 41,SD 97": ("SD", 97), "PR 42": ("SD", 42),
             "PR 41": ("NE", 41), "CR 42": ("SD", 42)}  # fmt: skip
    assert best(cases) == cases
    auto = {"SD 48": ("NE", 48), "SD 49": ("SD", 49)}
    assert best(auto, response__sd_min_days="auto") == auto
    weeks = {"SD 55": ("NE", 55), "SD 56": ("SD", 56)}
    assert best(weeks, response__sd_min_days=56) == weeks
    people = {text: other_course(text) for text in ("NN 41", "NN 42")}
    made = read(people | {"target": course("SD 56")})
    assert [made[k].best[1] for k in people] == ["NE", NN]


def test_r064_before_the_least_duration():
    cases = {
        "SD 30,PD 86": ("PD", 86), "PR 30,PD 86": ("PD", 86), "CR 30,PD 86": ("PD", 86),
        "SD 30": ("NE", 30), "SD 30,NE 86": ("NE", 30), "PR 30,NE 86": ("NE", 30), "PD 10": ("PD", 10),
    }  # fmt: skip
    assert best(cases) == cases
    others = {"NN 30,PD 86": "PD", "NN 30,NE 86": "NE", "CR 30": "NE"}
    made = read({k: other_course(k) for k in others} | {"target": course("SD 56")})
    assert {k: made[k].best[1] for k in others} == others


def test_r065_nothing_evaluable_is_ne_with_a_reason():
    """Everyone stays: one BOR row each; the label is an option, a TP that is NE stays NE."""
    people = {
        "none": course(""),
        "withdrew": course("").add("DS", DSDECOD="WITHDRAWAL BY SUBJECT", DSSTDTC=on(20),
                                   DSSCAT="STUDY PARTICIPATION"),
        "died": course("").dies(20),
        "all NE": course("NE 56,NE 112"),
        "early": course("SD 30"),
    }  # fmt: skip
    made = read(people)
    assert {k: r.best for k, r in made.items()} == dict.fromkeys(people, ("NE", "NE"))
    reasons = {k: str(r.best_row()["REASON"]) for k, r in made.items()}
    assert len(set(reasons.values())) == 5, reasons
    assert "death" in reasons["died"]
    assert "with" in reasons["withdrew"]
    labelled = read(people, response__missing_label="MISSING")
    assert {k: r.best[1] for k, r in labelled.items()} == {
        "none": "MISSING", "withdrew": "MISSING", "died": "MISSING", "all NE": "NE", "early": "NE",
    }  # fmt: skip


def test_r066_death_before_any_time_point():
    people = {"early": course("").dies(20), "later": course("NE 56").dies(80)}
    assert {k: r.best[1] for k, r in read(people).items()} == {"early": "NE", "later": "NE"}
    made = read(people, response__early_death_as_pd=True)
    assert {k: r.confirmed for k, r in made.items()} == {"early": ("PD", 20), "later": ("NE", 56)}


# ----------------------------------------------------------------------------------- Table 3


def test_r067_table_3():
    """First and next response, both sides of 42 days; the next at least 28 days later."""
    cases = {
        "CR 56,CR 112": ("CR", 56), "CR 30,CR 86": ("CR", 30),
        "CR 56,PD 112": ("SD", 56), "CR 30,PD 86": ("PD", 86),
        "PR 56,PD 112": ("SD", 56), "PR 30,PD 86": ("PD", 86),
        "CR 56,NE 112": ("SD", 56), "CR 30,NE 86": ("NE", 30),
        "PR 56,NE 112": ("SD", 56), "PR 30,NE 86": ("NE", 30), "PR 30": ("NE", 30),
        "PR 56,CR 112": ("PR", 56), "PR 56,PR 112": ("PR", 56), "PR 30,PR 86": ("PR", 30),
        "PR 56,SD 112": ("SD", 56), "PR 30,SD 86": ("SD", 86), "PR 13,SD 41": ("NE", 13),
        "NE 56,NE 112": ("NE", 56), "PR 56,CR 112,CR 168": ("CR", 112),
    }  # fmt: skip
    assert best(cases) == cases


def test_r067_disease_after_complete_response_by_option():
    """CR then 4 mm: PD rule SD* or PD; keep SD at either TP; reclassify PR."""
    late, early = "CR 56,PR:4 112", "CR 30,PR:4 86"
    people = {late: course(late), early: course(early)}
    assert {k: r.best[1] for k, r in read(people).items()} == {late: "SD", early: "PD"}
    keep = read(people, response__cr_then_disease="keep")
    assert {k: r.best[1] for k, r in keep.items()} == {late: "SD", early: "SD"}
    again = read(people, response__cr_then_disease="reclassify")
    assert {k: r.best[1] for k, r in again.items()} == {late: "PR", early: "PR"}


# --------------------------------------------------------------------- what may be between


def test_r068_not_evaluable_between():
    """One NE by default; two stop the pair but not a later one; option 0 and 2."""
    one_ne, two_ne = "PR 56,NE 84,PR 112", "PR 56,NE 75,NE 94,PR 112"
    assert best({one_ne: "", two_ne: ""}) == {one_ne: ("PR", 56), two_ne: ("SD", 56)}
    assert best({one_ne: ""}, response__max_ne_between=0) == {one_ne: ("SD", 56)}
    assert best({two_ne: ""}, response__max_ne_between=2) == {two_ne: ("PR", 56)}
    later = "PR 56,NE 75,NE 94,PR 112,PR 168"
    assert best({later: ""}) == {later: ("PR", 112)}


def test_r068_stable_disease_between():
    """One SD between PR and PR or CR; two SD not; SD between two CR is R-055."""
    cases = {
        "PR 56,SD 112,PR 168": ("PR", 56), "PR 56,SD 112,CR 168": ("PR", 56),
        "PR 56,SD 112,SD 168,PR 224": ("SD", 56), "PR 56,SD 84,NE 112,PR 140": ("PR", 56),
        "PR 56,SD 112,SD 168,PR 224,PR 280": ("PR", 224),
    }  # fmt: skip
    assert best(cases) == cases
    assert best({"PR 56,SD 112,SD 168,PR 224": ""}, response__sd_between_pr=2) == {
        "PR 56,SD 112,SD 168,PR 224": ("PR", 56)
    }


def test_r068_progression_between_never():
    text = "PR 56,PD 112,PR 168"
    assert best({text: ""}) == {text: ("SD", 56)}


def test_r069_a_missed_visit_is_not_evaluable():
    """Gap above 84 days: d140 (84) none; d141 misses due date 112; d196 one, d197 two (112, 168)."""
    cases = {"PR 56,PR 140": ("PR", 56), "PR 56,PR 141": ("SD", 56)}
    assert best(cases, response__max_ne_between=0) == cases
    one_missed = {
        "PR 56,PR 141": ("PR", 56),
        "PR 56,PR 196": ("PR", 56),
        "PR 56,PR 197": ("SD", 56),
    }
    assert best(one_missed) == one_missed
    assert best({"PR 56,PR 400": ""}, response__missing_as_ne=False) == {"PR 56,PR 400": ("PR", 56)}


def test_r069_a_long_gap_without_a_missed_due_date_counts_one():
    """PR d84 belongs to 56 (the nearer of the tie), d169 to 168: gap 85 > 84, 112 is missed: one."""
    text = "PR 84,PR 169"
    assert best({text: ""}, response__max_ne_between=0) == {text: ("SD", 84)}
    assert best({text: ""}) == {text: ("PR", 84)}


# -------------------------------------------------------------------------------


def test_r070_unconfirmed_response_pending():
    """At the last TP, alive, no PD, no therapy; only NE later keeps it pending."""
    cases = {
        "last": (course("PR 56"), "Y"),
        "CR": (course("SD 56,CR 112"), "Y"),
        "NE later": (course("PR 56,NE 112"), "Y"),
        "PD later": (course("PR 56,PD 112"), "N"),
        "SD later": (course("PR 56,SD 112"), "N"),
        "confirmed": (course("PR 56,PR 112"), "N"),
        "died": (course("PR 56").dies(80), "N"),
        "therapy": (course("PR 56").add("CM", CMTRT="X", CMCAT="SUBSEQUENT CANCER THERAPY",
                                        CMSTDTC=on(80)), "N"),
    }  # fmt: skip
    made = read({k: person for k, (person, _) in cases.items()})
    assert {k: r.best_row()["UNCONFFL"] for k, r in made.items()} == {
        k: wanted for k, (_, wanted) in cases.items()
    }


def test_r071_both_responses_are_reported():
    """PR d56, PD d112: unconfirmed PR and confirmed SD stand side by side, whatever the headline."""
    for headline in ("required", "not_required"):
        made = read_one(course("PR 56,PD 112"), response__confirmation=headline)
        assert made.best == ("PR", "SD")


def independent(person: Patient, reader: str | None = None) -> Patient:
    """The records as an independent assessor's."""
    for code in ("TU", "TR"):
        for row in person.rows[code]:
            row[f"{code}EVAL"] = "INDEPENDENT ASSESSOR"
            if reader:
                row[f"{code}EVALID"] = reader
    return person


def together(*people: Patient) -> Patient:
    """The records of one patient as several readers made them."""
    for other in people[1:]:
        for code in ("TU", "TR"):
            people[0].rows[code] += other.rows[code]
    return people[0]


def test_r072_evaluators_are_never_mixed():
    """The investigator sees PR, PR, the assessor SD, SD; each has the BOR of their own."""

    def person() -> Patient:
        return together(course("PR 56,PR 112"), independent(course("SD 56,SD 112")))

    made = read_one(person())
    assert made.best == ("PR", "PR")
    rows = made.adam["ADRS"].filter(PARAMCD="CBOR").select("EVAL", "AVALC").rows()
    assert sorted(rows) == [("INDEPENDENT ASSESSOR", "SD"), ("INVESTIGATOR", "PR")]
    other = read_one(person(), response__evaluator="INDEPENDENT ASSESSOR")
    assert other.best == ("SD", "SD")


def test_r073_response_starts_with_the_first_of_the_pair():
    cases = {
        "PR 56,PR 112,PD 168": (56, 168, True), "PR 56,CR 84,CR 112,PD 168": (56, 168, True),
        "SD 56,PR 112,PR 168": (112, 168, False), "CR 56,CR 112": (56, 112, False),
    }  # fmt: skip
    made = read({text: course(text) for text in cases})
    assert {text: r.time("DOR") for text, r in made.items()} == cases


def test_r074_the_adjudicator_chooses_a_whole_read():
    """Reader 1 PR, reader 2 PD, adjudicator PR: PR; lesions of the readers are not combined."""
    readers = (
        independent(course("PR 56,PR 112"), "RADIOLOGIST 1"),
        independent(course("PD 56"), "RADIOLOGIST 2"),
        independent(course("PR 56,PR 112"), "ADJUDICATOR"),
    )
    made = read_one(together(*readers), response__evaluator="INDEPENDENT ASSESSOR")
    assert made.best == ("PR", "PR")
    assert made.sums[0] == 100.0


def test_r075_a_failed_candidate_does_not_stop_a_later_one():
    cases = {
        "CR 56,NE 75,NE 94,CR 112,CR 168": ("CR", 112),
        "PR 56,PR 70,PR 84": ("PR", 56),
        "SD 56,PR 112,PR 139,PR 140": ("PR", 112),
        "CR 30,NE 60,NE 80,CR 100,PD 150": ("SD", 100),
        "NE 20,SD 40,SD 60,PR 80,PD 140": ("SD", 60),
    }
    assert best(cases) == cases


def test_r075_only_the_first_later_record_is_examined():
    """PR d56: the first PR or CR >= 28 days later is d168, with two NE before it; d224 does not help."""
    text = "PR 56,NE 84,NE 112,PR 168"
    assert best({text: ""}) == {text: ("SD", 56)}


def test_r076_non_target_only():
    """NN neither confirms nor is confirmed; an unconfirmed CR is SD by the table, flagged NT_ONLY."""
    cases = {
        "CR 56": ("CR", "SD"), "NN 56,CR 112": ("CR", "SD"), "CR 56,CR 112": ("CR", "CR"),
        "CR 56,NE 112,CR 168": ("CR", "CR"), "NN 56,NN 112": (NN, NN), "NN 56,PD 112": (NN, NN),
    }  # fmt: skip
    made = read({text: other_course(text) for text in cases} | {"target": course("SD 56")})
    assert {text: made[text].best for text in cases} == cases
    told = {text: f"{r.best_row()['RULEID']} {r.said('R-076')}" for text, r in made.items()}
    assert "R-076" in told["CR 56"]
    assert "R-076" not in told["CR 56,CR 112"]


def stated(*pairs: tuple[str | None, str]) -> Patient:
    """Reported responses of one target patient: (day or None, word)."""
    person = Patient()
    for i, (day, word) in enumerate(pairs):
        person.add("RS", RSTESTCD="OVRLRESP", RSSTRESC=word, VISITNUM=str(i + 2),
                   RSDTC=None if day is None else on(int(day)), RSEVAL="INVESTIGATOR")  # fmt: skip
    return person


def test_r077_reported_responses_of_one_date():
    """The worst counts: PD > NN > SD > PR > CR > NE; undated ones are listed."""
    order = ["PD", NN, "SD", "PR", "CR", "NE"]
    people, wanted = {}, {}
    for i, worse in enumerate(order):
        for better in order[i + 1 :]:
            people[f"{worse} {better}"] = stated(("56", better), ("56", worse))
            wanted[f"{worse} {better}"] = [worse]
    people["undated"] = stated(("56", "SD"), (None, "PD"))
    wanted["undated"] = ["SD"]
    made = read(people, response__response_source="reported")
    assert {k: r.responses for k, r in made.items()} == wanted
    assert [(d, s) for d, s, _ in made["undated"].unused] == [("RS", "2")]
