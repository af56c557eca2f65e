"""The records of one time-to-event parameter: days, event or censoring, and the rule behind it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from trialwright.core.tables import Adam
from trialwright.endpoints.population import enrolled_subjects

#: Censoring rules C-01 to C-09 and C-20; the algorithm and option ids beside them do not decide.
_DECIDING = re.compile(r"C-(?:0\d|20)b?")


@dataclass(frozen=True, slots=True, eq=False)
class TimeRecords:
    """One ADTTE parameter in the enrolled subjects of a subset, by `USUBJID`.

    Attributes
    ----------
    usubjid, rule, description
        Subject, rule that decided, and its words, one entry a record.
    days, event
        Time in days with the one added day of D-01, and true for an event; shape (records,).
    enrolled
        Subjects of the subset, with a record or not.
    """

    paramcd: str
    usubjid: tuple[str, ...]
    rule: tuple[str, ...]
    description: tuple[str, ...]
    days: NDArray[np.int64]
    event: NDArray[np.bool_]
    enrolled: int

    @property
    def subjects(self) -> int:
        """Subjects with a time."""
        return len(self.usubjid)

    @property
    def events(self) -> int:
        """Subjects with the event."""
        return int(self.event.sum())

    def censored_by_rule(self) -> tuple[tuple[str, str, int], ...]:
        """Rule, description and number of the censored subjects, by rule."""
        return self._tally(event=False)

    def events_by_rule(self) -> tuple[tuple[str, str, int], ...]:
        """Rule, description and number of the subjects with an event, by rule."""
        return self._tally(event=True)

    def _tally(self, *, event: bool) -> tuple[tuple[str, str, int], ...]:
        chosen = [i for i in range(self.subjects) if bool(self.event[i]) == event]
        counts = Counter(self.rule[i] for i in chosen)
        words = {self.rule[i]: self.description[i] for i in sorted(chosen, key=self._words)}
        return tuple((rule, words[rule], counts[rule]) for rule in sorted(counts))

    def _words(self, i: int) -> str:
        return self.description[i]


def time_records(adam: Adam, subset: str, paramcd: str) -> TimeRecords:
    """Read one parameter of ADTTE.

    Parameters
    ----------
    adam
        ADSL and ADTTE; a subject to whom the parameter does not apply has no record.
    subset
        `population.ALL` or the id of a cohort.
    paramcd
        PFS, PFSEMA, OS, DOR or TTP.
    """
    subjects = enrolled_subjects(adam, subset)
    records = (
        adam["ADTTE"]
        .filter(pl.col("PARAMCD") == paramcd, pl.col("AVAL").is_not_null())
        .join(subjects.select("USUBJID"), on="USUBJID", how="semi")
        .sort("USUBJID")
    )
    return TimeRecords(
        paramcd=paramcd,
        usubjid=tuple(records["USUBJID"].to_list()),
        rule=tuple(_deciding_rule(text or "") for text in records["RULEID"].to_list()),
        description=tuple(text or "" for text in records["EVNTDESC"].to_list()),
        days=records["AVAL"].cast(pl.Int64).to_numpy(),
        event=records["CNSR"].to_numpy() == 0,
        enrolled=subjects.height,
    )


def _deciding_rule(rule_ids: str) -> str:
    found = _DECIDING.search(rule_ids)
    return found.group() if found else rule_ids
