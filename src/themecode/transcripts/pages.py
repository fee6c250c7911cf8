"""Reads transcripts in .pdf: page furniture removed, columns in order, broken words mended."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

from themecode.errors import UnreadableFile
from themecode.model import Problem
from themecode.transcripts.page_words import Page, Word, read_pages
from themecode.transcripts.utterances import Line, Parsed

#: How much of a page's height, at its top and foot, may hold running headers and page numbers.
_MARGIN = 0.14
_RUNNING_SHARE = 0.4
_SAME_HEIGHT = 8.0
_INDENT = 7.0
#: A gap wider than this many usual ones parts paragraphs.
_GAP = 1.35
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:page|p\.?)?\s*\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?[-–—\s]*", re.IGNORECASE
)
_SENTENCE_END = re.compile(r"[.?!…][\"'’”)\]]*$")
_BROKEN = re.compile(r"([^\W\d_]+(?:['’-][^\W\d_]+)*)[-\xad]$")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
#: First halves whose hyphen is their own.
_COMPOUND = frozenset(
    [
        "self",
        "well",
        "non",
        "ex",
        "co",
        "half",
        "long",
        "short",
        "part",
        "full",
        "mother",
        "father",
        "sister",
        "brother",
        "step",
        "drop",
        "follow",
        "check",
        "run",
        "sign",
        "ten",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "sixty",
        "seventy",
        "eighty",
        "ninety",
    ]
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of print: its words from left to right, its page and column."""

    words: tuple[Word, ...]
    page: int
    column: int
    left: float
    right: float
    top: float
    bottom: float

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def read_pdf(path: Path) -> Parsed:
    """Read a .pdf into lines, each knowing whether it opens a paragraph.

    Raises:
        UnreadableFile: if it is scanned, locked, damaged or far too large.
    """
    pages = read_pages(path)
    empty = [page.number for page in pages if not page.words]
    if len(empty) == len(pages):
        raise UnreadableFile(
            "its pages are pictures (a scan) and hold no words that can be read. Run text "
            "recognition (OCR) on it first, or type it."
        )
    _refuse_garbled(pages)
    rows = _drop_furniture([_split_rows(page) for page in pages], pages)
    if not rows:
        raise UnreadableFile("nothing but page numbers and running headers was found in it.")
    problems = []
    if empty:
        shown = ", ".join(map(str, empty[:12])) + (" ..." if len(empty) > 12 else "")
        message = (
            f"page {shown} holds no words that can be read (a scan, or blank); the others were "
            "read. Run text recognition (OCR) on it if it matters."
        )
        problems.append(Problem(str(path), empty[0], message, blocks=False))
    if beside := Counter(each for page in pages for each in page.beside):
        counted = ", ".join(f"{n:,} {what}{'' if n == 1 else 's'}" for what, n in beside.items())
        problems.append(Problem(str(path), None, f"{counted} left out.", blocks=False))
    lines = _mend_hyphens(_mark_openings(rows))
    return Parsed(lines=tuple(lines), problems=tuple(problems))


def _refuse_garbled(pages: Sequence[Page]) -> None:
    text = "".join(word.text for page in pages for word in page.words)
    strange = sum(1 for c in text if c == "\ufffd" or "\ue000" <= c <= "\uf8ff")
    if strange * 5 > len(text):
        raise UnreadableFile(
            "its fonts do not say which letters they show, so that its words cannot be read. Save "
            "the transcript as .docx, or run text recognition (OCR) on it."
        )


def _group_rows(words: Iterable[Word], page: int, column: int) -> list[_Row]:
    """Words that stand at one height as rows, from the top down."""
    groups: list[list[Word]] = []
    middle = 0.0
    for word in sorted(words, key=lambda word: ((word.top + word.bottom) / 2, word.left)):
        height = (word.top + word.bottom) / 2
        if groups and height - middle < 0.5 * max(5.0, _size(groups[-1])):
            groups[-1].append(word)
        else:
            groups.append([word])
            middle = height
    return [_make_row(group, page, column) for group in groups]


def _size(words: Sequence[Word]) -> float:
    return max(word.bottom - word.top for word in words)


