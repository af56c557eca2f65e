"""Is the baseline valid? Findings about the lesions as delivered; nothing is dropped (section 2)."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from trialwright.subjects.reconcile import query
from trialwright.vocabulary.recist import Role

_MAX_TARGETS = 5
_MAX_PER_ORGAN = 2
_MIN_LESION_TENTHS = 100
_MIN_NODE_TENTHS = 150
_THICK_SLICE_MM = 5


def baseline_queries(lesions: pl.DataFrame, cells: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Flags for targets beyond the limits or too small (R-001, R-003, R-009).

    References
    ----------
    Eisenhauer et al., Eur J Cancer 2009;45:228-247, sections 3.1 and 3.2.
    """
    targets = lesions.filter(pl.col("ROLE") == int(Role.TARGET))
    many = targets.group_by("USUBJID").len().filter(pl.col("len") > _MAX_TARGETS)
    yield query(many["USUBJID"], "R-009", "More than 5 target lesions.")
    organ = pl.when(pl.col("NODE")).then(pl.lit("LYMPH NODES")).otherwise(organ_of("LOC"))
    crowded = (
        targets.with_columns(ORGAN=organ)
        .drop_nulls("ORGAN")
        .group_by("USUBJID", "ORGAN")
        .len()
        .filter(pl.col("len") > _MAX_PER_ORGAN)
    )
    yield query(crowded["USUBJID"], "R-009", "More than 2 target lesions in one organ.")
    base = cells.filter((pl.col("TP") == 0) & (pl.col("ROLE") == int(Role.TARGET))).join(
        lesions.select("S", "L", "SLICEMM"), on=["S", "L"], how="left"
    )
    slices = pl.col("SLICEMM").cast(pl.Float64, strict=False)
    minimum = pl.when(pl.col("NODE")).then(_MIN_NODE_TENTHS).otherwise(_MIN_LESION_TENTHS)
    thick = pl.when(slices > _THICK_SLICE_MM).then(slices * 20).otherwise(0)
    small = base.filter(pl.col("TENTHS") < pl.max_horizontal(minimum, thick))
    yield query(small["USUBJID"], "R-001", "A target lesion is below the measurable size.")


def organ_of(column: str) -> pl.Expr:
    """The organ of a location: laterality and lobes removed, paired organs are one (R-009)."""
    return (
        pl.col(column)
        .str.replace(r",.*$", "")
        .str.replace_all(
            r"\b(LEFT|RIGHT|BILATERAL|UPPER|LOWER|MIDDLE|LOBE|OF|THE|SEGMENT \S+)\b", ""
        )
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
        .str.replace(r"^(LUNG|KIDNEY|ADRENAL|OVAR)\w*( GLAND)?S?$", "$1")
    )
