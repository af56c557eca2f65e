"""Several readings of one trial in ADRS and ADTR (R-072, R-074, R-130), worked by hand.

A target of 50 mm is PR at 35 mm and PD at 60 mm; scans on days 56 and 112.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from support.readers import (
    ASSESSOR,
    INVESTIGATOR,
    READ,
    both,
    course,
    only,
    read_by,
    six_patients,
    together,
)
from support.rules import protocol
from support.trial import Patient, on, sdtm_of
from trialwright.adam.derive import derive
from trialwright.core.errors import DataError
from trialwright.core.tables import ROW, Adam, Sdtm

ROWS = ("USUBJID", "EVAL", "EVALID", "AVALC")


def best(adam: Adam, code: str = "CBOR") -> dict[tuple[str, str, str], str]:
    """Best response by subject, evaluator and single reader ("" for the reading that counts)."""
    rows = adam["ADRS"].filter(pl.col("PARAMCD") == code).select(ROWS).fill_null("").rows()
    found = {row[:3]: row[3] for row in rows}
    assert len(found) == len(rows)
    return found


def of(frame: pl.DataFrame, evaluator: str) -> pl.DataFrame:
    return frame.filter((pl.col("EVAL") == evaluator) & pl.col("EVALID").is_null())


def times(adam: Adam) -> pl.DataFrame:
    """ADTTE; any scan shows that a patient was alive (D-07), whoever read it, so OS has no source."""
    source = pl.when(~pl.col("PARAMCD").str.starts_with("OS")).then("SRCSEQ").alias("SRCSEQ")
    return adam["ADTTE"].with_columns(source)


def told(adam: Adam, rule: str) -> list[str]:
    return adam.queries.filter(pl.col("RULEID") == rule)["MESSAGE"].to_list()


def unused(adam: Adam) -> list[tuple[str, str, str, str]]:
    return sorted(adam.unused.select("USUBJID", "DOMAIN", "RULEID", "REASON").unique().rows())


# ------------------------------------------------------------------------------ two evaluators


def test_r072_each_evaluator_has_responses_of_their_own():
    """The same identifier T01 is a liver lesion for one and a lung lesion for the other (R-130)."""
    adam = derive(protocol(), sdtm_of(six_patients()))
    ours = [best(adam)[f"P{i}", INVESTIGATOR, ""] for i in range(1, 7)]
    theirs = [best(adam)[f"P{i}", ASSESSOR, ""] for i in range(1, 7)]
    assert ours == ["PR", "PR", "PD", "PD", "SD", "SD"]
    assert theirs == ["PR", "SD", "SD", "PD", "PD", "NE"]
    places = adam["ADTR"].filter(pl.col("TRLNKID") == "T01").select("EVAL", "TRLOC").unique()
    assert sorted(places.rows()) == [(ASSESSOR, "LUNG"), (INVESTIGATOR, "LIVER")]
    assert adam.evaluator == INVESTIGATOR
    assert unused(adam) == []


@pytest.mark.parametrize("headline", [INVESTIGATOR, ASSESSOR])
def test_r072_the_other_evaluator_changes_nothing_of_the_headline(headline):
    """ADSL, ADTTE, ADAE and the rows of the headline are those of a delivery without the other."""
    people = six_patients()
    settled = protocol(response__evaluator=headline)
    adam, alone = derive(settled, sdtm_of(people)), derive(settled, sdtm_of(only(people, headline)))
    assert adam.evaluator == headline
    for name in ("ADSL", "ADAE"):
        assert_frame_equal(adam[name], alone[name])
    assert_frame_equal(times(adam), times(alone))
    for name in ("ADRS", "ADTR"):
        assert_frame_equal(of(adam[name], headline), alone[name])


def test_r072_the_option_switches_the_headline_and_no_number_of_a_reading():
    people = six_patients()
    first = derive(protocol(), sdtm_of(people))
    second = derive(protocol(response__evaluator=ASSESSOR), sdtm_of(people))
    for name in ("ADRS", "ADTR"):
        assert_frame_equal(first[name], second[name])
    pfs = pl.col("PARAMCD") == "PFS"
    events = [one["ADTTE"].filter(pfs)["CNSR"].to_list() for one in (first, second)]
    assert events == [[1, 1, 0, 0, 1, 1], [1, 1, 0, 0, 0, 1]]


def test_one_evaluator_has_no_single_reader_rows():
    """A single independent reader is the reading that counts, with or without an identifier."""
    person = read_by(course("P1", "LIVER", 50, 30, 30), ASSESSOR, "RADIOLOGIST 1")
    adam = derive(protocol(response__evaluator=ASSESSOR), sdtm_of(person))
    assert best(adam) == {("P1", ASSESSOR, ""): "PR"}


def test_the_order_of_rows_never_matters():
    sdtm = sdtm_of(three_readers())
    adam = derive(protocol(), sdtm)
    random = Random(3)
    mixed = {}
    for code, frame in sdtm.domains.items():
        order = random.sample(range(frame.height), frame.height)
        mixed[code] = frame[order].with_columns(
            pl.Series(ROW, range(2, frame.height + 2), dtype=pl.Int64)
        )
    again = derive(protocol(), Sdtm(mixed))
    for name in adam.datasets:
        assert_frame_equal(adam[name], again[name])
    assert_frame_equal(adam.unused, again.unused)
    assert_frame_equal(adam.queries, again.queries)


# ------------------------------------------------------------- empty or unknown evaluator


def blank(people: list[Patient], keep: int = 0) -> Sdtm:
    """The evaluator of TR removed, but for the first `keep` records of each patient."""
    for person in people:
        for row in person.rows["TR"][keep:]:
            row.pop("TREVAL")
    return sdtm_of(people)


def test_r130_a_file_without_evaluator_is_the_investigators():
    person = course("P1", "LIVER", 50, 30, 30)
    for row in person.rows["TU"]:
        row["TUEVAL"] = "  "
    adam = derive(protocol(), blank([person]))
    assert best(adam) == {("P1", INVESTIGATOR, ""): "PR"}
    assert told(adam, "R-130") == [
        "TREVAL is empty: read as INVESTIGATOR.",
        "TUEVAL is empty: read as INVESTIGATOR.",
    ]
    assert unused(adam) == []


def test_r130_records_without_evaluator_among_others_are_in_no_reading():
    """Of six records of TR the last three, those of the assessor, do not say who read them."""
    adam = derive(protocol(), blank([both("P1", (50, 30, 30), (50, 30, 30))], keep=4))
    found = best(adam)
    assert found["P1", INVESTIGATOR, ""] == "PR"
    assert told(adam, "R-130") == ["TREVAL is empty: records unused."]
    assert unused(adam) == [("P1", "TR", "R-130", "TREVAL is empty in part of the file")]
    assert found["P1", ASSESSOR, ""] == "NE"


def test_r130_an_evaluator_that_is_not_listed_has_no_reading():
    other = read_by(course("P1", "LUNG", 50, 70), "SPONSOR")
    adam = derive(protocol(), sdtm_of(together(course("P1", "LIVER", 50, 30, 30), other)))
    assert best(adam) == {("P1", INVESTIGATOR, ""): "PR"}
    assert unused(adam) == [
        ("P1", code, "R-072", "read by another evaluator") for code in ("TR", "TU")
    ]


# ------------------------------------------------------------------- independent readers


def reader(name: str, number: int, *sizes: object, accepted: bool = False) -> Patient:
    return read_by(
        course(name, "LUNG", *sizes), ASSESSOR, f"RADIOLOGIST {number}", accepted=accepted
    )


def three_readers() -> list[Patient]:
    """P1: PR, SD, PD by three readers, the adjudicator says SD; P2: all three PR, and so do they."""
    first = together(
        course("P1", "LIVER", 50, 30, 30),
        reader("P1", 1, 50, 30, 30),
        reader("P1", 2, 50, 45, 45),
        reader("P1", 3, 50, 60, 65),
        read_by(course("P1", "LUNG", 50, 45, 46), ASSESSOR, "ADJUDICATOR"),
    )
    second = together(
        course("P2", "LIVER", 50, 30, 30),
        *(reader("P2", number, 50, 30, 30) for number in (1, 2, 3)),
        read_by(course("P2", "LUNG", 50, 30, 30), ASSESSOR, "ADJUDICATOR"),
    )
    return [first, second]


def test_r074_the_adjudicators_reading_counts_and_each_reader_stands_beside_it():
    adam = derive(protocol(), sdtm_of(three_readers()))
    assert best(adam) == {
        ("P1", INVESTIGATOR, ""): "PR",
        ("P1", ASSESSOR, ""): "SD",
        ("P1", ASSESSOR, "RADIOLOGIST 1"): "PR",
        ("P1", ASSESSOR, "RADIOLOGIST 2"): "SD",
        ("P1", ASSESSOR, "RADIOLOGIST 3"): "PD",
        ("P2", INVESTIGATOR, ""): "PR",
        ("P2", ASSESSOR, ""): "PR",
        **{("P2", ASSESSOR, f"RADIOLOGIST {number}"): "PR" for number in (1, 2, 3)},
    }
    assert unused(adam) == []


def test_r074_readers_are_never_in_the_results():
    """With the assessor as headline, the single readers have no line in ADTTE and ADSL."""
    adam = derive(protocol(response__evaluator=ASSESSOR), sdtm_of(three_readers()))
    assert adam["ADSL"].height == 2
    assert adam["ADTTE"].filter(pl.col("PARAMCD") == "PFS").height == 2


def test_r074_accepted_is_a_reader_for_each_patient():
    """P1: reader 1 (PR) is accepted; P2: reader 2 (PD)."""
    people = [
        together(reader("P1", 1, 50, 30, 30, accepted=True), reader("P1", 2, 50, 60)),
        together(reader("P2", 1, 50, 30, 30), reader("P2", 2, 50, 60, accepted=True)),
    ]
    adam = derive(protocol(response__evaluator=ASSESSOR), sdtm_of(people))
    found = best(adam)
    assert (found["P1", ASSESSOR, ""], found["P2", ASSESSOR, ""]) == ("PR", "PD")
    assert told(adam, "R-074") == []


def test_r074_lesions_of_two_readers_never_meet():
    """T01 accepted of reader 1 and T02 of reader 2: no reading of the patient is used."""
    mixed = []
    for number, lesion in ((1, "T01"), (2, "T02")):
        person = Patient(name="P1").target("T01", "LUNG", 50).target("T02", "LIVER", 50)
        person.scan(56, {"T01": 20, "T02": 20}).scan(112, {"T01": 20, "T02": 20})
        read_by(person, ASSESSOR, f"RADIOLOGIST {number}")
        for code in ("TU", "TR"):
            for row in person.rows[code]:
                if row[f"{code}LNKID"] == lesion:
                    row[f"{code}ACPTFL"] = "Y"
        mixed.append(person)
    adam = derive(protocol(response__evaluator=ASSESSOR), sdtm_of(together(*mixed)))
    assert best(adam) == {
        ("P1", ASSESSOR, ""): "NE",
        ("P1", ASSESSOR, "RADIOLOGIST 1"): "PR",
        ("P1", ASSESSOR, "RADIOLOGIST 2"): "PR",
    }
    rows = adam.queries.filter(pl.col("RULEID") == "R-074")
    assert rows["SEVERITY"].unique().to_list() == ["error"]
    assert rows["MESSAGE"].to_list()[0] == (
        "TR: records of RADIOLOGIST 1 and RADIOLOGIST 2 are accepted; a patient has one accepted "
        "reader, so none of the readings is used."
    )


def test_r074_the_whole_reading_counts_when_a_part_is_flagged():
    """Reader 1 is accepted on T01 only: T02 (50 to 60 mm) belongs to the same sum, 80 of 100."""
    person = Patient(name="P1").target("T01", "LUNG", 50).target("T02", "LIVER", 50)
    read_by(person.scan(56, {"T01": 20, "T02": 60}), ASSESSOR, "RADIOLOGIST 1")
    for code in ("TU", "TR"):
        for row in person.rows[code]:
            if row[f"{code}LNKID"] == "T01":
                row[f"{code}ACPTFL"] = "Y"
    adam = derive(
        protocol(response__evaluator=ASSESSOR),
        sdtm_of(together(person, reader("P1", 2, 50, 20))),
    )
    assert best(adam, "BOR")["P1", ASSESSOR, ""] == "SD"
    assert told(adam, "R-074")[0] == (
        "TR: part of the accepted reading has no TRACPTFL; the whole reading counts."
    )


def test_r074_rs_says_which_reader_is_accepted():
    """TU and TR of two readers have no flag; RSACPTFL names reader 2 (SD)."""
    first, second = reader("P1", 1, 50, 30, 30), reader("P1", 2, 50, 45, 45)
    for person, flag in ((first, None), (second, "Y")):
        number = person.rows["TR"][0]["TREVALID"]
        person.add(
            "RS", RSTESTCD="OVRLRESP", RSSTRESC="SD", RSDTC=on(56), VISITNUM="2",
            RSEVAL=ASSESSOR, RSEVALID=number, RSACPTFL=flag,
        )  # fmt: skip
    adam = derive(protocol(response__evaluator=ASSESSOR), sdtm_of(together(first, second)))
    assert best(adam)["P1", ASSESSOR, ""] == "SD"


def test_r074_without_a_word_on_who_counts_the_headline_is_refused():
    people = together(reader("P1", 1, 50, 30), reader("P1", 2, 50, 60))
    with pytest.raises(DataError, match="2 readers, and no word on which one counts"):
        derive(protocol(response__evaluator=ASSESSOR), sdtm_of(people))


def test_r074_without_a_word_on_who_counts_the_readers_still_have_rows():
    """The investigator is the headline: the assessor has no reading that counts, said once."""
    people = together(
        course("P1", "LIVER", 50, 30, 30), reader("P1", 1, 50, 30, 30), reader("P1", 2, 50, 60)
    )
    adam = derive(protocol(), sdtm_of(people))
    assert best(adam) == {
        ("P1", INVESTIGATOR, ""): "PR",
        ("P1", ASSESSOR, "RADIOLOGIST 1"): "PR",
        ("P1", ASSESSOR, "RADIOLOGIST 2"): "PD",
    }
    assert told(adam, "R-072") == [
        "INDEPENDENT ASSESSOR: this reading was not derived. 2 readers, and no word on which one "
        "counts. Where: TU, TUEVALID: RADIOLOGIST 1, RADIOLOGIST 2."
    ]
    assert unused(adam) == []


def test_a_reader_has_rows_of_the_patients_they_read():
    """Reader 2 read P1 only: no NE of P2 in the name of reader 2."""
    people = [
        together(reader("P1", 1, 50, 30, accepted=True), reader("P1", 2, 50, 30)),
        reader("P2", 1, 50, 30, accepted=True),
    ]
    adam = derive(protocol(response__evaluator=ASSESSOR), sdtm_of(people))
    assert {key for key in best(adam) if key[0] == "P2"} == {
        ("P2", ASSESSOR, ""),
        ("P2", ASSESSOR, "RADIOLOGIST 1"),
    }


# ------------------------------------------------------------------------ a reading that is refused


def broken() -> list[Patient]:
    people = six_patients()
    bad = next(row for row in people[1].rows["TR"] if row["TREVAL"] == ASSESSOR)
    bad["TRORRESU"] = "inch"
    return people


def test_a_refused_second_reading_leaves_the_headline_alone():
    adam = derive(protocol(), sdtm_of(broken()))
    alone = derive(protocol(), sdtm_of(only(broken(), INVESTIGATOR)))
    for name in set(alone.datasets) - {"ADTTE"}:
        assert_frame_equal(adam[name], alone[name])
    assert_frame_equal(times(adam), times(alone))
    rows = adam.queries.filter(pl.col("RULEID") == "R-072").to_dicts()
    assert [(row["USUBJID"], row["SEVERITY"]) for row in rows] == [("", "error")]
    assert (
        "INDEPENDENT ASSESSOR: this reading was not derived. 1 diameter cannot be read."
        in (rows[0]["MESSAGE"])
    )
    assert '"inch"' in rows[0]["MESSAGE"]
    reason = (
        "INDEPENDENT ASSESSOR: reading not derived, 1 diameter cannot be read (see the queries)"
    )
    assert unused(adam) == [
        (f"P{number}", code, "R-072", reason) for number in range(1, 7) for code in ("TR", "TU")
    ]
    sdtm = sdtm_of(broken())
    theirs = sum(
        sdtm[code].filter(pl.col(f"{code}EVAL") == ASSESSOR).height for code in ("TU", "TR")
    )
    assert adam.unused.height == theirs


def test_a_refused_headline_is_refused():
    with pytest.raises(DataError, match="cannot be read"):
        derive(protocol(response__evaluator=ASSESSOR), sdtm_of(broken()))


def test_a_refused_reader_leaves_the_accepted_reading_alone():
    """Reader 2 has a broken record in P2, where reader 1 is accepted; of P1 reader 2 is."""
    people = [
        together(reader("P1", 1, 50, 60), reader("P1", 2, 50, 30, 30, accepted=True)),
        together(reader("P2", 1, 50, 30, 30, accepted=True), reader("P2", 2, 50, 31)),
    ]
    people[1].rows["TR"][-1]["TRORRES"] = "thirty"
    adam = derive(protocol(response__evaluator=ASSESSOR), sdtm_of(people))
    assert best(adam) == {
        ("P1", ASSESSOR, ""): "PR",
        ("P1", ASSESSOR, "RADIOLOGIST 1"): "PD",
        ("P2", ASSESSOR, ""): "PR",
        ("P2", ASSESSOR, "RADIOLOGIST 1"): "PR",
    }
    assert {row[0] for row in unused(adam)} == {"P2"}
    assert "RADIOLOGIST 2: this reading was not derived" in told(adam, "R-072")[0]


def test_an_evaluator_with_measurements_and_no_lesions_is_told():
    person = both("P1", (50, 30, 30), (50, 30, 30))
    person.rows["TU"] = [row for row in person.rows["TU"] if row["TUEVAL"] == INVESTIGATOR]
    adam = derive(protocol(), sdtm_of(person))
    assert best(adam) == {("P1", INVESTIGATOR, ""): "PR"}
    assert "No record was read by INDEPENDENT ASSESSOR." in told(adam, "R-072")[0]
    assert {row[1:3] for row in unused(adam)} == {("TR", "R-072")}


# -------------------------------------------------------------------------- queries of a reading


def test_queries_of_the_second_reading_name_it():
    """A visit of the assessor with a partial date; the investigator's records are in order."""
    person = both("P1", (50, 30, 30), (50, 30, 30))
    last = [row for row in person.rows["TR"] if row["TREVAL"] == ASSESSOR][-1]
    last["TRDTC"] = "2024-04"
    adam = derive(protocol(), sdtm_of(person))
    assert told(adam, "R-143") == []
    assert told(adam, "R-143 R-072") == [
        "INDEPENDENT ASSESSOR: A scan date is partial: record unused."
    ]
    assert unused(adam) == [("P1", "TR", "R-143", "partial scan date")]


