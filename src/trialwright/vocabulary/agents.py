"""Agents and procedures of oncology regimens as data: names, kind, class and proposed doses.

A default is a proposal for a finding, never a value of a protocol. Absent defaults (`None`) mean
that no dose can be proposed: a person has to give it. `sources` says where each default is from.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from trialwright.vocabulary.agents_antibodies import ANTIBODIES, CHECKPOINT, CTLA_4
from trialwright.vocabulary.agents_cytotoxic import CYTOTOXIC
from trialwright.vocabulary.agents_local import GENERAL, PROCEDURES, RADIATION, REGIMENS
from trialwright.vocabulary.agents_support import HORMONE, RADIOACTIVE, SUPPORTIVE
from trialwright.vocabulary.agents_targeted import TARGETED

AgentKind: TypeAlias = Literal["drug", "procedure", "radiation", "device", "other"]
AgentReach: TypeAlias = Literal["systemic", "liver", "lesion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """An agent or procedure.

    Attributes
    ----------
    name
        Lower-case generic name as it is shown.
    synonyms
        Other lower-case names: codes, trade names, abbreviations.
    klass
        Class in words, such as "anti-PD-1".
    reach
        Where it acts: "systemic", the "liver" it is infused into, or the "lesion" it is applied to.
    default_dose
        Value and unit, per dosing day; `None` when nothing can be proposed.
    default_days_in_cycle, default_cycle_length_days
        Dosing days in a cycle of so many days.
    beside
        Class that has to be in the regimen for the dose to hold.
    source
        Paper or label of the default, or why there is none.
    """

    name: str
    kind: AgentKind = "drug"
    klass: str = ""
    synonyms: tuple[str, ...] = ()
    reach: AgentReach = "systemic"
    default_dose: tuple[float, str] | None = None
    default_route: str | None = None
    default_frequency: str | None = None
    default_interval_days: int | None = None
    default_days_in_cycle: tuple[int, ...] | None = None
    default_cycle_length_days: int | None = None
    beside: str | None = None
    source: str = ""


_DAYS_1_21 = tuple(range(1, 22))

#: Agents with proposed doses, by component identifier.
AGENTS: dict[str, Agent] = {
    "serplulimab": Agent(
        name="serplulimab",
        klass="anti-PD-1",
        synonyms=("hlx10", "hansizhuang"),
        default_dose=(3, "mg/kg"),
        default_route="intravenous",
        default_frequency="Q2W",
        default_interval_days=14,
        source="3 mg/kg every 2 weeks: Br J Cancer 2022 (NCT03941574); Nat Med 2023, "
        "s41591-022-02179-2",
    ),
    "regorafenib": Agent(
        name="regorafenib",
        klass="multikinase inhibitor",
        synonyms=("bay 73-4506", "stivarga"),
        default_dose=(80, "mg"),
        beside="anti-PD-1",
        default_route="oral",
        default_frequency="QD",
        default_days_in_cycle=_DAYS_1_21,
        default_cycle_length_days=28,
        source="80 mg days 1 to 21 of 28 beside an anti-PD-1 antibody: REGONIVO, J Clin Oncol "
        "2020;38:2053 (label alone: 160 mg)",
    ),
    "camrelizumab": Agent(
        name="camrelizumab",
        klass="anti-PD-1",
        synonyms=("shr-1210", "shr1210", "airuika"),
        default_dose=(200, "mg"),
        default_route="intravenous",
        default_frequency="Q3W",
        default_interval_days=21,
        source="200 mg every 3 weeks: label in lung and oesophageal cancer",
    ),
    "bevacizumab": Agent(
        name="bevacizumab",
        klass="anti-VEGF",
        synonyms=("avastin", "rhumab-vegf"),
        default_dose=(7.5, "mg/kg"),
        default_route="intravenous",
        default_frequency="Q3W",
        default_interval_days=21,
        source="7.5 mg/kg every 3 weeks: label with capecitabine and oxaliplatin",
    ),
    "haic": Agent(
        name="HAIC",
        kind="procedure",
        klass="hepatic arterial infusion chemotherapy",
        synonyms=(
            "hepatic arterial infusion chemotherapy",
            "hepatic artery infusion chemotherapy",
            "folfox-haic",
            "haic-folfox",
            "hepatic arterial infusion of chemotherapy",
            "hepatic arterial chemotherapy",
            "transhepatic arterial infusion chemotherapy",
        ),
        reach="liver",
        default_route="intra-arterial",
        default_days_in_cycle=(2, 3),
        default_cycle_length_days=21,
        source="FOLFOX on days 2 and 3 of 21 (oxaliplatin 85, leucovorin 400, fluorouracil 400 and "
        "2400 mg/m2): NCT05099848; drugs differ by patient, so no single dose is proposed",
    ),
    "hepatic_artery_bicarbonate_infusion": Agent(
        name="hepatic artery bicarbonate infusion",
        kind="procedure",
        klass="hepatic arterial infusion",
        synonyms=(
            "hepatic arterial bicarbonate infusion",
            "hepatic artery infusion of bicarbonate",
            "hepatic arterial infusion of sodium bicarbonate",
        ),
        reach="liver",
        default_route="intra-arterial",
        default_frequency="Q4W",
        default_interval_days=28,
        source="no published colorectal dose of 5 % sodium bicarbonate is known: the volume has to "
        "be given by the investigator",
    ),
    "microwave_ablation": Agent(
        name="microwave ablation",
        kind="procedure",
        klass="thermal ablation",
        synonyms=("mwa", "microwave tumor ablation", "microwave coagulation"),
        reach="lesion",
        source="a procedure has no dose; record device, power and time per position",
    ),
    "radiofrequency_ablation": Agent(
        name="radiofrequency ablation",
        kind="procedure",
        klass="thermal ablation",
        synonyms=("rfa", "radio frequency ablation", "radio-frequency ablation"),
        reach="lesion",
        source="a procedure has no dose; record device, power and time per position",
    ),
    "cryoablation": Agent(
        name="cryoablation",
        kind="procedure",
        klass="thermal ablation",
        synonyms=("cryotherapy", "cryosurgery"),
        reach="lesion",
        source="a procedure has no dose",
    ),
    "ablation": Agent(
        name="ablation",
        kind="procedure",
        klass="thermal ablation",
        synonyms=("local ablation", "thermal ablation"),
        reach="lesion",
        source="a procedure has no dose; the method has to be named",
    ),
    "tace": Agent(
        name="TACE",
        kind="procedure",
        klass="transarterial chemoembolisation",
        synonyms=(
            "transarterial chemoembolization",
            "transcatheter arterial chemoembolization",
            "trans-arterial chemoembolization",
            "transarterial chemoembolisation",
            "deb-tace",
            "ctace",
        ),
        reach="liver",
        default_route="intra-arterial",
        source="drugs and embolic material differ by centre: no dose is proposed",
    ),
    "chemotherapy": Agent(
        name="chemotherapy",
        klass="chemotherapy, regimen not named",
        synonyms=(
            "systemic chemotherapy",
            "standard chemotherapy",
            "chemo",
            "chemotherapies",
            "combination chemotherapy",
        ),
        source="the regimen is not defined: no dose is proposed",
    ),
    "sintilimab": Agent(
        name="sintilimab",
        klass="anti-PD-1",
        synonyms=("ibi308", "tyvyt"),
        default_dose=(200, "mg"),
        default_route="intravenous",
        default_frequency="Q3W",
        default_interval_days=21,
        source="200 mg every 3 weeks: Eur J Cancer 2023;181:26",
    ),
    "fruquintinib": Agent(
        name="fruquintinib",
        klass="VEGFR inhibitor",
        synonyms=("hmpl-013", "elunate", "fruzaqla"),
        default_dose=(5, "mg"),
        default_route="oral",
        default_frequency="QD",
        default_days_in_cycle=_DAYS_1_21,
        default_cycle_length_days=28,
        source="5 mg days 1 to 21 of 28: FRESCO, JAMA 2018;319:2486",
    ),
}


def _groups(lines: str) -> tuple[tuple[str, ...], ...]:
    """Lines `name: synonym, synonym` as groups of names, the generic one first."""
    found = []
    for line in lines.strip().splitlines():
        name, _, others = line.partition(":")
        found.append((name.strip(), *(one.strip() for one in others.split(",") if one.strip())))
    return tuple(found)


#: Further agents that are only recognised by name: class and (name, synonyms ...).
KNOWN: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("anti-PD-1 or anti-PD-L1", _groups(CHECKPOINT)),
    ("anti-CTLA-4", _groups(CTLA_4)),
    ("antibody", _groups(ANTIBODIES)),
    ("cytotoxic", _groups(CYTOTOXIC)),
    ("targeted", _groups(TARGETED)),
    ("hormone", _groups(HORMONE)),
    ("supportive", _groups(SUPPORTIVE)),
    ("radioactive", _groups(RADIOACTIVE)),
    ("cytotoxic", _groups(REGIMENS)),
    ("procedure", _groups(PROCEDURES)),
    ("radiotherapy", _groups(RADIATION)),
    ("therapy, not named", _groups(GENERAL)),
)

#: Classes of `KNOWN` that are no drugs, and what they are.
KIND_OF_CLASS: dict[str, AgentKind] = {"procedure": "procedure", "radiotherapy": "radiation"}
