"""Reads captions (.vtt, .srt) of Zoom, Teams and others into turns.

The cues are parsed here and not by a library. On a dozen small files made like those of Zoom, Teams
and WhisperX, webvtt-py 0.6 gave one voice for a cue that holds two, left `&amp;` as it was, took the
next cue's number for speech where the blank line was missing, and dropped without a word every cue
with a comma in a .vtt time, without hours in an .srt, or with a time it could not read. pysubs2 1.8
dropped the voice tags (and with them who spoke) and the same cues, and refused UTF-16 and a file
that lacks its first line. Neither tells the line a cue stands on, which every Problem needs. What is
left to write is small: a time line and the lines below it. Who speaks is this project's own
question, answered over the whole file in `caption_labels`.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from themecode.errors import UnreadableFile
from themecode.model import Problem
from themecode.transcripts.caption_labels import find_labels, part_label
from themecode.transcripts.encodings import decode_text
from themecode.transcripts.guards import read_bytes
from themecode.transcripts.joins import join_speakers
from themecode.transcripts.seconds import read_seconds
from themecode.transcripts.utterances import Parsed, Utterance

_TIMES = re.compile(r"^\s*([\d:.,]{3,20})\s*-{1,2}>\s*([\d:.,]{3,20})(?:\s.*)?$", re.ASCII)
_ARROW = re.compile(r"^\s*\S{0,24}\s*-->")
_NUMBER = re.compile(r"^\s*\d{1,9}\s*$", re.ASCII)
_GUID = re.compile(
    r"^\s*\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?\S{0,40}\s*$", re.IGNORECASE
)
_BLOCK = re.compile(r"^(?:NOTE|STYLE|REGION)(?:\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s>]{0,80})?(?:[ \t]{1,9}([^<>\n]{0,200}))?>|(</v>)")
_TAG = re.compile(r"</?(?:c|i|b|u|s|ruby|rt|lang|font|span|v)(?:[.\s][^<>\n]*)?/?>", re.IGNORECASE)
_STAMP = re.compile(r"<(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}>")
_OVERRIDE = re.compile(r"\{\\[^{}\n]*\}")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
# Possessive throughout: a row of ten thousand brackets must fail as fast as one.
_SOUND = re.compile(
    r"(?:\s*+(?:\[[^\[\]]*+\]|\([^()]*+\)|[♪♫][^♪♫]*+[♪♫]?+|\*[^*]*+\*)[.,]?+)++\s*+"
)
#: About a hundred hours of captions.
_MAX_BYTES = 16 * 1024 * 1024
_NEW_SPEAKER = re.compile(r"^\s*(?:>>+|»)\s*")


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: where its words begin in the file, its times in seconds, and its lines."""

    line: int
    start: float | None
    end: float | None
    rows: tuple[str, ...]


def read_vtt(path: Path) -> Parsed:
    """Read WebVTT captions (.vtt) into turns.

    Raises:
        UnreadableFile: if it is not text or holds no captions.
    """
    return _read_captions(path, vtt=True)


def read_srt(path: Path) -> Parsed:
    """Read SubRip captions (.srt) into turns.

    Raises:
        UnreadableFile: if it is not text or holds no captions.
    """
    return _read_captions(path, vtt=False)


def _read_captions(path: Path, *, vtt: bool) -> Parsed:
    text, _ = decode_text(read_bytes(path, max_bytes=_MAX_BYTES))
    rows = text.split("\n")
    # What a file calls itself is believed over its ending: services mix the two up.
    vtt = rows[0].strip().startswith("WEBVTT") or vtt
    problems: list[Problem] = []
    cues = list(_split_cues(rows, vtt=vtt, path=path, problems=problems))
    if not cues:
        raise UnreadableFile(
            "no captions were found in it: a line such as 00:00:01.000 --> 00:00:04.000 was "
            "expected above each caption. Export the captions again, or save the words as .txt."
        )
    problems += _check_order(cues, path)
    pieces, sounds = _part_voices(cues)
    if sounds:
        first, count = sounds[0], len(sounds)
        problems.append(
            _note(
                path,
                first,
                "a caption here holds only a sound, such as laughter, and no speaker; it is "
                "nobody's turn and was left out"
                + (f" ({count} such captions in all)." if count > 1 else "."),
            )
        )
    utterances = _join_pieces(pieces)
    if not utterances:
        raise UnreadableFile(
            "its captions hold times but no words. Export the captions again with their text."
        )
    return Parsed(utterances=utterances, problems=tuple(problems))


