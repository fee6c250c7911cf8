"""A REFI-QDA project (.qdpx) from another program, read into records; nothing in it is trusted."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.errors import UnreadableFile
from themecode.exchange.offsets import COUNTINGS, Counting, OffsetMap, find_counting
from themecode.exchange.qdc import children, list_code_rows, local, parse_xml, read_description
from themecode.exchange.rows import CodebookRows
from themecode.exchange.variables import CONSENT, KIND, ROLE
from themecode.model import Consent, Participant, ParticipantRow, Span, TranscriptKind
from themecode.transcripts.guards import open_archive, read_part

if TYPE_CHECKING:
    from lxml.etree import _Element

_LINE_ENDS = re.compile(r"\r\n?")
#: How programs that are known name themselves, and how they count.
_ORIGINS = {"nvivo": "nvivo", "atlas": "atlasti", "maxqda": "maxqda"}
_INTERNAL = "internal://"


@dataclass(frozen=True, slots=True)
class MarkedPassage:
    """A code that somebody put on a passage.

    Args:
        span: of the source's text, in code points. None: the passage could not be placed.
        code: the code's name.
        code_id: themecode's id of it, where the file says. "" otherwise.
        coder: who put it there.
        made_at: in UTC. None: the file does not say.
    """

    span: Span | None
    code: str
    code_id: str
    coder: str
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProjectSource:
    """One text of a project.

    Args:
        text: with line ends as one character.
        passages: in the file's order.
        kind: of transcript, where the file says. None otherwise.
        said: what each case says in it, where it is not hers alone.
    """

    name: str
    text: str
    passages: tuple[MarkedPassage, ...]
    kind: TranscriptKind | None = None
    said: tuple[tuple[Span, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ProjectNote:
    """A note somebody wrote.

    Args:
        guid: the file's id of it.
        made_at: in UTC. None: the file does not say.
    """

    guid: str
    name: str
    text: str
    author: str
    made_at: datetime | None


@dataclass(frozen=True, slots=True)
class Project:
    """A project as it was read.

    Args:
        origin: the program that made it, as it names itself.
        counting: how it was found to count.
        codes: its codebook.
        cases: who speaks, and the text she alone speaks in, where the file says.
        left_out: what is in it and was not read, in words.
    """

    origin: str
    counting: Counting
    codes: CodebookRows
    sources: tuple[ProjectSource, ...]
    cases: tuple[ParticipantRow, ...]
    notes: tuple[ProjectNote, ...]
    left_out: tuple[str, ...]


@dataclass(slots=True)
class _Names:
    """What ids stand for."""

    users: dict[str, str] = field(default_factory=dict)
    codes: dict[str, tuple[str, str]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    speakers: dict[str, str] = field(default_factory=dict)

    def coder(self, guid: str) -> str:
        """Who a user is."""
        return self.users.get(guid, "another program")


def read_project(path: Path, *, counting: Counting | None = None) -> Project:
    """Read a project.

    Args:
        path: the .qdpx file.
        counting: how its program counts. None: told from its passages.

    Raises:
        UnreadableFile: it is no project, or is damaged, locked or harmful.
    """
    with open_archive(path, main_part=_find_main_part(path)) as archive:
        inside = {name.casefold(): name for name in archive.namelist()}
        root = parse_xml(read_part(archive, _main_of(archive)))
        if local(root) != "Project":
            raise UnreadableFile("this is not a REFI-QDA project. Export it again as a project.")
        names = _read_names(root)
        texts = [
            (source, _read_text(source, archive, inside))
            for sources in children(root, "Sources")
            for source in sources
            if local(source) == "TextSource"
        ]
        notes = tuple(
            _read_note(note, archive, inside, names)
            for held in children(root, "Notes")
            for note in children(held, "Note")
        )
    origin = root.get("origin", "")
    found = counting or find_counting(
        [(text, _positions(source)) for source, text in texts if text is not None],
        expected=_expect(origin),
    )
    return Project(
        origin,
        found,
        CodebookRows(
            tuple(row for book in children(root, "CodeBook") for row in list_code_rows(book))
        ),
        tuple(
            ProjectSource(
                source.get("name", ""),
                text,
                _read_passages(source, text, found, names),
                _read_kind(source, names),
                _read_speakers(source, text, found, names),
            )
            for source, text in texts
            if text is not None
        ),
        tuple(
            row
            for cases in children(root, "Cases")
            for case in children(cases, "Case")
            for row in _read_case(case, names)
        ),
        notes,
        tuple(_list_left_out(root, [source for source, text in texts if text is None])),
    )


def _find_main_part(path: Path) -> str:
    """The name of the project's main part; a placeholder where the file is no archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            return _main_of(archive)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return "project.qde"


