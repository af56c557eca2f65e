"""A delivery of any kind as the data of a trial with its receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from trialwright.core.tables import Sdtm
from trialwright.intake.files import DeliveredFile, paths_of, read_file
from trialwright.intake.receipt import Receipt, TableRead, files_read
from trialwright.intake.sdtm_delivery import sdtm_of
from trialwright.protocol.model import Protocol


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was read: the domains as text, and the receipt."""

    sdtm: Sdtm
    receipt: Receipt


def read_delivery(path: Path, protocol: Protocol) -> Delivery:
    """Read the data of a trial, whatever they are delivered as.

    Parameters
    ----------
    path
        A folder of SDTM datasets.
    protocol
        `response.response_source` says which domains must be there (R-142).

    Raises
    ------
    DataError
        With file, row, column or cell, what is allowed and what to do; nothing is read in part.
    """
    files = [read_file(one) for one in paths_of(path)]
    return sdtm_delivery(files, str(path), protocol)


def sdtm_delivery(files: Sequence[DeliveredFile], where: str, protocol: Protocol) -> Delivery:
    """SDTM datasets: every row is read, what the rules leave aside is told by the derivation."""
    sdtm = sdtm_of(files, where, required_domains(protocol))
    tables = tuple(
        TableRead(name=sdtm.file(code), rows=sdtm[code].height, used=sdtm[code].height)
        for code in sdtm.files
        if code in sdtm.domains
    )
    return Delivery(sdtm, Receipt(files=files_read(files), tables=tables, notes=sdtm.notes))


def required_domains(protocol: Protocol) -> tuple[str, ...]:
    """The domains that a trial needs: with TU and TR, or with RS where responses are reported."""
    reported = protocol.response.response_source == "reported"
    return ("DM", "RS") if reported else ("DM", "TU", "TR")


def read_trial_data(path: Path, protocol: Protocol) -> Sdtm:
    """The data of a delivery without their receipt; see `read_delivery`."""
    return read_delivery(path, protocol).sdtm
