"""What the planned number of subjects can show: rules, alpha, power, precision, alternatives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from trialwright.core.display import Figure, Table
from trialwright.core.format import pct_range, percent, rounded
from trialwright.core.results import Json
from trialwright.design.base import Design, Hypotheses
from trialwright.design.candidates import (
    GroupEvaluation,
    Sizing,
    evaluate_group,
    size_pairs,
)
from trialwright.design.groups import planned_groups
from trialwright.design.power_figure import power_figure
from trialwright.design.questions import Question, question_of
from trialwright.design.single_stage import SingleStage
from trialwright.protocol.model import Protocol
from trialwright.protocol.options import OPTIONS
from trialwright.stats.binomial import METHOD_NAMES, ProportionMethod

RULES = ("T-01", "T-03", "T-13", "T-14")
DESIGN_NAMES = {
    "single_stage": "Single stage, fewest subjects",
    "single_stage_stable": "Single stage, stable",
    "simon_optimal": "Simon two-stage, optimal",
    "simon_minimax": "Simon two-stage, minimax",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignEvaluation:
    """What each group of subjects can show about the primary rate.

    Attributes
    ----------
    question
        The registered hypothesis, or candidate rates.
    groups
        All subjects, or each cohort.
    sizings
        How many subjects pairs of rates would need.
    conf_level, method
        Interval of the precision table.
    """

    question: Question
    groups: tuple[GroupEvaluation, ...]
    sizings: tuple[Sizing, ...]
    conf_level: float
    method: ProportionMethod
    key: str = "DESIGN"

    @property
    def basis(self) -> str:
        """Whether the rules are registered, in one sentence."""
        if self.question.is_registered:
            return f"The null rate is {self.question.grid.source}; the rules follow from it."
        return (
            "Reverse-engineered, not registered: the record gives no hypothesis, so the rules show "
            f"what the number of subjects can do at candidate rates ({self.question.grid.source})."
        )

    def text(self) -> tuple[str, ...]:
        """The evaluation as sentences for a protocol."""
        return (self.basis, *(_sentence(one, self) for one in self.groups), *self.question.notes)

    def table(self) -> Table:
        """Describe the decision rule for each group and null rate."""
        return self.tables()[0]

    def tables(self) -> tuple[Table, ...]:
        """Decision rules, precision, and the numbers of subjects for pairs of rates."""
        sizes = (self._size_table(),) if self.sizings else ()
        return (
            self._rule_table(),
            *(self._precision_table(one) for one in self._by_size()),
            *sizes,
        )

    def figure(self) -> Figure:
        """Probability of rejecting against the true rate, for the first group."""
        return self.figures()[0]

    def figures(self) -> tuple[Figure, ...]:
        """One power figure for each different number of subjects."""
        return tuple(power_figure(one, self.question) for one in self._by_size())

    def _by_size(self) -> tuple[GroupEvaluation, ...]:
        """The first group of each size: groups of one size have the same numbers."""
        first: dict[int, GroupEvaluation] = {}
        for one in self.groups:
            first.setdefault(one.group.subjects, one)
        return tuple(first.values())

    def _rule_table(self) -> Table:
        rates = self.question.grid.true_rates
        rows = []
        for one in self.groups:
            for rule, easier in zip(one.rules, one.easier, strict=True):
                rows += [_rule_row(one, rule, rates), _rule_row(one, easier, rates)]
        return Table(
            title=f"What the number of subjects can show: {self.question.endpoint}",
            columns=(
                "Group",
                "Null rate",
                "Reject at",
                "Alpha",
                *(_power_column(r) for r in rates),
            ),
            rows=tuple(rows),
            levels=tuple(i % 2 for i in range(len(rows))),
            population=", ".join(f"{g.group.name} (n = {g.group.subjects})" for g in self.groups),
            footnotes=(
                self.basis,
                f"One-sided alpha at most {100 * self.question.alpha:g} %; the indented row needs "
                "one event less and is shown to see by how much its alpha is too large.",
                *_share_note(self.groups),
                *self.question.notes,
            ),
            rules=RULES,
        )

    def _precision_table(self, one: GroupEvaluation) -> Table:
        n = one.group.subjects
        shown = one.precision[: max(11, (n + 1) // 2 + 1)]
        return Table(
            title=f"Precision with {n} subjects",
            columns=("Events", "%", f"{100 * self.conf_level:g} % interval", "Width"),
            rows=tuple(
                (
                    f"{p.x}/{n}",
                    percent(p.x, n),
                    pct_range(p.lower, p.upper),
                    rounded(100 * (p.upper - p.lower), 1),
                )
                for p in shown
            ),
            population=f"n = {n}",
            footnotes=(f"Interval: {METHOD_NAMES[self.method]}.",),
            rules=("T-01",),
        )

    def _size_table(self) -> Table:
        return Table(
            title="Subjects needed for pairs of rates",
            columns=("Design", "Rule", "n", "Alpha", "Power", "Mean n at p0"),
            rows=tuple(row for sizing in self.sizings for row in _size_rows(sizing)),
            levels=tuple(
                depth for sizing in self.sizings for depth in (0, *(1 for _ in sizing.designs))
            ),
            footnotes=(
                f"Exact; alpha at most {100 * self.question.alpha:g} %, power at least "
                f"{100 * self.question.power:g} %. Stable: from this number on every larger one "
                "keeps the power too. Subjects who cannot be evaluated come on top.",
            ),
            rules=("T-13",),
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded."""
        question = self.question
        return {
            "key": self.key,
            "endpoint": question.endpoint,
            "event": question.event,
            "registered": question.is_registered,
            "basis": self.basis,
            "text": list(self.text()),
            "alpha": question.alpha,
            "power": question.power,
            "method": f"exact binomial; {METHOD_NAMES[self.method]} interval",
            "conf_level": self.conf_level,
            "groups": [one.to_json(question.grid.true_rates) for one in self.groups],
            "sizes": [sizing.to_json() for sizing in self.sizings],
            "rules": list(RULES),
        }


