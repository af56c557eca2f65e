"""Eight invented patients as four hospitals hand them over: the same trial in four shapes."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta

import polars as pl
import pyreadstat
import xlsxwriter

VISITS = {"SCREENING": "1", "WEEK 8": "2", "UNSCHEDULED": "2.1", "WEEK 16": "3", "WEEK 24": "4"}
_DAYS = dict(zip(VISITS, (-5, 56, 80, 112, 168), strict=True))
#: Patient, sex, age, first dose, death; consent and enrolment stand 6 and 4 days before.
PATIENTS = [
    ("K-1", "F", 61, "2024-01-08", None), ("K-2", "M", 58, "2024-01-15", None),
    ("K-3", "M", 70, "2024-01-22", "2024-06-30"), ("K-4", "F", 44, "2024-01-22", None),
    ("K-5", "F", 39, "2024-01-29", None), ("K-6", "M", 66, "2024-01-29", "2024-02-27"),
    ("K-7", "M", 51, "2024-02-05", None), ("K-8", "F", 73, "2024-02-05", None),
]  # fmt: skip
_P, _A, _U = "PRESENT", "ABSENT", "UNEQUIVOCAL"
#: Patient, lesion, kind, organ, and the result at each visit.
LESIONS = [
    ("K-1", "T01", "TARGET", "LIVER", ["40.5", "30", "", "20.4", "18"]),
    ("K-1", "T02", "TARGET", "LYMPH NODE", ["20", "12", "", "9", "8"]),
    ("K-1", "NT01", "NON-TARGET", "LUNG", [_P, _P, "", _P, _A]),
    ("K-2", "T01", "TARGET", "LUNG", ["25.5", "10", "", "0", "0"]),
    ("K-3", "T01", "TARGET", "LIVER", ["33", "36", "", "42", ""]),
    ("K-3", "T02", "TARGET", "LUNG", ["12", "12", "", "13", ""]),
    ("K-4", "T01", "TARGET", "LIVER", ["50", "40", "", "35", "30"]),
    ("K-4", "NEW1", "NEW", "BONE", ["", "", "", _U, _U]),
    ("K-5", "T01", "TARGET", "LUNG", ["11", "TSTM", "", "ND", "TSTM"]),
    ("K-5", "T02", "TARGET", "LIVER", ["22.5", "12.5", "", "ND", "10.5"]),
    ("K-6", "T01", "TARGET", "LIVER", ["80", "", "", "", ""]),
    ("K-7", "T01", "TARGET", "LIVER", ["30", "28", "39.5", "41", ""]),
    ("K-7", "NT01", "NON-TARGET", "LUNG", [_P, _P, "UNEQUIVOCAL PROGRESSION", "PD", ""]),
    ("K-8", "T01", "TARGET", "LYMPH NODE", ["18.4", "16", "", "15.5", "17"]),
]  # fmt: skip
#: Best response with confirmation, worked by hand: 60.5 to 42 (-31 %), 29.4 and 26 mm; 25.5 to 10
#: and 0; 45 to 48 and 55 mm (+22 %); a new lesion in the bone at -30 %; 33.5 to 17.5 mm (-48 %) and
#: 15.5 mm two scans later; no second scan; 30 to 28 and 39.5 mm (+41 %); 18.4 to 15.5 mm (-16 %).
BEST = {
    "K-1": "PR", "K-2": "CR", "K-3": "SD", "K-4": "SD", "K-5": "PR", "K-6": "NE", "K-7": "SD",
    "K-8": "SD",
}  # fmt: skip
Files = dict[str, bytes]


def _day(first: str, days: int) -> str:
    return (date.fromisoformat(first) + timedelta(days)).isoformat()


_FIRST = {patient: first for patient, _, _, first, _ in PATIENTS}
_DATES = [
    (patient, sex, age, _day(first, -6), _day(first, -4), first, death or "",
     "" if death else _day(first, 200))
    for patient, sex, age, first, death in PATIENTS
]  # fmt: skip
_ROWS = [
    (patient, lesion, kind, organ, visit, _day(_FIRST[patient], _DAYS[visit]), result)
    for patient, lesion, kind, organ, results in LESIONS
    for visit, result in zip(VISITS, results, strict=True)
    if result
]


def _csv(rows: list[list[object]], separator: str = ",") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue()


def _terms(words: dict[str, str]) -> str:
    return json.dumps(words, ensure_ascii=False)


def _patient_rules(file: str, heads: list[str], sexes: dict[str, str]) -> str:
    patient, sex, age, consent, enrolled, first, death, alive = heads
    return f"""
  - file: {file}
    make:
      - domain: DM
        set:
          USUBJID: {{column: {patient}}}
          SEX: {{column: {sex}, terms: {_terms(sexes)}}}
          AGE: {{column: {age}, as: number}}
          RFICDTC: {{column: {consent}, as: date}}
          RFXSTDTC: {{column: {first}, as: date}}
          DTHDTC: {{column: {death}, as: date}}
      - domain: DS
        set: {{USUBJID: {{column: {patient}}}, DSDECOD: ELIGIBILITY CRITERIA MET,
              DSCAT: PROTOCOL MILESTONE, DSSTDTC: {{column: {enrolled}, as: date}}}}
      - domain: SS
        filled: [{alive}]
        set: {{USUBJID: {{column: {patient}}}, SSTESTCD: SURVSTAT, SSSTRESC: ALIVE,
              SSDTC: {{column: {alive}, as: date}}}}
