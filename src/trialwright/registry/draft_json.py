"""The JSON form of a draft: one object per record, `null` where the text does not say."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from trialwright.core.results import Json
from trialwright.protocol.base import Finding, Part
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointDefinition
from trialwright.protocol.settle import plain
from trialwright.registry.facts import read
from trialwright.registry.interventions import entries
from trialwright.registry.outcomes import Outcome
from trialwright.registry.record import Record
from trialwright.registry.regimen.as_json import component_json

_ENDPOINT = (
    "id", "role", "measure", "kind", "criteria", "origin", "events", "assessor", "confirmed",
    "denominator", "landmark_months", "time_frame_months", "time_frame_kind", "estimator",
)  # fmt: skip


def draft_json(
    record: Record,
    protocol: Protocol,
    outcomes: Sequence[Outcome],
    findings: Iterable[Finding],
) -> dict[str, Json]:
    """Write a draft as plain data.

    Keys: `id, title, conditions, interventions, primary, secondary`, the design values, `regimen`,
    `endpoints`, `facts` (every sourced value with quote, offsets and
    the reason of an inferred one) and `findings` (with reason and rule).
    """
    design = protocol.design
    return {
        "id": record.id,
        "title": protocol.title,
        "conditions": plain(protocol.population.conditions),
        "interventions": _interventions(record),
        "primary": _outcomes(record, outcomes, "primary"),
        "secondary": _outcomes(record, outcomes, "secondary"),
        "phases": plain(design.phases),
        "enrollment": design.enrollment,
        "allocation": design.allocation,
        "single_arm": design.single_arm,
        "masking": design.masking,
        "arms": design.arms,
        "primary_purpose": design.primary_purpose,
        "regimen": [component_json(one, protocol.treatment.until) for one in protocol.regimen],
        "endpoints": [_endpoint(one) for one in protocol.endpoints],
        "facts": _facts(protocol),
        "findings": [_finding(finding) for finding in findings],
    }


def _interventions(record: Record) -> list[Json]:
    found = entries(read(record))
    return [{"type": entry.type, "name": entry.name.of(record.text)} for entry in found]


def _outcomes(record: Record, outcomes: Sequence[Outcome], role: str) -> list[Json]:
    return [
        _outcome(record.text, one)
        | {"second": _outcome(record.text, one.second) if one.second else None}
        for one in outcomes
        if one.role == role
    ]


def _outcome(text: str, outcome: Outcome) -> dict[str, Json]:
    return {
        "measure": outcome.measure.of(text),
        "description": outcome.description.of(text) if outcome.description else None,
        "timeFrame": outcome.time_frame.of(text) if outcome.time_frame else None,
        "confidence": round(outcome.confidence, 3),
    }


def _endpoint(endpoint: EndpointDefinition) -> Json:
    row = _plain(endpoint, _ENDPOINT)
    if endpoint.origin == "enrolment":
        row["origin"] = "enrollment"
    if endpoint.assessor == "both":
        row["assessor"] = ["independent", "investigator"]
    if endpoint.further_landmark_months:
        row["landmark_months"] = [endpoint.landmark_months, *endpoint.further_landmark_months]
    return row


def _plain(part: Part, names: Iterable[str]) -> dict[str, Json]:
    """Fields of a part as plain data; most are absent or scalar, which need no conversion."""
    return {name: _value(getattr(part, name)) for name in names}


def _value(value: object) -> Json:
    return value if value is None or isinstance(value, (str, int, float)) else plain(value)


def _facts(protocol: Protocol) -> list[Json]:
    return [
        {
            "path": source.path,
            "value": _loaded(source.text or "null"),
            "source": source.kind,
            "quote": source.quote,
            "start": source.start,
            "end": source.end,
            "reason": source.reason,
        }
        for source in protocol.sources
    ]


def _loaded(text: str) -> Json:
    """The value of a JSON text; most are plain strings, which need no parser."""
    if text[0] == '"' and "\\" not in text:
        return text[1:-1]
    value: Json = json.loads(text)
    return value


def _finding(finding: Finding) -> Json:
    proposal = finding.proposal
    return {
        "code": finding.code,
        "severity": finding.severity,
        "path": finding.path,
        "message": finding.message,
        "quote": finding.quote,
        "start": finding.start,
        "end": finding.end,
        "proposal": None if proposal is None else {k: _value(v) for k, v in proposal.items()},
        "reason": finding.reason,
        "rule": finding.rule,
    }
