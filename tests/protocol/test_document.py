"""The protocol file: its look, hand edits, settings, and every way to break it."""

from __future__ import annotations

import pytest

from trialwright.core.errors import ProtocolError
from trialwright.protocol.base import Source
from trialwright.protocol.document import (
    MAX_BYTES,
    parse_protocol,
    parse_settings,
    protocol_text,
    read_protocol,
)
from trialwright.protocol.model import Protocol
from trialwright.protocol.settle import accept_defaults, settle, sources_by_path

GOOD = """\
trialwright_protocol: 1
id: demo
title: A trial of a drug
design:
  phases: [PHASE2]
  single_arm: true
  enrollment: 30
  null_rate: 0.05
regimen:
  - id: drug
    name: Drug
    dose: [{value: 80, unit: mg}]
  - id: other
    name: Other
endpoints:
  - id: ORR
    kind: ORR
    role: primary
    measure: Objective response rate
  - id: OS
    kind: OS
    role: secondary
    measure: Overall survival
    origin: randomization
response:
  interval_weeks: 8
  confirmation: required
analysis:
  data_cutoff: 2024-01-31
safety:
  ctcae_version: 5.0
sources:
  design.enrollment: {kind: record, is: 30, quote: n = 30, at: [5, 11]}
  endpoints.OS.origin: {kind: record, is: "randomization", quote: from randomization}
"""


def test_the_example_reads_with_its_values_and_sources():
    protocol = parse_protocol(GOOD)
    assert protocol.design.enrollment == 30
    assert protocol.regimen[0].dose[0].value == 80
    assert str(protocol.analysis.data_cutoff) == "2024-01-31"
    assert protocol.safety.ctcae_version == "5.0"
    sources = sources_by_path(protocol)
    assert sources["design.enrollment"] == Source(
        path="design.enrollment", kind="record", quote="n = 30", start=5, end=11, text="30"
    )
    assert sources["response.interval_weeks"] == Source(
        path="response.interval_weeks", kind="user", text="8"
    )


def swap(old: str, new: str) -> str:
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


