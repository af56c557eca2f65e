"""The sheet About as it was filled in: the protocol it is for, and how typed values are meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trialwright.core.errors import DataError
from trialwright.core.tables import Place
from trialwright.intake.cells import quoted
from trialwright.intake.gathered import Gathered
from trialwright.intake.typed import Typed, typed_date
from trialwright.intake.workbook.about import (
    ABOUT_PARAMETERS,
    COMMA,
    FORM,
    KEY_COMMA,
    KEY_CUTOFF,
    KEY_DIGEST,
    KEY_FORM,
    KEY_ORDER,
    KEY_PROTOCOL,
    KEY_STUDY,
    ORDERS,
    POINT,
    Settings,
    protocol_digest,
)
from trialwright.intake.workbook.layout import folded
from trialwright.intake.workbook.sheet import Sheet
from trialwright.protocol.model import Protocol

_ROWS = 40


@dataclass(frozen=True, slots=True)
class About:
    """Row and value of each key; keys are compared without case."""

    sheet: Sheet
    rows: Mapping[str, int]

    @classmethod
    def of(cls, sheet: Sheet) -> About:
        """Find the keys in the first column."""
        return cls(
            sheet,
            {
                folded(text): row
                for (row, column), text in reversed(list(sheet.cells.items()))
                if column == 1 and row <= _ROWS
            },
        )

    def get(self, key: str) -> str | None:
        """The value beside a key, `None` where it is empty."""
        row = self.rows.get(folded(key))
        return None if row is None else (self.sheet.cells.get((row, 2)) or "").strip() or None

    def cell(self, key: str) -> str:
        """Address of the value of a key."""
        row = self.rows.get(folded(key))
        return f"{self.sheet}" if row is None else self.sheet.cell(row, 2)


def is_ours(sheet: Sheet) -> bool:
    """Whether a sheet is the sheet About of a workbook of ours."""
    return About.of(sheet).get(KEY_FORM) == FORM


def settings_of(about: About, protocol: Protocol) -> tuple[Settings, list[str]]:
    """The settings, and a note where the protocol was changed since the workbook was made.

    Raises
    ------
    DataError
        The workbook is for another protocol, or a setting is none of the list.
    """
    named = about.get(KEY_PROTOCOL)
    if named != protocol.id:
        raise DataError(
            "The workbook was made for another protocol.",
            where=f"{about.cell(KEY_PROTOCOL)}: {quoted(named or '')}",
            allowed=protocol.id,
            do="read it with its own protocol, or make a workbook for this one and copy the sheets",
        )
    notes = []
    if about.get(KEY_DIGEST) != protocol_digest(protocol):
        notes.append(
            f"{about.cell(KEY_DIGEST)}: the protocol was changed since this workbook was made; its "
            "sheets are read by the protocol of today."
        )
    sign = _choice(about, KEY_COMMA, (POINT, COMMA)) or POINT
    order = _choice(about, KEY_ORDER, ORDERS)
    return Settings(
        study=about.get(KEY_STUDY) or protocol.id,
        comma=sign == COMMA,
        order="DMY" if order == "DMY" else "MDY" if order == "MDY" else None,
    ), notes


def _choice(about: About, key: str, allowed: tuple[str, ...]) -> str | None:
    said = about.get(key)
    if said is None:
        return None
    if said.upper() not in allowed:
        raise DataError(
            "A setting of the workbook is not known.",
            where=f"{about.cell(key)}: {quoted(said)}",
            allowed=", ".join(allowed),
            do="choose one of the list, or leave the cell empty",
        )
    return said.upper()


def gather_parameters(gathered: Gathered, about: About, settings: Settings) -> None:
    """Add the trial summary parameters that the sheet holds (TS).

    Raises
    ------
    DataError
        The data cut-off is no date.
    """
    for key, (code, name) in ABOUT_PARAMETERS.items():
        said = about.get(key)
        if said is None:
            continue
        if key == KEY_CUTOFF:
            read = typed_date(said, settings.order)
            if not isinstance(read, Typed):
                raise DataError(
                    f"The data cut-off cannot be read: {read}.",
                    where=f"{about.cell(key)}: {quoted(said)}",
                    allowed="YYYY-MM-DD",
                    do="correct the cell",
                )
            said = read.text
        place = Place(
            table=str(about.sheet), row=about.rows[folded(key)], columns={"TSVAL": "B"},
            is_sheet=True,
        )  # fmt: skip
        gathered.add("TS", {"TSPARMCD": code, "TSPARM": name, "TSVAL": said}, place)
