"""A define.xml: the datasets of one standard, and for ADaM the results of the analysis.

Source: CDISC Define-XML 2.1 and Analysis Results Metadata 1.0. Identifiers come from names, dates
from the data cut-off, so that the same trial gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from trialwright._version import __version__
from trialwright.core.results import Result
from trialwright.exchange.datasets.model import ItemGroup, Standard
from trialwright.exchange.datasets.oids import study_oid, version_oid
from trialwright.exchange.define.datasets import add_dataset, standard_oid
from trialwright.exchange.define.odm import Element, document_text, elements
from trialwright.exchange.define.parts import Parts
from trialwright.exchange.define.results import result_displays
from trialwright.exchange.define.rule_words import options_in_force, rule_words
from trialwright.protocol.model import Protocol
from trialwright.protocol.settled import settled_response

DEFINE_VERSION = "2.1.9"
#: Name and version of the implementation guide of each standard.
_GUIDES = {"ADaM": ("ADaMIG", "1.3"), "SDTM": ("SDTMIG", "3.3")}
_TERMINOLOGY = (
    "Code lists hold the values of these data; no version of the published controlled terminology "
    "is claimed."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a define.xml describes.

    Attributes
    ----------
    protocol
        Settled.
    standard, groups
        The datasets of one standard.
    made
        The data cut-off: the time of creation that the file states.
    ending
        Ending of the dataset files beside the define.xml: xpt or json.
    results
        Results by key, for ADaM.
    simulated
        Banner of simulated data, empty for collected data.
    """

    protocol: Protocol
    standard: Standard
    groups: Sequence[ItemGroup]
    made: date
    ending: str
    results: Mapping[str, Result] = field(default_factory=dict)
    simulated: str = ""


def define_xml(described: Described) -> str:
    """Write the define.xml of the datasets of one standard.

    Returns
    -------
    str
        XML with two blanks a level.
    """
    odm = elements()
    root = odm.ODM(
        FileType="Snapshot",
        FileOID=f"DEFINE.{described.protocol.id}.{described.standard}.{described.ending}",
        CreationDateTime=f"{described.made.isoformat()}T00:00:00",
        AsOfDateTime=f"{described.made.isoformat()}T00:00:00",
        ODMVersion="1.3.2",
        SourceSystem="trialwright",
        SourceSystemVersion=__version__,
        Context="Submission",
    )
    root.Study = _study(described)
    return document_text(root)


def _study(described: Described) -> Element:
    odm, protocol = elements(), described.protocol
    made = odm.Study(OID=study_oid(protocol.id))
    made.GlobalVariables = odm.GlobalVariables()
    made.GlobalVariables.StudyName = odm.StudyName(_content=protocol.id)
    made.GlobalVariables.StudyDescription = odm.StudyDescription(_content=protocol.title)
    made.GlobalVariables.ProtocolName = odm.ProtocolName(_content=protocol.id)
    made.MetaDataVersion = _version(described)
    return made


def _version(described: Described) -> Element:
    odm, parts = elements(), Parts(words=rule_words(described.protocol))
    name, number = _GUIDES[described.standard]
    made = odm.MetaDataVersion(
        OID=version_oid(described.protocol.id, described.standard),
        Name=f"{described.standard} datasets of {described.protocol.id}",
        Description=f"{described.standard} datasets and their variables",
        DefineVersion=DEFINE_VERSION,
        CommentOID=parts.comment("TRIAL", _about(described)),
    )
    made.Standards = odm.Standards()
    made.Standards.Standard = [
        odm.Standard(
            OID=standard_oid(described.standard), Name=name, Type="IG", Version=number,
            Status="Final",
        )
    ]  # fmt: skip
    for group in described.groups:
        add_dataset(parts, group, described.ending)
    if described.results:
        groups = {group.name: group for group in described.groups}
        evaluator = settled_response(described.protocol).evaluator
        made.AnalysisResultDisplays = result_displays(parts, described.results, groups, evaluator)
    made.ValueListDef = list(parts.value_lists.values())
    made.WhereClauseDef = list(parts.where_clauses.values())
    made.ItemGroupDef = list(parts.groups.values())
    made.ItemDef = list(parts.items.values())
    made.CodeList = list(parts.code_lists.values())
    made.MethodDef = list(parts.methods.values())
    made.CommentDef = list(parts.comments.values())
    return made


def _about(described: Described) -> str:
    said = [
        f"{described.simulated}." if described.simulated else "",
        f"Data cut-off {described.made.isoformat()}.",
        _TERMINOLOGY,
        f"Options of the protocol in force: {options_in_force(described.protocol)}.",
    ]
    return " ".join(one for one in said if one)
