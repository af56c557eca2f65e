"""The base delivery as others would write it: the same results, or a refusal in words."""

from __future__ import annotations

import io

import polars as pl
import pyreadstat
import pytest

from support import base_delivery as sound
from support.base_delivery import Trial
from support.rules import protocol
from support.trial import on
from trialwright.adam.derive import derive
from trialwright.core.errors import DataError
from trialwright.intake.delivery import read_delivery

PROTOCOL = protocol()
#: What is said of patients; where a record came from may differ.
ASKED = {
    "ADSL": ("USUBJID", "TRTSDT", "NACTDT", "DTHDT", "FASFL", "SODBL", "COHORT"),
    "ADTR": ("USUBJID", "PARAMCD", "TRLNKID", "EVAL", "AVISITN", "ADT", "AVAL", "AVALC"),
    "ADRS": ("USUBJID", "PARAMCD", "EVAL", "AVISITN", "ADT", "AVALC", "RULEID"),
    "ADTTE": ("USUBJID", "PARAMCD", "STARTDT", "ADT", "AVAL", "CNSR", "RULEID"),
    "ADLB": ("USUBJID", "PARAMCD", "ADT", "AVAL", "ATOXGRH"),
}


def answers(path) -> dict[str, pl.DataFrame]:
    adam = derive(PROTOCOL, read_delivery(path, PROTOCOL).sdtm)
    return {name: adam[name].select(columns) for name, columns in ASKED.items()}


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """Answers to the plain delivery, of all evaluators and of one."""
    made: dict[str, dict[str, pl.DataFrame]] = {}
    for name, trial in (("one", sound.of_one_reader()), ("two", sound.base())):
        folder = sound.write(sound.files_of(trial), tmp_path_factory.mktemp(name))
        made[name] = answers(folder)
    return made


def same(plain, folder, readers="one"):
    for name, frame in answers(folder).items():
        assert frame.equals(plain[readers][name]), (name, frame, plain[readers][name])


def each(trial: Trial, code: str, change) -> Trial:
    for row in trial[code]:
        change(row)
    return trial


# ------------------------------------------------------------------ other ways to write records


def centimetres(trial: Trial) -> None:
    for row in trial["TR"]:
        if row.get("TRORRESU") == "mm":
            row |= {"TRORRES": f"{float(row['TRORRES']) / 10:g}", "TRORRESU": "cm"}


def leading_zeros(trial: Trial) -> None:
    """RELREC and SUPP name sequence numbers as doubles, VISITNUM has trailing zeros."""
    for code in ("SUPPTU", "SUPPTR"):
        each(trial, code, lambda row: row.update(IDVARVAL=f"{row['IDVARVAL']}.0"))
    each(trial, "RELREC", lambda r: r.update(IDVARVAL="1.0") if r["IDVAR"] == "PRSEQ" else None)
    each(trial, "TR", lambda row: row.update(VISITNUM=f"{float(row['VISITNUM']):.2f}"))


def words_with_lesion(trial: Trial) -> None:
    words = {"TARGET": "Target Lesion", "NON-TARGET": "NonTarget", "NEW": "New Lesion"}
    each(
        trial, "TU", lambda r: r.update(TUORRES=words.get(r["TUORRES"], r["TUORRES"]), TUSTRESC="")
    )


def other_words(trial: Trial) -> None:
    """DIAMETER and SAXIS for LDIAM and LPERP, TSTM and <5 for too small, RESOLVED."""
    tests = {"LDIAM": "DIAMETER"}
    for row in trial["TR"]:
        row["TRTESTCD"] = tests.get(row["TRTESTCD"], row["TRTESTCD"])
        if row["TRLNKID"] == "T02" and row["TRTESTCD"] == "LPERP":
            row["TRTESTCD"] = "SAXIS"
        if row["TRORRES"] == "TOO SMALL TO MEASURE":
            row |= {"TRORRES": "<5", "TRSTRESC": "TOO SMALL TO MEASURE", "TRSTRESN": "5"}
        if row["TRORRES"] == "PRESENT":
            row["TRORRES"] = "Stable"


