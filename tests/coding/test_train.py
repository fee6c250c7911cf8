"""A codebook's model: the same from the same, tied to its codebook, honest about what it met."""

import json

import numpy as np
import pytest
import tiny

from themecode.cli import run
from themecode.codebook import read_codebook
from themecode.errors import ThemecodeError
from themecode.flow.training import train_codebook
from themecode.suggest.calibrate import (
    Aims,
    calibrate_scores,
    choose_thresholds,
    find_calibration_error,
)
from themecode.suggest.learned_model import read_model_file
from themecode.suggest.learner import TrainingPlan
from themecode.suggest.speech import drop_contradictions, list_examples, read_speech

QUICK = TrainingPlan(folds=2)


def _tell_nobody(_what, _done, _total):
    pass


def test_training_again_gives_the_same_bytes(trained, codebook_path, tmp_path):
    again = train_codebook(
        str(codebook_path),
        [codebook_path.with_name("speech.jsonl")],
        output=tmp_path / "again.model.npz",
        plan=QUICK,
        progress=_tell_nobody,
    )
    assert again.model.read_bytes() == trained.model.read_bytes()
    assert again.card.read_bytes() == trained.card.read_bytes()


def test_a_model_is_small_and_tells_its_codes_apart_on_speech_held_out(trained):
    assert trained.size < 5_000_000
    assert trained.figures["suggested"]["code"]["f1"] > 0.8
    assert trained.figures["calibration_error"] < 0.15


def test_a_model_says_which_codebook_it_is_for(trained, codebook_path):
    codebook, _ = read_codebook(codebook_path)
    model = read_model_file(trained.model)
    assert model.codebook_sha256 == codebook.sha256
    assert model.code_ids == ("travel.bus", "food.cooking")
    assert codebook.sha256 in trained.card.read_text(encoding="utf-8")


def test_a_damaged_model_is_refused_with_the_way_round_it(trained, tmp_path):
    for name, raw in (
        ("cut", trained.model.read_bytes()[:5000]),
        ("other", b"PK\x03\x04 not a model"),
        ("empty", b""),
    ):
        path = tmp_path / f"{name}.model.npz"
        path.write_bytes(raw)
        with pytest.raises(ThemecodeError, match="--no-meaning"):
            read_model_file(path)


def test_a_codebook_of_examples_alone_can_be_trained(tmp_path):
    path = tiny.write_codebook(tmp_path)
    alone = train_codebook(str(path), [], plan=QUICK, progress=_tell_nobody)
    assert alone.utterances > 6
    assert alone.model.is_file() and alone.card.is_file()


def test_speech_that_says_two_things_at_once_is_shown_and_not_learned_from(tmp_path):
    codebook, _ = read_codebook(tiny.write_codebook(tmp_path))
    path = tmp_path / "speech.jsonl"
    rows = [
        {"text": "The bus was late.", "codes": ["travel.bus"]},
        {"text": "the bus  was late.", "codes": []},
        {"text": "I like cats.", "codes": []},
        {"text": "I like cats.", "codes": []},
        {"text": "Oops", "codes": ["no.such"]},
        {"text": "", "codes": []},
    ]
    lines = [json.dumps(row) for row in rows] + ["{ half a line"]
    path.write_text("\n".join(lines), encoding="utf-8")
    read, problems = read_speech([path], codebook)
    assert [problem.line for problem in problems] == [5, 6, 7]
    kept, against = drop_contradictions(read, path="speech.jsonl")
    assert [each.text for each in kept] == ["I like cats."]
    assert len(against) == 1 and "bus" not in against[0].message.replace("travel.bus", "")


def test_examples_are_known_for_their_own_code_alone(tmp_path):
    codebook, _ = read_codebook(tiny.write_codebook(tmp_path))
    for each in list_examples(codebook):
        assert len(each.known) == 1 and each.codes <= each.known


def test_a_calibrated_confidence_is_as_often_right_as_it_says():
    random = np.random.default_rng(3)
    signals = random.normal(size=(3000, 4, 2)).astype(np.float32)
    truth = 1 / (1 + np.exp(-(1.5 * signals[:, :, 0] - 2 + np.array([0, 0.5, -0.5, 0]))))
    wanted = (random.random(truth.shape) < truth).astype(np.float32)
    weights = np.ones((3000, 4), np.float32)
    half = slice(0, 1500), slice(1500, None)
    mix, offset = calibrate_scores(signals[half[0]], wanted[half[0]], weights[half[0]], (0, 1))
    chance = 1 / (1 + np.exp(-(signals[half[1]] @ mix + offset)))
    assert find_calibration_error(chance, wanted[half[1]], weights[half[1]]) < 0.05
    assert abs(mix[1]) < 0.1


def test_thresholds_reach_what_they_were_chosen_for():
    random = np.random.default_rng(4)
    chance = random.beta(0.4, 2.0, size=(6000, 5)).astype(np.float32)
    wanted = (random.random(chance.shape) < chance).astype(np.float32)
    weights = np.ones((6000, 5), np.float32)
    found = choose_thresholds(
        chance,
        wanted,
        weights,
        carries=np.ones(6000, np.float32),
        aims=Aims(precision=0.6, recall=0.8),
    )
    claimed = chance >= found.suggested
    assert wanted[claimed].mean() > 0.57
    offered = chance >= found.candidate
    assert (offered & (wanted > 0)).sum() / (wanted > 0).sum() > 0.78
    assert (found.candidate <= found.suggested).all()


def test_training_is_a_command_and_does_not_write_over_a_model(tmp_path):
    path = tiny.write_codebook(tmp_path)
    path.with_name("getting_there.model.npz").write_bytes(b"mine")
    assert run(["codebook", "train", str(path)]) != 0
    assert path.with_name("getting_there.model.npz").read_bytes() == b"mine"
