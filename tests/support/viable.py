"""Patients with viable diameters for the tests of mRECIST; lengths in millimetres."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.adrs import derive_adrs
from trialwright.adam.adsl import derive_adsl
from trialwright.adam.adtr import derive_adtr
from trialwright.adam.derive import derive
from trialwright.adam.mrecist.datasets import with_mrecist
from trialwright.adam.reading import read_by
from trialwright.adam.trial import Trial
from trialwright.core.tables import Adam
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis, settled_response
from trialwright.subjects.cutoff import find_cutoff
from trialwright.subjects.milestones import derive_milestones
from trialwright.subjects.reconcile import QUERY_SCHEMA, UNUSED_SCHEMA, stacked


def viable(person: Patient, lesion: str, day: int, value: object, visit: float) -> Patient:
    """Add a viable diameter: a number, a word, or NOT DONE."""
    if value == "NOT DONE":
        return person.add(
            "TR", TRLNKID=lesion, TRTESTCD="VLDIAM", TRSTAT="NOT DONE", TRREASND="MOTION",
            VISITNUM=f"{visit:g}", TRDTC=on(day), TREVAL="INVESTIGATOR",
        )  # fmt: skip
    unit = "mm" if isinstance(value, int | float) else None
    return person.add(
        "TR", TRLNKID=lesion, TRTESTCD="VLDIAM", TRORRES=str(value), TRORRESU=unit,
        VISITNUM=f"{visit:g}", TRDTC=on(day), TREVAL="INVESTIGATOR",
    )  # fmt: skip


def liver(
    base: Mapping[str, object],
    *visits: tuple[int, Mapping[str, object]],
    size: float = 60,
    name: str = "P1",
    **other: str,
) -> Patient:
    """A patient whose targets keep their diameter `size`; `base` and `visits` are viable diameters.

    `other` maps non-target lesions to their place; they are present throughout.
    """
    person = Patient(name=name)
    for lesion, value in base.items():
        person.target(lesion, "LIVER", size)
        viable(person, lesion, -7, value, 1)
    for lesion, place in other.items():
        person.non_target(lesion, place)
    for number, (day, values) in enumerate(visits, start=2):
        person.scan(day, dict.fromkeys(values, size), dict.fromkeys(other, "PRESENT"))
        for lesion, value in values.items():
            if value is not None:
                viable(person, lesion, day, value, number)
    return person


def hcc(**changes: object) -> Protocol:
    """A protocol in hepatocellular carcinoma that names mRECIST."""
    values = {
        "response__criteria": ("mRECIST",),
        "population__conditions": ("Hepatocellular carcinoma",),
        **changes,
    }
    return protocol(**values)


def derived_whole(*people: Patient, **changes: object) -> Adam:
    """The datasets of some patients as a user gets them."""
    return derive(hcc(**changes), sdtm_of(people))


def derived(*people: Patient, **changes: object) -> Adam:
    """ADSL, ADTR and ADRS of some patients with what mRECIST adds, without the rest, which is slow."""
    settled, sdtm = hcc(**changes), sdtm_of(people)
    rules = settled_response(settled), settled_analysis(settled)
    cutoff = find_cutoff(rules[1], sdtm)
    milestones = derive_milestones(sdtm, cutoff, rules[0])
    reading = read_by(rules[0].evaluator, settled, sdtm, milestones, rules)
    records, decisions = reading.records, reading.decisions
    adsl = derive_adsl(sdtm, milestones, records, decisions, rules)
    datasets = {
        "ADSL": adsl,
        "ADTR": derive_adtr(records, decisions, adsl, rules[0].evaluator),
        "ADRS": derive_adrs(records, decisions, adsl, rules[0]),
    }
    trial = Trial(
        protocol=settled, delivered=sdtm, sdtm=sdtm, milestones=milestones, analysis=rules[1]
    )
    made = with_mrecist(datasets, reading, (), trial)
    return Adam(
        datasets=made.datasets,
        unused=stacked([*records.unused, *made.unused], UNUSED_SCHEMA),
        queries=stacked([*records.queries, *made.queries], QUERY_SCHEMA),
        evaluator=rules[0].evaluator,
    )


def rows(adam: Adam, paramcd: str, name: str = "P1") -> pl.DataFrame:
    """Rows of ADRS of one parameter and subject."""
    chosen = (pl.col("PARAMCD") == paramcd) & (pl.col("USUBJID") == name)
    return adam["ADRS"].filter(chosen).sort("AVISITN")


def answers(adam: Adam, paramcd: str = "MOVR", name: str = "P1") -> list[str]:
    """Responses in order of the time points."""
    return rows(adam, paramcd, name)["AVALC"].to_list()


def messages(adam: Adam) -> str:
    """All queries as text."""
    return "\n".join(
        f"{row['RULEID']} {row['SEVERITY']} {row['USUBJID']} {row['MESSAGE']}"
        for row in adam.queries.to_dicts()
    )
