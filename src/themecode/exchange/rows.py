"""A codebook as rows, one a code, as it stands in tables and in other programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from themecode.codebook import parse_codebook
from themecode.model import Code, Codebook, Cues, Problem

#: Marks each of several texts in one cell, where one of them runs over lines.
BULLET = "• "
_BULLETS = "•–-*"
_PATH = re.compile(r"[a-z0-9][a-z0-9_-]*(?:\.[a-z0-9_-]+)+")
_NOT_IN_ID = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code, with the theme it belongs to.

    Args:
        code_id: "" where the table gives none.
        line: its row in the file, the header being row 1. None: the format has no rows.
    """

    theme: str
    code: str
    definition: str
    include: str = ""
    exclude: str = ""
    examples: tuple[str, ...] = ()
    non_examples: tuple[str, ...] = ()
    content_note: str = ""
    theme_id: str = ""
    theme_definition: str = ""
    code_id: str = ""
    cues: Cues = field(default_factory=Cues)
    line: int | None = None


@dataclass(frozen=True, slots=True)
class CodebookRows:
    """A codebook as rows.

    Args:
        title, version: "" where the format has no place for them.
        word_lists: lists that cues may name.
    """

    rows: tuple[CodeRow, ...]
    title: str = ""
    version: str = ""
    word_lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def list_rows(codebook: Codebook) -> CodebookRows:
    """A codebook's codes as rows, in its order."""
    return CodebookRows(
        tuple(
            CodeRow(
                theme=theme.name,
                code=code.name,
                definition=code.definition,
                include=code.include,
                exclude=code.exclude,
                examples=code.examples,
                non_examples=code.non_examples,
                content_note=code.content_note or "",
                theme_id=theme.id,
                theme_definition=theme.definition,
                code_id=code.id,
                cues=code.cues,
            )
            for theme in codebook.themes
            for code in theme.codes
        ),
        codebook.title,
        codebook.version,
        codebook.word_lists,
    )


def fill_in(given: CodebookRows, *, title: str) -> CodebookRows:
    """The rows with what a table made by hand leaves out: ids from names, the theme from above.

    Args:
        given: as they were read.
        title: the codebook's, where the rows bear none.
    """
    filled: list[CodeRow] = []
    for given_row in given.rows:
        row = _part_path(given_row)
        above = filled[-1] if filled else None
        theme = row.theme or (above.theme if above else "") or given.title or title
        same = above is not None and above.theme == theme and row.theme_id in ("", above.theme_id)
        theme_id = (above.theme_id if same and above else "") or row.theme_id or make_id(theme)
        said = row.theme_definition or (above.theme_definition if same and above else "")
        filled.append(
            replace(
                row,
                theme=theme,
                theme_id=theme_id,
                theme_definition=said or f"{theme}.",
                code_id=row.code_id or f"{theme_id}.{make_id(row.code)}",
            )
        )
    return replace(
        given, rows=tuple(filled), title=given.title or title, version=given.version or "1"
    )


def has_path(name: str) -> bool:
    """Whether a code's name is its theme's and its own, as in Taguette: "stigma.judgement"."""
    return bool(_PATH.fullmatch(name))


def _part_path(row: CodeRow) -> CodeRow:
    """A row whose name is a path, with what the path says."""
    if row.theme or row.code_id or not has_path(row.code):
        return row
    theme_id, _, name = row.code.partition(".")
    return replace(
        row,
        theme=_as_words(theme_id),
        theme_id=theme_id,
        code_id=row.code,
        code=_as_words(name),
        definition=row.definition or f"{_as_words(name)}.",
    )


def _as_words(part: str) -> str:
    words = part.replace("_", " ").replace(".", ", ")
    return words[:1].upper() + words[1:]


def make_id(name: str) -> str:
    """A name as an id: small letters, digits and underscores."""
    return _NOT_IN_ID.sub("_", name.lower()).strip("_") or "unnamed"


def keep_cues(given: CodebookRows, other: Codebook) -> CodebookRows:
    """The rows with another codebook's cues, code by code, where they have none."""
    cues = {code.id: code.cues for code in other.codes}
    return replace(
        given,
        rows=tuple(
            row if row.cues else replace(row, cues=cues.get(row.code_id, row.cues))
            for row in given.rows
        ),
        word_lists={**other.word_lists, **given.word_lists},
    )


