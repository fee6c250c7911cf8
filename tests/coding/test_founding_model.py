"""The model that comes with the founding codebook: for this very codebook, small, and the same for everyone."""

from datetime import UTC, datetime

import pytest

from themecode.codebook import find_codebook, read_codebook
from themecode.model import Span, Transcript, TranscriptKind, Turn, TurnKind
from themecode.suggest.learned_model import find_model_beside, list_unknown, read_model_file
from themecode.suggest.listen import Listener
from themecode.suggest.meaning import find_foreign_turns, suggest_codings
from themecode.suggest.signals import Context
from themecode.suggest.weigher import Weigher

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def ready():
    path = find_codebook("women_in_treatment")
    codebook, _ = read_codebook(path)
    model = read_model_file(find_model_beside(path))
    return codebook, model, Weigher(model, codebook, Listener(codebook.codes, codebook))


def _transcript(*said):
    text, turns = "", []
    for number, (kind, words) in enumerate(said, start=1):
        text += ("\n\n" if text else "") + "A: "
        who = "ana" if kind is TurnKind.PARTICIPANT else None
        turns.append(Turn(number, "A", kind, who, Span(len(text), len(text) + len(words))))
        text += words
    return Transcript("t", "t.txt", "0", TranscriptKind.INTERVIEW, text, tuple(turns))


def test_it_knows_every_code_as_it_is_and_is_under_five_megabytes(ready):
    codebook, model, _ = ready
    assert list_unknown(model, codebook) == ()
    path = find_model_beside(find_codebook("women_in_treatment"))
    assert path.stat().st_size < 5_000_000
    assert model.sha256 in path.with_suffix(".md").read_text(encoding="utf-8")


def test_without_the_words_named_as_evidence_it_is_less_sure(ready):
    codebook, _, weigher = ready
    transcript = _transcript(
        (TurnKind.INTERVIEWER, "Did they take the children off you straight away?"),
        (
            TurnKind.PARTICIPANT,
            "The bus was late that day. They come and took my two little ones on the Thursday and I have not "
            "slept right since. Her bed is still made. I had a cup of tea after.",
        ),
        (TurnKind.PARTICIPANT, "No sabía con quién hablar y me dijeron que tenía que esperar mucho más."),
    )  # fmt: skip
    codings = suggest_codings(transcript, weigher, codebook=codebook, made_at=WHEN)
    assert {coding.segment.turn for coding in codings} == {2}
    assert find_foreign_turns(transcript) == (3,)
    surest = max(codings, key=lambda coding: coding.confidence)
    assert surest.code_id.startswith("childcare.")
    ids = [code.id for code in codebook.codes]
    asked = "Did they take the children off you straight away?"
    for coding in codings:
        learned = next(reason for reason in coding.evidence if reason.kind == "learned")
        rest = " ".join(coding.segment.text.replace(learned.words[0], " ").split())
        if rest:
            without = weigher.weigh([rest], [Context(asked)])[0, ids.index(coding.code_id)]
            assert float(without) < coding.confidence


def test_a_turn_of_two_thousand_words_and_one_of_one_word_are_both_read(ready):
    codebook, _, weigher = ready
    long = "I went to the shop and I came back and it was raining. " * 180
    transcript = _transcript((TurnKind.PARTICIPANT, long.strip()), (TurnKind.PARTICIPANT, "Yes."))
    codings = suggest_codings(transcript, weigher, codebook=codebook, made_at=WHEN)
    assert all(coding.segment.turn == 1 for coding in codings)
