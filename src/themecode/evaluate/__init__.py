"""How well a machine codes, held against people."""

from themecode.evaluate.figures import (
    Evaluation,
    Figures,
    count_held,
    evaluate_codings,
    hold_against,
)
from themecode.evaluate.gold import GoldUnit, read_gold

__all__ = [
    "Evaluation",
    "Figures",
    "GoldUnit",
    "count_held",
    "evaluate_codings",
    "hold_against",
    "read_gold",
]
