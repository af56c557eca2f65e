"""A study of ClinicalTrials.gov API version 2 (JSON) as a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from trialwright.core.errors import RecordError
from trialwright.registry.reading.joined import NamedFields, further_fields, joined_record
from trialwright.registry.reading.model import Record
from trialwright.registry.reading.study_access import StudyReader, kind_of

#: Largest JSON text of one study, in bytes; the longest registered results have half of it.
MAX_STUDY_BYTES = 16_000_000

#: Further fields with a single value: name, module and the keys that lead to it.
_SINGLE = (
    ("nctId", "identificationModule", ("nctId",)),
    ("officialTitle", "identificationModule", ("officialTitle",)),
    ("acronym", "identificationModule", ("acronym",)),
    ("orgStudyId", "identificationModule", ("orgStudyIdInfo", "id")),
    ("overallStatus", "statusModule", ("overallStatus",)),
    ("whyStopped", "statusModule", ("whyStopped",)),
    ("startDate", "statusModule", ("startDateStruct", "date")),
    ("primaryCompletionDate", "statusModule", ("primaryCompletionDateStruct", "date")),
    ("completionDate", "statusModule", ("completionDateStruct", "date")),
    ("studyFirstPostDate", "statusModule", ("studyFirstPostDateStruct", "date")),
    ("resultsFirstPostDate", "statusModule", ("resultsFirstPostDateStruct", "date")),
    ("lastUpdatePostDate", "statusModule", ("lastUpdatePostDateStruct", "date")),
    ("leadSponsor", "sponsorCollaboratorsModule", ("leadSponsor", "name")),
    ("leadSponsorClass", "sponsorCollaboratorsModule", ("leadSponsor", "class")),
    ("studyType", "designModule", ("studyType",)),
    ("phases", "designModule", ("phases",)),
    ("allocation", "designModule", ("designInfo", "allocation")),
    ("interventionModel", "designModule", ("designInfo", "interventionModel")),
    (
        "interventionModelDescription",
        "designModule",
        ("designInfo", "interventionModelDescription"),
    ),
    ("primaryPurpose", "designModule", ("designInfo", "primaryPurpose")),
    ("masking", "designModule", ("designInfo", "maskingInfo", "masking")),
    ("maskingDescription", "designModule", ("designInfo", "maskingInfo", "maskingDescription")),
    ("whoMasked", "designModule", ("designInfo", "maskingInfo", "whoMasked")),
    ("enrollment", "designModule", ("enrollmentInfo", "count")),
    ("enrollmentType", "designModule", ("enrollmentInfo", "type")),
)
_POPULATION = (
    ("eligibilityCriteria", "eligibilityModule", ("eligibilityCriteria",)),
    ("healthyVolunteers", "eligibilityModule", ("healthyVolunteers",)),
    ("sex", "eligibilityModule", ("sex",)),
    ("minimumAge", "eligibilityModule", ("minimumAge",)),
    ("maximumAge", "eligibilityModule", ("maximumAge",)),
    ("stdAges", "eligibilityModule", ("stdAges",)),
    ("keywords", "conditionsModule", ("keywords",)),
)
_ARM = ("label", "type", "description", "interventionNames")
_INTERVENTION = ("description", "otherNames", "armGroupLabels")


def study_record(study: object, fallback: str, sha256: str, where: str) -> Record:
    """Write a parsed study as a record; `fallback` is its id where it has no number.

    Raises
    ------
    RecordError
        It is no study of API version 2, or a value that is needed has another type.
    """
    section = _section(study, where)
    reader = StudyReader(section, where)
    outcomes = (reader.outcomes("primaryOutcomes"), reader.outcomes("secondaryOutcomes"))
    shared = {
        "title": reader.text("identificationModule", "briefTitle"),
        "brief_summary": reader.text("descriptionModule", "briefSummary"),
        "conditions": reader.text("conditionsModule", "conditions"),
        "interventions": "|".join(_interventions(reader)),
        "detailed_description": reader.text("descriptionModule", "detailedDescription"),
    }
    named = NamedFields(
        shared=shared,
        further=further_fields(_further(study, reader)),
        outcomes=outcomes,
        given=study if isinstance(study, dict) else {},
        layout="api_v2",
    )
    number = reader.text("identificationModule", "nctId").strip()
    return joined_record(named, number or fallback, sha256, where)


def _section(study: object, where: str) -> Mapping[str, object]:
    section = study.get("protocolSection") if isinstance(study, dict) else None
    if isinstance(section, dict):
        return section
    kind = "an object without protocolSection" if isinstance(study, dict) else kind_of(study)
    raise RecordError(
        "The JSON is no registered study.",
        where=f"{where}: {kind}",
        allowed="a study of ClinicalTrials.gov API version 2, with a protocolSection",
        do="export the record again as JSON of version 2",
    )


def _interventions(reader: StudyReader) -> Iterator[str]:
    """The entries of the intervention line."""
    for one in reader.objects("armsInterventionsModule", "interventions"):
        kind, name = (reader.part(one, key, "interventions") for key in ("type", "name"))
        yield f"{kind}: {name}"


def _further(study: object, reader: StudyReader) -> Iterator[tuple[str, str]]:
    for name, module, keys in _SINGLE:
        yield name, reader.text(module, *keys)
        if name == "leadSponsorClass":
            partners = reader.objects("sponsorCollaboratorsModule", "collaborators")
            yield "collaborators", "|".join(reader.part(p, "name", name) for p in partners)
    for list_name, parts in (("armGroups", _ARM), ("interventions", _INTERVENTION)):
        listed = reader.objects("armsInterventionsModule", list_name)
        for number, one in enumerate(listed, start=1):
            place = f"{list_name}.{number}"
            yield from ((f"{place}.{key}", reader.part(one, key, place)) for key in parts)
    yield "otherOutcomes", "|".join(one.joined() for one in reader.outcomes("otherOutcomes"))
    for name, module, keys in _POPULATION:
        yield name, reader.text(module, *keys)
    sites = reader.objects("contactsLocationsModule", "locations")
    yield "locations.count", str(len(sites) or "")
    if isinstance(study, dict) and isinstance(study.get("hasResults"), bool):
        yield "hasResults", "true" if study["hasResults"] else "false"
