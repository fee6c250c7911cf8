"""Reads the participants file: who each speaker is, and what may be quoted of her words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from themecode.errors import UnreadableFile
from themecode.model import Consent, Participant, ParticipantRow, Problem
from themecode.transcripts.grids import (
    Grid,
    Row,
    find_header,
    name_columns,
    read_csv_grid,
    read_xlsx_grids,
)
from themecode.transcripts.tables import plain_name

_CONSENTS = {
    "quote": Consent.QUOTE,
    "quotes": Consent.QUOTE,
    "paraphrase": Consent.PARAPHRASE,
    "none": Consent.NONE,
}
_OWN = ("participant", "transcript", "speaker", "role", "consent")


def read_participants(
    path: Path,
) -> tuple[tuple[ParticipantRow, ...], tuple[Problem, ...]]:
    """The rows of a participants file (.csv or .xlsx), and what is wrong with it.

    A row with a fault in one field is still given, without that field; a row that names no
    participant is not.

    Returns:
        The rows in the file's order, and the problems with their line numbers.

    Raises:
        UnreadableFile: if the file cannot be read, or has no column called "participant".
    """
    grid = _read_grid(path)
    found = find_header(grid.rows, _is_header)
    if found is None:
        columns = name_columns(grid.rows[0].cells)
        raise UnreadableFile(
            "a participants file needs a column called “participant”. The columns found are "
            f"{columns}. Rename the one that holds each person's id or pseudonym."
        )
    at, header = found
    problems = [Problem(str(path), line, note, blocks=False) for line, note in grid.notes]
    titles = _name_columns(header, path, problems)
    rows = [
        person
        for row in grid.rows[at + 1 :]
        if (person := _read_row(row, titles, path, problems)) is not None
    ]
    if not rows and not problems:
        raise UnreadableFile("it names its columns but no participant. Add a row a participant.")
    _check_against_each_other(rows, path, problems)
    return tuple(rows), tuple(problems)


def read_consent(cell: str) -> tuple[Consent | None, str | None]:
    """What a consent cell allows, and what is wrong with it; blank says nothing."""
    word = cell.strip().casefold()
    if not word:
        return None, None
    if word in _CONSENTS:
        return _CONSENTS[word], None
    return None, (
        "the consent of this row is none of quote, paraphrase and none (or blank), so that nothing "
        "is known of what may be quoted. Write one of the three."
    )


def _is_header(cells: Sequence[str]) -> bool:
    return "participant" in {plain_name(cell) for cell in cells}


def _read_grid(path: Path) -> Grid:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        return read_csv_grid(path, is_header=_is_header)
    if suffix == ".xlsx":
        grids = [grid for grid in read_xlsx_grids(path) if grid.rows]
        if not grids:
            raise UnreadableFile("no sheet in it has anything in its cells.")
        return next((grid for grid in grids if find_header(grid.rows, _is_header)), grids[0])
    raise UnreadableFile("a participants file is a .csv or an .xlsx. Save it as one of the two.")


def _name_columns(header: Row, path: Path, problems: list[Problem]) -> tuple[str, ...]:
    """Each column's name: the five known ones in small letters, any other as written."""
    titles: list[str] = []
    for at, cell in enumerate(header.cells):
        plain = plain_name(cell)
        title = plain if plain in _OWN else " ".join(cell.split()) or f"column {at + 1}"
        if title in titles:
            message = f"two columns are called “{title}”; the first was used. Rename the other."
            problems.append(Problem(str(path), header.line, message))
            title = f"{title} ({at + 1})"
        titles.append(title)
    return tuple(titles)


def _read_row(
    row: Row, titles: Sequence[str], path: Path, problems: list[Problem]
) -> ParticipantRow | None:
    cells = [" ".join(cell.split()) for cell in row.cells]
    if any(cells[len(titles) :]):
        message = "this row has more cells than there are columns. Put quotation marks round a cell"
        problems.append(Problem(str(path), row.line, f"{message} that holds a comma."))
    cells += [""] * (len(titles) - len(cells))
    fields = dict(zip(titles, cells, strict=False))
    if not fields["participant"]:
        message = "this row has no participant; it was left out. Give the person's id or pseudonym."
        problems.append(Problem(str(path), row.line, message))
        return None
    consent, fault = read_consent(fields.get("consent", ""))
    if fault:
        problems.append(Problem(str(path), row.line, fault))
    participant = Participant(
        fields["participant"],
        fields.get("role") or None,
        _read_attributes(fields),
        consent,
    )
    transcript, speaker = fields.get("transcript"), fields.get("speaker")
    return ParticipantRow(participant, transcript or None, speaker or None, row.line)


def _read_attributes(fields: Mapping[str, str]) -> dict[str, str]:
    unnamed = {title for title, cell in fields.items() if title.startswith("column ") and not cell}
    return {
        title: cell for title, cell in fields.items() if title not in _OWN and title not in unnamed
    }


def _check_against_each_other(
    rows: Sequence[ParticipantRow], path: Path, problems: list[Problem]
) -> None:
    """Rows that say different things of one person, or give one speaker to two people."""
    people: dict[str, ParticipantRow] = {}
    places: dict[tuple[str | None, str], ParticipantRow] = {}
    for row in rows:
        first = people.setdefault(row.participant.id, row)
        differing = _find_differences(first.participant, row.participant)
        if differing:
            problems.append(
                Problem(
                    str(path),
                    row.line,
                    f"participant “{row.participant.id}” stands at line {first.line} already, with "
                    f"another {', '.join(differing)}. Make the two rows agree.",
                )
            )
        if row.speaker is None:
            continue
        place = (row.transcript_id, row.speaker.casefold())
        other = places.setdefault(place, row)
        if other.participant.id != row.participant.id:
            problems.append(
                Problem(
                    str(path),
                    row.line,
                    f"the same speaker of the same transcript is another participant at line "
                    f"{other.line}. Keep one of the two rows.",
                )
            )


def _find_differences(one: Participant, other: Participant) -> list[str]:
    differing = [
        title for title in ("role", "consent") if getattr(one, title) != getattr(other, title)
    ]
    return differing + [
        title
        for title in one.attributes
        if one.attributes[title] != other.attributes.get(title, one.attributes[title])
    ]
