"""Dose-limiting toxicity: by the criteria of the protocol and by the investigator (A-05, S-7)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import polars as pl

from trialwright.core.display import Table, patient_anchor
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.event_listing import EventRecord, event_records
from trialwright.endpoints.population import ALL, Scope, scope_of
from trialwright.endpoints.safety_set import SET, records_of, safety_subjects
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import DltCriterion
from trialwright.protocol.settled import SettledSafety, settled_safety
from trialwright.safety.dose_limiting import SEPARATOR, can_derive
from trialwright.safety.event_queries import DLT_OPEN

RULES = ("S-7", "A-05", "A-07")
_EVALUABLE = "DLTEVLFL"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseLimiting:
    """Subjects with dose-limiting toxicity.

    Attributes
    ----------
    subjects, evaluable
        Size of the safety set; subjects who are evaluable by S-7, `None` when the share of the dose
        was not derived. The evaluable ones, else all, are the denominator.
    by_protocol, by_investigator
        Subjects by each source; `None` when the protocol names no criteria or window, or when
        nobody was flagged either way.
    both, one_only
        Subjects by both sources, and by one of two that both speak.
    still_open
        Subjects with an event that goes on and is too short to tell, and no other.
    criteria
        Words and number of subjects of each criterion.
    lacking
        What must be supplied before anything can be derived.
    """

    scope: Scope
    subjects: int
    evaluable: int | None
    by_protocol: int | None
    by_investigator: int | None
    both: int
    one_only: int
    still_open: int
    criteria: tuple[tuple[str, int], ...]
    window_days: int
    listed: tuple[tuple[EventRecord, str, str, str], ...]
    lacking: tuple[str, ...]

    @property
    def key(self) -> str:
        """`DLT`, with the cohort behind it."""
        return self.scope.key

    @property
    def denominator(self) -> int:
        """Evaluable subjects, else the safety set."""
        return self.subjects if self.evaluable is None else self.evaluable

    def table(self) -> Table:
        """Describe subjects with dose-limiting toxicity by source."""
        n = self.denominator
        evaluable = (
            "not derived" if self.evaluable is None else n_pct(self.evaluable, self.subjects)
        )
        derived = "not derived" if self.by_protocol is None else n_pct(self.by_protocol, n)
        flagged = "not stated" if self.by_investigator is None else n_pct(self.by_investigator, n)
        rows = [
            ("Evaluable for dose-limiting toxicity (S-7)", evaluable, 0),
            ("By the criteria of the protocol", derived, 0),
            *((label, n_pct(count, n), 1) for label, count in self.criteria),
            ("By the investigator", flagged, 0),
        ]
        if self.by_protocol is not None and self.by_investigator is not None:
            rows += [
                ("by both", n_pct(self.both, n), 1),
                ("by one only", n_pct(self.one_only, n), 1),
            ]
        if self.still_open:
            rows.append(("Still open: an event too short to tell", n_pct(self.still_open, n), 0))
        return Table(
            title=f"Dose-limiting toxicity{self.scope.suffix}",
            columns=("", "n (%)"),
            rows=tuple((label, cell) for label, cell, _ in rows),
            levels=tuple(level for *_, level in rows),
            population=self.scope.population(SET, self.subjects),
            footnotes=(self._window(), *self.cautions),
            rules=RULES,
        )

    def _window(self) -> str:
        whom = (
            "all treated subjects" if self.evaluable is None
            else "evaluable subjects: enough of the dose of the window, or a dose-limiting toxicity"
        )  # fmt: skip
        days = f" Window: study day 1 to {self.window_days}." if self.window_days else ""
        return f"Percentages below the first row are of {whom}.{days}"

    def tables(self) -> tuple[Table, ...]:
        """The counts, and the listing when there is any such event."""
        return (self.table(), self.listing()) if self.listed else (self.table(),)

    def listing(self) -> Table:
        """Describe each event that either source calls dose limiting, or that is open."""
        columns = ("Patient", "Term", "Grade", "Day", "Days", "Related to", "Protocol", "Investigator",
                   "Criteria")  # fmt: skip
        return Table(
            title=f"Dose-limiting toxicity, each event{self.scope.suffix}",
            columns=columns,
            rows=tuple(
                (one.name, one.term, one.grade, one.day, one.days, one.related, derived, flagged,
                 labels)
                for one, derived, flagged, labels in self.listed
            ),
            links=tuple(patient_anchor(one.usubjid) for one, *_ in self.listed),
            population=self.scope.population(SET, self.subjects),
            footnotes=("Day: study day of onset. Days: both ends counted; + while it goes on.",),
            rules=RULES,
        )  # fmt: skip

    @property
    def cautions(self) -> tuple[str, ...]:
        """What must be supplied, and what limits the reading."""
        share = self.evaluable is None
        return (
            *self.lacking,
            *((f"{self.one_only} with a dose-limiting toxicity by one source only (query, A-05).",)
              if self.one_only else ()),
            *((_NO_SHARE,) if share else ()),
            *self.scope.cautions,
        )  # fmt: skip

    def to_json(self) -> dict[str, Json]:
        """Every count with its denominator."""
        return {
            "key": self.key,
            "endpoint": "dose-limiting toxicity",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "registered_as": [d.id for d in self.scope.definitions],
            "denominator": "SAF" if self.evaluable is None else "DLT evaluable",
            "subjects": self.subjects,
            "evaluable": self.evaluable,
            "method": "criteria of the protocol on ADAE, and the flag of the investigator",
            "window_days": self.window_days or None,
            "by_protocol": self.by_protocol,
            "by_investigator": self.by_investigator,
            "both": self.both,
            "one_only": self.one_only,
            "still_open": self.still_open,
            "criteria": dict(self.criteria),
            "events": [asdict(one) | {"protocol": derived, "investigator": flagged, "criteria_met": met}
                       for one, derived, flagged, met in self.listed],
            "lacking": list(self.lacking),
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }  # fmt: skip


_NO_SHARE = (
    "The share of the dose within the window was not derived: every treated subject is in the "
    "denominator (rule S-7)."
)
_NO_CRITERIA = (
    "The protocol names no criteria: supply safety.dlt_criteria (terms or classes, grade, duration, "
    "relation). None are assumed (rule A-05)."
)
_NO_WINDOW = (
    "The protocol names no window: supply safety.dlt_window_days, the days from first treatment in "
    "which toxicity can be dose limiting (rule A-05)."
)


def estimate_dose_limiting(protocol: Protocol, adam: Adam, subset: str = ALL) -> DoseLimiting:
    """Count subjects with dose-limiting toxicity.

    Parameters
    ----------
    protocol
        Settled; without `safety.dlt_criteria` and `safety.dlt_window_days` only the flags of the
        investigator are counted.
    adam
        ADSL, with DLTEVLFL where it was derived; ADAE.
    subset
        `ALL` or the id of a cohort.

    Raises
    ------
    ProtocolError
        When a safety option is still open.

    References
    ----------
    Rules A-05 and S-7.
    """
    rule = settled_safety(protocol)
    subjects = safety_subjects(adam, subset)
    records = records_of(adam, subjects)
    derived, flagged = _who(records, "DLTDRVFL"), _who(records, "DLTINVFL")
    speaks = can_derive(rule), bool(adam["ADAE"]["DLTINVFL"].is_not_null().any())
    undecided = pl.col("REASON").str.contains(DLT_OPEN, literal=True)
    return DoseLimiting(
        scope=scope_of(protocol, ("DLT",), "DLT", subset),
        subjects=subjects.height,
        evaluable=_evaluable(subjects, derived | flagged),
        by_protocol=len(derived) if speaks[0] else None,
        by_investigator=len(flagged) if speaks[1] else None,
        both=len(derived & flagged),
        one_only=len(derived ^ flagged) if all(speaks) else 0,
        still_open=len(set(records.filter(undecided)["USUBJID"].to_list()) - derived),
        criteria=tuple(_criterion(records, one) for one in rule.dlt_criteria if speaks[0]),
        window_days=rule.dlt_window_days,
        listed=_listed(records, adam, protocol),
        lacking=_lacking(rule),
    )


def _who(records: pl.DataFrame, column: str) -> set[str]:
    return set(records.filter(pl.col(column) == "Y")["USUBJID"].to_list())


def _evaluable(subjects: pl.DataFrame, affected: set[str]) -> int | None:
    """Subjects with enough of the dose, and those with the toxicity (S-7)."""
    if _EVALUABLE not in subjects.columns or subjects[_EVALUABLE].is_null().all():
        return None
    enough = subjects.filter(pl.col(_EVALUABLE) == "Y")["USUBJID"].to_list()
    return len(affected.union(enough))


def _criterion(records: pl.DataFrame, criterion: DltCriterion) -> tuple[str, int]:
    met = pl.col("DLTCRIT").str.split(SEPARATOR).list.contains(criterion.label)
    return criterion.label, records.filter(met)["USUBJID"].n_unique()


def _listed(
    records: pl.DataFrame, adam: Adam, protocol: Protocol
) -> tuple[tuple[EventRecord, str, str, str], ...]:
    """Events with what the protocol and the investigator say of them, and the criteria met."""
    undecided = pl.col("REASON").str.contains(DLT_OPEN, literal=True).fill_null(value=False)
    named = (pl.col("DLTDRVFL") == "Y") | (pl.col("DLTINVFL") == "Y")
    chosen = records.filter(named.fill_null(value=False) | undecided)
    said = {
        (row["USUBJID"], row["AESEQ"]): row
        for row in chosen.with_columns(OPEN=undecided).iter_rows(named=True)
    }
    found = []
    for one in event_records(chosen, adam, protocol.regimen):
        row = said[one.usubjid, one.sequence]
        derived = "open" if row["OPEN"] else _WORDS[row["DLTDRVFL"]]
        found.append((one, derived, _WORDS[row["DLTINVFL"]], row["DLTCRIT"] or ""))
    return tuple(found)


_WORDS: dict[str | None, str] = {"Y": "yes", "N": "no", None: "not stated"}


def _lacking(rule: SettledSafety) -> tuple[str, ...]:
    return (
        *(() if rule.dlt_criteria else (_NO_CRITERIA,)),
        *(() if rule.dlt_window_days else (_NO_WINDOW,)),
    )
