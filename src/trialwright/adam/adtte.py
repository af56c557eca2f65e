"""ADTTE: one record per subject and time to event, with the rule that decided it."""

from __future__ import annotations

import numpy as np
import polars as pl

from trialwright.adam.frames import shaped
from trialwright.core.dates import iso
from trialwright.protocol.settled import SettledAnalysis
from trialwright.response.adapter import LesionRecords
from trialwright.subjects.days import date_of
from trialwright.timetoevent.decisions import Decisions
from trialwright.timetoevent.parameters import MAIN_PARAM
from trialwright.timetoevent.progression import RULE_TEXT, CensoringRule, Decision
from trialwright.vocabulary.adam import ADTTE
from trialwright.vocabulary.recist import NEVER, NO_DAY

_DEATH_RULES = (
    CensoringRule.C_02, CensoringRule.C_03B, CensoringRule.C_20_EVENT, CensoringRule.C_14_DEATH,
)  # fmt: skip
_RECORDS = (
    "USUBJID", "ALVDOM", "ALVSEQ", "DTHDOM", "DTHSEQ", "NACTDOM", "NACTSEQ", "CLPDSEQ",
)  # fmt: skip
_AFTER_GAP = (CensoringRule.C_14_PD, CensoringRule.C_14_DEATH)
#: Rules whose date is no assessment, though no time point gives it.
_OWN_DATE = (
    CensoringRule.C_20_EVENT, CensoringRule.C_20_CENSORED, CensoringRule.E_11_CENSORED,
)  # fmt: skip


def derive_adtte(
    records: LesionRecords,
    decisions: Decisions,
    milestones: pl.DataFrame,
    adsl: pl.DataFrame,
    analysis: SettledAnalysis,
) -> pl.DataFrame:
    """Derive ADTTE from the decisions.

    Returns
    -------
    pl.DataFrame
        Columns of `vocabulary.adam.ADTTE`; AVAL is `ADT - STARTDT + 1` days (D-01). The source is
        the record that gives the date: the scans of the time point, the record of death, or the
        last evidence of life.
    """
    added = 1 if analysis.plus_one_day else 0
    decided = [_decided(paramcd, decisions, milestones, added) for paramcd in decisions.times]
    rows = _rows(pl.concat(decided), added).join(
        adsl.select("STUDYID", "USUBJID"), on="USUBJID", how="left"
    )
    return shaped(_with_scans(rows, records), ADTTE)


def _with_scans(rows: pl.DataFrame, records: LesionRecords) -> pl.DataFrame:
    """Where a time point gave the date, its measurements are the source."""
    numbers = pl.col("SRCSEQ").str.split(" ").list.explode().cast(pl.Int64).sort().cast(pl.String)
    cells = records.cells.filter(pl.col("SRCSEQ") != "").group_by("S", "TP")
    scans = cells.agg(SCANS=numbers.str.join(" "))
    points = records.points.select("S", "TP", "USUBJID").join(scans, on=["S", "TP"], how="left")
    rows = rows.join(points.select("USUBJID", "TP", "SCANS"), on=["USUBJID", "TP"], how="left")
    return rows.with_columns(
        SRCSEQ=pl.when(pl.col("TP") > 0).then("SCANS").otherwise("SRCSEQ"),
    )


def _decided(
    paramcd: str, decisions: Decisions, milestones: pl.DataFrame, added: int
) -> pl.DataFrame:
    """What was decided about every subject for one parameter, beside the records of the subject."""
    decision = decisions.times[paramcd]
    rules = [CensoringRule(code) for code in decision.rule]
    left = decision.left
    return milestones.select(*_RECORDS).with_columns(
        PARAMCD=pl.lit(paramcd),
        PARAM=pl.lit(_param(paramcd, decisions)),
        START=pl.Series(decision.origin),
        END=pl.Series(decision.day),
        CNSR=pl.Series(np.where(decision.event, 0, 1)),
        LEFT=pl.lit(None, pl.Int32) if left is None else pl.Series(left),
        RULEID=pl.Series(_rule_ids(paramcd, decisions, rules), dtype=pl.String),
        EVNTDESC=pl.Series([RULE_TEXT[rule][1] for rule in rules], dtype=pl.String),
        CNSDTDSC=pl.Series(_censored_at(decision, rules), dtype=pl.String),
        REASON=pl.Series(_reasons(paramcd, decisions, milestones, added), dtype=pl.String),
        TP=pl.Series(np.where(decision.visit >= 0, decision.visit + 1, -1).astype(np.int32)),
        DEAD=pl.Series(np.isin(decision.rule, _DEATH_RULES)),
        NEW=pl.Series(decision.rule == CensoringRule.C_11),
        STOP=pl.Series(decision.rule == CensoringRule.C_12),
        ALIVE=pl.Series(decision.rule == CensoringRule.C_20_CENSORED),
    )


