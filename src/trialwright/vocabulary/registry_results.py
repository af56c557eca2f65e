"""Results at the public trial registry: its fixed terms, the map onto them, and its text limits.

Source: results section of the public study structure (JSON, API version 2), and the definitions of
the results data elements (42 CFR 11). The limits change from time to time: they stand here only.
"""

from __future__ import annotations

#: Most characters of a text, by the place in the JSON (`[]` for any item of a list).
MAX_CHARACTERS: dict[str, int] = {
    "participantFlowModule.recruitmentDetails": 500,
    "participantFlowModule.preAssignmentDetails": 500,
    "participantFlowModule.groups[].title": 100,
    "participantFlowModule.groups[].description": 1500,
    "participantFlowModule.periods[].title": 40,
    "participantFlowModule.periods[].milestones[].type": 40,
    "participantFlowModule.periods[].milestones[].comment": 500,
    "participantFlowModule.periods[].dropWithdraws[].type": 40,
    "participantFlowModule.periods[].dropWithdraws[].comment": 500,
    "baselineCharacteristicsModule.populationDescription": 500,
    "baselineCharacteristicsModule.groups[].title": 100,
    "baselineCharacteristicsModule.groups[].description": 1500,
    "baselineCharacteristicsModule.measures[].title": 100,
    "baselineCharacteristicsModule.measures[].description": 600,
    "baselineCharacteristicsModule.measures[].populationDescription": 500,
    "baselineCharacteristicsModule.measures[].unitOfMeasure": 40,
    "baselineCharacteristicsModule.measures[].classes[].title": 100,
    "baselineCharacteristicsModule.measures[].classes[].categories[].title": 100,
    "outcomeMeasuresModule.outcomeMeasures[].title": 255,
    "outcomeMeasuresModule.outcomeMeasures[].description": 999,
    "outcomeMeasuresModule.outcomeMeasures[].timeFrame": 255,
    "outcomeMeasuresModule.outcomeMeasures[].populationDescription": 500,
    "outcomeMeasuresModule.outcomeMeasures[].unitOfMeasure": 40,
    "outcomeMeasuresModule.outcomeMeasures[].groups[].title": 100,
    "outcomeMeasuresModule.outcomeMeasures[].groups[].description": 1500,
    "outcomeMeasuresModule.outcomeMeasures[].classes[].categories[].measurements[].comment": 500,
    "outcomeMeasuresModule.outcomeMeasures[].analyses[].groupDescription": 500,
    "outcomeMeasuresModule.outcomeMeasures[].analyses[].estimateComment": 250,
    "outcomeMeasuresModule.outcomeMeasures[].analyses[].statisticalComment": 150,
    "outcomeMeasuresModule.outcomeMeasures[].analyses[].pValueComment": 250,
    "outcomeMeasuresModule.outcomeMeasures[].analyses[].paramType": 40,
    "adverseEventsModule.timeFrame": 500,
    "adverseEventsModule.description": 500,
    "adverseEventsModule.eventGroups[].title": 100,
    "adverseEventsModule.eventGroups[].description": 1500,
    "adverseEventsModule.seriousEvents[].term": 100,
    "adverseEventsModule.seriousEvents[].sourceVocabulary": 20,
    "adverseEventsModule.otherEvents[].term": 100,
    "adverseEventsModule.otherEvents[].sourceVocabulary": 20,
    "moreInfoModule.limitationsAndCaveats.description": 500,
    "moreInfoModule.certainAgreement.otherDetails": 500,
}
#: Fewest characters of the title of a group.
MIN_GROUP_TITLE = 4
#: A frequency threshold is a percentage, at most so many.
MAX_THRESHOLD = 5

#: Why participants did not complete, in the order of the registry.
REASONS: tuple[str, ...] = (
    "Adverse Event", "Death", "Lost to Follow-up", "Lack of Efficacy", "Physician Decision",
    "Pregnancy", "Protocol Violation", "Withdrawal by Subject", "Other",
)  # fmt: skip
#: Terms of disposition (codelist NCOMPLT, and usual words of sites) that are a reason above;
#: any other term is "Other".
REASON_OF: dict[str, str] = {
    "ADVERSE EVENT": "Adverse Event",
    "TOXICITY": "Adverse Event",
    "DEATH": "Death",
    "LOST TO FOLLOW-UP": "Lost to Follow-up",
    "LOST TO FOLLOW UP": "Lost to Follow-up",
    "LACK OF EFFICACY": "Lack of Efficacy",
    "PROGRESSIVE DISEASE": "Lack of Efficacy",
    "DISEASE PROGRESSION": "Lack of Efficacy",
    "CLINICAL PROGRESSION": "Lack of Efficacy",
    "CLINICAL DETERIORATION": "Lack of Efficacy",
    "SYMPTOMATIC DETERIORATION": "Lack of Efficacy",
    "DISEASE RELAPSE": "Lack of Efficacy",
    "RECURRENT DISEASE": "Lack of Efficacy",
    "PHYSICIAN DECISION": "Physician Decision",
    "INVESTIGATOR DECISION": "Physician Decision",
    "PREGNANCY": "Pregnancy",
    "PROTOCOL DEVIATION": "Protocol Violation",
    "PROTOCOL VIOLATION": "Protocol Violation",
    "NON-COMPLIANCE WITH STUDY DRUG": "Protocol Violation",
    "WITHDRAWAL BY SUBJECT": "Withdrawal by Subject",
    "WITHDRAWAL BY PARENT/GUARDIAN": "Withdrawal by Subject",
    "WITHDRAWAL OF CONSENT": "Withdrawal by Subject",
    "PATIENT DECISION": "Withdrawal by Subject",
}
#: Terms of disposition that say that the treatment was given as planned.
COMPLETED_TERMS: frozenset[str] = frozenset({"COMPLETED", "TREATMENT COMPLETED"})

