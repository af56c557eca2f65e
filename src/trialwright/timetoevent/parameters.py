"""The times to event beside PFS, DOR, TTP and OS of the main analysis, in one table (C-B, D-03).

Every one of them exists for every enrolled subject to whom it applies; `not_applicable` says why
it does not apply to another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from trialwright.response.history import Ints
from trialwright.timetoevent import sensitivity
from trialwright.timetoevent.progression import CensoringRule, Decision, applied
from trialwright.timetoevent.study import Start, Study
from trialwright.timetoevent.survival import decide_survival
from trialwright.vocabulary.recist import NEVER, NO_DAY

#: Names of the parameters of the main analysis and of iRECIST.
MAIN_PARAM: dict[str, str] = {
    "PFS": "Progression-Free Survival",
    "TTP": "Time to Progression",
    "DOR": "Duration of Response",
    "OS": "Overall Survival",
    "IPFS": "Progression-Free Survival by iRECIST",
    "IDOR": "Duration of Response by iRECIST",
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A time to event: code, name, the rule that makes it differ, where it starts, how it ends."""

    paramcd: str
    param: str
    rule: str
    start: Start
    decide: Callable[[Study], Decision]


@dataclass(frozen=True, slots=True)
class _Variant:
    """A sensitivity analysis of PFS and of DOR: end of the code, words, rule, function."""

    suffix: str
    words: str
    rule: str
    decide: Callable[[Study], Decision]


_VARIANTS = (
    _Variant("NACT", "New Therapy Is an Event", "C-11", sensitivity.new_therapy_as_event),
    _Variant("CLIN", "Clinical Progression Is an Event", "C-12", sensitivity.clinical_progression_as_event),
    _Variant("SCHD", "Scans on Their Due Dates", "C-13", sensitivity.on_scheduled_dates),
    _Variant("GAPR", "Events After Missed Scans at Their Date", "C-14", sensitivity.gap_at_real_date),
    _Variant("GAPD", "Events After Missed Scans When First Due", "C-14", sensitivity.gap_at_due_date),
    _Variant("LOST", "Loss to Follow-up Is an Event", "C-15", sensitivity.lost_as_progression),
    _Variant("INT", "Interval Between Scans", "C-16", sensitivity.in_interval),
)  # fmt: skip
_OTHER_RULE = {
    "FDA": _Variant("EMA", "Every Event Counts", "C-10", sensitivity.under_other_rule),
    "EMA": _Variant("FDA", "Censored at New Therapy and Gaps", "C-10", sensitivity.under_other_rule),
}  # fmt: skip
_SAME_DAY = {
    "include": "Day of New Therapy Does Not Count",
    "exclude": "Day of New Therapy Counts",
}
#: By the event of the other origin: end of the code and words.
_OTHER_ORIGIN = {"first_dose": ("TRT", "From First Treatment"), "enrolment": ("ENR", "From Enrolment")}  # fmt: skip
_REASONS: dict[Start, str] = {
    "PFS": "no origin",
    "PFS_OTHER": "never treated",
    "OS": "no origin",
    "OS_OTHER": "never treated",
    "DOR": "no response",
    "DOR_SAME": "no response",
    "TTR": "no response",
    "TTF": "never treated",
}


def time_to_response(study: Study) -> Decision:
    """Origin to the first response, responders only (E-06)."""
    applies = (study.course.origin != NO_DAY) & (study.response_visit >= 0)
    origin = np.where(applies, study.course.origin, NO_DAY).astype(np.int32)
    return applied(
        Decision(
            origin=origin,
            day=study.response_start,
            event=applies,
            rule=np.full(len(origin), CensoringRule.E_06, np.int8),
            visit=study.response_visit,
            known_event=study.response_start,
            allowed_gap=np.zeros_like(origin),
        )
    )


def time_to_treatment_failure(study: Study) -> Decision:
    """Origin to the end of all treatment, PD or death (E-11); on treatment: last day of it."""
    course = study.course
    through = replace(study.response_rule, conversion_surgery="continue")
    by_course = replace(study, response_rule=through).progression("EMA")
    known = np.minimum(by_course.known_event, course.stopped)
    stops = course.stopped < by_course.known_event
    ongoing = known == NEVER
    day = np.where(ongoing, study.last_dose, known)
    rule = np.select(
        [ongoing, stops], [CensoringRule.E_11_CENSORED, CensoringRule.E_11], by_course.rule
    )
    return applied(
        Decision(
            origin=course.origin,
            day=day.astype(np.int32),
            event=~ongoing,
            rule=rule.astype(np.int8),
            visit=np.where(ongoing | stops, -1, by_course.visit).astype(np.int32),
            known_event=known.astype(np.int32),
            allowed_gap=np.zeros_like(course.origin),
        )
    )


