"""What is learned from lessons: what each code sounds like, and how far its scores can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from themecode.language.encoder import WIDTH, Encoder
from themecode.language.tuning import LowerLayers, Recipe, Tuned, tune_encoder
from themecode.model import Codebook
from themecode.suggest.calibrate import (
    STRONG_COUNTS,
    USUAL_MIX,
    USUAL_OFFSET,
    Aims,
    calibrate_scores,
    fit_carries,
    has_enough_natural,
    weigh_decisions,
    weigh_uncoded,
)
from themecode.suggest.lessons import ENOUGH_SPEECH, Lessons
from themecode.suggest.lines import fit_line, fit_words, round_words, weigh_words
from themecode.suggest.listen import Listener
from themecode.suggest.ngrams import PLACES, count_rarity
from themecode.suggest.signals import (
    BEFORE_COUNTS,
    NAMES,
    QUESTION_COUNTS,
    USED,
    cut_ending,
    cut_windows,
    find_odds_of_any,
    gather_signals,
    hear_context,
    hear_cues,
    number_themes,
)
from themecode.suggest.weigher import Cut, is_heard

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

#: Threads to train with. Another number gives other last bits.
THREADS = 1
#: After a part was held out it is gone over as well, and some of the rest, with steps so much smaller.
_RATE_AGAIN = 0.5
#: Texts gone over at most, in all rounds: half an hour on two cores. Turns of conversations come first.
_MOST_VISITS, _MOST_VISITS_AGAIN = 50_000, 20_000
#: In so many parts the weighing of signals is held out.
_PARTS_AGAIN = 4


@dataclass(frozen=True, slots=True)
class TrainingPlan:
    """How to train.

    Args:
        folds: in how many parts speech is held out in turn.
        aims: what thresholds are chosen for.
        firmness: how freely a line may follow its examples (the C of a logistic regression).
        tune_from: with so many utterances that carry a code, the encoder's last layers are taught as well.
        recipe: how they are taught. None: they are not.
        rounds: over the speech they are taught from.
        share: of the utterances, how many to learn from: less than all tells what more would bring.
    """

    folds: int = 4
    aims: Aims = field(default_factory=Aims)
    firmness: float = 1.0
    share: float = 1.0
    tune_from: int = 3_000
    recipe: Recipe | None = field(default_factory=lambda: Recipe(layers=2))
    rounds: int = 3


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
        natural: (n_rows,), which are turns of whole conversations.
    """

    rows: NDArray[np.int64]
    wanted: Array
    chance: dict[str, Array]
    carries: Array
    weights: Array
    counts: Array
    natural: NDArray[np.bool_]


Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class First:
    """The first layer of learning: a line a code over vectors, and one over words.

    Args:
        tensors: what was changed in the encoder. Empty: nothing was.
        head, offset: (384, n_codes + 1) and (n_codes + 1,).
        rarity: (PLACES,).
        weights, scale, word_offset: (PLACES, n_codes + 1) whole numbers, and (n_codes + 1,).
    """

    tensors: dict[str, NDArray[Any]]
    head: Array
    offset: Array
    rarity: Array
    weights: NDArray[np.int8]
    scale: Array
    word_offset: Array


