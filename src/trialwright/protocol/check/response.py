"""Open questions about response: confirmation, scans, readers, denominators, local treatment."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.protocol.check.view import PROPORTIONS, RESPONSE, Remark, View, names
from trialwright.protocol.rules import EndpointDefinition

#: Endpoints for which a response may have to be confirmed.
_CONFIRMABLE = RESPONSE - {"TTR", "CBR"}


def _confirmation(view: View) -> tuple[list[EndpointDefinition], list[EndpointDefinition]]:
    """Endpoints that say "confirmed", and those that do not."""
    members = view.endpoints(_CONFIRMABLE)
    confirmed = [one for one in members if one.confirmed]
    return confirmed, [one for one in members if not one.confirmed]


def confirmation_missing(view: View) -> Iterator[Remark]:
    """A response rate does not say whether responses are confirmed."""
    rule = view.protocol.response
    rates = [one for one in view.endpoints({"ORR", "CR_RATE"}) if one.confirmed is None]
    if view.randomised or not rates or rule.confirmation is not None:
        return
    primary = [one for one in rates if one.role == "primary"]
    one = (primary or rates)[0]
    values: dict[str, object] = {"response.confirmation": "required"}
    if rule.confirm_days is None:
        values["response.confirm_days"] = 28
    yield Remark(
        path=f"endpoints.{one.id}.confirmed",
        message=f"{one.id} does not say whether a response has to be confirmed by a second scan; "
        "single scans overstate the rate in a small trial without control.",
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
    values: dict[str, object] = {f"endpoints.{one.id}.confirmed": True for one in others}
    if view.protocol.response.confirmation is None:
        values["response.confirmation"] = "required"
    yield Remark(
        path=f"endpoints.{others[0].id}.confirmed",
        message=f"Responses have to be confirmed for {names(confirmed)}, not so for {names(others)}: "
        "with different readings a response rate could exceed the disease control rate.",
        values=values,
        reason="one reading of response for all endpoints, confirmed in a trial without control",
        rule="R-062",
        quoted=f"endpoints.{confirmed[0].id}.confirmed",
    )


def confirmation_scope(view: View) -> Iterator[Remark]:
    """The word "confirmed" stands before a list that also holds stable disease."""
    confirmed, _ = _confirmation(view)
    controlled = [one for one in confirmed if one.kind == "DCR"]
    if controlled and view.protocol.response.confirmation is None:
        path = f"endpoints.{controlled[0].id}.confirmed"
        yield Remark(
            path=path,
            message=f'In {controlled[0].id}, "confirmed" can belong to the responses alone or to '
            "stable disease as well.",
            values={"response.confirmation": "required"},
            reason="complete and partial responses are confirmed; stable disease has a minimum "
            "duration instead, and an unconfirmed response counts as stable disease",
            rule="R-062, R-067",
        )


def assessment_schedule_missing(view: View) -> Iterator[Remark]:
    """Nothing says when tumours are imaged."""
    rule = view.protocol.response
    values: dict[str, object] = (
        {"response.interval_weeks": 8} if rule.interval_weeks is None else {}
    )
    if rule.window_days is None:
        values["response.window_days"] = 7
    if view.reads_scans and values:
        yield Remark(
            path=next(iter(values)),
            message="When tumours are imaged is not said: progression is seen at the next scan, "
            "so every progression time depends on the interval.",
            values=values,
            reason="every 8 weeks, up to 7 days early or late, in advanced disease",
            rule="R-080",
        )


def assessor_missing(view: View) -> Iterator[Remark]:
    """Nothing says who reads the scans."""
    silent = [one for one in view.endpoints(RESPONSE | {"PFS", "PFS_RATE"}) if not one.assessor]
    said = any(one.assessor for one in view.protocol.endpoints)
    if silent and not said and view.protocol.response.evaluator is None:
        yield Remark(
            path="response.evaluator",
            message=f"Who reads the scans for {names(silent)}, the investigator or an independent "
            "reader, is not said.",
            values={"response.evaluator": "INVESTIGATOR"},
            reason="the investigator, unless an independent review is arranged",
            rule="R-072",
            quoted=f"endpoints.{silent[0].id}.measure",
        )


def baseline_undefined(view: View) -> Iterator[Remark]:
    """Nothing says which scan is the baseline."""
    if not view.reads_scans or view.protocol.response.baseline_window_days is not None:
        return
    ablation = next(view.ablations(), None)
    local = f" With {ablation.name}, it can lie before or after the procedure." if ablation else ""
    yield Remark(
        path="response.baseline_window_days",
        message=f"Which scan is the baseline is not said.{local}",
        values={"response.baseline_window_days": 28},
        reason="the last scan at most 28 days before the first treatment",
        rule="R-012",
    )


def denominator_missing(view: View) -> Iterator[Remark]:
    """A proportion has no analysis set."""
    for one in view.endpoints(PROPORTIONS):
        if one.denominator is None and view.protocol.analysis.orr_set is None:
            yield Remark(
                path=f"endpoints.{one.id}.denominator",
                message=f"Over whom {one.id} is counted is not said: leaving out subjects without "
                "a scan raises the rate.",
                values={"analysis.orr_set": "FAS"},
                reason="all treated subjects; the evaluable ones are shown beside it",
                rule="S-2, S-3",
                quoted=f"endpoints.{one.id}.measure",
            )


def denominator_mismatch(view: View) -> Iterator[Remark]:
    """Proportions of one trial are counted over different subjects."""
    members = view.endpoints(PROPORTIONS)
    sets = {one.id: one.denominator or view.protocol.analysis.orr_set for one in members}
    settled = all(
        view.decided_by_person(f"endpoints.{one.id}.denominator")
        for one in members
        if one.denominator is not None
    )
    if len(set(sets.values())) < 2 or settled:
        return
    said = ", ".join(f"{name} over {one or 'subjects not named'}" for name, one in sets.items())
    stated = next(one for one in members if one.denominator is not None)
    yield Remark(
        path=f"endpoints.{stated.id}.denominator",
        message=f"Proportions have different denominators ({said}); a disease control rate could "
        "then be lower than the response rate. Both sets are reported, labelled.",
        rule="S-5",
    )


def evaluable_undefined(view: View) -> Iterator[Remark]:
    """A proportion is over evaluable subjects, and nothing says who is evaluable."""
    analysis = view.protocol.analysis
    counted = [one for one in view.endpoints(PROPORTIONS) if one.denominator == "EFF"]
    if analysis.eval_counts_early_pd is not None or not (counted or analysis.orr_set == "EFF"):
        return
    path = f"endpoints.{counted[0].id}.denominator" if counted else "analysis.orr_set"
    yield Remark(
        path=path,
        message='Who is "evaluable" is not defined; leaving out early progression and death would '
        "remove failures from the denominator.",
        values={"analysis.eval_counts_early_pd": True},
        reason="treated, measurable at baseline, with a scan afterwards or progression or death "
        "before it",
        rule="S-5",
    )


def sd_duration_missing(view: View) -> Iterator[Remark]:
    """Disease control counts stable disease of no minimum duration."""
    controlled = view.endpoints({"DCR", "CBR"})
    if controlled and view.protocol.response.sd_min_days is None:
        yield Remark(
            path="response.sd_min_days",
            message=f"Stable disease counts in {names(controlled)}, but how long it has to last is "
            "not said.",
            values={"response.sd_min_days": 42},
            reason="at least 42 days (6 weeks) from the start of treatment",
            rule="R-063",
            quoted=f"endpoints.{controlled[0].id}.measure",
        )


def response_evaluability(view: View) -> Iterator[Remark]:
    """Response is read on lesions that the protocol itself ablates."""
    ablation = next(view.ablations(), None)
    measured = view.endpoints(RESPONSE)
    if ablation and measured and view.protocol.response.ablated_lesions is None:
        yield Remark(
            path="response.ablated_lesions",
            message=f"{names(measured)}: lesion size is measured, but {ablation.name} destroys "
            "lesions first: a scar is no response, and a patient without other lesions cannot be "
            "evaluated.",
            values={"response.ablated_lesions": "exclude"},
            reason="only lesions that are not ablated are targets; the alternatives are shown "
            "beside it",
            rule="R-104, R-105",
            quoted=f"endpoints.{measured[0].id}.measure",
        )


def local_therapy_response(view: View) -> Iterator[Remark]:
    """Local treatment reaches organs or lesions that response is measured in."""
    yield from _after_ablation(view)
    infused = next((one for one in view.protocol.regimen if one.reach == "liver"), None)
    undecided = view.protocol.response.ablated_lesions is None
    if view.endpoints(RESPONSE) and infused and undecided:
        yield Remark(
            path=f"regimen.{infused.id}.reach",
            message=f"{infused.name} treats the liver: whether liver lesions stay targets is not "
            "said. They do when the infusion is study treatment; response inside and outside the "
            "liver should be looked at apart.",
            values={"response.ablated_lesions": "exclude"},
            reason="lesions of an infused liver stay targets; only ablated ones are excluded",
            rule="R-102",
            quoted=f"regimen.{infused.id}.name",
        )


def _after_ablation(view: View) -> Iterator[Remark]:
    rule = view.protocol.response
    ablation = next(view.ablations(), None)
    values: dict[str, object] = {}
    if rule.ltp_margin_mm is None:
        values["response.ltp_margin_mm"] = 10.0
    if rule.residual_at_first is None:
        values["response.residual_at_first"] = "not_pd"
    if view.reads_scans and ablation and values:
        yield Remark(
            path=next(iter(values)),
            message=f"What counts as local progression after {ablation.name}, and what residual "
            "tumour on the first scan means, is not said.",
            values=values,
            reason="new tumour within 10 mm of the margin is progression; residual tumour on the "
            "first scan is incomplete ablation",
            rule="R-106",
            quoted=f"regimen.{ablation.id}.name",
        )