BROKEN = {
    "misspelt key": (swap("  enrollment: 30", "  enrolment: 30"), 7, 3, ('Unknown key "enrolment"', 'did you mean "enrollment"')),
    "misspelt section": (swap("design:", "desing:"), 4, 1, ('did you mean "design"',)),
    "key of another section": (swap("interval_weeks", "median_tie"), 26, 3, ('Unknown key "median_tie"', "merge_days")),
    "unknown key in a member": (swap("name: Other", "nmae: Other"), 14, 5, ('did you mean "name"',)),
    "unknown key in a dose": (swap("value: 80", "valeu: 80"), 12, 13, ('did you mean "value"', "value, unit")),
    "word for a number": (swap("enrollment: 30", "enrollment: thirty"), 7, 15, ('cannot be "thirty"', "a whole number")),
    "fraction for a whole number": (swap("enrollment: 30", "enrollment: 30.5"), 7, 15, ('cannot be "30.5"', "a whole number")),
    "quoted number": (swap("enrollment: 30", 'enrollment: "30"'), 7, 15, ("a whole number",)),
    "number below its limit": (swap("enrollment: 30", "enrollment: 0"), 7, 15, ("a number of at least 1",)),
    "rate above 1": (swap("0.05", "5"), 8, 14, ('cannot be "5"', "less than 1")),
    "not a number": (swap("0.05", ".nan"), 8, 14, ('cannot be ".nan"', "a number")),
    "word for yes": (swap("single_arm: true", "single_arm: yes"), 6, 15, ('cannot be "yes"', "true or false")),
    "wrong literal": (swap("kind: OS", "kind: Overall"), 21, 11, ('endpoints.OS.kind cannot be "Overall"', "'PFS_RATE'")),
    "wrong literal in a list": (swap("[PHASE2]", "[PHASE2, PHASE9]"), 5, 20, ('design.phases[2] cannot be "PHASE9"', "'PHASE3'")),
    "list for a value": (swap("title: A trial of a drug", "title: [a, b]"), 3, 8, ("title cannot be a list", "text")),
    "value for a list": (swap("[PHASE2]", "PHASE2"), 5, 11, ('cannot be "PHASE2"', "a list")),
    "value for a section": (swap("analysis:\n  data_cutoff: 2024-01-31", "analysis: later"), 28, 11, ('analysis cannot be "later"', "a mapping")),
    "mapping for a list": (swap("regimen:\n  - id: drug\n    name: Drug\n    dose: [{value: 80, unit: mg}]\n  - id: other\n    name: Other\n", "regimen:\n  drug: {name: Drug}\n"), 10, 3, ("regimen cannot be a mapping", "a list")),
    "date off the calendar": (swap("2024-01-31", "2024-13-01"), 29, 16, ('cannot be "2024-13-01"', "YYYY-MM-DD")),
    "either of two types": (swap("interval_weeks: 8", "interval_weeks: often"), 26, 19, ("a whole number or a list",)),
    "calendar that goes back": (swap("interval_weeks: 8", "interval_weeks: [[24, 6], [12, 9]]"), 26, 19, ("until weeks rising",)),
    "version that does not exist": (swap("5.0", "5.1"), 31, 18, ('cannot be "5.1"', "'4.03', '5.0' or '6.0'")),
    "required value gone": (swap("    role: primary\n", ""), 16, 5, ('"role" is missing',)),
    "empty required value": (swap("measure: Overall survival", "measure:"), 20, 5, ('"measure" is missing',)),
    "no version line": (swap("trialwright_protocol: 1\n", ""), 1, 1, ('"trialwright_protocol" is missing', "trialwright_protocol: 1")),
    "version of the future": (swap("protocol: 1", "protocol: 2"), 1, 23, ('trialwright_protocol cannot be "2"',)),
    "repeated key": (swap("  single_arm: true", "  single_arm: true\n  single_arm: false"), 7, 3, ('"single_arm" stands twice', "line 6")),
    "repeated component": (swap("id: other", "id: drug"), 13, 9, ('two of regimen have the id "drug"',)),
    "repeated endpoint": (swap("id: OS", "id: ORR"), 20, 9, ('two of endpoints have the id "ORR"', "an id of its own")),
    "id with a dot": (swap("id: other", "id: a.b"), 13, 9, ('regimen[2].id cannot be "a.b"', "small letters, digits and _")),
    "tab": (swap("  single_arm", "\tsingle_arm"), 6, 1, ("A tab stands", "spaces")),
    "open bracket": (swap("[PHASE2]", "[PHASE2"), 6, 13, ("YAML syntax",)),
    "open quote": ('id: "demo\n', 2, 1, ("YAML syntax", "unexpected end", "a closing quote")),
    "colon in plain text": (swap("A trial of a drug", "A trial: of a drug"), 3, 15, ("YAML syntax", "in quotes")),
    "wrong indent": (swap("  single_arm: true", " single_arm: true"), 6, 2, ("YAML syntax",)),
    "anchor and alias": (swap("id: demo", "id: &a demo"), 2, 5, ("anchors (&) and aliases (*)",)),
    "tag": (swap("id: demo", "id: !!python/object:os.system demo"), 2, 5, ("tag", "refused")),
    "second document": (GOOD + "---\na: 1\n", 35, 1, ("second document",)),
    "control character": (swap("id: demo", "id: de\x00mo"), 2, 7, ("U+0000", "printable")),
    "list at the top": ("- a\n- b\n", 1, 1, ("not a protocol", "key: value")),
    "text at the top": ("hello", 1, 1, ("not a protocol",)),
    "key that is a list": ("? [a]\n: b\n", 1, 3, ("A key must be plain text",)),
    "nested without end": ("a: " + "[" * 500, 1, 15, ("nested too deeply",)),
    "impossible escape": (swap("id: demo", r'id: "\UFFFFFFFF"'), 1, 1, ("cannot be read as YAML",)),
    "source of nothing": (swap("design.enrollment: {", "design.enrolment: {"), 33, 3, ('source path "design.enrolment"', 'no field')),
    "source kind": (swap("quote: from randomization}", "qoute: from randomization}"), 34, 60, ('did you mean "quote"',)),
    "kind of source": (swap("kind: record, is: 30", "kind: rumour, is: 30"), 33, 29, ('kind cannot be "rumour"', "'inferred'")),
    "source without kind": (swap("{kind: record, is: 30,", "{is: 30,"), 33, 22, ('"kind" is missing',)),
    "source that is text": (swap('{kind: record, is: "randomization", quote: from randomization}', "record"), 34, 24, ('source of endpoints.OS.origin is "record"', "a mapping")),
    "sources that are a list": (GOOD[: GOOD.index("sources:")] + "sources: [a]\n", 32, 10, ("sources is not a mapping",)),
}  # fmt: skip


