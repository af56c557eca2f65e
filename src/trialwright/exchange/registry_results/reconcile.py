"""Every number of the registry results is that of a table of the report, or nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trialwright.core.errors import InconsistencyError
from trialwright.core.results import Result
from trialwright.core.tables import Adam
from trialwright.exchange.registry_results.cited import NUMBER_KEYS, Cited, Node, leaves
from trialwright.exchange.registry_results.numbers import NA
from trialwright.exchange.registry_results.reading import TableReader
from trialwright.exchange.registry_results.sums import kept_sums
from trialwright.exchange.registry_results.told import Reconciled

_SHOWN = 5


def reconcile(
    results: Mapping[str, Result], adam: Adam, modules: dict[str, Node]
) -> tuple[Reconciled, ...]:
    """Compare each number of the modules with the cell of the table that it repeats.

    Parameters
    ----------
    results
        The analysis; its tables are read as they are printed.
    adam
        For the few counts that no table shows alone.
    modules
        Modules by name; each number is `Cited`.

    Returns
    -------
    tuple
        One row a number, in the order of the modules, then the sums of each group.

    Raises
    ------
    InconsistencyError
        When a number differs from its table, names none, or the flow does not add up.
    """
    reader = TableReader(results, adam)
    rows = [*_numbers(reader, modules), *kept_sums(results, modules)]
    wrong = [one for one in rows if not one.equal]
    if wrong:
        said = "; ".join(
            f"{one.module} {one.item}: {one.registry}, {one.table}: {one.table_number}"
            for one in wrong[:_SHOWN]
        )
        raise InconsistencyError(
            f"{len(wrong)} numbers of the registry results are not those of the tables.",
            where=said,
            do="report this: nothing was written",
        )
    return tuple(rows)


def _numbers(reader: TableReader, modules: dict[str, Node]) -> Iterator[Reconciled]:
    for path, leaf in leaves(modules):
        module, _, item = path.partition(".")
        if isinstance(leaf, Cited):
            words, number, equal = reader.compared(leaf)
            yield Reconciled(module, item, str(leaf.value), words, number, equal)
        elif path.rpartition(".")[2] in NUMBER_KEYS and leaf != NA:
            yield Reconciled(module, item, str(leaf), "no table", "", equal=False)