def _rows(decided: pl.DataFrame, added: int) -> pl.DataFrame:
    """The rows of all parameters at once: dates, days and the record behind each."""
    return decided.filter(pl.col("START") != NO_DAY).select(
        "USUBJID", "PARAMCD", "PARAM", "CNSR", "RULEID", "EVNTDESC", "CNSDTDSC", "REASON", "TP",
        STARTDT=date_of("START"),
        ADT=date_of("END"),
        AVAL=(pl.col("END") - pl.col("START") + added).cast(pl.Int64),
        LEFTDT=date_of("LEFT"),
        LEFTVAL=(pl.col("LEFT") - pl.col("START") + added).cast(pl.Int64),
        SRCDOM=_first_of((pl.col("TP") > 0, pl.lit("TR")), (pl.col("DEAD"), pl.col("DTHDOM")),
                         (pl.col("ALIVE"), pl.col("ALVDOM")), (pl.col("NEW"), pl.col("NACTDOM")),
                         (pl.col("STOP"), pl.lit("DS")), (~pl.col("ALIVE"), pl.lit("ADSL"))),
        SRCSEQ=_first_of((pl.col("DEAD"), pl.col("DTHSEQ")), (pl.col("ALIVE"), pl.col("ALVSEQ")),
                         (pl.col("NEW"), pl.col("NACTSEQ")), (pl.col("STOP"), pl.col("CLPDSEQ"))),
    )  # fmt: skip


def _param(paramcd: str, decisions: Decisions) -> str:
    """Name of a parameter."""
    other = decisions.parameters.get(paramcd)
    return MAIN_PARAM[paramcd] if other is None else other.param


def _rule_ids(paramcd: str, decisions: Decisions, rules: list[CensoringRule]) -> list[str]:
    """The rule that decided, then the one by which the parameter differs from the main analysis."""
    other = decisions.parameters.get(paramcd)
    deciding = [RULE_TEXT[rule][0] for rule in rules]
    if other is None:
        return deciding
    return [one if one == other.rule else f"{one} {other.rule}" for one in deciding]


def _first_of(*choices: tuple[pl.Expr, pl.Expr]) -> pl.Expr:
    """The value of the first condition that holds, null when none does."""
    found = pl.lit(None, pl.String)
    for which, value in reversed(choices):
        found = pl.when(which).then(value).otherwise(found)
    return found


def _reasons(paramcd: str, decisions: Decisions, milestones: pl.DataFrame, added: int) -> list[str]:
    """The sentence of each subject; new therapy is named with its record."""
    decision, follow = decisions.times[paramcd], decisions.follow
    therapies = milestones.select("NACTDT", "NACTDOM", "NACTSEQ").rows()
    surgeries = milestones.select("SURGDT", DOM=pl.lit("PR"), SEQ="SURGSEQ").rows()
    partial = milestones["DTHDTF"].to_list()
    texts = []
    for index, code in enumerate(decision.rule):
        operated = code == CensoringRule.R_109
        day, domain, number = (surgeries if operated else therapies)[index]
        record = " ".join(part for part in (domain, number) if part)
        text = _sentence(decision, CensoringRule(code), index, f"{iso(day)} ({record})", added)
        text += _other_date(paramcd, decisions, index)
        if partial[index] and code in _DEATH_RULES:
            text += "; the date of death is partial and was imputed (D-05)"
        death = int(follow.death[index])
        if paramcd == "TTP" and death < NEVER and not decision.event[index]:
            text += f"; death on {iso(death)} is no event (E-08)"
        texts.append(text)
    return texts


def _censored_at(decision: Decision, rules: list[CensoringRule]) -> list[str]:
    """What the censoring date is: the origin when there is no adequate assessment."""
    return [
        "" if event else RULE_TEXT[rule][2] if visit >= 0 or rule in _OWN_DATE else "Origin"
        for event, rule, visit in zip(decision.event, rules, decision.visit, strict=True)
    ]


def _other_date(paramcd: str, decisions: Decisions, index: int) -> str:
    """What the date stands for when it is not that of the scan or event behind it (C-13 to C-16)."""
    decision, other = decisions.times[paramcd], decisions.parameters.get(paramcd)
    visit, end = int(decision.visit[index]), int(decision.day[index])
    if decision.left is not None and decision.left[index] < end:
        return f"; no progression until {iso(int(decision.left[index]))} (C-16)"
    if CensoringRule(decision.rule[index]) in _AFTER_GAP:
        known = int(decision.known_event[index])
        return f"; found on {iso(known)}, counted when the first missed scan was due" * (
            known != end
        )
    if other is None or other.rule != "C-13" or visit < 0:
        return ""
    seen = int(decisions.sequence.day[index, visit])
    return f"; the scan of {iso(seen)} counts on its due date (C-13)" * (seen != end)


def _sentence(decision: Decision, rule: CensoringRule, index: int, therapy: str, added: int) -> str:
    """Event or censoring with its date, its day (the origin is day `added`), and why."""
    if rule is CensoringRule.NONE:
        return ""
    day, origin = int(decision.day[index]), int(decision.origin[index])
    what = "event" if decision.event[index] else "censored"
    after = f"day {day - origin + added} from {iso(origin)}"
    return f"{what} on {iso(day)}, {after}: {_because(decision, rule, index, therapy)}"


def _because(decision: Decision, rule: CensoringRule, index: int, therapy: str) -> str:
    words = RULE_TEXT[rule][1]
    plain = f"{words[0].lower()}{words[1:]}"
    if rule is CensoringRule.C_04:
        return f"{plain} started on {therapy}"
    if rule is CensoringRule.R_109:
        return f"{plain} on {therapy}"
    if rule is CensoringRule.C_06:
        event = int(decision.known_event[index])
        gap = event - int(decision.day[index])
        allowed = int(decision.allowed_gap[index])
        return (
            f"the event on {iso(event)} came {gap} days later, more than {allowed} are missed scans"
        )
    return plain
