"""A coded transcript with its codes as comments in the margin, to be replied to."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.consent import HELD_BACK, may_quote
from themecode.errors import ThemecodeError
from themecode.flow.review_reading import name_role, name_transcript, show_transcript
from themecode.flow.reviewing import list_excerpts
from themecode.model import Codebook, Span, hash_words
from themecode.packs.contents import REF_LETTERS, find_place_topics, find_reviewer
from themecode.packs.document import ANSWER, REF, describe
from themecode.packs.word_parts import QUIET, SMALL, make_safe, save_document, start_document
from themecode.store import Choices, ReviewItem

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.run import Run

    from themecode.model import Turn
    from themecode.store import Study

#: Who the comments are by.
AUTHOR = "themecode"
OPTED_OUT = "(left out: it is about a topic you asked not to read about)"


def write_commented_transcript(
    study: Study,
    codebook: Codebook,
    transcript_id: str,
    path: Path,
    *,
    reviewer: str,
    made_at: datetime,
) -> int:
    """Write a transcript with a comment on each of a reviewer's excerpts; returns how many.

    Raises:
        ThemecodeError: there is no such transcript, the review is blind, or nothing in it is hers.
        StudyNotWritable: the file cannot be written.
    """
    name, queue = find_reviewer(study, reviewer)
    if queue.plan.options.blind:
        raise ThemecodeError(
            "This review is blind, and comments in the margin would show what the machine "
            "suggested. Make a pack with `--format xlsx` or `docx`."
        )
    transcript = study.transcript(transcript_id)
    choices = study.choices().get(name, Choices())
    participants = study.participants()
    held = {
        turn.number
        for turn in transcript.turns
        if not may_quote(participants.get(turn.participant_id or ""))
    }
    there = [item for item in queue.items if item.transcript_id == transcript.id]
    topics = find_place_topics(study, codebook, there)
    shown = show_transcript(
        study, codebook, transcript.id, reviewer=name, choices=choices, blind=False
    )
    gone = {turn.number for turn in shown.turns if turn.withheld}
    hers = [
        item
        for item in list_excerpts(queue, choices, codebook)
        if item in there and item.code_id is not None and item.turn not in held | gone
    ]
    if not hers:
        raise ThemecodeError(
            f"{name} has nothing to read in {transcript_id}. See `review progress`."
        )
    document = start_document(f"{name_transcript(transcript)}, for {name}", made_at=made_at)
    warned = sorted({topic for item in hers for topic in topics[item.id]})
    for line in (
        (
            "The suggested codes stand in the margin as comments. Reply to each: yes, no, not sure, or "
            "something else: and the name of a code. You can also type after “Your answer:” inside it."
        ),
        f"Please note: it speaks of {', '.join(warned)}." if warned else "",
        "Save the file and send it back safely. It holds what somebody said in confidence.",
    ):
        if line:
            document.add_paragraph(make_safe(line), style=QUIET)
    document.add_heading("What was said", level=1)
    for turn in transcript.turns:
        paragraph = document.add_paragraph()
        who = name_role(transcript, turn, participants)
        paragraph.add_run(make_safe(f"{who}: ")).bold = True
        if turn.number in held:
            paragraph.add_run(HELD_BACK).italic = True
        elif turn.number in gone:
            paragraph.add_run(OPTED_OUT).italic = True
        else:
            mine = [item for item in hers if item.turn == turn.number]
            runs = {
                span: paragraph.add_run(make_safe(span.of(transcript.text)))
                for span in _cut(turn, mine)
            }
            for item in mine:
                _comment(document, runs, item, codebook, made_at=made_at)
    pack_id = hash_words(queue.plan.id, name, transcript.id, *(item.id for item in hers))[:16]
    document.add_paragraph(describe(name, queue.plan.id, pack_id), style=SMALL)
    save_document(document, path)
    return len(hers)


def _cut(turn: Turn, items: list[ReviewItem]) -> list[Span]:
    """The turn's words cut wherever an excerpt begins or ends."""
    edges = {turn.span.start, turn.span.end}
    for item in items:
        edges |= {item.span.start, item.span.end}
    ordered = sorted(edges)
    return [Span(a, b) for a, b in pairwise(ordered)]


def _comment(
    document: Document,
    runs: dict[Span, Run],
    item: ReviewItem,
    codebook: Codebook,
    *,
    made_at: datetime,
) -> None:
    from docx.oxml.ns import qn

    code = codebook.code(item.code_id or "")
    inside = [run for span, run in runs.items() if span.overlaps(item.span)]
    made = document.add_comment(
        inside,
        text=make_safe(f"Is this about: {code.name}? {code.definition}"),
        author=AUTHOR,
        initials="t",
    )
    made.add_paragraph(f"{ANSWER} ")
    made.add_paragraph(f"{REF} {item.id[:REF_LETTERS]}")
    day = made_at.astimezone(UTC)
    made._comment_elm.set(qn("w:date"), f"{day:%Y-%m-%d}T00:00:00Z")  # noqa: SLF001
