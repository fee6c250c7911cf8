"""Measures the coder against people's codings and writes docs/coding-quality.md; nothing is typed in.

    python tools/write_quality.py --set "Interviews" TRANSCRIPTS GOLD --set ... [--curve MODEL ...]

The data need not be in the project: each set is named, counted and given its hash. Models for the learning
curve are made with `themecode codebook train women_in_treatment --share 0.25 -o FILE`.
"""

from __future__ import annotations

import argparse
import math
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from themecode import __version__
from themecode.cli import run
from themecode.codebook import find_codebook, read_codebook
from themecode.evaluate import Evaluation, Figures, count_held, read_gold
from themecode.flow.evaluating import Account, evaluate_study
from themecode.model import Codebook
from themecode.store import open_study
from themecode.suggest.learned_model import LearnedModel, find_model_beside, read_model_file

PAGE = Path(__file__).resolve().parent.parent / "docs" / "coding-quality.md"


@dataclass(frozen=True, slots=True)
class Measured:
    """One set of data and how the coder did on it."""

    name: str
    sha256: str
    account: Account
    offered: Evaluation
    best: tuple[float, Evaluation]


def main() -> None:
    """Measure each set and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--set", nargs=3, action="append", required=True, metavar=("NAME", "TRANSCRIPTS", "GOLD")
    )
    parser.add_argument("--codebook", default="women_in_treatment")
    parser.add_argument("--curve", nargs="*", default=[], metavar="MODEL")
    options = parser.parse_args()
    sets = [(name, Path(where), Path(gold)) for name, where, gold in options.set]
    path = find_codebook(options.codebook)
    model = read_model_file(find_model_beside(path))
    measured = [measure(*each, path, find_model_beside(path)) for each in sets]
    alone = [measure(*each, path, None) for each in sets]
    curve = []
    for file in options.curve:
        part = read_model_file(Path(file))
        curve.append((part, [measure(*each, path, Path(file)) for each in sets]))
    curve.append((model, measured))
    PAGE.write_text(write_page(measured, alone, curve, model, path), encoding="utf-8")
    print(f"wrote {PAGE.name}")


def measure(
    name: str, transcripts: Path, gold: Path, codebook_path: Path, model: Path | None
) -> Measured:
    """Code a set from nothing and hold it against people's codings."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder) / codebook_path.name
        shutil.copy(codebook_path, own)
        if model is not None:
            shutil.copy(model, find_model_beside(own))
        place = str(Path(folder) / "study")
        run(["apply", str(transcripts), "--codebook", str(own), "--study", place, "--json"])
        with open_study(place) as study:
            codebook = study.codebook_in_force()
            if codebook is None:
                raise SystemExit("nothing was coded")
            units, problems = read_gold(gold, codebook)
            if problems:
                raise SystemExit("\n".join(map(str, problems)))
            account = evaluate_study(study, codebook, units)
    return Measured(
        name=name,
        sha256=sha256(gold.read_bytes()).hexdigest(),
        account=account,
        offered=_count_from(account, 0.0, codebook),
        best=_find_best(account, codebook),
    )


def _count_from(account: Account, threshold: float, codebook: Codebook) -> Evaluation:
    from dataclasses import replace

    held = [
        replace(
            each,
            machine=frozenset(code for code, sure in each.offered.items() if sure >= threshold),
        )
        for each in account.held
    ]
    return count_held(held, codebook=codebook)


def _find_best(account: Account, codebook: Codebook) -> tuple[float, Evaluation]:
    """The one threshold for all codes that gives the highest F1 here: what no coder could know."""
    found = [(number / 50, _count_from(account, number / 50, codebook)) for number in range(1, 46)]
    return max(found, key=lambda pair: pair[1].by_code.f1 or 0)


