"""Lessons: utterances as numbers, some of them joined, in parts that keep together what belongs together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from themecode.errors import ThemecodeError
from themecode.model import Codebook
from themecode.suggest.calibrate import ENOUGH_NATURAL
from themecode.suggest.signals import NOTHING_BEFORE, Context, join_question
from themecode.suggest.speech import Utterance

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float32]

#: With fewer wholly labelled utterances an example is taken to carry its own code alone, and signals are
#: weighed as they usually are.
ENOUGH_SPEECH = 400
_SEED = 20
#: From so many turns of whole conversations on, half of these are learned from before the other half.
_MANY_TURNS = 2_000
#: From so many on, those of some writers are held out, and all the others are learned from.
_VERY_MANY_TURNS = 8_000
#: An interview turn holds more than one thing: this share of utterances is heard joined to another.
_JOINED = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Lessons:
    """Utterances made ready to learn from.

    Args:
        texts: theirs, and some of them joined.
        heard: the same as they are heard, answers together with what was asked.
        wanted, known: (n_texts, n_codes).
        whole: (n_texts,), whether every code is known.
        fair: (n_texts,), whether the cues were written without it in view.
        original: (n_texts,), whether it is one utterance as written.
        fold: (n_texts,).
        natural: (n_texts,), whether it is a turn of a whole conversation.
        contexts: what went before each.
        blocks: those of one block were written together.
    """

    texts: tuple[str, ...]
    heard: tuple[str, ...]
    wanted: Array
    known: Array
    whole: NDArray[np.bool_]
    fair: NDArray[np.bool_]
    original: NDArray[np.bool_]
    fold: NDArray[np.int64]
    natural: NDArray[np.bool_]
    contexts: tuple[Context, ...]
    blocks: tuple[str, ...]


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
    blocks = sorted({each.block for each in utterances if not each.natural})
    order = random.permutation(len(blocks))
    fold_of = {blocks[at]: number % folds for number, at in enumerate(order)}
    fold_of |= _spread_talks([each for each in utterances if each.natural], folds)
    rows: list[_Row] = []
    for each in utterances:
        wanted = np.zeros(len(places), np.float32)
        wanted[[places[code] for code in each.codes]] = 1
        known = np.ones(len(places), np.float32)
        if each.known is not None and not (single and each.codes):
            known[:] = 0
            known[[places[code] for code in each.known]] = 1
        whole = each.known is None or (single and bool(each.codes))
        fair = single or not each.cues_seen
        rows.append(
            _Row(each.text, wanted, known, whole, fair, True, fold_of[each.block],
                 each.natural, each.context, each.block)
        )  # fmt: skip
    rows.extend(_join_utterances(rows, random))
    return Lessons(
        texts=tuple(row.text for row in rows),
        heard=tuple(join_question(row.text, row.context.question) for row in rows),
        wanted=np.array([row.wanted for row in rows]),
        known=np.array([row.known for row in rows]),
        whole=np.array([row.whole for row in rows]),
        fair=np.array([row.fair for row in rows]),
        original=np.array([row.original for row in rows]),
        fold=np.array([row.fold for row in rows], np.int64),
        natural=np.array([row.natural for row in rows]),
        contexts=tuple(row.context for row in rows),
        blocks=tuple(row.block for row in rows),
    )


def _spread_talks(turns: Sequence[Utterance], folds: int) -> dict[str, int]:
    """The fold of each whole conversation.

    They are what all is measured by, so they stand in the part that is held out first: all of them,
    or every other one once there are so many that the rest can be learned from. Where there are more
    still, those of every fourth writer, for nobody new will speak as the writers did.
    """
    blocks = sorted({each.block for each in turns})
    if len(turns) >= _VERY_MANY_TURNS:
        writers = sorted({each.source for each in turns})
        if len(writers) >= 2 * folds:
            numbers = {writer: number for number, writer in enumerate(writers)}
            return {each.block: numbers[each.source] % folds for each in turns}
    if len(turns) < ENOUGH_NATURAL:
        spread = folds
    else:
        spread = 1 if len(turns) < _MANY_TURNS else min(2, folds)
    return {block: number % spread for number, block in enumerate(blocks)}


class _Row(NamedTuple):
    """One of the lessons."""

    text: str
    wanted: Array
    known: Array
    whole: bool
    fair: bool
    original: bool
    fold: int
    natural: bool
    context: Context
    block: str


def _join_utterances(rows: Sequence[_Row], random: np.random.Generator) -> list[_Row]:
    """Utterances said in one breath with another of their fold: with an uncoded one twice as often."""
    import numpy as np

    joined = []
    for fold in sorted({row.fold for row in rows}):
        mine = [row for row in rows if row.fold == fold and row.whole and not row.natural]
        coded = [row for row in mine if row.wanted.any()]
        plain = [row for row in mine if not row.wanted.any()]
        pairs = []
        for at in random.permutation(len(coded))[: int(len(coded) * _JOINED)]:
            others = plain if plain and random.random() < 2 / 3 else coded
            pairs.append([coded[at], others[int(random.integers(len(others)))]])
        pairs.extend(
            [plain[at], plain[int(random.integers(len(plain)))]]
            for at in random.permutation(len(plain))[: int(len(plain) * _JOINED)]
        )
        for one, other in (pair[::-1] if random.random() < 0.5 else pair for pair in pairs):
            joined.append(
                _Row(
                    f"{one.text} {other.text}",
                    np.maximum(one.wanted, other.wanted),
                    np.ones_like(one.wanted),
                    True, one.fair and other.fair, False, fold, False, NOTHING_BEFORE, one.block,
                )
            )  # fmt: skip
    return joined
