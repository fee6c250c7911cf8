"""A codebook's own small model, trained from its examples and from speech.

Two layers of learning. The first learns what each code sounds like: a line over the encoder's vectors,
and a line over words. The second weighs their scores against the cues, on speech that the first had not
seen, so that its confidence means what it says.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from themecode.errors import ThemecodeError
from themecode.language.encoder import Encoder
from themecode.model import Codebook
from themecode.suggest.calibrate import (
    STRONG_COUNTS,
    USUAL_MIX,
    USUAL_OFFSET,
    Aims,
    calibrate_scores,
    choose_thresholds,
    find_calibration_error,
    find_precise,
    fit_carries,
    weigh_decisions,
    weigh_uncoded,
)
from themecode.suggest.learned_model import LearnedModel, hash_meaning, pack_model, unpack_model
from themecode.suggest.listen import Listener
from themecode.suggest.ngrams import PLACES, count_rarity, weigh_places
from themecode.suggest.signals import (
    NAMES,
    QUESTION_COUNTS,
    USED,
    cut_windows,
    find_odds_of_any,
    gather_signals,
    hear_cues,
)
from themecode.suggest.speech import Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

#: With fewer wholly labelled utterances an example is taken to carry its own code alone, and signals are
#: weighed as they usually are.
ENOUGH_SPEECH = 400
#: Threads to train with. Another number gives other last bits.
THREADS = 1
_SEED = 20
#: An interview turn holds more than one thing: this share of utterances is heard joined to another.
_JOINED = 0.12
#: A word that hardly matters is left out of the file.
_LEAST_WORD = 2


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How to train.

    Args:
        folds: in how many parts speech is held out in turn.
        aims: what thresholds are chosen for.
        firmness: how freely a line may follow its examples (the C of a logistic regression).
        share: of the utterances, how many to learn from: less than all tells what more would bring.
    """

    folds: int = 4
    aims: Aims = field(default_factory=Aims)
    firmness: float = 1.0
    share: float = 1.0


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
        chance: by what is used ("cues", "meaning", "words", "learned", "together"): (n_rows, n_codes).
        carries: (n_rows,), how likely each carries a code at all.
        weights: (n_rows, n_codes), what each decision counts, so that speech is as in interviews.
        counts: (n_rows,), what each stretch counts.
    """

    rows: NDArray[np.int64]
    wanted: Array
    chance: dict[str, Array]
    carries: Array
    weights: Array
    counts: Array


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
        ThemecodeError: there is nothing to learn from.
    """
    import numpy as np
    from threadpoolctl import threadpool_limits

    lessons = prepare_lessons(codebook, utterances, folds=plan.folds)
    with threadpool_limits(THREADS):
        learner = _Learner(codebook, lessons, plan, progress)
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
    encoder = Encoder()
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
        tensors={},
        head=first.head.astype(np.float32),
        offset=first.offset.astype(np.float32),
        rarity=first.words.rarity,
        word_weights=first.words.weights,
        word_scale=first.words.scale,
        word_offset=first.words.offset,
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


def prepare_lessons(codebook: Codebook, utterances: Sequence[Utterance], *, folds: int) -> Lessons:
    """Utterances as numbers, some of them joined, in folds that keep together what was written together."""
    import numpy as np

    places = {code.id: at for at, code in enumerate(codebook.codes)}
    if not any(each.codes for each in utterances):
        raise ThemecodeError(
            "There is nothing to learn from: give the codebook's codes examples, or name files of "
            "speech with `--speech`."
        )
    single = sum(each.known is None and bool(each.codes) for each in utterances) < ENOUGH_SPEECH
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
    """Utterances said in one breath with another of their fold: with an uncoded one twice as often."""
    import numpy as np

    joined = []
    for fold in sorted({row[6] for row in rows}):
        mine = [row for row in rows if row[6] == fold and row[3]]
        coded = [row for row in mine if row[1].any()]
        plain = [row for row in mine if not row[1].any()]
        pairs = []
        for at in random.permutation(len(coded))[: int(len(coded) * _JOINED)]:
            others = plain if plain and random.random() < 2 / 3 else coded
            pairs.append([coded[at], others[int(random.integers(len(others)))]])
        pairs.extend(
            [plain[at], plain[int(random.integers(len(plain)))]]
            for at in random.permutation(len(plain))[: int(len(plain) * _JOINED)]
        )
        for pair in pairs:
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
    """A line a code over words, and its scores of every window."""

    rarity: Array
    weights: NDArray[np.int8]
    scale: Array
    offset: Array
    scores: Array


