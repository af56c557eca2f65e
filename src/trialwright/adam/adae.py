"""ADAE: adverse events with dates, grade, treatment emergence, relation and action by component."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from trialwright.adam.frames import shaped
from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Origin, Sdtm
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.settled import SettledSafety, settled_safety
from trialwright.safety.codes import GRADES, YES_NO, decoded
from trialwright.safety.dates import impute_end, impute_start
from trialwright.safety.dose_limiting import can_derive, flag_dose_limiting
from trialwright.safety.emergence import flag_emergence
from trialwright.safety.event_queries import DLT_OPEN, RELATION_CONFLICT
from trialwright.safety.procedure_days import shortly_after
from trialwright.safety.relation import actions, relate, relation_conflicts
from trialwright.safety.serious import seriousness
from trialwright.safety.special_interest import interest, systemic_steroids
from trialwright.safety.start_times import starts_before_treatment
from trialwright.safety.terms import is_immune_category, is_progression
from trialwright.subjects.days import date_of, upper
from trialwright.subjects.reconcile import UNUSED_SCHEMA, stacked, unused
from trialwright.vocabulary.adam import ADAE

#: Day numbers of a subject that the rules need, by the column of ADSL.
_SUBJECT_DAYS = {
    "FIRST": "TRTSDT", "LAST": "TRTEDT", "EOT": "EOTDT", "NACT": "NACTDT", "CUTOFF": "DCUTDT",
    "DEATH": "DTHDT",
}  # fmt: skip
_TUMOUR = "not an adverse event: progression of the tumour"
#: Words for each line of A-16 (0 without treatment) and the days that they name.
_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("no treatment was given", ()),
    ("start unknown, counts from first treatment", ()),
    (
        "began before treatment, then worse than grade {} from {} (window {} to {})",
        ("GRADE0", "START", "FIRST", "UNTIL"),
    ),
    ("began before first treatment on {} and was not worse in the window", ("FIRST",)),
    ("began on {}, within {} to {}", ("ONSET", "FIRST", "UNTIL")),
    ("began on {}, after the window ended on {}", ("ONSET", "UNTIL")),
)


class AdverseEventData(NamedTuple):
    """ADAE, and a reconciliation row for each record of AE that is not in it."""

    adae: pl.DataFrame
    unused: pl.DataFrame


def derive_adae(protocol: Protocol, sdtm: Sdtm, adsl: pl.DataFrame) -> AdverseEventData:
    """Derive the adverse events of the subjects of ADSL.

    Parameters
    ----------
    protocol
        Settled; its safety rule decides windows and what missing grades and relations count as,
        its regimen names the components.
    sdtm
        AE with qualifiers AEREL1, AEACN1, ... by position of the component, AESI, AESTER, DLT; EX
        and PR for times and procedures; CM and RELREC for steroids.
    adsl
        One row a subject: TRTSDT, TRTEDT, EOTDT, NACTDT, DCUTDT, DTHDT as dates.

    Returns
    -------
    AdverseEventData
        One row a record, sorted by USUBJID and AESEQ; records of unknown subjects and from after
        the cut-off are not used (R-143, D-08).

    Raises
    ------
    ProtocolError
        When a safety option is still open.
    DataError
        For grades, relations, actions or flags that are not listed, or a repeated AESEQ.

    References
    ----------
    Rules D-04, D-08, A-01 to A-07, A-10, A-15, A-16.
    """
    rule = settled_safety(protocol)
    origin = sdtm.origin("AE")
    events, rest = _within_trial(_numbered(sdtm["AE"], origin), adsl)
    events = _read(events, sdtm, protocol.regimen, rule)
    frame = shaped(_described(flag_emergence(events, rule), rule), ADAE)
    return AdverseEventData(_with_limits(flag_dose_limiting(frame, adsl, rule), rule), rest)


def _read(
    events: pl.DataFrame, sdtm: Sdtm, regimen: Sequence[Component], rule: SettledSafety
) -> pl.DataFrame:
    """Add what each record says, in the words of the dataset."""
    components = [component.id for component in regimen]
    origin = sdtm.origin("AE")
    term = pl.coalesce(upper("AEDECOD"), upper("AETERM"))
    immune = is_immune_category(upper("AECAT"))
    return events.with_columns(
        *seriousness(events, origin),
        *relate(events, components, rule, origin),
        *shortly_after(events, sdtm, regimen, rule.post_procedure_days),
        GRADE=decoded(events, "AETOXGR", GRADES, origin).cast(pl.Int64),
        AACNCOMP=actions(events, components, origin),
        RELODD=relation_conflicts(events, components, origin),
        AESICAT=interest(events, rule.aesi_terms, origin),
        AESTERFL=systemic_steroids(events, sdtm, origin),
        DLTINVFL=decoded(events, "DLT", YES_NO, origin),
        EARLIER=starts_before_treatment(events, sdtm),
        STOPPED=pl.col("EOT").is_not_null(),
        UNDATED=pl.col("AESTDTC").is_null() | (pl.col("AESTDTC") == ""),
        TERM=term,
        PROG=is_progression(term),
    ).with_columns(LONG=(pl.col("AESER") == "Y").fill_null(value=False) | immune)


def _within_trial(events: pl.DataFrame, adsl: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The dated records of known subjects up to the cut-off, and a row for each other one."""
    known = pl.col("USUBJID").is_in(adsl["USUBJID"].to_list())
    foreign = unused("AE", events.filter(~known), "R-143", "subject is not in DM")
    dated = _dated(events.filter(known), adsl)
    late = (pl.col("START") > pl.col("CUTOFF")).fill_null(value=False)
    removed = unused("AE", dated.filter(late), "D-08", "dated after the data cut-off")
    return dated.filter(~late), stacked([foreign, removed], UNUSED_SCHEMA)


