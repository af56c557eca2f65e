"""The files of a delivery as they are, byte by byte, for the package of a trial."""

from __future__ import annotations

from pathlib import Path

from trialwright.intake.files import paths_of, read_file


def delivered_files(path: Path) -> dict[str, bytes]:
    """The content of each delivered file by its name.

    Parameters
    ----------
    path
        A folder (its files, hidden ones and folders in it aside), or one file.

    Raises
    ------
    DataError
        When a file cannot be read or is too large.
    """
    files = [path] if path.is_file() else paths_of(path)
    return {one.name: read_file(one).content for one in files}
