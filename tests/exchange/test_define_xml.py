"""define.xml: valid by the bundled schemas, no dangling reference, true to the datasets."""

from collections import Counter

import odmlib.schema_manager as schemas
import polars as pl
import pyreadstat
import pytest
from lxml import etree
from odmlib.ns_registry import NamespaceRegistry

import trialwright as tw
from support.exported import MADE, leaving
from support.virtual_trials import TRIALS
from trialwright.exchange.datasets.model import Item, ItemGroup
from trialwright.exchange.datasets.xpt import xpt_bytes
from trialwright.exchange.define.analyses import datasets_of
from trialwright.exchange.define.classes import class_of
from trialwright.exchange.define.document import Described, define_xml
from trialwright.exchange.define.origins_adam import adam_origin
from trialwright.exchange.define.value_level import decimals, value_levels
from trialwright.vocabulary.adam import ADAM

STANDARD = {"adam": "ADaM", "sdtm": "SDTM"}
SCHEMA = {"adam": ("arm", "1.0-define2.1"), "sdtm": ("define", "2.1")}
NS = {
    "odm": "http://www.cdisc.org/ns/odm/v1.3", "def": "http://www.cdisc.org/ns/def/v2.1",
    "arm": "http://www.cdisc.org/ns/arm/v1.0", "xlink": "http://www.w3.org/1999/xlink",
}  # fmt: skip
DEF = "{" + NS["def"] + "}"
#: Attributes that name another element, and the elements that have that name.
REFERENCES = {
    "ItemOID": "odm:ItemDef", DEF + "ItemOID": "odm:ItemDef", "MethodOID": "odm:MethodDef",
    "CodeListOID": "odm:CodeList", "ValueListOID": "def:ValueListDef",
    "WhereClauseOID": "def:WhereClauseDef", DEF + "CommentOID": "def:CommentDef",
    DEF + "StandardOID": "def:Standard", "ItemGroupOID": "odm:ItemGroupDef",
    "ParameterOID": "odm:ItemDef",
}  # fmt: skip


@pytest.fixture(scope="module")
def schema():
    paths = {what: schemas.get_schema_path(*which) for what, which in SCHEMA.items()}
    return {what: etree.XMLSchema(etree.parse(path)) for what, path in paths.items()}


@pytest.fixture(scope="module", params=TRIALS)
def exported(request, tmp_path_factory):
    trial = leaving(request.param)
    # Two trials leave without results: their files are described and valid as well.
    results = tw.analyze(trial.protocol, trial.adam) if request.param == "003" else {}
    out, trees = tmp_path_factory.mktemp("define"), {}
    for what, standard in STANDARD.items():
        described = Described(
            protocol=trial.protocol, standard=standard, groups=trial.groups[what], made=MADE,
            ending="xpt", results=results if what == "adam" else {},
        )  # fmt: skip
        text = define_xml(described)
        assert request.param != "000" or text == define_xml(described)
        trees[what] = etree.fromstring(text.encode()).getroottree()
        tw.write_files(
            {f"{g.file}.xpt": xpt_bytes(g, MADE) for g in trial.groups[what]}, out / what
        )
    return trial, results, out, trees


def found(tree, path):
    return tree.xpath(path, namespaces=NS)


@pytest.mark.parametrize("what", ["adam", "sdtm"])
def test_it_is_valid_by_the_bundled_schema(exported, schema, what):
    tree = exported[3][what]
    assert schema[what].validate(tree), schema[what].error_log


def test_the_schema_sees_what_is_missing(exported, schema):
    """The check above can fail: without one of these the file is not valid."""
    for path in ("//odm:ItemDef/@OID", "//arm:AnalysisResult/odm:Description", "//def:title"):
        tree = etree.fromstring(etree.tostring(exported[3]["adam"]))
        for one in found(tree, path)[:1]:
            if path.endswith("@OID"):
                del one.getparent().attrib["OID"]
            else:
                one.getparent().remove(one)
            assert not schema["adam"].validate(tree), path


