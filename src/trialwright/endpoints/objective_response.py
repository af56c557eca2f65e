"""Objective response rate with the distribution of best overall response (E-02, table T-7)."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.display import Table
from trialwright.core.format import n_pct, p_value, pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import (
    CATEGORIES,
    RESPONDERS,
    USUAL_REASONS,
    BestResponses,
)
from trialwright.endpoints.depth_summary import DepthSummary, depth_by_set
from trialwright.endpoints.hypothesis import NO_NULL, registered_null
from trialwright.endpoints.population import ALL, SET_LABELS, Scope, scope_of
from trialwright.endpoints.proportion import Proportion
from trialwright.endpoints.response_sets import ResponseSets, response_sets
from trialwright.protocol.model import Protocol
from trialwright.stats.binomial import exact_p_value

RULES = ("E-01", "E-02", "R-062", "R-065", "R-070", "S-2", "S-3", "S-5", "T-01", "T-03")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveResponse:
    """Share of subjects with CR or PR; nobody leaves the denominator for a missing scan.

    Attributes
    ----------
    rates, other_rates
        ORR by analysis set as in the main estimate, and read the other way (unconfirmed beside
        confirmed, or the reverse).
    null_rate, p_value
        The registered response rate to beat and the exact one-sided p-value in the main set;
        `None` when no rate is registered.
    depth
        Depth of response by analysis set (E-12), empty where no lesions were collected.
    """

    scope: Scope
    responses: ResponseSets
    rates: tuple[Proportion, ...]
    other_rates: tuple[Proportion, ...]
    null_rate: float | None
    p_value: float | None
    depth: tuple[DepthSummary, ...] = ()

    @property
    def key(self) -> str:
        """`ORR`, with the cohort behind it."""
        return self.scope.key

    @property
    def headline(self) -> Proportion:
        """The main estimate."""
        return next(r for r in self.rates if r.analysis_set == self.responses.headline)

    def table(self) -> Table:
        """Describe best overall response and response rate by analysis set (shell T-7)."""
        reading = _reading(self.responses)
        rows = (*_distribution(self.responses.shown), *self._rate_rows())
        return Table(
            title=f"Best overall response ({reading}) and objective response{self.scope.suffix}",
            columns=("", *(_column(best) for best in self.responses.shown)),
            rows=tuple(cells for _, cells in rows),
            levels=tuple(level for level, _ in rows),
            number="T-7",
            population=self.scope.population(
                SET_LABELS[self.responses.headline], self.headline.subjects
            ),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def _rate_rows(self) -> list[tuple[int, tuple[str, ...]]]:
        level = f"{100 * self.headline.conf_level:g} % CI"
        names = ("confirmed", "unconfirmed")
        main, other = names if self.responses.is_confirmed else reversed(names)
        rows = [(0, (f"ORR ({main}), n (%) [{level}]", *(r.cell() for r in self.rates)))]
        if self.p_value is not None and self.null_rate is not None:
            text = tuple(self._p_cell(rate) for rate in self.rates)
            rows.append((1, (f"vs p0 = {pct(self.null_rate)} %, exact one-sided p", *text)))
        rows.append((0, (f"ORR ({other}), n (%) [{level}]", *(r.cell() for r in self.other_rates))))
        pending = tuple(str(best.pending) for best in self.responses.confirmed)
        rows.append((1, ("Unconfirmed response pending", *pending)))
        if self.depth:
            rows.append(
                (0, ("Depth of response, median (range), %", *(d.cell() for d in self.depth)))
            )
        return rows

    def _p_cell(self, rate: Proportion) -> str:
        main = rate.analysis_set == self.responses.headline and self.p_value is not None
        return p_value(self.p_value) if main and self.p_value is not None else ""

    def _footnotes(self) -> tuple[str, ...]:
        return (
            f"Main estimate: {self.headline.words()} of the "
            f"{SET_LABELS[self.headline.analysis_set].lower()}; endpoint {self.scope.role}.",
            f"Confidence interval: {self.headline.interval_name}. {_denominator(self.responses)}",
            *((NO_NULL,) if self.p_value is None else ()),
            *self.cautions,
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading of the estimate."""
        without = next(
            b.unmeasurable
            for b in self.responses.shown
            if b.analysis_set == self.headline.analysis_set
        )
        unmeasured = (
            f"{without} of {self.headline.subjects} have no measurable disease left at baseline and "
            "can hardly count as responders (rules R-015, R-105).",
        )
        return (*self.responses.cautions, *(unmeasured if without else ()))

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, with denominator and method."""
        return {
            **self.scope.head(
                "objective response rate", self.headline.analysis_set, self.headline.interval_name
            ),
            "confirmed": self.responses.is_confirmed,
            "evaluator": self.responses.evaluator,
            "estimate": self.headline.to_json(),
            "confirmed_by_set": [r.to_json() for r in self._read(confirmed=True)],
            "unconfirmed_by_set": [r.to_json() for r in self._read(confirmed=False)],
            "best_overall_response": [b.to_json() for b in self.responses.shown],
            "depth_of_response": [one.to_json() for one in self.depth],
            "null_rate": self.null_rate,
            "p_value": self.p_value,
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }

    def _read(self, *, confirmed: bool) -> tuple[Proportion, ...]:
        return self.rates if confirmed == self.responses.is_confirmed else self.other_rates


def estimate_objective_response(
    protocol: Protocol, adam: Adam, subset: str = ALL
) -> ObjectiveResponse:
    """Estimate the objective response rate.

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
    Rules E-02 (definition), R-062 (confirmation), T-01 (interval), T-03 (test).
    """
    scope = scope_of(protocol, ("ORR",), "ORR", subset)
    responses = response_sets(protocol, adam, scope)
    rates = responses.rates(RESPONDERS)
    main = next(r for r in rates if r.analysis_set == responses.headline)
    null_rate = registered_null(protocol, "ORR")
    tested = null_rate is not None and main.subjects > 0
    return ObjectiveResponse(
        scope=scope,
        responses=responses,
        rates=rates,
        other_rates=responses.rates(RESPONDERS, as_headline=False),
        null_rate=null_rate,
        p_value=exact_p_value(main.count, main.subjects, null_rate or 0.0) if tested else None,
        depth=depth_by_set(protocol, adam, subset, responses.sets),
    )


def _reading(responses: ResponseSets) -> str:
    words = "confirmed" if responses.is_confirmed else "unconfirmed"
    return f"{words}, {responses.evaluator.lower()}"


def _column(best: BestResponses) -> str:
    return f"{SET_LABELS[best.analysis_set]} (N = {best.subjects})"


def _distribution(shown: tuple[BestResponses, ...]) -> list[tuple[int, tuple[str, ...]]]:
    """Rows of the categories; the rare ones only when somebody has them."""
    rows: list[tuple[int, tuple[str, ...]]] = []
    for category in CATEGORIES:
        counts = tuple(n_pct(best.counts[category], best.subjects) for best in shown)
        if category in {"MISSING", "NED"} and not any(best.counts[category] for best in shown):
            continue
        rows.append((0, (category, *counts)))
        if category == "NE":
            rows += _reason_rows(shown)
    return rows


def _reason_rows(shown: tuple[BestResponses, ...]) -> list[tuple[int, tuple[str, ...]]]:
    """Why subjects are not evaluable: the four usual reasons always, others where they occur."""
    named = dict.fromkeys(USUAL_REASONS)
    named |= dict.fromkeys(reason for best in shown for reason, _ in best.reasons)
    found = [dict(best.reasons) for best in shown]
    return [(1, (reason, *(str(one.get(reason, 0)) for one in found))) for reason in named]


def _denominator(responses: ResponseSets) -> str:
    return (
        "Everybody in the set is in the denominator; NE counts as no response. Confirmed: by a "
        f"scan at least {responses.confirm_days} days later."
    )
