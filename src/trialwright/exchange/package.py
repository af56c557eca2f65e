"""The trial package: everything of one trial as one zip with a manifest of hashes.

The bytes depend on the content alone: sorted names, a fixed time stamp, one compression. (Two builds
of the compression library may pack the same content differently; the hashes of the members are the
same everywhere.)
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256

from trialwright.core.errors import OutputError
from trialwright.exchange.package_names import MANIFEST, name_problem

PRODUCER = "trialwright"
FORM = "trial package 1"
#: The first time that a zip can hold: no clock enters the bytes.
_STAMP = (1980, 1, 1, 0, 0, 0)
_LEVEL = 6
_UNIX = 3
_PLAIN_FILE = 0o100644 << 16


def package_bytes(files: Mapping[str, str | bytes], about: Mapping[str, str]) -> bytes:
    """The package of a trial.

    Parameters
    ----------
    files
        Content by path with `/` (`adam/ADSL.csv`); text is written as UTF-8 with its line ends
        unchanged. It takes whatever it is given.
    about
        What the manifest says of the trial: id of the protocol, data cut-off, version, ...

    Returns
    -------
    bytes
        A zip; its first member is `MANIFEST.json` with size and SHA-256 of each other member.

    Raises
    ------
    OutputError
        A name that could not be unpacked on every system, or that stands twice.
    """
    contents = {
        name: text.encode() if isinstance(text, str) else text for name, text in files.items()
    }
    problems = [problem for name in contents if (problem := name_problem(name))]
    folded = sorted(name.casefold() for name in contents)
    twice = sorted({name for name in folded if folded.count(name) > 1})
    problems += [f"{name}: stands twice" for name in twice]
    if problems:
        raise OutputError(
            "These names cannot be members of a package.",
            where="; ".join(sorted(problems)[:5]),
            allowed="relative paths with /, each once, upper and lower case alike",
            do="rename the files",
        )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in ((MANIFEST, _manifest(contents, about)), *sorted(contents.items())):
            archive.writestr(_member(name), content, compresslevel=_LEVEL)
    return made.getvalue()


def _manifest(contents: Mapping[str, bytes], about: Mapping[str, str]) -> bytes:
    listed = [
        {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()}
        for name, content in sorted(contents.items())
    ]
    said = {
        "producer": PRODUCER,
        "form": FORM,
        "about": dict(sorted(about.items())),
        "files": listed,
    }
    return (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode()


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, _STAMP)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = _UNIX
    member.external_attr = _PLAIN_FILE
    return member
