"""ADBC: what each subject was like at baseline, one record a characteristic (table T-4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from trialwright.adam.frames import shaped
from trialwright.adam.trial import Extended, Trial
from trialwright.core.tables import ROW
from trialwright.protocol.rules import Subgroup
from trialwright.response.local.sites import in_liver
from trialwright.subjects.reconcile import QUERY_SCHEMA
from trialwright.vocabulary.adam import ADBC
from trialwright.vocabulary.characteristics import (
    CHARACTERISTICS,
    NOT_CHARACTERISTICS,
    OLDER_FROM,
    SITE_PATTERNS,
)

#: Parameters that are derived here: a collected column of the same name is another thing.
_DERIVED = frozenset({"AGEGR1", "METSITE", "TARGETN", "SODBL"})
_SHOWN = ("PARAMCD", "PARAM", "AVAL", "AVALC", "RULEID", "REASON", "SRCDOM", "SRCSEQ")


def with_characteristics(datasets: Mapping[str, pl.DataFrame], trial: Trial) -> Extended:
    """Add ADBC: collected columns of DM, age group, sites of disease, and the named subgroups.

    Parameters
    ----------
    datasets
        ADSL with ORGANS, TARGETN and SODBL.
    trial
        DM with its qualifiers; the protocol names the subgroups.

    Returns
    -------
    Extended
        One record per subject of ADSL and characteristic that was collected for anybody; an empty
        value is a record too. A subgroup whose variable was not delivered is a query.

    References
    ----------
    ICH E3 section 11.2; table T-4; subgroups: T-10.
    """
    adsl = datasets["ADSL"]
    dm = trial.sdtm["DM"].join(adsl.select("USUBJID"), on="USUBJID", how="semi")
    parts = [*_collected(dm), _age_group(adsl), _sites(adsl), *_disease(adsl)]
    queries = []
    for group in trial.analysis.subgroups:
        found = _subgroup(group, adsl, dm)
        if found is None:
            queries.append(_not_delivered(group))
        else:
            parts.append(found)
    rows = pl.concat([part.select("USUBJID", *_SHOWN) for part in parts])
    rows = rows.join(adsl.select("STUDYID", "USUBJID"), on="USUBJID")
    return Extended({**datasets, "ADBC": shaped(rows, ADBC)}, tuple(queries))


def _collected(dm: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Every column of DM that describes somebody, in the order of the words."""
    for name in sorted(dm.columns, key=_place):
        told = name not in NOT_CHARACTERISTICS and name != ROW and not name.endswith("DTC")
        if told and dm[name].is_not_null().any():
            code, words = _called(name)
            yield _rows(dm, code, words, pl.col(name).str.strip_chars())


def _called(name: str) -> tuple[str, str]:
    """Parameter of a column of DM; one that has the name of a derived parameter stands beside it."""
    if name in _DERIVED:
        return f"{name[:6]}DM", f"{name} (as collected)"
    return name, CHARACTERISTICS.get(name, name)


def _place(name: str) -> tuple[int, str]:
    order = list(CHARACTERISTICS)
    return (order.index(name) if name in order else len(order), name)


def _rows(dm: pl.DataFrame, code: str, words: str, value: pl.Expr) -> pl.DataFrame:
    return dm.select(
        "USUBJID",
        PARAMCD=pl.lit(code),
        PARAM=pl.lit(words),
        AVAL=value.cast(pl.Float64, strict=False),
        AVALC=value,
        RULEID=pl.lit("ICH E3 11.2"),
        REASON=pl.lit("as collected"),
        SRCDOM=pl.lit("DM"),
        SRCSEQ=pl.lit(None, pl.String),
    )


