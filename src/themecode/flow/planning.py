"""The plan of a report's quotes: a list the researcher edits, and that the report obeys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from themecode.errors import ThemecodeError
from themecode.exports.files import open_target
from themecode.exports.report.quotes import NEGATIVE, QUOTE, PlannedQuote
from themecode.model import Codebook, Problem

SHEET = "Quotes"
_COLUMNS = (
    ("use", 7), ("kind", 14), ("theme", 26), ("code", 30), ("quote", 84), ("said_by", 28),
    ("may_find_her", 30),
    ("checked", 11), ("words", 8), ("participant", 13), ("transcript", 18), ("turn", 7), ("start", 9),
    ("end", 9), ("theme_id", 16), ("code_id", 28),
)  # fmt: skip
#: A sheet of chosen quotes has hundreds of rows; a million empty ones are not read.
_MOST_ROWS, _MOST_COLUMNS = 20_000, 200
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 (Excel's times have no zone)
_YES = frozenset({"yes", "y", "x", "1", "true", "ja", "oui", "si", "sí"})
#: Where a researcher cut words out of a quote.
_CUT = re.compile(r"\s*(?:\[\s*(?:\.\.\.|…)\s*\]|\(\s*(?:\.\.\.|…)\s*\)|…)\s*")


def write_plan(quotes: Sequence[PlannedQuote], target: Path, codebook: Codebook) -> None:
    """Write the plan as an Excel workbook or as YAML, as its name ends.

    Raises:
        ThemecodeError: the name says neither, or the file cannot be written.
    """
    rows = list(_rows(quotes, codebook))
    match target.suffix.lower():
        case ".xlsx":
            _write_xlsx(rows, target)
        case ".yaml" | ".yml":
            import yaml

            text = (
                "# The quotes a report may hold. `use: yes` puts one in; their order here is their order\n"
                "# there. Shorten a quote with […]; `kind: negative case` sets one apart.\n"
                + yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=100)
            )
            with open_target(target) as stream:
                stream.write(text.encode("utf-8", "replace"))
        case _:
            raise ThemecodeError(f"{target}: a plan is written as .xlsx or .yaml.")


def _rows(quotes: Iterable[PlannedQuote], codebook: Codebook) -> Iterator[dict[str, Any]]:
    themes = {theme.id: theme.name for theme in codebook.themes}
    codes = {code.id: code.name for code in codebook.codes}
    for quote in quotes:
        yield {
            "use": "yes" if quote.use else "no", "kind": quote.kind,
            "theme": themes.get(quote.theme_id, ""), "code": codes.get(quote.code_id, ""),
            "quote": quote.text, "said_by": quote.attribution,
            "may_find_her": quote.finds,
            "checked": _say_checked(quote), "words": len(quote.text.split()),
            "participant": quote.participant, "transcript": quote.transcript, "turn": quote.turn,
            "start": quote.start, "end": quote.end, "theme_id": quote.theme_id,
            "code_id": quote.code_id,
        }  # fmt: skip


def _say_checked(quote: PlannedQuote) -> str:
    if quote.stale:
        return "look again"
    return "yes" if quote.checked else "no"


def _write_xlsx(rows: Sequence[Mapping[str, Any]], target: Path) -> None:
    import xlsxwriter

    with open_target(target) as stream:
        book = xlsxwriter.Workbook(stream, {"in_memory": True})
        book.set_properties({"title": "Plan of quotes", "created": _EPOCH})
        words = book.add_format({"text_wrap": True, "valign": "top"})
        edit = book.add_format(
            {
                "text_wrap": True,
                "valign": "top",
                "bg_color": "#FFFBE6",
                "border": 1,
                "border_color": "#D9CFA3",
            }
        )
        header = book.add_format(
            {
                "bold": True,
                "font_color": "#1F3A4D",
                "bg_color": "#E8EEF1",
                "bottom": 1,
                "text_wrap": True,
            }
        )
        sheet = book.add_worksheet(SHEET)
        for at, (name, width) in enumerate(_COLUMNS):
            sheet.set_column(at, at, width)
            sheet.write_string(0, at, name, header)
        for down, row in enumerate(rows, 1):
            for at, (name, _) in enumerate(_COLUMNS):
                value = row[name]
                look = edit if name in ("use", "kind", "quote") else words
                if isinstance(value, int):
                    sheet.write_number(down, at, value, look)
                else:
                    sheet.write_string(down, at, value[:32_767], look)
        if rows:
            sheet.data_validation(1, 0, len(rows), 0, {"validate": "list", "source": ["yes", "no"]})
            sheet.data_validation(
                1, 1, len(rows), 1, {"validate": "list", "source": [QUOTE, NEGATIVE]}
            )
        sheet.freeze_panes(1, 2)
        sheet.autofilter(0, 0, max(len(rows), 1), len(_COLUMNS) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        guide = book.add_worksheet("How to use this")
        guide.set_column(0, 0, 100, words)
        for at, line in enumerate((
            "The yellow columns are yours.",
            "use: “yes” puts a quote in the report. Change as many as you like; the order of the rows is the order of the quotes.",
            "kind: “negative case” sets a quote apart, as one that goes against the theme.",
            "may_find_her: why a reader might find out who said it. Empty does not mean that nobody could: you know more than a rule does.",
            "checked: whether somebody said that the code fits; “look again” where its definition has changed since it was put there.",
            "quote: you may shorten it with […]. Every other word must stand in the transcript as it was said.",
            "Then: themecode report --plan THIS FILE -o report.docx",
        )):  # fmt: skip
            guide.write_string(at, 0, line, words)
        book.close()


def read_plan(
    path: Path, quotable: Iterable[PlannedQuote]
) -> tuple[list[PlannedQuote], list[Problem]]:
    """The quotes a plan puts in the report, each checked against the study as it stands now.

    Args:
        path: .xlsx or .yaml, from `report plan`.
        quotable: every passage that may be quoted now.

    Returns:
        Those to use, in the plan's order, and what could not be used and why.

    Raises:
        ThemecodeError: it is not a plan.
    """
    known = {quote.key: quote for quote in quotable}
    used: list[PlannedQuote] = []
    problems: list[Problem] = []
    for line, row in _read_rows(path):
        if str(row.get("use", "")).strip().casefold() not in _YES:
            continue
        try:
            key = (str(row["code_id"]), str(row["transcript"]), int(row["start"]), int(row["end"]))
        except (KeyError, TypeError, ValueError):
            problems.append(
                Problem(
                    str(path),
                    line,
                    "has no code_id, transcript, start or end that can be read, and is left out. Copy them from a fresh plan.",
                )
            )
            continue
        quote = known.get(key)
        if quote is None:
            problems.append(Problem(str(path), line, f"{key[1]}, {key[2]} to {key[3]} under {key[0]}: no longer a coding that counts and that consent allows to be quoted, so it is left out."))  # fmt: skip
            continue
        text = str(row.get("quote") or "").strip() or quote.text
        if not _stands_in(text, quote.text):
            problems.append(
                Problem(
                    str(path),
                    line,
                    "the quote has words that were not said there in this order; the passage is quoted as it was said. Shorten only with […].",
                )
            )
            text = quote.text
        kind = str(row.get("kind") or QUOTE).strip().casefold()
        used.append(
            replace(quote, use=True, kind=NEGATIVE if kind == NEGATIVE else QUOTE, text=text)
        )
    return used, problems


def _stands_in(shortened: str, said: str) -> bool:
    """Whether every piece between the cuts was said, in this order."""
    at = 0
    said = " ".join(said.split())
    for piece in _CUT.split(" ".join(shortened.split())):
        found = said.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return True


def _read_rows(path: Path) -> list[tuple[int, dict[str, Any]]]:
    wrong = f"{path} is not a plan of quotes: make one with `themecode report plan -o plan.xlsx`."
    match path.suffix.lower():
        case ".yaml" | ".yml":
            import yaml

            try:
                held = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 (text only)
            except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
                raise ThemecodeError(wrong) from error
            if held in (None, ""):
                return []
            if not isinstance(held, list) or not all(isinstance(each, dict) for each in held):
                raise ThemecodeError(wrong)
            return list(enumerate(held, 1))
        case ".xlsx":
            return _read_sheet(path, wrong)
    raise ThemecodeError(wrong)


def _read_sheet(path: Path, wrong: str) -> list[tuple[int, dict[str, Any]]]:
    from themecode.transcripts.grids import open_workbook

    try:
        with open_workbook(path) as book:
            sheet: Any = book[SHEET]
            sheet.reset_dimensions()
            rows = list(
                sheet.iter_rows(max_row=_MOST_ROWS, max_col=_MOST_COLUMNS, values_only=True)
            )
    except Exception as error:  # a damaged sheet raises any of a dozen types
        raise ThemecodeError(wrong) from error
    names = [str(each or "") for each in rows[0]] if rows else []
    if not {"use", "code_id", "transcript", "start", "end"} <= set(names):
        raise ThemecodeError(wrong)
    return [
        (line, dict(zip(names, row, strict=False)))
        for line, row in enumerate(rows[1:], 2)
        if any(each is not None for each in row)
    ]
