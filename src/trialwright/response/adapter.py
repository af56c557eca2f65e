"""SDTM to the arrays of the response engine: TU, TR and PR of one evaluator.

Rules of section 14. Everything that is refused is refused here or in the modules it calls; what
is not used goes to the reconciliation.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledResponse
from trialwright.response.baseline import baseline_queries
from trialwright.response.baseline.entry import Delivered
from trialwright.response.doubts import cell_queries
from trialwright.response.history import Codes, LesionHistory
from trialwright.response.lesions import Lesions, identify_lesions
from trialwright.response.local.policies import treat_lesions
from trialwright.response.local.rebaseline import Rebased, Tables
from trialwright.response.local.therapy import LocalTherapy, local_therapy
from trialwright.response.marker import Scans, no_marker_texts, read_markers
from trialwright.response.measurements import Measurements, read_measurements, refuse_long_axis
from trialwright.response.mrecist.viable import without_viable
from trialwright.response.newlesions import at_known_site, certain_states
from trialwright.response.parts import apply_merges, joined_fragments
from trialwright.response.reported.convinced import take_arguments
from trialwright.response.visits import TimePointTable, number_time_points
from trialwright.subjects.reconcile import query, unused
from trialwright.vocabulary.recist import NO_DAY, LesionState, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionRecords:
    """The history with the tables that lead back from each array cell to its records.

    Attributes
    ----------
    subjects
        USUBJID in array order (sorted).
    history
        Arrays of the engine.
    lesions
        USUBJID, S, L, LNKID, ROLE, NODE, LOC.
    points
        USUBJID, S, TP (0 baseline, array index is TP - 1), VISIT, FIRST, LAST.
    cells
        S, TP, L, LNKID, STATE, TENTHS, DAY, REASON, SRCSEQ: what was recorded, baseline included.
    visits
        USUBJID, VISITNUM, TP: the time point of each visit, null before baseline.
    local, readings
        Local therapy of the lesions (R-100, R-141), and tumour found at ablation zones (R-106).
    markers
        USUBJID, S, TP, MARKER: what a tumour marker says where it decides (R-040).
    measurable
        Measurable disease at baseline where lesions cannot say it [S]: 0 no, 1 yes, 2 not known.
    arguments
        Written arguments of the reader (R-035): USUBJID, S, TP, SAID, TEXT, SEQ, TAKEN.
    flags, delivered
        What reading flagged, and what is still to be checked, `None` where no lesions were read.
    """

    subjects: tuple[str, ...]
    history: LesionHistory
    lesions: pl.DataFrame
    points: pl.DataFrame
    cells: pl.DataFrame
    visits: pl.DataFrame
    local: LocalTherapy
    readings: pl.DataFrame
    markers: pl.DataFrame = field(default_factory=no_marker_texts)
    unused: tuple[pl.DataFrame, ...]
    flags: tuple[pl.DataFrame, ...]
    delivered: Delivered | None
    measurable: Codes | None = None
    arguments: pl.DataFrame | None = None

    @property
    def queries(self) -> tuple[pl.DataFrame, ...]:
        """All flags: those of reading, then what the checks find, worked out when asked for."""
        if self.delivered is None:
            return self.flags
        given = self.delivered
        silent = _silent(given.lesions, given.points, given.cells)
        return (*self.flags, *baseline_queries(given), *silent, *cell_queries(given.cells))


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedLesions:
    """Lesions and measurements at their time points, before a missing baseline is refused."""

    delivered: Delivered
    long_axis: pl.DataFrame
    unused: tuple[pl.DataFrame, ...]
    queries: tuple[pl.DataFrame, ...]


def place_lesions(
    study: str,
    sdtm: Sdtm,
    milestones: pl.DataFrame,
    rule: SettledResponse,
    table: TimePointTable | None = None,
) -> PlacedLesions:
    """Read TU and TR and give each record its time point.

    `table` holds time points that were numbered before, when the same scans are read once more
    with other sizes (R-126).

    Raises
    ------
    DataError
        For records that cannot be read (R-143).
    """
    identified = identify_lesions(sdtm, rule.evaluator)
    measured = read_measurements(without_viable(sdtm, rule), identified, rule.evaluator)
    table = table or number_time_points(identified, measured, milestones, rule)
    subjects = milestones["USUBJID"].to_list()
    lesions = _indexed_lesions(identified, subjects)
    cells, dropped = _placed(measured, table, lesions)
    cells, flags = certain_states(cells, identified, table, lesions, rule)
    delivered = Delivered(
        study=study,
        sdtm=sdtm,
        identified=identified,
        table=table,
        lesions=lesions,
        points=_indexed(table.points, subjects),
        cells=cells,
        people=milestones,
        rule=rule,
    )
    return PlacedLesions(
        delivered=delivered,
        long_axis=measured.long_axis,
        unused=(*identified.unused, *measured.unused, *dropped),
        queries=(*identified.queries, *measured.queries, *table.queries, *flags),
    )


def read_lesions(
    protocol: Protocol,
    sdtm: Sdtm,
    milestones: pl.DataFrame,
    rule: SettledResponse,
    table: TimePointTable | None = None,
) -> LesionRecords:
    """Build the lesion history of every subject of DM for the evaluator of `rule`.

    `table` as in `place_lesions`.

    Raises
    ------
    DataError
        For anything that R-143 refuses.
    """
    placed = place_lesions(protocol.id, sdtm, milestones, rule, table)
    _refuse_no_baseline(sdtm, placed.delivered.lesions, placed.delivered.cells)
    refuse_long_axis(sdtm, placed.long_axis)
    subjects = milestones["USUBJID"].to_list()
    local = local_therapy(protocol, sdtm, placed.delivered.lesions)
    treated = _treated(placed.delivered, subjects, local, rule)
    scans = Scans(points=treated.tables.points, visits=treated.tables.visits, people=milestones)
    markers = read_markers(sdtm, treated.history, scans, rule)
    argued = take_arguments(sdtm, tuple(subjects), scans.visits, markers.history, rule)
    return LesionRecords(
        subjects=tuple(subjects),
        history=argued.history,
        lesions=treated.tables.lesions,
        points=treated.tables.points,
        cells=treated.tables.cells,
        visits=treated.tables.visits,
        local=local,
        readings=treated.tables.readings,
        markers=markers.shown,
        unused=(*placed.unused, *treated.unused, *markers.unused),
        arguments=argued.frame,
        flags=(
            *placed.queries, *local.queries, *treated.queries, *markers.queries, *argued.queries,
        ),
        delivered=placed.delivered,
    )  # fmt: skip


def _treated(
    given: Delivered, subjects: list[str], local: LocalTherapy, rule: SettledResponse
) -> Rebased:
    """The arrays of the engine with merged and locally treated lesions as they count."""
    history = _arrays(subjects, given.lesions, given.points, given.cells)
    history = apply_merges(history, given.cells, given.identified.merged, given.lesions)
    tables = Tables(
        lesions=given.lesions, points=given.points, cells=given.cells, visits=given.table.frame
    )
    return treat_lesions(tables, history, local, rule)


def _indexed(frame: pl.DataFrame, subjects: list[str]) -> pl.DataFrame:
    """Add the array index S of each subject."""
    index = pl.DataFrame({"USUBJID": subjects}).with_row_index("S")
    return frame.join(index.with_columns(pl.col("S").cast(pl.Int32)), on="USUBJID")


def _indexed_lesions(identified: Lesions, subjects: list[str]) -> pl.DataFrame:
    frame = _indexed(identified.frame, subjects).sort("S", "ROLE", "LNKID")
    return frame.with_columns(L=pl.int_range(pl.len(), dtype=pl.Int32).over("S"))


def _placed(
    measured: Measurements, table: TimePointTable, lesions: pl.DataFrame
) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Cells with array indices; fragments joined to their parent; earlier visits set aside."""
    cells = measured.cells.join(
        table.frame, on=["USUBJID", "VISITNUM"], how="left", maintain_order="left"
    )
    cells = joined_fragments(cells)
    index = lesions.select("USUBJID", "S", "L", OWNER=pl.col("LNKID"))
    cells = cells.join(index, on=["USUBJID", "OWNER"], how="left", maintain_order="left")
    early = pl.col("TP").is_null() & pl.col("ANYDAY").is_not_null()
    undated = pl.col("TP").is_null() & pl.col("ANYDAY").is_null()
    known = at_known_site() & pl.col("TP").is_not_null()
    dropped = [
        _unused_cells(cells.filter(early), "R-013", "before the baseline time point"),
        _unused_cells(cells.filter(undated), "R-131", "visit without any dated record"),
        _unused_cells(cells.filter(known), "R-048", "finding at a site known at baseline"),
    ]
    kept = cells.filter(pl.col("TP").is_not_null() & ~known)
    order = ("S", "TP", "L", "SEEN", "DAY", "VISITNUM")
    kept = kept.with_columns(
        SEEN=pl.col("STATE") != int(LesionState.NE), LNKID=pl.col("OWNER")
    ).sort(order)
    last = kept.unique(("S", "TP", "L"), keep="last", maintain_order=True)
    older = kept.join(
        last.select("S", "TP", "L", "VISITNUM"), on=["S", "TP", "L", "VISITNUM"], how="anti"
    )
    dropped.append(_unused_cells(older, "R-059", "an earlier scan of the same time point"))
    return last.drop("SEEN"), dropped