def _progression(study: Study) -> Decision:
    return study.progression()


def _survival(study: Study) -> Decision:
    return decide_survival(study.course.origin, study.course.death, study.last_alive)


def parameters_of(
    study: Study, other_origins: Mapping[str, str], *, failure: bool
) -> tuple[Parameter, ...]:
    """The parameters beside those of the main analysis.

    Parameters
    ----------
    study
        Its rules say which side of an option the main analysis is on.
    other_origins
        For PFS and for OS the event that the other origin is: enrolment or first_dose (D-03).
    failure
        Whether the protocol asks for time to treatment failure (E-11).
    """
    variants = (_OTHER_RULE[study.analysis.pfs_rule], *_VARIANTS)
    words = _SAME_DAY[study.response_rule.nact_same_day]
    same = _Variant("SAME", words, "C-04b", sensitivity.same_day_otherwise)
    found = [_as(one, "PFS", "PFS") for one in (*variants, same)]
    found += [_as(one, "DOR", "DOR") for one in variants]
    found.append(_as(same, "DOR", "DOR_SAME"))
    code, said = _OTHER_ORIGIN[other_origins["PFS"]]
    found.append(_as(_Variant(code, said, "D-03", _progression), "PFS", "PFS_OTHER"))
    code, said = _OTHER_ORIGIN[other_origins["OS"]]
    found.append(_as(_Variant(code, said, "D-03", _survival), "OS", "OS_OTHER"))
    found.append(Parameter("TTR", "Time to Response", "E-06", "TTR", time_to_response))
    if failure:
        words = "Time to Treatment Failure"
        found.append(Parameter("TTF", words, "E-11", "TTF", time_to_treatment_failure))
    return tuple(found)


def _as(variant: _Variant, main: str, start: Start) -> Parameter:
    name = f"{MAIN_PARAM[main]} ({variant.words})"
    return Parameter(f"{main}{variant.suffix}", name, variant.rule, start, variant.decide)


def decide_parameters(
    study: Study, parameters: Iterable[Parameter], origins: Mapping[Start, Ints]
) -> dict[str, Decision]:
    """Each parameter decided for every subject, by its code.

    Parameters
    ----------
    origins
        Day of each start [S], `NO_DAY` for a subject whom it never had.
    """
    started = {start: study.starting(origin) for start, origin in origins.items()}
    return {one.paramcd: one.decide(started[one.start]) for one in parameters}


def not_applicable(
    parameters: Iterable[Parameter], origins: Mapping[Start, Ints]
) -> tuple[str, ...]:
    """For each subject the parameters that do not apply, with the reason; "" when all do.

    A subject without an origin of PFS and OS was never enrolled: nothing applies.
    """
    codes: dict[Start, list[str]] = {}
    for one in parameters:
        codes.setdefault(one.start, []).append(one.paramcd)
    out = np.stack([origins[start] == NO_DAY for start in codes], axis=1)
    nobody = (origins["PFS"] == NO_DAY) & (origins["OS"] == NO_DAY)
    kind = np.column_stack([out, nobody]) @ (1 << np.arange(len(codes) + 1))
    _, first, which = np.unique(kind, return_index=True, return_inverse=True)
    said = [
        "all: not enrolled" if nobody[s] else _said(codes, out[s].tolist()) for s in first.tolist()
    ]
    return tuple(said[one] for one in which.tolist())


def _said(codes: Mapping[Start, list[str]], absent: list[bool]) -> str:
    """The codes that do not apply by their reason."""
    rows: dict[str, list[str]] = {}
    for (start, those), out in zip(codes.items(), absent, strict=True):
        if out:
            rows.setdefault(_REASONS[start], []).extend(those)
    return "; ".join(f"{_shortened(found, codes)}: {why}" for why, found in rows.items())


def _shortened(found: list[str], codes: Mapping[Start, list[str]]) -> str:
    """Codes, every analysis of DOR in one word."""
    every = [*codes["DOR"], *codes["DOR_SAME"]]
    if set(every) <= set(found):
        found = ["DOR (all)", *(code for code in found if code not in every)]
    return ", ".join(found)