class Learner:
    """Learns from lessons, some of them held out: first the codes by themselves, then what to trust."""

    def __init__(
        self, codebook: Codebook, lessons: Lessons, plan: TrainingPlan, progress: Progress
    ) -> None:
        import numpy as np

        self.lessons, self.plan, self.progress = lessons, plan, progress
        self.cues = hear_cues(lessons.texts, Listener(codebook.codes, codebook))
        self.themes = number_themes([code.theme_id for code in codebook.codes])
        self.lengths = np.array([len(text.split()) for text in lessons.texts], np.float32)
        spoken = int((lessons.whole & (lessons.wanted.max(axis=1) > 0) & lessons.original).sum())
        self.enough = spoken >= ENOUGH_SPEECH
        self.recipe = plan.recipe if spoken >= plan.tune_from else None
        whole = lessons.whole.astype(np.float32)[:, None]
        anything = lessons.wanted.max(axis=1, keepdims=True)
        self.wanted = np.hstack([lessons.wanted, anything]).astype(np.float32)
        self.known = np.hstack([lessons.known, whole]).astype(np.float32)
        # Joined utterances are weighed, to find out how far scores can be trusted, and not learned from.
        self.taught = np.flatnonzero(lessons.original)
        texts = [lessons.heard[at] for at in self.taught]
        self._vectors: dict[str, Array] = {}
        self._tuned: Tuned | None = None
        self._seen = np.zeros(0, np.int64)
        self._lower: LowerLayers | None = None
        if self.recipe is not None:
            self._lower = LowerLayers(
                texts,
                layers=self.recipe.layers,
                progress=lambda done, total: progress("reading speech", done, total),
            )
        else:
            windows = [window for text in lessons.heard for window in cut_windows(text)]
            self._encode([*texts, *windows], {})

    @property
    def held_folds(self) -> tuple[int, ...]:
        """The parts held out in turn: teaching the encoder takes long, so one must do for it."""
        return (0,) if self.recipe is not None else tuple(range(self.plan.folds))

    def hold_out(self) -> tuple[HeldOut, dict[str, tuple[Array, Array]], Array]:
        """Score each fold by what the others taught, and learn to weigh the scores."""
        import numpy as np

        lessons, aims = self.lessons, self.plan.aims
        meaning, words = np.zeros_like(self.wanted), np.zeros_like(self.wanted)
        question, before = np.zeros_like(lessons.wanted), np.zeros_like(lessons.wanted)
        scored = np.zeros(len(lessons.texts), np.bool_)
        for fold in self.held_folds:
            own = lessons.fold == fold
            if own.all() or not own.any():
                continue
            first = self.learn(~own, f"holding out part {fold + 1} of {self.plan.folds}")
            rows = np.flatnonzero(own)
            meaning[own], words[own] = self._score(first, [lessons.heard[at] for at in rows])
            contexts = [lessons.contexts[at] for at in rows]
            question[own] = self._hear(first, [each.question for each in contexts], cut_ending)
            before[own] = self._hear(first, [each.before for each in contexts], cut_windows)
            scored |= own
        if not scored.any():
            scored[:] = True
        signals = gather_signals(meaning, words, self.cues, self.lengths, question, before)
        use = np.flatnonzero(lessons.whole & lessons.fair & scored)
        if not len(use):
            use = np.flatnonzero(lessons.whole & scored)
        natural = lessons.natural[use]
        weights = weigh_decisions(lessons.wanted[use], aims.uncoded, natural)
        weigh = calibrate_scores if self.enough else _weigh_as_usual
        learned = has_enough_natural(natural)

        def find_mix(rows: Any, name: str) -> tuple[Array, Array]:
            found = weigh(signals[use][rows], lessons.wanted[use][rows], weights[rows], USED[name])
            return _mind_standing(*found, name, learned=learned)

        everything = np.ones(len(use), np.bool_)
        ways = {name: find_mix(everything, name) for name in USED}
        chance = {name: np.zeros((len(use), lessons.wanted.shape[1]), np.float32) for name in USED}
        parts = _part_again(lessons, use)
        for name in USED:
            for number in sorted(set(parts.tolist())):
                own = parts == number
                mix, offset = find_mix(~own if (~own).any() else own, name)
                chance[name][own] = _to_chance(signals[use][own] @ mix + offset)
        anything = meaning[use, -1] * 0.5 + words[use, -1] * 0.5
        some = find_odds_of_any(chance["together"])
        features = np.stack([anything, some, np.log1p(self.lengths[use])], axis=1)
        counts = weigh_uncoded(lessons.wanted[use], aims.uncoded, natural)
        carries = fit_carries(features, lessons.wanted[use].max(axis=1) > 0, counts)
        inside = lessons.original[use]
        rows = use[inside]
        held_out = HeldOut(
            rows,
            lessons.wanted[rows],
            {name: values[inside] for name, values in chance.items()},
            _to_chance(features[inside] @ carries[:3] + carries[3]),
            weigh_decisions(lessons.wanted[rows], aims.uncoded, lessons.natural[rows]),
            weigh_uncoded(lessons.wanted[rows], aims.uncoded, lessons.natural[rows]),
            lessons.natural[rows],
        )
        return held_out, ways, carries

    def learn(self, use: NDArray[np.bool_], what: str) -> First:
        """The first layer, from some of the texts."""
        import numpy as np

        count = self.wanted.shape[1]
        own = np.flatnonzero(use[self.taught])
        rows = self.taught[own]
        texts = [self.lessons.heard[at] for at in rows]
        rarity = count_rarity(texts)
        matrix = weigh_words(texts, rarity)
        head = np.zeros((WIDTH, count), np.float32)
        offset = np.full(count, -4.0, np.float32)
        weights = np.zeros((PLACES, count), np.float32)
        word_offset = np.full(count, -4.0, np.float32)
        firmness = self.plan.firmness
        vectors = None if self._lower else self._encode(texts, {})
        for code in range(count):
            known = np.flatnonzero(self.known[rows, code] > 0)
            answers = self.wanted[rows[known], code]
            if 0 < answers.sum() < len(answers):
                if vectors is not None:
                    head[:, code], offset[code] = fit_line(vectors[known], answers, firmness)
                weights[:, code], word_offset[code] = fit_words(matrix[known], answers, firmness)
            self.progress(what, code + 1, count)
        tensors: dict[str, NDArray[Any]] = {}
        if self._lower is not None:
            tuned = self._tune(self._lower, own, what)
            tensors, head, offset = tuned.tensors, tuned.head, tuned.offset
        rounded, scale = round_words(weights, rarity)
        return First(tensors, head, offset, rarity, rounded, scale, word_offset)

    def _tune(self, lower: LowerLayers, own: NDArray[np.int64], what: str) -> Tuned:
        """The encoder's last layers, taught: the second time goes on from the first, more quietly."""
        import numpy as np

        assert self.recipe is not None
        recipe, natural = self.recipe, self.lessons.natural[self.taught][own]
        if self._tuned is None:
            self._seen = own
            rounds = _spread_rounds(own, natural, self.plan.rounds, _MOST_VISITS)
        else:
            recipe = replace(
                recipe,
                rate=recipe.rate * _RATE_AGAIN,
                head_rate=recipe.head_rate * _RATE_AGAIN,
            )
            new = ~np.isin(own, self._seen)
            rounds = _spread_rounds(own, new, 1, _MOST_VISITS_AGAIN)
        self._tuned = tune_encoder(
            lower,
            self.wanted[self.taught],
            self.known[self.taught],
            use=rounds,
            recipe=recipe,
            start=self._tuned,
            progress=lambda done, total: self.progress(what, done, total),
        )
        return self._tuned

    def _score(
        self, first: First, texts: Sequence[str], cut: Cut = cut_windows
    ) -> tuple[Array, Array]:
        """Scores of meaning and words: of each text those of its most telling window."""
        import numpy as np

        windows = [cut(text) for text in texts]
        starts = np.cumsum([0, *map(len, windows)])[:-1]
        listed = [window for each in windows for window in each]
        meaning = self._encode(listed, first.tensors) @ first.head + first.offset
        words = weigh_words(listed, first.rarity) @ (first.weights * first.scale)
        return (
            np.maximum.reduceat(meaning, starts, axis=0),
            np.maximum.reduceat(np.asarray(words + first.word_offset, np.float32), starts, axis=0),
        )

    def _hear(self, first: First, texts: Sequence[str], cut: Cut) -> Array:
        """How far what went before speaks for each code."""
        import numpy as np

        heard = np.zeros((len(texts), len(self.themes)), np.float32)
        places = [at for at, text in enumerate(texts) if is_heard(text)]
        if places:
            meaning, words = self._score(first, [texts[at] for at in places], cut)
            heard[places] = hear_context((meaning + words)[:, :-1], self.themes)
        return heard

    def _encode(self, texts: Sequence[str], tensors: dict[str, NDArray[Any]]) -> Array:
        """Vectors, each distinct text encoded once; those of the encoder as it comes are kept."""
        import numpy as np

        kept = {} if tensors else self._vectors
        new = list(dict.fromkeys(text for text in texts if text not in kept))
        if new:
            vectors = Encoder(tuned=tensors or None, threads=2).encode(
                new, progress=lambda done, total: self.progress("reading speech", done, total)
            )
            kept.update(zip(new, vectors, strict=True))
        return np.stack([kept[text] for text in texts]) if texts else np.zeros((0, WIDTH), "f4")


