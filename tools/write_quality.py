"""Measures the coder against people's codings and writes docs/coding-quality.md; nothing is typed in.

    python tools/write_quality.py --set "Interviews" TRANSCRIPTS GOLD --set ... [--curve]

The data need not be in the project: each set is named, counted and given its hash. `--curve` trains on an
eighth, a quarter, half and all of the codebook's speech (the encoder left as it is) and measures each.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from random import Random

from themecode import __version__
from themecode.cli import run
from themecode.codebook import find_codebook
from themecode.evaluate import Evaluation, Figures, GoldUnit, evaluate_codings, read_gold
from themecode.flow.coders import find_coder
from themecode.flow.outputs import settle_study
from themecode.flow.training import describe_held_out
from themecode.language.tuning import Recipe
from themecode.model import Codebook, Status, TurnKind
from themecode.segments import find_passages
from themecode.settle import Settled
from themecode.store import Study, open_study
from themecode.suggest.learned_model import LearnedModel, find_model_beside, read_model_file
from themecode.suggest.listen import Listener
from themecode.suggest.meaning import Weigher
from themecode.suggest.signals import number_themes
from themecode.suggest.speech import drop_contradictions, list_examples, read_speech
from themecode.suggest.train import TrainingPlan, train_model

PAGE = Path(__file__).resolve().parent.parent / "docs" / "coding-quality.md"


@dataclass(frozen=True, slots=True)
class Measured:
    """One set of data and how the coder did on it."""

    name: str
    sha256: str
    words: int
    off_topic_words: int
    off_topic_codings: int
    arms: dict[str, tuple[Evaluation, Evaluation]]
    offered_a_turn: float
    coder: str
    ways: dict[str, Best]

    @property
    def suggested(self) -> Evaluation:
        """By the best machine there is."""
        return [*self.arms.values()][-1][0]


@dataclass(frozen=True, slots=True)
class Best:
    """The best F1 that one threshold for all codes reaches, which no user can know beforehand."""

    code: float
    theme: float


@dataclass(frozen=True, slots=True)
class Turns:
    """The words of the turns that people coded, and their codes."""

    passages: list[list[str]]
    codes: list[frozenset[str]]


def main() -> None:
    """Measure each set and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--set", nargs=3, action="append", required=True, metavar=("NAME", "TRANSCRIPTS", "GOLD")
    )
    parser.add_argument("--codebook", default="women_in_treatment")
    parser.add_argument("--curve", action="store_true")
    options = parser.parse_args()
    measured = [
        measure(name, Path(transcripts), Path(gold), options.codebook)
        for name, transcripts, gold in options.set
    ]
    page = write_page(measured, options.codebook)
    if options.curve:
        page += "\n" + write_curve(options.set, options.codebook)
    PAGE.write_text(page, encoding="utf-8")
    print(f"wrote {PAGE.name}")


def measure(name: str, transcripts: Path, gold: Path, codebook_name: str) -> Measured:
    """Code a set from nothing, by cues alone and with the model, and hold it against people's codings."""
    arms: dict[str, tuple[Evaluation, Evaluation]] = {}
    for arm, options in (("cues alone", ["--no-meaning"]), ("together", [])):
        with tempfile.TemporaryDirectory() as folder:
            place = str(Path(folder) / "study")
            command = [
                "apply",
                str(transcripts),
                "--codebook",
                codebook_name,
                "--study",
                place,
                "--json",
            ]
            run([*command, *options])
            with open_study(place) as study:
                codebook = study.codebook_in_force()
                if codebook is None:
                    raise SystemExit("nothing was coded")
                units, problems = read_gold(gold, codebook)
                if problems:
                    raise SystemExit("\n".join(map(str, problems)))
                coder = find_coder(study).name
                offered = [
                    replace(each, status=Status.SUGGESTED) for each in settle_study(study, codebook)
                ]
                counted = [
                    each for each in settle_study(study, codebook) if each.status == "suggested"
                ]
                arms[arm] = (
                    evaluate_codings(units, counted, codebook=codebook),
                    evaluate_codings(units, offered, codebook=codebook),
                )
                coded = {(unit.transcript_id, unit.turn) for unit in units}
                uncoded = {(unit.transcript_id, unit.turn) for unit in units if not unit.codes}
                words = {
                    (transcript.id, turn.number): len(transcript.words_of(turn).split())
                    for transcript in study.transcripts()
                    for turn in transcript.turns
                    if turn.kind is TurnKind.PARTICIPANT
                }
                turns = list_turns(study, units)
    here = [each for each in offered if _place(each) in coded]
    return Measured(
        name=name,
        sha256=sha256(gold.read_bytes()).hexdigest(),
        words=sum(words.values()),
        off_topic_words=sum(number for turn, number in words.items() if turn in uncoded),
        off_topic_codings=sum(_place(each) in uncoded for each in counted),
        arms=arms,
        offered_a_turn=len({(_place(each), each.code_id) for each in here}) / max(1, len(coded)),
        coder=coder,
        ways=weigh_ways(turns, codebook_name),
    )