def sums_and_percentages(trial: Trial) -> None:
    """Sums, nodal sums and percentages beside the lesions are compared, never added."""
    for visit, day, value in ((1, -7, "92.5"), (2, 56, "49"), (3, 112, "42")):
        for at, (test, text, unit) in enumerate(
            (("SUMDIAM", value, "mm"), ("PCHGBL", "-10.5", "%"))
        ):
            trial["TR"].append({
                "STUDYID": "BASE", "DOMAIN": "TR", "USUBJID": "BASE-P-01", "TRSEQ": str(100 + 10 * visit + at),
                "TRLNKID": "SUM", "TRTESTCD": test, "TRORRES": text, "TRORRESU": unit, "TREVAL": "INVESTIGATOR",
                "VISITNUM": str(visit), "TRDTC": on(day),
            })  # fmt: skip


def times_in_dates(trial: Trial) -> None:
    each(trial, "TR", lambda row: row.update(TRDTC=f"{row['TRDTC']}T10:30"))
    each(trial, "TU", lambda row: row.update(TUDTC=f"{row['TUDTC']}T23:59:59"))
    each(trial, "LB", lambda row: row.update(LBDTC=f"{row['LBDTC']}T-:30"))


def extra_columns(trial: Trial) -> None:
    for at, row in enumerate(trial["TR"]):
        row |= {"TRSPID": f"CRF {at}", "EPOCH": "TREATMENT", "TRDY": "12", "XYZ_UNIT": "a"}
    each(trial, "DM", lambda row: row.update(COUNTRY="DEU", RACE="ASIAN", ETHNIC=""))


def unscheduled(trial: Trial) -> None:
    """Visit numbers of another scheme: 10, 20, 20.1, 30."""
    numbers = {"1": "10", "2": "20", "2.1": "20.1", "3": "30"}
    for code in ("TU", "TR", "RS", "SV", "LB", "VS", "EG"):
        each(trial, code, lambda row: row.update(VISITNUM=numbers[row["VISITNUM"]]))


def not_done_without_date(trial: Trial) -> None:
    """The extra size test was not done; its record has a reason and no date."""
    for row in trial["TR"]:
        if row["TRLNKID"] == "T01" and row["TRTESTCD"] == "LPERP" and row["VISITNUM"] == "3":
            row |= {"TRORRES": "", "TRSTRESC": "", "TRSTRESN": "", "TRORRESU": "", "TRSTAT": "NOT DONE",
                    "TRREASND": "NOT MEASURED", "TRDTC": ""}  # fmt: skip


def qualifiers_as_columns(trial: Trial) -> None:
    """SUPP-- records and a column of the same name are equal (section 14)."""
    for code in ("TU", "TR", "DM"):
        for one in trial.pop(f"SUPP{code}"):
            for row in trial[code]:
                if (
                    row["USUBJID"] == one["USUBJID"]
                    and row.get(f"{code}SEQ", "") == one["IDVARVAL"]
                ):
                    row[one["QNAM"]] = one["QVAL"]


def qualifiers_by_link(trial: Trial) -> None:
    """SUPPTU tied by TULNKID."""
    links = {(r["USUBJID"], r["TUSEQ"]): r["TULNKID"] for r in trial["TU"]}
    for one in trial["SUPPTU"]:
        one |= {"IDVAR": "TULNKID", "IDVARVAL": links[one["USUBJID"], one["IDVARVAL"]]}


def relation_by_sequence(trial: Trial) -> None:
    number = next(r["TUSEQ"] for r in trial["TU"] if r["TULNKID"] == "NEW01")
    relation = next(r for r in trial["RELREC"] if r["RDOMAIN"] == "TU")
    relation |= {"IDVAR": "TUSEQ", "IDVARVAL": number}


