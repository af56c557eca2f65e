"""The classes of the Unified Study Definitions Model (USDM) v4 as data: what may stand where.

One line a class: its attributes with `!` required, `*` a list, `:Class` an object of that class (or
a plain type); without a type it is a text. A class with `+` may have notes. Every class but the
wrapper has `id`, `instanceType` and `extensionAttributes`. Names and types are those of the
official definition (OpenAPI 4.0.0).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

_CLASSES = """\
Abbreviation+: abbreviatedText!:name expandedText!:name
Activity+: name!:name label description previousId nextId childIds* definedProcedures*:Procedure
  biomedicalConceptIds* bcCategoryIds* bcSurrogateIds* timelineId
Address: text lines* city district state postalCode country:Code
AdministrableProduct+: name!:name label description pharmacologicClass:Code
  administrableDoseForm!:AliasCode productDesignation!:Code sourcing:Code
  properties*:AdministrableProductProperty identifiers*:AdministrableProductIdentifier
  ingredients*:Ingredient
AdministrableProductIdentifier: text! scopeId!
AdministrableProductProperty: name!:name text! type!:Code quantity:Quantity
Administration+: name!:name label description duration!:Duration dose:Quantity route:AliasCode
  frequency:AliasCode administrableProductId medicalDeviceId
AliasCode: standardCode!:Code standardCodeAliases*:Code
AnalysisPopulation+: name!:name label description text! subsetOfIds*
AssignedPerson: name!:name label description personName!:PersonName jobTitle! organizationId
BiomedicalConcept+: name!:name label synonyms* reference! properties*:BiomedicalConceptProperty
  code!:AliasCode
BiomedicalConceptCategory+: name!:name label description childIds* memberIds* code:AliasCode
BiomedicalConceptProperty+: name!:name label isRequired!:boolean isEnabled!:boolean datatype!
  responseCodes*:ResponseCode code!:AliasCode
BiomedicalConceptSurrogate+: name!:name label description reference
BiospecimenRetention: name!:name label description isRetained!:boolean includesDNA:boolean
Characteristic+: name!:name label description text! dictionaryId
Code: code! codeSystem! codeSystemVersion! decode!
CommentAnnotation: text! codes*:Code
Condition+: name!:name label description text! dictionaryId contextIds* appliesToIds*
ConditionAssignment: condition! conditionTargetId!
DocumentContentReference: sectionNumber! sectionTitle! appliesToId!
Duration: text quantity:Quantity|Range durationWillVary!:boolean reasonDurationWillVary
EligibilityCriterion+: name!:name label description category!:Code identifier! criterionItemId!
  nextId previousId
EligibilityCriterionItem+: name!:name label description text! dictionaryId
Encounter+: name!:name label description type!:Code previousId nextId scheduledAtId
  environmentalSettings*:Code contactModes*:Code transitionStartRule:TransitionRule
  transitionEndRule:TransitionRule
Endpoint+: name!:name label description text! dictionaryId purpose! level!:Code
Estimand+: name!:name label description populationSummary! analysisPopulationId! interventionIds*!
  variableOfInterestId! intercurrentEvents*!:IntercurrentEvent
ExtensionAttribute: url! valueString valueBoolean:boolean valueInteger:integer valueId
  valueQuantity:Quantity valueRange:Range valueCode:Code valueAliasCode:AliasCode
  valueExtensionClass:ExtensionClass
ExtensionClass: url! extensionAttributes*!:ExtensionAttribute
GeographicScope: type!:Code code:AliasCode
GovernanceDate: name!:name label description type!:Code dateValue!:date
  geographicScopes*!:GeographicScope
Indication+: name!:name label description codes*:Code isRareDisease!:boolean
Ingredient: role!:Code substance!:Substance
IntercurrentEvent+: name!:name label description text! dictionaryId strategy!
InterventionalStudyDesign+: name!:name label description studyType:Code studyPhase:AliasCode
  therapeuticAreas*:Code characteristics*:Code encounters*:Encounter activities*:Activity
  arms*!:StudyArm studyCells*!:StudyCell rationale! epochs*!:StudyEpoch elements*:StudyElement
  estimands*:Estimand indications*:Indication studyInterventionIds* objectives*:Objective
  population!:StudyDesignPopulation scheduleTimelines*:ScheduleTimeline
  biospecimenRetentions*:BiospecimenRetention documentVersionIds*
  eligibilityCriteria*!:EligibilityCriterion analysisPopulations*:AnalysisPopulation
  subTypes*:Code model!:Code intentTypes*:Code blindingSchema:AliasCode
Masking: text! isMasked!:boolean
MedicalDevice+: name!:name label description hardwareVersion softwareVersion embeddedProductId
  sourcing:Code identifiers*:MedicalDeviceIdentifier
MedicalDeviceIdentifier: text! scopeId! type!:Code
NarrativeContent: name!:name sectionNumber sectionTitle displaySectionNumber!:boolean
  displaySectionTitle!:boolean childIds* previousId nextId contentItemId
