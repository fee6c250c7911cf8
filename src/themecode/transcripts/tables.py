"""Tells which column of a table is the time, which the speaker and which the words.

For `word.py`, `opendocument.py` and `sheets.py`: give `utterances_from_rows` the cells of a table
as plain text, a row at a time, in the table's order, empty cells as "" (a cell that is merged
across columns once, then ""), paragraphs inside a cell parted by a line end. It answers None where
the table is no transcript: a block of facts about the interview, say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from themecode.transcripts.seconds import is_clock, read_seconds
from themecode.transcripts.utterances import Utterance

TIME_NAMES = frozenset(
    [
        "time",
        "start",
        "timestamp",
        "time_stamp",
        "timecode",
        "time_code",
        "start_time",
        "begin",
        "begins",
        "from",
        "started_at",
        "starts",
        "start_s",
        "start_seconds",
        "time_s",
        "start_sec",
        "seconds",
        "offset",
    ]
)
SPEAKER_NAMES = frozenset(
    [
        "speaker",
        "name",
        "who",
        "speaker_name",
        "speaker_label",
        "spoken_by",
        "person",
        "voice",
        "label",
        "speaker_id",
    ]
)
TEXT_NAMES = frozenset(
    [
        "text",
        "utterance",
        "said",
        "words",
        "transcript",
        "transcription",
        "content",
        "speech",
        "dialogue",
        "what_was_said",
        "spoken",
        "spoken_text",
        "utterances",
        "sentence",
        "turn_text",
    ]
)
_MAX_COLUMNS = 8
_MAX_LABEL = 60
_SENTENCE_END = re.compile(r"[.?!…][\"'’”)\]]*$")
_LEADING_TIME = re.compile(r"^[\[(]?(\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?)[\])]?(?=\s|$)\s*")
_LABEL_TIME = re.compile(r"[\[(]?(\d{1,3}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?)[\])]?\s*$")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table keeps what, counted from 0. None: the table has no such column."""

    text: int
    speaker: int | None = None
    time: int | None = None


def plain_name(cell: str) -> str:
    """A column's name as it is compared: small letters, words parted by an underscore."""
    return "_".join(re.findall(r"[^\W_]+", cell.casefold()))


def columns_of_header(cells: Sequence[str]) -> Columns | None:
    """The columns a header row names; None where it names no column for the words."""
    names = [plain_name(cell) for cell in cells]

    def place(known: frozenset[str]) -> int | None:
        return next((at for at, name in enumerate(names) if name in known), None)

    text = place(TEXT_NAMES)
    if text is None:
        return None
    return Columns(text, place(SPEAKER_NAMES), place(TIME_NAMES))


def utterances_from_rows(
    rows: Sequence[Sequence[str]], *, first_line: int
) -> tuple[Utterance, ...] | None:
    """The turns of a table, one row a turn; a row without a speaker goes on with the last one.

    Args:
        rows: cells as text.
        first_line: the place of the first row in the file; each further row counts one on.

    Returns:
        None where the table is not a transcript: no column is a speaker's, or no speaker comes back.
    """
    headed = _find_header(rows)
    if headed is not None:
        begin, columns = headed
    else:
        guessed = _guess_columns(rows)
        if guessed is None:
            return None
        begin, columns = 0, guessed
    utterances = read_rows(rows[begin:], columns, first_line=first_line + begin)
    return utterances or None


def read_rows(
    rows: Sequence[Sequence[str]], columns: Columns, *, first_line: int
) -> tuple[Utterance, ...]:
    """One utterance a row that holds words, from columns already known."""
    found: list[Utterance] = []
    for line, row in enumerate(rows, start=first_line):
        label, in_label = _part_label(_cell(row, columns.speaker))
        words, in_words = _part_words(_cell(row, columns.text))
        time = read_seconds(_cell(row, columns.time))
        started = next((at for at in (time, in_label, in_words) if at is not None), None)
        if not words:
            continue
        if label or columns.speaker is None:
            found.append(Utterance(label, words, line, started))
        elif found:
            last = found[-1]
            found[-1] = Utterance(last.speaker, f"{last.text} {words}", last.line, last.started_at)
        elif sum(1 for cell in row if cell.strip()) > 1:
            found.append(Utterance("", words, line, started))
    return tuple(found)


def _cell(row: Sequence[str], column: int | None) -> str:
    return row[column] if column is not None and column < len(row) else ""


def _part_label(cell: str) -> tuple[str, float | None]:
    """A speaker's label without its colon, and the time that may stand after it."""
    label = " ".join(cell.split())
    time = _LABEL_TIME.search(label)
    started = None
    if time is not None and time.start() > 0:
        started = read_seconds(time[1])
        label = label[: time.start()]
    label = label.strip().rstrip(":").strip()
    if len(label) > 2 and label[0] == "[" and label[-1] == "]":
        label = label[1:-1].strip()
    return label, started


def _part_words(cell: str) -> tuple[str, float | None]:
    words = " ".join(cell.split())
    time = _LEADING_TIME.match(words)
    # "10:30 was when I got up" is speech; a stamp stands in brackets or is followed by a capital.
    if time is None or not (words[0] in "[(" or words[time.end() :][:1].isupper()):
        return words, None
    return words[time.end() :], read_seconds(time[1])


def _find_header(rows: Sequence[Sequence[str]]) -> tuple[int, Columns] | None:
    for at, row in enumerate(rows[:5]):
        columns = columns_of_header(row)
        if columns is not None and columns.speaker is not None:
            return at + 1, columns
    return None


def _guess_columns(rows: Sequence[Sequence[str]]) -> Columns | None:
    """Columns told by what stands in them, where no row names them."""
    width = max((len(row) for row in rows), default=0)
    if not 2 <= width <= _MAX_COLUMNS:
        return None
    filled = [[row[at].strip() for row in rows if _cell(row, at).strip()] for at in range(width)]
    times = [at for at in range(width) if _mostly(filled[at], is_clock)]
    labels = [at for at in range(width) if at not in times and _are_labels(filled[at])]
    if not labels:
        return None
    speaker = labels[0]
    others = [at for at in range(width) if at not in (*times, speaker) and filled[at]]
    if not others:
        return None
    text = max(others, key=lambda at: sum(map(len, filled[at])))
    if sum(map(len, filled[text])) <= sum(map(len, filled[speaker])):
        return None
    return Columns(text, speaker, times[0] if times else None)


def _mostly(cells: Sequence[str], test: Callable[[str], bool]) -> bool:
    return bool(cells) and sum(1 for cell in cells if test(cell)) * 5 >= len(cells) * 4


def _are_labels(cells: Sequence[str]) -> bool:
    """Whether the cells are speakers: short, no sentences, few of them, and they come back."""
    if _mostly(cells, lambda cell: cell.rstrip(".").isdecimal()):
        return False
    labels = [_part_label(cell)[0] for cell in cells]
    if not _mostly(labels, lambda label: 0 < len(label) <= _MAX_LABEL and _is_no_sentence(label)):
        return False
    counts = Counter(labels)
    return len(labels) >= 2 and max(counts.values()) >= 2 and len(counts) * 3 <= len(labels) * 2


def _is_no_sentence(label: str) -> bool:
    return len(label.split()) <= 6 and not (_SENTENCE_END.search(label) and len(label) > 4)
