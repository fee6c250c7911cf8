"""A study's transcripts coded with its codebook: what has been coded before is not coded again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from themecode.flow.prompt_places import (
    PromptPlace,
    find_prompt_anchors,
    find_unheard,
    keep_heard,
    load_cues,
)
from themecode.model import Code, Codebook, Problem
from themecode.store import CodedPass
from themecode.suggest.coder import CODER

if TYPE_CHECKING:
    from themecode.flow.cluster import Cluster
    from themecode.store import Study
    from themecode.suggest.learned_model import LearnedModel


@dataclass(frozen=True, slots=True)
class CodedStudy:
    """What a coding pass did.

    Args:
        transcripts: how many were coded, wholly or for the codes that changed.
        codes: how many codes were looked for.
        foreign: by transcript, how many turns are not in English, and so were left to people.
    """

    transcripts: int
    codes: int
    foreign: Mapping[str, int] = field(default_factory=dict)


def code_study(
    study: Study,
    codebook: Codebook,
    *,
    made_at: datetime,
    workers: int | None = None,
    cluster: Cluster | None = None,
    model: LearnedModel | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> CodedStudy:
    """Code what has not been coded: new transcripts for every code, known ones for changed codes.

    Args:
        study: held by its lock; `codebook` is the one in force.
        codebook: the codebook.
        made_at: in UTC.
        workers: processes to code in. None: as many as pay for themselves; with a model one, whose
            encoder has threads.
        cluster: the machines to code on instead. None: this one.
        model: the trained model. None: cues code alone.
        progress: told how many transcripts are done, out of how many. None: nobody is.
    """
    coder = CODER
    if model is not None:
        from themecode.suggest.learned_model import name_coder

        coder = name_coder(model)
    wanted = _find_uncoded(study, codebook, coder)
    if model is not None and wanted:
        # A model weighs every code against the others, so all are looked for together.
        wanted = {codebook.codes: [each for ids in wanted.values() for each in ids]}
    foreign: dict[str, int] = {}
    unheard = find_unheard(study) if wanted else frozenset()
    heard: dict[str, tuple[PromptPlace, ...]] = {}
    total = sum(len(ids) for ids in wanted.values())
    done = 0
    for codes, ids in wanted.items():
        # Imported where there is something to code: a study with nothing new should say so at once.
        from themecode.flow.anchors import find_anchors
        from themecode.flow.batches import Job, code_batches
        from themecode.flow.workers import count_workers

        anchors = find_anchors(study, codes, codebook)
        listens = not unheard.isdisjoint(ids)
        prompts = (load_cues(), find_prompt_anchors(study)) if listens else None
        job = Job(codes, codebook, anchors, made_at, model, prompts)
        transcripts = study.transcripts(ids)
        if model is None:
            processes = count_workers(len(ids)) if workers is None else workers
            batches = code_batches(job, transcripts, processes, cluster)
        else:
            from themecode.flow.meanings import code_with_model, watch_for_foreign

            transcripts = watch_for_foreign(transcripts, foreign)
            if cluster is None and (workers or 1) == 1:
                # The encoder uses every core by itself, and the vectors are kept for the next time.
                batches = code_with_model(study, job, model, transcripts)
            else:
                batches = code_batches(job, transcripts, workers or 1, cluster)
        for batch in batches:
            passes = [CodedPass(each.transcript_id, codebook.sha256, coder) for each in batch]
            study.add_codings((coding for each in batch for coding in each.codings), coded=passes)
            if listens:
                heard.update((each.transcript_id, each.prompts) for each in batch)
            done += len(batch)
            if progress is not None:
                progress(done, total)
    if heard:
        keep_heard(study, heard)
    return CodedStudy(total, len(set().union(*wanted)) if wanted else 0, foreign)


def note_foreign(coded: CodedStudy) -> tuple[Problem, ...]:
    """What to know of turns that were left to people because they are not in English."""
    return tuple(
        Problem(
            transcript_id,
            None,
            f"{number} {'turn does' if number == 1 else 'turns do'} not seem to be in English, and "
            f"{'was' if number == 1 else 'were'} left for you to code.",
            blocks=False,
        )
        for transcript_id, number in coded.foreign.items()
    )


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
