"""The workbook in which a person decides about every name: replace, keep or generalise.

It holds names. It is made outside the study, readable by nobody else, and is the researcher's to
destroy once `decide` has read it.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from themecode.exports.files import write_atomically
from themecode.pseudonyms.candidates import NO_GUARANTEE
from themecode.pseudonyms.key import Action
from themecode.pseudonyms.rows import Row

COLUMNS = (
    "words", "what", "times", "where it stands", "decision", "becomes", "only in transcript",
    "maybe the same as", "found by", "transcripts",
)  # fmt: skip
_WIDTHS = (26, 18, 7, 62, 14, 28, 16, 24, 34, 30)
_LINE_HEIGHT = 15.0
_INK, _SOFT, _LINE, _FILL = "1F3A4D", "E8EEF1", "B8C4CB", "FFF8E1"
_GUIDE = (
    ("What this is", "Every word of the study that may tell who somebody is, found by the machine."),
    ("What to do", "For each row choose a decision in the yellow column, and change “becomes” if you like."),
    ("replace", "A pseudonym. The same “becomes” on several rows makes them one person, everywhere."),
    ("generalise", "Words that say less: “a town in the West Midlands”, “a secondary school”."),
    ("keep", "Nobody is found by it: leave it as it is."),
    ("(empty)", "Not decided yet. It is left as it is, and you are asked again."),
    ("becomes", "Written in [square brackets] in the transcripts, as the UK Data Service asks."),
    ("only in transcript", "Two people of one name? Copy the row and name the transcript it is for."),
    ("maybe the same as", "A short form or another spelling of a name in the study. You decide whether it is."),
    ("Names it missed", "Add a row: the words as they stand, a decision, and what they become."),
    ("This file", "It names people. Keep it away from the study and destroy it once it has been read back."),
    ("Please mind", NO_GUARANTEE),
)  # fmt: skip


def write_pseudonym_workbook(rows: Sequence[Row], path: Path) -> None:
    """Write the workbook, for its maker's eyes alone (0600).

    Args:
        rows: what is to be decided about.
        path: outside the study.
    """
    with write_atomically(path, mode="wb") as stream:
        stream.write(_make(rows))
    path.chmod(0o600)


def _make(rows: Sequence[Row]) -> bytes:
    import datetime as dt

    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": "Names to decide about", "created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 (the same bytes each time)
    look = {"text_wrap": True, "valign": "top"}
    cell = book.add_format(look)
    number_form = book.add_format({**look, "align": "center"})
    strong = book.add_format({**look, "bold": True, "font_color": _INK})
    yellow = book.add_format({**look, "bg_color": _FILL, "border": 1, "border_color": _LINE})
    header = book.add_format(
        {"bold": True, "font_color": _INK, "bg_color": _SOFT, "bottom": 1, "bottom_color": _LINE,
         "valign": "vcenter", "text_wrap": True}
    )  # fmt: skip
    sheet = book.add_worksheet("Names")
    for at, (title, width) in enumerate(zip(COLUMNS, _WIDTHS, strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, title, header)
    sheet.set_row(0, 30)
    for number, row in enumerate(rows, start=1):
        decided = row.decided
        said = (
            row.words, row.kind.value, row.times, row.example,
            decided.action.value if decided else "",
            decided.becomes if decided else row.becomes,
            "", row.same_as, ", ".join(row.finders), ", ".join(row.transcripts),
        )  # fmt: skip
        lines = max(
            -(-len(str(value)) // width) for value, width in zip(said, _WIDTHS, strict=True)
        )
        sheet.set_row(number, _LINE_HEIGHT * max(lines, 1) + 2)
        for at, value in enumerate(said):
            form = strong if at == 0 else yellow if COLUMNS[at] in ("decision", "becomes") else cell
            if isinstance(value, int):
                sheet.write_number(number, at, value, number_form)
            else:
                sheet.write_string(number, at, value, form)
    last = max(len(rows), 1)
    sheet.data_validation(
        1, 4, last + 200, 4,
        {"validate": "list", "source": [action.value for action in Action],
         "input_title": "Decision", "input_message": "replace, keep or generalise"},
    )  # fmt: skip
    sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_paper(9)
    sheet.set_footer(
        "&C&8Names people: keep it apart from the study, and destroy it when it has been read."
    )
    guide = book.add_worksheet("How to")
    guide.set_column(0, 0, 22)
    guide.set_column(1, 1, 90)
    for number, (term, meaning) in enumerate(_GUIDE):
        guide.write_string(number, 0, term, strong)
        guide.write_string(number, 1, meaning, cell)
    book.close()
    return buffer.getvalue()
