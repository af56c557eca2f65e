"""Differences of two protocols: each pair is made by hand, and so is what has to be said of it."""

from __future__ import annotations

import pytest

from support.rules import protocol as with_defaults
from trialwright.protocol.diff.change import GROUPS
from trialwright.protocol.diff.compare import diff_protocols
from trialwright.protocol.diff.match import likeness
from trialwright.protocol.diff.meanings import ALWAYS, CHOSEN, MOVED
from trialwright.protocol.diff.text import diff_text
from trialwright.protocol.document import parse_protocol
from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import fields_of
from trialwright.protocol.settle import settle
from trialwright.protocol.words import WORDS

BASE = parse_protocol(
    """\
trialwright_protocol: 1
id: base
title: Lorlatinib and ablation in lung cancer
design: {phases: [PHASE2], single_arm: true, enrollment: 30, null_rate: 0.1, alternative_rate: 0.3}
population: {conditions: [Lung Cancer], min_prior_lines: 1, max_ecog: 1, sex: ALL}
cohorts:
  - {id: A, name: Squamous}
  - {id: B, name: Adenocarcinoma, enrollment: 12}
regimen:
  - id: lorlatinib
    name: Lorlatinib
    kind: drug
    reach: systemic
    dose: [{value: 100, unit: mg}]
    route: oral
    frequency: QD
    interval_days: 1
  - id: chemotherapy
    name: Chemotherapy
    kind: drug
    chosen_by: investigator
  - id: ablation
    name: Ablation
    kind: procedure
    reach: lesion
treatment: {cycle_length_days: 28, until: [progression, toxicity]}
endpoints:
  - {id: ORR, kind: ORR, role: primary, measure: Response, criteria: [RECIST 1.1]}
  - id: PFS
    kind: PFS
    role: secondary
    measure: PFS
    origin: enrolment
    events: [progression, death]
    time_frame_months: 24
  - {id: OS, kind: OS, role: secondary, measure: Survival, time_frame: 2 years}
"""
)


def base(**defaults: object) -> Protocol:
    rules = with_defaults(**defaults)
    parts = {name: getattr(rules, name) for name in ("response", "analysis", "safety")}
    return BASE.model_copy(update=parts | {"sources": (*BASE.sources, *rules.sources)})