def _derived(adsl: pl.DataFrame, code: str, words: tuple[str, str], value: pl.Expr) -> pl.DataFrame:
    number = value if code in {"TARGETN", "SODBL"} else pl.lit(None)
    return adsl.select(
        "USUBJID",
        PARAMCD=pl.lit(code),
        PARAM=pl.lit(words[0]),
        AVAL=number.cast(pl.Float64),
        AVALC=value.cast(pl.String),
        RULEID=pl.lit("ICH E3 11.2"),
        REASON=pl.lit(words[1]),
        SRCDOM=pl.lit("ADSL"),
        SRCSEQ=pl.lit(None, pl.String),
    )


def _age_group(adsl: pl.DataFrame) -> pl.DataFrame:
    words = ("Age group", f"AGE below {OLDER_FROM}, or from {OLDER_FROM} on")
    return _derived(adsl, "AGEGR1", words, _two_groups(pl.col("AGE"), OLDER_FROM))


def _two_groups(number: pl.Expr, cut: float) -> pl.Expr:
    below, above = pl.lit(f"< {cut:g}"), pl.lit(f">= {cut:g}")
    return pl.when(number < cut).then(below).when(number >= cut).then(above)


def _sites(adsl: pl.DataFrame) -> pl.DataFrame:
    """Liver, lung, elsewhere: from the places of all lesions at baseline."""
    places = (
        adsl.select("USUBJID", LOC=pl.col("ORGANS").str.split("; "))
        .explode("LOC")
        .drop_nulls("LOC")
        .with_columns(NODE=pl.col("LOC").str.contains("NODE"))
        .with_columns(LIVER=in_liver().fill_null(value=False))
        .with_columns(LUNG=pl.col("LOC").str.contains(r"\bLUNG|\bPULMON") & ~pl.col("NODE"))
        .with_columns(OTHER=~pl.col("LIVER") & ~pl.col("LUNG"))
    )
    found = places.group_by("USUBJID").agg(pl.col("LIVER", "LUNG", "OTHER").any())
    frame = adsl.join(found, on="USUBJID", how="left", maintain_order="left")
    pattern = pl.lit(None, pl.String)
    for (liver, lung, other), name in SITE_PATTERNS.items():
        fits = (pl.col("LIVER") == liver) & (pl.col("LUNG") == lung) & (pl.col("OTHER") == other)
        pattern = pl.when(fits).then(pl.lit(name)).otherwise(pattern)
    words = ("Sites of disease", "places of the lesions at baseline (TU)")
    return _derived(frame, "METSITE", words, pattern)


def _disease(adsl: pl.DataFrame) -> Iterator[pl.DataFrame]:
    targets = ("Target lesions", "lesions identified as target at baseline")
    total = ("Sum of target diameters (mm)", "sum of the targets at baseline")
    yield _derived(adsl, "TARGETN", targets, pl.col("TARGETN"))
    yield _derived(adsl, "SODBL", total, pl.col("SODBL"))


def _subgroup(group: Subgroup, adsl: pl.DataFrame, dm: pl.DataFrame) -> pl.DataFrame | None:
    """The level of each subject, `None` when nobody has a value (a number, where it is cut)."""
    name = group.variable.upper()
    frame = next((one for one in (dm, adsl) if name in one.columns), None)
    if frame is None:
        return None
    value = pl.col(name).cast(pl.String).str.strip_chars()
    if group.cut is not None:
        value = _two_groups(value.cast(pl.Float64, strict=False), group.cut)
    if frame.select(value.is_null().all()).item():
        return None
    rows = _rows(frame, f"GROUP_{group.id}", group.name, value)
    return rows.with_columns(
        AVAL=pl.lit(None, pl.Float64), RULEID=pl.lit("ICH E3 11.2"), REASON=pl.lit(f"by {name}")
    )


def _not_delivered(group: Subgroup) -> pl.DataFrame:
    kind = "values" if group.cut is None else "numbers"
    message = (
        f"Subgroup {group.id} asks for {group.variable}, which is no column of ADSL or DM with "
        f"{kind}: it is not shown."
    )
    rows = [("", "ICH E3 11.2", "error", message, "deliver the variable in DM or SUPPDM")]
    return pl.DataFrame(rows, schema=QUERY_SCHEMA, orient="row")
