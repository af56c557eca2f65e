"""What comes of a delivery: the data of a trial, and the receipt."""

from __future__ import annotations

from dataclasses import dataclass

from trialwright.core.tables import Sdtm
from trialwright.intake.receipt import Receipt


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was read: the domains as text, and the receipt."""

    sdtm: Sdtm
    receipt: Receipt
