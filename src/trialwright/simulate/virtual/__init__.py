"""Many virtual trials at once: patients, scans and readings as arrays, through the response engine."""
