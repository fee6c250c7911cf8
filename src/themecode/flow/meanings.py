"""Transcripts coded with a trained model, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from themecode.flow.batches import Job
from themecode.flow.vectors import read_vectors, write_vectors
from themecode.suggest.meaning import find_foreign_turns, suggest_codings
from themecode.suggest.weigher import Weigher, hash_encoder

if TYPE_CHECKING:
    from themecode.model import Coding, Transcript
    from themecode.store import Study
    from themecode.suggest.learned_model import LearnedModel

#: Transcripts coded between two commits.
_BATCH = 1


def code_with_model(
    study: Study,
    job: Job,
    model: LearnedModel,
    transcripts: Iterable[Transcript],
) -> Iterator[list[tuple[str, tuple[Coding, ...]]]]:
    """Each batch as it is coded; the vectors of its sentences are kept in the study.

    Args:
        study: where vectors are kept.
        job: the codebook and its cues.
        model: the trained model.
        transcripts: to code.
    """
    encoder = hash_encoder(model)
    vectors = read_vectors(study.folder, encoder=encoder)
    known = len(vectors)
    weigher = Weigher(model, job.codebook, job.make_listener(), vectors=vectors)
    waiting = iter(transcripts)
    while batch := list(islice(waiting, _BATCH)):
        coded = []
        for transcript in batch:
            codings = suggest_codings(
                transcript, weigher, codebook=job.codebook, made_at=job.made_at
            )
            coded.append((transcript.id, codings))
        yield coded
    if len(vectors) > known:
        write_vectors(study.folder, vectors, encoder=encoder)


def watch_for_foreign(
    transcripts: Iterable[Transcript], foreign: dict[str, int]
) -> Iterator[Transcript]:
    """The transcripts as they pass, noting how many turns of each are not in English, where any are."""
    for transcript in transcripts:
        strange = len(find_foreign_turns(transcript))
        if strange:
            foreign[transcript.id] = strange
        yield transcript
