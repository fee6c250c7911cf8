"""Memos: what researchers write down about a study and anything in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.flow.importing import list_speaking
from themecode.model import Memo, hash_words

if TYPE_CHECKING:
    from themecode.store import Study

STUDY = "study"
_SEGMENT = re.compile(r"(?P<transcript>.+):(?P<start>\d+)-(?P<end>\d+)")
_KINDS = "study, transcript:ID, participant:ID, theme:ID, code:ID, coding:ID, or segment:TRANSCRIPT:START-END"


def add_memo(study: Study, text: str, *, about: str, author: str, made_at: datetime) -> Memo:
    """Keep a note about something in a study: "study", or "code:stigma.judgement", "participant:P07".

    Raises:
        ThemecodeError: there is nothing of that name to write about, or the note is empty.
    """
    text = text.strip()
    if not text:
        raise ThemecodeError("The memo is empty: write something in it.")
    _check_about(study, about)
    memo = Memo(
        hash_words("memo", about, author, text, made_at.isoformat())[:24],
        about, author, text, made_at,
    )  # fmt: skip
    study.add_memo(memo)
    return memo


def list_memos(study: Study, about: str | None = None) -> Iterator[Memo]:
    """The memos of a study, oldest first; those about one thing, or about a kind ("code:")."""
    for memo in study.memos():
        if (
            about is None
            or memo.about == about
            or (about[-1:] == ":" and memo.about.startswith(about))
        ):
            yield memo


def _check_about(study: Study, about: str) -> None:
    kind, _, name = about.partition(":")
    if about == STUDY:
        return
    if not name:
        raise ThemecodeError(f"A memo is about one of these: {_KINDS}. “{about}” is none of them.")
    codebook = study.codebook_in_force()
    if kind == "segment":
        _check_segment(study, name)
        return
    if kind == "coding":
        _need(any(name == coding_id for coding_id in _list_coding_ids(study)), kind, name)
        return
    match kind:
        case "transcript":
            there = name in study.known_transcripts()
        case "participant":
            there = name in study.participants() or name in list_speaking(study)
        case "theme":
            there = codebook is not None and any(name == theme.id for theme in codebook.themes)
        case "code":
            there = codebook is not None and any(name == code.id for code in codebook.codes)
        case _:
            raise ThemecodeError(
                f"A memo is about one of these: {_KINDS}. “{about}” is none of them."
            )
    _need(there, kind, name)


def _list_coding_ids(study: Study) -> Iterator[str]:
    from themecode.flow.coders import find_coder

    return (coding.id for coding, _ in study.codings(machine=find_coder(study).name))


def _check_segment(study: Study, name: str) -> None:
    found = _SEGMENT.fullmatch(name)
    if found is None:
        raise ThemecodeError(
            f"“segment:{name}” names no passage. Give its transcript and its place as coded_segments "
            "has them: segment:P07:120-184."
        )
    _need(found["transcript"] in study.known_transcripts(), "transcript", found["transcript"])
    text = study.transcript(found["transcript"]).text
    start, end = int(found["start"]), int(found["end"])
    if not start < end <= len(text):
        raise ThemecodeError(
            f"There is no passage from {start} to {end} in {found['transcript']}: its text has "
            f"{len(text):,} characters."
        )


def _need(there: bool, kind: str, name: str) -> None:
    if not there:
        raise ThemecodeError(f"The study has no {kind} {name}, so no memo can be about it.")
