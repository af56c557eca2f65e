"""`intake.yaml` to a `Mapping`, with errors that name file, line and column."""

from __future__ import annotations

from pathlib import Path

from trialwright.core.errors import DataError
from trialwright.intake.files import read_file
from trialwright.intake.mapping.model import Make, Mapping
from trialwright.protocol.yaml_model import model_from_yaml

#: Name under which a mapping is found beside the data.
NAME = "intake.yaml"
MAX_BYTES = 1_000_000


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises
    ------
    DataError
        When the file cannot be read, has an unknown key or a value that is not allowed.
    """
    file = read_file(path)
    if len(file.content) > MAX_BYTES:
        raise DataError(
            "The mapping is too large.", where=file.name, allowed=f"at most {MAX_BYTES} bytes"
        )
    try:
        text = file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            "The mapping is not UTF-8 text.",
            where=f"{file.name}, byte {error.start + 1}",
            allowed="UTF-8",
            do="save the file as UTF-8",
        ) from None
    return mapping_from_yaml(text, file.name)


def mapping_from_yaml(text: str, name: str = NAME) -> Mapping:
    """The mapping in a YAML text; `name` stands for the file in messages.

    Raises
    ------
    DataError
        As `read_mapping`.
    """

    def refuse(what: str, mark: tuple[int, int], allowed: str) -> DataError:
        return DataError(
            what[:1].upper() + what[1:],
            where=f"{name}, line {mark[0] + 1}, column {mark[1] + 1}",
            allowed=allowed,
            do="correct the mapping",
        )

    return _with_lists(model_from_yaml(text, Mapping, refuse)[0], name)


def _with_lists(mapping: Mapping, name: str) -> Mapping:
    """The mapping with every list in the place of its name."""
    tables = tuple(
        table.model_copy(
            update={"make": tuple(_with_list(one, mapping, name) for one in table.make)}
        )
        for table in mapping.tables
    )
    return mapping.model_copy(update={"tables": tables})


def _with_list(make: Make, mapping: Mapping, name: str) -> Make:
    if make.each_of is None:
        return make
    if make.each or make.each_of not in mapping.lists:
        raise DataError(
            f"The rule for {make.domain} has two lists (each and each_of)."
            if make.each
            else f'The mapping has no list "{make.each_of}".',
            where=f"{name}, rule for {make.domain}, each_of",
            allowed=", ".join(mapping.lists) or "lists that stand under the key lists",
            do="correct the mapping",
        )
    return make.model_copy(update={"each": mapping.lists[make.each_of]})
