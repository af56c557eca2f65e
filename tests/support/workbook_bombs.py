"""Workbooks that are small as files and large when read, made part by part; for tests and benchmarks."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
OPEN = f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>'
CLOSE = "</sheetData></worksheet>"
STYLES = (
    f'{HEAD}<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0"/>'
    '</cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>'
    "</cellXfs></styleSheet>"
)


def parts(sheet, *, shared=None, styles=STYLES, book_attributes=""):
    """The parts of a workbook with one sheet; `sheet` is the whole XML, or its rows."""
    if not sheet.lstrip().startswith("<?xml"):
        sheet = OPEN + sheet + CLOSE
    found = {
        "[Content_Types].xml": (
            f'{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
            '"application/vnd.openxmlformats-package.relationships+xml"/><Override PartName='
            '"/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
            'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"'
            "/></Types>"
        ),
        "_rels/.rels": (
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{REL}"><workbookPr {book_attributes}/><sheets>'
            '<sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
            f'Type="{REL}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId3" '
            f'Type="{REL}/styles" Target="styles.xml"/></Relationships>'
        ),
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": shared or f'{HEAD}<sst xmlns="{MAIN}"/>',
    }
    return found | ({"xl/styles.xml": styles} if styles else {})


def zipped(members):
    """The bytes of an archive; text is written as UTF-8."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def workbook(rows, **further):
    """A workbook with one sheet, Data."""
    return zipped(parts(rows, **further))


def _noise(size, seed=1):
    """Text that hardly shrinks, as a comment: it lifts the ratio of a part below the limit."""
    digits = random.Random(seed).choices("0123456789abcdef", k=size)
    pieces = ("".join(digits[at : at + 500_000]) for at in range(0, size, 500_000))
    return "".join(f"<!--{piece}-->" for piece in pieces)


def far_cell():
    first = '<row r="1"><c r="A1"><v>1</v></c></row>'
    return workbook(f'{first}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def repeated_cells(count=10_000_000, noise=0):
    row = "<row>" + "<c><v>1</v></c>" * 10_000 + "</row>"
    return workbook(row * (count // 10_000) + _noise(noise))


def shared_expansion(cells=200_000, noise=300_000):
    text = "x" * 32_000
    shared = f'{HEAD}<sst xmlns="{MAIN}"><si><t>{text}</t></si></sst>'
    row = "<row>" + '<c t="s"><v>0</v></c>' * 1_000 + "</row>"
    return workbook(row * (cells // 1_000) + _noise(noise), shared=shared)


def shared_many(count=5_900_000):
    empty = "<si/>" * 1_000
    shared = f'{HEAD}<sst xmlns="{MAIN}">{empty * (count // 1_000)}{_noise(400_000)}</sst>'
    return workbook('<row><c t="s"><v>0</v></c></row>', shared=shared)


def empty_cells(count=5_900_000):
    row = "<row>" + "<c/>" * 10_000 + "</row>"
    return workbook(row * (count // 10_000) + _noise(600_000))


def distinct_dates(count=800_000):
    """As much as may be read: every cell is another day and time, and the result of a formula."""
    cells = "".join(
        "<row>"
        + "".join(
            f'<c s="1"><f>A1</f><v>{40_000 + (row * 1_000 + at) / 86_400:.6f}</v></c>'
            for at in range(1_000)
        )
        + "</row>"
        for row in range(count // 1_000)
    )
    return workbook(cells)


def distinct_words(count=800_000):
    """Texts of 20 characters, each another one, as inline strings."""
    cells = "".join(
        "<row>"
        + "".join(
            f'<c t="inlineStr"><is><t>word{row * 1_000 + at:016}</t></is></c>'
            for at in range(1_000)
        )
        + "</row>"
        for row in range(count // 1_000)
    )
    return workbook(cells)


def deep():
    return workbook("<row><c><is>" + "<r>" * 200_000 + "</r>" * 200_000 + "</is></c></row>")


def laughs():
    """Entities that would unfold to a thousand million words."""
    entities = '<!ENTITY a "lol">' + "".join(
        f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 10}">' for at in range(9)
    )
    sheet = (
        f'<?xml version="1.0"?><!DOCTYPE worksheet [{entities}]><worksheet xmlns="{MAIN}">'
        '<sheetData><row><c t="str"><v>&j;</v></c></row></sheetData></worksheet>'
    )
    return workbook(sheet)


def outside():
    """An entity that would read a file of the machine."""
    sheet = (
        '<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
        f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="str"><v>&x;</v></c></row></sheetData>'
        "</worksheet>"
    )
    return workbook(sheet)


def long_token(size=100_000_000):
    sheet = f'{OPEN}<row><c r="A1" x="{"y" * size}"/></row>{CLOSE}'
    return workbook(sheet)


def long_noisy_token(size=30_000_000):
    digits = "".join(random.Random(2).choices("0123456789abcdef", k=1_000_000))
    return workbook(f'{OPEN}<row><c r="A1" x="{digits * (size // 1_000_000)}"/></row>{CLOSE}')


def many_parts(count=5_000):
    return zipped(parts("<row/>") | {f"xl/media/{at}.txt": "" for at in range(count)})


BOMBS = {
    "cells at A1 and XFD1048576": far_cell,
    "10 million cells of repeated XML": repeated_cells,
    "the same, ratio below the limit": lambda: repeated_cells(noise=1_600_000),
    "200,000 cells of one text of 32,000": shared_expansion,
    "5.9 million empty shared texts": shared_many,
    "5.9 million cells without value": empty_cells,
    "800,000 dates, each another one": distinct_dates,
    "800,000 words, each another one": distinct_words,
    "200,000 elements inside each other": deep,
    "entities inside entities": laughs,
    "an entity from outside": outside,
    "a tag of 100 million bytes": long_token,
    "a tag of 30 million bytes, hard to pack": long_noisy_token,
    "5,000 parts": many_parts,
}
