"""A codebook, or one code of it, for reading."""

from __future__ import annotations

from rich.padding import Padding
from rich.text import Text

from themecode.console.tables import make_table, out
from themecode.model import Code, Codebook
from themecode.wording import number_of


def print_codebook(codebook: Codebook) -> None:
    """Every theme with its codes."""
    console = out()
    console.print(Text(codebook.title, style="bold"), f"(version {codebook.version})")
    for theme in codebook.themes:
        console.print()
        console.print(Text(f"{theme.name}  ", style="bold") + Text(theme.id, style="dim"))
        console.print(Padding(theme.definition, (0, 0, 0, 2)))
        table = make_table("Code", "Name", "Cues", "Examples", right=("Cues", "Examples"))
        for code in theme.codes:
            cues = code.cues
            table.add_row(
                code.id,
                code.name,
                f"{len(cues.strong + cues.fair + cues.weak)}",
                f"{len(code.examples)}",
            )
        console.print(Padding(table, (0, 0, 0, 2)))


def print_code(code: Code, codebook: Codebook, *, forms: bool) -> None:
    """One code in full; with `forms`, everything each of its cues will find."""
    from themecode.suggest.listen import list_forms

    console = out()
    console.print(Text(f"{code.name}  ", style="bold") + Text(code.id, style="dim"))
    rows = (
        ("Definition", code.definition),
        ("Include", code.include),
        ("Exclude", code.exclude),
        ("Content note", code.content_note or ""),
    )
    for heading, text in rows:
        if text:
            console.print()
            console.print(heading, style="bold")
            console.print(Padding(Text(text), (0, 0, 0, 2)))
    for heading, entries in (("Examples", code.examples), ("Not this code", code.non_examples)):
        if entries:
            console.print()
            console.print(heading, style="bold")
            for entry in entries:
                console.print(Padding(Text(f"“{entry}”"), (0, 0, 0, 2)))
    cues = code.cues
    for heading, entries in (
        ("Strong cues", cues.strong),
        ("Fair cues", cues.fair),
        ("Weak cues", cues.weak),
        ("Unless", cues.unless),
    ):
        if not entries:
            continue
        console.print()
        console.print(f"{heading} ({number_of(len(entries), 'cue')})", style="bold")
        for entry in entries:
            console.print(Padding(Text(entry), (0, 0, 0, 2)))
            if forms:
                for place in list_forms(entry, codebook):
                    ways = " · ".join(way or "(nothing)" for way in place)
                    console.print(Padding(Text(ways, style="dim"), (0, 0, 0, 6)))
