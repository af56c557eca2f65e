"""Files of any layout as SDTM, by a mapping that says which column is what."""
