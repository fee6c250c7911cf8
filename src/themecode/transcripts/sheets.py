"""Reads .csv and .xlsx sheets: one row a turn of a conversation, or one row a survey response."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from themecode.errors import UnreadableFile
from themecode.model import Participant, ParticipantRow, Problem, TranscriptKind
from themecode.transcripts.grids import (
    Grid,
    Row,
    find_header,
    name_columns,
    read_csv_grid,
    read_xlsx_grids,
)
from themecode.transcripts.participants import read_consent
from themecode.transcripts.tables import (
    TEXT_NAMES,
    Columns,
    columns_of_header,
    plain_name,
    read_rows,
    utterances_from_rows,
)
from themecode.transcripts.utterances import Parsed, Utterance

#: What surveys call the column that tells one response from another, best first.
_IDS = [
    "id",
    "response_id",
    "respondent_id",
    "participant_id",
    "respondent",
    "participant",
    "pid",
    "case_id",
    "case",
    "submission_id",
    "row_id",
    "response",
    "number",
    "no",
    "ref",
    "reference",
]
#: Names of speakers' columns that a survey may have as well.
_SHARED_NAMES = frozenset({"name", "label", "person"})
_PEOPLE = frozenset({"participant", "respondent", "participant_id", "respondent_id"})
_NO_ANSWER = frozenset({"n/a", "na", "n.a.", "n.a", "#n/a", "-", "--", "–", "—", ".", "…", "..."})
#: Words a cell of an attribute may hold on average before it looks like another answer.
_ANSWER_WORDS = 8
_MAX_TOLD = 50


def read_csv(path: Path, *, text_column: str | None = None) -> Parsed:
    """Read a .csv whose rows are turns or survey responses.

    Args:
        path: the file.
        text_column: the column of the answers, where it is not called "text".

    Raises:
        UnreadableFile: if it is neither, saying which columns were found.
    """
    grid = read_csv_grid(path, is_header=lambda cells: _has_words(cells, text_column))
    return _read_grids([grid], path, text_column)


def read_xlsx(path: Path, *, text_column: str | None = None) -> Parsed:
    """Read the first sheet of an .xlsx whose rows are turns or survey responses.

    Args:
        path: the file.
        text_column: the column of the answers, where it is not called "text".

    Raises:
        UnreadableFile: if no sheet is either, saying which columns were found.
    """
    return _read_grids([grid for grid in read_xlsx_grids(path) if grid.rows], path, text_column)


def _has_words(cells: Sequence[str], text_column: str | None) -> bool:
    if text_column is not None:
        return plain_name(text_column) in {plain_name(cell) for cell in cells}
    columns = columns_of_header(cells)
    # "text" alone in a row of remarks is not asked for here: a header has other names or no more.
    return columns is not None and len(cells[columns.text].split()) <= 4


def _read_grids(grids: Sequence[Grid], path: Path, text_column: str | None) -> Parsed:
    if not grids:
        raise UnreadableFile("no sheet in it has anything in its cells.")
    headed = [
        (grid, found)
        for grid in grids
        if (found := find_header(grid.rows, lambda cells: _has_words(cells, text_column)))
    ]
    if not headed:
        if text_column is None:
            for grid in grids:
                rows = [row.cells for row in grid.rows]
                if turns := utterances_from_rows(rows, first_line=1):
                    notes = tuple(_note_grid(grid, path))
                    return Parsed(utterances=_renumber(turns, grid.rows), problems=notes)
        raise _no_words(grids[0], text_column)
    grid, (at, header) = headed[0]
    problems = _note_grid(grid, path)
    if len(headed) > 1:
        others = ", ".join(f"“{other.name}”" for other, _ in headed[1:6])
        problems.append(
            Problem(
                str(path),
                None,
                f"only the sheet “{grid.name}” was read; {others} could be read too. Save each "
                "further sheet as a file of its own.",
                blocks=False,
            )
        )
    below = [_mend_width(row, header, path, problems, text_column) for row in grid.rows[at + 1 :]]
    columns = _find_columns(header, text_column)
    if _are_turns(header, columns, below):
        turns = read_rows([row.cells for row in below], columns, first_line=0)
        if turns:
            problems += _note_unread(header, columns, below, path)
            return Parsed(utterances=_renumber(turns, below, 0), problems=tuple(problems))
    parsed = _read_survey(header, columns.text, below, path)
    if not parsed.utterances:
        raise UnreadableFile(
            f"the column “{header.cells[columns.text].strip()}” has no words in any row below its "
            "name. Check that the sheet was saved in full."
        )
    return Parsed(
        utterances=parsed.utterances,
        problems=(*_cap_problems(problems), *_cap_problems(parsed.problems)),
        kind=TranscriptKind.SURVEY,
        respondents=parsed.respondents,
    )


def _note_grid(grid: Grid, path: Path) -> list[Problem]:
    return [Problem(str(path), line or None, note, blocks=False) for line, note in grid.notes]


def _note_unread(
    header: Row, columns: Columns, rows: Sequence[Row], path: Path
) -> Iterator[Problem]:
    """Columns of a conversation that are neither speaker, words nor time, and hold something."""
    used = {columns.text, columns.speaker, columns.time}
    filled = {at for row in rows for at, cell in enumerate(row.cells) if cell.strip()} - used
    if filled:
        named = name_columns([cell for at, cell in enumerate(header.cells) if at in filled])
        message = f"columns that are neither speaker, words nor time were left out: {named}."
        yield Problem(str(path), header.line, message, blocks=False)


def _renumber(
    turns: Sequence[Utterance], rows: Sequence[Row], first: int = 1
) -> tuple[Utterance, ...]:
    """Turns counted by the row they came from, with the file's own line instead."""
    return tuple(
        Utterance(turn.speaker, turn.text, rows[turn.line - first].line, turn.started_at)
        for turn in turns
    )


