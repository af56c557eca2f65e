"""SDTM records as text, gathered domain by domain and turned into frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from trialwright.core.dates import iso
from trialwright.core.tables import ROW, Sdtm
from trialwright.vocabulary.sdtm import SDTM

Record = Mapping[str, str | None]


@dataclass(slots=True)
class Records:
    """The records of one trial in the order in which they were written."""

    study: str
    rows: dict[str, list[dict[str, str | None]]] = field(default_factory=dict)

    def add(self, domain: str, record: Record) -> None:
        """Write one record; empty texts become null."""
        filled = {name: value or None for name, value in record.items()}
        self.rows.setdefault(domain, []).append({"STUDYID": self.study, "DOMAIN": domain, **filled})

    def frames(self, qualifiers: Mapping[str, tuple[str, ...]]) -> Sdtm:
        """Every domain as a frame: standard columns, then qualifiers, then the row number.

        Parameters
        ----------
        qualifiers
            Names of the qualifier columns by domain.
        """
        domains = {code: self._frame(code, qualifiers.get(code, ())) for code in SDTM}
        return Sdtm(domains, {code: f"{code.lower()}.csv" for code in SDTM})

    def _frame(self, code: str, further: tuple[str, ...]) -> pl.DataFrame:
        names = (*SDTM[code].names, *further)
        rows = list(self._numbered(code))
        columns = {name: [row.get(name) for row in rows] for name in names}
        frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
        numbers = pl.Series(ROW, range(2, len(rows) + 2), dtype=pl.Int64)
        return frame.with_columns(numbers)

    def _numbered(self, code: str) -> Iterator[dict[str, str | None]]:
        """The records of a domain with their sequence number within the subject."""
        counts: dict[str | None, int] = {}
        for row in self.rows.get(code, []):
            subject = row.get("USUBJID")
            counts[subject] = counts.get(subject, 0) + 1
            yield row if code == "DM" else {**row, f"{code}SEQ": str(counts[subject])}


def text(value: float | int | None) -> str | None:
    """A number without needless decimals, `None` for `None`."""
    return None if value is None else f"{value:g}"


def date_text(day: int | None) -> str | None:
    """ISO 8601 text of a day number, `None` for `None`."""
    return iso(day) or None
