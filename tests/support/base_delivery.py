"""One SDTM delivery with everything that the input form knows, in every format, to be broken.

Three invented patients, two evaluators with the same link ids. P-01 has a node, an extra size test
and a lesion too small to measure; of P-02 one target merges into another and one splits; P-03 has a
new lesion, a treated lesion tied by RELREC, partial dates, new therapy and dies.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import polars as pl
import pyreadstat

from support.trial import on
from trialwright.vocabulary.sdtm import SDTM

Row = dict[str, str]
#: Records by domain.
Trial = dict[str, list[Row]]

STUDY = "BASE"
READERS = ({"EVAL": "INVESTIGATOR"}, {"EVAL": "INDEPENDENT ASSESSOR", "EVALID": "RADIOLOGIST 1"})
NAMES = {1: "SCREENING", 2: "WEEK 8", 3: "WEEK 16", 2.1: "UNSCHEDULED"}


class Maker:
    """Records by domain, numbered by subject."""

    def __init__(self) -> None:
        self.rows: Trial = {}

    def add(self, code: str, subject: str, **values: str) -> str:
        """Add a record; its sequence number."""
        rows = self.rows.setdefault(code, [])
        head = {"STUDYID": STUDY, "RDOMAIN" if code.startswith("SUPP") else "DOMAIN": code[-2:]}
        head |= {"USUBJID": f"{STUDY}-{subject}"} if subject else {}
        number = str(1 + sum(row.get("USUBJID") == head.get("USUBJID") for row in rows))
        sequence = {f"{code}SEQ": number} if f"{code}SEQ" in SDTM[code].names else {}
        rows.append(head | sequence | values)
        return number

    def supp(self, parent: str, subject: str, number: str, name: str, value: str) -> None:
        """Add a qualifier."""
        self.add(
            f"SUPP{parent}", subject, IDVAR=f"{parent}SEQ", IDVARVAL=number, QNAM=name,
            QLABEL=name.title(), QVAL=value,
        )  # fmt: skip

    def lesion(
        self, subject: str, lesion: str, role: str, organ: str, day: int = -7, **more: str
    ) -> None:
        """A lesion as both evaluators identify it."""
        visit = 1 if day < 0 else 2
        for reader in READERS:
            number = self.add(
                "TU", subject, TULNKID=lesion, TUTESTCD=more.get("TUTESTCD", "TUMIDENT"),
                TUORRES=role, TUSTRESC=role, TUGRPID=more.get("TUGRPID", ""), TULOC=organ, TUMETHOD="CT SCAN",
                VISITNUM=str(visit), VISIT=NAMES[visit], TUDTC=on(day),
                **{f"TU{name}": value for name, value in reader.items()},
            )  # fmt: skip
            if "TUTESTCD" not in more:
                self.supp("TU", subject, number, "SLICEMM", "5")

    def result(
        self, subject: str, visit: float, day: int, lesion: str, test: str, value: str, **more: str
    ) -> None:
        """A result as both evaluators record it; numbers are millimetres."""
        is_size = value.replace(".", "").isdigit()
        unit = {"TRORRESU": "mm", "TRSTRESN": value, "TRSTRESU": "mm"} if is_size else {}
        for reader in READERS:
            number = self.add(
                "TR", subject, TRLNKID=lesion, TRTESTCD=test, TRORRES=value, TRSTRESC=value,
                **(unit | {k: v for k, v in more.items() if k.startswith("TR")}),
                TRMETHOD="CT SCAN", VISITNUM=f"{visit:g}", VISIT=NAMES[visit], TRDTC=on(day),
                **{f"TR{name}": text for name, text in reader.items()},
            )  # fmt: skip
            for name in ("MERGEDTO", "TSTM"):
                if name in more:
                    self.supp("TR", subject, number, name, more[name])


def _first(m: Maker) -> None:
    for lesion, role, organ in (("T01", "TARGET", "LIVER"), ("T02", "TARGET", "LYMPH NODE"),
                                ("T03", "TARGET", "LUNG"), ("NT01", "NON-TARGET", "PERITONEUM")):  # fmt: skip
        m.lesion("P-01", lesion, role, organ)
    sizes = (("50", "22", "20.5"), ("30", "14", "TOO SMALL TO MEASURE"), ("28", "9", "5"))
    for (visit, day), (liver, node, lung) in zip(((1, -7), (2, 56), (3, 112)), sizes, strict=True):
        m.result("P-01", visit, day, "T01", "LDIAM", liver)
        m.result("P-01", visit, day, "T01", "LPERP", "18")
        m.result("P-01", visit, day, "T02", "LPERP", node)
        small = {"TSTM": "Y"} if visit == 3 else {}
        m.result("P-01", visit, day, "T03", "LDIAM", lung, **small)
        m.result("P-01", visit, day, "NT01", "TUMSTATE", "PRESENT")


def _second(m: Maker) -> None:
    for lesion, organ in (("T01", "LIVER"), ("T02", "LIVER"), ("T03", "LUNG")):
        m.lesion("P-02", lesion, "TARGET", organ)
    m.lesion("P-02", "T02", "TARGET", "LIVER", day=56, TUTESTCD="TUMERGE", TUGRPID="T01")
    for part in ("T03.1", "T03.2"):
        m.lesion("P-02", part, "TARGET", "LUNG", day=56, TUTESTCD="TUSPLIT", TUGRPID="T03")
    for lesion, value in (("T01", "30"), ("T02", "20"), ("T03", "40")):
        m.result("P-02", 1, -7, lesion, "LDIAM", value)
    for visit, day, joint, parts in ((2, 56, "45", ("12", "10")), (3, 112, "40", ("11", "9"))):
        m.result("P-02", visit, day, "T01", "LDIAM", joint)
        m.result("P-02", visit, day, "T02", "LDIAM", "0", MERGEDTO="T01")
        for part, value in zip(("T03.1", "T03.2"), parts, strict=True):
            m.result("P-02", visit, day, part, "LDIAM", value)


def _third(m: Maker) -> None:
    m.lesion("P-03", "T01", "TARGET", "LIVER")
    m.lesion("P-03", "T02", "TARGET", "ADRENAL GLAND")
    m.lesion("P-03", "NEW01", "NEW", "BRAIN", day=56)
    for visit, day, first, second in (
        (1, -7, "40", "25"),
        (2, 56, "38", "26"),
        (2.1, 70, "39", "26"),
    ):
        m.result("P-03", visit, day, "T01", "LDIAM", first)
        m.result("P-03", visit, day, "T02", "LDIAM", second)
    m.result("P-03", 2, 56, "NEW01", "TUMSTATE", "EQUIVOCAL")
    m.result("P-03", 2.1, 70, "NEW01", "TUMSTATE", "UNEQUIVOCAL")
    m.add("PR", "P-03", PRTRT="RADIOTHERAPY", PRCAT="LOCAL THERAPY NOT PER PROTOCOL", PRINDC="BRAIN METASTASIS",
          PRSTDTC=on(80))  # fmt: skip
    m.add("CM", "P-03", CMTRT="REGORAFENIB", CMCAT="SUBSEQUENT CANCER THERAPY", CMSTDTC=on(90)[:7])
    m.add("AE", "P-03", AETERM="Fatigue", AEDECOD="Fatigue", AEBODSYS="General disorders", AETOXGR="2", AESER="N",
          AEREL="RELATED", AEOUT="UNKNOWN", AESTDTC=on(20)[:7])  # fmt: skip
    m.add("DS", "P-03", DSTERM="Death", DSDECOD="DEATH", DSCAT="OTHER EVENT", DSSTDTC=on(200))
    m.add(
        "SS", "P-03", SSTESTCD="SURVSTAT", SSTEST="Survival Status", SSSTRESC="DEAD", SSDTC=on(201)
    )
    for code, variable, value in (("PR", "PRSEQ", "1"), ("TU", "TULNKID", "NEW01")):
        m.rows.setdefault("RELREC", []).append({
            "STUDYID": STUDY, "RDOMAIN": code, "USUBJID": f"{STUDY}-P-03", "IDVAR": variable,
            "IDVARVAL": value, "RELTYPE": "", "RELID": "RT1",
        })  # fmt: skip


@cache
def _made() -> Trial:
    m = Maker()
    stated = {"P-01": ("PR", "PR"), "P-02": ("SD", "PR"), "P-03": ("PD", "PD")}
    for subject in ("P-01", "P-02", "P-03"):
        died = {"DTHDTC": on(200), "DTHFL": "Y"} if subject == "P-03" else {}
        m.add("DM", subject, SUBJID=subject, RFSTDTC=on(0), RFXSTDTC=on(0), RFXENDTC=on(84), RFICDTC=on(-10),
              SITEID="01", AGE="61", AGEU="YEARS", SEX="F", ARMCD="A", ARM="Drug", **died)  # fmt: skip
        m.rows.setdefault("SUPPDM", []).append({
            "STUDYID": STUDY, "RDOMAIN": "DM", "USUBJID": f"{STUDY}-{subject}", "IDVAR": "", "IDVARVAL": "",
            "QNAM": "COHORT", "QLABEL": "Cohort", "QVAL": "A",
        })  # fmt: skip
        m.add("DS", subject, DSTERM="Eligible", DSDECOD="ELIGIBILITY CRITERIA MET", DSCAT="PROTOCOL MILESTONE",
              DSSTDTC=on(-3))  # fmt: skip
        for day in (0, 42, 84):
            m.add(
                "EX",
                subject,
                EXTRT="DRUG",
                EXDOSE="10",
                EXDOSU="mg",
                EXSTDTC=on(day),
                EXENDTC=on(day),
            )
        for visit, day in ((1, -7), (2, 56), (3, 112)):
            m.add(
                "SV",
                subject,
                VISITNUM=str(visit),
                VISIT=NAMES[visit],
                SVSTDTC=on(day),
                SVENDTC=on(day),
            )
            m.add("LB", subject, LBTESTCD="ALT", LBTEST="Alanine Aminotransferase", LBORRES="20", LBORRESU="U/L",
                  LBORNRLO="0", LBORNRHI="40", LBSTRESC="20", LBSTRESN="20", LBSTRESU="U/L", LBSTNRLO="0",
                  LBSTNRHI="40", LBNRIND="NORMAL", VISITNUM=str(visit), VISIT=NAMES[visit], LBDTC=on(day))  # fmt: skip
            m.add("VS", subject, VSTESTCD="WEIGHT", VSTEST="Weight", VSORRES="70", VSORRESU="kg", VSSTRESN="70",
                  VSSTRESU="kg", VISITNUM=str(visit), VISIT=NAMES[visit], VSDTC=on(day))  # fmt: skip
            m.add("EG", subject, EGTESTCD="QTCF", EGTEST="QTcF Interval", EGORRES="410", EGORRESU="ms",
                  EGSTRESN="410", EGSTRESU="ms", VISITNUM=str(visit), VISIT=NAMES[visit], EGDTC=on(day))  # fmt: skip
        visits = ((2, 56), (2.1, 70)) if subject == "P-03" else ((2, 56), (3, 112))
        for (visit, day), word in zip(visits, stated[subject], strict=True):
            m.add("RS", subject, RSTESTCD="OVRLRESP", RSTEST="Overall Response", RSCAT="RECIST 1.1", RSORRES=word,
                  RSSTRESC=word, RSEVAL="INVESTIGATOR", VISITNUM=f"{visit:g}", VISIT=NAMES[visit],
                  RSDTC=on(day))  # fmt: skip
    _first(m)
    _second(m)
    _third(m)
    m.add("TS", "", TSPARMCD="DCUTDTC", TSPARM="Data Cutoff Date", TSVAL=on(400))
    m.rows["TS"][0]["TSSEQ"] = "1"
    return {code: m.rows[code] for code in SDTM if code in m.rows}


def base() -> Trial:
    """The delivery without a fault, to be changed freely."""
    return {code: [dict(row) for row in rows] for code, rows in _made().items()}


def of_one_reader() -> Trial:
    """The delivery with the readings of the investigator only: half the work to derive."""
    trial = base()
    gone = {"INDEPENDENT ASSESSOR"}
    for code in ("TU", "TR"):
        kept = [row for row in trial[code] if row[f"{code}EVAL"] not in gone]
        numbers = {(row["USUBJID"], row[f"{code}SEQ"]) for row in kept}
        trial[f"SUPP{code}"] = [
            row for row in trial[f"SUPP{code}"] if (row["USUBJID"], row["IDVARVAL"]) in numbers
        ]
        trial[code] = kept
    return trial


# -------------------------------------------------------------------------------------- writing


def columns_of(code: str, rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Standard columns that are used, then further ones in the order in which they come."""
    used = dict.fromkeys(name for row in rows for name in row)
    known = SDTM[code].columns if code in SDTM else ()
    first = [c.name for c in known if c.required or c.name in used]
    return [*first, *(name for name in used if name not in first)]