def _main_of(archive: zipfile.ZipFile) -> str:
    return next(
        (name for name in archive.namelist() if name.lower().endswith(".qde") and "/" not in name),
        "project.qde",
    )


def _expect(origin: str) -> Counting:
    for program, name in _ORIGINS.items():
        if program in origin.lower():
            return COUNTINGS[name]
    return COUNTINGS["standard"]


def _read_names(root: _Element) -> _Names:
    names = _Names()
    for users in children(root, "Users"):
        for user in users:
            names.users[_guid(user)] = user.get("name") or user.get("id") or "someone"
    for codebook in children(root, "CodeBook"):
        for codes in children(codebook, "Codes"):
            for code in codes.iter():
                if isinstance(code.tag, str) and local(code) == "Code":
                    _, parts = read_description(code)
                    code_id = parts.get("id", [""])[0]
                    names.codes[_guid(code)] = (code.get("name", ""), code_id)
    for variables in children(root, "Variables"):
        for variable in variables:
            names.variables[_guid(variable)] = variable.get("name", "")
    for sources in children(root, "Sources"):
        for source in sources:
            names.sources[_guid(source)] = source.get("name", "")
    names.speakers.update(
        (_guid(reference, "targetGUID"), case.get("name", "").strip())
        for cases in children(root, "Cases")
        for case in children(cases, "Case")
        for reference in children(case, "SelectionRef")
    )
    return names


def _read_values(owner: _Element, names: _Names) -> dict[str, str]:
    """The variables of a source or a case, by name."""
    values = {}
    for value in children(owner, "VariableValue"):
        name = said = ""
        for part in value:
            if local(part) == "VariableRef":
                name = names.variables.get(_guid(part, "targetGUID"), "")
            else:
                said = (part.text or "").strip()
        if name and said:
            values[name] = said
    return values


def _read_kind(source: _Element, names: _Names) -> TranscriptKind | None:
    try:
        return TranscriptKind(_read_values(source, names).get(KIND, ""))
    except ValueError:
        return None


def _read_case(case: _Element, names: _Names) -> Iterator[ParticipantRow]:
    """A case that has a name, once for each text that is hers alone, or once."""
    name = case.get("name", "").strip()
    if not name:
        return
    values = _read_values(case, names)
    role = values.pop(ROLE, None)
    try:
        consent = Consent(values.pop(CONSENT, ""))
    except ValueError:
        consent = None
    participant = Participant(name, role, values, consent)
    texts: list[str | None] = [
        names.sources[guid]
        for reference in children(case, "SourceRef")
        if (guid := _guid(reference, "targetGUID")) in names.sources
    ]
    for text in texts or [None]:
        yield ParticipantRow(participant, text)


def _read_note(
    note: _Element, archive: zipfile.ZipFile, inside: Mapping[str, str], names: _Names
) -> ProjectNote:
    return ProjectNote(
        _guid(note),
        note.get("name", ""),
        (_read_text(note, archive, inside) or "").strip(),
        names.coder(_guid(note, "creatingUser")),
        _read_time(note.get("creationDateTime", "")),
    )


