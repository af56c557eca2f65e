"""ADRS rows of mRECIST: MOVR at every time point, MBOR and MCBOR, each with its sentence."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from trialwright.adam.adrs import best_rows
from trialwright.adam.frames import shaped
from trialwright.adam.points import point_frame
from trialwright.adam.reasons.numbers import mm_text, signed_mm, signed_percent
from trialwright.adam.reasons.sentences import other_sentence, response_limit, rules_fired
from trialwright.protocol.settled import SettledResponse
from trialwright.response.adapter import LesionRecords
from trialwright.response.mrecist.engine import ViableAssessment, least_rise
from trialwright.subjects.days import date_of
from trialwright.timetoevent.decisions import Decisions
from trialwright.vocabulary.adam import ADRS
from trialwright.vocabulary.recist import RESPONSE_TEXT

_PARAM = {
    "MOVR": "Overall Response by Time Point (mRECIST)",
    "MBOR": "Best Overall Response (mRECIST, Unconfirmed)",
    "MCBOR": "Best Overall Response (mRECIST, Confirmed)",
}
_UNREAD = "NE: no viable diameter was recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ViableView:
    """Everything that mRECIST decided about a trial; nothing is read of subjects in `unread`."""

    records: LesionRecords
    assessed: ViableAssessment
    decisions: Decisions
    rule: SettledResponse
    unread: tuple[str, ...]


def viable_responses(view: ViableView, adsl: pl.DataFrame) -> pl.DataFrame:
    """Rows of ADRS by mRECIST: MOVR per time point, MBOR and MCBOR per enrolled subject."""
    subject = adsl.select("STUDYID", "USUBJID", "TRTSDT", "ENRLFL")
    parts = [_overall(view), _best("BOR", view), _best("CBOR", view)]
    rows = pl.concat(parts, how="diagonal").join(subject, on="USUBJID", how="left")
    rows = rows.filter((pl.col("ENRLFL") == "Y") | (pl.col("PARAMCD") == "MOVR"))
    elapsed = (pl.col("ADT") - pl.col("TRTSDT")).dt.total_days()
    return shaped(
        rows.with_columns(
            EVAL=pl.lit(view.rule.evaluator),
            PARAM=pl.col("PARAMCD").replace_strict(_PARAM),
            ADY=pl.when(elapsed >= 0).then(elapsed + 1).otherwise(elapsed),
        ),
        ADRS,
    )


def _overall(view: ViableView) -> pl.DataFrame:
    records, decisions = view.records, view.decisions
    frame = point_frame(records, decisions.points)
    s, v = frame["S"].to_numpy(), frame["AVISITN"].to_numpy() - 1
    shown = pl.Series(np.array(RESPONSE_TEXT)[decisions.shown[s, v]], dtype=pl.String)
    said = _changes(view).with_columns(AVISITN=(pl.col("V") + 1).cast(frame.schema["AVISITN"]))
    frame = frame.join(said.drop("V"), on=["S", "AVISITN"], how="left", maintain_order="left")
    carried = pl.when(shown != pl.col("RESPONSE")).then(
        pl.lit("; SD by its sum, shown as PR while the response lasts")
    )
    # A new node that mRECIST sets aside is larger than the limit of RECIST 1.1 that the words name.
    others = other_sentence().str.replace_all(
        " is too small to count (R-047)", " (R-123)", literal=True
    )
    sentence = pl.concat_str(
        shown, pl.lit(": "), viable_sentence(least_rise(view.rule)), others,
        pl.concat_str(pl.lit("; "), pl.col("CHANGED")).fill_null(""), carried.fill_null(""),
    )  # fmt: skip
    size_rule = rules_fired().str.replace(r"R-031|R-032|R-033", "R-122")
    yes, no = pl.lit("Y"), pl.lit("N")
    return frame.select(
        "USUBJID",
        "AVISITN",
        "AVISIT",
        PARAMCD=pl.lit("MOVR"),
        ADT=date_of("DAY"),
        AVALC=shown,
        TRGRESP=pl.col("TARGET"),
        NTRGRESP=pl.col("NONTARGET"),
        NEWLFL=pl.when(pl.col("NEW")).then(yes).otherwise(no),
        ASREAD=pl.col("ASREAD"),
        POSTPDFL=pl.when(pl.col("POSTPD")).then(yes).otherwise(no),
        ANL01FL=pl.Series(np.where(decisions.window[s, v], "Y", "N"), dtype=pl.String),
        RULEID=pl.concat_str(
            pl.lit("R-126"), size_rule, "CHANGERULES", separator=" ", ignore_nulls=True
        ),
        REASON=sentence,
        SRCDOM=pl.lit("TR"),
        SRCSEQ=pl.col("SEQ"),
    )


def _changes(view: ViableView) -> pl.DataFrame:
    """What mRECIST reads otherwise at each time point, as texts: S, V, CHANGED, CHANGERULES."""
    rows = view.assessed.changes.sort("S", "V", "RULEID", "L")
    text = pl.concat_str("TEXT", pl.lit(" ("), "RULEID", pl.lit(")"))
    return rows.group_by("S", "V", maintain_order=True).agg(
        CHANGED=text.str.join("; "), CHANGERULES=pl.col("RULEID").unique().sort().str.join(" ")
    )


def viable_sentence(least: int) -> pl.Expr:
    """What the viable diameters say, with the margin to the limits (R-122).

    `least` is the smallest rise that is PD, in tenths of a millimetre. Works on the columns of
    `points.point_frame`.
    """
    total, base, nadir = pl.col("TOTAL"), pl.col("BASE10"), pl.col("NADIR10")
    limit = pl.max_horizontal(nadir + least, (6 * nadir + 4) // 5)
    enough = response_limit()
    target = pl.col("TARGET")
    sum_is = _joined("viable sum ", mm_text(total), " mm")
    from_base = _joined(
        ", ", signed_percent(total - base, base), " % from baseline ", mm_text(base)
    )
    percent = _joined(signed_percent(total - nadir, nadir), " %, ").fill_null("")
    against = _joined(" against nadir ", mm_text(nadir), " ", pl.col("NADIRON"), " (", percent,
                      signed_mm(total - nadir), " mm)")  # fmt: skip
    pd_from = _joined("PD from ", mm_text(limit), " mm")
    missing = _joined("viable target ", pl.col("MISSING").fill_null(""), " not evaluable; the others ",
                      mm_text(total), " mm", against)  # fmt: skip
    by_other = (pl.col("RESPONSE") == "PD") & target.is_in(["PR", "SD"]) & ~pl.col("AFTERCR")
    worse = _joined(sum_is, against, ": PD by ", mm_text(total - limit), " mm, not PD at ",
                    mm_text(limit - 1), " or less")  # fmt: skip
    stable = _joined(sum_is, from_base, ",", against, ": ", mm_text(total - enough), " mm above PR (",
                     mm_text(enough), " or less), ", mm_text(limit - total), " mm below PD (from ",
                     mm_text(limit), ")")  # fmt: skip
    return (
        pl.when(~pl.col("HASTARGET")).then(pl.lit("no target lesions"))
        .when(by_other).then(_joined("targets alone are ", target, ": ", sum_is, from_base))
        .when((target == "PD") & ~pl.col("COMPLETE")).then(
            _joined(missing, ": ", pd_from, ", already met; what is missing can only add"))
        .when(target == "NE").then(missing)
        .when(target == "CR").then(_joined("no enhancing target tissue left (", sum_is, ")"))
        .when(target == "PD").then(worse)
        .when(~pl.col("COMPLETE")).then(_joined(missing, "; ", target, " by the reader's argument"))
        .when(target == "PR").then(
            _joined(sum_is, from_base, ": PR by ", mm_text(enough - total), " mm, ", pd_from))
        .otherwise(stable)
    )  # fmt: skip


def _joined(*parts: pl.Expr | str) -> pl.Expr:
    return pl.concat_str([pl.lit(part) if isinstance(part, str) else part for part in parts])


def _best(paramcd: str, view: ViableView) -> pl.DataFrame:
    """MBOR or MCBOR of each subject, decided like BOR and CBOR from the sequence of MOVR."""
    confirmed = paramcd == "CBOR"
    best = view.decisions.confirmed if confirmed else view.decisions.unconfirmed
    rows = best_rows(paramcd, best, view.records, view.decisions, view.rule)
    unread = pl.col("USUBJID").is_in(view.unread)
    return rows.with_columns(
        PARAMCD=pl.lit("MCBOR" if confirmed else "MBOR"),
        AVALC=pl.when(unread).then(pl.lit("NE")).otherwise(pl.col("AVALC")),
        REASON=pl.when(unread).then(pl.lit(_UNREAD)).otherwise(pl.col("REASON")),
        RULEID=pl.when(unread).then(pl.lit("R-121 R-136")).otherwise(
            pl.concat_str("RULEID", pl.lit(" R-126"))
        ),
    )  # fmt: skip
