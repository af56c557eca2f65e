"""What a scenario may not say: contradictions in itself, and with its protocol."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from trialwright.core.errors import ScenarioError
from trialwright.protocol.model import Component, Protocol
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.scenario_numbers import member_name, number_paths, source_of
from trialwright.simulate.stated import Contradiction, cohort_contradictions

_SUM_TOLERANCE = 1e-6


def contradictions(scenario: Scenario) -> tuple[Contradiction, ...]:
    """Everything in a scenario that cannot be true together, in order of its paths."""
    checks = (_cohorts, _disease, _ranges, _shares, _events)
    return tuple(found for check in checks for found in check(scenario))


@dataclass(frozen=True, slots=True)
class Own:
    """What an extending file says itself: paths of its values, and its sources."""

    stated: frozenset[str]
    sources: Mapping[str, str]


def unsourced(scenario: Scenario, own: Own | None = None) -> tuple[Contradiction, ...]:
    """Numbers without a source, and sources that name no number of the scenario.

    Parameters
    ----------
    scenario
        The scenario, joined with the base that its file extends.
    own
        What the extending file says itself: a source of its base covers none of its numbers.
    """
    paths = number_paths(scenario)
    alone = scenario.model_copy(update={"sources": dict(own.sources)}) if own else scenario
    missing = [
        Contradiction(path, f"{path} has no source.", 'a publication, or "assumption: why"')
        for path in paths
        if not (
            source_of(scenario if not own or path not in own.stated else alone, path) or ""
        ).strip()
    ]
    return (*missing, *_stray(scenario))


def without_stray_sources(scenario: Scenario, own: Own) -> Scenario:
    """The scenario without sources of the base whose number the extending file removed."""
    stray = {one.path.removeprefix("sources.") for one in _stray(scenario)} - set(own.sources)
    kept = {path: text for path, text in scenario.sources.items() if path not in stray}
    return scenario.model_copy(update={"sources": kept})


def _stray(scenario: Scenario) -> tuple[Contradiction, ...]:
    known = {above for path in number_paths(scenario) for above in _above(path)}
    return tuple(
        Contradiction(f"sources.{path}", f'the source "{path}" covers no number.', "a path above")
        for path in scenario.sources
        if path not in known
    )


def check_scenario(protocol: Protocol, scenario: Scenario) -> None:
    """Refuse a scenario that contradicts itself or its protocol.

    Raises
    ------
    ScenarioError
        Naming the path, the value and what is allowed.
    """
    found = next(
        iter((*contradictions(scenario), *_with_protocol(protocol, scenario))), None
    )  # fmt: skip
    if found is not None:
        raise ScenarioError(
            f"The scenario contradicts {'itself' if found.path else 'its protocol'}: {found.what}",
            where=f"scenario {scenario.id}, {found.path or 'cohorts'}",
            allowed=found.allowed,
            do="correct the scenario file, then simulate again",
        )


def matching_components(protocol: Protocol, word: str) -> tuple[int, ...]:
    """Positions in the regimen that a word of a scenario names.

    An exact id first, then a part of an id or name, then the reach ("liver", "lesion").
    """
    wanted = _plain(word)
    tests = (
        lambda one: wanted == _plain(one.id),
        lambda one: wanted in _plain(one.id) or wanted in _plain(one.name),
        lambda one: one.reach == word.casefold(),
    )
    for test in tests:
        found = tuple(at for at, component in enumerate(protocol.regimen) if test(component))
        if found:
            return found
    return ()


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _above(path: str) -> Iterator[str]:
    while path:
        yield path
        path = path.rpartition(".")[0]


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _cohorts(scenario: Scenario) -> Iterator[Contradiction]:
    for name in _twice(cohort.id for cohort in scenario.cohorts):
        yield Contradiction(f"cohorts.{name}", f"cohort {name} stands twice.", "one entry each")
    for cohort in scenario.cohorts:
        yield from cohort_contradictions(cohort)


def _disease(scenario: Scenario) -> Iterator[Contradiction]:
    disease = scenario.disease
    known = {organ.id for organ in disease.organs}
    for name in _twice(organ.id for organ in disease.organs):
        yield Contradiction(f"disease.organs.{name}", f"{name} stands twice.", "one entry each")
    for position, site in enumerate(disease.core):
        yield from (
            Contradiction(
                f"disease.core.{position + 1}.organs",
                f'"{name}" is no organ of the scenario.',
                ", ".join(sorted(known)),
            )
            for name in site.organs
            if name not in known
        )
    core = {name for site in disease.core for name in site.organs}
    for organ in disease.organs:
        if (organ.id in core) == (organ.share is not None):
            yield Contradiction(
                f"disease.organs.{organ.id}",
                f"{organ.id} needs a share of its own, or a place in core, not both.",
                "share for organs outside core, none for organs of core",
            )
        if organ.id in core and not organ.measurable:
            yield Contradiction(
                f"disease.organs.{organ.id}.measurable",
                f"{organ.id} is in core but not measurable.",
                "measurable organs in core",
            )


def _ranges(scenario: Scenario) -> Iterator[Contradiction]:
    pairs = {
        "growth.killed_responders": scenario.growth.killed_responders,
        "growth.killed_others": scenario.growth.killed_others,
        "growth.half_life_days": scenario.growth.half_life_days,
        "conduct.days_to_treatment": scenario.conduct.days_to_treatment,
        "scans.late_days": scenario.scans.late_days,
    }
    for path, (low, high) in pairs.items():
        if low > high or (path.startswith("growth.killed") and high > 1):
            yield Contradiction(path, f"{low:g} to {high:g} is no range.", "low, then high")
    if scenario.growth.half_life_days[0] <= 0:
        yield Contradiction("growth.half_life_days", "a half life of 0 days.", "above 0")


def _shares(scenario: Scenario) -> Iterator[Contradiction]:
    progression, disease = scenario.progression, scenario.disease
    sums: tuple[tuple[str, Sequence[float]], ...] = (
        ("disease.core", [site.share for site in disease.core]),
        ("disease.lesion_counts", disease.lesion_counts),
        ("disease.nontarget_counts", disease.nontarget_counts),
        (
            "progression.new_lesion_share",
            [
                progression.new_lesion_share,
                progression.target_share,
                progression.nontarget_share,
            ],
        ),
    )
    for path, shares in sums:
        if abs(sum(shares) - 1) > _SUM_TOLERANCE:
            yield Contradiction(path, f"the shares add to {sum(shares):g}.", "a sum of 1")


def _events(scenario: Scenario) -> Iterator[Contradiction]:
    organs = {organ.id for organ in scenario.disease.organs}
    for name in _twice(event.term for event in scenario.adverse_events):
        yield Contradiction(f"adverse_events.{name}", f"{name} stands twice.", "one entry each")
    for position, event in enumerate(scenario.adverse_events):
        path = f"adverse_events.{member_name(event, position)}"
        if event.grade3plus > event.any:
            yield Contradiction(
                f"{path}.grade3plus",
                f"grade 3 or more {event.grade3plus:g} exceeds any grade {event.any:g}.",
                "at most the share of any grade",
            )
        if (event.anchor == "immune") != (event.onset_days is not None):
            yield Contradiction(
                f"{path}.onset_days",
                "onset_days belongs to immune events, and to them only.",
                "anchor immune with onset_days, others without",
            )
        if event.organ is not None and event.organ not in organs:
            yield Contradiction(
                f"{path}.organ", f'"{event.organ}" is no organ.', ", ".join(sorted(organs))
            )


def _with_protocol(protocol: Protocol, scenario: Scenario) -> Iterator[Contradiction]:
    yield from _cohorts_of_protocol(protocol, scenario)
    for event in scenario.adverse_events:
        for word in event.related:
            if not matching_components(protocol, word):
                yield Contradiction(
                    f"adverse_events.{event.term}.related",
                    f'"{word}" is no component of the protocol {protocol.id}.',
                    ", ".join(_names(protocol.regimen)),
                )
    if not any(component.reach == "liver" for component in protocol.regimen):
        yield from _liver_rates(scenario)
    for one in protocol.regimen:
        if one.reach == "lesion" and one.modification is not None:
            yield Contradiction(
                "conduct",
                f"regimen.{one.id}.modification of the protocol: sessions of ablation are simulated "
                "as planned, whatever happens before them.",
                "rules for what is dosed",
            )
    if not protocol.regimen:
        yield Contradiction("conduct", "the protocol has no regimen to give.", "a regimen")


def _liver_rates(scenario: Scenario) -> Iterator[Contradiction]:
    """Response rates by site are reached by a component that acts on the liver."""
    for cohort in scenario.cohorts:
        for name in ("hepatic_response_rate", "extrahepatic_response_rate"):
            if getattr(cohort, name) is not None:
                yield Contradiction(
                    f"cohorts.{cohort.id}.{name}",
                    "no component of the protocol acts on the liver, so the model has nothing "
                    "that tells liver lesions from others.",
                    "a component with reach: liver, or no response rates by site",
                )


def _names(regimen: Sequence[Component]) -> list[str]:
    return [component.id for component in regimen]


def _cohorts_of_protocol(protocol: Protocol, scenario: Scenario) -> Iterator[Contradiction]:
    known = [cohort.id for cohort in protocol.cohorts or ()]
    for cohort in scenario.cohorts:
        if known and cohort.id not in known:
            yield Contradiction(
                f"cohorts.{cohort.id}",
                f'"{cohort.id}" is no cohort of the protocol.',
                ", ".join(known),
            )
    if not known and len(scenario.cohorts) > 1:
        yield Contradiction(
            f"cohorts.{scenario.cohorts[1].id}",
            "the protocol has one cohort, the scenario more.",
            "one cohort of any id",
        )
