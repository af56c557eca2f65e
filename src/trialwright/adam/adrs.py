"""ADRS: the response at every time point and the best overall response, with the reason."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.adam.frames import shaped
from trialwright.adam.points import point_frame, point_sources
from trialwright.adam.reasons.best_changes import best_changes
from trialwright.adam.reasons.best_sentences import BestStory
from trialwright.adam.reasons.changes import changes
from trialwright.adam.reasons.sentences import other_sentence, rules_fired, target_sentence
from trialwright.protocol.settled import SettledResponse
from trialwright.response.adapter import LesionRecords
from trialwright.response.best_overall import BestOverall
from trialwright.response.whatif.best import confirmable
from trialwright.subjects.days import date_of
from trialwright.timetoevent.decisions import Decisions
from trialwright.vocabulary.adam import ADRS
from trialwright.vocabulary.recist import NO_DAY, RESPONSE_TEXT, Response

_PARAM = {
    "OVR": "Overall Response by Time Point",
    "BOR": "Best Overall Response (Unconfirmed)",
    "CBOR": "Best Overall Response (Confirmed)",
}


def derive_adrs(
    records: LesionRecords, decisions: Decisions, adsl: pl.DataFrame, rule: SettledResponse
) -> pl.DataFrame:
    """Derive ADRS for every enrolled subject.

    Returns
    -------
    pl.DataFrame
        Columns of `vocabulary.adam.ADRS`: OVR per time point, BOR and CBOR per enrolled subject.
    """
    subject = adsl.select("STUDYID", "USUBJID", "TRTSDT", "ENRLFL")
    parts = [
        _overall(records, decisions, rule),
        best_rows("BOR", decisions.unconfirmed, records, decisions, rule),
        best_rows("CBOR", decisions.confirmed, records, decisions, rule),
    ]
    rows = pl.concat(parts, how="diagonal").join(subject, on="USUBJID", how="left")
    rows = rows.filter((pl.col("ENRLFL") == "Y") | (pl.col("PARAMCD") == "OVR"))
    elapsed = (pl.col("ADT") - pl.col("TRTSDT")).dt.total_days()
    return shaped(
        rows.with_columns(
            EVAL=pl.lit(rule.evaluator),
            PARAM=pl.col("PARAMCD").replace_strict(_PARAM),
            ADY=pl.when(elapsed >= 0).then(elapsed + 1).otherwise(elapsed),
        ),
        ADRS,
    )


def _overall(records: LesionRecords, decisions: Decisions, rule: SettledResponse) -> pl.DataFrame:
    frame = point_frame(records, decisions.points)
    s, v = frame["S"].to_numpy(), frame["AVISITN"].to_numpy() - 1
    flag = pl.Series(np.where(decisions.window[s, v], "Y", "N"))
    shown = pl.Series(np.array(RESPONSE_TEXT)[decisions.shown[s, v]], dtype=pl.String)
    carried = pl.when(shown != pl.col("RESPONSE")).then(
        pl.lit("; SD by its sum, shown as PR while the response lasts")
    )
    sentence = pl.concat_str(
        shown, pl.lit(": "), target_sentence(), other_sentence(), carried.fill_null("")
    )
    yes = pl.lit("Y")
    return frame.select(
        "USUBJID",
        "AVISITN",
        "AVISIT",
        PARAMCD=pl.lit("OVR"),
        ADT=date_of("DAY"),
        AVALC=shown,
        TRGRESP=pl.col("TARGET"),
        NTRGRESP=pl.col("NONTARGET"),
        NEWLFL=pl.when(pl.col("NEW")).then(yes).otherwise(pl.lit("N")),
        ASREAD=pl.col("ASREAD"),
        POSTPDFL=pl.when(pl.col("POSTPD")).then(yes).otherwise(pl.lit("N")),
        ANL01FL=flag,
        WHATIF=pl.Series(changes(frame, records, decisions.points, rule), dtype=pl.String),
        RULEID=pl.concat_str(
            rules_fired(),
            pl.when(shown != pl.col("RESPONSE")).then(pl.lit(" R-056")).otherwise(pl.lit("")),
        ),
        REASON=sentence,
        SRCDOM=pl.lit("TR"),
        SRCSEQ=pl.col("SEQ"),
    )


def best_rows(
    paramcd: str,
    best: BestOverall,
    records: LesionRecords,
    decisions: Decisions,
    rule: SettledResponse,
) -> pl.DataFrame:
    """One row per subject with the record that decides and the sentence that says why."""
    story = BestStory(
        best=best,
        decisions=decisions,
        rule=rule,
        confirmed=paramcd.startswith("C"),
        waiting=confirmable(decisions.sequence, decisions.follow, rule, best),
    )
    texts = np.array(RESPONSE_TEXT)[best.response]
    none = (best.response == Response.NE) & (best.visit < 0)
    texts = np.where(none, rule.missing_label, texts)
    numbers = np.where(best.visit >= 0, best.visit + 1, 0)
    subjects = pl.DataFrame(
        {
            "USUBJID": list(records.subjects),
            "AVISITN": numbers.astype(np.int32),
            "DAY": best.day,
            "AVALC": texts,
            "UNCONFFL": np.where(best.pending, "Y", "N"),
            "RULEID": [story.rules(index) for index in range(len(records.subjects))],
            "REASON": [story.reason(index) for index in range(len(records.subjects))],
            "WHATIF": best_changes(story),
        }
    )
    source = point_sources(records).filter(pl.col("AVISITN") > 0)
    return subjects.join(source, on=["USUBJID", "AVISITN"], how="left").select(
        "USUBJID", "AVISITN", "AVISIT", "AVALC", "UNCONFFL", "RULEID", "REASON", "WHATIF",
        PARAMCD=pl.lit(paramcd),
        ADT=pl.when(pl.col("DAY") > NO_DAY).then(date_of("DAY")),
        SRCDOM=pl.when(pl.col("SEQ").is_not_null()).then(pl.lit("TR")),
        SRCSEQ=pl.col("SEQ"),
    )  # fmt: skip
