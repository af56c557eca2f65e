"""What is pending at the data cut-off: who needs which scan until when, and what it decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Table, patient_anchor
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.subject_rows import short_names

_SCAN = "next scan"
_COLUMNS = ("USUBJID", "WHAT", "SINCE", "FROM", "DUE", "LATEST", "DECIDES", "RULEID")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Open questions at the data cut-off, one row each.

    Attributes
    ----------
    rows
        Subject, what, since, first day that counts, next scan due, last day that helps, what it
        decides, rule ids; dates as YYYY-MM-DD, "" for none.
    cutoff
        Data cut-off as YYYY-MM-DD.
    names
        How subjects are called in tables, by USUBJID.
    """

    rows: tuple[tuple[str, ...], ...]
    cutoff: str
    names: Mapping[str, str]

    @property
    def key(self) -> str:
        """Name of the result."""
        return "PENDING"

    def table(self) -> Table:
        """Describe what is pending; scans that are merely due stand last."""
        return Table(
            title="Pending at the data cut-off",
            columns=("Subject", "What", "Since", "Counts from", "Next scan due", "Until", "Decides",
                     "Rules"),
            rows=tuple((self.names.get(row[0], row[0]), *row[1:]) for row in self.rows),
            population=f"Subjects with something pending (N = {len({row[0] for row in self.rows})})",
            footnotes=(
                "Counts from: the first day on which a scan can decide. Until: the last such day "
                "(confirmation: later too many scans are missing, R-068 and R-069; a scan: the end "
                "of its window, R-080).",
            ),
            links=tuple(patient_anchor(row[0]) for row in self.rows),
            rules=("R-045", "R-046", "R-070", "R-081", "R-084"),
        )  # fmt: skip

    def to_json(self) -> dict[str, Json]:
        """The rows as plain data, and how many there are of each kind."""
        counts: dict[str, Json] = dict(Counter(_kind(row[1]) for row in self.rows))
        rows: list[Json] = [dict(zip(_COLUMNS, row, strict=True)) for row in self.rows]
        return {"key": self.key, "cutoff": self.cutoff, "counts": counts, "rows": rows}


def describe_pending(adam: Adam) -> tuple[Pending, ...]:
    """The pending questions of a trial; none when nothing is open."""
    if not adam.pending.height:
        return ()
    frame = adam.pending.with_columns(LAST=pl.col("WHAT") == _SCAN).sort("LAST", *_COLUMNS)
    rows = tuple(_texts(row) for row in frame.select(_COLUMNS).iter_rows())
    cutoffs = adam["ADSL"]["DCUTDT"].drop_nulls().unique().sort()
    cutoff = str(cutoffs[-1]) if len(cutoffs) else "not known"
    return (Pending(rows=rows, cutoff=cutoff, names=short_names(adam)),)


def pending_sentence(row: Mapping[str, object]) -> str:
    """One pending question of a patient as a sentence."""
    first, due, last = (str(row[name] or "") for name in ("FROM", "DUE", "LATEST"))
    what, since = str(row["WHAT"]), row["SINCE"]
    if what == _SCAN:
        return f"next scan due {due}, between {first} and {last} [{row['RULEID']}]"
    when = f"a scan from {first} {f'to {last}' if last else 'on'}, " if first else ""
    scan = f"the next is due {due}" if due else "no scan is due"
    return f"{what} since {since}: {when}{scan}; decides: {row['DECIDES']} [{row['RULEID']}]"


def _texts(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple("" if value is None else str(value) for value in row)


def _kind(what: str) -> str:
    """The kind of a question without its lesion or response."""
    kinds = ("confirmation", "equivocal new lesion", "equivocal progression of non-target", _SCAN)
    return next((kind for kind in kinds if what.startswith(kind)), what)
