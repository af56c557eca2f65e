"""Outcomes as objectives and endpoints; estimands where the protocol has settled enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from trialwright.exchange.usdm import terms
from trialwright.exchange.usdm.ids import Ids
from trialwright.exchange.usdm.models import (
    AnalysisPopulation,
    Endpoint,
    Estimand,
    IntercurrentEvent,
    Objective,
)
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import EndpointDefinition

_SAFETY = frozenset({"AE", "SAE", "DLT", "MTD_RP2D", "MORTALITY", "GVHD"})
_RESPONSE = frozenset({"ORR", "CR_RATE", "DCR", "CBR"})
_PROGRESSION = frozenset({"PFS", "PFS_RATE"})
_SURVIVAL = frozenset({"OS", "OS_RATE"})
_SETS = {
    "FAS": "Every subject who received any study treatment",
    "ENRL": "Every enrolled subject",
    "EFF": "Treated subjects with an assessment after baseline, or progression or death before it",
}
_POLICY, _WHILE, _COMPOSITE, _HYPOTHETICAL = (
    "treatment policy", "while on treatment", "composite variable", "hypothetical",
)  # fmt: skip


def objectives(ids: Ids, protocol: Protocol) -> tuple[Objective, ...]:
    """One objective a level, with the registered outcomes as its endpoints."""
    found = []
    for role in ("primary", "secondary"):
        ours = [one for one in protocol.endpoints if one.role == role]
        if ours:
            known = ids.new("Objective")
            found.append(
                Objective(
                    id=known, name=known, level=ids.cdisc(terms.OBJECTIVE[role]),
                    text=f"{role.capitalize()} outcomes as registered",
                    endpoints=tuple(_endpoint(ids, one) for one in ours),
                )
            )  # fmt: skip
    return tuple(found)


def _endpoint(ids: Ids, one: EndpointDefinition) -> Endpoint:
    return Endpoint(
        id=ids.new("Endpoint"), name=one.id, text=one.measure, description=one.description,
        purpose="Safety" if one.kind in _SAFETY else "Efficacy",
        level=ids.cdisc(terms.ENDPOINT[one.role]),
    )  # fmt: skip


def estimands(
    ids: Ids,
    protocol: Protocol,
    by_endpoint: Mapping[str, str],
    interventions: Sequence[str],
) -> tuple[tuple[Estimand, ...], tuple[AnalysisPopulation, ...]]:
    """Estimands of response, progression-free and overall survival, with their analysis sets.

    An estimand needs its set and what is done about each event; where one of these is open there
    is no estimand, since a guess would be worse.
    """
    sets: dict[str, AnalysisPopulation] = {}
    found = []
    for one in protocol.endpoints:
        name, events = _set_of(protocol, one), tuple(_events(protocol, one))
        if name is None or not events or not interventions or one.id not in by_endpoint:
            continue
        if name not in sets:
            sets[name] = AnalysisPopulation(
                id=ids.new("AnalysisPopulation"), name=name, text=_SETS[name]
            )
        found.append(
            Estimand(
                id=ids.new("Estimand"), name=f"ESTIMAND_{one.id}",
                population_summary="; ".join(protocol.population.conditions or ()) or "not stated",
                analysis_population_id=sets[name].id, intervention_ids=tuple(interventions),
                variable_of_interest_id=by_endpoint[one.id],
                intercurrent_events=tuple(
                    IntercurrentEvent(
                        id=(known := ids.new("IntercurrentEvent")), name=known, text=text,
                        strategy=strategy,
                    )
                    for text, strategy in events
                ),
            )
        )  # fmt: skip
    return tuple(found), tuple(sets.values())


def _set_of(protocol: Protocol, one: EndpointDefinition) -> str | None:
    if one.kind in _RESPONSE:
        return one.denominator or protocol.analysis.orr_set
    if one.kind in _PROGRESSION | _SURVIVAL:
        return one.denominator or "ENRL"
    return None


def _events(protocol: Protocol, one: EndpointDefinition) -> Iterator[tuple[str, str]]:
    """Events after treatment began with their strategy, none while a rule is open."""
    rule, analysis = protocol.response, protocol.analysis
    if one.kind in _RESPONSE and None not in (rule.bor_stop_nact, rule.bor_post_treatment):
        new = _WHILE if rule.bor_stop_nact else _POLICY
        yield "Start of new anticancer therapy (R-060)", new
        end = _POLICY if rule.bor_post_treatment == "include" else _WHILE
        yield "End of study treatment without progression (R-060)", end
        yield "Death before the first assessment (R-066)", _COMPOSITE
    elif one.kind in _PROGRESSION and one.events and analysis.pfs_rule is not None:
        new = _HYPOTHETICAL if analysis.pfs_rule == "FDA" else _POLICY
        yield "Start of new anticancer therapy (C-10)", new
        yield "End of study treatment without progression", _POLICY
        if "death" in one.events:
            yield "Death from any cause (E-07)", _COMPOSITE
    elif one.kind in _SURVIVAL and analysis.os_origin is not None:
        yield "Start of new anticancer therapy", _POLICY
        yield "End of study treatment", _POLICY
