"""Define-XML 2.1: what each dataset and variable is, and which analysis used it."""
