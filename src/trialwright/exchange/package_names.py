"""Names that a member of a package may have."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

#: Name of the list of files, the first member of every package.
MANIFEST = "MANIFEST.json"
_MAX_NAME = 200
#: Not allowed in names on some system: they would change, or leave the folder, when unpacked.
_STRANGE = re.compile(r'[\x00-\x1f\x7f<>:"\\|?*\u202a-\u202e\u2066-\u2069]')


def name_problem(name: str) -> str:
    """Why a name cannot be unpacked safely on every system, "" if it can."""
    parts = PurePosixPath(name).parts
    safe = bool(name) and not name.startswith("/") and not name.endswith("/")
    plain = not _STRANGE.search(name) and str(PurePosixPath(name)) == name
    kept = all(part not in {"..", "."} and not part.endswith((".", " ")) for part in parts)
    if name.casefold() == MANIFEST.casefold():
        return f"{name}: is the name of the manifest"
    if safe and plain and kept and len(name) <= _MAX_NAME:
        return ""
    return f"{name[:_MAX_NAME]!r}: not a plain relative path"
