"""Rules in words: what each decides in this trial."""

from __future__ import annotations

from collections.abc import Iterator

from trialwright.protocol.model import Protocol
from trialwright.protocol.options import OPTIONS
from trialwright.timetoevent.progression import RULE_TEXT


def rule_words(protocol: Protocol) -> dict[str, str]:
    """What each rule decides: its event or reason of censoring, or the options that it has here."""
    words: dict[str, str] = {}
    for rule, event, _ in RULE_TEXT:
        if rule:
            words[rule] = f"{words[rule]}; {event}" if rule in words else event
    for path, rules, value in _in_force(protocol):
        for rule in rules.split(", "):
            told = f"{path} = {value}"
            words[rule] = f"{words[rule]}; {told}" if rule in words else told
    return words


def options_in_force(protocol: Protocol) -> str:
    """Every option of the protocol that a rule leaves open, with the value that was used."""
    return "; ".join(f"{path} = {value} ({rules})" for path, rules, value in _in_force(protocol))


def _in_force(protocol: Protocol) -> Iterator[tuple[str, str, str]]:
    for option in OPTIONS:
        value = _value(protocol, option.path)
        if value:
            yield option.path, option.rule, value


def _value(protocol: Protocol, path: str) -> str:
    found: object = protocol
    for step in path.split("."):
        found = getattr(found, step, None)
    if found is None:
        return ""
    return ", ".join(map(str, found)) if isinstance(found, tuple) else str(found)