def write_page(
    measured: list[Measured],
    alone: list[Measured],
    curve: list[tuple[LearnedModel, list[Measured]]],
    model: LearnedModel,
    path: Path,
) -> str:
    """The page, from what was measured."""
    codebook, _ = read_codebook(path)
    if codebook is None:
        raise SystemExit(f"{path} cannot be read")
    today = datetime.now(UTC).date()
    coder = measured[0].account.coder
    lines = [
        "# How well it codes",
        "",
        f"Measured on {today.day} {today:%B %Y} with themecode {__version__} ({coder}) and the codebook "
        f"“{codebook.title}” {codebook.version} ({len(codebook.codes)} codes). Made by "
        "`tools/write_quality.py`; no figure is typed in. The model learned from "
        f"{model.facts['texts']:,} invented utterances and examples; its card stands beside it.",
        "",
        "A second person coding the same interviews is commonly found to agree at a kappa of about .6 to .7 "
        "(Burla et al. 2008 report .67). The machine does not reach that. Read its suggestions as a first "
        "pass, and do not take their absence for silence.",
        "",
        "Each turn and code is one yes-or-no decision; a theme applies where any of its codes does. "
        "Precision is the share of the machine's codings that people gave too; recall the share of people's "
        "codings that the machine found; F1 their harmonic mean; kappa agreement beyond chance (Cohen 1960). "
        "“Offered” counts candidates as well as suggestions. “At its best” is one threshold for all codes, "
        "chosen on these very data: what the same confidences could give, and nobody could know beforehand.",
        "",
        "| data | turns | with a code | | by | precision | recall | F1 | kappa |",
        "| --- | ---: | ---: | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for each, cues in zip(measured, alone, strict=True):
        for label, evaluation in (
            ("suggested", each.account.evaluation),
            ("offered", each.offered),
            (f"at its best ({each.best[0]:.2f})", each.best[1]),
            ("cues alone, suggested", cues.account.evaluation),
        ):
            lines += [
                f"| {each.name} | {evaluation.units:,} | {evaluation.coded_units:,} | {label} | {by} | "
                f"{_cells(figures)} |"
                for by, figures in (("code", evaluation.by_code), ("theme", evaluation.by_theme))
            ]
    lines += ["", "95% intervals of what is suggested, transcripts drawn again:", ""]
    for each in measured:
        for name in ("code", "theme"):
            spans = each.account.intervals.get(name, {})
            if "f1" in spans and "kappa" in spans:
                lines.append(
                    f"- {each.name}, by {name}: F1 {spans['f1'][0]:.2f} to {spans['f1'][1]:.2f}, kappa "
                    f"{spans['kappa'][0]:.2f} to {spans['kappa'][1]:.2f}"
                )
    lines += [
        "",
        "## What it costs to read",
        "",
        "| data | codes offered a turn | people's codings among them | suggested a thousand words that "
        "people left uncoded | work saved at 95% recall |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for each in measured:
        reading = each.account.reading
        lines.append(
            f"| {each.name} | {reading.offered_a_turn:.1f} | {_share(reading.found)} | "
            f"{_share(reading.suggested_a_thousand, 1)} | {_share(reading.work_saved)} |"
        )
    lines += [
        "",
        "## What each part suggests by itself",
        "",
        "Each at the threshold that gave a precision of .6 on invented speech held out.",
        "",
        "| data | part | F1 by code | F1 by theme |",
        "| --- | --- | ---: | ---: |",
    ]
    lines += [
        f"| {each.name} | {part.name} | {_share(part.code)} | {_share(part.theme)} |"
        for each in measured
        for part in each.account.parts
    ]
    lines += [
        "",
        "## Confidence",
        "",
        "Of the claims it made on these data, by confidence. The model's card has the same for invented speech "
        "held out, where it was calibrated.",
        "",
        "| data | confidence | claims | mean confidence | share right |",
        "| --- | --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {each.name} | {row.low:.1f} to {row.low + 0.1:.1f} | {row.claims:,} | {row.said:.2f} | {row.right:.2f} |"
        for each in measured
        for row in each.account.reliability
    ]
    if len(curve) > 1:
        lines += [
            "",
            "## The learning curve",
            "",
            "| utterances and examples | data | F1 by code, at its best | by theme | suggested, by code | by theme |",
            "| ---: | --- | ---: | ---: | ---: | ---: |",
        ]
        for part, sets in sorted(curve, key=lambda pair: int(pair[0].facts["texts"])):
            lines += [
                f"| {part.facts['texts']:,} | {each.name} | {_share(each.best[1].by_code.f1)} | "
                f"{_share(each.best[1].by_theme.f1)} | {_share(each.account.evaluation.by_code.f1)} | "
                f"{_share(each.account.evaluation.by_theme.f1)} |"
                for each in sets
            ]
        lines += ["", *describe_curve(curve)]
    lines += ["", "## By theme, suggested", ""]
    for each in measured:
        lines += [
            f"**{each.name}** (gold sha256 {each.sha256[:12]})",
            "",
            "| theme | people | machine | both | precision | recall | F1 | kappa |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            *(
                f"| {_name(codebook, figures.id)} | {figures.positives} | {figures.both + figures.extra} | "
                f"{figures.both} | {_cells(figures)} |"
                for figures in each.account.evaluation.themes
            ),
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def describe_curve(curve: list[tuple[LearnedModel, list[Measured]]]) -> Iterator[str]:
    """What more speech has brought so far, and from where on the encoder was taught as well."""
    ordered = sorted(curve, key=lambda pair: int(pair[0].facts["texts"]))
    (first, before), (last, after) = ordered[0], ordered[-1]
    doublings = math.log2(int(last.facts["texts"]) / int(first.facts["texts"]))
    for small, large in zip(before, after, strict=True):
        gain = (_suggested(large) - _suggested(small)) / doublings
        yield (
            f"- {small.name}: each doubling of the speech has added {gain:+.2f} to the F1 by code of what is "
            "suggested."
        )
    plain = [f"{part.facts['texts']:,}" for part, _ in ordered if not part.tensors]
    if plain:
        yield f"- With {' and '.join(plain)} the encoder was used as it comes; with more its last layers are taught."
    steps = _list_steps(ordered)
    if steps[-1] <= 0:
        yield "- It no longer rises."
    elif len(steps) > 1 and steps[-1] < steps[-2] / 2:
        yield f"- The last step brought less ({steps[-1]:+.2f} a doubling) than the one before ({steps[-2]:+.2f})."
    else:
        yield "- Nobody can promise that it would go on so; it has not levelled off."


def _suggested(measured: Measured) -> float:
    return measured.account.evaluation.by_code.f1 or 0.0


def _list_steps(ordered: list[tuple[LearnedModel, list[Measured]]]) -> list[float]:
    """What each step up brought a doubling, on the first data."""
    return [
        (_suggested(larger[0]) - _suggested(smaller[0]))
        / math.log2(int(more.facts["texts"]) / int(fewer.facts["texts"]))
        for (fewer, smaller), (more, larger) in pairwise(ordered)
    ]


def _name(codebook: Codebook, theme_id: str) -> str:
    return next(theme.name for theme in codebook.themes if theme.id == theme_id)


def _cells(figures: Figures) -> str:
    values = (figures.precision, figures.recall, figures.f1, figures.kappa)
    return " | ".join(map(_share, values))


def _share(value: float | None, places: int = 2) -> str:
    return "–" if value is None else f"{value:.{places}f}"


if __name__ == "__main__":
    main()