def _no_words(grid: Grid, text_column: str | None) -> UnreadableFile:
    # The widest of the first rows is the likeliest to be the header.
    header = max(grid.rows[:5], key=lambda row: sum(1 for cell in row.cells if cell.strip()))
    found = name_columns(header.cells)
    if text_column is not None:
        return UnreadableFile(
            f"it has no column called “{text_column}”. The columns found are {found}; name one of "
            "them with --text-column."
        )
    return UnreadableFile(
        "it has no column called “text” (or speaker and text, for a conversation). The columns "
        f"found are {found}; name the one that holds the words with --text-column."
    )


def _find_columns(header: Row, text_column: str | None) -> Columns:
    if text_column is None:
        found = columns_of_header(header.cells)
        assert found is not None, "the header was chosen because it names a column for the words"
        return found
    names = [plain_name(cell) for cell in header.cells]
    text = names.index(plain_name(text_column))
    # The named column stands in as the words'; another that is called "text" is an attribute.
    cells = ["" if plain_name(cell) in TEXT_NAMES else cell for cell in header.cells]
    cells[text] = "text"
    others = columns_of_header(cells)
    return Columns(text, others.speaker if others else None, others.time if others else None)


def _mend_width(
    row: Row, header: Row, path: Path, problems: list[Problem], text_column: str | None
) -> Row:
    """The row, with the pieces of a last cell that held the delimiter itself put together."""
    width = len(header.cells)
    if not any(cell.strip() for cell in row.cells[width:]):
        return row
    problems.append(
        Problem(
            str(path),
            row.line,
            "this row has more cells than there are columns. If its words hold the sign that parts "
            "the cells, put them in quotation marks.",
            blocks=False,
        )
    )
    if _find_columns(header, text_column).text == width - 1:
        last = ",".join(row.cells[width - 1 :])
        return Row(row.line, (*row.cells[: width - 1], last))
    return row


