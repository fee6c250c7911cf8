"""How likely each code is in a stretch of speech: cues, meaning and words, weighed by a trained model."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING

from themecode.language.encoder import MODEL_SHA256, Encoder
from themecode.model import Code, Codebook, hash_words
from themecode.suggest.calibrate import GATE
from themecode.suggest.learned_model import LearnedModel, list_unknown
from themecode.suggest.listen import LEAST_CONFIDENCE, Listener
from themecode.suggest.ngrams import weigh_places
from themecode.suggest.signals import (
    Context,
    cut_ending,
    cut_windows,
    find_odds_of_any,
    gather_signals,
    hear_context,
    hear_cues,
    join_question,
    number_themes,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

#: From how many words on what was said before is heard.
_HEARD_WORDS = 3
#: A code that no model knows is suggested from here on, as `settle.Thresholds` has it.
SUGGESTED_BY_CUES = 0.6
#: Vectors already worked out, by the hash of their words.
Vectors = MutableMapping[bytes, "Array"]
#: How a stretch of speech is cut into windows.
Cut = Callable[[str], tuple[str, ...]]


def hash_encoder(model: LearnedModel) -> str:
    """A fingerprint of the encoder as the model changed it: what vectors depend on."""
    changed = (
        f"{name}:{blake2b(value.tobytes()).hexdigest()}"
        for name, value in sorted(model.tensors.items())
    )
    return hash_words(MODEL_SHA256, *changed)


class Weigher:
    """A trained model, ready to say how likely each code is in a stretch of speech.

    Codes that the model does not know as they are now are left to their cues.

    Args:
        model: what training made.
        codebook: the one in force.
        listener: of all its codes.
        vectors: where vectors are kept, so that the same words are encoded once.
        encoder: as the model changed it. None: loaded when it is first needed.
        way: which signals to use, one of the model's `ways`.
    """

    def __init__(
        self,
        model: LearnedModel,
        codebook: Codebook,
        listener: Listener,
        *,
        vectors: Vectors | None = None,
        encoder: Encoder | None = None,
        way: str = "together",
    ) -> None:
        import numpy as np

        self.model, self.listener = model, listener
        self._vectors: Vectors = {} if vectors is None else vectors
        self._encoder = encoder
        unknown = set(list_unknown(model, codebook))
        places = {code_id: at for at, code_id in enumerate(model.code_ids)}
        known = [code.id not in unknown for code in codebook.codes]
        self._known = np.array(known, np.bool_)
        columns = [places[code.id] for code in codebook.codes if code.id not in unknown]
        self._columns = np.array(columns, np.int64)
        with_anything = np.array([*columns, len(model.code_ids)], np.int64)
        at = model.ways.index(way)
        self._mix = model.mixes[at].astype(np.float32)
        self._mix_offset = model.mix_offsets[at][self._columns].astype(np.float32)
        self._themes = number_themes(
            [code.theme_id for code in codebook.codes if code.id not in unknown]
        )
        self._head = np.ascontiguousarray(model.head[:, with_anything], np.float32)
        self._head_offset = model.offset[with_anything].astype(np.float32)
        self._words = np.ascontiguousarray(
            (model.word_weights[:, with_anything].astype(np.float32))
            * model.word_scale[with_anything]
        )
        self._words_offset = model.word_offset[with_anything].astype(np.float32)
        self._examples = model.example_vectors.astype(np.float32) / np.float32(127)
        self.suggested = np.full(len(known), SUGGESTED_BY_CUES, np.float32)
        self.candidate = np.full(len(known), LEAST_CONFIDENCE, np.float32)
        self.suggested[self._known] = model.suggested[self._columns]
        self.suggested_by_way = self.suggested
        if way != "together":
            self.suggested_by_way = self.suggested.copy()
            self.suggested_by_way[self._known] = model.ways_suggested[at]
        self.candidate[self._known] = model.candidate[self._columns]

    def weigh(
        self,
        texts: Sequence[str],
        contexts: Sequence[Context] | None = None,
        *,
        lengths: Sequence[int] | None = None,
    ) -> Array:
        """How likely each code is, from 0 to 1.

        Args:
            texts: stretches of speech.
            contexts: what went before each. None: nothing did.
            lengths: how many words each is to be taken to have. None: those it has.

        Returns:
            (n_texts, n_codes), in the codebook's order.
        """
        return self.weigh_with_carries(texts, contexts, lengths=lengths)[0]

    def weigh_with_carries(
        self,
        texts: Sequence[str],
        contexts: Sequence[Context] | None = None,
        *,
        lengths: Sequence[int] | None = None,
    ) -> tuple[Array, Array]:
        """As `weigh`, and how likely each text is to carry any code at all. (n_texts,)."""
        import numpy as np

        chance = np.zeros((len(texts), len(self._known)), np.float32)
        if not texts:
            return chance, np.zeros(0, np.float32)
        heard = hear_cues(texts, self.listener)
        # A code the model does not know is coded by its cues, as if there were no model.
        chance[:, ~self._known] = heard.confidence[:, ~self._known]
        asked = [""] * len(texts) if contexts is None else [each.question for each in contexts]
        meaning, words = self._score([*map(join_question, texts, asked)])
        said = np.array(lengths or [len(text.split()) for text in texts], np.float32)
        question = before = None
        if contexts is not None and len(self._columns):
            question = self._hear(asked, cut_ending)
            before = self._hear([each.before for each in contexts], cut_windows)
        signals = gather_signals(
            meaning,
            words,
            type(heard)(heard.confidence[:, self._known], heard.denied[:, self._known]),
            said,
            question,
            before,
        )
        scores = (signals * self._mix).sum(axis=2, dtype=np.float32) + self._mix_offset
        chance[:, self._known] = 1 / (1 + np.exp(-scores))
        carries = self.model.carries
        total = (
            carries[0] * (meaning[:, -1] + words[:, -1]) * np.float32(0.5)
            + carries[1] * find_odds_of_any(chance)
            + carries[2] * np.log1p(said)
            + carries[3]
        )
        carried = np.asarray(1 / (1 + np.exp(-total)), np.float32)
        # Where most likely nothing is carried, a person is asked.
        most = np.where(self._known, self.suggested_by_way - np.float32(0.0001), np.float32(1))
        shut = carried < GATE
        chance[shut] = np.minimum(chance[shut], most)
        return chance, carried

    def _score(self, texts: Sequence[str], cut: Cut = cut_windows) -> tuple[Array, Array]:
        """Scores of meaning and of words, for each text that of its most telling window."""
        import numpy as np

        parts = [cut(text) for text in texts]
        windows = list(dict.fromkeys(window for each in parts for window in each))
        vectors = dict(zip(windows, self.encode(windows), strict=True))
        # One window at a time, so that the last bits do not depend on the others.
        meant = {text: vector @ self._head for text, vector in vectors.items()}
        spoken = {text: self._weigh_words(text) for text in windows}
        meaning = np.stack([np.max([meant[window] for window in each], axis=0) for each in parts])
        words = np.stack([np.max([spoken[window] for window in each], axis=0) for each in parts])
        return meaning + self._head_offset, words + self._words_offset

    def _hear(self, texts: Sequence[str], cut: Cut) -> Array:
        import numpy as np

        heard = np.zeros((len(texts), len(self._columns)), np.float32)
        long_enough = list(dict.fromkeys(each for each in texts if is_heard(each)))
        if long_enough:
            meaning, words = self._score(long_enough, cut)
            said = hear_context((meaning + words)[:, :-1], self._themes)
            rows = {text: row for row, text in enumerate(long_enough)}
            for number, text in enumerate(texts):
                if text in rows:
                    heard[number] = said[rows[text]]
        return heard

    def _weigh_words(self, text: str) -> Array:
        places, weights = weigh_places(text, self.model.rarity)
        total: Array = (self._words[places] * weights[:, None]).sum(axis=0)
        return total

    def encode(self, texts: Sequence[str]) -> list[Array]:
        """The vector of each text; each distinct text is encoded once."""
        keys = [
            blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            for text in texts
        ]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._vectors}
        if new:
            if self._encoder is None:
                self._encoder = Encoder(tuned=self.model.tensors)
            for key, vector in zip(new, self._encoder.encode([*new.values()]), strict=True):
                self._vectors[key] = vector
        return [self._vectors[key] for key in keys]

    def find_nearest(self, text: str, code: Code) -> tuple[str, float] | None:
        """The example of a code that is most like a text, and how like."""
        import numpy as np

        if code.id not in self.model.code_ids:
            return None
        own = np.flatnonzero(self.model.example_codes == self.model.code_ids.index(code.id))
        own = own[self.model.example_places[own] < len(code.examples)]
        if not len(own):
            return None
        likeness = self._examples[own] @ self.encode([text])[0]
        best = int(likeness.argmax())
        return code.examples[int(self.model.example_places[own[best]])], float(likeness[best])

    def is_known(self, code: int) -> bool:
        """Whether the model knows a code, by its place in the codebook, as it is now."""
        return bool(self._known[code])


def is_heard(text: str) -> bool:
    """Whether something said before is long enough to be heard as what a turn goes on from."""
    return len(text.split()) >= _HEARD_WORDS
