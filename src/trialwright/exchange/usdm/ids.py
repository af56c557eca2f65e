"""Identifiers and codes of a file that is being written: counted, so that they never repeat."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from trialwright.exchange.usdm import terms
from trialwright.exchange.usdm.models import AliasCode, Code, ExtensionAttribute, Quantity

#: Before the names of our extension attributes.
URN = "urn:trialwright:"


class Ids:
    """Gives each object an identifier: its class and a number, in the order of writing."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def new(self, cls: str) -> str:
        """The next identifier of a class."""
        self._counts[cls] += 1
        return f"{cls}_{self._counts[cls]}"

    def cdisc(self, term: terms.Term) -> Code:
        """A term of CDISC."""
        return self._code(term, terms.CDISC, terms.CDISC_VERSION)

    def own(self, term: terms.Term) -> Code:
        """A term that CDISC does not have."""
        return self._code(term, terms.OWN, terms.OWN_VERSION)

    def either(self, table: Mapping[str, terms.Term], word: str) -> Code:
        """The CDISC term of a word, else the word itself as a term of our own."""
        return self.cdisc(table[word]) if word in table else self.own((word, word))

    def alias(self, code: Code) -> AliasCode:
        """A term as the model wants it in some places."""
        return AliasCode(id=self.new("AliasCode"), standard_code=code)

    def quantity(self, value: float, unit: Code | None = None) -> Quantity:
        """A number with its unit."""
        held = self.alias(unit) if unit else None
        return Quantity(id=self.new("Quantity"), value=value, unit=held)

    def extension(
        self,
        name: str,
        text: str | None = None,
        *inside: ExtensionAttribute,
        number: int | None = None,
        flag: bool | None = None,
    ) -> ExtensionAttribute:
        """An extension attribute of ours."""
        return ExtensionAttribute(
            id=self.new("ExtensionAttribute"), url=f"{URN}{name}", value_string=text,
            value_integer=number, value_boolean=flag, extension_attributes=inside,
        )  # fmt: skip

    def _code(self, term: terms.Term, system: str, version: str) -> Code:
        return Code(
            id=self.new("Code"), code=term[0], code_system=system, code_system_version=version,
            decode=term[1],
        )  # fmt: skip


def extension_of(
    attributes: tuple[ExtensionAttribute, ...], name: str
) -> ExtensionAttribute | None:
    """Our extension attribute of a name, `None` without one."""
    return next((one for one in attributes if one.url == f"{URN}{name}"), None)
