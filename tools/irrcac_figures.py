"""Writes tests/agreement/irrcac_figures.json: what the irrCAC package makes of tables of yes and no.

irrCAC asks for an older pandas and scipy than themecode's, so it runs in an environment of its own:
`uv venv irr && uv pip install --python irr irrCAC && irr/bin/python tools/irrcac_figures.py`.
"""

from __future__ import annotations

import json
import math
import random
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from irrCAC.raw import CAC

PLACE = Path(__file__).parents[1] / "tests" / "agreement" / "irrcac_figures.json"
TABLES = 120


def work_out(both: int, first: int, second: int, neither: int) -> dict[str, float | None]:
    """Every coefficient of one table, to the last digit the package gives."""
    one = ["y"] * (both + first) + ["n"] * (second + neither)
    other = ["y"] * both + ["n"] * first + ["y"] * second + ["n"] * neither
    # It rounds to so many digits; these are more than the test compares.
    given = CAC(pd.DataFrame({"one": one, "other": other}), digits=10)
    found = {"ac1": given.gwet(), "alpha": given.krippendorff(), "kappa": given.conger()}
    figures = {name: each["est"]["coefficient_value"] for name, each in found.items()}
    figures["percent"] = found["ac1"]["est"]["pa"]
    return {
        name: None if math.isnan(float(value)) else float(value) for name, value in figures.items()
    }


def main() -> None:
    """Work out tables that are large and small, even and lopsided."""
    draw = random.Random(1960)  # noqa: S311 (no secret)
    tables = [(40, 9, 6, 45), (80, 10, 5, 5), (118, 5, 2, 0), (33, 7, 29, 131), (1, 1, 3, 5)]
    while len(tables) < TABLES:
        most = draw.choice([3, 10, 40, 200])
        cells = tuple(draw.randint(0, draw.choice([1, most])) for _ in range(4))
        both, first, second, neither = cells
        # More than one passage, or irrCAC stops; more than one category, or nothing is defined.
        if sum(cells) > 2 and both + first + second and first + second + neither:
            tables.append(cells)
    rows = [{"cells": list(cells), **work_out(*cells)} for cells in tables]
    lines = ",\n".join(json.dumps(row) for row in rows)
    made_by = json.dumps(f"irrCAC {version('irrCAC')}")
    PLACE.write_text(f'{{"made_by": {made_by}, "tables": [\n{lines}\n]}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