def find_faults(given: CodebookRows, *, path: str) -> Iterator[Problem]:
    """What stops rows from being a codebook, each with its row."""
    if not given.rows:
        yield Problem(path, None, "no codes were found in it.")
    seen: dict[str, int | None] = {}
    for row in given.rows:
        if not row.code:
            yield Problem(path, row.line, "this row has no code: give it a name.")
        elif not row.definition:
            yield Problem(
                path, row.line, f"the code “{row.code}” has no definition: say what it covers."
            )
        if row.code_id in seen:
            where = f" (row {seen[row.code_id]})" if seen[row.code_id] else ""
            yield Problem(
                path,
                row.line,
                f"the code “{row.code}” has the same id as another{where}: {row.code_id}. "
                "Give one of them another name or id.",
            )
        seen.setdefault(row.code_id, row.line)


def write_yaml(given: CodebookRows) -> bytes:
    """A codebook file, as a researcher would go on writing it."""
    import yaml

    themes: dict[str, dict[str, Any]] = {}
    for row in given.rows:
        theme = themes.setdefault(
            row.theme_id,
            {
                "id": row.theme_id,
                "name": row.theme,
                "definition": row.theme_definition,
                "codes": [],
            },
        )
        theme["codes"].append(_as_mapping(row))
    book: dict[str, Any] = {"title": given.title, "version": given.version}
    if given.word_lists:
        book["word_lists"] = {name: list(words) for name, words in given.word_lists.items()}
    book["themes"] = list(themes.values())
    text: str = yaml.safe_dump(
        book, sort_keys=False, allow_unicode=True, width=96, default_flow_style=False
    )
    return text.encode("utf-8")


def _as_mapping(row: CodeRow) -> dict[str, Any]:
    cues = {
        name: list(getattr(row.cues, name))
        for name in ("strong", "fair", "weak", "unless", "counts_when")
        if getattr(row.cues, name)
    }
    entries: dict[str, Any] = {
        "id": row.code_id,
        "name": row.code,
        "definition": row.definition,
        "include": row.include,
        "exclude": row.exclude,
        "content_note": row.content_note,
        "examples": list(row.examples),
        "non_examples": list(row.non_examples),
        "cues": cues,
    }
    return {key: value for key, value in entries.items() if value}


def make_codebook(given: CodebookRows, *, path: str) -> tuple[Codebook | None, bytes]:
    """The codebook that rows make, and its file; None where something in it is at fault."""
    raw = write_yaml(given)
    return parse_codebook(raw, name=path)[0], raw


def join_texts(texts: Sequence[str]) -> str:
    """Several texts in one cell, a line each."""
    if any("\n" in text or text[:1] in _BULLETS for text in texts):
        return "\n".join(BULLET + text for text in texts)
    return "\n".join(texts)


def part_texts(cell: str) -> tuple[str, ...]:
    """The texts of a cell that `join_texts` or a person filled: a line each."""
    cell = cell.strip().replace("\r\n", "\n")
    if cell.startswith(BULLET):
        parts: Iterable[str] = cell.removeprefix(BULLET).split(f"\n{BULLET}")
    else:
        parts = (
            line.lstrip("•–-* \t") if line[:1] in "•–-*" else line for line in cell.split("\n")
        )
    return tuple(part.strip() for part in parts if part.strip())


def list_lost(codebook: Codebook, *, cues: bool) -> list[str]:
    """What a table of codes has no place for, in words; `cues`: whether it has one for those."""
    lost = []
    if not cues and any(_has_cues(code) for code in codebook.codes):
        lost.append(
            "cues and word lists (put them back with `codebook convert … --cues-from` the "
            "codebook they stand in)"
        )
    empty = [theme.name for theme in codebook.themes if not theme.codes]
    if empty:
        lost.append("themes without codes: " + ", ".join(empty))
    return lost


def _has_cues(code: Code) -> bool:
    return bool(code.cues or code.cues.unless)
