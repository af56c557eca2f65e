"""ADEX: exposure of each subject to each component, one value a row (A-12); S-7 into ADSL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from trialwright.adam.exposure_values import Row, exposure_values, never_given
from trialwright.adam.frames import shaped
from trialwright.adam.trial import Extended, Trial
from trialwright.core.dates import day_number, iso
from trialwright.protocol.settled import SettledSafety, settled_safety
from trialwright.safety.exposure import Exposure, exposures
from trialwright.safety.exposure_actions import SHOWN_BY_DOSES, Action, reconcile_actions
from trialwright.safety.exposure_dlt import Subject, toxicity_evaluable
from trialwright.safety.exposure_end import End, Ending, end_of
from trialwright.safety.exposure_names import names_of
from trialwright.safety.exposure_records import read_doses
from trialwright.safety.exposure_units import read_body
from trialwright.safety.relation import action_of
from trialwright.subjects.days import day_column, upper
from trialwright.subjects.reconcile import query
from trialwright.vocabulary.adam import ADEX

#: Columns of ADAE that mark a dose-limiting toxicity, by the investigator or by the protocol.
_TOXIC = ("DLTFL", "DLTINVFL", "DLTDRVFL")


def with_exposure(datasets: Mapping[str, pl.DataFrame], trial: Trial) -> Extended:
    """Add ADEX, and to ADSL who is evaluable for dose-limiting toxicity.

    Parameters
    ----------
    datasets
        ADSL and ADAE.
    trial
        EX, PR, VS and DS up to the cut-off, and the protocol.

    Returns
    -------
    Extended
        Every contradiction is a query, every dose record that does not count is listed.

    Raises
    ------
    ProtocolError
        When a safety option is still open.

    References
    ----------
    Rules A-12, S-7, D-06, D-08.
    """
    protocol, rule = trial.protocol, settled_safety(trial.protocol)
    read = read_doses(protocol.regimen, trial.sdtm, trial.milestones.cutoff.day)
    found = exposures(protocol, read.records, read_body(trial.sdtm), rule.dose_delay_days)
    by_subject: dict[str, list[Exposure]] = {}
    for one in found:
        by_subject.setdefault(one.subject, []).append(one)
    known = _Known(trial, datasets)
    rows: list[Row] = []
    queries = [*read.queries]
    for person in datasets["ADSL"].iter_rows(named=True):
        own = by_subject.get(person["USUBJID"], [])
        rows += known.rows(person, own)
        queries += known.questions(person, own)
    adex = shaped(pl.DataFrame(rows, schema=_SCHEMA, orient="row"), ADEX)
    adsl = _with_evaluable(datasets["ADSL"], known, by_subject, rule)
    return Extended({**datasets, "ADSL": adsl, "ADEX": adex}, tuple(queries), read.unused)


_SCHEMA = {
    "STUDYID": pl.String, "USUBJID": pl.String, "EXCOMP": pl.String, "EXCOMPN": pl.Int64,
    "EXAGENT": pl.String, "PARAMCD": pl.String, "PARAM": pl.String, "AVAL": pl.Float64,
    "AVALC": pl.String, "AVALU": pl.String, "ADT": pl.Date, "RULEID": pl.String,
    "REASON": pl.String, "SRCDOM": pl.String, "SRCSEQ": pl.String,
}  # fmt: skip


class _Known:
    """What adverse events and disposition say of the treatment of each subject."""

    def __init__(self, trial: Trial, datasets: Mapping[str, pl.DataFrame]) -> None:
        self.protocol = trial.protocol
        self.ids = [one.id for one in trial.protocol.regimen]
        self.names = {one.id: one.name for one in trial.protocol.regimen}
        self.actions = _actions(datasets["ADAE"])
        self.stated = _stated_ends(trial, self.ids)
        self.toxic = _toxic(datasets["ADAE"])
        self.delivered = "EX" not in trial.sdtm.absent
        self.cutoff = trial.milestones.cutoff.day

    def given(self, own: Sequence[Exposure]) -> dict[str, Exposure]:
        """Exposure by identifier, without the rows of single drugs."""
        return {self.ids[one.component]: one for one in own if not one.agent}

    def end(self, person: Row, key: str, given: Mapping[str, Exposure]) -> End | None:
        """The end of a component."""
        name = str(person["USUBJID"])
        reason = person["EOTREAS"]
        ending = Ending(
            day=_day(person["EOTDT"]),
            reason=str(reason) if reason else None,
            stated=self.stated.get(name, {}),
        )
        return end_of(key, given, self.actions.get(name, ()), ending)

    def rows(self, person: Row, own: Sequence[Exposure]) -> Iterator[Row]:
        """The rows of a subject: every component, given or not, where anything was given."""
        given = self.given(own)
        head = {name: person[name] for name in ("STUDYID", "USUBJID")}
        for one in own:
            end = None if one.agent else self.end(person, self.ids[one.component], given)
            for row in exposure_values(one, end):
                yield head | self._place(one.component, one.agent) | row
        for at, key in enumerate(self.ids):
            if key not in given and person["TRTSDT"] is not None:
                yield head | self._place(at, "") | never_given(delivered=self.delivered)

    def _place(self, at: int, agent: str) -> Row:
        return {"EXCOMP": self.ids[at], "EXCOMPN": at + 1, "EXAGENT": agent}

    def questions(self, person: Row, own: Sequence[Exposure]) -> Iterator[pl.DataFrame]:
        """What a person should look at in the treatment of a subject."""
        given = self.given(own)
        name = (str(person["USUBJID"]),)
        for one in own:
            label = f"{self.names[self.ids[one.component]]}{f' ({one.agent})' if one.agent else ''}"
            for text in one.queries:
                yield query(name, "A-12", f"{label}: {text}.")
        for text in reconcile_actions(given, self.actions.get(name[0], ()), self.names):
            yield query(name, "A-12", text)
        for key, exposure in given.items():
            end = self.end(person, key, given)
            if end is not None and end.reason == "NOT RECORDED":
                yield query(name, "A-12", f"{self.names[key]}: {end.evidence}; no reason recorded.")
            died = _day(person["DTHDT"])
            if died is not None and exposure.last > died:
                text = f"{self.names[key]}: dose on {iso(exposure.last)}, after death."
                yield query(name, "A-12", text, "error")


def _day(value: object) -> int | None:
    """Day number of a date of ADSL."""
    return day_number(value) if isinstance(value, date) else None


def _actions(adae: pl.DataFrame) -> dict[str, tuple[Action, ...]]:
    """What the events say of each component, by subject, the earliest first."""
    found: dict[str, list[Action]] = {}
    columns = ["USUBJID", "ASTDT", "AENDT", "AESEQ", "AEDECOD", "AETERM", "AACNCOMP"]
    for row in adae.select(columns).sort("USUBJID", "ASTDT", "AESEQ").iter_rows(named=True):
        start = _day(row["ASTDT"])
        for component, action in action_of(row["AACNCOMP"]).items():
            if start is None or action not in SHOWN_BY_DOSES:
                continue
            one = Action(
                component=component,
                action=action,
                start=start,
                end=_day(row["AENDT"]),
                event=f"AE {row['AESEQ']} ({row['AEDECOD'] or row['AETERM']}, {iso(start)})",
            )
            found.setdefault(row["USUBJID"], []).append(one)
    return {subject: tuple(rows) for subject, rows in found.items()}


def _toxic(adae: pl.DataFrame) -> set[str]:
    """Subjects with a dose-limiting toxicity, by investigator or protocol."""
    marks = [pl.col(name) == "Y" for name in _TOXIC if name in adae.columns]
    if not marks:
        return set()
    return set(adae.filter(pl.any_horizontal(marks))["USUBJID"].to_list())


def _stated_ends(trial: Trial, ids: Sequence[str]) -> dict[str, dict[str, tuple[int, str]]]:
    """Disposition of single components: DS records whose subcategory names one."""
    names = names_of(trial.protocol.regimen)
    ds = trial.sdtm["DS"].select(
        "USUBJID", "DSSCAT", REASON=upper("DSDECOD"), DAY=day_column("DSSTDTC")
    )
    found: dict[str, dict[str, tuple[int, str]]] = {}
    for row in ds.drop_nulls().sort("USUBJID", "DAY", "REASON").iter_rows(named=True):
        parts = names.match(row["DSSCAT"]).parts
        if len(parts) == 1:
            found.setdefault(row["USUBJID"], {})[ids[parts[0]]] = (row["DAY"], row["REASON"])
    return found


def _with_evaluable(
    adsl: pl.DataFrame, known: _Known, by_subject: Mapping[str, list[Exposure]], rule: SettledSafety
) -> pl.DataFrame:
    """ADSL with DLTEVLFL and DLTREAS, null for all without a window for such toxicity (S-7)."""
    flags: list[str | None] = []
    reasons: list[str | None] = []
    for person in adsl.iter_rows(named=True):
        name = person["USUBJID"]
        flag, reason = None, None
        if rule.dlt_window_days:
            subject = Subject(
                first=_day(person["TRTSDT"]) if person["SAFFL"] == "Y" else None,
                seen=_day(person["LSTALVDT"]),
                cutoff=known.cutoff,
                toxic=name in known.toxic,
            )
            given = known.given(by_subject.get(name, []))
            flag, reason = toxicity_evaluable(known.protocol, subject, given, rule)
            if flag == "N" and subject.first is not None and not known.delivered:
                reason = "doses are not known: no file of exposure (EX) was delivered"
        flags.append(flag)
        reasons.append(reason if flag == "N" else None)
    return adsl.with_columns(
        pl.Series("DLTEVLFL", flags, dtype=pl.String),
        pl.Series("DLTREAS", reasons, dtype=pl.String),
    )