"""


def german() -> Files:
    """A long list with semicolons, decimal commas and days first, in windows-1252."""
    kinds = {"TARGET": "Zielläsion", "NON-TARGET": "Nicht-Zielläsion", "NEW": "neu"}
    organs = {"LIVER": "Leber", "LYMPH NODE": "Lymphknoten", "LUNG": "Lunge", "BONE": "Knochen"}
    visits = dict(zip(VISITS, ("Vorher", "Wo 8", "außer Plan", "Wo 16", "Wo 24"), strict=True))
    states = {
        _P: "da", _A: "weg", _U: "eindeutig", "UNEQUIVOCAL PROGRESSION": "größer", "PD": "PD",
    }  # fmt: skip
    words = {**states, "TSTM": "zu klein", "ND": "n. d."}

    def day(iso: str) -> str:
        return ".".join(reversed(iso.split("-"))) if iso else ""

    rows = [
        [p, visits[v], day(d), les, kinds[k], organs[o], words.get(r, r.replace(".", ","))]
        for p, les, k, o, v, d, r in _ROWS
    ]
    back = [{new: old for old, new in one.items()} for one in (kinds, organs, states, visits)]
    heads = "Patient;Geschlecht;Alter;Einwilligung;Einschluss;Erste Gabe;Tod;Zuletzt lebend"
    numbers = _terms({visits[name]: number for name, number in VISITS.items()})
    visit = (
        f"VISITNUM: {{column: Visite, terms: {numbers}}}, "
        f"VISIT: {{column: Visite, terms: {_terms(back[3])}}}"
    )
    mapping = f"""\
