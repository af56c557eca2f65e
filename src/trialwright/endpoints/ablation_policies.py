"""What the policy for ablated lesions changes, patient by patient, and who has nothing to measure.

Rules R-104 (policies side by side) and R-105 (no target left).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Table, patient_anchor
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
from trialwright.endpoints.subject_rows import short_names
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import AnalysisSet
from trialwright.protocol.settled import settled_analysis, settled_response
from trialwright.vocabulary.adam import ABLATION_POLICY_PARAMS

RULES = ("R-104", "R-105", "R-106", "T-01")
SENSITIVITY = "sensitivity only (R-104)"
_LABELS = {
    "exclude": "Not measured (exclude)",
    "rebaseline": "New baseline (rebaseline)",
    "zero": f"Counts 0 mm (zero), {SENSITIVITY}",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRate:
    """Response rates under one policy, in all subjects and in those with a target left.

    `best` maps each subject to the best response in the reading of the main estimate.
    """

    policy: str
    everyone: Proportion
    measurable: Proportion
    best: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AblationPolicies:
    """The three policies side by side.

    `nothing_left` are subjects whose targets were all ablated, or who have none: their response is
    not estimable (R-105). `changed` are those whose best response depends on the policy.
    """

    scope: Scope
    analysis_set: AnalysisSet
    in_force: str
    is_confirmed: bool
    rates: tuple[PolicyRate, ...]
    ablated: tuple[str, ...]
    nothing_left: tuple[str, ...]
    names: Mapping[str, str]

    @property
    def key(self) -> str:
        """Name of the result."""
        return self.scope.key

    @property
    def changed(self) -> tuple[str, ...]:
        """Subjects whose best response is not the same under all policies."""
        names = self.rates[0].best
        return tuple(n for n in names if len({rate.best[n] for rate in self.rates}) > 1)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading."""
        count = len(self.nothing_left)
        if not count:
            return ()
        names = ", ".join(self.names.get(name, name) for name in self.nothing_left)
        return (
            f"{_patients(count)} {'has' if count == 1 else 'have'} no target that was not ablated, so that "
            f"a response cannot be estimated (R-105): {names}.",
        )

    def table(self) -> Table:
        """Response rates by policy, with both denominators."""
        reading = "confirmed" if self.is_confirmed else "unconfirmed"
        level = interval_level(self.rates[0].everyone.conf_level)
        label = SET_LABELS[self.analysis_set]
        rows = tuple(
            (
                f"{_LABELS[rate.policy]}{' [in force]' if rate.policy == self.in_force else ''}",
                _cell(rate.everyone),
                _cell(rate.measurable),
            )
            for rate in self.rates
        )
        return Table(
            title="Response rate by policy for ablated lesions",
            columns=(
                f"Ablated lesions, ORR ({reading}), n/N (%) [{level}]",
                label,
                "With untreated measurable disease",
            ),
            rows=rows,
            number="T-7.3",
            population=self.scope.population(label, self.rates[0].everyone.subjects),
            footnotes=(
                f"{_patients(len(self.ablated))} had a lesion ablated as study treatment. Zero makes a "
                f"response true by construction: {SENSITIVITY}. Everything else as the protocol says.",
                f"Confidence interval: {self.rates[0].everyone.interval_name}.",
                *self.cautions,
            ),
            rules=RULES,
        )

    def tables(self) -> tuple[Table, ...]:
        """The rates, then the patients whose best response depends on the policy."""
        return (self.table(), *((self._changes(),) if self.changed else ()))

    def _changes(self) -> Table:
        left = set(self.nothing_left)
        return Table(
            title="Patients whose best response depends on the policy for ablated lesions",
            columns=("Patient", *(_LABELS[rate.policy] for rate in self.rates), "Target left"),
            rows=tuple(
                (
                    self.names.get(name, name),
                    *(rate.best[name] for rate in self.rates),
                    "no" if name in left else "yes",
                )
                for name in self.changed
            ),
            number="L-7.3",
            population=self.scope.population("Patients who change", len(self.changed)),
            footnotes=(
                "Target left: whether a target remains that was not ablated (R-105).",
                "Each answer with its reason: ADRS, one parameter a policy.",
            ),
            links=tuple(patient_anchor(name) for name in self.changed),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Every number unrounded; the patients who change, by policy."""
        return {
            "key": self.key,
            "endpoint": "objective response rate by policy for ablated lesions",
            "denominator": self.analysis_set,
            "method": self.rates[0].everyone.interval_name,
            "in_force": self.in_force,
            "confirmed": self.is_confirmed,
            "ablated": list(self.ablated),
            "nothing_left": list(self.nothing_left),
            "policies": [
                {
                    "policy": rate.policy,
                    "sensitivity_only": rate.policy == "zero",
                    "all": rate.everyone.to_json(),
                    "with_untreated_measurable_disease": rate.measurable.to_json(),
                }
                for rate in self.rates
            ],
            "changed": {
                name: {rate.policy: rate.best[name] for rate in self.rates} for name in self.changed
            },
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


def _patients(count: int) -> str:
    return f"{count} patient{'' if count == 1 else 's'}"


def _cell(rate: Proportion) -> str:
    return rate.cell().replace(" (", f"/{rate.subjects} (", 1)


def compare_ablation_policies(protocol: Protocol, adam: Adam) -> AblationPolicies | None:
    """Compare the policies; `None` when no lesion was ablated as study treatment.

    Parameters
    ----------
    adam
        ADSL, ADTR, ADLOC; ADRS with the parameters of `ABLATION_POLICY_PARAMS`.
    """
    codes = [code for pair in ABLATION_POLICY_PARAMS.values() for code in pair]
    if adam["ADRS"].filter(pl.col("PARAMCD").is_in(codes)).height == 0:
        return None
    rule, response = settled_analysis(protocol), settled_response(protocol)
    confirmed = response.confirmation == "required"
    members = in_set(enrolled_subjects(adam, ALL), rule.orr_set)["USUBJID"].to_list()
    ablated, left = _targets_left(adam)
    measurable = [name for name in members if name in left]
    rates = []
    for policy, pair in ABLATION_POLICY_PARAMS.items():
        answers = _answers(adam, pair[confirmed])
        best = {name: answers.get(name, "NE") for name in members}
        both = [
            estimate_proportion(
                sum(best[name] in RESPONDERS for name in names), len(names), rule.orr_set, rule
            )
            for names in (members, measurable)
        ]
        rates.append(PolicyRate(policy=policy, everyone=both[0], measurable=both[1], best=best))
    return AblationPolicies(
        scope=scope_of(protocol, (), "ABLATION", ALL),
        analysis_set=rule.orr_set,
        in_force=response.ablated_lesions,
        is_confirmed=confirmed,
        rates=tuple(rates),
        ablated=tuple(name for name in members if name in ablated),
        nothing_left=tuple(name for name in members if name in ablated and name not in left),
        names=short_names(adam),
    )


def _answers(adam: Adam, code: str) -> dict[str, str]:
    rows = adam["ADRS"].filter(pl.col("PARAMCD") == code).select("USUBJID", "AVALC").rows()
    return dict(rows)


def _targets_left(adam: Adam) -> tuple[set[str], set[str]]:
    """Subjects with a lesion ablated as study treatment, and those with a target never ablated."""
    by_study = (pl.col("LTCAT") == "ABLATION") & (pl.col("ROLE") != "NEW")
    ablated = adam["ADLOC"].filter(by_study).select("USUBJID", "TRLNKID").unique()
    target = (pl.col("ROLE") == "TARGET") & pl.col("TRLNKID").is_not_null()
    targets = headline_rows(adam, "ADTR").filter(target).select("USUBJID", "TRLNKID").unique()
    left = targets.join(ablated, on=["USUBJID", "TRLNKID"], how="anti")
    return set(ablated["USUBJID"]), set(left["USUBJID"])
