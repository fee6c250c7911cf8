"""Codings suggested from a codebook's trained model: cues, meaning and words weighed together."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from themecode.language.encoder import MODEL_SHA256, Encoder
from themecode.language.english import is_english
from themecode.model import (
    Code,
    Codebook,
    Coding,
    Evidence,
    Segment,
    Span,
    Transcript,
    Turn,
    TurnKind,
    coding_id,
    hash_words,
)
from themecode.segments import find_passages, find_sentences
from themecode.suggest.calibrate import GATE
from themecode.suggest.cues import (
    combine_matches,
    find_clause,
    find_question,
    make_cue_evidence,
    weigh_turn,
)
from themecode.suggest.learned_model import LearnedModel, list_unknown, name_coder
from themecode.suggest.listen import LEAST_CONFIDENCE, Listener
from themecode.suggest.ngrams import weigh_places
from themecode.suggest.signals import (
    NOTHING_BEFORE,
    TURNS_BACK,
    Context,
    cut_ending,
    cut_windows,
    find_odds_of_any,
    gather_signals,
    hear_context,
    hear_cues,
    number_themes,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

#: Fewer words carry a code only with a cue, and are left to people.
FEWEST_WORDS = 3
#: From how many words on what was said before is heard.
_HEARD_WORDS = 3
_ROUND = 4
#: A code that no model knows is suggested from here on, as `settle.Thresholds` has it.
SUGGESTED_BY_CUES = 0.6


def hash_encoder(model: LearnedModel) -> str:
    """A fingerprint of the encoder as the model changed it: what vectors depend on."""
    changed = (
        f"{name}:{blake2b(value.tobytes()).hexdigest()}"
        for name, value in sorted(model.tensors.items())
    )
    return hash_words(MODEL_SHA256, *changed)


#: Vectors already worked out, by the hash of their words.
Vectors = MutableMapping[bytes, "Array"]
#: How a stretch of speech is cut into windows.
Cut = Callable[[str], tuple[str, ...]]


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

    def weigh(self, texts: Sequence[str], contexts: Sequence[Context] | None = None) -> Array:
        """How likely each code is, from 0 to 1.

        Args:
            texts: stretches of speech.
            contexts: what went before each. None: nothing did.

        Returns:
            (n_texts, n_codes), in the codebook's order.
        """
        return self.weigh_with_carries(texts, contexts)[0]

    def weigh_with_carries(
        self, texts: Sequence[str], contexts: Sequence[Context] | None = None
    ) -> tuple[Array, Array]:
        """As `weigh`, and how likely each text is to carry any code at all. (n_texts,)."""
        import numpy as np

        chance = np.zeros((len(texts), len(self._known)), np.float32)
        if not texts:
            return chance, np.zeros(0, np.float32)
        heard = hear_cues(texts, self.listener)
        # A code the model does not know is coded by its cues, as if there were no model.
        chance[:, ~self._known] = heard.confidence[:, ~self._known]
        meaning, words = self._score(texts)
        question = before = None
        if contexts is not None and len(self._columns):
            question = self._hear([each.question for each in contexts], cut_ending)
            before = self._hear([each.before for each in contexts], cut_windows)
        signals = gather_signals(
            meaning,
            words,
            type(heard)(heard.confidence[:, self._known], heard.denied[:, self._known]),
            question,
            before,
        )
        scores = (signals * self._mix).sum(axis=2, dtype=np.float32) + self._mix_offset
        chance[:, self._known] = 1 / (1 + np.exp(-scores))
        carries = self.model.carries
        total = (
            carries[0] * (meaning[:, -1] + words[:, -1]) * np.float32(0.5)
            + carries[1] * find_odds_of_any(chance)
            + carries[2] * np.log1p(np.array([len(text.split()) for text in texts], np.float32))
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


@dataclass(frozen=True, slots=True)
class _Claim:
    """A code that is likely enough in a passage."""

    passage: int
    code: int
    chance: float


def suggest_codings(
    transcript: Transcript,
    weigher: Weigher,
    *,
    codebook: Codebook,
    made_at: datetime,
    kinds: Sequence[TurnKind] = (TurnKind.PARTICIPANT,),
) -> tuple[Coding, ...]:
    """The codings that a trained model suggests for one transcript, with their evidence.

    Args:
        transcript: its turns of these `kinds` are coded; no other speaker's ever.
        weigher: the model.
        codebook: the codebook it was made for.
        made_at: in UTC.
        kinds: whose turns to code.

    Returns:
        Codings by place in the transcript, then in the codebook's order: those that are at least
        candidates.
    """
    segments, contexts = list_passages(transcript, kinds)
    chances = weigher.weigh([segment.text for segment in segments], contexts)
    claims = [
        _Claim(passage, code, float(chances[passage, code]))
        for passage in range(len(segments))
        for code in range(chances.shape[1])
        if chances[passage, code] >= weigher.candidate[code]
    ]
    if not claims:
        return ()
    learned = _find_windows(segments, contexts, claims, weigher)
    cued = _find_cue_evidence(transcript, weigher.listener, {each.turn for each in segments})
    coder = name_coder(weigher.model)
    codings = []
    for claim, (window, without) in zip(claims, learned, strict=True):
        segment, code = segments[claim.passage], codebook.codes[claim.code]
        evidence = cued.get((segment.span, code.id), ())
        if weigher.is_known(claim.code) or not evidence:
            evidence = (
                _make_evidence(segment, code, claim, window, without, weigher),
                *evidence,
            )
        codings.append(
            Coding(
                id=coding_id(segment, code.sha256, code.id, coder),
                segment=segment,
                code_id=code.id,
                coder=coder,
                confidence=round(claim.chance, _ROUND),
                evidence=evidence,
                codebook_sha256=codebook.sha256,
                code_sha256=code.sha256,
                made_at=made_at,
            )
        )
    return tuple(codings)


def list_passages(
    transcript: Transcript, kinds: Sequence[TurnKind] = (TurnKind.PARTICIPANT,)
) -> tuple[list[Segment], list[Context]]:
    """The passages of a transcript that a model may code, and what went before each's turn.

    Passages of hardly any words, and turns that are not in English, are left to people.
    """
    segments: list[Segment] = []
    contexts: list[Context] = []
    for turn in transcript.turns:
        words = transcript.words_of(turn)
        if turn.kind not in kinds or not is_english(words):
            continue
        context = find_context(transcript, turn)
        for passage in find_passages(words):
            if len(passage.of(words).split()) >= FEWEST_WORDS:
                segments.append(Segment.cut(transcript, turn, passage.shift(turn.span.start)))
                contexts.append(context)
    return segments, contexts


def find_context(transcript: Transcript, turn: Turn) -> Context:
    """What went before a turn: the turn before it, and the same person's last one before that."""
    at = turn.number - 1
    if at < 1:
        return NOTHING_BEFORE
    question = transcript.words_of(transcript.turns[at - 1])
    for earlier in reversed(transcript.turns[max(0, at - TURNS_BACK) : at - 1]):
        if (earlier.speaker, earlier.kind) == (turn.speaker, turn.kind):
            return Context(question, transcript.words_of(earlier))
    return Context(question)


