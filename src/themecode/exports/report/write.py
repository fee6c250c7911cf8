"""Writing the report: its chapters in order."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from themecode.exports import word
from themecode.exports.report import appendices, methods, shell
from themecode.exports.report.contents import ReportContents, ThemeFacts
from themecode.exports.report.document import ReportDocument
from themecode.exports.report.figures import FiguresTable
from themecode.exports.report.quotes import NEGATIVE, PlannedQuote
from themecode.model import Theme
from themecode.wording import number_of


def write_report(
    contents: ReportContents, target: Path | BinaryIO, *, template: Path | None = None
) -> None:
    """Write the Word report.

    Args:
        contents: everything it says.
        target: a file, or a stream of bytes.
        template: the researcher's own Word document, whose page and styles are obeyed.

    Raises:
        ThemecodeError: the template cannot be used, or the file cannot be written.
    """
    document = ReportDocument(shell.make_shell(template))
    document.text(contents.title, word.TITLE)
    day = f"{contents.made_on.day} {contents.made_on:%B %Y}"
    document.text(f"Thematic analysis. The study as it stood on {day}.", "Subtitle")
    document.text(methods.say_what_counts(contents), shell.LEAD)
    document.contents()
    methods.write_methods(document, contents)
    _write_overview(document, contents)
    for theme, facts in zip(contents.codebook.themes, contents.themes, strict=True):
        _write_theme(document, contents, theme, facts)
    appendices.write_appendices(document, contents)
    document.write(target, title=contents.title, made_on=contents.made_on)


def _write_overview(document: ReportDocument, contents: ReportContents) -> None:
    document.heading("The findings at a glance")
    table, figure = document.next_reference("Table"), document.next_reference("Figure")
    pictured: list[object] = (
        [", and ", figure, " draws it"] if "prevalence" in contents.pictures else []
    )
    document.rich([table, " gives how many people spoke of each theme", *pictured, "."])  # type: ignore[list-item]
    document.table(contents.prevalence)
    _picture(document, contents, "prevalence")
    document.heading("Who says what", 2)
    table, figure = document.next_reference("Table"), document.next_reference("Figure")
    pictured = [", drawn in ", figure] if "sources" in contents.pictures else []
    document.rich(
        ["Each theme is set against the groups of people it came from (", table, *pictured,  # type: ignore[list-item]
         "), so that it can be seen which sources confirm it and which alone say it."]
    )  # fmt: skip
    document.table(contents.sources)
    _picture(document, contents, "sources")
    if len(contents.kinds.headings) > 3:
        table = document.next_reference("Table")
        document.rich([table, " does the same for the kinds of transcript."])
        document.table(contents.kinds)
    if "network" in contents.pictures:
        document.heading("What is spoken of together", 2)
        document.rich(
            [document.next_reference("Figure"), " joins codes that people spoke of in one turn."]
        )
        _picture(document, contents, "network")


def _picture(document: ReportDocument, contents: ReportContents, name: str) -> None:
    if name in contents.pictures:
        document.figure(*contents.pictures[name])


def _write_theme(
    document: ReportDocument, contents: ReportContents, theme: Theme, facts: ThemeFacts
) -> None:
    document.heading(theme.name)
    document.text(theme.definition, shell.LEAD)
    if warned := "; ".join(theme.content_notes):
        document.text(f"Before you read: {warned}.", word.CONTENT_NOTE)
    everyone = contents.data.participants
    if not facts.codings:
        document.text(
            f"Nobody among the {number_of(everyone, 'participant')} spoke of this."
            if everyone
            else "Nobody spoke of this."
        )
        return
    said_by = [f"{n} of {of} {group}" for group, n, of in facts.groups if n]
    if any(n is None for _, n, _ in facts.groups):
        said_by.append("numbers of other groups are kept back" if said_by else "groups kept back")
    groups = "; ".join(said_by)
    said = f"{facts.people} of {number_of(everyone, 'person', 'people')} spoke of it"
    said += f" ({groups})." if groups else "."
    table = document.next_reference("Table")
    document.rich([f"{said} By source: {facts.reading}. ", table, " lists its codes."])
    names = {code.id: code for code in theme.codes}
    document.table(
        FiguresTable(
            theme.name, f"{theme.name}: its codes",
            ("Code", "What it means", "People", "Of", "Codings", "Transcripts"),
            ("code", "definition", "people", "out_of", "codings", "transcripts"),
            tuple(
                (names[code].name, names[code].definition, people, everyone, codings, transcripts)
                for code, people, codings, transcripts in facts.codes
            ),
        )
    )  # fmt: skip
    quotes = [quote for quote in contents.quotes if quote.theme_id == theme.id]
    for code in theme.codes:
        here = [quote for quote in quotes if quote.code_id == code.id and quote.kind != NEGATIVE]
        if here:
            document.heading(code.name, 2)
            for quote in here:
                _write_quote(document, quote)
    against = [quote for quote in quotes if quote.kind == NEGATIVE]
    if against:
        document.heading(
            "A case that goes against it" if len(against) == 1 else "Cases that go against it", 2
        )
        for quote in against:
            _write_quote(document, quote)
    if facts.held_back:
        one = facts.held_back == 1
        document.text(
            f"{facts.held_back} {'passage is' if one else 'passages are'} counted here and not quoted: "
            "consent does not allow it.", word.NOTE,
        )  # fmt: skip


def _write_quote(document: ReportDocument, quote: PlannedQuote) -> None:
    document.text(f"“{quote.text}”", "Theme quotation")
    told = [f"— {quote.attribution}"]
    if not quote.checked:
        told.append("suggested by the machine, not yet checked")
    if quote.stale:
        told.append("coded under an earlier definition")
    document.text("; ".join(told), "Theme source")
