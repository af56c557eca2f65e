"""Events of special interest and events after procedures (A-04, table T-14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

import polars as pl

from trialwright.core.display import Table, patient_anchor
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.event_counts import emergent_events
from trialwright.endpoints.event_listing import EventRecord, event_records
from trialwright.endpoints.population import ALL, Scope, scope_of
from trialwright.endpoints.safety_set import SET, safety_subjects
from trialwright.endpoints.special_rows import COLUMNS, SpecialRow, cells_of, special_rows
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.settled import SettledSafety, settled_safety
from trialwright.safety.special_interest import IMMUNE, RCCEP, SPECIAL

RULES = ("S-4", "A-02", "A-04", "A-07", "A-10")
_KINDS = (
    (IMMUNE, "Immune-related"),
    (SPECIAL, "Of special interest, not immune-related"),
    (RCCEP, "RCCEP"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecialEvents:
    """Subjects with events of special interest, and with events of or after a procedure.

    Attributes
    ----------
    interest, procedure
        Rows of the two tables: each kind, then its terms.
    listed
        Each event of special interest.
    flagged, terms
        Whether any event was flagged by the investigator, and how many terms the protocol names.
    post_procedure_days
        An event that begins so many days after a study procedure, or less, is one shortly after it.
    """

    scope: Scope
    subjects: int
    interest: tuple[SpecialRow, ...]
    procedure: tuple[SpecialRow, ...]
    listed: tuple[EventRecord, ...]
    flagged: bool
    terms: int
    steroids_stated: bool
    post_procedure_days: int
    ctcae_version: str

    @property
    def key(self) -> str:
        """`AESI`, with the cohort behind it."""
        return self.scope.key

    def table(self) -> Table:
        """Describe events of special interest (shell T-14)."""
        return self._table("Events of special interest", self.interest, (_MEANT, *self.cautions))

    def procedure_table(self) -> Table:
        """Describe events of or after a procedure (shell T-14)."""
        meant = (
            "Related: the relation to that component. Shortly after: begun on the day of a study "
            f"procedure or at most {self.post_procedure_days} days later, related or not."
        )
        silent = () if self.steroids_stated or not self._has_procedure else (_NO_STEROIDS,)
        return self._table(
            "Events of or after a procedure", self.procedure, (meant, *silent, *self.scope.cautions)
        )

    @property
    def _has_procedure(self) -> bool:
        return any(row.subjects for row in self.procedure)

    def _table(self, title: str, rows: tuple[SpecialRow, ...], footnotes: tuple[str, ...]) -> Table:
        return Table(
            title=f"{title}{self.scope.suffix}",
            columns=COLUMNS,
            rows=tuple(
                cells_of(row, self.subjects, steroids_stated=self.steroids_stated) for row in rows
            ),
            levels=tuple(row.level for row in rows),
            number="T-14",
            population=self.scope.population(SET, self.subjects),
            footnotes=(_COUNTED, *footnotes),
            rules=RULES,
        )

    def tables(self) -> tuple[Table, ...]:
        """Special interest, procedures, and the listing when there is anything to list."""
        listing = (self.listing(),) if self.listed else ()
        return (self.table(), self.procedure_table(), *listing)

    def listing(self) -> Table:
        """Describe each event of special interest."""
        columns = ("Patient", "Kind", "Term", "Grade", "Day", "Days", "Serious", "Systemic steroids",
                   "Action", "Outcome")  # fmt: skip
        return Table(
            title=f"Events of special interest, each{self.scope.suffix}",
            columns=columns,
            rows=tuple(
                (
                    one.name, one.kind if one.kind == RCCEP else one.kind.capitalize(), one.term,
                    one.grade, one.day, one.days, "yes" if one.serious else "no", one.steroids,
                    one.action or "none", one.outcome,
                )
                for one in self.listed
            ),
            links=tuple(patient_anchor(one.usubjid) for one in self.listed),
            population=self.scope.population(SET, self.subjects),
            footnotes=(
                "Day: study day of onset. Days: from start to end, both counted; + while it goes on.",
            ),
            rules=RULES,
        )  # fmt: skip

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading: nothing flagged, no list of terms, steroids not collected."""
        silent = not self.flagged and not self.terms
        rccep = any(row.label == RCCEP and row.subjects for row in self.interest)
        return (
            *((_NOT_FLAGGED,) if silent else ()),
            *((_NO_STEROIDS,) if not self.steroids_stated and self.listed else ()),
            *((_RCCEP.format(self.ctcae_version),) if rccep else ()),
            *self.scope.cautions,
        )

    def to_json(self) -> dict[str, Json]:
        """Every count with its denominator, and each event."""
        return {
            "key": self.key,
            "endpoint": "events of special interest",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "denominator": "SAF",
            "subjects": self.subjects,
            "method": "subjects with at least one such treatment-emergent event, once a row",
            "protocol_terms": self.terms,
            "post_procedure_days": self.post_procedure_days,
            "interest": [asdict(row) for row in self.interest],
            "procedure": [asdict(row) for row in self.procedure],
            "listed": [asdict(one) for one in self.listed],
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


_MEANT = (
    "Immune-related: so called by the investigator (AECAT). Of special interest: flagged by the "
    "investigator (AESI), or a term of the protocol (safety.aesi_terms). RCCEP: reactive cutaneous "
    "capillary endothelial proliferation, in no other row (rule A-04)."
)
_COUNTED = (
    "Subjects with at least one such treatment-emergent event, n (%), each once a row. Onset: study "
    "day of the first event of a subject. Duration: days of the episodes that are over, both ends "
    "counted. Not over: episodes without an end."
)
_NOT_FLAGGED = (
    "No event is flagged and the protocol names no terms (safety.aesi_terms): no row means that "
    "nothing was said, not that nothing happened (rule A-04)."
)
_NO_STEROIDS = (
    "Nothing says for which events systemic steroids were given (AESTER, or RELREC to CM)."
)
_RCCEP = (
    "RCCEP has a scale of its own; grades here are as recorded, CTCAE {} elsewhere (rule A-04)."
)


def estimate_special_events(protocol: Protocol, adam: Adam, subset: str = ALL) -> SpecialEvents:
    """Count events of special interest and events of procedures in the safety set.

    Parameters
    ----------
    protocol
        Settled; its regimen says which components are procedures.
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
    Rule A-04; table T-14.
    """
    rule = settled_safety(protocol)
    subjects = safety_subjects(adam, subset)
    events = emergent_events(adam["ADAE"], subjects)
    special = events.filter(pl.col("AESICAT").is_not_null())
    return SpecialEvents(
        scope=scope_of(protocol, (), "AESI", subset),
        subjects=subjects.height,
        interest=tuple(_interest(special)),
        procedure=tuple(_procedure(events, protocol.regimen, rule)),
        listed=event_records(special, adam, protocol.regimen),
        flagged=bool(adam["ADAE"].filter(pl.col("AESICAT").is_in((IMMUNE, SPECIAL))).height),
        terms=len(rule.aesi_terms),
        steroids_stated=bool(adam["ADAE"]["AESTERFL"].is_not_null().any()),
        post_procedure_days=rule.post_procedure_days,
        ctcae_version=rule.ctcae_version,
    )


def _interest(special: pl.DataFrame) -> Iterator[SpecialRow]:
    for kind, label in _KINDS:
        rows = special_rows(special.filter(pl.col("AESICAT") == kind), label)
        yield from rows[:1] if kind == RCCEP else rows


def _procedure(
    events: pl.DataFrame, regimen: Sequence[Component], rule: SettledSafety
) -> Iterator[SpecialRow]:
    """Related to each local component (by its relation), and shortly after any procedure."""
    for part in regimen:
        if is_local(part):
            named = pl.col("ARELCOMP").str.split(";").list.contains(part.id)
            yield from special_rows(events.filter(named), f"Related to {part.name}")
    label = f"Begun within {rule.post_procedure_days} days after a study procedure"
    yield from special_rows(events.filter(pl.col("POSTPRFL") == "Y"), label)


def is_local(component: Component) -> bool:
    """Whether a component is a procedure or is given into the liver or a lesion (S-4)."""
    return component.kind == "procedure" or component.reach in {"liver", "lesion"}