intake: 1
encoding: windows-1252
dates: DMY
decimal_comma: true
tables:
  - file: Läsionen.csv
    make:
      - domain: TU
        once: [USUBJID, TULNKID]
        earliest: TUDTC
        set: {{USUBJID: {{column: Patient}}, TULNKID: {{column: Läsion}}, TUTESTCD: TUMIDENT,
              TUORRES: {{column: Art, terms: {_terms(back[0])}}},
              TULOC: {{column: Organ, terms: {_terms(back[1])}}},
              TUEVAL: INVESTIGATOR, {visit}, TUDTC: {{column: Datum, as: date}}}}
      - domain: TR
        when: {{Art: Zielläsion}}
        set: {{USUBJID: {{column: Patient}}, TRLNKID: {{column: Läsion}}, TREVAL: INVESTIGATOR,
              TRTESTCD: {{column: Organ, terms: {{Lymphknoten: LPERP, "*": LDIAM}}}},
              TRORRES: {{column: Größe, as: number, terms: {{zu klein: TSTM, n. d.: ""}}}},
              TRORRESU: mm, {visit}, TRDTC: {{column: Datum, as: date}},
              TRSTAT: {{column: Größe, other: empty, terms: {{n. d.: NOT DONE}}}}}}
      - domain: TR
        unless: {{Art: Zielläsion}}
        set: {{USUBJID: {{column: Patient}}, TRLNKID: {{column: Läsion}}, TREVAL: INVESTIGATOR,
              TRTESTCD: TUMSTATE, TRORRES: {{column: Größe, terms: {_terms(back[2])}}},
              {visit}, TRDTC: {{column: Datum, as: date}}}}
""" + _patient_rules("Patienten.csv", heads.split(";"), {"w": "F", "m": "M"})
    patients = [
        [p, {"F": "w", "M": "m"}[sex], age, *map(day, dates)] for p, sex, age, *dates in _DATES
    ]
    top: list[object] = ["Patient", "Visite", "Datum", "Läsion", "Art", "Organ", "Größe"]
    return {
        "Läsionen.csv": _csv([top, *rows], ";").encode("cp1252"),
        "Patienten.csv": _csv([list(heads.split(";")), *patients], ";").encode("cp1252"),
        "intake.yaml": mapping.encode(),
    }


def chinese() -> Files:
    """A sheet with merged patients, two rows of headings and centimetres; patients in GB18030."""
    kinds = {"TARGET": "靶病灶", "NON-TARGET": "非靶病灶", "NEW": "新病灶"}
    organs = {"LIVER": "肝", "LYMPH NODE": "肝门淋巴结", "LUNG": "肺", "BONE": "骨"}
    visits = dict(zip(VISITS, ("基线", "第8周", "计划外", "第16周", "第24周"), strict=True))
    words = {
        _P: "存在", _A: "消失", _U: "明确新发", "UNEQUIVOCAL PROGRESSION": "明确进展", "PD": "PD",
        "TSTM": "<0.5", "ND": "未查",
    }  # fmt: skip
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet, as_date = book.add_worksheet("病灶"), book.add_format({"num_format": "yyyy/m/d"})
    sheet.write(0, 0, "某院研究")
    for at, head in enumerate(("患者", "病灶", "类型", "部位")):
        sheet.merge_range(1, at, 2, at, head)
    for at, visit in enumerate(VISITS):
        sheet.merge_range(1, 4 + 2 * at, 1, 5 + 2 * at, visits[visit])
        sheet.write_row(2, 4 + 2 * at, ["日期", "大小(cm)"])
    row = 3
    for patient, *_ in PATIENTS:
        own = [one for one in LESIONS if one[0] == patient]
        if len(own) > 1:
            sheet.merge_range(row, 0, row + len(own) - 1, 0, patient)
        else:
            sheet.write(row, 0, patient)
        for _, lesion, kind, organ, results in own:
            sheet.write_row(row, 1, [lesion, kinds[kind], organs[organ]])
            for at, (visit, result) in enumerate(zip(VISITS, results, strict=True)):
                if result:
                    day = date.fromisoformat(_day(_FIRST[patient], _DAYS[visit]))
                    sheet.write_datetime(row, 4 + 2 * at, day, as_date)
                    shown = words[result] if result in words else float(result) / 10
                    sheet.write(row, 5 + 2 * at, shown)
            row += 1
    book.close()
    scans = "".join(
        f"    - {{columns: {{size: {visits[v]} / 大小(cm), day: {visits[v]} / 日期}}, "
        f'values: {{number: "{n}", name: {v}}}}}\n'
        for v, n in VISITS.items()
    )
    visit = "VISITNUM: {column: number}, VISIT: {column: name}"
    back = [{new: old for old, new in one.items()} for one in (kinds, organs)]
    states = {words[one]: one for one in (_P, _A, _U, "UNEQUIVOCAL PROGRESSION", "PD")}
    heads = ["编号", "性别", "年龄", "知情同意", "入组", "首次用药", "死亡", "末次随访"]
    lesion = "USUBJID: {column: 患者}, TRLNKID: {column: 病灶}, TREVAL: INVESTIGATOR"
    mapping = f"""\
