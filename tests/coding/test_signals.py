"""The signals that are weighed together: what each says of a stretch of speech."""

import numpy as np

from themecode.suggest.signals import NAMES, CueSignals, gather_signals

NOTHING_HEARD = CueSignals(np.zeros((2, 3), np.float32), np.zeros((2, 3), np.float32))
AHEAD, ANYTHING, LENGTH = map(NAMES.index, ("ahead", "anything", "length"))


def _gather(meaning, words):
    return gather_signals(
        np.array(meaning, np.float32),
        np.array(words, np.float32),
        NOTHING_HEARD,
        np.array([3, 90], np.float32),
    )


def test_one_code_is_ahead_of_the_others_by_as_much_as_they_are_behind_it():
    signals = _gather([[2, -1, 0, 0.5], [1, 1, -3, 0]], [[0, -1, 0, 0.5], [1, 1, -3, 0]])
    assert signals[0, :, AHEAD].tolist() == [1.0, -2.0, -1.0]
    assert signals[1, :, AHEAD].tolist() == [0.0, 0.0, -4.0]  # two alike are ahead of nothing


def test_whether_anything_is_said_and_how_much_is_the_same_for_every_code():
    signals = _gather([[2, -1, 0, 0.5], [1, 1, -3, -2]], [[0, -1, 0, 1.5], [1, 1, -3, -4]])
    assert signals[:, :, ANYTHING].tolist() == [[1.0] * 3, [-3.0] * 3]
    assert np.allclose(signals[:, :, LENGTH], np.log1p([[3.0] * 3, [90.0] * 3]))


def test_a_single_code_is_ahead_of_nobody():
    signals = gather_signals(
        np.array([[4, 1]], np.float32),
        np.array([[2, 1]], np.float32),
        CueSignals(np.zeros((1, 1), np.float32), np.zeros((1, 1), np.float32)),
        np.array([5], np.float32),
    )
    assert signals[0, 0, AHEAD] == 0
