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
from trialwright.timetoevent.progression import RULE_TEXT, CensoringRule, Decision
from trialwright.vocabulary.adam import ADTTE
from trialwright.vocabulary.recist import NEVER, NO_DAY

_PARAM = {
    "PFS": "Progression-Free Survival",
    "PFSEMA": "Progression-Free Survival (Every Event Counts)",
    "PFSFDA": "Progression-Free Survival (Censored at New Therapy and Gaps)",
    "TTP": "Time to Progression",
    "DOR": "Duration of Response",
    "OS": "Overall Survival",
}
_DEATH_RULES = (CensoringRule.C_02, CensoringRule.C_03B, CensoringRule.C_20_EVENT)


def derive_adtte(
    records: LesionRecords, decisions: Decisions, adsl: pl.DataFrame, analysis: SettledAnalysis
) -> pl.DataFrame:
    """Derive ADTTE from the decisions.

    Returns
    -------
    pl.DataFrame
        Columns of `vocabulary.adam.ADTTE`; AVAL is `ADT - STARTDT + 1` days (D-01).
    """
    rows = [_rows(paramcd, decisions, records, analysis) for paramcd in decisions.times]
    subject = adsl.select("STUDYID", "USUBJID")
    frame = pl.concat(rows).join(subject, on="USUBJID", how="left")
    sources = records.cells.filter(pl.col("SRCSEQ") != "").group_by("S", "TP").agg(
        SRCSEQ=pl.col("SRCSEQ").str.split(" ").list.explode().cast(pl.Int64).sort()
        .cast(pl.String).str.join(" ")
    )  # fmt: skip
    index = records.points.select("S", "TP", "USUBJID").join(sources, on=["S", "TP"], how="left")
    frame = frame.join(index.select("USUBJID", "TP", "SRCSEQ"), on=["USUBJID", "TP"], how="left")
    return shaped(frame, ADTTE)


def _rows(
    paramcd: str, decisions: Decisions, records: LesionRecords, analysis: SettledAnalysis
) -> pl.DataFrame:
    decision, therapy = decisions.times[paramcd], decisions.follow.new_therapy
    applies = decision.origin != NO_DAY
    died = decisions.follow.death
    deaths = [
        f"; death on {iso(int(day))} is no event (E-08)"
        if paramcd == "TTP" and day < NEVER and not event
        else ""
        for day, event in zip(died, decision.event, strict=True)
    ]
    rules = [CensoringRule(code) for code in decision.rule]
    dead = np.isin(decision.rule, _DEATH_RULES)
    visit = np.where(decision.visit >= 0, decision.visit + 1, -1).astype(np.int32)
    frame = pl.DataFrame(
        {
            "USUBJID": list(records.subjects),
            "START": decision.origin,
            "END": decision.day,
            "CNSR": np.where(decision.event, 0, 1),
            "RULEID": [RULE_TEXT[rule][0] for rule in rules],
            "EVNTDESC": [RULE_TEXT[rule][1] for rule in rules],
            "CNSDTDSC": _censored_at(decision, rules),
            "REASON": [
                _sentence(decision, rule, i, int(therapy[i])) + deaths[i]
                for i, rule in enumerate(rules)
            ],
            "TP": visit,
            "SRCDOM": np.where(visit >= 0, "TR", np.where(dead, "DM", "ADSL")),
        }
    ).filter(pl.Series(applies))
    added = 1 if analysis.plus_one_day else 0
    return frame.with_columns(
        PARAMCD=pl.lit(paramcd),
        PARAM=pl.lit(_PARAM[paramcd]),
        STARTDT=date_of("START"),
        ADT=date_of("END"),
        AVAL=(pl.col("END") - pl.col("START") + added).cast(pl.Int64),
    ).drop("START", "END")


def _censored_at(decision: Decision, rules: list[CensoringRule]) -> list[str]:
    """What the censoring date is: the origin when there is no adequate assessment."""
    survival = (CensoringRule.C_20_EVENT, CensoringRule.C_20_CENSORED)
    return [
        "" if event else RULE_TEXT[rule][2] if visit >= 0 or rule in survival else "Origin"
        for event, rule, visit in zip(decision.event, rules, decision.visit, strict=True)
    ]


def _sentence(decision: Decision, rule: CensoringRule, index: int, therapy: int) -> str:
    """Event or censoring with its date, its distance from the origin, and why."""
    if rule is CensoringRule.NONE:
        return ""
    day, origin = int(decision.day[index]), int(decision.origin[index])
    what = "event" if decision.event[index] else "censored"
    after = f"{day - origin} days after {iso(origin)}"
    return f"{what} on {iso(day)}, {after}: {_because(decision, rule, index, therapy)}"


def _because(decision: Decision, rule: CensoringRule, index: int, therapy: int) -> str:
    words = RULE_TEXT[rule][1]
    plain = f"{words[0].lower()}{words[1:]}"
    if rule is CensoringRule.C_04:
        return f"{plain} started on {iso(therapy)}"
    if rule is CensoringRule.C_06:
        event = int(decision.known_event[index])
        gap = event - int(decision.day[index])
        allowed = int(decision.allowed_gap[index])
        return (
            f"the event on {iso(event)} came {gap} days later, more than {allowed} are missed scans"
        )
    return plain
