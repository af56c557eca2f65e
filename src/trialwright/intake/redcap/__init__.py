"""REDCap: a flat export with its data dictionary, event mapping and repeating instruments."""
