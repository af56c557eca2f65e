"""A made-up trial as ADaM frames: enough of every case to fill each chapter of a report."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import polars as pl

from trialwright.core.tables import Adam
from trialwright.protocol.model import Cohort, Component, DoseLevel, Protocol, TrialDesign
from trialwright.protocol.options import OPTIONS
from trialwright.protocol.rules import EndpointDefinition
from trialwright.protocol.settle import accept_defaults
from trialwright.vocabulary.adam import ADAM

START = date(2023, 1, 9)
CUTOFF = date(2025, 3, 1)
KINDS = {"text": pl.String, "integer": pl.Int64, "float": pl.Float64, "date": pl.Date}
ORGANS = ("LIVER", "LUNG", "LYMPH NODE", "PERITONEUM")
PEOPLE = ("PR", "PR", "CR", "SD", "SD", "PD", "NEW", "NE", "GONE", "SD")


def adam_frame(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    """A dataset with every column of its specification."""
    schema = {v.name: KINDS[v.kind] for v in ADAM[name].variables}
    full = [{column: row.get(column) for column in schema} for row in rows]
    return pl.DataFrame(full, schema=schema)


class Course:
    """One patient's datasets, told by the kind of course."""

    def __init__(self, number: int, kind: str, random: Random) -> None:
        self.kind, self.random, self.number = kind, random, number
        self.name, self.short = f"TW-01/{number:03d}", f"{number:03d}"
        self.enrolled = START + timedelta(days=int(11 * number))
        self.first = self.enrolled + timedelta(days=4)
        self.lesions = 1 + number % 3
        self.sizes = [round(random.uniform(18, 60), 1) for _ in range(self.lesions)]
        self.scans = [56 * k for k in range(1, 9) if self.at(56 * k) <= CUTOFF]
        self.rows: dict[str, list[dict[str, object]]] = {n: [] for n in ADAM}

    def at(self, day: int) -> date:
        return self.first + timedelta(days=day)

    def change(self, k: int) -> float:
        ways = {
            "PR": [-0.22, -0.41, -0.52, -0.5, -0.47, -0.3, -0.1, 0.1],
            "CR": [-0.55, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0],
            "SD": [-0.08, -0.15, 0.02, 0.25, 0.4, 0.5, 0.6, 0.7],
            "PD": [0.34, 0.5],
            "NEW": [-0.05, -0.12],
            "NE": [0.0],
            "GONE": [1.36],
        }[self.kind]
        base = ways[min(k, len(ways) - 1)]
        return max(-1.0, base + (self.random.uniform(-0.07, 0.07) if base > -1 else 0))

    def row(self, dataset: str, **values: object) -> None:
        self.rows[dataset].append(
            {"STUDYID": "TW-01", "USUBJID": self.name, "EVAL": "INVESTIGATOR"} | values
        )

    def tell(self) -> None:
        visits = [] if self.kind == "NE" else self.scans
        nadir = base = round(sum(self.sizes), 1)
        self.measure(0, -7, self.sizes, base, base)
        best, pd_day, first_response = "NE", None, None
        for k, day in enumerate(visits):
            now = [round(size * (1 + self.change(k)), 1) for size in self.sizes]
            total = round(sum(now), 1)
            pct, from_nadir = 100 * (total - base) / base, 100 * (total - nadir) / (nadir or 1)
            new = self.kind == "NEW" and k == 1
            target = "CR" if total == 0 else "PR" if pct <= -30 else "SD"
            target = "PD" if from_nadir >= 20 and total - nadir >= 5 else target
            self.measure(k + 1, day, now, base, nadir, new=new)
            response = "PD" if new or target == "PD" else target
            self.respond(k + 1, day, target, response, new=new, pct=pct)
            nadir = min(nadir, total)
            if response == "PD":
                pd_day = day
                best = "PD" if best == "NE" else best
                break
            if response in {"CR", "PR"} and first_response is None:
                first_response = day
            order = ["CR", "PR", "SD", "NE"]
            best = min(best, response, key=order.index)
        self.finish(best, pd_day, first_response)

    def measure(self, k, day, sizes, base, nadir, *, new=False) -> None:
        visit = {
            "AVISITN": k,
            "AVISIT": "BASELINE" if k == 0 else f"WEEK {8 * k}",
            "ADT": self.at(day),
            "ADY": day + (day >= 0),
        }
        for i, size in enumerate(sizes):
            state = "ABSENT" if size == 0 else "TOO SMALL" if size < 5 else "MEASURED"
            self.row(
                "ADTR",
                PARAMCD="LDIAM",
                PARAM="Diameter",
                TRLNKID=f"T{i + 1:02d}",
                ROLE="TARGET",
                TRLOC=ORGANS[i],
                AVAL=size,
                AVALC=state,
                BASE=self.sizes[i],
                **visit,
            )
        self.row(
            "ADTR",
            PARAMCD="STATE",
            TRLNKID="NT01",
            ROLE="NON-TARGET",
            TRLOC="LIVER",
            AVALC="PRESENT",
            **visit,
        )
        if new:
            self.row(
                "ADTR",
                PARAMCD="STATE",
                TRLNKID="N01",
                ROLE="NEW",
                TRLOC="LUNG",
                AVALC="UNEQUIVOCAL",
                **visit,
            )
        total = round(sum(sizes), 1)
        self.row(
            "ADTR",
            PARAMCD="SUMDIAM",
            PARAM="Sum of diameters",
            AVAL=total,
            BASE=base,
            CHG=total - base,
            PCHG=100 * (total - base) / base,
            NADIR=nadir,
            CHGNAD=total - nadir,
            PCHGNAD=100 * (total - nadir) / (nadir or 1),
            **visit,
        )

    def respond(self, k, day, target, response, *, new, pct) -> None:
        why = {
            "PD": "The sum rose by 24.1 % from its smallest value, 9.3 mm: PD by 4.3 mm.",
            "PR": f"The sum is {pct:.1f} % from baseline: PR by {abs(pct + 30):.1f} points.",
            "CR": "Every target lesion has disappeared.",
            "SD": "Neither enough shrinkage for PR nor enough growth for PD.",
        }[response]
        if new:
            why = "An unequivocal new lesion N01 (LUNG) was seen: PD whatever the sum does."
        self.row(
            "ADRS",
            PARAMCD="OVR",
            AVISITN=k,
            AVISIT=f"WEEK {8 * k}",
            ADT=self.at(day),
            ADY=day + 1,
            AVALC=response,
            TRGRESP=target,
            NTRGRESP="NON-CR/NON-PD",
            NEWLFL="Y" if new else "N",
            ASREAD=response,
            POSTPDFL="N",
            ANL01FL="Y",
            REASON=why,
            RULEID="R-051, R-033",
            SRCDOM="TR",
            SRCSEQ=f"{4 * k}, {4 * k + 1}",
        )

    def finish(self, best, pd_day, first_response) -> None:
        last = self.scans[-1] if self.scans else 0
        death = None
        if pd_day is not None and self.random.random() < 0.6:
            death = pd_day + self.random.randint(30, 260)
        if self.kind == "NE":
            death = 33
        if death is not None and self.at(death) > CUTOFF:
            death = None
        untreated = self.short == "019"
        stop = None if untreated else pd_day if pd_day is not None else death
        nact = pd_day + 20 if pd_day is not None and self.random.random() < 0.4 else None
        self.row(
            "ADRS",
            PARAMCD="CBOR",
            AVALC=best,
            REASON=f"Best of the time points: {best}.",
            RULEID="R-075",
            ADT=self.at(56),
        )
        self.row(
            "ADRS",
            PARAMCD="BOR",
            AVALC=best,
            REASON=f"Best of the time points: {best}.",
            RULEID="R-061",
            ADT=self.at(56),
        )
        self.row(
            "ADSL",
            SUBJID=self.short,
            AGE=45 + self.number % 30,
            SEX="FM"[self.number % 2],
            ARM="Single arm",
            COHORT="crc" if self.number % 2 else "gastric",
            ENRLDT=self.enrolled,
            TRTSDT=None if untreated else self.first,
            EOTDT=self.at(stop) if stop is not None else None,
            EOTREAS={"NE": "DEATH"}.get(self.kind, "PROGRESSIVE DISEASE")
            if stop is not None
            else None,
            NACTDT=self.at(nact) if nact is not None else None,
            DTHDT=self.at(death) if death is not None else None,
            LSTALVDT=self.at(death) if death is not None else CUTOFF,
            DCUTDT=CUTOFF,
            ENRLFL="Y",
            FASFL="N" if untreated else "Y",
            SAFFL="N" if untreated else "Y",
            MEASFL="Y",
            EFFFL="N" if untreated or self.kind == "NE" else "Y",
            SETREAS="never treated"
            if untreated
            else "no adequate scan after baseline"
            if self.kind == "NE"
            else None,
            TARGETN=self.lesions,
            SODBL=round(sum(self.sizes), 1),
            ORGANS="LIVER",
        )
        self.times(pd_day, death, first_response, best, last)
        self.events()

    def times(self, pd_day, death, first_response, best, last) -> None:
        event = next((d for d in (pd_day, death) if d is not None), None)
        pairs = [("PFS", self.enrolled, event, last), ("OS", self.enrolled, death, 300)]
        if best in {"CR", "PR"} and first_response is not None:
            pairs.append(("DOR", self.at(first_response), event, last))
        for code, origin, found, censored in pairs:
            end = self.at(found if found is not None else max(censored, 0))
            self.row(
                "ADTTE",
                PARAMCD=code,
                PARAM=code,
                STARTDT=origin,
                ADT=end,
                AVAL=(end - origin).days + 1,
                CNSR=0 if found is not None else 1,
                EVNTDESC="Progression" if found == pd_day else "Death",
                CNSDTDSC="Last evaluable scan",
                REASON="First progression, after an adequate scan 56 days before."
                if found is not None
                else "No event: last evaluable scan.",
                RULEID="C-01" if found is not None else "C-08",
                SRCDOM="RS",
                SRCSEQ="4",
            )

    def events(self) -> None:
        terms = ("Hand-foot syndrome", "Hypertension", "Fatigue", "ALT increased")
        for i in range(self.number % 4):
            self.row(
                "ADAE",
                AESEQ=i + 1,
                AETERM=terms[i],
                AEDECOD=terms[i],
                AEBODSYS="Skin and subcutaneous tissue disorders",
                ASTDT=self.at(9 + 20 * i),
                ASTDY=10 + 20 * i,
                ATOXGRN=1 + i,
                AGR3FL="Y" if i > 1 else "N",
                AESER="N",
                TRTEMFL="Y",
                AREL="Y",
                ARELCOMP="regorafenib",
                AEOUT="RECOVERED",
                REASON="Starts after first dose.",
                RULEID="A-01, A-02",
            )


