"""Best overall response and response rate by iRECIST, with the rate by RECIST 1.1 (R-092)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from trialwright.core.display import Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import RESPONDERS
from trialwright.endpoints.headline import headline_rows
from trialwright.endpoints.population import (
    ALL,
    SET_LABELS,
    Scope,
    enrolled_subjects,
    in_set,
    scope_of,
)
from trialwright.endpoints.proportion import Proportion, estimate_proportion, interval_level
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import AnalysisSet, EndpointKind
from trialwright.protocol.settled import settled_analysis, settled_response

RULES = ("R-085", "R-092", "R-096", "R-097", "R-062", "R-063", "S-2", "S-3", "T-01")
CATEGORIES = (
    "iCR", "iPR", "iSD", "NON-iCR/NON-iUPD", "iCPD", "iUPD", "NE", "MISSING", "NED",
)  # fmt: skip
IMMUNE_RESPONDERS = ("iCR", "iPR")
_RARE = frozenset({"MISSING", "NED"})
_NO_RECORD = "NE"
#: Parameters by reading (confirmed or not): iRECIST, then RECIST 1.1.
_PARAMETERS = {True: ("ICBOR", "CBOR"), False: ("IBOR", "BOR")}


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmuneSet:
    """One analysis set: iBOR counts, and the response rates of both criteria.

    `rates` and `recist_rates` have the confirmed rate first, then the unconfirmed one; `gained` and
    `lost` are subjects who are responders by iRECIST only, or by RECIST 1.1 only, in the reading of
    the main estimate.
    """

    analysis_set: AnalysisSet
    subjects: int
    counts: Mapping[str, int]
    rates: tuple[Proportion, Proportion]
    recist_rates: tuple[Proportion, Proportion]
    gained: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImmuneResponseRate:
    """Share of subjects with iCR or iPR; nobody leaves the denominator."""

    scope: Scope
    sets: tuple[ImmuneSet, ...]
    headline: AnalysisSet
    is_confirmed: bool
    evaluator: str

    @property
    def key(self) -> str:
        """`IORR`, with the cohort behind it."""
        return self.scope.key

    @property
    def main(self) -> ImmuneSet:
        """The analysis set of the main estimate."""
        return next(one for one in self.sets if one.analysis_set == self.headline)

    def table(self) -> Table:
        """Describe iBOR and the response rate by analysis set, RECIST 1.1 below."""
        reading = "confirmed" if self.is_confirmed else "unconfirmed"
        rows = [*self._counts(), *self._rates()]
        columns = (f"{SET_LABELS[one.analysis_set]} (N = {one.subjects})" for one in self.sets)
        return Table(
            title=f"Best overall response by iRECIST ({reading}){self.scope.suffix}",
            columns=("", *columns),
            rows=tuple(rows),
            number="T-7i",
            population=self.scope.population(SET_LABELS[self.headline], self.main.subjects),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def _counts(self) -> list[tuple[str, ...]]:
        shown = (
            name
            for name in CATEGORIES
            if name not in _RARE or any(one.counts[name] for one in self.sets)
        )
        return [
            (name, *(n_pct(one.counts[name], one.subjects) for one in self.sets)) for name in shown
        ]

    def _rates(self) -> list[tuple[str, ...]]:
        level = interval_level(self.main.rates[0].conf_level)
        rows = []
        for at, reading in enumerate(("confirmed", "unconfirmed")):
            immune = (one.rates[at].cell() for one in self.sets)
            recist = (one.recist_rates[at].cell() for one in self.sets)
            rows.append((f"iORR ({reading}), n (%) [{level}]", *immune))
            rows.append((f"ORR by RECIST 1.1 ({reading}), n (%) [{level}]", *recist))
        return rows

    def _footnotes(self) -> tuple[str, ...]:
        gained, lost = self.main.gained, self.main.lost
        return (
            "RECIST 1.1 stays the main reading; iRECIST is shown beside it. iUPD: progression that "
            "no later scan confirmed; iCPD: confirmed.",
            f"Confidence interval: {self.main.rates[0].interval_name}. Everybody in the set is in "
            "the denominator.",
            *((f"Responders by iRECIST only: {', '.join(gained)}.",) if gained else ()),
            *((f"Responders by RECIST 1.1 only: {', '.join(lost)}.",) if lost else ()),
            *self.scope.cautions,
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, with denominator and method."""
        return {
            **self.scope.head(
                "objective response rate by iRECIST",
                self.headline,
                self.main.rates[0].interval_name,
            ),
            "confirmed": self.is_confirmed,
            "evaluator": self.evaluator,
            "estimate": self.main.rates[not self.is_confirmed].to_json(),
            "sets": [_set_json(one) for one in self.sets],
            "cautions": list(self.scope.cautions),
            "rules": list(RULES),
        }


