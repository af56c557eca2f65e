"""Checks between SDTM datasets: subjects, lesions, qualifiers, related records, death."""

from __future__ import annotations

import polars as pl

from trialwright.conformance.looking import MOST, filled, where
from trialwright.conformance.model import NOT_RUN, DataTable, Fault, Looked, Trial
from trialwright.core.tables import ROW


def subjects(table: DataTable, trial: Trial) -> Looked:
    """Every subject is in DM (ADaM: in ADSL)."""
    parent = "DM" if trial.standard == "sdtm" else "ADSL"
    if table.name == parent or parent not in trial.tables or not table.has("USUBJID"):
        return NOT_RUN
    known = trial.tables[parent]
    if not known.has("USUBJID"):
        return NOT_RUN
    rows = filled(table, "USUBJID")
    names = known.frame["USUBJID"].str.to_uppercase().implode()
    return where(rows, ~pl.col("USUBJID").str.to_uppercase().is_in(names), "USUBJID")


def lesions(table: DataTable, trial: Trial) -> Looked:
    """Every TR record of a lesion has its lesion in TU of the same subject and evaluator."""
    if table.name != "TR" or "TU" not in trial.tables:
        return NOT_RUN
    if not (table.has("USUBJID", "TRLNKID") and trial.tables["TU"].has("USUBJID", "TULNKID")):
        return NOT_RUN
    on = ["_S", "_L", "_E"]
    known = _keyed(trial.tables["TU"], "TU")
    sums = ("SUMDIAM", "SUMNLNLD", "LNSUM", "PCBSD", "PCNSD", "ACNSD", "ACBSD", "SUMPDIAM")
    test = pl.col("TRTESTCD").str.to_uppercase() if table.has("TRTESTCD") else pl.lit("")
    rows = _keyed(table, "TR").filter(pl.col("TRLNKID").is_not_null() & ~test.is_in(sums))
    lost = rows.join(known.select(on), on=on, how="anti", nulls_equal=True).sort(ROW).head(MOST)
    faults = [
        Fault(row, "TRLNKID", value, f"subject {name}")
        for row, value, name in lost.select(ROW, "TRLNKID", "USUBJID").iter_rows()
    ]
    return Looked(rows.height, faults)


def _keyed(table: DataTable, code: str) -> pl.DataFrame:
    """Subject, lesion and evaluator in upper case."""
    who = pl.col(f"{code}EVAL").str.to_uppercase() if table.has(f"{code}EVAL") else pl.lit(None)
    return table.frame.with_columns(
        _S=pl.col("USUBJID").str.to_uppercase(),
        _L=pl.col(f"{code}LNKID").str.to_uppercase(),
        _E=who.cast(pl.String).fill_null(""),
    )


def qualifiers(table: DataTable, trial: Trial) -> Looked:
    """Every SUPP-- record belongs to a record of its parent."""
    code = table.name.removeprefix("SUPP")
    if not table.name.startswith("SUPP") or not table.has("USUBJID", "IDVAR", "IDVARVAL"):
        return NOT_RUN
    if code not in trial.tables:
        return Looked(table.frame.height, [Fault(0, "RDOMAIN", code, "the parent is missing")])
    rows = table.frame.with_columns(_D=pl.lit(code))
    return Looked(rows.height, _lost(rows, trial))


def related(table: DataTable, trial: Trial) -> Looked:
    """Every RELREC record names a record that exists."""
    if table.name != "RELREC" or not table.has("RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL"):
        return NOT_RUN
    # Without value and subject a record relates whole datasets, not records.
    rows = filled(table, "RDOMAIN", "USUBJID", "IDVARVAL").with_columns(
        _D=pl.col("RDOMAIN").str.to_uppercase()
    )
    return Looked(rows.height, _lost(rows, trial))


def pairs(table: DataTable, trial: Trial) -> Looked:
    """Every relationship of RELREC has at least two records."""
    del trial
    if table.name != "RELREC" or not table.has("RELID", "USUBJID"):
        return NOT_RUN
    alone = table.frame.filter(~pl.struct("USUBJID", "RELID").is_duplicated()).sort(ROW)
    faults = [Fault(r, "RELID", v) for r, v in alone.select(ROW, "RELID").head(MOST).iter_rows()]
    return Looked(table.frame.height, faults)


