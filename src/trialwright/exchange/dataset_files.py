"""The datasets of a trial in the formats that others read, each folder with its define.xml.

`adam/xpt` and `adam/json` (and the same of `sdtm`) are complete by themselves: the datasets and a
define.xml that names them. There a text over 200 bytes goes on in further columns. `parquet` and
`csv` hold every text whole and have no define.xml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

import polars as pl

from trialwright.adam.derive import derive
from trialwright.core.results import Result
from trialwright.core.tables import Adam, Sdtm
from trialwright.exchange.csv_files import adam_files, sdtm_files
from trialwright.exchange.datasets.dataset_json import Origin, dataset_json
from trialwright.exchange.datasets.from_adam import adam_groups, left_out, whole_groups
from trialwright.exchange.datasets.from_sdtm import sdtm_groups, whole_sdtm_groups
from trialwright.exchange.datasets.model import ItemGroup, Standard
from trialwright.exchange.datasets.parquet import parquet_bytes
from trialwright.exchange.datasets.xpt import beyond_ascii, xpt_bytes
from trialwright.exchange.define.document import Described, define_xml
from trialwright.pipeline import analyze
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_analysis
from trialwright.subjects.cutoff import find_cutoff

Format: TypeAlias = Literal["xpt", "json", "parquet", "csv"]
What: TypeAlias = Literal["adam", "sdtm", "both"]
Files: TypeAlias = dict[str, bytes | str]

#: Formats that a define.xml describes.
_DESCRIBED: tuple[Format, ...] = ("xpt", "json")
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetExport:
    """Files by relative path, and what a reader should know of their texts.

    Attributes
    ----------
    files
        Content by path: `adam/xpt/adsl.xpt`, `adam/xpt/define.xml` and so on.
    datasets, records
        How many leave, counted once whatever the formats.
    notes
        Datasets that do not leave, a study without identifier, variables whose texts go on in
        further columns, and those with text beyond ASCII.
    """

    files: Mapping[str, bytes | str]
    datasets: int
    records: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """One standard: its datasets for the transport format, whole, and as CSV texts."""

    standard: Standard
    split: tuple[ItemGroup, ...]
    whole: tuple[ItemGroup, ...]
    csv: Mapping[str, str]
    results: Mapping[str, Result]
    left_out: tuple[str, ...] = ()


def export_datasets(
    protocol: Protocol,
    sdtm: Sdtm,
    formats: Sequence[Format] = _DESCRIBED,
    what: What = "adam",
) -> DatasetExport:
    """Write the datasets of a trial as files.

    Parameters
    ----------
    protocol
        Settled.
    sdtm
        The domains as delivered or simulated.
    formats
        XPT version 5, Dataset-JSON 1.1, Parquet, CSV.
    what
        Analysis datasets with the lists beside them, the domains, or both.

    Raises
    ------
    DataError
        For data that the input form or a format refuses.
    ProtocolError
        When a choice is still open.
    """
    made = _EPOCH + timedelta(days=find_cutoff(settled_analysis(protocol), sdtm).day)
    sides = []
    if what in ("adam", "both"):
        sides.append(_adam_side(protocol, derive(protocol, sdtm), formats))
    if what in ("sdtm", "both"):
        sides.append(_sdtm_side(sdtm, formats))
    files: Files = {}
    for side in sides:
        for form in dict.fromkeys(formats):
            folder = f"{side.standard.lower()}/{form}"
            found = _files(side, form, (protocol, made, sdtm.simulated))
            files |= {f"{folder}/{name}": content for name, content in found.items()}
    counted = [group for side in sides for group in side.whole]
    return DatasetExport(
        files=files,
        datasets=len(counted),
        records=sum(group.frame.height for group in counted),
        notes=(*_study_notes(counted), *(note for side in sides for note in _notes(side))),
    )


def _adam_side(protocol: Protocol, adam: Adam, formats: Sequence[Format]) -> _Side:
    described = bool(set(formats) & set(_DESCRIBED))
    return _Side(
        standard="ADaM",
        split=adam_groups(adam) if described else (),
        whole=tuple(whole_groups(adam)),
        csv=adam_files(adam) if "csv" in formats else {},
        results=analyze(protocol, adam) if described else {},
        left_out=left_out(adam),
    )


def _sdtm_side(sdtm: Sdtm, formats: Sequence[Format]) -> _Side:
    return _Side(
        standard="SDTM",
        split=sdtm_groups(sdtm) if set(formats) & set(_DESCRIBED) else (),
        whole=whole_sdtm_groups(sdtm),
        csv=sdtm_files(sdtm) if "csv" in formats else {},
        results={},
    )


def _files(side: _Side, form: Format, about: tuple[Protocol, date, str]) -> Files:
    """The files of one folder by name."""
    protocol, made, simulated = about
    if form == "csv":
        return dict(side.csv)
    if form == "parquet":
        return {f"{group.name}.parquet": parquet_bytes(group) for group in side.whole}
    described = Described(
        protocol=protocol, standard=side.standard, groups=side.split, made=made, ending=form,
        results=side.results, simulated=simulated,
    )  # fmt: skip
    origin = Origin(study=protocol.id, made=made)
    files: Files = {"define.xml": define_xml(described)}
    for group in side.split:
        written = xpt_bytes(group, made) if form == "xpt" else dataset_json(group, origin)
        files[f"{group.file}.{form}"] = written
    return files


def _notes(side: _Side) -> list[str]:
    absent = [f"{name} is left out: nothing was delivered for it" for name in side.left_out]
    further = [
        f"{group.name}.{item.continues} goes on in {item.name}"
        for group in side.split
        for item in group.items
        if item.continues
    ]
    beyond = [f"{group.name}.{name}" for group in side.split for name in beyond_ascii(group)]
    said = [f"text beyond ASCII in {', '.join(beyond)}"] if beyond else []
    return [*absent, *further, *said]


def _study_notes(groups: Sequence[ItemGroup]) -> list[str]:
    """Every dataset that leaves needs the identifier of its study, and none is made up."""
    known = pl.col("STUDYID").is_not_null().any()
    bare = [
        group.name
        for group in groups
        if "STUDYID" in group.frame.columns
        and group.frame.height
        and not group.frame.select(known).item()
    ]
    return [f"STUDYID is empty in {', '.join(bare)}: not delivered"] if bare else []