#: name: (path and new value, change weight, group, what of the meaning, words old -> new)
KINDS: dict[str, tuple[dict[str, object], str, str, str, tuple[str | None, str | None]]] = {
    "more patients": ({"design.enrollment": 40}, "conduct", "design", "narrower", ("30", "40")),
    "fewer patients": ({"design.enrollment": 20}, "conduct", "design", "wider", ("30", "20")),
    "higher null rate": ({"design.null_rate": 0.2}, "results", "design", "more responses are needed", ("0.1", "0.2")),
    "alpha decided": ({"design.alpha": 0.05}, "results", "design", "decided where it was open", (None, "0.05")),
    "title": ({"title": "Another title"}, "wording", "design", "the words change", ("Lorlatinib and ablation in lung cancer", "Another title")),
    "later line": ({"population.min_prior_lines": 2}, "conduct", "population", "may not enter", ("1", "2")),
    "worse ECOG": ({"population.max_ecog": 2}, "conduct", "population", "poorer general state may now enter", ("1", "2")),
    "women only": ({"population.sex": "FEMALE"}, "conduct", "population", "only women", ("ALL", "FEMALE")),
    "conditions": ({"population.conditions": ["Lung Cancer", "Thymoma"]}, "conduct", "population", "other patients", ("[Lung Cancer]", "[Lung Cancer, Thymoma]")),
    "cohort size": ({"cohorts.B.enrollment": 20}, "conduct", "arms and cohorts", "interval becomes narrower", ("12", "20")),
    "dose": ({"regimen.lorlatinib.dose": [{"value": 75, "unit": "mg"}]}, "conduct", "treatment", "another dose", ("100 mg", "75 mg")),
    "rarer doses": ({"regimen.lorlatinib.interval_days": 2}, "conduct", "treatment", "less often", ("1", "2")),
    "route": ({"regimen.lorlatinib.route": "enteral"}, "conduct", "treatment", "way of giving", ("oral", "enteral")),
    "reach": ({"regimen.ablation.reach": "liver"}, "results", "treatment", "locally treated", ("lesion", "liver")),
    "until": ({"treatment.until": ["progression"]}, "conduct", "treatment", "when treatment ends", ("[progression, toxicity]", "[progression]")),
    "cycle": ({"treatment.cycle_length_days": 21}, "conduct", "schedule", "shorter", ("28", "21")),
    "scans": ({"response.interval_weeks": 6}, "results", "schedule", "PFS of every progressing patient becomes shorter", ("8", "6")),
    "scan window": ({"response.window_days": 3}, "results", "schedule", "missed more often", ("7", "3")),
    "baseline window": ({"response.baseline_window_days": 42}, "conduct", "schedule", "no result changes", ("28", "42")),
    "PFS origin": ({"endpoints.PFS.origin": "first_dose"}, "results", "endpoints", "PFS counts from the first dose instead of enrolment: PFS of patients who wait for the first dose becomes shorter; patients who are never treated have no time", ("enrolment", "the first dose")),
    "death is no event": ({"endpoints.PFS.events": ["progression"]}, "results", "endpoints", "TTP is reported as well, PFS keeps death as an event", ("[progression, death]", "[progression]")),
    "events in words": ({"endpoints.PFS.events": ["progression", "death", "second_primary"]}, "none", "endpoints", "PFS is derived with the events of its kind", ("[progression, death]", "[progression, death, second_primary]")),
    "order of events": ({"endpoints.PFS.events": ["death", "progression"]}, "none", "endpoints", "only the order", ("[progression, death]", "[death, progression]")),
    "order of until": ({"treatment.until": ["toxicity", "progression"]}, "none", "treatment", "only the order", ("[progression, toxicity]", "[toxicity, progression]")),
    "confirmed by definition": ({"endpoints.ORR.confirmed": False}, "wording", "endpoints", "the estimate follows the response rule", (None, "no")),
    "reader by definition": ({"endpoints.ORR.assessor": "independent"}, "wording", "endpoints", "the reader of the response rule", (None, "independent")),
    "no size": ({"design.enrollment": None}, "conduct", "design", "the protocol does not say it any more", ("30", None)),
    "no ECOG limit": ({"population.max_ecog": None}, "conduct", "population", "not selected by it any more", ("1", None)),
    "an age limit": ({"population.max_age_years": 75}, "conduct", "population", "outside it may not enter", (None, "75")),
    "no time frame": ({"endpoints.OS.time_frame": None}, "wording", "endpoints", "no value changes", ("2 years", None)),
    "iRECIST not asked for": ({"response.icpd_tolerance_days": 3}, "none", "response rules", "iRECIST are not asked for", ("2", "3")),
    "role": ({"endpoints.PFS.role": "primary"}, "results", "endpoints", "judged by this endpoint now", ("secondary", "primary")),
    "follow-up": ({"endpoints.PFS.time_frame_months": 36}, "conduct", "endpoints", "followed longer", ("24", "36")),
    "time frame in words": ({"endpoints.OS.time_frame": "24 months"}, "wording", "endpoints", "no value", ("2 years", "24 months")),
    "no confirmation": ({"response.confirmation": "not_required"}, "results", "response rules", "become responders", ("required", "not_required")),
    "confirmed later": ({"response.confirm_days": 42}, "results", "response rules", "fewer confirmed responses", ("28", "42")),
    "shorter SD": ({"response.sd_min_days": 35}, "results", "response rules", "disease control rises", ("42", "35")),
    "reader": ({"response.evaluator": "INDEPENDENT ASSESSOR"}, "results", "response rules", "independent reader", ("INVESTIGATOR", "INDEPENDENT ASSESSOR")),
    "new therapy": ({"response.bor_stop_nact": False}, "results", "response rules", "count as well", ("yes", "no")),
    "ablated lesions": ({"response.ablated_lesions": "zero"}, "results", "response rules", "ablation alone can make a response", ("exclude", "zero")),
    "listings of PR": ({"response.pr_persistence": "carry"}, "wording", "response rules", "best response and duration stay", ("strict", "carry")),
    "censoring": ({"analysis.pfs_rule": "EMA"}, "results", "analysis", "fewer patients are censored", ("FDA", "EMA")),
    "denominator": ({"analysis.orr_set": "ENRL"}, "results", "analysis", "count as failures", ("FAS", "ENRL")),
    "level": ({"analysis.conf_level": 0.9}, "results", "analysis", "narrower", ("0.95", "0.9")),
    "idle PFS origin": ({"analysis.pfs_origin": "first_dose"}, "none", "analysis", "the PFS endpoint names its own start", ("enrolment", "the first dose")),
    "OS origin acts": ({"analysis.os_origin": "first_dose"}, "results", "analysis", "OS counts from the first dose", ("enrolment", "the first dose")),
    "grades": ({"safety.ctcae_version": "4.03"}, "results", "safety", "other definitions", ("5.0", "4.03")),
    "window of events": ({"safety.te_window_days": 60}, "results", "safety", "later adverse events", ("30", "60")),
    "open again": ({"safety.te_window_days": None}, "results", "safety", "open again", ("30", None)),
}  # fmt: skip