NarrativeContentItem: name!:name text!
Objective+: name!:name label description text! dictionaryId level!:Code endpoints*:Endpoint
ObservationalStudyDesign+: name!:name label description studyType:Code studyPhase:AliasCode
  therapeuticAreas*:Code characteristics*:Code encounters*:Encounter activities*:Activity
  arms*!:StudyArm studyCells*!:StudyCell rationale! epochs*!:StudyEpoch elements*:StudyElement
  estimands*:Estimand indications*:Indication studyInterventionIds* objectives*:Objective
  population!:StudyDesignPopulation scheduleTimelines*:ScheduleTimeline
  biospecimenRetentions*:BiospecimenRetention documentVersionIds*
  eligibilityCriteria*!:EligibilityCriterion analysisPopulations*:AnalysisPopulation
  subTypes*:Code model!:Code timePerspective!:Code samplingMethod:Code
Organization: name!:name label type!:Code identifierScheme! identifier! legalAddress:Address
  managedSites*:StudySite
ParameterMap: tag! reference!
PersonName: text familyName givenNames* prefixes* suffixes*
Procedure+: name!:name label description procedureType! code!:Code studyInterventionId
ProductOrganizationRole: name!:name label description code!:Code appliesToIds* organizationId!
Quantity: value!:number unit:AliasCode
Range: minValue!:Quantity maxValue!:Quantity isApproximate!:boolean
ReferenceIdentifier: text! scopeId! type!:Code
ResponseCode: name!:name label isEnabled!:boolean code!:Code
ScheduleTimeline: name!:name label description mainTimeline!:boolean entryCondition! entryId!
  exits*:ScheduleTimelineExit timings*:Timing
  instances*:ScheduledActivityInstance|ScheduledDecisionInstance plannedDuration:Duration
ScheduleTimelineExit:
ScheduledActivityInstance: name!:name label description defaultConditionId epochId timelineId
  timelineExitId activityIds* encounterId
ScheduledDecisionInstance: name!:name label description defaultConditionId epochId
  conditionAssignments*!:ConditionAssignment
Strength: name!:name label description numerator!:Quantity|Range denominator:Quantity
Study: id:uuid name!:name description label versions*:StudyVersion
  documentedBy*:StudyDefinitionDocument
StudyAmendment+: name!:name label description number! summary! primaryReason!:StudyAmendmentReason
  secondaryReasons*:StudyAmendmentReason changes*!:StudyChange impacts*:StudyAmendmentImpact
  geographicScopes*!:GeographicScope enrollments*:SubjectEnrollment dateValues*:GovernanceDate
  previousId
StudyAmendmentImpact+: type!:Code text! isSubstantial!:boolean
StudyAmendmentReason: code!:Code otherReason
StudyArm+: name!:name label description type!:Code dataOriginDescription! dataOriginType!:Code
  populationIds*
StudyCell: armId! epochId! elementIds*!
StudyChange: name!:name label description summary! rationale!
  changedSections*!:DocumentContentReference
StudyCohort+: name!:name label description includesHealthySubjects!:boolean
  plannedEnrollmentNumber:Quantity|Range plannedCompletionNumber:Quantity|Range plannedSex*:Code
  criterionIds* plannedAge:Range characteristics*:Characteristic indicationIds*
StudyDefinitionDocument+: name!:name label description language!:Code type!:Code templateName!
  versions*:StudyDefinitionDocumentVersion childIds*
StudyDefinitionDocumentVersion+: version! status!:Code dateValues*:GovernanceDate
  contents*:NarrativeContent
StudyDesignPopulation+: name!:name label description includesHealthySubjects!:boolean
  plannedEnrollmentNumber:Quantity|Range plannedCompletionNumber:Quantity|Range plannedSex*:Code
  criterionIds* plannedAge:Range cohorts*:StudyCohort
StudyElement+: name!:name label description transitionStartRule:TransitionRule
  transitionEndRule:TransitionRule studyInterventionIds*
StudyEpoch+: name!:name label description type!:Code previousId nextId
StudyIdentifier: text! scopeId!
StudyIntervention+: name!:name label description role!:Code type!:Code
  minimumResponseDuration:Quantity codes*:Code administrations*:Administration
StudyRole+: name!:name label description code!:Code appliesToIds* assignedPersons*:AssignedPerson
  organizationIds* masking:Masking
StudySite: name!:name label description country!:Code
StudyTitle: text! type!:Code
StudyVersion+: versionIdentifier! rationale! documentVersionIds* dateValues*:GovernanceDate
  amendments*:StudyAmendment businessTherapeuticAreas*:Code studyIdentifiers*!:StudyIdentifier
  referenceIdentifiers*:ReferenceIdentifier
  studyDesigns*:InterventionalStudyDesign|ObservationalStudyDesign titles*!:StudyTitle
  eligibilityCriterionItems*:EligibilityCriterionItem narrativeContentItems*:NarrativeContentItem
  abbreviations*:Abbreviation roles*:StudyRole organizations*:Organization
  studyInterventions*:StudyIntervention administrableProducts*:AdministrableProduct
  medicalDevices*:MedicalDevice productOrganizationRoles*:ProductOrganizationRole
  biomedicalConcepts*:BiomedicalConcept bcCategories*:BiomedicalConceptCategory
  bcSurrogates*:BiomedicalConceptSurrogate dictionaries*:SyntaxTemplateDictionary
  conditions*:Condition