intake: 1
encoding: gb18030
lists:
  scans:
{scans}tables:
  - file: 病灶.xlsx
    header: [2, 3]
    fill_down: [患者]
    make:
      - domain: TU
        each_of: scans
        filled: [size]
        once: [USUBJID, TULNKID]
        earliest: TUDTC
        set: {{USUBJID: {{column: 患者}}, TULNKID: {{column: 病灶}}, TUTESTCD: TUMIDENT,
              TUORRES: {{column: 类型, terms: {_terms(back[0])}}},
              TULOC: {{column: 部位, terms: {_terms(back[1])}}},
              TUEVAL: INVESTIGATOR, {visit}, TUDTC: {{column: day, as: date}}}}
      - domain: TR
        each_of: scans
        when: {{类型: 靶病灶}}
        filled: [size]
        set: {{{lesion}, TRTESTCD: {{column: 部位, terms: {{"*淋巴结": LPERP, "*": LDIAM}}}},
              TRORRES: {{column: size, as: number, terms: {{"<0.5": "<5", 未查: ""}}}},
              TRORRESU: cm, {visit}, TRDTC: {{column: day, as: date}},
              TRSTAT: {{column: size, other: empty, terms: {{未查: NOT DONE}}}}}}
      - domain: TR
        each_of: scans
        unless: {{类型: 靶病灶}}
        filled: [size]
        set: {{{lesion}, TRTESTCD: TUMSTATE, TRORRES: {{column: size, terms: {_terms(states)}}},
              {visit}, TRDTC: {{column: day, as: date}}}}
