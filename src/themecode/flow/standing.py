"""How a study stands, kept with it so that it can be told again at once while nothing has changed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode import __version__
from themecode.flow.cache import read_cached, write_cached
from themecode.flow.output_names import OUTPUT_NAMES
from themecode.flow.summary import StudySummary, read_summary
from themecode.model import hash_words
from themecode.store.glance import hold_still, read_mark
from themecode.store.records import KeptDecision, StudyCounts

if TYPE_CHECKING:
    from themecode.store import Study

_KEPT = "standing"


@dataclass(frozen=True, slots=True)
class CodebookFacts:
    """What is told of a study's codebook.

    Args:
        codes: how many it has.
    """

    title: str
    version: str
    sha256: str
    codes: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How a study stands.

    Args:
        codebook: the one in force. None: the study has not been coded.
        summary: None where there is no codebook.
        outputs_stand: whether the outputs are all there and say what the study holds.
        needs_a_look: what people did on earlier versions of transcripts.
        waiting: how many safeguarding prompts wait for somebody.
    """

    counts: StudyCounts
    codebook: CodebookFacts | None
    summary: StudySummary | None
    outputs_stand: bool
    needs_a_look: tuple[KeptDecision, ...] = ()
    waiting: int = 0


def find_standing(study: Study, outputs: Path) -> Standing:
    """How a study stands, worked out from what it holds, and kept for as long as nothing changes."""
    from themecode.flow.safeguarding import keep_prompts

    folder = study.folder
    if folder is None or study.passphrase is not None:  # nothing of a locked study lies about
        return _work_out(study, outputs)
    keep_prompts(study)  # may take a while, and nobody need wait for it
    with hold_still(folder) as mark:
        standing = _work_out(study, outputs)
        if mark is not None and not standing.needs_a_look:  # which shows codings, with their words
            write_cached(folder, _KEPT, _write(standing), made_from=_fingerprint(mark, folder))
    return standing


def _work_out(study: Study, outputs: Path) -> Standing:
    from themecode.flow.outputs import hash_outputs, outputs_stand, summarise_study
    from themecode.flow.safeguarding import count_waiting

    codebook = study.codebook_in_force()
    facts, summary, stand = None, None, False
    if codebook is not None:
        facts = CodebookFacts(
            codebook.title, codebook.version, codebook.sha256, len(codebook.codes)
        )
        state = hash_outputs(study)
        summary = summarise_study(study, codebook, state=state)
        stand = outputs_stand(study, outputs, state=state)
    return Standing(
        study.counts(), facts, summary, stand, study.needs_a_look(), count_waiting(study)
    )


def recall_standing(folder: Path) -> Standing | None:
    """How a study stands, as it was kept. None: something has changed, or it was not kept."""
    mark = read_mark(folder)
    if mark is None:
        return None
    kept = read_cached(folder, _KEPT, made_from=_fingerprint(mark, folder))
    return None if kept is None else _read(kept)


def _fingerprint(mark: str, folder: Path) -> str:
    there = (str((folder / "outputs" / name).is_file()) for name in OUTPUT_NAMES)
    return hash_words(__version__, mark, *there)


def _write(standing: Standing) -> dict[str, Any]:
    kept = asdict(standing)
    changed_at = standing.counts.changed_at
    kept["counts"]["changed_at"] = changed_at and changed_at.isoformat()
    return kept


def _read(kept: dict[str, Any]) -> Standing:
    counts = kept["counts"]
    changed_at = counts["changed_at"]
    return Standing(
        counts=StudyCounts(
            **{**counts, "changed_at": changed_at and datetime.fromisoformat(changed_at)}
        ),
        codebook=kept["codebook"] and CodebookFacts(**kept["codebook"]),
        summary=kept["summary"] and read_summary(kept["summary"]),
        outputs_stand=kept["outputs_stand"],
        waiting=kept["waiting"],
    )
