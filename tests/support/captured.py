"""Four invented patients in a REDCap project, in an ODM snapshot, and as SDTM written by hand."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from trialwright.adam.derive import derive
from trialwright.intake.delivery import read_delivery
from trialwright.intake.files import DeliveredFile
from trialwright.pipeline import analyze
from trialwright.protocol.model import Protocol
from trialwright.protocol.settle import accept_defaults
from trialwright.registry.draft import draft_protocol
from trialwright.registry.record import read_record

EXAMPLES = Path(__file__).parents[2] / "examples"


@cache
def protocol() -> Protocol:
    """The protocol of the first example record with its defaults accepted."""
    draft = draft_protocol(read_record(EXAMPLES / "records/000_d23731f1bbf2546a.txt"))
    return accept_defaults(draft.protocol, draft.findings)


@cache
def delivered(kind: str) -> dict[str, bytes]:
    """The files of an example by name."""
    return {path.name: path.read_bytes() for path in sorted((EXAMPLES / kind).iterdir())}


@cache
def trial(kind: str):
    """The delivery, its datasets and its results."""
    delivery = read_delivery(EXAMPLES / kind, protocol())
    adam = derive(protocol(), delivery.sdtm)
    return delivery, adam, analyze(protocol(), adam)


def as_files(contents: dict[str, bytes]) -> list[DeliveredFile]:
    """Contents by name as delivered files."""
    return [DeliveredFile(name, content) for name, content in contents.items()]


def changed(kind: str, name: str, old: str, new: str) -> dict[str, bytes]:
    """The files of an example with one text in one of them in the place of another."""
    files = dict(delivered(kind))
    text = files[name].decode()
    assert text.count(old) == 1, f"{text.count(old)} times in {name}: {old}"
    return {**files, name: text.replace(old, new).encode()}