def _make_row(words: Iterable[Word], page: int, column: int) -> _Row:
    row = tuple(sorted(words, key=lambda word: word.left))
    return _Row(
        row,
        page,
        column,
        row[0].left,
        max(word.right for word in row),
        min(word.top for word in row),
        max(word.bottom for word in row),
    )


def _split_rows(page: Page) -> list[_Row]:
    """The rows of a page in reading order: the left column before the right one."""
    rows = _group_rows(page.words, page.number, 0)
    gutter = _find_gutter(rows)
    if gutter is None:
        return rows
    ordered: list[_Row] = []
    band: list[Word] = []

    def flush() -> None:
        left = [word for word in band if word.right <= gutter]
        ordered.extend(_group_rows(left, page.number, 1))
        right = [word for word in band if word.right > gutter]
        ordered.extend(_group_rows(right, page.number, 2))
        band.clear()

    for row in rows:
        if _crosses(row, gutter):
            flush()
            ordered.append(row)
        else:
            band += row.words
    flush()
    return ordered


def _crosses(row: _Row, gutter: float) -> bool:
    """Whether a row runs on over the gutter, with no wider gap there than between its words."""
    for left, right in pairwise(row.words):
        if left.right <= gutter <= right.left:
            return right.left - left.right < 8.0
    return any(word.left < gutter < word.right for word in row.words)


def _find_gutter(rows: Sequence[_Row]) -> float | None:
    """The middle of the white strip between two columns; None where there is one column."""
    if len(rows) < 6:
        return None
    left, right = min(row.left for row in rows), max(row.right for row in rows)
    width = right - left
    gaps: Counter[int] = Counter()
    for row in rows:
        for one, other in pairwise(row.words):
            if other.left - one.right >= 10.0:
                for point in range(int(one.right) + 1, int(other.left)):
                    if 0.35 * width < point - left < 0.65 * width:
                        gaps[point] += 1
    if not gaps:
        return None
    most = max(gaps.values())
    points = [point for point, count in gaps.items() if count >= 0.9 * most]
    gutter = float(median(points))
    apart = [row for row in rows if not _crosses(row, gutter)]
    words = [word for row in apart for word in row.words]
    # Lines of the two columns need not stand at one height: each side is looked at by itself.
    sides = [
        _group_rows([word for word in words if (word.right <= gutter) == first], 0, 0)
        for first in (True, False)
    ]
    # Columns of print are full on both sides; a label and its words, or a table, are not.
    full = all(
        len(side) >= 5
        and sum(1 for row in side if row.right - row.left > 0.24 * width) * 2 > len(side)
        for side in sides
    )
    return gutter if most >= 5 and len(apart) * 2 > len(rows) and full else None


def _drop_furniture(pages: Sequence[list[_Row]], sizes: Sequence[Page]) -> list[_Row]:
    """The rows without running headers, footers and page numbers."""
    places: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for rows, size in zip(pages, sizes, strict=True):
        for row in _margin_rows(rows, size):
            places[_figureless(row)].append((row.page, row.top))
    written = sum(1 for rows in pages if rows)

    def is_running(row: _Row) -> bool:
        same = {page for page, top in places[_figureless(row)] if abs(top - row.top) < _SAME_HEIGHT}
        return len(same) >= max(2, _RUNNING_SHARE * written)

    kept: list[_Row] = []
    for rows, size in zip(pages, sizes, strict=True):
        margin = set(map(id, _margin_rows(rows, size)))
        kept += [
            row
            for row in rows
            if id(row) not in margin or not (is_running(row) or _PAGE_NUMBER.fullmatch(row.text))
        ]
    return kept


def _margin_rows(rows: Sequence[_Row], size: Page) -> list[_Row]:
    """The outermost rows of a page, top and foot."""
    ordered = sorted(rows, key=lambda row: row.top)
    top = [row for row in ordered[:3] if row.bottom < _MARGIN * size.height]
    foot = [row for row in ordered[-3:] if row.top > (1 - _MARGIN) * size.height]
    return top + [row for row in foot if row not in top]


def _figureless(row: _Row) -> str:
    return re.sub(r"\d+", "#", row.text.casefold())


