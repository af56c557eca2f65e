"""Liver safety: peaks, candidates for Hy's law, eDISH plot and courses (table T-17, figure F-8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Figure, Table, patient_anchor
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.laboratory.courses import Course, course_figure, courses
from trialwright.endpoints.laboratory.edish import Peak, edish_figure, highest_peaks
from trialwright.endpoints.population import ALL, Scope, scope_of
from trialwright.endpoints.safety_set import SET, safety_subjects
from trialwright.endpoints.subject_rows import short_names
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_safety
from trialwright.safety.exact import ratio_above
from trialwright.safety.liver import HysLaw, hys_law, liver_peaks, liver_results

RULES = ("A-14", "G-51", "S-4")
#: Multiples of ULN that a table of liver safety counts (FDA guidance on liver injury, 2009).
_LEVELS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("ALT", ("ALT",), ("3", "5", "10", "20")),
    ("AST", ("AST",), ("3", "5", "10", "20")),
    ("ALT or AST", ("ALT", "AST"), ("3", "5", "10", "20")),
    ("Bilirubin", ("BILI",), ("1.5", "2")),
    ("ALP", ("ALP",), ("1.5", "2")),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patient who meets the numeric part of Hy's law, by ULN or by an abnormal baseline."""

    usubjid: str
    subject: str
    reference: str
    why: str
    is_after_procedure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LiverSafety:
    """Liver values of the safety set on treatment.

    `levels` holds label, subjects with a value above the limit, and those with one that was not
    shortly after a procedure; `tested` counts subjects with a result by label. `baseline_peaks` are
    multiples of the baseline where that was above its limit, empty when it was for nobody.
    """

    scope: Scope
    subjects: int
    levels: tuple[tuple[str, int, int], ...]
    tested: Mapping[str, int]
    candidates: tuple[Candidate, ...]
    peaks: tuple[Peak, ...]
    baseline_peaks: tuple[Peak, ...]
    shown: tuple[Course, ...]
    definition: HysLaw
    post_procedure_days: int

    @property
    def key(self) -> str:
        """`LIVER`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe peaks by level, and every candidate for Hy's law with its reason (T-17)."""
        rows = [
            (0, (label, self._share(n), self._share(other)), "") for label, n, other in self.levels
        ]
        for reference, words in _REFERENCES:
            found = [one for one in self.candidates if one.reference == reference]
            apart = sum(not one.is_after_procedure for one in found)
            rows.append((0, (words, self._share(len(found)), self._share(apart)), ""))
            rows += [
                (1, (f"{one.subject}: {one.why}", "", ""), patient_anchor(one.usubjid))
                for one in found
            ]
        return Table(
            title=f"Liver safety{self.scope.suffix}",
            columns=("", "n (%)", "Not shortly after a procedure, n (%)"),
            rows=tuple(cells for _, cells, _ in rows),
            levels=tuple(level for level, _, _ in rows),
            links=tuple(link for _, _, link in rows),
            number="T-17",
            population=self.scope.population(SET, self.subjects),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def _share(self, count: int) -> str:
        return n_pct(count, self.subjects)

    def _footnotes(self) -> tuple[str, ...]:
        tested = ", ".join(f"{name} {n}" for name, n in self.tested.items())
        return (
            "Subjects with any value above the limit on treatment, and with one that was not shortly "
            f"after a procedure. Tested: {tested} of {self.subjects}.",
            f"Hy's law, numeric part: {self.definition.words} Whether another cause explains it is "
            "for the investigator.",
            f"Shortly after a procedure: within {self.post_procedure_days} days of an ablation or an "
            "arterial infusion, where a peak is expected (A-14).",
        )

    def figures(self) -> tuple[Figure, ...]:
        """EDISH by ULN, and by baseline where one was abnormal; then courses of patients (F-8).

        Courses are those of candidates or, without any, of the highest peak. All are drawn for all
        subjects together: a point leads to its patient, who has one cohort.
        """
        if self.scope.subset != ALL:
            return ()
        population = self.scope.population(SET, self.subjects)
        by_uln = edish_figure(self.peaks, "ULN", population)
        if by_uln is None:
            return ()
        by_baseline = edish_figure(self.baseline_peaks, "baseline", population)
        further = tuple(course_figure(one, self.scope.suffix) for one in self.shown)
        return (by_uln, *(() if by_baseline is None else (by_baseline,)), *further)

    def to_json(self) -> dict[str, Json]:
        """Every count, peak and candidate, unrounded."""
        return {
            "key": self.key,
            "subset": self.scope.subset,
            "denominator": "SAF",
            "subjects": self.subjects,
            "tested": dict(self.tested),
            "levels": [
                {"level": label, "subjects": n, "not_after_procedure": other}
                for label, n, other in self.levels
            ],
            "hys_law": self.definition.words,
            "candidates": [
                {"usubjid": c.usubjid, "reference": c.reference, "why": c.why,
                 "after_procedure": c.is_after_procedure}
                for c in self.candidates
            ],
            "peaks": [
                {"usubjid": p.usubjid, "transaminase": p.transaminase, "bilirubin": p.bilirubin,
                 "after_procedure": p.is_after_procedure}
                for p in self.peaks
            ],
            "rules": list(RULES),
        }  # fmt: skip


_REFERENCES = (
    ("ULN", "Candidates for Hy's law (multiples of ULN)"),
    ("baseline", "Candidates by multiples of an abnormal baseline"),
)


def estimate_liver_safety(protocol: Protocol, adam: Adam, subset: str = ALL) -> LiverSafety:
    """Peaks of liver values and candidates for Hy's law.

    Parameters
    ----------
    protocol
        Settled.
    adam
        ADSL and ADLB.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When a safety option is still open.

    References
    ----------
    Rule A-14; tables T-17 and figure F-8; FDA, Drug-Induced Liver Injury (July 2009).
    """
    subjects = safety_subjects(adam, subset)
    rows = adam["ADLB"].join(subjects.select("USUBJID"), on="USUBJID", how="semi")
    names = short_names(adam)
    rule = settled_safety(protocol)
    definition = HysLaw(window_days=rule.hys_law_days)
    peaks = liver_peaks(rows)
    found = tuple(
        Candidate(one["USUBJID"], names[one["USUBJID"]], one["REFERENCE"], one["WHY"], one["POST"])
        for one in hys_law(rows, definition).iter_rows(named=True)
    )
    drawn = highest_peaks(peaks, names, "PEAKULN")
    raised = bool(peaks["ABNBASE"].any())
    return LiverSafety(
        scope=scope_of(protocol, (), "LIVER", subset),
        subjects=subjects.height,
        levels=tuple(_levels(liver_results(rows))),
        tested={name: _tested(peaks, tests) for name, tests, _ in _LEVELS if len(tests) == 1},
        candidates=found,
        peaks=drawn,
        baseline_peaks=highest_peaks(peaks, names, "PEAKREF") if raised else (),
        shown=courses(rows, names, [one.usubjid for one in found] or _highest(drawn)),
        definition=definition,
        post_procedure_days=rule.post_procedure_days,
    )


def _tested(peaks: pl.DataFrame, tests: tuple[str, ...]) -> int:
    mine = peaks.filter(pl.col("PARAMCD").is_in(tests), pl.col("PEAKULN").is_not_null())
    return mine["USUBJID"].n_unique()


def _levels(results: pl.DataFrame) -> list[tuple[str, int, int]]:
    """Subjects with a value above each limit at any time, and outside the days after procedures."""
    found = []
    for name, tests, limits in _LEVELS:
        mine = results.filter(pl.col("PARAMCD").is_in(tests))
        for limit in limits:
            above = mine.filter(
                ratio_above(mine["AVALC"], mine["ULN"], limit).fill_null(value=False)
            )
            apart = above.filter(~pl.col("POST"))
            counts = above["USUBJID"].n_unique(), apart["USUBJID"].n_unique()
            found.append((f"{name} > {limit} x ULN", *counts))
    return found


def _highest(peaks: tuple[Peak, ...]) -> list[str]:
    known = [one for one in peaks if one.transaminase is not None]
    top = sorted(known, key=lambda one: (-(one.transaminase or 0.0), one.usubjid))
    return [one.usubjid for one in top[:1]]
