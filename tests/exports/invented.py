"""Invented studies for the tests of the exports: nobody said any of this."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from themecode.model import (
    Code,
    Codebook,
    Coding,
    Consent,
    Decision,
    Evidence,
    Participant,
    Segment,
    Span,
    Status,
    Theme,
    Turn,
    TurnKind,
    Verdict,
)
from themecode.settle import Settled

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SAID = (
    "I kept it quiet because my sister would have told the whole street",
    "they said come back Thursday and I thought, by Thursday I will have changed my mind",
    "she sat with me for an hour, nobody had done that before",
    "it was [name of town], you see everyone at the bus stop and they see you",
    "I was frightened they would take the little one [...] so I said nothing at all",
    "on a group day with all men in it I just did not speak",
    "it is two buses, and with the pram it is two buses and a walk",
)


def codebook(themes: int = 2, codes: int = 3) -> Codebook:
    """A codebook with that many themes and that many codes in each."""
    names = ("Being judged", "Getting there", "Children", "Someone who listens", "Safety")
    made = []
    for number in range(themes):
        theme_id = f"t{number}"
        made.append(
            Theme(
                theme_id,
                names[number % len(names)],
                f"What women say about {names[number % len(names)].lower()}, in their own words.",
                tuple(
                    Code(
                        id=f"{theme_id}.c{at}",
                        theme_id=theme_id,
                        name=f"{('Fear of', 'Talk of', 'A way past')[at % 3]} "
                        f"{names[(number + at) % len(names)].lower()}",
                        definition="Said of herself or of other women she knows, whether it "
                        "happened or she was afraid that it would.",
                        content_note="violence at home" if at == 1 else None,
                    )
                    for at in range(codes)
                ),
            )
        )
    return Codebook("Invented codebook", "1.0", "b" * 64, tuple(made))


def people(count: int = 4, **consent: Consent) -> dict[str, Participant]:
    """Participants P01, P02 and so on."""
    roles = ("Woman with lived experience", "Practitioner", "Peer worker")
    return {
        f"P{number:02}": Participant(
            f"P{number:02}",
            roles[number % 3] if number % 5 else None,
            {"site": "North"},
            consent.get(f"P{number:02}"),
        )
        for number in range(1, count + 1)
    }


def settled(
    text: str = SAID[0],
    *,
    who: str | None = "P01",
    code_id: str = "t0.c0",
    status: Status = Status.SUGGESTED,
    start: int = 0,
    transcript: str = "interview-01",
    speaker: str = "P01",
    coder: str = "themecode/cues@0.1.0",
    confidence: float | None = 0.87,
    decisions: Sequence[Decision] = (),
    kind: TurnKind = TurnKind.PARTICIPANT,
    evidence: Sequence[Evidence] | None = None,
    stale: bool = False,
) -> Settled:
    """One coding as it stands."""
    span = Span(start, start + len(text))
    segment = Segment(transcript, 3, span, text)
    reasons = (
        (
            Evidence(
                "cue",
                (Span(start, start + 10),),
                (text[:10],),
                text[:10],
                "strong",
                "Include: keeping it from the family.",
            ),
        )
        if evidence is None
        else tuple(evidence)
    )
    return Settled(
        Coding("x", segment, code_id, coder, confidence, reasons, "b" * 64, "c" * 64, NOW),
        Turn(3, speaker, kind, who, span),
        code_id,
        status,
        tuple(decisions),
        stale,
    )


def decision(
    reviewer: str = "Ana", verdict: Verdict = Verdict.ACCEPT, note: str = "", to: str | None = None
) -> Decision:
    """A reviewer's answer."""
    return Decision("d", "x", reviewer, verdict, to, note, NOW)


def study(
    count: int, *, book: Codebook, participants: Mapping[str, Participant], seed: int = 1
) -> list[Settled]:
    """Many codings of many statuses, the same for the same seed."""
    draw = random.Random(seed)
    codes = [code.id for code in book.codes][:-1]  # the last code is one nobody mentioned
    who = list(participants)
    statuses = [Status.SUGGESTED] * 6 + list(Status)
    made = []
    for number in range(count):
        person = draw.choice(who)
        text = f"{draw.choice(SAID)}, and that was {draw.randint(2, 9)} years ago"
        status = draw.choice(statuses)
        answer = () if status is Status.SUGGESTED else (decision(note="her own words"),)
        item = settled(
            text,
            who=person,
            speaker=person,
            code_id=draw.choice(codes),
            status=status,
            start=number * 200,
            transcript=f"interview-{number // 80:03}",
            confidence=round(draw.uniform(0.5, 0.99), 3),
            decisions=answer,
        )
        made.append(item if draw.random() > 0.02 else replace(item, stale=True))
    return made
