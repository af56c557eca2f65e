"""mRECIST beside RECIST 1.1: viable diameters in ADTR, MOVR, MBOR and MCBOR in ADRS (R-120 to R-126).

Only for protocols that name mRECIST; the rows of RECIST 1.1 stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl

from trialwright.adam.adtr import derive_adtr
from trialwright.adam.frames import shaped
from trialwright.adam.mrecist.rows import ViableView, viable_responses
from trialwright.adam.reading import Reading
from trialwright.adam.trial import Extended, Trial
from trialwright.core.dates import iso
from trialwright.core.format import mm
from trialwright.core.tables import Sdtm
from trialwright.response.mrecist.engine import assess_viable, change_messages, least_rise
from trialwright.response.mrecist.records import ViableRecords, condition_queries, read_viable
from trialwright.response.mrecist.viable import has_viable
from trialwright.subjects.days import upper
from trialwright.subjects.reconcile import QUERY_SCHEMA, UNUSED_SCHEMA, query, unused
from trialwright.timetoevent.decisions import decide
from trialwright.vocabulary.adam import ADRS, ADTR
from trialwright.vocabulary.recist import PD_ABSOLUTE_TENTHS, VIABLE_TESTS, Response, Role

_ADTR = {
    "LDIAM": ("VLDIAM", "Longest Viable Diameter (mm)"),
    "SUMDIAM": ("SUMVIAB", "Sum of Viable Diameters (mm)"),
    "SUMPART": ("SUMVPART", "Sum of the Viable Diameters That Were Read (mm)"),
}
#: Rules of the baseline checks and of the keys: they are answered once, for RECIST 1.1.
_ASKED_BEFORE = (*(f"R-{number:03}" for number in range(1, 17)), "R-044", "R-100", "R-101", "R-130", "R-132")  # fmt: skip
_MEASURE = "record the viable diameters in TR (VLDIAM), or take mRECIST out of the protocol"


def with_mrecist(
    datasets: Mapping[str, pl.DataFrame],
    headline: Reading,
    others: tuple[Reading, ...],
    trial: Trial,
) -> Extended:
    """Add the rows of mRECIST to ADTR and ADRS when the protocol names it.

    Without any viable diameter nothing is added, and an error says so.

    Parameters
    ----------
    datasets
        ADSL, ADTR and ADRS by RECIST 1.1.
    headline, others
        The readings of the scans; mRECIST is derived for the headline.

    Raises
    ------
    DataError
        For viable diameters and qualifiers that the input form refuses (R-143).
    """
    if "mRECIST" not in headline.rule.criteria:
        return Extended(datasets)
    elsewhere = tuple(_viable_of(one.share.sdtm) for one in others)
    asked = tuple(condition_queries(trial.protocol))
    if not has_viable(headline.share.sdtm):
        return Extended(datasets, (*asked, _none_measured()), elsewhere)
    read, view = viable_view(headline, trial)
    adsl = datasets["ADSL"]
    sizes = _sizes(view, adsl, read)
    return Extended(
        {
            **datasets,
            "ADTR": shaped(pl.concat([datasets["ADTR"], sizes]), ADTR),
            "ADRS": shaped(pl.concat([datasets["ADRS"], viable_responses(view, adsl)]), ADRS),
        },
        (*asked, *read.queries, *_own_queries(headline, read), *_doubts(view)),
        (*elsewhere, *read.rows.unused, _unused_rows(read)),
    )


def _none_measured() -> pl.DataFrame:
    text = "mRECIST is not derived: TR has no viable diameter."
    return query(("",), "R-121", text, "error", _MEASURE)


def viable_view(headline: Reading, trial: Trial) -> tuple[ViableRecords, ViableView]:
    """Read the viable diameters of the headline reader and decide everything that they decide."""
    rule, people = headline.rule, trial.milestones
    read = read_viable(trial.protocol, headline.share.sdtm, people.frame, rule)
    assessed = assess_viable(read.records.history, read.facts, rule)
    role = assessed.history.role
    known = ((role == Role.TARGET) | (role == Role.NON_TARGET)).any(axis=1)
    decisions = decide(
        trial.protocol, assessed.points, known, people.frame, people.cutoff.day,
        (rule, trial.analysis),
    )  # fmt: skip
    return read, ViableView(
        records=read.records,
        assessed=assessed,
        decisions=decisions,
        rule=rule,
        unread=read.rows.unread,
    )


def _sizes(view: ViableView, adsl: pl.DataFrame, read: ViableRecords) -> pl.DataFrame:
    """Rows of ADTR: viable diameters and their sums; nodes and other targets are there already."""
    rows = derive_adtr(view.records, view.decisions, adsl, view.rule.evaluator)
    rows = rows.filter(pl.col("PARAMCD").is_in(list(_ADTR)))
    mine = read.rows.targets.rename({"LNKID": "TRLNKID"})
    sums = rows.filter(pl.col("PARAMCD") != "LDIAM")
    lesions = rows.filter(pl.col("PARAMCD") == "LDIAM").join(
        mine, on=["USUBJID", "TRLNKID"], how="semi"
    )
    code = pl.col("PARAMCD")
    rules = pl.concat_str("RULEID", pl.lit("R-122"), separator=" ", ignore_nulls=True)
    return pl.concat([lesions, sums]).with_columns(
        PARAM=code.replace_strict({old: name for old, (_, name) in _ADTR.items()}),
        PARAMCD=code.replace_strict({old: new for old, (new, _) in _ADTR.items()}),
        RULEID=rules,
    )


def _viable_of(sdtm: Sdtm) -> pl.DataFrame:
    rows = sdtm["TR"].filter(upper("TRTESTCD").is_in(VIABLE_TESTS))
    return unused("TR", rows, "R-072", "viable diameter of another reading than the headline")


def _unused_rows(read: ViableRecords) -> pl.DataFrame:
    """Viable records that the reader of lesions did not use, such as those of an earlier scan."""
    rows = read.rows.rows.select("USUBJID", SRCSEQ=pl.col("TRSEQ").cast(pl.String)).unique()
    lost = pl.concat([pl.DataFrame(schema=UNUSED_SCHEMA), *read.records.unused])
    lost = lost.filter(pl.col("DOMAIN") == "TR")
    return lost.join(rows, on=["USUBJID", "SRCSEQ"], how="semi", nulls_equal=True)


def _own_queries(headline: Reading, read: ViableRecords) -> list[pl.DataFrame]:
    """Queries that only the viable diameters raise."""
    mine = pl.concat([pl.DataFrame(schema=QUERY_SCHEMA), *read.records.queries], how="diagonal")
    known = pl.concat(
        [pl.DataFrame(schema=QUERY_SCHEMA), *headline.records.queries], how="diagonal"
    )
    new = mine.join(known, on=["USUBJID", "RULEID", "MESSAGE"], how="anti")
    new = new.filter(
        ~pl.col("RULEID").is_in(_ASKED_BEFORE) & ~pl.col("USUBJID").is_in(read.rows.unread)
    )
    silent = [
        query(
            (name,),
            "R-121",
            "mRECIST: the subject has targets and no viable diameter: not evaluable.",
            "error",
            _MEASURE,
        )
        for name in read.rows.unread
    ]
    return [new.with_columns(MESSAGE=pl.concat_str(pl.lit("mRECIST: "), "MESSAGE")), *silent]


def _doubts(view: ViableView) -> Iterator[pl.DataFrame]:
    """What mRECIST reads in another way than the reader, and enhancement that returns (R-122)."""
    for subject, rule, message in change_messages(view.assessed, view.records.subjects):
        yield query((subject,), rule, message, "note")
    targets, day = view.assessed.points.targets, view.assessed.history.last_day
    back = (targets.response == Response.PD) & (targets.nadir == 0)
    back &= targets.total < PD_ABSOLUTE_TENTHS
    if least_rise(view.rule) == PD_ABSOLUTE_TENTHS:
        return
    for s, v in np.argwhere(back).tolist():
        message = (
            f"mRECIST, {iso(int(day[s, v]))}: enhancement of {mm(int(targets.total[s, v]))} mm after "
            "a viable sum of 0 is PD without the 5 mm clause (mrecist_5mm: false)."
        )
        do = "check that it is tumour and no change of perfusion"
        yield query((view.records.subjects[s],), "R-122", message, do=do)
