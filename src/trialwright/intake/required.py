"""Which files a trial needs depends on its protocol (R-142)."""

from __future__ import annotations

from pathlib import Path

from trialwright.core.tables import Sdtm
from trialwright.intake.csv_files import read_sdtm
from trialwright.protocol.model import Protocol


def read_trial_data(folder: Path, protocol: Protocol) -> Sdtm:
    """Read the SDTM files of a trial: with TU and TR, or with RS where responses are reported.

    Parameters
    ----------
    folder
        Folder with the files.
    protocol
        `response.response_source` says which files must be there.

    Raises
    ------
    DataError
        As `read_sdtm`.
    """
    reported = protocol.response.response_source == "reported"
    return read_sdtm(folder, ("DM", "RS") if reported else ("DM", "TU", "TR"))
