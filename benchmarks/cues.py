"""Coding by cues: its speed against spaCy's phrase matcher, its memory, and how it grows (P1, P4, P5)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

import corpus
from measuring import (
    Done,
    Plan,
    Row,
    exponent,
    in_turns,
    median,
    median_ratio,
    own_peak,
    run_job,
    show_speed,
)

#: Matching alone is what spaCy's matcher does; coding is that, and weighing, and records with evidence.
LEAST_TIMES = 8.0
LEAST_WORDS = 4e6
LEAST_SHARE = 0.3
MOST_EXPONENT = 1.05
MOST_MB_A_MILLION = 1.0
ROWS = (
    "Cue matching, fresh start",
    "Cue matching, the pass alone",
    "Cue matching against a bare automaton, the pass alone",
    "Cue coding, fresh start",
    "Cue coding, the pass alone",
    "Cue coding against a bare automaton, the pass alone",
    "Cue coding, the founding codebook, fresh start",
    "Cue coding, the founding codebook, the pass alone",
    "Cue coding, memory",
    "Cue coding, the founding codebook, memory",
    "Cue coding, growth",
)


def measure(plan: Plan) -> Iterator[Row]:
    yield from _measure_speed(plan)
    yield from _measure_memory(plan)
    yield from _measure_growth(plan)


def _measure_speed(plan: Plan) -> Iterator[Row]:
    book = {"folder": plan.corpus, "count": plan.transcripts, "book": plan.phrase_book}
    jobs = {
        "matching": partial(run_job, "cues.match", **book),
        "cues": partial(run_job, "cues.code", **book),
        "spacy": partial(run_job, "cues.match_with_spacy", **book),
        "founding": partial(run_job, "cues.code", **{**book, "book": plan.founding}),
        "bare": partial(run_job, "cues.match_with_automaton", **book),
    }
    found = in_turns(jobs, rounds=plan.rounds)
    words = corpus.count_spoken(plan.corpus, plan.transcripts)
    text = f"{plan.transcripts} × {plan.words:,} words ({words / 1e6:.2f} M of participants)"
    phrases = f"{plan.phrases:,} phrases, {text}, one process"
    patterns = f"{len(list_sources()):,} patterns, {text}, one process"
    phrase_matcher = "spaCy, blank English and PhraseMatcher"
    bare = "a bare automaton over the same phrases"
    wanted = [
        ("matching", "spacy", True, phrases, phrase_matcher, LEAST_TIMES, None),
        ("matching", "spacy", False, phrases, phrase_matcher, LEAST_TIMES, None),
        ("matching", "bare", False, phrases, bare, LEAST_SHARE, None),
        ("cues", "spacy", True, phrases, phrase_matcher, LEAST_TIMES, None),
        ("cues", "spacy", False, phrases, phrase_matcher, None, LEAST_WORDS),
        ("cues", "bare", False, phrases, bare, LEAST_SHARE, None),
        ("founding", "spacy", True, patterns, "spaCy as above, with 1,000 phrases", None, None),
        ("founding", "spacy", False, patterns, "spaCy as above, with 1,000 phrases", None, None),
    ]
    for name, (ours, theirs, fresh, on, anchor, least_times, least_words) in zip(
        ROWS, wanted, strict=False
    ):
        seconds = [_took(done, fresh=fresh) for done in found[ours]]
        against = [_took(done, fresh=fresh) for done in found[theirs]]
        times, speed = median_ratio(against, seconds), words / median(seconds)
        limit, passed = "", None
        if least_times is not None:
            limit, passed = f"≥ {least_times:g} times", times >= least_times
        elif least_words is not None:
            limit, passed = f"≥ {least_words / 1e6:.2f} M words/s", speed >= least_words
        yield Row(
            name,
            on,
            show_speed(words, median(seconds)),
            f"{show_speed(words, median(against))}: {anchor}",
            f"{times:.2f} times as fast",
            limit,
            passed,
            len(seconds),
        )


def _took(done: Done, *, fresh: bool) -> float:
    return done.seconds if fresh else done.told["pass"]


def list_sources() -> list[str]:
    """Every cue of the founding codebook."""
    books = (code.cues for code in corpus.read_founding().codes)
    return [cue for cues in books for cue in (*cues.strong, *cues.fair, *cues.weak, *cues.unless)]


def _measure_memory(plan: Plan) -> Iterator[Row]:
    few_words, many_words = (
        corpus.count_spoken(plan.corpus, count) for count in (plan.memory_from, plan.transcripts)
    )
    for name, book in zip(ROWS[8:10], (plan.phrase_book, plan.founding), strict=True):
        jobs = {
            str(count): partial(run_job, "cues.code", folder=plan.corpus, count=count, book=book)
            for count in (plan.memory_from, plan.transcripts)
        }
        found = in_turns(jobs, rounds=plan.rounds)
        few, many = found.values()
        on = f"peak of {plan.transcripts} transcripts less that of {plan.memory_from}"
        if any("peak" not in done.told for done in (*few, *many)):
            yield Row(name, on, "this system does not say")
            continue
        base = median([done.told["peak"] for done in few])
        grown = median(
            [more.told["peak"] - less.told["peak"] for less, more in zip(few, many, strict=True)]
        )
        rate = grown / ((many_words - few_words) / 1e6)
        yield Row(
            name,
            on,
            f"{rate:.2f} MB a million words",
            f"{base:.0f} MB with {plan.memory_from}",
            "",
            f"≤ {MOST_MB_A_MILLION:.0f} MB a million words",
            rate <= MOST_MB_A_MILLION,
            len(few),
        )


def _measure_growth(plan: Plan) -> Iterator[Row]:
    jobs = {
        str(count): partial(
            run_job, "cues.code", folder=plan.corpus, count=count, book=plan.phrase_book
        )
        for count in plan.growth
    }
    found = in_turns(jobs, rounds=plan.rounds)
    slopes = [
        exponent(plan.growth, [done.told["pass"] for done in one_round])
        for one_round in zip(*found.values(), strict=True)
    ]
    slope = median(slopes)
    speeds = " → ".join(
        show_speed(
            corpus.count_spoken(plan.corpus, int(count)),
            median([each.told["pass"] for each in done]),
        )
        for count, done in found.items()
    )
    yield Row(
        ROWS[10],
        f"the pass alone, {' → '.join(f'{count:,}' for count in plan.growth)} transcripts",
        f"exponent {slope:.3f}",
        speeds,
        "",
        f"≤ {MOST_EXPONENT}",
        slope <= MOST_EXPONENT,
        len(slopes),
    )


# ── in processes of their own ────────────────────────────────────────────────────────────────


def code(folder: str, count: int, book: str) -> dict[str, float]:
    """Code transcripts, one at a time, keeping nothing."""
    from themecode.suggest.cues import suggest_codings
    from themecode.suggest.listen import Listener

    relax_collector()
    codebook = corpus.read_book(book)
    listener = Listener(codebook.codes, codebook)
    now = datetime.now(UTC)
    codings = 0
    seconds = 0.0
    for transcript in corpus.read_transcripts(folder, count):
        begun = time.perf_counter()
        codings += len(suggest_codings(transcript, listener, codebook=codebook, made_at=now))
        seconds += time.perf_counter() - begun
    return _tell(seconds, codings)


def match(folder: str, count: int, book: str) -> dict[str, float]:
    """Find every place of every cue in all its forms: code, turn, speaker, exact offsets."""
    from themecode.suggest.listen import Listener

    relax_collector()
    codebook = corpus.read_book(book)
    listener = Listener(codebook.codes, codebook)
    codes = [code.id for code in codebook.codes]
    matches = 0
    seconds = 0.0
    for transcript in corpus.read_transcripts(folder, count):
        begun = time.perf_counter()
        text = transcript.text
        turns = [turn for turn in transcript.turns if turn.participant_id is not None]
        said = [text[turn.span.start : turn.span.end] for turn in turns]
        found = [
            (codes[cue.code], turns[at].number, turns[at].participant_id, start, end)
            for cue, at, first, last in listener.find_places(said)
            for start, end in ((turns[at].span.start + first, turns[at].span.start + last),)
        ]
        matches += len(found)
        seconds += time.perf_counter() - begun
    return _tell(seconds, matches)


def match_with_spacy(folder: str, count: int, book: str) -> dict[str, float]:
    """The anchor: spaCy's tokeniser, and its phrase matcher over the same phrases."""
    import spacy
    from spacy.matcher import PhraseMatcher

    relax_collector()
    nlp = spacy.blank("en")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    for clause, phrase in corpus.read_phrases(book):
        matcher.add(clause, [nlp.make_doc(phrase)])
    matches = 0
    seconds = 0.0
    for turns in corpus.read_spoken(folder, count):
        begun = time.perf_counter()
        for doc in nlp.tokenizer.pipe(turns):
            matches += len(matcher(doc))
        seconds += time.perf_counter() - begun
    return _tell(seconds, matches)


def match_with_automaton(folder: str, count: int, book: str) -> dict[str, float]:
    """The least that could be done: find the phrases in small letters, and nothing else."""
    from ahocorasick_rs import AhoCorasick

    automaton = AhoCorasick([phrase.lower() for _, phrase in corpus.read_phrases(book)])
    matches = 0
    seconds = 0.0
    for turns in corpus.read_spoken(folder, count):
        begun = time.perf_counter()
        text = "\n".join(turns).lower()
        matches += len(automaton.find_matches_as_indexes(text, overlapping=True))
        seconds += time.perf_counter() - begun
    return _tell(seconds, matches)


def relax_collector() -> None:
    """What `themecode` does when it starts; done for the anchors too."""
    import gc

    gc.set_threshold(100_000, 50, 100)


def _tell(seconds: float, found: int) -> dict[str, float]:
    told: dict[str, float] = {"pass": seconds, "found": found}
    peak = own_peak()
    return told if peak is None else {**told, "peak": peak}