@pytest.mark.parametrize("what", ["adam", "sdtm"])
def test_identifiers_stand_once_and_references_lead_somewhere(exported, what):
    tree = exported[3][what]
    assert [oid for oid, n in Counter(found(tree, "//@OID")).items() if n > 1] == []
    assert [oid for oid, n in Counter(found(tree, "//@ID")).items() if n > 1] == []
    used = {path: set() for path in REFERENCES.values()}
    for element in tree.iter(etree.Element):
        for name in REFERENCES.keys() & set(element.attrib):
            used[REFERENCES[name]].add(element.get(name))
    for path, oids in used.items():
        there = set(found(tree, f"//{path}/@OID"))
        assert oids <= there, path
        assert there <= oids | set(found(tree, "//odm:ItemGroupDef/@OID")), path
    leaves = set(found(tree, "//def:leaf/@ID"))
    assert set(found(tree, "//@def:ArchiveLocationID")) == leaves


@pytest.mark.parametrize("what", ["adam", "sdtm"])
def test_it_describes_the_files_beside_it(exported, what):
    """Names, order, labels and lengths of define.xml are those that pyreadstat reads."""
    _, _, out, trees = exported
    items = {item.get("OID"): item for item in found(trees[what], "//odm:ItemDef")}
    groups = found(trees[what], "//odm:ItemGroupDef")
    files = {path.stem for path in (out / what).glob("*.xpt")}
    assert {group.get("Name").lower() for group in groups} == files
    for group in groups:
        href = found(group, "def:leaf/@xlink:href")[0]
        _, told = pyreadstat.read_xport(out / what / href, output_format="polars")
        refs = found(group, "odm:ItemRef")
        assert [ref.get("OrderNumber") for ref in refs] == [str(n + 1) for n in range(len(refs))]
        described = [items[ref.get("ItemOID")] for ref in refs]
        assert [one.get("Name") for one in described] == told.column_names
        for one in described:
            name = one.get("Name")
            label = found(one, "odm:Description/odm:TranslatedText/text()")
            assert label == [told.column_names_to_labels[name]]
            if one.get("Length"):
                assert int(one.get("Length")) == told.variable_storage_width[name], name


def test_every_result_has_a_display_with_its_records(exported):
    trial, results, _, trees = exported
    if not results:
        assert found(trees["adam"], "//arm:*") == []
        return
    displays = found(trees["adam"], "//arm:ResultDisplay/@OID")
    assert displays == [f"RD.{key}" for key in results]
    groups = {group.name: group for group in trial.groups["adam"]}
    bare = [key for key in results if not datasets_of(key, 1, groups)]
    assert [k for k in bare if type(results[k]).__name__ not in ("NotDerived", "Refused")] == []
    cohort = found(trees["adam"], "//arm:AnalysisResult[@OID='AR.ORR.COLORECTAL.1']")[0]
    where = found(cohort, ".//def:WhereClauseRef/@WhereClauseOID")[0]
    assert where == "WC.ADSL.FASFL.Y-ADSL.COHORT.COLORECTAL"
    main = found(trees["adam"], "//arm:AnalysisResult[@OID='AR.PFS.1']")[0]
    assert main.get("ParameterOID") == "IT.ADTTE.PARAMCD"
    wheres = found(main, ".//def:WhereClauseRef/@WhereClauseOID")
    assert wheres == ["WC.ADSL.ENRLFL.Y", "WC.ADTTE.PARAMCD.PFS"]
    values = found(
        trees["adam"], f"//def:WhereClauseDef[@OID='{wheres[1]}']//odm:CheckValue/text()"
    )
    assert values == ["PFS"]
    words = "".join(found(main, "arm:Documentation//text()"))
    assert "C-04 (New anticancer therapy" in words
    assert "results['PFS']" in "".join(found(main, "arm:ProgrammingCode//text()"))


@pytest.mark.parametrize(
    ("key", "table", "used"),
    [
        ("ABLATION", 1, {("ADRS", "C?BOR(AB.)?")}),
        ("LOCAL", 1, {("ADLOC", "")}),
        ("PFS_RATE_12", 1, {("ADTTE", "PFS")}),
        ("PFS", 2, {("ADTTE", "PFS.*|TTP")}),
        ("TTP", 1, {("ADTTE", "TTP")}),
        ("OPTIONS", 2, {("ADOPTSET", ""), ("ADSENS", "")}),
        ("QOL", 1, set()),
    ],
)
def test_what_a_result_uses(key, table, used):
    groups = {group.name: group for group in leaving("002").groups["adam"]}
    found_there = {(one.dataset, one.parameters) for one in datasets_of(key, table, groups)}
    assert found_there == used


