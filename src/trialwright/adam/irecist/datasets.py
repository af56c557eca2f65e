"""iRECIST beside RECIST 1.1: IOVR, IBOR, ICBOR in ADRS, IPFS and IDOR in ADTTE.

Only for protocols that name iRECIST; the rows of RECIST 1.1 stay as they are (R-085 to R-096).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import polars as pl

from trialwright.adam.adtte import derive_adtte
from trialwright.adam.frames import shaped
from trialwright.adam.irecist.doubts import immune_queries
from trialwright.adam.irecist.rows import immune_responses
from trialwright.adam.irecist.view import ImmuneView
from trialwright.adam.reading import Reading
from trialwright.adam.trial import Extended
from trialwright.core.dates import iso
from trialwright.protocol.settled import SettledAnalysis
from trialwright.response.irecist.best import immune_best
from trialwright.response.irecist.records import new_lesion_facts
from trialwright.response.irecist.series import assess_immune
from trialwright.subjects.reconcile import query
from trialwright.timetoevent.course import Course
from trialwright.timetoevent.decisions import course_of
from trialwright.timetoevent.irecist import decide_immune_progression
from trialwright.timetoevent.progression import Decision
from trialwright.vocabulary.adam import ADRS, ADTTE
from trialwright.vocabulary.irecist import ImmuneResponse
from trialwright.vocabulary.recist import Role

_RULE = {"IPFS": "C-17 R-093", "IDOR": "C-17 R-094"}
_CONFIRMED = "iUPD, confirmed (iCPD)"
_STANDING = "iUPD, neither confirmed nor reset"


def with_irecist(
    datasets: Mapping[str, pl.DataFrame],
    reading: Reading,
    milestones: pl.DataFrame,
    analysis: SettledAnalysis,
) -> Extended:
    """Add the rows of iRECIST to ADRS and ADTTE when the protocol names it.

    Parameters
    ----------
    datasets
        ADSL, ADRS and ADTTE by RECIST 1.1.
    reading
        The headline reading of the scans.
    milestones
        Dates of each subject in array order.
    analysis
        `pfs_rule` censors iPFS as it censors PFS (C-17).
    """
    if "iRECIST" not in reading.rule.criteria:
        return Extended(datasets)
    if reading.rule.response_source == "reported":
        return Extended(datasets, (_no_lesions(),))
    view = immune_view(reading)
    times = _times(view, analysis)
    adsl = datasets["ADSL"]
    responses = immune_responses(view, adsl)
    ends = _endings(view, times, milestones, adsl, analysis)
    return Extended(
        {
            **datasets,
            "ADRS": shaped(pl.concat([datasets["ADRS"], responses]), ADRS),
            "ADTTE": shaped(pl.concat([datasets["ADTTE"], ends]), ADTTE),
        },
        immune_queries(view),
    )


def _no_lesions() -> pl.DataFrame:
    return query(
        [""],
        "R-085",
        "iRECIST needs the lesions: nothing is derived by it from reported responses.",
        do="set response.response_source to lesions, or leave iRECIST out of the protocol",
    )


def immune_view(reading: Reading) -> ImmuneView:
    """Everything that iRECIST decides from one reading of the scans."""
    records, decisions, rule = reading.records, reading.decisions, reading.rule
    history, follow = records.history, decisions.follow
    immune = assess_immune(history, decisions.points, new_lesion_facts(records), rule)
    live = decisions.sequence.live
    return ImmuneView(
        records=records,
        decisions=decisions,
        rule=rule,
        immune=immune,
        unconfirmed=immune_best(immune, live, follow, rule, confirmed=False),
        confirmed=immune_best(immune, live, follow, rule, confirmed=True),
    )


def _times(view: ImmuneView, analysis: SettledAnalysis) -> dict[str, Decision]:
    """IPFS and iDOR of every subject (R-093, R-094)."""
    role = view.records.history.role
    known = ((role == Role.TARGET) | (role == Role.NON_TARGET)).any(axis=1)
    live = view.decisions.sequence.live
    course = course_of(view.decisions.sequence, view.decisions.follow, known | live.any(axis=1))
    origins = {
        "IPFS": view.decisions.times["PFS"].origin,
        "IDOR": view.headline.best.start_day,
    }
    return {
        paramcd: _decided(view, replace(course, origin=origin), analysis)
        for paramcd, origin in origins.items()
    }


def _decided(view: ImmuneView, course: Course, analysis: SettledAnalysis) -> Decision:
    rules = view.rule, analysis
    return decide_immune_progression(view.immune, course, rules, pfs_rule=analysis.pfs_rule)


def _endings(
    view: ImmuneView,
    times: dict[str, Decision],
    milestones: pl.DataFrame,
    adsl: pl.DataFrame,
    analysis: SettledAnalysis,
) -> pl.DataFrame:
    """Rows of ADTTE: those of RECIST 1.1 with the words of iRECIST."""
    decisions = replace(view.decisions, times=times)
    rows = derive_adtte(view.records, decisions, milestones, adsl, analysis)
    subject = {name: s for s, name in enumerate(view.records.subjects)}
    words = [
        _words(view, times[paramcd], subject[name])
        for paramcd, name in rows.select("PARAMCD", "USUBJID").iter_rows()
    ]
    progression = pl.col("RULEID") == "C-01"
    event, said = pl.Series([w[0] for w in words]), pl.Series([w[1] for w in words])
    voided = pl.Series([w[2] for w in words])
    return rows.with_columns(
        EVNTDESC=pl.when(progression).then(event).otherwise(pl.col("EVNTDESC")),
        REASON=pl.concat_str(
            pl.when(progression)
            .then(pl.concat_str(pl.col("REASON").str.strip_suffix("progressive disease"), said))
            .otherwise(pl.col("REASON")),
            voided,
        ),
        RULEID=pl.concat_str("RULEID", pl.lit(" "), pl.col("PARAMCD").replace_strict(_RULE)),
    )


def _words(view: ImmuneView, decision: Decision, s: int) -> tuple[str, str, str]:
    """Event description, its words in the sentence, and the iUPDs that were reset before."""
    immune = view.immune
    void = [
        iso(int(immune.day[s, immune.start[s, v]]))
        for v in np.flatnonzero(immune.reset[s])
        if immune.day[s, immune.start[s, v]] >= decision.origin[s]
        and (immune.day[s, v] <= decision.day[s] or not decision.event[s])
    ]
    undone = f"; iUPD of {' and '.join(void)} was reset and does not count" if void else ""
    visit = int(decision.visit[s])
    later = np.flatnonzero(immune.response[s] == ImmuneResponse.ICPD)
    if visit >= 0 and len(later) and immune.start[s, later[0]] == immune.start[s, visit]:
        day = iso(int(immune.day[s, later[0]]))
        return _CONFIRMED, f"first iUPD of the series, confirmed by iCPD on {day}", undone
    return _STANDING, "iUPD, neither confirmed nor reset later", undone
