"""Which questions to ask a person first: those whose answers would teach most (active learning)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from themecode.model import Coding

#: How much a code that has been answered for often is passed over for one that has not.
_EASED = 0.5
_USUAL = 0.6


def order_by_worth(
    codings: Sequence[Coding],
    decided: Mapping[str, int],
    *,
    suggested: Mapping[str, float] | None = None,
) -> tuple[Coding, ...]:
    """Codings nobody has decided on, those that would teach most first.

    A claim teaches most where the machine is least sure which side of its threshold it lies on
    (uncertainty sampling: Lewis and Gale 1994, p. 5), and more for a code that few decisions have been
    made about. No code and no transcript comes twice before the others that are as telling.

    Args:
        codings: the machine's, undecided.
        decided: by code, how many decisions have been made.
        suggested: by code, from how sure on it is suggested. None: as usual.
    """
    thresholds = suggested or {}
    asked: Counter[str] = Counter(decided)
    heard: Counter[str] = Counter()
    waiting = sorted(codings, key=lambda each: (-_doubt(each, thresholds), each.id))
    ordered: list[Coding] = []
    while waiting:
        # Only the most doubtful are looked through, so that a long queue is ordered at once.
        window = waiting[:60]
        best = max(
            range(len(window)),
            key=lambda at: (
                _doubt(window[at], thresholds)
                / (1 + asked[window[at].code_id]) ** _EASED
                / (1 + heard[window[at].segment.transcript_id]) ** (_EASED / 2),
                -at,
            ),
        )
        chosen = waiting.pop(best)
        asked[chosen.code_id] += 1
        heard[chosen.segment.transcript_id] += 1
        ordered.append(chosen)
    return tuple(ordered)


def _doubt(coding: Coding, thresholds: Mapping[str, float]) -> float:
    """From 0 to 1, how near a claim is to where it would turn."""
    sure = coding.confidence if coding.confidence is not None else 1.0
    turns = thresholds.get(coding.code_id, _USUAL)
    away = (sure - turns) / (1 - turns) if sure >= turns else (turns - sure) / turns
    return 1 - min(away, 1.0)
