"""SDTM and ADaM as CSV files: the texts by file name, and their folder."""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import COUNTED, ROW, Adam, Sdtm
from trialwright.exchange.csv_text import csv_text
from trialwright.exchange.folder import write_files
from trialwright.vocabulary.adam import ADAM
from trialwright.vocabulary.sdtm import QUALIFIER_LABELS, SDTM, SUPPLEMENTED, Domain

__all__ = ["adam_files", "csv_text", "sdtm_files", "write_files"]


def sdtm_files(sdtm: Sdtm) -> dict[str, str]:
    """Write the domains of a trial as CSV texts.

    Columns that are not standard for a domain are its supplemental qualifiers and go to
    `SUPPxx.csv`, one record a value, tied to the parent by its sequence number (DM by the subject
    alone). Where a sequence number is missing or stands twice the qualifier stays a column of the
    parent file, because the record could not be found again. Domains without records have no
    file, but for those that a delivery must contain.

    Returns
    -------
    dict
        Text by file name (`DM.csv`, `SUPPTU.csv`), in the order of the vocabulary.
    """
    frames: dict[str, pl.DataFrame] = {}
    for code, domain in SDTM.items():
        if code not in sdtm.domains:
            continue
        frame = sdtm[code].drop(ROW, strict=False)
        if code in SUPPLEMENTED and _is_identified(code, frame):
            frame, qualifiers = _split(domain, frame)
            if qualifiers.height:
                frames[f"SUPP{code}"] = qualifiers
        if frame.height or not domain.optional or code in COUNTED:
            frames[code] = frame
    return {f"{code}.csv": csv_text(frames[code]) for code in SDTM if code in frames}


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


def _is_identified(code: str, frame: pl.DataFrame) -> bool:
    """Whether subject and sequence number single out each record."""
    keys = ["USUBJID"] if code == "DM" else ["USUBJID", f"{code}SEQ"]
    if not set(keys) <= set(frame.columns):
        return False
    complete = not any(frame[key].has_nulls() for key in keys)
    return complete and not frame.select(keys).is_duplicated().any()


def _split(domain: Domain, frame: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The parent with its standard columns, and the qualifiers as records."""
    extras = [name for name in frame.columns if name not in domain.names]
    sequence = None if domain.code == "DM" else f"{domain.code}SEQ"
    value = pl.lit(None, pl.String) if sequence is None else pl.col(sequence).cast(pl.String)
    study = pl.col("STUDYID") if "STUDYID" in frame.columns else pl.lit(None, pl.String)
    records = [
        frame.filter(pl.col(name).is_not_null()).select(
            study.alias("STUDYID"),
            pl.lit(domain.code).alias("RDOMAIN"),
            pl.col("USUBJID"),
            pl.lit(sequence, pl.String).alias("IDVAR"),
            value.alias("IDVARVAL"),
            pl.lit(name).alias("QNAM"),
            pl.lit(QUALIFIER_LABELS.get(name, name)).alias("QLABEL"),
            pl.col(name).cast(pl.String).alias("QVAL"),
        )
        for name in extras
    ]
    return frame.drop(extras), pl.concat(records) if records else pl.DataFrame()