def _split_cues(
    rows: Sequence[str], *, vtt: bool, path: Path, problems: list[Problem]
) -> Iterator[Cue]:
    """The captions in file order; a line that is no part of one is told of."""
    heads = [at for at, row in enumerate(rows) if _is_head(row)]
    stray = [
        at
        for at in _visible_rows(rows, 0, heads[0] if heads else 0, vtt=vtt)
        if not (at == 0 and rows[0].strip().startswith("WEBVTT")) and not _is_header(rows, at)
    ]
    if stray and heads and stray[-1] == heads[0] - 1:
        stray.pop()
    if stray:
        problems.append(
            _note(
                path,
                stray[0] + 1,
                "lines above the first caption have no time; left out.",
            )
        )
    for at, following in pairwise([*heads, len(rows)]):
        times = _TIMES.match(rows[at])
        start = read_seconds(times[1]) if times else None
        end = read_seconds(times[2]) if times else None
        if start is None or end is None:
            problems.append(
                _note(
                    path,
                    at + 1,
                    "the time of this caption could not be read (00:00:01.000 --> 00:00:04.000 "
                    "was expected); its words were kept.",
                )
            )
        body = list(_visible_rows(rows, at + 1, following, vtt=vtt))
        named = following < len(rows) and bool(body) and body[-1] == following - 1
        if named and _is_identifier(rows, body[-1], above=at, vtt=vtt):
            body.pop()
        if body:
            yield Cue(body[0] + 1, start, end, tuple(rows[row] for row in body))


def _is_head(row: str) -> bool:
    return "->" in row and bool(_TIMES.match(row) or _ARROW.match(row))


def _is_header(rows: Sequence[str], at: int) -> bool:
    """Whether a row belongs to the block that WEBVTT opens (Kind:, Language: and the like)."""
    return rows[0].strip().startswith("WEBVTT") and all(row.strip() for row in rows[:at])


def _is_identifier(rows: Sequence[str], at: int, *, above: int, vtt: bool) -> bool:
    """Whether the row right above a time line names the caption rather than being speech."""
    if _GUID.match(rows[at]):
        return True
    parted = not rows[at - 1].strip()
    if _NUMBER.match(rows[at]):
        # "42" alone under its own time is what was said, unless a blank line says otherwise.
        return parted or at - 1 > above
    return vtt and parted


def _visible_rows(rows: Sequence[str], begin: int, end: int, *, vtt: bool) -> Iterator[int]:
    """Rows that hold something, without NOTE, STYLE and REGION blocks."""
    hidden = False
    for at in range(begin, end):
        if not rows[at].strip():
            hidden = False
        elif vtt and (at == 0 or not rows[at - 1].strip()) and _BLOCK.match(rows[at]):
            hidden = True
        elif not hidden:
            yield at


def _check_order(cues: Sequence[Cue], path: Path) -> list[Problem]:
    backwards = []
    latest = 0.0
    for cue in cues:
        if cue.start is None:
            continue
        if cue.start < latest or (cue.end is not None and cue.end < cue.start):
            backwards.append(cue.line)
        latest = cue.start
    if not backwards:
        return []
    more = f" and at {len(backwards) - 1} other places" if len(backwards) > 1 else ""
    return [
        _note(
            path,
            backwards[0],
            f"the times of the captions run backwards here{more}. The words were read in the "
            "order of the file; check that nothing was pasted in the wrong place.",
        )
    ]


def _part_voices(cues: Sequence[Cue]) -> tuple[list[tuple[Utterance, bool]], list[int]]:
    """Pieces of speech in order, whether each opens a new turn, and where mere sounds stand."""
    rolling = any(_STAMP.search(row) for cue in cues for row in cue.rows)
    labels = find_labels([[_clean(_VOICE.sub("", row)) for row in cue.rows] for cue in cues])
    pieces: list[tuple[Utterance, bool]] = []
    sounds: list[int] = []
    speaker, before = "", ""
    for cue in cues:
        voice = ""
        for offset, row in enumerate(cue.rows):
            for spoken, raw in _split_voices(row, voice):
                voice = spoken
                words = _clean(raw)
                opens = bool(_NEW_SPEAKER.match(words))
                words = _NEW_SPEAKER.sub("", words)
                if not words or (rolling and words == before):
                    continue
                before = words
                label, said = part_label(words, labels) if not voice else (voice, words)
                if voice and said.startswith(f"{voice}:"):
                    said = said[len(voice) + 1 :].strip()
                if not label and not opens and _SOUND.fullmatch(words):
                    sounds.append(cue.line + offset)
                    continue
                speaker = label or ("" if opens else speaker)
                pieces.append((Utterance(speaker, said, cue.line + offset, cue.start), opens))
    return pieces, sounds


def _split_voices(row: str, voice: str) -> Iterator[tuple[str, str]]:
    """Stretches of a row with the name of their voice tag, which may go on from the row above."""
    begin = 0
    for tag in _VOICE.finditer(row):
        yield voice, row[begin : tag.start()]
        voice = "" if tag[2] else " ".join(_unescape(tag[1] or "").split())
        begin = tag.end()
    yield voice, row[begin:]


def _clean(row: str) -> str:
    row = _OVERRIDE.sub("", _STAMP.sub("", row))
    return " ".join(_unescape(_TAG.sub("", row)).split())


def _unescape(row: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), row)


def _join_pieces(pieces: Sequence[tuple[Utterance, bool]]) -> tuple[Utterance, ...]:
    """Turns: pieces of one speaker joined, except where the captions mark a change."""
    turns: list[Utterance] = []
    run: list[Utterance] = []
    for piece, opens in pieces:
        if opens:
            turns += join_speakers(run)
            run = []
        run.append(piece)
    turns += join_speakers(run)
    return tuple(turns)


def _note(path: Path, line: int, message: str) -> Problem:
    return Problem(str(path), line, message, blocks=False)
