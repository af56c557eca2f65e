"""Every kind of question, once: its code, its severity, and when it is raised.

The only place that holds severities. A detector of `protocol.check` looks at values, one of
`registry.findings` at the words of a record; docs/findings.md is printed from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from trialwright.protocol.base import Severity


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of question; `severities` holds the usual one first, then those it may also have."""

    code: str
    severities: tuple[Severity, ...]
    asks: str


_E: tuple[Severity, ...] = ("error",)
_W: tuple[Severity, ...] = ("warning",)
_N: tuple[Severity, ...] = ("note",)
_WN: tuple[Severity, ...] = ("warning", "note")
_EW: tuple[Severity, ...] = ("error", "warning")
_NW: tuple[Severity, ...] = ("note", "warning")

CODES: tuple[Code, ...] = (
    # Times: where they start, what ends them, how long they are followed
    Code("origin_impossible", _E, "a time starts at randomization in a trial that randomises nobody"),
    Code("origin_mismatch", _E, "times of one trial start at different events"),
    Code("origin_ambiguous", _WN, "a time starts at an event that is no single date of the data"),
    Code("origin_vs_treatment", _N, "a time starts at enrolment, before treatment does"),
    Code("origin_vs_timeframe", _W, "a definition and its time frame start at different events"),
    Code("anchor_conflict", _E, "one milestone of the study is given two durations"),
    Code("anchor_vs_primary", _W, "primary completion is later than the window of the primary endpoint"),
    Code("timeframe_calendar", _N, "follow-up ends on a date of the study, not at a time of the patient"),
    Code("timeframe_uniform", _N, "response and survival have the same time frame"),
    Code("timeframe_vs_event", _W, "overall survival is followed no longer than progression"),
    Code("timeframe_vs_landmark", _WN, "follow-up ends at the landmark of a rate, or before it"),
    Code("timeframe_origin", _N, "a time frame gives a length without a start"),
    Code("pfs_without_death", _E, "progression-free survival does not count death"),
    Code("rate_vs_time", _E, "the name is a rate at a landmark, the definition a time; or the reverse"),
    Code("censoring_missing", _W, "nothing says when a time is censored"),
    Code("intercurrent_event_missing", _W, "new therapy, surgery or the stop of a component: no rule"),
    Code("estimator_missing", _W, "nothing says how a time is summarised, and with which interval"),
    Code("single_arm_tte", _W, "one arm, and the primary endpoint is a time to an event"),
    Code("endpoint_duplicated", _N, "two outcomes are read from one curve"),
    # Response and disease control
    Code("response_evaluability", _E, "response is measured on lesions that the protocol ablates"),
    Code("local_therapy_response", _W, "a local treatment reaches organs in which response is measured"),
    Code("confirmation_missing", _WN, "a response rate without a word on confirmation"),
    Code("confirmation_mismatch", _W, "only some endpoints ask for confirmed responses"),
    Code("confirmation_scope", _N, '"confirmed" may or may not belong to stable disease as well'),
    Code("assessment_schedule_missing", _W, "nothing says when disease is assessed"),
    Code("baseline_undefined", _W, "nothing says which scan is the baseline"),
    Code("assessor_missing", _W, "nothing says who judges response and progression"),
    Code("measurable_disease_missing", _W, "response by RECIST, measurable disease not required"),
    Code("denominator_missing", _W, "a proportion without an analysis set"),
    Code("denominator_mismatch", _W, "proportions of one trial have different analysis sets"),
    Code("evaluable_undefined", _W, "a proportion of evaluable patients, who are not defined"),
    Code("sd_duration_missing", _N, "disease control without a shortest duration of stable disease"),
    # Design
    Code("enrollment_missing", _EW, "no planned sample size, overall or per cohort; a warning where only parts or a range are told"),
    Code("sample_size_rationale_missing", _W, "a sample size without the rate or precision behind it"),
    Code("hypothesis_missing", _W, "the primary endpoint has no null rate, error rate or power"),
    Code("interim_missing", _W, "an efficacy trial without a look for futility"),
    Code("multiple_primaries", _W, "several primary endpoints without a rule for multiplicity"),
    Code("cohorts_undefined", _E, "several cohorts without number or definition"),
    Code("pooling_undefined", _W, "several cohorts without a rule for reading them together"),
    Code("phase_vs_endpoint", _W, "the primary endpoint belongs to another phase"),
    Code("objective_without_endpoint", _E, "an aim of the trial has no outcome"),
    Code("endpoint_absent", _N, "a usual endpoint is not registered"),
    Code("masking_missing", _N, "nothing says whether treatment is masked"),
    Code("centres_missing", _N, "nothing says how many centres take part"),
    Code("open_label_partial", _N, "the summary describes the design but leaves out that it is open"),
    # Treatment
    Code("dose_missing", ("warning", "error"), "a study agent without a dose; error when none has one"),
    Code("route_missing", _N, "a study agent without a route"),
    Code("frequency_missing", _W, "a study agent without a schedule"),
    Code("cycle_length_missing", _WN, "dosing days or intervals without the cycle they belong to"),
    Code("sequence_missing", _W, "local treatment and drugs without an order"),
    Code("sequential_or_concurrent", _W, '"sequential" treatments: one after the other, or together'),
    Code("schedule_conflict", _E, "one agent has two clocks that collide"),
    Code("puncture_gap", _W, "an antibody against VEGF too close to a puncture"),
    Code("repeat_undefined", _W, "a local procedure may be repeated: how often, how far apart"),
    Code("ablation_scope", _W, "which lesions are ablated is not said"),
    Code("agents_undefined", _E, "a person chooses the drugs, without a list to choose from"),
    Code("regimen_undefined", _W, "no agent at all, or a test chooses the drugs without a list"),
    Code("treatment_scope", _W, "treatment is only called standard: what is allowed with it"),
    Code("logic_inverted", _E, 'the sentence says the opposite: "discontinued until progression"'),
    Code("discontinuation_missing", _E, "nothing says when treatment ends"),
    Code("discontinuation_incomplete", _N, "a usual reason to end treatment is not among those named"),
    Code("max_duration_missing", _N, "treatment until an event, without a longest duration"),
    Code("intervention_compound", _N, "one registry entry joins several agents"),
    Code("intervention_type", _N, "a procedure is registered as a drug"),
    Code("modality_mismatch", _W, "a method has different names in one record"),
    Code("agent_name_mismatch", _E, "two agent names that differ by a letter or two"),
    Code("test_undefined", _W, "a test that selects treatment is not described"),
    Code("test_not_listed", _N, "a test that selects treatment is not a registered intervention"),
    # Safety
    Code("dlt_missing", _E, "phase 1 without dose-limiting toxicity or a rule for the dose"),
    Code("dlt_criteria_missing", _WN, "dose-limiting toxicity without the events that count"),
    Code("safety_runin_missing", _W, "phase 1 at fixed doses without a first group that is watched"),
    Code("safety_stopping_missing", _W, "no rule stops the trial for toxicity"),
    Code("ae_criteria_missing", _W, "adverse events without a version of CTCAE"),
    Code("ae_window", _N, "nothing says how long after treatment adverse events count"),
    Code("ae_attribution_missing", _N, "several components, no rule for relation to each"),
    # Population
    Code("line_missing", _W, "no word on the line of therapy"),
    Code("line_ambiguous", _W, "a line of therapy beside another condition on earlier treatment"),
    Code("line_inconsistent", _W, "earlier treatment differs between two places of the record"),
    Code("biomarker_missing", _W, "a checkpoint inhibitor in colorectal cancer, mismatch repair not named"),
    Code("primary_tumours_missing", _W, "a basket without its tumour types"),
    Code("population_in_background", _N, "the line of therapy stands in the rationale only"),
    Code("eligibility_missing", _N, "no condition of entry besides the disease"),
    Code("site_ambiguous", _W, "sites joined by a slash: one of them, or both"),
    Code("extrahepatic_undefined", _W, "liver-directed treatment, disease elsewhere not mentioned"),
    Code("condition_ambiguous", _W, "a condition that can be read as two diseases"),
    Code("condition_split", _N, "one population is registered as several conditions"),
    Code("condition_term_mismatch", _N, "condition and title use different words for one site"),
    # Language
    Code("term_mismatch", _NW, 'adverse "effects" beside adverse events; a field of the registry contradicts the text'),
    Code("unsupported_claim", _N, "an effect is claimed that the record cannot support"),
    Code("conjunction", _N, 'responses are joined by "and" where either counts'),
    Code("definition_wording", _N, "a definition that does not say what it means"),
    Code("tense_mismatch", _N, "the plan is told in the past tense"),
    Code("wording", _N, "a phrase that is not the term of the field"),
    Code("wording_garbled", _N, "a sentence with a word missing or said twice"),
    Code("typo", _N, "a common word or an ordinal is misspelt"),
    Code("acronym_unexpanded", _N, "an uncommon acronym is never written out"),
    Code("fullwidth_punctuation", _N, "full-width punctuation"),
    # Ours: options that no other question has named
    Code("option_open", _N, "options of the analysis that the protocol does not fix"),
)  # fmt: skip

#: The usual severity of each code.
SEVERITY: Mapping[str, Severity] = MappingProxyType({one.code: one.severities[0] for one in CODES})

#: Codes that no machine can decide, with the reason. Every code of today has a detector.
NOT_DECIDABLE: Mapping[str, str] = MappingProxyType({})
