"""Review packs: excerpts out to a workbook or a Word document, and answers back in."""
