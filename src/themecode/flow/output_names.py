"""What the outputs of a study are called, in its folder `outputs`."""

from __future__ import annotations

CODED_SEGMENTS = ("coded_segments.csv", "coded_segments.xlsx")
THEME_MATRIX = "theme_matrix.csv"
THEME_TABLES = "theme_tables.docx"
#: Whose words consent kept out of them; there only where there are such.
HELD_BACK_LIST = "held_back.csv"
OUTPUT_NAMES = (*CODED_SEGMENTS, THEME_MATRIX, THEME_TABLES)
