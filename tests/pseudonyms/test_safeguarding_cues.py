"""What is shown to the lead researcher, and what is not: all of it invented."""

from __future__ import annotations

from functools import cache

import pytest

from themecode.flow.prompt_places import IMAGINED, NOW, PAST, PromptListener, load_cues
from themecode.model import Span, Transcript, TranscriptKind, Turn, TurnKind

DANGER = [
    ("danger.suicide", "I've got the tablets saved up, they're in the drawer with my socks."),
    ("danger.suicide", "Some nights I just want to end it all, I do."),
    ("danger.suicide", "I wrote a letter to each of the kids, saying goodbye."),
    ("danger.suicide", "They'd all be better off without me and I've told them that."),
    ("danger.suicide", "I don't want to be here any more, that's the truth."),
    ("danger.suicide", "I'm gonna kill myself if they take him, I've told my worker."),
    ("danger.suicide", "I know how I'd do it, put it that way."),
    ("danger.suicide", "I started cutting myself again last week."),
    ("danger.suicide", "i feel suicidal most mornings if im honest"),
    ("danger.child", "He's started hitting the kids when he's had a drink."),
    ("danger.child", "She's leaving the little ones on their own while she goes to score."),
    ("danger.child", "There's bruises on the baby and nobody will say where from."),
    ("danger.child", "My daughter's terrified of him, she wets herself when he comes in."),
    ("danger.child", "He touches my little girl, I know he does."),
    ("danger.abuse", "He'll kill me if he finds out I came here."),
    ("danger.abuse", "I'm scared to go home tonight."),
    ("danger.abuse", "He still hits me. Not where you can see."),
    ("danger.abuse", "He had his hands round my throat on Sunday."),
    ("danger.abuse", "He makes me sleep with his mates to pay for it."),
    ("danger.abuse", "My partner won't let me leave the house without him."),
]
QUIET = [
    "I'm not suicidal, I want to make that clear.",
    "I've never hurt the kids and I never would.",
    "I nearly died laughing when the tannoy went.",
    "I cut myself off from all that lot.",
    "He's never hit me, he's a gentle soul.",
    "They did the suicide awareness course with us, with sandwiches.",
    "In the end it was the pharmacist I told.",
    "I'm not scared of him any more.",
    "The bus never comes and I could scream.",
    "It hit me that I'd not eaten since Tuesday.",
]
GONE = [
    "Back then I wanted to kill myself, I was fifteen.",
    "When I was a kid he hit me most Fridays.",
    "I tried to kill myself years ago, before I had the girls.",
]


@cache
def _listener() -> PromptListener:
    return PromptListener.make(load_cues())


def _hear(words: str) -> list[tuple[str, str]]:
    turn = Turn(1, "W1", TurnKind.PARTICIPANT, "W1", Span(0, len(words)))
    transcript = Transcript("t", "t.txt", "x", TranscriptKind.INTERVIEW, words, (turn,))
    return [(place.concern, place.speaks_of) for place in _listener().hear(transcript)]


@pytest.mark.parametrize(("concern", "words"), DANGER)
def test_talk_of_present_danger_is_a_prompt(concern: str, words: str) -> None:
    assert (concern, NOW) in _hear(words)


@pytest.mark.parametrize("words", QUIET)
def test_denial_and_other_senses_are_no_prompt(words: str) -> None:
    assert _hear(words) == []


@pytest.mark.parametrize("words", GONE)
def test_talk_of_the_past_is_shown_as_such(words: str) -> None:
    assert {speaks_of for _, speaks_of in _hear(words)} == {PAST}


def test_an_imagined_case_is_shown_as_such() -> None:
    assert _hear("Imagine if he locks the kids in and you can't get to them.") == [
        ("danger.child", IMAGINED)
    ]


def test_what_has_gone_on_until_now_is_not_taken_for_the_past() -> None:
    assert ("danger.abuse", NOW) in _hear("I used to hide it, but he's hitting me again now.")


def test_every_cue_can_be_heard() -> None:
    from themecode.suggest.listen import check_cues

    assert not [
        problem for problem in check_cues(load_cues(), path="safeguarding") if problem.blocks
    ]
