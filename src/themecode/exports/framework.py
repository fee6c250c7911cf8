"""The framework matrix as a workbook that a researcher writes her summaries in."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import BinaryIO

from themecode.errors import ThemecodeError, UnreadableFile
from themecode.exports.files import open_target
from themecode.matrices.framework import FrameworkCell, FrameworkMatrix
from themecode.transcripts.grids import read_xlsx_grids

_SHEET, _KEPT = "Framework", "Kept summaries"
_SUMMARY, _QUOTES = "summary", "their words"
#: Below the headings stand the ids that tell whose cell a summary is.
_IDS = "id"


def write_framework(matrix: FrameworkMatrix, target: Path | BinaryIO) -> None:
    """Write the matrix: a row a participant; for each theme a column to write in, and one of quotes."""
    import xlsxwriter

    with open_target(target) as stream:
        book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
        book.set_properties(
            {"title": "Framework matrix", "created": dt.datetime(2000, 1, 1, tzinfo=dt.UTC)}
        )
        heading = book.add_format(
            {"bold": True, "bg_color": "#E8EEF2", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        quiet = book.add_format({"font_color": "#6B7780", "font_size": 8})
        cell = book.add_format({"text_wrap": True, "valign": "top"})
        own = book.add_format({"text_wrap": True, "valign": "top", "bg_color": "#FFFBE8"})
        sheet = book.add_worksheet(_SHEET)
        sheet.set_column(0, 1, 18)
        for at, text in enumerate(("Participant", "Role")):
            sheet.write_string(0, at, text, heading)
        sheet.write_string(1, 0, _IDS, quiet)
        for number, theme in enumerate(matrix.codebook.themes):
            at = 2 + 2 * number
            sheet.set_column(at, at, 40)
            sheet.set_column(at + 1, at + 1, 60)
            sheet.write_string(0, at, f"{theme.name}: your summary", heading)
            sheet.write_string(0, at + 1, f"{theme.name}: {_QUOTES}", heading)
            sheet.write_string(1, at, f"{theme.id} {_SUMMARY}", quiet)
            sheet.write_string(1, at + 1, theme.id, quiet)
        for line, participant in enumerate(matrix.participants, start=2):
            sheet.write_string(line, 0, participant.id, cell)
            sheet.write_string(line, 1, participant.role or "", cell)
            for number, theme in enumerate(matrix.codebook.themes):
                held = matrix.cells.get((participant.id, theme.id), FrameworkCell())
                sheet.write_string(line, 2 + 2 * number, held.summary, own)
                sheet.write_string(line, 3 + 2 * number, _show_quotes(held), cell)
        sheet.freeze_panes(2, 1)
        if matrix.orphans:
            kept = book.add_worksheet(_KEPT)
            kept.set_column(2, 2, 80)
            for at, text in enumerate(("Participant", "Theme id", "Summary")):
                kept.write_string(0, at, text, heading)
            for line, ((who, theme_id), summary) in enumerate(
                sorted(matrix.orphans.items()), start=1
            ):
                for at, text in enumerate((who, theme_id, summary)):
                    kept.write_string(line, at, text, cell)
        book.close()


def _show_quotes(held: FrameworkCell) -> str:
    lines = [f"“{quote}”" for quote in held.quotes]
    more = held.passages - len(held.quotes) - held.held_back
    if more:
        lines.append(f"({more} more)")
    if held.held_back:
        lines.append(f"({held.held_back} held back: consent does not allow quoting)")
    if held.stale:
        lines.append(f"({held.stale} under a definition that has changed since, so look again)")
    return "\n".join(lines)


def read_summaries(path: Path) -> dict[tuple[str, str], str]:
    """The summaries a researcher wrote in a framework workbook, by participant and theme id.

    Raises:
        ThemecodeError: it is no framework workbook.
    """
    summaries: dict[tuple[str, str], str] = {}
    found = False
    try:
        for grid in read_xlsx_grids(path):
            rows = [row.cells for row in grid.rows]
            if grid.name == _SHEET and len(rows) > 1 and rows[1] and rows[1][0] == _IDS:
                found = True
                themes = {
                    at: text.removesuffix(f" {_SUMMARY}")
                    for at, text in enumerate(rows[1])
                    if text.endswith(f" {_SUMMARY}")
                }
                for row in rows[2:]:
                    for at, theme_id in themes.items():
                        if at < len(row) and row[at].strip() and row[0].strip():
                            summaries[row[0].strip(), theme_id] = row[at].strip()
            elif grid.name == _KEPT:
                summaries |= {(row[0], row[1]): row[2] for row in rows[1:] if len(row) > 2}
    except UnreadableFile as error:
        raise ThemecodeError(f"{path}: {error}") from error
    if not found:
        raise ThemecodeError(
            f"{path} is not a framework matrix of themecode’s, so it was left as it is. Give another "
            "name with `-o`."
        )
    return summaries
