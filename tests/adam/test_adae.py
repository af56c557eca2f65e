"""ADAE from AE and ADSL: one hand-worked trial, and the reconciliation."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.rules import protocol as settled_options
from trialwright.adam.adae import derive_adae
from trialwright.core.errors import DataError, ProtocolError
from trialwright.core.tables import Sdtm
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.rules import SafetyRule
from trialwright.vocabulary.adam import ADAE
from trialwright.vocabulary.sdtm import SDTM

SAFETY = settled_options().safety
PROTOCOL = Protocol(
    id="t",
    title="T",
    regimen=(Component(id="drug", name="Drug"), Component(id="infusion", name="Infusion")),
    safety=SAFETY,
)


def _frame(code, rows):
    names = [
        *SDTM[code].names,
        *sorted({name for row in rows for name in row} - set(SDTM[code].names)),
    ]
    columns = {name: [row.get(name) for row in rows] for name in names}
    frame = pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))
    return frame.with_row_index("_ROW", offset=2).select(*names, pl.col("_ROW").cast(pl.Int64))


def _sdtm(ae, **other):
    given = {"AE": ae} | other
    codes = [code for code in SDTM if not code.startswith("SUPP")]
    return Sdtm({code: _frame(code, given.get(code, [])) for code in codes}, {"AE": "AE.csv"})


def _adsl(**cells):
    subject = {
        "STUDYID": "T", "USUBJID": "S-1", "TRTSDT": date(2024, 1, 10), "TRTEDT": date(2024, 3, 1),
        "EOTDT": date(2024, 3, 5), "NACTDT": None, "DCUTDT": date(2024, 6, 30), "DTHDT": None,
    } | cells  # fmt: skip
    schema = {name: pl.Date if name.endswith("DT") else pl.String for name in subject}
    return pl.DataFrame([subject], schema=schema)


def _ae(**cells):
    return {"USUBJID": "S-1", "AESEQ": "1", "AETERM": "rash", "AETOXGR": "2", "AESTDTC": "2024-02-01",
            "AEREL": "NOT RELATED"} | cells  # fmt: skip


def test_one_record_by_hand():
    """Onset day 23 (2024-01-10 is day 1); grade 3 by missing grade; only the drug is related."""
    ae = _ae(
        AEDECOD="Rash", AEBODSYS="Skin", AETOXGR=None, AESER="n", AEREL=None,
        AEREL1="POSSIBLE", AEREL2="UNLIKELY", AEACN1="DOSE REDUCED", AEENDTC="2024-02",
        AEOUT="recovered/resolved",
    )  # fmt: skip
    adae, unused = derive_adae(PROTOCOL, _sdtm([ae]), _adsl())
    assert adae.columns == [variable.name for variable in ADAE.variables]
    assert unused.height == 0
    row = adae.row(0, named=True)
    expected = {
        "STUDYID": "T", "USUBJID": "S-1", "AESEQ": 1, "AETERM": "rash", "AEDECOD": "Rash",
        "AEBODSYS": "Skin", "ASTDT": date(2024, 2, 1), "ASTDTF": None, "AENDT": date(2024, 2, 29),
        "AENDTF": "D", "ASTDY": 23, "ATOXGRN": None, "AGR3FL": "Y", "AESER": "N", "AESDTH": None,
        "AESLIFE": None, "AESHOSP": None, "AESDISAB": None, "AESCONG": None, "AESMIE": None,
        "TRTEMFL": "Y", "AEPISN": 1,
        "AREL": "Y", "ARELCOMP": "drug", "AACNCOMP": "drug=DOSE REDUCED",
        "AEOUT": "RECOVERED/RESOLVED", "AECAT": None, "AESICAT": None, "AESTERFL": None,
        "POSTPRFL": "N", "PROCDT": None, "PROGFL": None, "DLTINVFL": None, "DLTDRVFL": None,
        "DLTCRIT": None, "RULEID": "A-16 D-04 A-07",
        "REASON": "line 4: began on 2024-02-01, within 2024-01-10 to 2024-03-31; date partly "
        "imputed; missing grade counts as grade 3",
        "SRCDOM": "AE", "SRCSEQ": "1",
    }  # fmt: skip
    assert row == expected


@pytest.mark.parametrize(
    ("cells", "flag", "reason"),
    [
        ({"AESTDTC": None}, "Y", "line 1: start unknown, counts from first treatment"),
        ({"AESTDTC": None, "AEENDTC": "2024-01-09"}, "N", "line 1: start unknown, over before"),
        ({"AESTDTC": "2024-01-09"}, "N", "line 3: began before first treatment on 2024-01-10"),
        ({"AESTDTC": "2024-01-10"}, "Y", "line 4: began on 2024-01-10"),
        ({"AESTDTC": "2024-04-01"}, "N", "line 5: began on 2024-04-01, after the window ended on 2024-03-31"),
        ({"AESTDTC": "2024-04-01", "AESER": "Y"}, "Y", "line 4: began on 2024-04-01, within 2024-01-10 to 2024-05-30"),
        ({"AESTDTC": "2024-04-01", "AECAT": "Immune-related"}, "Y", "line 4"),
    ],
)  # fmt: skip
def test_the_reason_says_the_line_and_the_window(cells, flag, reason):
    row = derive_adae(PROTOCOL, _sdtm([_ae(**cells)]), _adsl()).adae.row(0, named=True)
    assert row["TRTEMFL"] == flag
    assert row["REASON"].startswith(reason)


def test_worsening_names_the_grades_and_the_day():
    ae = [
        _ae(AESTDTC="2024-01-02", AEENDTC="2024-02-10", AETOXGR="1"),
        _ae(AESEQ="2", AESTDTC="2024-02-10", AETOXGR="GRADE 3"),
    ]
    adae = derive_adae(PROTOCOL, _sdtm(ae), _adsl()).adae
    assert adae["TRTEMFL"].to_list() == ["N", "Y"]
    assert adae["REASON"][1] == (
        "line 2: began before treatment, then worse than grade 1 from 2024-02-10 "
        "(window 2024-01-10 to 2024-03-31)"
    )


@pytest.mark.parametrize(
    ("dose", "procedure", "event", "flag"),
    [
        ("2024-01-10T09:00", None, "2024-01-10T08:59", "N"),
        ("2024-01-10T09:00", None, "2024-01-10T09:00", "Y"),
        ("2024-01-10T09:00", None, "2024-01-10", "Y"),
        ("2024-01-10", None, "2024-01-10T08:59", "Y"),
        ("2024-01-10T09:00", "2024-01-10", "2024-01-10T08:59", "Y"),
        ("2024-01-10T09:00", "2024-01-10T08:00", "2024-01-10T08:30", "Y"),
    ],
)
def test_the_day_of_first_treatment_is_split_only_by_known_times(dose, procedure, event, flag):
    ex = [{"USUBJID": "S-1", "EXTRT": "Drug", "EXSTDTC": dose}]
    pr = [{"USUBJID": "S-1", "PRTRT": "Infusion", "PRCAT": "STUDY TREATMENT", "PRSTDTC": procedure}]
    sdtm = _sdtm([_ae(AESTDTC=event)], EX=ex, PR=pr if procedure else [])
    assert derive_adae(PROTOCOL, sdtm, _adsl()).adae["TRTEMFL"].item() == flag


def test_every_record_is_used_or_listed():
    ae = [
        _ae(),
        _ae(AESEQ="2", AESTDTC="2024-07-01"),
        _ae(AESEQ="3", AESTDTC="2024-07"),
        _ae(AESEQ="4", AESTDTC="2024-06"),
        _ae(USUBJID="S-9", AESEQ="1"),
    ]
    adae, unused = derive_adae(PROTOCOL, _sdtm(ae), _adsl())
    assert adae["AESEQ"].to_list() == [1, 4]
    assert unused.select("DOMAIN", "SRCSEQ", "USUBJID", "RULEID").rows() == [
        ("AE", "1", "S-9", "R-143"),
        ("AE", "2", "S-1", "D-08"),
        ("AE", "3", "S-1", "D-08"),
    ]


def test_no_records_and_no_treatment():
    adae, unused = derive_adae(PROTOCOL, _sdtm([]), _adsl())
    assert (adae.height, unused.height) == (0, 0)
    untreated = _adsl(TRTSDT=None, TRTEDT=None, EOTDT=None)
    row = derive_adae(PROTOCOL, _sdtm([_ae()]), untreated).adae.row(0, named=True)
    assert (row["TRTEMFL"], row["ASTDY"], row["REASON"]) == ("N", None, "no treatment was given")


def test_records_without_number_are_numbered_by_content():
    ae = [_ae(AESEQ=None, AETERM=term) for term in ("b", "a")] + [_ae(AESEQ="4.0", AETERM="c")]
    first = derive_adae(PROTOCOL, _sdtm(ae), _adsl()).adae
    assert first.select("AESEQ", "AETERM").rows() == [(4, "c"), (5, "a"), (6, "b")]
    assert derive_adae(PROTOCOL, _sdtm(ae[::-1]), _adsl()).adae.equals(first)


def test_a_repeated_number_is_refused():
    with pytest.raises(DataError) as error:
        derive_adae(PROTOCOL, _sdtm([_ae(), _ae(AESEQ="1.0")]), _adsl())
    assert error.value.where == 'AE.csv, row 2, AESEQ: "1"; AE.csv, row 3, AESEQ: "1"'


@pytest.mark.parametrize(
    ("column", "value"), [("AETOXGR", "mild"), ("AESER", "maybe"), ("AEACN", "stop")]
)
def test_values_that_are_not_listed_are_refused(column, value):
    with pytest.raises(DataError) as error:
        derive_adae(PROTOCOL, _sdtm([_ae(**{column: value})]), _adsl())
    assert error.value.where == f'AE.csv, row 2, {column}: "{value}"'


def test_an_open_option_stops_the_derivation():
    with pytest.raises(ProtocolError, match="open"):
        derive_adae(PROTOCOL.model_copy(update={"safety": SafetyRule()}), _sdtm([]), _adsl())


_RECORD = st.builds(
    _ae,
    USUBJID=st.sampled_from(["S-1", "S-9"]),
    AESEQ=st.none(),
    AETERM=st.sampled_from(["rash", "itch"]),
    AETOXGR=st.sampled_from([None, "1", "3", "GRADE 4"]),
    AESTDTC=st.sampled_from([None, "2024", "2024-01", "2024-01-09", "2024-02-03", "2024-07-01"]),
    AEENDTC=st.sampled_from([None, "2024-01-05", "2024-02-02", "2024-02", "2024-08"]),
    AESER=st.sampled_from([None, "Y"]),
)


@settings(deadline=None, max_examples=30)
@given(st.lists(_RECORD, max_size=6), st.randoms())
def test_the_order_of_records_never_matters_and_none_is_lost(records, random):
    adae, unused = derive_adae(PROTOCOL, _sdtm(records), _adsl())
    shuffled = records[:]
    random.shuffle(shuffled)
    again = derive_adae(PROTOCOL, _sdtm(shuffled), _adsl())
    assert again.adae.equals(adae)
    assert again.unused.equals(unused)
    assert adae.height + unused.height == len(records)
