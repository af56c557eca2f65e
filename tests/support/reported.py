"""The admiral subjects as SDTM: RS, disposition, first dose, death, last alive; no lesion at all."""

from __future__ import annotations

from calendar import monthrange

from support.admiral import completed, rows
from support.trial import frame, on
from trialwright.core.tables import Sdtm
from trialwright.vocabulary.sdtm import SDTM


def said(day: int, response: str, **more: str) -> dict[str, str]:
    """One stated overall response of the investigator on a day after the first dose."""
    values = {
        "RSTESTCD": "OVRLRESP", "RSSTRESC": response, "RSDTC": on(day), "RSEVAL": "INVESTIGATOR",
    }  # fmt: skip
    return values | more


def admiral_sdtm(param: dict, *, complete: bool) -> Sdtm:
    """The reference subjects under a parameter set.

    `complete` dates a response without a day at the end of its month, as that package does; our
    rule leaves such a record out (D-06). Records from the start of new therapy on are dropped where
    the parameter set says so.
    """
    subjects = rows("subjects.csv")
    therapy = {s["USUBJID"]: completed(s["NACTDTC"], last=False) for s in subjects}
    stated = []
    for record in rows("responses.csv"):
        day, start = completed(record["RSDTC"], last=True), therapy[record["USUBJID"]]
        late = day is not None and start is not None and day >= start
        if param["nact"] == "exclude" and late:
            continue
        text = record["RSDTC"]
        if complete and len(text) == 7:
            text = f"{text}-{monthrange(int(text[:4]), int(text[5:]))[1]}"
        stated.append(record | {"RSDTC": text})
    domains: dict[str, list[dict[str, str]]] = {code: [] for code in SDTM}
    domains["RS"] = stated
    for s in subjects:
        name = {"USUBJID": s["USUBJID"]}
        dm = {"RFXSTDTC": s["TRTSDT"] or None, "DTHDTC": s["DTHDTC"] or None}
        domains["DM"].append(name | dm | {"SUBJID": s["USUBJID"], "ARMCD": "A"})
        domains["DS"].append(
            name | {"DSSEQ": "1", "DSDECOD": "ELIGIBILITY CRITERIA MET", "DSSTDTC": s["ENRLDT"]}
        )
        if s["LSTALVDT"]:
            alive = {"SSTESTCD": "SURVSTAT", "SSSTRESC": "ALIVE", "SSDTC": s["LSTALVDT"]}
            domains["SS"].append(name | alive)
    cutoff = {"TSPARMCD": "DCUTDTC", "TSVAL": "2030-01-01"}
    domains["TS"].append(cutoff)
    return Sdtm({code: frame(code, records) for code, records in domains.items()})
