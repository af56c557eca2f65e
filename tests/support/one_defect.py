"""Ways to break the base delivery in one place, in every format."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from support import base_delivery as sound
from support.base_delivery import Row, Trial
from support.trial import on

Files = dict[str, bytes]


@dataclass(frozen=True)
class Defect:
    """One defect.

    `change` works on records, `damage` on the files that were written; `says` are the words that
    the refusal has to hold (file, row, column, value), or rule id and words of the flag.
    """

    says: tuple[str, ...]
    ending: str = "csv"
    change: Callable[[Trial], None] | None = None
    damage: Callable[[Files], None] | None = None

    def files(self, trial: Trial | None = None) -> Files:
        """The files of the base delivery, or of another, with the defect."""
        trial = trial or sound.base()
        if self.change is not None:
            self.change(trial)
        files = sound.files_of(trial, self.ending)
        if self.damage is not None:
            self.damage(files)
        return files


def find(trial: Trial, code: str, **wanted: str) -> Row:
    """The first record with these values."""
    return next(r for r in trial[code] if all(r.get(k, "") == v for k, v in wanted.items()))


def put(code: str, values: Mapping[str, str], **wanted: str) -> Callable[[Trial], None]:
    """Write values into the first record that fits."""
    return lambda trial: find(trial, code, **wanted).update(values)


def every(code: str, values: Mapping[str, str], **wanted: str) -> Callable[[Trial], None]:
    """Write values into all records that fit."""

    def change(trial: Trial) -> None:
        for row in trial[code]:
            if all(row.get(k, "") == v for k, v in wanted.items()):
                row.update(values)

    return change


def lose(code: str, **wanted: str) -> Callable[[Trial], None]:
    """Leave out the records that fit; a domain without records goes."""

    def change(trial: Trial) -> None:
        trial[code] = [
            row for row in trial[code] if not all(row.get(k, "") == v for k, v in wanted.items())
        ]
        if not trial[code]:
            del trial[code]

    return change


def drop(code: str, column: str) -> Callable[[Files], None]:
    """Leave out a column of a CSV file."""

    def damage(files: Files) -> None:
        name = f"{code.lower()}.csv"
        frame = pl.read_csv(io.BytesIO(files[name]), infer_schema=False).drop(column)
        files[name] = frame.write_csv().encode()

    return damage


def more(code: str, row: Row) -> Callable[[Trial], None]:
    """One more record; it takes what it does not say from the first of the domain."""

    def change(trial: Trial) -> None:
        first = trial[code][0]
        sequence = {f"{code}SEQ": "90"} if f"{code}SEQ" in first else {}
        trial[code].append(first | sequence | row)

    return change


def repeat(code: str, values: Mapping[str, str], **wanted: str) -> Callable[[Trial], None]:
    """Repeat the first record that fits under a new sequence number, with other values."""
    return lambda trial: trial[code].append(
        find(trial, code, **wanted) | {f"{code}SEQ": "91"} | dict(values)
    )


def raw(name: str, change: Callable[[bytes], bytes]) -> Callable[[Files], None]:
    """Change the bytes of a file."""

    def damage(files: Files) -> None:
        files[name] = change(files[name])

    return damage


def packed(change: Callable[[Files], bytes]) -> Callable[[Files], None]:
    """Put all files into one archive, as `change` makes it."""

    def damage(files: Files) -> None:
        content = change(dict(files))
        files.clear()
        files["delivery.zip"] = content

    return damage


def _frame(content: bytes) -> pl.DataFrame:
    return pl.read_parquet(io.BytesIO(content))


def parquet(change: Callable[[pl.DataFrame], pl.DataFrame]) -> Callable[[bytes], bytes]:
    """Change the frame of a Parquet file."""

    def work(content: bytes) -> bytes:
        out = io.BytesIO()
        change(_frame(content)).write_parquet(out)
        return out.getvalue()

    return work


def dataset(change: Callable[[dict[str, object]], object]) -> Callable[[bytes], bytes]:
    """Change the object of a Dataset-JSON file."""

    def work(content: bytes) -> bytes:
        value = json.loads(content)
        change(value)
        return json.dumps(value).encode()

    return work


def _doubled(files: Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in [*files, "tr.csv"]:
            archive.writestr(zipfile.ZipInfo(name), files[name])
    return out.getvalue()


def _locked(files: Files) -> bytes:
    content = bytearray(sound.zip_bytes(files))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(mark)
        while start >= 0:
            content[start + at] |= 1
            start = content.find(mark, start + 4)
    return bytes(content)


def _flipped(files: Files) -> bytes:
    content = bytearray(sound.zip_bytes({"dm.csv": files["dm.csv"]}))
    content[60] ^= 0xFF
    return bytes(content)


_T01 = {"USUBJID": "BASE-P-01", "TRLNKID": "T01", "TRTESTCD": "LDIAM"}
_LATER = _T01 | {"VISITNUM": "2"}
_SIZE = "tr.{}, row {}, TRORRES"
_SUPP = {"USUBJID": "BASE-P-01", "IDVAR": "TRSEQ", "IDVARVAL": "1", "QNAM": "PDREAS", "QVAL": "x"}


def _nested(value: dict[str, object]) -> None:
    value["rows"][3][2] = {"a": 1}  # type: ignore[index]


def _pop(value: dict[str, object]) -> None:
    value["rows"][4].pop()  # type: ignore[index]


def _split_twice(files: Files) -> None:
    files["tr.xpt"] = sound.xpt_bytes("TR", sound.base()["TR"])


#: Refused, with the words that the message has to hold.
REFUSED: dict[str, Defect] = {
    # transport files
    "xpt: comma": Defect(("tr.xpt, row", "TRORRES", '"31,5"'), "xpt", put("TR", {"TRORRES": "31,5"}, **_LATER)),
    "xpt: cut": Defect(("tr.xpt", "damaged"), "xpt", damage=raw("tr.xpt", lambda b: b[: len(b) // 2 // 80 * 80])),
    "xpt: version 8": Defect(("tu.xpt", "version 8"), "xpt", damage=raw("tu.xpt", lambda b: b.replace(b"LIBRARY ", b"LIBV8   ", 1))),
    "xpt: another format": Defect(("dm.xpt", "no SAS transport file"), "xpt", damage=raw("dm.xpt", lambda b: b"USUBJID\nP-01\n")),
    "xpt: latin-1": Defect(("tu.xpt, row 1, TULOC", "0xC9"), "xpt", damage=raw("tu.xpt", lambda b: b.replace(b"LIVER", b"LIV\xc9R", 1))),
    "xpt: blank subject": Defect(("tr.xpt, row 1, USUBJID",), "xpt", lambda t: t["TR"][0].update(USUBJID=" ")),
    "xpt: impossible date": Defect(("tr.xpt, row 1, TRDTC", '"2023-12-32"'), "xpt", lambda t: t["TR"][0].update(TRDTC="2023-12-32")),
    "xpt: two datasets of one name": Defect(("tr.xpt", "stands twice"), "xpt", damage=raw("tr.xpt", lambda b: b + b[240:])),
    # Parquet
    "parquet: negative": Defect(("tr.parquet, row", "TRORRES", '"-5"'), "parquet", put("TR", {"TRORRES": "-5"}, **_LATER)),
    "parquet: nested column": Defect(("tr.parquet", '"TRORRES"', "Struct"), "parquet", damage=raw("tr.parquet", parquet(
        lambda f: f.with_columns(TRORRES=pl.struct("TRORRES"))))),
    "parquet: list column": Defect(("tu.parquet", '"TULOC"', "List"), "parquet", damage=raw("tu.parquet", parquet(
        lambda f: f.with_columns(TULOC=pl.concat_list("TULOC"))))),
    "parquet: cut": Defect(("tr.parquet", "damaged"), "parquet", damage=raw("tr.parquet", lambda b: b[:-20])),
    "parquet: middle overwritten": Defect(("tr.parquet",), "parquet", damage=raw("tr.parquet", lambda b: b[:40] + b"\xff" * 40 + b[80:])),
    "parquet: column twice": Defect(("tr.parquet", '"TRORRES"'), "parquet", damage=raw("tr.parquet", parquet(
        lambda f: f.with_columns(trorres="TRORRES")))),
    "parquet: infinite visit": Defect(("tr.parquet, row 1, VISITNUM", '"inf"'), "parquet", damage=raw("tr.parquet", parquet(
        lambda f: f.with_columns(VISITNUM=pl.when(pl.int_range(pl.len()) == 0).then(float("inf")).otherwise("VISITNUM"))))),
    "parquet: another format": Defect(("dm.parquet", "no Parquet file"), "parquet", damage=raw("dm.parquet", lambda b: b"USUBJID\nP-01\n")),
    # Dataset-JSON
    "json: fewer records than it says": Defect(("tr.json", "says 999 records"), "json", damage=raw("tr.json", dataset(
        lambda v: v.update(records=999)))),
    "json: row too short": Defect(("tr.json, row 5:",), "json", damage=raw("tr.json", dataset(_pop))),
    "json: not a number": Defect(("dm.json", "NaN"), "json", damage=raw("dm.json", lambda b: b.replace(b"61", b"NaN", 1))),
    "json: key twice": Defect(("dm.json", "twice"), "json", damage=raw("dm.json", lambda b: b.replace(b"{", b'{"rows": [], ', 1))),
    "json: another version": Defect(("dm.json", "datasetJSONVersion"), "json", damage=raw("dm.json", lambda b: b.replace(b"1.1.0", b"2.0.0", 1))),
    "json: object in a cell": Defect(("tr.json, row 4, USUBJID",), "json", damage=raw("tr.json", dataset(_nested))),
    "json: unit missing": Defect(("tr.json, row", "TRORRESU"), "json", put("TR", {"TRORRESU": ""}, **_LATER)),
    "json: cut": Defect(("tr.json", "no JSON"), "json", damage=raw("tr.json", lambda b: b[:-30])),
    "ndjson: broken line": Defect(("tr.ndjson", "line 5"), "csv", damage=lambda f: f.update({
        "tr.ndjson": sound.json_bytes("TR", sound.base()["TR"], lines=True).replace(b"\n[", b"\n[[", 4).replace(b"\n[[", b"\n[", 3), "tr.csv": b""}) or (f.pop("tr.csv") and None)),
    # archives
    "zip: damaged": Defect(("delivery.zip", "damaged"), damage=packed(lambda f: sound.zip_bytes(f)[:-40])),
    "zip: a byte flipped": Defect(("delivery.zip", "damaged"), damage=packed(_flipped)),
    "zip: password": Defect(("delivery.zip: dm.csv", "encrypted"), damage=packed(_locked)),
    "zip: in a zip": Defect(("delivery.zip: inner.zip",), damage=packed(lambda f: sound.zip_bytes(f | {"inner.zip": sound.zip_bytes(f)}))),
    "zip: file twice": Defect(("delivery.zip: tr.csv", "twice"), damage=packed(_doubled)),
    "zip: bomb": Defect(("delivery.zip", "holds too much"), damage=packed(lambda f: sound.zip_bytes(f | {"lb.csv": b"\n" * 50_000_000}))),
    "zip: a value within": Defect(('delivery.zip/tr.csv, row 2, TRORRES: "50 mm"',), change=put("TR", {"TRORRES": "50 mm"}, **_T01), damage=packed(sound.zip_bytes)),
    # CSV and what holds for all
    "centimetres too fine": Defect(("tr.csv, row", "TRORRES", '"3.055"'), change=put("TR", {"TRORRES": "3.055", "TRORRESU": "cm", "TRSTRESN": ""}, **_LATER)),
    "centimetres too long": Defect(("tr.csv, row", "TRORRES", '"101"'), change=put("TR", {"TRORRES": "101", "TRORRESU": "cm", "TRSTRESN": ""}, **_LATER)),
    "gb18030 that nobody named": Defect(("tu.csv, line 2", "0x"), damage=raw("tu.csv", lambda b: b.decode().replace("LIVER", "肝", 1).encode("gb18030"))),
    "two files of a domain": Defect(("tr.csv and tr.xpt",), damage=_split_twice),
    "another domain than the file says": Defect(('tu.csv, row 2, DOMAIN: "TR"',), change=lambda t: t["TU"][0].update(DOMAIN="TR")),
    "column of a qualifier missing": Defect(("supptr.csv, row 1", "QNAM"), damage=drop("SUPPTR", "QNAM")),
    "qualifier tied by an unknown column": Defect(("supptr.csv, row", 'IDVAR: "TRSPID"'), change=more("SUPPTR", _SUPP | {"IDVAR": "TRSPID"})),
    "qualifier without its record": Defect(("supptr.csv, row", "IDVARVAL"), change=more("SUPPTR", _SUPP | {"IDVARVAL": ""})),
    "qualifier with a name of blanks": Defect(("supptr.csv, row", 'QNAM: "PD REAS"'), change=more("SUPPTR", _SUPP | {"QNAM": "PD REAS"})),
    "qualifier with two values": Defect(("supptu.csv, row", "SLICEMM", '"7"'), change=lambda t: t["SUPPTU"].append(t["SUPPTU"][0] | {"QVAL": "7"})),
    "qualifier named as a key": Defect(("supptr.csv, row", 'QNAM: "USUBJID"'), change=more("SUPPTR", _SUPP | {"QNAM": "USUBJID"})),
    "sequence twice under a qualifier": Defect(("tr.csv, row", "TRSEQ"), change=lambda t: t["TR"][1].update(TRSEQ=next(r["IDVARVAL"] for r in t["SUPPTR"]), USUBJID=t["SUPPTR"][0]["USUBJID"])),
    "subject twice in another case": Defect(('dm.csv, row 5, USUBJID: "base-p-01"',), change=more("DM", {"USUBJID": "base-p-01"})),
    "adverse event without term": Defect(("ae.csv, row 2, AETERM",), change=lambda t: t["AE"][0].update(AETERM="")),
    "adverse event of the year 2204": Defect(('ae.csv, row 2, AESTDTC: "2204-01-05"',), change=lambda t: t["AE"][0].update(AESTDTC="2204-01-05")),
    "dose without start": Defect(("ex.csv, row 2, EXSTDTC",), change=lambda t: t["EX"][0].update(EXSTDTC="")),
    "dose in words": Defect(('ex.csv, row 2, EXDOSE: "ten"',), change=lambda t: t["EX"][0].update(EXDOSE="ten")),
    "age with a comma": Defect(('dm.csv, row 2, AGE: "61,5"',), change=lambda t: t["DM"][0].update(AGE="61,5")),
    "hour that no day has": Defect(('tr.csv, row 2, TRDTC: "2023-12-25T25:61"',), change=lambda t: t["TR"][0].update(TRDTC="2023-12-25T25:61")),
    "laboratory value with exponent": Defect(('lb.csv, row 2, LBSTRESN: "2e1"',), change=lambda t: t["LB"][0].update(LBSTRESN="2e1")),
    "no subjects": Defect(("dm.csv",), damage=raw("dm.csv", lambda b: b.splitlines(keepends=True)[0])),
    "merged lesion of another role": Defect(("tu.csv, row", "TUSTRESC"), change=put("TU", {"TUSTRESC": "MERGED", "TUORRES": ""}, TULNKID="T02", USUBJID="BASE-P-02", TUTESTCD="TUMIDENT")),
}  # fmt: skip

#: Used or set aside with a flag: rule and words of the flag.
FLAGGED: dict[str, Defect] = {
    "two readers, nobody said which": Defect(("R-072", "RADIOLOGIST 1, RADIOLOGIST 2", "no word on which one counts"), change=lambda t: [
        every(c, {f"{c}EVALID": "RADIOLOGIST 2"}, **{"USUBJID": "BASE-P-01", f"{c}EVAL": "INDEPENDENT ASSESSOR"})(t) for c in ("TU", "TR")] and None),
    "fragment lost": Defect(("R-136", "A fragment"), change=lose("TR", TRLNKID="T03.2", VISITNUM="3")),
    "too small with another standard value": Defect(("R-135", "otherwise"), "parquet", put("TR", {"TRSTRESN": "3"}, TRLNKID="T03", VISITNUM="2")),
    "standard value in centimetres": Defect(("R-133", "TRSTRESN"), "xpt", put("TR", {"TRSTRESN": "3"}, **_LATER)),
    "record repeated": Defect(("R-133", "repeated"), "json", repeat("TR", {}, **_LATER)),
    "partial scan date": Defect(("R-143", "partial"), "xpt", put("TR", {"TRDTC": "2024-02"}, **_LATER)),
    "nobody read": Defect(("R-130", "INVESTIGATOR"), change=lambda t: [lose("TR", TREVAL="INDEPENDENT ASSESSOR")(t), lose("TU", TUEVAL="INDEPENDENT ASSESSOR")(t),
        every("TR", {"TREVAL": ""})(t), every("TU", {"TUEVAL": ""})(t), t.pop("SUPPTU"), None][-1]),
    "new lesion without a word": Defect(("R-047",), change=lose("TR", TRLNKID="NEW01", VISITNUM="2")),
    "scan after death": Defect(("R-143", "death"), change=lambda t: [put("DM", {"DTHDTC": on(60)}, USUBJID="BASE-P-03")(t), put("DS", {"DSSTDTC": on(60)}, DSDECOD="DEATH")(t), None][-1]),
    "qualifier of no record": Defect(("R-143", "supptr.json, row 4", "PDREAS"), "json", more("SUPPTR", _SUPP | {"IDVARVAL": "777"})),
    "subject not in DM": Defect(("R-143", "not in DM"), "parquet", every("TR", {"USUBJID": "BASE-P-09"}, USUBJID="BASE-P-03", VISITNUM="2.1")),
    "procedure of an unknown kind": Defect(("R-141",), change=lambda t: t["PR"][0].update(PRCAT="OTHER")),
    "relation to no record": Defect(("R-141",), change=put("RELREC", {"IDVARVAL": "99"}, RDOMAIN="TU")),
    "two dates of death": Defect(("death",), change=put("DS", {"DSSTDTC": on(210)}, DSDECOD="DEATH")),
    "two studies": Defect(("R-130", "more than one study", '"OTHER" in TR'), change=lambda t: t["TR"][0].update(STUDYID="OTHER")),
    "unscheduled visit before its number": Defect(("R-131",), change=every("TR", {"TRDTC": on(50)}, USUBJID="BASE-P-03", VISITNUM="2.1")),
    "event that ends before it starts": Defect(("R-143", 'ae.csv, row 2, AEENDTC: "2024-01-11" is before AESTDTC'), change=lambda t: t["AE"][0].update(AESTDTC=on(20), AEENDTC=on(10))),
    "location empty": Defect(("R-132",), "json", put("TU", {"TULOC": ""}, TULNKID="T01")),
    "tenfold jump": Defect(("R-143",), "parquet", lambda t: [r.update(TRORRES=str(float(r["TRORRES"]) * 12).rstrip("0").rstrip("."), TRSTRESN="") for r in t["TR"] if r["USUBJID"] == "BASE-P-03" and r["VISITNUM"] == "2" and r["TRTESTCD"] == "LDIAM"] and None),
}  # fmt: skip
