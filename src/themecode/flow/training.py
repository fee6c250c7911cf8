"""A codebook's model made from its examples and from speech, with a card that says what it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode.codebook import find_codebook
from themecode.codebook.shipped import find_shipped
from themecode.exports.files import write_atomically
from themecode.flow.codebooks import load_codebook
from themecode.model import Codebook, Problem

if TYPE_CHECKING:
    from themecode.suggest.learner import HeldOut, TrainingPlan
    from themecode.suggest.speech import Utterance

#: The folder in which the speech of codebooks stands, each in a folder of its codebook's name.
SPEECH = "speech"
#: With less speech than this that carries no code, the plain talk that comes with themecode is learned
#: from as well: what has never heard small talk hears codes in it.
ENOUGH_PLAIN = 60
#: As many lines of it as are learned from.
_MOST_PLAIN = 300
#: Where that plain talk is.
_PLAIN_TALK = ("women_in_treatment", "none_*.jsonl")


@dataclass(frozen=True, slots=True)
class TrainedCodebook:
    """What training made.

    Args:
        model, card: the files.
        size: of the model, in bytes.
        utterances: how many were learned from.
        figures: on speech held out.
        problems: lines and contradictions to look at.
    """

    model: Path
    card: Path
    size: int
    utterances: int
    figures: dict[str, Any]
    problems: tuple[Problem, ...]


def train_codebook(
    name: str,
    speech: Sequence[Path],
    *,
    output: Path | None = None,
    plan: TrainingPlan | None = None,
    progress: Callable[[str, int, int], None],
) -> TrainedCodebook:
    """Train the model of a codebook and write it, and its card, beside it.

    Args:
        name: a path, or the name of a codebook that ships.
        speech: files of utterances, and folders of them. Empty: the codebook's own folder, if any.
        output: the model's file. None: beside the codebook.
        plan: how to train. None: as the founding codebook was.
        progress: told what is done, how much of it, out of how much.

    Raises:
        FaultyCodebook: the codebook has problems that block it.
        ThemecodeError: there is nothing to learn from, or a package is missing.
    """
    from themecode.suggest.learned_model import find_model_beside
    from themecode.suggest.learner import TrainingPlan
    from themecode.suggest.speech import drop_contradictions, list_examples, read_speech
    from themecode.suggest.train import train_model

    path = find_codebook(name)
    codebook, _, problems = load_codebook(path)
    read, unusable = read_speech([*speech] or find_speech(path), codebook)
    if sum(not each.codes for each in read) < ENOUGH_PLAIN:
        read = (*read, *_read_plain_talk(codebook))
    plan = plan or TrainingPlan()
    if plan.share < 1:
        blocks = sorted({each.block for each in read})
        kept = set(blocks[:: max(1, round(1 / plan.share))])
        read = tuple(each for each in read if each.block in kept)
    utterances, contradictions = drop_contradictions(
        [*read, *list_examples(codebook)], path=str(path)
    )
    learned_from = sha256("\n".join(sorted(each.text for each in utterances)).encode()).hexdigest()
    trained = train_model(
        codebook,
        utterances,
        plan=plan,
        about={
            "codebook": codebook.title,
            "version": codebook.version,
            "speech_sha256": learned_from,
        },
        progress=progress,
    )
    model = output or find_model_beside(path)
    card = model.with_suffix(".md")
    figures = describe_held_out(
        trained.held_out, codebook, trained.model.suggested, trained.model.candidate
    )
    with write_atomically(model, mode="wb") as stream:
        stream.write(trained.raw)
    with write_atomically(card) as text:
        text.write(
            write_card(
                codebook,
                figures,
                sha=trained.model.sha256,
                spoken=len(read),
                examples=len(utterances) - len(read),
                data=learned_from,
            )
        )
    return TrainedCodebook(
        model, card, len(trained.raw), len(utterances), figures,
        (*problems, *unusable, *contradictions),
    )  # fmt: skip


def find_speech(codebook: Path) -> list[Path]:
    """The folder of speech that belongs to a codebook's file, if there is one."""
    places = [codebook.parent / SPEECH, codebook.parent.parent / SPEECH]
    return [place / codebook.stem for place in places if (place / codebook.stem).is_dir()][:1]


