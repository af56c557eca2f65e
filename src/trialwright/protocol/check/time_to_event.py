"""Open questions about times to events: events, landmarks, censoring, estimators, time frames."""

from __future__ import annotations

import re
from collections.abc import Iterator

from trialwright.protocol.check.view import (
    LANDMARKS,
    PROGRESSION,
    RESPONSE,
    TIME_TO_EVENT,
    Remark,
    View,
    names,
)
from trialwright.protocol.rules import EndpointDefinition

_SHARE = re.compile(r"\b(?:proportion|percent\w*|rates?|probabilit\w+|fraction|share)\b", re.I)
_TIME = re.compile(r"\b(?:time from|from|date of|interval|until|duration)\b", re.I)


def pfs_without_death(view: View) -> Iterator[Remark]:
    """The definition of PFS leaves out death."""
    for one in view.endpoints({"PFS", "PFS_RATE"}):
        if one.events is not None and "death" not in one.events:
            path = f"endpoints.{one.id}.events"
            yield Remark(
                path=path,
                message=f"The definition of {one.id} does not count death as an event: what it "
                "describes is time to progression, and deaths would be censored.",
                values={path: [*one.events, "death"]},
                reason="PFS ends with progression or death from any cause; time to progression is "
                "reported beside it",
                rule="E-07",
            )


def rate_vs_time(view: View) -> Iterator[Remark]:
    """The name says a rate at a time, the definition a time; or the reverse."""
    for one in view.endpoints(TIME_TO_EVENT):
        said = one.description or ""
        is_rate = one.kind in LANDMARKS
        as_time = is_rate and _TIME.search(said) and not _SHARE.search(said)
        as_share = not is_rate and re.match(r"\W*(?:the )?(?:proportion|percent\w*)\b", said, re.I)
        if one.estimator is None and (as_time or as_share):
            path = f"endpoints.{one.id}.estimator"
            yield Remark(
                path=path,
                message=_rate_message(one),
                values={path: estimator(one)},
                reason="a rate at a landmark is read from the Kaplan-Meier curve, so that subjects "
                "censored before it count correctly",
                rule="E-10",
                quoted=f"endpoints.{one.id}.description",
            )


def _rate_message(one: EndpointDefinition) -> str:
    if one.kind in LANDMARKS:
        return (
            f'"{one.measure}" names a rate at a landmark, but its definition describes a time to '
            "an event: the two have different estimators and sample sizes."
        )
    return f'"{one.measure}" names a time, but its definition describes a proportion.'


def estimator(one: EndpointDefinition) -> str:
    """The proposed estimator of a time-to-event endpoint."""
    if one.kind in LANDMARKS and one.landmark_months is not None:
        return f"Kaplan-Meier estimate at {one.landmark_months:g} months"
    return (
        "Kaplan-Meier estimate at the landmark"
        if one.kind in LANDMARKS
        else "Kaplan-Meier curve and median"
    )


def estimator_missing(view: View) -> Iterator[Remark]:
    """Nothing says how a time to an event is summarised."""
    for one in view.endpoints(TIME_TO_EVENT):
        if one.estimator is None:
            path = f"endpoints.{one.id}.estimator"
            yield Remark(
                path=path,
                message=f"The estimator of {one.id} and its interval are not given.",
                values={path: estimator(one)},
                reason="the curve, with intervals on the log(-log) scale",
                rule="T-04",
                quoted=f"endpoints.{one.id}.measure",
            )


def censoring_missing(view: View) -> Iterator[Remark]:
    """Nothing says how progression times without an event are censored."""
    for one in view.endpoints(PROGRESSION):
        if view.protocol.analysis.pfs_rule is None:
            yield Remark(
                path=f"endpoints.{one.id}",
                message=f"When {one.id} is censored is not said: new therapy, missed scans and loss "
                "to follow-up change its estimate.",
                values={"analysis.pfs_rule": "FDA"},
                reason="new therapy and two missed scans censor; the other convention is shown "
                "beside it",
                rule="C-10",
                quoted=f"endpoints.{one.id}.measure",
            )


_INTERCURRENT = {
    "response.bor_stop_nact": True,
    "response.palliative_rt_ntl": "not_nact",
    "response.conversion_surgery": "continue",
}


def intercurrent_event_missing(view: View) -> Iterator[Remark]:
    """Nothing says what new therapy, surgery or the stop of one component do to the endpoints."""
    rule = view.protocol.response
    still_open = {
        path: value
        for path, value in _INTERCURRENT.items()
        if getattr(rule, path.rpartition(".")[2]) is None
    }
    if view.reads_scans and still_open:
        yield Remark(
            path=next(iter(still_open)),
            message="What happens to response and progression times after new anticancer therapy, "
            "palliative radiotherapy, resection or the stop of one component is not said.",
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
            message=f"The primary endpoint of this single-arm trial is a time ({names(times)}): without a "
            "control, the effect of treatment cannot be told from the selection of patients.",
            quoted=f"endpoints.{times[0].id}.measure",
        )


def timeframe_uniform(view: View) -> Iterator[Remark]:
    """Endpoints that need different follow-up have the same time frame."""
    framed = [
        one for one in view.endpoints(RESPONSE | TIME_TO_EVENT) if one.time_frame_months is not None
    ]
    frames = {one.time_frame_months for one in framed}
    kinds = {one.kind for one in framed}
    differing = kinds & {"OS", "OS_RATE"} and kinds - {"OS", "OS_RATE"}
    if len(framed) > 2 and len(frames) == 1 and differing:
        yield Remark(
            path=f"endpoints.{framed[0].id}.time_frame",
            message=f"{names(framed)} have the same time frame of {frames.pop():g} months; "
            "response and survival need different follow-up.",
        )