@pytest.mark.parametrize(("text", "line", "column", "words"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_refused_with_line_column_and_what_is_allowed(text, line, column, words):
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(text, "trial.yaml")
    said = str(caught.value)
    assert f"trial.yaml, line {line}, column {column}" in said
    for word in words:
        assert word.casefold() in said.casefold()
    assert caught.value.do


def test_several_problems_come_in_one_message_in_the_order_of_the_file():
    text = GOOD.replace("enrollment: 30", "enrolment: 30").replace(
        "confirmation: required", "confirmation: maybe"
    )
    text = text.replace("id: other", "id: drug")
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(text)
    assert caught.value.what == "The protocol file has 3 problems."
    where = caught.value.where.splitlines()
    assert [line.split(":")[0].strip() for line in where] == [
        "protocol.yaml",
        "line 7, column 3",
        "line 13, column 9",
        "line 27, column 17",
    ]
    assert where[3].endswith("Allowed: 'required' or 'not_required'.")


def test_many_problems_are_cut_at_ten():
    wrong = "".join(f"  wrong_{number:02}: 1\n" for number in range(14))
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(swap("  single_arm: true\n", wrong))
    lines = caught.value.where.splitlines()
    assert len(lines) == 12
    assert lines[-1].strip() == "and 4 more"


@pytest.mark.parametrize("text", ["", "# only a comment\n", "\n\n"])
def test_an_empty_file_says_how_a_protocol_starts(text):
    with pytest.raises(ProtocolError, match="is empty") as caught:
        parse_protocol(text)
    assert "trialwright_protocol: 1" in caught.value.allowed


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ProtocolError, match="cannot be opened"):
        read_protocol(tmp_path / "none.yaml")
    with pytest.raises(ProtocolError, match="cannot be opened"):
        read_protocol(tmp_path)


def test_a_file_that_is_not_utf8_names_the_line(tmp_path):
    path = tmp_path / "trial.yaml"
    path.write_bytes(GOOD.encode().replace(b"A trial of", b"A tri\xe4l of"))
    with pytest.raises(ProtocolError, match="not UTF-8: byte 0xE4") as caught:
        read_protocol(path)
    assert caught.value.where == "trial.yaml, line 3"


def test_a_huge_file_is_refused_unread(tmp_path):
    path = tmp_path / "trial.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(ProtocolError, match=f"too large: {MAX_BYTES + 1} bytes"):
        read_protocol(path)


def test_an_alias_bomb_is_refused_before_it_grows():
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\n"
    with pytest.raises(ProtocolError, match="aliases"):
        parse_protocol(bomb)


def test_a_file_with_windows_line_ends_and_byte_order_mark_reads_the_same(tmp_path):
    path = tmp_path / "trial.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert read_protocol(path) == parse_protocol(GOOD)


def test_an_edited_value_becomes_the_users_and_keeps_the_words_of_the_record():
    edited = parse_protocol(swap("origin: randomization", "origin: enrolment"))
    assert sources_by_path(edited)["endpoints.OS.origin"] == Source(
        path="endpoints.OS.origin",
        kind="user",
        quote="from randomization",
        reason='replaces "randomization" (record)',
        text='"enrolment"',
    )
    untouched = sources_by_path(parse_protocol(GOOD))["design.enrollment"]
    assert sources_by_path(edited)["design.enrollment"] == untouched


def test_an_edited_default_says_what_the_default_was():
    text = protocol_text(accept_defaults(parse_protocol(GOOD), ()))
    edited = parse_protocol(text.replace("  confirm_days: 28 ", "  confirm_days: 35 "))
    source = sources_by_path(edited)["response.confirm_days"]
    assert (source.kind, source.reason) == ("user", "replaces 28 (default)")
    assert parse_protocol(protocol_text(edited)) == edited


def test_a_deleted_value_drops_its_source_and_a_new_one_gets_one():
    edited = parse_protocol(
        swap("    origin: randomization\n", "").replace("  enrollment: 30\n", "  power: 0.8\n")
    )
    paths = sources_by_path(edited)
    assert "endpoints.OS.origin" not in paths
    assert "design.enrollment" not in paths
    assert paths["design.power"] == Source(path="design.power", kind="user", text="0.8")


def test_a_deleted_member_drops_its_sources():
    start = GOOD.index("  - id: OS")
    edited = parse_protocol(GOOD[:start] + GOOD[GOOD.index("response:") :])
    assert not any(path.startswith("endpoints.OS") for path in sources_by_path(edited))


def test_a_number_written_another_way_is_not_an_edit():
    text = swap("is: 30", "is: 30.0").replace("enrollment: 30\n", "enrollment: 030\n")
    assert sources_by_path(parse_protocol(text))["design.enrollment"].kind == "record"


def test_an_edit_of_a_long_text_is_seen_although_only_its_digest_is_kept():
    title = "A trial of one drug and another drug in patients with a disease of some organ, phase 2"
    protocol = settle(parse_protocol(GOOD), {"title": title}, kind="record")
    text = protocol_text(protocol)
    assert parse_protocol(text) == protocol
    assert f'"{title[:20]}' not in text[text.index("sources:") :]
    edited = parse_protocol(text.replace("one drug", "two drugs", 1))
    source = sources_by_path(edited)["title"]
    assert (source.kind, source.reason) == ("user", "replaces a longer text (record)")


def test_a_value_inside_an_edited_list_is_the_users_and_the_rest_keeps_its_source():
    cohorts = [{"id": "A", "name": "a"}, {"id": "B", "name": "b"}]
    text = protocol_text(
        settle(parse_protocol(GOOD), {"cohorts": cohorts}, kind="default", reason="r")
    )
    edited = parse_protocol(text.replace("    name: b\n", "    name: b\n    enrollment: 12\n"))
    sources = sources_by_path(edited)
    kinds = {path: one.kind for path, one in sources.items() if path.startswith("cohorts")}
    assert kinds == {
        "cohorts.A.name": "default", "cohorts.B.name": "default", "cohorts.B.enrollment": "user",
    }  # fmt: skip
    assert sources["cohorts.A.name"].reason == "r"


@pytest.mark.parametrize(
    "text",
    ["yes", "null", "~", "true", "1e5", "2024-01-31", "5.0", "- a", "a: b", "a #b", "'", '"', "\\",
     " lead", "trail ", "two  spaces", "tab\there", "line\nbreak", "\u2028", "\x85", "\xa0", "\ufeff",
     "，（）、", "😀", "%a", "@a", "`a", "!a", "&a", "*a", "{a}", "[a]", "", "a" * 300, "ab " * 100,
     'q"' * 60, "\\ " * 60],
)  # fmt: skip
def test_every_text_survives(text):
    protocol = settle(parse_protocol(GOOD), {"title": text}, reason=text)
    assert parse_protocol(protocol_text(protocol)) == protocol


def test_the_file_is_written_for_a_person():
    text = protocol_text(accept_defaults(parse_protocol(GOOD), ()))
    lines = text.splitlines()
    assert "  enrollment: 30  # patients planned" in lines
    assert "  # Drug: 80 mg" in lines
    assert "    dose: [{value: 80, unit: mg}]" in lines
    assert "  # Secondary: OS, from randomization" in lines
    assert "  pfs_rule: FDA  # censoring of PFS (C-10): FDA | EMA" in lines
    confirming = "days from a response to the scan that confirms it"
    assert f"  confirm_days: 28  # {confirming} (R-062)" in lines
    assert "  data_cutoff: 2024-01-31  # data cut-off" in lines
    assert any(line.startswith("# Not decided: arms, allocation, masking") for line in lines)
    assert text.index("design:") < text.index("regimen:") < text.index("endpoints:")
    assert text.index("safety:") < text.index("\nsources:")
    assert ": null" not in text
    assert max(map(len, lines)) <= 100
    assert protocol_text(parse_protocol(text)) == text


def test_settings_are_read_as_in_the_file():
    assert parse_settings(
        [
            "design.enrollment=30",
            "endpoints.OS.origin = enrolment",
            "safety.ctcae_version=5.0",
            "response.interval_weeks=[[24, 6], [52, 12]]",
            "response.bor_stop_nact=false",
            "analysis.data_cutoff=2024-01-31",
            "regimen.drug.dose=[{value: 80, unit: mg}]",
            "treatment.max_duration_days=",
            "title=a = b",
        ]
    ) == {
        "design.enrollment": 30,
        "endpoints.OS.origin": "enrolment",
        "safety.ctcae_version": "5.0",
        "response.interval_weeks": [[24, 6], [52, 12]],
        "response.bor_stop_nact": False,
        "analysis.data_cutoff": "2024-01-31",
        "regimen.drug.dose": [{"value": 80, "unit": "mg"}],
        "treatment.max_duration_days": None,
        "title": "a = b",
    }


def test_settings_go_into_settle():
    protocol = settle(parse_protocol(GOOD), parse_settings(["design.enrollment=40"]))
    source = sources_by_path(protocol)["design.enrollment"]
    assert (protocol.design.enrollment, source.reason) == (40, "replaces 30 (record)")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("design.enrollment", "path=value"),
        ("=3", "path=value"),
        ("design.enrolment=30", 'did you mean "enrollment"'),
        ("design.phases=[PHASE2", "cannot be read"),
        ("title=*a", "aliases"),
    ],
)
def test_a_bad_setting_is_refused(setting, words):
    with pytest.raises(ProtocolError) as caught:
        parse_settings([setting])
    assert words in str(caught.value)


