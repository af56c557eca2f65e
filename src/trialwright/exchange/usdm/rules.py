"""Rules that a USDM file has to keep: the form, the references, the chains, the timelines.

U-01 to U-08 and U-27 are the form without which a file cannot be read; the others are what a study needs to
hold together. Each rule is a small function over the objects of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from trialwright.exchange.usdm import rules_amounts as amounts
from trialwright.exchange.usdm import rules_timelines as timelines
from trialwright.exchange.usdm.nodes import Node, Nodes, Problem
from trialwright.exchange.usdm.rules_timelines import code_of, designs_of
from trialwright.exchange.usdm.structure import REFERENCES

Found = Iterator[tuple[str, str]]
_CHAINED = ("Encounter", "Activity", "StudyEpoch", "EligibilityCriterion")
_NAMED_ONCE = (
    "StudyArm", "StudyEpoch", "StudyElement", "StudyIntervention", "StudyCohort", "Encounter",
    "Activity", "Endpoint", "Objective", "Estimand", "ScheduleTimeline", "EligibilityCriterion",
    "AnalysisPopulation", "Indication",
)  # fmt: skip
_PRIMARY_OBJECTIVE, _PRIMARY_ENDPOINT = "C85826", "C94496"
_OFFICIAL = "C207616"


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its id, what it asks, and where it is broken as (place, message)."""

    id: str
    asks: str
    broken: Callable[[Nodes], Found]

    def problems(self, nodes: Nodes) -> list[Problem]:
        """What breaks the rule."""
        return [
            Problem(self.id, place, message, self.asks) for place, message in self.broken(nodes)
        ]


def _noted(rule: str) -> Callable[[Nodes], Found]:
    def broken(nodes: Nodes) -> Found:
        for one in nodes.problems:
            if one.rule == rule:
                yield (
                    one.place,
                    f"{one.message}; allowed: {one.allowed}" if one.allowed else one.message,
                )

    return broken


def _version(nodes: Nodes) -> Found:
    for node in nodes.of("Wrapper"):
        said = str(node.data.get("usdmVersion"))
        if said.split(".", maxsplit=1)[0] != "4":
            yield "usdmVersion", f'"{said}" is not version 4'
    if not any(nodes.of("StudyVersion")):
        yield "study.versions", "there is no version of the study"


def _duplicates(nodes: Nodes) -> Found:
    """One id for two objects; one object that is written out at two places is one object."""
    first: dict[str, Node] = {}
    for node in nodes.nodes:
        there = first.setdefault(node.id, node) if node.id else node
        if there is not node and (there.cls, there.data) != (node.cls, node.data):
            yield node.place, f'a second object has the id "{node.id}"'


def _dangling(nodes: Nodes) -> Found:
    known = nodes.by_id()
    for node, name, one in nodes.references():
        if one not in known:
            yield f"{node.place}.{name}", f'no object has the id "{one}"'


def _wrong_class(nodes: Nodes) -> Found:
    known = nodes.by_id()
    for node, name, one in nodes.references():
        wanted = REFERENCES[name]
        allowed = (node.cls,) if wanted == () else wanted
        if one in known and allowed is not None and known[one].cls not in allowed:
            yield (
                f"{node.place}.{name}",
                (f'"{one}" is {known[one].cls}, not {" or ".join(allowed)}'),
            )


def _names(nodes: Nodes) -> Found:
    for cls in _NAMED_ONCE:
        seen: set[tuple[int | None, str]] = set()
        for node in nodes.of(cls):
            key = (None if cls in {"Endpoint"} else node.parent, str(node.data.get("name")))
            if key in seen:
                yield node.place, f'a second {cls} is named "{key[1]}"'
            seen.add(key)


def _codes(nodes: Nodes) -> Found:
    said: dict[tuple[str, ...], str] = {}
    for node in nodes.of("Code"):
        key = tuple(str(node.data.get(one)) for one in ("code", "codeSystem", "codeSystemVersion"))
        word = str(node.data.get("decode"))
        if said.setdefault(key, word) != word:
            yield node.place, f'{key[0]} is "{word}" here and "{said[key]}" elsewhere'


def _chains(nodes: Nodes) -> Found:
    """Neighbours name each other, and a chain holds every object of its list."""
    known = nodes.by_id()
    for node in nodes.of(*_CHAINED):
        for ahead, back in (("nextId", "previousId"), ("previousId", "nextId")):
            other = known.get(str(node.data.get(ahead)))
            if other is not None and other.data.get(back) != node.id:
                yield node.place, f"{ahead} is {other.id}, whose {back} is not {node.id}"


