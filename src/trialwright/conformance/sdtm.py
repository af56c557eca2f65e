"""Checks within an SDTM domain: sequence numbers, dates, terms, results."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from trialwright.conformance.looking import (
    MOST,
    by_value,
    filled,
    first_and_last,
    number,
    one_to_one,
    together,
    where,
)
from trialwright.conformance.model import NOT_RUN, DataTable, Fault, Looked, Trial
from trialwright.core.tables import ROW
from trialwright.vocabulary.recist import ROLE_WORDS, UNIT_TENTHS
from trialwright.vocabulary.reported import NO_ANSWER_WORDS, STATED_WORDS
from trialwright.vocabulary.sdtm import SPANS

_YES_NO = frozenset({"Y", "N", "U", "NA"})
_ROLES = frozenset({*ROLE_WORDS, *(f"{word} LESION" for word in ROLE_WORDS)})
#: Terms by domain and variable, compared in upper case.
TERMS: dict[str, dict[str, frozenset[str]]] = {
    "DM": {
        "SEX": frozenset({"M", "F", "U", "UNDIFFERENTIATED", "INTERSEX"}),
        "AGEU": frozenset({"YEARS", "MONTHS", "WEEKS", "DAYS", "HOURS"}),
        "DTHFL": frozenset({"Y"}),
    },
    "TU": {
        "TUTESTCD": frozenset({"TUMIDENT", "TUSPLIT", "TUMERGE"}),
        "TUSTRESC": frozenset({*_ROLES, *_YES_NO}),
    },
    "TR": {
        "TRSTAT": frozenset({"NOT DONE"}),
        "TRORRESU": frozenset({*UNIT_TENTHS, "%", "ML", "MM2", "MM3", "CM2", "CM3", "HU"}),
        "TRSTRESU": frozenset({*UNIT_TENTHS, "%", "ML", "MM2", "MM3", "CM2", "CM3", "HU"}),
    },
    "AE": {
        "AETOXGR": frozenset({"1", "2", "3", "4", "5"}),
        **dict.fromkeys(("AESER", "AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE"), _YES_NO),
        "AEOUT": frozenset({
            "FATAL", "NOT RECOVERED/NOT RESOLVED", "RECOVERED/RESOLVED", "RECOVERING/RESOLVING",
            "RECOVERED/RESOLVED WITH SEQUELAE", "UNKNOWN",
        }),
    },
    "RS": {"RSSTAT": frozenset({"NOT DONE"})},
    "LB": {
        "LBSTAT": frozenset({"NOT DONE"}),
        "LBNRIND": frozenset({"NORMAL", "LOW", "HIGH", "LOW LOW", "HIGH HIGH", "ABNORMAL"}),
    },
    "VS": {"VSSTAT": frozenset({"NOT DONE"})},
    "EG": {"EGSTAT": frozenset({"NOT DONE"})},
    "SS": {"SSSTRESC": frozenset({"ALIVE", "DEAD", "UNKNOWN", "LOST TO FOLLOW-UP"})},
}  # fmt: skip
#: Evaluators that the rules know (R-130), in every domain with --EVAL.
_EVALUATORS = frozenset({"INVESTIGATOR", "INDEPENDENT ASSESSOR"})
_RESPONSES = frozenset({*STATED_WORDS, *NO_ANSWER_WORDS})
_RESPONSE_TESTS = ("OVRLRESP", "TRGRESP", "NTRGRESP", "BESTRESP")
#: Start and end by domain.
_SPANS = {
    "DM": (("RFSTDTC", "RFENDTC"), ("RFXSTDTC", "RFXENDTC"), ("RFICDTC", "DTHDTC")),
    **{code: (pair,) for code, pair in SPANS.items()},
}


def sequence(table: DataTable, trial: Trial) -> Looked:
    """--SEQ is there and a whole number from 1."""
    del trial
    column = f"{table.name}SEQ"
    if column not in {one.name for one in table.expected}:
        return NOT_RUN
    if not table.has(column):
        return Looked(table.frame.height, [Fault(0, column)])
    value = number(column)
    wrong = value.is_null() | (value < 1) | (value != value.floor())
    return where(table.frame, wrong, column)


def domain_column(table: DataTable, trial: Trial) -> Looked:
    """DOMAIN (RDOMAIN of SUPP--) is the domain that the file is named for."""
    del trial
    column = "RDOMAIN" if table.name.startswith("SUPP") else "DOMAIN"
    if not table.has(column) or table.name == "RELREC":
        return NOT_RUN
    code = table.name.removeprefix("SUPP")
    return where(table.frame, pl.col(column).fill_null("") != code, column)


def terms(table: DataTable, trial: Trial) -> Looked:
    """Values are terms of the vocabulary."""
    del trial
    known = dict(TERMS.get(table.name, {}))
    if table.has(f"{table.name}EVAL"):
        known[f"{table.name}EVAL"] = _EVALUATORS
    parts = [_unlisted(table, name, words) for name, words in known.items() if table.has(name)]
    return together(parts)


def _unlisted(table: DataTable, name: str, words: frozenset[str]) -> Looked:
    values = table.frame[name].drop_nulls().unique()
    return by_value(table, name, [v for v in values if v.upper() not in words], _shown(words))


def _shown(words: Iterable[str]) -> str:
    listed = sorted(words)
    return f"allowed: {', '.join(listed[:12])}{' ...' if len(listed) > 12 else ''}"


def responses(table: DataTable, trial: Trial) -> Looked:
    """Stated responses are RECIST 1.1 terms."""
    del trial
    if table.name != "RS" or not table.has("RSTESTCD", "RSSTRESC"):
        return NOT_RUN
    rows = filled(table, "RSSTRESC").filter(
        pl.col("RSTESTCD").str.to_uppercase().is_in(_RESPONSE_TESTS)
    )
    wrong = ~pl.col("RSSTRESC").str.to_uppercase().is_in(list(_RESPONSES))
    return where(rows, wrong, "RSSTRESC")


def spans(table: DataTable, trial: Trial) -> Looked:
    """No record ends before it starts, whatever its partial dates may mean."""
    del trial
    pairs = [pair for pair in _SPANS.get(table.name, ()) if table.has(*pair)]
    return together(_span(table, start, end) for start, end in pairs)


def _span(table: DataTable, start: str, end: str) -> Looked:
    rows = filled(table, start, end)
    days = first_and_last([*rows[start], *rows[end]])
    faults = [
        Fault(row, end, until, f"{start} is {since}")
        for row, since, until in rows.select(ROW, start, end).iter_rows()
        if since in days and until in days and days[since][0] > days[until][1]
    ]
    return Looked(rows.height, faults[:MOST])


def death(table: DataTable, trial: Trial) -> Looked:
    """DTHFL is Y exactly where DTHDTC holds a date."""
    del trial
    if table.name != "DM" or not table.has("DTHFL", "DTHDTC"):
        return NOT_RUN
    dated = pl.col("DTHDTC").is_not_null()
    said = (pl.col("DTHFL").str.to_uppercase() == "Y").fill_null(value=False)
    return where(table.frame, dated != said, "DTHFL")


def visits(table: DataTable, trial: Trial) -> Looked:
    """VISITNUM and VISIT name the same visits; unscheduled ones may share a name."""
    del trial
    if not table.has("VISITNUM", "VISIT"):
        return NOT_RUN
    planned = table.frame.filter(
        ~pl.col("VISIT").str.to_uppercase().str.contains("UNSCH").fill_null(value=False)
    ).with_columns(VISITNUM=number("VISITNUM").cast(pl.String))
    only = DataTable(
        name=table.name, frame=planned, origin=table.origin, expected=table.expected, keys=()
    )
    return one_to_one(only, "VISITNUM", "VISIT")


def not_done(table: DataTable, trial: Trial) -> Looked:
    """A record that says NOT DONE has no result, and one without a result says so."""
    del trial
    status, result = f"{table.name}STAT", f"{table.name}ORRES"
    if not table.has(status, result):
        return NOT_RUN
    undone = (pl.col(status).str.to_uppercase() == "NOT DONE").fill_null(value=False)
    return where(table.frame, undone & pl.col(result).is_not_null(), result)


def standard_length(table: DataTable, trial: Trial) -> Looked:
    """TRSTRESN is TRORRES in millimetres."""
    del trial
    if table.name != "TR" or not table.has("TRORRES", "TRORRESU", "TRSTRESN"):
        return NOT_RUN
    rows = filled(table, "TRORRES", "TRORRESU", "TRSTRESN").with_columns(
        _GIVEN=number("TRORRES"), _MM=number("TRSTRESN"),
        _FACTOR=pl.col("TRORRESU").str.to_uppercase()
        .replace_strict({u: t / 10 for u, t in UNIT_TENTHS.items()}, default=None,
                        return_dtype=pl.Float64),
    ).filter(pl.all_horizontal(pl.col("_GIVEN", "_MM", "_FACTOR").is_not_null()))  # fmt: skip
    wrong = (pl.col("_GIVEN") * pl.col("_FACTOR") - pl.col("_MM")).abs() > 1e-6
    return where(rows, wrong, "TRSTRESN")


def test_names(table: DataTable, trial: Trial) -> Looked:
    """A test code has one name (--TESTCD, --TEST)."""
    del trial
    return one_to_one(table, f"{table.name}TESTCD", f"{table.name}TEST")