def procedure_by_link(trial: Trial) -> None:
    trial.pop("RELREC")
    trial["PR"][0]["PRLNKID"] = "new01"


def joint_identifier(trial: Trial) -> None:
    """Merged lesions by a joint id T01/T02 (R-138 b)."""
    for row in trial["TU"]:
        if row["TUTESTCD"] == "TUMERGE":
            row |= {"TULNKID": "T01/T02", "TUGRPID": ""}
    trial["SUPPTR"] = [row for row in trial["SUPPTR"] if row["QNAM"] != "MERGEDTO"]
    gone = {"TRORRES": "", "TRSTRESC": "", "TRSTRESN": "", "TRORRESU": "", "TRSTAT": "NOT DONE",
            "TRREASND": "TUMOR MERGED"}  # fmt: skip
    joint = []
    for row in trial["TR"]:
        if (
            row["USUBJID"] == "BASE-P-02"
            and row["VISITNUM"] in "23"
            and row["TRLNKID"] in ("T01", "T02")
        ):
            if row["TRLNKID"] == "T01":
                joint.append(row | {"TRLNKID": "T01/T02", "TRSEQ": f"8{row['TRSEQ']}"})
            row.update(gone)
    trial["TR"] += joint


def death_in_disposition_only(trial: Trial) -> None:
    each(trial, "DM", lambda row: (row.pop("DTHDTC", None), row.pop("DTHFL", None)))


RECORDS = {
    one.__name__: one
    for one in (
        centimetres, leading_zeros, words_with_lesion, other_words, sums_and_percentages, times_in_dates,
        extra_columns, unscheduled, not_done_without_date, qualifiers_as_columns, qualifiers_by_link,
        relation_by_sequence, procedure_by_link, joint_identifier, death_in_disposition_only,
    )
}  # fmt: skip


@pytest.mark.parametrize("style", RECORDS)
def test_records_written_otherwise(style, plain, tmp_path):
    trial = sound.of_one_reader()
    RECORDS[style](trial)
    same(plain, sound.write(sound.files_of(trial), tmp_path))


def test_the_comparison_sees_a_changed_value(plain, tmp_path):
    trial = sound.of_one_reader()
    trial["TR"][0]["TRORRES"] = "51"
    with pytest.raises(AssertionError):
        same(plain, sound.write(sound.files_of(trial), tmp_path))


# ------------------------------------------------------------------ other ways to write files


def lower_case(folder):
    """Lower-case columns and mixed-case file names, line ends of Windows, a byte order mark."""
    for name, content in sound.files_of(sound.of_one_reader()).items():
        head, _, rest = content.partition(b"\n")
        text = b"\xef\xbb\xbf" + (head.lower() + b"\n" + rest).replace(b"\n", b"\r\n")
        sound.write({name.title(): text}, folder)


def sas_export(folder):
    """Transport files with numeric dates, shown by formats, and labels."""
    for code, rows in sound.of_one_reader().items():
        frame = sound.typed(code, sound.frame_of(code, rows))
        days = [n for n in frame.columns if n.endswith("DTC") and _whole(frame[n])]
        zero = pl.date(1960, 1, 1)
        numbers = [
            (pl.col(n).replace("", None).str.to_date("%Y-%m-%d") - zero).dt.total_days().cast(pl.Float64).alias(n)
            for n in days
        ]  # fmt: skip
        path = folder / f"{code.lower()}.xpt"
        pyreadstat.write_xport(
            frame.with_columns(numbers), path, table_name=code, file_format_version=5, file_label="Export",
            variable_format=dict.fromkeys(days, "DATE9."), column_labels=[n.title() for n in frame.columns],
        )  # fmt: skip


def _whole(column):
    return bool((column.str.len_bytes().is_in([0, 10])).all()) and bool((column != "").any())


