"""The main job: transcripts in; coded segments, a theme matrix and Word tables out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.codebook import find_codebook
from themecode.flow.codebooks import settle_codebook
from themecode.flow.coders import settle_model
from themecode.flow.coding import CodedStudy, code_study, note_foreign
from themecode.flow.importing import Imported, check_rows_used, import_files
from themecode.flow.outputs import hash_outputs, outputs_stand, summarise_study, write_outputs
from themecode.flow.reading_options import ReadingOptions
from themecode.flow.safeguarding import keep_prompts
from themecode.flow.summary import StudySummary
from themecode.model import Problem

if TYPE_CHECKING:
    from themecode.flow.cluster import Cluster
    from themecode.store import Study

#: Told what is being done ("reading", "coding", "writing"), how much of it is done, out of how much.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Applied:
    """What `apply` did.

    Args:
        imported: what was read.
        coded: what was coded.
        summary: how the study stands.
        problems: everything odd, of codebook, participants and transcripts.
        written: whether the outputs were written; else they stood as they were.
        lasting: of the problems, what is said again though nothing has changed.
        settled: whether nothing is left that would be tried again.
    """

    imported: Imported
    coded: CodedStudy
    summary: StudySummary
    problems: tuple[Problem, ...]
    outputs: Path
    written: bool
    lasting: tuple[Problem, ...] = ()
    settled: bool = False


def apply_codebook(
    study: Study,
    paths: Sequence[Path],
    *,
    codebook_name: str | None,
    options: ReadingOptions,
    notes: Sequence[Problem] = (),
    participants_path: str | None,
    outputs: Path,
    made_at: datetime,
    workers: int | None = None,
    cluster: Cluster | None = None,
    meaning: bool = True,
    progress: Progress,
) -> Applied:
    """Import what is new, code what is not coded, and write the outputs if anything changed.

    Args:
        study: made or opened beforehand.
        paths: transcripts, and folders of them.
        codebook_name: a path or the name of a codebook that ships. None: the study's own.
        options: how to read the transcripts.
        notes: what is to be known of the participants file.
        participants_path: what problems call the participants file.
        outputs: the folder to write to.
        made_at: in UTC.
        workers: processes to read and code in. None: as many as pay for themselves.
        cluster: the machines to code on instead. None: this one.
        meaning: whether to use the codebook's trained model, if it has one.
        progress: told how far the work has come.

    Raises:
        FaultyCodebook: the codebook has problems; nothing was read or changed.
        ThemecodeError: the study is busy, or cannot be written.
    """
    with study.lock():
        codebook, problems = settle_codebook(study, codebook_name)
        named = find_codebook(codebook_name) if codebook_name is not None else None
        model, noted = settle_model(study, codebook, named=named, meaning=meaning)
        imported = import_files(
            study,
            paths,
            options=options,
            workers=workers,
            progress=lambda done, total: progress("reading", done, total),
        )
        coded = code_study(
            study,
            codebook,
            made_at=made_at,
            workers=workers,
            cluster=cluster,
            model=model,
            progress=lambda done, total: progress("coding", done, total),
        )
        lasting = (*notes, *noted)
        if participants_path is not None:
            unused = check_rows_used(study, options.participants, path=participants_path)
            lasting = (*lasting, *unused)
        state = hash_outputs(study)
        if outputs_stand(study, outputs, state=state):
            summary, written = summarise_study(study, codebook, state=state), False
        else:
            progress("writing", 0, 1)
            summary, written = write_outputs(study, codebook, outputs, made_at=made_at), True
            progress("writing", 1, 1)
        keep_prompts(study)
        # A file that cannot be read is tried each time, and so is one of somebody who withdrew.
        settled = not study.marker().marks and not any(each.blocks for each in imported.problems)
    return Applied(
        imported,
        coded,
        summary,
        (*problems, *note_foreign(coded), *lasting, *imported.problems),
        outputs,
        written,
        lasting=(*lasting, *imported.lasting),
        settled=settled,
    )
