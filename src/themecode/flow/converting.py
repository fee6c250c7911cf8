"""A codebook from one kind of file to another: YAML, Word, Excel, CSV, REFI-QDA."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode.codebook import find_codebook
from themecode.errors import ThemecodeError, UnreadableFile
from themecode.exports.files import open_target
from themecode.flow.codebooks import FaultyCodebook, load_codebook
from themecode.model import Codebook, Problem

if TYPE_CHECKING:
    from themecode.exchange.rows import CodebookRows

YAML = (".yaml", ".yml")
WRITTEN = (*YAML, ".docx", ".xlsx", ".csv", ".qdc")
READ = (*WRITTEN, ".qdpx")


@dataclass(frozen=True, slots=True)
class Converted:
    """A codebook that was converted.

    Args:
        lost: what the new file has no place for, in words.
        problems: what to know about it; none of them block it.
    """

    codebook: Codebook
    lost: tuple[str, ...]
    problems: tuple[Problem, ...]


def convert_codebook(source: str, target: Path, *, cues_from: str | None = None) -> Converted:
    """Read a codebook from one kind of file and write it as another, told by their endings.

    Args:
        source: a path, or the name of a codebook that ships.
        target: replaced if it is there.
        cues_from: a codebook whose cues the codes of the same ids keep, where they bring none.

    Raises:
        FaultyCodebook: something in the source must be mended first.
        ThemecodeError: it cannot be read, or an ending is of no known kind.
    """
    from themecode.exchange.rows import keep_cues, list_lost, list_rows, write_yaml

    ending = target.suffix.lower()
    if ending not in WRITTEN:
        raise ThemecodeError(
            f"{target} has a name that says no kind of codebook: end it in {', '.join(WRITTEN)}."
        )
    codebook, raw, problems = read_any_codebook(source, cues_from=cues_from)
    if ending not in YAML:
        lost = list_lost(codebook, cues=ending == ".xlsx")
        _find_writer(ending)(codebook, target)
        return Converted(codebook, tuple(lost), problems)
    if Path(source).suffix.lower() in YAML and cues_from:
        other = load_codebook(find_codebook(cues_from))[0]
        raw = write_yaml(keep_cues(list_rows(codebook), other))
    with open_target(target) as stream:
        stream.write(raw)
    return Converted(codebook, (), problems)


def read_any_codebook(
    source: str, *, cues_from: str | None = None
) -> tuple[Codebook, bytes, tuple[Problem, ...]]:
    """A codebook from any kind of file, as a codebook file's bytes too; raises as above."""
    from themecode.exchange import rows

    path = Path(source)
    ending = path.suffix.lower()
    if ending in YAML or (not ending and not path.is_file()):
        return load_codebook(find_codebook(source))
    if ending not in READ:
        raise ThemecodeError(
            f"{path} is no kind of codebook that can be read: it should end in {', '.join(READ)}."
        )
    try:
        found = _read_rows(path, ending)
    except UnreadableFile as error:
        raise FaultyCodebook(str(path), (Problem(str(path), None, str(error)),)) from error
    found = rows.fill_in(found, title=path.stem.replace("_", " "))
    if cues_from is not None:
        found = rows.keep_cues(found, load_codebook(find_codebook(cues_from))[0])
    faults = tuple(rows.find_faults(found, path=str(path)))
    if faults:
        raise FaultyCodebook(str(path), faults)
    return _as_codebook(rows.write_yaml(found), path)


def _as_codebook(raw: bytes, path: Path) -> tuple[Codebook, bytes, tuple[Problem, ...]]:
    """The codebook, checked as any is; lines are of the file it becomes, so they are not told."""
    from themecode.codebook import parse_codebook
    from themecode.suggest.listen import check_cues

    codebook, problems = parse_codebook(raw, name=str(path))
    if codebook is not None:
        problems = (*problems, *check_cues(codebook, path=str(path)))
    problems = tuple(
        Problem(problem.path, None, problem.message, blocks=problem.blocks) for problem in problems
    )
    if codebook is None or any(problem.blocks for problem in problems):
        raise FaultyCodebook(str(path), problems)
    return codebook, raw, problems


def _read_rows(path: Path, ending: str) -> CodebookRows:
    from themecode.exchange import project_in, qdc, tables, word
    from themecode.transcripts.guards import read_bytes

    match ending:
        case ".docx":
            return word.read_docx(path)
        case ".xlsx":
            return tables.read_xlsx(path)
        case ".csv":
            return tables.read_csv(path)
        case ".qdpx":
            return project_in.read_project(path).codes
    return qdc.read_qdc(read_bytes(path))


def _find_writer(ending: str) -> Callable[[Codebook, Path], Any]:
    from themecode.exchange import qdc, tables, word

    return {
        ".docx": word.write_docx,
        ".xlsx": tables.write_xlsx,
        ".csv": tables.write_csv,
        ".qdc": qdc.write_qdc,
    }[ending]
