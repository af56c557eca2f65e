"""A snapshot: one delivery as it was read, numbered, with what was said of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from trialwright.core.errors import DataError
from trialwright.core.results import Json
from trialwright.core.terminal import shown

#: Files of a snapshot beside `sdtm/*.csv`.
ABOUT, PROTOCOL, RECEIPT, SOURCES, MAPPING = (
    "snapshot.json", "protocol.yaml", "receipt.json", "sources.json", "intake.yaml",
)  # fmt: skip
_PRODUCER = "trialwright"
#: Form of the files of a snapshot; a store outlives the program that wrote it.
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What `snapshot.json` says.

    Attributes
    ----------
    number
        1 for the first of a store.
    previous
        SHA-256 of the `snapshot.json` before; "" for the first. This is the chain.
    files
        SHA-256 of every other file of the snapshot, by its path in it.
    version
        Of the program that took it.
    protocol
        Id of the protocol.
    subjects
        Number of subjects in DM.
    cutoff, cutoff_source
        Date of the data cut-off and where it was found (D-08).
    latest
        Latest date of the records, "" without any. There is no date of the clock.
    note
        What the person who took it said.
    digest
        SHA-256 of the rest of this file, so that an edit by hand is seen.
    format
        Form of the files (`FORMAT`).
    """

    number: int
    previous: str
    files: Mapping[str, str]
    version: str
    protocol: str
    subjects: int
    cutoff: str
    cutoff_source: str
    latest: str
    note: str = ""
    digest: str = ""
    format: int = FORMAT

    @property
    def name(self) -> str:
        """Name of its folder."""
        return folder_name(self.number)

    @property
    def content(self) -> tuple[tuple[str, str], ...]:
        """What makes two snapshots the same: the data and the protocol, not how they came."""
        return tuple(
            (name, digest)
            for name, digest in sorted(self.files.items())
            if name == PROTOCOL or name.startswith("sdtm/")
        )

    @property
    def sealed(self) -> Snapshot:
        """The same with its digest."""
        return replace(self, digest=self.expected_digest)

    @property
    def expected_digest(self) -> str:
        """What the digest has to be."""
        return sha256(_text(replace(self, digest="")).encode()).hexdigest()

    def text(self) -> str:
        """The text of `snapshot.json`."""
        return _text(self)

    def to_json(self) -> dict[str, Json]:
        """Every field."""
        return {"producer": _PRODUCER, **asdict(self), "files": dict(sorted(self.files.items()))}

    def line(self) -> str:
        """The snapshot on one line."""
        note = f'; "{self.note}"' if self.note else ""
        return (
            f"{self.name}: {self.protocol}, {self.subjects} subjects, cut-off {self.cutoff} "
            f"({self.cutoff_source}), latest record {self.latest or 'none'}{note}"
        )


def folder_name(number: int) -> str:
    """`0001`; numbers beyond 9999 have more digits."""
    return f"{number:04d}"


def snapshot_of(content: bytes, path: Path) -> Snapshot:
    """Read `snapshot.json`.

    Raises
    ------
    DataError
        When it is not what this program wrote.
    """
    try:
        said = json.loads(content.decode("utf-8"))
        if said.pop("producer") != _PRODUCER:
            raise KeyError(_PRODUCER)
        if said["format"] != FORMAT:
            raise _other_form(path)
        found = Snapshot(**said)
        if found.text().encode() != content or found.digest != found.expected_digest:
            raise ValueError(path)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            "A snapshot was changed: its description is not the one that was written.",
            where=shown(str(path)),
            do="put the store back from a copy",
        ) from error
    return found


def _other_form(path: Path) -> DataError:
    return DataError(
        "The snapshot was written in a form that this version does not know.",
        where=shown(str(path)),
        allowed=f"form {FORMAT}",
        do="use the version of the program that took it",
    )


def _text(snapshot: Snapshot) -> str:
    return json.dumps(snapshot.to_json(), indent=1, ensure_ascii=False) + "\n"