def _mark_openings(rows: Sequence[_Row]) -> list[Line]:
    lines: list[Line] = []
    gap = _usual_gap(rows)
    edges = _find_edges(rows)
    hanging = _is_hanging(rows, edges)
    before: _Row | None = None
    for number, row in enumerate(rows, start=1):
        marked = _count_bold(row)
        left, right = edges[row.column]
        opens = before is None or _opens(before, row, gap, left, right, hanging)
        if before is not None and 0 < marked < len(row.text) and not before.words[-1].bold:
            # A bold label begins a turn, whatever the space above it.
            opens = True
        lines.append(Line(row.text, number, marked, opens))
        before = row
    return lines


def _opens(before: _Row, row: _Row, gap: float, left: float, right: float, hanging: bool) -> bool:
    indented = row.left > left + _INDENT
    short = before.right < before.left + 0.75 * (right - left)
    ended = bool(_SENTENCE_END.search(before.text))
    if before.page == row.page and before.column == row.column:
        if row.top - before.top > _GAP * gap:
            return True
        if hanging:
            return not indented
        if indented and before.left <= left + _INDENT:
            return True
        return ended and short
    if hanging:
        return not indented
    return indented or (ended and short)


def _usual_gap(rows: Sequence[_Row]) -> float:
    steps = [
        row.top - before.top
        for before, row in pairwise(rows)
        if row.page == before.page and row.column == before.column and row.top > before.top
    ]
    # The lower quarter: where paragraphs are a line or two, half of all gaps part them.
    return sorted(steps)[len(steps) // 4] if steps else 14.0


def _find_edges(rows: Sequence[_Row]) -> dict[int, tuple[float, float]]:
    """Each column's left edge (the leftmost that comes back) and its right one."""
    edges = {}
    for column in {row.column for row in rows}:
        own = [row for row in rows if row.column == column]
        lefts = Counter(round(row.left) for row in own)
        common = [left for left, count in lefts.items() if count >= 0.05 * len(own)]
        edges[column] = (float(min(common or lefts)), max(row.right for row in own))
    return edges


def _is_hanging(rows: Sequence[_Row], edges: dict[int, tuple[float, float]]) -> bool:
    """Whether first lines stick out and the others are set in, as beside a label."""
    inner = [row.left for row in rows if row.left > edges[row.column][0] + _INDENT]
    if len(inner) * 2 < len(rows) or len(inner) == len(rows):
        return False
    # Continuations share one edge; anything else is only a ragged page.
    return max(Counter(round(left / 4) for left in inner).values()) * 2 > len(inner)


def _count_bold(row: _Row) -> int:
    bold = 0
    for word in row.words:
        if not word.bold:
            break
        bold += len(word.text) + 1
    return max(0, bold - 1)


def _mend_hyphens(lines: Sequence[Line]) -> list[Line]:
    """Words broken at a line's end put together on the line they begin on."""
    known = Counter(
        word.casefold() for line in lines for word in _WORD.findall(line.text.rstrip("-\xad"))
    )
    mended: list[Line] = []
    for line in lines:
        before = mended[-1] if mended else None
        broken = _BROKEN.search(before.text) if before and not line.opens else None
        rest = _WORD.match(line.text)
        if before is None or broken is None or rest is None or not rest[0][0].islower():
            mended.append(line)
            continue
        first, second, remainder = line.text.partition(" ")
        hyphen = "-" if _keeps_hyphen(broken[1], rest[0], known) else ""
        mended[-1] = replace(before, text=before.text[:-1] + hyphen + first)
        if second:
            mended.append(
                replace(line, text=remainder, marked=max(0, line.marked - len(first) - 1))
            )
    return mended


def _keeps_hyphen(first: str, second: str, known: Counter[str]) -> bool:
    """Whether the hyphen is the word's own ("drop-in") and not only the line's end."""
    first, second = first.casefold(), second.casefold()
    if known[first + second]:
        return False
    if known[f"{first}-{second}"] or "-" in first or "-" in second:
        return True
    if first in _COMPOUND:
        return True
    return len(first) > 2 and len(second) > 2 and known[first] > 0 and known[second] > 1
