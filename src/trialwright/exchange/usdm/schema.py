"""The official definition: a file is checked against the schemas of its OpenAPI document.

The document is not part of this product; its path is given. It defines every class twice, as
`-Input` and `-Output`. A file is what a repository hands out, so it is checked as `Wrapper-Output`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import SchemaError, ValidationError
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from trialwright.core.errors import ProtocolError
from trialwright.exchange.usdm.nodes import Problem
from trialwright.exchange.usdm.structure import classes

DEFINITION = "Wrapper-Output"
_URI = "urn:usdm"


def schema_problems(document: Any, schema: Path) -> list[Problem]:
    """Check a file against the official definition.

    Parameters
    ----------
    document
        The file as plain data.
    schema
        Path of the OpenAPI document (`USDM_API.json`).

    Raises
    ------
    ProtocolError
        When the document cannot be read, is not of version 4, or a class of USDM has no definition
        in it that asks for anything.
    """
    validator = Draft202012Validator(
        {"$ref": f"{_URI}#/components/schemas/{DEFINITION}"},
        registry=_registry(schema),
        format_checker=FormatChecker(),
    )
    try:
        return [
            Problem("schema", error.json_path.removeprefix("$."), error.message[:200])
            for found in validator.iter_errors(document)
            for error in _innermost(found)
        ]
    except Unresolvable as error:
        raise _refused(schema, f"a reference leads nowhere: {error.ref}") from error


def _innermost(error: ValidationError) -> Iterator[ValidationError]:
    """Of alternatives that all fail, the failures of the one that the object says it is."""
    if not error.context:
        yield error
        return
    alternatives: dict[object, list[ValidationError]] = {}
    for one in error.context:
        alternatives.setdefault(one.schema_path[0], []).append(one)
    for one in min(alternatives.values(), key=_distance):
        yield from _innermost(one)


def _distance(errors: Sequence[ValidationError]) -> tuple[int, int]:
    """How far an alternative is: another type, another class, then the number of failures."""
    other = sum(
        one.validator == "type" or list(one.relative_path)[-1:] == ["instanceType"]
        for one in errors
        if len(one.relative_path) <= 1
    )
    return other, len(errors)


def _registry(schema: Path) -> Registry[Any]:
    try:
        contents = json.loads(schema.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise _refused(schema, "it cannot be read as JSON") from error
    schemas = _inside(_inside(contents, "components"), "schemas")
    if DEFINITION not in schemas:
        raise _refused(schema, f"it has no components/schemas/{DEFINITION}")
    version = _inside(contents, "info").get("version")
    if not str(version).startswith("4."):
        raise _refused(schema, f"its version is {version}")
    for name in classes():
        _defines(schema, name, schemas)
    resource = Resource.from_contents(contents, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(_URI, resource)
    return registry


def _inside(held: Any, key: str) -> dict[str, Any]:
    found = held.get(key) if isinstance(held, dict) else None
    return found if isinstance(found, dict) else {}


def _defines(schema: Path, name: str, schemas: dict[str, Any]) -> None:
    """Each class needs a definition that asks for something: an empty one accepts every file."""
    found = schemas.get(f"{name}-Output", schemas.get(name))
    needed = "study" if name == "Wrapper" else "instanceType"
    if needed not in _list(found, "required") or needed not in _inside(found, "properties"):
        raise _refused(schema, f"components/schemas/{name}-Output does not ask for {needed}")
    try:
        Draft202012Validator.check_schema(found or {})
    except SchemaError as error:
        raise _refused(schema, f"components/schemas/{name}-Output is no JSON schema") from error


def _list(held: Any, key: str) -> list[str]:
    found = held.get(key) if isinstance(held, dict) else None
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _refused(schema: Path, why: str) -> ProtocolError:
    return ProtocolError(
        f"The schema is not the OpenAPI document of USDM v4: {why}.",
        where=str(schema),
        allowed="USDM_API.json of the USDM v4 reference architecture",
        do="give the path of the official file",
    )
