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
from jsonschema.exceptions import ValidationError
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from trialwright.core.errors import ProtocolError
from trialwright.exchange.usdm.nodes import Problem

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
        When the document cannot be read or has no definition of a USDM file.
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
        contents = json.loads(schema.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _refused(schema, "it cannot be read as JSON") from error
    schemas = (
        contents.get("components", {}).get("schemas", {}) if isinstance(contents, dict) else {}
    )
    if DEFINITION not in schemas:
        raise _refused(schema, f"it has no components/schemas/{DEFINITION}")
    resource = Resource.from_contents(contents, default_specification=DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(_URI, resource)
    return registry


def _refused(schema: Path, why: str) -> ProtocolError:
    return ProtocolError(
        f"The schema is not the OpenAPI document of USDM v4: {why}.",
        where=str(schema),
        allowed="USDM_API.json of the USDM v4 reference architecture",
        do="give the path of the official file",
    )
