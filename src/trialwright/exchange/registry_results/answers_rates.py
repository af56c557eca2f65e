"""Response rates as outcome measures: participants with the response, and the share with interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from trialwright.core.format import pct
from trialwright.core.results import Result
from trialwright.endpoints.clinical_benefit import ClinicalBenefit
from trialwright.endpoints.disease_control import DiseaseControl
from trialwright.endpoints.irecist.response import ImmuneResponseRate
from trialwright.endpoints.mrecist.response import ViableResponseRate
from trialwright.endpoints.objective_response import ObjectiveResponse
from trialwright.endpoints.population import SET_LABELS
from trialwright.endpoints.proportion import Proportion, interval_level
from trialwright.exchange.registry_results.cited import Cited, Node
from trialwright.exchange.registry_results.groups import Group, found
from trialwright.exchange.registry_results.measures import (
    COUNT_KIND,
    Answer,
    Part,
    Place,
    Unanswered,
    count_value,
    interval_analysis,
    tested,
)
from trialwright.protocol.rules import AnalysisSet, EndpointDefinition, EndpointKind

_Rate: TypeAlias = "ObjectiveResponse | DiseaseControl | ClinicalBenefit"
_Special: TypeAlias = "ViableResponseRate | ImmuneResponseRate"
_KINDS: dict[EndpointKind, tuple[type[_Rate], str]] = {
    "ORR": (ObjectiveResponse, "Objective response rate"),
    "DCR": (DiseaseControl, "Disease control rate"),
    "CBR": (ClinicalBenefit, "Clinical benefit rate"),
}
_SPECIAL: dict[str, tuple[type[_Special], str, str]] = {
    "mRECIST": (ViableResponseRate, "MORR", "T-7m"),
    "iRECIST": (ImmuneResponseRate, "IORR", "T-7i"),
}
_ROW = {"MORR": "mORR", "IORR": "iORR"}
_METHOD = "Exact binomial test"


def response_part(
    definition: EndpointDefinition, groups: tuple[Group, ...], results: Mapping[str, Result]
) -> tuple[Answer, ...]:
    """ORR, DCR or CBR, as confirmed and in the set that the endpoint names (E-02 to E-04)."""
    kind, name = _KINDS[definition.kind]
    per: dict[str, tuple[Proportion, Place]] = {}
    tests: dict[str, dict[str, Node]] = {}
    for group in groups:
        result = found(results, definition.kind, group, kind)
        if result is None:
            return (
                Unanswered("", f"the analysis has no result {definition.kind} for {group.title}"),
            )
        responses = result.responses
        confirmed = responses.is_confirmed if definition.confirmed is None else definition.confirmed
        rates = result.rates if confirmed == responses.is_confirmed else result.other_rates
        asked = definition.denominator or responses.headline
        if asked not in responses.sets:
            return (Unanswered("", f"the analysis does not show the set {asked}"),)
        at = responses.sets.index(asked)
        per[group.subset] = (
            rates[at],
            Place(result.key, "T-7", _row(definition.kind, rates[at], confirmed=confirmed), at + 1),
        )
        main = rates is result.rates and asked == responses.headline
        if isinstance(result, ObjectiveResponse) and main:
            tests[group.subset] = _test(result, at + 1)
    said = "Confirmed" if confirmed else "Unconfirmed"
    words = f"{said} responses as read by the {responses.evaluator.lower()}"
    return (_part(name, per, tests, (asked, words)),)


def special_response_part(
    definition: EndpointDefinition, groups: tuple[Group, ...], results: Mapping[str, Result]
) -> tuple[Answer, ...]:
    """The response rate by mRECIST or iRECIST."""
    criteria = (definition.criteria or ("",))[0]
    kind, code, number = _SPECIAL[criteria]
    per: dict[str, tuple[Proportion, Place]] = {}
    for group in groups:
        result = found(results, code, group, kind)
        if result is None:
            return (Unanswered("", f"no response by {criteria} could be derived from these data"),)
        confirmed = result.is_confirmed if definition.confirmed is None else definition.confirmed
        asked = definition.denominator or result.headline
        sets = [one.analysis_set for one in result.sets]
        if asked not in sets:
            return (Unanswered("", f"the analysis does not show the set {asked}"),)
        at = sets.index(asked)
        rate = result.sets[at].rates[0 if confirmed else 1]
        reader = result.evaluator.lower()
        row = _row(_ROW[code], rate, confirmed=confirmed)
        per[group.subset] = rate, Place(result.key, number, row, at + 1)
    said = "Confirmed" if confirmed else "Unconfirmed"
    words = f"{said} responses by {criteria} as read by the {reader}"
    return (_part("Objective response rate", per, {}, (asked, words)),)


def _part(
    name: str,
    per: Mapping[str, tuple[Proportion, Place]],
    tests: Mapping[str, dict[str, Node]],
    said: tuple[AnalysisSet, str],
) -> Part:
    return Part(
        suffix="",
        kind=COUNT_KIND,
        population=f"{SET_LABELS[said[0]]}. {said[1]}. Everybody in the set is analysed: not "
        "evaluable counts as no response.",
        subjects={
            subset: Cited(str(rate.subjects), (place.header(),))
            for subset, (rate, place) in per.items()
        },
        measurements={subset: count_value(rate, place) for subset, (rate, place) in per.items()},
        analyses={
            subset: interval_analysis(name, rate, place) | tests.get(subset, {})
            for subset, (rate, place) in per.items()
            if rate.subjects
        },
    )


def _row(code: str, rate: Proportion, *, confirmed: bool) -> str:
    reading = "confirmed" if confirmed else "unconfirmed"
    return f"{code} ({reading}), n (%) [{interval_level(rate.conf_level)}]"


def _test(result: ObjectiveResponse, column: int) -> dict[str, Node]:
    if result.p_value is None or result.null_rate is None:
        return {}
    row = f"vs p0 = {pct(result.null_rate)} %, exact one-sided p"
    return tested(result.p_value, Place(result.key, "T-7", row, column), _METHOD, result.null_rate)
