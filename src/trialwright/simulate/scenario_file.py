"""`scenario.yaml` to a `Scenario`, with errors that name file, line, column and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trialwright.core.errors import ScenarioError
from trialwright.protocol.yaml_model import Loc, inside, model_from_yaml
from trialwright.protocol.yaml_tree import Plain
from trialwright.simulate.consistency import Contradiction, contradictions, unsourced
from trialwright.simulate.scenario import Scenario

MAX_BYTES = 1_000_000


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
    scenario, plain = model_from_yaml(
        text, Scenario, lambda what, mark, allowed: _error(what, name, mark, allowed)
    )
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
    return plain.values[inside(plain, loc)]


def _position(here: Any, step: str) -> int | str | None:
    if isinstance(here, dict):
        return step if step in here else None
    if not isinstance(here, list):
        return None
    for at, member in enumerate(here):
        if isinstance(member, dict) and step in {member.get("id"), member.get("term")}:
            return at
    return int(step) - 1 if step.isdigit() and 0 < int(step) <= len(here) else None
