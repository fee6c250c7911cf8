"""Joins what one person says in several pieces into one turn."""

from __future__ import annotations

from collections.abc import Iterable

from themecode.transcripts.utterances import Utterance


def join_speakers(pieces: Iterable[Utterance]) -> tuple[Utterance, ...]:
    """Pieces that follow one another from the same speaker as one, with the first one's time.

    White space is collapsed; a piece without words is left out.
    """
    joined: list[tuple[Utterance, list[str]]] = []
    for piece in pieces:
        words = " ".join(piece.text.split())
        if not words:
            continue
        if joined and joined[-1][0].speaker == piece.speaker:
            joined[-1][1].append(words)
        else:
            joined.append((piece, [words]))
    return tuple(
        Utterance(first.speaker, " ".join(words), first.line, first.started_at)
        for first, words in joined
    )
