"""The records that a mapping makes, the ones that several rows say together among them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from trialwright.core.tables import Place
from trialwright.intake.cells import quoted
from trialwright.intake.gathered import Gathered
from trialwright.intake.mapping.model import Make

Record = dict[str, str | None]


@dataclass(slots=True)
class Made:
    """One record with the place it comes from."""

    domain: str
    record: Record
    place: Place


@dataclass(slots=True)
class Records:
    """Records in the order in which they are made.

    Attributes
    ----------
    made
        The records.
    refused
        Cells in which two rows contradict each other.
    """

    made: list[Made] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    _known: dict[tuple[str, tuple[str, ...], tuple[str, ...]], Made] = field(default_factory=dict)

    def add(self, make: Make, record: Record, place: Place) -> Made | None:
        """Add a record; the one that it became, `None` if it is one of those known already."""
        new = Made(make.domain, record, place)
        if not make.once:
            self.made.append(new)
            return new
        values = tuple((record.get(name) or "").upper() for name in make.once)
        key = (make.domain, make.once, values)
        known = self._known.get(key)
        if known is None:
            self._known[key] = new
            self.made.append(new)
            return new
        if make.earliest is not None and self._is_decided(make.earliest, known, new):
            return None
        self._unite(make, known, new)
        return None

    def counts(self) -> Counter[str]:
        """Number of records by domain."""
        return Counter(one.domain for one in self.made)

    def into(self, gathered: Gathered) -> None:
        """Hand the records over."""
        for one in self.made:
            gathered.add(one.domain, one.record, one.place)

    def _is_decided(self, by: str, known: Made, new: Made) -> bool:
        """Whether the dates say which of two records is made; it then stands for both."""
        before, after = known.record.get(by), new.record.get(by)
        undated = next((one for one in (known, new) if len(one.record.get(by) or "") < 10), None)
        if undated is not None:
            self.refused.append(
                f"{undated.place.cell(by)}: {quoted(undated.record.get(by) or '')}: no complete "
                f"{by}, which says which of several rows is the first"
            )
            return True
        if before == after:
            return False
        if str(after)[:10] < str(before)[:10]:
            known.record, known.place = new.record, new.place
        return True

    def _unite(self, make: Make, known: Made, new: Made) -> None:
        """Fill what the known record leaves empty; refuse what contradicts it."""
        for name, value in new.record.items():
            before = known.record.get(name)
            if value is None or before == value or name in make.once:
                continue
            if before is not None:
                self.refused.append(
                    f"{known.place.cell(name)}: {quoted(before)}; "
                    f"{new.place.cell(name)}: {quoted(value)}: two rows say different things of "
                    f"one {make.domain} ({', '.join(make.once)})"
                )
                continue
            known.record[name] = value
