"""Whether SDTM and ADaM datasets keep to the vocabulary, whoever wrote them."""
