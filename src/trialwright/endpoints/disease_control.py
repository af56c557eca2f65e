"""Disease control rate, from the same best overall response as the ORR beside it (E-03)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import CONTROLLED
from trialwright.endpoints.population import ALL, SET_LABELS, Scope, scope_of
from trialwright.endpoints.proportion import Proportion
from trialwright.endpoints.response_sets import ResponseSets, response_sets
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_response

RULES = ("E-03", "R-063", "R-065", "S-2", "S-3", "S-5", "T-01")


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseControl:
    """Share of subjects whose best overall response is CR, PR, SD or NON-CR/NON-PD."""

    scope: Scope
    responses: ResponseSets
    rates: tuple[Proportion, ...]
    other_rates: tuple[Proportion, ...]
    sd_min_days: int

    @property
    def key(self) -> str:
        """`DCR`, with the cohort behind it."""
        return self.scope.key

    @property
    def headline(self) -> Proportion:
        """The main estimate."""
        return next(r for r in self.rates if r.analysis_set == self.responses.headline)

    def table(self) -> Table:
        """Describe disease control by analysis set, read both ways."""
        level = f"{100 * self.headline.conf_level:g} % CI"
        names = ("confirmed", "unconfirmed")
        main, other = names if self.responses.is_confirmed else reversed(names)
        shown = self.responses.shown
        parts = tuple(
            (category, *(n_pct(best.counts[category], best.subjects) for best in shown))
            for category in CONTROLLED
        )
        return Table(
            title=f"Disease control{self.scope.suffix}",
            columns=("", *(f"{SET_LABELS[b.analysis_set]} (N = {b.subjects})" for b in shown)),
            rows=(
                (f"DCR ({main}), n (%) [{level}]", *(r.cell() for r in self.rates)),
                *parts,
                (f"DCR ({other}), n (%) [{level}]", *(r.cell() for r in self.other_rates)),
            ),
            levels=(0, *(1 for _ in parts), 0),
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
            f"Confidence interval: {self.headline.interval_name}. Everybody in the set is in the "
            "denominator; NE counts as no control.",
            f"SD and NON-CR/NON-PD need at least {self.sd_min_days} days (rule R-063). Same best "
            "overall response as in the objective response rate.",
            *self.responses.cautions,
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, with denominator and method."""
        confirmed = self.responses.is_confirmed
        by_set = (self.rates, self.other_rates) if confirmed else (self.other_rates, self.rates)
        return {
            "key": self.key,
            "endpoint": "disease control rate",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "registered_as": [d.id for d in self.scope.definitions],
            "denominator": self.headline.analysis_set,
            "method": self.headline.interval_name,
            "confirmed": confirmed,
            "evaluator": self.responses.evaluator,
            "sd_min_days": self.sd_min_days,
            "estimate": self.headline.to_json(),
            "confirmed_by_set": [r.to_json() for r in by_set[0]],
            "unconfirmed_by_set": [r.to_json() for r in by_set[1]],
            "cautions": list(self.responses.cautions),
            "rules": list(RULES),
        }


def estimate_disease_control(protocol: Protocol, adam: Adam, subset: str = ALL) -> DiseaseControl:
    """Estimate the disease control rate.

    Parameters
    ----------
    protocol
        Settled; response and analysis options decide reading, main set and interval.
    adam
        ADSL; ADRS with BOR and CBOR.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When options are still open.

    References
    ----------
    Rules E-03 (definition), R-063 (least duration of SD), T-01 (interval).
    """
    scope = scope_of(protocol, ("DCR",), "DCR", subset)
    responses = response_sets(protocol, adam, scope)
    return DiseaseControl(
        scope=scope,
        responses=responses,
        rates=responses.rates(CONTROLLED),
        other_rates=responses.rates(CONTROLLED, as_headline=False),
        sd_min_days=settled_response(protocol).sd_min_days,
    )
