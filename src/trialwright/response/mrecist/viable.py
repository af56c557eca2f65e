"""Viable diameters of TR: the rows that mRECIST reads in place of the longest diameters (R-121).

The viable diameter of a target goes the way of its longest diameter: the same units, words,
refusals, parts and local therapy (R-133 to R-138, R-143). Nodes keep their short axis, and targets
that do not enhance their RECIST 1.1 diameter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.settled import SettledResponse
from trialwright.response.lesions import Lesions, with_qualifiers
from trialwright.response.visits import TimePointTable
from trialwright.subjects.days import upper
from trialwright.subjects.reconcile import query, unused
from trialwright.vocabulary.mrecist import BY_RECIST, ENHANCING
from trialwright.vocabulary.recist import (
    ABSENT_WORDS,
    LONG_AXIS_TESTS,
    NE_WORDS,
    TOO_SMALL_WORDS,
    VIABLE_TESTS,
    Role,
)

_NUMBER = r"^\d+(\.\d+)?$"
_RECORD = (
    "record the viable diameter in TR (VLDIAM), or say in TU that it does not enhance (ENHPAT)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ViableRows:
    """TU and TR as the reader of lesions takes them, LDIAM being the viable diameter.

    `unread` are subjects with enhancing targets and without any viable diameter: nothing is
    derived for them. `targets` are the targets that are measured by their viable diameter:
    USUBJID, LNKID. `rows` are the viable records: USUBJID, TRSEQ.
    """

    sdtm: Sdtm
    unread: tuple[str, ...]
    targets: pl.DataFrame
    rows: pl.DataFrame
    unused: tuple[pl.DataFrame, ...]
    queries: tuple[pl.DataFrame, ...]


def without_viable(sdtm: Sdtm, rule: SettledResponse) -> Sdtm:
    """The records for RECIST 1.1, where the rule names mRECIST and viable diameters go there."""
    if "mRECIST" not in rule.criteria:
        return sdtm
    tr = sdtm["TR"]
    kept = tr.filter(~upper("TRTESTCD").is_in(VIABLE_TESTS).fill_null(value=False))
    return replace(sdtm, domains={**sdtm.domains, "TR": kept})


def has_viable(sdtm: Sdtm) -> bool:
    """Whether TR holds a viable diameter of anybody."""
    return bool(sdtm["TR"].select(upper("TRTESTCD").is_in(VIABLE_TESTS).any()).item())


def viable_rows(sdtm: Sdtm, lesions: Lesions, table: TimePointTable) -> ViableRows:
    """Put the viable diameters of one reader in the place of the longest diameters.

    A target that RECIST 1.1 records as absent, not evaluable or merged is so by mRECIST when it has
    no viable record of its own; with a number only it is not evaluable (R-136).

    Raises
    ------
    DataError
        For a word of ENHPAT that is not listed, and for a target without a viable diameter at
        baseline of a subject who has viable diameters (R-143).
    """
    viable = pl.col("VIABLE")
    targets = _targets(sdtm, lesions)
    mine = _known(sdtm, lesions).join(
        targets, on=["USUBJID", "OWNER"], how="left", maintain_order="left"
    )
    enhancing = (pl.col("WAY") == "VIABLE").fill_null(value=False)
    read = mine.filter(viable & (enhancing | pl.col("ROLE").is_null()))
    dropped, read = _set_aside(mine, read, table)
    asked = targets.filter(pl.col("WAY") == "VIABLE")
    there = read.select("USUBJID").unique()
    unread = asked.join(there, on="USUBJID", how="anti")["USUBJID"].unique().sort().to_list()
    asked = asked.join(there, on="USUBJID", how="semi").rename({"OWNER": "LNKID"})
    _refuse_no_baseline(sdtm, asked, read, table)
    kept, bare = _beside(mine.filter(~viable), read, enhancing)
    tr = pl.concat([kept, read.with_columns(TRTESTCD=pl.lit("LDIAM"))], how="diagonal").sort(ROW)
    tr = tr.select(sdtm["TR"].columns).filter(~pl.col("USUBJID").is_in(unread))
    tu = sdtm["TU"].filter(~pl.col("USUBJID").is_in(unread))
    return ViableRows(
        sdtm=replace(sdtm, domains={**sdtm.domains, "TR": tr, "TU": tu}),
        unread=tuple(unread),
        targets=asked.select("USUBJID", "LNKID"),
        rows=read.select("USUBJID", "TRSEQ"),
        unused=tuple(dropped),
        queries=(
            *_bare_queries(bare.filter(~pl.col("USUBJID").is_in(unread))),
            *_longer(mine, read),
        ),
    )


def _known(sdtm: Sdtm, lesions: Lesions) -> pl.DataFrame:
    """TR with LNKID, OWNER (of fragments and joint names), TEXT and VIABLE."""
    tr = with_qualifiers(sdtm["TR"], "MERGEDTO").with_columns(
        LNKID=upper("TRLNKID"),
        TEST=upper("TRTESTCD"),
        TEXT=upper("TRORRES").replace("", None),
        VISIT_=pl.col("VISITNUM").cast(pl.Float64, strict=False),
    )
    joint = lesions.merged.filter(pl.col("LNKID").str.contains("/", literal=True))
    pairs = pl.concat([lesions.split, joint]).rename({"PARENT": "OWNER"})
    tr = tr.join(pairs, on=["USUBJID", "LNKID"], how="left", maintain_order="left")
    return tr.with_columns(
        OWNER=pl.coalesce("OWNER", "LNKID"),
        VIABLE=pl.col("TEST").is_in(VIABLE_TESTS).fill_null(value=False),
    )


def _targets(sdtm: Sdtm, lesions: Lesions) -> pl.DataFrame:
    """Every lesion with ROLE and WAY: USUBJID, OWNER; VIABLE, RECIST (R-121), NODE or OTHER."""
    tu = with_qualifiers(sdtm["TU"], "ENHPAT")
    tu = tu.with_columns(PATTERN=upper("ENHPAT").replace("", None), OWNER=upper("TULNKID"))
    _refuse_patterns(sdtm, tu)
    told = tu.sort(ROW).group_by("USUBJID", "OWNER").agg(pl.col("PATTERN").drop_nulls().first())
    frame = lesions.frame.select("USUBJID", "ROLE", "NODE", OWNER="LNKID")
    frame = frame.join(told, on=["USUBJID", "OWNER"], how="left", maintain_order="left")
    way = (
        pl.when(pl.col("ROLE") != int(Role.TARGET)).then(pl.lit("OTHER"))
        .when(pl.col("NODE")).then(pl.lit("NODE"))
        .when(pl.col("PATTERN").is_in(BY_RECIST)).then(pl.lit("RECIST"))
        .otherwise(pl.lit("VIABLE"))
    )  # fmt: skip
    return frame.select("USUBJID", "OWNER", "ROLE", WAY=way)


def _refuse_patterns(sdtm: Sdtm, tu: pl.DataFrame) -> None:
    bad = tu.filter(~pl.col("PATTERN").is_in(ENHANCING | BY_RECIST)).sort(ROW)
    if bad.height:
        row = bad.row(0, named=True)
        raise DataError(
            f"{bad.height} enhancement pattern{'s are' if bad.height > 1 else ' is'} not listed.",
            where=f'{sdtm.where("TU", row[ROW], "ENHPAT")}: "{row["ENHPAT"]}"',
            allowed="ENHANCING; NON-ENHANCING or INFILTRATIVE for the RECIST 1.1 diameter (R-121)",
            do="correct ENHPAT in TU, or leave it empty for an enhancing lesion",
            records=tuple(("TU", at) for at in bad[ROW]),
        )


def _set_aside(
    mine: pl.DataFrame, read: pl.DataFrame, table: TimePointTable
) -> tuple[list[pl.DataFrame], pl.DataFrame]:
    """Viable records that are not read, each with its reason, and the ones that are."""
    visits = table.frame.select("USUBJID", VISIT_="VISITNUM")
    lost = read.filter(pl.col("VISIT_").is_not_null() & pl.col("ROLE").is_not_null())
    lost = lost.join(visits, on=["USUBJID", "VISIT_"], how="anti")
    viable = pl.col("VIABLE")
    reasons = (
        (pl.col("WAY") == "RECIST", "R-121", "the lesion does not enhance: its RECIST 1.1 diameter counts"),
        (pl.col("WAY") == "NODE", "R-123", "a node counts by its short axis"),
        (pl.col("WAY") == "OTHER", "R-121", "viable diameter of a lesion that is no target"),
    )  # fmt: skip
    dropped = [unused("TR", mine.filter(viable & which), *why) for which, *why in reasons]
    dropped.append(unused("TR", lost, "R-131", "no other record of the lesions at this visit"))
    return dropped, read.filter(~pl.col(ROW).is_in(lost[ROW].implode()))


def _refuse_no_baseline(
    sdtm: Sdtm, targets: pl.DataFrame, read: pl.DataFrame, table: TimePointTable
) -> None:
    """A target that is followed by its viable diameter needs one at baseline (R-016, R-143)."""
    baseline = table.frame.filter(pl.col("TP") == 0).select("USUBJID", VISIT_="VISITNUM")
    number = pl.col("TEXT").str.contains(_NUMBER) & (
        pl.col("TEXT").cast(pl.Float64, strict=False) > 0
    )
    given = number.fill_null(value=False) | pl.col("TEXT").is_in(TOO_SMALL_WORDS)
    there = read.filter(given).join(baseline, on=["USUBJID", "VISIT_"], how="semi")
    bad = targets.join(there.select("USUBJID", LNKID="OWNER"), on=["USUBJID", "LNKID"], how="anti")
    if bad.height == 0:
        return
    shown = "; ".join(
        f"lesion {name} of subject {subject}"
        for subject, name in bad.sort("USUBJID", "LNKID").head(10)["USUBJID", "LNKID"].rows()
    )
    raise DataError(
        f"{bad.height} target{'s have' if bad.height > 1 else ' has'} no viable diameter at "
        "baseline.",
        where=f"{sdtm.file('TR')}, TRTESTCD VLDIAM, {shown}",
        allowed="for each enhancing target one TR record VLDIAM at the baseline visit, above 0 mm",
        do=_RECORD,
    )


def _beside(
    rows: pl.DataFrame, read: pl.DataFrame, enhancing: pl.Expr
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """RECIST 1.1 records that stay: not the diameters of enhancing targets.

    Of those a record stays that says why there is no number, where no viable one stands beside it.
    The second frame has the diameters without a viable one.
    """
    size = enhancing & pl.col("TEST").is_in(LONG_AXIS_TESTS)
    seen = read.select("USUBJID", "OWNER", "VISIT_").unique()
    sizes = rows.filter(size).join(seen, on=["USUBJID", "OWNER", "VISIT_"], how="anti")
    zero = pl.col("TEXT").cast(pl.Float64, strict=False) == 0
    silent = (
        pl.col("TEXT").is_null()
        | pl.col("TEXT").is_in(ABSENT_WORDS | NE_WORDS)
        | zero
        | (upper("TRSTAT") == "NOT DONE")
        | pl.col("MERGEDTO").is_not_null()
    ).fill_null(value=False)
    kept = pl.concat([rows.filter(~size), sizes.filter(silent)])
    return kept, sizes.filter(~silent)


def _bare_queries(bare: pl.DataFrame) -> list[pl.DataFrame]:
    rows = bare.select("USUBJID", "OWNER", "TRDTC").unique().sort("USUBJID", "OWNER", "TRDTC")
    text = "mRECIST: {} has a diameter but no viable diameter on {}: not evaluable."
    return [
        query((name,), "R-136", text.format(lesion, (day or "no date")[:10]), do=_RECORD)
        for name, lesion, day in rows.iter_rows()
    ]


def _longer(mine: pl.DataFrame, read: pl.DataFrame) -> list[pl.DataFrame]:
    """Viable parts that are longer than their lesion."""

    def tenths(frame: pl.DataFrame) -> pl.DataFrame:
        unit = upper("TRORRESU").replace_strict({"MM": 10, "CM": 100}, default=None)
        number = pl.col("TEXT").cast(pl.Float64, strict=False) * unit
        return frame.select("USUBJID", "LNKID", "VISIT_", SIZE=number, DATE=pl.col("TRDTC"))

    whole = tenths(mine.filter(~pl.col("VIABLE") & pl.col("TEST").is_in(LONG_AXIS_TESTS)))
    pairs = tenths(read).join(whole, on=["USUBJID", "LNKID", "VISIT_", "DATE"], suffix="_ALL")
    bad = pairs.filter(pl.col("SIZE") > pl.col("SIZE_ALL") + 1e-6).unique().sort(pl.all())
    return [
        query(
            (name,),
            "R-121",
            f"mRECIST: the viable part of {lesion} is longer than the lesion on {(day or '')[:10]}.",
            do="check VLDIAM and LDIAM of this scan",
        )
        for name, lesion, day in bad.select("USUBJID", "LNKID", "DATE").iter_rows()
    ]
