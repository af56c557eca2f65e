"""YAML text as a frozen model, with errors that name file, line, column and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from trialwright.core.errors import TrialwrightError
from trialwright.protocol.base import Part
from trialwright.protocol.paths import did_you_mean, plain_types
from trialwright.protocol.yaml_tree import Mark, Plain, YamlError, read_tree, to_plain

Loc = tuple[int | str, ...]
Model = TypeVar("Model", bound=Part)
#: Makes the error of a file from what is wrong, the mark and what is allowed.
Refuse = Callable[[str, Mark, str], TrialwrightError]


def model_from_yaml(text: str, model: type[Model], refuse: Refuse) -> tuple[Model, Plain]:
    """Read a YAML text as a model.

    Parameters
    ----------
    text
        One document.
    model
        What it should be.
    refuse
        Makes the error that is raised.

    Returns
    -------
    tuple
        The model, and the plain data with their marks for checks of the caller.

    Raises
    ------
    TrialwrightError
        For broken syntax, unknown keys, missing keys and values that are not allowed.
    """
    plain = plain_from_yaml(text, model, refuse)
    return model_from_plain(plain, model, refuse), plain


def plain_from_yaml(text: str, model: type[Part], refuse: Refuse) -> Plain:
    """Read a YAML text as plain data with marks, not yet held against the model.

    Raises
    ------
    TrialwrightError
        For broken syntax, an empty file and repeated keys.
    """
    try:
        tree = read_tree(text)
    except YamlError as error:
        raise refuse(error.what, error.mark, error.allowed) from None
    if tree is None:
        raise refuse("the file is empty.", (0, 0), 'a mapping of "key: value"')
    plain = to_plain(tree, model)
    for problem in plain.problems:
        raise refuse(problem.what, plain.keys[problem.loc], problem.allowed)
    return plain


def inside(plain: Plain, loc: Loc) -> Loc:
    """The longest part of a place that the file has."""
    while loc and loc not in plain.values and loc not in plain.keys:
        loc = loc[:-1]
    return loc


def model_from_plain(plain: Plain, model: type[Model], refuse: Refuse) -> Model:
    """The model of plain data; the marks tell where a refused value stands.

    Raises
    ------
    TrialwrightError
        For unknown keys, missing keys and values that are not allowed.
    """
    try:
        return model.model_validate_json(json.dumps(plain.data), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False)
    detail = next((one for one in details if one["type"] == "extra_forbidden"), details[0])
    loc = inside(plain, detail["loc"])
    mark = plain.values.get(loc) or plain.keys.get(loc) or (0, 0)
    if detail["type"] == "extra_forbidden":
        names = _fields_at(model, detail["loc"][:-1])
        key = str(detail["loc"][-1])
        near = did_you_mean(key, names)
        hint = f' (did you mean "{near}"?)' if near else ""
        at = plain.keys.get(loc, mark)
        raise refuse(f'unknown key "{key}"{hint}.', at, ", ".join(names))
    if detail["type"] == "missing":
        key = str(detail["loc"][-1])
        raise refuse(f'"{key}" is missing.', mark, f'the key "{key}"')
    raise refuse(_refused(detail), mark, _allowed(detail))


def _refused(detail: ErrorDetails) -> str:
    path = ".".join(
        str(step + 1) if isinstance(step, int) else step for step in detail["loc"]
    ) or "the file"  # fmt: skip
    shown = json.dumps(detail["input"], default=str)
    return f"{path} cannot be {shown if len(shown) <= 60 else shown[:57] + '...'}."


def _allowed(detail: ErrorDetails) -> str:
    message = detail["msg"].removeprefix("Input should be ")
    return message[:1].lower() + message[1:]


def _fields_at(model: type[Part], loc: Loc) -> Sequence[str]:
    """Names of the keys that may stand at a place, as they are written in the file."""
    part: Any = model
    for step in loc:
        named = {_written(part, name): one for name, one in part.model_fields.items()}
        if isinstance(step, str) and step in named:
            part = _part_in(named[step].annotation) or part
    return tuple(_written(part, name) for name in part.model_fields)


def _written(part: Any, name: str) -> str:
    return part.model_fields[name].alias or name


def _part_in(annotation: object) -> type[Part] | None:
    for kind in plain_types(annotation):
        if isinstance(kind, type) and issubclass(kind, Part):
            return kind
        for inner in (one for given in get_args(kind) for one in plain_types(given)):
            if isinstance(inner, type) and issubclass(inner, Part):
                return inner
    return None
