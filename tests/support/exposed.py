"""Short cuts from dose records in words to the exposure of the first subject."""

from __future__ import annotations

from fractions import Fraction

import polars as pl

from support.derived import DAY_ZERO
from support.rules import protocol as settled
from support.trial import Patient, on, sdtm_of
from trialwright.protocol.model import Anchor, Component, DoseLevel, Protocol, TreatmentPlan
from trialwright.safety.exposure import Exposure, exposures
from trialwright.safety.exposure_records import read_doses
from trialwright.safety.exposure_units import read_body


def component(name: str, *levels: tuple[float, str], **more: object) -> Component:
    """A component; the identifier is the name in lower case with underscores."""
    dose = tuple(DoseLevel(value=value, unit=unit) for value, unit in levels) or None
    fields = {"kind": "drug", "reach": "systemic"} | more
    return Component(id=name.lower().replace(" ", "_"), name=name, dose=dose, **fields)


CAMRELIZUMAB = component("Camrelizumab", (200, "mg"), interval_days=14)
REGORAFENIB = component(
    "Regorafenib", (80, "mg"), days_in_cycle=tuple(range(1, 22)), cycle_length_days=28
)
ABLATION = component("Microwave Ablation", kind="procedure", reach="lesion", repeated=True)
AFTER_ABLATION = component(
    "Camrelizumab", (200, "mg"), interval_days=21,
    anchors=(Anchor(event="microwave_ablation", relation="after", offset_days=7, each=True),),
)  # fmt: skip


def of(*regimen: Component, cycle: int | None = None, **options: object) -> Protocol:
    """A settled protocol with a regimen."""
    plan = TreatmentPlan(cycle_length_days=cycle)
    return settled(**options).model_copy(update={"regimen": regimen, "treatment": plan})


def dose(patient: Patient, drug: str, day: int, amount: object = "", **more: str) -> Patient:
    """One dose record; `last` is the last day of a longer one."""
    last = more.pop("last", None)
    values = {
        "EXTRT": drug, "EXDOSE": str(amount), "EXDOSU": "mg" if amount != "" else "",
        "EXSTDTC": on(day), "EXENDTC": on(day if last is None else int(last)),
    }  # fmt: skip
    return patient.add("EX", **(values | more))


def session(patient: Patient, name: str, day: int, **more: str) -> Patient:
    """One study procedure."""
    return patient.add("PR", PRTRT=name, PRCAT="STUDY TREATMENT", PRSTDTC=on(day), **more)


class Exposed:
    """What the dose records of some patients come to."""

    def __init__(
        self, protocol: Protocol, *patients: Patient, allowed: int = 3, cutoff: int = 3000
    ) -> None:
        sdtm = sdtm_of(patients)
        self.read = read_doses(protocol.regimen, sdtm, DAY_ZERO + cutoff)
        self.rows = exposures(protocol, self.read.records, read_body(sdtm), allowed)
        self.ids = [one.id for one in protocol.regimen]

    def one(self, name: str | None = None, agent: str = "") -> Exposure:
        """The exposure to a component, by default the first of all."""
        found = [
            row
            for row in self.rows
            if (name is None or self.ids[row.component] == name) and row.agent == agent
        ]
        return found[0]

    def said(self) -> str:
        """All queries as text."""
        asked = [text for row in self.rows for text in row.queries]
        return "\n".join([*pl.concat(self.read.queries)["MESSAGE"].to_list(), *asked])

    def listed(self) -> list[tuple[str, str]]:
        """Rule and reason of every record that was not used."""
        frame = pl.concat(self.read.unused)
        return list(frame.select("RULEID", "REASON").iter_rows())


def spans(gaps: tuple[tuple[int, int], ...]) -> list[tuple[int, int]]:
    """Gaps as days from 2024-01-01."""
    return [(a - DAY_ZERO, b - DAY_ZERO) for a, b in gaps]


def numbers(row: Exposure) -> tuple[int, int | None, int, Fraction | None, Fraction | None]:
    """Administrations, cycles, duration, cumulative dose, relative dose intensity."""
    return (
        row.administrations, row.course.cycles, row.course.duration, row.cumulative, row.relative
    )  # fmt: skip
