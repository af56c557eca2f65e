"""`scenario.yaml` to a `Scenario`, with errors that name file, line, column and what is allowed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trialwright.core.errors import ScenarioError
from trialwright.protocol.problems import shown
from trialwright.protocol.yaml_model import (
    Loc,
    Refuse,
    inside,
    model_from_plain,
    plain_from_yaml,
)
from trialwright.protocol.yaml_tree import Plain
from trialwright.simulate.consistency import (
    Own,
    contradictions,
    unsourced,
    without_stray_sources,
)
from trialwright.simulate.extended import KEY, extend
from trialwright.simulate.scenario import Scenario
from trialwright.simulate.stated import Contradiction

MAX_BYTES = 1_000_000
_MAX_BASES = 5


def read_scenario(path: str | Path) -> Scenario:
    """Read an assumed truth; every number in the file needs a source or "assumption".

    A file with `extends: FILE` says only what differs from another file of its folder.

    Raises
    ------
    ScenarioError
        When the file cannot be read, has an unknown key or a value that is not allowed,
        contradicts itself, or leaves a number without source.
    """
    file = Path(path)
    return _from_file(file, ())[0]


def scenario_files(path: str | Path) -> tuple[Path, ...]:
    """The file of a scenario and every file that it extends, in that order.

    Raises
    ------
    ScenarioError
        When one of them cannot be read, as `read_scenario` says.
    """
    read_scenario(path)
    files = [Path(path)]
    while True:
        plain = plain_from_yaml(_text(files[-1]), Scenario, _refuse(files[-1].name))
        base = plain.data.get(KEY) if isinstance(plain.data, dict) else None
        if not isinstance(base, str):
            return tuple(files)
        files.append(files[-1].with_name(base))


def scenario_from_yaml(text: str, name: str = "scenario.yaml") -> Scenario:
    """The scenario in a YAML text; `name` stands for the file in messages.

    Raises
    ------
    ScenarioError
        As `read_scenario`; a text has no folder, so it extends nothing.
    """
    plain = plain_from_yaml(text, Scenario, _refuse(name))
    if (KEY,) in plain.keys:
        raise _refuse(name)(
            "a text has no folder in which a file that it extends could stand.",
            plain.keys[KEY,],
            "a file, or a complete scenario",
        )
    return _checked(plain, name, None)


def _from_file(file: Path, above: tuple[str, ...]) -> tuple[Scenario, Plain]:
    """The scenario of a file and its plain data, with the bases that it extends."""
    plain = plain_from_yaml(_text(file), Scenario, _refuse(file.name))
    if not isinstance(plain.data, dict) or (KEY,) not in plain.keys:
        return _checked(plain, file.name, None), plain
    base = plain.data.get(KEY)
    if not isinstance(base, str) or Path(base).name != base:
        allowed = "the name of a file in the same folder"
        what = f"extends cannot be {shown(base)}."
        raise _refuse(file.name)(what, plain.keys[KEY,], allowed)
    if base in (*above, file.name) or len(above) >= _MAX_BASES:
        chain = " -> ".join((*above, file.name, base))
        what = f"the files extend each other without end: {chain}."
        raise _refuse(file.name)(what, plain.values[KEY,], f"at most {_MAX_BASES} bases")
    below = _from_file(file.with_name(base), (*above, file.name))[1]
    joined = extend(below, plain)
    own = plain.data.get("sources")
    scenario = _checked(joined.plain, file.name, Own(joined.stated, own or {}))
    return scenario, joined.plain


def _checked(plain: Plain, name: str, own: Own | None) -> Scenario:
    """The scenario of plain data, free of contradictions and with every source."""
    scenario = model_from_plain(plain, Scenario, _refuse(name))
    if own is not None:
        scenario = without_stray_sources(scenario, own)
    for found in (*contradictions(scenario), *unsourced(scenario, own)):
        raise _refuse(name)(found.what, _mark(plain, found), found.allowed)
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


def _refuse(name: str) -> Refuse:
    """Makes the error of a file from what is wrong, where, and what is allowed."""

    def error(what: str, mark: tuple[int, int], allowed: str) -> ScenarioError:
        return ScenarioError(
            what[:1].upper() + what[1:],
            where=f"{name}, line {mark[0] + 1}, column {mark[1] + 1}",
            allowed=allowed,
            do="correct the file, then read it again",
        )

    return error


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
