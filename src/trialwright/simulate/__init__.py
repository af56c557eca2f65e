"""A scenario to SDTM: virtual trials at lesion level."""
