"""SDTM and the engines' decisions as ADaM datasets."""
