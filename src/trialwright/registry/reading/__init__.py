"""Readers of registered records: plain text, API version 2 JSON, CSV export, archives and folders.

Whatever the layout was, a record is written as the joined plain text (title, summary, conditions,
interventions, primary and secondary outcomes, description, one below the other), so its seven
fields stand at the same offsets in every layout. What the registry holds beyond them follows
behind as `Record.further`, one `name: value` after the other: the span of a further field is its
value, and `name: ` always stands right before it, so that `[start - len(name) - 2, end)` is a quote
with its name.

Names of the further fields, those of API version 2; only the ones that the record has are there:

- `nctId`, `officialTitle`, `acronym`, `orgStudyId`
- `overallStatus`, `whyStopped`, `startDate`, `primaryCompletionDate`, `completionDate`,
  `studyFirstPostDate`, `resultsFirstPostDate`, `lastUpdatePostDate`, `hasResults`
- `leadSponsor`, `leadSponsorClass`, `collaborators`
- `studyType`, `phases`, `allocation`, `interventionModel`, `interventionModelDescription`,
  `primaryPurpose`, `masking`, `maskingDescription`, `whoMasked`, `enrollment`, `enrollmentType`
- `armGroups.N.label`, `.type`, `.description`, `.interventionNames`, with N from 1
- `interventions.N.description`, `.otherNames`, `.armGroupLabels`, with N the place in the
  intervention line, from 1
- `otherOutcomes` (joined like the primary ones), `eligibilityCriteria`, `healthyVolunteers`, `sex`,
  `minimumAge`, `maximumAge`, `stdAges`, `keywords`
- `locations.count`: how many sites are registered; this number is counted, not quoted

Codes are the registry's own (`PHASE2`, `NON_RANDOMIZED`, `SINGLE_GROUP`, `NONE`, `DOUBLE`,
`ACTUAL`, `ESTIMATED`), truth is `true` or `false`, and several values of one field are joined by
`|`. A CSV export has the same names for what it holds. Everything else is in `Record.given`.
"""
