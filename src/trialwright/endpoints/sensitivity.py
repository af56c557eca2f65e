"""What the response options move: rates and patients under every defensible other choice.

Each option set derives the same patients again; here they are counted in the analysis set of the
main rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from trialwright.core.display import Table, patient_anchor
from trialwright.core.format import n_pct
from trialwright.core.results import Json
from trialwright.core.tables import Adam
from trialwright.endpoints.best_response import CONTROLLED, RESPONDERS, best_responses
from trialwright.endpoints.population import (
    ALL,
    SET_LABELS,
    enrolled_subjects,
    in_set,
    scope_of,
)
from trialwright.endpoints.response_sets import response_sets
from trialwright.endpoints.subject_rows import short_names
from trialwright.protocol.model import Protocol
from trialwright.protocol.rules import AnalysisSet
from trialwright.protocol.settled import settled_response

_NAMES = {"BOR": "unconfirmed best response", "CBOR": "confirmed best response", "PD": "first PD"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionRates:
    """One option set: how many change, and the rates that it gives.

    `responders` and `controlled` are `None` when the set was not derived; `note` says why.
    """

    name: str
    option: str
    value: str
    rules: str
    changed: int
    responders: int | None
    controlled: int | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Option sets beside the protocol, and every subject who changes under one.

    Attributes
    ----------
    protocol, sets
        The protocol as it is, and the option sets.
    changes
        Subject, option set, what, from, to, date from, date to, rule ids.
    names
        How subjects are called in tables, by USUBJID.
    """

    analysis_set: AnalysisSet
    subjects: int
    protocol: OptionRates
    sets: tuple[OptionRates, ...]
    changes: tuple[tuple[str, ...], ...]
    names: Mapping[str, str]

    @property
    def key(self) -> str:
        """Name of the result."""
        return "OPTIONS"

    def table(self) -> Table:
        """One row an option set: who changes, ORR and DCR."""
        label = SET_LABELS[self.analysis_set]
        return Table(
            title="Response options: what other choices would give",
            columns=(
                "Option",
                "Instead",
                "Subjects who change",
                "ORR, n (%)",
                "DCR, n (%)",
                "Rule",
            ),
            rows=tuple(self._row(one) for one in (self.protocol, *self.sets)),
            population=f"{label} (N = {self.subjects})",
            footnotes=(
                "One option is changed at a time; the last rows change several. Every patient is "
                "derived again. Subjects who change: best overall response or date of the first "
                "progression, listed below.",
                "Strictest and most generous put together what counts least and most towards a "
                "response; as admiral: the options under which the open ADaM derivations give the "
                "same best responses (R-075).",
            ),
            rules=("R-071", "R-075"),
        )

    def _row(self, one: OptionRates) -> tuple[str, ...]:
        if one.responders is None or one.controlled is None:
            return one.option, one.value, "", one.note, "", one.rules
        rates = (n_pct(count, self.subjects) for count in (one.responders, one.controlled))
        name = one.name if one.option == "several" else one.option
        return name, one.value, str(one.changed), *rates, one.rules

    def tables(self) -> tuple[Table, ...]:
        """The option sets, then the subjects who change."""
        if not self.changes:
            return (self.table(),)
        listing = Table(
            title="Subjects who change under other response options",
            columns=(
                "Subject",
                "Option set",
                "What",
                "Now",
                "Then",
                "Date now",
                "Date then",
                "Rule",
            ),
            rows=tuple((self.names.get(row[0], row[0]), *row[1:]) for row in self.changes),
            population=f"{len({row[0] for row in self.changes})} subjects",
            links=tuple(patient_anchor(row[0]) for row in self.changes),
        )
        return self.table(), listing

    def to_json(self) -> dict[str, Json]:
        """Counts by option set and every change."""
        names = ("usubjid", "set", "what", "from", "to", "date_from", "date_to", "rules")
        changes: list[Json] = [dict(zip(names, row, strict=True)) for row in self.changes]
        sets: list[Json] = [self._plain(one) for one in self.sets]
        return {
            "key": self.key,
            "analysis_set": self.analysis_set,
            "subjects": self.subjects,
            "protocol": self._plain(self.protocol),
            "sets": sets,
            "changes": changes,
        }

    def _plain(self, one: OptionRates) -> dict[str, Json]:
        return {
            "set": one.name,
            "option": one.option,
            "value": one.value,
            "rules": one.rules,
            "subjects_who_change": one.changed,
            "responders": one.responders,
            "controlled": one.controlled,
            "note": one.note or None,
        }


def describe_options(protocol: Protocol, adam: Adam) -> tuple[Options, ...]:
    """What the options move; nothing for datasets that were not made by `derive`.

    Raises
    ------
    ProtocolError
        When options of response or analysis are still open.
    """
    if not adam.option_sets.height:
        return ()
    scope = scope_of(protocol, ("ORR",), "ORR", ALL)
    analysis_set = response_sets(protocol, adam, scope).headline
    everyone = enrolled_subjects(adam, ALL)
    rule = settled_response(protocol)
    best = {
        code: best_responses(adam, everyone, rule.evaluator, confirmed=code == "CBOR")
        for code in ("BOR", "CBOR")
    }
    headline = "CBOR" if rule.confirmation == "required" else "BOR"
    now = in_set(best[headline], analysis_set)["AVALC"].to_list()
    own = OptionRates(
        name="as the protocol says", option="as the protocol says", value="", rules="", changed=0,
        responders=_among(now, RESPONDERS), controlled=_among(now, CONTROLLED),
    )  # fmt: skip
    return (
        Options(
            analysis_set=analysis_set,
            subjects=len(now),
            protocol=own,
            sets=tuple(
                _rates(row, adam.sensitivity, in_set(best[row["HEADLINE"]], analysis_set))
                for row in adam.option_sets.iter_rows(named=True)
            ),
            changes=_listed(adam),
            names=short_names(adam),
        ),
    )


def _rates(row: dict[str, str], changes: pl.DataFrame, members: pl.DataFrame) -> OptionRates:
    """Rates of one option set: the responses of the protocol with what changes put in."""
    mine = changes.filter(pl.col("SET") == row["SET"])
    derived = not row["NOTE"]
    other = mine.filter(pl.col("PARAMCD") == row["HEADLINE"]).select("USUBJID", "ALTERNATIVE")
    found = members.join(other, on="USUBJID", how="left", maintain_order="left")
    then = found.select(pl.coalesce("ALTERNATIVE", "AVALC")).to_series().to_list()
    return OptionRates(
        name=row["SET"],
        option=row["OPTION"],
        value=row["VALUE"],
        rules=row["RULEID"],
        changed=mine["USUBJID"].n_unique(),
        responders=_among(then, RESPONDERS) if derived else None,
        controlled=_among(then, CONTROLLED) if derived else None,
        note=row["NOTE"],
    )


def _among(responses: list[str], categories: tuple[str, ...]) -> int:
    return sum(one in categories for one in responses)


def _listed(adam: Adam) -> tuple[tuple[str, ...], ...]:
    rows = adam.sensitivity.with_row_index("AT").sort("USUBJID", "AT")
    shown = rows.select(
        "USUBJID", "SET", pl.col("PARAMCD").replace_strict(_NAMES), "AVALC", "ALTERNATIVE", "ADT",
        "ALTADT", "RULEID",
    )  # fmt: skip
    return tuple(
        tuple("" if cell is None else str(cell) for cell in row) for row in shown.iter_rows()
    )