def test_which_of_first_dose_and_first_procedure_is_earlier_is_not_guessed():
    old = settle(base(), {"endpoints.PFS.origin": "first_procedure"})
    new = settle(old, {"endpoints.PFS.origin": "first_dose"})
    (change,) = diff_protocols(old, new).changes
    assert "both on different days are counted anew" in change.meaning
    assert "shorter" not in change.meaning


@pytest.mark.parametrize(
    ("changed", "weight", "group", "meaning", "words"), KINDS.values(), ids=KINDS
)
def test_one_change_is_told_with_its_meaning(changed, weight, group, meaning, words):
    ((path, _),) = changed.items()
    found = diff_protocols(base(), settle(base(), changed)).changes
    assert [one.path for one in found] == [path]
    (change,) = found
    assert (change.kind, change.weight, change.group) == ("value", weight, group)
    assert meaning in change.meaning
    assert (change.old, change.new) == words


def test_equal_protocols_do_not_differ():
    assert diff_protocols(base(), base()).changes == ()
    assert "no difference" in diff_text(diff_protocols(base(), base()))


def test_a_default_that_a_person_confirms_is_a_change_of_source_only():
    new = settle(base(), {"response.confirm_days": 28}, kind="default")
    (change,) = diff_protocols(base(), new).changes
    assert (change.kind, change.old_source, change.new_source) == ("source", "user", "default")
    assert change.meaning == (
        "the same value: a proposed default was accepted, before a person decided it"
    )
    assert "source only" in diff_text(diff_protocols(base(), new))


def test_confirmation_options_are_idle_where_nothing_is_confirmed():
    old = base(response__confirmation="not_required")
    (change,) = diff_protocols(old, settle(old, {"response.confirm_days": 56})).changes
    assert change.weight == "none"
    assert "no confirmation" in change.meaning


def test_ablation_options_are_idle_without_an_ablation():
    old = settle(base(), {"regimen.ablation": None})
    (change,) = diff_protocols(old, settle(old, {"response.ltp_margin_mm": 5})).changes
    assert change.weight == "none"


def test_a_component_that_goes_and_one_that_comes():
    values = {"kind": "radiation", "name": "Radiotherapy", "fractions": 5}
    new = settle(base(), {"regimen.chemotherapy": None, "regimen.radiotherapy": values})
    came, went = sorted(diff_protocols(base(), new).changes, key=lambda one: one.kind)
    assert (came.kind, came.new) == ("added", "Radiotherapy: 5 fractions")
    assert (went.kind, went.old) == ("removed", "Chemotherapy: chosen by investigator")
    assert went.meaning == "patients do not receive it any more"


def test_a_renamed_component_keeps_its_partner_and_its_changes():
    old = base()
    same = old.regimen[0].model_copy(update={"id": "drug_x", "name": "Drug X", "interval_days": 2})
    new = old.model_copy(update={"regimen": (same, *old.regimen[1:])})
    found = {one.path: one for one in diff_protocols(old, new).changes}
    assert found["regimen.drug_x"].kind == "renamed"
    assert (found["regimen.drug_x"].old, found["regimen.drug_x"].new) == (
        "Lorlatinib (lorlatinib)", "Drug X (drug_x)",
    )  # fmt: skip
    assert (found["regimen.drug_x.interval_days"].old) == "1"
    assert not any(one.kind in {"added", "removed"} for one in found.values())