def evaluate_design(protocol: Protocol, subjects: int | None = None) -> DesignEvaluation:
    """Evaluate the planned number of subjects against the primary rate.

    Parameters
    ----------
    protocol
        A protocol, settled or not: where level and method of the interval are open, their proposed
        defaults are taken and shown.
    subjects
        Total number of subjects, before `design.enrollment`.

    Raises
    ------
    DesignError
        When no number of subjects is there, or numbers pose no question.

    References
    ----------
    A'Hern, Stat Med 2001;20:859-866; Simon, Control Clin Trials 1989;10:1-10; rule T-13.
    """
    question = question_of(protocol)
    defaults = {option.path: option.default for option in OPTIONS}
    level = protocol.analysis.conf_level or cast("float", defaults["analysis.conf_level"])
    method = protocol.analysis.prop_ci or defaults["analysis.prop_ci"]
    conf_level, name = float(level), cast("ProportionMethod", method)
    groups = planned_groups(protocol, subjects)
    return DesignEvaluation(
        question=question,
        groups=tuple(evaluate_group(group, question, conf_level, name) for group in groups),
        sizings=size_pairs(question),
        conf_level=conf_level,
        method=name,
    )


def _rule_row(one: GroupEvaluation, rule: SingleStage, rates: tuple[float, ...]) -> tuple[str, ...]:
    n = one.group.subjects
    powers = (rounded(rule.reject_probability(rate), 3) if rate > rule.p0 else "" for rate in rates)
    at = f">= {rule.reject_at}/{n}" if rule.reject_at <= n else "never"
    return (one.group.name, f"{100 * rule.p0:g} %", at, rounded(rule.alpha, 3), *powers)


def _power_column(rate: float) -> str:
    return f"Power at {100 * rate:g} %"


def _size_rows(sizing: Sizing) -> list[tuple[str, ...]]:
    q = sizing.question
    head = (f"{100 * q.p0:g} % against {100 * q.p1:g} %", *[""] * 5)
    return [head, *(_size_row(name, design, q) for name, design in sizing.designs)]


def _size_row(name: str, design: Design | None, question: Hypotheses) -> tuple[str, ...]:
    if design is None:
        return (DESIGN_NAMES[name], "needs more subjects than are searched", *[""] * 4)
    return (
        DESIGN_NAMES[name],
        design.rule_words(),
        f"{design.subjects}",
        rounded(design.reject_probability(question.p0), 3),
        rounded(design.reject_probability(question.p1), 3),
        rounded(design.expected_n(question.p0), 1),
    )


def _sentence(one: GroupEvaluation, evaluation: DesignEvaluation) -> str:
    """One rule in full, for the first null rate of the question."""
    rule, easier = one.rules[0], one.easier[0]
    rates = [rate for rate in evaluation.question.grid.true_rates if rate > rule.p0]
    powers = ", ".join(
        f"{rounded(rule.reject_probability(rate), 3)} at {100 * rate:g} %" for rate in rates[:5]
    )
    return (
        f"{one.group.name}, {one.group.subjects} subjects ({_source_words(one)}), event: "
        f"{evaluation.question.event}. {rule.rule_words()} Exact alpha {rounded(rule.alpha, 3)}; "
        f"power {powers}. At {easier.reject_at} events alpha would be {rounded(easier.alpha, 3)}."
    )


def _source_words(one: GroupEvaluation) -> str:
    return {
        "record": "registered",
        "inferred": "inferred from the record",
        "default": "proposed default, not registered",
        "user": "set by a person",
        "given": "given for this evaluation",
        "equal share": "equal share of the total, assumed",
    }[one.group.source]


def _share_note(groups: tuple[GroupEvaluation, ...]) -> tuple[str, ...]:
    shares = [one.group.name for one in groups if one.group.source == "equal share"]
    if not shares:
        return ()
    return (f"Equal shares of the total are assumed for {', '.join(shares)}.",)
