"""SDTM records made from tables of another layout, each with the place it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from trialwright.core.tables import Origin, Place
from trialwright.intake.text_table import TextTable, text_table
from trialwright.vocabulary.sdtm import SDTM


@dataclass(slots=True)
class Gathered:
    """The records of one delivery in the order in which they are found.

    Attributes
    ----------
    study
        STUDYID of every record.
    source
        Name of the delivery, for messages that name no record: `trial.xlsx`.
    """

    study: str
    source: str
    _records: dict[str, list[dict[str, str | None]]] = field(default_factory=dict)
    _places: dict[str, dict[int, Place]] = field(default_factory=dict)

    def add(self, code: str, record: Mapping[str, str | None], place: Place) -> None:
        """Add a record to a domain; its sequence number within the subject is given here.

        Parameters
        ----------
        code
            A domain; qualifiers that the domain does not have become columns of it.
        record
            Values by column; USUBJID must be there, but for TS and RELREC.
        place
            Where it stands.
        """
        records = self._records.setdefault(code, [])
        records.append({"STUDYID": self.study, "DOMAIN": code, **record})
        self._places.setdefault(code, {})[len(records) + 1] = place

    def made(self) -> tuple[tuple[str, int], ...]:
        """Number of records by domain."""
        return tuple((code, len(rows)) for code, rows in sorted(self._records.items()))

    def tables(self) -> dict[str, TextTable]:
        """Every domain that has records as a table of text; the records are given away."""
        return {code: self._table(code) for code in SDTM if code in self._records}

    def _table(self, code: str) -> TextTable:
        rows = self._records.pop(code)
        sequence = f"{code}SEQ"
        if sequence in SDTM[code].names:
            _number(rows, sequence)
        names = list(dict.fromkeys([*SDTM[code].names, *(name for row in rows for name in row)]))
        columns = {name: [row.get(name) for row in rows] for name in names}
        origin = Origin(self.source, self._places[code])
        return text_table(columns, range(2, len(rows) + 2), origin)


def _number(rows: list[dict[str, str | None]], sequence: str) -> None:
    counts: Counter[str] = Counter()
    for row in rows:
        subject = (row.get("USUBJID") or "").strip().upper()  # P01 and p01 are one subject
        counts[subject] += 1
        row[sequence] = str(counts[subject])
