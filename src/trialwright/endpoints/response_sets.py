"""Confirmed and unconfirmed responses in every analysis set that ORR and DCR are shown in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import BestResponses, best_responses, response_counts
from trialwright.endpoints.population import Scope, enrolled_subjects
from trialwright.endpoints.proportion import Proportion, estimate_proportion
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import AnalysisSet
from trialwright.protocol.settled import SettledAnalysis, settled_analysis, settled_response


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseSets:
    """What a response rate needs: the same patients read in both ways, in two or three sets.

    Attributes
    ----------
    headline
        Analysis set of the main estimate.
    is_confirmed
        Whether the main estimate counts confirmed responses only (R-062).
    confirmed, unconfirmed
        Distribution of the best overall response by analysis set, in the order of the columns.
    """

    headline: AnalysisSet
    is_confirmed: bool
    evaluator: str
    confirm_days: int
    confirmed: tuple[BestResponses, ...]
    unconfirmed: tuple[BestResponses, ...]
    rule: SettledAnalysis
    cautions: tuple[str, ...]

    @property
    def shown(self) -> tuple[BestResponses, ...]:
        """The distributions that the main estimate comes from."""
        return self.confirmed if self.is_confirmed else self.unconfirmed

    @property
    def other(self) -> tuple[BestResponses, ...]:
        """The distributions read the other way."""
        return self.unconfirmed if self.is_confirmed else self.confirmed

    @property
    def sets(self) -> tuple[AnalysisSet, ...]:
        """Analysis sets in the order of the columns."""
        return tuple(best.analysis_set for best in self.shown)

    def rates(
        self, categories: tuple[str, ...], *, as_headline: bool = True
    ) -> tuple[Proportion, ...]:
        """Share of subjects in `categories`, by analysis set."""
        return tuple(
            estimate_proportion(best.among(categories), best.subjects, best.analysis_set, self.rule)
            for best in (self.shown if as_headline else self.other)
        )


def response_sets(protocol: Protocol, adam: Adam, scope: Scope) -> ResponseSets:
    """Count responses of the subjects in `scope`.

    Raises
    ------
    ProtocolError
        When options of response or analysis are still open.
    """
    response, rule = settled_response(protocol), settled_analysis(protocol)
    headline, cautions = _headline(scope, rule.orr_set)
    shown_sets: tuple[AnalysisSet, ...] = tuple(dict.fromkeys((headline, "FAS", "EFF")))
    order: tuple[AnalysisSet, ...] = ("ENRL", "FAS", "EFF")
    columns = tuple(name for name in order if name in shown_sets)
    subjects = enrolled_subjects(adam, scope.subset)
    readings = (
        best_responses(adam, subjects, response.evaluator, confirmed=reading)
        for reading in (True, False)
    )
    confirmed, unconfirmed = (
        tuple(response_counts(best, name) for name in columns) for best in readings
    )
    is_confirmed = response.confirmation == "required"
    return ResponseSets(
        headline=headline,
        is_confirmed=is_confirmed,
        evaluator=response.evaluator,
        confirm_days=response.confirm_days,
        confirmed=confirmed,
        unconfirmed=unconfirmed,
        rule=rule,
        cautions=(*scope.cautions, *cautions, *_conflicts(scope, is_confirmed=is_confirmed)),
    )


def _headline(scope: Scope, default: AnalysisSet) -> tuple[AnalysisSet, tuple[str, ...]]:
    """The registered denominator, else that of the analysis rule (S-2)."""
    registered = _distinct(d.denominator for d in scope.definitions)
    if len(registered) > 1:
        names = ", ".join(registered)
        return default, (f"Registered with several denominators ({names}); {default} is used.",)
    return (registered[0] if registered else default), ()


def _distinct(values: Iterable[AnalysisSet | None]) -> tuple[AnalysisSet, ...]:
    return tuple(dict.fromkeys(value for value in values if value is not None))


def _conflicts(scope: Scope, *, is_confirmed: bool) -> tuple[str, ...]:
    said = {d.confirmed for d in scope.definitions} - {None}
    if said and said != {is_confirmed}:
        words = "confirmed" if is_confirmed else "unconfirmed"
        return (
            f"The record does not say {words} for this endpoint everywhere; the main estimate is "
            f"{words} (response.confirmation), the other reading stands below it.",
        )
    return ()
