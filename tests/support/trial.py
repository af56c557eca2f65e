"""Small trials for tests: patients in words, SDTM frames out.

Day 0 is the first dose, 2024-01-01. Lesion values are millimetres, or a word of the input form.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import polars as pl

from trialwright.core.tables import ROW, Sdtm
from trialwright.vocabulary.sdtm import SDTM

START = date(2024, 1, 1)


def on(day: int) -> str:
    """ISO date of a day counted from the first dose."""
    return (START + timedelta(days=day)).isoformat()


@dataclass
class Patient:
    """A patient; every method adds records and returns the patient."""

    name: str = "P1"
    baseline_day: int = -7
    enrolled_day: int | None = -3
    dose_day: int | None = 0
    unit: str = "mm"
    arm: str = ""
    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    visits: int = 0

    def add(self, domain: str, **values: str) -> Patient:
        """Add one record."""
        self.rows.setdefault(domain, []).append({k: v for k, v in values.items() if v is not None})
        return self

    def target(self, lesion: str, organ: str, value: object, **more: str) -> Patient:
        """A target lesion with its baseline diameter; organ LYMPH NODE makes a node."""
        return self._lesion(lesion, organ, "TARGET", **more)._size(
            lesion, organ, value, 1, self.baseline_day
        )

    def non_target(self, lesion: str, organ: str, value: object = "PRESENT") -> Patient:
        """A non-target lesion."""
        self._lesion(lesion, organ, "NON-TARGET")
        return self._other(lesion, organ, value, 1, self.baseline_day)

    def scan(
        self,
        day: int,
        targets: Mapping[str, object],
        others: Mapping[str, object] | None = None,
        *,
        visit: float | None = None,
        new: Mapping[str, object] | None = None,
    ) -> Patient:
        """One time point; `new` maps new lesions to (organ, state)."""
        self.visits += 1
        number = 1 + self.visits if visit is None else visit
        for lesion, value in targets.items():
            self._size(lesion, self._organ(lesion), value, number, day)
        for lesion, value in (others or {}).items():
            self._other(lesion, self._organ(lesion), value, number, day)
        for lesion, (organ, state) in (new or {}).items():
            if not any(r.get("TULNKID") == lesion for r in self.rows.get("TU", ())):
                self.add(
                    "TU", TULNKID=lesion, TUTESTCD="TUMIDENT", TUORRES="NEW", TUSTRESC="NEW",
                    TULOC=organ, VISITNUM=str(number), TUDTC=on(day), TUEVAL="INVESTIGATOR",
                )  # fmt: skip
            self._record(lesion, "TUMSTATE", str(state), number, day)
        return self

    def dies(self, day: int) -> Patient:
        """Death."""
        return self.add("DS", DSDECOD="DEATH", DSSTDTC=on(day), DSSCAT="STUDY PARTICIPATION")

    def _organ(self, lesion: str) -> str:
        found = [r for r in self.rows["TU"] if r["TULNKID"] == lesion.split(".", maxsplit=1)[0]]
        return found[0]["TULOC"]

    def _lesion(self, lesion: str, organ: str, role: str, **more: str) -> Patient:
        return self.add(
            "TU", TULNKID=lesion, TUTESTCD="TUMIDENT", TUORRES=role, TUSTRESC=role, TULOC=organ,
            VISITNUM="1", TUDTC=on(self.baseline_day), TUEVAL="INVESTIGATOR", **more,
        )  # fmt: skip

    def _size(self, lesion: str, organ: str, value: object, visit: float, day: int) -> Patient:
        test = "LPERP" if "NODE" in organ else "LDIAM"
        if value == "NE":
            return self.add(
                "TR", TRLNKID=lesion, TRTESTCD=test, TRSTAT="NOT DONE", TRREASND="NOT IMAGED",
                VISITNUM=f"{visit:g}", TRDTC=on(day), TREVAL="INVESTIGATOR",
            )  # fmt: skip
        if value is None:
            return self
        unit = self.unit if isinstance(value, int | float) else None
        return self._record(lesion, test, str(value), visit, day, TRORRESU=unit)

    def _other(self, lesion: str, organ: str, value: object, visit: float, day: int) -> Patient:
        if isinstance(value, int | float):
            return self._size(lesion, organ, value, visit, day)
        if value == "NE":
            return self.add(
                "TR", TRLNKID=lesion, TRTESTCD="TUMSTATE", TRSTAT="NOT DONE",
                VISITNUM=f"{visit:g}", TRDTC=on(day), TREVAL="INVESTIGATOR",
            )  # fmt: skip
        return self._record(lesion, "TUMSTATE", str(value), visit, day)

    def _record(
        self, lesion: str, test: str, value: str, visit: float, day: int, **more: str | None
    ) -> Patient:
        return self.add(
            "TR", TRLNKID=lesion, TRTESTCD=test, TRORRES=value, VISITNUM=f"{visit:g}",
            TRDTC=on(day), TREVAL="INVESTIGATOR", **more,
        )  # fmt: skip


def sdtm_of(patients: Patient | Iterable[Patient], **domains: Sequence[Mapping[str, str]]) -> Sdtm:
    """SDTM of some patients, every domain present, sequence numbers by subject."""
    people = [patients] if isinstance(patients, Patient) else list(patients)
    rows: dict[str, list[dict[str, str]]] = {code: [] for code in SDTM}
    for person in people:
        dm = {"USUBJID": person.name, "SUBJID": person.name, "ARMCD": person.arm or "A"}
        if person.dose_day is not None:
            dm["RFXSTDTC"] = on(person.dose_day)
        rows["DM"].append(dm | (person.rows.get("DM", [{}])[0]))
        if person.enrolled_day is not None:
            person_ds = {"DSDECOD": "ELIGIBILITY CRITERIA MET", "DSSTDTC": on(person.enrolled_day)}
            rows["DS"].append({"USUBJID": person.name, "DSSEQ": "0", **person_ds})
        for code, records in person.rows.items():
            if code != "DM":
                rows[code] += [
                    {"USUBJID": person.name, f"{code}SEQ": str(i), **record}
                    for i, record in enumerate(records, start=1)
                ]
    for code, records in domains.items():
        rows[code] += [dict(r) for r in records]
    return Sdtm({code: frame(code, records) for code, records in rows.items()})


def frame(code: str, records: Sequence[Mapping[str, str]]) -> pl.DataFrame:
    """A frame of text with all columns of the domain, extra columns kept as qualifiers."""
    names = list(SDTM[code].names)
    names += sorted({name for record in records for name in record} - set(names))
    columns = {name: [record.get(name) for record in records] for name in names}
    made = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
    return made.with_row_index(ROW, offset=2).select(*names, pl.col(ROW).cast(pl.Int64))
