"""The baseline of a trial as the checks see it: one row a lesion, with texts for messages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.protocol.settled import SettledResponse
from trialwright.response.baseline.terms import NODES, SECTIONAL, in_bone, organ_of, way_of
from trialwright.response.lesions import Lesions
from trialwright.response.visits import TimePointTable
from trialwright.subjects.days import upper
from trialwright.subjects.procedures import linked_lesions, procedure_kind
from trialwright.vocabulary.recist import LesionState, Role

#: Least diameters in thousandths of a millimetre, as slices are finer than tenths (R-001 to R-003).
LESION, NODE, X_RAY, THICK_SLICE = 10_000, 15_000, 20_000, 5_000
_READ = (int(LesionState.MEASURED), int(LesionState.TOO_SMALL))
_UNTREATED = ("", "NONE", "NO", "N")


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What was read before anything is checked.

    Attributes
    ----------
    lesions, points, cells
        As in `adapter.LesionRecords`, before local therapy is applied.
    people
        Milestones: USUBJID, ENRLDT, TRTSDT among others.
    """

    study: str
    sdtm: Sdtm
    identified: Lesions
    table: TimePointTable
    lesions: pl.DataFrame
    points: pl.DataFrame
    cells: pl.DataFrame
    people: pl.DataFrame
    rule: SettledResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """The delivery with its baseline worked out.

    Attributes
    ----------
    lesions
        One row a lesion of TU with USUBJID, LNKID, ROLE, NODE, LOC, ORGAN, METHOD, WAY, TENTHS
        (null without a size at baseline), STATE (null without a record at baseline), DAY, MICRONS
        and LEAST (thousandths of a millimetre), TREATED, PROGLOC, ABLATED, and texts: NAME, SIZE,
        BY, NEED.
    prior
        Local treatment before the study: USUBJID, LNKID (null for a whole organ), NAME.
    by_role
        The lesions known at baseline, by role; `Role.NONE` has them all.
    """

    delivered: Delivered
    lesions: pl.DataFrame
    prior: pl.DataFrame
    by_role: Mapping[Role, pl.DataFrame]

    def known(self, role: Role | None = None) -> pl.DataFrame:
        """The lesions of baseline, all or those of one role."""
        return self.by_role[role or Role.NONE]


def baseline_of(delivered: Delivered) -> Baseline:
    """Work out what each lesion is and how it was measured at baseline."""
    prior = _procedures(delivered.sdtm, "prior")
    ablated = _procedures(delivered.sdtm, "study").drop_nulls("LNKID")
    named = prior.drop_nulls("LNKID").group_by("USUBJID", "LNKID").agg(pl.col("NAME").min())
    frame = (
        delivered.lesions.join(_records(delivered.cells), on=["S", "L"], how="left")
        .join(named.rename({"NAME": "PRNAME"}), on=["USUBJID", "LNKID"], how="left")
        .join(
            ablated.select("USUBJID", "LNKID", ABLATED=pl.lit(value=True)).unique(),
            on=["USUBJID", "LNKID"],
            how="left",
        )
        .with_columns(
            METHOD=pl.coalesce("HOW", "METHOD"),
            BONETYPE=upper("BONETYPE").replace("", None),
            PROGLOC=upper("PROGLOC").fill_null(""),
            TREATED=pl.coalesce(_said("PRIORLOC"), "PRNAME"),
            ABLATED=pl.col("ABLATED").fill_null(value=False),
        )
    )
    lesions = _worded(_limited(frame))
    role = pl.col("ROLE")
    by_role = {
        one: lesions.filter(role == int(one)) for one in (Role.TARGET, Role.NON_TARGET, Role.NEW)
    }
    by_role[Role.NONE] = lesions.filter(role != int(Role.NEW))
    return Baseline(delivered=delivered, lesions=lesions, prior=prior, by_role=by_role)


def _procedures(sdtm: Sdtm, kind: str) -> pl.DataFrame:
    chosen = linked_lesions(sdtm).filter(procedure_kind() == kind)
    return chosen.select("USUBJID", "LNKID", NAME=upper("PRTRT"))


def _said(column: str) -> pl.Expr:
    """A treatment that is named; words for none are null."""
    word = upper(column)
    return pl.when(~word.is_in(_UNTREATED)).then(word)


def _records(cells: pl.DataFrame) -> pl.DataFrame:
    """Size, state, date and method of each lesion at the baseline time point."""
    return cells.filter(pl.col("TP") == 0).select(
        "S", "L", "DAY", "STATE", "LENGTH", "HOW",
        TENTHS=pl.when(pl.col("LENGTH").is_in(_READ)).then(pl.col("TENTHS")),
    )  # fmt: skip


def _limited(frame: pl.DataFrame) -> pl.DataFrame:
    """Add the way of measuring and the least diameter of a measurable lesion (R-001 to R-003)."""
    frame = frame.with_columns(
        WAY=way_of("METHOD"),
        BONE=(in_bone("LOC") & ~pl.col("NODE")).fill_null(value=False)
        | pl.col("BONETYPE").is_not_null(),
        ORGAN=pl.when(pl.col("NODE")).then(pl.lit(NODES)).otherwise(organ_of("LOC")),
        MICRONS=pl.col("TENTHS") * 100,
        SLICE=_slice_microns(),
    ).with_columns(
        ORGAN=pl.when(pl.col("BONE")).then(pl.lit("BONE")).otherwise(pl.col("ORGAN")),
        SECTIONAL=pl.col("WAY").is_in(SECTIONAL) | pl.col("WAY").is_null(),
    )
    plain = (
        pl.when(pl.col("NODE")).then(NODE)
        .when(pl.col("WAY") == "X-RAY").then(X_RAY)
        .otherwise(LESION)
    )  # fmt: skip
    thick = pl.col("SECTIONAL") & (pl.col("SLICE") > THICK_SLICE)
    return frame.with_columns(
        LEAST=pl.max_horizontal(plain, pl.when(thick).then(2 * pl.col("SLICE")).otherwise(0)),
        THICK=thick.fill_null(value=False),
    )


def _slice_microns() -> pl.Expr:
    """Slice thickness in whole thousandths of a millimetre, null when it cannot be read."""
    number = pl.col("SLICEMM").str.strip_chars().cast(pl.Float64, strict=False)
    usable = number.is_finite() & (number > 0) & (number < 1000)
    return pl.when(usable).then((number * 1000).round().cast(pl.Int64))


def _worded(frame: pl.DataFrame) -> pl.DataFrame:
    place = pl.col("LOC").fill_null("no location")
    tenths = pl.col("TENTHS")
    by = pl.when(pl.col("WAY").is_null()).then(pl.lit("")).otherwise(pl.format(" by {}", "WAY"))
    cut = pl.when(pl.col("THICK")).then(
        pl.format(" in slices of {} mm", pl.col("SLICEMM").str.strip_chars())
    )
    need = (pl.col("LEAST") / 1000).cast(pl.String).str.strip_suffix(".0")
    return frame.with_columns(
        NAME=pl.format("{} ({})", "LNKID", place),
        SIZE=pl.format("{}.{}", tenths // 10, tenths % 10),
        BY=pl.concat_str(by, cut.fill_null("")),
        NEED=need,
    ).sort("USUBJID", "ROLE", "LNKID")