def test_value_level_tells_parameters_apart():
    """A number of cycles is whole, a dose intensity is not, a date has no number; rules cited."""
    frame = pl.DataFrame(
        {
            "PARAMCD": ["NCYCLE", "NCYCLE", "RDI", "RDI", "FIRSTDT"],
            "PARAM": ["Cycles", "Cycles", "Dose Intensity", "Dose Intensity", "First Dose"],
            "AVAL": [2.0, 10.0, 87.25, 100.0, None],
            "RULEID": ["A-12", "A-12 D-06", "A-12", "ICH E3 11.2", "A-12"],
        }
    )
    items = tuple(
        Item(name=name, label=name, kind="float" if name == "AVAL" else "text")
        for name in frame.columns
    )
    group = ItemGroup(name="ADEX", label="X", standard="ADaM", items=items, frame=frame)
    ((item, levels),) = value_levels(group)
    assert item.name == "AVAL"
    told = [(one.code, one.label, one.whole, decimals(one.column), one.rules) for one in levels]
    assert told == [
        ("NCYCLE", "Cycles", True, 0, ("A-12", "D-06")),
        ("RDI", "Dose Intensity", False, 2, ("A-12", "ICH E3 11.2")),
    ]


def test_value_level_stands_in_the_file(exported):
    tree = exported[3]["adam"]
    reference = found(tree, "//def:ValueListDef[@OID='VL.ADTTE.AVAL']/odm:ItemRef")[0]
    assert found(reference, "def:WhereClauseRef/@WhereClauseOID")[0].startswith("WC.ADTTE.PARAMCD.")
    method = found(tree, "//odm:MethodDef[@OID='MT.ADTTE.AVAL.PFS']//odm:TranslatedText/text()")[0]
    assert method.startswith("Progression-Free Survival.")
    assert "Rules cited by its records: C-" in method


def test_the_words_of_a_rule_are_those_of_the_protocol():
    trial = leaving("000")
    response = trial.protocol.response.model_copy(update={"confirm_days": 35})
    changed = trial.protocol.model_copy(update={"response": response})
    text = define_xml(
        Described(
            protocol=changed,
            standard="ADaM",
            groups=trial.groups["adam"][:1],
            made=MADE,
            ending="json",
            simulated="Simulated data: made up",
        )
    )
    tree = etree.fromstring(text.encode())
    text = "".join(found(tree, "//def:CommentDef[@OID='COM.TRIAL']//text()"))
    assert "response.confirm_days = 35 (R-062)" in text
    assert text.strip().startswith("Simulated data: made up. Data cut-off 2027-01-15.")
    assert found(tree, "//def:leaf/@xlink:href")[0] == "adsl.json"
    assert tree.get("CreationDateTime") == "2027-01-15T00:00:00"


def test_what_else_was_read_does_not_change_it():
    """The library keeps one list of namespaces for the whole process."""
    described = Described(
        protocol=leaving("000").protocol, standard="ADaM", groups=leaving("000").groups["adam"][:1],
        made=MADE, ending="xpt",
    )  # fmt: skip
    before = define_xml(described)
    kept = dict(NamespaceRegistry.namespaces)
    try:
        NamespaceRegistry(prefix="def", uri="http://www.cdisc.org/ns/def/v2.0")
        NamespaceRegistry(prefix="other", uri="http://example.org/other")
        assert define_xml(described) == before
    finally:
        NamespaceRegistry.namespaces.clear()
        NamespaceRegistry.namespaces.update(kept)


def test_every_variable_has_an_origin_and_every_dataset_a_class():
    for dataset in ADAM.values():
        assert class_of(dataset.name).name != "FINDINGS"
        for variable in dataset.variables:
            assert adam_origin(dataset.name, variable.name).said
