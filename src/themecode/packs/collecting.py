"""Answers in files that came back, taken into the study: each once, and nobody's by mistake."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError, UnreadableFile
from themecode.flow.consequences import Consequences, FaultyAnswer
from themecode.flow.reviewing import check_answer, pass_on
from themecode.model import Codebook, Problem, hash_words
from themecode.packs.contents import find_reviewer
from themecode.packs.replies import NotUnderstood, Understood, read_reply
from themecode.packs.returned import Returned, Row
from themecode.store import Reply, ReviewAnswer, ReviewItem, StaleAnswer

if TYPE_CHECKING:
    from themecode.store import Study

#: Fewer letters of an id might be anybody's.
_SHORTEST_REF = 8


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of one file.

    Args:
        taken: answers kept now.
        known: answers the study had already.
        empty: excerpts she has not answered.
    """

    path: str
    reviewer: str
    taken: int
    known: int
    empty: int
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Tally:
    taken: int = 0
    known: int = 0
    empty: int = 0
    problems: list[Problem] = field(default_factory=list)


def read_returned(path: Path) -> Returned:
    """Read a file that came back, by what it is rather than what it is called.

    Raises:
        UnreadableFile: it is neither a workbook nor a Word document.
    """
    from themecode.packs.read_document import read_document
    from themecode.packs.read_workbook import read_workbook

    if not path.is_file():
        raise UnreadableFile("there is no such file.")
    kind = path.suffix.lower()
    if kind in {".xlsx", ".xlsm"}:
        return read_workbook(path)
    if kind == ".docx":
        return read_document(path)
    raise UnreadableFile(
        "a pack comes back as .xlsx or .docx. Open it and save it again as one of these."
    )


def collect_files(
    study: Study,
    codebook: Codebook,
    paths: Sequence[Path],
    *,
    now: datetime,
    reviewer: str | None = None,
) -> list[Collected]:
    """Take in the answers of every file; what is wrong with one never stops another.

    Args:
        study: coded, with a review planned.
        codebook: the one in force.
        paths: workbooks and Word documents.
        now: when they are collected.
        reviewer: whose they are, where a file no longer says.
    """
    collected = []
    for path in paths:
        try:
            returned = read_returned(path)
            collected.append(_collect(study, codebook, returned, now=now, reviewer=reviewer))
        except (UnreadableFile, ThemecodeError) as error:
            collected.append(
                Collected(str(path), "", 0, 0, 0, (Problem(str(path), None, str(error)),))
            )
    return collected


def _collect(
    study: Study, codebook: Codebook, returned: Returned, *, now: datetime, reviewer: str | None
) -> Collected:
    name = returned.reviewer or reviewer or ""
    if not name:
        raise ThemecodeError(
            "the file no longer says whom it was made for. Say so with `--reviewer NAME`."
        )
    if reviewer and returned.reviewer and reviewer.casefold() != returned.reviewer.casefold():
        raise ThemecodeError(
            f"the file was made for {returned.reviewer}, not for {reviewer}. Nothing was taken."
        )
    plans = {plan.id for plan in study.review_plans()}
    if returned.plan_id and returned.plan_id not in plans:
        raise ThemecodeError(
            "the file was made for another study. Nothing was taken: collect it there."
        )
    try:
        name, _ = find_reviewer(study, name)
    except ThemecodeError:
        if name not in study.reviewers():
            raise
    items = {item.id: item for item in study.every_review_item()}
    tally = _Tally(problems=list(returned.problems))
    seen: dict[str, int] = {}
    for row in returned.rows:
        problem = _take(study, codebook, row, items, returned, name, seen, tally, now=now)
        if problem:
            place = f"{returned.path} ({row.place})" if row.place else returned.path
            tally.problems.append(Problem(place, row.line, problem))
    return Collected(
        returned.path, name, tally.taken, tally.known, tally.empty, tuple(tally.problems)
    )


