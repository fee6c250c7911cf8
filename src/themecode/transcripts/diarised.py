"""Reads the .json that speech recognisers write: segments with their times and, perhaps, speakers.

Known by their shape and not by a name: Whisper and WhisperX (`segments`), whisper.cpp
(`transcription`), AssemblyAI and Deepgram (`utterances`), Amazon Transcribe (`results.items`), and a
bare list of objects with a speaker, a time and words. A Problem's line is the entry's number.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from themecode.errors import UnreadableFile
from themecode.model import Problem
from themecode.transcripts.encodings import decode_text
from themecode.transcripts.guards import read_bytes
from themecode.transcripts.joins import join_speakers
from themecode.transcripts.seconds import read_seconds
from themecode.transcripts.utterances import Parsed, Utterance

#: Twenty hours of speech with a time for every word come to about 20 MB and 1 million values.
_MAX_BYTES = 48 * 1024 * 1024
_MAX_VALUES = 3_000_000
#: Real files nest four or five deep.
_MAX_DEPTH = 40
_MAX_TOLD = 10
#: Speech runs at about half a second a word; more than this a word means milliseconds.
_SECONDS_A_WORD = 30.0

_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_MARKS = re.compile(r"[\[\]{}]")
_LISTS = (
    "segments",
    "utterances",
    "transcription",
    "chunks",
    "turns",
    "transcript",
    "entries",
)
_SPEAKERS = (
    "speaker",
    "speaker_label",
    "speaker_id",
    "speakername",
    "speaker_name",
    "name",
    "who",
)
_TEXTS = ("text", "utterance", "transcript", "content", "said", "sentence", "words")
_TIMES = (
    "start", "start_time", "starttime", "time", "begin", "from", "timestamp", "timestamps",
    "started_at",
)  # fmt: skip
_SHAPE = (
    'a list of entries such as {"speaker": "P01", "start": 12.5, "text": "..."} was expected, '
    'bare or under "segments" or "utterances". Export it again, or save the words as .txt.'
)


class _DuplicateKeyError(ValueError):
    pass


def read_json(path: Path) -> Parsed:
    """Read a .json of recognised speech into turns, one speaker's following entries joined.

    Raises:
        UnreadableFile: if it is not such a file, or too deep or too large to be one.
    """
    text, _ = decode_text(read_bytes(path, max_bytes=_MAX_BYTES))
    entries = _find_entries(_parse(text))
    problems: list[Problem] = []
    pieces: list[Utterance] = []
    odd: list[tuple[int, str]] = []
    for number, entry in enumerate(entries, start=1):
        fault = _read_entry(entry, number, pieces)
        if fault:
            odd.append((number, fault))
    if not any(piece.text.strip() for piece in pieces):
        raise UnreadableFile(f"no entry in it holds words: {_SHAPE}")
    problems += [Problem(str(path), at, fault, blocks=False) for at, fault in odd[:_MAX_TOLD]]
    if len(odd) > _MAX_TOLD:
        more = f"{len(odd) - _MAX_TOLD:,} further entries have faults like those above."
        problems.append(Problem(str(path), odd[_MAX_TOLD][0], more, blocks=False))
    pieces = _mend_milliseconds(pieces)
    problems += _check_order(pieces, path)
    return Parsed(utterances=join_speakers(pieces), problems=tuple(problems))


def _parse(text: str) -> Any:
    bare = _STRING.sub("", text)
    if bare.count(",") + bare.count("[") + bare.count("{") > _MAX_VALUES:
        raise UnreadableFile(
            f"it holds more than {_MAX_VALUES:,} values, far more than hours of speech do. Export "
            "it again without the details of each word, or split it."
        )
    depth = 0
    for mark in _MARKS.finditer(bare):
        depth += 1 if mark[0] in "[{" else -1
        if depth > _MAX_DEPTH:
            raise UnreadableFile(f"it is nested more than {_MAX_DEPTH} deep; {_SHAPE}")
    try:
        return json.loads(
            text,
            strict=False,
            object_pairs_hook=_make_object,
            parse_constant=lambda _: math.nan,
        )
    except _DuplicateKeyError as error:
        raise UnreadableFile(str(error)) from None
    except json.JSONDecodeError as error:
        raise UnreadableFile(
            f"it is not whole JSON: line {error.lineno}, column {error.colno} could not be read. "
            "It may be cut short; export or copy it again."
        ) from None
    except (ValueError, RecursionError):
        raise UnreadableFile("it holds a number or a nesting too large to read.") from None


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _DuplicateKeyError(
            "one of its entries gives the same field twice, so that it can be read in two ways. "
            "Export it again, or delete one of the two."
        )
    return made


def _find_entries(data: Any) -> Sequence[Any]:
    if isinstance(data, list):
        return data
    if isinstance(data, dict):
        if isinstance(data.get("results"), dict):
            data = {**data["results"], **data}
        for name in _LISTS:
            if isinstance(data.get(name), list):
                found: list[Any] = data[name]
                return found
        items = data.get("items")
        if isinstance(items, list):
            return _group_items(items)
    raise UnreadableFile(f"it is not a transcript in a shape that is known: {_SHAPE}")


def _group_items(items: Sequence[Any]) -> list[dict[str, Any]]:
    """Amazon Transcribe's words, a word an item, as one entry a speaker."""
    entries: list[dict[str, Any]] = []
    for item in items:
        choices = item.get("alternatives") if isinstance(item, dict) else None
        best = choices[0] if isinstance(choices, list) and choices else None
        word = best.get("content") if isinstance(best, dict) else None
        if not isinstance(word, str):
            continue
        if item.get("type") == "punctuation" and entries:
            entries[-1]["text"] += word
            continue
        speaker = item.get("speaker_label")
        if not entries or entries[-1]["speaker"] != speaker:
            entries.append({"speaker": speaker, "start": item.get("start_time"), "text": word})
        else:
            entries[-1]["text"] += f" {word}"
    return entries


