"""Serious adverse events: by criterion, class and term (table T-15), each one (listing L-8)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import polars as pl

from trialwright.core.display import Table, patient_anchor
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.event_counts import emergent_events
from trialwright.endpoints.event_listing import EventRecord, event_records
from trialwright.endpoints.population import ALL, Scope, scope_of
from trialwright.endpoints.safety_set import SET, records_of, safety_subjects
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_safety
from trialwright.safety.serious import CRITERIA, is_fatal

RULES = ("S-4", "A-01", "A-02", "A-03", "A-06", "A-08", "A-10")
_ANY = "Any serious event"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriousRow:
    """Subjects with serious events of a class or term, and the number of such events."""

    parent: str
    label: str
    level: int
    subjects: int
    severe: int
    related: int
    fatal: int
    events: int
    related_events: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryRow:
    """One term as registries ask for it; `serious` and other events of a term stand apart."""

    term: str
    organ_system: str
    serious: bool
    events: int
    affected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriousEvents:
    """Subjects with serious events in the safety set.

    Attributes
    ----------
    rows
        All serious events, then each class with its terms.
    criteria
        Words and number of subjects for each criterion that the data hold.
    listed
        Every serious record, treatment emergent or not.
    registry
        Serious and other emergent events by term.
    """

    scope: Scope
    subjects: int
    rows: tuple[SeriousRow, ...]
    criteria: tuple[tuple[str, int], ...]
    listed: tuple[EventRecord, ...]
    registry: tuple[RegistryRow, ...]
    affected: int
    affected_other: int

    @property
    def key(self) -> str:
        """`SAE`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe serious events by criterion, class and term (shell T-15)."""
        criteria = tuple(
            (
                f"criterion: {words[0].lower()}{words[1:]}",
                n_pct(n, self.subjects),
                "",
                "",
                "",
                "",
                "",
            )
            for words, n in self.criteria
        )
        cells = [self._cells(row) for row in self.rows]
        return Table(
            title=f"Serious adverse events{self.scope.suffix}",
            columns=("", "n (%)", "Gr >= 3", "Related", "Fatal", "Events", "Related events"),
            rows=(cells[0], *criteria, *cells[1:]),
            levels=(0, *(1 for _ in criteria), *(row.level for row in self.rows[1:])),
            number="T-15",
            population=self.scope.population(SET, self.subjects),
            footnotes=(_COUNTED, *self.cautions),
            rules=RULES,
        )

    def _cells(self, row: SeriousRow) -> tuple[str, ...]:
        shares = (row.subjects, row.severe, row.related, row.fatal)
        counts = (str(row.events), str(row.related_events))
        return (row.label, *(n_pct(n, self.subjects) for n in shares), *counts)

    def tables(self) -> tuple[Table, ...]:
        """The counts, and the listing when there is any serious event."""
        return (self.table(), self.listing()) if self.listed else (self.table(),)

    def listing(self) -> Table:
        """Describe each serious event (listing L-8)."""
        columns = ("Patient", "Term", "Grade", "Day", "Days", "Related to", "Criteria", "Outcome",
                   "Emergent")  # fmt: skip
        return Table(
            title=f"Serious adverse events, each{self.scope.suffix}",
            columns=columns,
            rows=tuple(
                (
                    one.name, one.term, one.grade, one.day, one.days, one.related, one.criteria,
                    one.outcome, "yes" if one.emergent else "no",
                )
                for one in self.listed
            ),
            links=tuple(patient_anchor(one.usubjid) for one in self.listed),
            number="L-8",
            population=self.scope.population(SET, self.subjects),
            footnotes=(
                "Day: study day of onset. Days: from start to end, both counted; + while it goes on. "
                "Not emergent: begun before treatment or after the window, or progression of the "
                "tumour; not counted above.",
            ),
            rules=RULES,
        )  # fmt: skip

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading."""
        return (
            *(() if self.criteria else (_NO_CRITERIA,)),
            *self.scope.cautions,
        )

    def to_json(self) -> dict[str, Json]:
        """Every count with its denominator, and the counts that registries ask for."""
        return {
            "key": self.key,
            "endpoint": "serious adverse events",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "registered_as": [d.id for d in self.scope.definitions],
            "denominator": "SAF",
            "subjects": self.subjects,
            "method": "subjects with at least one serious treatment-emergent event, once a row",
            "rows": [asdict(row) for row in self.rows],
            "criteria": dict(self.criteria),
            "listed": [asdict(one) for one in self.listed],
            "registry": {
                "serious_affected": self.affected,
                "other_affected": self.affected_other,
                "at_risk": self.subjects,
                "events": [asdict(row) for row in self.registry],
            },
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


_COUNTED = (
    "Subjects with at least one serious treatment-emergent event, n (%), each once a row. Events are "
    "episodes. Serious is not severe: any grade can be serious (rule A-03)."
)
_NO_CRITERIA = "No criterion of seriousness (AESDTH, AESHOSP ...) was delivered."


def estimate_serious_events(protocol: Protocol, adam: Adam, subset: str = ALL) -> SeriousEvents:
    """Count the serious adverse events of the safety set.

    Parameters
    ----------
    protocol
        Settled.
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
    Rules A-03, A-10; table T-15, listing L-8.
    """
    settled_safety(protocol)
    subjects = safety_subjects(adam, subset)
    events = emergent_events(adam["ADAE"], subjects)
    is_serious = (pl.col("AESER") == "Y").fill_null(value=False)
    serious, other = events.filter(is_serious), events.filter(~is_serious)
    records = records_of(adam, subjects)
    return SeriousEvents(
        scope=scope_of(protocol, ("SAE",), "SAE", subset),
        subjects=subjects.height,
        rows=_rows(serious),
        criteria=_criteria(serious),
        listed=event_records(records.filter(is_serious), adam, protocol.regimen),
        registry=(*_registry(serious, serious=True), *_registry(other, serious=False)),
        affected=serious["USUBJID"].n_unique(),
        affected_other=other["USUBJID"].n_unique(),
    )


def _rows(serious: pl.DataFrame) -> tuple[SeriousRow, ...]:
    named = serious.with_columns(ALL=pl.lit(_ANY))
    rows = _grouped(named, ("ALL",)) or [_nothing()]
    terms = _grouped(named, ("SOC", "PT"))
    for row in _grouped(named, ("SOC",)):
        rows.append(row)
        rows += [term for term in terms if term.parent == row.label]
    return tuple(rows)


def _grouped(serious: pl.DataFrame, keys: tuple[str, ...]) -> list[SeriousRow]:
    """A row for each value of the keys, the most frequent first."""
    related = pl.col("AREL") == "Y"
    subject, event = pl.col("USUBJID"), pl.struct("USUBJID", "PT", "EVENT")
    counts = serious.group_by(*keys).agg(
        subjects=subject.n_unique(),
        severe=subject.filter(pl.col("AGR3FL") == "Y").n_unique(),
        related=subject.filter(related).n_unique(),
        fatal=subject.filter(is_fatal()).n_unique(),
        events=event.n_unique(),
        related_events=event.filter(related).n_unique(),
    )
    ordered = counts.sort("subjects", *keys, descending=[True, *(False for _ in keys)])
    level = len(keys) - 1
    return [
        SeriousRow(
            parent=row[keys[0]] if level else "",
            label=row[keys[-1]],
            level=level,
            **{name: row[name] for name in counts.columns if name not in keys},
        )
        for row in ordered.iter_rows(named=True)
    ]


def _nothing() -> SeriousRow:
    return SeriousRow(
        parent="", label=_ANY, level=0, subjects=0, severe=0, related=0, fatal=0, events=0,
        related_events=0,
    )  # fmt: skip


def _criteria(serious: pl.DataFrame) -> tuple[tuple[str, int], ...]:
    """Subjects by criterion, none when no criterion was delivered."""
    if all(serious[name].is_null().all() for name in CRITERIA):
        return ()
    return tuple(
        (words, serious.filter(pl.col(name) == "Y")["USUBJID"].n_unique())
        for name, words in CRITERIA.items()
    )


def _registry(events: pl.DataFrame, *, serious: bool) -> tuple[RegistryRow, ...]:
    return tuple(
        RegistryRow(
            term=row.label,
            organ_system=row.parent,
            serious=serious,
            events=row.events,
            affected=row.subjects,
        )
        for row in _grouped(events, ("SOC", "PT"))
    )