def made_up_trial(patients: int, *, hostile: str = "") -> Adam:
    """ADaM frames of `patients` patients; `hostile` is the identifier of the first."""
    random = Random(7)
    rows: dict[str, list[dict[str, object]]] = {name: [] for name in ADAM}
    for number in range(1, patients + 1):
        course = Course(number, PEOPLE[number % len(PEOPLE)], random)
        if hostile and number == 1:
            course.name = course.short = hostile
        course.tell()
        for name, found in course.rows.items():
            rows[name] += found
    unused = pl.DataFrame(
        {
            "DOMAIN": ["TR"],
            "SRCSEQ": ["17"],
            "USUBJID": ["TW-01/004"],
            "RULEID": ["R-143"],
            "REASON": ["partial scan date 2023-05"],
        }
    )
    queries = pl.DataFrame(
        {
            "USUBJID": ["TW-01/002", "TW-01/006"],
            "RULEID": ["R-012", "R-053"],
            "SEVERITY": ["warning", "note"],
            "MESSAGE": ["baseline scan 31 days before first dose", "reader says SD, derived PR"],
            "DO": ["report the deviation", ""],
        }
    )
    return Adam({name: adam_frame(name, rows[name]) for name in ADAM}, unused, queries)


def settled_protocol() -> Protocol:
    """A protocol with every option decided by its default."""
    bare = Protocol(
        id="TW-01",
        title="Serplulimab, regorafenib and hepatic artery bicarbonate infusion in colorectal cancer",
        design=TrialDesign(phases=("PHASE2",), single_arm=True, enrollment=30, centres="single"),
        cohorts=(Cohort(id="crc", name="Colorectal"), Cohort(id="gastric", name="Gastric")),
        regimen=(
            Component(id="serplulimab", name="Serplulimab", kind="drug", route="IV",
                      dose=(DoseLevel(value=3, unit="mg/kg"),), interval_days=14),
            Component(id="regorafenib", name="Regorafenib", kind="drug",
                      days_in_cycle=tuple(range(1, 22)), cycle_length_days=28),
        ),
        endpoints=(
            EndpointDefinition(id="ORR", kind="ORR", role="primary",
                               measure="Objective Response Rate", time_frame="up to 18 months"),
            EndpointDefinition(id="PFS", kind="PFS", role="secondary", origin="enrolment",
                               measure="Progression free survival", time_frame="about 2 years"),
        ),
    )  # fmt: skip
    settled = accept_defaults(bare, ())
    assert len(settled.sources) >= sum(option.criterion is None for option in OPTIONS)
    return settled