def typed_parquet(folder):
    """Parquet with dates as dates and numbers as doubles."""
    for code, rows in sound.of_one_reader().items():
        sound.write({f"{code}.parquet": sound.parquet_bytes(code, rows, dates=True)}, folder)


def integers_and_categories(folder):
    """Parquet with sequence numbers as integers and words as categories."""
    for code, rows in sound.of_one_reader().items():
        frame = sound.frame_of(code, rows)
        words = [n for n in frame.columns if n.endswith(("TESTCD", "EVAL", "VISIT"))]
        counts = [n for n in frame.columns if n == f"{code}SEQ"]
        frame = frame.with_columns(
            pl.col(words).cast(pl.Categorical), pl.col(counts).cast(pl.Int32)
        )
        out = io.BytesIO()
        frame.write_parquet(out, compression="snappy")
        sound.write({f"{code}.parquet": out.getvalue()}, folder)


def json_lines(folder):
    for code, rows in sound.of_one_reader().items():
        sound.write({f"{code}.ndjson": sound.json_bytes(code, rows, lines=True)}, folder)


_DEFINE = (
    b'<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3" xmlns:def="http://www.cdisc.org/ns/def/v2.1"/>'
)


def archive_with_a_document(folder):
    """A zip archive with a folder in it, a PDF, define.xml and what a Mac adds."""
    files = {f"study/sdtm/{n}": c for n, c in sound.files_of(sound.of_one_reader()).items()}
    files |= {"study/acrf.pdf": b"%PDF-1.7", "study/sdtm/define.xml": _DEFINE, "__MACOSX/._tr.csv": b"\0",
              "study/.DS_Store": b"\0"}  # fmt: skip
    sound.write({"delivery.zip": sound.zip_bytes(files)}, folder)


def every_file_another_format(folder):
    endings = ["csv", "xpt", "parquet", "json"]
    for at, (code, rows) in enumerate(sound.of_one_reader().items()):
        ending = endings[at % 4]
        sound.write({f"{code}.{ending}": sound.WRITERS[ending](code, rows)}, folder)


def split_laboratory(folder):
    """LB in two parts (chemistry, the rest), each in its own format."""
    trial = sound.of_one_reader()
    rows = trial.pop("LB")
    sound.write(sound.files_of(trial), folder)
    sound.write(
        {
            "lbch.xpt": sound.xpt_bytes("LB", rows[:4], "LBCH"),
            "LBHE.csv": sound.csv_bytes("LB", rows[4:]),
        },
        folder,
    )


def one_transport_file(folder):
    """All datasets in one transport file."""
    parts = [sound.xpt_bytes(code, rows) for code, rows in sound.of_one_reader().items()]
    sound.write({"all.xpt": parts[0] + b"".join(part[240:] for part in parts[1:])}, folder)


FILES = {
    one.__name__: one
    for one in (
        lower_case, sas_export, typed_parquet, integers_and_categories, json_lines, archive_with_a_document,
        every_file_another_format, split_laboratory, one_transport_file,
    )
}  # fmt: skip


@pytest.mark.parametrize("style", FILES)
def test_files_written_otherwise(style, plain, tmp_path):
    FILES[style](tmp_path)
    same(plain, tmp_path)


# ------------------------------------------------------------------ evaluators


def _independent(trial: Trial, names, accepted=None) -> None:
    """The independent assessor's records as so many readers, each with the same values."""
    for code in ("TU", "TR"):
        rows = []
        for row in trial[code]:
            if row[f"{code}EVAL"] == "INVESTIGATOR":
                rows.append(row)
                continue
            for at, name in enumerate(names):
                flag = (
                    {} if accepted is None else {f"{code}ACPTFL": "Y" if name == accepted else ""}
                )
                rows.append(
                    row | {f"{code}EVALID": name, f"{code}SEQ": f"{row[f'{code}SEQ']}{at}"} | flag
                )
        trial[code] = rows
        trial.pop(f"SUPP{code}")
    qualifiers_of(trial)


