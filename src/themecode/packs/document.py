"""A pack as a Word document: headings for a screen reader, and boxes to answer in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.packs.contents import Pack, PackExcerpt
from themecode.packs.guide import guide_lines
from themecode.packs.word_parts import (
    QUIET,
    SMALL,
    WARNING,
    WORDS,
    make_safe,
    save_document,
    start_document,
)

if TYPE_CHECKING:
    from docx.document import Document

#: How each line of an excerpt begins; answers are found by these.
SAID, ABOUT, WHICH = "What was said:", "Is this about: ", "Which codes fit, if any?"
ANSWER, OTHER, NOTE, REF = (
    "Your answer:", "If something else, which codes:", "Your note:", "Ref",
)  # fmt: skip
CHOOSE, WRITE = "Choose an answer", "Write here"


def write_document(pack: Pack, path: Path) -> None:
    """Write a pack as a Word document; the same pack gives the same bytes.

    Raises:
        StudyNotWritable: the file cannot be written.
    """
    document = start_document(f"Excerpts for {pack.reviewer}", made_at=pack.made_at)
    _write_guide(document, pack)
    if pack.light:
        _start_part(document, "Excerpts")
        _write_excerpts(document, pack.light)
    if pack.hard:
        _start_part(document, "Excerpts with a content note")
        document.add_paragraph(
            "Each of these begins with a note of what it is about. Leave out any of them, or all."
        )
        _write_excerpts(document, pack.hard)
    _start_part(document, "The codes")
    for theme, codes in pack.codes:
        document.add_heading(make_safe(theme), level=2)
        for name, definition in codes:
            paragraph = document.add_paragraph()
            paragraph.add_run(make_safe(f"{name}: ")).bold = True
            paragraph.add_run(make_safe(definition))
    document.add_paragraph(describe(pack.reviewer, pack.plan_id, pack.id), style=SMALL)
    save_document(document, path)


def describe(reviewer: str, plan_id: str, pack_id: str) -> str:
    """The line that says whose pack this is; it is read when the file comes back."""
    return f"themecode pack {pack_id}, review {plan_id}, for {reviewer}."


def _write_guide(document: Document, pack: Pack) -> None:
    for kind, text in guide_lines(pack, sheet=False):
        if kind == "heading":
            document.add_heading(text, level=2)
        elif kind == "answer":
            name, _, meaning = text.partition("\t")
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{name}. ").bold = True
            paragraph.add_run(meaning)
        else:
            document.add_paragraph(make_safe(text))


def _start_part(document: Document, title: str) -> None:
    document.add_heading(title, level=1).paragraph_format.page_break_before = True


def _write_excerpts(document: Document, excerpts: Sequence[PackExcerpt]) -> None:
    for each in excerpts:
        document.add_heading(f"Excerpt {each.number}", level=2)
        led = []
        if each.note:
            led.append(
                document.add_paragraph(f"Please note: {make_safe(each.note)}", style=WARNING)
            )
        if each.before:
            asked = f"She was asked: {make_safe(each.before)}"
            led.append(document.add_paragraph(asked, style=QUIET))
        led.append(document.add_paragraph(SAID, style=QUIET))
        words = document.add_paragraph(style=WORDS)
        stands_out = not all(marked for _, marked in each.pieces)
        for text, marked in each.pieces:
            words.add_run(make_safe(text)).bold = (marked and stands_out) or None
        for paragraph in (
            *led,
            words,
        ):  # an excerpt is not parted from its question by a page's end
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.keep_together = True
        question = document.add_paragraph()
        if each.code:
            question.add_run(ABOUT)
            question.add_run(make_safe(each.code)).bold = True
            question.add_run(make_safe(f"? {each.definition}"))
        else:
            question.add_run(WHICH).bold = True
        question.paragraph_format.keep_with_next = True
        _add_box(document, ANSWER, each, "answer", CHOOSE, each.choices)
        other = OTHER if each.code else "Which codes:"
        _add_box(document, other, each, "codes", WRITE, ())
        _add_box(document, NOTE, each, "note", WRITE, ())
        document.add_paragraph(f"{REF} {each.ref}", style=SMALL)


def _add_box(
    document: Document,
    label: str,
    each: PackExcerpt,
    kind: str,
    placeholder: str,
    choices: Sequence[str],
) -> None:
    """A line with a content control; what is typed beside it or over it is read just as well."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.add_run(f"{label} ").bold = True
    items = "".join(f'<w:listItem w:displayText="{text}" w:value="{text}"/>' for text in choices)
    control = f"<w:comboBox>{items}</w:comboBox>" if choices else "<w:text/>"
    name = f"{label.rstrip(':')}, excerpt {each.number}"
    paragraph._p.append(  # noqa: SLF001 (python-docx has no content controls)
        parse_xml(
            f'<w:sdt {nsdecls("w")}><w:sdtPr><w:alias w:val="{name}"/>'
            f'<w:tag w:val="{kind}-{each.ref}"/><w:showingPlcHdr/>{control}</w:sdtPr>'
            f'<w:sdtContent><w:r><w:rPr><w:color w:val="5A5A5A"/></w:rPr>'
            f"<w:t>{placeholder}</w:t></w:r></w:sdtContent></w:sdt>"
        )
    )
