"""Is the baseline valid? Findings by rule and by subject, and the baseline in numbers (T-4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

import polars as pl

from trialwright.core.display import Table, patient_anchor
from trialwright.core.format import n_pct, rounded
from trialwright.core.results import Json
from trialwright.core.tables import Adam, Sdtm
from trialwright.endpoints.headline import headline_rows
from trialwright.endpoints.population import ALL, enrolled_subjects
from trialwright.endpoints.subject_rows import short_name
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis, settled_response
from trialwright.response.baseline.screen import extent, screen_baseline
from trialwright.subjects.cutoff import find_cutoff, within_cutoff
from trialwright.subjects.milestones import derive_milestones
from trialwright.vocabulary.adam import VIABLE_PARAMS

#: Rules that a finding about the baseline names.
RULES = (
    *(f"R-{number:03d}" for number in range(1, 17)),
    "R-044", "R-100", "R-101", "R-130", "R-132", "R-133", "R-143",
)  # fmt: skip
#: Rules of the input form, which also speak of later scans: the datasets show them elsewhere.
_FORM = ("R-130", "R-133", "R-143")
SEVERITIES = ("error", "warning", "note")
_PLURAL = {"error": "errors", "warning": "warnings", "note": "notes"}


@dataclass(frozen=True, slots=True)
class BaselineFinding:
    """What was found, and what to do; `usubjid` is "" for the trial as a whole."""

    usubjid: str
    rule: str
    severity: str
    message: str
    do: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectBaseline:
    """The baseline of a subject.

    `sum_mm` is `None` without a complete target sum; `age_days` counts from the oldest baseline
    scan to first dose, below 0 after it, `None` when either is missing.
    """

    usubjid: str
    subject: str
    targets: int
    non_targets: int
    sum_mm: float | None
    scanned: bool
    age_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineValidity:
    """Findings about the baseline and its numbers; nothing in the data was changed."""

    population: str
    subjects: tuple[SubjectBaseline, ...]
    findings: tuple[BaselineFinding, ...]

    @property
    def key(self) -> str:
        """`BASELINE`."""
        return "BASELINE"

    @property
    def counts(self) -> dict[str, int]:
        """Number of findings by severity."""
        found = Counter(one.severity for one in self.findings)
        return {severity: found[severity] for severity in SEVERITIES}

    @property
    def unmeasurable(self) -> tuple[SubjectBaseline, ...]:
        """Subjects with lesions at baseline and no target among them (R-015)."""
        return tuple(one for one in self.subjects if not one.targets and one.non_targets)

    @property
    def without_lesions(self) -> tuple[SubjectBaseline, ...]:
        """Subjects without any lesion at baseline (R-015)."""
        return tuple(one for one in self.subjects if not one.targets and not one.non_targets)

    def table(self) -> Table:
        """Describe the baseline in numbers."""
        sums = [one.sum_mm for one in self.subjects if one.sum_mm is not None]
        ages = [one.age_days for one in self.subjects if one.age_days is not None]
        targets = [one.targets for one in self.subjects if one.targets]
        scanned = sum(one.scanned for one in self.subjects)
        rows = (
            ("With a baseline scan, n (%)", n_pct(scanned, len(self.subjects))),
            ("Target lesions of those who have any, median (range)", _spread(targets, 0)),
            ("Sum of diameters (mm), median (range)", _spread(sums, 1)),
            ("Without measurable disease (no target), n (%)", self._share(self.unmeasurable)),
            ("Without any lesion, n (%)", self._share(self.without_lesions)),
            ("Scan to first dose (days), median (range)", _spread(ages, 0)),
            ("Findings", self._counted()),
        )
        return Table(
            title="Baseline and its validity",
            columns=("", "Value"),
            rows=rows,
            number="T-4",
            population=self._population(),
            footnotes=(
                "Scan to first dose: from the oldest baseline scan; below 0 is after first dose.",
                "Findings change nothing: patients are derived with the lesions as delivered.",
            ),
            rules=("R-009", "R-012", "R-015", "R-016"),
        )

    def rules_table(self) -> Table:
        """Describe the findings by rule: errors first."""
        groups: dict[tuple[int, str, str], list[BaselineFinding]] = {}
        for one in self.findings:
            groups.setdefault((SEVERITIES.index(one.severity), one.rule, one.do), []).append(one)
        names = {one.usubjid: one.subject for one in self.subjects}
        rows = tuple(
            (rule, SEVERITIES[rank], _example(found), str(len(found)), _who(found, names), do)
            for (rank, rule, do), found in sorted(groups.items())
        )
        return Table(
            title="Findings about the baseline, by rule",
            columns=("Rule", "Severity", "Finding", "n", "Subjects", "What to do"),
            rows=rows,
            population=self._population(),
            footnotes=(
                "Error: the record cannot stand, or the sum is no RECIST sum. Warning: a deviation "
                "to judge. Note: for information. Finding: the first of its kind, n how many there are.",
            ),
        )

    def subjects_table(self) -> Table:
        """Describe the baseline of each subject with the rules of its findings."""
        found: dict[str, list[str]] = {}
        for one in self.findings:
            found.setdefault(one.usubjid, []).append(one.rule)
        return Table(
            title="Baseline of each subject",
            columns=(
                "Subject",
                "Targets",
                "Non-targets",
                "Sum (mm)",
                "Scan to dose (days)",
                "Rules",
            ),
            rows=tuple(
                (
                    one.subject,
                    str(one.targets),
                    str(one.non_targets),
                    "" if one.sum_mm is None else rounded(one.sum_mm, 1),
                    "" if one.age_days is None else str(one.age_days),
                    " ".join(sorted(set(found.get(one.usubjid, ())))),
                )
                for one in self.subjects
            ),
            population=self._population(),
            footnotes=("Rules: ids of the findings, empty where there is none.",),
            links=tuple(patient_anchor(one.usubjid) for one in self.subjects),
        )

    def findings_table(self) -> Table:
        """Describe every finding in words."""
        return Table(
            title="Findings about the baseline",
            columns=("Subject", "Severity", "Finding", "What to do"),
            rows=tuple(
                (one.usubjid or "trial", one.severity, one.message, one.do) for one in self.findings
            ),
            population=self._population(),
            footnotes=() if self.findings else ("None.",),
        )

    def tables(self) -> tuple[Table, ...]:
        """The numbers, the findings by rule, and each subject."""
        by_rule = (self.rules_table(),) if self.findings else ()
        return (self.table(), *by_rule, self.subjects_table())

    def to_json(self) -> dict[str, Json]:
        """Give every subject and every finding."""
        return {
            "population": self.population,
            "n": len(self.subjects),
            "findings_by_severity": dict(self.counts),
            "subjects_without_measurable_disease": [one.usubjid for one in self.unmeasurable],
            "subjects_without_lesions": [one.usubjid for one in self.without_lesions],
            "subjects": [
                {
                    "usubjid": one.usubjid,
                    "targets": one.targets,
                    "non_targets": one.non_targets,
                    "sum_mm": one.sum_mm,
                    "scan_age_days": one.age_days,
                }
                for one in self.subjects
            ],
            "findings": [
                {
                    "usubjid": one.usubjid,
                    "rule": one.rule,
                    "severity": one.severity,
                    "message": one.message,
                    "do": one.do,
                }
                for one in self.findings
            ],
        }

    def _counted(self) -> str:
        said = [_number(count, name) for name, count in self.counts.items()]
        return ", ".join(said) if self.findings else "none"

    def _share(self, some: Sequence[SubjectBaseline]) -> str:
        return n_pct(len(some), len(self.subjects))

    def _population(self) -> str:
        return f"{self.population} (N = {len(self.subjects)})"


def describe_baseline(protocol: Protocol, adam: Adam) -> BaselineValidity:
    """The baseline of the enrolled subjects, and what was found about it.

    Parameters
    ----------
    protocol
        Settled; names the evaluator.
    adam
        ADSL, ADTR and the queries. Findings about subjects who were not enrolled are kept.

    References
    ----------
    Rules R-001 to R-016, R-044, R-100, R-101.
    """
    people = enrolled_subjects(adam, ALL)
    rows = headline_rows(adam, "ADTR", settled_response(protocol).evaluator)
    base = rows.filter((pl.col("AVISITN") == 0) & ~pl.col("PARAMCD").is_in(VIABLE_PARAMS))
    lesion = pl.col("ROLE").is_in(("TARGET", "NON-TARGET"))
    numbers = base.group_by("USUBJID").agg(
        TARGETS=(pl.col("ROLE") == "TARGET").sum(),
        OTHERS=(pl.col("ROLE") == "NON-TARGET").sum(),
        SUM=pl.col("AVAL").filter(pl.col("PARAMCD") == "SUMDIAM").first(),
        FIRST=pl.col("ADT").filter(lesion).min(),
    )
    joined = people.join(numbers, on="USUBJID", how="left", maintain_order="left")
    joined = joined.with_columns(
        pl.col("TARGETS", "OTHERS").fill_null(0),
        AGE=(pl.col("TRTSDT") - pl.col("FIRST")).dt.total_days(),
    )
    return BaselineValidity(
        population="Enrolled",
        subjects=tuple(
            SubjectBaseline(
                usubjid=row["USUBJID"],
                subject=short_name(row),
                targets=row["TARGETS"],
                non_targets=row["OTHERS"],
                sum_mm=row["SUM"],
                scanned=row["FIRST"] is not None,
                age_days=row["AGE"],
            )
            for row in joined.to_dicts()
        ),
        findings=_findings(adam.queries, tuple(rule for rule in RULES if rule not in _FORM)),
    )


def check_baseline(protocol: Protocol, sdtm: Sdtm) -> BaselineValidity:
    """The baseline of all subjects before anything is derived.

    Data without follow-up, and records that the derivation would refuse, are no hindrance: the
    latter are errors of the report.

    Parameters
    ----------
    protocol
        With the options of response and analysis settled.
    sdtm
        The domains as delivered.

    Raises
    ------
    ProtocolError
        When an option is still open.
    DataError
        For a delivery without subjects or without any date.
    """
    rule, analysis = settled_response(protocol), settled_analysis(protocol)
    cutoff = find_cutoff(analysis, sdtm)
    kept, _ = within_cutoff(sdtm, cutoff)
    people = derive_milestones(sdtm, cutoff, rule).frame
    screened = screen_baseline(protocol.id, kept, people, rule)
    subjects: tuple[SubjectBaseline, ...] = ()
    if screened.baseline is not None:
        subjects = tuple(_subject(row) for row in extent(screened.baseline).to_dicts())
    return BaselineValidity(
        population="All subjects",
        subjects=subjects,
        findings=_findings(screened.queries, RULES),
    )


def _subject(row: dict[str, int | None]) -> SubjectBaseline:
    dose, first, tenths = row["TRTSDT"], row["FIRST"], row["TENTHS"]
    return SubjectBaseline(
        usubjid=str(row["USUBJID"]),
        subject=str(row["USUBJID"]),
        targets=row["TARGETS"] or 0,
        non_targets=row["OTHERS"] or 0,
        sum_mm=None if tenths is None else tenths / 10,
        scanned=first is not None,
        age_days=None if dose is None or first is None else dose - first,
    )


def _findings(queries: pl.DataFrame, rules: tuple[str, ...]) -> tuple[BaselineFinding, ...]:
    """Queries about the baseline by subject, errors first."""
    found = [
        BaselineFinding(
            row["USUBJID"], row["RULEID"], row["SEVERITY"], row["MESSAGE"], row["DO"] or ""
        )
        for row in queries.filter(pl.col("RULEID").is_in(rules)).to_dicts()
    ]
    order = {severity: rank for rank, severity in enumerate(SEVERITIES)}
    return tuple(
        sorted(found, key=lambda one: (one.usubjid, order[one.severity], one.rule, one.message))
    )


def _spread(values: Sequence[float], digits: int) -> str:
    """Median and range, empty without values."""
    if not values:
        return ""
    middle = median(values)
    shown = rounded(middle, max(digits, 0 if middle == int(middle) else 1))
    return f"{shown} ({rounded(min(values), digits)} to {rounded(max(values), digits)})"


def _number(count: int, name: str) -> str:
    return f"{count} {name if count == 1 else _PLURAL[name]}"


def _example(findings: Sequence[BaselineFinding]) -> str:
    """The words of the first finding, without the full stop."""
    return findings[0].message.removesuffix(".")


def _who(findings: Sequence[BaselineFinding], called: Mapping[str, str]) -> str:
    """How many subjects, and who, up to five names."""
    names = sorted({called.get(one.usubjid, one.usubjid) for one in findings if one.usubjid})
    if not names:
        return "the trial"
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{len(names)}: {', '.join(names[:5])}{more}"
