"""Open questions about response: confirmation, scans, readers, stable disease."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.protocol.check.doses import common_cycle
from trialwright.protocol.check.view import (
    MEASURED,
    PROPORTIONS,
    RESPONSE,
    Remark,
    View,
    names,
)
from trialwright.protocol.rules import EndpointDefinition

#: Endpoints for which a response may have to be confirmed.
_CONFIRMABLE = RESPONSE - {"TTR", "CBR"}
_RATES = frozenset({"ORR", "CR_RATE"})
_CONTROL = frozenset({"DCR", "CBR"})
_THREE_WEEKS = 21
_READ = RESPONSE | frozenset({"PFS", "PFS_RATE"})


def _confirmation(view: View) -> tuple[list[EndpointDefinition], list[EndpointDefinition]]:
    """Endpoints that say "confirmed", and those that do not."""
    members = view.endpoints(_CONFIRMABLE)
    confirmed = [one for one in members if one.confirmed]
    return confirmed, [one for one in members if not one.confirmed]


def confirmation_missing(view: View) -> Iterator[Remark]:
    """A response rate does not say whether responses are confirmed."""
    rule = view.response
    rates = [one for one in view.endpoints(_RATES) if one.confirmed is None]
    if view.randomised or view.blood or not rates or rule.confirmation is not None:
        return
    if _confirmation(view)[0]:
        return  # another endpoint asks for confirmation: `confirmation_mismatch`
    primary = [one for one in rates if one.role == "primary"]
    one = (primary or rates)[0]
    values: dict[str, object] = {"response.confirmation": "required"}
    if rule.confirm_days is None:
        values["response.confirm_days"] = 28
    yield Remark(
        path=f"endpoints.{one.id}.confirmed",
        message=f"{one.id} does not say whether a response has to be confirmed by a second scan: "
        "without it, measurement error alone makes responders, and the rate is higher.",
        values=values,
        reason="a response is confirmed at least 28 days later when it is an endpoint of a "
        "non-randomised trial; unconfirmed responses are shown beside it",
        rule="R-062",
        severity="warning" if primary else "note",
        quoted=f"endpoints.{one.id}.measure",
    )


def confirmation_mismatch(view: View) -> Iterator[Remark]:
    """Only some of the endpoints that rest on one response say that it is confirmed."""
    confirmed, others = _confirmation(view)
    others = [one for one in others if one.kind in PROPORTIONS]
    if not confirmed or not others:
        return
    values: dict[str, object] = {
        f"endpoints.{one.id}.confirmed": True for one in others if one.confirmed is None
    }
    if view.response.confirmation is None:
        values["response.confirmation"] = "required"
    if view.response.confirm_days is None:
        values["response.confirm_days"] = 28
    kinds = {one.kind for one in (*confirmed, *others)}
    risk = (
        "a response rate could exceed the disease control rate"
        if "ORR" in kinds and kinds & _CONTROL
        else "the same patient would be a responder for one and not for the other"
    )
    yield Remark(
        path=f"endpoints.{others[0].id}.confirmed",
        message=f"Responses have to be confirmed for {names(confirmed)}; {names(others)} "
        f"{'do' if len(others) > 1 else 'does'} not say so. With two readings, {risk}.",
        values=values,
        reason="one reading of response for all endpoints, confirmed in a trial without control",
        rule="R-062",
        quoted=f"endpoints.{confirmed[0].id}.confirmed",
    )


def confirmation_scope(view: View) -> Iterator[Remark]:
    """The word "confirmed" stands before a list that also holds stable disease."""
    confirmed, _ = _confirmation(view)
    controlled = [one for one in confirmed if one.kind == "DCR"]
    if controlled and view.response.confirmation is None:
        path = f"endpoints.{controlled[0].id}.confirmed"
        yield Remark(
            path=path,
            message=f'In {controlled[0].id}, "confirmed" can belong to the responses alone or to '
            "stable disease as well: a second scan for stable disease would lower the rate.",
            values={"response.confirmation": "required"},
            reason="complete and partial responses are confirmed; stable disease has a minimum "
            "duration instead, and an unconfirmed response counts as stable disease",
            rule="R-062, R-067",
        )


def assessment_schedule_missing(view: View) -> Iterator[Remark]:
    """Nothing says when tumours are imaged, or remission is looked for."""
    rule = view.response
    if view.blood and view.endpoints(_READ) and rule.interval_weeks is None:
        yield Remark(
            path="response.interval_weeks",
            message="When blood, marrow or scans are assessed is not said: response and relapse are "
            "dated at the assessment that shows them, so every time depends on the interval.",
        )
    if not view.reads_scans:
        return
    said = rule.interval_weeks is not None
    weeks, often = (0, "") if said else _interval(view)
    values: dict[str, object] = {} if said else {"response.interval_weeks": weeks}
    if rule.window_days is None:
        values["response.window_days"] = 7
    if values:
        advanced = bool(view.endpoints(MEASURED))
        yield Remark(
            path=next(iter(values)),
            message="How early or late a scan may be is not said: two missed scans, and with them "
            "censoring, are counted by it."
            if said
            else "When tumours are imaged is not said: progression is seen at the next scan, so the "
            "median moves by up to one interval.",
            values=values,
            reason="a scan may be 7 days early or late"
            if said
            else f"{often}, up to 7 days early or late{', in advanced disease' * advanced}",
            rule="R-080",
        )


def _interval(view: View) -> tuple[int | list[list[int]], str]:
    """The proposed weeks between scans, which fall on whole cycles, and their wording.

    Every 8 weeks, two cycles of 28 days; with cycles of 21 days three of them, 9 weeks. A phase 1
    trial of such cycles looks after two, 6 weeks, until week 24: early progression is expected.
    """
    cycle = view.treatment.cycle_length_days or common_cycle(view)
    if cycle != _THREE_WEEKS:
        return 8, "every 8 weeks"
    if view.phase_one:
        return [[24, 6], [33, 9]], "every 6 weeks (2 cycles of 21 days) to week 24, then every 9"
    return 9, "every 9 weeks (3 cycles of 21 days)"


def assessor_missing(view: View) -> Iterator[Remark]:
    """Nothing says who judges response and progression."""
    silent = [one for one in view.endpoints(_READ) if not one.assessor]
    said = any(one.assessor for one in view.outcomes)
    if silent and not said and view.response.evaluator is None:
        what = "judges" if view.blood else "reads the scans for"
        yield Remark(
            path="response.evaluator",
            message=f"Who {what} {names(silent)}, the investigator or an independent reader, is not "
            "said: in open trials, investigators tend to find more responses.",
            values={"response.evaluator": "INVESTIGATOR"},
            reason="the investigator, unless an independent review is arranged",
            rule="R-072",
            quoted=f"endpoints.{silent[0].id}.measure",
        )


def baseline_undefined(view: View) -> Iterator[Remark]:
    """Nothing says which scan is the baseline."""
    measured = view.endpoints(MEASURED)
    if view.blood or not measured or view.response.baseline_window_days is not None:
        return
    ablation = view.ablation
    local = (
        f" With {ablation.name}, a scan before or after the procedure gives different targets."
        if ablation
        else " Tumours that grow between an old scan and the first dose count as progression."
    )
    yield Remark(
        path="response.baseline_window_days",
        message=f"Which scan is the baseline of {names(measured)} is not said.{local}",
        values={"response.baseline_window_days": 28},
        reason="the last scan at most 28 days before the first treatment",
        rule="R-012",
    )


def sd_duration_missing(view: View) -> Iterator[Remark]:
    """Disease control counts stable disease of no minimum duration."""
    controlled = view.endpoints(_CONTROL)
    if controlled and view.response.sd_min_days is None:
        yield Remark(
            path="response.sd_min_days",
            message=f"Stable disease counts in {names(controlled)}, but how long it has to last is "
            "not said: with no minimum, one unchanged scan is disease control.",
            values={"response.sd_min_days": 42},
            reason="at least 42 days (6 weeks) from the start of treatment",
            rule="R-063",
            quoted=f"endpoints.{controlled[0].id}.measure",
        )
