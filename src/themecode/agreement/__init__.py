"""How far people (and the machine) agree, what that says of the machine, and where they differ.

Pure counting: nothing here reads a study or a file.
"""

from themecode.agreement.compare import (
    Agreed,
    Column,
    Comparison,
    Interval,
    Resampling,
    Statistic,
    compare_sides,
    list_columns,
)
from themecode.agreement.differences import Difference, GroupRow, compare_groups, list_differences
from themecode.agreement.estimates import Estimate, MachineEstimates, SampledCell, estimate_machine
from themecode.agreement.readings import Passage, Place, Readings, Side

__all__ = [
    "Agreed",
    "Column",
    "Comparison",
    "Difference",
    "Estimate",
    "GroupRow",
    "Interval",
    "MachineEstimates",
    "Passage",
    "Place",
    "Readings",
    "Resampling",
    "SampledCell",
    "Side",
    "Statistic",
    "compare_groups",
    "compare_sides",
    "estimate_machine",
    "list_columns",
    "list_differences",
]
