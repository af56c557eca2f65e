"""Deaths of treated subjects: when, from what, and after which event (table T-15, listing L-9)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date

import polars as pl

from trialwright.core.display import Table, patient_anchor
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.population import ALL, Scope, enrolled_subjects, scope_of
from trialwright.endpoints.safety_set import SET, records_of, safety_subjects
from trialwright.endpoints.subject_rows import short_names
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_safety
from trialwright.safety.death_causes import BY_EVENT, BY_TUMOUR
from trialwright.safety.serious import is_fatal

RULES = ("S-4", "A-06", "D-05", "D-08")


@dataclass(frozen=True, slots=True, kw_only=True)
class Death:
    """One death: date, days since the last treatment, cause and fatal events as recorded."""

    usubjid: str
    name: str
    day: date
    imputed: str
    study_day: int | None
    since_last: int | None
    cause: str
    events: str
    related: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Deaths:
    """Deaths from any cause up to the cut-off.

    Attributes
    ----------
    subjects
        Size of the safety set.
    rows
        One for each death in it, by date.
    untreated, untreated_subjects
        Deaths of enrolled subjects who were never treated, and how many those are.
    window_days
        A death at most so many days after the last treatment is one under treatment.
    events_delivered
        Whether any file of adverse events was delivered.
    """

    scope: Scope
    subjects: int
    rows: tuple[Death, ...]
    untreated: int
    untreated_subjects: int
    window_days: int
    events_delivered: bool

    @property
    def key(self) -> str:
        """`DEATH`, with the cohort behind it."""
        return self.scope.key

    def counts(self) -> tuple[tuple[str, str, int], ...]:
        """Key, words and number of deaths by time and by cause."""
        soon = sum(r.since_last is not None and r.since_last <= self.window_days for r in self.rows)
        caused = [row for row in self.rows if row.cause == BY_EVENT]
        tumour = sum(row.cause == BY_TUMOUR for row in self.rows)
        unknown = sum(not row.cause for row in self.rows)
        others = len(self.rows) - len(caused) - tumour - unknown
        return (
            ("all", "Deaths, all causes", len(self.rows)),
            ("under_treatment", f"until {self.window_days} days after the last treatment", soon),
            ("later", "later", len(self.rows) - soon),
            ("event", "Cause: adverse event", len(caused)),
            ("event.related", "related to a component", sum(row.related for row in caused)),
            ("progression", "Cause: progression of the tumour", tumour),
            ("other", "Cause: other, as recorded", others),
            ("not_stated", "Cause not recorded", unknown),
        )

    def table(self) -> Table:
        """Describe deaths by time and cause (shell T-15)."""
        counted = tuple((words, n_pct(n, self.subjects)) for _, words, n in self.counts())
        apart = ("Enrolled, never treated: deaths", n_pct(self.untreated, self.untreated_subjects))
        return Table(
            title=f"Deaths{self.scope.suffix}",
            columns=("", "n (%)"),
            rows=(*counted, apart),
            levels=(0, 1, 1, 0, 1, 0, 0, 0, 0),
            number="T-15",
            population=self.scope.population(SET, self.subjects),
            footnotes=(_APART, *self.cautions),
            rules=RULES,
        )

    def tables(self) -> tuple[Table, ...]:
        """The counts, and the listing when anybody died."""
        return (self.table(), self.listing()) if self.rows else (self.table(),)

    def listing(self) -> Table:
        """Describe each death (listing L-9)."""
        return Table(
            title=f"Deaths, each{self.scope.suffix}",
            columns=(
                "Patient",
                "Date",
                "Study day",
                "Days since last treatment",
                "Cause",
                "Fatal event",
            ),
            rows=tuple(
                (
                    row.name,
                    row.day.isoformat() + (f" ({row.imputed})" if row.imputed else ""),
                    _shown(row.study_day),
                    _shown(row.since_last),
                    row.cause.capitalize() or "not recorded",
                    row.events,
                )
                for row in self.rows
            ),
            links=tuple(patient_anchor(row.usubjid) for row in self.rows),
            number="L-9",
            population=self.scope.population(SET, self.subjects),
            footnotes=("A letter behind a date: its day (D) or month (M) is imputed (D-05).",),
            rules=RULES,
        )

    @property
    def cautions(self) -> tuple[str, ...]:
        """What limits the reading."""
        without = sum(not row.cause for row in self.rows)
        return (
            *((_NO_EVENTS,) if not self.events_delivered else ()),
            *(
                (f"{without} of {len(self.rows)} deaths without a recorded cause.",)
                if without
                else ()
            ),
            *self.scope.cautions,
        )

    def to_json(self) -> dict[str, Json]:
        """Every count with its denominator, and each death."""
        return {
            "key": self.key,
            "endpoint": "deaths",
            "subset": self.scope.subset,
            "role": self.scope.role,
            "denominator": "SAF",
            "subjects": self.subjects,
            "method": "deaths from any cause up to the data cut-off",
            "counts": {name: count for name, _, count in self.counts()},
            "never_treated": {"deaths": self.untreated, "subjects": self.untreated_subjects},
            "deaths": [{**asdict(row), "day": row.day.isoformat()} for row in self.rows],
            "cautions": list(self.cautions),
            "rules": list(RULES),
        }


_APART = (
    "A fatal adverse event is a cause of death; progression is not an adverse event and stands apart "
    "(rule A-06). A cause is never inferred from scans."
)
_NO_EVENTS = "No file of adverse events (AE) was delivered: no death can be put down to one."


def describe_deaths(protocol: Protocol, adam: Adam, subset: str = ALL) -> Deaths:
    """Describe the deaths of the safety set.

    Parameters
    ----------
    protocol
        Settled.
    adam
        ADSL with DTHDT, DTHCAUS, TRTSDT and TRTEDT; ADAE.
    subset
        `ALL` or the id of a cohort.

    References
    ----------
    Rule A-06; table T-15, listing L-9.
    """
    subjects = safety_subjects(adam, subset)
    enrolled = enrolled_subjects(adam, subset)
    untreated = enrolled.join(subjects.select("USUBJID"), on="USUBJID", how="anti")
    return Deaths(
        scope=scope_of(protocol, (), "DEATH", subset),
        subjects=subjects.height,
        rows=_deaths(adam, subjects),
        untreated=untreated["DTHDT"].drop_nulls().len(),
        untreated_subjects=untreated.height,
        window_days=settled_safety(protocol).te_window_days,
        events_delivered="AE" not in adam.absent,
    )


def _deaths(adam: Adam, subjects: pl.DataFrame) -> tuple[Death, ...]:
    names = short_names(adam)
    counted = (pl.col("PROGFL") != "Y").fill_null(value=True)
    fatal = records_of(adam, subjects).filter(is_fatal() & counted)
    events = fatal.group_by("USUBJID").agg(
        EVENTS=pl.coalesce("AEDECOD", "AETERM").drop_nulls().unique().sort().str.join("; "),
        RELATED=(pl.col("AREL") == "Y").any(),
    )
    died = subjects.drop_nulls("DTHDT").join(events, on="USUBJID", how="left")
    days = died.with_columns(
        SINCE=(pl.col("DTHDT") - pl.col("TRTEDT")).dt.total_days(),
        DAY=(pl.col("DTHDT") - pl.col("TRTSDT")).dt.total_days() + 1,
    )
    return tuple(
        Death(
            usubjid=row["USUBJID"],
            name=names[row["USUBJID"]],
            day=row["DTHDT"],
            imputed=row["DTHDTF"] or "",
            study_day=row["DAY"],
            since_last=row["SINCE"],
            cause=row["DTHCAUS"] or "",
            events=row["EVENTS"] or "",
            related=bool(row["RELATED"]),
        )
        for row in days.sort("DTHDT", "USUBJID").iter_rows(named=True)
    )


def _shown(value: int | None) -> str:
    return "" if value is None else str(value)
