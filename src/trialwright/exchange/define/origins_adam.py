"""Origin of every ADaM variable: its predecessor, or the sentence and the rules of its derivation.

Rule ids: R response, C censoring, D dates, E endpoints, S analysis sets, A adverse events and
exposure, G grades of results.
"""

from __future__ import annotations

from trialwright.exchange.define.origin import Origin, assigned, derived, taken

_COMMON: dict[str, Origin] = {
    "STUDYID": taken("DM.STUDYID"),
    "USUBJID": taken("DM.USUBJID"),
    "RULEID": assigned("Ids of the rules that decided the record, blanks between."),
    "REASON": assigned("Sentence that says why the record is as it is, with its numbers."),
    "SRCDOM": assigned("Domain of the records behind it."),
    "SRCSEQ": assigned("Sequence numbers of the records behind it in SRCDOM, blanks between."),
    "PARAMCD": assigned("Code of the parameter."),
    "PARAM": assigned("Name of the parameter."),
    "EVAL": derived("Evaluator whose reading of the scans it is.", "R-072"),
    "EVALID": derived("Reader where a role has several; empty for the one that counts.", "R-072"),
    "AVISIT": derived("Name of the visit of the scans or samples of the time point.", "R-059"),
    "AVISITN": derived("Number of the time point by date; 0 is baseline.", "R-059"),
    "ADY": derived("ADT - ADSL.TRTSDT, plus 1 from the day of first treatment on.", "D-02"),
}
_ADSL: dict[str, Origin] = {
    "SUBJID": taken("DM.SUBJID"), "AGE": taken("DM.AGE"), "SEX": taken("DM.SEX"),
    "ARMCD": taken("DM.ARMCD"), "ARM": taken("DM.ARM"), "COHORT": taken("DM.ARMCD"),
    "RFICDT": derived("DM.RFICDTC as a date.", "S-1"),
    "ENRLDT": derived(
        "Date of enrolment in DS, else of consent, else of first treatment; none for screen "
        "failures.", "D-03 S-2",
    ),
    "TRTSDT": derived(
        "DM.RFXSTDTC, else DM.RFSTDTC, else the earlier of FDOSEDT and FPROCDT.", "R-131"
    ),
    "FDOSEDT": derived("Earliest start in EX of a dose that was given (not 0).", "R-131"),
    "FPROCDT": derived("Earliest study procedure in PR.", "R-131"),
    "TRTEDT": derived(
        "Latest of doses in EX, study procedures in PR and DM.RFXENDTC, at most the cut-off.",
        "R-131 D-08",
    ),
    "EOTDT": derived("Date of the last end of treatment in DS.", "R-142"),
    "EOTREAS": derived("Reason of the last end of treatment in DS, in capitals.", "R-142"),
    "NACTDT": derived("First start of new anticancer therapy in CM or PR.", "R-142 R-103 D-06"),
    "NACTDTF": derived("D where the day, M where month and day of NACTDT were imputed.", "D-06"),
    "WDRAWDT": derived("Date of withdrawal of consent in DS.", "R-142"),
    "LOSTDT": derived("Date of loss to follow-up in DS.", "R-142"),
    "CLPDDT": derived("Date in DS when treatment was stopped for progression.", "C-12"),
    "DTHDT": derived("Date of death in DM, else in DS or SS.", "R-142 D-05 D-08"),
    "DTHDTF": derived("D where the day, M where month and day of DTHDT were imputed.", "D-05"),
    "DTHCAUS": derived(
        "ADVERSE EVENT for a fatal event, PROGRESSION for fatal progression in AE, else the words "
        "of DM or DS.", "A-06",
    ),
    "LSTALVDT": derived("Latest date that proves the subject alive.", "D-07 D-08"),
    "DCUTDT": derived("Cut-off of the protocol, else of TS, else the latest date.", "D-08"),
    "SCRNFL": derived("Y where consent was signed (RFICDT) or ENRLFL is Y, else N.", "S-1"),
    "ENRLFL": derived("Y where ENRLDT is known, else N.", "S-2"),
    "FASFL": derived("Y for enrolled subjects with TRTSDT, else N.", "S-3"),
    "SAFFL": derived("Y for enrolled subjects with TRTSDT, else N.", "S-4"),
    "MEASFL": derived(
        "Y where a measurable lesion stands at baseline, else N; empty where nobody says.", "R-015"
    ),
    "EFFFL": derived(
        "Y for treated subjects with an adequate assessment after baseline (or early progression "
        "or death) and, where it is required, measurable disease; else N.", "S-5",
    ),
    "PPROTFL": derived(
        "Y where EFFFL is Y and no major deviation is told, else N; empty where nobody says.",
        "S-6",
    ),
    "DLTEVLFL": derived(
        "Y with a dose-limiting toxicity, or alive through its window with enough of the planned "
        "dose; else N.", "S-7",
    ),
    "SETREAS": derived(
        "Why the subject is not in a set, with the id of the set.", "S-1 S-2 S-3 S-4 S-5 S-6"
    ),
    "DLTREAS": derived("Why the subject is not evaluable for toxicity.", "S-7"),
    "TTEREAS": derived("Times to event that the subject does not have, and why.", "E-05 E-06"),
    "TARGETN": derived("Number of target lesions.", "R-009"),
    "SODBL": derived("Sum of the diameters of target lesions at baseline, mm.", "R-016"),
    "ORGANS": derived("Places of the lesions at baseline in TU, ; between.", "R-009"),
}  # fmt: skip
_LESION: dict[str, Origin] = {
    "TRLNKID": derived("TU.TULNKID, and TR.TRLNKID with it, in capitals."),
    "TRLOC": derived("TU.TULOC, and TU.TULAT behind a comma, in capitals."),
}
_ADTR: dict[str, Origin] = {
    **_LESION,
    "ROLE": derived("Target, non-target or new, from TU.", "R-009"),
    "ADT": derived("Date of the measurement; of a sum, the last scan.", "R-054"),
    "AVAL": derived("Diameter in mm, or the sum of the target lesions.", "R-016 R-037"),
    "AVALC": derived("State of the lesion: MEASURED, or why it has no diameter.", "R-029"),
    "BASE": derived("AVAL at baseline.", "R-016"),
    "CHG": derived("AVAL - BASE.", "R-032"),
    "PCHG": derived("100 x (AVAL - BASE) / BASE.", "R-032"),
    "NADIR": derived("Smallest sum at an earlier time point, baseline included.", "R-033"),
    "CHGNAD": derived("AVAL - NADIR.", "R-033"),
    "PCHGNAD": derived("100 x (AVAL - NADIR) / NADIR.", "R-033"),
}
_ADRS: dict[str, Origin] = {
    "AVISITN": derived(
        "Number of the time point by date; of a best response, of the time point that decides it, "
        "0 for none.",
        "R-059",
    ),
    "ADT": derived("Date of the response.", "R-054"),
    "AVALC": derived(
        "Response from target, non-target and new lesions; where the protocol takes responses as "
        "reported, from RS.",
        "R-051 R-052 R-061 R-077",
    ),
    "TRGRESP": derived("Response of the target lesions.", "R-032 R-033 R-035"),
    "NTRGRESP": derived("Response of the non-target lesions.", "R-040 R-041 R-043"),
    "NEWLFL": derived("Y for an unequivocal new lesion, else N.", "R-045 R-046"),
    "ASREAD": derived("Response before later scans changed how it is shown.", "R-055 R-056"),
    "POSTPDFL": derived("Y from the time point after the first progression on.", "R-057"),
    "ANL01FL": derived("Y where the time point counts for best response.", "R-060"),
    "UNCONFFL": derived("Y where a response waits for its confirmation.", "R-062"),
    "WHATIF": derived("Smallest change of the measurements that would change it."),
}
_ADTTE: dict[str, Origin] = {
    "STARTDT": derived("Origin of the time by the protocol.", "D-03"),
    "ADT": derived("Date of the event, or of censoring.", "C-01 C-02 C-20"),
    "AVAL": derived("ADT - STARTDT, plus 1 where the protocol says so.", "D-01"),
    "CNSR": derived("0 for an event, 1 for a censored time.", "C-01 C-02 C-20"),
    "EVNTDESC": derived("Event or reason of censoring, by the rule in RULEID.", "C-01"),
    "CNSDTDSC": derived("What the date of censoring is.", "C-03 C-18"),
    "LEFTDT": derived("Last assessment without the event.", "C-16"),
    "LEFTVAL": derived("LEFTDT - STARTDT, counted like AVAL.", "C-16 D-01"),
}
_AE_TAKEN = ("AETERM", "AEDECOD", "AEBODSYS")
_AE_CODED = ("AESDTH", "AESLIFE", "AESHOSP", "AESDISAB", "AESCONG", "AESMIE")
_ADAE: dict[str, Origin] = {
    **{name: taken(f"AE.{name}") for name in _AE_TAKEN},
    **{name: derived(f"AE.{name} as Y or N.", "A-03") for name in _AE_CODED},
    **{name: derived(f"AE.{name} in capitals.") for name in ("AEOUT", "AECAT")},
    "AESEQ": derived("AE.AESEQ; records without one are numbered behind the others."),
    "ASTDT": derived("AE.AESTDTC as a date, a partial one imputed.", "D-04"),
    "ASTDTF": derived(
        "D where the day, M where month and day, Y where all of ASTDT was imputed.", "D-04"
    ),
    "AENDT": derived("AE.AEENDTC as a date, a partial one imputed.", "D-04"),
    "AENDTF": derived("D where the day, M where month and day of AENDT were imputed.", "D-04"),
    "ASTDY": derived("ASTDT - ADSL.TRTSDT, plus 1 from first treatment on.", "D-02"),
    "ATOXGRN": derived("AE.AETOXGR as a number.", "A-07"),
    "AGR3FL": derived("Y for grade 3 or more; a missing grade by the protocol.", "A-07"),
    "AESER": derived("AE.AESER; where empty, Y if a criterion of seriousness is met.", "A-03"),
    "TRTEMFL": derived("Y for a treatment-emergent event; the line is in REASON.", "A-01 A-16"),
    "AEPISN": derived("Number of the episode of the term.", "A-10"),
    "AREL": derived("Y where related to any component.", "A-02"),
    "ARELCOMP": derived("Identifiers of the components that it is related to.", "A-02"),
    "AACNCOMP": derived("identifier=action for each component, ; between.", "A-12"),
    "AESICAT": derived("Kind of special interest by category, flag or term.", "A-04"),
    "AESTERFL": derived("Y where systemic steroids were given for the event.", "A-04"),
    "POSTPRFL": derived("Y where it began shortly after a study procedure.", "A-14"),
    "PROCDT": derived("Date of that procedure.", "A-14"),
    "PROGFL": derived("Y for progression of the tumour, which is no event.", "A-06"),
    "DLTINVFL": derived("Dose-limiting as the investigator says.", "A-05"),
    "DLTDRVFL": derived("Dose-limiting by the criteria of the protocol.", "A-05"),
    "DLTCRIT": derived("Criteria of the protocol that are met, ; between.", "A-05"),
}
_BY_SIDE = {
    "ATOXDSC": "CTCAE term that is graded.", "ATOXGR": "CTCAE grade of the value.",
    "BTOXGR": "CTCAE grade of the baseline record.", "ATOXBAS": "Limit that the grade rests on.",
}  # fmt: skip
_ADLB: dict[str, Origin] = {
    **{
        f"{name}{side}": derived(text, "G-53")
        for side in "LH" for name, text in _BY_SIDE.items()
    },
    "WORSTLFL": derived("Y for the first record of the highest grade on treatment.", "G-53"),
    "WORSTHFL": derived("Y for the first record of the highest grade on treatment.", "G-53"),
    "ADT": derived("LBDTC, VSDTC or EGDTC as a date."),
    "AVALC": derived("Exact decimal in the unit AVALU, else as collected.", "G-54"),
    "AVAL": derived("The value in the unit AVALU.", "G-54"),
    "AVALU": assigned("Unit in which the parameter is graded."),
    "AVALQ": derived("Sign (<, >) before the collected value."),
    "AORRES": derived("Value and unit as collected."),
    "AFACTOR": derived("Factor from the collected unit to AVALU."),
    "ANRLO": derived("Lower limit of the sample in AVALU."),
    "ANRHI": derived("Upper limit of the sample in AVALU."),
    "ANRIND": derived(
        "LOW, NORMAL or HIGH by the limits of the sample; as collected where it has none."
    ),
    "ABLFL": derived("Y for the baseline record: the last before first dose.", "G-52"),
    "ONTRTFL": derived("Y from first treatment to the end of its window.", "A-01 A-16"),
    "BASE": derived("AVAL of the baseline record.", "G-52"),
    "BNRLO": derived("ANRLO of the baseline record.", "G-52"),
    "BNRHI": derived("ANRHI of the baseline record.", "G-52"),
    "SYMPFL": derived("Symptoms, qualifier SYMPTOM of LB.", "G-58"),
    "TREATFL": derived("Treated for the result, qualifier TREATED of LB.", "G-58"),
    "ANTICFL": derived("On anticoagulant, qualifier ANTICOAG of LB.", "G-58"),
    "FASTFL": derived("LB.LBFAST as Y or N; empty where it is not known.", "G-34"),
    "R2ANRHI": derived("AVAL / ANRHI."),
    "R2BASE": derived("AVAL / BASE."),
    "POSTPRFL": derived("Y shortly after a procedure, when a peak is expected.", "A-14"),
    "PROCDT": derived("Date of that procedure.", "A-14"),
}  # fmt: skip
_ADBC: dict[str, Origin] = {
    "AVAL": derived("The characteristic as a number, where it is one.", "T-12"),
    "AVALC": derived("The characteristic as collected or derived.", "T-12"),
}
_ADEX: dict[str, Origin] = {
    "EXCOMP": assigned("Identifier of the component in the protocol."),
    "EXCOMPN": assigned("Place of the component in the protocol."),
    "EXAGENT": derived("Drug by its name in EX, where the component leaves a choice.", "A-12"),
    "AVAL": derived("The value of the parameter from EX and PR.", "A-12"),
    "AVALC": derived(
        "The value as an exact fraction; a date or a reason where it is one; NE where it cannot "
        "be estimated.",
        "A-12",
    ),
    "AVALU": assigned("Unit of the value."),
    "ADT": derived("Date, where the parameter is one.", "A-12"),
}
_ADLOC: dict[str, Origin] = {
    **_LESION,
    "ROLE": derived("Target, non-target or new, from TU.", "R-009"),
    "LTCAT": derived("Prior, ablation, surgery, off protocol, or tumour at a zone.", "R-100 R-104"),
    "LTTRT": derived("PR.PRTRT, or what was found at the zone of an ablation.", "R-106"),
    "LTDT": derived("Date of the therapy, or of the scan that found it.", "R-106"),
    "PROGFL": derived("Y where growth after prior therapy, or progression, is shown.", "R-100"),
}
_OPTION: dict[str, Origin] = {
    "OPTSET": assigned("Name of the set of options that was tried."),
    "OPTION": assigned("Option of the protocol that differs."),
    "OPTVAL": assigned("Its other value."),
}
_BESIDE: dict[str, dict[str, Origin]] = {
    "ADUNUSED": {"USUBJID": derived("USUBJID of the record, in DM or not.", "R-143")},
    "ADQUERY": {
        "QRYSEQ": assigned("Number of the query within the trial."),
        "QRYSEV": assigned("error, warning or note."),
        "QRYTEXT": derived("What was found, with its numbers."),
        "QRYDO": assigned("What a person should do."),
    },
    "ADPEND": {
        "PENDSEQ": assigned("Number of the question within the trial."),
        "PENDTEXT": derived("What is open at the data cut-off.", "R-081"),
        "SINCEDT": derived("Day since when it is open.", "R-081"),
        "FROMDT": derived("First day that decides it.", "R-081 R-084"),
        "DUEDT": derived("Day when it is due.", "R-081 R-084"),
        "LATESTDT": derived("Last day of its window.", "R-081 R-084"),
        "DECIDES": assigned("What it decides."),
    },
    "ADOPTSET": {
        **_OPTION,
        "HEADLINE": derived("CBOR where confirmation is required, else BOR.", "R-062"),
        "OPTNOTE": assigned("Note on the set of options."),
    },
    "ADSENS": {
        **_OPTION,
        "AVALC": derived("ADRS.AVALC; for PARAMCD PD, PD or no PD.", "R-071"),
        "ALTAVALC": derived("The same response derived under the option set.", "R-071"),
        "ADT": derived("ADRS.ADT; for PARAMCD PD, the date of the first progression.", "R-071"),
        "ALTADT": derived("The same date derived under the option set.", "R-071"),
    },
    "ADSTATED": {
        "RSTESTCD": derived(
            "RS.RSTESTCD; BESTRESP, RSDTC and SUMDIAM for what these say.", "R-053"
        ),
        "ADT": derived("Date of the time point that the record belongs to.", "R-059"),
        "REPORTED": derived("The value of RS, or the sum of TR, in the words of R-053.", "R-053"),
        "DERIVED": derived("The value derived from the lesions.", "R-053"),
        "AGREEFL": derived("Y where both are the same.", "R-053"),
        "QRYSEV": assigned("error, warning or note."),
        "LIKERULE": derived("Rule whose other reading gives the stated value.", "R-053"),
        "LIKELY": derived("The likely reason, in words.", "R-053"),
        "CHANGES": derived("What would move if the stated value counted.", "R-053"),
    },
}
_ADAM: dict[str, dict[str, Origin]] = {
    "ADSL": _ADSL, "ADTR": _ADTR, "ADRS": _ADRS, "ADTTE": _ADTTE, "ADAE": _ADAE, "ADLB": _ADLB,
    "ADBC": _ADBC, "ADEX": _ADEX, "ADLOC": _ADLOC, **_BESIDE,
}  # fmt: skip


def adam_origin(dataset: str, variable: str) -> Origin:
    """Origin of a variable of an analysis dataset."""
    return _ADAM[dataset].get(variable) or _COMMON[variable]
