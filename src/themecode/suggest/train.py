"""A codebook's own small model, trained from its examples and from speech.

Two layers of learning. The first learns what each code sounds like: the encoder's last layers with a
linear head, and a linear head over words. The second weighs their scores against the cues, on speech
that the first had not seen, so that its confidence means what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from themecode.errors import ThemecodeError
from themecode.language.encoder import Encoder
from themecode.language.tuning import LowerLayers, Recipe, learn_head, tune_encoder
from themecode.model import Codebook
from themecode.suggest.calibrate import (
    Aims,
    calibrate_scores,
    choose_thresholds,
    find_calibration_error,
)
from themecode.suggest.learned_model import LearnedModel, pack_model, unpack_model
from themecode.suggest.listen import Listener
from themecode.suggest.ngrams import PLACES, count_rarity, weigh_places
from themecode.suggest.signals import gather_signals, hear_cues, number_themes
from themecode.suggest.speech import Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

#: With fewer wholly labelled utterances the encoder stays as it is, and an example is taken to carry
#: its own code alone.
ENOUGH_SPEECH = 400
#: Threads to train with. Another number gives other last bits; two are no faster where others want the cores.
THREADS = 1
_SEED = 20
#: An interview turn holds more than one thing: this share of utterances is heard joined to another.
_JOINED = 0.4


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How to train.

    Args:
        recipe: for the encoder's last layers.
        folds: in how many parts speech is held out in turn.
        aims: what thresholds are chosen for.
    """

    recipe: Recipe = field(default_factory=Recipe)
    folds: int = 2
    aims: Aims = field(default_factory=Aims)


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Utterances made ready to learn from.

    Args:
        texts: theirs, and some of them joined.
        wanted, known: (n_texts, n_codes).
        whole: (n_texts,), whether every code is known.
        fair: (n_texts,), whether the cues were written without it in view.
        original: (n_texts,), whether it is one utterance as written.
        fold: (n_texts,).
    """

    texts: tuple[str, ...]
    wanted: Array
    known: Array
    whole: NDArray[np.bool_]
    fair: NDArray[np.bool_]
    original: NDArray[np.bool_]
    fold: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class HeldOut:
    """What was said of speech by a model that had not seen it.

    Args:
        rows: their places in the lessons.
        wanted: (n_rows, n_codes).
        chance: by what is used ("cues", "meaning", "words", "together"): (n_rows, n_codes).
        weights: (n_rows,), what each counts, so that uncoded speech has its share.
    """

    rows: NDArray[np.int64]
    wanted: Array
    chance: dict[str, Array]
    weights: Array


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model, its file, and how it did on speech it had not seen."""

    model: LearnedModel
    raw: bytes
    held_out: HeldOut


