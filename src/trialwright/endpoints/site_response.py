"""Response inside and outside the liver, where treatment goes to the liver or to lesions (R-102)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Table
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import RESPONDERS
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
from trialwright.vocabulary.adam import SITE_PARAMS

RULES = ("R-102", "R-057", "R-062", "R-071", "T-01")
_LABELS = {"liver": "Liver", "other": "Outside the liver"}
_CATEGORIES = ("CR", "PR", "SD", "NON-CR/NON-PD", "PD", "NE", "MISSING")
_NOTES = (
    "Best response by the same rules from the lesions of each site alone: its targets, non-target "
    "and new lesions (R-102). Scans after the first progression of the patient, wherever it was, do "
    "not count (R-057). A lymph node is outside the liver, whatever its name.",
    "The denominator is the patients of the set with a lesion at the site at baseline; the others "
    "are counted in the last line. A lesion without a location is in neither site.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Response at one site: rates confirmed and unconfirmed, counts of the confirmed best response.

    `without` counts the subjects of the set who have no lesion there at baseline.
    """

    site: str
    confirmed: Proportion
    unconfirmed: Proportion
    counts: dict[str, int]
    without: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteResponse:
    """Response rates inside and outside the liver."""

    scope: Scope
    analysis_set: AnalysisSet
    is_confirmed: bool
    sites: tuple[Site, ...]

    @property
    def key(self) -> str:
        """`SITE`, with the cohort behind it."""
        return self.scope.key

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading."""
        return self.scope.cautions

    def table(self) -> Table:
        """Rates with intervals, and the distribution of the best response, by site."""
        level = interval_level(self.sites[0].confirmed.conf_level)
        rates = [
            (f"ORR (confirmed), n/N (%) [{level}]", *(_cell(s.confirmed) for s in self.sites)),
            (f"ORR (unconfirmed), n/N (%) [{level}]", *(_cell(s.unconfirmed) for s in self.sites)),
        ]
        ordered = rates if self.is_confirmed else rates[::-1]
        shown = [c for c in _CATEGORIES if any(s.counts.get(c) for s in self.sites)]
        best = [(c, *(str(s.counts.get(c, 0)) for s in self.sites)) for c in shown]
        without = ("No lesion there at baseline", *(str(s.without) for s in self.sites))
        subjects = self.sites[0].confirmed.subjects + self.sites[0].without
        return Table(
            title=f"Response by site{self.scope.suffix}",
            columns=("", *(_LABELS[s.site] for s in self.sites)),
            rows=(*ordered, *best, without),
            levels=(0, 0, *(1 for _ in best), 0),
            number="T-7.2",
            population=self.scope.population(SET_LABELS[self.analysis_set], subjects),
            footnotes=(
                *_NOTES,
                f"Confidence interval: {self.sites[0].confirmed.interval_name}. Best response "
                "counted: confirmed.",
                *self.cautions,
            ),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded, by site."""
        return {
            "key": self.key,
            "endpoint": "objective response rate by site",
            "denominator": self.analysis_set,
            "method": self.sites[0].confirmed.interval_name,
            "sites": [
                {
                    "site": one.site,
                    "confirmed": one.confirmed.to_json(),
                    "unconfirmed": one.unconfirmed.to_json(),
                    "best_overall_response": dict(one.counts),
                    "without_lesion": one.without,
                }
                for one in self.sites
            ],
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def _cell(rate: Proportion) -> str:
    if not rate.subjects:
        return "nobody has a lesion there"
    return rate.cell().replace(" (", f"/{rate.subjects} (", 1)


def estimate_site_response(
    protocol: Protocol, adam: Adam, subset: str = ALL
) -> SiteResponse | None:
    """Estimate the response rate by site; `None` when no treatment goes to the liver or to lesions.

    Parameters
    ----------
    adam
        ADSL; ADRS with the parameters of `SITE_PARAMS`.

    References
    ----------
    Rules R-102 (sites), R-062 (confirmation), T-01 (interval).
    """
    codes = [code for pair in SITE_PARAMS.values() for code in pair]
    if adam["ADRS"].filter(pl.col("PARAMCD").is_in(codes)).height == 0:
        return None
    rule = settled_analysis(protocol)
    subjects = in_set(enrolled_subjects(adam, subset), rule.orr_set)
    return SiteResponse(
        scope=scope_of(protocol, (), "SITE", subset),
        analysis_set=rule.orr_set,
        is_confirmed=settled_response(protocol).confirmation == "required",
        sites=tuple(_sites(adam, subjects, rule)),
    )


def _sites(adam: Adam, subjects: pl.DataFrame, rule: SettledAnalysis) -> Iterator[Site]:
    """The rates of each site among the subjects with a lesion there."""
    for site, (unconfirmed, confirmed) in SITE_PARAMS.items():
        found = {code: _best(adam, subjects, code) for code in (unconfirmed, confirmed)}
        rates = {
            code: estimate_proportion(
                sum(answer in RESPONDERS for answer in answers), len(answers), rule.orr_set, rule
            )
            for code, answers in found.items()
        }
        yield Site(
            site=site,
            confirmed=rates[confirmed],
            unconfirmed=rates[unconfirmed],
            counts=dict(Counter(found[confirmed])),
            without=subjects.height - len(found[confirmed]),
        )


def _best(adam: Adam, subjects: pl.DataFrame, code: str) -> list[str]:
    """Best response at a site of the subjects who have a lesion there."""
    rows = adam["ADRS"].filter(pl.col("PARAMCD") == code).select("USUBJID", "AVALC")
    answers: list[str] = subjects.select("USUBJID").join(rows, on="USUBJID")["AVALC"].to_list()
    return answers