def test_an_endpoint_of_another_kind_under_the_same_id_is_another_endpoint():
    old = base()
    other = old.endpoints[1].model_copy(update={"kind": "EFS"})
    new = old.model_copy(update={"endpoints": (old.endpoints[0], other, old.endpoints[2])})
    kinds = {one.kind for one in diff_protocols(old, new).changes}
    assert {"added", "removed"} <= kinds


def test_an_endpoint_with_another_id_is_matched_by_its_name():
    old = base()
    other = old.endpoints[1].model_copy(update={"id": "PFS_2"})
    new = old.model_copy(update={"endpoints": (old.endpoints[0], other, old.endpoints[2])})
    kinds = [one.kind for one in diff_protocols(old, new).changes if one.kind != "source"]
    assert kinds == ["renamed"]


def test_cohorts_and_endpoints_that_come_change_results():
    new = settle(
        base(),
        {
            "cohorts.C": {"name": "Other"},
            "endpoints.DOR": {"kind": "DOR", "role": "secondary", "measure": "Duration"},
        },
    )
    found = {one.path: one for one in diff_protocols(base(), new).changes}
    assert found["cohorts.C"].weight == found["endpoints.DOR"].weight == "results"
    assert found["endpoints.DOR"].meaning == "DOR is reported as secondary endpoint"
    assert found["endpoints.DOR"].new_source == "user"


def test_the_way_back_mirrors_the_way_there():
    new = settle(base(), {"response.confirm_days": 42, "cohorts.C": {"name": "Other"}})
    there, back = diff_protocols(base(), new), diff_protocols(new, base())
    assert {(c.old, c.new) for c in there.changes} == {(c.new, c.old) for c in back.changes}
    assert {c.kind for c in back.changes} == {"value", "removed"}


def test_results_come_first_and_groups_in_order():
    changed = {"response.confirm_days": 42, "title": "New", "design.null_rate": 0.2}
    found = diff_protocols(base(), settle(base(), changed))
    groups = [GROUPS.index(one.group) for one in found.changes]
    assert groups == sorted(groups)
    assert [one.weight for one in found.changes] == ["results", "wording", "results"]
    text = diff_text(found)
    head = "2 change results, 0 change conduct, 1 wording only, 0 without effect; 0 with another"
    assert head in text
    assert max(map(len, text.splitlines()[1:])) <= 100
    assert found.to_json()["counts"] == {
        "results": 2, "conduct": 0, "wording": 1, "none": 0, "source": 0,
    }  # fmt: skip


def test_members_of_another_kind_are_never_alike():
    drug, _, ablation = BASE.regimen
    assert likeness(drug, ablation) == 0
    assert likeness(drug, drug) == 1


def test_every_field_has_words_and_every_meaning_has_a_field():
    for name, field in fields_of(Protocol).items():
        if field.part is None or name == "sources":
            continue
        fields = [one for one in field.part.model_fields if one != "id"]
        assert sorted(WORDS[name]) == sorted(fields), name
    for key in (*MOVED, *CHOSEN, *ALWAYS):
        section, _, field_name = key.partition(".")
        assert field_name in WORDS[section], key


def test_a_frequency_beside_a_clock_that_stays_moves_no_day():
    new = settle(base(), {"regimen.lorlatinib.frequency": "BID"})
    (change,) = diff_protocols(base(), new).changes
    assert change.meaning == (
        "interval_days stays and gives the dosing days; how often on such a day changes"
    )
    both = settle(new, {"regimen.lorlatinib.interval_days": 2})
    found = {one.path: one.meaning for one in diff_protocols(base(), both).changes}
    assert "dosing days of every patient" in found["regimen.lorlatinib.frequency"]


def test_the_common_denominator_is_not_that_of_endpoints_with_their_own():
    old = settle(base(), {"endpoints.ORR.denominator": "EFF"})
    (change,) = diff_protocols(old, settle(old, {"analysis.orr_set": "ENRL"})).changes
    assert change.meaning.endswith("; not for ORR, which has a denominator of its own")


def test_the_rule_for_ablated_lesions_is_idle_without_an_ablation():
    old = settle(base(), {"regimen.ablation": None})
    (change,) = diff_protocols(old, settle(old, {"response.ablated_lesions": "zero"})).changes
    assert (change.weight, change.meaning) == (
        "none", "no effect: no component of the regimen ablates lesions"
    )  # fmt: skip
