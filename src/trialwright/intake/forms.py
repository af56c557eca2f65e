"""Tables of data capture systems: forms of REDCap, item groups of ODM."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.intake.files import DeliveredFile
from trialwright.intake.text_table import TextTable

#: Columns that the reader adds to a field: what a code means, why there is no value, its unit.
LABEL, MISSING, UNIT = ".LABEL", ".MISSING", ".UNIT"


@dataclass(frozen=True, slots=True)
class Form:
    """One table of a system; a mapping speaks of it as `file: redcap, sheet: lesions`."""

    system: str
    name: str
    table: TextTable


@dataclass(frozen=True, slots=True)
class Captured:
    """What the exports of data capture systems in a delivery hold.

    Attributes
    ----------
    forms
        Tables in the order of the dictionary or the metadata.
    notes
        What was left aside, for the receipt.
    others
        Files of the delivery that belong to no such export.
    """

    forms: tuple[Form, ...]
    notes: tuple[str, ...]
    others: tuple[DeliveredFile, ...]
