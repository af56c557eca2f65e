"""SDTM domains as they leave: standard columns in the parent, qualifiers in `SUPPxx`."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from trialwright.core.tables import COUNTED, ROW, Sdtm
from trialwright.vocabulary.sdtm import QUALIFIER_LABELS, SDTM, SUPPLEMENTED, Domain


def sdtm_frames(
    sdtm: Sdtm, labels: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, pl.DataFrame]:
    """The domains of a trial without the row numbers, qualifiers as records of their own.

    Columns that are not standard for a domain are its supplemental qualifiers and go to `SUPPxx`,
    one record a value, tied to the parent by its sequence number (DM by the subject alone). Where
    a sequence number is missing or stands twice the qualifier stays a column of the parent,
    because the record could not be found again. Domains without records are left out, but for
    those that a delivery must contain; one that was not delivered never leaves as an empty file,
    which would say that nothing happened.

    Parameters
    ----------
    sdtm
        The trial.
    labels
        Labels of qualifiers by domain and column, where the vocabulary has none.

    Returns
    -------
    dict
        Frame by code, in the order of the vocabulary.
    """
    frames: dict[str, pl.DataFrame] = {}
    for code, domain in SDTM.items():
        if code not in sdtm.domains:
            continue
        frame = sdtm[code].drop(ROW, strict=False)
        if code in SUPPLEMENTED and _is_identified(code, frame):
            frame, qualifiers = _split(domain, frame, (labels or {}).get(code, {}))
            if qualifiers.height:
                frames[f"SUPP{code}"] = qualifiers
        counted = code in COUNTED and code not in sdtm.absent
        if frame.height or not domain.optional or counted:
            frames[code] = frame
    return {code: frames[code] for code in SDTM if code in frames}


def _is_identified(code: str, frame: pl.DataFrame) -> bool:
    """Whether subject and sequence number single out each record."""
    keys = ["USUBJID"] if code == "DM" else ["USUBJID", f"{code}SEQ"]
    if not set(keys) <= set(frame.columns):
        return False
    complete = not any(frame[key].has_nulls() for key in keys)
    return complete and not frame.select(keys).is_duplicated().any()


def _split(
    domain: Domain, frame: pl.DataFrame, labels: Mapping[str, str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
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
            pl.lit(labels.get(name) or QUALIFIER_LABELS.get(name, name)).alias("QLABEL"),
            pl.col(name).cast(pl.String).alias("QVAL"),
        )
        for name in extras
    ]
    return frame.drop(extras), pl.concat(records) if records else pl.DataFrame()
