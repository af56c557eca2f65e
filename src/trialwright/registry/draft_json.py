"""The JSON form of a draft: one object per record, `null` where the text does not say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from trialwright.core.results import Json
from trialwright.protocol.check.rows import Row
from trialwright.protocol.rules import EndpointDefinition
from trialwright.protocol.settle import plain
from trialwright.registry.interventions import entries_of
from trialwright.registry.outcomes import Outcome
from trialwright.registry.record import Field
from trialwright.registry.regimen.as_json import component_json
from trialwright.registry.told import Told

if TYPE_CHECKING:
    from trialwright.registry.draft import Draft

_ENDPOINT = (
    "id", "role", "measure", "kind", "criteria", "origin", "events", "assessor", "confirmed",
    "denominator", "landmark_months", "time_frame_months", "time_frame_kind", "estimator",
)  # fmt: skip
#: Values that are plain data as they are.
_PLAIN = (str, int, float, type(None))


def draft_json(draft: Draft) -> dict[str, Json]:
    """Write a draft as plain data.

    Keys: `id, title, conditions, interventions, primary, secondary`, the design values, `regimen`,
    `endpoints`, `facts` (every sourced value with quote, offsets and
    the reason of an inferred one) and `findings` (with reason and rule).
    """
    record, protocol, text = draft.record, draft.values, draft.record.text
    design, until = protocol.design, protocol.treatment.until
    return {
        "id": record.id,
        "title": protocol.title,
        "conditions": _listed(protocol.population.conditions),
        "interventions": _interventions(text, record.field("interventions")),
        "primary": _outcomes(text, draft.outcomes, "primary"),
        "secondary": _outcomes(text, draft.outcomes, "secondary"),
        "phases": _listed(design.phases),
        "enrollment": design.enrollment,
        "allocation": design.allocation,
        "single_arm": design.single_arm,
        "masking": design.masking,
        "arms": design.arms,
        "primary_purpose": design.primary_purpose,
        "regimen": [component_json(one, until) for one in protocol.regimen],
        "endpoints": [_endpoint(one) for one in protocol.endpoints],
        "facts": _facts(draft.told, text),
        "findings": [_finding(row) for row in draft.rows],
    }


def _interventions(text: str, line: Field) -> list[Json]:
    found = entries_of(line.text, line.start)
    return [{"type": entry.type, "name": entry.name.of(text)} for entry in found]


def _outcomes(text: str, outcomes: Sequence[Outcome], role: str) -> list[Json]:
    rows: list[Json] = []
    for one in outcomes:
        if one.role == role:
            row = _outcome(text, one)
            row["second"] = _outcome(text, one.second) if one.second else None
            rows.append(row)
    return rows


def _outcome(text: str, outcome: Outcome) -> dict[str, Json]:
    return {
        "measure": outcome.measure.of(text),
        "description": outcome.description.of(text) if outcome.description else None,
        "timeFrame": outcome.time_frame.of(text) if outcome.time_frame else None,
        "confidence": round(outcome.confidence, 3),
    }


def _endpoint(endpoint: EndpointDefinition) -> Json:
    values = vars(endpoint)
    row = {name: values[name] for name in _ENDPOINT}
    row["criteria"] = _listed(endpoint.criteria)
    row["events"] = _listed(endpoint.events)
    if endpoint.origin == "enrolment":
        row["origin"] = "enrollment"
    if endpoint.assessor == "both":
        row["assessor"] = ["independent", "investigator"]
    if endpoint.further_landmark_months:
        row["landmark_months"] = [endpoint.landmark_months, *endpoint.further_landmark_months]
    return row


def _listed(values: Iterable[str] | None) -> Json:
    return None if values is None else list(values)


def _facts(told: Told, text: str) -> list[Json]:
    return [
        {
            "path": path,
            "value": value if isinstance(value, str) else _value(value),
            "source": kind,
            "quote": text[span.start : span.end],
            "start": span.start,
            "end": span.end,
            "reason": reason,
        }
        for path, value, span, kind, reason in told.facts.values()
    ]


def _value(value: object) -> Json:
    """The value of a fact as plain data; the keys of a part of it stand in alphabetical order."""
    if isinstance(value, tuple) and value and isinstance(value[0], _PLAIN):
        return list(value)
    return value if isinstance(value, _PLAIN) else _sorted(plain(value))


def _sorted(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def _finding(row: Row) -> Json:
    values: dict[str, Any] = {**row}
    if row["proposal"]:
        values["proposal"] = {
            path: value if isinstance(value, _PLAIN) else plain(value)
            for path, value in row["proposal"].items()
        }
    return values