def _chain_starts(nodes: Nodes) -> Found:
    for cls in ("Encounter", "StudyEpoch", "Activity"):
        by_parent: dict[int | None, list[Node]] = {}
        for node in nodes.of(cls):
            by_parent.setdefault(node.parent, []).append(node)
        for held in by_parent.values():
            starts = [node for node in held if node.data.get("previousId") is None]
            linked = any(node.data.get("nextId") for node in held)
            if linked and len(starts) != 1:
                yield held[0].place, f"the chain of {cls} has {len(starts)} starts"


def _cells(nodes: Nodes) -> Found:
    """Each arm has one cell in each epoch, of the same design."""
    for design in designs_of(nodes):
        data = design.data
        arms = [one.get("id") for one in data.get("arms") or [] if isinstance(one, dict)]
        epochs = [one.get("id") for one in data.get("epochs") or [] if isinstance(one, dict)]
        cells = Counter(
            (one.get("armId"), one.get("epochId"))
            for one in data.get("studyCells") or []
            if isinstance(one, dict)
        )
        for arm in arms:
            for epoch in epochs:
                if cells[arm, epoch] != 1:
                    yield design.place, f"{cells[arm, epoch]} cells of {arm} in {epoch}"
        for arm, epoch in cells:
            if arm not in arms or epoch not in epochs:
                yield design.place, f"a cell of {arm} in {epoch}, which this design does not have"


def _primary(nodes: Nodes) -> Found:
    for objective in nodes.of("Objective"):
        ends = [one for one in objective.data.get("endpoints") or [] if isinstance(one, dict)]
        primary = code_of(objective.data.get("level")) == _PRIMARY_OBJECTIVE
        if primary and not any(code_of(one.get("level")) == _PRIMARY_ENDPOINT for one in ends):
            yield objective.place, "a primary objective without a primary endpoint"


def _titles(nodes: Nodes) -> Found:
    for version in nodes.of("StudyVersion"):
        titles = [one for one in version.data.get("titles") or [] if isinstance(one, dict)]
        official = [one for one in titles if code_of(one.get("type")) == _OFFICIAL]
        if len(official) != 1:
            yield f"{version.place}.titles", f"{len(official)} official titles"


def _used(nodes: Nodes) -> Found:
    """Encounters and activities that no timeline uses, interventions that no design uses."""
    named: dict[str, set[str]] = {}
    for _, name, one in nodes.references():
        named.setdefault(name, set()).add(one)
    asked = {
        "Encounter": {"encounterId"},
        "Activity": {"activityIds", "childIds"},
        "StudyIntervention": {"studyInterventionIds"},
        "EligibilityCriterionItem": {"criterionItemId"},
    }
    for cls, names in asked.items():
        there = {one for name in names for one in named.get(name, ())}
        parents = {node.id for node in nodes.of(cls) if node.data.get("childIds")}
        for node in nodes.of(cls):
            if node.id not in there and node.id not in parents:
                yield node.place, f"nothing refers to this {cls}"


FORM: tuple[Rule, ...] = (
    Rule("U-01", "a USDM file is an object, not nested without end", _noted("U-01")),
    Rule("U-02", "required attributes are there", _noted("U-02")),
    Rule("U-03", "values have the type of their attribute", _noted("U-03")),
    Rule("U-04", "an object has the instanceType of its place", _noted("U-04")),
    Rule("U-05", "an id stands once", _duplicates),
    Rule("U-06", "every reference leads to an object", _dangling),
    Rule("U-07", "a reference leads to an object of the right class", _wrong_class),
    Rule("U-08", "version 4, with a version of the study", _version),
    Rule(
        "U-27",
        "doses, numbers of subjects, ages and durations are not negative",
        amounts.below_zero,
    ),
)
CONTENT: tuple[Rule, ...] = (
    Rule("U-09", "a name stands once among its like", _names),
    Rule("U-10", "a code means one thing", _codes),
    Rule("U-11", "neighbours in a chain name each other", _chains),
    Rule("U-12", "a chain has one start", _chain_starts),
    Rule("U-13", "a design has exactly one main timeline", timelines.one_main),
    Rule("U-14", "a timeline enters at one of its instances", timelines.entered),
    Rule("U-15", "every instance is reached, every way ends", timelines.reached),
    Rule("U-16", "an instance leaves by an exit of its timeline", timelines.left_by_own_exit),
    Rule("U-17", "every activity instance is timed within its timeline", timelines.timed),
    Rule("U-18", "a timeline has a fixed reference", timelines.fixed),
    Rule("U-19", "times are ISO 8601 durations", timelines.durations),
    Rule("U-20", "a window has two ends", timelines.windows),
    Rule("U-21", "a range rises", amounts.rising),
    Rule("U-22", "each arm has one cell in each epoch", _cells),
    Rule("U-23", "a primary objective has a primary endpoint", _primary),
    Rule("U-24", "one official title", _titles),
    Rule("U-25", "nothing stands unused", _used),
    Rule("U-26", "cohorts are not larger than the study", amounts.enrolment),
)
RULES = FORM + CONTENT