def test_an_empty_list_of_cohorts_is_not_an_absent_one():
    protocol = Protocol(id="a", title="t", cohorts=())
    assert parse_protocol(protocol_text(protocol)).cohorts == ()
    assert parse_protocol(protocol_text(Protocol(id="a", title="t"))).cohorts is None


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("id: other", 'id: "../../x"', 13, "small letters, digits and _"),
        ("id: other", "id: Other", 13, "small letters, digits and _"),
        ("id: OS", "id: a/b", 20, "slashes"),
        ("name: Other", "name: Other\n    days_in_cycle: [0, 1]", 15, "has day 0, which no cycle has"),
        (
            "name: Other", "name: Other\n    days_in_cycle: [1, 22]\n    cycle_length_days: 21",
            15, "days 1 to 21",
        ),
        ("name: Other", "name: Other\n    days_in_cycle: [1, 8, 8]", 15, "has 8 twice"),
        (
            "measure: Overall survival", "measure: Overall survival\n    events: [death, death]",
            24, "has death twice",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_where_it_stands(old, new, line, words):
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(swap(old, new), "trial.yaml")
    said = str(caught.value)
    assert f"trial.yaml, line {line}, column " in said
    assert words in said


@pytest.mark.parametrize("days", ["[-6, -5, -4, 0]", "[1, 21]", "[1]"])
def test_days_that_can_be_are_read(days):
    cycle = "" if "-" in days else "\n    cycle_length_days: 21"
    text = swap("name: Other", f"name: Other\n    days_in_cycle: {days}{cycle}")
    assert str(list(parse_protocol(text).regimen[1].days_in_cycle or ())) == days


def test_odd_days_of_the_record_itself_are_read():
    text = swap("name: Other", "name: Other\n    days_in_cycle: [0, 7]")
    text += "  regimen.other.days_in_cycle: {kind: record, is: [0, 7], quote: days 0 and 7}\n"
    assert parse_protocol(text).regimen[1].days_in_cycle == (0, 7)


def test_a_settled_id_has_the_form_of_one_too():
    with pytest.raises(ProtocolError, match="cannot be"):
        settle(parse_protocol(GOOD), {"regimen.a/b": {"name": "x"}})