def _read_plain_talk(codebook: Codebook) -> tuple[Utterance, ...]:
    from themecode.suggest.speech import read_speech

    shipped = find_shipped(SPEECH)
    folder, names = _PLAIN_TALK
    files = sorted((shipped / folder).glob(names)) if shipped else []
    talk = read_speech(files, codebook)[0]
    return talk[:: max(1, len(talk) // _MOST_PLAIN)]


def describe_held_out(
    held_out: HeldOut, codebook: Codebook, suggested: Any, candidate: Any
) -> dict[str, Any]:
    """How well the model coded speech it had not seen, each part held out in turn."""
    from themecode.suggest.calibrate import GATE, describe_calibration, find_calibration_error
    from themecode.suggest.signals import number_themes

    themes = number_themes([code.theme_id for code in codebook.codes])
    wanted, weights, counts = held_out.wanted, held_out.weights, held_out.counts
    together = held_out.chance["together"]
    offered = together >= candidate
    told = (together >= suggested) & (held_out.carries >= GATE)[:, None]
    figures: dict[str, Any] = {
        "texts": len(wanted),
        "calibration_error": find_calibration_error(together, wanted, weights),
        "calibration": describe_calibration(together, wanted, weights),
        "suggested": _count_both(told, wanted, themes, weights),
        "offered": _count_both(offered, wanted, themes, weights),
        "offered_a_text": float((offered.sum(axis=1) * counts).sum() / counts.sum()),
        "ablation": {
            name: _find_best(chance, wanted, themes, weights)
            for name, chance in held_out.chance.items()
        },
        "by_code": {
            code.id: _count_one(told[:, at], wanted[:, at], weights[:, at])
            for at, code in enumerate(codebook.codes)
            if wanted[:, at].any()
        },
    }
    figures["work_saved"] = find_work_saved(held_out.carries, wanted.any(axis=1), counts)
    return figures


def find_work_saved(chance: Any, carries: Any, weights: Any, *, recall: float = 0.95) -> float:
    """Work saved over sampling at a recall (Cohen et al. 2006)."""
    import numpy as np

    order = np.argsort(-chance, kind="stable")
    found = np.cumsum((weights * carries)[order])
    if not len(found) or found[-1] == 0:
        return 0.0
    stop = int(np.searchsorted(found, recall * found[-1]))
    read = float(np.cumsum(weights[order])[min(stop, len(order) - 1)])
    return 1 - read / float(weights.sum()) - (1 - recall)


def _count_both(said: Any, wanted: Any, themes: Any, weights: Any) -> dict[str, dict[str, float]]:
    import numpy as np

    by_theme = [
        np.stack([matrix[:, themes == theme].any(axis=1) for theme in range(themes.max() + 1)], 1)
        for matrix in (said, wanted > 0)
    ]
    return {
        "code": _count_one(said, wanted, weights),
        "theme": _count_one(by_theme[0], by_theme[1], weights.min(axis=1)[:, None]),
    }


def _count_one(said: Any, wanted: Any, weights: Any) -> dict[str, float]:
    wanted = wanted > 0
    both = float((weights * (said & wanted)).sum())
    machine, people = float((weights * said).sum()), float((weights * wanted).sum())
    return {
        "people": people,
        "precision": both / machine if machine else 0.0,
        "recall": both / people if people else 0.0,
        "f1": 2 * both / (machine + people) if machine + people else 0.0,
    }


def _find_best(chance: Any, wanted: Any, themes: Any, weights: Any) -> dict[str, float]:
    """The best F1 that one threshold for all codes can reach."""
    import numpy as np

    best: dict[str, float] = {"code": 0.0, "theme": 0.0, "threshold": 0.0}
    for threshold in np.arange(0.04, 0.8, 0.02):
        counted = _count_both(chance >= threshold, wanted, themes, weights)
        if counted["code"]["f1"] > best["code"]:
            best = {"code": counted["code"]["f1"], "theme": counted["theme"]["f1"],
                    "threshold": float(threshold)}  # fmt: skip
    return best


def write_card(
    codebook: Codebook, figures: dict[str, Any], *, sha: str, spoken: int, examples: int, data: str
) -> str:
    """The model card (Mitchell et al. 2019): what the model is, from what, how good, and its limits."""
    suggested, offered = figures["suggested"], figures["offered"]
    lines = [
        f"# Model card: {codebook.title} {codebook.version}",
        "",
        f"Model sha256 {sha}; codebook sha256 {codebook.sha256}; speech sha256 {data}.",
        "",
        (
            f"Learned from {spoken:,} utterances and {examples:,} examples and definitions of the codebook, all "
            "of them invented. It codes for this codebook alone: change the codebook, and train it again with "
            "`themecode codebook train`."
        ),
        "",
        "## On speech held out",
        "",
        (
            f"{figures['texts']:,} utterances, each coded by a model that had seen neither it nor those written "
            "with it. Utterances without a code count for six in ten, as in interviews, and each code is as common as any other. Real people speak "
            "otherwise than invented ones: docs/coding-quality.md has figures on interviews."
        ),
        "",
        "| | by | precision | recall | F1 |",
        "| --- | --- | ---: | ---: | ---: |",
        *(
            f"| {name} | {by} | {counts[by]['precision']:.2f} | {counts[by]['recall']:.2f} | "
            f"{counts[by]['f1']:.2f} |"
            for name, counts in (("suggested", suggested), ("suggested or candidate", offered))
            for by in ("code", "theme")
        ),
        "",
        (
            f"Offered: {figures['offered_a_text']:.1f} codes an utterance. Calibration error "
            f"{figures['calibration_error']:.3f}. Work saved over sampling at 95% recall "
            f"{figures['work_saved']:.2f}."
        ),
        "",
        "| best F1 with one threshold | code | theme |",
        "| --- | ---: | ---: |",
        *(
            f"| {name} | {best['code']:.2f} | {best['theme']:.2f} |"
            for name, best in figures["ablation"].items()
        ),
        "",
        "| confidence | share of decisions | right |",
        "| ---: | ---: | ---: |",
        *(
            f"| {said:.2f} | {share:.3f} | {right:.2f} |"
            for share, said, right in figures["calibration"]
        ),
        "",
        "## By code, suggested",
        "",
        "| code | people | precision | recall | F1 |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(
            f"| {code} | {counts['people']:.0f} | {counts['precision']:.2f} | {counts['recall']:.2f} | "
            f"{counts['f1']:.2f} |"
            for code, counts in figures["by_code"].items()
        ),
        "",
        "## Limits",
        "",
        (
            "English as spoken in Britain; other languages are not coded. It knows topics better than stance: "
            "read what it suggests. It is for reading together with people, never for decisions about a person."
        ),
        "",
    ]
    return "\n".join(lines)
