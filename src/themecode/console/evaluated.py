"""How well the machine codes, as tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from themecode.console.tables import make_table, out
from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.evaluate import Figures
    from themecode.evaluate.account import Mistake
    from themecode.flow.evaluating import Account
    from themecode.model import Codebook

#: As many characters of a turn as a line of mistakes shows.
_SHOWN = 150


def print_evaluated(account: Account, codebook: Codebook) -> None:
    """Pooled figures first, then each theme and code; then where the machine and people part."""
    evaluation, console = account.evaluation, out()
    console.print(
        f"{number_of(evaluation.units, 'turn')} coded by people, {evaluation.coded_units:,} of them with a code. "
        "Each turn and code is one yes-or-no decision."
    )
    console.print(f"The machine is {account.coder}.")
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
    _print_certainty(account)
    _print_parts(account)
    _print_confusions(account)
    _print_mistakes("Worst misses", account.misses, account.words)
    _print_mistakes("Worst false alarms", account.alarms, account.words)
    _print_compared(account)


def _print_certainty(account: Account) -> None:
    console, reading = out(), account.reading
    console.print()
    for name, label in (("code", "codes"), ("theme", "themes")):
        spans = account.intervals.get(name, {})
        if "f1" in spans and "kappa" in spans:
            low, high = spans["f1"]
            least, most = spans["kappa"]
            console.print(
                f"All {label}, with transcripts drawn again: F1 {low:.2f} to {high:.2f}, kappa {least:.2f} "
                f"to {most:.2f} (95%)."
            )
    found = "–" if reading.found is None else f"{reading.found:.0%}"
    console.print(
        f"It offers {reading.offered_a_turn:.1f} codes a turn, among them {found} of people's codings."
    )
    if reading.suggested_a_thousand is not None:
        console.print(
            f"In turns that people left uncoded it suggests {reading.suggested_a_thousand:.1f} codings a "
            f"thousand words ({reading.suggested_there:,} in {reading.uncoded_words:,} words)."
        )
    if reading.work_saved is not None:
        console.print(
            f"To meet 95% of the turns that carry a code, reading the surest first saves "
            f"{max(reading.work_saved, 0):.0%} over reading at random."
        )
    if account.error is not None:
        console.print(
            f"Its confidence is {account.error:.2f} from how often it is right, on average:"
        )
        table = make_table(
            "Confidence", "Claims", "Said", "Right", right=("Claims", "Said", "Right")
        )
        for row in account.reliability:
            table.add_row(
                f"{row.low:.1f} to {row.low + 0.1:.1f}",
                f"{row.claims:,}",
                f"{row.said:.2f}",
                f"{row.right:.2f}",
            )
        console.print(table)


def _print_parts(account: Account) -> None:
    if not account.parts:
        return
    console = out()
    console.print()
    console.print("What each part suggests by itself:")
    table = make_table("Part", "F1 by code", "F1 by theme", right=("F1 by code", "F1 by theme"))
    for part in account.parts:
        table.add_row(part.name, _share(part.code), _share(part.theme))
    console.print(table)


def _print_confusions(account: Account) -> None:
    if not account.confusions:
        return
    console = out()
    console.print()
    console.print("Taken for one another:")
    table = make_table("People said", "The machine said instead", "Turns", right=("Turns",))
    for each in account.confusions:
        table.add_row(each.people, each.machine, f"{each.turns:,}")
    console.print(table)


def _print_mistakes(
    title: str, mistakes: tuple[Mistake, ...], words: Mapping[tuple[str, int], str]
) -> None:
    if not mistakes:
        return
    console = out()
    console.print()
    console.print(f"{title}:")
    for each in mistakes:
        said = words.get((each.transcript_id, each.turn or 0), "")
        shown = said if len(said) <= _SHOWN else said[:_SHOWN].rsplit(" ", 1)[0] + " …"
        sure = "not offered" if each.confidence is None else f"{each.confidence:.2f}"
        place = f"{each.transcript_id}, turn {each.turn or each.start}"
        console.print(
            f"  {each.code} ({sure}), {place}", style="bold", highlight=False, markup=False
        )
        held_back = "(not shown: consent does not allow quoting)"
        console.print(f"    {shown or held_back}", highlight=False, markup=False)


def _print_compared(account: Account) -> None:
    compared = account.compared
    if compared is None:
        return
    console = out()
    console.print()
    console.print(
        f"Against the earlier evaluation: F1 by code {_share(compared.before[0])} before, "
        f"{_share(compared.after[0])} now; by theme {_share(compared.before[1])} before, "
        f"{_share(compared.after[1])} now."
    )
    for name, rows in (("Gained", compared.gained), ("Lost", compared.lost)):
        console.print(f"{name}: {number_of(len(rows), 'decision')}.")
        for transcript_id, turn, code, people in rows[:20]:
            said = "people gave it" if people else "people did not"
            console.print(
                f"  {transcript_id}, turn {turn}: {code} ({said})", highlight=False, markup=False
            )


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