def find_foreign_turns(
    transcript: Transcript, kinds: Sequence[TurnKind] = (TurnKind.PARTICIPANT,)
) -> tuple[int, ...]:
    """The numbers of turns that are not in English, and so were not coded."""
    return tuple(
        turn.number
        for turn in transcript.turns
        if turn.kind in kinds and not is_english(transcript.words_of(turn))
    )


def _find_windows(
    segments: Sequence[Segment],
    contexts: Sequence[Context],
    claims: Sequence[_Claim],
    weigher: Weigher,
) -> list[tuple[Span, float]]:
    """For each claim the words that carry it, and how likely it is without them.

    The sentence that says most for the code alone is left out. Where the rest is no less likely,
    the next is tried, and in the end the whole passage, without which nothing is left. A candidate
    stands on its whole passage: there are many, and a person will read it all.
    """
    import numpy as np

    sentences = [find_sentences(segment.text) for segment in segments]
    sure = [
        len(sentences[claim.passage]) > 1 and claim.chance >= weigher.suggested[claim.code]
        for claim in claims
    ]
    asked = sorted({claim.passage for claim, one in zip(claims, sure, strict=True) if one})
    listed = [(passage, at) for passage in asked for at in range(len(sentences[passage]))]
    alone = weigher.weigh([sentences[p][at].of(segments[p].text).strip() for p, at in listed])
    rows = {place: row for row, place in enumerate(listed)}
    orders = {}
    for number, claim in enumerate(claims):
        if sure[number]:
            own = [
                float(alone[rows[claim.passage, at], claim.code])
                for at in range(len(sentences[claim.passage]))
            ]
            orders[number] = np.argsort(own, kind="stable")[::-1].tolist()
    found: dict[int, tuple[Span, float]] = {}
    for attempt in range(max(map(len, orders.values()), default=0)):
        tried = [n for n, order in orders.items() if n not in found and attempt < len(order)]
        texts = []
        for number in tried:
            claim = claims[number]
            left_out = sentences[claim.passage][orders[number][attempt]]
            texts.append(_leave_out(segments[claim.passage].text, left_out))
        before = [contexts[claims[number].passage] for number in tried]
        for number, chances in zip(tried, weigher.weigh(texts, before), strict=True):
            claim = claims[number]
            if round(float(chances[claim.code]), _ROUND) < round(claim.chance, _ROUND):
                window = sentences[claim.passage][orders[number][attempt]]
                found[number] = (window, float(chances[claim.code]))
    return [
        found.get(number, (Span(0, len(segments[claim.passage].text)), 0.0))
        for number, claim in enumerate(claims)
    ]


def _leave_out(text: str, span: Span) -> str:
    return " ".join(f"{text[: span.start]} {text[span.end :]}".split())


def _make_evidence(
    segment: Segment, code: Code, claim: _Claim, window: Span, without: float, weigher: Weigher
) -> Evidence:
    """What was learned as a reason: the words, the example most like them, the clause of the code."""
    words = window.of(segment.text)
    start = window.start + len(words) - len(words.lstrip())
    words = words.strip()
    nearest = weigher.find_nearest(words, code)
    matched = nearest[0] if nearest else code.definition
    return Evidence(
        kind="learned",
        spans=(Span(start, start + len(words)).shift(segment.span.start),),
        words=(words,),
        matched=matched,
        strength=f"{nearest[1]:.2f}" if nearest else "",
        clause=find_clause(code.definition, code.include, matched),
        weight=round(max(claim.chance - without, 0.0), _ROUND),
    )


def _find_cue_evidence(
    transcript: Transcript, listener: Listener, numbers: set[int]
) -> dict[tuple[Span, str], tuple[Evidence, ...]]:
    """The cues heard in these turns, as reasons, by the place and the code they speak for."""
    turns = [turn for turn in transcript.turns if turn.number in numbers]
    found: dict[tuple[Span, str], tuple[Evidence, ...]] = {}
    for heard in listener.listen([transcript.words_of(turn) for turn in turns], least=0.0):
        turn = turns[heard.number]
        asked = find_question(transcript, turn, heard)
        for segment, code, weighed in weigh_turn(transcript, turn, heard, listener, asked):
            _, counted = combine_matches(weighed)
            found[segment.span, code.id] = tuple(
                make_cue_evidence(each, code, turn, segment) for each in counted
            )
    return found
