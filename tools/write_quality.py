"""Measures the coder against people's codings and writes docs/coding-quality.md; nothing is typed in.

    python tools/write_quality.py --set "Interviews" TRANSCRIPTS GOLD --set ...

The data need not be in the project: each set is named, counted and given its hash.
"""

from __future__ import annotations

import argparse
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from themecode import __version__
from themecode.cli import run
from themecode.evaluate import Evaluation, Figures, evaluate_codings, read_gold
from themecode.flow.outputs import settle_study
from themecode.model import Codebook, TurnKind
from themecode.settle import Thresholds, settle_codings
from themecode.store import open_study
from themecode.suggest.coder import CODER

PAGE = Path(__file__).resolve().parent.parent / "docs" / "coding-quality.md"


@dataclass(frozen=True, slots=True)
class Measured:
    """One set of data and how the coder did on it."""

    name: str
    sha256: str
    words: int
    off_topic_words: int
    off_topic_codings: int
    suggested: Evaluation
    offered: Evaluation


def main() -> None:
    """Measure each set and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--set", nargs=3, action="append", required=True, metavar=("NAME", "TRANSCRIPTS", "GOLD")
    )
    parser.add_argument("--codebook", default="women_in_treatment")
    options = parser.parse_args()
    measured = [
        measure(name, Path(transcripts), Path(gold), options.codebook)
        for name, transcripts, gold in options.set
    ]
    PAGE.write_text(write_page(measured, options.codebook), encoding="utf-8")
    print(f"wrote {PAGE.name}")


def measure(name: str, transcripts: Path, gold: Path, codebook_name: str) -> Measured:
    """Code a set from nothing and hold it against people's codings."""
    with tempfile.TemporaryDirectory() as folder:
        place = str(Path(folder) / "study")
        run(["apply", str(transcripts), "--codebook", codebook_name, "--study", place, "--json"])
        with open_study(place) as study:
            codebook = study.codebook_in_force()
            if codebook is None:
                raise SystemExit("nothing was coded")
            units, problems = read_gold(gold, codebook)
            if problems:
                raise SystemExit("\n".join(map(str, problems)))
            everything = Thresholds(suggested=0.0, candidate=0.0)
            offered = settle_codings(
                study.codings(machine=CODER), {}, codebook=codebook, thresholds=everything
            )
            uncoded = {(unit.transcript_id, unit.turn) for unit in units if not unit.codes}
            words = {
                (transcript.id, turn.number): len(transcript.words_of(turn).split())
                for transcript in study.transcripts()
                for turn in transcript.turns
                if turn.kind is TurnKind.PARTICIPANT
            }
            counted = [each for each in settle_study(study, codebook) if each.status == "suggested"]
            return Measured(
                name=name,
                sha256=sha256(gold.read_bytes()).hexdigest(),
                words=sum(words.values()),
                off_topic_words=sum(number for turn, number in words.items() if turn in uncoded),
                off_topic_codings=sum(
                    (each.coding.segment.transcript_id, each.coding.segment.turn) in uncoded
                    for each in counted
                ),
                suggested=evaluate_codings(units, counted, codebook=codebook),
                offered=evaluate_codings(units, offered, codebook=codebook),
            )


def write_page(measured: list[Measured], codebook_name: str) -> str:
    """The page, from what was measured."""
    codebook = _read(codebook_name)
    today = datetime.now(UTC).date()
    lines = [
        "# How well it codes",
        "",
        f"Measured on {today.day} {today:%B %Y} with themecode {__version__} ({CODER}) and the codebook "
        f"“{codebook.title}” {codebook.version} ({len(codebook.codes)} codes). Made by "
        "`tools/write_quality.py`; no figure is typed in.",
        "",
        "This is a first baseline: **cues alone**, without any learning. A second person coding the same "
        "interviews is commonly found to agree at a kappa of about .6 to .7 (Burla et al. 2008 report .67). "
        "Cues find what is said in so many words; much of what people say in interviews is said sideways, "
        "and cues miss it. So read the suggestions, and do not take their absence for silence.",
        "",
        "Each turn and code is one yes-or-no decision; a theme applies where any of its codes does. "
        "Precision is the share of the machine's codings that people gave too; recall the share of people's "
        "codings that the machine found; F1 their harmonic mean; kappa agreement beyond chance (Cohen 1960). "
        "“Offered” counts candidates as well as suggestions.",
        "",
        "| data | turns | with a code | | by | precision | recall | F1 | kappa |",
        "| --- | ---: | ---: | --- | --- | ---: | ---: | ---: | ---: |",
    ]
    for each in measured:
        for label, evaluation in (("suggested", each.suggested), ("offered", each.offered)):
            for by, figures in (("code", evaluation.by_code), ("theme", evaluation.by_theme)):
                lines.append(
                    f"| {each.name} | {evaluation.units:,} | {evaluation.coded_units:,} | {label} | {by} | "
                    f"{_cells(figures)} |"
                )
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
