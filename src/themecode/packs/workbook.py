"""A pack as an Excel workbook: a plain guide, the excerpts, and drop-downs to answer with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from themecode.exports.files import write_atomically
from themecode.packs.contents import Pack, PackExcerpt
from themecode.packs.guide import HARD, guide_lines

GUIDE, LIGHT, CODES, HIDDEN = "Start here", "Excerpts", "Codes", "themecode"
#: Headings that answers are found by, wherever their columns have gone.
REF, WORDS, ANSWER, OTHER, NOTE = (
    "Ref", "What was said", "Your answer", "If something else, which codes?", "Your note",
)  # fmt: skip
_NUMBER, _WARNING, _ASKED, _QUESTION = "No.", "Please note", "What she was asked", "Is it about…"
_WIDTHS = {
    _NUMBER: 6, _WARNING: 24, _ASKED: 26, WORDS: 58, _QUESTION: 38, ANSWER: 22, OTHER: 26,
    NOTE: 26, REF: 15,
}  # fmt: skip
_INK, _SOFT, _LINE, _GREY, _WRITE = "1F3A4D", "E8EEF1", "B8C4CB", "5A5A5A", "FFF9E5"
_SIZE = 12


def write_workbook(pack: Pack, path: Path) -> None:
    """Write a pack as a workbook; the same pack gives the same bytes.

    Raises:
        StudyNotWritable: the file cannot be written.
    """
    import xlsxwriter

    with write_atomically(path, mode="wb") as stream:
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        day = pack.made_at.astimezone(UTC)
        made = datetime(day.year, day.month, day.day, tzinfo=UTC)
        book.set_properties({"title": f"Excerpts for {pack.reviewer}", "created": made})
        looks = _make_looks(book)
        _write_guide(book, pack, looks)
        if pack.light:
            _write_excerpts(book, LIGHT, pack.light, pack, looks)
        if pack.hard:
            _write_excerpts(book, HARD, pack.hard, pack, looks)
        _write_codes(book, pack, looks)
        _write_hidden(book, pack)
        book.close()


def _make_looks(book: Any) -> dict[str, Any]:
    cell = {
        "text_wrap": True, "valign": "top", "font_size": _SIZE, "bottom": 1, "bottom_color": _LINE,
        "align": "left", "indent": 1,
    }  # fmt: skip
    plain = {"text_wrap": True, "valign": "top", "font_size": _SIZE}
    looks = {
        "title": {"bold": True, "font_size": 20, "font_color": _INK},
        "heading": {"bold": True, "font_size": 14, "font_color": _INK},
        "plain": plain,
        "strong": {**plain, "bold": True},
        "cell": cell,
        "soft": {**cell, "font_color": _GREY},
        "strong cell": {**cell, "bold": True},
        "warning": {**cell, "bold": True, "font_color": "7A3E00"},
        "write": {**cell, "bg_color": _WRITE, "border": 1, "border_color": _LINE},
        "head": {
            "bold": True, "font_size": _SIZE, "font_color": _INK, "bg_color": _SOFT,
            "text_wrap": True, "valign": "vcenter", "bottom": 2, "bottom_color": _INK,
        },
        "ref": {**cell, "font_size": 9, "font_color": _GREY},
        "bold": {"bold": True, "font_size": _SIZE},
        "normal": {"font_size": _SIZE},
    }  # fmt: skip
    return {name: book.add_format(look) for name, look in looks.items()}


def _write_guide(book: Any, pack: Pack, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet(GUIDE)
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 76)
    sheet.write_string(0, 0, f"Excerpts for {pack.reviewer}", looks["title"])
    sheet.set_row(0, 34)
    row = 1
    for kind, text in guide_lines(pack, sheet=True):
        if kind == "heading":
            row += 1
            sheet.write_string(row, 0, text, looks["heading"])
            sheet.set_row(row, 24)
        elif kind == "answer":
            name, _, meaning = text.partition("\t")
            sheet.write_string(row, 0, name, looks["strong"])
            sheet.write_string(row, 1, meaning, looks["plain"])
            sheet.set_row(row, 20)
        else:
            sheet.merge_range(row, 0, row, 1, text, looks["plain"])
            sheet.set_row(row, _height((text, 96)))
        row += 1
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_excerpts(
    book: Any, name: str, excerpts: Sequence[PackExcerpt], pack: Pack, looks: dict[str, Any]
) -> None:
    sheet = book.add_worksheet(name)
    sheet.hide_gridlines(2)
    headings = [_NUMBER, _ASKED, WORDS, _QUESTION, ANSWER, OTHER, NOTE, REF]
    if name == HARD:
        headings.insert(1, _WARNING)
    if not any(each.before for each in excerpts):
        headings.remove(_ASKED)
    at = {heading: column for column, heading in enumerate(headings)}
    for heading, column in at.items():
        sheet.set_column(column, column, _WIDTHS[heading])
        sheet.write_string(0, column, heading, looks["head"])
    sheet.set_row(0, 36)
    count = sum(len(codes) for _, codes in pack.codes)
    for row, each in enumerate(excerpts, start=1):
        question = f"{each.code}: {each.definition}" if each.code else "Which codes fit, if any?"
        sheet.write_number(row, at[_NUMBER], each.number, looks["cell"])
        if _WARNING in at:
            sheet.write_string(row, at[_WARNING], each.note, looks["warning"])
        if _ASKED in at:
            sheet.write_string(row, at[_ASKED], each.before, looks["soft"])
        _write_words(sheet, row, at[WORDS], each, looks)
        if each.code:
            sheet.write_rich_string(
                row, at[_QUESTION], looks["bold"], f"{each.code}: ", looks["normal"],
                each.definition or " ", looks["cell"],
            )  # fmt: skip
        else:
            sheet.write_string(row, at[_QUESTION], question, looks["strong cell"])
        for heading in (ANSWER, OTHER, NOTE):
            sheet.write_blank(row, at[heading], None, looks["write"])
        sheet.write_string(row, at[REF], each.ref, looks["ref"])
        sheet.set_row(
            row,
            _height(
                (each.words, _WIDTHS[WORDS]), (question, _WIDTHS[_QUESTION]),
                (each.before if _ASKED in at else "", _WIDTHS[_ASKED]),
                (each.note, _WIDTHS[_WARNING]),
            ),
        )  # fmt: skip
        _offer(sheet, row, at[ANSWER], list(each.choices), "Choose, or type yes, no or not sure.")
        _offer(
            sheet, row, at[OTHER], f"='{CODES}'!$B$2:$B${count + 1}", "Codes are on the last sheet."
        )
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&C&P of &N")


def _offer(sheet: Any, row: int, column: int, source: Any, hint: str) -> None:
    """A list to choose from; anything may be typed instead."""
    sheet.data_validation(
        row, column, row, column,
        {"validate": "list", "source": source, "show_error": False, "ignore_blank": True,
         "input_title": "Your answer", "input_message": hint},
    )  # fmt: skip


def _write_words(
    sheet: Any, row: int, column: int, each: PackExcerpt, looks: dict[str, Any]
) -> None:
    """The words, those that led to the suggestion in bold; never a formula."""
    pieces = [(text, marked) for text, marked in each.pieces if text]
    if len(pieces) < 2:
        sheet.write_string(row, column, each.words, looks["cell"])
        return
    parts: list[Any] = []
    for text, marked in pieces:
        parts += [looks["bold" if marked else "normal"], text]
    sheet.write_rich_string(row, column, *parts, looks["cell"])


def _write_codes(book: Any, pack: Pack, looks: dict[str, Any]) -> None:
    sheet = book.add_worksheet(CODES)
    sheet.hide_gridlines(2)
    for column, (heading, width) in enumerate((("Theme", 30), ("Code", 38), ("What it means", 80))):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, heading, looks["head"])
    row = 1
    for theme, codes in pack.codes:
        for name, definition in codes:
            sheet.write_string(row, 0, theme, looks["soft"])
            sheet.write_string(row, 1, name, looks["strong cell"])
            sheet.write_string(row, 2, definition, looks["cell"])
            sheet.set_row(row, _height((definition, 80), (name, 38), (theme, 30)))
            row += 1
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write_hidden(book: Any, pack: Pack) -> None:
    """What the pack says of itself, so that it is known again under any name."""
    sheet = book.add_worksheet(HIDDEN)
    for row, (name, value) in enumerate(describe_pack(pack).items()):
        sheet.write_string(row, 0, name)
        sheet.write_string(row, 1, value)
    sheet.hide()


def describe_pack(pack: Pack) -> dict[str, str]:
    """What is needed to read a pack back."""
    return {
        "themecode pack": "1",
        "reviewer": pack.reviewer,
        "review": pack.plan_id,
        "pack": pack.id,
    }


def _height(*cells: tuple[str, int]) -> float:
    """Points that the longest cell needs, at its width in characters."""
    # Wrapped at words, and in 12 points where widths count 11-point figures.
    lines = max(math.ceil(len(text) / width) for text, width in cells)
    return 16.5 * max(lines, 1) + 8