def frame_of(code: str, rows: list[Row]) -> pl.DataFrame:
    """A frame of text, empty for missing."""
    names = columns_of(code, rows)
    return pl.DataFrame(
        {n: [row.get(n, "") for row in rows] for n in names}, schema=dict.fromkeys(names, pl.String)
    )


def csv_bytes(code: str, rows: list[Row]) -> bytes:
    """A CSV file."""
    names, out = columns_of(code, rows), io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([names, *([row.get(n, "") for n in names] for row in rows)])
    return out.getvalue().encode()


def typed(code: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Numbers as doubles, as statistical software writes them."""
    numbers = [c.name for c in SDTM[code].columns if c.kind == "number" and c.name in frame.columns]
    return frame.with_columns(pl.col(n).replace("", None).cast(pl.Float64) for n in numbers)


def xpt_bytes(code: str, rows: list[Row], name: str = "") -> bytes:
    """A transport file of version 5."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.xpt"
        pyreadstat.write_xport(
            typed(code, frame_of(code, rows)), path, table_name=name or code, file_format_version=5
        )
        return path.read_bytes()


def parquet_bytes(code: str, rows: list[Row], *, dates: bool = False) -> bytes:
    """A Parquet file with numbers, and with dates where all of a column are complete."""
    frame = typed(code, frame_of(code, rows))
    for name in [n for n in frame.columns if dates and n.endswith("DTC")]:
        texts = frame[name].replace("", None)
        if texts.drop_nulls().len() and (texts.drop_nulls().str.len_bytes() == 10).all():
            frame = frame.with_columns(texts.str.to_date("%Y-%m-%d").alias(name))
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


def json_bytes(code: str, rows: list[Row], *, lines: bool = False) -> bytes:
    """A Dataset-JSON file, whole numbers as integers."""
    frame = typed(code, frame_of(code, rows))
    kinds = {pl.Float64(): "float", pl.String(): "string"}
    columns = [
        {"itemOID": f"IT.{n}", "name": n, "label": n, "dataType": kinds[t]}
        for n, t in frame.schema.items()
    ]
    values = [
        [int(v) if isinstance(v, float) and v == int(v) else v for v in row] for row in frame.rows()
    ]
    head = {"datasetJSONVersion": "1.1.0", "name": code, "records": len(values), "columns": columns}
    if lines:
        return "\n".join(json.dumps(one) for one in (head, *values)).encode()
    return json.dumps(head | {"rows": values}).encode()


WRITERS = {"csv": csv_bytes, "xpt": xpt_bytes, "parquet": parquet_bytes, "json": json_bytes}
_WRITTEN: dict[str, dict[str, bytes]] = {}


def files_of(trial: Trial, ending: str = "csv") -> dict[str, bytes]:
    """The files of a delivery by name; what is as in the sound delivery is written once."""
    known = _WRITTEN.setdefault(ending, {})
    made, files = _made(), {}
    for code, rows in trial.items():
        if rows == made.get(code):
            known[code] = known.get(code) or WRITERS[ending](code, rows)
            files[f"{code.lower()}.{ending}"] = known[code]
        else:
            files[f"{code.lower()}.{ending}"] = WRITERS[ending](code, rows)
    return files


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """A zip archive of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def write(files: Mapping[str, bytes], folder: Path) -> Path:
    """Write the files of a delivery."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder
