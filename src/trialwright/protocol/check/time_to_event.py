"""Open questions about times to events: events, landmarks, censoring, estimators, time frames."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from trialwright.protocol.check.view import (
    ASSESSED,
    LANDMARKS,
    PROGRESSION,
    RESPONSE,
    SURVIVAL,
    TIME_TO_EVENT,
    Remark,
    View,
    names,
)
from trialwright.protocol.rules import EndpointDefinition

_SHARE = re.compile(
    r"\b(?:proportion|percent\w*|rates?|probabilit\w+|fraction|share|freedom)\b", re.I
)
#: Characters of a name that a message repeats.
_SHOWN = 80
#: Words that count death, whatever was read as the events.
_DEATH = re.compile(r"\b(?:death|deaths|die|dies|died|dead|alive|deceased)\b", re.I)
_FOLLOWED = RESPONSE | TIME_TO_EVENT
_SHARE_FIRST = re.compile(
    r"\W*(?:the )?(?:proportion|percent\w*|number of (?:participants|patients|subjects))\b", re.I
)
_METHOD = re.compile(r"kaplan|\bKM\b", re.I)
#: What a time without death measures, by the kind that is to count it.
_WITH_DEATH = {
    "PFS": "progression",
    "PFS_RATE": "progression",
    "RFS": "relapse",
    "RFS_RATE": "relapse",
    "DFS": "recurrence",
    "DFS_RATE": "recurrence",
}
_DYING = frozenset(_WITH_DEATH)
_TIME = re.compile(r"\b(?:time from|from|date of|interval|until|duration)\b", re.I)


def pfs_without_death(view: View) -> Iterator[Remark]:
    """The definition of PFS, or of survival without relapse, leaves out death."""
    for one in view.endpoints(_DYING):
        said = f"{one.description or ''} {one.time_frame or ''}"
        if one.events is not None and "death" not in one.events and not _DEATH.search(said):
            path = f"endpoints.{one.id}.events"
            source = view.source(path)
            if source and source.quote and source.quote in (one.time_frame or ""):
                continue  # "every 6 weeks until progression" tells when scans end, not what counts
            yield Remark(
                path=path,
                message=f"The definition of {one.id} does not count death as an event: what it "
                f"describes is time to {_WITH_DEATH[one.kind]}. Patients who die without it would be "
                "censored, which lengthens the median.",
                values={path: [*one.events, "death"]},
                reason=f"{one.kind.removesuffix('_RATE')} ends with {_WITH_DEATH[one.kind]} or death "
                f"from any cause; time to {_WITH_DEATH[one.kind]} is reported beside it",
                rule="E-07",
            )


def rate_vs_time(view: View) -> Iterator[Remark]:
    """The name says a rate at a time, the definition a time; or the reverse."""
    for one in view.endpoints(TIME_TO_EVENT):
        if one.estimator is None and _clashes(one):
            path = f"endpoints.{one.id}.estimator"
            yield Remark(
                path=path,
                message=_rate_message(one),
                values={path: estimator(one)},
                reason="a rate at a landmark is read from the Kaplan-Meier curve, so that patients "
                "censored before it count correctly",
                rule="E-10",
                quoted=f"endpoints.{one.id}.description",
            )


def _clashes(one: EndpointDefinition) -> bool:
    """Whether name and definition describe a rate and a time, and no method settles it."""
    return one.description is not None and _describes_other(
        one.description, is_rate=one.kind in LANDMARKS
    )


@lru_cache(maxsize=8_192)
def _describes_other(said: str, *, is_rate: bool) -> bool:
    """Whether words describe a time where a rate is meant, or a proportion where a time is."""
    if is_rate:
        clashes = _TIME.search(said) is not None and _SHARE.search(said) is None
    else:
        clashes = _SHARE_FIRST.match(said) is not None
    return clashes and _METHOD.search(said) is None


def _rate_message(one: EndpointDefinition) -> str:
    if one.kind in LANDMARKS:
        return (
            f'"{_short(one.measure)}" names a rate at a landmark, but its definition describes a '
            "time to an event: the two have different estimators, hypotheses and sample sizes."
        )
    return (
        f'"{_short(one.measure)}" names a time, but its definition describes a proportion, in which '
        "patients who are censored early have no place."
    )


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN].rstrip()} ..."


def estimator(one: EndpointDefinition) -> str:
    """The proposed estimator of a time-to-event endpoint."""
    if one.kind in LANDMARKS and one.landmark_months is not None:
        return f"Kaplan-Meier estimate at {one.landmark_months:g} months"
    return (
        "Kaplan-Meier estimate at the landmark"
        if one.kind in LANDMARKS
        else "Kaplan-Meier curve and median"
    )


def _grouped(
    members: Iterable[EndpointDefinition], *, with_rates: bool
) -> Iterator[list[EndpointDefinition]]:
    """Endpoints of one kind together, so that a question about PFS is asked once.

    `with_rates` puts the rate at a landmark beside the time: the events are the same.
    """
    kinds: dict[str, list[EndpointDefinition]] = {}
    for one in members:
        kind = one.kind.removesuffix("_RATE") if with_rates else one.kind
        kinds.setdefault(kind, []).append(one)
    yield from kinds.values()


def estimator_missing(view: View) -> Iterator[Remark]:
    """Nothing says how a time to an event is summarised."""
    timed = view.endpoints(TIME_TO_EVENT)
    silent = (one for one in timed if one.estimator is None and not _clashes(one))
    for same in _grouped(silent, with_rates=False):
        first = same[0]
        yield Remark(
            path=f"endpoints.{first.id}.estimator",
            message=f"How {names(same)} {'are' if len(same) > 1 else 'is'} estimated, and with which "
            "interval, is not given: a plain share of patients and a Kaplan-Meier estimate differ "
            "as soon as one patient is censored.",
            values={f"endpoints.{one.id}.estimator": estimator(one) for one in same},
            reason="the curve, with intervals on the log(-log) scale",
            rule="T-04",
            quoted=f"endpoints.{first.id}.measure",
        )


def censoring_missing(view: View) -> Iterator[Remark]:
    """Nothing says how times without an event are censored."""
    seen = "assessments" if view.blood else "scans"
    if view.analysis.pfs_rule is None:
        for same in _grouped(view.endpoints(PROGRESSION), with_rates=True):
            yield Remark(
                path=f"endpoints.{same[0].id}",
                message=f"When {names(same)} {'are' if len(same) > 1 else 'is'} censored is not said: "
                f"whether new therapy or two missed {seen} end follow-up moves the median.",
                values={"analysis.pfs_rule": "FDA"},
                reason="new therapy and two missed scans censor; the other convention is shown "
                "beside it",
                rule="C-10",
                quoted=f"endpoints.{same[0].id}.measure",
            )
    if view.analysis.contact_months is None:
        for same in _grouped(view.endpoints(SURVIVAL), with_rates=True):
            yield Remark(
                path=f"endpoints.{same[0].id}",
                message=f"When {names(same)} {'are' if len(same) > 1 else 'is'} censored is not said: "
                "patients alive are censored when last heard of, and those not heard of for "
                "months pull the curve up.",
                values={"analysis.contact_months": 3.0},
                reason="alive counts when the patient was heard of in the last 3 months",
                rule="C-21",
                quoted=f"endpoints.{same[0].id}.measure",
            )


#: Options of response, with their proposed values.
_INTERCURRENT = {
    "bor_stop_nact": True,
    "palliative_rt_ntl": "not_nact",
    "conversion_surgery": "continue",
}
_INTERCURRENT_BLOOD = {"bor_stop_nact": True}


def intercurrent_event_missing(view: View) -> Iterator[Remark]:
    """Nothing says what new therapy, surgery or the stop of one component do to the endpoints."""
    rule = view.response
    wanted = _INTERCURRENT_BLOOD if view.blood else _INTERCURRENT
    still_open = {
        f"response.{name}": value for name, value in wanted.items() if getattr(rule, name) is None
    }
    if not view.endpoints(ASSESSED) or not still_open:
        return
    events = (
        "new therapy or a transplant"
        if view.blood
        else "new anticancer therapy, palliative radiotherapy, resection or the stop of one component"
    )
    yield Remark(
        path=next(iter(still_open)),
        message=f"What happens to response and progression times after {events} is not said: each "
        "choice (go on, censor, failure) estimates another effect.",
        values=still_open,
        reason="responses after new therapy do not count; resection after response and the "
        "stop of one component do not end follow-up",
        rule="R-060, R-103, R-109",
    )


def single_arm_tte(view: View) -> Iterator[Remark]:
    """The primary endpoint of a single-arm trial is a time to an event."""
    times = [one for one in view.primary if one.kind in TIME_TO_EVENT]
    if view.single_arm and times:
        yield Remark(
            path=f"endpoints.{times[0].id}",
            message=f"With one arm, {names(times)} as primary endpoint depends on who is selected as "
            "much as on treatment: state the historical rate it is held against, in patients "
            "selected alike.",
            quoted=f"endpoints.{times[0].id}.measure",
        )


def timeframe_uniform(view: View) -> Iterator[Remark]:
    """Endpoints that need different follow-up have the same time frame."""
    framed = [one for one in view.endpoints(_FOLLOWED) if one.time_frame_months is not None]
    frames = {one.time_frame_months for one in framed}
    if len(framed) < 3 or len(frames) > 1:
        return
    kinds = {one.kind for one in framed}
    if kinds & SURVIVAL and kinds & RESPONSE:
        yield Remark(
            path=f"endpoints.{framed[0].id}.time_frame",
            message=f"{names(framed)} have the same time frame of {frames.pop():g} months: "
            "responses are over by then and deaths are not. Give survival its own, longer frame.",
            quoted=f"endpoints.{framed[0].id}.time_frame",
        )