""" + _patient_rules("患者.csv", heads, {"女": "F", "男": "M"})
    wide = {code: code + 0xFEE0 for code in range(48, 58)}

    def signs(iso: str) -> str:
        return "{}年{}月{}日".format(*map(int, iso.split("-"))) if iso else ""

    patients = [
        [p, {"F": "女", "M": "男"}[sex], str(age).translate(wide), *map(signs, dates)]
        for p, sex, age, *dates in _DATES
    ]
    return {
        "病灶.xlsx": content.getvalue(),
        "患者.csv": _csv([list(heads), *patients]).encode("gb18030"),
        "intake.yaml": mapping.encode(),
    }


_FIELDS = [
    ("record_id", "pat", "text", "", ""), ("sex", "pat", "radio", "F, female | M, male", ""),
    ("age", "pat", "text", "", "integer"), ("consent", "pat", "text", "", "date_ymd"),
    ("enrolled", "pat", "text", "", "date_ymd"), ("first", "pat", "text", "", "date_ymd"),
    ("death", "pat", "text", "", "date_ymd"), ("alive", "pat", "text", "", "date_ymd"),
    ("scan_date", "scan", "text", "", "date_dmy"), ("lid", "lesion", "text", "", ""),
    ("kind", "lesion", "radio", "1, TARGET | 2, NON-TARGET | 3, NEW", ""),
    ("organ", "lesion", "dropdown", "1, LIVER | 2, LYMPH NODE | 3, LUNG | 4, BONE", ""),
    ("size", "lesion", "text", "", "number"), ("why", "lesion", "radio", "1, TSTM | 2, ND", ""),
    ("state", "lesion", "dropdown",
     f"1, {_P} | 2, {_A} | 3, {_U} | 4, UNEQUIVOCAL PROGRESSION | 5, PD", ""),
]  # fmt: skip
_HEADINGS = (
    "Variable / Field Name", "Form Name", "Section Header", "Field Type", "Field Label",
    "Choices, Calculations, OR Slider Labels", "Field Note",
    "Text Validation Type OR Show Slider Number", "Text Validation Min", "Text Validation Max",
    "Identifier?", "Branching Logic (Show field only if...)", "Required Field?",
)  # fmt: skip


def redcap() -> Files:
    """A longitudinal project: an event for each visit, the lesions a repeating form."""
    fields = [[n, form, "", kind, n, said, "", check] + [""] * 5
              for n, form, kind, said, check in _FIELDS]  # fmt: skip
    codes = {
        name: {label: code for code, label in (one.split(", ") for one in said.split(" | "))}
        for name, _, _, said, _ in _FIELDS if said
    }  # fmt: skip
    events = {visit: visit.lower().replace(" ", "_") + "_arm_1" for visit in VISITS}
    places = [["1", "enrol_arm_1", "pat"]]
    places += [["1", one, form] for one in events.values() for form in ("scan", "lesion")]
    keys = ["record_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"]
    columns = [*keys, *(name for name, *_ in _FIELDS[1:])]
    rows: list[dict[str, object]] = []
    for patient, *values in _DATES:
        named = dict(zip((one[0] for one in _FIELDS[1:8]), values, strict=True))
        rows.append({"record_id": patient, "redcap_event_name": "enrol_arm_1", **named})
        for visit, event in events.items():
            own = [one for one in _ROWS if (one[0], one[4]) == (patient, visit)]
            at = {"record_id": patient, "redcap_event_name": event}
            rows += [{**at, "scan_date": own[0][5]}] if own else []
            for number, (_, lesion, kind, organ, _, _, result) in enumerate(own, start=1):
                name = "why" if result in codes["why"] else "state"
                is_code = result in codes[name]
                rows.append({
                    **at, "redcap_repeat_instrument": "lesion", "redcap_repeat_instance": number,
                    "lid": lesion, "kind": codes["kind"][kind], "organ": codes["organ"][organ],
                    (name if is_code else "size"): codes[name][result] if is_code else result,
                })  # fmt: skip
    scan = "{record_id: record_id, redcap_event_name: redcap_event_name}"
    day = f"{{lookup: {{table: scan, by: {scan}, column: scan_date}}, as: date}}"
    numbers = _terms({event: VISITS[visit] for visit, event in events.items()})
    names = _terms({event: visit for visit, event in events.items()})
    visit = (
        f"VISITNUM: {{column: redcap_event_name, terms: {numbers}}}, "
        f"VISIT: {{column: redcap_event_name, terms: {names}}}"
    )
    lesion = (
        "USUBJID: {column: record_id}, TRLNKID: {column: lid}, TREVAL: INVESTIGATOR, "
        f"TRDTC: {day}, {visit}"
    )
    axis = 'TRTESTCD: {column: organ, terms: {"2": LPERP, "*": LDIAM}}'
    mapping = f"""\
intake: 1
tables:
  - {{id: scan, file: redcap, sheet: scan}}
  - file: redcap
    sheet: lesion
    make:
      - domain: TU
        once: [USUBJID, TULNKID]
        earliest: TUDTC
        set: {{USUBJID: {{column: record_id}}, TULNKID: {{column: lid}}, TUTESTCD: TUMIDENT,
              TUORRES: {{column: kind.label}}, TULOC: {{column: organ.label}},
              TUEVAL: INVESTIGATOR, {visit}, TUDTC: {day}}}
      - domain: TR
        filled: [size]
        set: {{{lesion}, {axis}, TRORRES: {{column: size, as: number}}, TRORRESU: mm}}
      - domain: TR
        when: {{why: "1"}}
        set: {{{lesion}, {axis}, TRORRES: TSTM}}
      - domain: TR
        when: {{why: "2"}}
        set: {{{lesion}, {axis}, TRSTAT: NOT DONE}}
      - domain: TR
        filled: [state]
        set: {{{lesion}, TRTESTCD: TUMSTATE, TRORRES: {{column: state.label}}}}
