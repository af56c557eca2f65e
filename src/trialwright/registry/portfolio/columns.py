"""The columns of both portfolio tables, as data; docs/portfolio.md describes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from trialwright.protocol.check.codes import CODES

ColumnKind: TypeAlias = Literal["text", "integer", "boolean"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: name, type, and what it holds. An empty cell: the record does not say."""

    name: str
    kind: ColumnKind
    label: str


def _c(name: str, label: str, kind: ColumnKind = "text") -> Column:
    return Column(name, kind, label)


#: Facts and counts; several values of one cell are separated by "; ".
FACTS: tuple[Column, ...] = (
    _c("id", "Identifier: name of the file, or number of the registry"),
    _c("title", "Registered title"),
    _c("layout", "How the record arrived: text, api_v2 or csv"),
    _c("sha256", "Digest of the bytes of the record"),
    _c("phases", "Phases"),
    _c("n", "Patients planned or reached", "integer"),
    _c("single_arm", "All patients get the same treatment", "boolean"),
    _c("arms", "Number of arms", "integer"),
    _c("allocation", "Allocation"),
    _c("masking", "Masking"),
    _c("open_label", "Treatment known to everybody", "boolean"),
    _c("centres", "One centre or several"),
    _c("multi_cohort", "Several cohorts", "boolean"),
    _c("basket", "Several tumour types treated alike", "boolean"),
    _c("purpose", "Primary purpose"),
    _c("line", "Line of treatment"),
    _c("min_prior_lines", "Fewest earlier lines", "integer"),
    _c("conditions", "Conditions"),
    _c("metastatic_sites", "Sites of metastases"),
    _c("agents", "Drugs, by name"),
    _c("procedures", "Components that are no drugs, by name"),
    _c("primary_kinds", "Kinds of the primary endpoints"),
    _c("secondary_kinds", "Kinds of the secondary endpoints"),
    _c("criteria", "Criteria that endpoints name"),
    _c("n_primary", "Primary endpoints", "integer"),
    _c("n_secondary", "Secondary endpoints", "integer"),
    _c("doubtful_outcomes", "Outcomes with a second possible reading of their parts", "integer"),
    _c("n_facts", "Values that the record says", "integer"),
    _c("n_inferred", "Values that follow from the record by one step", "integer"),
    _c("errors", "Findings that are errors", "integer"),
    _c("warnings", "Findings that are warnings", "integer"),
    _c("notes", "Findings that are notes", "integer"),
)  # fmt: skip
#: Findings that ask for options of the analysis, not for words of the record, are not counted.
NOT_COUNTED = frozenset({"option_open"})
COUNTS: tuple[Column, ...] = tuple(
    _c(f"n_{one.code}", f"Findings: {one.asks}", "integer")
    for one in sorted(CODES, key=lambda one: one.code)
    if one.code not in NOT_COUNTED
)
RECORDS: tuple[Column, ...] = (*FACTS, *COUNTS)
FINDINGS: tuple[Column, ...] = (
    _c("id", "Identifier of the record"),
    _c("number", "Position among the findings of the record, from 1", "integer"),
    _c("severity", "error, warning or note"),
    _c("code", "Kind of finding"),
    _c("path", "Value of the protocol that it is about"),
    _c("message", "The question"),
    _c("quote", "Words of the record"),
    _c("start", "Offset of the first character of the quote", "integer"),
    _c("end", "Offset behind its last character", "integer"),
    _c("proposal", "Proposed values by path, as JSON"),
    _c("rule", "Rules"),
)
