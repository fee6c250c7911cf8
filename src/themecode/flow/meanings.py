"""Transcripts coded with a trained model, one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from themecode.flow.batches import Coded, Job
from themecode.flow.vectors import read_vectors, write_vectors
from themecode.suggest.meaning import find_foreign_turns, suggest_codings
from themecode.suggest.weigher import Weigher, hash_encoder

if TYPE_CHECKING:
    from themecode.model import Transcript
    from themecode.store import Study
    from themecode.suggest.learned_model import LearnedModel


def code_with_model(
    study: Study,
    job: Job,
    model: LearnedModel,
    transcripts: Iterable[Transcript],
) -> Iterator[list[Coded]]:
    """Each transcript as it is coded; the vectors of its sentences are kept in the study.

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
    find_prompts = job.make_prompter()
    for transcript in transcripts:
        codings = suggest_codings(transcript, weigher, codebook=job.codebook, made_at=job.made_at)
        yield [Coded(transcript.id, codings, tuple(find_prompts(transcript)))]
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