#: The 26 organ systems, by system organ class in capitals. Product issues have none.
ORGAN_SYSTEMS: dict[str, str] = {
    name.upper(): name
    for name in (
        "Blood and lymphatic system disorders",
        "Cardiac disorders",
        "Congenital, familial and genetic disorders",
        "Ear and labyrinth disorders",
        "Endocrine disorders",
        "Eye disorders",
        "Gastrointestinal disorders",
        "Hepatobiliary disorders",
        "Immune system disorders",
        "Infections and infestations",
        "Injury, poisoning and procedural complications",
        "Investigations",
        "Metabolism and nutrition disorders",
        "Musculoskeletal and connective tissue disorders",
        "Neoplasms benign, malignant and unspecified (incl cysts and polyps)",
        "Nervous system disorders",
        "Pregnancy, puerperium and perinatal conditions",
        "Psychiatric disorders",
        "Renal and urinary disorders",
        "Reproductive system and breast disorders",
        "Respiratory, thoracic and mediastinal disorders",
        "Skin and subcutaneous tissue disorders",
        "Social circumstances",
        "Surgical and medical procedures",
        "Vascular disorders",
    )
} | {
    "GENERAL DISORDERS": "General disorders",
    "GENERAL DISORDERS AND ADMINISTRATION SITE CONDITIONS": "General disorders",
}

#: Race and ethnicity of DM, in the order of the registry.
RACES: dict[str, str] = {
    "AMERICAN INDIAN OR ALASKA NATIVE": "American Indian or Alaska Native",
    "ASIAN": "Asian",
    "NATIVE HAWAIIAN OR OTHER PACIFIC ISLANDER": "Native Hawaiian or Other Pacific Islander",
    "BLACK OR AFRICAN AMERICAN": "Black or African American",
    "WHITE": "White",
    "MULTIPLE": "More than one race",
    "UNKNOWN": "Unknown or Not Reported",
    "NOT REPORTED": "Unknown or Not Reported",
}
ETHNICITIES: dict[str, str] = {
    "HISPANIC OR LATINO": "Hispanic or Latino",
    "NOT HISPANIC OR LATINO": "Not Hispanic or Latino",
    "UNKNOWN": "Unknown or Not Reported",
    "NOT REPORTED": "Unknown or Not Reported",
}
NOT_REPORTED = "Unknown or Not Reported"
SEXES: dict[str, str] = {"F": "Female", "M": "Male"}

#: Names of countries by their code of three letters (ISO 3166-1); another one is shown as collected.
COUNTRIES: dict[str, str] = {
    "ARG": "Argentina", "AUS": "Australia", "AUT": "Austria", "BEL": "Belgium", "BGR": "Bulgaria",
    "BRA": "Brazil", "CAN": "Canada", "CHE": "Switzerland", "CHL": "Chile", "CHN": "China",
    "COL": "Colombia", "CZE": "Czechia", "DEU": "Germany", "DNK": "Denmark", "EGY": "Egypt",
    "ESP": "Spain", "EST": "Estonia", "FIN": "Finland", "FRA": "France", "GBR": "United Kingdom",
    "GRC": "Greece", "HKG": "Hong Kong", "HRV": "Croatia", "HUN": "Hungary", "IDN": "Indonesia",
    "IND": "India", "IRL": "Ireland", "ISR": "Israel", "ITA": "Italy", "JPN": "Japan",
    "KOR": "South Korea", "LTU": "Lithuania", "LVA": "Latvia", "MEX": "Mexico", "MYS": "Malaysia",
    "NLD": "Netherlands", "NOR": "Norway", "NZL": "New Zealand", "PAK": "Pakistan", "PER": "Peru",
    "PHL": "Philippines", "POL": "Poland", "PRT": "Portugal", "ROU": "Romania", "RUS": "Russia",
    "SAU": "Saudi Arabia", "SGP": "Singapore", "SRB": "Serbia", "SVK": "Slovakia",
    "SVN": "Slovenia", "SWE": "Sweden", "THA": "Thailand", "TUR": "Turkey", "TWN": "Taiwan",
    "UKR": "Ukraine", "USA": "United States", "VNM": "Vietnam", "ZAF": "South Africa",
}  # fmt: skip

#: Dispersion by confidence level in percent; `CONFIDENCE_OTHER` for another level.
CONFIDENCE: dict[str, str] = {
    "80": "CONFIDENCE_80", "90": "CONFIDENCE_90", "95": "CONFIDENCE_95",
    "97.5": "CONFIDENCE_975", "99": "CONFIDENCE_99",
}  # fmt: skip
