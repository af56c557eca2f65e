"""What the registry should say and does not: a sentence with a blank, or with the decided value."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from trialwright.protocol.base import Finding
from trialwright.protocol.check.view import view_of
from trialwright.protocol.model import Cohort, Component
from trialwright.protocol.phrases import anchor_words, clock_words, dose_words
from trialwright.protocol.rules import DltCriterion
from trialwright.registry.amendment.case import CONFIRM, AmendmentCase
from trialwright.registry.amendment.model import Addition, Edit
from trialwright.registry.amendment.rewording import appended

DESCRIPTION = "Detailed description"
_SETS = {
    "FAS": "all patients who received study treatment",
    "ENRL": "all enrolled patients",
    "EFF": "all patients evaluable for response",
}
#: Codes of a frequency that are no words.
_OFTEN = {
    "ONCE": "once",
    "PRN": "as needed",
    "BIW": "twice a week",
    "TIW": "three times a week",
    "QID": "four times a day",
}
_UNTIL = {
    "progression": "disease progression",
    "toxicity": "unacceptable toxicity",
    "withdrawal": "withdrawal of consent",
    "investigator": "a decision of the investigator",
    "death": "death",
}
_READERS = {
    "INVESTIGATOR": "the investigator",
    "INDEPENDENT ASSESSOR": "independent central review",
}
_ABLATED = {
    "exclude": "Lesions that are ablated are not measured: response is assessed in the other "
    "lesions, and patients without other lesions are not evaluable for response.",
    "rebaseline": "Lesions are measured against a new baseline scan after the last ablation.",
    "zero": "Ablated lesions count as 0 mm from the ablation on.",
}
#: The version of CTCAE in registered words: `CTCAE V4.0`, `(CTCAE), version 5`.
_VERSION = re.compile(
    r"\b(?:CTCAE|Common Terminology Criteria for Adverse Events)\b[)\s,(]{0,4}"
    r"(?:v\.?|ver\.?|version)?\s?\d|\bCTCAEv\.?\s?\d", re.IGNORECASE
)  # fmt: skip
#: What a finding says to be an aim of the trial.
_AIM = re.compile(r"An aim is (?P<name>[^(\"]+?) \(")


@dataclass(frozen=True, slots=True)
class _Stated:
    """A sentence with the value at `path`, for the outcome of a finding or the first of `kinds`.

    `named` finds the value in a record that has it.
    """

    path: str | None
    text: str
    blank: str
    kinds: frozenset[str] = frozenset()
    named: re.Pattern[str] | None = None


_STATED: Mapping[str, _Stated] = {
    "ae_criteria_missing": _Stated(
        "safety.ctcae_version",
        "Adverse events are graded by CTCAE {}.",
        "version",
        frozenset({"AE", "SAE"}),
        _VERSION,
    ),
    "ae_window": _Stated(
        "safety.te_window_days",
        "Events are counted until {} days after the last dose.",
        "number",
        frozenset({"AE", "SAE"}),
    ),
    "sd_duration_missing": _Stated(
        "response.sd_min_days",
        "Stable disease counts when it lasts at least {} days.",
        "number",
        frozenset({"DCR"}),
    ),
    "evaluable_undefined": _Stated(
        None,
        "Evaluable are all patients with [definition; whether early progression and death count].",
        "",
    ),
}
_Adder = Callable[[AmendmentCase, Finding], "Addition | Edit | None"]


def added(case: AmendmentCase, finding: Finding) -> tuple[Addition | Edit, ...]:
    """What answers a gap; nothing when no sentence can be proposed for it."""
    if finding.code == "dose_missing":
        return tuple(_doses(case, finding))
    if finding.code in _STATED:
        return tuple(_stated(case, finding, _STATED[finding.code]))
    adder = _ADDERS.get(finding.code)
    found = adder(case, finding) if adder else None
    return () if found is None else (found,)


def _stated(case: AmendmentCase, finding: Finding, stated: _Stated) -> Iterator[Edit]:
    """The sentence in the outcome that the finding is about; none without such an outcome.

    A value that the record names already is not named a second time, unless a person changed it.
    """
    of_kind = (
        case.outcome_of[one.id]
        for one in case.drafted.endpoints
        if one.kind in stated.kinds and one.id in case.outcome_of
    )
    outcome = case.outcome(finding) or next(of_kind, None)
    named = stated.named is not None and stated.named.search(case.record.text) is not None
    if named and stated.path and case.by_user(stated.path) is None:
        return
    if outcome is not None:
        value = case.filled(stated.path, stated.blank) if stated.path else ""
        text = stated.text.format(value)
        yield appended(case, outcome, text, finding)


def _enrollment(case: AmendmentCase, finding: Finding) -> Addition:
    return Addition("Enrollment", case.filled("design.enrollment", "number of patients"), finding)


def _cohorts(case: AmendmentCase, finding: Finding) -> Addition:
    blank = "name], [definition], [number of patients"
    said = case.filled("cohorts", blank, _cohort_words)
    return Addition("Arm groups", f"Cohorts: {said}.", finding)


def _cohort_words(cohorts: tuple[Cohort, ...]) -> str:
    return "; ".join(f"{c.name}, {c.enrollment or '[number]'} patients" for c in cohorts)


def _doses(case: AmendmentCase, finding: Finding) -> Iterator[Addition]:
    """How each component without a dose is given, with a blank for each part that is open."""
    without = {one.id for one in case.drafted.regimen if not one.dose}
    about = case.component(finding)
    for one in case.settled.regimen:
        named = one == about or one.name in finding.message
        if named and one.id in without:
            parts = [
                case.filled(f"regimen.{one.id}.dose", "dose and unit", dose_words),
                case.filled(f"regimen.{one.id}.route", "route"),
                _timing(case, one),
            ]
            text = f"{one.name}: {', '.join(parts)}."
            yield Addition(f"Intervention {one.name}: description", text, finding)


def _timing(case: AmendmentCase, one: Component) -> str:
    """The clock of a component, by the field that gives it."""
    anchors = "; ".join(map(anchor_words, one.anchors or ()))
    for name in ("days_in_cycle", "interval_days", "frequency"):
        if getattr(one, name) is not None:
            said = case.filled(f"regimen.{one.id}.{name}", "how often", lambda _: _clock(one))
            cycle = case.filled(f"regimen.{one.id}.cycle_length_days", "number")
            if name == "days_in_cycle" and cycle.endswith(CONFIRM) and not said.endswith("]"):
                said = said.replace(f" of {one.cycle_length_days}", f" of {cycle} days")
            return f"{said}, {anchors}" if anchors else said
    return anchors or "[how often]"


def _clock(one: Component) -> str:
    said = clock_words(one)
    return _OFTEN.get(said, said)


def _until(case: AmendmentCase, finding: Finding) -> Addition:
    said = case.filled("treatment.until", "events that end treatment", _until_words)
    return Addition(DESCRIPTION, f"Treatment will be continued until {said}.", finding)


def _until_words(until: tuple[str, ...]) -> str:
    return _listed([_UNTIL.get(one, one) for one in until], "or")


def _listed(words: list[str], last: str) -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def _limiting(case: AmendmentCase, finding: Finding) -> Addition:
    window = case.filled("safety.dlt_window_days", "number")
    events = case.filled("safety.dlt_criteria", "events that limit the dose", _criteria_words)
    text = (
        f"Dose-limiting toxicity is assessed in the first {window} days of treatment: {events}. "
        "[Rule that stops or reduces treatment.]"
    )
    return Addition("Outcome measure", text, finding)


def _criteria_words(criteria: tuple[DltCriterion, ...]) -> str:
    return _listed([one.label for one in criteria], "and")


def _regimens(case: AmendmentCase, finding: Finding) -> Addition | None:
    component = case.component(finding)
    name = component.name if component else "Treatment"
    text = f"{name}: one of [permitted regimens with doses and intervals]."
    return Addition(f"Intervention {name}: description", text, finding)


def _aim(case: AmendmentCase, finding: Finding) -> Addition:
    version = case.filled("safety.ctcae_version", "version")
    text = (
        "Title: Adverse events. Description: Number of patients with adverse events, graded by "
        f"CTCAE {version}, and their relation to each component. Time frame: From the first "
        "treatment to [number] days after the last."
    )
    aim = _AIM.search(finding.message)
    name = aim["name"] if aim else ""
    if name != "safety":
        title = f"{name[0].upper()}{name[1:]}" if name else "[outcome]"
        text = f"Title: {title}. Description: [definition]. Time frame: [from, to]."
    return Addition("Secondary outcome", text, finding)


def _ablation(case: AmendmentCase, finding: Finding) -> Edit | Addition:
    path = "response.ablated_lesions"
    policy = case.by_user(path)
    text = _ABLATED.get(str(policy), "")
    if not text:
        proposal = _ABLATED.get(str(case.wanted(finding, path)), "How ablated lesions count.")
        text = f"[{proposal.rstrip('.')}, a proposal: confirm]."
    for one in case.drafted.endpoints:
        if one.kind == "ORR" and one.id in case.outcome_of:
            return appended(case, case.outcome_of[one.id], text, finding)
    return Addition(DESCRIPTION, text, finding)


def _confirmation(case: AmendmentCase, finding: Finding) -> Edit | None:
    outcome = case.outcome(finding)
    days = case.filled("response.confirm_days", "number")
    if case.by_user("response.confirmation") is None:  # the brackets around it do for both
        days = days.removeprefix("[").removesuffix(CONFIRM).replace("number]", "...")
    confirmed = f"are confirmed by a second scan at least {days} days later"
    single = "need no confirmation by a second scan"
    choice = {"required": confirmed, "not_required": single}
    text = case.filled("response.confirmation", f"{confirmed}, or {single}", choice.__getitem__)
    return appended(case, outcome, f"Responses {text}.", finding) if outcome else None


def _assessor(case: AmendmentCase, finding: Finding) -> Addition:
    blank = "the investigator, or independent central review"
    who = case.filled("response.evaluator", blank, _READERS.__getitem__)
    what = "Response is" if _in_blood(case) else "Scans are"
    return Addition(DESCRIPTION, f"{what} assessed by {who}.", finding)


def _in_blood(case: AmendmentCase) -> bool:
    """Whether disease is followed in blood and marrow, not in lesions."""
    return view_of(case.settled).blood


def _denominator(case: AmendmentCase, finding: Finding) -> Edit | None:
    outcome = case.outcome(finding)
    who = case.filled("analysis.orr_set", "who is counted", _SETS.__getitem__)
    return appended(case, outcome, f"The denominator is {who}.", finding) if outcome else None


def _schedule(case: AmendmentCase, finding: Finding) -> Addition:
    every = case.filled("response.interval_weeks", "number of weeks", _weeks)
    what, end = "Tumours are imaged", "progression"
    if _in_blood(case):
        what, end = "[Blood, marrow or scans] are assessed", "relapse or progression"
    text = f"{what} at baseline and every {every} until {end}."
    return Addition(DESCRIPTION, text, finding)


def _weeks(interval: int | tuple[tuple[int, int], ...]) -> str:
    if isinstance(interval, int):
        return f"{interval} weeks"
    parts = [f"{weeks} weeks until week {until}" for until, weeks in interval[:-1]]
    return ", then every ".join([*parts, f"{interval[-1][1]} weeks"])


def _hypothesis(case: AmendmentCase, finding: Finding) -> Addition:
    text = (
        "The size of the trial is chosen to tell a rate of "
        f"{case.filled('design.alternative_rate', 'rate hoped for', _percent)} from one of "
        f"{case.filled('design.null_rate', 'rate of no interest', _percent)}, with a one-sided "
        f"error of {case.filled('design.alpha', 'alpha')} and a power of "
        f"{case.filled('design.power', 'power')}."
    )
    return Addition(DESCRIPTION, text, finding)


def _percent(rate: float) -> str:
    return f"{100 * rate:g} %"


_ADDERS: Mapping[str, _Adder] = {
    "enrollment_missing": _enrollment,
    "cohorts_undefined": _cohorts,
    "discontinuation_missing": _until,
    "dlt_missing": _limiting,
    "agents_undefined": _regimens,
    "regimen_undefined": _regimens,
    "objective_without_endpoint": _aim,
    "response_evaluability": _ablation,
    "confirmation_missing": _confirmation,
    "confirmation_mismatch": _confirmation,
    "assessor_missing": _assessor,
    "denominator_missing": _denominator,
    "assessment_schedule_missing": _schedule,
    "hypothesis_missing": _hypothesis,
}
