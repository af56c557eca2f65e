"""Who is counted: the subset (all subjects or one cohort), the analysis sets, the registered role.

Subjects come from ADSL and never vanish: one without a record in another dataset stays in the
denominator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import (
    AnalysisSet,
    DataOrigin,
    EndpointDefinition,
    EndpointKind,
)
from trialwright.protocol.settled import origin_of

#: Subset that holds every subject.
ALL = "all"

#: ADSL flag of each analysis set (endpoints.md section 2).
SET_FLAGS: dict[AnalysisSet, str] = {"ENRL": "ENRLFL", "FAS": "FASFL", "EFF": "EFFFL"}
SET_LABELS: dict[AnalysisSet, str] = {
    "ENRL": "Enrolled",
    "FAS": "Full analysis set",
    "EFF": "Efficacy evaluable set",
}
#: Results that no response enters, and the one that compares the policies.
_NO_RESPONSE = (
    "AE", "OS", "DISPOSITION", "LOCAL", "ABLATION",
    "TRAE", "AESI", "SAE", "DLT", "DEATH", "AE_RATE",
)  # fmt: skip
#: Kinds of endpoint that share the origin of PFS, and of OS.
PFS_KINDS: tuple[EndpointKind, ...] = ("PFS", "PFS_RATE", "TTP")
OS_KINDS: tuple[EndpointKind, ...] = ("OS", "OS_RATE")
_ORIGIN_WORDS: dict[DataOrigin, str] = {
    "enrolment": "enrolment",
    "first_dose": "first dose",
    "first_procedure": "first study procedure",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """What a result is about: an endpoint of the protocol in all subjects or in one cohort.

    Attributes
    ----------
    code
        Parameter code, such as "ORR".
    subset, cohort
        `ALL` or the id of a cohort, and the name of that cohort ("" for all).
    definitions
        The registered endpoints that the result answers, none when it is not registered.
    cautions
        What a reader must know before comparing cohorts.
    label
        What every title says of a result that is no main analysis.
    """

    code: str
    subset: str
    cohort: str
    definitions: tuple[EndpointDefinition, ...]
    cautions: tuple[str, ...]
    label: str = ""

    @property
    def key(self) -> str:
        """`code` for all subjects, `code.cohort` for a cohort."""
        return self.code if self.subset == ALL else f"{self.code}.{self.subset}"

    @property
    def role(self) -> str:
        """Registered role of the endpoint."""
        roles = {definition.role for definition in self.definitions}
        if not roles:
            return "not registered"
        return "primary" if "primary" in roles else "secondary"

    @property
    def suffix(self) -> str:
        """What is added to a title: nothing for all subjects, the cohort otherwise; the label."""
        return f"{self._cohort_suffix}, {self.label}" if self.label else self._cohort_suffix

    @property
    def _cohort_suffix(self) -> str:
        return "" if self.subset == ALL else f", {self.cohort}"

    def head(self, endpoint: str, denominator: str, method: str) -> dict[str, Json]:
        """What the JSON of every result begins with: what it is, of whom, and how."""
        return {
            "key": self.key,
            "endpoint": endpoint,
            "subset": self.subset,
            "role": self.role,
            "registered_as": [one.id for one in self.definitions],
            "denominator": denominator,
            "method": method,
        }

    def population(self, label: str, subjects: int) -> str:
        """Population line of a table: set, cohort and number."""
        return f"{label}{self._cohort_suffix} (N = {subjects})"


def scope_of(
    protocol: Protocol, kinds: Iterable[EndpointKind], code: str, subset: str = ALL
) -> Scope:
    """The scope of a result that answers the registered endpoints of `kinds`."""
    wanted = frozenset(kinds)
    names = {cohort.id: cohort.name for cohort in protocol.cohorts or ()}
    return Scope(
        code=code,
        subset=subset,
        cohort="" if subset == ALL else names.get(subset, subset),
        definitions=tuple(e for e in protocol.endpoints if e.kind in wanted),
        cautions=_cohort_cautions(protocol) if subset == ALL else (),
        label=_label(protocol, code),
    )


def _label(protocol: Protocol, code: str) -> str:
    """Ablated targets that count 0 mm make a response by construction: each title says so (R-104)."""
    counts_zero = protocol.response.ablated_lesions == "zero" and code not in _NO_RESPONSE
    return "sensitivity only (R-104)" if counts_zero else ""


def origin_words(protocol: Protocol, kinds: tuple[EndpointKind, ...], default: DataOrigin) -> str:
    """When the time of the endpoints of `kinds` starts, in words (D-03)."""
    return _ORIGIN_WORDS[origin_of(protocol, kinds, default)]


def _cohort_cautions(protocol: Protocol) -> tuple[str, ...]:
    if protocol.cohorts:
        return (
            "Pooled over cohorts, as if all had one rate: read it with the results by cohort "
            "(rule T-09).",
        )
    if protocol.design.multi_cohort or protocol.design.basket:
        return ("The protocol names no cohorts, so the cohorts cannot be shown apart.",)
    return ()


def subsets(protocol: Protocol) -> tuple[str, ...]:
    """All subjects, then each cohort of the protocol."""
    return (ALL, *(cohort.id for cohort in protocol.cohorts or ()))


def enrolled_subjects(adam: Adam, subset: str) -> pl.DataFrame:
    """Rows of ADSL of the enrolled subjects of a subset, by `USUBJID`."""
    chosen = pl.col("ENRLFL") == "Y"
    if subset != ALL:
        chosen &= pl.col("COHORT") == subset
    return adam["ADSL"].filter(chosen).sort("USUBJID")


def in_set(subjects: pl.DataFrame, analysis_set: AnalysisSet) -> pl.DataFrame:
    """The subjects of an analysis set."""
    return subjects.filter(pl.col(SET_FLAGS[analysis_set]) == "Y")
