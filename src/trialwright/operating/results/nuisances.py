"""What each nuisance does to a decision: variants switched on one after the other and alone."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Figure, Mark, Table
from trialwright.core.format import rounded
from trialwright.core.results import Json
from trialwright.design.simon_two_stage import SimonTwoStage
from trialwright.operating.exact_sums import Mean, Share
from trialwright.operating.plan import (
    READINGS,
    STATED,
    Arm,
    LandmarkRule,
    Pair,
    PairKind,
    ResponseRule,
)
from trialwright.operating.reading import Paired, ScenarioTotals
from trialwright.operating.words import (
    BOUNDS,
    arm_words,
    number,
    percent_with_error,
    points,
    probability,
    rate_text,
    rule_name,
    rule_words,
    simulated,
)

RULES = ("R-065", "R-070", "T-13", "T-14")
#: Rules of a group that have a figure.
_FIGURES = 2
_ROLES: dict[PairKind, str] = {"in turn": "in_turn", "alone": "alone", "together": "together"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One pair of arms: the change of the response rate and of the probability of rejecting."""

    pair: Pair
    words: str
    kind: PairKind
    rate: Mean
    reject: tuple[tuple[str, Paired], ...]

    def to_json(self) -> dict[str, Json]:
        """Differences with paired errors."""
        return {
            "before": self.pair.before.name,
            "after": self.pair.after.name,
            "words": self.words,
            "kind": self.kind,
            "response_rate": {
                "difference": number(self.rate.value), "error": number(self.rate.error)
            },
            "reject": {
                rule: {
                    "difference": one.difference, "error": one.error, "both": one.both,
                    "before_only": one.first, "after_only": one.second,
                }
                for rule, one in self.reject
            },
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposed:
    """One rule: the exact probability, the simulated one in every arm, and the steps between."""

    rule: ResponseRule | LandmarkRule
    binomial: float | None
    true_rate: float
    arms: tuple[tuple[Arm, Share], ...]

    def cells(self) -> tuple[str, ...]:
        """The probability in every arm."""
        return tuple(probability(share) for _, share in self.arms)

    def to_json(self) -> dict[str, Json]:
        """Probabilities by arm."""
        return {
            "rule": self.rule.id,
            "binomial": number(self.binomial),
            "true_rate": number(self.true_rate),
            "arms": {
                arm.name: {"reject": number(one.value), "error": number(one.error)}
                for arm, one in self.arms
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NuisanceResult:
    """How reader noise, missed and late scans and confirmation move rates and decisions."""

    scenario: str
    title: str
    trials: int
    group: str
    rates: tuple[tuple[str, float, float], ...]
    by_arm: tuple[tuple[Arm, float], ...]
    noise: float
    steps: tuple[Step, ...]
    decomposed: tuple[Decomposed, ...]
    ideal: Arm
    key: str

    def table(self) -> Table:
        """Differences step by step."""
        return self.tables()[0]

    def tables(self) -> tuple[Table, ...]:
        """The steps, then the probability of rejecting in every arm."""
        return self._steps(), self._arms()

    def _steps(self) -> Table:
        rate = ("Response rate", *(points(one.rate.value, one.rate.error) for one in self.steps))
        rows = [
            (rule_name(one.rule), *(_change(step, one.rule.id) for step in self.steps))
            for one in self.decomposed
        ]
        return Table(
            title=f"What each nuisance does: {self.title}",
            columns=("Percentage points", *(f"{one.words} ({one.kind})" for one in self.steps)),
            rows=(rate, *rows),
            population=self.group,
            footnotes=(
                simulated(self.trials),
                "Changes of the response rate, and of the probability that each rule rejects. The "
                "same virtual patients are read in both ways, so that the errors are those of "
                "paired differences; none: no trial decides otherwise.",
                "In turn: each change on top of the one before, from a reading without noise, with "
                "every scan on its day and without confirmation. Alone and together: from that "
                "reading. A landmark rule does not ask for responses.",
                *(f"{rule_name(one.rule)}: {rule_words(one.rule)}" for one in self.decomposed),
            ),
            rules=RULES,
        )

    def _arms(self) -> Table:
        rates = ("Response rate, %", *(percent_with_error(rate, e) for _, rate, e in self.rates))
        rows = [rates, *((rule_name(one.rule), *one.cells()) for one in self.decomposed)]
        exact = [one.binomial for one in self.decomposed]
        has_exact = any(one is not None for one in exact)
        if has_exact:
            texts = ["", *("-" if one is None else rounded(one, 3) for one in exact)]
            rows = [(*row, text) for row, text in zip(rows, texts, strict=True)]
        return Table(
            title=f"Probability of rejecting by way of reading: {self.title}",
            columns=(
                "Rule",
                *(words for words, _, _ in self.rates),
                *(["exact binomial"] if has_exact else []),
            ),
            rows=tuple(rows),
            population=self.group,
            footnotes=(
                simulated(self.trials),
                BOUNDS,
                *self._noise_words(),
                *(["Exact binomial: at the true response rate, without confirmation."]
                  if has_exact else []),
                *self._agreement(),
                *(["A landmark rule does not ask for responses, so confirmation does not matter."]
                  if not all(isinstance(one.rule, ResponseRule) for one in self.decomposed)
                  else []),
            ),
            rules=RULES,
        )  # fmt: skip

    def _noise_words(self) -> tuple[str, ...]:
        """Why more responses are read without confirmation, with the numbers."""
        if not self.ideal.variant:
            return ()
        said = dict(self.by_arm)
        plain, held = (said[Arm(STATED, one)] for one in READINGS)
        true, kept = (said[Arm(self.ideal.variant, one)] for one in READINGS)
        return (
            f"With the reader noise of the scenario ({100 * self.noise:g} %) the response rate reads "
            f"{rate_text(plain)} % without and {rate_text(held)} % with confirmation; without noise "
            f"and with every scan on its day {rate_text(true)} % and {rate_text(kept)} %. Response "
            "is the best of several noisy measurements: a sum just short of a fall by 30 % can be "
            "read as a response at one scan or another, which reads the rate higher without "
            "confirmation, and a second scan that must show it too takes most of these away, with "
            "some true ones (rule T-14).",
        )

    def _agreement(self) -> tuple[str, ...]:
        """How far the ideal reading is from the exact binomial probability."""
        gaps = [
            (abs(p.value - one.binomial), p.error)
            for one in self.decomposed
            if one.binomial is not None
            for arm, p in one.arms
            if arm == self.ideal
        ]
        if not gaps:
            return ()
        gap, error = max(gaps)
        interim = (
            " A response that comes after the decision between two stages counts in the exact "
            "probability only."
            if any(
                isinstance(one.rule, ResponseRule) and isinstance(one.rule.design, SimonTwoStage)
                for one in self.decomposed
            )
            else ""
        )
        return (
            "Without noise, with every scan on its day and no confirmation, the number of responses "
            "is binomial: the simulated and the exact probabilities differ by "
            f"{rounded(100 * gap, 2)} points at most (error {rounded(100 * error, 2)}).{interim}",
        )

    def figures(self) -> tuple[Figure, ...]:
        """Change of the probability of rejecting by each step in turn, with 95 % error bars."""
        return tuple(self._figure(one) for one in self.decomposed[:_FIGURES])

    def _figure(self, one: Decomposed) -> Figure:
        shown = [step for step in self.steps if one.rule.id in dict(step.reject)]
        places = {id(step): float(place) for place, step in enumerate(reversed(shown))}
        found = [(step, dict(step.reject)[one.rule.id], places[id(step)]) for step in shown]
        marks = [
            Mark(kind="rule_x", x=(0.0,), role="zero"),
            Mark(
                kind="interval",
                x=tuple(100 * (joint.difference - 1.96 * joint.error) for _, joint, _ in found),
                y=tuple(place for _, _, place in found),
                x2=tuple(100 * (joint.difference + 1.96 * joint.error) for _, joint, _ in found),
                y2=tuple(place for _, _, place in found),
            ),
        ]
        for kind, role in _ROLES.items():
            dots = [(joint, place) for step, joint, place in found if step.kind == kind]
            if dots:
                marks.append(
                    Mark(
                        kind="points",
                        x=tuple(100 * joint.difference for joint, _ in dots),
                        y=tuple(place for _, place in dots),
                        role=role,
                        label=kind,
                    )
                )
        words = "; ".join(
            f"{step.words} ({step.kind}) {_change(step, one.rule.id)}" for step in shown
        )
        return Figure(
            title=f"Change of the probability of rejecting: {rule_name(one.rule)}",
            alt=f"Percentage points with errors. {words}.",
            marks=tuple(marks),
            x_label="Change of the probability of rejecting, percentage points",
            y_ticks=tuple((place, step.words) for step, _, place in found),
            y_range=(-0.6, len(shown) - 0.4),
            size=(7.2, 1.4 + 0.34 * len(shown)),
            population=self.group,
            footnotes=(
                rule_words(one.rule),
                "Bars: 95 % Monte Carlo limits of paired differences.",
            ),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded."""
        return {
            "key": self.key,
            "scenario": self.scenario,
            "trials": self.trials,
            "steps": [step.to_json() for step in self.steps],
            "rules": [one.to_json() for one in self.decomposed],
        }


def _change(step: Step, rule: str) -> str:
    joint = dict(step.reject).get(rule)
    if joint is None:
        return "-"
    if not joint.first and not joint.second:
        # No trial decides otherwise: an error of 0 would say more than that.
        return "none"
    return points(joint.difference, joint.error)


def nuisance_results(totals: ScenarioTotals) -> tuple[NuisanceResult, ...]:
    """The decomposition for each group that has rules; nothing without pairs to compare."""
    if not totals.plan.pairs:
        return ()
    found = [_group(totals, group.id) for group in totals.plan.groups]
    return tuple(one for one in found if one.decomposed)


def _group(totals: ScenarioTotals, name: str) -> NuisanceResult:
    plan, group = totals.plan, totals.plan.group(name)
    every: tuple[ResponseRule | LandmarkRule, ...] = (*plan.response_rules, *plan.landmark_rules)
    rules = [one for one in every if one.group == name]
    rates = [(arm, totals.responders(arm, group).rate) for arm in plan.arms]
    return NuisanceResult(
        scenario=plan.id,
        title=plan.title,
        trials=totals.trials,
        group=f"{group.name} (N = {group.subjects})",
        rates=tuple((arm_words(plan, arm), one.value, one.error) for arm, one in rates),
        by_arm=tuple((arm, one.value) for arm, one in rates),
        noise=plan.reader_noise,
        steps=tuple(_step(totals, place, rules, name) for place in range(len(plan.pairs))),
        decomposed=tuple(_decomposed(totals, rule) for rule in rules),
        ideal=Arm(plan.ideal, "unconfirmed"),
        key=f"OC_NUISANCES.{plan.id}.{name}",
    )


def _step(
    totals: ScenarioTotals, place: int, rules: list[ResponseRule | LandmarkRule], group: str
) -> Step:
    plan = totals.plan
    pair = plan.pairs[place]
    joint = ((rule.id, totals.joint(pair, rule.id)) for rule in rules)
    return Step(
        pair=pair,
        words=pair.words or f"{arm_words(plan, pair.before)} to {arm_words(plan, pair.after)}",
        kind=pair.kind,
        rate=totals.response_difference(pair, plan.group(group)),
        reject=tuple((rule, one) for rule, one in joint if one is not None),
    )


def _decomposed(totals: ScenarioTotals, rule: ResponseRule | LandmarkRule) -> Decomposed:
    plan = totals.plan
    group = plan.group(rule.group)
    if isinstance(rule, ResponseRule):
        true = totals.rule_rate(group)
        rate = group.stated_response if true is None else true.value
        shares = [(arm, totals.rule(arm, rule.id).rejected) for arm in plan.arms]
        exact: float | None = rule.design.reject_probability(rate)
    else:
        rate, exact = totals.true_rate_at(rule), None
        shares = [(arm, totals.landmark_rule(arm.variant, rule.id).rejected) for arm in plan.arms]
    return Decomposed(
        rule=rule,
        binomial=exact,
        true_rate=rate,
        arms=tuple(shares),
    )
