"""Adverse events of the registry: deaths, serious events, and the others by term."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.endpoints.deaths import Deaths
from trialwright.endpoints.safety_set import SET
from trialwright.endpoints.serious_events import RegistryRow, SeriousEvents
from trialwright.exchange.registry_results.choices import RegistryChoices
from trialwright.exchange.registry_results.cited import POPULATION, Cell, Cited, Count, Node, Source
from trialwright.exchange.registry_results.events_counts import (
    affected_by,
    is_term,
    listed_where,
    records_where,
)
from trialwright.exchange.registry_results.groups import Group, found, identifier, needed
from trialwright.exchange.registry_results.told import Mapped, Told
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_safety
from trialwright.vocabulary.registry_results import ORGAN_SYSTEMS

_PLACE = "adverseEventsModule"
_SYSTEMATIC = "SYSTEMATIC_ASSESSMENT"
_EVENT = ("USUBJID", "PT", "EVENT")


@dataclass(frozen=True, slots=True)
class _Side:
    """The serious or the other events: rows by group, and the terms that are listed."""

    serious: bool
    rows: dict[str, dict[tuple[str, str], RegistryRow]]
    terms: tuple[tuple[str, str], ...]


def adverse_events(
    protocol: Protocol,
    groups: tuple[Group, ...],
    results: Mapping[str, Result],
    adam: Adam,
    choices: RegistryChoices,
) -> tuple[dict[str, Node] | None, tuple[Told, ...], tuple[Mapped, ...]]:
    """The module, what it lacks, and the organ systems; no module where it cannot be whole.

    Parameters
    ----------
    protocol
        Its safety rule says what was counted.
    groups, results
        The groups of the registry; T-15 of each.
    adam
        ADAE, for what no table shows: events that are not serious.
    choices
        Threshold, dictionary and kind of assessment.

    References
    ----------
    Rules A-03, A-10; cross-checks 5 and 6.
    """
    serious = [found(results, "SAE", group, SeriousEvents) for group in groups]
    kept = {group.subset: one for group, one in zip(groups, serious, strict=True) if one}
    if len(kept) < len(groups):
        why = "no file of adverse events (AE) was delivered: nothing can be counted"
        return None, (Told("missing", _PLACE, why),), ()
    sides = [_side(kept, serious=True), _side(kept, serious=False)]
    strange = sorted({system for side in sides for system, _ in side.terms if not _known(system)})
    if strange:
        why = f"no organ system of the registry for {', '.join(strange)}: give AEBODSYS as MedDRA"
        return None, (Told("missing", _PLACE, why),), ()
    sides[1] = _above(sides[1], kept, choices.threshold)
    module: dict[str, Node] = {
        "frequencyThreshold": str(choices.threshold),
        "timeFrame": _time_frame(protocol, adam),
        "description": _description(protocol),
        "eventGroups": [
            _group(identifier("EG", at), group, kept[group.subset], results, sides[1], adam)
            for at, group in enumerate(groups)
        ],
        "seriousEvents": _events(sides[0], groups, kept, choices),
        "otherEvents": _events(sides[1], groups, kept, choices),
    }
    return module, _told(choices), _mapped(sides)


def _side(kept: Mapping[str, SeriousEvents], *, serious: bool) -> _Side:
    """Rows by organ system and term in capitals: cohorts may spell a term differently."""
    rows = {
        subset: {
            (row.organ_system.upper(), row.term.upper()): row
            for row in one.registry
            if row.serious == serious
        }
        for subset, one in kept.items()
    }
    terms = sorted({key for found_rows in rows.values() for key in found_rows})
    return _Side(serious, rows, tuple(terms))


def _known(system: str) -> bool:
    return system in ORGAN_SYSTEMS


def _above(side: _Side, kept: Mapping[str, SeriousEvents], threshold: int) -> _Side:
    """The terms that exceed the threshold in any group; every term for a threshold of 0."""

    def exceeds(key: tuple[str, str]) -> bool:
        return any(
            100 * side.rows[subset][key].affected > threshold * one.subjects
            for subset, one in kept.items()
            if key in side.rows[subset]
        )

    return _Side(side.serious, side.rows, tuple(key for key in side.terms if exceeds(key)))


def _group(
    name: str,
    group: Group,
    serious: SeriousEvents,
    results: Mapping[str, Result],
    other: _Side,
    adam: Adam,
) -> dict[str, Node]:
    deaths = needed(results, "DEATH", group, Deaths)
    died = Cell(deaths.key, "T-15", "Deaths, all causes")
    untreated = Cell(deaths.key, "T-15", "Enrolled, never treated: deaths")
    treated = Cell(serious.key, "T-15", POPULATION)
    at_risk = deaths.subjects + deaths.untreated_subjects
    enrolled = Cell(f"DISPOSITION{deaths.key.removeprefix('DEATH')}", "T-1", "Enrolled")
    affected = affected_by(adam, group.subset, other.terms)
    listed = Count(
        "ADAE", "subjects with a listed other event", listed_where(group.subset, other.terms)
    )
    return {
        "id": name,
        "title": group.title,
        "description": f"{group.description}. {SET} for events; enrolled for deaths.",
        "deathsNumAffected": Cited(len(deaths.rows) + deaths.untreated, (died, untreated)),
        "deathsNumAtRisk": Cited(at_risk, (enrolled,)),
        "seriousNumAffected": Cited(
            serious.affected, (Cell(serious.key, "T-15", "Any serious event"),)
        ),
        "seriousNumAtRisk": Cited(serious.subjects, (treated,)),
        "otherNumAffected": Cited(affected, (listed,)),
        "otherNumAtRisk": Cited(serious.subjects, (treated,)),
    }


def _events(
    side: _Side,
    groups: tuple[Group, ...],
    kept: Mapping[str, SeriousEvents],
    choices: RegistryChoices,
) -> list[Node]:
    words = choices.words
    dictionary: dict[str, Node] = (
        {"sourceVocabulary": words.sourceVocabulary} if words.sourceVocabulary else {}
    )
    nodes: list[Node] = []
    for key in side.terms:
        spelled = min(rows[key].term for rows in side.rows.values() if key in rows)
        stats: list[Node] = [
            _stats(identifier("EG", at), side, key, kept[group.subset], group.subset)
            for at, group in enumerate(groups)
        ]
        nodes.append(
            {
                "term": spelled,
                "organSystem": ORGAN_SYSTEMS[key[0]],
                **dictionary,
                "assessmentType": words.assessmentType or _SYSTEMATIC,
                "stats": stats,
            }
        )
    return nodes


def _stats(
    name: str, side: _Side, key: tuple[str, str], serious: SeriousEvents, subset: str
) -> dict[str, Node]:
    row = side.rows[subset].get(key)
    subjects, events = (row.affected, row.events) if row else (0, 0)
    if row and side.serious:
        place = (serious.key, "T-15", row.term)
        affected: Source = Cell(*place, column=1, under=row.organ_system)
        counted: Source = Cell(*place, column=5, under=row.organ_system)
    else:
        where = records_where(subset, serious=side.serious) & is_term(key)
        words = f"{'serious' if side.serious else 'not serious'}: {key[1]}"
        affected, counted = Count("ADAE", words, where), Count("ADAE", words, where, _EVENT)
    return {
        "groupId": name,
        "numEvents": Cited(events, (counted,)),
        "numAffected": Cited(subjects, (affected,)),
        "numAtRisk": Cited(serious.subjects, (Cell(serious.key, "T-15", POPULATION),)),
    }


def _time_frame(protocol: Protocol, adam: Adam) -> str:
    rule = settled_safety(protocol)
    cutoffs = adam["ADSL"]["DCUTDT"].drop_nulls().unique().sort()
    until = f" ({cutoffs[-1]})" if len(cutoffs) else ""
    return (
        f"Events: from first treatment until {rule.te_window_days} days after the last dose "
        f"({rule.te_window_serious_days} days for serious and immune-related events), or until the "
        f"day before new anticancer therapy. Deaths: from enrolment until the data cut-off{until}."
    )


def _description(protocol: Protocol) -> str:
    rule = settled_safety(protocol)
    return (
        f"Treatment-emergent adverse events by preferred term, graded by CTCAE "
        f"{rule.ctcae_version}. Records of one term without a free day between them are one event. "
        "Progression of the tumour is no adverse event. Deaths are from any cause."
    )


def _told(choices: RegistryChoices) -> tuple[Told, ...]:
    words = choices.words
    told = []
    if not words.sourceVocabulary:
        why = "the version of the dictionary is not known: give it in the file of words"
        told.append(Told("missing", f"{_PLACE}: sourceVocabulary", why))
    if not words.assessmentType:
        why = f"{_SYSTEMATIC}: events are asked for at every visit; say otherwise in the file of words"
        told.append(Told("default", f"{_PLACE}: assessmentType", why))
    return tuple(told)


def _mapped(sides: list[_Side]) -> tuple[Mapped, ...]:
    """Each class as collected, and the number of its listed terms."""
    spelled: dict[str, str] = {}
    terms: dict[str, set[str]] = {}
    for side in sides:
        for key in side.terms:
            terms.setdefault(key[0], set()).add(key[1])
            for rows in side.rows.values():
                if key in rows:
                    said = rows[key].organ_system
                    spelled[key[0]] = min(spelled.get(key[0], said), said)
    return tuple(
        Mapped("organ system", spelled[name], ORGAN_SYSTEMS[name], len(found_terms), "terms")
        for name, found_terms in sorted(terms.items())
    )