def _unused_cells(cells: pl.DataFrame, rule: str, reason: str) -> pl.DataFrame:
    rows = cells.with_columns(pl.col("SRCSEQ").str.split(" ")).explode("SRCSEQ")
    return unused("TR", rows.rename({"SRCSEQ": "TRSEQ"}), rule, reason)


def _refuse_no_baseline(sdtm: Sdtm, lesions: pl.DataFrame, cells: pl.DataFrame) -> None:
    """A target needs a baseline value above zero (R-016, R-143)."""
    targets = lesions.filter(pl.col("ROLE") == int(Role.TARGET))
    values = cells.filter((pl.col("TP") == 0) & (pl.col("TENTHS") > 0)).select("S", "L")
    bad = targets.join(values, on=["S", "L"], how="anti")
    if bad.height == 0:
        return
    rows = bad.sort(ROW).head(10)
    shown = "; ".join(
        f"{sdtm.where('TU', r[ROW], 'TULNKID')}: lesion {r['LNKID']} of subject {r['USUBJID']}"
        for r in rows.to_dicts()
    )
    raise DataError(
        f"{bad.height} target lesion{'s have' if bad.height > 1 else ' has'} no baseline diameter.",
        where=shown,
        allowed="for each target one TR record at the baseline visit: LDIAM, or LPERP for a node, "
        "above 0 mm, with the same TRLNKID and VISITNUM as in TU",
        do="add the measurement to TR, or correct its identifier, test or visit",
    )


