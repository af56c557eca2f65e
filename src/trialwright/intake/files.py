"""The files of a delivery: names and bytes, from a folder or one file, within limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from trialwright.core.errors import DataError

#: Largest file that is read, in bytes: far beyond any trial of this product.
MAX_BYTES = 256 * 1024 * 1024
#: Most records of a table, and most values.
MAX_ROWS = 5_000_000
MAX_CELLS = 250_000_000
#: Most files of a delivery.
MAX_FILES = 500


@dataclass(frozen=True, slots=True)
class DeliveredFile:
    """A file as it was delivered.

    Attributes
    ----------
    name
        As messages print it: `TR.csv`, or `delivery.zip/TR.csv` for a member of an archive.
    content
        Its bytes.
    """

    name: str
    content: bytes

    @property
    def stem(self) -> str:
        """Name without folders and ending, in upper case: the domain of an SDTM file."""
        return Path(self.name).stem.upper()

    @property
    def suffix(self) -> str:
        """Ending in lower case with its dot."""
        return Path(self.name).suffix.lower()

    @property
    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return sha256(self.content).hexdigest()


def read_file(path: Path) -> DeliveredFile:
    """Read one file.

    Raises
    ------
    DataError
        It cannot be read, or is larger than `MAX_BYTES`.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise DataError(
                "The file is too large.",
                where=f"{path.name}, {size} bytes",
                allowed=f"at most {MAX_BYTES} bytes",
                do="check that this is the file of one trial",
            )
        return DeliveredFile(path.name, path.read_bytes())
    except OSError as error:
        raise DataError(
            f"The file cannot be read: {error.strerror or error}.", where=str(path)
        ) from error


def paths_of(folder: Path) -> Sequence[Path]:
    """The files of a folder by name; hidden ones are left out, folders in it are not entered.

    Raises
    ------
    DataError
        The folder cannot be read, or holds more than `MAX_FILES` files.
    """
    try:
        entries = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as error:
        raise DataError(
            f"The data folder cannot be read: {error.strerror or error}.",
            where=str(folder),
            allowed="a folder with SDTM files such as DM.csv",
        ) from error
    found = [path for path in entries if not path.name.startswith(".")]
    if len(found) > MAX_FILES:
        raise DataError(
            "The folder holds too many files.",
            where=f"{folder}, {len(found)} files",
            allowed=f"at most {MAX_FILES} files",
            do="give the folder of one delivery",
        )
    return found


def folders_beside(path: Path) -> tuple[str, ...]:
    """A note for each folder in the folder of the data: their files are not read."""
    if not path.is_dir():
        return ()
    names = sorted(one.name for one in path.iterdir() if one.is_dir())
    return tuple(
        f"{name} is a folder: the files in it are not read."
        for name in names if not name.startswith(".")
    )  # fmt: skip
