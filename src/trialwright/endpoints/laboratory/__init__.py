"""Laboratory results: worst grades and shift, liver safety, grades under other versions of CTCAE."""
