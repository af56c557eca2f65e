"""ADRS: the response at every time point and the best overall response, with the reason."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.adam.frames import shaped
from trialwright.adam.points import point_frame
from trialwright.adam.sentences import other_sentence, rules_fired, target_sentence
from trialwright.core.dates import iso
from trialwright.protocol.settled import SettledResponse
from trialwright.response.adapter import LesionRecords
from trialwright.response.best_overall import WHY_TEXT, BestOverall, Why
from trialwright.subjects.days import date_of
from trialwright.timetoevent.decisions import Decisions
from trialwright.vocabulary.adam import ADRS
from trialwright.vocabulary.recist import NO_DAY, RESPONSE_TEXT, Response

_PARAM = {
    "OVR": "Overall Response by Time Point",
    "BOR": "Best Overall Response (Unconfirmed)",
    "CBOR": "Best Overall Response (Confirmed)",
}
_REFERENCE = {
    "first_dose": "first treatment",
    "enrolment": "enrolment",
    "first_procedure": "the first procedure",
}
_LINE_RULE = {
    Response.CR: "R-061 R-075",
    Response.PR: "R-061 R-075",
    Response.SD: "R-063 R-075",
    Response.NN: "R-063 R-075",
    Response.PD: "R-061 R-075",
    Response.NE: "R-064 R-065",
    Response.NED: "R-015",
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
        _overall(records, decisions),
        _best("BOR", decisions.unconfirmed, records, decisions, rule),
        _best("CBOR", decisions.confirmed, records, decisions, rule),
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


def _overall(records: LesionRecords, decisions: Decisions) -> pl.DataFrame:
    frame = point_frame(records, decisions.points)
    s, v = frame["S"].to_numpy(), frame["AVISITN"].to_numpy() - 1
    flag = pl.Series(np.where(decisions.window[s, v], "Y", "N"))
    shown = pl.Series(np.array(RESPONSE_TEXT)[decisions.shown[s, v]])
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
        RULEID=rules_fired(),
        REASON=sentence,
        SRCDOM=pl.lit("TR"),
        SRCSEQ=pl.col("SEQ"),
    )


def _best(
    paramcd: str,
    best: BestOverall,
    records: LesionRecords,
    decisions: Decisions,
    rule: SettledResponse,
) -> pl.DataFrame:
    """One row per subject with the record that decides and the sentence that says why."""
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
            "RULEID": [
                _LINE_RULE[Response(code)] + (" R-070" if waits else "")
                for code, waits in zip(best.response, best.pending, strict=True)
            ],
            "REASON": [
                _why_best(best, decisions, index, rule, confirmed=paramcd == "CBOR")
                for index in range(len(records.subjects))
            ],
        }
    )
    source = point_frame(records, decisions.points).select("USUBJID", "AVISITN", "SEQ", "AVISIT")
    return subjects.join(source, on=["USUBJID", "AVISITN"], how="left").select(
        "USUBJID", "AVISITN", "AVISIT", "AVALC", "UNCONFFL", "RULEID", "REASON",
        PARAMCD=pl.lit(paramcd),
        ADT=pl.when(pl.col("DAY") > NO_DAY).then(date_of("DAY")),
        SRCDOM=pl.when(pl.col("SEQ").is_not_null()).then(pl.lit("TR")),
        SRCSEQ=pl.col("SEQ"),
    )  # fmt: skip


def _why_best(
    best: BestOverall, decisions: Decisions, index: int, rule: SettledResponse, *, confirmed: bool
) -> str:
    """The sentence for one subject's best overall response."""
    category = Response(best.response[index])
    sequence = decisions.sequence
    name = RESPONSE_TEXT[category]
    if category is Response.NE:
        return f"NE: {_why_not(best, decisions, index, rule)}{_pending(best, index, rule)}"
    visit = int(best.visit[index])
    day = int(best.day[index])
    if category in (Response.CR, Response.PR):
        if not confirmed:
            return f"{name} on {iso(day)}"
        by = _confirming(decisions, best, index, visit)
        return f"{name} on {iso(day)}{by}"
    since = day - int(decisions.follow.reference[index])
    first = RESPONSE_TEXT[sequence.response[index, visit]]
    if category in (Response.SD, Response.NN):
        turned = f"{name}: {first} on {iso(day)} was not confirmed and counts as SD"
        text = turned if first != name else f"{name} on {iso(day)}"
        start = _REFERENCE[rule.response_ref]
        enough = f"{since} days after {start}, at least {rule.sd_min_days} are needed"
        return f"{text}, {enough}{_pending(best, index, rule)}"
    return f"{name} on {iso(day)}"


def _why_not(best: BestOverall, decisions: Decisions, index: int, rule: SettledResponse) -> str:
    """Why there is no response; before the first scan is due the subject is not yet assessed."""
    why = Why(best.why[index])
    if why is Why.NOT_YET:
        first_due = rule.intervals.after(0) + rule.window_days
        if decisions.cutoff - int(decisions.follow.reference[index]) <= first_due:
            return "not yet assessed"
    return WHY_TEXT[why]


def _confirming(decisions: Decisions, best: BestOverall, index: int, visit: int) -> str:
    """`, confirmed by PR on 2024-05-01 (56 days later)` for the record that decides."""
    by = int(best.confirmed_at[index])
    if by < 0:
        return ""
    sequence = decisions.sequence
    later = int(sequence.day[index, by])
    gap = later - int(sequence.day[index, visit])
    answer = RESPONSE_TEXT[sequence.response[index, by]]
    return f", confirmed by {answer} on {iso(later)} ({gap} days later)"


def _pending(best: BestOverall, index: int, rule: SettledResponse) -> str:
    if not best.pending[index]:
        return ""
    return f"; an unconfirmed response is pending, confirmation after {rule.confirm_days} days"
