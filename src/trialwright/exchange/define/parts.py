"""The elements of a define.xml as they are gathered, each identifier once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from trialwright.exchange.datasets.oids import item_oid
from trialwright.exchange.define.odm import Element, description, elements


@dataclass(frozen=True, slots=True)
class Condition:
    """A variable that has one of some values; with `is_not`, none of them."""

    dataset: str
    variable: str
    values: tuple[str, ...]
    is_not: bool = False

    @property
    def name(self) -> str:
        """Part of an identifier."""
        no = "NOT." if self.is_not else ""
        return f"{self.dataset}.{self.variable}.{no}{'.'.join(self.values)}"


@dataclass(frozen=True, slots=True)
class Parts:
    """Elements by identifier, in the order in which they were first asked for.

    `words` says what a rule decides in this trial.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    groups: dict[str, Element] = field(default_factory=dict)
    items: dict[str, Element] = field(default_factory=dict)
    value_lists: dict[str, Element] = field(default_factory=dict)
    where_clauses: dict[str, Element] = field(default_factory=dict)
    code_lists: dict[str, Element] = field(default_factory=dict)
    methods: dict[str, Element] = field(default_factory=dict)
    comments: dict[str, Element] = field(default_factory=dict)

    def rules(self, ids: Iterable[str]) -> str:
        """Rules in words: `C-04 (New anticancer therapy), R-057`."""
        return ", ".join(
            f"{rule} ({self.words[rule]})" if rule in self.words else rule for rule in ids
        )

    def method(self, name: str, title: str, text: str) -> str:
        """Identifier of a derivation in words."""
        oid = f"MT.{name}"
        if oid not in self.methods:
            made = elements().MethodDef(OID=oid, Name=title, Type="Computation")
            made.Description = description(text)
            self.methods[oid] = made
        return oid

    def comment(self, name: str, text: str) -> str:
        """Identifier of a comment."""
        oid = f"COM.{name}"
        if oid not in self.comments:
            self.comments[oid] = elements().CommentDef(OID=oid, Description=description(text))
        return oid

    def where(self, conditions: Sequence[Condition]) -> str:
        """Identifier of the records that meet all conditions."""
        oid = "WC." + "-".join(condition.name for condition in conditions)
        if oid not in self.where_clauses:
            made = elements().WhereClauseDef(OID=oid)
            made.RangeCheck = [_check(condition) for condition in conditions]
            self.where_clauses[oid] = made
        return oid


def _check(condition: Condition) -> Element:
    odm, single = elements(), len(condition.values) == 1
    comparator = {(True, False): "EQ", (False, False): "IN", (True, True): "NE"}.get(
        (single, condition.is_not), "NOTIN"
    )
    made = odm.RangeCheck(
        Comparator=comparator,
        SoftHard="Soft",
        ItemOID=item_oid(condition.dataset, condition.variable),
    )
    made.CheckValue = [odm.CheckValue(_content=value) for value in condition.values]
    return made