def _numbered(events: pl.DataFrame, origin: Origin) -> pl.DataFrame:
    """AESEQ as a number that singles out each record of a subject.

    Records without one are numbered behind the others, in the order of their content.
    """
    content = [name for name in events.columns if name != ROW]
    rows = events.sort(content, nulls_last=True).with_columns(
        SEQ=pl.col("AESEQ").cast(pl.Float64).cast(pl.Int64)
    )
    highest = pl.col("SEQ").max().over("USUBJID").fill_null(0)
    place = pl.col("SEQ").is_null().cast(pl.Int64).cum_sum().over("USUBJID")
    rows = rows.with_columns(
        SEQ=pl.when(pl.col("SEQ").is_null()).then(highest + place).otherwise(pl.col("SEQ"))
    ).with_columns(AESEQ=pl.col("SEQ").cast(pl.String))
    doubled = rows.filter(pl.struct("USUBJID", "SEQ").is_duplicated()).sort(ROW)
    if doubled.height:
        shown = doubled.select(ROW, "AESEQ").head(10).iter_rows()
        raise DataError(
            "AESEQ stands twice for one subject.",
            where="; ".join(f'{origin.cell(row, "AESEQ")}: "{value}"' for row, value in shown),
            allowed="each sequence number once a subject",
            do="number the records of each subject",
        )
    return rows


def _dated(events: pl.DataFrame, adsl: pl.DataFrame) -> pl.DataFrame:
    """Add the day numbers of the subject, and start and end after D-04."""
    days = [pl.col(column).cast(pl.Int32).alias(name) for name, column in _SUBJECT_DAYS.items()]
    subjects = adsl.select("USUBJID", "STUDYID", *days)
    events = events.drop("STUDYID").join(subjects, on="USUBJID", how="left", maintain_order="left")
    inputs = events.select("AESTDTC", "AEENDTC", "FIRST", "CUTOFF", "DEATH").iter_rows()
    dates = []
    for start, end, first, cutoff, death in inputs:
        last, last_flag = impute_end(end, cutoff, death)
        # A stated end behind the cut-off still shows that the event was not over before treatment.
        dates.append((*impute_start(start, first, last), last, last_flag))
    schema = {"START": pl.Int32, "ASTDTF": pl.String, "END": pl.Int32, "AENDTF": pl.String}
    return events.hstack(pl.DataFrame(dates, schema=schema, orient="row"))


