"""The lists beside the analysis datasets: what was not used, what is asked, what is open.

They leave with the analysis datasets under names of the transport format, with the study.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from trialwright.core.tables import Adam
from trialwright.vocabulary.adam import AdamKind, Dataset, Variable


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """A list as a dataset; `renamed` gives the name of a column as it leaves."""

    file: str
    dataset: Dataset
    renamed: dict[str, str]


def _dataset(name: str, label: str, keys: tuple[str, ...], *variables: Variable) -> Dataset:
    return Dataset(name, label, keys, (Variable("STUDYID", "Study Identifier"), *variables))


def _v(name: str, label: str, kind: AdamKind = "text") -> Variable:
    return Variable(name, label, kind)


_SUBJECT = _v("USUBJID", "Unique Subject Identifier")
_RULE = _v("RULEID", "Rules That Decided")
_OPTION = (
    _v("OPTSET", "Option Set"),
    _v("OPTION", "Option of the Protocol"),
    _v("OPTVAL", "Other Value of the Option"),
    _RULE,
)
BESIDE = (
    Beside(
        file="UNUSED",
        dataset=_dataset(
            "ADUNUSED", "Source Records Not Used", ("SRCDOM", "USUBJID", "SRCSEQ"),
            _v("SRCDOM", "Source Domain"), _v("SRCSEQ", "Source Sequence Numbers"), _SUBJECT,
            _RULE, _v("REASON", "Reason in Words"),
        ),
        renamed={"DOMAIN": "SRCDOM"},
    ),
    Beside(
        file="QUERIES",
        dataset=_dataset(
            "ADQUERY", "Flags and Queries to the Site", ("USUBJID", "RULEID", "QRYTEXT"),
            _SUBJECT, _RULE, _v("QRYSEV", "Severity"), _v("QRYTEXT", "Flag or Query"),
            _v("QRYDO", "What To Do"),
        ),
        renamed={"SEVERITY": "QRYSEV", "MESSAGE": "QRYTEXT", "DO": "QRYDO"},
    ),
    Beside(
        file="PENDING",
        dataset=_dataset(
            "ADPEND", "Open at the Data Cut-off", ("USUBJID", "PENDTEXT"),
            _SUBJECT, _v("PENDTEXT", "What Is Open"), _v("SINCEDT", "Open Since", "date"),
            _v("FROMDT", "Decided From", "date"), _v("DUEDT", "Due On", "date"),
            _v("LATESTDT", "Due at the Latest", "date"), _v("DECIDES", "What It Decides"), _RULE,
        ),
        renamed={
            "WHAT": "PENDTEXT", "SINCE": "SINCEDT", "FROM": "FROMDT", "DUE": "DUEDT",
            "LATEST": "LATESTDT",
        },
    ),
    Beside(
        file="OPTIONSETS",
        dataset=_dataset(
            "ADOPTSET", "Other Response Options That Were Tried", ("OPTSET", "OPTION", "OPTVAL"),
            *_OPTION, _v("HEADLINE", "Best Response That Counts"), _v("OPTNOTE", "Note"),
        ),
        renamed={"SET": "OPTSET", "VALUE": "OPTVAL", "NOTE": "OPTNOTE"},
    ),
    Beside(
        file="SENSITIVITY",
        dataset=_dataset(
            "ADSENS", "Who Changes Under Other Options", ("OPTSET", "USUBJID", "PARAMCD"),
            *_OPTION, _SUBJECT, _v("PARAMCD", "Parameter Code"), _v("AVALC", "Response"),
            _v("ALTAVALC", "Response Under the Option Set"), _v("ADT", "Date", "date"),
            _v("ALTADT", "Date Under the Option Set", "date"),
        ),
        renamed={"SET": "OPTSET", "VALUE": "OPTVAL", "ALTERNATIVE": "ALTAVALC"},
    ),
)  # fmt: skip


def beside_frames(adam: Adam) -> dict[str, pl.DataFrame]:
    """The lists of a trial by the name of their CSV file; those that were not made are absent."""
    frames = {
        "UNUSED": adam.unused, "QUERIES": adam.queries, "PENDING": adam.pending,
        "OPTIONSETS": adam.option_sets, "SENSITIVITY": adam.sensitivity,
    }  # fmt: skip
    return {name: frame for name, frame in frames.items() if frame.width}