@dataclass(frozen=True, slots=True, eq=False)
class _First:
    """The first layer of learning, and its scores of every text."""

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
        self.cues = hear_cues(lessons.texts, Listener(codebook.codes, codebook))
        self.lengths = np.array([len(text.split()) for text in lessons.texts], np.float32)
        self.enough = int((lessons.whole & (lessons.wanted.max(axis=1) > 0)).sum()) >= ENOUGH_SPEECH
        whole = lessons.whole.astype(np.float32)[:, None]
        anything = lessons.wanted.max(axis=1, keepdims=True)
        self.wanted = np.hstack([lessons.wanted, anything]).astype(np.float32)
        self.known = np.hstack([lessons.known, whole]).astype(np.float32)
        # A text is learned from as a whole, and weighed by its most telling window.
        windows = [cut_windows(text) for text in lessons.texts]
        self.starts = np.cumsum([0, *map(len, windows)])[:-1]
        self.windows = [window for each in windows for window in each]
        learned = [text for text, own in zip(lessons.texts, lessons.original, strict=True) if own]
        distinct = list(dict.fromkeys([*learned, *self.windows]))
        places = {text: at for at, text in enumerate(distinct)}
        vectors = Encoder(threads=2).encode(
            distinct, progress=lambda done, total: progress("reading speech", done, total)
        )
        # Joined utterances are weighed, to find out how far scores can be trusted, and not learned from.
        self.vectors = vectors[[places.get(text, 0) for text in lessons.texts]]
        self.window_vectors = vectors[[places[text] for text in self.windows]]

    def hold_out(self) -> tuple[HeldOut, dict[str, tuple[Array, Array]], Array]:
        """Score each fold by what the others taught, and learn to weigh the scores."""
        import numpy as np

        lessons, aims = self.lessons, self.plan.aims
        meaning = np.zeros_like(self.wanted)
        words = np.zeros_like(self.wanted)
        for fold in range(self.plan.folds):
            own = lessons.fold == fold
            if own.all() or not own.any():
                continue
            first = self.learn(~own, f"holding out part {fold + 1} of {self.plan.folds}")
            meaning[own], words[own] = first.meaning[own], first.words.scores[own]
        signals = gather_signals(meaning, words, self.cues)
        use = np.flatnonzero(lessons.whole & lessons.fair)
        if not len(use):
            use = np.flatnonzero(lessons.whole)
        weights = weigh_decisions(lessons.wanted[use], aims.uncoded)
        weigh = calibrate_scores if self.enough else _weigh_as_usual
        ways = {
            name: _mind_standing(*weigh(signals[use], lessons.wanted[use], weights, kept), name)
            for name, kept in USED.items()
        }
        chance = {name: np.zeros((len(use), lessons.wanted.shape[1]), np.float32) for name in USED}
        folds = lessons.fold[use]
        for name, kept in USED.items():
            for number in sorted(set(folds.tolist())):
                own = folds == number
                others = ~own if (~own).any() else own
                found = weigh(
                    signals[use][others], lessons.wanted[use][others], weights[others], kept
                )
                mix, offset = _mind_standing(*found, name)
                chance[name][own] = _to_chance(signals[use][own] @ mix + offset)
        anything = meaning[use, -1] * 0.5 + words[use, -1] * 0.5
        some = find_odds_of_any(chance["together"])
        features = np.stack([anything, some, np.log1p(self.lengths[use])], axis=1)
        counts = weigh_uncoded(lessons.wanted[use], aims.uncoded)
        carries = fit_carries(features, lessons.wanted[use].max(axis=1) > 0, counts)
        inside = lessons.original[use]
        rows = use[inside]
        held_out = HeldOut(
            rows,
            lessons.wanted[rows],
            {name: values[inside] for name, values in chance.items()},
            _to_chance(features[inside] @ carries[:3] + carries[3]),
            weigh_decisions(lessons.wanted[rows], aims.uncoded),
            weigh_uncoded(lessons.wanted[rows], aims.uncoded),
        )
        return held_out, ways, carries

    def learn(self, use: NDArray[np.bool_], what: str) -> _First:
        """The first layer, from some of the texts; scores for all of them."""
        import numpy as np

        count = self.wanted.shape[1]
        use = use & self.lessons.original
        texts = [self.lessons.texts[at] for at in np.flatnonzero(use)]
        rarity = count_rarity(texts)
        matrix = _weigh_words(self.lessons.texts, rarity)
        head = np.zeros((self.vectors.shape[1], count), np.float32)
        offset = np.full(count, -4.0, np.float32)
        weights = np.zeros((PLACES, count), np.float32)
        word_offset = np.full(count, -4.0, np.float32)
        for code in range(count):
            rows = np.flatnonzero(use & (self.known[:, code] > 0))
            answers = self.wanted[rows, code]
            if 0 < answers.sum() < len(answers):
                firmness = self.plan.firmness
                head[:, code], offset[code] = _fit_line(self.vectors[rows], answers, firmness)
                weights[:, code], word_offset[code] = _fit_words(matrix[rows], answers, firmness)
            self.progress(what, code + 1, count)
        words = _round_words(weights, word_offset, rarity)
        window_words = _weigh_words(self.windows, rarity)
        scores = window_words @ (words[0] * words[1]) + word_offset
        meaning = self.window_vectors @ head + offset
        return _First(
            head,
            offset,
            np.maximum.reduceat(meaning, self.starts, axis=0),
            _Words(
                rarity, words[0], words[1], word_offset,
                np.maximum.reduceat(np.asarray(scores, np.float32), self.starts, axis=0),
            ),
        )  # fmt: skip


