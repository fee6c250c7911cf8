"""Looking for names: in one process, in two, a second time, and spaCy's name finder alone (P13)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import corpus
from measuring import Plan, Row, at_most, in_turns, median, run_job, show_speed

LEAST_WORDS = 5000
LEAST_TIMES = 1.7
LEAST_AGAIN = 10
ROWS = (
    "Looking for names, one process",
    "Looking for names, against spaCy's name finder alone",
    "Looking for names, two processes",
    "Looking for names, a second time",
    "Looking for names, one transcript more",
)


def measure(plan: Plan) -> Iterator[Row]:
    few = max(1, plan.named // 8)
    given = {"folder": plan.corpus, "count": plan.named, "scratch": str(plan.scratch)}
    found = in_turns(
        {
            "one": partial(run_job, "names.look", workers=1, **given),
            "two": partial(run_job, "names.look", workers=2, **given),
            "spacy": partial(run_job, "names.look_with_spacy", folder=plan.corpus, count=few),
        },
        rounds=plan.rounds,
        long_rounds=2,
    )
    one, two, bare = ([done.told for done in found[name]] for name in ("one", "two", "spacy"))
    words = one[0]["words"]
    on = f"{plan.named} × {plan.words:,} words, every turn new"
    took = [each["first"] for each in one]
    yield Row(
        ROWS[0], on, show_speed(words, median(took)), limit=f"≥ {LEAST_WORDS / 1000:.0f} k words/s",
        passed=words / median(took) >= LEAST_WORDS, rounds=len(took),
        numbers={"seconds a million words": median(took) / words * 1e6},
    )  # fmt: skip
    times = median(
        [
            (ours["words"] / ours["first"]) / (theirs["words"] / theirs["pass"])
            for ours, theirs in zip(one, bare, strict=True)
        ]
    )
    spacy_speed = show_speed(bare[0]["words"], median([each["pass"] for each in bare]))
    yield Row(
        ROWS[1], on, show_speed(words, median(took)),
        f"{spacy_speed}: spaCy's small English pipeline, names only, {few} of these",
        f"{times:.2f} times as fast", rounds=len(took),
    )  # fmt: skip
    gained = median([a["first"] / b["first"] for a, b in zip(one, two, strict=True)])
    yield Row(
        ROWS[2], on, show_speed(words, median([each["first"] for each in two])),
        f"{show_speed(words, median(took))}: one process", f"{gained:.2f} times as fast",
        f"≥ {LEAST_TIMES} times", gained >= LEAST_TIMES, len(two),
    )  # fmt: skip
    again = [each["again"] for each in one]
    saved = median([a / b for a, b in zip(took, again, strict=True)])
    yield Row(
        ROWS[3], f"{on} but kept by turn", show_speed(words, median(again)),
        f"{show_speed(words, median(took))}: the first time", f"{saved:.1f} times as fast",
        f"≥ {LEAST_AGAIN} times", saved >= LEAST_AGAIN, len(again),
    )  # fmt: skip
    yield at_most(ROWS[4], f"to {plan.named} looked through", [each["added"] for each in one], None)


# ── in processes of their own ────────────────────────────────────────────────────────────────


def look(folder: str, count: int, workers: int, scratch: str) -> dict[str, float]:
    """Look through a new study, then again, then with one transcript more."""
    import shutil
    from itertools import islice

    from themecode.flow.pseudonymising import find_in_study
    from themecode.store import open_study

    place = Path(scratch) / "named"
    told: dict[str, float] = {}
    transcripts = list(islice(corpus.read_transcripts(folder, count), count))
    with open_study(place, create=True) as study:
        study.add_transcripts(transcripts[:-1] or transcripts, read_with={})

        def time_it(name: str) -> int:
            begun = time.perf_counter()
            found = find_in_study(study, workers=workers)
            told[name] = time.perf_counter() - begun
            return found.words

        told["words"] = time_it("first")
        if time_it("again") != told["words"]:
            raise ValueError("other words were looked through the second time")
        study.add_transcripts(transcripts[-1:] if len(transcripts) > 1 else [], read_with={})
        time_it("added")
    shutil.rmtree(place)
    return told


def look_with_spacy(folder: str, count: int) -> dict[str, float]:
    """The anchor: the name finder that one of our finders is, over every sentence there is."""
    from themecode.language.names import find_names
    from themecode.segments import find_sentences

    find_names(["An invented sentence."])
    seconds, words = 0.0, 0
    for transcript in corpus.read_transcripts(folder, count):
        said = [transcript.words_of(turn) for turn in transcript.turns]
        sentences = [span.of(each) for each in said for span in find_sentences(each)]
        words += sum(len(each.split()) for each in said)
        begun = time.perf_counter()
        find_names(sentences)
        seconds += time.perf_counter() - begun
    return {"pass": seconds, "words": words}