def test_r130_a_treated_lesion_that_is_another_place_for_the_second_reader_is_flagged():
    """PR names T01: in the liver for the investigator, in the lung for the assessor."""
    person = both("P1", (50, 30, 30), (50, 30, 30))
    person.add(
        "PR", PRTRT="MICROWAVE ABLATION", PRLNKID="T01", PRSTDTC=on(80),
        PRCAT="LOCAL THERAPY NOT PER PROTOCOL",
    )  # fmt: skip
    adam = derive(protocol(), sdtm_of(person))
    assert told(adam, "R-130") == [
        "PR names lesion T01: LIVER for INVESTIGATOR, LUNG for INDEPENDENT ASSESSOR. The therapy "
        "counts in both readings."
    ]


def test_every_record_of_every_reader_is_used_or_listed():
    """Records of TU and TR that no dataset names are in the reconciliation."""
    people = three_readers()
    for row in people[0].rows["TR"][4:6]:
        row["TRDTC"] = "2024-03"
    sdtm = sdtm_of(people)
    adam = derive(protocol(), sdtm)
    named = {
        (row["USUBJID"], number)
        for row in adam["ADTR"].filter(pl.col("SRCSEQ").is_not_null()).to_dicts()
        for number in row["SRCSEQ"].split()
    }
    listed = set(adam.unused.filter(pl.col("DOMAIN") == "TR").select("USUBJID", "SRCSEQ").rows())
    assert set(sdtm["TR"].select("USUBJID", "TRSEQ").rows()) == named | listed
    assert len(listed) == 2


