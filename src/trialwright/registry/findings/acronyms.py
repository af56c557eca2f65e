"""Acronyms that need no expansion in a registered oncology record, and words set in capitals."""

COMMON = frozenset(
    (
        "RECIST", "CTCAE", "NCI", "DNA", "RNA", "PCR", "MRI", "PET", "FDA", "WHO", "ECOG",
        "AJCC", "TNM", "HER", "EGFR", "VEGF", "VEGFR", "PFS", "ORR", "DCR", "SAE", "TEAE",
        "DLT", "MTD", "CAR", "NGS", "AIDS", "HIV", "ICF", "USA", "CTC", "ALT", "AST", "ULN",
        "BICR", "CTLA", "PSA", "III", "VII", "VIII", "PRIMARY", "OUTLINE", "ARM", "GROUP",
        "COHORT", "PART", "PHASE", "AND", "THE", "FOR", "DRUG", "NSCLC", "AML", "ALL", "HSCT",
        "KRAS", "MRD", "ALK", "MDS", "IDH", "KIT", "TNBC", "RTOG", "EORTC", "LHRH", "HCC",
        "PSMA", "CSF", "NHL", "CLL", "SLL", "IIA", "IIB", "IIIA", "IIIB", "IIIC", "IVA", "IVB",
        "MHC", "CMV", "PBMC", "GEJ", "HNSCC", "SCCHN", "TKI", "GBM", "ATRA", "APL", "SBRT",
        "TIGIT", "CRC", "BMT", "HLH", "CHOP", "HDAC", "ASCT", "BRAF", "NRAS", "ROS", "RET",
        "MET", "FGFR", "PARP", "BTK", "JAK", "FLT", "BCL", "MTOR", "SCLC", "ESCC", "RCC",
        "MCRPC", "CRPC", "DLBCL", "CML", "MPN", "GIST", "PDAC", "TACE", "IMRT", "GVHD", "HCT",
        "CRS", "ICANS", "BPH", "HPV", "EBV", "HBV", "HCV", "BRCA", "MSI", "MSS", "TMB", "CNS",
        "LAG", "TIM", "CEA", "AFP", "HLA", "TCR", "NOS", "EGF", "SARS", "COVID", "NIH", "SWOG",
        "NRG", "ACRIN", "DOR", "CBR", "TTP", "DFS", "RFS", "EFS", "AUC", "ADC", "IRC", "IRB",
        "DSMB", "ITT", "SOC", "QOL", "BSA", "BMI", "CBC", "LDH", "CRP", "INR", "ECG", "LVEF",
        "FIGO", "NYHA",
    )
)  # fmt: skip
