"""Codings from a trained model: each with evidence that carries it, none on an interviewer's words."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from themecode.cli import run
from themecode.codebook import read_codebook
from themecode.model import Span, Transcript, TranscriptKind, Turn, TurnKind
from themecode.suggest.learned_model import name_coder, read_model_file
from themecode.suggest.listen import Listener
from themecode.suggest.meaning import suggest_codings
from themecode.suggest.weigher import Weigher

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
SAID = [
    ("Interviewer", TurnKind.INTERVIEWER, "The bus was late again on Monday, was it?"),
    (
        "Ana",
        TurnKind.PARTICIPANT,
        "The cat got lost in the summer. My bus broke down by the school and I was tired. My phone "
        "cost a lot, I think.",
    ),
    ("Ana", TurnKind.PARTICIPANT, "We made a stew in the big oven for the children."),
    ("Ana", TurnKind.PARTICIPANT, "Yes."),
    ("Interviewer", TurnKind.INTERVIEWER, "I cooked a pan of soup with onions in the evening."),
    ("Ana", TurnKind.PARTICIPANT, "The telly was blue last year, to be honest."),
]


def _transcript():
    text, turns = "", []
    for number, (speaker, kind, words) in enumerate(SAID, start=1):
        text += ("\n\n" if text else "") + f"{speaker}: "
        turns.append(
            Turn(number, speaker, kind, speaker if kind is TurnKind.PARTICIPANT else None,
                 Span(len(text), len(text) + len(words)))
        )  # fmt: skip
        text += words
    return Transcript("t", "t.txt", "0", TranscriptKind.INTERVIEW, text, tuple(turns))


@pytest.fixture(scope="module")
def ready(trained):
    codebook, _ = read_codebook(trained.model.with_name("getting_there.yaml"))
    model = read_model_file(trained.model)
    return codebook, Weigher(model, codebook, Listener(codebook.codes, codebook))


def _code(ready):
    codebook, weigher = ready
    return suggest_codings(_transcript(), weigher, codebook=codebook, made_at=WHEN)


def _surest(codings):
    return {(each.segment.turn, each.code_id) for each in codings if each.confidence > 0.5}


def test_what_is_said_sideways_is_found_and_interviewers_are_not_coded(ready):
    codings = _code(ready)
    assert _surest(codings) == {(2, "travel.bus"), (3, "food.cooking")}
    assert {each.segment.turn for each in codings} <= {2, 3, 6}


def test_the_words_named_as_evidence_stand_there_and_without_them_it_is_less_sure(ready):
    codebook, weigher = ready
    transcript = _transcript()
    for coding in _code(ready):
        learned = coding.evidence[0]
        assert learned.kind == "learned"
        [span], [words] = learned.spans, learned.words
        assert span.of(transcript.text) == words
        assert coding.segment.span.start <= span.start and span.end <= coding.segment.span.end
        left = coding.segment.text.replace(words, " ")
        at = [code.id for code in codebook.codes].index(coding.code_id)
        if left.strip():
            rest = " ".join(left.split())
            assert float(weigher.weigh([rest])[0, at]) < coding.confidence
        assert learned.weight > 0


def test_evidence_names_the_sentence_the_nearest_example_and_the_clause(ready):
    codebook, _ = ready
    coding = next(each for each in _code(ready) if each.segment.turn == 2)
    learned = coding.evidence[0]
    assert learned.words == ("My bus broke down by the school and I was tired.",)
    assert learned.matched in codebook.code("travel.bus").examples
    assert 0 < float(learned.strength) <= 1
    assert learned.clause.split(":")[0] in {"Include", "Definition"}


def test_a_confidence_does_not_depend_on_what_else_is_weighed(ready):
    _, weigher = ready
    texts = [words for _, _, words in SAID]
    together = weigher.weigh(texts)
    for number, text in enumerate(texts):
        assert weigher.weigh([text])[0].tobytes() == together[number].tobytes()


def test_another_model_is_another_coder(trained):
    model = read_model_file(trained.model)
    assert name_coder(model) == f"themecode/meaning@1.{model.sha256[:8]}"


def _apply(folder: Path, codebook: Path, *options: str):
    transcripts = folder / "transcripts"
    transcripts.mkdir(exist_ok=True)
    said = "\n\n".join(f"{speaker}: {words}" for speaker, _, words in SAID)
    (transcripts / "one.txt").write_text(said, encoding="utf-8")
    study = folder / "study"
    run(["apply", str(transcripts), "--codebook", str(codebook), "--study", str(study), *options])
    run(["export", "--format", "jsonl", "-o", str(folder / "out.jsonl"), "--force",
         "--study", str(study)])  # fmt: skip
    return [json.loads(line) for line in (folder / "out.jsonl").read_text("utf-8").splitlines()]


def test_apply_uses_the_model_beside_the_codebook_and_no_meaning_does_not(tmp_path, codebook_path):
    with_model = _apply(tmp_path, codebook_path)
    assert {row["coder"].split("@")[0] for row in with_model} == {"themecode/meaning"}
    assert {(row["turn"], row["code_id"]) for row in with_model if row["status"] == "suggested"} == {
        (2, "travel.bus"), (3, "food.cooking"),
    }  # fmt: skip
    alone = _apply(tmp_path, codebook_path, "--no-meaning")
    assert {row["coder"] for row in alone} <= {"themecode/cues@1"}
    again = _apply(tmp_path, codebook_path)
    assert again == with_model


def test_a_code_changed_since_training_is_left_to_its_cues_and_said_so(
    tmp_path, trained, codebook_path, capfd
):
    changed = tmp_path / "getting_there.yaml"
    text = codebook_path.read_text(encoding="utf-8").replace("Waiting at a stop", "Waiting long")
    changed.write_text(text, encoding="utf-8")
    changed.with_name("getting_there.model.npz").write_bytes(trained.model.read_bytes())
    rows = _apply(tmp_path, changed)
    assert {row["code_id"] for row in rows if row["status"] == "suggested"} == {"food.cooking"}
    told = capfd.readouterr().err
    assert "travel.bus" in told and "codebook train" in told