def _read_entry(entry: Any, number: int, pieces: list[Utterance]) -> str | None:
    """Add what an entry says to `pieces`; what is wrong with it, or None."""
    if not isinstance(entry, dict):
        return f"entry {number} is not an object with words and a time; left out."
    fields = {name.casefold(): value for name, value in entry.items()}
    words = _pick(fields, _TEXTS)
    spoken = fields.get("words")
    label, label_fault = _read_label(_pick(fields, _SPEAKERS))
    started, time_fault = _read_start(_pick(fields, _TIMES))
    if isinstance(spoken, list) and (not isinstance(words, str) or not label):
        by_word = _read_words(spoken, number)
        if by_word and (not isinstance(words, str) or any(piece.speaker for piece in by_word)):
            pieces += by_word
            return None
    if not isinstance(words, str):
        return f'entry {number} has no words (a field "text" was expected); left out.'
    pieces.append(Utterance(label, words, number, started))
    fault = label_fault or time_fault
    return f"entry {number}: {fault}" if fault else None


def _read_words(spoken: Sequence[Any], number: int) -> tuple[Utterance, ...]:
    """An entry's words, each with its own speaker; a word without one goes with those before."""
    pieces: list[Utterance] = []
    speaker = ""
    for item in spoken:
        fields = {k.casefold(): v for k, v in item.items()} if isinstance(item, dict) else {}
        word = _pick(fields, ("word", "punctuated_word", "text"))
        if not isinstance(word, str):
            continue
        speaker = _read_label(_pick(fields, _SPEAKERS))[0] or speaker
        pieces.append(Utterance(speaker, word, number, _read_start(_pick(fields, _TIMES))[0]))
    first = next((piece.speaker for piece in pieces if piece.speaker), "")
    return join_speakers(
        Utterance(piece.speaker or first, piece.text, piece.line, piece.started_at)
        for piece in pieces
    )


def _pick(fields: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def _read_label(value: Any) -> tuple[str, str | None]:
    if value is None:
        return "", None
    if isinstance(value, str):
        return " ".join(value.split()).rstrip(":").rstrip(), None
    if isinstance(value, int) and not isinstance(value, bool):
        return f"Speaker {value}", None
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        return _read_label(value["name"])
    return "", "its speaker is not a name; the words were kept without a speaker."


def _read_start(value: Any) -> tuple[float | None, str | None]:
    if isinstance(value, dict):
        value = value.get("from")
    if isinstance(value, list):
        value = value[0] if value else None
    if value is None:
        return None, None
    seconds: float | None = None
    if isinstance(value, str):
        seconds = read_seconds(value.strip().removesuffix("s"))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        # A whole number may be too long for a float: it is no time then.
        seconds = float(value) if abs(value) < 1e12 else None
    if seconds is None or not 0 <= seconds < math.inf:
        return (
            None,
            "its time is not a number of seconds; the words were kept without a time.",
        )
    return seconds, None


def _mend_milliseconds(pieces: list[Utterance]) -> list[Utterance]:
    """The pieces with their times in seconds, where a service wrote milliseconds."""
    times = [piece.started_at for piece in pieces if piece.started_at is not None]
    words = sum(len(piece.text.split()) for piece in pieces)
    if len(times) < 2 or any(time != int(time) for time in times):
        return pieces
    if max(times) - min(times) <= _SECONDS_A_WORD * max(words, 1):
        return pieces
    return [
        Utterance(
            piece.speaker,
            piece.text,
            piece.line,
            None if piece.started_at is None else piece.started_at / 1000,
        )
        for piece in pieces
    ]


def _check_order(pieces: Sequence[Utterance], path: Path) -> list[Problem]:
    latest = 0.0
    for piece in pieces:
        if piece.started_at is None:
            continue
        if piece.started_at < latest:
            return [
                Problem(
                    str(path),
                    piece.line,
                    f"the times run backwards at entry {piece.line}. The words were read in the "
                    "order of the file; check that nothing was pasted in the wrong place.",
                    blocks=False,
                )
            ]
        latest = piece.started_at
    return []