def qualifiers_of(trial: Trial) -> None:
    """The qualifiers as columns, which need no sequence numbers."""
    for row in trial["TU"]:
        row["SLICEMM"] = "5" if row["TUTESTCD"] == "TUMIDENT" else ""
    for row in trial["TR"]:
        merged = (
            row["USUBJID"] == "BASE-P-02" and row["TRLNKID"] == "T02" and row["VISITNUM"] != "1"
        )
        row["MERGEDTO"] = "T01" if merged else ""


@pytest.mark.parametrize(
    ("names", "accepted"),
    [
        (("RADIOLOGIST 1", "RADIOLOGIST 2", "ADJUDICATOR"), None),
        (("RADIOLOGIST 1", "RADIOLOGIST 2"), "RADIOLOGIST 2"),
        (("",), None),
    ],
)
def test_stacked_evaluators(names, accepted, plain, tmp_path):
    """Two readers and an adjudicator, an accepted reader, or nobody named: the same answers."""
    trial = sound.base()
    _independent(trial, names, accepted)
    folder = sound.write(sound.files_of(trial), tmp_path)
    got = answers(folder)
    for name in ("ADSL", "ADTTE"):
        assert got[name].equals(plain["two"][name]), name
    who = pl.col("AVALC").is_not_null()
    for name in ("ADRS",):
        mine, asked = (
            frame[name].filter(who).unique().sort(pl.all()) for frame in (got, plain["two"])
        )
        assert mine.equals(asked), name


# ------------------------------------------------------------------ refused in words


@pytest.mark.parametrize("column", ["TRSTAT", "TRORRESU", "VISITNUM"])
def test_a_required_column_that_is_missing(column, tmp_path):
    """R-143: also a status that no record needs; the message names the column."""
    trial = sound.of_one_reader()
    folder = sound.write(sound.files_of(trial), tmp_path)
    frame = pl.read_csv(folder / "tr.csv", infer_schema=False).drop(column)
    frame.write_csv(folder / "tr.csv")
    with pytest.raises(DataError, match=f"Required columns are missing: {column}"):
        answers(folder)


def test_link_ids_that_differ_by_a_zero_are_other_lesions(tmp_path):
    """T1 is not T01: nothing is guessed, the target has no baseline."""
    trial = each(
        sound.of_one_reader(), "TR", lambda r: r.update(TRLNKID=r["TRLNKID"].replace("T0", "T", 1))
    )
    with pytest.raises(
        DataError, match=r"no baseline diameter[\s\S]*tu\.csv, row 2, TULNKID: lesion T01"
    ):
        answers(sound.write(sound.files_of(trial), tmp_path))


def test_subjects_with_another_prefix_are_nobody_of_dm(tmp_path):
    trial = each(
        sound.of_one_reader(), "TR", lambda r: r.update(USUBJID=r["USUBJID"].removeprefix("BASE-"))
    )
    with pytest.raises(DataError, match="no baseline diameter"):
        answers(sound.write(sound.files_of(trial), tmp_path))


def test_results_in_the_standard_column_only(tmp_path):
    """TRSTRESC without TRORRES is no result (R-133, R-136): targets have no baseline."""
    trial = each(sound.of_one_reader(), "TR", lambda row: row.update(TRORRES="", TRORRESU=""))
    with pytest.raises(DataError, match="no baseline diameter"):
        answers(sound.write(sound.files_of(trial), tmp_path))


def test_numbers_with_their_unit_are_refused(tmp_path):
    trial = each(
        sound.of_one_reader(),
        "TR",
        lambda r: r.update(TRORRES=f"{r['TRORRES']} mm") if r.get("TRORRESU") else None,
    )
    with pytest.raises(DataError, match=r'tr\.csv, row 2, TRORRES: "50 mm"'):
        answers(sound.write(sound.files_of(trial), tmp_path))