def _arrays(
    subjects: list[str], lesions: pl.DataFrame, points: pl.DataFrame, cells: pl.DataFrame
) -> LesionHistory:
    n = len(subjects)
    width = _largest(lesions["L"]) + 1
    visits = max(_largest(points["TP"]), 1)
    s, lesion = lesions["S"].to_numpy(), lesions["L"].to_numpy()
    role = np.zeros((n, width), np.int8)
    role[s, lesion] = lesions["ROLE"].to_numpy()
    node = np.zeros((n, width), np.bool_)
    node[s, lesion] = lesions["NODE"].to_numpy()
    first, last = np.full((n, visits), NO_DAY, np.int32), np.full((n, visits), NO_DAY, np.int32)
    count = np.zeros(n, np.int32)
    after = points.filter(pl.col("TP") > 0)
    ps, pv = after["S"].to_numpy(), after["TP"].to_numpy() - 1
    first[ps, pv], last[ps, pv] = after["FIRST"].to_numpy(), after["LAST"].to_numpy()
    np.maximum.at(count, ps, pv + 1)
    baseline = np.zeros((n, width), np.int32)
    base = cells.filter((pl.col("TP") == 0) & (pl.col("ROLE") == int(Role.TARGET)))
    baseline[base["S"].to_numpy(), base["L"].to_numpy()] = base["TENTHS"].to_numpy()
    known = np.isin(role, (Role.TARGET, Role.NON_TARGET))
    state = np.zeros((n, visits, width), np.int8)
    state[:] = np.where(known, LesionState.NE, LesionState.NONE)[:, None, :]
    size = np.zeros((n, visits, width), np.int32)
    day = np.full((n, visits, width), NO_DAY, np.int32)
    gone = np.zeros((n, visits, width), np.bool_)
    later = cells.filter(pl.col("TP") > 0)
    at = (later["S"].to_numpy(), later["TP"].to_numpy() - 1, later["L"].to_numpy())
    state[at] = later["STATE"].to_numpy()
    size[at] = later["TENTHS"].to_numpy()
    day[at] = later["DAY"].fill_null(NO_DAY).to_numpy()
    gone[at] = later["GONE"].to_numpy()
    return LesionHistory(
        role=role, node=node, zone=np.zeros_like(node), baseline=baseline, state=state, size=size,
        resolved=gone, day=day, first_day=first, last_day=last, visits=count,
        marker=np.zeros((n, visits), np.int8), convinced=np.zeros((n, visits), np.int8),
    )  # fmt: skip


def _largest(values: pl.Series) -> int:
    """The largest of non-negative integers, 0 for none."""
    return int(values.to_numpy().max(initial=0))


def _silent(lesions: pl.DataFrame, points: pl.DataFrame, cells: pl.DataFrame) -> list[pl.DataFrame]:
    """Lesions of baseline without any record at a time point: not evaluable, flagged (R-136)."""
    known = lesions.filter(pl.col("ROLE") != int(Role.NEW)).select("USUBJID", "S", "L")
    due = known.join(points.filter(pl.col("TP") > 0).select("S", "TP"), on="S")
    missing = due.join(cells.select("S", "TP", "L"), on=["S", "TP", "L"], how="anti")
    bare = cells.filter(
        (pl.col("ROLE") == int(Role.NON_TARGET))
        & (pl.col("TP") > 0)
        & (pl.col("STATE") == int(LesionState.NE))
        & (pl.col("LENGTH") == int(LesionState.MEASURED))
    )
    parts = cells.filter(pl.col("PIECES").is_not_null()).with_columns(
        PARTS=pl.col("PIECES").str.count_matches(" and ")
    )
    fewer = parts.filter(pl.col("PARTS") < pl.col("PARTS").cum_max().over("S", "L", order_by="TP"))
    return [
        query(
            missing["USUBJID"], "R-136", "A lesion has no record at a time point: not evaluable."
        ),
        query(
            fewer["USUBJID"],
            "R-136",
            "A fragment of a split lesion has no record at a time point: not evaluable.",
        ),
        query(
            bare["USUBJID"],
            "R-139",
            "A non-target lesion has a length but no state (TUMSTATE): not evaluable.",
        ),
    ]
