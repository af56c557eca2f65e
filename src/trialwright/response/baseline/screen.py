"""The baseline of a trial before anything is derived: what is refused later is a finding here.

Records that cannot be read are listed and set aside, so that one of them does not hide the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Sdtm
from trialwright.protocol.settled import SettledResponse
from trialwright.response.adapter import PlacedLesions, place_lesions
from trialwright.response.baseline.checks import baseline_queries, refused_at_baseline
from trialwright.response.baseline.entry import Baseline, baseline_of
from trialwright.subjects.reconcile import QUERY_SCHEMA, query, stacked
from trialwright.vocabulary.recist import Role

_LINK = {"TU": "TULNKID", "TR": "TRLNKID"}
#: What the record says: test and value of a measurement, category and place of a lesion.
_SHOWN = {"TU": ("TUORRES", "TULOC"), "TR": ("TRTESTCD", "TRORRES", "TRORRESU", "TRSTAT")}


@dataclass(frozen=True, slots=True)
class Screened:
    """What was found.

    Attributes
    ----------
    queries
        Findings in the form of queries; `error` also for what the derivation refuses.
    baseline
        `None` when the lesions could not be read at all.
    """

    queries: pl.DataFrame
    baseline: Baseline | None


def screen_baseline(
    study: str, sdtm: Sdtm, milestones: pl.DataFrame, rule: SettledResponse
) -> Screened:
    """Check the baseline of every subject; data without follow-up are as good as any.

    Parameters
    ----------
    study
        Id of the protocol.
    sdtm
        Domains up to the data cut-off.
    milestones
        As `derive_milestones` gives them.
    rule
        The evaluator, the window of baseline, whether measurable disease is required.

    Returns
    -------
    Screened
        Never a refusal of single records (R-143): they are findings.
    """
    found: list[pl.DataFrame] = []
    while True:
        try:
            placed = place_lesions(study, sdtm, milestones, rule)
        except DataError as refusal:
            found.append(_refused(refusal, sdtm))
            if not refusal.records:
                return Screened(stacked(found, QUERY_SCHEMA), None)
            sdtm = _without(sdtm, refusal.records)
        else:
            break
    delivered = placed.delivered
    found += [*placed.queries, *_long_axes(placed)]
    found += [*baseline_queries(delivered), *refused_at_baseline(delivered)]
    return Screened(stacked(found, QUERY_SCHEMA), baseline_of(delivered))


def extent(baseline: Baseline) -> pl.DataFrame:
    """One row a subject: USUBJID, TARGETS, OTHERS, TENTHS (the sum), FIRST and LAST scan, TRTSDT.

    The sum is null when a target has no size, the scans are null without a baseline scan.
    """
    known = baseline.known()
    target = pl.col("ROLE") == int(Role.TARGET)
    size = pl.col("TENTHS").filter(target)
    counted = known.group_by("USUBJID").agg(
        TARGETS=target.sum(),
        OTHERS=(~target).sum(),
        TENTHS=pl.when((size.len() > 0) & (size.null_count() == 0)).then(size.sum()),
        FIRST=pl.col("DAY").min(),
        LAST=pl.col("DAY").max(),
    )
    people = baseline.delivered.people.select("USUBJID", "TRTSDT")
    return people.join(counted, on="USUBJID", how="left", maintain_order="left").with_columns(
        pl.col("TARGETS", "OTHERS").fill_null(0)
    )


def _refused(refusal: DataError, sdtm: Sdtm) -> pl.DataFrame:
    """A refusal as findings: one a subject with its records, or one of the trial."""
    what = refusal.what.rstrip(".").lstrip("0123456789 ")
    if not refusal.records:
        text = f"{refusal.where}: {what} (R-143)"
        return query([""], "R-143", text, "error", refusal.do)
    rows = [_shown(sdtm, code, at) for code, at in refusal.records]
    told: dict[str, list[str]] = {}
    for subject, text in sorted(rows):
        told.setdefault(subject, []).append(text)
    found = [
        query([name], "R-143", f"{'; '.join(texts)}: {what} (R-143)", "error", refusal.do)
        for name, texts in told.items()
    ]
    return pl.concat(found)


def _shown(sdtm: Sdtm, code: str, at: int) -> tuple[str, str]:
    """The subject of a record, and the record in words."""
    row = sdtm[code].row(by_predicate=pl.col(ROW) == at, named=True)
    said = " ".join(f'"{row[name]}"' for name in _SHOWN[code] if row[name] is not None)
    lesion = (row[_LINK[code]] or "").strip().upper()
    return row["USUBJID"], f"{lesion} ({said}; {sdtm.origin(code).row(at)})"


def _without(sdtm: Sdtm, records: Sequence[tuple[str, int]]) -> Sdtm:
    domains = dict(sdtm.domains)
    for code in sorted({code for code, _ in records}):
        rows = [at for where, at in records if where == code]
        domains[code] = domains[code].filter(~pl.col(ROW).is_in(rows))
    return replace(sdtm, domains=domains)


def _long_axes(placed: PlacedLesions) -> list[pl.DataFrame]:
    """Target nodes that were measured by their long axis only (R-133)."""
    return [
        query(
            [row["USUBJID"]],
            "R-133",
            f"{row['LNKID']}: a target node with a long axis ({row['TEST']} {row['TEXT']} "
            f"{(row['UNIT'] or '').lower()}) and no short axis at visit {row['VISITNUM']:g} (R-133)",
            "error",
            "add LPERP, the short axis, or record it as NOT DONE",
        )
        for row in placed.long_axis.sort(ROW).to_dicts()
    ]
