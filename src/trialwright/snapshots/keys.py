"""What singles out a record for a person: natural keys, never the order of rows."""

from __future__ import annotations

#: By domain, keys from the strictest to the last resort, without the subject. A record that finds
#: no counterpart by one key is looked for by the next; `--SEQ` stands only beside something that
#: a person knows, since programs that export number the records anew.
KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "DM": ((),),
    "TU": (
        ("TUEVAL", "TUEVALID", "TULNKID", "TUTESTCD", "VISITNUM"),
        ("TUEVAL", "TUEVALID", "TULNKID", "TUTESTCD"),
        ("TUEVAL", "TUEVALID", "TULNKID"),
    ),
    "TR": (
        ("TREVAL", "TREVALID", "TRLNKID", "TRTESTCD", "VISITNUM", "TRDTC"),
        ("TREVAL", "TREVALID", "TRLNKID", "TRTESTCD", "VISITNUM"),
        ("TREVAL", "TREVALID", "TRLNKID", "TRTESTCD", "TRDTC"),
        ("TREVAL", "TREVALID", "TRLNKID", "VISITNUM"),
        ("TRLNKID", "TRTESTCD", "VISITNUM", "TRDTC"),
    ),
    "RS": (
        ("RSEVAL", "RSEVALID", "RSCAT", "RSTESTCD", "VISITNUM", "RSDTC"),
        ("RSEVAL", "RSEVALID", "RSCAT", "RSTESTCD", "VISITNUM"),
        ("RSEVAL", "RSEVALID", "RSCAT", "RSTESTCD", "RSDTC"),
    ),
    "EX": (
        ("EXTRT", "EXSTDTC", "VISITNUM"), ("EXTRT", "EXSTDTC"), ("EXTRT", "VISITNUM", "EXENDTC"),
        ("EXTRT", "EXSEQ"),
    ),
    "PR": (
        ("PRTRT", "PRCAT", "PRLNKID", "PRSTDTC"), ("PRCAT", "PRLNKID", "PRSTDTC"),
        ("PRTRT", "PRSTDTC"), ("PRTRT", "PRCAT", "PRLNKID"), ("PRTRT", "PRSEQ"),
    ),
    "CM": (
        ("CMTRT", "CMCAT", "CMSTDTC"), ("CMTRT", "CMSTDTC"), ("CMTRT", "CMSEQ"),
        ("CMTRT", "CMCAT"), ("CMCAT", "CMSTDTC"),
    ),
    "AE": (
        ("AETERM", "AESTDTC", "AESEQ"), ("AETERM", "AESTDTC"), ("AETERM", "AESEQ"),
        ("AESTDTC", "AESEQ"), ("AETERM",),
    ),
    "DS": (
        ("DSDECOD", "DSCAT", "DSSCAT", "DSSTDTC"), ("DSDECOD", "DSSTDTC"),
        ("DSDECOD", "DSCAT", "DSSCAT"), ("DSDECOD",), ("DSCAT", "DSSCAT", "DSSTDTC"),
    ),
    "SS": (("SSTESTCD", "SSDTC"), ("SSTESTCD", "VISITNUM"), ("SSTESTCD", "SSSEQ")),
    "SV": (("VISITNUM", "SVSTDTC"), ("VISITNUM",), ("SVSTDTC",)),
    "LB": (
        ("LBTESTCD", "LBSPEC", "VISITNUM", "LBDTC"), ("LBTESTCD", "LBDTC"),
        ("LBTESTCD", "VISITNUM"), ("LBTESTCD", "LBSEQ"),
    ),
    "VS": (
        ("VSTESTCD", "VISITNUM", "VSDTC"), ("VSTESTCD", "VSDTC"), ("VSTESTCD", "VISITNUM"),
        ("VSTESTCD", "VSSEQ"),
    ),
    "EG": (
        ("EGTESTCD", "VISITNUM", "EGDTC"), ("EGTESTCD", "EGDTC"), ("EGTESTCD", "VISITNUM"),
        ("EGTESTCD", "EGSEQ"),
    ),
    "TS": (("TSPARMCD", "TSSEQ"), ("TSPARMCD",)),
    "RELREC": (("RDOMAIN", "IDVAR", "IDVARVAL", "RELID"),),
}  # fmt: skip
#: The columns by which a record is named to a person; empty ones are left out.
NAMED_BY: dict[str, tuple[str, ...]] = {
    "TU": ("TULNKID", "TUTESTCD", "VISIT", "TUEVAL", "TUEVALID"),
    "TR": ("TRLNKID", "TRTESTCD", "VISIT", "TREVAL", "TREVALID"),
    "RS": ("RSCAT", "RSTESTCD", "VISIT", "RSEVAL", "RSEVALID"),
    "EX": ("EXTRT", "EXSTDTC"),
    "PR": ("PRTRT", "PRLNKID", "PRSTDTC"),
    "CM": ("CMTRT", "CMSTDTC"),
    "AE": ("AETERM", "AESTDTC"),
    "DS": ("DSDECOD", "DSSTDTC"),
    "SS": ("SSTESTCD", "SSDTC"),
    "SV": ("VISIT", "SVSTDTC"),
    "LB": ("LBTESTCD", "LBSPEC", "LBDTC"),
    "VS": ("VSTESTCD", "VSDTC"),
    "EG": ("EGTESTCD", "EGDTC"),
    "TS": ("TSPARMCD",),
    "RELREC": ("RDOMAIN", "IDVAR", "IDVARVAL", "RELID"),
}
#: Columns that tell what a new or lost record says.
SAYS: dict[str, tuple[str, ...]] = {
    "DM": ("ARMCD", "RFICDTC", "RFXSTDTC", "DTHDTC"),
    "TU": ("TUORRES", "TULOC", "TUDTC"),
    "TR": ("TRORRES", "TRORRESU", "TRSTAT", "TRDTC"),
    "RS": ("RSSTRESC", "RSDTC"),
    "EX": ("EXDOSE", "EXDOSU", "EXENDTC"),
    "PR": ("PRCAT", "PRLOC"),
    "CM": ("CMCAT", "CMENDTC"),
    "AE": ("AETOXGR", "AESER", "AEREL", "AEENDTC"),
    "DS": ("DSCAT", "DSSCAT", "DSTERM"),
    "SS": ("SSSTRESC",),
    "SV": ("SVENDTC",),
    "LB": ("LBORRES", "LBORRESU"),
    "VS": ("VSORRES", "VSORRESU"),
    "EG": ("EGORRES", "EGORRESU"),
    "TS": ("TSVAL",),
    "RELREC": ("RELTYPE",),
}
