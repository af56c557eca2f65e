"""The elements of Define-XML 2.1 with analysis results, by their library."""

from __future__ import annotations

from typing import Any, TypeAlias

#: An element of the library, which has no types.
Element: TypeAlias = Any

_ODM = "http://www.cdisc.org/ns/odm/v1.3"
_NAMESPACES = {
    "odm": _ODM,
    "xlink": "http://www.w3.org/1999/xlink",
    "def": "http://www.cdisc.org/ns/def/v2.1",
    "arm": "http://www.cdisc.org/ns/arm/v1.0",
}


def elements() -> Any:
    """The module that has a class for each element; imported when a define.xml is written."""
    import odmlib.arm_1_0.model as arm  # noqa: PLC0415 -- slow to import, needed here only

    return arm


def description(text: str) -> Element:
    """A description in English."""
    odm = elements()
    return odm.Description(TranslatedText=[odm.TranslatedText(lang="en", _content=text)])


def document_text(root: Element) -> str:
    """A document as XML, indented.

    The library keeps one list of namespaces for the whole process; the document gets its own, so
    that nothing else that was read before can change it.
    """
    import odmlib.ns_registry as registry  # noqa: PLC0415 -- slow to import, needed here only
    from lxml import etree  # noqa: PLC0415 -- the same

    own = {"namespaces": dict(_NAMESPACES), "default": {"odm": _ODM}}
    bind: Any = registry.bind_document_namespaces
    bind(root, own)
    tree = etree.fromstring(root.to_xml_string())
    content: bytes = etree.tostring(tree, pretty_print=True, xml_declaration=True, encoding="UTF-8")
    return content.decode()
