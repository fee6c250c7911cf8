"""Coding by meaning: the encoder against bare onnxruntime, what is kept, and the main job with it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import corpus
from measuring import (
    FOUNDING,
    Plan,
    Ran,
    Row,
    at_most,
    held_against,
    in_turns,
    median,
    run,
    run_job,
    show_seconds,
    themecode,
)

LEAST_RATE = 0.8
LEAST_AGAIN = 50
MOST_SAMPLE = 30.0
ROWS = (
    "Sentences into vectors, against bare onnxruntime",
    "Sentences into vectors, a second time",
    "`apply`, the sample interviews, with meaning",
    "`apply`, the sample interviews, when only their cues are wanted",
)


def measure(plan: Plan) -> Iterator[Row]:
    sample = plan.scratch / "sample"
    sample.mkdir()
    files = [
        path
        for path in sorted(corpus.SAMPLE.iterdir())
        if path.name not in ("README.md", "participants.csv")
    ]
    for path in files[: plan.sample]:
        (sample / path.name).write_bytes(path.read_bytes())
    made = iter(range(1000))
    # A smoke run leaves the model out: reading it and its codebook is most of a short run.
    book = plan.phrase_book if plan.smoke else str(FOUNDING)

    def apply(*options: str) -> Ran:
        study = plan.scratch / f"sample-study-{next(made)}"
        return run(
            themecode("apply", str(sample), "--codebook", book, "--study", str(study), *options)
        )  # fmt: skip

    jobs = {
        "both": partial(
            run_job, "embedding.encode_both", folder=plan.corpus, count=plan.sentences,
            book=str(FOUNDING.with_name("com_b.yaml")),
            rounds=1 if plan.smoke else 2,
        ),
        "apply": apply,
    }  # fmt: skip
    jobs["cues"] = partial(apply, "--no-meaning")
    found = in_turns(jobs, rounds=plan.rounds)
    told = [done.told for done in found["both"]]  # type: ignore[union-attr]
    ours, bare, again = ([each[name] for each in told] for name in ("ours", "bare", "again"))
    rate = plan.sentences / median(ours)
    words = told[0]["words"]
    on = f"{plan.sentences:,} different sentences, {words:,.0f} words, 2 threads"
    share = median([theirs / mine for mine, theirs in zip(ours, bare, strict=True)])
    bare_rate = plan.sentences / median(bare)
    yield Row(
        ROWS[0], on, f"{rate:,.0f} sentences/s",
        f"{bare_rate:,.0f} sentences/s: onnxruntime, the same batches ready made", f"{share:.2f}",
        f"≥ {LEAST_RATE}", share >= LEAST_RATE, len(told),
        {"seconds a million words": median(ours) / words * 1e6},
    )  # fmt: skip
    yield held_against(ROWS[1], on, again, ours, "the first time", least_times=LEAST_AGAIN)
    whole = [done.seconds for done in found["apply"]]
    cues = [done.seconds for done in found["cues"]]
    files_on = (
        f"{min(plan.sample, len(files))} files of five kinds, the founding codebook, all outputs"
    )
    yield at_most(
        ROWS[2], files_on, whole, MOST_SAMPLE,
        anchor=f"{show_seconds(median(cues))}: cues alone",
        ratio=f"{median([a / b for a, b in zip(whole, cues, strict=True)]):.2f}",
    )  # fmt: skip
    yield at_most(ROWS[3], files_on, cues, None)


# ── in a process of its own ──────────────────────────────────────────────────────────────────


def encode_both(folder: str, count: int, book: str, rounds: int) -> dict[str, float]:
    """Encode sentences with themecode and with the bare session, in turns; then what was kept."""
    from themecode.language.encoder import Encoder
    from themecode.suggest.learned_model import find_model_beside, read_model_file
    from themecode.suggest.listen import Listener
    from themecode.suggest.weigher import Weigher

    texts = _list_sentences(folder, count)
    encoder = Encoder()
    encoder.encode(texts[:8])
    batches = _make_batches(texts)
    session = encoder._session  # noqa: SLF001  the same session, with nothing of ours around it
    ours, bare = [], []
    for _ in range(rounds):
        begun = time.perf_counter()
        encoder.encode(texts)
        ours.append(time.perf_counter() - begun)
        begun = time.perf_counter()
        for batch in batches:
            session.run(["last_hidden_state"], batch)
        bare.append(time.perf_counter() - begun)
    codebook = corpus.read_book(book)
    model = read_model_file(find_model_beside(Path(book)))
    weigher = Weigher(model, codebook, Listener(codebook.codes, codebook), encoder=encoder)
    weigher.encode(texts)
    again = []
    for _ in range(rounds):
        begun = time.perf_counter()
        weigher.encode(texts)
        again.append(time.perf_counter() - begun)
    return {
        "ours": median(ours), "bare": median(bare), "again": median(again),
        "words": sum(len(text.split()) for text in texts),
    }  # fmt: skip


def _list_sentences(folder: str, count: int) -> list[str]:
    """The first different sentences of the corpus, long and short as they come."""
    from themecode.segments import find_sentences

    found: dict[str, None] = {}
    for turns in corpus.read_spoken(folder, 10_000):
        # Two sentences together, as a passage is weighed: the corpus has only so many single ones.
        spans = [span.of(turn).strip() for turn in turns for span in find_sentences(turn)]
        found.update(dict.fromkeys(spans))
        found.update(dict.fromkeys(f"{one} {two}" for one, two in itertools.pairwise(spans)))
        if len(found) >= count:
            break
    if len(found) < count:
        raise ValueError(f"the corpus has only {len(found)} different sentences")
    return list(found)[:count]


def _make_batches(texts: list[str]) -> list[dict[str, object]]:
    """What themecode would hand to the session, made beforehand."""
    import numpy as np

    from themecode.language.encoder import MOST_PIECES, _cut_batches, _fill_up
    from themecode.language.wordpiece import number_pieces

    pieces = [number_pieces(text, most=MOST_PIECES) for text in texts]
    batches: list[dict[str, object]] = []
    for places in _cut_batches([len(numbers) for numbers in pieces]):
        length = _fill_up(max(len(pieces[at]) for at in places))
        ids, mask = (np.zeros((len(places), length), np.int64) for _ in range(2))
        for row, at in enumerate(places):
            ids[row, : len(pieces[at])] = pieces[at]
            mask[row, : len(pieces[at])] = 1
        batches.append(
            {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        )
    return batches