def _guid(element: _Element, name: str = "guid") -> str:
    return element.get(name, "").strip("{}").lower()


def _read_text(source: _Element, archive: zipfile.ZipFile, inside: Mapping[str, str]) -> str | None:
    """A source's words; None where the project does not hold them."""
    for content in children(source, "PlainTextContent"):
        return _LINE_ENDS.sub("\n", content.text or "")
    path = source.get("plainTextPath", "")
    if not path.lower().startswith(_INTERNAL):
        return None
    # Programs differ in the capital of the folder, and NVivo's zip in its slashes.
    name = inside.get(f"sources/{path[len(_INTERNAL) :].lstrip('/')}".casefold())
    if name is None:
        return None
    raw = read_part(archive, name)
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return _LINE_ENDS.sub("\n", raw.decode(encoding, "replace"))


def _positions(source: _Element) -> list[tuple[int, int]]:
    """The places of a source's coded passages, as its program counts."""
    return [
        places
        for selection in children(source, "PlainTextSelection")
        if any(True for _ in children(selection, "Coding"))
        and (places := _read_places(selection)) is not None
    ]


def _read_places(selection: _Element) -> tuple[int, int] | None:
    try:
        return int(selection.get("startPosition", "")), int(selection.get("endPosition", ""))
    except ValueError:
        return None


def _read_passages(
    source: _Element, text: str, counting: Counting, names: _Names
) -> tuple[MarkedPassage, ...]:
    places = OffsetMap(text, counting)
    passages: list[MarkedPassage] = []
    for selection in children(source, "PlainTextSelection"):
        span = _make_span(places, _read_places(selection))
        for coding in children(selection, "Coding"):
            passages.extend(_read_coding(coding, selection, span, names))
    whole = Span(0, len(text))
    for coding in children(source, "Coding"):
        passages.extend(_read_coding(coding, source, whole, names))
    return tuple(passages)


def _read_speakers(
    source: _Element, text: str, counting: Counting, names: _Names
) -> tuple[tuple[Span, str], ...]:
    """What each case says in a source that is not hers alone."""
    places = OffsetMap(text, counting)
    return tuple(
        (span, name)
        for selection in children(source, "PlainTextSelection")
        if (name := names.speakers.get(_guid(selection), ""))
        and (span := _make_span(places, _read_places(selection))) is not None
    )


def _make_span(places: OffsetMap, positions: tuple[int, int] | None) -> Span | None:
    if positions is None:
        return None
    start, end = (places.back(position) for position in positions)
    return None if start is None or end is None or start >= end else Span(start, end)


def _read_coding(
    coding: _Element, owner: _Element, span: Span | None, names: _Names
) -> Iterator[MarkedPassage]:
    user = _guid(coding, "creatingUser") or _guid(owner, "creatingUser")
    made = coding.get("creationDateTime") or owner.get("creationDateTime") or ""
    for reference in children(coding, "CodeRef"):
        code, code_id = names.codes.get(_guid(reference, "targetGUID"), ("", ""))
        yield MarkedPassage(span, code, code_id, names.coder(user), _read_time(made))


def _read_time(written: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _list_left_out(root: _Element, textless: Sequence[_Element]) -> Iterator[str]:
    if textless:
        yield f"texts that the project does not hold: {len(textless)}"
    kinds = {
        "PictureSource": "pictures",
        "PDFSource": "PDF sources",
        "AudioSource": "sound recordings",
        "VideoSource": "video recordings",
    }
    for sources in children(root, "Sources"):
        for kind, name in kinds.items():
            count = sum(1 for _ in children(sources, kind))
            if count:
                yield f"{name}: {count}"
    for part, name in (
        ("Links", "links"),
        ("Sets", "sets"),
        ("Graphs", "graphs"),
    ):
        count = sum(len(each) for each in children(root, part))
        if count:
            yield f"{name}: {count}"
