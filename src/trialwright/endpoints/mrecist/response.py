"""Best overall response and response rate by mRECIST, with the rate by RECIST 1.1 (R-122, R-126)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from trialwright.core.display import Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import CATEGORIES, RESPONDERS
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
from trialwright.protocol.rules import AnalysisSet
from trialwright.protocol.settled import SettledAnalysis, settled_analysis, settled_response

RULES = ("R-121", "R-122", "R-123", "R-124", "R-125", "R-126", "R-062", "R-063", "S-2", "T-01")
#: Parameters by reading (confirmed or not): mRECIST, then RECIST 1.1.
PARAMETERS = {True: ("MCBOR", "CBOR"), False: ("MBOR", "BOR")}
LOCAL_CAUTION = (
    "After local treatment of the liver mRECIST counts many more responses than RECIST 1.1 (R-126): "
    "compare with rates by the same criteria only."
)
_RARE = frozenset({"MISSING", "NED"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ViableSet:
    """One analysis set: best overall response by mRECIST, and the response rates of both criteria.

    `rates` and `recist_rates` have the confirmed rate first, then the unconfirmed one.
    """

    analysis_set: AnalysisSet
    subjects: int
    counts: Mapping[str, int]
    unread: int
    rates: tuple[Proportion, Proportion]
    recist_rates: tuple[Proportion, Proportion]


@dataclass(frozen=True, slots=True, kw_only=True)
class ViableResponseRate:
    """Share of subjects with CR or PR by mRECIST; nobody leaves the denominator."""

    scope: Scope
    sets: tuple[ViableSet, ...]
    headline: AnalysisSet
    is_confirmed: bool
    evaluator: str

    @property
    def key(self) -> str:
        """`MORR`, with the cohort behind it."""
        return self.scope.key

    @property
    def main(self) -> ViableSet:
        """The analysis set of the main estimate."""
        return next(one for one in self.sets if one.analysis_set == self.headline)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading of the rate."""
        unread = self.main.unread
        none = (
            f"{unread} of {self.main.subjects} have no viable diameter and count as not evaluable.",
        )
        return (LOCAL_CAUTION, *(none if unread else ()), *self.scope.cautions)

    def table(self) -> Table:
        """Describe best overall response and response rate by analysis set, RECIST 1.1 below."""
        reading = "confirmed" if self.is_confirmed else "unconfirmed"
        columns = (f"{SET_LABELS[one.analysis_set]} (N = {one.subjects})" for one in self.sets)
        return Table(
            title=f"Best overall response by mRECIST ({reading}){self.scope.suffix}",
            columns=("", *columns),
            rows=(*self._counts(), *self._rates()),
            number="T-7m",
            population=self.scope.population(SET_LABELS[self.headline], self.main.subjects),
            footnotes=(
                "mRECIST measures the part of the target lesions that enhances in the arterial phase.",
                f"Confidence interval: {self.main.rates[0].interval_name}. Everybody in the set is "
                "in the denominator.",
                *self.cautions,
            ),
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
            viable = (one.rates[at].cell() for one in self.sets)
            recist = (one.recist_rates[at].cell() for one in self.sets)
            rows.append((f"mORR ({reading}), n (%) [{level}]", *viable))
            rows.append((f"ORR by RECIST 1.1 ({reading}), n (%) [{level}]", *recist))
        return rows

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, with denominator and method."""
        return {
            **self.scope.head(
                "objective response rate by mRECIST",
                self.headline,
                self.main.rates[0].interval_name,
            ),
            "confirmed": self.is_confirmed,
            "evaluator": self.evaluator,
            "estimate": self.main.rates[not self.is_confirmed].to_json(),
            "sets": [_set_json(one) for one in self.sets],
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def _set_json(one: ViableSet) -> dict[str, Json]:
    return {
        "analysis_set": one.analysis_set,
        "subjects": one.subjects,
        "counts": dict(one.counts),
        "without_viable_diameter": one.unread,
        "confirmed": one.rates[0].to_json(),
        "unconfirmed": one.rates[1].to_json(),
        "recist_confirmed": one.recist_rates[0].to_json(),
        "recist_unconfirmed": one.recist_rates[1].to_json(),
    }


def viable_scope(protocol: Protocol, code: str, subset: str) -> Scope:
    """The scope of a result that answers the response rates registered with mRECIST."""
    scope = scope_of(protocol, ("ORR",), code, subset)
    asked = (
        one
        for one in scope.definitions
        if any(word.casefold().startswith("mrecist") for word in one.criteria or ())
    )
    return replace(scope, definitions=tuple(asked))


def estimate_viable_response(
    protocol: Protocol, adam: Adam, subset: str = ALL
) -> ViableResponseRate:
    """Estimate the objective response rate by mRECIST.

    Parameters
    ----------
    protocol
        Settled; response and analysis options decide reading, main set and interval.
    adam
        ADSL; ADRS with MBOR, MCBOR, BOR and CBOR.
    subset
        `ALL` or the id of a cohort.

    References
    ----------
    Rules R-122 and R-126 (response), E-02 (rate), T-01 (interval).
    """
    rule, response = settled_analysis(protocol), settled_response(protocol)
    scope = viable_scope(protocol, "MORR", subset)
    registered = [d.denominator for d in scope.definitions if d.denominator is not None]
    headline = registered[0] if registered else rule.orr_set
    people = with_both(adam, enrolled_subjects(adam, subset))
    order: tuple[AnalysisSet, ...] = ("ENRL", "FAS", "EFF")
    shown = [name for name in order if name in {headline, "FAS", "EFF"}]
    is_confirmed = response.confirmation == "required"
    return ViableResponseRate(
        scope=scope,
        sets=tuple(_described(people, name, rule, PARAMETERS[is_confirmed][0]) for name in shown),
        headline=headline,
        is_confirmed=is_confirmed,
        evaluator=adam.evaluator or response.evaluator,
    )


def _described(
    people: pl.DataFrame, name: AnalysisSet, rule: SettledAnalysis, headline: str
) -> ViableSet:
    """One analysis set; `headline` is the parameter whose categories are counted."""
    members = in_set(people, name)

    def rate(paramcd: str) -> Proportion:
        count = members.filter(pl.col(paramcd).is_in(RESPONDERS)).height
        return estimate_proportion(count, members.height, name, rule)

    counts = Counter(members[headline].to_list())
    return ViableSet(
        analysis_set=name,
        subjects=members.height,
        counts={category: counts[category] for category in CATEGORIES},
        unread=members.filter("UNREAD").height,
        rates=(rate("MCBOR"), rate("MBOR")),
        recist_rates=(rate("CBOR"), rate("BOR")),
    )


def with_both(adam: Adam, subjects: pl.DataFrame) -> pl.DataFrame:
    """Each subject with MBOR, MCBOR, BOR and CBOR and their reasons, NE without one.

    Reasons are in columns such as MBOR_WHY. UNREAD marks subjects without any viable diameter.
    """
    rows = headline_rows(adam, "ADRS")
    for paramcd in (name for pair in PARAMETERS.values() for name in pair):
        best = rows.filter(pl.col("PARAMCD") == paramcd).select(
            "USUBJID",
            pl.col("AVALC").alias(paramcd),
            pl.col("REASON").alias(f"{paramcd}_WHY"),
            pl.col("RULEID").alias(f"{paramcd}_RULE"),
        )
        subjects = subjects.join(best, on="USUBJID", how="left", maintain_order="left")
        subjects = subjects.with_columns(
            pl.col(paramcd).fill_null("NE"), pl.col(f"{paramcd}_WHY").fill_null("no record")
        )
    unread = (pl.col("MBOR_RULE") == "R-121 R-136").fill_null(value=False)
    return subjects.with_columns(UNREAD=unread)
