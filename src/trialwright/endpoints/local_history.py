"""The local therapy of each lesion, before and on study, and tumour found at ablation zones (R-100)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.core.display import Table, patient_anchor
from trialwright.core.results import Json, Result
from trialwright.core.tables import Adam
from trialwright.endpoints.ablation_policies import compare_ablation_policies
from trialwright.endpoints.population import ALL, Scope, enrolled_subjects, scope_of, subsets
from trialwright.endpoints.site_response import estimate_site_response
from trialwright.endpoints.subject_rows import Row, day, rows_of, short_names, text
from trialwright.protocol.model import Protocol

RULES = ("R-100", "R-102", "R-103", "R-104", "R-106", "R-109", "R-141")
_WORDS = {
    "PRIOR": "before study",
    "ABLATION": "study treatment",
    "OFF PROTOCOL": "off protocol",
    "SURGERY": "conversion surgery",
    "STUDY TREATMENT": "study treatment",
    "TUMOUR AT ZONE": "scan of the zone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalHistory:
    """One row of ADLOC for each therapy of a lesion, and for tumour at a zone."""

    scope: Scope
    records: tuple[Row, ...]
    subjects: int
    names: Mapping[str, str]

    @property
    def key(self) -> str:
        """Name of the result."""
        return self.scope.key

    def table(self) -> Table:
        """Every therapy by patient, lesion and date."""
        return Table(
            title="Local therapy of lesions",
            columns=("Patient", "Lesion", "Role", "Location", "When", "What", "Outcome", "Rules"),
            rows=tuple(
                (self.names.get(text(row, "USUBJID"), text(row, "USUBJID")), *_cells(row))
                for row in self.records
            ),
            number="L-7.2",
            population=self.scope.population("Enrolled", self.subjects),
            footnotes=(
                "Outcome: after therapy before study, whether growth of the lesion is recorded "
                "(PROGLOC), without it the lesion is not measurable (R-008); for tumour at a zone, "
                "whether it is PD (R-106).",
            ),
            links=tuple(patient_anchor(text(row, "USUBJID")) for row in self.records),
            rules=RULES,
        )

    def to_json(self) -> dict[str, Json]:
        """Counts by kind, and every record."""
        kinds = Counter(text(row, "LTCAT") for row in self.records)
        return {
            "key": self.key,
            "subjects": self.subjects,
            "counts": dict(sorted(kinds.items())),
            "records": [
                {name: str(row[name]) if row[name] is not None else None for name in _SHOWN}
                for row in self.records
            ],
            "rules": list(RULES),
        }


_SHOWN = ("USUBJID", "TRLNKID", "ROLE", "TRLOC", "LTCAT", "LTTRT", "LTDT", "PROGFL", "REASON")


def _cells(row: Row) -> tuple[str, ...]:
    when = day(row, "LTDT")
    kind = text(row, "LTCAT")
    prior = {"Y": "growth after it", "N": "no growth", "": "growth not recorded"}
    zone = {"Y": "PD", "N": "not PD"}
    answers = {"PRIOR": prior, "TUMOUR AT ZONE": zone}.get(kind, {})
    return (
        text(row, "TRLNKID"), text(row, "ROLE").lower(), text(row, "TRLOC"),
        when.isoformat() if when else "", f"{text(row, 'LTTRT').lower()}: {_WORDS.get(kind, kind)}",
        answers.get(text(row, "PROGFL"), ""), text(row, "RULEID"),
    )  # fmt: skip


def list_local_therapy(protocol: Protocol, adam: Adam) -> LocalHistory | None:
    """List the local therapy of lesions; `None` when there was none."""
    if "ADLOC" not in adam.datasets or adam["ADLOC"].height == 0:
        return None
    people = enrolled_subjects(adam, ALL)
    rows = adam["ADLOC"].join(people.select("USUBJID"), on="USUBJID", how="semi")
    ordered = rows.sort("USUBJID", "TRLNKID", "LTDT", "LTCAT", "SRCSEQ", nulls_last=False)
    return LocalHistory(
        scope=scope_of(protocol, (), "LOCAL", ALL),
        records=tuple(ordered.iter_rows(named=True)),
        subjects=len(rows_of(people)),
        names=short_names(adam),
    )


def analyze_local_therapy(protocol: Protocol, adam: Adam) -> tuple[Result, ...]:
    """Everything on locally treated lesions that this trial has: sites, policies, the listing."""
    found: list[Result | None] = [
        estimate_site_response(protocol, adam, subset) for subset in subsets(protocol)
    ]
    found += [compare_ablation_policies(protocol, adam), list_local_therapy(protocol, adam)]
    return tuple(result for result in found if result is not None)
