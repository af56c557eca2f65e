"""A small sound delivery as CSV files, ways to break it, and what then became of it."""

from __future__ import annotations

import csv
import io
import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl

from support.readings import CT
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.errors import DataError
from trialwright.core.tables import Adam
from trialwright.exchange.csv_files import sdtm_files
from trialwright.intake.sdtm_delivery import read_sdtm

Table = list[list[str]]
Files = dict[str, bytes]


def _person(name: str) -> Patient:
    """A response in a liver and a node target, two non-targets, a new lesion at the end."""
    person = Patient(name).target("T01", "LIVER", 40, **CT).target("T02", "LYMPH NODE", 20.5, **CT)
    person.target("T03", "LUNG", 31.5, **CT)
    person.non_target("N01", "PERITONEUM").non_target("N02", "BONE")
    person.scan(56, {"T01": 25, "T02": 15.5, "T03": 20}, {"N01": "PRESENT", "N02": "PRESENT"})
    person.scan(112, {"T01": 24.5, "T02": 12, "T03": 18}, {"N01": "PRESENT", "N02": "STABLE"})
    person.scan(
        168, {"T01": 26, "T02": 12, "T03": 18}, {"N01": "UNEQUIVOCAL PROGRESSION", "N02": "PRESENT"},
        new={"X01": ("BRAIN", "UNEQUIVOCAL")},
    )  # fmt: skip
    person.rows["TR"][-3]["PDREAS"] = "massive growth"
    for number, (day, said) in enumerate(((56, "PR"), (112, "PR"), (168, "PD")), start=2):
        person.add("RS", RSTESTCD="OVRLRESP", RSORRES=said, RSSTRESC=said, VISITNUM=str(number),
                   RSDTC=on(day), RSEVAL="INVESTIGATOR")  # fmt: skip
        person.add("LB", LBTESTCD="CEA", LBORRES="4", LBSTRESN="4", LBSTNRHI="5", VISITNUM=str(number),
                   LBDTC=on(day))  # fmt: skip
    person.add("EX", EXTRT="DRUG", EXDOSE="10", EXSTDTC=on(0), EXENDTC=on(100))
    person.add("PR", PRTRT="RFA", PRCAT="STUDY TREATMENT", PRSTDTC=on(0), PRLOC="LIVER")
    person.add("PR", PRTRT="RADIOTHERAPY", PRCAT="LOCAL THERAPY NOT PER PROTOCOL", PRLNKID="X01",
               PRSTDTC=on(180))  # fmt: skip
    return person


@cache
def sound() -> Files:
    """The delivery without a fault."""
    sdtm = sdtm_of([_person(f"S-{i}") for i in (1, 2, 3)])
    return {name: text.encode() for name, text in sdtm_files(sdtm).items()}


def table(files: Files, name: str) -> Table:
    """Cells of a file, the header first."""
    return list(csv.reader(io.StringIO(files[name].decode(), newline=""), strict=True))


