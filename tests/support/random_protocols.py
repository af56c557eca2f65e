"""Random protocols for property tests: every field of the model, every kind of source."""

from __future__ import annotations

import types
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic_core import PydanticUndefined

from trialwright.protocol.base import Part, Source
from trialwright.protocol.model import Component, Protocol
from trialwright.protocol.modification import DoseModification, TermRule
from trialwright.protocol.settle import get_value, leaf_paths, value_text

ANY = st.characters(exclude_categories=["Cs"])
TEXT = st.text(ANY, max_size=40) | st.text("ab :#-'\"\\\n\t,[]{}&*!|>%@`~0.", max_size=140)
_NAME = st.text(
    st.characters(exclude_categories=["Cs", "Zs", "Zl", "Zp", "Cc"], exclude_characters="./\\\x7f"),
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
    "events": st.none() | st.lists(TEXT, max_size=3, unique=True).map(tuple),
    "until": st.none() | st.lists(TEXT, max_size=3, unique=True).map(tuple),
    "days_in_cycle": st.none() | st.lists(st.integers(1, 28), max_size=3, unique=True).map(tuple),
}
_MODIFICATION = st.none() | st.builds(
    DoseModification,
    hold_from_grade=st.just(3),
    resume_at_grade=st.integers(0, 2),
    stop_from_grade=st.none() | st.integers(3, 5),
    max_delay_days=st.none() | st.integers(1, 99),
    reducible=st.none() | st.booleans(),
    exceptions=st.none()
    | st.lists(
        st.builds(
            TermRule,
            terms=st.lists(TEXT, min_size=1, max_size=2).map(tuple),
            hold_from_grade=st.none() | st.just(3),
        ),
        max_size=2,
    ).map(tuple),
)
_COMPONENT = {
    "modification": _MODIFICATION,
    "id": st.text("abc_019", min_size=1, max_size=8),
    "cycle_length_days": st.none() | st.integers(28, 84),
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
    special = _SPECIAL | (_COMPONENT if cls is Component else {})
    fields = {
        name: special[name] if name in special else _values(info.annotation, info.metadata)
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