def _set_json(one: ImmuneSet) -> dict[str, Json]:
    return {
        "analysis_set": one.analysis_set,
        "subjects": one.subjects,
        "counts": dict(one.counts),
        "confirmed": one.rates[0].to_json(),
        "unconfirmed": one.rates[1].to_json(),
        "recist_confirmed": one.recist_rates[0].to_json(),
        "recist_unconfirmed": one.recist_rates[1].to_json(),
        "responders_by_irecist_only": list(one.gained),
        "responders_by_recist_only": list(one.lost),
    }


def immune_scope(
    protocol: Protocol, kinds: tuple[EndpointKind, ...], code: str, subset: str
) -> Scope:
    """The scope of a result that answers the endpoints of `kinds` registered with iRECIST."""
    scope = scope_of(protocol, kinds, code, subset)
    asked = (
        one
        for one in scope.definitions
        if any(word.casefold().startswith("irecist") for word in one.criteria or ())
    )
    return replace(scope, definitions=tuple(asked))


def estimate_immune_response(
    protocol: Protocol, adam: Adam, subset: str = ALL
) -> ImmuneResponseRate:
    """Estimate the objective response rate by iRECIST.

    Parameters
    ----------
    protocol
        Settled; response and analysis options decide reading, main set and interval.
    adam
        ADSL; ADRS with IBOR, ICBOR, BOR and CBOR.
    subset
        `ALL` or the id of a cohort.

    References
    ----------
    Rules R-092 (iBOR), E-02 (rate), T-01 (interval).
    """
    rule, response = settled_analysis(protocol), settled_response(protocol)
    scope = immune_scope(protocol, ("ORR",), "IORR", subset)
    registered = [d.denominator for d in scope.definitions if d.denominator is not None]
    headline = registered[0] if registered else rule.orr_set
    is_confirmed = response.confirmation == "required"
    people = _with_best(adam, enrolled_subjects(adam, subset))
    order: tuple[AnalysisSet, ...] = ("ENRL", "FAS", "EFF")

    def described(name: AnalysisSet) -> ImmuneSet:
        members = in_set(people, name)

        def rate(paramcd: str, categories: tuple[str, ...]) -> Proportion:
            count = members.filter(pl.col(paramcd).is_in(list(categories))).height
            return estimate_proportion(count, members.height, name, rule)

        immune, recist = _PARAMETERS[is_confirmed]
        counts = Counter(members[immune].to_list())
        by_immune = pl.col(immune).is_in(list(IMMUNE_RESPONDERS))
        by_recist = pl.col(recist).is_in(list(RESPONDERS))
        return ImmuneSet(
            analysis_set=name,
            subjects=members.height,
            counts={category: counts[category] for category in CATEGORIES},
            rates=(rate("ICBOR", IMMUNE_RESPONDERS), rate("IBOR", IMMUNE_RESPONDERS)),
            recist_rates=(rate("CBOR", RESPONDERS), rate("BOR", RESPONDERS)),
            gained=tuple(members.filter(by_immune & ~by_recist)["USUBJID"]),
            lost=tuple(members.filter(by_recist & ~by_immune)["USUBJID"]),
        )

    return ImmuneResponseRate(
        scope=scope,
        sets=tuple(described(name) for name in order if name in {headline, "FAS", "EFF"}),
        headline=headline,
        is_confirmed=is_confirmed,
        evaluator=adam.evaluator or response.evaluator,
    )


def _with_best(adam: Adam, subjects: pl.DataFrame) -> pl.DataFrame:
    """Each subject with the best overall response of every parameter, NE without one."""
    for pair in _PARAMETERS.values():
        for paramcd in pair:
            best = headline_rows(adam, "ADRS").filter(pl.col("PARAMCD") == paramcd)
            best = best.select("USUBJID", pl.col("AVALC").alias(paramcd))
            subjects = subjects.join(best, on="USUBJID", how="left", maintain_order="left")
            subjects = subjects.with_columns(pl.col(paramcd).fill_null(_NO_RECORD))
    return subjects
