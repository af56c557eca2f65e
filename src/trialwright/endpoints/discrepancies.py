"""Where a reader stated another response than ours: counts by rule, and each difference (R-053)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Table, patient_anchor
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.subject_rows import short_names

RULES = ("R-053", "R-054", "R-133", "R-142")
#: What was compared, in the order of the table.
TESTS: dict[str, str] = {
    "OVRLRESP": "Overall response",
    "RSDTC": "Date of the overall response",
    "TRGRESP": "Target response",
    "NTRGRESP": "Non-target response",
    "NEWLIND": "New lesion",
    "BESTRESP": "Best overall response",
    "SUMDIAM": "Sum of diameters",
}
_UNEXPLAINED = "No rule explains it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancy:
    """One stated value that differs from ours.

    `rule` and `likely` name the rule behind the difference as found by trying other readings, ""
    where none gives the stated value; `changes` says what it would change for the patient.
    """

    usubjid: str
    evaluator: str
    test: str
    time_point: int | None
    reported: str
    derived: str
    severity: str
    why: str
    decided_by: str
    rule: str
    likely: str
    changes: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Discrepancies:
    """Stated values beside ours: how many were compared, how many differ, and each difference.

    `compared` gives the number of values by evaluator and test.
    """

    compared: tuple[tuple[str, str, int], ...]
    rows: tuple[Discrepancy, ...]
    names: Mapping[str, str]

    @property
    def key(self) -> str:
        """`REPORTED`."""
        return "REPORTED"

    @property
    def by_rule(self) -> tuple[tuple[str, str, int], ...]:
        """Rule, what the reader seems to have done, number of differences; most frequent first."""
        found = Counter((row.rule, row.likely) for row in self.rows)
        return tuple(
            (rule, likely, count)
            for (rule, likely), count in sorted(found.items(), key=lambda x: (-x[1], x[0]))
        )

    def table(self) -> Table:
        """Describe how many stated values agree, by evaluator and kind."""
        rows = tuple(
            (evaluator.capitalize(), TESTS[test], str(count), self._differ(evaluator, test, count),
             str(self._count(evaluator, test, "error")))
            for evaluator, test, count in self.compared
        )  # fmt: skip
        return Table(
            title="Stated responses compared with the derived ones",
            columns=("Reader", "What", "Compared", "Differ, n (%)", "Matter"),
            rows=rows,
            population=f"{sum(count for *_, count in self.compared)} stated values",
            footnotes=(
                "Matter: alone or together with the other differences of the patient it would "
                "change a best overall response or the date of progression. Stated values are "
                "compared and decide nothing.",
            ),
            rules=RULES,
        )

    def tables(self) -> tuple[Table, ...]:
        """The counts, the counts by rule, the list; the last two only when anything differs."""
        return (
            (self.table(), self.rules_table(), self.rows_table()) if self.rows else (self.table(),)
        )

    def rules_table(self) -> Table:
        """Describe the differences by the rule that seems to be behind them."""
        return Table(
            title="Differences by the rule that seems to be behind them",
            columns=("Rule", "What would give the stated value", "n"),
            rows=tuple(
                (rule or "\N{EN DASH}", _sentence(likely), str(count))
                for rule, likely, count in self.by_rule
            ),
            population=f"{len(self.rows)} differences",
            footnotes=(
                "Found by deriving every time point again with one rule broken at a time. It is a "
                "guess about the reader, to be asked, not a finding.",
            ),
            rules=RULES,
        )

    def rows_table(self) -> Table:
        """Describe every difference."""
        return Table(
            title="Where a stated value differs from ours",
            columns=("Patient", "Reader", "What", "Time point", "Stated", "Derived", "Why ours",
                     "Likely behind it", "Would change"),
            rows=tuple(
                (self.names.get(row.usubjid, row.usubjid), *_row(row)) for row in self.rows
            ),
            number="L-12",
            population=f"{len(self.rows)} differences",
            links=tuple(patient_anchor(row.usubjid) for row in self.rows),
            rules=RULES,
        )  # fmt: skip

    def to_json(self) -> dict[str, Json]:
        """Counts and differences as plain data."""
        compared: list[Json] = [
            {
                "reader": evaluator,
                "what": test,
                "compared": count,
                "differ": self._count(evaluator, test),
                "matter": self._count(evaluator, test, "error"),
            }
            for evaluator, test, count in self.compared
        ]
        by_rule: list[Json] = [
            {"rule": rule or None, "likely": likely, "n": count}
            for rule, likely, count in self.by_rule
        ]
        return {
            "method": "stated values are compared with ours and decide nothing (R-053)",
            "compared": compared,
            "by_rule": by_rule,
            "differences": [_json(row) for row in self.rows],
        }

    def _count(self, evaluator: str, test: str, severity: str = "") -> int:
        return sum(
            row.evaluator == evaluator and row.test == test and severity in ("", row.severity)
            for row in self.rows
        )

    def _differ(self, evaluator: str, test: str, count: int) -> str:
        return n_pct(self._count(evaluator, test), count)


def compare_stated(adam: Adam) -> tuple[Discrepancies, ...]:
    """The differences between stated and derived responses; nothing when none were stated.

    Parameters
    ----------
    adam
        REPORTED, which is there when RS or TR state anything that can be compared.
    """
    frame = adam.datasets.get("REPORTED")
    if frame is None or frame.height == 0:
        return ()
    named = frame.with_columns(
        READER=pl.concat_str("EVAL", pl.format(", {}", "EVALID").fill_null(""))
    )
    order = {test: at for at, test in enumerate(TESTS)}
    counts = named.group_by("READER", "TESTCD").len().rows()
    compared = sorted(counts, key=lambda row: (row[0], order[row[1]]))
    differ = named.filter(pl.col("AGREEFL") == "N").sort(
        "USUBJID", "READER", "AVISITN", pl.col("TESTCD").replace_strict(order), "SRCSEQ",
        nulls_last=True,
    )  # fmt: skip
    return (
        Discrepancies(
            compared=tuple((reader, test, count) for reader, test, count in compared),
            rows=tuple(_difference(row) for row in differ.to_dicts()),
            names=short_names(adam),
        ),
    )


def _difference(row: dict[str, object]) -> Discrepancy:
    def said(name: str) -> str:
        return "" if row[name] is None else str(row[name])

    point = row["AVISITN"]
    return Discrepancy(
        usubjid=said("USUBJID"),
        evaluator=said("READER"),
        test=said("TESTCD"),
        time_point=point if isinstance(point, int) else None,
        reported=said("REPORTED"),
        derived=said("DERIVED"),
        severity=said("SEVERITY"),
        why=said("REASON"),
        decided_by=said("RULEID"),
        rule=said("LIKERULE"),
        likely=said("LIKELY"),
        changes=said("CHANGES"),
        source=f"{said('SRCDOM')} {said('SRCSEQ')}".strip(),
    )


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}" if text else _UNEXPLAINED


def _row(row: Discrepancy) -> tuple[str, ...]:
    point = "\N{EN DASH}" if row.time_point is None else str(row.time_point)
    why = f"{row.why} [{row.decided_by}]" if row.why else ""
    likely = f"{_sentence(row.likely)} [{row.rule}]" if row.rule else _UNEXPLAINED
    return (
        row.evaluator.capitalize(), TESTS[row.test], point, row.reported, row.derived,
        why, likely, row.changes or "nothing",
    )  # fmt: skip


def _json(row: Discrepancy) -> Json:
    return {
        "usubjid": row.usubjid,
        "reader": row.evaluator,
        "what": row.test,
        "time_point": row.time_point,
        "stated": row.reported,
        "derived": row.derived,
        "severity": row.severity,
        "why": row.why,
        "rules": row.decided_by,
        "likely_rule": row.rule or None,
        "likely": row.likely,
        "would_change": row.changes or None,
        "source": row.source,
    }
