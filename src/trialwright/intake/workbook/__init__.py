"""Workbooks: any sheet as text, and the workbook of a protocol that people fill in."""
