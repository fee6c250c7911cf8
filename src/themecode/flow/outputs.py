"""The files a researcher takes away: coded segments, the theme matrix, theme tables in Word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from themecode import __version__
from themecode.flow.cache import read_cached, write_cached
from themecode.flow.coders import find_coder
from themecode.flow.importing import list_speaking
from themecode.flow.output_names import (
    CODED_SEGMENTS,
    HELD_BACK_LIST,
    OUTPUT_NAMES,
    THEME_MATRIX,
    THEME_TABLES,
)
from themecode.flow.summary import StudySummary, SummaryCounter, read_summary
from themecode.model import Codebook, Participant, hash_words
from themecode.settle import Settled, settle_codings

if TYPE_CHECKING:
    from themecode.consent import Gate
    from themecode.exports.theme_tables import StudyFacts
    from themecode.model import Decision
    from themecode.store import Study

#: What the cache calls the study's numbers.
SUMMARY = "summary"


def _state_facts(summary: StudySummary, codebook: Codebook, made_at: datetime) -> StudyFacts:
    from themecode.exports.theme_tables import StudyFacts

    return StudyFacts(
        title=codebook.title,
        transcripts=summary.transcripts,
        responses=summary.responses,
        participants=summary.participants,
        software_version=__version__,
        codebook_version=codebook.version,
        made_on=made_at.date(),
    )


def write_study_page(
    study: Study, codebook: Codebook, target: Path | BinaryIO, *, gate: Gate, made_at: datetime
) -> None:
    """Write the page of a study for the team, past its gate; `made_at` is the day it bears."""
    from themecode.exports.page import write_page

    write_page(
        target,
        settled=settle_study(study, codebook),
        codebook=codebook,
        gate=gate,
        study=_state_facts(summarise_study(study, codebook), codebook, made_at),
    )


def settle_study(study: Study, codebook: Codebook) -> Iterator[Settled]:
    """Every coding of a study as it stands now, by place."""
    decisions: dict[str, list[Decision]] = {}
    for decision in study.decisions():
        decisions.setdefault(decision.coding_id, []).append(decision)
    coder = find_coder(study)
    return settle_codings(
        study.codings(machine=coder.name), decisions, codebook=codebook, thresholds=coder.thresholds
    )


def summarise_study(study: Study, codebook: Codebook, *, state: str | None = None) -> StudySummary:
    """A study in numbers; counted once for each `state` of the study. None: it is worked out."""
    state = state or hash_outputs(study)
    kept = read_cached(study.folder, SUMMARY, made_from=state)
    if kept is not None:
        return read_summary(kept)
    counter = SummaryCounter(codebook)
    for _ in counter.count(settle_study(study, codebook)):
        pass
    summary = _summarise(study, counter, list_speaking(study))
    write_cached(study.folder, SUMMARY, asdict(summary), made_from=state)
    return summary


def _summarise(
    study: Study, counter: SummaryCounter, participants: Mapping[str, Participant]
) -> StudySummary:
    return counter.summarise(study.counts(), participants=participants)


def outputs_stand(study: Study, folder: Path, *, state: str) -> bool:
    """Whether the outputs are all there and say what the study holds now, at this `state`."""
    if study.folder is None:  # the study cannot know which member of the team holds which outputs
        return False
    there = all((folder / name).is_file() for name in OUTPUT_NAMES)
    return there and study.outputs_made_from() == state


def hash_outputs(study: Study) -> str:
    """A fingerprint of everything that the outputs of a study are made from."""
    return hash_words(__version__, study.state_hash(find_coder(study).name))


def write_outputs(
    study: Study, codebook: Codebook, folder: Path, *, made_at: datetime
) -> StudySummary:
    """Write every output of a study; each file is whole, the old one or the new one, at any moment.

    Args:
        study: held by its lock.
        codebook: the one in force.
        folder: made if need be; files of these names in it are the study's own and are replaced.
        made_at: the day the Word tables bear.

    Raises:
        ThemecodeError: a file cannot be written.
    """
    # Only where there is something to write: `apply` with nothing new goes without them.
    from themecode.consent import Gate
    from themecode.exports.coded_segments import coded_segment_rows, hold_back
    from themecode.exports.files import sweep
    from themecode.exports.held_back import write_held_back
    from themecode.exports.sheets import write_coded_segments
    from themecode.exports.theme_matrix import write_theme_matrix
    from themecode.exports.theme_tables import ThemeTables
    from themecode.matrices import MatrixCounter

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(folder)
    state = hash_outputs(study)
    participants = list_speaking(study)
    summary = SummaryCounter(codebook)
    matrix = MatrixCounter(codebook, participants)
    tables = ThemeTables(codebook, participants)
    # One pass over the codings feeds every output.
    codings = tables.count(matrix.count(summary.count(settle_study(study, codebook))))
    gate = Gate(participants)
    rows = coded_segment_rows(
        codings, codebook=codebook, participants=participants, versions=study.codebook_versions()
    )
    write_coded_segments(
        hold_back(rows, gate), *(folder / name for name in CODED_SEGMENTS), made_on=made_at.date()
    )
    write_held_back(gate, folder / HELD_BACK_LIST)
    write_theme_matrix(matrix.matrix(), folder / THEME_MATRIX)
    made = _summarise(study, summary, participants)
    tables.write(
        folder / THEME_TABLES,
        study=_state_facts(made, codebook, made_at),
    )
    study.record_exports(
        {folder / name: Path(name).stem.replace("_", " ") for name in OUTPUT_NAMES}, participants
    )
    study.record_outputs(state)
    write_cached(study.folder, SUMMARY, asdict(made), made_from=state)
    return made
