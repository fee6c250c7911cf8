"""Codings suggested from a codebook's trained model: cues, meaning and words weighed together."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING

from themecode.language.encoder import Encoder
from themecode.language.stance import is_short
from themecode.model import (
    Code,
    Codebook,
    Coding,
    Evidence,
    Segment,
    Span,
    Transcript,
    TurnKind,
    coding_id,
    hash_words,
)
from themecode.segments import find_passages, find_sentences
from themecode.suggest.cues import (
    combine_matches,
    find_clause,
    find_question,
    make_cue_evidence,
    weigh_turn,
)
from themecode.suggest.learned_model import LearnedModel, name_coder
from themecode.suggest.listen import Listener
from themecode.suggest.ngrams import weigh_places
from themecode.suggest.signals import gather_signals, hear_cues, number_themes

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

#: Fewer words carry a code only with a cue, and are left to people.
FEWEST_WORDS = 3
_ROUND = 4


def hash_encoder(model: LearnedModel) -> str:
    """A fingerprint of the encoder as the model changed it: what vectors depend on."""
    return hash_words(
        *(f"{name}:{blake2b(value.tobytes()).hexdigest()}" for name, value in sorted(model.tensors.items()))
    )  # fmt: skip


#: Vectors already worked out, by the hash of their words.
Vectors = MutableMapping[bytes, "Array"]


class Weigher:
    """A trained model, ready to say how likely each code is in a stretch of speech.

    Args:
        model: what training made.
        codebook: the one it was made for.
        listener: of all its codes.
        vectors: where vectors are kept, so that the same words are encoded once.
        encoder: as the model changed it. None: loaded now.
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
        self._encoder = encoder or Encoder(tuned=model.tensors)
        at = model.ways.index(way)
        self._mix, self._mix_offset = model.mixes[at], model.mix_offsets[at]
        self._themes = number_themes(codebook)
        self._words = model.word_weights.astype(np.float32) * model.word_scale
        self._examples = model.example_vectors.astype(np.float32) / np.float32(127)

    def weigh(self, texts: Sequence[str]) -> Array:
        """How likely each code is, from 0 to 1. (n_texts, n_codes)."""
        import numpy as np

        if not texts:
            return np.zeros((0, len(self.model.code_ids)), np.float32)
        # One text at a time, so that the last bits do not depend on the others.
        meaning = np.stack([vector @ self.model.head for vector in self.encode(texts)])
        words = np.stack([self._weigh_words(text) for text in texts])
        signals = gather_signals(
            meaning + self.model.offset,
            words + self.model.word_offset,
            hear_cues(texts, self.listener),
            [len(text.split()) for text in texts],
            self._themes,
        )
        scores = (signals * self._mix).sum(axis=2) + self._mix_offset
        return np.asarray(1 / (1 + np.exp(-scores)), np.float32)

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
        for key, vector in zip(new, self._encoder.encode([*new.values()]), strict=True):
            self._vectors[key] = vector
        return [self._vectors[key] for key in keys]

    def find_nearest(self, text: str, code: int) -> tuple[int, float] | None:
        """The example of a code that is most like a text: its number among them, and how like."""
        import numpy as np

        own = np.flatnonzero(self.model.example_codes == code)
        if not len(own):
            return None
        likeness = self._examples[own] @ self.encode([text])[0]
        best = int(likeness.argmax())
        return best, float(likeness[best])


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
    segments = [
        Segment.cut(transcript, turn, passage.shift(turn.span.start))
        for turn in transcript.turns
        if turn.kind in kinds
        for passage in find_passages(transcript.words_of(turn))
        if len(passage.of(transcript.words_of(turn)).split()) >= FEWEST_WORDS
    ]
    chances = weigher.weigh([segment.text for segment in segments])
    claims = [
        _Claim(passage, code, float(chances[passage, code]))
        for passage in range(len(segments))
        for code in range(chances.shape[1])
        if chances[passage, code] >= weigher.model.candidate[code]
    ]
    if not claims:
        return ()
    learned = _find_windows(segments, claims, weigher)
    cued = _find_cue_evidence(transcript, weigher.listener, {each.turn for each in segments})
    coder = name_coder(weigher.model)
    codings = []
    for claim, (window, without) in zip(claims, learned, strict=True):
        segment, code = segments[claim.passage], codebook.codes[claim.code]
        evidence = (
            _make_evidence(segment, code, claim, window, without, weigher),
            *cued.get((segment.span, code.id), ()),
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


def _find_windows(
    segments: Sequence[Segment], claims: Sequence[_Claim], weigher: Weigher
) -> list[tuple[Span, float]]:
    """For each claim the words that carry it, and how likely it is without them.

    The sentence that says most for the code alone is left out. Where the rest is no less likely,
    the next is tried, and in the end the whole passage, without which nothing is left.
    """
    import numpy as np

    sentences = [find_sentences(segment.text) for segment in segments]
    asked = sorted({claim.passage for claim in claims if len(sentences[claim.passage]) > 1})
    listed = [(passage, at) for passage in asked for at in range(len(sentences[passage]))]
    alone = weigher.weigh([sentences[p][at].of(segments[p].text).strip() for p, at in listed])
    rows = {place: row for row, place in enumerate(listed)}
    orders = {}
    for number, claim in enumerate(claims):
        if claim.passage in asked:
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
        for number, chances in zip(tried, weigher.weigh(texts), strict=True):
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
    nearest = weigher.find_nearest(words, claim.code)
    matched = code.examples[nearest[0]] if nearest else code.definition
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
        asked = find_question(transcript, turn) if is_short(heard.heard) else ""
        for segment, code, weighed in weigh_turn(transcript, turn, heard, listener, asked):
            _, counted = combine_matches(weighed)
            found[segment.span, code.id] = tuple(
                make_cue_evidence(each, code, heard.heard, turn, segment) for each in counted
            )
    return found