""" + _patient_rules(
        "redcap\n    sheet: pat",
        ["record_id", "sex", "age", "consent", "enrolled", "first", "death", "alive"],
        {"F": "F", "M": "M"},
    )
    export = [list(columns), *([one.get(name, "") for name in columns] for one in rows)]
    repeating = [["event_name", "form_name", "custom_form_label"]]
    repeating += [[event, "lesion", ""] for event in events.values()]
    tables = {
        "dictionary.csv": [list(_HEADINGS), *fields], "export.csv": export,
        "events.csv": [["arm_num", "unique_event_name", "form"], *places],
        "repeating.csv": repeating,
    }  # fmt: skip
    found = {name: _csv([list(row) for row in one]).encode() for name, one in tables.items()}
    return {**found, "intake.yaml": mapping.encode()}


def american(folder: str, study: str) -> Files:
    """Transport files, a dataset each, with supplemental qualifiers; `folder` for writing them."""
    tables: dict[str, list[dict[str, object]]] = {}

    def add(domain: str, **values: object) -> str:
        key = "RDOMAIN" if domain.startswith("SUPP") else "DOMAIN"
        code = domain.removeprefix("SUPP")
        records = tables.setdefault(domain, [])
        number = 1 + sum(one["USUBJID"] == values["USUBJID"] for one in records)
        sequence = {} if key == "RDOMAIN" or code == "DM" else {f"{code}SEQ": float(number)}
        records.append({"STUDYID": study, key: code, **sequence, **values})
        return str(number)

    for p, sex, age, consent, enrolled, first, death, alive in _DATES:
        add("DM", USUBJID=p, SEX=sex, AGE=float(age), RFICDTC=consent, RFXSTDTC=first, DTHDTC=death)
        add("DS", USUBJID=p, DSDECOD="ELIGIBILITY CRITERIA MET", DSCAT="PROTOCOL MILESTONE",
            DSSTDTC=enrolled)  # fmt: skip
        if alive:
            add("SS", USUBJID=p, SSTESTCD="SURVSTAT", SSSTRESC="ALIVE", SSDTC=alive)
    known: set[tuple[str, str]] = set()
    for p, lesion, kind, organ, visit, day, result in _ROWS:
        at = {"VISITNUM": float(VISITS[visit]), "VISIT": visit}
        if (p, lesion) not in known:
            known.add((p, lesion))
            add("TU", USUBJID=p, TULNKID=lesion.lower(), TUTESTCD="TUMIDENT",
                TUORRES=kind.capitalize(), TULOC=organ, TUEVAL="INVESTIGATOR", TUDTC=day, **at)  # fmt: skip
        is_none, is_small = result == "ND", result == "TSTM"
        test = ("LPERP" if organ == "LYMPH NODE" else "LDIAM") if kind == "TARGET" else "TUMSTATE"
        number = add(
            "TR", USUBJID=p, TRLNKID=lesion, TRTESTCD=test,
            TRORRES="" if is_none else "5" if is_small else result,
            TRORRESU="" if is_none or test == "TUMSTATE" else "mm",
            TRSTAT="NOT DONE" if is_none else "", TREVAL="INVESTIGATOR", TRDTC=day, **at,
        )  # fmt: skip
        if is_small:
            add("SUPPTR", USUBJID=p, IDVAR="TRSEQ", IDVARVAL=number, QNAM="TSTM", QVAL="Y")
    files = {}
    for name, records in tables.items():
        path = f"{folder}/{name.lower()}.xpt"
        pyreadstat.write_xport(pl.DataFrame(records), path, table_name=name, file_format_version=5)
        with open(path, "rb") as file:  # noqa: PTH123
            files[f"{name.lower()}.xpt"] = file.read()
    return files
