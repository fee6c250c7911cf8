"""A study's transcripts coded with its codebook: what has been coded before is not coded again."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from themecode import __version__
from themecode.errors import ThemecodeError
from themecode.flow.cache import read_cached, write_cached
from themecode.model import Code, Codebook, Coding, Transcript, hash_words
from themecode.store import CodedPass
from themecode.suggest.cues import CODER, suggest_codings
from themecode.suggest.learned_model import LearnedModel, name_coder
from themecode.suggest.listen import Anchors, Listener, anchor_cues

if TYPE_CHECKING:
    from themecode.store import Study

#: Transcripts coded between two commits.
BATCH = 16
#: What the cache calls the anchors of a codebook's cues.
ANCHORS = "anchors"


@dataclass(frozen=True, slots=True)
class CodedStudy:
    """What a coding pass did.

    Args:
        transcripts: how many were coded, wholly or for the codes that changed.
        codes: how many codes were looked for.
    """

    transcripts: int
    codes: int


def code_study(
    study: Study,
    codebook: Codebook,
    *,
    made_at: datetime,
    workers: int = 1,
    model: LearnedModel | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CodedStudy:
    """Code what has not been coded: new transcripts for every code, known ones for changed codes.

    Args:
        study: held by its lock; `codebook` is the one in force.
        codebook: the codebook.
        made_at: in UTC.
        workers: processes to listen for cues in; a model uses both cores by itself.
        model: the codebook's trained model. None: cues code alone.
        progress: told how many transcripts are done, out of how many. None: nobody is.
    """
    coder = name_coder(model) if model else CODER
    wanted = _find_uncoded(study, codebook, coder)
    if model is not None and wanted:
        # A model weighs every code against the others, so all are looked for together.
        wanted = {codebook.codes: [each for ids in wanted.values() for each in ids]}
    total = sum(len(ids) for ids in wanted.values())
    done = 0
    for codes, ids in wanted.items():
        job = _Job(codes, codebook, _find_anchors(study, codes, codebook), made_at)
        transcripts = study.transcripts(ids)
        batches = (
            _code_with_model(study, job, model, transcripts)
            if model is not None
            else _code_batches(job, transcripts, workers)
        )
        for batch in batches:
            coded = [CodedPass(transcript_id, codebook.sha256, coder) for transcript_id, _ in batch]
            study.add_codings((coding for _, codings in batch for coding in codings), coded=coded)
            done += len(batch)
            if progress is not None:
                progress(done, total)
    return CodedStudy(total, len(set().union(*wanted)) if wanted else 0)


def _find_uncoded(
    study: Study, codebook: Codebook, coder: str
) -> dict[tuple[Code, ...], list[str]]:
    """The codes still to be looked for, each set with the transcripts it is wanted in."""
    passes = study.coded_passes(coder)
    codes_of: dict[str, frozenset[str]] = {}
    wanted: dict[tuple[Code, ...], list[str]] = {}
    missing: dict[frozenset[str], tuple[Code, ...]] = {}
    for transcript_id in study.known_transcripts():
        books = passes.get(transcript_id, frozenset())
        if codebook.sha256 in books:
            continue
        if books not in missing:
            for sha256 in books - codes_of.keys():
                earlier = study.codebook_with(sha256)
                codes_of[sha256] = (
                    frozenset(code.sha256 for code in earlier.codes) if earlier else frozenset()
                )
            looked_for = frozenset().union(*(codes_of[sha256] for sha256 in books))
            missing[books] = tuple(code for code in codebook.codes if code.sha256 not in looked_for)
        wanted.setdefault(missing[books], []).append(transcript_id)
    return wanted


def _find_anchors(study: Study, codes: Sequence[Code], codebook: Codebook) -> Anchors:
    """The anchors of the cues of these codes, as kept from an earlier run where there are any."""
    made_from = hash_words(__version__, CODER, *(code.sha256 for code in codes))
    kept: Anchors | None = read_cached(study.folder, ANCHORS, made_from=made_from)
    if kept is None:
        kept = anchor_cues(codes, codebook)
        write_cached(study.folder, ANCHORS, kept, made_from=made_from)
    return kept


@dataclass(frozen=True, slots=True)
class _Job:
    """What every process needs to know."""

    codes: tuple[Code, ...]
    codebook: Codebook
    anchors: Anchors
    made_at: datetime

    def make_listener(self) -> Listener:
        return Listener(self.codes, self.codebook, anchors=self.anchors)


_Coded = tuple[str, tuple[Coding, ...]]


def _code_batches(
    job: _Job, transcripts: Iterable[Transcript], workers: int
) -> Iterator[list[_Coded]]:
    batches = _cut_batches(transcripts)
    if workers <= 1:
        listener = job.make_listener()
        for batch in batches:
            yield [_code_one(transcript, listener, job) for transcript in batch]
        return
    with ProcessPoolExecutor(workers, initializer=_begin_worker, initargs=(job,)) as pool:
        try:
            waiting = [pool.submit(_code_in_worker, each) for each in islice(batches, 2 * workers)]
            while waiting:
                yield waiting.pop(0).result()
                waiting.extend(pool.submit(_code_in_worker, each) for each in islice(batches, 1))
        except BrokenProcessPool as error:
            raise ThemecodeError(
                "One of the processes that were coding was stopped from outside (the computer may "
                "have run out of memory). What was coded is kept: run this again with fewer `--workers`."
            ) from error


def _code_with_model(
    study: Study, job: _Job, model: LearnedModel, transcripts: Iterable[Transcript]
) -> Iterator[list[_Coded]]:
    """Transcripts coded with a trained model, one at a time; their vectors are kept in the study."""
    from themecode.flow.vectors import read_vectors, write_vectors
    from themecode.suggest import meaning

    encoder = meaning.hash_encoder(model)
    vectors = read_vectors(study.folder, encoder=encoder)
    weigher = meaning.Weigher(model, job.codebook, job.make_listener(), vectors=vectors)
    for transcript in transcripts:
        codings = meaning.suggest_codings(
            transcript, weigher, codebook=job.codebook, made_at=job.made_at
        )
        yield [(transcript.id, codings)]
    write_vectors(study.folder, vectors, encoder=encoder)


def _cut_batches(transcripts: Iterable[Transcript]) -> Iterator[list[Transcript]]:
    waiting = iter(transcripts)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _code_one(transcript: Transcript, listener: Listener, job: _Job) -> _Coded:
    codings = suggest_codings(transcript, listener, codebook=job.codebook, made_at=job.made_at)
    return transcript.id, codings


_worker: tuple[_Job, Listener] | None = None


def _begin_worker(job: _Job) -> None:
    global _worker  # noqa: PLW0603  one process, one listener: built once, used for every batch
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _worker = (job, job.make_listener())


def _leave_with_parent() -> None:
    """End this process when the one that began it is gone, which a kill does not tell its children."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _code_in_worker(batch: Sequence[Transcript]) -> list[_Coded]:
    if _worker is None:
        raise RuntimeError("the worker was not begun")
    job, listener = _worker
    return [_code_one(transcript, listener, job) for transcript in batch]
