"""Transcripts coded batch by batch, in one process or several."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from themecode.flow.workers import is_stopping, share_out
from themecode.model import Code, Codebook, Coding, Transcript
from themecode.suggest.cues import suggest_codings
from themecode.suggest.listen import Anchors, Listener

if TYPE_CHECKING:
    from themecode.flow.cluster import Cluster
    from themecode.suggest.learned_model import LearnedModel

#: Transcripts coded between two commits.
BATCH = 16
#: Fewer transcripts than this do not pay for a process of their own (see docs/scale.md).
LEAST_A_WORKER = 64

#: Finds the codings of a transcript.
Suggest = Callable[[Transcript], tuple[Coding, ...]]


@dataclass(frozen=True, slots=True)
class Job:
    """What every process needs to know.

    Args:
        model: the trained model, whole, so that no process has to find its file. None: cues code
            alone.
    """

    codes: tuple[Code, ...]
    codebook: Codebook
    anchors: Anchors
    made_at: datetime
    model: LearnedModel | None = None

    def make_listener(self) -> Listener:
        """A listener of its own for each process."""
        return Listener(self.codes, self.codebook, anchors=self.anchors)

    def make_ready(self) -> Suggest:
        """What codes a transcript, built once for each process.

        Raises:
            ThemecodeError: the sentence encoder is not installed where this runs.
        """
        listener = self.make_listener()
        if self.model is None:
            return partial(
                suggest_codings, listener=listener, codebook=self.codebook, made_at=self.made_at
            )
        from themecode.language.encoder import Encoder
        from themecode.suggest.meaning import suggest_codings as suggest_learned
        from themecode.suggest.weigher import Weigher

        # One thread: a process for every core needs no more, and the numbers are the same.
        encoder = Encoder(tuned=self.model.tensors, threads=1)
        weigher = Weigher(self.model, self.codebook, listener, encoder=encoder)
        return partial(
            suggest_learned, weigher=weigher, codebook=self.codebook, made_at=self.made_at
        )


#: A transcript's id and what was found in it.
Coded = tuple[str, tuple[Coding, ...]]


def count_workers(transcripts: int) -> int:
    """How many processes pay for themselves: all cores, but none without enough to do."""
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))  # those this process may use
    else:
        cores = os.cpu_count() or 1
    return max(1, min(cores, 64, transcripts // LEAST_A_WORKER))


def code_batches(
    job: Job, transcripts: Iterable[Transcript], workers: int, cluster: Cluster | None = None
) -> Iterator[list[Coded]]:
    """Each batch as it is coded, in the order of the transcripts: here, or on a cluster.

    Raises:
        ThemecodeError: a worker was stopped from outside.
    """
    batches = _cut_batches(transcripts)
    if cluster is not None:
        from themecode.flow.cluster import code_on_cluster

        yield from code_on_cluster(job, batches, cluster)
        return
    if workers <= 1:
        suggest = job.make_ready()
        for batch in batches:
            yield [(transcript.id, suggest(transcript)) for transcript in batch]
        return
    yield from share_out(_code_in_worker, batches, workers, begin=_begin_worker, begin_with=(job,))


def _cut_batches(transcripts: Iterable[Transcript]) -> Iterator[list[Transcript]]:
    waiting = iter(transcripts)
    while batch := list(islice(waiting, BATCH)):
        yield batch


_worker: Suggest | None = None


def _begin_worker(job: Job) -> None:
    global _worker  # noqa: PLW0603  one process, one of them: built once, used for every batch
    _worker = job.make_ready()


def _code_in_worker(batch: Sequence[Transcript]) -> list[Coded]:
    if _worker is None:
        raise RuntimeError("the worker was not begun")
    return [(transcript.id, _worker(transcript)) for transcript in batch if not is_stopping()]