def test_rs_of_the_second_evaluator_is_compared_with_their_own_reading():
    """The assessor said PR where their lesions are SD; the investigator's are PR."""
    person = both("P1", (50, 30, 30), (50, 45, 45))
    person.add(
        "RS", RSTESTCD="OVRLRESP", RSSTRESC="PR", RSDTC=on(56), VISITNUM="2", RSEVAL=ASSESSOR
    )
    adam = derive(protocol(), sdtm_of(person))
    assert told(adam, "R-053") == []
    assert len(told(adam, "R-053 R-072")) == 1
    assert told(adam, "R-053 R-072")[0].startswith("INDEPENDENT ASSESSOR: ")
    assert [row[1] for row in unused(adam)] == ["RS"]


def test_a_broken_margin_of_the_second_reader_is_not_the_headlines():
    """A qualifier of TU that cannot be read (R-106) belongs to the reader who wrote it."""
    person = both("P1", (50, 30, 30), (50, 30, 30))
    for row in person.rows["TU"]:
        if row["TUEVAL"] == ASSESSOR:
            row["MARGINMM"] = "near"
    adam = derive(protocol(), sdtm_of(person))
    assert best(adam)["P1", INVESTIGATOR, ""] == "PR"
    assert ("P1", ASSESSOR, "") not in best(adam)


