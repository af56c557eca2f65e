"""`scenario.yaml` to a `Scenario`, with errors that name file, line, column and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from trialwright.core.errors import ScenarioError
from trialwright.protocol.base import Part
from trialwright.protocol.paths import did_you_mean, plain_types
from trialwright.protocol.yaml_tree import Plain, YamlError, read_tree, to_plain
from trialwright.simulate.consistency import Contradiction, contradictions, unsourced
from trialwright.simulate.scenario import Scenario

MAX_BYTES = 1_000_000

Loc = tuple[int | str, ...]


def read_scenario(path: str | Path) -> Scenario:
    """Read an assumed truth; every number in the file needs a source or "assumption".

    Raises
    ------
    ScenarioError
        When the file cannot be read, has an unknown key or a value that is not allowed,
        contradicts itself, or leaves a number without source.
    """
    file = Path(path)
    return scenario_from_yaml(_text(file), file.name)


def scenario_from_yaml(text: str, name: str = "scenario.yaml") -> Scenario:
    """The scenario in a YAML text; `name` stands for the file in messages.

    Raises
    ------
    ScenarioError
        As `read_scenario`.
    """
    try:
        tree = read_tree(text)
    except YamlError as error:
        raise _error(error.what, name, error.mark, error.allowed) from None
    if tree is None:
        raise _error("the file is empty.", name, (0, 0), 'a mapping of "key: value"')
    plain = to_plain(tree, Scenario)
    for problem in plain.problems:
        raise _error(problem.what, name, plain.keys[problem.loc], problem.allowed)
    scenario = _scenario(plain, name)
    for found in (*contradictions(scenario), *unsourced(scenario)):
        raise _error(found.what, name, _mark(plain, found), found.allowed)
    return scenario


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MAX_BYTES:
            raise ScenarioError(
                "The scenario file is too large.",
                where=str(file),
                allowed=f"at most {MAX_BYTES} bytes",
                do="take the data out of the scenario",
            )
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError(
            "The scenario file is not UTF-8 text.",
            where=f"{file}, byte {error.start + 1}",
            allowed="UTF-8",
            do="save the file as UTF-8",
        ) from None
    except OSError as error:
        raise ScenarioError(
            f"The scenario file cannot be read: {error.strerror}.",
            where=str(file),
            do="give the path of a scenario file",
        ) from None


def _error(what: str, name: str, mark: tuple[int, int], allowed: str) -> ScenarioError:
    return ScenarioError(
        what[:1].upper() + what[1:],
        where=f"{name}, line {mark[0] + 1}, column {mark[1] + 1}",
        allowed=allowed,
        do="correct the file, then read it again",
    )


def _scenario(plain: Plain, name: str) -> Scenario:
    try:
        return Scenario.model_validate_json(json.dumps(plain.data), strict=True)
    except ValidationError as error:
        details = error.errors(include_url=False)
    detail = next((one for one in details if one["type"] == "extra_forbidden"), details[0])
    loc = _inside(plain, detail["loc"])
    if detail["type"] == "extra_forbidden":
        names = _fields_at(detail["loc"][:-1])
        key = str(detail["loc"][-1])
        near = did_you_mean(key, names)
        hint = f' (did you mean "{near}"?)' if near else ""
        raise _error(f'unknown key "{key}"{hint}.', name, plain.keys[loc], ", ".join(names))
    if detail["type"] == "missing":
        key = str(detail["loc"][-1])
        raise _error(f'"{key}" is missing.', name, plain.values[loc], f'the key "{key}"')
    raise _error(_refused(detail), name, plain.values[loc], _allowed(detail))


def _inside(plain: Plain, loc: Loc) -> Loc:
    """The longest part of a place that the file has."""
    while loc and loc not in plain.values and loc not in plain.keys:
        loc = loc[:-1]
    return loc


def _refused(detail: ErrorDetails) -> str:
    path = ".".join(
        str(step + 1) if isinstance(step, int) else step for step in detail["loc"]
    ) or "the file"  # fmt: skip
    shown = json.dumps(detail["input"], default=str)
    return f"{path} cannot be {shown if len(shown) <= 60 else shown[:57] + '...'}."


def _allowed(detail: ErrorDetails) -> str:
    message = detail["msg"].removeprefix("Input should be ")
    return message[:1].lower() + message[1:]


def _fields_at(loc: Loc) -> Sequence[str]:
    """Names of the keys that may stand at a place of the scenario."""
    part: Any = Scenario
    for step in loc:
        if isinstance(step, str) and step in part.model_fields:
            part = _part_in(part.model_fields[step].annotation) or part
    return tuple(part.model_fields)


def _part_in(annotation: object) -> type[Part] | None:
    for kind in plain_types(annotation):
        if isinstance(kind, type) and issubclass(kind, Part):
            return kind
        for inner in get_args(kind):
            if isinstance(inner, type) and issubclass(inner, Part):
                return inner
    return None


def _mark(plain: Plain, found: Contradiction) -> tuple[int, int]:
    """Where the path of a contradiction stands; members are found by id, term or position."""
    steps = found.path.split(".")
    if steps[0] == "sources":
        steps = ["sources", found.path.partition(".")[2]]
    here: Any = plain.data
    loc: Loc = ()
    for step in steps:
        at = _position(here, step)
        if at is None:
            break
        here, loc = here[at], (*loc, at)
    return plain.values[_inside(plain, loc)]


def _position(here: Any, step: str) -> int | str | None:
    if isinstance(here, dict):
        return step if step in here else None
    if not isinstance(here, list):
        return None
    for at, member in enumerate(here):
        if isinstance(member, dict) and step in {member.get("id"), member.get("term")}:
            return at
    return int(step) - 1 if step.isdigit() and 0 < int(step) <= len(here) else None
