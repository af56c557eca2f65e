"""The safety set: who is counted in tables of adverse events (S-4), and what limits the reading."""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import Adam
from trialwright.endpoints.population import ALL
from trialwright.safety.special_interest import RCCEP

SET = "Safety set"
_SHOWN = 3


def safety_subjects(adam: Adam, subset: str) -> pl.DataFrame:
    """Rows of ADSL of the treated subjects of a subset, by `USUBJID`."""
    chosen = pl.col("SAFFL") == "Y"
    if subset != ALL:
        chosen &= pl.col("COHORT") == subset
    return adam["ADSL"].filter(chosen).sort("USUBJID")


def records_of(adam: Adam, subjects: pl.DataFrame) -> pl.DataFrame:
    """Every record of ADAE of the subjects, emergent or not."""
    return adam["ADAE"].join(subjects.select("USUBJID"), on="USUBJID", how="semi")


def event_notes(records: pl.DataFrame) -> tuple[str, ...]:
    """What a reader of any table of adverse events must know of the records behind it.

    Parameters
    ----------
    records
        Rows of ADAE, emergent or not.

    References
    ----------
    Rules A-04 (RCCEP), A-06 (progression), A-15 (terms).
    """
    emergent = records.filter(pl.col("TRTEMFL") == "Y")
    tumour = records.filter(pl.col("PROGFL") == "Y").height
    rccep = emergent.filter(pl.col("AESICAT") == RCCEP)["USUBJID"].n_unique()
    bare = emergent["AEDECOD"].null_count()
    return (
        *_if(tumour, f"{_records(tumour)} of tumour progression not counted: it is no adverse event "
             "(rule A-06)."),
        *_if(rccep, f"{_subjects(rccep)} with RCCEP, not among the immune-related events but apart "
             "in the table of special interest (rule A-04)."),
        *_if(bare, f"{_records(bare)} without dictionary term under the reported one (rule A-15)."),
        *_variants(emergent),
    )  # fmt: skip


def _variants(emergent: pl.DataFrame) -> tuple[str, ...]:
    """Spellings of one term that were counted together."""
    shown = emergent.select(PT=pl.coalesce("AEDECOD", "AETERM").str.strip_chars()).drop_nulls()
    same = shown.unique().group_by(pl.col("PT").str.to_uppercase().alias("T")).agg("PT")
    groups = same.filter(pl.col("PT").list.len() > 1).sort("T")["PT"].list.sort().to_list()
    words = "; ".join(" = ".join(group) for group in groups[:_SHOWN])
    more = f" and {len(groups) - _SHOWN} more" if len(groups) > _SHOWN else ""
    return _if(len(groups), f"Spellings counted as one term: {words}{more} (rule A-15).")


def _if(count: int, sentence: str) -> tuple[str, ...]:
    return (sentence,) if count else ()


def _records(count: int) -> str:
    return f"{count} record{'s' * (count != 1)}"


def _subjects(count: int) -> str:
    return f"{count} subject{'s' * (count != 1)}"
