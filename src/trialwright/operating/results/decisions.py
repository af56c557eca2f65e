"""Probability of every decision, with the exact binomial one beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Literal

from trialwright.core.display import Table
from trialwright.core.format import rounded
from trialwright.core.results import Json
from trialwright.design.simon_two_stage import SimonTwoStage
from trialwright.operating.exact_sums import Share
from trialwright.operating.outcomes import MONTH
from trialwright.operating.plan import READINGS, Arm, LandmarkRule, Reading, ResponseRule
from trialwright.operating.reading import RuleTotals, ScenarioTotals
from trialwright.operating.words import (
    BOUNDS,
    NULL_TOLERANCE,
    READING_WORDS,
    basis,
    mean_json,
    mean_text,
    months_with_error,
    number,
    probability,
    rate_text,
    rule_name,
    rule_words,
    share_json,
    simulated,
)
from trialwright.stats.binomial import binomial_at_least

RULES = ("T-03", "T-07", "T-13", "T-14")
_COLUMNS = (
    "Rule", "Expected rate, %", "True rate, %", "Meaning", "Response", "P(reject)",
    "Exact at expected", "Exact at true", "P(stop early)", "Mean n", "Duration, months",
)  # fmt: skip
#: What a probability of rejecting means at the truth of the scenario.
Meaning = Literal["alpha", "power"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One rule in one scenario.

    Attributes
    ----------
    expected
        Rate that a large trial would report by the scenario, NaN where it states none.
    truth, truth_source
        True rate of the group, and whether it is simulated ("true") or the scenario's ("stated").
    readings
        Decisions by reading; landmark rules have one, under "".
    binomial, binomial_expected
        Exact probability of rejecting at the true and at the expected rate, `None` where the rule
        counts no subjects or there is no such rate.
    """

    rule: ResponseRule | LandmarkRule
    group: str
    expected: float
    truth: float
    truth_source: Literal["true", "stated"]
    readings: tuple[tuple[Reading | Literal[""], RuleTotals], ...]
    binomial: float | None
    binomial_expected: float | None
    expected_n: float | None

    @property
    def meaning(self) -> Meaning:
        """Type I error where the rate is not above the null rate, else power.

        The null rate is one that trials report, with their noise and their confirmation, so the
        expected rate decides; the true one where the scenario states none.
        """
        rate = self.truth if isnan(self.expected) else self.expected
        return "alpha" if rate <= self.rule.p0 + NULL_TOLERANCE else "power"

    def rows(self) -> list[tuple[str, ...]]:
        """A row for each reading."""
        exact = (_exact(self.binomial_expected), _exact(self.binomial))
        head = (
            f"{self.group}: {_short(self.rule)}",
            rate_text(self.expected),
            rate_text(self.truth),
            self.meaning,
        )
        return [
            (*(head if i == 0 else ("", "", "", "")), _reading(reading), probability(one.rejected),
             *exact, *self._stages(one), months_with_error(one.days.value, one.days.error))
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
            "expected": number(self.expected),
            "truth": number(self.truth),
            "truth_source": self.truth_source,
            "meaning": self.meaning,
            "binomial": number(self.binomial),
            "binomial_expected": number(self.binomial_expected),
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


def _exact(value: float | None) -> str:
    return "-" if value is None or isnan(value) else rounded(value, 3)


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
        """One block of rows for each rule; columns that say nothing of any rule are left out."""
        rules = tuple(one.rule for one in self.decisions)
        sources = {one.truth_source for one in self.decisions}
        rows = [row for one in self.decisions for row in one.rows()]
        used = [
            place
            for place, _ in enumerate(_COLUMNS)
            if not rows or any(row[place] not in {"", "-"} for row in rows)
        ]
        return Table(
            title=f"Decisions: {self.title}",
            columns=tuple(_COLUMNS[place] for place in used),
            rows=tuple(tuple(row[place] for place in used) for row in rows),
            footnotes=(
                simulated(self.trials),
                BOUNDS,
                *(f"{name}: {rule_words(one)}" for name, one in _different(rules).items()),
                *basis(rules),
                "Expected rate: what a large trial of this protocol would report if the scenario "
                "holds, of the subjects that the rule counts. Alpha: it is at or below the null rate "
                "(within half a point), so that rejecting is an error; power: it is above. Where "
                "the scenario states none, the true rate decides.",
                *(["True rate: share of all simulated patients who respond, confirmed or not, when "
                   "every scan is on its day and read without error; for a landmark, who are truly "
                   "free of progression."] if "true" in sources else []),
                *(["True rate: as the scenario states it."] if "stated" in sources else []),
                "Exact: probability of rejecting if the number of events were binomial with the "
                "expected or the true rate; for a landmark, if everybody were followed to it. At "
                "an expected rate that equals the null rate it is the nominal alpha.",
                *([self.interim] if self.interim else []),
                *(_undecided(one) for one in self.decisions if _no_value(one).count),
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


def _short(rule: ResponseRule | LandmarkRule) -> str:
    """The name of a rule without that of its cohort."""
    return rule_name(rule).removeprefix(f"{rule.group} ")


def _different(
    rules: Sequence[ResponseRule | LandmarkRule],
) -> dict[str, ResponseRule | LandmarkRule]:
    """Each rule once by its short name: cohorts share them."""
    return {_short(one): one for one in rules}


def _no_value(one: Decision) -> Share:
    return one.readings[0][1].undecided


def _undecided(one: Decision) -> str:
    share = _no_value(one)
    return (
        f"{one.group}, {rule_name(one.rule)}: the test has no value in {share.count} of {share.trials} "
        "trials, which do not reject: nobody or everybody had the event, or nobody was followed "
        "to the landmark."
    )


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
    true = totals.rule_rate(group)
    rate = true.value if true is not None else group.stated_response
    expected = totals.expected_response(group)
    first = plan.variants[0].id
    order = sorted(READINGS, key=lambda one: one != plan.reading)
    return Decision(
        rule=rule,
        group=group.name,
        expected=expected,
        truth=rate,
        truth_source="stated" if true is None else "true",
        readings=tuple((one, totals.rule(Arm(first, one), rule.id)) for one in order),
        binomial=rule.design.reject_probability(rate),
        binomial_expected=None
        if isnan(expected)
        else float(rule.design.reject_probability(expected)),
        expected_n=rule.design.expected_n(rate),
    )


def _landmark(totals: ScenarioTotals, rule: LandmarkRule) -> Decision:
    from_day = rule.months * MONTH
    group = totals.plan.group(rule.group)
    rate, _ = totals.true_curve("pfs", group).at(from_day)
    stated = dict(group.stated_pfs_rates).get(rule.months, nan)

    def exact(at: float) -> float | None:
        if rule.method != "binomial" or isnan(at):
            return None
        return float(binomial_at_least(rule.reject_at, group.subjects, at))

    found = totals.landmark_rule(totals.plan.variants[0].id, rule.id)
    return Decision(
        rule=rule,
        group=group.name,
        expected=stated,
        truth=rate,
        truth_source="true",
        readings=(("", found),),
        binomial=exact(rate),
        binomial_expected=exact(stated),
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
