"""Transcripts coded batch by batch, in one process or several."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from themecode.flow.prompt_places import PromptListener, PromptPlace
from themecode.flow.workers import is_stopping, share_out
from themecode.model import Code, Codebook, Coding, Transcript
from themecode.suggest.cues import suggest_codings
from themecode.suggest.listen import Anchors, Listener

if TYPE_CHECKING:
    from themecode.flow.cluster import Cluster
    from themecode.suggest.learned_model import LearnedModel

#: Transcripts coded between two commits.
BATCH = 16

#: Finds the codings of a transcript.
Suggest = Callable[[Transcript], tuple[Coding, ...]]


class Coded(NamedTuple):
    """What was found in a transcript: codings, and where safeguarding prompts stand."""

    transcript_id: str
    codings: tuple[Coding, ...]
    prompts: tuple[PromptPlace, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """What every process needs to know.

    Args:
        model: the trained model, whole, so that no process has to find its file. None: cues code
            alone.
        prompts: what to listen for beside the codes, and its anchors. None: nothing.
    """

    codes: tuple[Code, ...]
    codebook: Codebook
    anchors: Anchors
    made_at: datetime
    model: LearnedModel | None = None
    prompts: tuple[Codebook, Anchors] | None = None

    def make_listener(self) -> Listener:
        """A listener of its own for each process."""
        return Listener(self.codes, self.codebook, anchors=self.anchors)

    def make_prompter(self) -> Callable[[Transcript], list[PromptPlace]]:
        """What finds the prompts of a transcript."""
        if self.prompts is None:
            return lambda _: []
        return PromptListener.make(*self.prompts).hear

    def make_ready(self) -> Callable[[Transcript], Coded]:
        """What codes a transcript and finds its prompts, built once for each process.

        Raises:
            ThemecodeError: the sentence encoder is not installed where this runs.
        """
        suggest, find_prompts = self.make_suggester(), self.make_prompter()
        return lambda transcript: Coded(
            transcript.id, suggest(transcript), tuple(find_prompts(transcript))
        )

    def make_suggester(self) -> Suggest:
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
        code = job.make_ready()
        for batch in batches:
            yield [code(transcript) for transcript in batch]
        return
    yield from share_out(_code_in_worker, batches, workers, begin=_begin_worker, begin_with=(job,))


def _cut_batches(transcripts: Iterable[Transcript]) -> Iterator[list[Transcript]]:
    waiting = iter(transcripts)
    while batch := list(islice(waiting, BATCH)):
        yield batch


_worker: Callable[[Transcript], Coded] | None = None


def _begin_worker(job: Job) -> None:
    global _worker  # noqa: PLW0603  one process, one of them: built once, used for every batch
    _worker = job.make_ready()


def _code_in_worker(batch: Sequence[Transcript]) -> list[Coded]:
    if _worker is None:
        raise RuntimeError("the worker was not begun")
    return [_worker(transcript) for transcript in batch if not is_stopping()]
