"""The network of codes that are spoken of together."""

from __future__ import annotations

from math import atan2, cos, degrees, pi, sin
from textwrap import shorten
from typing import TYPE_CHECKING, Any

from themecode.exports.pictures.drawing import (
    BAR,
    INK,
    PAGE_WIDTH,
    SOFT,
    Picture,
    list_some,
    new_figure,
    style,
)

if TYPE_CHECKING:
    from themecode.matrices.together import Cooccurrence

#: More lines than this are a tangle.
MOST_PAIRS = 40


def draw_network(found: Cooccurrence, names: dict[str, str], *, most: int = MOST_PAIRS) -> Picture:
    """Codes on a circle in the codebook's order, a line for each pair, thicker for more often.

    A circle and not springs: the same codes stand in the same place in every picture of a study.

    Args:
        found: from `count_together`.
        names: of the codes.
        most: how many pairs, the most frequent first.
    """
    import matplotlib as mpl

    from themecode.matrices.together import list_pairs

    pairs = list_pairs(found).head(most)
    counts: Any = found.counts
    met = set(pairs["code"]) | set(pairs["with"])
    codes = [str(each) for each in found.counts.columns if each in met]
    place = {
        code: (cos(pi / 2 - 2 * pi * at / len(codes)), sin(pi / 2 - 2 * pi * at / len(codes)))
        for at, code in enumerate(codes)
    }
    most_often = max((int(each) for each in pairs["together"]), default=1)
    largest = max((int(counts.loc[code, code]) for code in codes), default=1)
    with mpl.rc_context(style()):
        figure = new_figure(PAGE_WIDTH, 16 if codes else 4)
        axes = figure.add_subplot()
        for first, second, together in zip(
            pairs["code"], pairs["with"], pairs["together"], strict=True
        ):
            (x, y), (u, v) = place[first], place[second]
            share = int(together) / most_often
            axes.plot([x, u], [y, v], color=BAR, linewidth=0.6 + 4 * share,
                      alpha=0.35 + 0.5 * share, solid_capstyle="round", zorder=1)  # fmt: skip
        for code, (x, y) in place.items():
            often = int(counts.loc[code, code])
            axes.scatter([x], [y], s=24 + 150 * often / largest, color=INK, edgecolors="white",
                         linewidths=1.2, zorder=3)  # fmt: skip
            # Labels run outwards, as spokes do, so that none lies over another.
            turn = degrees(atan2(y, x))
            left = x < -1e-9
            axes.text(x * 1.07, y * 1.07, f"{shorten(names[code], 36)} ({often})",
                      rotation=turn - 180 if left and turn > 0 else turn + 180 if left else turn,
                      rotation_mode="anchor", ha="right" if left else "left", va="center",
                      fontsize=7, zorder=4)  # fmt: skip
        if not codes:
            axes.text(0, 0, f"No two codes meet in one {found.within}.", ha="center", color=SOFT)
        axes.set_xlim(-2.7, 2.7)
        axes.set_ylim(-2.7, 2.7)
        axes.set_aspect("equal")
        axes.axis("off")
    said = [
        f"{names[first]} and {names[second]}: {together}"
        for first, second, together in zip(
            pairs["code"], pairs["with"], pairs["together"], strict=True
        )
    ]
    return Picture(
        figure,
        f"Codes spoken of in the same {found.within}",
        f"Network of codes; a thicker line joins two that more often meet in one {found.within}. "
        + (list_some(said, 15) + "." if said else "No two codes meet."),
    )
