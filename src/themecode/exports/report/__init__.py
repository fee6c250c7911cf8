"""The Word report: a findings chapter with its tables, figures, quotes and appendices."""
