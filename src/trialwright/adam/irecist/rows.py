"""ADRS rows of iRECIST: IOVR at every time point, IBOR and ICBOR, each with its sentence."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.adam.frames import shaped
from trialwright.adam.irecist.view import ImmuneView
from trialwright.adam.points import point_frame
from trialwright.adam.reasons.best_sentences import REFERENCE_WORDS
from trialwright.adam.reasons.sentences import other_sentence, rules_fired, target_sentence
from trialwright.core.dates import iso
from trialwright.response.best_overall import WHY_TEXT
from trialwright.response.irecist.best import ImmuneBest
from trialwright.subjects.days import date_of
from trialwright.vocabulary.adam import ADRS
from trialwright.vocabulary.irecist import (
    CAUSE_WORDS,
    GROWTH_WORDS,
    ICPD_GROWTH_TENTHS,
    IMMUNE_TEXT,
    Cause,
    Growth,
    ImmuneResponse,
)
from trialwright.vocabulary.recist import NO_DAY

_PARAM = {
    "IOVR": "Overall Response by Time Point (iRECIST)",
    "IBOR": "Best Overall Response (iRECIST, Unconfirmed)",
    "ICBOR": "Best Overall Response (iRECIST, Confirmed)",
}
#: RECIST 1.1 texts of a category in the words of iRECIST.
_CATEGORY = {
    "": "", "CR": "iCR", "PR": "iPR", "SD": "iSD", "NON-CR/NON-PD": "NON-iCR/NON-iUPD",
    "PD": "iUPD", "NE": "NE", "NED": "NED",
}  # fmt: skip
#: RECIST 1.1 stops at its first PD, iRECIST does not.
_AFTER_PD = " R-057"
_RESPONSES = (ImmuneResponse.ICR, ImmuneResponse.IPR)
_STABLE = (ImmuneResponse.ISD, ImmuneResponse.INN)


def immune_responses(view: ImmuneView, adsl: pl.DataFrame) -> pl.DataFrame:
    """Rows of ADRS by iRECIST: IOVR per time point, IBOR and ICBOR per enrolled subject."""
    subject = adsl.select("STUDYID", "USUBJID", "TRTSDT", "ENRLFL")
    parts = [
        _overall(view),
        _best("IBOR", view.unconfirmed, view),
        _best("ICBOR", view.confirmed, view),
    ]
    rows = pl.concat(parts, how="diagonal").join(subject, on="USUBJID", how="left")
    rows = rows.filter((pl.col("ENRLFL") == "Y") | (pl.col("PARAMCD") == "IOVR"))
    elapsed = (pl.col("ADT") - pl.col("TRTSDT")).dt.total_days()
    return shaped(
        rows.with_columns(
            EVAL=pl.lit(view.rule.evaluator),
            PARAM=pl.col("PARAMCD").replace_strict(_PARAM),
            ADY=pl.when(elapsed >= 0).then(elapsed + 1).otherwise(elapsed),
        ),
        ADRS,
    )


def _overall(view: ImmuneView) -> pl.DataFrame:
    frame = point_frame(view.records, view.decisions.points)
    immune = view.immune
    s, v = frame["S"].to_numpy(), frame["AVISITN"].to_numpy() - 1
    cells = list(zip(s.tolist(), v.tolist(), strict=True))
    yes, no = pl.lit("Y"), pl.lit("N")
    texts = np.array(IMMUNE_TEXT)[immune.response[s, v]]
    done = (immune.response == ImmuneResponse.ICPD).astype(np.int32)
    after = (np.cumsum(done, axis=1) - done)[s, v] > 0
    story = pl.Series([_story(view, *cell) for cell in cells], dtype=pl.String)
    sentence = pl.concat_str(
        pl.Series(texts), pl.lit(": "), story, target_sentence(), other_sentence()
    )
    rules = pl.Series([_rules(view, *cell) for cell in cells], dtype=pl.String)
    return frame.with_columns(AT=pl.Series(immune.day[s, v])).select(
        "USUBJID",
        "AVISITN",
        "AVISIT",
        PARAMCD=pl.lit("IOVR"),
        ADT=date_of("AT"),
        AVALC=pl.Series(texts),
        TRGRESP=pl.col("TARGET").replace_strict(_CATEGORY),
        NTRGRESP=pl.col("NONTARGET").replace_strict(_CATEGORY),
        NEWLFL=pl.when(pl.Series(immune.persists[s, v])).then(yes).otherwise(no),
        POSTPDFL=pl.when(pl.Series(after)).then(yes).otherwise(no),
        ANL01FL=pl.when(pl.Series(view.confirmed.window[s, v])).then(yes).otherwise(no),
        RULEID=pl.concat_str(rules, pl.lit(" "), rules_fired().str.strip_suffix(_AFTER_PD)),
        REASON=sentence,
        SRCDOM=pl.lit("TR"),
        SRCSEQ=pl.col("SEQ"),
    )


def _story(view: ImmuneView, s: int, v: int) -> str:
    """What iRECIST adds to the sentence of a time point, with dates and margins."""
    immune = view.immune
    if immune.start[s, v] >= 0:
        return _in_series(view, s, v)
    if immune.response[s, v] == ImmuneResponse.ICPD:
        return "after confirmed progression; "
    return "new lesion persists without growth; " if _tolerated(view, s, v) else ""


def _in_series(view: ImmuneView, s: int, v: int) -> str:
    immune, start = view.immune, int(view.immune.start[s, v])
    low, high = _window(view)
    first = int(immune.day[s, start])
    since = f"{int(immune.day[s, v]) - first} days after the iUPD of {iso(first)}"
    margins = _margins(view, s, v)
    if start == v:
        asked = f"confirmation from {iso(first + low)}, due until {iso(first + high)}"
        text = f"progression ({_names(immune.cause[s, v])}), not confirmed yet ({asked})"
    elif immune.response[s, v] == ImmuneResponse.ICPD:
        text = f"confirmed {since}: {_grown(immune.growth[s, v])}{margins}"
    elif immune.reset[s, v]:
        beside = ", a new lesion persists" if immune.persists[s, v] else ""
        text = f"{since}, which is void: {_names(immune.cause[s, v])} relieved{beside}"
    elif immune.early[s, v]:
        text = f"{_grown(immune.growth[s, v])}, but {since}, a scan counts from day {low}"
    else:
        text = f"{since}, neither confirmed nor relieved{margins}"
    return f"{text}; "


def _tolerated(view: ImmuneView, s: int, v: int) -> bool:
    return bool(view.immune.persists[s, v]) and view.immune.response[s, v] != ImmuneResponse.NE


def _window(view: ImmuneView) -> tuple[int, int]:
    """Days after an iUPD from which, and until which, a scan should confirm it (R-086)."""
    first, last = view.rule.icpd_window_days
    return first - view.rule.icpd_tolerance_days, last


def _names(bits: int) -> str:
    return " and ".join(words for cause, words in CAUSE_WORDS.items() if Cause(int(bits)) & cause)


def _grown(bits: int) -> str:
    return ", ".join(words for one, words in GROWTH_WORDS.items() if Growth(int(bits)) & one)


def _margins(view: ImmuneView, s: int, v: int) -> str:
    """How far the sums have moved since the iUPD, against the 5 mm that confirm (R-088)."""
    immune = view.immune
    enough = f"mm, iCPD from +{ICPD_GROWTH_TENTHS / 10:.1f}"
    parts = []
    if immune.cause[s, v] & Cause.TARGET:
        parts.append(f"target sum {immune.rise[s, v] / 10:+.1f} {enough}")
    if immune.new_target[s].any() and immune.cause[s, v] & Cause.NEW:
        parts.append(f"measured new lesions {immune.new_rise[s, v] / 10:+.1f} {enough}")
    return f" ({'; '.join(parts)})" if parts else ""


def _rules(view: ImmuneView, s: int, v: int) -> str:
    """Rule ids of iRECIST that decided a time point."""
    immune = view.immune
    code, start = ImmuneResponse(immune.response[s, v]), int(immune.start[s, v])
    if start < 0:
        return "R-092" if code is ImmuneResponse.ICPD else "R-085"
    if start == v:
        return "R-085 R-096" if not immune.reset[s, :v].any() else "R-085 R-090 R-096"
    late = " R-086" if immune.late[s, v] or immune.early[s, v] else ""
    if code is ImmuneResponse.ICPD:
        return f"R-088 R-096{late}"
    if immune.reset[s, v]:
        return f"R-090 R-096{late}"
    return f"R-091{late}" if code is ImmuneResponse.NE else f"R-089 R-096{late}"


def _best(paramcd: str, found: ImmuneBest, view: ImmuneView) -> pl.DataFrame:
    """One row per subject with the record that decides and the sentence that says why."""
    best = found.best
    texts = np.array(IMMUNE_TEXT)[found.response]
    none = (found.response == ImmuneResponse.NE) & (best.visit < 0)
    subjects = range(len(texts))
    frame = pl.DataFrame(
        {
            "USUBJID": list(view.records.subjects),
            "AVISITN": np.where(best.visit >= 0, best.visit + 1, 0).astype(np.int32),
            "DAY": best.day,
            "AVALC": np.where(none, view.rule.missing_label, texts),
            "UNCONFFL": np.where(best.pending, "Y", "N"),
            "RULEID": ["R-092" + (" R-070" if best.pending[i] else "") for i in subjects],
            "REASON": [_why(found, view, i) for i in subjects],
        }
    )
    source = point_frame(view.records, view.decisions.points)
    source = source.select("USUBJID", "AVISITN", "SEQ", "AVISIT")
    return frame.join(source, on=["USUBJID", "AVISITN"], how="left").select(
        "USUBJID", "AVISITN", "AVISIT", "AVALC", "UNCONFFL", "RULEID", "REASON",
        PARAMCD=pl.lit(paramcd),
        ADT=pl.when(pl.col("DAY") > NO_DAY).then(date_of("DAY")),
        SRCDOM=pl.when(pl.col("SEQ").is_not_null()).then(pl.lit("TR")),
        SRCSEQ=pl.col("SEQ"),
    )  # fmt: skip


def _why(found: ImmuneBest, view: ImmuneView, s: int) -> str:
    """The sentence for one subject's best overall response."""
    code, best = ImmuneResponse(found.response[s]), found.best
    pending = "; an unconfirmed response is pending" if best.pending[s] else ""
    if code is ImmuneResponse.NE:
        return f"NE: {WHY_TEXT[best.why[s]]}{pending}"
    visit, day = int(best.visit[s]), int(best.day[s])
    text = f"{IMMUNE_TEXT[code]} on {iso(day)}"
    if code in _RESPONSES and best.confirmed_at[s] >= 0:
        by = int(best.confirmed_at[s])
        later = int(view.immune.day[s, by])
        answer = IMMUNE_TEXT[view.immune.response[s, by]]
        return f"{text}, confirmed by {answer} on {iso(later)} ({later - day} days later)"
    if code in _STABLE:
        shown = ImmuneResponse(view.immune.response[s, visit])
        turned = f" ({IMMUNE_TEXT[shown]}, not confirmed)" if shown in _RESPONSES else ""
        since = day - int(view.decisions.follow.reference[s])
        start = REFERENCE_WORDS[view.rule.response_ref]
        enough = f"at least {view.rule.sd_min_days} are needed"
        return f"{text}{turned}, {since} days after {start}, {enough}{pending}"
    if code is ImmuneResponse.ICPD:
        return f"{text}: it confirms the iUPD of {iso(_first_day(view, s, visit))}{pending}"
    if code is ImmuneResponse.IUPD:
        return f"{text}, no better response counts and no iCPD{pending}"
    return text + pending


def _first_day(view: ImmuneView, s: int, visit: int) -> int:
    return int(view.immune.day[s, max(int(view.immune.start[s, visit]), 0)])
