"""What pydantic refuses, said for the person who wrote the value.

One `Problem` for each place, with the path in our own notation, what is wrong and what is allowed;
the allowed values come from the model itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from trialwright.protocol.model import Protocol
from trialwright.protocol.paths import did_you_mean, fields_of

Loc = tuple[int | str, ...]

#: What the type of an error says is wanted; `%(x)s` is filled from the limits of the field.
_WANTED: Mapping[str, str] = {
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "string_type": "text (in quotes when it looks like a number)",
    "tuple_type": "a list in brackets, such as [1, 8, 15], [iRECIST] or [{value: 80, unit: mg}]",
    "model_type": "a mapping of keys to values",
    "date_type": "a date, YYYY-MM-DD",
    "date_parsing": "a date of the calendar, YYYY-MM-DD",
    "date_from_datetime_parsing": "a date of the calendar, YYYY-MM-DD",
    "greater_than": "a number greater than %(gt)s",
    "greater_than_equal": "a number of at least %(ge)s",
    "less_than": "a number less than %(lt)s",
    "less_than_equal": "a number of at most %(le)s",
    "too_short": "a list of at least %(min_length)s values",
    "literal_error": "%(expected)s",
    "too_long": "a list of %(max_length)s values",
    "value_error": "%(error)s",
}
#: What an id may be: that of a component stands in schedules, columns and names of other systems.
_ID = re.compile(r"[^\s./\\\x00-\x1f\x7f]+")
_COMPONENT_ID = re.compile(r"[a-z0-9_]+")


def id_wanted(section: str, name: str) -> str:
    """What the id of a member should be; empty where `name` is one."""
    if section == "regimen":
        said = "small letters, digits and _, such as nab_paclitaxel"
        return "" if _COMPONENT_ID.fullmatch(name) else said
    return "" if _ID.fullmatch(name) else "a name without spaces, dots and slashes"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where (`loc` as keys and list positions), what, what is allowed.

    `on_key` points at the key instead of its value; `missing` is the key that is not there, `hint`
    the key that an unknown one was probably meant to be.
    """

    loc: Loc
    what: str
    allowed: str = ""
    on_key: bool = False
    missing: str = ""
    hint: str = ""


def problems_of(error: ValidationError, tree: object) -> tuple[Problem, ...]:
    """Every problem of a refused document, several alternatives of one place joined.

    Parameters
    ----------
    error
        The refusal of `Protocol`.
    tree
        The plain data that was refused.
    """
    grouped: dict[Loc, list[ErrorDetails]] = {}
    for detail in error.errors(include_url=False):
        grouped.setdefault(_real(detail["loc"], tree), []).append(detail)
    problems = [_problem(loc, details, tree) for loc, details in grouped.items()]
    misspelt = {(*one.loc[:-1], one.hint) for one in problems if one.hint}
    return tuple(one for one in problems if (*one.loc, one.missing) not in misspelt)


def _real(loc: Loc, tree: object) -> Loc:
    """Cut the names of type alternatives that pydantic appends to a place."""
    here: Any = tree
    for depth, step in enumerate(loc):
        last = depth == len(loc) - 1
        if isinstance(here, dict) and (step in here or last):
            here = here.get(step)
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            return loc[:depth]
    return loc


def _problem(loc: Loc, details: Sequence[ErrorDetails], tree: object) -> Problem:
    first = details[0]
    key = str(loc[-1]) if loc else ""
    if first["type"] == "extra_forbidden":
        return unknown_key(loc, _fields_at(loc[:-1]), _at(tree, loc[:-1]))
    if first["type"] == "missing":
        allowed = f'a mapping with the key "{key}"'
        return Problem(loc[:-1], f'"{key}" is missing.', allowed, missing=key)
    wanted = " or ".join(dict.fromkeys(_wanted(detail) for detail in details))
    return Problem(loc, f"{path_of(loc, tree)} cannot be {shown(first['input'])}.", wanted)


def unknown_key(loc: Loc, names: Sequence[str], present: Collection[str] = ()) -> Problem:
    """The problem that a key is none of `names`, of which `present` are there already."""
    key = str(loc[-1])
    near = did_you_mean(key, [name for name in names if name not in present]) or ""
    asked = f' (did you mean "{near}"?)' if near else ""
    allowed = ", ".join(names)
    return Problem(loc, f'unknown key "{key}"{asked}.', allowed, on_key=True, hint=near)


def _at(tree: object, loc: Loc) -> Any:
    here: Any = tree
    for step in loc:
        here = here[step]
    return here


def _fields_at(loc: Loc) -> tuple[str, ...]:
    """Names of the fields of the part at `loc`."""
    part: Any = Protocol
    for step in loc:
        if isinstance(step, int):
            continue
        part = _inner_part(part, step)
    return tuple(part.model_fields) if part is not None else ()


def _inner_part(part: Any, name: str) -> Any:
    field = fields_of(part)[name]
    if field.part is not None:
        return field.part
    return inner_leaf_part(part.model_fields[name].annotation)


def inner_leaf_part(annotation: Any) -> Any:
    """The class of the parts inside a leaf such as the doses of a component."""
    args = getattr(annotation, "__args__", ())
    for one in args:
        if hasattr(one, "model_fields"):
            return one
        found = inner_leaf_part(one)
        if found is not None:
            return found
    return None


def _wanted(detail: ErrorDetails) -> str:
    template = _WANTED.get(detail["type"])
    limits = {name: _number(value) for name, value in (detail.get("ctx") or {}).items()}
    return template % limits if template else detail["msg"][:1].lower() + detail["msg"][1:]


def _number(value: object) -> object:
    return f"{value:g}" if isinstance(value, float) else value


def path_of(loc: Loc, tree: object) -> str:
    """The place in our notation: members by their id, other list positions from 1 in brackets."""
    here: Any = tree
    names: list[str] = []
    for step in loc:
        inside = here[step] if isinstance(here, dict) and step in here else None
        if isinstance(step, int) and isinstance(here, list):
            inside = here[step] if step < len(here) else None
            member = inside.get("id") if isinstance(inside, dict) else None
            names += [str(member)] if member else [f"[{step + 1}]"]
        else:
            names.append(str(step))
        here = inside
    return ".".join(names).replace(".[", "[") or "the protocol"


def shown(value: object) -> str:
    """A value as a message quotes it, shortened."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "empty"
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return f'"{text if len(text) <= 60 else text[:57] + "..."}"'
