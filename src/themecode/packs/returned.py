"""What was found in a file that came back, before it is understood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from themecode.model import Problem


@dataclass(frozen=True, slots=True)
class Row:
    """One excerpt's answer as it stands in the file.

    Args:
        line: row, or paragraph.
        ref: the beginning of the excerpt's id, as the pack gave it.
        words: the excerpt as the file has it now. None: it does not have it.
        question: what kind of thing `ref` names: "excerpt" or "coding".
    """

    line: int
    ref: str
    words: str | None
    answer: str
    codes: str
    note: str
    place: str = ""
    question: str = "excerpt"


@dataclass(frozen=True, slots=True)
class Returned:
    """A file that came back.

    Args:
        reviewer: whom the pack was made for. "": the file no longer says.
        plan_id: of the review it was made from. "": the file no longer says.
        saved_at: when it was last saved, as it says itself. None: it does not.
        came_by: "workbook" or "word".
    """

    path: str
    reviewer: str
    plan_id: str
    pack_id: str
    saved_at: datetime | None
    came_by: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...] = ()
