"""Words in all their forms, against a pipeline that works out each word's lemma (P1, P2)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import corpus
from measuring import Plan, Row, in_turns, median, run_job, show_speed

LEAST_WORDS = 2e6
LEAST_TIMES = 150
LEAST_SHARE = 0.25
MANY_TIMES = 10
MOST_PARSED = 0.05
ROWS = (
    "Cues in all their forms, the pass alone",
    "Cues in all their forms, against lemmas",
    "Ten times the phrases",
    "Turns whose grammar is looked at",
)


def measure(plan: Plan) -> Iterator[Row]:
    some = max(1, plan.transcripts // 4)
    few = max(1, plan.transcripts // 100)
    many = plan.scratch / "many_phrases.yaml"
    run_job("inflections.make_long_book", path=str(many), count=plan.phrases * MANY_TIMES)
    given = {"folder": plan.corpus, "count": some}
    found = in_turns(
        {
            "founding": partial(run_job, "inflections.code", book=plan.founding, **given),
            "lemmas": partial(run_job, "inflections.find_lemmas", folder=plan.corpus, count=few),
            "phrases": partial(run_job, "cues.code", book=plan.phrase_book, **given),
            "many": partial(run_job, "cues.code", book=str(many), **given),
        },
        rounds=plan.rounds,
    )
    words, fewer = corpus.count_spoken(plan.corpus, some), corpus.count_spoken(plan.corpus, few)
    took = {name: [done.told["pass"] for done in every] for name, every in found.items()}
    on = f"the founding codebook, {some} × {plan.words:,} words, one process"
    speed = words / median(took["founding"])
    yield Row(
        ROWS[0], on, show_speed(words, median(took["founding"])), limit="≥ 2.00 M words/s",
        passed=speed >= LEAST_WORDS, rounds=len(took["founding"]),
    )  # fmt: skip
    times = median(
        [
            (words / ours) / (fewer / theirs)
            for ours, theirs in zip(took["founding"], took["lemmas"], strict=True)
        ]
    )
    yield Row(
        ROWS[1], on, show_speed(words, median(took["founding"])),
        f"{show_speed(fewer, median(took['lemmas']))}: spaCy's small English pipeline, tags and lemmas, "
        f"{few} of these", f"{times:.0f} times as fast", f"≥ {LEAST_TIMES} times",
        times >= LEAST_TIMES, len(took["lemmas"]),
    )  # fmt: skip
    share = median([a / b for a, b in zip(took["phrases"], took["many"], strict=True)])
    yield Row(
        ROWS[2], f"{plan.phrases * MANY_TIMES:,} phrases, {some} × {plan.words:,} words",
        show_speed(words, median(took["many"])),
        f"{show_speed(words, median(took['phrases']))}: {plan.phrases:,} of them", f"{share:.2f}",
        f"≥ {LEAST_SHARE}", share >= LEAST_SHARE, len(took["many"]),
    )  # fmt: skip
    told = found["founding"][0].told
    parsed = told["sentences"] / told["turns"]
    yield Row(
        ROWS[3], on, f"{told['sentences']:,.0f} sentences of {told['turns']:,.0f} turns",
        ratio=f"{parsed:.4f}", limit=f"≤ {MOST_PARSED}", passed=parsed <= MOST_PARSED,
        rounds=len(found["founding"]),
    )  # fmt: skip


# ── in processes of their own ────────────────────────────────────────────────────────────────


def make_long_book(path: str, count: int) -> dict[str, int]:
    """Write a codebook of plain phrases: those of the founding codebook, and more made from them."""
    from itertools import product

    import yaml

    phrases = corpus.list_phrases(corpus.read_founding(), 100)
    halves = [phrase.split() for _, _, phrase in phrases]
    made = dict.fromkeys(
        f"{one[0]} {other[-1]} {one[-1]}" for one, other in product(halves, halves)
    )
    found = corpus.list_phrases(corpus.read_founding(), min(count, 1000))
    wanted = [phrase for _, _, phrase in found]
    wanted += [phrase for phrase in made if phrase not in set(wanted)][: count - len(wanted)]
    codes = [
        {
            "id": f"many.code_{number}", "name": f"Code {number}", "definition": "Invented.",
            "cues": {"fair": wanted[number :: 50]},
        }
        for number in range(50)
        if wanted[number::50]
    ]  # fmt: skip
    theme = {"id": "many", "name": "Many", "definition": "Invented.", "codes": codes}
    book = {"title": f"{len(wanted):,} plain phrases", "version": "1", "themes": [theme]}
    text = yaml.safe_dump(book, sort_keys=False, width=1000)
    Path(path).write_text(text, encoding="utf-8")
    return {"phrases": len(wanted)}


def code(folder: str, count: int, book: str) -> dict[str, float]:
    """Code transcripts; how many sentences' grammar was asked for, beside the time."""
    import cues

    from themecode.language import grammar

    told = cues.code(folder, count, book)
    told["sentences"] = grammar._tag.cache_info().misses  # noqa: SLF001  nothing else knows
    told["turns"] = sum(len(turns) for turns in corpus.read_spoken(folder, count))
    return told


def find_lemmas(folder: str, count: int) -> dict[str, float]:
    """The anchor: what a lemma-based matcher must do before it matches anything."""
    import spacy

    from themecode.language.grammar import PIPELINES

    for name in PIPELINES:
        try:
            nlp = spacy.load(name, exclude=["ner", "parser", "senter"])
        except OSError:
            continue
        break
    else:
        raise RuntimeError("no English pipeline is installed")
    seconds, words = 0.0, 0
    for turns in corpus.read_spoken(folder, count):
        begun = time.perf_counter()
        for doc in nlp.pipe(turns, batch_size=64):
            words += sum(len(word.lemma_) > 0 for word in doc)
        seconds += time.perf_counter() - begun
    return {"pass": seconds, "words": words}
