"""What people decide teaches the machine: held out by person, used when asked for, undone at will."""

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import tiny

from themecode.cli import run
from themecode.errors import ThemecodeError
from themecode.flow.coders import find_coder, find_model
from themecode.flow.learning import learn_from_study, list_answers, order_queue, undo_learning
from themecode.model import Decision, Verdict
from themecode.store import open_study
from themecode.suggest.adapt import Answer, adapt_model
from themecode.suggest.learned_model import read_model_file
from themecode.suggest.signals import NOTHING_BEFORE

WHEN = datetime(2026, 1, 2, tzinfo=UTC)
_SAID = (
    "The ferry was late again on Monday.",
    "My tram broke down by the school.",
    "The ferry drove straight past in the snow.",
    "That tram was full when I was tired.",
    "We made a stew in the big oven.",
    "She baked some bread with onions.",
    "I cooked lentils in the evening.",
    "He roasted potatoes for the children.",
    "The telly was blue last year.",
    "My phone made me laugh, I think.",
)


@pytest.fixture(scope="module")
def study_place(trained, tmp_path_factory):
    """Fifteen people's interviews, coded, and every claim answered: ferries and trams are no buses here."""
    folder = tmp_path_factory.mktemp("learning")
    for number in range(15):
        lines = [
            f"Interviewer: And then?\n\nWoman {number}: {said} That was day {number}."
            for said in _SAID
        ]
        (folder / f"talk{number}.txt").write_text("\n\n".join(lines), encoding="utf-8")
    place = folder / "study"
    codebook = trained.model.with_name("getting_there.yaml")
    files = [str(path) for path in sorted(folder.glob("*.txt"))]
    run(["apply", *files, "--codebook", str(codebook), "--study", str(place)])
    with open_study(str(place)) as study:
        codings = [coding for coding, _ in study.codings(machine=find_coder(study).name)]
        for number, coding in enumerate(codings):
            right = coding.code_id == "food.cooking" and any(
                word in coding.segment.text for word in ("stew", "bread", "lentils", "potatoes")
            )
            study.add_decision(
                Decision(f"d{number}", coding.id, "Ana", Verdict.ACCEPT if right else Verdict.REJECT,
                         None, "", WHEN + timedelta(seconds=number))
            )  # fmt: skip
    return place


def test_the_gain_is_found_on_people_held_out_and_nothing_changes_until_asked(study_place):
    with open_study(str(study_place)) as study:
        codebook = study.codebook_in_force()
        before = study.machine_in_force()
        answers = list_answers(study, codebook)
        learned = learn_from_study(study, codebook, use=False)
        assert learned.people == 15
        assert learned.loss_after < learned.loss_before
        assert study.machine_in_force() == before
        with study.lock():
            assert learn_from_study(study, codebook, use=True).used
        assert find_coder(study).name != before.coder
        assert find_model(study).facts["taught by"].startswith(str(len(answers)))
        with study.lock():
            assert undo_learning(study)
        assert find_coder(study).name == before.coder
        assert not undo_learning(study)


def test_with_too_few_decisions_it_says_how_many_it_takes(trained, tmp_path):
    (tmp_path / "a.txt").write_text("Ana: We made a stew in the big oven.", encoding="utf-8")
    place = tmp_path / "study"
    codebook = trained.model.with_name("getting_there.yaml")
    run(["apply", str(tmp_path / "a.txt"), "--codebook", str(codebook), "--study", str(place)])
    with open_study(str(place)) as study, pytest.raises(ThemecodeError, match="60 decisions"):
        learn_from_study(study, study.codebook_in_force(), use=False)


def test_answers_that_say_nothing_new_hardly_move_a_model(trained):
    model = read_model_file(trained.model)
    random = np.random.default_rng(5)
    vectors = random.normal(size=(200, 384))
    vectors /= np.linalg.norm(vectors, axis=1)[:, None]
    log_odds = random.normal(size=200) * 2
    said = random.random(200) < 1 / (1 + np.exp(-log_odds))
    answers = [Answer("", NOTHING_BEFORE, "travel.bus", bool(yes), "a") for yes in said]
    moved = adapt_model(model, answers, log_odds=log_odds, vectors=vectors)
    way = model.ways.index("together")
    assert np.allclose(moved.mixes[way], model.mixes[way], rtol=0.35)
    contrary = [Answer("", NOTHING_BEFORE, "travel.bus", False, "a") for _ in said]
    turned = adapt_model(model, contrary, log_odds=log_odds, vectors=vectors)
    assert (turned.mix_offsets[way] < moved.mix_offsets[way]).all()


def test_the_most_doubtful_questions_come_first_and_every_one_comes_once(study_place):
    with open_study(str(study_place)) as study:
        codebook = study.codebook_in_force()
        codings = [coding for coding, _ in study.codings(machine=find_coder(study).name)]
        ordered = order_queue(study, codebook, codings)
        assert sorted(each.id for each in ordered) == sorted(each.id for each in codings)
        thresholds = find_coder(study).thresholds.by_code
        away = [abs(each.confidence - thresholds[each.code_id]) for each in ordered]
        half = len(away) // 2
        assert np.mean(away[:half]) < np.mean(away[half:])
        assert ordered == order_queue(study, codebook, list(reversed(codings)))


def test_the_tiny_codebook_is_the_one_the_model_was_made_for(trained, tmp_path):
    assert (
        tiny.write_codebook(tmp_path).read_bytes()
        == trained.model.with_name("getting_there.yaml").read_bytes()
    )


def test_a_model_taught_by_her_words_goes_when_she_withdraws(study_place, tmp_path, capsys):
    place = tmp_path / "study"
    shutil.copytree(study_place, place)
    with open_study(str(place)) as study, study.lock():
        before = find_coder(study).name
        learn_from_study(study, study.codebook_in_force(), use=True)
        taught = study.machine_in_force()
        hers = next(turn.participant_id for each in study.transcripts() for turn in each.turns
                    if turn.participant_id)  # fmt: skip
    kind = "models taught by the study's decisions"
    capsys.readouterr()
    assert run(["withdraw", hers, "--dry-run", "--json", "--study", str(place)]) == 0
    assert json.loads(capsys.readouterr().out)["removed"][kind] == 1
    with open_study(str(place)) as study:
        assert study.machine_in_force() == taught
    assert run(["withdraw", hers, "--yes", "--study", str(place)]) == 0
    assert kind in next((place / "receipts").iterdir()).read_text(encoding="utf-8")
    with open_study(str(place)) as study:
        assert find_coder(study).name == before
        assert study.model_file(taught.model_sha256) is None
        assert not undo_learning(study)
    for path in (place / "backups").iterdir():
        with closing(sqlite3.connect(path)) as database:
            kept = [row[0] for row in database.execute("SELECT sha256 FROM models")]
        assert taught.model_sha256 not in kept
    # What is left can be learned from anew, and the tables go on being made.
    assert run(["learn", "--study", str(place)]) == 0
    assert run(["check", "--study", str(place)]) == 0
