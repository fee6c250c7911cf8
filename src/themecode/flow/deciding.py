"""People's decisions about names: read back from the workbook, and kept in the key."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path

from themecode.errors import StudyNotWritable, ThemecodeError, UnreadableFile
from themecode.model import Problem
from themecode.pseudonyms.candidates import Kind
from themecode.pseudonyms.key import Action, Entry, read_key, write_key
from themecode.pseudonyms.rows import Row, decide_row
from themecode.store.key_file import read_key_file, write_key_file
from themecode.transcripts.grids import Grid, find_header, read_csv_grid, read_xlsx_grids

_ACTIONS = {action.value: action for action in Action} | {
    "replaced": Action.REPLACE, "r": Action.REPLACE, "k": Action.KEEP, "kept": Action.KEEP,
    "generalize": Action.GENERALISE, "g": Action.GENERALISE,
}  # fmt: skip


def load_key(path: Path, passphrase: str | None = None) -> tuple[Entry, ...]:
    """The decisions in a key; none where there is no file of that name yet.

    Args:
        path: the key.
        passphrase: what opens it. None: it is not encrypted.

    Raises:
        ThemecodeError: it cannot be read, the passphrase does not open it, or it is no key.
    """
    try:
        text = read_key_file(path, passphrase)
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise ThemecodeError(
            f"The key {path} cannot be read. Check that it is the file `decide` wrote, and yours to read."
        ) from error
    return read_key(text, path=str(path))


def save_key(entries: Iterable[Entry], path: Path, passphrase: str | None = None) -> None:
    """Write the key whole, readable by its owner alone, and encrypted where there is a passphrase.

    Raises:
        StudyNotWritable: it cannot be written; it is as it was.
    """
    try:
        write_key_file(path, write_key(entries), passphrase)
    except OSError as error:
        raise StudyNotWritable(
            f"The key {path} could not be written ({error.strerror or 'the disk does not answer'}); it is "
            "as it was. Make room, or name a place you may write to, then run this again."
        ) from error


def read_decisions(
    path: Path,
    rows: Sequence[Row],
    *,
    is_ordinary: Callable[[str], bool],
    transcripts: Iterable[str],
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """The decisions of a filled-in workbook (.xlsx, or .csv saved from it).

    Args:
        path: the file.
        rows: what was found in the study, for the ways each name is written.
        is_ordinary: whether a word is an everyday one.
        transcripts: ids a decision may be limited to.

    Returns:
        The decisions, and what could not be read, by line. Nobody's name stands in a problem.

    Raises:
        UnreadableFile: it is no such workbook.
    """
    grid, at, titles = _find_table(path)
    known = {_fold(row.words): row for row in rows}
    ids = frozenset(transcripts)
    entries: list[Entry] = []
    problems: list[Problem] = []
    for line in grid.rows[at + 1 :]:
        cells = dict(zip(titles, (cell.strip() for cell in line.cells), strict=False))
        said = cells.get("decision", "")
        if not said or not cells.get("words"):
            continue
        row = known.get(_fold(cells["words"])) or make_missed_row(
            cells["words"], cells.get("what", "")
        )
        try:
            entries.extend(
                decide_about(
                    row,
                    said,
                    cells.get("becomes", ""),
                    is_ordinary=is_ordinary,
                    only=cells.get("only in transcript", ""),
                    transcripts=ids,
                )
            )
        except UnfitDecision as unfit:
            problems.append(Problem(str(path), line.line, str(unfit)))
    return tuple(entries), (*problems, *_check_becomes(entries, str(path)))


class UnfitDecision(ThemecodeError):
    """A decision about a name that cannot be kept; says why, in words that name nobody."""


def decide_about(
    row: Row,
    said: str,
    becomes: str,
    *,
    is_ordinary: Callable[[str], bool],
    only: str = "",
    transcripts: Collection[str] = frozenset(),
) -> tuple[Entry, ...]:
    """One decision as the key keeps it, wherever it was made: workbook, terminal or page.

    Args:
        row: what it is about.
        said: replace, keep or generalise.
        becomes: what takes its place, with or without brackets.
        is_ordinary: whether a word is an everyday one.
        only: the one transcript it holds for. "": all.
        transcripts: ids it may be limited to.

    Raises:
        UnfitDecision: it cannot be kept.
    """
    action = _ACTIONS.get(said.casefold())
    if action is None:
        raise UnfitDecision(
            "the decision is none of replace, keep and generalise. Choose one, or leave it empty."
        )
    plain = " ".join(becomes.replace("[", " ").replace("]", " ").split())
    if action is not Action.KEEP and not plain:
        raise UnfitDecision(
            "nothing is given to stand in its place. Fill in what it becomes, or choose keep."
        )
    if only and only not in transcripts:
        raise UnfitDecision(
            "“only in transcript” names no transcript of the study. `themecode status` lists them."
        )
    if action is not Action.KEEP and _fold(plain) == _fold(row.words):
        raise UnfitDecision(
            "what it becomes is the same as the words. Choose keep, or put something else in its place."
        )
    ordinary = all(is_ordinary(word.casefold()) for word in row.words.split())
    return decide_row(row, action, plain, is_ordinary=ordinary, transcript_id=only or None)


def _find_table(path: Path) -> tuple[Grid, int, list[str]]:
    def is_header(cells: Sequence[str]) -> bool:
        return {"words", "decision"} <= {cell.strip().casefold() for cell in cells}

    grids = (
        list(read_xlsx_grids(path))
        if path.suffix.lower() == ".xlsx"
        else [read_csv_grid(path, is_header=is_header)]
    )
    for grid in grids:
        found = find_header(grid.rows, is_header)
        if found is not None:
            at, header = found
            return grid, at, [cell.strip().casefold() for cell in header.cells]
    raise UnreadableFile(
        f"{path} has no columns called “words” and “decision”. Give the workbook that "
        "`themecode pseudonymise find -o FILE.xlsx` wrote."
    )


def _fold(words: str) -> str:
    return " ".join(words.replace("’", "'").casefold().split())


def make_missed_row(words: str, what: str) -> Row:
    """A row for words the researcher added herself, because no finder saw them."""
    kind = next((each for each in Kind if each.value == what.casefold()), Kind.PERSON)
    plain = " ".join(words.split())
    return Row(plain, (plain,), kind, 0, (), (), "")


def _check_becomes(entries: Sequence[Entry], path: str) -> Iterable[Problem]:
    """A pseudonym that is itself a name to be replaced would be replaced in its turn, or mislead."""
    names = {_fold(entry.words) for entry in entries if entry.action is Action.REPLACE}
    used = sum(_fold(entry.becomes) in names for entry in entries if entry.becomes)
    if used:
        yield Problem(
            path,
            None,
            f"{used} of the pseudonyms are names that somebody in the study has. Nothing breaks, but "
            "a reader may take one person for another: choose others if you can.",
            blocks=False,
        )
