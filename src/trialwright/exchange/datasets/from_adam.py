"""ADaM datasets as they leave: every one with a specification, long texts in further columns."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from trialwright.core.errors import InconsistencyError
from trialwright.core.tables import Adam
from trialwright.exchange.datasets.beside import BESIDE, beside_frames
from trialwright.exchange.datasets.checking import checked
from trialwright.exchange.datasets.long_text import piece_label, split_column
from trialwright.exchange.datasets.model import Item, ItemGroup, polars_type
from trialwright.vocabulary.adam import ADAM, Dataset

#: Domain without which a dataset is empty.
_FROM = {"ADAE": "AE", "ADEX": "EX"}


def adam_groups(adam: Adam) -> tuple[ItemGroup, ...]:
    """The analysis datasets of a trial and the lists beside them, for the transport format.

    Blanks at the end of a text are left out: the transport format does not keep them.

    Returns
    -------
    tuple of ItemGroup
        In the order of the vocabulary; texts over 200 bytes go on in further columns.

    Raises
    ------
    DataError
        A value that the transport format cannot hold.
    InconsistencyError
        A dataset or column without a specification.
    """
    return tuple(checked(_split(group)) for group in whole_groups(adam))


def whole_groups(adam: Adam) -> Iterator[ItemGroup]:
    """The same datasets with every text in one column, whatever its length."""
    for name in adam.datasets:
        if name not in ADAM and name not in {one.file for one in BESIDE}:
            _unspecified(name)
    for name, dataset in ADAM.items():
        if name in adam.datasets and name not in left_out(adam):
            yield _group(dataset, adam[name])
    study = adam["ADSL"]["STUDYID"].drop_nulls().unique().sort()
    identified = pl.lit(study[0] if len(study) else None, pl.String).alias("STUDYID")
    lists = beside_frames(adam)
    for one in BESIDE:
        if one.file in lists:
            yield _group(one.dataset, one.leaving(lists[one.file]).with_columns(identified))


def left_out(adam: Adam) -> tuple[str, ...]:
    """Datasets without records because nothing was delivered, not because nothing happened."""
    return tuple(
        name
        for name, domain in _FROM.items()
        if domain in adam.absent and name in adam.datasets and not adam[name].height
    )


def _group(dataset: Dataset, frame: pl.DataFrame) -> ItemGroup:
    if set(frame.columns) != {variable.name for variable in dataset.variables}:
        _unspecified(f"{dataset.name}: {', '.join(frame.columns)}")
    items = tuple(
        Item(
            name=variable.name,
            label=variable.label,
            kind=variable.kind,
            key=dataset.keys.index(variable.name) + 1 if variable.name in dataset.keys else 0,
        )
        for variable in dataset.variables
    )
    return ItemGroup(
        name=dataset.name, label=dataset.label, standard="ADaM", items=items,
        frame=frame.select(_typed(item) for item in items).sort(
            dataset.keys, nulls_last=True, maintain_order=True
        ),
    )  # fmt: skip


def _typed(item: Item) -> pl.Expr:
    column = pl.col(item.name).cast(polars_type(item.kind))
    if not item.is_text:
        return column
    text = column.str.strip_chars_end(" ")
    return pl.when(text != "").then(text).alias(item.name)


def _split(group: ItemGroup) -> ItemGroup:
    taken = {item.name for item in group.items}
    items: list[Item] = []
    columns: list[pl.Series] = []
    for item in group.items:
        whole = group.frame[item.name]
        parts = [whole] if item.key or not item.is_text else split_column(whole, taken)
        taken |= {part.name for part in parts}
        columns += parts
        items.append(item)
        items += [
            Item(
                name=part.name, label=piece_label(item.label, number), kind=item.kind,
                continues=item.name,
            )
            for number, part in enumerate(parts[1:], start=1)
        ]  # fmt: skip
    return ItemGroup(
        name=group.name, label=group.label, standard=group.standard, items=tuple(items),
        frame=pl.DataFrame(columns),
    )  # fmt: skip


def _unspecified(what: str) -> None:
    raise InconsistencyError(
        "A dataset leaves without a specification.",
        where=what,
        allowed=", ".join(ADAM),
        do="report it: the vocabulary of ADaM lacks it",
    )
