"""themecode from Python: the verbs of a study, in the order they are used.

    from themecode import api

    applied = api.apply("transcripts/", codebook="women_in_treatment", study="my-study")
    table = api.read_table("my-study")
    by_role = api.count_by_group(table, "role", count=api.Count.PEOPLE)

Everything is worked out on this computer. Figures come as pandas frames; what they count is said in
`themecode.matrices`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.exports.tables import FigureTable, write_table
from themecode.flow.applying import Applied, apply_codebook
from themecode.flow.matrices import make_matrix, read_study_table
from themecode.flow.reading_options import ReadingOptions
from themecode.matrices.codings import StudyTable
from themecode.matrices.groups import Count, GroupMatrix, Level, count_by_group, list_prevalence
from themecode.matrices.saturation import Saturation, assess_saturation
from themecode.matrices.sources import count_respondents, triangulate
from themecode.matrices.together import Cooccurrence, Within, count_together, list_pairs
from themecode.store import Study, open_study

if TYPE_CHECKING:
    import pandas as pd

    from themecode.model import Codebook, Problem

__all__ = [
    "Applied",
    "Cooccurrence",
    "Count",
    "FigureTable",
    "GroupMatrix",
    "Level",
    "Saturation",
    "Study",
    "StudyTable",
    "Within",
    "apply",
    "assess_saturation",
    "count_by_group",
    "count_respondents",
    "count_together",
    "list_pairs",
    "list_prevalence",
    "make_matrix",
    "open_study",
    "plan_report",
    "read_figures",
    "read_table",
    "triangulate",
    "write_report",
    "write_table",
]


def apply(
    paths: str | Path | Sequence[str | Path],
    *,
    study: str | Path,
    codebook: str | Path | None = None,
    participants: str | Path | None = None,
    interviewers: Sequence[str] = (),
    workers: int = 1,
) -> Applied:
    """Read transcripts, code them against a codebook, and write the study's outputs.

    Args:
        paths: files, and folders of them.
        study: the study's folder; made if it is not there.
        codebook: a file, or the name of one that ships. None: the study's own.
        participants: the participants file. None: the one named last, or none.
        interviewers: labels that are interviewers.
        workers: processes to code in.

    Returns:
        What was read, coded and written, and every problem met: `applied.problems`.

    Raises:
        ThemecodeError: the codebook or the participants file has problems, or the study is busy.
    """
    from themecode.transcripts.participants import read_participants

    given = [paths] if isinstance(paths, str | Path) else list(paths)
    rows, problems = read_participants(Path(participants)) if participants else ((), ())
    if any(problem.blocks for problem in problems):
        raise ThemecodeError(
            f"The participants file {participants} cannot be used yet: {problems[0]}"
        )
    with open_study(study, create=True) as opened:
        return apply_codebook(
            opened,
            [Path(each) for each in given],
            codebook_name=None if codebook is None else str(codebook),
            options=ReadingOptions(rows, tuple(interviewers), None, replace=False),
            participants_path=None if participants is None else str(participants),
            outputs=Path(study) / "outputs",
            made_at=datetime.now(UTC),
            workers=workers,
            progress=_tell_nobody,
        )


def _tell_nobody(_what: str, _done: int, _total: int) -> None:
    """A notebook shows what a cell gives, and needs no progress."""


def read_table(study: str | Path, *, order: Sequence[str] | None = None) -> StudyTable:
    """A study's counted codings, people and transcripts as pandas frames.

    Args:
        study: its folder.
        order: transcript ids in the order collected. None: by id.

    Raises:
        ThemecodeError: there is no study there, or nothing has been coded in it.
    """
    with open_study(study) as opened:
        codebook = opened.codebook_in_force()
        if codebook is None:
            raise ThemecodeError(f"The study in {study} has not been coded yet: `apply` it first.")
        return read_study_table(opened, codebook, order=order)


def read_figures(table: FigureTable) -> pd.DataFrame:
    """A table of figures as a frame, a row a theme or code."""
    import pandas as pd

    return pd.DataFrame.from_records(
        list(table.rows), columns=[column.heading for column in table.columns]
    )


def plan_report(study: str | Path, target: str | Path) -> tuple[int, int]:
    """Write the list of passages that may be quoted, .xlsx or .yaml, for a researcher to choose from.

    Args:
        study: its folder.
        target: written over if it is there.

    Returns:
        How many it proposes, and how many it offers.

    Raises:
        ThemecodeError: it has not been coded, or its pseudonyms are not signed for.
    """
    from themecode.flow import reporting
    from themecode.flow.leaving import open_gate, record_leaving

    with open_study(study) as opened:
        gate = open_gate(opened)
        made = reporting.plan_report(opened, _need_codebook(opened), Path(target))
        record_leaving(opened, [Path(target)], "plan of quotes", gate=gate)
    return made


def write_report(
    study: str | Path,
    target: str | Path,
    *,
    plan: str | Path | None = None,
    template: str | Path | None = None,
    pictures: bool = True,
) -> list[Problem]:
    """Write the Word report of a study.

    Args:
        study: its folder.
        target: a .docx, written over if it is there.
        plan: the researcher's choice of quotes, from `plan_report`. None: those proposed.
        template: her own Word document. None: ours.
        pictures: whether figures are drawn.

    Returns:
        What of the plan could not be used, and why.

    Raises:
        ThemecodeError: it has not been coded, or the plan or the template cannot be used.
    """
    from themecode.flow import reporting
    from themecode.flow.leaving import open_gate, record_leaving

    choices = reporting.ReportChoices(
        plan=None if plan is None else Path(plan),
        template=None if template is None else Path(template),
        pictures=pictures,
    )
    with open_study(study) as opened:
        gate = open_gate(opened)
        problems = reporting.report_study(
            opened, _need_codebook(opened), Path(target), choices=choices
        )
        record_leaving(opened, [Path(target)], "report", gate=gate)
    return problems


def _need_codebook(study: Study) -> Codebook:
    codebook = study.codebook_in_force()
    if codebook is None:
        raise ThemecodeError("The study has not been coded yet: `api.apply` does that.")
    return codebook
