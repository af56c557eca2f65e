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
    """A list as a dataset.

    Attributes
    ----------
    file
        Its CSV file.
    dataset
        The dataset as it leaves.
    renamed
        Name of a column as it leaves.
    numbered
        Variable with the number of each row, where a long text alone tells them apart.
    """

    file: str
    dataset: Dataset
    renamed: dict[str, str]
    numbered: str = ""

    def leaving(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The list with the names and numbers under which it leaves."""
        named = frame.rename(self.renamed)
        if not self.numbered:
            return named
        return named.with_columns(pl.int_range(1, pl.len() + 1).alias(self.numbered))


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
            "ADQUERY", "Flags and Queries to the Site", ("QRYSEQ",),
            _v("QRYSEQ", "Number of the Query", "integer"), _SUBJECT, _RULE, _v("QRYSEV", "Severity"), _v("QRYTEXT", "Flag or Query"),
            _v("QRYDO", "What To Do"),
        ),
        renamed={"SEVERITY": "QRYSEV", "MESSAGE": "QRYTEXT", "DO": "QRYDO"},
        numbered="QRYSEQ",
    ),
    Beside(
        file="PENDING",
        dataset=_dataset(
            "ADPEND", "Open at the Data Cut-off", ("PENDSEQ",),
            _v("PENDSEQ", "Number of the Question", "integer"), _SUBJECT, _v("PENDTEXT", "What Is Open"), _v("SINCEDT", "Open Since", "date"),
            _v("FROMDT", "Decided From", "date"), _v("DUEDT", "Due On", "date"),
            _v("LATESTDT", "Due at the Latest", "date"), _v("DECIDES", "What It Decides"), _RULE,
        ),
        renamed={
            "WHAT": "PENDTEXT", "SINCE": "SINCEDT", "FROM": "FROMDT", "DUE": "DUEDT",
            "LATEST": "LATESTDT",
        },
        numbered="PENDSEQ",
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
    Beside(
        file="REPORTED",
        dataset=_dataset(
            "ADSTATED", "Stated Responses Beside Derived Ones",
            ("USUBJID", "EVAL", "EVALID", "AVISITN", "RSTESTCD", "SRCSEQ"),
            _SUBJECT, _v("EVAL", "Evaluator"),
            _v("EVALID", "Single Reader (Empty: One That Counts)"),
            _v("RSTESTCD", "What Was Stated"), _v("AVISITN", "Time Point", "integer"),
            _v("ADT", "Date", "date"), _v("REPORTED", "Stated Value"),
            _v("DERIVED", "Derived Value"), _v("AGREEFL", "Stated and Derived Agree"),
            _v("QRYSEV", "Severity"), _RULE, _v("REASON", "Reason in Words"),
            _v("LIKERULE", "Rule Whose Other Reading Would Agree"),
            _v("LIKELY", "Likely Reason of the Difference"),
            _v("CHANGES", "What the Stated Value Would Change"),
            _v("SRCDOM", "Source Domain"), _v("SRCSEQ", "Source Sequence Numbers"),
        ),
        renamed={"TESTCD": "RSTESTCD", "SEVERITY": "QRYSEV"},
    ),
)  # fmt: skip


def beside_frames(adam: Adam) -> dict[str, pl.DataFrame]:
    """The lists of a trial by the name of their CSV file; those that were not made are absent."""
    frames = {
        "UNUSED": adam.unused, "QUERIES": adam.queries, "PENDING": adam.pending,
        "OPTIONSETS": adam.option_sets, "SENSITIVITY": adam.sensitivity,
    }  # fmt: skip
    if "REPORTED" in adam.datasets:
        frames["REPORTED"] = adam["REPORTED"]
    return {name: frame for name, frame in frames.items() if frame.width}