def _take(
    study: Study,
    codebook: Codebook,
    row: Row,
    items: dict[str, ReviewItem],
    returned: Returned,
    reviewer: str,
    seen: dict[str, int],
    tally: _Tally,
    *,
    now: datetime,
) -> str:
    """Take one answer in; returns what was wrong with it, in a sentence, or nothing."""
    item = _find_item(row.ref, items)
    if item is None:
        if row.answer.strip() or row.codes.strip():
            return "this excerpt is not in the study (any more), so the answer was left."
        return ""
    try:
        understood = read_reply(
            row.answer, codes=row.codes, note=row.note, asked=item.code_id, codebook=codebook
        )
    except NotUnderstood as reason:
        return str(reason)
    if understood is None:
        tally.empty += 1
        return ""
    if item.id in seen:
        return (
            f"this excerpt is answered above as well (line {seen[item.id]}); the first answer "
            "was taken. Delete one of them."
        )
    seen[item.id] = row.line
    if row.words is not None and not _is_same(
        row.words, item.span.of(study.transcript(item.transcript_id).text)
    ):
        return (
            "the words of this excerpt were changed in the file, so the answer may be about "
            "something else, and was left. Answer it in a fresh pack."
        )
    return _keep(study, codebook, item, understood, returned, reviewer, tally, now=now)


def _keep(
    study: Study,
    codebook: Codebook,
    item: ReviewItem,
    understood: Understood,
    returned: Returned,
    reviewer: str,
    tally: _Tally,
    *,
    now: datetime,
) -> str:
    hers = [each for each in study.review_answers(reviewer=reviewer) if each.item_id == item.id]
    latest = max(hers, key=lambda each: each.revision, default=None)
    content = (understood.reply.value, "\n".join(understood.codes), understood.note)
    made = hash_words("pack", returned.pack_id, item.id, reviewer, *content)[:24]
    if latest is not None and content == (
        latest.reply.value, "\n".join(latest.codes), latest.note,
    ):  # fmt: skip
        tally.known += 1
        return ""
    if any(each.id == made for each in hers):
        tally.known += 1
        return "this answer was taken before, and she has changed it since. The later one stands."
    saved = returned.saved_at
    at = saved if saved is not None and saved <= now else now
    elsewhere = latest is not None and latest.came_by not in {"workbook", "word"}
    if latest is not None and elsewhere and (saved is None or latest.answered_at >= at):
        return (
            "she has answered this excerpt on the page as well, and differently. The answer on "
            "the page stands; ask her which she means."
        )
    if latest is not None:
        at = max(at, latest.answered_at)
    answer = ReviewAnswer(
        made,
        item.id,
        reviewer,
        (latest.revision if latest else 0) + 1,
        understood.reply,
        understood.codes,
        understood.note,
        at.astimezone(UTC),
        returned.came_by,
    )
    try:
        # Without the daily limit: she has read them already, on whichever days she chose.
        check_answer(item, answer, codebook)
        kept = study.record_answer(answer, Consequences(study, codebook, item, answer).follow)
    except (FaultyAnswer, StaleAnswer) as error:
        return str(error)
    if kept and answer.reply is Reply.PASSED:
        pass_on(study, reviewer, [item])
    if kept:
        tally.taken += 1
    else:
        tally.known += 1
    return ""


def _find_item(ref: str, items: dict[str, ReviewItem]) -> ReviewItem | None:
    plain = re.sub(r"[^0-9a-f]", "", ref.casefold())
    if len(plain) < _SHORTEST_REF:
        return None
    found = [item for item_id, item in items.items() if item_id.startswith(plain)]
    return found[0] if len(found) == 1 else None


def _is_same(shown: str, words: str) -> bool:
    """Whether a file has the words as they are; white space and quote marks come and go."""
    return _plain(shown) == _plain(words)


def _plain(text: str) -> str:
    text = re.sub(r"[“”„\"«»]", '"', text)
    text = re.sub(r"[‘’‚']", "'", text)
    text = re.sub(r"[–—-]+", "-", text).replace("…", "...")
    return "".join(text.split()).strip('"')
