"""Numbers behind a design evaluation: decision rules for n subjects, sizes for pairs of rates."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.errors import DesignError
from trialwright.core.results import Json
from trialwright.design.base import Design, Hypotheses
from trialwright.design.catalogue import DESIGNS
from trialwright.design.groups import Group
from trialwright.design.questions import Question
from trialwright.design.simon_two_stage import SimonTwoStage
from trialwright.design.single_stage import SingleStage, single_stage_rule
from trialwright.stats.binomial import ProportionMethod, proportion_interval


@dataclass(frozen=True, slots=True)
class Precision:
    """The interval that x of n subjects with the event would give."""

    x: int
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupEvaluation:
    """What the subjects of one group can show.

    Attributes
    ----------
    rules
        For each null rate the rule that keeps alpha.
    easier
        The same with one event less, which does not keep alpha; as long as `rules`.
    precision
        The interval for every possible number of events, 0 to n.
    """

    group: Group
    rules: tuple[SingleStage, ...]
    easier: tuple[SingleStage, ...]
    precision: tuple[Precision, ...]

    def to_json(self, true_rates: tuple[float, ...]) -> dict[str, Json]:
        """Rules with exact alpha and power, and every interval, unrounded."""
        return {
            "id": self.group.id,
            "name": self.group.name,
            "subjects": self.group.subjects,
            "source": self.group.source,
            "rules": [rule_json(rule, true_rates) for rule in self.rules],
            "one_event_fewer": [rule_json(rule, true_rates) for rule in self.easier],
            "precision": [[one.x, one.lower, one.upper] for one in self.precision],
        }


@dataclass(frozen=True, slots=True)
class Sizing:
    """Designs that answer a pair of rates with the wanted alpha and power, by name.

    `None` for a design that would need more subjects than are searched.
    """

    question: Hypotheses
    designs: tuple[tuple[str, Design | None], ...]

    def to_json(self) -> dict[str, Json]:
        """Each design with its exact properties."""
        q = self.question
        shown: dict[str, Json] = {
            name: None if design is None else {**_size_json(design), **_properties(design, q)}
            for name, design in self.designs
        }
        return {"p0": q.p0, "p1": q.p1, "alpha": q.alpha, "power": q.power, "designs": shown}


def evaluate_group(
    group: Group, question: Question, conf_level: float, method: ProportionMethod
) -> GroupEvaluation:
    """Rules and precision for the subjects of a group."""
    n = group.subjects
    rules = tuple(single_stage_rule(n, null, question.alpha) for null in question.grid.nulls)
    return GroupEvaluation(
        group=group,
        rules=rules,
        easier=tuple(SingleStage(n, rule.reject_at - 1, rule.p0) for rule in rules),
        precision=tuple(
            Precision(x, *proportion_interval(x, n, conf_level, method)) for x in range(n + 1)
        ),
    )


def size_pairs(question: Question) -> tuple[Sizing, ...]:
    """Every design for each pair of rates; two stages only where the event is seen soon."""
    names = [name for name in DESIGNS if question.is_quick or not name.startswith("simon")]
    return tuple(
        Sizing(pair, tuple((name, _search(name, pair)) for name in names))
        for p0, p1 in question.grid.pairs
        for pair in (Hypotheses(p0, p1, question.alpha, question.power),)
    )


def _search(name: str, pair: Hypotheses) -> Design | None:
    try:
        return DESIGNS[name](pair)
    except DesignError:
        return None


def rule_json(rule: SingleStage, true_rates: tuple[float, ...]) -> dict[str, Json]:
    """A rule with its exact alpha and its power at each true rate above the null rate."""
    return {
        "p0": rule.p0,
        "reject_at": rule.reject_at,
        "alpha": rule.alpha,
        "power": [[rate, rule.reject_probability(rate)] for rate in true_rates if rate > rule.p0],
    }


def _size_json(design: Design) -> dict[str, Json]:
    if isinstance(design, SimonTwoStage):
        return {"r1": design.r1, "n1": design.n1, "r": design.r, "n": design.n}
    if isinstance(design, SingleStage):
        return {"n": design.n, "reject_at": design.reject_at}
    return {"n": design.subjects}


def _properties(design: Design, question: Hypotheses) -> dict[str, Json]:
    return {
        "exact_alpha": design.reject_probability(question.p0),
        "exact_power": design.reject_probability(question.p1),
        "expected_n_p0": design.expected_n(question.p0),
        "rule": design.rule_words(),
    }
