"""Counting: who spoke of what, what was said together, and when nothing new was said.

What is counted, everywhere in themecode: codings that are suggested, accepted, recoded or coded
(`model.COUNTED`). A code on a passage counts once, however many coders put it there. People are
counted once each, under a theme as under a code.
"""

from themecode.matrices.theme import (
    MatrixColumn,
    MatrixCounter,
    MatrixUnit,
    ThemeMatrix,
    theme_matrix,
)

__all__ = ["MatrixColumn", "MatrixCounter", "MatrixUnit", "ThemeMatrix", "theme_matrix"]
