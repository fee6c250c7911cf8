"""Whole conversations: what went before a turn is heard, and they say how far to trust a score."""

import json

import numpy as np
import tiny

from themecode.codebook import read_codebook
from themecode.flow.training import train_codebook
from themecode.language.tuning import Recipe
from themecode.suggest.calibrate import ENOUGH_NATURAL, NATURAL_SHARE, weigh_uncoded
from themecode.suggest.learned_model import read_model_file
from themecode.suggest.learner import TrainingPlan
from themecode.suggest.signals import Context, cut_ending
from themecode.suggest.speech import read_speech

TALK = (
    ("a1", "interviewer", "How did you get here?"),
    ("a1", "woman", "I walked."),
    ("a1", "interviewer", "All the way?"),
    ("a1", "woman", "The bus never came."),
    ("a2", "worker", "We start at nine."),
)


def _write(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_a_turn_is_read_with_the_question_and_with_what_she_said_before(tmp_path):
    codebook, _ = read_codebook(tiny.write_codebook(tmp_path))
    rows = [{"interview": i, "voice": v, "text": t, "codes": []} for i, v, t in TALK]
    read, problems = read_speech([_write(tmp_path / "talk.jsonl", rows)], codebook)
    assert not problems
    assert [(each.text, each.context) for each in read] == [
        ("I walked.", Context("How did you get here?")),
        ("The bus never came.", Context("All the way?", "I walked.")),
        ("We start at nine.", Context()),
    ]
    assert [each.block for each in read] == ["talk:a1", "talk:a1", "talk:a2"]
    assert all(each.natural for each in read)


def test_only_the_end_of_a_long_question_is_heard():
    asked = "One. Two. Three. Four. And did you go back?"
    assert cut_ending(asked) == ("Three. Four. And did you go back?",)
    assert cut_ending("Did you?") == ("Did you?",)


def test_whole_conversations_count_as_they_are_and_for_most_of_what_is_held_out():
    random = np.random.default_rng(1)
    wanted = (random.random((2 * ENOUGH_NATURAL, 3)) < 0.2).astype(np.float32)
    natural = np.arange(len(wanted)) < ENOUGH_NATURAL
    weights = weigh_uncoded(wanted, 0.6, natural)
    assert np.isclose(weights[natural].sum() / weights.sum(), NATURAL_SHARE, atol=1e-4)
    assert np.ptp(weights[natural]) == 0
    single, plain = weights[~natural], wanted[~natural].max(axis=1) == 0
    assert np.isclose(single[plain].sum() / single.sum(), 0.6, atol=1e-4)
    assert np.isclose(weights.sum(), len(weights), rtol=1e-4)
    few = natural & (np.arange(len(wanted)) < ENOUGH_NATURAL - 1)
    assert np.array_equal(weigh_uncoded(wanted, 0.6, few), weigh_uncoded(wanted, 0.6))


def test_with_enough_speech_the_encoder_itself_is_taught_and_again_the_same(tmp_path):
    path = tiny.write_codebook(tmp_path)
    speech = tiny.write_speech(tmp_path, sentences=60)
    plan = TrainingPlan(folds=2, tune_from=1, recipe=Recipe(layers=1), rounds=1)
    made = [
        train_codebook(
            str(path), [speech], output=tmp_path / f"{name}.model.npz", plan=plan,
            progress=lambda _what, _done, _total: None,
        )
        for name in ("once", "again")
    ]  # fmt: skip
    model = read_model_file(made[0].model)
    assert model.tensors
    assert made[0].size < 5_000_000
    assert made[0].model.read_bytes() == made[1].model.read_bytes()