def _lost(rows: pl.DataFrame, trial: Trial) -> list[Fault]:
    """Records whose USUBJID, IDVAR and IDVARVAL point to nothing."""
    faults = []
    for part in rows.partition_by("_D", "IDVAR", maintain_order=True):
        group = part
        code, variable = group["_D"][0], (group["IDVAR"][0] or "USUBJID").upper()
        parent = trial.tables.get(code)
        if parent is None or not parent.has("USUBJID", variable):
            why = f"{code} is missing" if parent is None else f"{code} has no {variable}"
            faults += [Fault(row, "IDVAR", group["IDVAR"][0], why) for row in group[ROW][:MOST]]
            continue
        if group["IDVAR"][0] is None:
            group = group.with_columns(IDVARVAL=pl.col("USUBJID"))
        on = ["_S", "_V"]
        known = parent.frame.select(
            pl.col("USUBJID").str.to_uppercase().alias("_S"), _same(variable)
        )
        lost = group.with_columns(
            pl.col("USUBJID").str.to_uppercase().alias("_S"), _same("IDVARVAL")
        ).join(known, on=on, how="anti", nulls_equal=True)
        faults += [
            Fault(row, "IDVARVAL", value, f"no record of {code} with this {variable}")
            for row, value in lost.select(ROW, "IDVARVAL").head(MOST).iter_rows()
        ]
    return sorted(faults, key=lambda fault: fault.row)[:MOST]


def _same(column: str) -> pl.Expr:
    """1 and 1.0 are the same, t01 and T01 too."""
    value = pl.col(column).cast(pl.Float64, strict=False).cast(pl.String)
    return value.fill_null(pl.col(column).str.to_uppercase()).alias("_V")


def deaths(table: DataTable, trial: Trial) -> Looked:
    """DM holds the death that DS tells, and the other way round."""
    if table.name != "DM" or "DS" not in trial.tables or not table.has("USUBJID", "DTHDTC"):
        return NOT_RUN
    told = trial.tables["DS"]
    if not told.has("USUBJID", "DSDECOD"):
        return NOT_RUN
    dead = told.frame.filter(pl.col("DSDECOD").str.to_uppercase() == "DEATH")["USUBJID"]
    said = pl.col("USUBJID").str.to_uppercase().is_in(dead.str.to_uppercase().implode())
    return where(table.frame, said & pl.col("DTHDTC").is_null(), "DTHDTC")


def sources(table: DataTable, trial: Trial) -> Looked:
    """SRCDOM and SRCSEQ name records of the SDTM datasets that were given."""
    if not trial.sources or not table.has("USUBJID", "SRCDOM", "SRCSEQ"):
        return NOT_RUN
    rows = (
        filled(table, "SRCDOM", "SRCSEQ")
        .with_columns(_N=pl.col("SRCSEQ").str.split(" "))
        .explode("_N", empty_as_null=True)
    )
    faults, looked = [], 0
    for group in rows.partition_by("SRCDOM", maintain_order=True):
        code = group["SRCDOM"][0]
        domain, column = trial.sources.get(code), f"{code}SEQ"
        if domain is None or not domain.has("USUBJID", column):
            why = f"{code} is not among the SDTM datasets"
            faults += [Fault(row, "SRCDOM", code, why) for row in group[ROW].unique()[:MOST]]
            looked += group.height
            continue
        known = domain.frame.select("USUBJID", _N=_sequence(column))
        asked = group.with_columns(_N=_sequence("_N"))
        lost = asked.join(known, on=["USUBJID", "_N"], how="anti", nulls_equal=True).sort(ROW)
        looked += asked.height
        faults += [
            Fault(row, "SRCSEQ", value, f"no such {column} of {name}")
            for row, value, name in lost.select(ROW, "SRCSEQ", "USUBJID").head(MOST).iter_rows()
        ]
    return Looked(looked, sorted(faults, key=lambda fault: fault.row)[:MOST])


def _sequence(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Float64, strict=False).cast(pl.Int64, strict=False)
