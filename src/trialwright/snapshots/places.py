"""Where the records of a snapshot stood in the files that were delivered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from trialwright.core.tables import ROW, Origin, Place, Sdtm


def sources_text(sdtm: Sdtm) -> str:
    """The place of every record, in the order of the records, as JSON.

    Each domain has its tables (`columns` null: the columns have their own names) and, for each
    record, the number of its table and its row there.
    """
    content = {
        code: _domain(sdtm.origin(code), frame[ROW].to_list())
        for code, frame in sdtm.domains.items()
        if frame.height
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def _domain(origin: Origin, rows: list[int]) -> dict[str, object]:
    tables: list[dict[str, object]] = []
    numbers: dict[tuple[object, ...], int] = {}
    records = []
    for row in rows:
        place = origin.places.get(row)
        kind: tuple[object, ...] = (origin.name, False, "row", None)
        if place is not None:
            columns_of = tuple(sorted(place.columns.items()))
            kind = (place.table, place.is_sheet, place.unit, columns_of)
        if kind not in numbers:
            numbers[kind] = len(tables)
            columns = None if place is None else dict(sorted(place.columns.items()))
            tables.append({"table": kind[0], "sheet": kind[1], "unit": kind[2], "columns": columns})
        records.append([numbers[kind], row if place is None else place.row])
    return {"file": origin.name, "tables": tables, "records": records}


def with_sources(sdtm: Sdtm, text: str) -> Sdtm:
    """The data of a snapshot with the places of `sources_text`, so that messages name them."""
    said: Mapping[str, Any] = json.loads(text)
    places = {code: _places(sdtm, code, one) for code, one in said.items()}
    files = {code: str(said[code]["file"]) if code in said else name
             for code, name in sdtm.files.items()}  # fmt: skip
    return replace(sdtm, files=files, places=places)


def _places(sdtm: Sdtm, code: str, said: Mapping[str, Any]) -> dict[int, Place]:
    own = {name: name for name in sdtm[code].columns if name != ROW}
    columns = [one["columns"] if one["columns"] is not None else own for one in said["tables"]]
    return {
        row: Place(
            table=said["tables"][table]["table"],
            row=at,
            columns=columns[table],
            is_sheet=said["tables"][table]["sheet"],
            unit=said["tables"][table]["unit"],
        )
        for row, (table, at) in zip(sdtm[code][ROW], said["records"], strict=True)
    }
