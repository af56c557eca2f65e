"""Probability of every decision, with the exact binomial one beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from trialwright.core.display import Table
from trialwright.core.format import pct, rounded
from trialwright.core.results import Json
from trialwright.design.simon_two_stage import SimonTwoStage
from trialwright.operating.outcomes import MONTH
from trialwright.operating.plan import READINGS, Arm, LandmarkRule, Reading, ResponseRule
from trialwright.operating.reading import RuleTotals, ScenarioTotals
from trialwright.operating.words import (
    NULL_TOLERANCE,
    READING_WORDS,
    basis,
    mean_json,
    mean_text,
    months_with_error,
    number,
    probability,
    rule_words,
    share_json,
    simulated,
)
from trialwright.stats.binomial import binomial_at_least

RULES = ("T-03", "T-07", "T-13", "T-14")
#: What a probability of rejecting means at the truth of the scenario.
Meaning = Literal["alpha", "power"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One rule in one scenario.

    Attributes
    ----------
    truth, truth_source
        True rate of the group, and whether it is simulated ("true") or the scenario's ("stated").
    readings
        Decisions by reading; landmark rules have one, under "".
    binomial
        Exact probability of rejecting at the true rate, `None` where the rule counts no subjects.
    """

    rule: ResponseRule | LandmarkRule
    group: str
    truth: float
    truth_source: Literal["true", "stated"]
    readings: tuple[tuple[Reading | Literal[""], RuleTotals], ...]
    binomial: float | None
    expected_n: float | None

    @property
    def meaning(self) -> Meaning:
        """Type I error where the truth is not above the null rate, else power."""
        return "alpha" if self.truth <= self.rule.p0 + NULL_TOLERANCE else "power"

    def rows(self) -> list[tuple[str, ...]]:
        """A row for each reading."""
        exact = "-" if self.binomial is None else rounded(self.binomial, 3)
        head = (f"{self.group}: {rule_words(self.rule)}", pct(self.truth), self.meaning)
        return [
            (*(head if i == 0 else ("", "", "")), _reading(reading), probability(one.rejected),
             exact, *self._stages(one), months_with_error(one.days.value, one.days.error))
            for i, (reading, one) in enumerate(self.readings)
        ]  # fmt: skip

    def _stages(self, one: RuleTotals) -> tuple[str, str]:
        if isinstance(self.rule, ResponseRule) and isinstance(self.rule.design, SimonTwoStage):
            return probability(one.stopped), mean_text(one.subjects)
        return "-", rounded(one.subjects.value, 0)

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded."""
        rule = self.rule
        return {
            "id": rule.id,
            "group": rule.group,
            "rule": rule_words(rule),
            "p0": rule.p0,
            "alpha": rule.alpha,
            "registered": rule.registered,
            "source": rule.source,
            "truth": number(self.truth),
            "truth_source": self.truth_source,
            "meaning": self.meaning,
            "binomial": number(self.binomial),
            "expected_n_binomial": number(self.expected_n),
            "readings": [
                {
                    "reading": reading,
                    "reject": share_json(one.rejected),
                    "stop_early": share_json(one.stopped),
                    "no_test_value": share_json(one.undecided),
                    "subjects": mean_json(one.subjects),
                    "days": mean_json(one.days),
                }
                for reading, one in self.readings
            ],
        }


def _reading(reading: Reading | Literal[""]) -> str:
    return READING_WORDS[reading] if reading else "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionResult:
    """Every rule of a plan in one scenario."""

    scenario: str
    title: str
    trials: int
    decisions: tuple[Decision, ...]
    interim: str
    key: str

    def table(self) -> Table:
        """One block of rows for each rule."""
        rules = tuple(one.rule for one in self.decisions)
        sources = {one.truth_source for one in self.decisions}
        return Table(
            title=f"Decisions: {self.title}",
            columns=(
                "Rule", "True rate, %", "Meaning", "Response", "P(reject)", "Exact binomial",
                "P(stop early)", "Mean n", "Duration, months",
            ),
            rows=tuple(row for one in self.decisions for row in one.rows()),
            footnotes=(
                simulated(self.trials),
                *basis(rules),
                "Alpha: the true rate is at or below the null rate (within half a point), so that "
                "rejecting is an error; power: it is above.",
                *(["True rate: share of all simulated patients who respond when every scan is "
                   "on its day and read without error."] if "true" in sources else []),
                *(["True rate: as the scenario states it."] if "stated" in sources else []),
                "Exact binomial: probability of the rule if the number of events were binomial "
                "with the true rate; for a landmark, if everybody were followed to it.",
                *([self.interim] if self.interim else []),
            ),
            rules=RULES,
        )  # fmt: skip

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded."""
        return {
            "key": self.key,
            "scenario": self.scenario,
            "trials": self.trials,
            "interim": self.interim,
            "decisions": [one.to_json() for one in self.decisions],
        }


def decision_result(totals: ScenarioTotals) -> DecisionResult:
    """Decisions of every rule in the scenario as stated."""
    plan = totals.plan
    found = [_response(totals, rule) for rule in plan.response_rules]
    found += [_landmark(totals, rule) for rule in plan.landmark_rules]
    two_stage = any(isinstance(rule.design, SimonTwoStage) for rule in plan.response_rules)
    return DecisionResult(
        scenario=plan.id,
        title=plan.title,
        trials=totals.trials,
        decisions=tuple(found),
        interim=_interim_words(totals) if two_stage else "",
        key=f"OC_DECISIONS.{plan.id}",
    )


def _response(totals: ScenarioTotals, rule: ResponseRule) -> Decision:
    plan = totals.plan
    group = plan.group(rule.group)
    true = totals.true_rate(group)
    rate = true.value if true is not None else group.stated_response
    first = plan.variants[0].id
    order = sorted(READINGS, key=lambda one: one != plan.reading)
    return Decision(
        rule=rule,
        group=group.name,
        truth=rate,
        truth_source="stated" if true is None else "true",
        readings=tuple((one, totals.rule(Arm(first, one), rule.id)) for one in order),
        binomial=rule.design.reject_probability(rate),
        expected_n=rule.design.expected_n(rate),
    )


def _landmark(totals: ScenarioTotals, rule: LandmarkRule) -> Decision:
    from_day = rule.months * MONTH
    group = totals.plan.group(rule.group)
    rate, _ = totals.true_curve("pfs", group).at(from_day)
    exact = (
        float(binomial_at_least(rule.reject_at, group.subjects, rate))
        if rule.method == "binomial"
        else None
    )
    found = totals.landmark_rule(totals.plan.variants[0].id, rule.id)
    return Decision(
        rule=rule,
        group=group.name,
        truth=rate,
        truth_source="true",
        readings=(("", found),),
        binomial=exact,
        expected_n=None,
    )


def _interim_words(totals: ScenarioTotals) -> str:
    interim = totals.plan.interim
    accrual = (
        "enrolment waits until then, and the second stage starts later by the time waited"
        if interim.accrual == "pause"
        else "enrolment goes on until then"
    )
    return (
        "Two stages: the decision is made when the response of every subject of the first stage is "
        f"known (response, progression, death, withdrawal, or {interim.follow_up_days} days of "
        f"follow-up); {accrual} ({interim.source}). Duration counts from the start of accrual to "
        "the decision or the data cut-off."
    )