def test_frames_of_all_readers_are_sorted_by_their_keys():
    adam = derive(protocol(), sdtm_of(three_readers()))
    for name, keys in (
        ("ADRS", ["USUBJID", "PARAMCD", "AVISITN", "EVAL", "EVALID"]),
        ("ADTR", ["USUBJID", "PARAMCD", "TRLNKID", "AVISITN", "EVAL", "EVALID"]),
    ):
        assert_frame_equal(adam[name], adam[name].sort(keys, nulls_last=True))
        assert adam[name].select(keys).is_duplicated().sum() == 0


def test_files_are_named_in_the_messages_of_a_refused_reading():
    sdtm = sdtm_of(broken())
    adam = derive(protocol(), replace(sdtm, files={code: f"{code.lower()}.csv" for code in READ}))
    assert "tr.csv" in told(adam, "R-072")[0]


def test_r103_a_target_of_the_second_evaluator_does_not_make_radiotherapy_new_therapy():
    """N01 is a non-target for the investigator and, under the same name, a target for the other."""
    ours = course("P1", "LIVER", 50, 30, 30).non_target("N01", "BONE")
    ours.add(
        "PR", PRTRT="RADIOTHERAPY", PRINDC="PALLIATIVE", PRLNKID="N01", PRSTDTC=on(80),
        PRCAT="SUBSEQUENT THERAPY",
    )  # fmt: skip
    theirs = course("P1", "LUNG", 50, 30, 30, lesion="N01")
    adam = derive(protocol(), sdtm_of(together(ours, read_by(theirs, ASSESSOR))))
    assert adam["ADSL"]["NACTDT"].to_list() == [None]
    assert best(adam)["P1", INVESTIGATOR, ""] == "PR"
