"""Why a subject died, as far as the data say: an adverse event, the tumour, or words (A-06)."""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.safety.serious import is_fatal
from trialwright.subjects.days import upper
from trialwright.subjects.reconcile import query

BY_EVENT, BY_TUMOUR = "ADVERSE EVENT", "PROGRESSION"
_TUMOUR = (
    r"PROGRESS|UNDERLYING (?:DISEASE|CANCER|MALIGNANCY)|DISEASE UNDER STUDY|^(?:TUMOU?R|CANCER)$"
)
#: Words that say no more than that the subject died.
_NO_CAUSE = ("", "DEATH", "DIED", "DEAD", "UNKNOWN", "DEATH, CAUSE UNKNOWN")


def with_death_causes(adsl: pl.DataFrame, adae: pl.DataFrame, sdtm: Sdtm) -> pl.DataFrame:
    """Fill DTHCAUS of ADSL for those who died: `BY_EVENT`, `BY_TUMOUR`, other words, or null.

    A fatal adverse event decides; then tumour progression that is recorded as a fatal event; then
    the words of DM (DTHCAUS) or of the disposition record of the death (DSTERM). The cause is never
    inferred from scans.

    References
    ----------
    Rule A-06.
    """
    return adsl.join(
        _causes(adae, sdtm), on="USUBJID", how="left", maintain_order="left"
    ).with_columns(
        DTHCAUS=pl.when(pl.col("DTHDT").is_not_null()).then(pl.coalesce("_EVENT", "_TUMOUR", "_SAID"))
    ).select(adsl.columns)  # fmt: skip


def cause_queries(adsl: pl.DataFrame, adae: pl.DataFrame, sdtm: Sdtm) -> tuple[pl.DataFrame, ...]:
    """Deaths whose cause the data state in two ways, and fatal events of the living (A-06)."""
    rows = adsl.join(_causes(adae, sdtm), on="USUBJID", how="left", maintain_order="left")
    two = rows.filter(
        pl.col("_EVENT").is_not_null()
        & ((pl.col("_SAID") == BY_TUMOUR) | pl.col("_TUMOUR").is_not_null())
    )
    alive = rows.filter(pl.col("DTHDT").is_null() & pl.coalesce("_EVENT", "_TUMOUR").is_not_null())
    return (
        query(
            two["USUBJID"],
            "A-06",
            "Death is put down to an adverse event and to the tumour: counted as death from the "
            "adverse event.",
            do="name one cause of death",
        ),
        query(
            alive["USUBJID"],
            "A-06",
            "An event is called fatal, and no date of death is known up to the data cut-off.",
            "error",
            "give the date of death, or correct the outcome or the grade",
        ),
    )


def _causes(adae: pl.DataFrame, sdtm: Sdtm) -> pl.DataFrame:
    """What each source says, one row a subject: _EVENT, _TUMOUR, _SAID."""
    fatal = adae.filter(is_fatal())
    tumour = pl.col("PROGFL") == "Y"
    events = fatal.group_by("USUBJID").agg(
        _EVENT=pl.when((~tumour.fill_null(value=False)).any()).then(pl.lit(BY_EVENT)),
        _TUMOUR=pl.when(tumour.any()).then(pl.lit(BY_TUMOUR)),
    )
    return events.join(_said(sdtm), on="USUBJID", how="full", coalesce=True)


def _said(sdtm: Sdtm) -> pl.DataFrame:
    """The words of DM, else of DS, one row a subject."""
    dm, ds = sdtm["DM"], sdtm["DS"].filter(upper("DSDECOD") == "DEATH")
    own = upper("DTHCAUS") if "DTHCAUS" in dm.columns else pl.lit(None, pl.String)
    words = pl.concat(
        [
            dm.select("USUBJID", RANK=pl.lit(0), WORDS=own),
            ds.select("USUBJID", RANK=pl.lit(1), WORDS=upper("DSTERM")),
        ]
    )
    cause = pl.col("WORDS")
    return (
        words.filter(~cause.is_in(_NO_CAUSE))
        .sort("USUBJID", "RANK", "WORDS")
        .unique("USUBJID", keep="first", maintain_order=True)
        .select(
            "USUBJID",
            _SAID=pl.when(cause.str.contains(_TUMOUR)).then(pl.lit(BY_TUMOUR)).otherwise(cause),
        )
    )
