"""Liver safety: peaks, candidates for Hy's law, eDISH plot and courses (table T-17, figure F-8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import log10

import polars as pl

from trialwright.core.display import Figure, Mark, Table, patient_anchor
from trialwright.core.format import n_pct, rounded
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.laboratory.courses import Course, course_figure, courses
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
_TICKS = (0.1, 0.2, 0.5, 1, 2, 3, 5, 10, 20, 50)


@dataclass(frozen=True, slots=True)
class Peak:
    """Highest multiples of ULN of one patient; `None` without a result."""

    usubjid: str
    subject: str
    transaminase: float | None
    bilirubin: float | None
    is_after_procedure: bool


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
    shortly after a procedure; `tested` counts subjects with a result by label.
    """

    scope: Scope
    subjects: int
    levels: tuple[tuple[str, int, int], ...]
    tested: Mapping[str, int]
    candidates: tuple[Candidate, ...]
    peaks: tuple[Peak, ...]
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
        """eDISH, then the courses of candidates or, without any, of the highest peak (F-8).

        Drawn for all subjects together: a point leads to its patient, who has one cohort.
        """
        drawn = [one for one in self.peaks if one.transaminase and one.bilirubin]
        if not drawn or self.scope.subset != ALL:
            return ()
        further = tuple(course_figure(one, self.scope.suffix) for one in self.shown)
        return (self._edish(drawn), *further)

    def _edish(self, drawn: list[Peak]) -> Figure:
        x = tuple(log10(one.transaminase or 1.0) for one in drawn)
        y = tuple(log10(one.bilirubin or 1.0) for one in drawn)
        points = Mark(
            kind="points",
            x=x,
            y=y,
            roles=tuple("after_procedure" if p.is_after_procedure else "liver_peak" for p in drawn),
            links=tuple(patient_anchor(one.usubjid) for one in drawn),
            notes=tuple(one.subject for one in drawn),
        )
        across = Mark(kind="rule_x", x=(log10(3),), role="threshold")
        up = Mark(kind="rule_y", y=(log10(2),), role="threshold")
        in_corner = sum(_both_high(one) for one in drawn)
        left = len(self.peaks) - len(drawn)
        return Figure(
            title=f"Liver safety: peak bilirubin against peak transaminase{self.scope.suffix}",
            alt=f"eDISH plot of {len(drawn)} subjects: {in_corner} with ALT or AST above 3 x ULN and "
            "bilirubin above 2 x ULN at any time.",
            marks=(across, up, points),
            x_label="Peak ALT or AST (x ULN)",
            y_label="Peak bilirubin (x ULN)",
            number="F-8",
            population=self.scope.population(SET, self.subjects),
            x_range=_range(x, 3),
            y_range=_range(y, 2),
            x_ticks=_ticks(),
            y_ticks=_ticks(),
            footnotes=(
                "Logarithmic axes. Lines: 3 x ULN and 2 x ULN. Peaks need not lie on one day: T-17 "
                "says who is a candidate. Open symbols: the transaminase peak came shortly after a "
                f"procedure. {left} of {len(self.peaks)} tested subjects lack one of the two values.",
            ),
            size=(6.0, 4.6),
            rules=RULES,
        )

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
    definition = HysLaw()
    peaks = liver_peaks(rows)
    found = tuple(
        Candidate(one["USUBJID"], names[one["USUBJID"]], one["REFERENCE"], one["WHY"], one["POST"])
        for one in hys_law(rows, definition).iter_rows(named=True)
    )
    drawn = _peaks(peaks, names)
    return LiverSafety(
        scope=scope_of(protocol, (), "LIVER", subset),
        subjects=subjects.height,
        levels=tuple(_levels(liver_results(rows))),
        tested={name: _tested(peaks, tests) for name, tests, _ in _LEVELS if len(tests) == 1},
        candidates=found,
        peaks=drawn,
        shown=courses(rows, names, [one.usubjid for one in found] or _highest(drawn)),
        definition=definition,
        post_procedure_days=settled_safety(protocol).post_procedure_days,
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


def _peaks(peaks: pl.DataFrame, names: Mapping[str, str]) -> tuple[Peak, ...]:
    """One entry a subject with any liver value, by USUBJID."""
    enzymes = peaks.filter(pl.col("PARAMCD").is_in(["ALT", "AST"])).sort(
        "USUBJID", "PEAKULN", descending=[False, True], nulls_last=True
    )
    top = {row["USUBJID"]: row for row in reversed(enzymes.to_dicts())}
    bilirubin = peaks.filter(pl.col("PARAMCD") == "BILI")
    yellow = dict(bilirubin.select("USUBJID", "PEAKULN").iter_rows())
    found = []
    for name in sorted({*top, *yellow}):
        enzyme = top.get(name)
        after = bool(enzyme and enzyme["POST"])
        high = enzyme["PEAKULN"] if enzyme else None
        found.append(Peak(name, names[name], high, yellow.get(name), after))
    return tuple(found)


def _highest(peaks: tuple[Peak, ...]) -> list[str]:
    known = [one for one in peaks if one.transaminase is not None]
    top = sorted(known, key=lambda one: (-(one.transaminase or 0.0), one.usubjid))
    return [one.usubjid for one in top[:1]]


def _both_high(one: Peak) -> bool:
    return (one.transaminase or 0.0) > 3 and (one.bilirubin or 0.0) > 2


def _range(values: tuple[float, ...], line: float) -> tuple[float, float]:
    low, high = min(*values, log10(0.2)), max(*values, log10(line))
    return (low - 0.1, high + 0.15)


def _ticks() -> tuple[tuple[float, str], ...]:
    return tuple((log10(tick), rounded(tick, 1 if tick < 1 else 0)) for tick in _TICKS)
