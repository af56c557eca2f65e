"""Properties over generated protocols: exact round trip, defaults total and idempotent."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.random_protocols import ANY, TEXT, part, protocols
from trialwright.core.errors import ProtocolError
from trialwright.protocol.check import check_protocol
from trialwright.protocol.document import parse_protocol, protocol_text, with_sources
from trialwright.protocol.model import Protocol
from trialwright.protocol.options import OPTIONS
from trialwright.protocol.paths import source_of
from trialwright.protocol.settle import (
    accept_defaults,
    defaults_in_force,
    get_value,
    leaf_paths,
    settle,
    sources_by_path,
    value_text,
)
from trialwright.protocol.settled import (
    endpoint_origin,
    settled_analysis,
    settled_response,
    settled_safety,
)

_SETTINGS = settings(
    max_examples=35,
    deadline=None,
    derandomize=True,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.filter_too_much,
    ],
)


@_SETTINGS
@given(protocols())
def test_what_is_written_is_read_back_exactly(protocol):
    assert parse_protocol(protocol_text(protocol)) == protocol


@_SETTINGS
@given(part(Protocol))
def test_a_protocol_without_sources_reads_back_with_its_values_and_user_sources(protocol):
    back = parse_protocol(protocol_text(protocol))
    assert back.model_copy(update={"sources": ()}) == protocol
    assert {source.kind for source in back.sources} <= {"user"}
    assert {source.path for source in back.sources} == set(leaf_paths(protocol))
    assert back == with_sources(protocol)


@_SETTINGS
@given(protocols())
def test_defaults_settle_every_protocol_and_settle_it_once(protocol):
    settled = accept_defaults(protocol, check_protocol(protocol))
    settled_response(settled)
    settled_analysis(settled)
    settled_safety(settled)
    for endpoint in settled.endpoints:
        by_person = source_of(sources_by_path(settled), f"endpoints.{endpoint.id}.origin")
        if by_person is not None and by_person.kind == "user":
            continue  # what a person wrote stays, and is refused where it is used
        if endpoint.kind in {"PFS", "PFS_RATE", "OS", "OS_RATE", "TTP"}:
            endpoint_origin(settled, endpoint)
    assert accept_defaults(settled, check_protocol(settled)) == settled
    assert parse_protocol(protocol_text(settled)) == settled


@_SETTINGS
@given(protocols())
def test_defaults_change_nothing_that_a_person_decided_but_what_cannot_run(protocol):
    findings = check_protocol(protocol)
    errors = {
        path
        for finding in findings
        if finding.severity == "error"
        for path in finding.proposal or {}
    }
    settled = accept_defaults(protocol, findings)
    for source in protocol.sources:
        if source.kind == "user" and source.path not in errors:
            assert get_value(settled, source.path) == get_value(protocol, source.path)


@_SETTINGS
@given(protocols())
def test_each_default_in_force_was_proposed_or_is_an_option(protocol):
    protocol = protocol.model_copy(
        update={"sources": tuple(s for s in protocol.sources if s.kind != "default")}
    )
    findings = check_protocol(protocol)
    proposed = {path for finding in findings for path in finding.proposal or {}}
    proposed |= {option.path for option in OPTIONS}
    for source in defaults_in_force(accept_defaults(protocol, findings)):
        assert source.path in proposed
        assert source.reason


@_SETTINGS
@given(protocols(), st.data())
def test_settling_one_value_leaves_every_other_value_and_source(protocol, data):
    path = data.draw(st.sampled_from([option.path for option in OPTIONS]))
    default = next(option.default for option in OPTIONS if option.path == path)
    settled = settle(protocol, {path: default})
    assert value_text(get_value(settled, path)) in {value_text(default), f"{default}.0"}
    assert {s.path: s for s in settled.sources if s.path != path} == {
        s.path: s for s in protocol.sources if s.path != path
    }
    for other in leaf_paths(protocol):
        if other != path:
            assert get_value(settled, other) == get_value(protocol, other)


@_SETTINGS
@given(st.text(ANY, max_size=200) | TEXT)
def test_any_text_is_refused_with_our_error_or_read(text):
    with pytest.raises(ProtocolError) as caught:
        parse_protocol(text)
    assert "protocol.yaml" in caught.value.where


@_SETTINGS
@given(protocols(), st.data())
def test_a_damaged_file_is_refused_with_our_error_or_read(protocol, data):
    text = protocol_text(protocol)
    at = data.draw(st.integers(0, len(text)))
    drop = data.draw(st.integers(0, 5))
    refused = _refusal(text[:at] + data.draw(TEXT) + text[at + drop :])
    assert refused is None or refused.where.startswith("protocol.yaml")


def _refusal(text: str) -> ProtocolError | None:
    try:
        parse_protocol(text)
    except ProtocolError as error:
        return error
    return None
