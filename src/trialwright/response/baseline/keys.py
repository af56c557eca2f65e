"""Do the keys hold? Identifiers, sequence numbers and study (R-130); no value depends on them."""

from __future__ import annotations

import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.response.baseline.check import Check
from trialwright.response.baseline.entry import Baseline


def _repeated(sdtm: Sdtm, code: str) -> pl.DataFrame:
    """Sequence numbers that stand more than once for a subject; 1 and 1.0 are equal."""
    number = pl.col(f"{code}SEQ").cast(pl.Float64, strict=False)
    rows = sdtm[code].select("USUBJID", SEQ=number).drop_nulls()
    twice = rows.group_by("USUBJID", "SEQ").len().filter(pl.col("len") > 1)
    shown = pl.col("SEQ").sort().cast(pl.String).str.strip_suffix(".0")
    return twice.group_by("USUBJID").agg(NUMBERS=shown.str.join(", ")).sort("USUBJID")


def _repeated_tu(baseline: Baseline) -> pl.DataFrame:
    return _repeated(baseline.delivered.sdtm, "TU")


def _repeated_tr(baseline: Baseline) -> pl.DataFrame:
    return _repeated(baseline.delivered.sdtm, "TR")


def _named_twice(baseline: Baseline) -> pl.DataFrame:
    """Lesions that TU identifies more than once at one visit, in one place and role."""
    sights = baseline.delivered.identified.sights
    twice = sights.group_by("USUBJID", "LNKID", "VISITNUM").len().filter(pl.col("len") > 1)
    visit = pl.col("VISITNUM").cast(pl.String).str.strip_suffix(".0")
    return twice.with_columns(VISIT=visit).sort("USUBJID", "LNKID", "VISIT")


def _studies(sdtm: Sdtm) -> dict[str, list[str]]:
    """Domains by the study that their records name."""
    found: dict[str, list[str]] = {}
    for code, frame in sdtm.domains.items():
        if "STUDYID" not in frame.columns:
            continue
        for study in sorted({name.strip() for name in set(frame["STUDYID"].to_list()) if name}):
            found.setdefault(study, []).append(code)
    return dict(sorted(found.items()))


def _mixed_studies(baseline: Baseline) -> pl.DataFrame:
    studies = _studies(baseline.delivered.sdtm)
    said = "; ".join(f'"{study}" in {", ".join(codes)}' for study, codes in studies.items())
    rows = [{"USUBJID": "", "STUDIES": said}] if len(studies) > 1 else []
    return pl.DataFrame(rows, schema={"USUBJID": pl.String, "STUDIES": pl.String})


def _other_study(baseline: Baseline) -> pl.DataFrame:
    studies = list(_studies(baseline.delivered.sdtm))
    wanted = baseline.delivered.study
    other = len(studies) == 1 and studies[0].upper() != wanted.upper()
    rows = [{"USUBJID": "", "STUDY": studies[0], "PROTOCOL": wanted}] if other else []
    return pl.DataFrame(rows, schema=dict.fromkeys(("USUBJID", "STUDY", "PROTOCOL"), pl.String))


CHECKS = (
    Check("R-130", "warning", _repeated_tu, "TUSEQ {NUMBERS} stands more than once",
          "number the records of TU anew: references to these numbers are ambiguous"),
    Check("R-130", "warning", _repeated_tr, "TRSEQ {NUMBERS} stands more than once",
          "number the records of TR anew: references to these numbers are ambiguous"),
    Check("R-130", "note", _named_twice, "{LNKID}: identified {len} times at visit {VISIT}",
          "remove the repetition, or give a second lesion an identifier of its own"),
    Check("R-130", "warning", _mixed_studies, "The records name more than one study: {STUDIES}",
          "make sure that all files belong to this trial"),
    Check("R-130", "note", _other_study,
          "The data name the study \"{STUDY}\", the protocol \"{PROTOCOL}\"",
          "make sure that the data belong to this protocol"),
)  # fmt: skip
