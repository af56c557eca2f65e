"""The sheet About: which protocol the workbook is for, and how typed values are to be read."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from trialwright.intake.typed import DateOrder
from trialwright.protocol.document import protocol_text
from trialwright.protocol.model import Protocol

FORM = "trialwright workbook 1"
#: Keys of the sheet, in the order in which they stand there.
KEY_FORM, KEY_PROTOCOL, KEY_DIGEST, KEY_STUDY = (
    "Form", "Protocol", "Protocol SHA-256", "Study identifier",
)  # fmt: skip
KEY_COMMA, KEY_ORDER, KEY_CUTOFF, KEY_SIMULATED = (
    "Decimal sign of typed numbers", "Order of typed dates", "Data cut-off", "Simulated data",
)  # fmt: skip
POINT, COMMA = "POINT", "COMMA"
ORDERS = ("DMY", "MDY")
#: Trial summary parameters (TS) that the sheet holds: code and name by key.
ABOUT_PARAMETERS = {
    KEY_CUTOFF: ("DCUTDTC", "Data Cutoff Date"),
    KEY_SIMULATED: ("SIMULATD", "Simulated Data"),
}


@dataclass(frozen=True, slots=True)
class Settings:
    """What the sheet About says about typed values; see `intake.typed`."""

    study: str
    comma: bool = False
    order: DateOrder | None = None


def protocol_digest(protocol: Protocol) -> str:
    """SHA-256 of the protocol as it is written, whatever the layout of its file."""
    return sha256(protocol_text(protocol).encode()).hexdigest()
