"""Terms as data: SDTM and ADaM columns, RECIST codes, agents."""