SubjectEnrollment: name!:name label description quantity!:Quantity
  forGeographicScope:GeographicScope forStudyCohortId forStudySiteId
Substance: name!:name label description codes*:Code strengths*!:Strength
  referenceSubstance:Substance
SyntaxTemplateDictionary: name!:name label description parameterMaps*!:ParameterMap
Timing: name!:name label description type!:Code value! valueLabel! relativeToFrom!:Code
  relativeFromScheduledInstanceId! relativeToScheduledInstanceId windowLower windowUpper
  windowLabel
TransitionRule: name!:name label description text!
Wrapper: study!:Study usdmVersion! systemName systemVersion
"""
_INSTANCES = ("ScheduledActivityInstance", "ScheduledDecisionInstance")
_DESIGNS = ("InterventionalStudyDesign", "ObservationalStudyDesign")
_POPULATIONS = ("StudyDesignPopulation", "StudyCohort")
#: Classes that a reference may lead to, by the name of the attribute; `None` is any class and an
#: empty tuple the class that the attribute stands in.
REFERENCES: Mapping[str, tuple[str, ...] | None] = MappingProxyType({
    "previousId": (), "nextId": (), "childIds": (), "valueId": None,
    "biomedicalConceptIds": ("BiomedicalConcept",), "memberIds": ("BiomedicalConcept",),
    "bcCategoryIds": ("BiomedicalConceptCategory",),
    "bcSurrogateIds": ("BiomedicalConceptSurrogate",),
    "timelineId": ("ScheduleTimeline",), "timelineExitId": ("ScheduleTimelineExit",),
    "administrableProductId": ("AdministrableProduct",), "medicalDeviceId": ("MedicalDevice",),
    "embeddedProductId": ("AdministrableProduct",), "scopeId": ("Organization",),
    "organizationId": ("Organization",), "organizationIds": ("Organization",),
    "subsetOfIds": ("AnalysisPopulation", *_POPULATIONS),
    "dictionaryId": ("SyntaxTemplateDictionary",), "conditionTargetId": _INSTANCES,
    "contextIds": ("Activity", "ScheduledActivityInstance"),
    "appliesToId": ("StudyDefinitionDocument",),
    "appliesToIds": (
        "Procedure", "Activity", "BiomedicalConcept", "BiomedicalConceptCategory",
        "BiomedicalConceptSurrogate", "StudyVersion", *_DESIGNS, "AdministrableProduct",
        "MedicalDevice",
    ),
    "criterionItemId": ("EligibilityCriterionItem",), "criterionIds": ("EligibilityCriterion",),
    "scheduledAtId": ("Timing",), "analysisPopulationId": ("AnalysisPopulation",),
    "interventionIds": ("StudyIntervention",), "studyInterventionIds": ("StudyIntervention",),
    "studyInterventionId": ("StudyIntervention",), "variableOfInterestId": ("Endpoint",),
    "documentVersionIds": ("StudyDefinitionDocumentVersion",),
    "contentItemId": ("NarrativeContentItem",), "entryId": _INSTANCES,
    "defaultConditionId": _INSTANCES, "epochId": ("StudyEpoch",), "activityIds": ("Activity",),
    "encounterId": ("Encounter",), "armId": ("StudyArm",), "elementIds": ("StudyElement",),
    "populationIds": _POPULATIONS, "indicationIds": ("Indication",),
    "forStudyCohortId": ("StudyCohort",), "forStudySiteId": ("StudySite",),
    "relativeFromScheduledInstanceId": _INSTANCES, "relativeToScheduledInstanceId": _INSTANCES,
})  # fmt: skip
PLAIN = frozenset({"string", "name", "boolean", "integer", "number", "date", "uuid"})


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute: what it may hold, and how often."""

    kinds: tuple[str, ...]
    required: bool = False
    many: bool = False

    @property
    def plain(self) -> bool:
        """Whether it holds plain values, no objects."""
        return self.kinds[0] in PLAIN


_COMMON = {
    "id": Attribute(("name",), required=True),
    "extensionAttributes": Attribute(("ExtensionAttribute",), many=True),
    "instanceType": Attribute(("string",), required=True),
}


@cache
def classes() -> Mapping[str, Mapping[str, Attribute]]:
    """The attributes of every class, in the order of the definition."""
    found = {}
    for line in _CLASSES.replace("\n  ", " ").splitlines():
        name, _, rest = line.partition(":")
        attributes = dict([_attribute(word) for word in rest.split()])
        if name.endswith("+"):
            attributes["notes"] = Attribute(("CommentAnnotation",), many=True)
        common = {} if name == "Wrapper" else _COMMON
        found[name.rstrip("+")] = {**common, **attributes}
    return found


def _attribute(word: str) -> tuple[str, Attribute]:
    """`criterionIds*`, `type!:Code`, `quantity:Quantity|Range`."""
    name, _, kind = word.partition(":")
    return name.rstrip("!*"), Attribute(
        tuple((kind or "string").split("|")), required="!" in name, many="*" in name
    )
