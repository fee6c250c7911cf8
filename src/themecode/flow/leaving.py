"""Words leaving a study: consent is asked at the gate, and what left is kept on a list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.consent import Gate
from themecode.flow.importing import list_speaking
from themecode.flow.signing import require_signature

if TYPE_CHECKING:
    from themecode.store import Study


def open_gate(study: Study, *, override: str | None = None, archive: bool = False) -> Gate:
    """The gate every export passes its words through (see `consent.Gate`).

    Args:
        study: the study.
        override: why consent is set aside this once. None: it is not.
        archive: whether the export is for an archive.

    Raises:
        ThemecodeError: the reason says nothing, or the study's pseudonyms are not signed for.
    """
    require_signature(study)
    return Gate(list_speaking(study), override=override, archive=archive)


def record_leaving(
    study: Study,
    paths: Iterable[Path | None],
    kind: str,
    *,
    gate: Gate,
    transcript_ids: Sequence[str] | None = None,
) -> None:
    """Keep which files left the study with whose words, and why consent was set aside if it was.

    Every command that writes participants' words or codings calls this, so that a withdrawal can
    say which files to call back.

    Args:
        study: the study.
        paths: the files. None among them: it was printed.
        kind: what was written, in a word or two.
        gate: what the words passed through.
        transcript_ids: what was written was of these transcripts. None: of all.
    """
    people: Iterable[str] = gate.participants
    if transcript_ids is not None:
        people = {
            turn.participant_id
            for transcript in study.transcripts(transcript_ids)
            for turn in transcript.turns
            if turn.participant_id is not None
        }
    if gate.override is not None and gate.held_back:
        who = ", ".join(each.participant_id for each in gate.held_back)
        study.record_exception(f"{kind}: {who}", gate.override)
    everyone = sorted(people)
    for path in paths:
        study.record_export(path, kind, everyone)
