"""Transcripts coded batch by batch, in one process or several."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
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
from themecode.suggest.coder import CODER
from themecode.suggest.cues import suggest_codings
from themecode.suggest.listen import Anchors, Listener, anchor_cues

if TYPE_CHECKING:
    from themecode.flow.cluster import Cluster
    from themecode.store import Study

#: Transcripts coded between two commits.
BATCH = 16
#: Fewer transcripts than this do not pay for a process of their own (see docs/scale.md).
LEAST_A_WORKER = 64
#: What the cache calls the anchors of a codebook's cues.
ANCHORS = "anchors"


def find_anchors(study: Study, codes: Sequence[Code], codebook: Codebook) -> Anchors:
    """The anchors of the cues of these codes, as kept from an earlier run where there are any."""
    made_from = hash_words(__version__, CODER, *(code.sha256 for code in codes))
    kept: Anchors | None = read_cached(study.folder, ANCHORS, made_from=made_from)
    if kept is None:
        kept = anchor_cues(codes, codebook)
        write_cached(study.folder, ANCHORS, kept, made_from=made_from)
    return kept


@dataclass(frozen=True, slots=True)
class Job:
    """What every process needs to know."""

    codes: tuple[Code, ...]
    codebook: Codebook
    anchors: Anchors
    made_at: datetime

    def make_listener(self) -> Listener:
        """A listener of its own for each process."""
        return Listener(self.codes, self.codebook, anchors=self.anchors)


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
        listener = job.make_listener()
        for batch in batches:
            yield [code_one(transcript, listener, job) for transcript in batch]
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


def _cut_batches(transcripts: Iterable[Transcript]) -> Iterator[list[Transcript]]:
    waiting = iter(transcripts)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def code_one(transcript: Transcript, listener: Listener, job: Job) -> Coded:
    """Code one transcript, wherever that is done."""
    codings = suggest_codings(transcript, listener, codebook=job.codebook, made_at=job.made_at)
    return transcript.id, codings


_worker: tuple[Job, Listener] | None = None


def _begin_worker(job: Job) -> None:
    global _worker  # noqa: PLW0603  one process, one listener: built once, used for every batch
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    _worker = (job, job.make_listener())


def _leave_with_parent() -> None:
    """End this process when the one that began it is gone, which a kill does not tell its children."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _code_in_worker(batch: Sequence[Transcript]) -> list[Coded]:
    if _worker is None:
        raise RuntimeError("the worker was not begun")
    job, listener = _worker
    return [code_one(transcript, listener, job) for transcript in batch]
