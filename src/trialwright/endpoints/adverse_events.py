"""Adverse events of the safety set: overview (table T-11) and highest grade by term (T-12)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import polars as pl

from trialwright.core.display import Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.event_counts import (
    STEROIDS,
    OverviewRow,
    TermRow,
    emergent_events,
    overview_rows,
    term_rows,
)
from trialwright.endpoints.population import ALL, Scope, scope_of
from trialwright.endpoints.safety_set import SET, event_notes, records_of, safety_subjects
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import SettledSafety, settled_safety

RULES = ("S-4", "A-01", "A-02", "A-03", "A-06", "A-07", "A-08", "A-09", "A-10", "A-15", "A-16")


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvents:
    """Subjects with treatment-emergent adverse events, each counted once a row.

    Attributes
    ----------
    scope
        All subjects or a cohort, and the registered endpoints that the result answers.
    subjects
        Size of the safety set, the denominator of every percentage.
    overview, terms
        Rows of the two tables.
    late_related_serious
        Subjects with a related serious event that began after the window (A-16, line 5).
    has_categories
        Whether any event carries a category; without one nobody knows which are immune related.
    steroids_stated
        Whether anything says for which events systemic steroids were given.
    notes
        What else limits the reading: progression, RCCEP, terms (`event_notes`).
    rule
        The safety rule of the protocol.
    """

    scope: Scope
    subjects: int
    overview: tuple[OverviewRow, ...]
    terms: tuple[TermRow, ...]
    late_related_serious: int
    has_categories: bool
    steroids_stated: bool
    notes: tuple[str, ...]
    rule: SettledSafety

    @property
    def key(self) -> str:
        """`AE`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe the overview (shell T-11)."""
        return Table(
            title=f"Adverse events: overview{self.scope.suffix}",
            columns=("", "Any grade", "Grade >= 3", "Serious"),
            rows=tuple((row.label, *self._overview_cells(row)) for row in self.overview),
            levels=tuple(row.level for row in self.overview),
            number="T-11",
            population=self.scope.population(SET, self.subjects),
            footnotes=(_COUNTED, *self._footnotes(), *self.cautions),
            rules=RULES,
        )

    def _overview_cells(self, row: OverviewRow) -> tuple[str, ...]:
        """Where nothing says who got steroids, no number stands for it."""
        if row.key == STEROIDS and not self.steroids_stated:
            return ("-", "-", "-")
        return tuple(self._share(n) for n in (row.any_grade, row.severe, row.serious))

    def tables(self) -> tuple[Table, ...]:
        """The overview (T-11) and the worst grade per term (T-12)."""
        return self.table(), self.term_table()

    def term_table(self) -> Table:
        """Describe classes and terms by highest grade (shell T-12)."""
        return Table(
            title=f"Adverse events by class and term, highest grade{self.scope.suffix}",
            columns=(
                "",
                *(f"Gr {grade}" for grade in range(1, 6)),
                "Unknown",
                "Any",
                "Gr >= 3",
                "Events",
            ),
            rows=tuple(self._term_cells(row) for row in self.terms),
            levels=tuple(row.level for row in self.terms),
            number="T-12",
            population=self.scope.population(SET, self.subjects),
            footnotes=(_COUNTED_TERMS, *self._footnotes(), *self.notes),
            rules=RULES,
        )

    def _term_cells(self, row: TermRow) -> tuple[str, ...]:
        counts = (str(n) for n in (*row.grades, row.unknown))
        shares = (self._share(row.any_grade), self._share(row.severe))
        return (row.label, *counts, *shares, str(row.events))

    def _share(self, count: int) -> str:
        return n_pct(count, self.subjects)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading: not registered, pooled, after the window, not categorised."""
        late = self.late_related_serious
        seen = (
            f"{late} with a related serious event that began after the window, not counted above "
            "(rule A-16).",
        )
        return (
            *(() if self.scope.definitions else (_NOT_REGISTERED,)),
            *(seen if late else ()),
            *(() if self.has_categories else (_NO_CATEGORY,)),
            *((_NO_STEROIDS,) if not self.steroids_stated and self._immune else ()),
            *self.notes,
            *self.scope.cautions,
        )

    @property
    def _immune(self) -> int:
        """Subjects with an immune-related event."""
        return next(row.any_grade for row in self.overview if row.key == "immune")

    def _footnotes(self) -> tuple[str, ...]:
        rule = self.rule
        grade = f"as grade {rule.missing_grade}" if rule.missing_grade else "as no grade"
        return (
            f"Treatment emergent: begun or worse from first treatment until {rule.te_window_days} "
            f"days after the last dose ({rule.te_window_serious_days} for serious and "
            "immune-related events), or until the day before new anticancer therapy.",
            f"Grades by CTCAE {rule.ctcae_version}; an unknown grade counts {grade} for "
            f"grade >= 3. A missing relation counts as {rule.missing_relation.replace('_', ' ')}.",
        )

    def to_json(self) -> dict[str, Json]:
        """Every count with its denominator."""
        return {
            "key": self.key,
            "endpoint": "adverse events",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "registered_as": [d.id for d in self.scope.definitions],
            "denominator": "SAF",
            "subjects": self.subjects,
            "method": "subjects with at least one treatment-emergent event, once a row",
            "ctcae_version": self.rule.ctcae_version,
            "te_window_days": self.rule.te_window_days,
            "te_window_serious_days": self.rule.te_window_serious_days,
            "missing_grade": self.rule.missing_grade or None,
            "missing_relation": self.rule.missing_relation,
            "overview": [asdict(row) for row in self.overview],
            "terms": [_term_json(row) for row in self.terms],
            "late_related_serious": self.late_related_serious,
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


_COUNTED = "Subjects with at least one such event, n (%); each subject counts once a row."
_COUNTED_TERMS = (
    "Each subject counts once a row, at the highest grade; the most frequent class and term first. "
    "Events are episodes: records of one term that follow each other without a free day are one "
    "(rule A-10)."
)
_NO_CATEGORY = "No event carries a category (AECAT), so immune-related events cannot be told apart (rule A-04)."
_NO_STEROIDS = (
    "Nothing says for which events systemic steroids were given (AESTER, or RELREC to CM)."
)
_NOT_REGISTERED = "The record registers no outcome on adverse events: not registered, shown always."


def estimate_adverse_events(protocol: Protocol, adam: Adam, subset: str = ALL) -> AdverseEvents:
    """Count the adverse events of the safety set.

    Parameters
    ----------
    protocol
        Settled; its safety rule decides what unknown grades count as, its regimen names the
        components.
    adam
        ADSL with SAFFL and COHORT; ADAE.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When a safety option is still open.

    References
    ----------
    Rules S-4, A-07, A-08, A-09 and A-16; tables T-11 and T-12.
    """
    rule = settled_safety(protocol)
    subjects = safety_subjects(adam, subset)
    events = emergent_events(adam["ADAE"], subjects)
    records = records_of(adam, subjects)
    return AdverseEvents(
        scope=scope_of(protocol, ("AE", "SAE"), "AE", subset),
        subjects=subjects.height,
        overview=overview_rows(events, protocol.regimen),
        terms=term_rows(events, rule.missing_grade),
        has_categories=not events.height or bool(events["AECAT"].is_not_null().any()),
        late_related_serious=_late_related_serious(records),
        steroids_stated=bool(events["AESTERFL"].is_not_null().any()),
        notes=event_notes(records),
        rule=rule,
    )


def _late_related_serious(records: pl.DataFrame) -> int:
    late = pl.col("REASON").str.starts_with("line 5:")
    related = (pl.col("AESER") == "Y") & (pl.col("AREL") == "Y")
    return records.filter((late & related).fill_null(value=False))["USUBJID"].n_unique()


def _term_json(row: TermRow) -> dict[str, Json]:
    return {
        "term": row.label,
        "level": row.level,
        "grades": list(row.grades),
        "unknown": row.unknown,
        "any_grade": row.any_grade,
        "severe": row.severe,
        "events": row.events,
    }
