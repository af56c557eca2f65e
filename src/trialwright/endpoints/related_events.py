"""Related adverse events, overall and by component (table T-13)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import polars as pl

from trialwright.core.display import Table
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.event_counts import TermRow, emergent_events, term_rows
from trialwright.endpoints.population import ALL, Scope, scope_of
from trialwright.endpoints.safety_set import SET, safety_subjects
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_safety

RULES = ("S-4", "A-02", "A-07", "A-08", "A-10")
_ANY = "Any related event"


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedEvents:
    """Subjects with events related to the treatment, by class and term.

    Attributes
    ----------
    terms
        Rows of events related to any component: the rows of the table.
    components
        Name of each component with its rows; a row that is missing has no event.
    assumed
        Records in which a missing relation was decided by the protocol.
    """

    scope: Scope
    subjects: int
    terms: tuple[TermRow, ...]
    components: tuple[tuple[str, tuple[TermRow, ...]], ...]
    assumed: int
    missing_relation: str

    @property
    def key(self) -> str:
        """`TRAE`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe subjects with related events by class and term (shell T-13)."""
        names = ("Any component", *(name for name, _ in self.components))
        return Table(
            title=f"Related adverse events by component{self.scope.suffix}",
            columns=("", *(head for name in names for head in (name, "Gr >= 3"))),
            rows=tuple(self._cells(row) for row in self.terms),
            levels=tuple(row.level for row in self.terms),
            number="T-13",
            population=self.scope.population(SET, self.subjects),
            footnotes=(_COUNTED, *self.cautions),
            rules=RULES,
        )

    def _cells(self, row: TermRow) -> tuple[str, ...]:
        parts = (row, *(_same_row(row, rows) for _, rows in self.components))
        return (row.label, *(cell for part in parts for cell in self._shares(part)))

    def _shares(self, row: TermRow | None) -> tuple[str, str]:
        any_grade, severe = (row.any_grade, row.severe) if row else (0, 0)
        return n_pct(any_grade, self.subjects), n_pct(severe, self.subjects)

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading: assumed relations, pooled cohorts."""
        counts = self.missing_relation.replace("_", " ")
        assumed = (
            f"{self.assumed} records without a complete statement on the relation: what is missing "
            f"counts as {counts} (rule A-02).",
        )
        return (*(assumed if self.assumed else ()), *self.scope.cautions)

    def to_json(self) -> dict[str, Json]:
        """Every count with its denominator."""
        return {
            "key": self.key,
            "endpoint": "related adverse events",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "denominator": "SAF",
            "subjects": self.subjects,
            "method": "subjects with at least one related treatment-emergent event, once a row",
            "missing_relation": self.missing_relation,
            "relation_assumed_records": self.assumed,
            "any_component": [_json(row) for row in self.terms],
            "components": {name: [_json(row) for row in rows] for name, rows in self.components},
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


_COUNTED = (
    "Subjects with at least one related event, n (%), each once a row at the highest grade; of "
    "each component any grade, then grade 3 or higher. An event "
    "can be related to several components. Related: definite, probable or possible."
)


def estimate_related_events(protocol: Protocol, adam: Adam, subset: str = ALL) -> RelatedEvents:
    """Count the related adverse events of the safety set, overall and by component.

    Parameters
    ----------
    protocol
        Settled; its regimen names the components.
    adam
        ADSL and ADAE.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When a safety option is still open.

    References
    ----------
    Rules A-02, A-07, A-08; table T-13.
    """
    rule = settled_safety(protocol)
    subjects = safety_subjects(adam, subset)
    events = emergent_events(adam["ADAE"], subjects)
    named = [
        (part.name, events.filter(pl.col("ARELCOMP").str.split(";").list.contains(part.id)))
        for part in protocol.regimen
    ]
    assumed = pl.col("REASON").str.contains("missing relation counts as", literal=True)
    return RelatedEvents(
        scope=scope_of(protocol, ("AE",), "TRAE", subset),
        subjects=subjects.height,
        terms=term_rows(events.filter(pl.col("AREL") == "Y"), rule.missing_grade, _ANY),
        components=tuple((name, term_rows(part, rule.missing_grade, _ANY)) for name, part in named),
        assumed=events.filter(assumed).height,
        missing_relation=rule.missing_relation,
    )


def _same_row(row: TermRow, rows: tuple[TermRow, ...]) -> TermRow | None:
    place = (row.parent, row.label, row.level)
    return next((one for one in rows if (one.parent, one.label, one.level) == place), None)


def _json(row: TermRow) -> Json:
    return {**asdict(row), "grades": list(row.grades)}