Progress = Callable[[str, int, int], None]


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
        ThemecodeError: scikit-learn is not installed, or there is nothing to learn from.
    """
    import numpy as np

    threadpools = _ask_for("threadpoolctl")
    _ask_for("sklearn")
    lessons = prepare_lessons(codebook, utterances, folds=plan.folds)
    with threadpools.threadpool_limits(THREADS):
        learner = _Learner(codebook, lessons, plan, progress)
        held_out, ways = learner.hold_out()
        first = learner.learn(lessons.fold >= 0, "learning from all of it", keep=True)
    assert first.tensors is not None
    together = held_out.chance["together"]
    thresholds = choose_thresholds(together, held_out.wanted, held_out.weights, aims=plan.aims)
    encoder = Encoder(tuned=first.tensors)
    listed = [
        (number, each) for number, code in enumerate(codebook.codes) for each in code.examples
    ]
    model = LearnedModel(
        sha256="",
        codebook_sha256=codebook.sha256,
        code_ids=tuple(code.id for code in codebook.codes),
        tensors=first.tensors,
        head=first.head,
        offset=first.offset,
        rarity=first.words.rarity,
        word_weights=first.words.weights,
        word_scale=first.words.scale,
        word_offset=first.words.offset,
        ways=tuple(USED),
        mixes=np.array([ways[name][0] for name in USED], np.float32),
        mix_offsets=np.array([ways[name][1] for name in USED], np.float32),
        suggested=thresholds.suggested,
        candidate=thresholds.candidate,
        example_vectors=_round(encoder.encode([text for _, text in listed])),
        example_codes=_whole_numbers([number for number, _ in listed]),
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


def prepare_lessons(codebook: Codebook, utterances: Sequence[Utterance], *, folds: int) -> Lessons:
    """Utterances as numbers, some of them joined, in folds that keep together what was written together."""
    import numpy as np

    places = {code.id: at for at, code in enumerate(codebook.codes)}
    if not any(each.codes for each in utterances):
        raise ThemecodeError(
            "There is nothing to learn from: give the codebook's codes examples, or name files of "
            "speech with `--speech`."
        )
    single = sum(each.known is None for each in utterances) < ENOUGH_SPEECH
    random = np.random.default_rng(_SEED)
    blocks = sorted({each.block for each in utterances})
    order = random.permutation(len(blocks))
    fold_of = {blocks[at]: number % folds for number, at in enumerate(order)}
    rows: list[tuple[str, Array, Array, bool, bool, bool, int]] = []
    for each in utterances:
        wanted = np.zeros(len(places), np.float32)
        wanted[[places[code] for code in each.codes]] = 1
        known = np.ones(len(places), np.float32)
        if each.known is not None and not (single and each.codes):
            known[:] = 0
            known[[places[code] for code in each.known]] = 1
        whole = each.known is None or (single and bool(each.codes))
        fair = single or not each.cues_seen
        rows.append((each.text, wanted, known, whole, fair, True, fold_of[each.block]))
    rows.extend(_join_utterances(rows, random))
    return Lessons(
        texts=tuple(row[0] for row in rows),
        wanted=np.array([row[1] for row in rows]),
        known=np.array([row[2] for row in rows]),
        whole=np.array([row[3] for row in rows]),
        fair=np.array([row[4] for row in rows]),
        original=np.array([row[5] for row in rows]),
        fold=np.array([row[6] for row in rows], np.int64),
    )


def _join_utterances(rows: Sequence[Any], random: np.random.Generator) -> list[Any]:
    """Coded utterances said in one breath with another of their fold: uncoded twice as often as coded."""
    import numpy as np

    joined = []
    for fold in sorted({row[6] for row in rows}):
        mine = [row for row in rows if row[6] == fold and row[3]]
        coded = [row for row in mine if row[1].any()]
        plain = [row for row in mine if not row[1].any()]
        if not coded:
            continue
        for at in random.permutation(len(coded))[: int(len(coded) * _JOINED)]:
            others = plain if plain and random.random() < 2 / 3 else coded
            pair = [coded[at], others[int(random.integers(len(others)))]]
            if random.random() < 0.5:
                pair.reverse()
            joined.append((
                f"{pair[0][0]} {pair[1][0]}",
                np.maximum(pair[0][1], pair[1][1]),
                np.ones_like(pair[0][1]),
                True, pair[0][4] and pair[1][4], False, fold,
            ))  # fmt: skip
    return joined


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """A line a code over words, and its scores of every text."""

    rarity: Array
    weights: NDArray[np.int8]
    scale: Array
    offset: Array
    scores: Array


@dataclass(frozen=True, slots=True, eq=False)
class _First:
    """The first layer of learning, and its scores of every text."""

    tensors: dict[str, Any] | None
    head: Array
    offset: Array
    meaning: Array
    words: _Words


class _Learner:
    def __init__(
        self, codebook: Codebook, lessons: Lessons, plan: TrainingPlan, progress: Progress
    ) -> None:
        import numpy as np

        self.lessons, self.plan, self.progress = lessons, plan, progress
        self.themes = number_themes(codebook)
        self.cues = hear_cues(lessons.texts, Listener(codebook.codes, codebook))
        self.lengths = [len(text.split()) for text in lessons.texts]
        self.tunes = int(lessons.whole.sum()) >= ENOUGH_SPEECH and plan.recipe.rounds > 0
        whole = lessons.whole.astype(np.float32)[:, None]
        anything = lessons.wanted.max(axis=1, keepdims=True)
        self.wanted = np.hstack([lessons.wanted, anything]).astype(np.float32)
        self.known = np.hstack([lessons.known, whole]).astype(np.float32)
        self.lower: LowerLayers | None = None
        self.vectors: Array | None = None
        if self.tunes:
            progress("reading speech", 0, 1)
            self.lower = LowerLayers(lessons.texts, layers=plan.recipe.layers)
        else:
            self.vectors = Encoder().encode(lessons.texts)

    def hold_out(self) -> tuple[HeldOut, dict[str, tuple[Array, Array]]]:
        """Score each fold by what the others taught, and learn to weigh the scores."""
        import numpy as np

        lessons = self.lessons
        meaning = np.zeros_like(self.wanted)
        words = np.zeros_like(lessons.wanted)
        for fold in range(self.plan.folds):
            own = lessons.fold == fold
            first = self.learn(~own, f"holding out part {fold + 1} of {self.plan.folds}")
            meaning[own], words[own] = first.meaning[own], first.words.scores[own]
        signals = gather_signals(meaning, words, self.cues, self.lengths, self.themes)
        use = np.flatnonzero(lessons.whole & lessons.fair)
        if not len(use):
            use = np.flatnonzero(lessons.whole)
        weights = weigh_uncoded(lessons.wanted[use], self.plan.aims.uncoded)
        chance = {}
        for name, kept in USED.items():
            chance[name] = _hold_out_mix(
                signals[use], lessons.wanted[use], weights, lessons.fold[use], kept
            )
        ways = {
            name: calibrate_scores(signals[use], lessons.wanted[use], weights, kept)
            for name, kept in USED.items()
        }
        rows = use[lessons.original[use]]
        inside = lessons.original[use]
        return (
            HeldOut(
                rows,
                lessons.wanted[rows],
                {name: values[inside] for name, values in chance.items()},
                weigh_uncoded(lessons.wanted[rows], self.plan.aims.uncoded),
            ),
            ways,
        )

    def learn(self, use: NDArray[np.bool_], what: str, *, keep: bool = False) -> _First:
        """The first layer, from some of the texts; scores for all of them."""
        import numpy as np

        rows = np.flatnonzero(use)
        words = self._learn_words(use)
        if self.lower is not None:
            tuned = tune_encoder(
                self.lower,
                self.wanted,
                self.known,
                use=rows.tolist(),
                recipe=self.plan.recipe,
                progress=lambda done, total: self.progress(what, done, total),
            )
            tensors, head, offset = tuned.tensors, tuned.head, tuned.offset
            # A fold's scores are wanted for its own texts alone; nobody asks for the others.
            asked = np.flatnonzero(~use) if not keep else rows[:0]
            vectors = np.zeros((len(use), head.shape[0]), np.float32)
            if len(asked):
                vectors[asked] = Encoder(tuned=tensors).encode(
                    [self.lessons.texts[at] for at in asked]
                )
        else:
            assert self.vectors is not None
            vectors, tensors = self.vectors, {}
            head, offset = learn_head(
                vectors, self.wanted, self.known, use=rows, recipe=self.plan.recipe
            )
            self.progress(what, 1, 1)
        meaning = vectors @ head + offset
        return _First(tensors, head, offset, meaning, words)

    def _learn_words(self, use: NDArray[np.bool_]) -> _Words:
        import numpy as np
        from scipy import sparse

        texts = self.lessons.texts
        rarity = count_rarity([texts[at] for at in np.flatnonzero(use)])
        weighed = [weigh_places(text, rarity) for text in texts]
        ends = np.cumsum([0, *(len(places) for places, _ in weighed)])
        matrix = sparse.csr_matrix(
            (
                np.concatenate([weights for _, weights in weighed]).astype(np.float64),
                np.concatenate([places for places, _ in weighed]),
                ends,
            ),
            shape=(len(texts), PLACES),
        )
        count = self.lessons.wanted.shape[1]
        weights = np.zeros((PLACES, count), np.float32)
        offset = np.full(count, -4.0, np.float32)
        for code in range(count):
            rows = np.flatnonzero(use & (self.lessons.known[:, code] > 0))
            answers = self.lessons.wanted[rows, code]
            if 0 < answers.sum() < len(answers):
                weights[:, code], offset[code] = _fit_line(matrix[rows], answers)
        scale = np.maximum(np.abs(weights).max(axis=0), 1e-8) / np.float32(127)
        rounded = np.rint(weights / scale).astype(np.int8)
        scores = matrix.astype(np.float32) @ (rounded * scale) + offset
        return _Words(
            rarity, rounded, scale.astype(np.float32), offset, np.asarray(scores, np.float32)
        )


#: Which signals each way of coding uses, by their places in `signals.NAMES`.
USED = {
    "cues": (2, 3, 4),
    "meaning": (0, 5, 6, 7, 8),
    "words": (1, 8),
    "cues and words": (1, 2, 3, 4, 8),
    "together": (0, 1, 2, 3, 4, 5, 6, 7, 8),
}


def weigh_uncoded(wanted: Array, share: float) -> Array:
    """What each text counts, so that texts without a code make up a share of the whole."""
    import numpy as np

    plain = wanted.max(axis=1) == 0
    weights = np.ones(len(wanted), np.float32)
    if plain.any() and not plain.all():
        weights[plain] = share / (1 - share) * (~plain).sum() / plain.sum()
    return weights


def _hold_out_mix(
    signals: Array, wanted: Array, weights: Array, fold: NDArray[np.int64], kept: tuple[int, ...]
) -> Array:
    import numpy as np

    chance = np.zeros_like(wanted)
    for number in sorted(set(fold.tolist())):
        own = fold == number
        if own.all():
            own = np.zeros_like(own)
        mix, offset = calibrate_scores(signals[~own], wanted[~own], weights[~own], kept)
        rows = own if own.any() else ~own
        chance[rows] = 1 / (1 + np.exp(-(signals[rows] @ mix + offset)))
    return chance


def _fit_line(matrix: Any, answers: Any) -> tuple[Any, float]:
    """A balanced logistic line; the dual reaches the same one eight times sooner than the primal."""
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=1.0, class_weight="balanced", solver="liblinear", dual=True,
                              tol=0.01, max_iter=2000, random_state=_SEED)  # fmt: skip
    line.fit(matrix, answers)
    return line.coef_[0], float(line.intercept_[0])


def _round(vectors: Array) -> NDArray[np.int8]:
    import numpy as np

    return np.rint(vectors * 127).astype(np.int8)


def _whole_numbers(values: Sequence[int]) -> NDArray[np.int16]:
    import numpy as np

    return np.array(values, np.int16)


def _ask_for(module: str) -> Any:
    import importlib

    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ThemecodeError(
            "Training needs scikit-learn: `pip install 'themecode[train]'` brings it. A model that is "
            "there already works without."
        ) from error
