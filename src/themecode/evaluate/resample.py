"""How far figures could have come out otherwise: transcripts drawn again, with replacement.

What is said in one interview hangs together, so whole transcripts are drawn and not turns (the cluster
bootstrap: Field and Welsh 2007, pp. 371-373; percentile intervals: Efron and Tibshirani 1993, p. 170).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

from themecode.evaluate.figures import Evaluation, Figures, Held, count_held
from themecode.model import Codebook

#: How often transcripts are drawn again, and the share of figures that an interval leaves out.
DRAWS = 1000
_LEFT_OUT = 0.05
_SEED = 20

Interval = tuple[float, float]


def find_intervals(
    held: Sequence[Held], *, codebook: Codebook, draws: int = DRAWS
) -> dict[str, dict[str, Interval]]:
    """95% intervals of F1 and kappa.

    Args:
        held: turns that people coded.
        codebook: the one in force.
        draws: how often transcripts are drawn.

    Returns:
        By "code" and "theme" (pooled) and by the id of each code and theme that people or the machine
        used: "f1" and "kappa". Empty where there are fewer than two transcripts to draw from.
    """
    by_transcript: dict[str, list[Held]] = {}
    for each in held:
        by_transcript.setdefault(each.unit.transcript_id, []).append(each)
    if len(by_transcript) < 2:
        return {}
    counted = [count_held(group, codebook=codebook) for group in by_transcript.values()]
    random = Random(_SEED)  # noqa: S311  drawn the same way every time, and nothing secret
    drawn = [random.choices(range(len(counted)), k=len(counted)) for _ in range(draws)]
    found: dict[str, dict[str, Interval]] = {}
    for name, pick in _list_pickers(counted[0]):
        each_figures = [pick(evaluation) for evaluation in counted]
        if not any(one.both + one.missed + one.extra for one in each_figures):
            continue
        values: dict[str, list[float]] = {"f1": [], "kappa": []}
        for draw in drawn:
            total = _add([each_figures[at] for at in draw])
            if total.f1 is not None:
                values["f1"].append(total.f1)
            if total.kappa is not None:
                values["kappa"].append(total.kappa)
        found[name] = {what: _span(listed) for what, listed in values.items() if listed}
    return found


def _list_pickers(
    evaluation: Evaluation,
) -> list[tuple[str, Callable[[Evaluation], Figures]]]:
    pickers: list[tuple[str, Callable[[Evaluation], Figures]]] = [
        ("code", lambda each: each.by_code),
        ("theme", lambda each: each.by_theme),
    ]
    for at, figures in enumerate(evaluation.themes):
        pickers.append((figures.id, lambda each, at=at: each.themes[at]))  # type: ignore[misc]
    for at, figures in enumerate(evaluation.codes):
        pickers.append((figures.id, lambda each, at=at: each.codes[at]))  # type: ignore[misc]
    return pickers


def _add(figures: Sequence[Figures]) -> Figures:
    return Figures(
        "all",
        sum(each.both for each in figures),
        sum(each.missed for each in figures),
        sum(each.extra for each in figures),
        sum(each.neither for each in figures),
    )


def _span(values: Sequence[float]) -> Interval:
    ordered = sorted(values)
    tail = _LEFT_OUT / 2
    low = ordered[int(tail * (len(ordered) - 1))]
    high = ordered[-1 - int(tail * (len(ordered) - 1))]
    return round(low, 4), round(high, 4)
