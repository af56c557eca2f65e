"""The check of a USDM file: our rules, and the official schema where its path is given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trialwright.core.errors import ProtocolError
from trialwright.core.results import Json
from trialwright.exchange.usdm.nodes import Problem, nodes_of
from trialwright.exchange.usdm.reading import file_bytes, json_of
from trialwright.exchange.usdm.rules import RULES
from trialwright.exchange.usdm.schema import DEFINITION, schema_problems

SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check.

    Attributes
    ----------
    name
        Name of the file.
    objects
        Objects of the file that were looked at.
    rules
        Ids of the rules that were run; the schema is one of them when it was given.
    problems
        What was found, in the order of the rules.
    """

    name: str
    objects: int
    rules: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """Ids of the rules that failed."""
        return tuple(dict.fromkeys(one.rule for one in self.problems))

    def news(self) -> str:
        """The outcome in one line."""
        official = (
            f"{sum(one.rule == SCHEMA for one in self.problems)} errors against {DEFINITION}"
            if SCHEMA in self.rules
            else "the official schema was not given"
        )
        return (
            f"{self.name}: {len(self.rules)} rules run, {len(self.failed)} failed, "
            f"{self.objects} objects; {official}"
        )

    def to_json(self) -> dict[str, Json]:
        """The outcome as plain data."""
        return {
            "file": self.name,
            "objects": self.objects,
            "rules_run": list(self.rules),
            "rules_failed": list(self.failed),
            "problems": [
                {"rule": one.rule, "place": one.place, "message": one.message}
                for one in self.problems
            ],
        }


def check_usdm(path: Path, schema: Path | None = None) -> Checked:
    """Check a USDM v4 JSON file.

    Parameters
    ----------
    path
        The file.
    schema
        The official OpenAPI document, `None` to run our rules alone.

    Raises
    ------
    ProtocolError
        When the file is not JSON or has no object to look at, and when the schema cannot be used.
    """
    document = json_of(file_bytes(path), path.name)
    nodes = nodes_of(document)
    if not nodes.nodes:
        raise ProtocolError(
            "The file holds no object: no rule can be run.", where=path.name,
            allowed="a USDM v4 file: an object with study and usdmVersion",
            do="give the JSON file of a study",
        )  # fmt: skip
    problems = [one for rule in RULES for one in rule.problems(nodes)]
    rules = [rule.id for rule in RULES]
    if schema is not None:
        problems = [*schema_problems(document, schema), *problems]
        rules = [SCHEMA, *rules]
    return Checked(path.name, len(nodes.nodes), tuple(rules), tuple(problems))
