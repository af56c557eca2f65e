"""Records of our own writing, each with what a careful reader finds in it.

`records/NAME.txt` is a record in the plain-text layout, `records/NAME.yaml` what it says:

    traps:   [one line for each trap that the record holds]
    facts:   {path: value}            the value at that path of the draft
    quotes:  {path: words}            the quote of that value
    absent:  [path]                   the text is silent: nothing may stand there
    primary, secondary: [[measure, description or null, time frame or null]]
    findings, no_findings: [code]     codes that are raised, and that are not
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from trialwright.protocol.settle import get_value, value_text
from trialwright.registry.draft import draft_protocol
from trialwright.registry.record import read_record

RECORDS = sorted((Path(__file__).parent / "records").glob("*.yaml"))
KEYS = {"traps", "facts", "quotes", "absent", "primary", "secondary", "findings", "no_findings"}


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_an_own_record_is_read_as_its_author_wrote_down(path: Path) -> None:
    wanted: dict[str, Any] = YAML(typ="safe").load(path.read_text("utf-8"))
    assert set(wanted) <= KEYS
    assert wanted["traps"]
    draft = draft_protocol(read_record(path.with_suffix(".txt")))
    read = json.loads(json.dumps(draft.to_json()))
    facts = {fact["path"]: fact for fact in read["facts"]}
    values = {name: fact["value"] for name, fact in facts.items()}
    codes = {finding["code"] for finding in read["findings"]}
    assert {name: values.get(name) for name in wanted.get("facts", {})} == wanted.get("facts", {})
    for name, quote in wanted.get("quotes", {}).items():
        assert facts[name]["quote"] == quote, name
    assert not [name for name in wanted.get("absent", ()) if name in values]
    for role in ("primary", "secondary"):
        if role in wanted:
            assert [
                [one["measure"], one["description"], one["timeFrame"]] for one in read[role]
            ] == wanted[role]
    assert not set(wanted.get("findings", ())) - codes
    assert not set(wanted.get("no_findings", ())) & codes
    for fact in facts.values():
        assert draft.record.text[fact["start"] : fact["end"]] == fact["quote"]


@pytest.mark.parametrize("path", RECORDS, ids=lambda path: path.stem)
def test_the_json_holds_the_sources_of_the_protocol_and_the_questions(path: Path) -> None:
    draft = draft_protocol(read_record(path.with_suffix(".txt")))
    whole = json.loads(draft.to_ndjson())
    assert whole == draft.to_json()
    assert whole["findings"] == [one.model_dump(mode="json") for one in draft.questions]
    assert [one["path"] for one in whole["facts"]] == [one.path for one in draft.protocol.sources]
    for fact, source in zip(whole["facts"], draft.protocol.sources, strict=True):
        assert fact["value"] == json.loads(source.text or "null")
        assert source.text == value_text(get_value(draft.protocol, source.path))
        assert fact["source"] == source.kind
        same = ("quote", "start", "end", "reason")
        assert [fact[name] for name in same] == [getattr(source, name) for name in same]


def test_there_are_enough_own_records() -> None:
    assert len(RECORDS) >= 30
