"""Datasets of either standard, from any file that the intake reads, as text to be checked."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from trialwright.conformance.model import DataTable, Expected, Kind, Standard, Trial
from trialwright.core.errors import DataError
from trialwright.intake.archive import is_archive, members
from trialwright.intake.delivery import ENCODINGS, required_domains
from trialwright.intake.files import DeliveredFile, paths_of, read_file
from trialwright.intake.formats import READERS, is_table, read_tables
from trialwright.intake.sdtm_delivery import domain_tables
from trialwright.intake.text_table import TextTable
from trialwright.protocol.model import Protocol
from trialwright.vocabulary.adam import ADAM
from trialwright.vocabulary.sdtm import SDTM

#: Key variables of SDTM domains where --SEQ within the subject is not the key.
_SDTM_KEYS: dict[str, tuple[str, ...]] = {
    "DM": ("USUBJID",),
    "TS": ("TSPARMCD", "TSSEQ"),
    "RELREC": ("RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "RELID"),
}
_SUPP_KEYS = ("RDOMAIN", "USUBJID", "IDVAR", "IDVARVAL", "QNAM")
#: Kind by kind of the ADaM vocabulary.
_ADAM_KINDS: dict[str, Kind] = {
    "text": "text", "integer": "integer", "float": "number", "date": "date",
}  # fmt: skip


def read_datasets(
    path: Path,
    standard: Standard,
    protocol: Protocol | None = None,
    *,
    sources: Path | None = None,
    encoding: str = "utf-8",
) -> Trial:
    """Read the datasets of a delivery without checking anything but that they can be read.

    Parameters
    ----------
    path
        A folder, an archive or one file.
    standard
        Which datasets to look for.
    protocol
        Says which SDTM domains have to be there.
    sources
        SDTM datasets beside ADaM ones.
    encoding
        Of CSV and transport files.

    Raises
    ------
    DataError
        A file cannot be read.
    """
    files = _files(path, encoding)
    labels = {file.name: _labels(file) for file in files}
    if standard == "sdtm":
        tables, notes = domain_tables(files, encoding)
        required = required_domains(protocol) if protocol else ("DM",)
        found = {code: _domain(code, table, labels) for code, table in tables.items()}
        return Trial(standard=standard, tables=found, required=required, notes=tuple(notes))
    adam, notes = _adam(files, encoding)
    of_sdtm = read_datasets(sources, "sdtm", encoding=encoding).tables if sources else {}
    return Trial(
        standard=standard, required=("ADSL",), sources=of_sdtm, notes=tuple(notes),
        tables={name: _dataset(name, table, labels) for name, table in adam.items()},
    )  # fmt: skip


def _files(path: Path, encoding: str) -> list[DeliveredFile]:
    if encoding not in ENCODINGS:
        raise DataError(
            f'The encoding "{encoding}" is not known.',
            where="--encoding",
            allowed=", ".join(ENCODINGS),
        )
    files = [read_file(one) for one in (paths_of(path) if path.is_dir() else [path])]
    archives = [file for file in files if is_archive(file)]
    return members(archives[0]) if archives and len(files) == 1 else files


def _adam(files: Sequence[DeliveredFile], encoding: str) -> tuple[dict[str, TextTable], list[str]]:
    """ADaM datasets by name: those of the vocabulary, and others whose name begins with AD."""
    found: dict[str, TextTable] = {}
    notes = []
    for file in files:
        tables = read_tables(file, encoding) if _may_be_adam(file) else {}
        for name, table in tables.items():
            if not name.startswith("AD") or len(name) > 8:
                notes.append(f"{table.origin} is no ADaM dataset: not checked.")
            elif name in found:
                raise DataError(
                    f"Two files hold the dataset {name}.",
                    where=f"{found[name].origin} and {table.origin}",
                    do="remove one of them",
                )
            else:
                found[name] = table
        if not tables:
            notes.append(f"{file.name} is no ADaM dataset: not checked.")
    order = [*(name for name in ADAM if name in found), *sorted(found.keys() - ADAM.keys())]
    return {name: found[name] for name in order}, notes


def _may_be_adam(file: DeliveredFile) -> bool:
    """Whether a file can hold ADaM; only CSV files have nothing but their name."""
    return is_table(file) and (file.suffix != ".csv" or file.stem.startswith("AD"))


def _domain(code: str, table: TextTable, labels: Mapping[str, Mapping[str, str]]) -> DataTable:
    sequence = f"{code}SEQ"
    keys = _SUPP_KEYS if code.startswith("SUPP") else _SDTM_KEYS.get(code)
    if keys is None:
        keys = ("USUBJID", sequence) if sequence in table.frame.columns else ()
    expected = tuple(
        Expected(name=one.name, kind=one.kind, required=one.required, filled=one.filled)
        for one in SDTM[code].columns
    )
    return DataTable(
        name=code, frame=table.frame, origin=table.origin, expected=expected, keys=keys,
        labels=labels.get(table.origin.name, {}),
    )  # fmt: skip


def _dataset(name: str, table: TextTable, labels: Mapping[str, Mapping[str, str]]) -> DataTable:
    known = ADAM.get(name)
    keys = known.keys if known else ()
    expected = tuple(
        Expected(
            name=one.name, kind=_ADAM_KINDS[one.kind],
            required=one.name in _needed(name, keys), filled=one.name in {"USUBJID", "PARAMCD"},
        )
        for one in (known.variables if known else ())
    )  # fmt: skip
    return DataTable(
        name=name, frame=table.frame, origin=table.origin, expected=expected, keys=keys,
        labels=labels.get(table.origin.name, {}),
    )  # fmt: skip


#: Variables without which a dataset of that kind means nothing, beside its key.
_CORE: dict[str, tuple[str, ...]] = {
    "ADTR": ("AVAL", "ADT"),
    "ADRS": ("AVALC", "ADT"),
    "ADTTE": ("AVAL", "CNSR", "STARTDT", "ADT"),
    "ADAE": ("AETERM", "TRTEMFL"),
    "ADLB": ("AVAL", "ADT"),
}
#: Keys of the vocabulary that only its own datasets have: other writers order records otherwise.
_OWN_KEYS = frozenset({
    "EVAL", "EVALID", "TRLNKID", "AVISITN", "SRCDOM", "SRCSEQ", "EXCOMPN", "EXAGENT", "LTDT", "LTCAT",
})  # fmt: skip


def _needed(name: str, keys: tuple[str, ...]) -> set[str]:
    return {"USUBJID", *(set(keys) - _OWN_KEYS), *_CORE.get(name, ())}


def _labels(file: DeliveredFile) -> dict[str, str]:
    """Labels of a Dataset-JSON file; those of a transport file have room for 40 bytes only."""
    if file.suffix not in {".json", ".ndjson"} or not is_table(file):
        return {}
    text = file.content.decode("utf-8-sig", "replace")
    try:
        head = json.loads(text.splitlines()[0] if file.suffix == ".ndjson" else text)
    except (ValueError, RecursionError):
        return {}  # the reader finds the words for that
    columns = head.get("columns") if isinstance(head, dict) else None
    return {
        str(column.get("name", "")).strip().upper(): str(column.get("label") or "")
        for column in (columns if isinstance(columns, list) else [])
        if isinstance(column, dict)
    }


#: Endings that are read, for messages.
ENDINGS = tuple(READERS)
