"""Disease control rate, from the same best overall response as the ORR beside it (E-03)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.format import DAYS_PER_MONTH, n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import CONTROLLED
from trialwright.endpoints.lasting_control import assessed_from, progressed_before
from trialwright.endpoints.population import (
    ALL,
    SET_LABELS,
    Scope,
    enrolled_subjects,
    in_set,
    scope_of,
)
from trialwright.endpoints.proportion import Proportion, estimate_proportion
from trialwright.endpoints.response_sets import ResponseSets, response_sets
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_response

RULES = ("E-03", "R-063", "R-065", "S-2", "S-3", "S-5", "T-01")


@dataclass(frozen=True, slots=True)
class FixedControl:
    """Share without progression at a registered time, by analysis set.

    `day` is the time in days, `from_day` the first day on which a scan can show it.
    """

    day: int
    from_day: int
    rates: tuple[Proportion, ...]

    @property
    def words(self) -> str:
        """`16 weeks`, or the day when it is no whole number of weeks."""
        return f"{self.day // 7} weeks" if self.day % 7 == 0 else f"day {self.day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiseaseControl:
    """Share of subjects whose best overall response is CR, PR, SD or NON-CR/NON-PD."""

    scope: Scope
    responses: ResponseSets
    rates: tuple[Proportion, ...]
    other_rates: tuple[Proportion, ...]
    sd_min_days: int
    fixed: tuple[FixedControl, ...] = ()

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
                *(
                    (f"DCR at {one.words}, n (%) [{level}]", *(r.cell() for r in one.rates))
                    for one in self.fixed
                ),
            ),
            levels=(0, *(1 for _ in parts), 0, *(0 for _ in self.fixed)),
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
            *(
                f"DCR at {one.words}: no PD or death before day {one.day} and an evaluable scan "
                f"on day {one.from_day} or later, one that shows PD from day {one.day} on too (E-03)."
                for one in self.fixed
            ),
            *self.responses.cautions,
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, with denominator and method."""
        confirmed = self.responses.is_confirmed
        by_set = (self.rates, self.other_rates) if confirmed else (self.other_rates, self.rates)
        return {
            **self.scope.head(
                "disease control rate", self.headline.analysis_set, self.headline.interval_name
            ),
            "confirmed": confirmed,
            "evaluator": self.responses.evaluator,
            "sd_min_days": self.sd_min_days,
            "estimate": self.headline.to_json(),
            "confirmed_by_set": [r.to_json() for r in by_set[0]],
            "unconfirmed_by_set": [r.to_json() for r in by_set[1]],
            "at_fixed_times": [
                {"day": one.day, "by_set": [rate.to_json() for rate in one.rates]}
                for one in self.fixed
            ],
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
        fixed=_fixed(protocol, adam, responses, scope),
    )


def _fixed(
    protocol: Protocol, adam: Adam, responses: ResponseSets, scope: Scope
) -> tuple[FixedControl, ...]:
    """Disease control at each registered time (`landmark_months` of a DCR)."""
    rule = settled_response(protocol)
    subjects = enrolled_subjects(adam, scope.subset)
    found = []
    for at in sorted({d.landmark_months for d in scope.definitions if d.landmark_months}):
        day = int(at * float(DAYS_PER_MONTH) + 0.5)
        from_day = day - rule.window_days
        lasting = assessed_from(adam, subjects, rule, from_day)
        lasting -= progressed_before(adam, subjects, rule, day)
        members = ((name, in_set(subjects, name)["USUBJID"]) for name in responses.sets)
        rates = tuple(
            estimate_proportion(len(lasting & set(names)), len(names), name, responses.rule)
            for name, names in members
        )
        found.append(FixedControl(day, from_day, rates))
    return tuple(found)
