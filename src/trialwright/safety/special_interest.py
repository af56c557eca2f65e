"""Events of special interest (A-04): the kind of each, and whether systemic steroids were given."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from trialwright.core.tables import Origin, Sdtm
from trialwright.safety.codes import YES_NO, decoded
from trialwright.safety.terms import is_immune_category, is_rccep
from trialwright.subjects.days import upper

IMMUNE, SPECIAL, RCCEP = "IMMUNE-RELATED", "SPECIAL INTEREST", "RCCEP"
_STEROID = r"\bSTEROIDS?\b|CORTICOSTEROID|CORTICOID|PREDNIS|DEXAMETHASONE|BETAMETHASONE|CORTISONE"
_NO_STEROID = r"NON[- ]?STEROID"
#: Routes by which a steroid does not act on the whole body.
_LOCAL = r"TOPICAL|CUTANEOUS|OPHTHALM|NASAL|INHAL|OTIC|AURICULAR|RECTAL|INTRALESIONAL|INTRA-?ARTICULAR|INTRAVITREAL"
_NAMES = ("CMTRT", "CMDECOD", "CMCAT", "CMSCAT", "CMCLAS")


def interest(events: pl.DataFrame, terms: Sequence[str], origin: Origin) -> pl.Series:
    """The kind of special interest of each event, null for none.

    RCCEP stands apart from all others. An event is immune-related when the investigator says so
    (AECAT); any other is of special interest when it is flagged (AESI) or its term is one of the
    protocol. No list of terms is built in.

    Parameters
    ----------
    events
        Records of AE with `_ROW`.
    terms
        Preferred terms of the protocol (`safety.aesi_terms`).
    origin
        Of the records, for messages.

    Raises
    ------
    DataError
        For values of AESI that are not listed.

    References
    ----------
    Rule A-04.
    """
    flagged = decoded(events, "AESI", YES_NO, origin).alias("_FLAG")
    names = [upper("AEDECOD"), upper("AETERM")]
    listed = pl.any_horizontal(name.is_in(_compared(terms)) for name in names)
    rccep = pl.any_horizontal(is_rccep(name) for name in names)
    immune = is_immune_category(upper("AECAT"))
    special = (pl.col("_FLAG") == "Y").fill_null(value=False) | listed.fill_null(value=False)
    kind = (
        pl.when(rccep).then(pl.lit(RCCEP))
        .when(immune).then(pl.lit(IMMUNE))
        .when(special).then(pl.lit(SPECIAL))
    )  # fmt: skip
    return events.with_columns(flagged).select(AESICAT=kind).to_series()


def _compared(terms: Sequence[str]) -> list[str]:
    return [term.strip().upper() for term in terms]


def systemic_steroids(events: pl.DataFrame, sdtm: Sdtm, origin: Origin) -> pl.Series:
    """Whether systemic steroids were given for each event: Y, N, or null when nothing says so.

    The statement of the investigator (AESTER) stands; without it a steroid of CM that RELREC
    relates to the event counts, unless its route (CMROUTE) is a local one.

    Parameters
    ----------
    events
        Records of AE with `_ROW` and `SEQ`, the sequence number.
    sdtm
        CM and RELREC.

    Raises
    ------
    DataError
        For values of AESTER that are not listed.

    References
    ----------
    Rule A-04.
    """
    stated = decoded(events, "AESTER", YES_NO, origin).alias("_STATED")
    linked = _linked_steroids(sdtm).with_columns(_LINKED=pl.lit("Y"))
    rows = events.select("USUBJID", "SEQ").with_columns(stated)
    rows = rows.join(linked, on=["USUBJID", "SEQ"], how="left", maintain_order="left")
    return rows.select(AESTERFL=pl.coalesce("_STATED", "_LINKED")).to_series()


def _linked_steroids(sdtm: Sdtm) -> pl.DataFrame:
    """USUBJID and SEQ of the events to which RELREC relates a systemic steroid."""
    relations = sdtm.domains.get("RELREC")
    empty = pl.DataFrame(schema={"USUBJID": pl.String, "SEQ": pl.Int64})
    if relations is None or relations.height == 0:
        return empty
    rows = relations.filter(pl.col("USUBJID").is_not_null()).select(
        "USUBJID",
        RELID=upper("RELID"),
        DOMAIN=upper("RDOMAIN"),
        KEY=upper("IDVAR"),
        SEQ=_number("IDVARVAL"),
    )
    events = rows.filter((pl.col("DOMAIN") == "AE") & (pl.col("KEY") == "AESEQ"))
    drugs = rows.filter((pl.col("DOMAIN") == "CM") & (pl.col("KEY") == "CMSEQ"))
    given = sdtm["CM"].filter(_is_systemic_steroid(sdtm["CM"])).select(
        "USUBJID", SEQ=_number("CMSEQ")
    )  # fmt: skip
    drugs = drugs.join(given, on=["USUBJID", "SEQ"], how="semi").select("USUBJID", "RELID")
    return events.join(drugs, on=["USUBJID", "RELID"], how="semi").select("USUBJID", "SEQ").unique()


def _number(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64, strict=False).cast(pl.Int64)


def _is_systemic_steroid(drugs: pl.DataFrame) -> pl.Expr:
    names = [upper(name) for name in _NAMES if name in drugs.columns]
    words = pl.concat_str(names, separator="; ", ignore_nulls=True)
    local = (
        upper("CMROUTE").str.contains(_LOCAL).fill_null(value=False)
        if "CMROUTE" in drugs.columns
        else pl.lit(value=False)
    )
    return words.str.contains(_STEROID) & ~words.str.contains(_NO_STEROID) & ~local
