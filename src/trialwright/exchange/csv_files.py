"""SDTM and ADaM as CSV files: the texts by file name, and their folder."""

from __future__ import annotations

from trialwright.core.tables import Adam, Sdtm
from trialwright.exchange.csv_text import csv_text
from trialwright.exchange.folder import write_files
from trialwright.exchange.sdtm_frames import sdtm_frames
from trialwright.vocabulary.adam import ADAM

__all__ = ["adam_files", "csv_text", "sdtm_files", "write_files"]


def sdtm_files(sdtm: Sdtm) -> dict[str, str]:
    """Write the domains of a trial as CSV texts.

    Supplemental qualifiers go to `SUPPxx.csv`, as `sdtm_frames` says.

    Returns
    -------
    dict
        Text by file name (`DM.csv`, `SUPPTU.csv`), in the order of the vocabulary.
    """
    return {f"{code}.csv": csv_text(frame) for code, frame in sdtm_frames(sdtm).items()}


def adam_files(adam: Adam) -> dict[str, str]:
    """Write the analysis datasets and their reconciliation as CSV texts.

    Returns
    -------
    dict
        Text by file name: `ADSL.csv` and so on, `UNUSED.csv` (source records not used, with the
        reason), `QUERIES.csv` (flags and queries), `PENDING.csv` (open at the data cut-off),
        `OPTIONSETS.csv` and `SENSITIVITY.csv` (who changes under other response options).
    """
    names = [name for name in ADAM if name in adam.datasets]
    names += [name for name in adam.datasets if name not in ADAM]
    frames = {name: adam[name] for name in names}
    frames |= {"UNUSED": adam.unused, "QUERIES": adam.queries}
    beside = {
        "PENDING": adam.pending, "OPTIONSETS": adam.option_sets, "SENSITIVITY": adam.sensitivity,
    }  # fmt: skip
    frames |= {name: frame for name, frame in beside.items() if frame.width}
    return {f"{name}.csv": csv_text(frame) for name, frame in frames.items()}
