"""How well the machine codes, as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from themecode.console.tables import count, make_table, out

if TYPE_CHECKING:
    from themecode.evaluate import Evaluation, Figures
    from themecode.model import Codebook


def print_evaluated(evaluation: Evaluation, codebook: Codebook) -> None:
    """Pooled figures first, then each theme and each code that people or the machine used."""
    console = out()
    console.print(
        f"{count(evaluation.units, 'turn')} coded by people, {evaluation.coded_units:,} of them with a code. "
        "Each turn and code is one yes-or-no decision."
    )
    console.print()
    numbers = ("People", "Machine", "Both", "Precision", "Recall", "F1", "Kappa")
    table = make_table("", *numbers, right=numbers)
    table.add_row("All codes", *_cells(evaluation.by_code), style="bold")
    table.add_row("All themes", *_cells(evaluation.by_theme), style="bold")
    table.add_section()
    names = {theme.id: theme.name for theme in codebook.themes}
    for figures in evaluation.themes:
        table.add_row(names[figures.id], *_cells(figures))
    table.add_section()
    for figures in evaluation.codes:
        if figures.both + figures.missed + figures.extra:
            table.add_row(figures.id, *_cells(figures))
    console.print(table)


def _cells(figures: Figures) -> tuple[str, ...]:
    said = figures.both + figures.extra
    return (
        f"{figures.positives:,}",
        f"{said:,}",
        f"{figures.both:,}",
        *(
            _share(value)
            for value in (figures.precision, figures.recall, figures.f1, figures.kappa)
        ),
    )


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