def _are_turns(header: Row, columns: Columns, rows: Sequence[Row]) -> bool:
    names = [plain_name(cell) for cell in header.cells]
    if columns.speaker is None:
        return False
    if names[columns.speaker] not in _SHARED_NAMES:
        return True
    if any(name in _IDS for name in names):
        return columns.time is not None
    labels = Counter(_cell(row, columns.speaker) for row in rows)
    return columns.time is not None or any(count > 1 for name, count in labels.items() if name)


def _read_survey(header: Row, text: int, rows: Sequence[Row], path: Path) -> Parsed:
    names = [plain_name(cell) for cell in header.cells]
    by_name = {name: at for at, name in reversed(list(enumerate(names))) if at != text}
    id_at = next((by_name[name] for name in _IDS if name in by_name), None)
    role_at, consent_at = by_name.get("role"), by_name.get("consent")
    kept = [at for at in range(len(names)) if at not in (text, id_at, role_at, consent_at)]
    titles = _name_attributes(header, kept)
    problems: list[Problem] = []
    utterances: list[Utterance] = []
    people: list[ParticipantRow] = []
    skipped: list[int] = []
    seen: dict[str, int] = {}
    again: Counter[str] = Counter()
    for number, row in enumerate(rows, start=1):
        words = " ".join(_cell(row, text).split())
        if not words or words.casefold() in _NO_ANSWER:
            skipped.append(row.line)
            continue
        given = " ".join(_cell(row, id_at).split()) or str(number)
        response = given
        while response in seen:
            again[given] += 1
            response = f"{given}-{again[given] + 1}"
        if response != given:
            message = (
                f"the id of this row already stands at line {seen[given]}; this response was read "
                f"as “{response}”. Give every response an id of its own."
            )
            problems.append(Problem(str(path), row.line, message, blocks=False))
        seen[response] = row.line
        consent, fault = read_consent(_cell(row, consent_at))
        if fault:
            problems.append(Problem(str(path), row.line, fault, blocks=False))
        who = f"{path.stem}:{response}"
        attributes = {title: _cell(row, at).strip() for at, title in zip(kept, titles, strict=True)}
        person = Participant(who, _cell(row, role_at).strip() or None, attributes, consent)
        people.append(ParticipantRow(person, who, response, row.line))
        utterances.append(Utterance(response, words, row.line))
    if skipped:
        count = f"{len(skipped)} rows have" if len(skipped) > 1 else "a row has"
        message = f"{count} no answer (the first is here) and became no transcript."
        problems.append(Problem(str(path), skipped[0], message, blocks=False))
    problems += _note_other_answers(people, titles, path)
    return Parsed((), tuple(utterances), tuple(problems), respondents=tuple(people))


def _cap_problems(problems: Sequence[Problem]) -> Sequence[Problem]:
    """The first of many problems, and how many more there are."""
    if len(problems) <= _MAX_TOLD:
        return problems
    more = f"{len(problems) - _MAX_TOLD:,} further rows or columns have faults like those above."
    last = Problem(problems[0].path, problems[_MAX_TOLD].line, more, blocks=False)
    return (*problems[:_MAX_TOLD], last)


def _name_attributes(header: Row, kept: Sequence[int]) -> list[str]:
    titles: list[str] = []
    for at in kept:
        title = " ".join(header.cells[at].split()) or f"column {at + 1}"
        titles.append(f"{title} ({titles.count(title) + 1})" if title in titles else title)
    return titles


def _note_other_answers(
    people: Sequence[ParticipantRow], titles: Sequence[str], path: Path
) -> list[Problem]:
    """Columns that look like answers to another question: kept, but not coded unless asked for."""
    notes = []
    for title in titles:
        answers = [person.participant.attributes[title].split() for person in people]
        filled = [len(words) for words in answers if words]
        if filled and sum(filled) > _ANSWER_WORDS * len(filled):
            message = (
                f"the column “{title}” looks like answers too. It was kept as an attribute and is "
                f'not coded; to code it, use --text-column "{title}".'
            )
            notes.append(Problem(str(path), None, message, blocks=False))
    return notes


def _cell(row: Row, column: int | None) -> str:
    return row.cells[column] if column is not None and column < len(row.cells) else ""
