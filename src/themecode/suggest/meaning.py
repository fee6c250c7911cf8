"""Codings suggested from a codebook's trained model: cues, meaning and words weighed together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

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
)
from themecode.segments import find_passages, find_sentences
from themecode.suggest.cues import (
    combine_matches,
    find_clause,
    find_question,
    make_cue_evidence,
    weigh_turn,
)
from themecode.suggest.learned_model import name_coder
from themecode.suggest.listen import Listener
from themecode.suggest.signals import NOTHING_BEFORE, TURNS_BACK, Context, join_question
from themecode.suggest.weigher import Weigher

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

#: Fewer words carry a code only with a cue, and are left to people.
FEWEST_WORDS = 3
_ROUND = 4


@dataclass(frozen=True, slots=True)
class Passages:
    """What a model may code of a transcript: the passages, and the turns they stand in.

    Args:
        segments: the passages, in order.
        turns: for each, the place in `words` of its turn.
        words: of each turn with a passage.
        contexts: what went before each of these turns.
        starts: where each of these turns begins in the transcript.
    """

    segments: tuple[Segment, ...]
    turns: tuple[int, ...]
    words: tuple[str, ...]
    contexts: tuple[Context, ...]
    starts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Claim:
    """A code that is likely enough in a passage.

    Args:
        passage: which.
        code: its place in the codebook.
        chance: how likely it is.
        frame: the words it was weighed in: the turn's, or where it was weighed alone the passage's.
        shift: where the passage begins in them.
        context: what went before them.
        heard: the passage as it was heard by itself, or with what was asked.
    """

    passage: int
    code: int
    chance: float
    frame: str
    shift: int
    context: Context
    heard: str


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
    passages = list_passages(transcript, kinds)
    segments = passages.segments
    chances, by_turn, _ = weigh_passages(passages, weigher)
    claims = [
        _make_claim(passages, passage, code, float(chances[passage, code]), by_turn[passage, code])
        for passage in range(len(segments))
        for code in range(chances.shape[1])
        if chances[passage, code] >= weigher.candidate[code]
    ]
    if not claims:
        return ()
    learned = _find_windows(segments, claims, weigher)
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
) -> Passages:
    """The passages of a transcript that a model may code, and the turns they stand in.

    Passages of hardly any words, and turns that are not in English, are left to people.
    """
    segments: list[Segment] = []
    places: list[int] = []
    spoken: list[Turn] = []
    for turn in transcript.turns:
        words = transcript.words_of(turn)
        if turn.kind not in kinds or not is_english(words):
            continue
        own = [
            Segment.cut(transcript, turn, passage.shift(turn.span.start))
            for passage in find_passages(words)
            if len(passage.of(words).split()) >= FEWEST_WORDS
        ]
        if own:
            segments.extend(own)
            places.extend([len(spoken)] * len(own))
            spoken.append(turn)
    return Passages(
        tuple(segments),
        tuple(places),
        tuple(transcript.words_of(turn) for turn in spoken),
        tuple(find_context(transcript, turn) for turn in spoken),
        tuple(turn.span.start for turn in spoken),
    )


def weigh_passages(passages: Passages, weigher: Weigher) -> tuple[Array, NDArray[np.bool_], Array]:
    """How likely each code is in each passage.

    A turn is weighed whole, for people say a thing over several sentences, and code what they heard in
    all of it. How likely a code is in a long turn is then how likely it is in the passage that speaks
    most for it; in the others it is as likely as they are alone, and no likelier than in the turn.

    Returns:
        (n_passages, n_codes); the same shape, whether that is how likely it is in the whole turn; and
        (n_passages,), how likely the turn of each is to carry any code at all.
    """
    import numpy as np

    by_turn, carries = weigher.weigh_with_carries(passages.words, passages.contexts)
    turns = np.array(passages.turns, np.int64)
    chances = by_turn[turns]
    whole = np.ones(chances.shape, np.bool_)
    several = np.flatnonzero(np.bincount(turns, minlength=len(by_turn))[turns] > 1)
    if len(several):
        alone = weigher.weigh([passages.segments[row].text for row in several])
        codes = np.arange(chances.shape[1])
        for turn in dict.fromkeys(turns[several].tolist()):
            own = np.flatnonzero(turns[several] == turn)
            rows = several[own]
            whole[rows] = False
            whole[rows[alone[own].argmax(axis=0)], codes] = True
        chances[several] = np.where(whole[several], chances[several],
                                    np.minimum(alone, chances[several]))  # fmt: skip
    return chances, whole, carries[turns]


def _make_claim(
    passages: Passages, passage: int, code: int, chance: float, by_turn: np.bool_
) -> _Claim:
    segment, turn = passages.segments[passage], passages.turns[passage]
    if not by_turn:
        return _Claim(passage, code, chance, segment.text, 0, NOTHING_BEFORE, segment.text)
    words, context = passages.words[turn], passages.contexts[turn]
    alone = len(segment.text) == len(words.strip())
    heard = join_question(words, context.question).strip() if alone else segment.text
    shift = segment.span.start - passages.starts[turn]
    return _Claim(passage, code, chance, words, shift, context, heard)


def find_context(transcript: Transcript, turn: Turn) -> Context:
    """What went before a turn: the turn before it, and the same person's last one before that."""
    at = turn.number - 1
    if at < 1:
        return NOTHING_BEFORE
    question = transcript.words_of(transcript.turns[at - 1])
    for back in range(at - 2, max(-1, at - 1 - TURNS_BACK), -1):
        earlier = transcript.turns[back]
        if (earlier.speaker, earlier.kind) == (turn.speaker, turn.kind):
            asked = transcript.words_of(transcript.turns[back - 1]) if back else ""
            return Context(question, join_question(transcript.words_of(earlier), asked))
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
    segments: Sequence[Segment], claims: Sequence[_Claim], weigher: Weigher
) -> list[tuple[Span, float]]:
    """For each claim the words that carry it, and how likely it is without them.

    The sentence that says most for the code alone is left out of the turn. Where the rest is no less
    likely, the next is tried, and in the end the whole passage, without which there is nothing to code.
    A candidate stands on its whole passage: there are many, and a person will read it all.
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
            texts.append(_leave_out(claim.frame, left_out.shift(claim.shift)))
        before = [claims[number].context for number in tried]
        # Taken to be as long as it was: less said is less likely to carry anything, whatever is left out.
        lengths = [len(claims[number].frame.split()) for number in tried]
        for number, chances in zip(
            tried, weigher.weigh(texts, before, lengths=lengths), strict=True
        ):
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
    # Whole passages have been heard already, and need not be encoded again.
    whole = len(words) == len(segment.text)
    nearest = weigher.find_nearest(claim.heard if whole else words, code)
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
