"""Heat map, prevalence bars, saturation curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from themecode.exports.pictures.drawing import (
    BAR,
    INK,
    LINE,
    PAGE_WIDTH,
    RAMP,
    SERIES,
    SOFT,
    Picture,
    list_some,
    new_figure,
    style,
    wrap,
)
from themecode.wording import number_of

if TYPE_CHECKING:
    import pandas as pd

    from themecode.matrices.saturation import Saturation

#: Name, people, out of, per cent, low, high; None where out of nobody.
Prevalence = tuple[str, int, int, float | None, float | None, float | None]
#: At most this many rows or columns are legible on a page.
MOST_BARS = 45


def draw_prevalence(table: Sequence[Prevalence], *, of: str = "theme") -> Picture:
    """Bars of how many people spoke of each theme, with 95% intervals.

    Args:
        table: a row a bar: name, people, out of, and per cent with its low and high limit.
        of: what the bars are, for the caption.
    """
    import matplotlib as mpl

    rows = table[:MOST_BARS]
    names = [str(row[0]) for row in rows]
    shares = [float(row[3] or 0) for row in rows]
    low = [float(row[4] or 0) for row in rows]
    high = [float(row[5] or 0) for row in rows]
    with mpl.rc_context(style()):
        figure = new_figure(PAGE_WIDTH, max(4.0, 2.2 + 0.85 * len(rows)))
        axes = figure.add_subplot()
        at = range(len(rows))
        axes.barh(at, shares, height=0.58, color=BAR, zorder=2)
        if rows:
            # A line with ends over the bar: white inside it, ink beyond, so that both ends show.
            axes.hlines(at, low, high, color="white", linewidth=3.2, zorder=3)
            axes.hlines(at, low, high, color=INK, linewidth=1.2, zorder=4)
            for ends in (low, high):
                axes.plot(ends, at, "|", color=INK, markersize=7, markeredgewidth=1.2, zorder=4)
        for place, row in enumerate(rows):
            label = f"{row[1]} of {row[2]}"
            axes.text(max(high[place], shares[place]) + 1.5, place, label, va="center", color=SOFT)
        axes.set_yticks(list(at), [wrap(name, 32) for name in names])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(0, 112)
        axes.set_xticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "100%"])
        axes.grid(axis="x", color=LINE, linewidth=0.5, zorder=0)
        axes.tick_params(length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel("People who spoke of it, with 95% intervals")
    said = [
        f"{row[0]}: {row[1]} of {number_of(row[2], 'person', 'people')}"
        + (
            f" ({row[3]:.0f}%, interval {row[4]:.0f} to {row[5]:.0f}%)"
            if row[3] is not None
            else ""
        )
        for row in table
    ]
    return Picture(
        figure,
        f"How many people spoke of each {of}, with 95% intervals",
        f"Bar chart of how many people spoke of each {of}. " + list_some(said, 20) + ".",
    )


def draw_heat_map(
    cells: Mapping[str, Mapping[str, int | None]],
    sizes: Mapping[str, int],
    rows: Sequence[str],
    names: Mapping[str, str],
    *,
    by: str,
    kept_back: str = "",
) -> Picture:
    """Themes by group: the share of each group's people, dark for more, the figure in the cell.

    Args:
        cells: for each group, people under each theme or code id. None: kept back.
        sizes: how many people each group has.
        rows: the ids, in order.
        names: of the ids.
        by: what the groups are.
        kept_back: what to say of numbers that are.
    """
    import matplotlib as mpl
    from matplotlib.colors import LinearSegmentedColormap

    groups = [each for each in cells if sizes[each]][:MOST_BARS]
    ids = list(rows)[:MOST_BARS]
    shares = [
        [100.0 * (cells[group][name] or 0) / sizes[group] for group in groups] for name in ids
    ]
    with mpl.rc_context(style()):
        figure = new_figure(PAGE_WIDTH, max(5.0, 3.6 + 0.78 * len(ids)))
        axes = figure.add_subplot()
        if groups and ids:
            ramp = LinearSegmentedColormap.from_list("themecode", RAMP)
            axes.pcolormesh(shares, cmap=ramp, vmin=0, vmax=100, edgecolors="white", linewidth=1.4)
        small = len(groups) > 10
        for down, row in enumerate(shares):
            for along, share in enumerate(row):
                count = cells[groups[along]][ids[down]]
                if count is None:
                    # Hatched, so that it is not taken for nobody.
                    axes.add_patch(mpl.patches.Rectangle(
                        (along, down), 1, 1, facecolor="#F2F2F2", edgecolor="#B8B8B8", hatch="///",
                        linewidth=0,
                    ))  # fmt: skip
                    continue
                text = str(count) if small else f"{count}/{sizes[groups[along]]}"
                axes.text(
                    along + 0.5, down + 0.5, text, ha="center", va="center",
                    color="white" if share > 55 else INK, fontsize=6 if small else 8,
                )  # fmt: skip
        turned = len(groups) > 5
        axes.set_xticks(
            [at + 0.5 for at in range(len(groups))],
            [wrap(f"{group} ({sizes[group]})", 26 if turned else 16) for group in groups],
            rotation=45 if turned else 0, ha="left" if turned else "center",
        )  # fmt: skip
        axes.set_yticks(
            [at + 0.5 for at in range(len(ids))], [wrap(names[each], 32) for each in ids]
        )
        axes.xaxis.tick_top()
        axes.set_ylim(len(ids), 0)
        axes.tick_params(length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)
    said = [
        f"{names[name]}: "
        + ", ".join(
            f"{'kept back' if cells[group][name] is None else cells[group][name]} of {sizes[group]} "
            f"({group})"
            for group in groups
        )
        for name in ids
    ]
    what = "kind of transcript" if by == "kind" else by
    return Picture(
        figure,
        f"People who spoke of each theme, by {what}",
        f"Heat map of people who spoke of each theme, by {what}; darker is a larger share of the "
        "group. " + list_some(said, 12) + "."
        + (f" Hatched, {kept_back.removeprefix('–: ')}" if kept_back else ""),
    )  # fmt: skip


def draw_saturation(found: Saturation, said: str) -> Picture:
    """New codes in each transcript as bars, and all codes so far as a line."""
    import matplotlib as mpl
    from matplotlib.ticker import MaxNLocator

    curve = found.curve
    places = list(range(1, len(curve) + 1))
    with mpl.rc_context(style()):
        figure = new_figure(PAGE_WIDTH, 8.5)
        axes = figure.add_subplot()
        axes.bar(places, curve["new"], width=0.6, color=RAMP[2], label="New codes", zorder=2)
        axes.plot(places, curve["cumulative"], color=INK, marker="o", markersize=3.5 if len(places) < 60 else 0,
                  linewidth=1.4, label="Codes so far", zorder=3)  # fmt: skip
        if len(curve) >= found.base_size:
            axes.axvline(found.base_size + 0.5, color=SOFT, linewidth=0.9, linestyle=(0, (4, 3)))
            axes.text(found.base_size + 0.42, 1, "base ", ha="right", va="top", color=SOFT,
                      transform=axes.get_xaxis_transform())  # fmt: skip
        if found.reached is not None:
            axes.axvspan(found.reached + 0.5, found.reached + found.run_length + 0.5, color=SERIES[0], alpha=0.25,
                         label="Run with hardly any new codes", zorder=1)  # fmt: skip
        if len(places) <= 25:
            axes.set_xticks(
                places, [wrap(str(name), 18) for name in curve.index], rotation=45, ha="right"
            )
        axes.set_xlim(0.3, max(len(places), 1) + 0.7)
        axes.set_ylim(0, max(int(curve["cumulative"].max()) if len(curve) else 0, 1) * 1.12)
        axes.yaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_ylabel("Codes")
        axes.set_xlabel("Transcripts, in order")
        axes.grid(axis="y", color=LINE, linewidth=0.5, zorder=0)
        axes.tick_params(length=0)
        axes.legend(frameon=False, loc="center right", bbox_to_anchor=(1, 0.62))
    news = ", ".join(str(int(each)) for each in curve["new"][:60])
    return Picture(
        figure,
        "New codes as transcripts came in",
        f"Bars and a line: new codes in each of {number_of(len(curve), 'transcript')}, in order: {news or 'none'}. {said}",
    )


def draw_timeline(codings: pd.DataFrame, lengths: pd.Series, names: dict[str, str]) -> Picture:
    """Where along each transcript each theme is spoken of.

    Args:
        codings: `transcript`, `start`, `end`, `theme`.
        lengths: characters of each transcript, in the order they are shown.
        names: of the themes.
    """
    import matplotlib as mpl

    shown = list(lengths.index)[:MOST_BARS]
    themes = list(names)
    with mpl.rc_context(style()):
        figure = new_figure(PAGE_WIDTH, max(5.0, 2.6 + 0.42 * len(themes) + 0.9 * len(shown)))
        axes = figure.add_subplot()
        for down, transcript in enumerate(shown):
            part = codings[codings["transcript"] == transcript]
            length = max(int(lengths[transcript]), 1)
            axes.hlines(down, 0, 100, color=LINE, linewidth=0.8, zorder=1)
            for theme, start, end in zip(part["theme"], part["start"], part["end"], strict=True):
                # Each theme has a lane of its own, so that it is told by place as well as colour.
                lane = themes.index(str(theme))
                offset = (lane - (len(themes) - 1) / 2) * (0.72 / max(len(themes), 1))
                first, last = 100 * int(start) / length, 100 * int(end) / length
                axes.plot([first, max(last, first + 0.6)], [down + offset] * 2, linewidth=2.2,
                          color=SERIES[lane % len(SERIES)], solid_capstyle="butt", zorder=2)  # fmt: skip
        for lane, theme in enumerate(themes):
            axes.plot([], [], color=SERIES[lane % len(SERIES)], linewidth=2.6,
                      label=f"{lane + 1}. {names[theme]}")  # fmt: skip
        axes.set_yticks(range(len(shown)), [str(each) for each in shown])
        axes.set_ylim(len(shown) - 0.4, -0.6)
        axes.set_xlim(0, 100)
        axes.set_xticks([0, 50, 100], ["beginning", "middle", "end"])
        axes.tick_params(length=0)
        axes.spines["left"].set_visible(False)
        if themes:
            figure.legend(loc="outside lower left", ncols=2, frameon=False,
                          title="Within each row, themes from top to bottom", alignment="left")  # fmt: skip
    said = []
    for transcript in shown:
        counts = codings.loc[codings["transcript"] == transcript, "theme"].value_counts()
        found = ", ".join(
            f"{names[theme]} {int(counts[theme])}" for theme in themes if counts.get(theme)
        )
        said.append(f"{transcript}: {found or 'no codings'}")
    left = (
        f" The first {len(shown)} of {len(lengths)} transcripts."
        if len(lengths) > len(shown)
        else ""
    )
    return Picture(
        figure,
        "Where along each transcript each theme is spoken of",
        "Timeline of codings along each transcript. " + list_some(said, 20) + "." + left,
    )
