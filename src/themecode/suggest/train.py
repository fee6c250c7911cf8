"""A codebook's own small model, trained from its examples and from speech.

Two layers of learning. The first learns what each code sounds like: a line over the encoder's vectors,
and a line over words. The second weighs their scores against the cues, on speech that the first had not
seen, so that its confidence means what it says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from themecode.language.encoder import Encoder
from themecode.model import Codebook
from themecode.suggest.calibrate import choose_thresholds, find_calibration_error, find_precise
from themecode.suggest.learned_model import LearnedModel, hash_meaning, pack_model, unpack_model
from themecode.suggest.learner import THREADS, HeldOut, Learner, Progress, TrainingPlan
from themecode.suggest.lessons import prepare_lessons
from themecode.suggest.signals import USED
from themecode.suggest.speech import Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model, its file, and how it did on speech it had not seen."""

    model: LearnedModel
    raw: bytes
    held_out: HeldOut


def train_model(
    codebook: Codebook,
    utterances: Sequence[Utterance],
    *,
    plan: TrainingPlan,
    about: dict[str, Any],
    progress: Progress = lambda _what, _done, _total: None,
) -> Trained:
    """Train, hold out, calibrate.

    Args:
        codebook: what is to be learned.
        utterances: examples and speech.
        plan: how.
        about: what the model should say of itself beside its figures.
        progress: told what is done, how much of it, out of how much.

    Raises:
        ThemecodeError: there is nothing to learn from.
    """
    import numpy as np
    from threadpoolctl import threadpool_limits

    lessons = prepare_lessons(codebook, utterances, folds=plan.folds)
    with threadpool_limits(THREADS):
        learner = Learner(codebook, lessons, plan, progress)
        held_out, ways, carries = learner.hold_out()
        first = learner.learn(lessons.fold >= 0, "learning from all of it")
    together = held_out.chance["together"]
    thresholds = choose_thresholds(
        together,
        held_out.wanted,
        held_out.weights,
        carries=held_out.carries,
        aims=plan.aims,
    )
    encoder = Encoder(tuned=first.tensors or None)
    listed = [
        (number, place, each)
        for number, code in enumerate(codebook.codes)
        for place, each in enumerate(code.examples)
    ]
    model = LearnedModel(
        sha256="",
        codebook_sha256=codebook.sha256,
        code_ids=tuple(code.id for code in codebook.codes),
        code_meanings=tuple(map(hash_meaning, codebook.codes)),
        tensors=first.tensors,
        head=first.head.astype(np.float32),
        offset=first.offset.astype(np.float32),
        rarity=first.rarity,
        word_weights=first.weights,
        word_scale=first.scale,
        word_offset=first.word_offset,
        ways=tuple(USED),
        mixes=np.array([ways[name][0] for name in USED], np.float32),
        mix_offsets=np.array([ways[name][1] for name in USED], np.float32),
        ways_suggested=np.array(
            [
                find_precise(held_out.chance[name], held_out.wanted, held_out.weights, plan.aims)
                for name in USED
            ],
            np.float32,
        ),
        carries=carries,
        suggested=thresholds.suggested,
        candidate=thresholds.candidate,
        example_vectors=_round(encoder.encode([text for _, _, text in listed])),
        example_codes=np.array([number for number, _, _ in listed], np.int16),
        example_places=np.array([place for _, place, _ in listed], np.int16),
        facts={
            **about,
            "texts": len({each.text for each in utterances}),
            "calibration error": round(
                find_calibration_error(together, held_out.wanted, held_out.weights), 4
            ),
        },
    )
    raw = pack_model(model)
    return Trained(unpack_model(raw), raw, held_out)


def _round(vectors: Array) -> NDArray[np.int8]:
    import numpy as np

    return np.rint(vectors * 127).astype(np.int8)