def _spread_rounds(
    own: NDArray[np.int64], first: NDArray[np.bool_], rounds: int, most: int
) -> list[NDArray[np.int64]]:
    """What to go over in each round: those `first` in every one, of the others as many as there is time for."""
    import numpy as np

    others = np.random.default_rng(0).permutation(own[~first])
    room = max(0, most // rounds - int(first.sum()))
    if room >= len(others):
        return [own] * rounds
    return [
        np.sort(np.concatenate([own[first], np.roll(others, -room * number)[:room]]))
        for number in range(rounds)
    ]


def _part_again(lessons: Lessons, use: NDArray[np.int64]) -> NDArray[np.int64]:
    """Parts in which the weighing of signals is held out in turn: blocks are kept whole."""
    import numpy as np

    blocks = [lessons.blocks[at] for at in use]
    numbers = {block: number for number, block in enumerate(dict.fromkeys(blocks))}
    return np.array([numbers[block] % _PARTS_AGAIN for block in blocks], np.int64)


def _mind_standing(mix: Array, offset: Array, name: str, *, learned: bool) -> tuple[Array, Array]:
    """A strong cue counts as it always does; so does what went before, unless it could be `learned`."""
    mix = mix.copy()
    strong = NAMES.index("strong cue")
    if strong in USED[name]:
        mix[strong] = max(float(mix[strong]), STRONG_COUNTS)
    for what, counts in (("question", QUESTION_COUNTS), ("before", BEFORE_COUNTS)):
        place = NAMES.index(what)
        if place in USED[name]:
            mix[place] = max(float(mix[place]), 0.0) if learned else counts
    return mix, offset


def _weigh_as_usual(
    signals: Array, wanted: Array, weights: Array, kept: tuple[int, ...]
) -> tuple[Array, Array]:
    """The weights that signals usually have; the offset so that claims are as common as codings."""
    import numpy as np

    mix = np.array([USUAL_MIX[at] if at in kept else 0.0 for at in range(signals.shape[2])], "f4")
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