def _weigh_words(texts: Sequence[str], rarity: Array) -> Any:
    import numpy as np
    from scipy import sparse

    weighed = [weigh_places(text, rarity) for text in texts]
    ends = np.cumsum([0, *(len(places) for places, _ in weighed)])
    return sparse.csr_matrix(
        (
            np.concatenate([weights for _, weights in weighed]).astype(np.float64),
            np.concatenate([places for places, _ in weighed]),
            ends,
        ),
        shape=(len(texts), PLACES),
    )


def _round_words(
    weights: Array, offset: Array, rarity: Array
) -> tuple[NDArray[np.int8], Array, Array]:
    """Weights in whole numbers; those that hardly matter are nothing, so that the file stays small."""
    import numpy as np

    weights[rarity == 0] = 0
    scale = np.maximum(np.abs(weights).max(axis=0), 1e-8) / np.float32(127)
    rounded = np.rint(weights / scale).astype(np.int8)
    rounded[np.abs(rounded) < _LEAST_WORD] = 0
    return rounded, scale.astype(np.float32), offset


def _mind_standing(mix: Array, offset: Array, name: str) -> tuple[Array, Array]:
    """The question counts as it always does: speech to learn from comes without one. So does a strong cue."""
    strong = NAMES.index("strong cue")
    if strong in USED[name]:
        mix = mix.copy()
        mix[strong] = max(float(mix[strong]), STRONG_COUNTS)
    if NAMES.index("question") in USED[name]:
        mix = mix.copy()
        mix[NAMES.index("question")] = QUESTION_COUNTS
    return mix, offset


def _weigh_as_usual(
    signals: Array, wanted: Array, weights: Array, kept: tuple[int, ...]
) -> tuple[Array, Array]:
    """The weights that signals usually have; the offset so that claims are as common as codings."""
    import numpy as np

    usual = (*USUAL_MIX, 0.0)
    mix = np.array([usual[at] if at in kept else 0.0 for at in range(signals.shape[2])], np.float32)
    scores = signals @ mix
    aim = float((weights * wanted).sum())
    low, high = -12.0, 6.0
    for _ in range(40):
        middle = (low + high) / 2
        if float((weights * _to_chance(scores + np.float32(middle))).sum()) < aim:
            low = middle
        else:
            high = middle
    found = min(max((low + high) / 2, USUAL_OFFSET - 2), USUAL_OFFSET + 2)
    return mix, np.full(wanted.shape[1], found, np.float32)


def _to_chance(scores: Array) -> Array:
    import numpy as np

    return np.asarray(1 / (1 + np.exp(-scores)), np.float32)


def _fit_line(vectors: Array, answers: Any, firmness: float) -> tuple[Any, float]:
    """A balanced logistic line over vectors."""
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=firmness, class_weight="balanced", max_iter=300, tol=1e-3)
    line.fit(vectors, answers)
    return line.coef_[0], float(line.intercept_[0])


def _fit_words(matrix: Any, answers: Any, firmness: float) -> tuple[Any, float]:
    """A balanced logistic line over words; the dual reaches it eight times sooner than the primal."""
    from sklearn.linear_model import LogisticRegression

    line = LogisticRegression(C=firmness, class_weight="balanced", solver="liblinear", dual=True,
                              tol=0.01, max_iter=2000, random_state=_SEED)  # fmt: skip
    line.fit(matrix, answers)
    return line.coef_[0], float(line.intercept_[0])


def _round(vectors: Array) -> NDArray[np.int8]:
    import numpy as np

    return np.rint(vectors * 127).astype(np.int8)