def _described(events: pl.DataFrame, rule: SettledSafety) -> pl.DataFrame:
    """The columns of the dataset with rule ids and the reason in words."""
    since = pl.col("START") - pl.col("FIRST")
    severe = pl.col("GRADE").fill_null(rule.missing_grade) >= 3
    imputed = (pl.col("ASTDTF") != "") | (pl.col("AENDTF") != "")
    said = [
        ("A-06", pl.col("PROG"), ""),
        ("D-04", imputed, "date partly imputed"),
        ("A-07", pl.col("GRADE").is_null(), _grade_words(rule)),
        ("A-02", pl.col("RELASSUMED"), f"missing relation counts as {_relation(rule)}"),
        ("A-02", pl.col("RELODD"), RELATION_CONFLICT),
        ("A-03", pl.col("SERASSUMED"), "serious by its criterion"),
        ("A-04", pl.col("AESICAT").is_not_null(), ""),
    ]
    rules = [pl.when(applies).then(pl.lit(name)) for name, applies, _ in said]
    words = [pl.when(applies).then(pl.lit(text)) for _, applies, text in said if text]
    emergence = pl.when("PROG").then(pl.lit(_TUMOUR)).otherwise(_emergence_words())
    return events.with_columns(
        AESEQ=pl.col("SEQ"),
        ASTDT=date_of("START"),
        AENDT=date_of("END"),
        ASTDY=since + pl.when(since >= 0).then(1).otherwise(0),
        ATOXGRN=pl.col("GRADE"),
        AGR3FL=pl.when(severe).then(pl.lit("Y")).otherwise(pl.lit("N")),
        AEOUT=upper("AEOUT"),
        AECAT=upper("AECAT"),
        AEPISN=pl.col("EPISODE"),
        PROCDT=date_of("PROCDT"),
        TRTEMFL=pl.when("PROG").then(pl.lit("N")).otherwise("TRTEMFL"),
        PROGFL=pl.when("PROG").then(pl.lit("Y")),
        RULEID=pl.concat_str([pl.lit("A-16"), *rules], separator=" ", ignore_nulls=True),
        REASON=pl.concat_str([emergence, *words], separator="; ", ignore_nulls=True),
        SRCDOM=pl.lit("AE"),
        SRCSEQ=pl.col("SEQ").cast(pl.String),
    )


def _with_limits(adae: pl.DataFrame, rule: SettledSafety) -> pl.DataFrame:
    """Name the rule of dose-limiting toxicity where it says anything of an event (A-05)."""
    is_open = pl.col("DLTDRVFL").is_null() if can_derive(rule) else pl.lit(value=False)
    said = (pl.col("DLTINVFL") == "Y") | (pl.col("DLTDRVFL") == "Y")
    applies = said.fill_null(value=False) | is_open
    return adae.with_columns(
        RULEID=pl.when(applies).then(pl.col("RULEID") + " A-05").otherwise("RULEID"),
        REASON=pl.when(is_open).then(pl.col("REASON") + f"; {DLT_OPEN}").otherwise("REASON"),
    )


def _grade_words(rule: SettledSafety) -> str:
    as_grade = f"counts as grade {rule.missing_grade}" if rule.missing_grade else "stays unknown"
    return f"missing grade {as_grade}"


def _relation(rule: SettledSafety) -> str:
    return rule.missing_relation.replace("_", " ")


def _emergence_words() -> pl.Expr:
    """Line of A-16 and what it found."""
    words = pl.lit("")
    for line, (pattern, names) in enumerate(_WORDS):
        numbered = f"line {line}: {pattern}" if line else pattern
        text = pl.format(numbered, *map(_shown, names)) if names else pl.lit(numbered)
        words = pl.when(pl.col("LINE") == line).then(text).otherwise(words)
    over = pl.format("line 1: start unknown, over before first treatment on {}", _shown("FIRST"))
    is_over = (pl.col("LINE") == 1) & (pl.col("TRTEMFL") == "N")
    return pl.when(is_over).then(over).otherwise(words)


def _shown(name: str) -> pl.Expr:
    value = pl.col(name) if name == "GRADE0" else date_of(name)
    return value.cast(pl.String).fill_null("?")
