"""Clinical benefit rate: response, or no progression for a fixed number of weeks (E-04)."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Table
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import RESPONDERS, best_responses
from trialwright.endpoints.lasting_control import controlled_from
from trialwright.endpoints.population import (
    ALL,
    SET_LABELS,
    Scope,
    enrolled_subjects,
    in_set,
    scope_of,
)
from trialwright.endpoints.proportion import Proportion, estimate_proportion, interval_level
from trialwright.endpoints.response_sets import ResponseSets, response_sets
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledAnalysis, settled_analysis, settled_response

RULES = ("E-04", "R-060", "R-065", "S-2", "S-3", "S-5", "T-01")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClinicalBenefit:
    """Share of subjects with CR or PR, or without progression for `weeks`.

    Attributes
    ----------
    rates, other_rates
        By analysis set, with responses as in the main response rate and read the other way.
    by_time
        Subjects by analysis set who count by time alone.
    """

    scope: Scope
    responses: ResponseSets
    rates: tuple[Proportion, ...]
    other_rates: tuple[Proportion, ...]
    by_time: tuple[int, ...]
    weeks: int

    @property
    def key(self) -> str:
        """`CBR`, with the cohort behind it."""
        return self.scope.key

    @property
    def headline(self) -> Proportion:
        """The main estimate."""
        return next(r for r in self.rates if r.analysis_set == self.responses.headline)

    def table(self) -> Table:
        """Describe clinical benefit by analysis set, read both ways."""
        level = interval_level(self.headline.conf_level)
        names = ("confirmed", "unconfirmed")
        main, other = names if self.responses.is_confirmed else reversed(names)
        shown = self.responses.shown
        responders = (str(best.among(RESPONDERS)) for best in shown)
        time = f"No progression for {self.weeks} weeks, without such a response"
        return Table(
            title=f"Clinical benefit{self.scope.suffix}",
            columns=("", *(f"{SET_LABELS[b.analysis_set]} (N = {b.subjects})" for b in shown)),
            rows=(
                (f"CBR ({main}), n (%) [{level}]", *(r.cell() for r in self.rates)),
                ("CR or PR", *responders),
                (time, *(str(count) for count in self.by_time)),
                (f"CBR ({other}), n (%) [{level}]", *(r.cell() for r in self.other_rates)),
            ),
            levels=(0, 1, 1, 0),
            number="T-7",
            population=self.scope.population(
                SET_LABELS[self.responses.headline], self.headline.subjects
            ),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def _footnotes(self) -> tuple[str, ...]:
        return (
            f"Main estimate: {self.headline.words()} of the "
            f"{SET_LABELS[self.headline.analysis_set].lower()}; endpoint {self.scope.role}.",
            f"Benefit: CR or PR as in the objective response rate, or an evaluable scan without "
            f"progression on day {7 * self.weeks} or later with no progression before it (E-04). "
            f"Confidence interval: {self.headline.interval_name}. Everybody in the set is in the "
            "denominator.",
            *self.responses.cautions,
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, with denominator and method."""
        return {
            **self.scope.head(
                "clinical benefit rate", self.headline.analysis_set, self.headline.interval_name
            ),
            "confirmed": self.responses.is_confirmed,
            "evaluator": self.responses.evaluator,
            "weeks": self.weeks,
            "estimate": self.headline.to_json(),
            "by_set": [r.to_json() for r in self.rates],
            "other_reading_by_set": [r.to_json() for r in self.other_rates],
            "by_time_alone": list(self.by_time),
            "cautions": list(self.responses.cautions),
            "rules": list(RULES),
        }


def estimate_clinical_benefit(protocol: Protocol, adam: Adam, subset: str = ALL) -> ClinicalBenefit:
    """Estimate the clinical benefit rate.

    Parameters
    ----------
    protocol
        Settled; `analysis.cbr_weeks` says for how long.
    adam
        ADSL; ADRS with OVR, BOR and CBOR.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When options are still open.

    References
    ----------
    Rules E-04 (definition), T-01 (interval).
    """
    response, rule = settled_response(protocol), settled_analysis(protocol)
    scope = scope_of(protocol, ("CBR",), "CBR", subset)
    responses = response_sets(protocol, adam, scope)
    subjects = enrolled_subjects(adam, subset)
    lasting = controlled_from(adam, subjects, response, 7 * rule.cbr_weeks)
    read = {
        confirmed: _flagged(
            best_responses(adam, subjects, response.evaluator, confirmed=confirmed), lasting
        )
        for confirmed in (True, False)
    }
    main, other = read[responses.is_confirmed], read[not responses.is_confirmed]
    return ClinicalBenefit(
        scope=scope,
        responses=responses,
        rates=_rates(main, responses, rule),
        other_rates=_rates(other, responses, rule),
        by_time=tuple(
            in_set(main, name).filter(pl.col("BENEFIT") & ~pl.col("RESPONDS")).height
            for name in responses.sets
        ),
        weeks=rule.cbr_weeks,
    )


def _flagged(best: pl.DataFrame, lasting: frozenset[str]) -> pl.DataFrame:
    responds = pl.col("AVALC").is_in(RESPONDERS)
    return best.with_columns(
        RESPONDS=responds, BENEFIT=responds | pl.col("USUBJID").is_in(list(lasting))
    )


def _rates(
    frame: pl.DataFrame, responses: ResponseSets, rule: SettledAnalysis
) -> tuple[Proportion, ...]:
    members = ((name, in_set(frame, name)) for name in responses.sets)
    return tuple(
        estimate_proportion(int(one["BENEFIT"].sum()), one.height, name, rule)
        for name, one in members
    )