def _place(each: Settled) -> tuple[str, int]:
    return each.coding.segment.transcript_id, each.coding.segment.turn


def list_turns(study: Study, units: Sequence[GoldUnit]) -> Turns:
    """The passages of each turn that people coded."""
    codes = {(unit.transcript_id, unit.turn): unit.codes for unit in units}
    found = Turns([], [])
    for transcript in study.transcripts():
        for turn in transcript.turns:
            if (transcript.id, turn.number) in codes and turn.kind is TurnKind.PARTICIPANT:
                words = transcript.words_of(turn)
                found.passages.append([span.of(words) for span in find_passages(words)])
                found.codes.append(codes[transcript.id, turn.number])
    return found


def weigh_ways(turns: Turns, codebook_name: str) -> dict[str, Best]:
    """What each kind of signal reaches alone, and all of them together."""
    path = find_model_beside(find_codebook(codebook_name))
    if not path.is_file():
        return {}
    model, codebook = read_model_file(path), _read(codebook_name)
    return {way: find_best(turns, model, codebook, way) for way in model.ways}


def find_best(turns: Turns, model: LearnedModel, codebook: Codebook, way: str) -> Best:
    """The best F1 over thresholds, of a turn's surest passage for each code."""
    import numpy as np

    weigher = Weigher(model, codebook, Listener(codebook.codes, codebook), way=way)
    chance = np.array([weigher.weigh(each).max(axis=0) for each in turns.passages])
    wanted = np.array([[code.id in codes for code in codebook.codes] for codes in turns.codes])
    themes = number_themes(codebook)
    best = Best(0.0, 0.0)
    for threshold in np.arange(0.02, 0.9, 0.02):
        said = chance >= threshold
        by_theme = [
            np.stack([matrix[:, themes == theme].any(1) for theme in range(themes.max() + 1)], 1)
            for matrix in (said, wanted)
        ]
        code, theme = (
            float(2 * (a & b).sum() / max(1, a.sum() + b.sum()))
            for a, b in ((said, wanted), tuple(by_theme))
        )
        if code > best.code:
            best = Best(code, theme)
    return best


