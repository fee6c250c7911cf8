"""Coded segments: one row a coding, with where it stands, the words, and the reasons for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from themecode.consent import HELD_BACK, Gate
from themecode.model import (
    Code,
    Codebook,
    Decision,
    Evidence,
    Participant,
    Status,
    Theme,
    TurnKind,
    Verdict,
)
from themecode.settle import Settled


class CodedSegmentRow(NamedTuple):
    """One coding, as every export lists it; the fields are the columns, in the contract's order.

    Args:
        evidence: the reasons, as records. A sentence in sheets (`evidence_sentence`), objects in
            JSON lines (`evidence_objects`).
        confidence: from 0 to 1. None for a person's coding.
        codebook_version: of the codebook the claim was made with.
    """

    transcript: str
    turn: int
    speaker: str
    participant: str
    role: str
    start: int
    end: int
    text: str
    theme_id: str
    theme: str
    code_id: str
    code: str
    coder: str
    confidence: float | None
    status: str
    evidence: tuple[Evidence, ...]
    reviewer: str
    decision: str
    note: str
    codebook_version: str
    content_note: str


COLUMNS = CodedSegmentRow._fields

#: A longer cue is cut in the readable evidence.
LONGEST_CUE = 80

#: What each column says, for the sheet that explains them.
COLUMN_MEANINGS: Mapping[str, str] = {
    "transcript": "Which transcript the passage is in.",
    "turn": "Which turn of the conversation, counted from 1.",
    "speaker": "The speaker's label, as it stands in the transcript.",
    "participant": "The participant who spoke. Empty: not a participant.",
    "role": "The participant's role, from the participants file. Empty: not given.",
    "start": "Where the passage begins: how many characters of the transcript's text come before "
    "it (the text that 'themecode export --format text' gives).",
    "end": "Where the passage ends, counted the same way.",
    "text": "The passage, word for word. Held back where the participant did not agree to be quoted.",
    "theme_id": "The theme's short name, for scripts.",
    "theme": "The theme.",
    "code_id": "The code's short name, for scripts.",
    "code": "The code the passage stands under now.",
    "coder": "Who put the code on the passage: a person's name, or themecode and its version.",
    "confidence": "How sure the machine is, from 0 to 1. Empty: a person coded it.",
    "status": "Where the coding stands; see the list of statuses.",
    "evidence": "Why the machine chose the code: the words, what they matched in the codebook, "
    "and the line of the codebook they answer to. Empty: a person coded it.",
    "reviewer": "Who has reviewed the coding; several names are parted by '; '.",
    "decision": "What each reviewer answered, in the order of the names: accept, reject, "
    "recode to another code, or unsure.",
    "note": "What the reviewers noted.",
    "codebook_version": "The version of the codebook the passage was coded with. 'earlier than' a "
    "version: the code has changed since, so look at the passage again.",
    "content_note": "What a reader may want to be warned of before reading the passage.",
}

#: What each status says, in the order a coding may pass through them.
STATUS_MEANINGS: Mapping[Status, str] = {
    Status.SUGGESTED: "The machine put the code here; nobody has checked it yet.",
    Status.CANDIDATE: "The machine is not sure and asks a person.",
    Status.ACCEPTED: "A reviewer agreed.",
    Status.RECODED: "A reviewer moved it to another code, the one shown.",
    Status.CODED: "A person put the code here.",
    Status.DISPUTED: "Reviewers differ; it waits to be settled.",
    Status.REJECTED: "A reviewer said that the code does not fit.",
}

_STRENGTHS = {"strong", "fair", "weak"}
_MINDED = {
    "imagined": "said of something imagined",
    "echo": "repeats the interviewer's words",
}


def coded_segment_rows(
    settled: Iterable[Settled],
    *,
    codebook: Codebook,
    participants: Mapping[str, Participant],
    versions: Mapping[str, str] | None = None,
) -> Iterator[CodedSegmentRow]:
    """The coded segments, one row a coding, in the order they come.

    Args:
        settled: the codings as they stand, whatever their status.
        codebook: the codebook in use. A code that has left it keeps its id and has no names.
        participants: by id.
        versions: the version of every codebook the study has used, by its sha256. None: only the
            one in use is known.
    """
    places: dict[str, tuple[str, str, str, str]] = {
        code.id: _place(theme, code) for theme in codebook.themes for code in theme.codes
    }
    known = {codebook.sha256: codebook.version, **(versions or {})}
    for item in settled:
        coding, turn, code_id = item.coding, item.turn, item.code_id
        segment = coding.segment
        theme_id, theme, code, content_note = places.get(code_id, ("", "", "", ""))
        participant = participants.get(turn.participant_id or "")
        reviewer, decision, note = _answers(item.decisions) if item.decisions else ("", "", "")
        yield CodedSegmentRow(
            segment.transcript_id,
            segment.turn,
            turn.speaker,
            turn.participant_id or "",
            (participant.role or "") if participant and turn.kind is not TurnKind.SUPPORT else "",
            segment.span.start,
            segment.span.end,
            segment.text,
            theme_id,
            theme,
            code_id,
            code,
            coding.coder,
            coding.confidence,
            item.status.value,
            coding.evidence,
            reviewer,
            decision,
            note,
            _version(item, known.get(coding.codebook_sha256, codebook.version), codebook),
            content_note,
        )


def hold_back(rows: Iterable[CodedSegmentRow], gate: Gate) -> Iterator[CodedSegmentRow]:
    """The rows with only those words that their speakers allowed to leave the study.

    The coding stays in its place: what is held back is what was said, and the reasons that say it.
    """
    for row in rows:
        if gate.lets_through(row.participant or None):
            yield row
            continue
        reasons = tuple(
            replace(reason, words=(HELD_BACK,) * len(reason.words)) for reason in row.evidence
        )
        yield row._replace(text=HELD_BACK, evidence=reasons)


def cells_of(row: CodedSegmentRow) -> tuple[str, ...]:
    """A row as the text of its cells, as CSV and Excel show them."""
    confidence = row[13]
    return (
        row[0],
        str(row[1]),
        *row[2:5],
        str(row[5]),
        str(row[6]),
        *row[7:13],
        "" if confidence is None else f"{confidence:.2f}",
        row[14],
        evidence_sentence(row[15]),
        *row[16:],
    )


def evidence_sentence(evidence: tuple[Evidence, ...]) -> str:
    """The reasons for a coding as a reader is told them."""
    if not evidence:
        return ""
    said = []
    for at, reason in enumerate(evidence):
        # One line of the codebook often answers to several words: it is quoted once, at the end.
        last = at + 1 == len(evidence) or evidence[at + 1].clause != reason.clause
        said.append(_reason(reason) + (f"; {reason.clause}" if last and reason.clause else ""))
    return " | ".join(said)


def evidence_objects(evidence: tuple[Evidence, ...]) -> list[dict[str, object]]:
    """The reasons for a coding as plain objects, for JSON."""
    return [
        {
            "kind": reason.kind,
            "words": list(reason.words),
            "spans": [[span.start, span.end] for span in reason.spans],
            "matched": reason.matched,
            "strength": reason.strength,
            "clause": reason.clause,
            "minded": list(reason.minded),
            "weight": round(reason.weight, 4),
        }
        for reason in evidence
    ]


def _place(theme: Theme, code: Code) -> tuple[str, str, str, str]:
    return theme.id, theme.name, code.name, code.content_note or ""


def _version(item: Settled, version: str, codebook: Codebook) -> str:
    """The version a claim was made with; told as earlier where the number was left as it was."""
    return f"earlier than {version}" if item.stale and version == codebook.version else version


def _answers(decisions: tuple[Decision, ...]) -> tuple[str, str, str]:
    """Who decided, what, and their notes. Notes carry names where there is more than one answer."""
    alone = len(decisions) == 1
    notes = (
        decision.note if alone else f"{decision.reviewer}: {decision.note}"
        for decision in decisions
        if decision.note
    )
    return (
        "; ".join(decision.reviewer for decision in decisions),
        "; ".join(map(_verdict, decisions)),
        "; ".join(notes),
    )


def _verdict(decision: Decision) -> str:
    if decision.verdict is Verdict.RECODE and decision.recoded_to:
        return f"recode to {decision.recoded_to}"
    return decision.verdict.value


def _cut(cue: str) -> str:
    """A cue short enough to be read in a cell; JSON lines hold it whole."""
    if len(cue) <= LONGEST_CUE:
        return cue
    return cue[:LONGEST_CUE].rsplit("/", 1)[0] + " …"


def _reason(reason: Evidence) -> str:
    words = '" … "'.join(reason.words)
    if reason.kind == "cue" and reason.strength in _STRENGTHS:
        said = f'"{words}" matches the {reason.strength} cue "{_cut(reason.matched)}"'
    elif reason.kind == "meaning":
        said = f'"{words}" is close in meaning to "{reason.matched}" ({reason.strength})'
    elif reason.kind == "learned":
        said = f'"{words}" is like "{_cut(reason.matched)}" ({reason.strength})'
    else:
        said = f'"{words}" matches "{reason.matched}"'
    if reason.minded:
        said += f" ({', '.join(_MINDED.get(thing, thing) for thing in reason.minded)})"
    return said
