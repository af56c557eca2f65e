"""Small trials of laboratory results, to ADLB without the rest of a derivation."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.adae import derive_adae
from trialwright.adam.adlb import with_labs
from trialwright.adam.trial import Trial
from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis, settled_response
from trialwright.subjects.cutoff import find_cutoff, within_cutoff
from trialwright.subjects.days import date_of
from trialwright.subjects.milestones import derive_milestones
from trialwright.subjects.reconcile import QUERY_SCHEMA, stacked

_DAYS = ("TRTSDT", "TRTEDT", "EOTDT", "NACTDT", "DTHDT")


@dataclass
class Labs:
    """ADLB of a small trial with its queries and unused records."""

    adlb: pl.DataFrame
    queries: pl.DataFrame
    unused: pl.DataFrame

    def rows(self, param: str) -> list[dict[str, object]]:
        """The rows of one parameter in order of time."""
        return self.adlb.filter(pl.col("PARAMCD") == param).sort("ADT", "SRCSEQ").to_dicts()

    def messages(self, rule: str) -> list[str]:
        """Queries of a rule."""
        return self.queries.filter(pl.col("RULEID") == rule)["MESSAGE"].to_list()


class LabPatient(Patient):
    """A patient with one dose on day 0 and results."""

    def lab(
        self, day: int | str, test: str, value: object, unit: str = "", **more: str
    ) -> LabPatient:
        """One LB record; `lo` and `hi` are the limits of normal in the original unit."""
        limits = {"LBORNRLO": more.pop("lo", None), "LBORNRHI": more.pop("hi", None)}
        self.add(
            "LB", LBTESTCD=test, LBORRES=None if value is None else str(value), LBORRESU=unit or None,
            LBDTC=day if isinstance(day, str) else on(day), **limits, **more,
        )  # fmt: skip
        return self

    def vital(self, day: int, test: str, value: object, unit: str) -> LabPatient:
        """One VS record."""
        self.add("VS", VSTESTCD=test, VSORRES=str(value), VSORRESU=unit, VSDTC=on(day))
        return self

    def ecg(self, day: int | str, value: object, unit: str = "msec") -> LabPatient:
        """One QTcF record."""
        date = day if isinstance(day, str) else on(day)
        self.add("EG", EGTESTCD="QTCF", EGORRES=str(value), EGORRESU=unit, EGDTC=date)
        return self


def treated(name: str = "P1") -> LabPatient:
    """A patient with a dose on day 0."""
    return LabPatient(name).add("EX", EXTRT="drug", EXDOSE="1", EXSTDTC=on(0))  # type: ignore[return-value]


def labs_of(*patients: Patient, settled: Protocol | None = None) -> Labs:
    """ADLB of the patients."""
    return labs_of_sdtm(sdtm_of(patients), settled or protocol())


def labs_of_sdtm(sdtm: Sdtm, settled: Protocol) -> Labs:
    """ADLB of a delivery."""
    rules = settled_response(settled), settled_analysis(settled)
    cutoff = find_cutoff(rules[1], sdtm)
    kept, _ = within_cutoff(sdtm, cutoff)
    milestones = derive_milestones(sdtm, cutoff, rules[0])
    days = [date_of(name).alias(name) for name in _DAYS]
    adsl = milestones.frame.select("USUBJID", *days, STUDYID=pl.lit("T")).with_columns(
        DCUTDT=pl.lit(cutoff.day).cast(pl.Int32).cast(pl.Date)
    )
    trial = Trial(
        protocol=settled, delivered=sdtm, sdtm=kept, milestones=milestones, analysis=rules[1]
    )
    adae = derive_adae(settled, kept, adsl)[0]
    found = with_labs({"ADSL": adsl, "ADAE": adae}, trial)
    queries = stacked(found.queries, QUERY_SCHEMA)
    unused = pl.concat(found.unused) if found.unused else pl.DataFrame()
    return Labs(found.datasets.get("ADLB", pl.DataFrame()), queries, unused)