def written(cells: Table) -> bytes:
    """A file of these cells."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(cells)
    return out.getvalue().encode()


@dataclass(frozen=True)
class Fate:
    """What became of a delivery: refused, flagged, same, silent or crash."""

    kind: str
    words: str
    adam: Adam | None = None


def _derived(files: Files) -> Adam:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        return derive(protocol(), read_sdtm(Path(folder)))


@cache
def clean() -> Adam:
    """What the sound delivery gives."""
    return _derived(sound())


def _answers(adam: Adam) -> dict[str, pl.DataFrame]:
    """What is said of subjects and lesions, sequence numbers and row numbers left out."""
    source = ("SRCSEQ", "RULEID", "REASON", "WHATIF", "STUDYID")
    return {n: adam[n].drop(source, strict=False) for n in ("ADSL", "ADTR", "ADRS", "ADTTE")}


def records(files: Files) -> int:
    """Records of the domains that say something about lesions."""
    return sum(
        len(table(files, n)) - 1 for n in ("TU.csv", "TR.csv", "RS.csv", "PR.csv") if n in files
    )


def fate(files: Files, *, of_reader: bool = False) -> Fate:
    """Read and derive a delivery and compare it with the sound one.

    `of_reader` lets a comparison with the reader's own answers count as a flag.
    """
    try:
        adam = _derived(files)
    except DataError as refusal:
        return Fate("refused", str(refusal))
    except Exception as error:  # noqa: BLE001
        return Fate("crash", f"{type(error).__name__}: {error}")
    queries = adam.queries.join(
        clean().queries, on=adam.queries.columns, how="anti", nulls_equal=True
    )
    unused = adam.unused.join(clean().unused, on=adam.unused.columns, how="anti", nulls_equal=True)
    # A reader's own answer that differs shows the fault only where a reader answered.
    own = [r for r in queries.to_dicts() if r["RULEID"] != "R-053" or of_reader]
    said = [f"{r['RULEID']} {r['MESSAGE']}" for r in own]
    said += [f"unused: {r['DOMAIN']} {r['SRCSEQ']} {r['REASON']}" for r in unused.to_dicts()]
    if said:
        return Fate("flagged", "; ".join(said), adam)
    before, after = _answers(clean()), _answers(adam)
    changed = [n for n in before if not before[n].equals(after[n])]
    return Fate("silent" if changed else "same", ", ".join(changed), adam)


# -------------------------------------------------------------------------------------- breaking

Breaking = Callable[[random.Random, Files], str]


def _at(cells: Table, column: str) -> int:
    return cells[0].index(column)


def _rows(cells: Table, **wanted: str | Callable[[str], bool]) -> list[int]:
    """Rows whose columns hold these values."""
    found = []
    for i, row in enumerate(cells[1:], start=1):
        values = {c: row[_at(cells, c)] for c in wanted}
        if all(w(values[c]) if callable(w) else values[c] == w for c, w in wanted.items()):
            found.append(i)
    return found


def put(
    rng: random.Random, files: Files, name: str, values: dict[str, object], **wanted: object
) -> str:
    """Write values (one of a list) into a row that fits; the first value is returned."""
    cells = table(files, name)
    row = cells[rng.choice(_rows(cells, **wanted))]
    chosen = {c: rng.choice(v) if isinstance(v, list | tuple) else v for c, v in values.items()}
    for column, value in chosen.items():
        if column not in cells[0]:
            for i, other in enumerate(cells):
                other.append(column if i == 0 else "")
        row[_at(cells, column)] = str(value)
    files[name] = written(cells)
    return str(next(iter(chosen.values())))


def number(text: str) -> bool:
    """Whether a cell is a plain number."""
    return text.replace(".", "").isdigit()


def copied(
    rng: random.Random, files: Files, name: str, changes: dict[str, object], **wanted: object
) -> str:
    """Repeat a record with other values under a new sequence number."""
    cells = table(files, name)
    row = list(cells[rng.choice(_rows(cells, **wanted))])
    for column, value in changes.items():
        row[_at(cells, column)] = str(
            rng.choice(value) if isinstance(value, list | tuple) else value
        )
    sequence = f"{name[:2]}SEQ"
    if sequence in cells[0] and sequence not in changes:
        row[_at(cells, sequence)] = "99"
    files[name] = written([*cells, row])
    return (
        str(next(iter(changes.values())))
        if not isinstance(next(iter(changes.values())), list | tuple)
        else ""
    )


def without(rng: random.Random, files: Files, name: str, **wanted: object) -> str:
    """Leave out a record."""
    cells = table(files, name)
    gone = rng.choice(_rows(cells, **wanted))
    files[name] = written([*cells[:gone], *cells[gone + 1 :]])
    return ""


def raw(rng: random.Random, files: Files, change: Callable[[bytes], bytes], *names: str) -> str:
    """Change the bytes of a file."""
    name = rng.choice(names or ("TU.csv", "TR.csv", "RS.csv", "PR.csv", "DM.csv"))
    files[name] = change(files[name])
    return ""


SIZE = {"TRTESTCD": lambda t: t in ("LDIAM", "LPERP"), "TRORRES": number}
LATER = {"VISITNUM": lambda t: t in ("2", "3", "4")}
TARGETS = {"TRLNKID": lambda t: t.startswith("T")}


def _put(name: str, values: dict[str, object], **wanted: object) -> Breaking:
    return lambda rng, files: put(rng, files, name, values, **wanted)


def _swap(first: str, second: str, name: str = "TR.csv") -> Breaking:
    def change(_: random.Random, files: Files) -> str:
        cells = table(files, name)
        a, b = _at(cells, first), _at(cells, second)
        cells[0][a], cells[0][b] = cells[0][b], cells[0][a]
        files[name] = written(cells)
        return ""

    return change


def _scale_visit(rng: random.Random, files: Files) -> str:
    """All diameters of one visit of one subject more than ten times those of the visit before."""
    cells = table(files, "TR.csv")
    subject, visit = rng.choice(("S-1", "S-2", "S-3")), rng.choice(("2", "3"))
    for i in _rows(cells, USUBJID=subject, VISITNUM=visit, **SIZE):
        at = _at(cells, "TRORRES")
        cells[i][at] = f"{float(cells[i][at]) * 17:.1f}"
    files["TR.csv"] = written(cells)
    return ""


def _swap_visits(rng: random.Random, files: Files) -> str:
    """The visit numbers of two visits exchanged, the dates not."""
    cells = table(files, "TR.csv")
    at = _at(cells, "VISITNUM")
    other = {"2": "3", "3": "2"}
    for i in _rows(cells, USUBJID=rng.choice(("S-1", "S-2"))):
        cells[i][at] = other.get(cells[i][at], cells[i][at])
    files["TR.csv"] = written(cells)
    return ""


def _doubled_column(rng: random.Random, files: Files) -> str:
    name = rng.choice(("TR.csv", "TU.csv", "RS.csv"))
    cells = table(files, name)
    at = rng.randrange(len(cells[0]))
    files[name] = written([[*row, row[at]] for row in cells])
    return cells[0][at]


def _lost_column(rng: random.Random, files: Files) -> str:
    name, columns = rng.choice((
        ("TR.csv", ("USUBJID", "TRLNKID", "TRTESTCD", "TRORRES", "TRORRESU", "TRSTAT", "TRDTC", "VISITNUM")),
        ("TU.csv", ("USUBJID", "TULNKID", "TUTESTCD", "TUORRES", "TUDTC", "VISITNUM")),
    ))  # fmt: skip
    column = rng.choice(columns)
    cells = table(files, name)
    at = _at(cells, column)
    files[name] = written([row[:at] + row[at + 1 :] for row in cells])
    return column


def _cut(rng: random.Random, files: Files) -> str:
    """The file ends in the middle of a record."""
    name = rng.choice(("TR.csv", "TU.csv", "DM.csv"))
    lines = files[name].split(b"\n")
    row = rng.randrange(1, len(lines) - 1)
    keep = rng.randrange(1, lines[row].rfind(b",", 0, -1))
    files[name] = b"\n".join(lines[:row]) + b"\n" + lines[row][:keep]
    return ""


def _cut_at_line(rng: random.Random, files: Files) -> str:
    """The file ends after a whole record; other records of the visit are missing."""
    lines = files["TR.csv"].split(b"\n")
    files["TR.csv"] = b"\n".join(lines[: rng.randrange(3, len(lines) - 2)]) + b"\n"
    return ""


def _utf16(content: bytes) -> bytes:
    return content.decode().encode("utf-16")


def _nul(rng: random.Random, files: Files) -> str:
    name = rng.choice(("TR.csv", "TU.csv"))
    at = rng.randrange(len(files[name]))
    files[name] = files[name][:at] + b"\x00" + files[name][at:]
    return ""


def _quote(rng: random.Random, files: Files) -> str:
    name = rng.choice(("TR.csv", "TU.csv"))
    commas = [i for i, c in enumerate(files[name]) if c == ord(",")]
    at = rng.choice(commas) + 1
    files[name] = files[name][:at] + b'"' + files[name][at:]
    return ""


def _latin(rng: random.Random, files: Files) -> str:
    put(rng, files, "TU.csv", {"TULOC": "FÉMUR"})
    files["TU.csv"] = files["TU.csv"].decode().encode("latin-1")
    return ""


def _seq_twice(rng: random.Random, files: Files) -> str:
    name = rng.choice(("TR.csv", "TU.csv"))
    cells = table(files, name)
    at = _at(cells, f"{name[:2]}SEQ")
    cells[rng.choice((2, 3))][at] = cells[1][at]
    files[name] = written(cells)
    return cells[1][at]


def _new_file(name: str, header: str, *lines: str) -> Breaking:
    def change(rng: random.Random, files: Files) -> str:
        files[name] = "\n".join((header, rng.choice(lines), "")).encode()
        return ""

    return change


def _more(name: str, **values: object) -> Breaking:
    """One more record of S-1 with these values."""

    def change(rng: random.Random, files: Files) -> str:
        cells = table(files, name)
        row = dict.fromkeys(cells[0], "") | {"USUBJID": "S-1", f"{name[:2]}SEQ": "90"}
        row |= {c: rng.choice(v) if isinstance(v, list | tuple) else v for c, v in values.items()}
        missing = [c for c in row if c not in cells[0]]
        files[name] = written(
            [[*c, *(missing if i == 0 else [""] * len(missing))] for i, c in enumerate(cells)]
            + [[row[c] for c in (*cells[0], *missing)]]
        )
        return ""

    return change


def _all(*parts: Breaking) -> Breaking:
    def change(rng: random.Random, files: Files) -> str:
        values = [part(rng, files) for part in parts]
        return values[0]

    return change


_SUPP = "RDOMAIN,USUBJID,IDVAR,IDVARVAL,QNAM,QVAL"
_SPLIT = {
    "TUTESTCD": "TUSPLIT",
    "TULNKID": "T01.1",
    "TUEVAL": "INVESTIGATOR",
    "VISITNUM": "2",
    "TUDTC": on(56),
}
_MERGE = _SPLIT | {"TUTESTCD": "TUMERGE", "TULNKID": "T03"}
_PART = {"TRTESTCD": "LDIAM", "TRORRES": "10", "TRORRESU": "mm", "TREVAL": "INVESTIGATOR",
         "VISITNUM": "2", "TRDTC": on(56)}  # fmt: skip

#: Faults that R-143 refuses, with the value that the message has to show where one is at fault.
REFUSED: dict[str, Breaking] = {
    "unit that is no length": _put("TR.csv", {"TRORRESU": ["inch", "m", "%", "millimetre", "µm"]}, **SIZE),
    "unit missing": _put("TR.csv", {"TRORRESU": ""}, **SIZE),
    "comma": _put("TR.csv", {"TRORRES": ["31,5", "1,000", ",5"]}, **SIZE),
    "full-width digits": _put("TR.csv", {"TRORRES": ["３１", "3１.5", "٣١"]}, **SIZE),
    "negative": _put("TR.csv", {"TRORRES": ["-5", "-0.1", "\u22125"]}, **SIZE),
    "infinite": _put("TR.csv", {"TRORRES": ["inf", "Infinity", "nan", "1e400", "1E2"]}, **SIZE),
    "over 1000 mm": _put("TR.csv", {"TRORRES": ["1000.1", "99999", "9" * 40]}, **SIZE),
    "finer than 0.1 mm": _put("TR.csv", {"TRORRES": ["31.55", "0.01", "30.000001"]}, **SIZE),
    "number in words": _put("TR.csv", {"TRORRES": ["thirty", "ca. 30", ">30", "30mm", "30 - 31", "?"]}, **SIZE),
    "swapped columns": lambda rng, files: _swap(
        *rng.choice((("TRORRES", "TRORRESU"), ("TRTESTCD", "TRORRES"), ("TRDTC", "VISITNUM"), ("TRLNKID", "TRDTC")))
    )(rng, files),
    "doubled column": _doubled_column,
    "lost column": _lost_column,
    "doubled record, other value": lambda rng, files: copied(
        rng, files, "TR.csv", {"TRORRES": ["33.3", "7", "999"]}, **SIZE, **LATER
    ),
    "one identifier, two lesions": lambda rng, files: copied(
        rng, files, "TU.csv", {"TULOC": ["SKIN", "BRAIN"]}, TULNKID=lambda t: t[0] in "TN"
    ),
    "one lesion, two roles": lambda rng, files: copied(
        rng, files, "TU.csv", {"TUSTRESC": "NON-TARGET", "TUORRES": "NON-TARGET"}, TULNKID=lambda t: t[0] == "T"
    ),
    "target without baseline": lambda rng, files: without(rng, files, "TR.csv", VISITNUM="1", **TARGETS),
    "target of 0 at baseline": _put("TR.csv", {"TRORRES": "0"}, VISITNUM="1", **TARGETS),
    "target absent at baseline": _all(lambda *_: "", _put("TR.csv", {"TRORRES": "ABSENT"}, VISITNUM="1", **TARGETS)),
    "node by its long axis": _put("TR.csv", {"TRTESTCD": "LDIAM"}, TRTESTCD="LPERP", TRORRES=number),
    "unknown state": _put("TR.csv", {"TRORRES": ["WORSE", "PR", "STABEL", "Y"]}, TRTESTCD="TUMSTATE"),
    "unknown role": _put("TU.csv", {"TUSTRESC": ["TARGETT", "INDEX", "X"], "TUORRES": ""}),
    "unknown status": _put("TR.csv", {"TRSTAT": ["MAYBE", "DONE", "Y"]}),
    "impossible date": _put("TR.csv", {"TRDTC": ["2024-02-30", "2024-13-01", "0000-00-00", "2024-00-10"]}),
    "ambiguous date": _put("TR.csv", {"TRDTC": ["01/02/2024", "3 Feb 2024", "20240203", "2024/02/03", "45000"]}),
    "impossible date in TU": _put("TU.csv", {"TUDTC": ["2023-02-29", "12-25-2023"]}),
    "impossible date in DM": _put("DM.csv", {"RFXSTDTC": ["2024-01-32", "1/1/24"]}),
    "empty subject": lambda rng, files: put(rng, files, rng.choice(("TR.csv", "TU.csv", "RS.csv")), {"USUBJID": ""}),
    "empty lesion": _put("TR.csv", {"TRLNKID": ""}),
    "empty visit": _put("TR.csv", {"VISITNUM": ""}),
    "empty test": _put("TR.csv", {"TRTESTCD": ""}),
    "visit in words": _put("TR.csv", {"VISITNUM": ["TWO", "2,1", "V2", "２"]}),
    "latin-1 bytes": _latin,
    "utf-16": lambda rng, files: raw(rng, files, _utf16),
    "NUL byte": _nul,
    "cut in a record": _cut,
    "semicolons": lambda rng, files: raw(rng, files, lambda b: b.replace(b",", b";")),
    "tabs": lambda rng, files: raw(rng, files, lambda b: b.replace(b",", b"\t")),
    "stray quote": _quote,
    "empty file": lambda rng, files: raw(rng, files, lambda b: b"", "TR.csv", "TU.csv", "DM.csv"),
    "laboratory value in words": _put("LB.csv", {"LBSTRESN": ["high", "4,1", "<2"]}),
    "procedure without date": _put("PR.csv", {"PRSTDTC": ""}),
    "subject twice in DM": lambda rng, files: copied(rng, files, "DM.csv", {"ARMCD": "B"}),
}  # fmt: skip
#: Faults that are flagged or leave a record unused; a refusal is as good.
FLAGGED: dict[str, Breaking] = {
    "partial scan date": _put("TR.csv", {"TRDTC": ["2024-02", "2024"]}, **LATER),
    "no scan date": _put("TR.csv", {"TRDTC": ""}, **LATER, **SIZE),
    "scan after death": _more("DS.csv", DSDECOD="DEATH", DSSTDTC=on(100), DSSCAT="STUDY PARTICIPATION"),
    "scan long before birth": _put("TR.csv", {"TRDTC": ["1901-01-01", "1924-02-26"]}, **LATER),
    "scan far in the future": _put("TR.csv", {"TRDTC": ["2099-01-01", "2042-02-26"]}, **LATER),
    "scan a year off": _put("TR.csv", {"TRDTC": ["2025-02-26"]}, VISITNUM="2"),
    "TR without TU": lambda rng, files: without(rng, files, "TU.csv", TULNKID=lambda t: t[0] in "TN"),
    "new lesion without TU": lambda rng, files: without(rng, files, "TU.csv", TULNKID="X01"),
    "unknown test of TU": _put("TU.csv", {"TUTESTCD": ["TUIDENT", "TUMOR", "X"]}),
    "TU without TR": _more("TU.csv", TULNKID="N09", TUTESTCD="TUMIDENT", TUSTRESC="NON-TARGET", TULOC="LIVER",
                           VISITNUM="1", TUDTC=on(-7), TUEVAL="INVESTIGATOR"),
    "TU new without TR": _more("TU.csv", TULNKID="X09", TUTESTCD="TUMIDENT", TUSTRESC="NEW", TULOC="LIVER",
                               VISITNUM="2", TUDTC=on(56), TUEVAL="INVESTIGATOR"),
    "record of a visit lost": lambda rng, files: without(rng, files, "TR.csv", **LATER, TRLNKID=lambda t: t[0] in "TN"),
    "cut after a record": _cut_at_line,
    "subject not in DM": lambda rng, files: put(rng, files, rng.choice(("TR.csv", "TU.csv")), {"USUBJID": ["S-9", "S1"]}),
    "subject lost from DM": lambda rng, files: without(rng, files, "DM.csv", USUBJID=lambda t: t != "S-2"),
    "visit numbers against dates": _swap_visits,
    "one record of another visit": _put("TR.csv", {"VISITNUM": "3"}, VISITNUM="2", TRLNKID=lambda t: t[0] in "TN"),
    "sequence number twice": _seq_twice,
    "evaluator empty": _put("TR.csv", {"TREVAL": ""}),
    "evaluator of TU empty": _put("TU.csv", {"TUEVAL": ""}),
    "evaluator unknown": _put("TR.csv", {"TREVAL": ["SPONSOR", "INVESTIGATR"]}),
    "tenfold jump": _scale_visit,
    "sum that disagrees": _more("TR.csv", **(_PART | {"TRLNKID": "SUM", "TRTESTCD": "SUMDIAM", "TRORRES": ["61", "9", "0"]})),
    "lesion test unknown": _put("TR.csv", {"TRTESTCD": ["DIAM", "LDIAMETER", "VOLUME"]}, **SIZE, **LATER),
    "standard value disagrees": _put("TR.csv", {"TRSTRESN": ["3", "250", "1"]}, **SIZE, **LATER),
    "split of an unknown lesion": _more("TU.csv", **(_SPLIT | {"TUGRPID": ["T09", ""]})),
    "fragments beside their parent": _all(_more("TU.csv", **(_SPLIT | {"TUGRPID": "T01"})),
                                          _more("TR.csv", **(_PART | {"TRLNKID": "T01.1"}))),
    "fragment without TUSPLIT": _more("TR.csv", **(_PART | {"TRLNKID": "T01.1"})),
    "merged into an unknown lesion": _more("TU.csv", **(_MERGE | {"TUGRPID": ["T09", "T03", ""]})),
    "MERGEDTO unknown": _put("TR.csv", {"MERGEDTO": ["T09", "N01"], "TRORRES": "0"}, TRLNKID="T03", VISITNUM="2"),
    "merged and still measured": _more("TU.csv", **(_MERGE | {"TUGRPID": "T01"})),
    "procedure at an unknown lesion": _put("PR.csv", {"PRLNKID": ["T09", "LIVER"]}, PRLNKID="X01"),
    "procedure of unknown kind": _put("PR.csv", {"PRCAT": ["", "OTHER"], "PRLNKID": "T01"}, PRLNKID="X01"),
    "off protocol without lesion": _put("PR.csv", {"PRLNKID": ""}, PRLNKID="X01"),
    "relation to nothing": _new_file("RELREC.csv", "RDOMAIN,USUBJID,IDVAR,IDVARVAL,RELID",
                                     "PR,S-1,PRSEQ,1,A\nTU,S-1,TUSEQ,77,A", "PR,S-1,PRSEQ,66,A\nTU,S-1,TUSEQ,1,A"),
    "stated response unknown": _put("RS.csv", {"RSSTRESC": ["PARTIAL", "PRU", "X"], "RSORRES": ""}),
    "stated response at no visit": _put("RS.csv", {"VISITNUM": "9", "RSDTC": on(400)}),
    "stated response disagrees": _put("RS.csv", {"RSSTRESC": "SD", "RSORRES": "SD"}),
    "stated response without date": _put("RS.csv", {"RSDTC": "", "VISITNUM": ""}),
    "qualifier without record": _new_file("SUPPTR.csv", _SUPP, "TR,S-1,TRSEQ,777,PDREAS,x", "TR,S-7,TRSEQ,1,PDREAS,x"),
    "too small beside a number": _new_file("SUPPTR.csv", _SUPP, "TR,S-1,TRSEQ,6,TSTM,Y"),
    "slice in words": lambda rng, files: put(rng, files, "SUPPTU.csv", {"QVAL": ["thin", "-5"]}, QNAM="SLICEMM"),
    "not done with a number": _put("TR.csv", {"TRSTAT": "NOT DONE"}, **SIZE, **LATER),
    "not done without reason": _put("TR.csv", {"TRSTAT": "NOT DONE", "TRORRES": "", "TRORRESU": ""}, **SIZE, **LATER),
    "result empty": _put("TR.csv", {"TRORRES": "", "TRORRESU": ""}, **LATER, **SIZE),
    "first dose missing": _all(_put("DM.csv", {"RFXSTDTC": ""}, USUBJID="S-2"),
                               lambda rng, files: without(rng, files, "EX.csv", USUBJID="S-2"),
                               lambda rng, files: without(rng, files, "PR.csv", USUBJID="S-2", PRCAT="STUDY TREATMENT")),
    "location empty": _put("TU.csv", {"TULOC": ""}),
}  # fmt: skip
#: Other ways to write the same: read, and nothing changes.
SAME: dict[str, Breaking] = {
    "byte order mark": lambda rng, files: raw(rng, files, lambda b: b"\xef\xbb\xbf" + b),
    "line ends of Windows": lambda rng, files: raw(rng, files, lambda b: b.replace(b"\n", b"\r\n")),
    "blanks around keys": lambda rng, files: put(
        rng, files, "TR.csv", rng.choice(({"TRLNKID": " T01 "}, {"TRLNKID": "t01"})), TRLNKID="T01"
    ),
    "blanks around the subject": _put("TR.csv", {"USUBJID": " S-1 "}, USUBJID="S-1"),
    "record repeated identically": lambda rng, files: copied(rng, files, "TR.csv", {"TRDTC": on(56)}, VISITNUM="2"),
    "every cell in quotes": lambda rng, files: raw(
        rng, files, lambda b: b"\n".join(b",".join(b'"' + c + b'"' for c in line.split(b",")) for line in b.splitlines()) + b"\n",
        "DM.csv", "TR.csv",
    ),
    "first dose from EX": _put("DM.csv", {"RFXSTDTC": ""}),
    "lower case words": _put("TR.csv", {"TRORRES": ["present", " Present "]}, TRORRES="PRESENT"),
}  # fmt: skip


#: Faults of what a reader stated: the comparison is the check.
OF_READER = frozenset({"stated response disagrees", "sum that disagrees"})


def broken(kind: str, seed: int) -> tuple[Files, str]:
    """The delivery with one fault of the kind, and the value at fault ("" for none)."""
    files = dict(sound())
    change = (REFUSED | FLAGGED | SAME)[kind]
    value = change(random.Random(seed), files)
    return files, value
