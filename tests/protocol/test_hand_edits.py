"""A hand edit of the file: the value becomes the user's, every other source stays as it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trialwright.protocol.base import Source
from trialwright.protocol.check import check_protocol
from trialwright.protocol.document import parse_protocol, protocol_text
from trialwright.protocol.model import Protocol
from trialwright.protocol.phrases import dosing_words, endpoint_words
from trialwright.protocol.settle import (
    accept_defaults,
    get_value,
    leaf_paths,
    settle,
    sources_by_path,
    value_text,
)
from trialwright.registry.draft import draft_protocol
from trialwright.registry.record import read_record

RECORDS = Path(__file__).parents[2] / "examples/records"
_SETTINGS = settings(max_examples=30, deadline=None, derandomize=True)


def drafted(name: str) -> Protocol:
    found = draft_protocol(read_record(next(RECORDS.glob(f"{name}*.txt"))))
    return accept_defaults(found.protocol, found.findings)


PROTOCOLS = {name: drafted(name) for name in ("000", "002", "003")}
TEXTS = {name: protocol_text(protocol) for name, protocol in PROTOCOLS.items()}
#: A whole number, a rate, a choice or yes and no, alone on its line before the sources.
_VALUE = re.compile(
    r"^ {2,4}(?P<key>[a-z_]+): (?P<value>\d+(?:\.\d+)?|true|false)(?=  #|$)", re.MULTILINE
)
_FIXED = {"missing_grade", "trialwright_protocol", "null_rate", "alternative_rate"}


def edited(name: str, at: int) -> tuple[str, str]:
    """The text with the value number `at` changed in place, and its key."""
    text = TEXTS[name]
    body = text[: text.index("\nsources:")]
    found = [m for m in _VALUE.finditer(body) if m["key"] not in _FIXED]
    match = found[at % len(found)]
    old = match["value"]
    new = {"true": "false", "false": "true"}.get(old)
    new = new or (f"{float(old) / 2:g}" if "." in old else str(int(old) + 1))
    return text[: match.start("value")] + new + text[match.end("value") :], match["key"]


@_SETTINGS
@given(st.sampled_from(sorted(TEXTS)), st.integers(0, 500))
def test_one_edit_is_the_users_and_every_other_source_stays(name, at):
    before = PROTOCOLS[name]
    text, key = edited(name, at)
    after = parse_protocol(text)
    changed = [p for p in leaf_paths(before) if get_value(before, p) != get_value(after, p)]
    assert [path.rpartition(".")[2] for path in changed] == [key]
    (path,) = changed
    old, new = sources_by_path(before), sources_by_path(after)
    owner = next(p for p in (path, path.rpartition(".")[0], "cohorts") if p in old)
    assert new[path].kind == "user"
    assert new[path].quote == old[owner].quote
    assert new[path].reason is not None
    assert f"({old[owner].kind})" in new[path].reason
    inside = f"{owner}."
    assert {p: s for p, s in new.items() if p != path and not p.startswith(inside)} == {
        p: s for p, s in old.items() if p != owner
    }
    assert {s.kind for p, s in new.items() if p.startswith(inside) and p != path} <= {
        old[owner].kind
    }
    assert parse_protocol(protocol_text(after)) == after


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_drafted_file_reads_back_and_is_written_the_same_again(name):
    assert parse_protocol(TEXTS[name]) == PROTOCOLS[name]
    assert protocol_text(parse_protocol(TEXTS[name])) == TEXTS[name]


def test_comments_of_a_person_are_read_over_and_the_header_says_they_go():
    text = TEXTS["000"].replace("  enrollment: 30", "  # asked Dr Li on Monday\n  enrollment: 30")
    assert parse_protocol(text) == PROTOCOLS["000"]
    assert "Comments are written anew with the file" in text.splitlines()[2]


def test_what_is_open_stands_where_its_value_would_stand():
    found = draft_protocol(read_record(next(RECORDS.glob("002*.txt"))))
    lines = protocol_text(found.protocol).splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("    events: [progression]"))
    above = " ".join(line.strip(" #") for line in lines[at - 3 : at])
    assert "open (error):" in above
    assert "Proposed: events = [progression, death]." in above
    at = next(i for i, line in enumerate(lines) if line == "    repeated: true")
    assert "# open (warning):" in "".join(lines[at - 3 : at])
    design = lines.index("design:")
    population = lines.index("population:")
    inside = [line for line in lines[design:population] if line.startswith("  # open (error)")]
    missing = next(
        one for one in check_protocol(found.protocol) if one.code == "enrollment_missing"
    )
    assert inside[0].removeprefix("  # open (error): ") in missing.message
    assert "  # open" not in "\n".join(lines[lines.index("sources:") :])
    assert max(map(len, lines)) <= 100


def test_settling_a_value_takes_its_comment_away():
    found = draft_protocol(read_record(next(RECORDS.glob("002*.txt")))).protocol
    settled = settle(found, {"endpoints.PFS.events": ["progression", "death"]})
    assert "death as an event" not in protocol_text(settled).replace("\n", " ")


def member(section: str, **values: object) -> str:
    tree = {"id": "x"} | values
    protocol = settle(Protocol(id="a", title="t"), {f"{section}.x": tree})
    return protocol_text(protocol)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"dose": [{"value": 200, "unit": "mg"}], "route": "intravenous", "interval_days": 21},
         "X: 200 mg intravenous every 3 weeks"),
        ({"frequency": "BID", "dose": [{"value": 2.5, "unit": "mg"}]}, "X: 2.5 mg twice a day"),
        ({"days_in_cycle": [1, 2, 3, 8], "cycle_length_days": 28}, "X: on days 1 to 3 and 8 of 28"),
        ({"days_in_cycle": [1]}, "X: on day 1"),
        ({"interval_days": 28, "interval_days_min": 21}, "X: every 3 to 4 weeks"),
        ({"interval_days": 10}, "X: every 10 days"),
        ({"interval_days": 7}, "X: every week"),
        ({"dose": [{"value": v, "unit": "mg"} for v in (1, 2, 3)]}, "X: 1, 2 or 3 mg"),
        ({"dose": [{"value": 6, "unit": "mg/kg"}], "interval_days": 21,
          "loading_dose": {"dose": [{"value": 8, "unit": "mg/kg"}]}},
         "X: 6 mg/kg every 3 weeks (loading 8 mg/kg as the first dose)"),
        ({"n_cycles": 8, "n_cycles_min": 6}, "X: 6 to 8 cycles"),
        ({"dose": [{"value": 30, "unit": "Gy"}], "fractions": 10}, "X: 30 Gy, 10 fractions"),
        ({"anchors": [{"event": "surgery", "relation": "before", "offset_days": 14}]},
         "X: 14 days before surgery"),
        ({}, "X: dose and schedule are not said"),
    ],
)  # fmt: skip
def test_a_component_is_said_in_one_line(values, words):
    text = member("regimen", name="X", **values)
    assert f"\n  # {words}\n" in text
    if values:
        assert dosing_words(parse_protocol(text).regimen[0]) == words.removeprefix("X: ")


def test_an_endpoint_is_said_in_one_line():
    values = {
        "kind": "PFS_RATE", "role": "primary", "measure": "m", "landmark_months": 6,
        "criteria": ["RECIST 1.1"], "origin": "first_dose", "events": ["progression", "death"],
        "time_frame_months": 12, "time_frame_kind": "approximate",
    }  # fmt: skip
    words = (
        "Primary: PFS_RATE at 6 months by RECIST 1.1, from the first dose to progression or death, "
        "about 12 months"
    )
    text = member("endpoints", **values)
    assert endpoint_words(parse_protocol(text).endpoints[0]) == words
    assert words in text.replace("\n  #   ", " ")


def test_what_yaml_would_not_take_leaves_a_comment():
    for name in ("a\x85b", "a\u2028b", "a\x07b", "\ufeff", "a # b: c", ""):
        protocol = Protocol(id="a", title="t", sources=(Source(path="title", kind="user"),))
        protocol = settle(protocol, {"regimen.x": {"name": name, "kind": "drug"}})
        assert parse_protocol(protocol_text(protocol)).regimen == protocol.regimen


def test_a_remembered_value_is_the_value():
    for protocol in PROTOCOLS.values():
        for source in protocol.sources:
            assert source.text == value_text(get_value(protocol, source.path))


def by_kind(text: str, *sections: str) -> dict[str, str]:
    return {
        path: one.kind
        for path, one in sources_by_path(parse_protocol(text)).items()
        if path.startswith(sections)
    }


def listed() -> str:
    """A file whose cohorts have one source, as accepted defaults write them."""
    names = ("Ampullary carcinoma", "Duodenal carcinoma", "Carcinoma of the gallbladder")
    cohorts = [{"id": f"c{i}", "name": name, "enrollment": 9} for i, name in enumerate(names)]
    protocol = settle(Protocol(id="a", title="t"), {"cohorts": cohorts}, kind="default", reason="r")
    return protocol_text(protocol)


def test_a_cohort_more_or_less_leaves_the_others_their_source():
    text = listed()
    rest = {f"cohorts.c{i}.{key}": "default" for i in range(3) for key in ("name", "enrollment")}
    more = text.replace("cohorts:\n", "cohorts:\n  - id: c3\n    name: Bile duct\n", 1)
    assert by_kind(more, "cohorts") == rest | {"cohorts.c3.name": "user"}
    at = text.index("  - id: c1")
    less = text[:at] + text[text.index("  - id: c2") :]
    gone = {path: kind for path, kind in rest.items() if ".c1." not in path}
    assert by_kind(less, "cohorts") == gone
    assert parse_protocol(protocol_text(parse_protocol(more))) == parse_protocol(more)
    assert {one.reason for one in parse_protocol(less).sources if "c2" in one.path} == {"r"}


def test_a_changed_cohort_is_the_users_field_by_field():
    text = listed().replace("    enrollment: 9", "    enrollment: 12", 1)
    kinds = by_kind(text, "cohorts")
    assert kinds.pop("cohorts.c0.enrollment") == "user"
    assert set(kinds.values()) == {"default"}
    assert len(kinds) == 5
    said = sources_by_path(parse_protocol(text))["cohorts.c0.enrollment"].reason
    assert said == "replaces 9 (default)"


@pytest.mark.parametrize("name", ["000", "002"])
def test_another_id_of_a_component_leaves_its_values_their_sources(name):
    old = PROTOCOLS[name].regimen[0].id
    body, sources = TEXTS[name].split("\nsources:")
    edited = f"{body.replace(f'  - id: {old}', '  - id: agent_x')}\nsources:{sources}"
    before = by_kind(TEXTS[name], "regimen")
    moved = {path.replace(f"regimen.{old}.", "regimen.agent_x."): k for path, k in before.items()}
    assert moved != before
    assert by_kind(edited, "regimen") == moved
    assert by_kind(edited, "endpoints") == by_kind(TEXTS[name], "endpoints")


def test_another_component_under_another_id_is_the_users():
    old = PROTOCOLS["000"].regimen[0]
    body, sources = TEXTS["000"].split("\nsources:")
    body = body.replace(f"  - id: {old.id}", "  - id: agent_x")
    body = body.replace(f"    name: {old.name}", "    name: Another drug", 1)
    kinds = by_kind(f"{body}\nsources:{sources}", "regimen.agent_x")
    assert set(kinds.values()) == {"user"}


def test_a_settled_endpoint_that_is_edited_keeps_the_rest_of_its_source():
    values = {
        "kind": "AE",
        "role": "secondary",
        "measure": "Adverse events",
        "time_frame": "1 year",
    }
    protocol = settle(Protocol(id="a", title="t"), {"endpoints.AE": values}, kind="default")
    text = protocol_text(protocol).replace('time_frame: "1 year"', 'time_frame: "2 years"', 1)
    assert by_kind(text, "endpoints") == {
        "endpoints.AE.kind": "default", "endpoints.AE.role": "default",
        "endpoints.AE.measure": "default", "endpoints.AE.time_frame": "user",
    }  # fmt: skip
