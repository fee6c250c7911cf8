"""The appendices: framework, codebook, COREQ, audit trail."""

from __future__ import annotations

from themecode.exports.report.contents import ReportContents
from themecode.exports.report.coreq import FOR_RESEARCHERS, ITEMS
from themecode.exports.report.document import ReportDocument
from themecode.exports.report.figures import FiguresTable
from themecode.exports.report.methods import join
from themecode.matrices.framework import FrameworkCell
from themecode.settle import is_machine
from themecode.wording import number_of


def write_appendices(document: ReportDocument, contents: ReportContents) -> None:
    """Appendices A to D."""
    _write_framework(document, contents)
    _write_codebook(document, contents)
    _write_coreq(document, contents)
    _write_audit(document, contents)


def _write_framework(document: ReportDocument, contents: ReportContents) -> None:
    document.heading("Appendix A. Framework matrix")
    document.text(
        "After Ritchie and Spencer (1994): for each theme, the people who spoke of it, the researchers’ summary, "
        "and chosen words."
    )
    framework = contents.framework
    for theme in framework.codebook.themes:
        rows = []
        for who in framework.participants:
            cell = framework.cells.get((who.id, theme.id))
            if cell is not None and (cell.passages or cell.summary):
                rows.append((contents.signed.get(who.id, ""), cell.summary, _show_cell(cell)))
        if rows and any(summary for _, summary, _ in rows):
            document.table(
                FiguresTable(theme.name, f"Framework: {theme.name}", ("Participant", "Summary", "In their words"),
                             ("participant", "summary", "quotes"), tuple(rows))
            )  # fmt: skip
        elif rows:
            document.table(
                FiguresTable(theme.name, f"Framework: {theme.name}", ("Participant", "In their words"),
                             ("participant", "quotes"), tuple((who, said) for who, _, said in rows))
            )  # fmt: skip


def _show_cell(cell: FrameworkCell) -> str:
    parts = [f"“{quote}”" for quote in cell.quotes]
    if cell.held_back:
        parts.append(f"[{cell.held_back} held back: consent does not allow quoting]")
    elif cell.passages > len(cell.quotes):
        parts.append(f"[{cell.passages - len(cell.quotes)} more]")
    return "\n".join(parts)


def _write_codebook(document: ReportDocument, contents: ReportContents) -> None:
    book = contents.codebook
    document.heading("Appendix B. Codebook")
    document.text(
        f"“{book.title}”, version {book.version}. Its fingerprint (SHA-256) is {book.sha256}."
    )
    for theme in book.themes:
        document.heading(theme.name, 2)
        document.text(theme.definition)
        document.table(
            FiguresTable(
                theme.name, f"Codebook: {theme.name}",
                ("Code", "Definition", "Include", "Exclude", "Example"),
                ("code", "definition", "include", "exclude", "example"),
                tuple((code.name, code.definition, code.include, code.exclude, _show_examples(code.examples))
                      for code in theme.codes),
            )
        )  # fmt: skip


def _show_examples(examples: tuple[str, ...]) -> str:
    """The first two: a codebook that the machine learns from may have twenty."""
    rest = len(examples) - 2
    more = [f"[{rest} more in the codebook’s file]"] if rest > 0 else []
    return "\n".join([*examples[:2], *more])


def _write_coreq(document: ReportDocument, contents: ReportContents) -> None:
    document.heading("Appendix C. COREQ checklist")
    document.text(
        "After Tong, Sainsbury and Craig (2007), International Journal for Quality in Health Care 19, 349–357. "
        "What the study knows is filled in; the rest is for the researchers."
    )
    answers = _answer(contents)
    document.table(
        FiguresTable(
            "COREQ", "COREQ items", ("Item", "Topic", "In this study"), ("item", "topic", "answer"),
            tuple((str(item), topic, answers.get(item, FOR_RESEARCHERS)) for item, topic in ITEMS),
        )
    )  # fmt: skip


def _answer(contents: ReportContents) -> dict[int, str]:
    data, book = contents.data, contents.codebook
    people = [name for name, _ in data.coders if not is_machine(name)]
    machine = [name for name, _ in data.coders if is_machine(name)]
    quoted = len({quote.participant for quote in contents.quotes if quote.participant})
    coders = f"{number_of(len(people), 'person', 'people')} coded, {number_of(len(data.reviewers), 'person', 'people')} reviewed"
    answers = {
        9: "Codebook thematic analysis in Braun and Clarke’s six phases. "
        "The theory behind it is for the researchers to say.",
        12: f"{number_of(data.participants, 'participant')}.",
        16: join([f"{role} ({count:,})" for role, count in data.roles]) + ".",
        22: contents.saturation_said,
        24: f"{coders}; the machine ({', '.join(machine)}) suggested codes."
        if machine
        else f"{coders}.",
        25: f"{number_of(len(book.themes), 'theme')} and {number_of(len(book.codes), 'code')}: Appendix B.",
        26: "Set in the codebook beforehand.",
        27: f"themecode {contents.software_version}.",
        29: f"{number_of(len(contents.quotes), 'quotation')} of {number_of(quoted, 'participant')}, each signed as “How the quotes were chosen” says.",
        30: "Each figure is counted from the codings, and each quotation is checked against its transcript.",
        31: "A chapter each.",
        32: "Codes within each chapter; negative cases where the researchers marked them.",
    }
    if not data.participants:
        for item in (12, 16):
            del answers[item]
    return answers


def _write_audit(document: ReportDocument, contents: ReportContents) -> None:
    document.heading("Appendix D. Audit trail")
    document.text(
        "What was done to the study, from its log, in which every entry is sealed with the one before it. Times are UTC."
    )
    rows = tuple(
        (
            f"{at:%d %b %Y, %H:%M}",
            who,
            what,
            ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in counts.items()),
        )
        for at, who, what, counts in contents.log
    )
    document.table(
        FiguresTable(
            "Log",
            "What was done",
            ("When", "Who", "What", "How many"),
            ("at", "who", "what", "counts"),
            rows,
        )
    )
    document.heading("Memos", 2)
    if not contents.memos:
        document.text("No memos were written.")
        return
    document.table(
        FiguresTable(
            "Memos", "Memos", ("When", "Who", "About", "Memo"), ("at", "who", "about", "memo"),
            tuple(
                (f"{memo.made_at:%d %b %Y, %H:%M}", memo.author, memo.about,
                 memo.text or "[Held back: it is about someone whose consent does not allow quoting.]")
                for memo in contents.memos
            ),
        )
    )  # fmt: skip
