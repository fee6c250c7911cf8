"""Writing a study's outputs: sheets, matrices and Word tables, the same bytes from the same state."""
