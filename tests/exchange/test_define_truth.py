"""What a define.xml says of derivations and analyses is what the code does."""

from dataclasses import replace

import polars as pl
import pytest
from lxml import etree

import trialwright as tw
from support.exported import MADE, leaving
from support.registry_trial import registry_protocol, registry_sdtm
from trialwright.adam.derive import derive
from trialwright.exchange.datasets.from_adam import adam_groups
from trialwright.exchange.define.document import Described, define_xml
from trialwright.exchange.define.origins_adam import adam_origin
from trialwright.exchange.define.rule_words import rule_words
from trialwright.protocol.settled import settled_response

NS = {
    "odm": "http://www.cdisc.org/ns/odm/v1.3", "def": "http://www.cdisc.org/ns/def/v2.1",
    "arm": "http://www.cdisc.org/ns/arm/v1.0",
}  # fmt: skip
DEF = "{" + NS["def"] + "}"


@pytest.fixture(scope="module")
def typed():
    """A trial whose site types in small letters and knows a first dose that EX does not have."""
    trial = leaving("002")
    domains = dict(trial.sdtm.domains)
    small = {"AE": ("AEOUT", "AECAT", "AESER"), "TU": ("TULOC",), "PR": ("PRTRT",)}
    for code, names in small.items():
        domains[code] = domains[code].with_columns(pl.col(names).str.to_lowercase())
    first = pl.col("RFXSTDTC").str.to_date().dt.offset_by("-1d").dt.to_string("%Y-%m-%d")
    domains["DM"] = domains["DM"].with_columns(RFXSTDTC=first)
    sdtm = replace(trial.sdtm, domains=domains)
    return sdtm, derive(trial.protocol, sdtm)


def test_what_is_taken_over_is_unchanged(typed):
    """A predecessor has the values of the variable, letter by letter."""
    sdtm, adam = typed
    compared = []
    for name, frame in adam.datasets.items():
        for variable in frame.columns:
            origin = adam_origin(name, variable)
            if origin.type != "Predecessor" or variable in ("STUDYID", "USUBJID"):
                continue
            code, column = origin.said.split(".")
            keys = ["USUBJID"] if code == "DM" else ["USUBJID", f"{code}SEQ"]
            source = sdtm[code].select(*keys, _THERE=pl.col(column))
            source = source.with_columns(pl.col(keys[1:]).cast(pl.Int64))
            both = frame.join(source, on=keys, how="left")
            there = both["_THERE"].cast(frame.schema[variable])
            assert both[variable].eq_missing(there).all(), f"{name}.{variable}: {origin.said}"
            compared.append(f"{name}.{variable}")
    assert {"ADSL.SEX", "ADSL.ARM", "ADAE.AETERM", "ADAE.AEBODSYS"} <= set(compared)


def test_first_treatment_is_what_its_sentence_says(typed):
    sdtm, adam = typed
    said = {name: adam_origin("ADSL", name).said for name in ("TRTSDT", "FDOSEDT")}
    told = adam["ADSL"].join(sdtm["DM"].select("USUBJID", "RFXSTDTC"), on="USUBJID")
    assert told["TRTSDT"].eq_missing(told["RFXSTDTC"].str.to_date()).all()
    assert said["TRTSDT"].startswith("DM.RFXSTDTC, else")
    starts = sdtm["EX"].group_by("USUBJID").agg(FIRST=pl.col("EXSTDTC").min().str.to_date())
    doses = adam["ADSL"].join(starts, on="USUBJID", how="left")
    assert doses["FDOSEDT"].eq_missing(doses["FIRST"]).all()
    assert "DM" not in said["FDOSEDT"]


def test_a_measured_lesion_has_a_state_too():
    states = leaving("002").adam["ADTR"].drop_nulls("AVAL")["AVALC"].unique().to_list()
    assert "MEASURED" in states
    assert "MEASURED" in adam_origin("ADTR", "AVALC").said


def test_a_rule_with_two_outcomes_names_both():
    words = rule_words(leaving("000").protocol)
    assert words["C-20"] == "Death; Alive"


def analyses(tree):
    """Reason and where clauses of each analysis, by its identifier."""
    clauses = {
        clause.get("OID"): {
            (
                check.get(f"{DEF}ItemOID").removeprefix("IT."),
                check.get("Comparator"),
                tuple(check.xpath("odm:CheckValue/text()", namespaces=NS)),
            )
            for check in clause
        }
        for clause in tree.xpath("//def:WhereClauseDef", namespaces=NS)
    }
    found = {}
    for one in tree.xpath("//arm:AnalysisResult", namespaces=NS):
        wheres = one.xpath(".//@WhereClauseOID", namespaces=NS)
        records = set().union(*(clauses[oid] for oid in wheres))
        used = one.xpath(".//arm:AnalysisVariable/@ItemOID", namespaces=NS)
        found[one.get("OID")] = (one.get("AnalysisReason"), records, set(used))
    return found


@pytest.fixture(scope="module")
def described():
    """ARM of a trial whose scans a second reader and two single readers read too."""
    protocol = registry_protocol()
    made = derive(protocol, registry_sdtm())
    others = [
        made["ADRS"].with_columns(
            EVAL=pl.lit("INDEPENDENT ASSESSOR"), EVALID=pl.lit(reader, pl.String)
        )
        for reader in (None, "READER 1", "READER 2")
    ]
    read = pl.concat([made["ADRS"], *others])
    adam = replace(made, datasets={**made.datasets, "ADRS": read})
    text = define_xml(
        Described(
            protocol=protocol,
            standard="ADaM",
            groups=adam_groups(adam),
            made=MADE,
            ending="xpt",
            results=tw.analyze(protocol, made),
        )
    )
    return protocol, analyses(etree.fromstring(text.encode()))


def test_analyses_name_their_records(described):
    """Emergent events, the reader that counts, each set of a column, and every time of a table."""
    protocol, found = described
    reader = settled_response(protocol).evaluator
    _, records, used = found["AR.ORR.1"]
    assert ("ADRS.EVAL", "EQ", (reader,)) in records
    assert ("ADRS.EVALID", "NOTIN", ("READER 1", "READER 2")) in records
    assert {"IT.ADRS.EVAL", "IT.ADSL.FASFL", "IT.ADSL.EFFFL"} <= used
    assert ("ADAE.TRTEMFL", "EQ", ("Y",)) in found["AR.AE.1"][1]
    serious = found["AR.SAE.1"][1]
    assert {("ADAE.TRTEMFL", "EQ", ("Y",)), ("ADAE.AESER", "EQ", ("Y",))} <= serious
    times = {name: values for name, _, values in found["AR.PFS.2"][1]}["ADTTE.PARAMCD"]
    assert {"PFS", "PFSEMA", "TTP"} <= set(times)
    assert not any("ADTTE" in name for name in found["AR.DISPOSITION.2"][2])


def test_a_sensitivity_analysis_is_not_registered(described):
    _, found = described
    assert found["AR.PFS.1"][0] == "SPECIFIED IN PROTOCOL"
    assert found["AR.PFS.2"][0] == "DATA DRIVEN"


def test_a_curve_of_choices_is_about_its_own_time_and_several_sets(described):
    _, found = described
    curves = {oid: one for oid, one in found.items() if oid.startswith("AR.SPECIFICATION_")}
    assert curves
    for oid, (_, records, _) in curves.items():
        assert not any(name.startswith("ADSL.FASFL") for name, _, _ in records), oid
        codes = [values for name, _, values in records if name == "ADTTE.PARAMCD"]
        assert not any(code.startswith("OS") for values in codes for code in values) or "_OS" in oid
