"""Amendments: the words that a PI would paste, written down by hand before the code was run."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import trialwright as tw
from trialwright.cli.app import main
from trialwright.protocol.document import parse_protocol
from trialwright.registry.amendment import Amendment, amend, amendment_text
from trialwright.registry.draft import Draft
from trialwright.registry.facts import MOST_MATCHES
from trialwright.registry.record import parse_record

ROOT = Path(__file__).parents[2]
RECORDS = {
    **{path.stem[:3]: path for path in (ROOT / "examples/records").glob("*.txt")},
    **{
        name: ROOT / f"tests/registry/records/amended_{name}.txt"
        for name in ("times", "rate", "basket")
    },
}


def drafted(name: str) -> Draft:
    return tw.draft_protocol(tw.read_record(RECORDS[name]))


def amended(name: str, **settled: object) -> tuple[Amendment, ...]:
    draft = drafted(name)
    values = {path.replace("__", "."): value for path, value in settled.items()}
    return amend(draft, tw.settle(draft.protocol, values) if values else None)


def proposed(found: tuple[Amendment, ...]) -> dict[str, str]:
    """Every proposed line by `field / label`; lines of one label are joined."""
    lines: dict[str, str] = {}
    for one in found:
        for line in one.proposed:
            key = f"{one.field.partition(':')[0]} / {line.label}"
            lines[key] = "\n".join(filter(None, (lines.get(key, ""), line.text)))
    return lines


#: record: what has to be proposed, line by line; "in" for a part of several.
EXPECTED: dict[str, dict[str, str]] = {
    "000": {
        "Secondary outcome 3 / Title": "Overall survival",
        "Secondary outcome 3 / Description": "Time from enrollment to death (from any cause)",
        "Secondary outcome 3 / Time frame": "From enrollment, up to about 5 years for each patient",
        "Primary outcome 1 / Time frame": "From Baseline to disease progression, up to 18 months",
        "Detailed description / Sentence": "Medication will be continued until disease progression, "
        "intolerable toxicity, informed consent is withdrawn, or investigator judgment is made.",
    },
    "002": {
        "Brief summary / Sentence": "This trial will evaluate the effectiveness and safety of "
        "camrelizumab combined with microwave ablation",
        "Primary outcome 1 / Title": "12-month progression-free survival (PFS) rate",
        "Primary outcome 1 / Description": "Proportion of patients alive without disease "
        "progression (RECIST 1.1) 12 months after the first treatment, estimated by the "
        "Kaplan-Meier method.",
        "Secondary outcome 3 / Description": "Time from the first study procedure until the date of "
        "progression using the RECIST 1.1, or death from any cause, whichever occurs first.",
        "Secondary outcome 1 / Description": "[Lesions that are ablated are not measured",
        "Detailed description / Sentence": "A dose of Camrelizumab is given every 3 weeks, and not "
        "earlier than 7 days after a session of microwave ablation: [the later of both days counts, "
        "a proposal: confirm].",
        "Enrollment (to add) / Text": "[number of patients]",
        "Intervention chemotherapy / Text": "one of [permitted regimens",
    },
    "003": {
        "Arm groups (to add) / Text": "Cohorts: [name], [definition], [number of patients].",
        "Outcome measure (to add) / Text": "Dose-limiting toxicity is assessed in the first [number] "
        "days of treatment",
        "Intervention Bevacizumab / Text": "Bevacizumab: [dose and unit], [route], [how often].",
        "Detailed description (to add) / Text": "Treatment will be continued until [events that end "
        "treatment].",
        "Enrollment (to add) / Text": "[number of patients]",
    },
    "times": {
        "Secondary outcome 1 / Description": "Time from enrollment to disease progression assessed "
        "by RECIST 1.1, or death from any cause, whichever occurs first.",
        "Secondary outcome 2 / Title": "Overall survival",
        "Secondary outcome 2 / Description": "Time from enrollment until death from any cause",
        "Detailed description / Sentence": "Study treatment will be continued until disease "
        "progression, unacceptable toxicity or withdrawal of consent.",
    },
    "rate": {
        "Primary outcome 1 / Title": "6-month progression-free survival rate",
        "Primary outcome 1 / Description": "Proportion of patients alive without disease "
        "progression (RECIST 1.1) 6 months after first dose, estimated by the Kaplan-Meier "
        "method.",
        "Secondary outcome 1 / Description": "by RECIST 1.1. [Lesions that are ablated are not",
        "Enrollment (to add) / Text": "[number of patients]",
    },
    "basket": {
        "Intervention Envafolimab / Text": "Envafolimab: [dose and unit], subcutaneous, [how often].",
        "Intervention Lenvatinib / Text": "Lenvatinib: [dose and unit], [route], [how often].",
        "Detailed description (to add) / Text": "until [events that end treatment].",
    },
}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_proposed_words_are_those_of_a_careful_reviewer(name):
    lines = proposed(amended(name))
    for key, words in EXPECTED[name].items():
        assert words in lines.get(key, ""), (key, sorted(lines))


@pytest.mark.parametrize("name", RECORDS)
def test_every_error_is_answered_and_the_registered_words_are_verbatim(name):
    draft = drafted(name)
    found = amend(draft)
    answered = {why.code for one in found for why in one.reasons}
    assert {one.code for one in draft.questions if one.severity == "error"} <= answered
    for one in found:
        for line in one.registered:
            assert line.text in draft.record.text
        assert one.registered != one.proposed
        for line in one.proposed:
            assert ".." not in (line.text or "").replace("...", ""), line.text
        assert all(why.text.endswith((".", "?")) for why in one.reasons)


@pytest.mark.parametrize("name", RECORDS)
def test_no_number_is_invented(name):
    """Every number of a proposed text stands in the record, or is the day count of its words."""
    draft = drafted(name)
    known = set(re.findall(r"\d+(?:\.\d+)?", draft.record.text))
    known |= {f"{c.anchors[0].offset_days}" for c in draft.protocol.regimen if c.anchors}
    known |= {f"{c.interval_days // 7}" for c in draft.protocol.regimen if c.interval_days}
    known |= {f"{day}" for c in draft.protocol.regimen for day in c.days_in_cycle or ()}
    for one in amend(draft):
        for line in one.proposed:
            words = line.text or ""
            assert set(re.findall(r"\d+(?:\.\d+)?", words)) <= known, words


def test_a_value_that_the_user_settled_stands_in_the_text():
    found = proposed(
        amended(
            "003",
            design__enrollment=45,
            regimen__bevacizumab__dose=[{"value": 7.5, "unit": "mg/kg"}],
            treatment__until=["progression", "toxicity"],
            safety__dlt_window_days=28,
            cohorts=[{"id": "A", "name": "Gastric cancer", "enrollment": 15}],
        )
    )
    assert found["Enrollment (to add) / Text"] == "45"
    assert found["Intervention Bevacizumab / Text"].startswith("Bevacizumab: 7.5 mg/kg,")
    assert (
        "until disease progression or unacceptable toxicity."
        in (found["Detailed description (to add) / Text"])
    )
    assert "in the first 28 days" in found["Outcome measure (to add) / Text"]
    assert found["Arm groups (to add) / Text"] == "Cohorts: Gastric cancer, 15 patients."


def test_an_accepted_default_stays_in_brackets():
    draft = drafted("003")
    settled = tw.accept_defaults(draft.protocol, draft.findings)
    found = proposed(amend(draft, settled))
    assert "[7.5 mg/kg, an accepted default: confirm]" in found["Intervention Bevacizumab / Text"]


def test_what_nobody_but_a_default_decided_does_not_replace_registered_words():
    draft = drafted("002")
    found = proposed(amend(draft, tw.accept_defaults(draft.protocol, draft.findings)))
    rate = found["Primary outcome 1 / Description"]
    assert "12 months after the first treatment, estimated" in rate
    response = found["Secondary outcome 1 / Description"]
    assert "[Lesions that are ablated" in response
    assert "at least 28 days later, an accepted default: confirm]" in response
    assert "[[" not in response
    assert "]]" not in response


def test_a_cycle_that_only_a_default_gives_stays_in_brackets():
    draft = drafted("000")
    found = proposed(amend(draft, tw.accept_defaults(draft.protocol, draft.findings)))
    said = found["Intervention Regorafenib / Text"]
    assert said.endswith("on days 1 to 21 of [28, an accepted default: confirm] days.")


def test_a_persons_policy_for_ablated_lesions_stands_without_brackets():
    found = proposed(amended("002", response__ablated_lesions="zero"))
    said = found["Secondary outcome 1 / Description"]
    assert "iteria. Ablated lesions count as 0 mm from the ablation on." in said


def test_a_code_of_a_frequency_is_said_in_words():
    text = (
        "Drug A in Lung Cancer\nA single-arm phase 2 trial. Cabozantinib is given once.\n"
        "Lung Cancer\nDRUG: Cabozantinib\nObjective response rate, 6 months\n\n"
    )
    draft = tw.draft_protocol(parse_record("x", text.encode(), where="x"))
    settled = tw.settle(draft.protocol, {"regimen.cabozantinib.frequency": "ONCE"})
    found = proposed(amend(draft, settled))
    assert found["Intervention Cabozantinib / Text"].endswith(", once.")


def test_the_users_origin_decides_the_proposed_one():
    found = proposed(amended("000", endpoints__OS__origin="first_dose"))
    assert found["Secondary outcome 3 / Description"] == (
        "Time from the first dose to death (from any cause)"
    )
    assert found["Secondary outcome 3 / Time frame"].startswith(
        "From the first dose, up to about 5"
    )


def test_edits_of_one_place_are_made_together_and_only_once():
    found = amended("000")
    survival = [one for one in found if one.field.startswith("Secondary outcome 3")]
    assert len(survival) == 1
    codes = [why.code for why in survival[0].reasons]
    assert len(codes) == len(set(codes))
    assert {"origin_impossible", "anchor_conflict", "typo"} <= set(codes)
    text = amendment_text("000", found)
    assert ".." not in text.replace("...", "")
    assert text.count("> Description: Time from enrollment to death") == 1


def test_a_missing_description_becomes_a_line_of_its_own():
    text = (
        "Drug A in Lung Cancer\nA single-arm phase 2 trial of cabozantinib.\nLung Cancer\n"
        "DRUG: Cabozantinib\nObjective response rate, 6 months\n\n"
    )
    draft = tw.draft_protocol(parse_record("x", text.encode(), where="x"))
    (one,) = [a for a in amend(draft) if a.field.startswith("Primary outcome 1")]
    assert [line.label for line in one.registered] == ["Title", "Time frame"]
    assert [line.label for line in one.proposed] == ["Title", "Description", "Time frame"]
    assert one.proposed[0] == one.registered[0]
    assert "The denominator is [who is counted]." in (one.proposed[1].text or "")


def test_where_patients_are_randomised_the_start_is_a_question():
    text = (
        "A Randomized Trial of Cabozantinib in Lung Cancer\nPatients are randomized 1:1 to "
        "cabozantinib or docetaxel in this randomized phase 2 trial.\nLung Cancer\n"
        "DRUG: Cabozantinib|DRUG: Docetaxel\n"
        "Progression-free survival, PFS is the time from enrollment to disease progression or death "
        "from any cause, 24 months\n"
        "Overall survival, OS is the time from randomization to death from any cause, 24 months\n"
    )
    draft = tw.draft_protocol(parse_record("x", text.encode(), where="x"))
    assert "origin_mismatch" in {one.code for one in draft.questions}
    found = [words for words in proposed(amend(draft)).values() if "[one start" in words]
    assert len(found) == 1
    start = "is the time from [one start for all times: randomization, or enrollment] to d"
    assert start in found[0]


@pytest.mark.parametrize("name", RECORDS)
def test_a_finding_that_comes_twice_is_answered_once(name):
    draft = drafted(name)
    twice = replace(draft, rows=(*draft.rows, *draft.rows))
    assert amend(twice) == amend(draft)


def test_a_record_that_repeats_a_misspelling_without_end_is_answered_in_bounded_work():
    text = RECORDS["times"].read_text("utf-8") + " tislelizunab" * 40_000
    draft = tw.draft_protocol(parse_record("x", text.encode(), where="x"))
    found = amend(draft)
    places = [one for one in found if "agent_name_mismatch" in {why.code for why in one.reasons}]
    assert 0 < len(places) <= MOST_MATCHES
    longest = max(len(line.text or "") for one in places for line in one.proposed)
    assert longest < 5_000  # a sentence without an end is cut


def test_blanks_are_counted():
    found = {one.field: one for one in amended("002")}
    assert found["Enrollment (to add)"].blanks == 1
    assert found["Primary outcome 1: 12-month progression-free survival (PFS)"].blanks == 0


def test_the_command_writes_a_file_and_refuses_another_record(tmp_path, monkeypatch, capsys):
    record = str(RECORDS["002"])
    out = tmp_path / "amend" / "002.md"
    assert run(monkeypatch, "amendment", record, "--out", str(out)) == 0
    assert out.read_text("utf-8").startswith("# Proposed amendment of 002")
    assert "places to edit" in capsys.readouterr().out
    assert run(monkeypatch, "amendment", record, "--json") == 0
    assert {one["field"] for one in json.loads(capsys.readouterr().out)} >= {"Enrollment (to add)"}
    protocol = tmp_path / "003.yaml"
    protocol.write_text(tw.protocol_text(drafted("003").protocol), "utf-8")
    assert run(monkeypatch, "amendment", record, "--protocol", str(protocol)) == 1
    assert "not drafted from this record" in capsys.readouterr().err


def run(monkeypatch, *words):
    monkeypatch.setattr("sys.argv", ["trialwright", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


def test_what_a_terminal_would_obey_is_not_written():
    text = (
        "Drug A in Lung Cancer\nA single-arm phase 2 trial of cabozantinib.\nLung Cancer\n"
        "DRUG: Cabozantinib\nObjective response rate\x1b[31m\u202e, RECIST 1.1\x07, 6 months\n\n"
    )
    draft = tw.draft_protocol(parse_record("x", text.encode(), where="x"))
    written = amendment_text("x", amend(draft))
    assert "rate\ufffd[31m\ufffd" in written
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e]", written)


def _texts(stem, field):
    found = amend(drafted(stem))
    return [one.text for amended in found for one in amended.proposed if one.label == field]


def test_entries_of_several_components_are_registered_apart_with_their_types():
    assert _texts("003", "Interventions") == [
        "PROCEDURE: HAIC|DRUG: Bevacizumab|DRUG: Camrelizumab"
    ]
    assert _texts("000", "Interventions") == [
        "DRUG: Serplulimab|DRUG: Regorafenib|PROCEDURE: Hepatic Artery Bicarbonate Infusion"
    ]


def test_responses_of_which_either_counts_are_joined_by_or():
    written = " ".join(_texts("003", "Description"))
    assert "complete response (CR) or partial response (PR)" in written


def test_the_first_treatment_is_named_in_every_definition_and_a_date_becomes_a_time():
    written = _texts("002", "Description")
    assert not [text for text in written if "date of first treatment" in text]
    assert [text for text in written if "first study procedure" in text]


def _of(text: str, *, defaults: bool = False, **values: object) -> dict[str, str]:
    draft = tw.draft_protocol(parse_record("x", text.encode(), where="x"))
    settled = tw.accept_defaults(draft.protocol, draft.findings) if defaults else draft.protocol
    decided = {path.replace("__", "."): value for path, value in values.items()}
    return proposed(amend(draft, tw.settle(settled, decided)))


def test_remission_is_not_looked_for_by_imaging_tumours():
    found = _of(
        "Gilteritinib in Acute Myeloid Leukemia\nA single-arm phase 2 trial.\n"
        "Acute Myeloid Leukemia\nDRUG: Gilteritinib\n"
        "Overall response rate, CR, CRi and CRp, 42 days\n\n"
    )
    said = found["Detailed description (to add) / Text"]
    assert "Tumours" not in said
    assert "Scans are" not in said
    assert (
        "[Blood, marrow or scans] are assessed at baseline and every [number of weeks] until "
        "relapse or progression." in said
    )


def test_an_aim_is_answered_by_an_outcome_of_its_own():
    found = _of(
        "Drug A in Lung Cancer\nA phase 2 trial to determine the safety and pharmacokinetics of "
        "cabozantinib.\nLung Cancer\nDRUG: Cabozantinib\n"
        "Objective response rate, RECIST 1.1, 6 months\n"
        "Adverse events, Number of patients with adverse events, 12 months\n"
    )
    said = found["Secondary outcome (to add) / Text"]
    assert said == "Title: Pharmacokinetics. Description: [definition]. Time frame: [from, to]."


def test_a_description_with_a_comma_at_its_end_becomes_a_sentence():
    found = _of(
        "Drug A in Lung Cancer\nA single-arm phase 2 trial.\nLung Cancer\nDRUG: Cabozantinib\n"
        "Objective response rate, Responses are read as complete response, partial response,, "
        "6 months\n\n"
    )
    said = found["Primary outcome 1 / Description"]
    assert "partial response. Responses [are" in said
    assert not re.search(r"\[[^\]]*\[", said)


def test_cohorts_of_an_accepted_default_have_one_bracket():
    draft = drafted("003")
    cohorts = [{"id": "a", "name": "Thymoma"}, {"id": "b", "name": "Thymic carcinoma"}]
    settled = tw.settle(draft.protocol, {"cohorts": cohorts}, kind="default")
    words = "Cohorts: [Thymoma, number patients; Thymic carcinoma, number patients"
    confirm = ", an accepted default: confirm]."
    assert proposed(amend(draft, settled))["Arm groups (to add) / Text"] == words + confirm
    edited = tw.protocol_text(settled).replace("name: Thymoma", "name: Thymoma B", 1)
    found = proposed(amend(draft, parse_protocol(edited)))
    assert found["Arm groups (to add) / Text"].endswith(confirm)


_GRADED = (
    "Drug A in Lung Cancer\nA single-arm phase 2 trial.\nLung Cancer\nDRUG: Cabozantinib\n"
    "Objective response rate, RECIST 1.1, 6 months\nToxicity graded by CTCAE V4.0, 24 months\n"
)


def test_a_registered_version_is_not_named_a_second_time():
    for defaults in (False, True):
        assert "are graded by CTCAE" not in " ".join(_of(_GRADED, defaults=defaults).values())
    decided = " ".join(_of(_GRADED, safety__ctcae_version="5.0").values())
    assert "Adverse events are graded by CTCAE 5.0." in decided


_STARTED = (
    "Drug A in Lung Cancer\nA single-arm phase 2 trial of cabozantinib in 40 patients.\nLung Cancer\n"
    "DRUG: Cabozantinib\nObjective response rate, RECIST 1.1, 6 months\n"
    "{pfs}Overall survival, Time from randomization to death from any cause, 24 months\n"
)
_PFS = (
    "Progression-free survival, Time from enrollment to disease progression or death from any cause, "
    "24 months|"
)


def test_a_start_that_we_propose_waits_for_a_person():
    def said(pfs: str, **values: object) -> str:
        found = _of(_STARTED.format(pfs=pfs), **values)
        return next(text for text in found.values() if "to death from any cause" in text)

    assert re.search(r"from \[[a-z ]+, a proposal: confirm\] to death", said(""))
    assert re.search(r"from \[[a-z ]+, an accepted default: confirm\] to", said("", defaults=True))
    assert "from the first dose to death" in said("", endpoints__OS__origin="first_dose")
    assert "from enrollment to death" in said(_PFS)
    assert "from enrollment to death" in said(_PFS, defaults=True)
