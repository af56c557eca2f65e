"""Properties over generated protocols: exact round trip, defaults total and idempotent."""

from __future__ import annotations

import types
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticUndefined

from trialwright.core.errors import ProtocolError
from trialwright.protocol.base import Part, Source
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

_ANY = st.characters(exclude_categories=["Cs"])
TEXT = st.text(_ANY, max_size=40) | st.text("ab :#-'\"\\\n\t,[]{}&*!|>%@`~0.", max_size=140)
_NAME = st.text(
    st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"], exclude_characters="."),
    min_size=1,
    max_size=8,
).filter(lambda s: not any(c.isspace() for c in s))
_CALENDAR = st.lists(st.integers(1, 60), min_size=1, max_size=3, unique=True).flatmap(
    lambda ends: st.tuples(*(st.tuples(st.just(end), st.integers(1, 26)) for end in sorted(ends)))
)
_TENTHS = st.integers(100, 900).map(lambda tenths: tenths / 10)
_WINDOW = st.lists(st.integers(0, 400), min_size=2, max_size=2).map(
    lambda days: tuple(sorted(days))
)
_MONTHS = st.lists(st.integers(1, 240), min_size=1, max_size=4, unique=True).map(
    lambda found: tuple(month / 2 for month in sorted(found))
)
_SPECIAL = {
    "pfs_rate_months": st.none() | _MONTHS,
    "os_rate_months": st.none() | _MONTHS,
    "icpd_window_days": st.none() | _WINDOW,
    "rebaseline_window_days": st.none() | _WINDOW,
    "interval_weeks": st.none() | st.integers(1, 30) | _CALENDAR,
    "new_node_mm": st.none() | _TENTHS,
    "ltp_margin_mm": st.none() | _TENTHS,
    "id": _NAME,
}


def _limits(metadata: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in metadata:
        for name in ("ge", "gt", "lt", "le"):
            if getattr(item, name, None) is not None:
                found[name] = getattr(item, name)
        found |= _limits(getattr(item, "metadata", ()))
    return found


def _number(limits: dict[str, Any], kind: type) -> st.SearchStrategy[Any]:
    if kind is int:
        low = limits.get("ge", limits.get("gt", -1) + 1)
        return st.integers(low, limits.get("le", 10_000))
    low, high = limits.get("ge", limits.get("gt", -1e9)), limits.get("lt", 1e9)
    return st.floats(
        low, high, exclude_min="gt" in limits, exclude_max="lt" in limits, allow_subnormal=False
    )


def _values(annotation: Any, metadata: Any = ()) -> st.SearchStrategy[Any]:
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _values(args[0], (*metadata, *args[1:]))
    if origin in {Union, types.UnionType}:
        return st.one_of(_values(arg, metadata) for arg in args)
    if origin is Literal:
        return st.sampled_from(args)
    return _tuples(args) if origin is tuple else _plain(annotation, metadata)


def _tuples(args: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if args[-1] is not Ellipsis:
        return st.tuples(*(_values(arg) for arg in args))
    if "id" in getattr(args[0], "model_fields", {}):
        return st.lists(part(args[0]), min_size=1, max_size=4, unique_by=lambda one: one.id).map(
            tuple
        )
    return st.lists(_values(args[0]), max_size=3).map(tuple)


def _plain(annotation: Any, metadata: Any) -> st.SearchStrategy[Any]:
    simple = {str: TEXT, bool: st.booleans(), date: st.dates(), type(None): st.none()}
    if annotation in simple:
        return simple[annotation]
    return (
        part(annotation) if issubclass(annotation, Part) else _number(_limits(metadata), annotation)
    )


def part(cls: type[Part]) -> st.SearchStrategy[Any]:
    fields = {
        name: _SPECIAL[name] if name in _SPECIAL else _values(info.annotation, info.metadata)
        for name, info in cls.model_fields.items()
        if name != "sources"
    }
    optional = {
        name: strategy
        for name, strategy in fields.items()
        if cls.model_fields[name].default is not PydanticUndefined
    }
    required = {name: strategy for name, strategy in fields.items() if name not in optional}
    return st.fixed_dictionaries(required, optional=optional).map(lambda values: cls(**values))


_KINDS = st.sampled_from(["record", "inferred", "default", "user"])
_OFFSETS = st.none() | st.integers(0, 9999)


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    protocol = draw(part(Protocol))
    sources = [
        Source(
            path=path,
            kind=draw(_KINDS),
            quote=draw(st.none() | TEXT),
            start=draw(_OFFSETS),
            end=draw(_OFFSETS),
            reason=draw(st.none() | TEXT),
            text=value_text(get_value(protocol, path)),
        )
        for path in leaf_paths(protocol)
    ]
    order = draw(st.permutations(sources))
    return protocol.model_copy(update={"sources": tuple(order)})


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
@given(st.text(_ANY, max_size=200) | TEXT)
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
