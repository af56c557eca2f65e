"""What iRECIST asks of the records of new lesions: organ, measurable size, growth (R-087, R-088)."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.response.adapter import LesionRecords
from trialwright.response.baseline import organ_of
from trialwright.response.irecist.new_lesions import NewLesionFacts

_NODES = "LYMPH NODES"
#: Smallest measurable lesion and node, and the slice above which two slices count (R-001, R-003).
_LESION_TENTHS = 100
_NODE_TENTHS = 150
_THICK_SLICE_MM = 5


def new_lesion_facts(records: LesionRecords) -> NewLesionFacts:
    """Read organ, smallest measurable size and recorded growth of every lesion."""
    subjects, visits, width = records.history.shape
    slices = pl.col("SLICEMM").cast(pl.Float64, strict=False)
    least = pl.when(pl.col("NODE")).then(_NODE_TENTHS).otherwise(_LESION_TENTHS)
    twice = pl.when(slices > _THICK_SLICE_MM).then((slices * 20).round(6).ceil()).otherwise(0)
    organ = pl.when(pl.col("NODE")).then(pl.lit(_NODES)).otherwise(organ_of("LOC"))
    frame = records.lesions.select("S", "L", LEAST=pl.max_horizontal(least, twice), ORGAN=organ)
    names = sorted(frame["ORGAN"].drop_nulls().unique().to_list())
    codes = {name: code for code, name in enumerate(names)}
    at = (frame["S"].to_numpy(), frame["L"].to_numpy())
    minimum = np.full((subjects, width), _LESION_TENTHS, np.int32)
    minimum[at] = frame["LEAST"].to_numpy()
    organs = np.full((subjects, width), -1, np.int32)
    organs[at] = [codes.get(name, -1) for name in frame["ORGAN"]]
    grown = np.zeros((subjects, visits, width), np.bool_)
    grew = records.cells.filter(pl.col("GREW").fill_null(value=False) & (pl.col("TP") > 0))
    grown[grew["S"].to_numpy(), grew["TP"].to_numpy() - 1, grew["L"].to_numpy()] = True
    return NewLesionFacts(organ=organs, minimum=minimum, grown=grown)
