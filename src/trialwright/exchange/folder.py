"""Write a set of files into a folder: all of them or none, and never over the user's own files."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from trialwright.core.errors import OutputError
from trialwright.core.terminal import shown

#: File in each folder that we write: which files are ours, and what was in them.
MANIFEST = "manifest.json"
_PRODUCER = "trialwright"
_NOTE = "Files listed here are replaced by the next run. Keep what you edit under another name."


@dataclass(frozen=True, slots=True)
class _Manifest:
    """Groups of files written together, SHA-256 by name; `complete` once all are in place."""

    groups: tuple[dict[str, str], ...] = ()
    complete: bool = True

    @property
    def files(self) -> dict[str, str]:
        return {name: digest for group in self.groups for name, digest in group.items()}

    def after(self, written: dict[str, str]) -> _Manifest:
        """The manifest once `written` is in place; a group that it overlaps is replaced whole."""
        kept = [group for group in self.groups if not group.keys() & written.keys()]
        return _Manifest(tuple(sorted([*kept, written], key=sorted)))

    def text(self) -> str:
        content = {
            "producer": _PRODUCER, "note": _NOTE, "complete": self.complete,
            "groups": [dict(sorted(group.items())) for group in self.groups],
        }  # fmt: skip
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def write_files(files: Mapping[str, str | bytes], out: Path) -> None:
    """Write files into the folder `out` so that nobody ever sees half of them.

    A folder that does not exist is built under a temporary name beside its place and renamed when
    complete. In a folder that exists the new files are first written in full to a hidden folder
    inside it and then moved one by one, each in one step. The folder itself is not exchanged: it
    may be the working directory, a mounted volume or hold files of the user, which stay.

    `manifest.json` tells which files are ours. A file of the same name that we did not write, or
    that was edited since, is not overwritten: the whole write is refused. Files that an earlier
    run of the same kind wrote and this one does not are removed; those of other runs stay.

    Parameters
    ----------
    files
        Content by relative path with `/` (`sdtm/DM.csv`); text is written as UTF-8 with its line
        ends unchanged.
    out
        The folder; missing parents are created.

    Raises
    ------
    OutputError
        `out` is a file, cannot be written, or holds files of these names that are not ours.
    """
    contents = {
        name: text.encode() if isinstance(text, str) else text for name, text in files.items()
    }
    _check_names(contents)
    try:
        if out.is_dir():
            _merge(contents, out)
        else:
            _create(contents, out)
    except OSError as error:
        raise OutputError(
            f"The folder cannot be written: {error.strerror or error}.",
            where=str(error.filename or out),
            do="choose a folder that you may write to, on a disk with space",
        ) from error


def replace_file(content: bytes, out: Path) -> None:
    """Write one file in one step, so that nobody ever sees half of it; what is there is replaced.

    Raises
    ------
    OutputError
        The place cannot be written.
    """
    staged = out.with_name(f".{out.name}.trialwright")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        staged.write_bytes(content)
        staged.replace(out)
    except OSError as error:
        staged.unlink(missing_ok=True)
        raise OutputError(
            f"The file cannot be written: {error.strerror or error}.",
            where=shown(str(out)),
            do="choose another file",
        ) from error


def write_once(content: bytes, out: Path, what: str) -> None:
    """Write a file that people edit: one that is there with other content is never replaced.

    Parameters
    ----------
    content, out
        What to write, and where.
    what
        What the file is, for the message: "workbook".

    Raises
    ------
    OutputError
        The file is there with other content, or the place cannot be written.
    """
    try:
        if out.exists() and out.read_bytes() == content:
            return
    except OSError as error:
        raise OutputError(
            f"The file cannot be read: {error.strerror or error}.", where=shown(str(out))
        ) from error
    if out.exists():
        raise OutputError(
            f"The {what} is there; somebody may have changed it.",
            where=shown(str(out)),
            do="choose another name, or move the file away",
        )
    replace_file(content, out)


def create_folder(files: Mapping[str, str | bytes], out: Path) -> None:
    """Write files into a folder that is not there yet: complete on the disk, then named.

    Nobody ever sees half of it, also not after a power failure, and of two writers one wins. The
    files may not be written again.

    Parameters
    ----------
    files
        As in `write_files`; no manifest is added.
    out
        The folder; missing parents are created.

    Raises
    ------
    FileExistsError
        `out` is there, or another writer was first; nothing was written.
    OSError
        The disk refused; nothing was written.
    """
    contents = {
        name: text.encode() if isinstance(text, str) else text for name, text in files.items()
    }
    _check_names(contents)
    out.parent.mkdir(parents=True, exist_ok=True)
    with _staging(out.parent, out.name) as staged:
        _write_all(contents, staged)
        for name in contents:
            (staged / name).chmod(0o444)
        folders = {(staged / name).parent for name in contents}
        for path in (*(staged / name for name in contents), *folders, staged):
            _to_disk(path)
        if out.exists():
            raise FileExistsError(out)
        try:
            # A folder with files is not replaced: whoever renames second is refused.
            staged.rename(out)
        except OSError as error:
            if out.exists():
                raise FileExistsError(out) from error
            raise
        _to_disk(out.parent)


def _to_disk(path: Path) -> None:
    """Wait until a file or a folder is on the disk, where the system can say so."""
    if path.is_dir() and os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _check_names(contents: Mapping[str, bytes]) -> None:
    for name in contents:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or name in {"", MANIFEST}:
            message = f"not a relative file name: {name!r}"
            raise ValueError(message)


def _digests(contents: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _create(contents: Mapping[str, bytes], out: Path) -> None:
    if out.exists() or out.is_symlink():
        raise OutputError(
            "The output folder is a file.", where=str(out), do="choose another folder"
        )
    out.parent.mkdir(parents=True, exist_ok=True)
    manifest = _Manifest().after(_digests(contents))
    with _staging(out.parent, out.name) as staged:
        _write_all({**contents, MANIFEST: manifest.text().encode()}, staged)
        staged.rename(out)


def _merge(contents: Mapping[str, bytes], out: Path) -> None:
    before = _read_manifest(out)
    after = before.after(_digests(contents))
    stale = sorted(before.files.keys() - after.files.keys())
    _refuse_foreign(out, before, [*contents, *stale])
    with _staging(out, "new") as staged:
        _write_all(contents, staged)
        # Names are claimed before any file moves, so that a run cut short can be repeated.
        claimed = _Manifest((*before.groups, *after.groups), complete=False)
        _replace(out / MANIFEST, claimed.text().encode(), staged)
        for name in contents:
            target = out / name
            target.parent.mkdir(parents=True, exist_ok=True)
            (staged / name).replace(target)
        for name in stale:
            (out / name).unlink(missing_ok=True)
        _replace(out / MANIFEST, after.text().encode(), staged)


def _replace(target: Path, content: bytes, staged: Path) -> None:
    _write_all({MANIFEST: content}, staged)
    (staged / MANIFEST).replace(target)


def _write_all(contents: Mapping[str, bytes], folder: Path) -> None:
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@contextmanager
def _staging(parent: Path, name: str) -> Iterator[Path]:
    """A hidden folder on the same disk, gone when the block is left."""
    folder = parent / f".{name}.{_PRODUCER}-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _read_manifest(out: Path) -> _Manifest:
    path = out / MANIFEST
    if not path.exists():
        return _Manifest()
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["producer"] != _PRODUCER:
            raise KeyError(_PRODUCER)
        groups = tuple({str(k): str(v) for k, v in group.items()} for group in content["groups"])
        return _Manifest(groups, complete=bool(content["complete"]))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputError(
            f"The folder holds a {MANIFEST} that trialwright did not write.",
            where=shown(str(path)),
            do="choose another folder",
        ) from error


def _refuse_foreign(out: Path, manifest: _Manifest, names: list[str]) -> None:
    problems = [
        f"{name} ({reason})"
        for name in sorted(set(names))
        if (reason := _foreign(out, manifest, name))
    ]
    if problems:
        raise OutputError(
            "The output folder holds files that trialwright would have to overwrite.",
            where=f"{shown(str(out))}: {'; '.join(problems[:10])}",
            do="move or rename them, or choose another folder",
        )


def _foreign(out: Path, manifest: _Manifest, name: str) -> str:
    """Why this file may not be replaced, "" if it may."""
    path = out / name
    if any(parent.is_file() for parent in path.parents):
        return "its folder is a file"
    if not path.exists():
        return ""
    if not path.is_file():
        return "is a folder"
    if name not in manifest.files:
        return "not written by trialwright"
    if not manifest.complete:
        return ""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return "" if digest == manifest.files[name] else "changed since it was written"
