"""SDTM and ADaM as files that others read: XPT version 5, Dataset-JSON 1.1, Parquet, CSV."""
