"""Worst laboratory grade on treatment and shift from baseline (table T-16)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import ALL, Scope, scope_of
from trialwright.endpoints.safety_set import SET, safety_subjects
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledSafety, settled_safety

RULES = ("S-4", "A-13", "G-51", "G-52", "G-53", "G-57", "G-58")
#: Directions of a parameter by suffix of its columns in ADLB.
SIDES = (("L", "low"), ("H", "high"))
GRADES = range(5)
_UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeShift:
    """One CTCAE term: subjects by baseline grade and worst grade on treatment.

    Attributes
    ----------
    counts
        Subjects by (baseline grade, worst grade); -1 stands for a grade that is not known.
    tested
        Subjects with a result of the test on treatment.
    assumed
        Subjects whose worst grade rests on the number alone although the term asks for more (G-58).
    """

    paramcd: str
    name: str
    term: str
    direction: str
    counts: tuple[tuple[tuple[int, int], int], ...]
    tested: int
    assumed: int

    def worst(self, grade: int, base: int | None = None) -> int:
        """Subjects with that worst grade, of one baseline grade or of all."""
        return sum(n for (b, g), n in self.counts if g == grade and base in {None, b})

    def severe(self, base: int | None = None) -> int:
        """Subjects with grade 3 or more on treatment."""
        return sum(n for (b, g), n in self.counts if g >= 3 and base in {None, b})

    @property
    def bases(self) -> tuple[int, ...]:
        """Baseline grades that occur, an unknown one last."""
        found = {base for (base, _), _ in self.counts}
        return tuple(sorted(found, key=lambda base: (base < 0, base)))


@dataclass(frozen=True, slots=True, kw_only=True)
class LaboratoryGrades:
    """Grades of laboratory values in the safety set; never added to the adverse events (A-13).

    `raised` counts by test the subjects of baseline grade 0 whose baseline lies above its ULN (G-51).
    """

    scope: Scope
    subjects: int
    shifts: tuple[GradeShift, ...]
    ungraded: tuple[str, ...]
    raised: tuple[tuple[str, int], ...]
    rule: SettledSafety

    @property
    def key(self) -> str:
        """`LABGRADES`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe worst grade and shift of every term (T-16)."""
        rows: list[tuple[int, tuple[str, ...]]] = []
        for shift in self.shifts:
            rows.append((0, self._cells(shift, None, f"{shift.term}: {shift.name}")))
            rows += [(1, self._cells(shift, base, _base_words(base))) for base in shift.bases]
        return Table(
            title=f"Laboratory values: worst grade on treatment by baseline grade{self.scope.suffix}",
            columns=("", *(f"Gr {grade}" for grade in GRADES), "Unknown", "Gr >= 3", "Not tested"),
            rows=tuple(cells for _, cells in rows),
            levels=tuple(level for level, _ in rows),
            number="T-16",
            population=self.scope.population(SET, self.subjects),
            footnotes=self._footnotes(),
            rules=RULES,
        )

    def _cells(self, shift: GradeShift, base: int | None, label: str) -> tuple[str, ...]:
        worst = (str(shift.worst(grade, base)) for grade in (*GRADES, -1))
        severe = shift.severe(base)
        if base is not None:
            return (label, *worst, str(severe), "")
        untested = str(self.subjects - shift.tested)
        return (label, *worst, n_pct(severe, self.subjects), untested)

    def _footnotes(self) -> tuple[str, ...]:
        assumed = sum(shift.assumed for shift in self.shifts)
        choice = "the lower" if self.rule.symptom_unknown == "lower" else "the higher"
        numeric = (
            "Worst grades that rest on the number alone where the term also asks for symptoms or "
            f"treatment that nobody recorded: {assumed}; {choice} grade was taken (G-58).",
        )
        raised = (
            "Subjects of baseline grade 0 with a baseline above ULN: "
            f"{', '.join(f'{code} {n}' for code, n in self.raised)} (the version grades against an "
            "abnormal baseline, not against ULN: G-51).",
        )
        left = (
            f"Without a grade in CTCAE {self.rule.ctcae_version} (reference ranges only): "
            f"{', '.join(self.ungraded)} (G-50).",
        )
        return (
            f"Numeric part of CTCAE {self.rule.ctcae_version}; each subject once a term at the worst "
            f"result from first treatment to {self.rule.te_window_days} days after the last dose, or "
            "to the day before new anticancer therapy. Grade 0: within the limits of the term. "
            "Unknown: no limits of normal, or no baseline in a baseline row.",
            "Laboratory grades are not adverse events and stand in no table of events (A-13).",
            *(raised if self.raised else ()),
            *(numeric if assumed else ()),
            *(left if self.ungraded else ()),
        )

    def to_json(self) -> dict[str, Json]:
        """Every count with its denominator."""
        return {
            "key": self.key,
            "subset": self.scope.subset,
            "denominator": "SAF",
            "subjects": self.subjects,
            "ctcae_version": self.rule.ctcae_version,
            "terms": [_shift_json(shift) for shift in self.shifts],
            "without_grade": list(self.ungraded),
            "baseline_grade_0_above_uln": dict(self.raised),
            "rules": list(RULES),
        }


def estimate_laboratory_grades(
    protocol: Protocol, adam: Adam, subset: str = ALL
) -> LaboratoryGrades:
    """Count worst laboratory grades by baseline grade.

    Parameters
    ----------
    protocol
        Settled; its safety rule names the version of CTCAE.
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
    Rules G-52, G-53, A-13; table T-16.
    """
    subjects = safety_subjects(adam, subset)
    rows = adam["ADLB"].join(subjects.select("USUBJID"), on="USUBJID", how="semi")
    graded = pl.col("ATOXDSCL").is_not_null() | pl.col("ATOXDSCH").is_not_null()
    without = rows.filter(~graded.any().over("PARAMCD"))["PARAM"].drop_nulls().unique().sort()
    return LaboratoryGrades(
        scope=scope_of(protocol, (), "LABGRADES", subset),
        subjects=subjects.height,
        shifts=tuple(_shifts(rows)),
        ungraded=tuple(without.to_list()),
        raised=_raised(rows),
        rule=settled_safety(protocol),
    )


def _raised(rows: pl.DataFrame) -> tuple[tuple[str, int], ...]:
    """Subjects tested on treatment whose abnormal baseline is grade 0, by test."""
    tested = rows.filter(pl.col("ONTRTFL") == "Y").select("USUBJID", "PARAMCD").unique()
    above = pl.col("ATOXBASH").str.contains("baseline above ULN", literal=True)
    zero = (pl.col("ABLFL") == "Y") & (pl.col("ATOXGRH") == 0) & above
    found = rows.filter(zero).join(tested, on=["USUBJID", "PARAMCD"], how="semi")
    return tuple(found.group_by("PARAMCD").agg(pl.len()).sort("PARAMCD").iter_rows())


def _shifts(rows: pl.DataFrame) -> Iterator[GradeShift]:
    """One shift a parameter and direction with a term, by the name of the parameter."""
    treated = rows.filter(pl.col("ONTRTFL") == "Y")
    names = treated.select("PARAM", "PARAMCD").unique().drop_nulls().sort("PARAM", "PARAMCD")
    for name, code in names.iter_rows():
        mine = treated.filter(pl.col("PARAMCD") == code)
        for side, direction in SIDES:
            terms = mine[f"ATOXDSC{side}"].drop_nulls().unique().sort()
            if len(terms) and mine[f"ATOXGR{side}"].is_not_null().any():
                yield _shift(mine, (code, name, terms[0]), side, direction)


def _shift(
    mine: pl.DataFrame, words: tuple[str, str, str], side: str, direction: str
) -> GradeShift:
    grade, base, basis = (pl.col(f"{stem}{side}") for stem in ("ATOXGR", "BTOXGR", "ATOXBAS"))
    worst = mine.group_by("USUBJID").agg(
        WORST=grade.max().fill_null(-1),
        BASE=base.first().fill_null(-1),
        ASSUMED=(basis.filter(grade == grade.max()).str.contains("numeric").any()),
    )
    counts = Counter(worst.select("BASE", "WORST").rows())
    return GradeShift(
        paramcd=words[0],
        name=words[1],
        term=words[2],
        direction=direction,
        counts=tuple(sorted(counts.items())),
        tested=worst.height,
        assumed=int(worst["ASSUMED"].fill_null(value=False).sum()),
    )


def _base_words(base: int) -> str:
    return "Baseline unknown" if base < 0 else f"Baseline grade {base}"


def _shift_json(shift: GradeShift) -> dict[str, Json]:
    return {
        "paramcd": shift.paramcd,
        "term": shift.term,
        "direction": shift.direction,
        "tested": shift.tested,
        "shift": [
            {"baseline": _shown(base), "worst": _shown(grade), "subjects": n}
            for (base, grade), n in shift.counts
        ],
        "grade_3_or_more": shift.severe(),
        "numeric_only": shift.assumed,
    }


def _shown(grade: int) -> str:
    return _UNKNOWN if grade < 0 else str(grade)
