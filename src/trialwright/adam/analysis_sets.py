"""Analysis sets of each subject and why a subject is not in one (S-1 to S-6)."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.core.tables import Sdtm
from trialwright.protocol.settled import SettledAnalysis, SettledResponse
from trialwright.response.adapter import LesionRecords
from trialwright.response.history import Flags
from trialwright.response.reported.records import NOT_MEASURABLE, measurable_disease
from trialwright.subjects.days import upper
from trialwright.subjects.reconcile import query
from trialwright.timetoevent.decisions import Decisions, days
from trialwright.vocabulary.recist import NEVER, NO_DAY, Response

_YES, _NO = ("Y", "YES"), ("N", "NO", "")
#: Reasons in the order of the sets. A reason of an earlier set holds for the later ones too.
_REASONS = (
    ("NOCONS", "no date of consent (S-1)"),
    ("NOENRL", "not enrolled (S-2)"),
    ("NODOSE", "not treated (S-3, S-4)"),
    ("NOMEAS", "no measurable disease at baseline (S-5)"),
    ("NOTP", "no adequate assessment after baseline (S-5)"),
    ("DEVIATE", "major protocol deviation with effect on the endpoint (S-6)"),
)


def analysis_sets(
    sdtm: Sdtm,
    milestones: pl.DataFrame,
    records: LesionRecords,
    decisions: Decisions,
    rules: tuple[SettledResponse, SettledAnalysis],
) -> pl.DataFrame:
    """The flags of every set as Y or N, and SETREAS, one row for each subject in array order.

    PPROTFL is null when nobody says anything about deviations: that is no per-protocol set (S-6).
    R-015 says whether S-5 needs measurable disease; "not known" counts as measurable, since
    leaving such subjects out would raise the rate of the set.
    """
    response_rule, analysis = rules
    enrolled = days(milestones, "ENRLDT", NO_DAY) != NO_DAY
    screened = (days(milestones, "RFICDT", NO_DAY) != NO_DAY) | enrolled
    treated = enrolled & (days(milestones, "TRTSDT", NO_DAY) != NO_DAY)
    measurable = measurable_disease(records) != NOT_MEASURABLE
    assessed = _assessed(decisions, analysis)
    fit = measurable | (not response_rule.require_measurable)
    evaluable = treated & assessed & fit
    deviates = _deviations(sdtm, milestones)
    flags = {
        "SCRNFL": screened,
        "ENRLFL": enrolled,
        "FASFL": treated,
        "SAFFL": treated,
        "MEASFL": measurable,
        "EFFFL": evaluable,
    }
    out = {
        "NOCONS": ~screened,
        "NOENRL": ~enrolled,
        "NODOSE": enrolled & ~treated,
        "NOMEAS": treated & ~fit,
        "NOTP": treated & ~assessed,
        "DEVIATE": treated & (False if deviates is None else deviates),
    }
    frame = milestones.select("USUBJID").with_columns(
        *(pl.Series(name, np.where(flag, "Y", "N")) for name, flag in flags.items()),
        PPROTFL=pl.lit(None, pl.String)
        if deviates is None
        else pl.Series(np.where(evaluable & ~deviates, "Y", "N")),
    )
    said = [pl.when(pl.Series(out[name])).then(pl.lit(words)) for name, words in _REASONS]
    return frame.with_columns(SETREAS=pl.concat_str(said, separator="; ", ignore_nulls=True))


def _assessed(decisions: Decisions, analysis: SettledAnalysis) -> Flags:
    """An adequate time point after baseline, or PD or death before it (S-5)."""
    response = decisions.points.response
    adequate = decisions.window & (response != Response.NE) & (response != Response.NA)
    found: Flags = adequate.any(axis=1)
    if analysis.eval_counts_early_pd:
        found |= decisions.follow.death < NEVER
        found |= (decisions.window & (response == Response.PD)).any(axis=1)
    return found


def _deviations(sdtm: Sdtm, milestones: pl.DataFrame) -> Flags | None:
    """Who has a major deviation; `None` when no subject has a word about it (S-6).

    Where deviations are recorded at all, no word about a subject is no deviation; a word that is
    neither yes nor no counts as one, with a query.
    """
    dm = sdtm["DM"]
    if "PROTDEV" not in dm.columns:
        return None
    told = dm.select("USUBJID", upper("PROTDEV").fill_null("").alias("PROTDEV"))
    if not (told["PROTDEV"] != "").any():
        return None
    rows = milestones.select("USUBJID").join(told, on="USUBJID", how="left", maintain_order="left")
    found: Flags = (~rows["PROTDEV"].is_in(_NO)).to_numpy()
    return found


def set_queries(sdtm: Sdtm, adsl: pl.DataFrame) -> list[pl.DataFrame]:
    """What a person should know about the sets: absent ones, and doubtful members."""
    dm = sdtm["DM"].join(adsl.select("USUBJID"), on="USUBJID", how="semi")
    odd = dm.clear()
    if "PROTDEV" in dm.columns:
        odd = dm.filter(~upper("PROTDEV").fill_null("").is_in((*_YES, *_NO)))
    absent = [""] if adsl["PPROTFL"].null_count() == adsl.height else []
    undated = adsl.filter((pl.col("ENRLFL") == "Y") & pl.col("RFICDT").is_null())
    some = adsl["RFICDT"].is_not_null().any()
    return [
        query(
            absent,
            "S-6",
            "Nobody says who deviated from the protocol: there is no per-protocol set.",
            "note",
            "give PROTDEV (Y or N) for each subject as a qualifier of DM",
        ),
        query(odd["USUBJID"], "S-6", "PROTDEV is neither Y nor N: it counts as a deviation."),
        query(
            undated["USUBJID"] if some else [],
            "S-1",
            "Enrolled without a date of consent: counted as screened.",
            do="give the date of informed consent (RFICDTC)",
        ),
    ]