def write_curve(sets: list[list[str]], codebook_name: str) -> str:
    """How much more speech is worth."""
    path = find_codebook(codebook_name)
    codebook = _read(codebook_name)
    read, _ = read_speech([path.with_suffix("") / "speech"], codebook)
    blocks = sorted({each.block for each in read})
    Random(20).shuffle(blocks)
    turns = []
    for _, transcripts, gold in sets:
        with tempfile.TemporaryDirectory() as folder:
            place = str(Path(folder) / "study")
            run(
                [
                    "apply",
                    transcripts,
                    "--codebook",
                    codebook_name,
                    "--study",
                    place,
                    "--no-meaning",
                    "--json",
                ]
            )
            with open_study(place) as study:
                turns.append(list_turns(study, read_gold(Path(gold), codebook)[0]))
    lines = [
        "## The learning curve",
        "",
        (
            "The encoder left as it is; best F1 with one threshold, by code and theme. Speech held out is the "
            "codebook's own, each part held out in turn."
        ),
        "",
        "| share of speech | utterances | held out | "
        + " | ".join(each[0] for each in sets)
        + " |",
        "| ---: | ---: | --- |" + " --- |" * len(sets),
    ]
    for share in (1 / 8, 1 / 4, 1 / 2, 1):
        kept = set(blocks[: round(len(blocks) * share)])
        some = [each for each in read if each.block in kept]
        utterances, _ = drop_contradictions([*some, *list_examples(codebook)], path=str(path))
        plan = TrainingPlan(recipe=Recipe(rounds=0))
        trained = train_model(codebook, utterances, plan=plan, about={})
        figures = describe_held_out(
            trained.held_out, codebook, trained.model.suggested, trained.model.candidate
        )
        own = figures["ablation"]["together"]
        cells = [f"{own['code']:.2f}, {own['theme']:.2f}"]
        for each in turns:
            best = find_best(each, trained.model, codebook, "together")
            cells.append(f"{best.code:.2f}, {best.theme:.2f}")
        lines.append(f"| {share:.3g} | {len(some):,} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def write_page(measured: list[Measured], codebook_name: str) -> str:
    """The page, from what was measured."""
    codebook = _read(codebook_name)
    today = datetime.now(UTC).date()
    lines = [
        "# How well it codes",
        "",
        (
            f"Measured on {today.day} {today:%B %Y} with themecode {__version__} ({measured[0].coder}) and the codebook "
            f"“{codebook.title}” {codebook.version} ({len(codebook.codes)} codes). Made by "
            "`tools/write_quality.py`; no figure is typed in."
        ),
        "",
        (
            "A second person coding the same interviews is commonly found to agree at a kappa of about .6 to .7 "
            "(Burla et al. 2008 report .67). Much of what people say in interviews is said sideways, and the "
            "machine misses much of it. So read the suggestions, and do not take their absence for silence."
        ),
        "",
        (
            "Each turn and code is one yes-or-no decision; a theme applies where any of its codes does. "
            "Precision is the share of the machine's codings that people gave too; recall the share of people's "
            "codings that the machine found; F1 their harmonic mean; kappa agreement beyond chance (Cohen 1960). "
            "“Offered” counts candidates as well as suggestions."
        ),
        "",
        "| data | turns | with a code | machine | | by | precision | recall | F1 | kappa |",
        "| --- | ---: | ---: | --- | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for each in measured:
        for arm, evaluations in each.arms.items():
            for label, evaluation in zip(("suggested", "offered"), evaluations, strict=True):
                for by, figures in (("code", evaluation.by_code), ("theme", evaluation.by_theme)):
                    lines.append(
                        f"| {each.name} | {evaluation.units:,} | {evaluation.coded_units:,} | {arm} | "
                        f"{label} | {by} | {_cells(figures)} |"
                    )
    lines += [
        "",
        "Offered, codes a turn: "
        + "; ".join(f"{m.name} {m.offered_a_turn:.1f}" for m in measured)
        + ".",
        "",
        "## What each kind of signal adds",
        "",
        (
            "The best micro-F1 that one threshold for all codes reaches (nobody can know it beforehand), by code "
            "and theme."
        ),
        "",
        "| data | " + " | ".join(measured[0].ways) + " |",
        "| --- |" + " --- |" * len(measured[0].ways),
        *(
            f"| {each.name} | "
            + " | ".join(f"{best.code:.2f}, {best.theme:.2f}" for best in each.ways.values())
            + " |"
            for each in measured
        ),
    ]
    lines += ["", "Codings suggested in turns that people left uncoded, a thousand words:", ""]
    lines += [
        f"- {each.name}: {1000 * each.off_topic_codings / each.off_topic_words:.1f} "
        f"({each.off_topic_codings} in {each.off_topic_words:,} words)"
        for each in measured
        if each.off_topic_words
    ]
    lines += ["", "## By theme, suggested", ""]
    for each in measured:
        lines += [
            f"**{each.name}** ({each.words:,} participants' words; gold sha256 {each.sha256[:12]})",
            "",
            "| theme | people | machine | both | precision | recall | F1 | kappa |",
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
            *(
                f"| {_name(codebook, figures.id)} | {figures.positives} | {figures.both + figures.extra} | "
                f"{figures.both} | {_cells(figures)} |"
                for figures in each.suggested.themes
            ),
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _read(name: str) -> Codebook:
    from themecode.codebook import find_codebook, read_codebook

    codebook, _ = read_codebook(find_codebook(name))
    if codebook is None:
        raise SystemExit(f"{name} cannot be read")
    return codebook


def _name(codebook: Codebook, theme_id: str) -> str:
    return next(theme.name for theme in codebook.themes if theme.id == theme_id)


def _cells(figures: Figures) -> str:
    values = (figures.precision, figures.recall, figures.f1, figures.kappa)
    return " | ".join("–" if value is None else f"{value:.2f}" for value in values)


if __name__ == "__main__":
    main()
