"""Lets the tests of coding import `small_study` and `tiny`; a model trained once on small invented speech."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import tiny

from themecode.flow.training import train_codebook
from themecode.suggest.learner import TrainingPlan

QUICK = TrainingPlan(folds=2)


def _tell_nobody(_what, _done, _total):
    pass


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    codebook, speech = tiny.write_codebook(folder), tiny.write_speech(folder)
    return train_codebook(str(codebook), [speech], plan=QUICK, progress=_tell_nobody)


@pytest.fixture
def codebook_path(trained):
    return trained.model.with_name("getting_there.yaml")
