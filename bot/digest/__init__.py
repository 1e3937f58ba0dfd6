"""The weekly digest: counted from cases, laid out as a page, a workbook and a short text."""
