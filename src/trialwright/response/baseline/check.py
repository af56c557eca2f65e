"""What a check is: the rows it finds, the sentence for each, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from trialwright.response.baseline.entry import Baseline
from trialwright.subjects.reconcile import NO_QUERY, QUERY_SCHEMA, Severity


@dataclass(frozen=True, slots=True)
class Check:
    """A check of section 2.

    `error`: the record cannot stand, or the sum is no RECIST sum; `warning`: a deviation that a
    person has to judge; `note`: for information. The patient is derived as delivered in any case.

    Attributes
    ----------
    rule
        Id of the rule; messages end with it.
    severity
        See above.
    find
        Rows with USUBJID and the columns that `says` names; "" is the trial as a whole.
    says
        The sentence, without full stop, with columns in braces.
    do
        What a person should do.
    also
        Further rule ids for the message.
    """

    rule: str
    severity: Severity
    find: Callable[[Baseline], pl.DataFrame]
    says: str
    do: str
    also: str = ""

    def queries(self, baseline: Baseline) -> pl.DataFrame:
        """One row for each finding, in the form of queries."""
        found = self.find(baseline)
        if found.is_empty():
            return NO_QUERY
        ids = f"{self.rule}, {self.also}" if self.also else self.rule
        rows = [
            (row["USUBJID"], self.rule, self.severity, f"{self.says.format_map(row)} ({ids})", self.do)
            for row in found.iter_rows(named=True)
        ]  # fmt: skip
        return pl.DataFrame(rows, schema=QUERY_SCHEMA, orient="row")


def per_subject(frame: pl.DataFrame, *keys: str) -> pl.DataFrame:
    """One row a subject (and key): LESIONS with the identifiers, N with their number."""
    return (
        frame.group_by("USUBJID", *keys)
        .agg(
            N=pl.len(),
            LESIONS=pl.col("LNKID").unique().sort().str.join(", "),
        )
        .sort("USUBJID", *keys)
    )
