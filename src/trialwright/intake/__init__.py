"""Files to SDTM; what breaks the input form is refused."""
