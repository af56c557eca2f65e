"""Small trials of adverse events: ADSL rows and AE records in short words.

Day 1 is the first treatment, 2024-01-10; the last dose is on 2024-03-01 and treatment stops on
2024-03-05, so that the window ends on 2024-03-31, or on 2024-05-30 for serious and immune-related
events. The data cut-off is 2024-06-30.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from support.rules import protocol as settled_options
from support.trial import frame
from trialwright.adam.adae import derive_adae
from trialwright.adam.frames import shaped
from trialwright.core.tables import Adam, Sdtm
from trialwright.protocol.model import Cohort, Component, Protocol
from trialwright.safety.death_causes import with_death_causes
from trialwright.vocabulary.adam import ADSL
from trialwright.vocabulary.sdtm import SDTM

FIRST = date(2024, 1, 10)
REGIMEN = (
    Component(id="drug", name="Drug", kind="drug"),
    Component(id="haic", name="Infusion", kind="procedure", reach="liver"),
)


def day(number: int) -> str:
    """ISO date of a study day; day 1 is the first treatment."""
    return (FIRST + timedelta(days=number - (number > 0))).isoformat()


def trial(cohorts: tuple[str, ...] = (), **safety: object) -> Protocol:
    """A protocol with default options, a drug and an infusion."""
    named = tuple(Cohort(id=one, name=one.title()) for one in cohorts) or None
    settled = settled_options(**{f"safety__{name}": value for name, value in safety.items()})
    return settled.model_copy(update={"regimen": REGIMEN, "cohorts": named})


def subject(name: str = "S-1", **cells: object) -> dict[str, object]:
    """A treated subject of ADSL."""
    return {
        "STUDYID": "T", "USUBJID": name, "SUBJID": name, "TRTSDT": FIRST,
        "TRTEDT": date(2024, 3, 1), "EOTDT": date(2024, 3, 5), "DCUTDT": date(2024, 6, 30),
        "LSTALVDT": date(2024, 6, 30), "ENRLFL": "Y", "SAFFL": "Y",
    } | cells  # fmt: skip


def event(name: str = "S-1", term: str = "Rash", grade: int | None = 2, **cells: object) -> dict:
    """A record of AE on study day 10, not related, not serious."""
    return {
        "USUBJID": name, "AETERM": term.lower(), "AEDECOD": term, "AEBODSYS": "Skin",
        "AETOXGR": None if grade is None else str(grade), "AESER": "N", "AEREL": "NOT RELATED",
        "AESTDTC": day(10), "AEENDTC": day(20),
    } | cells  # fmt: skip


def sdtm_with(events: Sequence[Mapping[str, object]], **domains: object) -> Sdtm:
    """SDTM with these records of AE, numbered by subject, and rows of other domains."""
    rows: dict[str, list] = {code: [] for code in SDTM if not code.startswith("SUPP")}
    seen: dict[object, int] = {}
    for record in events:
        seen[record["USUBJID"]] = seen.get(record["USUBJID"], 0) + 1
        rows["AE"].append({"AESEQ": str(seen[record["USUBJID"]])} | dict(record))
    rows |= domains
    return Sdtm({code: frame(code, records) for code, records in rows.items()}, {"AE": "AE.csv"})


def events_of(
    events: Sequence[Mapping[str, object]],
    subjects: Sequence[Mapping[str, object]] = (),
    protocol: Protocol | None = None,
    **domains: object,
) -> Adam:
    """ADSL and ADAE of the records, as the product derives them."""
    adsl = shaped(pl.DataFrame(list(subjects) or [subject()], infer_schema_length=None), ADSL)
    sdtm = sdtm_with(events, **domains)
    adae = derive_adae(protocol or trial(), sdtm, adsl).adae
    datasets = {"ADSL": with_death_causes(adsl, adae, sdtm), "ADAE": adae}
    return Adam(datasets, pl.DataFrame(), pl.DataFrame())


def one_event(protocol: Protocol | None = None, **cells: object) -> dict[str, object]:
    """The ADAE row of one record."""
    return events_of([event(**cells)], protocol=protocol)["ADAE"].row(0, named=True)
