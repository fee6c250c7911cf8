"""The review as people use it: a real server process and real connections to it (P12)."""

from __future__ import annotations

import math
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import corpus
from measuring import Plan, Row, at_most, held_against, in_turns, median, run, run_job, themecode

PEOPLE = 8
MOST_MIDDLE = 0.005
MOST_SLOW = 0.05
MOST_PAGE = 0.05
MOST_READY = 0.5
#: Seconds a reader takes over an excerpt before she answers: the quickest there is.
READS = 0.25
ROWS = (
    "Review, ready after the command",
    "Review, a decision, one reviewer",
    "Review, a decision, eight reviewers",
    "Review, a decision, eight reviewers, the slowest in twenty",
    "Review, a decision, eight who never pause, the slowest in twenty",
    "Review, the page of a whole transcript",
)
TESTS = Path(__file__).resolve().parent.parent / "tests" / "review"
#: The least a server does: the same server, a page in memory, one row kept for good.
BARE = """\
import sqlite3, sys, threading
from cheroot import wsgi
connection = sqlite3.connect(sys.argv[1], check_same_thread=False, isolation_level=None)
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("PRAGMA synchronous=FULL")
connection.execute("CREATE TABLE answers (said TEXT)")
lock = threading.Lock()
page = b"<p>An invented page.</p>" * 1000
def answer(environ, start):
    if environ["REQUEST_METHOD"] == "POST":
        said = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        with lock:
            connection.execute("INSERT INTO answers VALUES (?)", (said,))
        start("303 See Other", [("Location", "/"), ("Content-Length", "0")])
        return [b""]
    start("200 OK", [("Content-Length", str(len(page)))])
    return [page]
server = wsgi.Server(("127.0.0.1", 0), answer, numthreads=12)
server.prepare()
print(server.bind_addr[1], flush=True)
server.serve()
"""


def measure(plan: Plan) -> Iterator[Row]:
    study = plan.scratch / "reviewed"
    _make_study(plan, study)
    bare = plan.scratch / "bare_server.py"
    bare.write_text(BARE, encoding="utf-8")
    found = in_turns(
        {
            "review": partial(run_job, "review.answer", study=str(study), answers=plan.answers),
            "bare": partial(
                run_job, "review.answer_bare", script=str(bare), answers=plan.answers,
                place=str(plan.scratch),
            ),
            "python": lambda: run([sys.executable, "-c", "import sqlalchemy, cheroot, jinja2"]),
        },
        rounds=min(plan.rounds, 3),
    )  # fmt: skip
    told = [done.told for done in found["review"]]
    beside = [done.told for done in found["bare"]]
    started = [done.seconds for done in found["python"]]

    def each(name: str, side: list[dict[str, float]] = told) -> list[float]:
        return [one[name] for one in side]

    codings = f"{told[0]['codings']:,.0f} codings in {told[0]['transcripts']:.0f} transcripts"
    yield at_most(
        ROWS[0], f"from the command to an answer over HTTP; {codings}", each("ready"), MOST_READY,
        anchor=f"{median(started) * 1000:.0f} ms: Python loading sqlalchemy, cheroot and jinja2",
        ratio=f"{median([a / b for a, b in zip(each('ready'), started, strict=True)]):.2f}",
    )  # fmt: skip
    server = "the same server, one row into sqlite3"
    paused = f"{plan.answers} each, {READS} s to read, {codings}"
    rows = (
        ("one p50", f"{plan.answers} answers, {codings}", MOST_MIDDLE),
        ("eight p50", paused, None),
        ("eight p95", paused, MOST_SLOW),
        ("hurried p95", f"{plan.answers} each, without a pause, {codings}", None),
    )
    for name, (key, on, most) in zip(ROWS[1:], rows, strict=False):
        row = held_against(name, on, each(key), each(key, beside), server)
        took = median(each(key))
        yield Row(
            row.what, row.on, row.figure, row.anchor, row.ratio,
            f"≤ {most * 1000:.0f} ms" if most else "", took <= most if most else None, row.rounds,
            row.numbers,
        )  # fmt: skip
    yield at_most(
        ROWS[5],
        f"{told[0]['words']:,.0f} words on the page, by one reviewer",
        each("page"),
        MOST_PAGE,
    )


def _make_study(plan: Plan, study: Path) -> None:
    """Ten coded interviews of full length, planned for eight people."""
    given = plan.scratch / "to_review"
    given.mkdir()
    for path in corpus.list_files(plan.corpus, 10):
        shutil.copy(path, given)
    at = ("--study", str(study))
    run(themecode("apply", str(given), "--codebook", plan.phrase_book, *at))
    names = [part for number in range(PEOPLE) for part in ("--reviewer", f"r{number}")]
    drawn = ("--suggested", "all", "--candidates", "0", "--uncoded", "60")
    run(themecode("review", "plan", *names, *drawn, *at))


# ── in processes of their own ────────────────────────────────────────────────────────────────


def answer(study: str, answers: int) -> dict[str, float]:
    """Serve a copy of a study, answer in it as one and as eight, and read a transcript."""
    from themecode.store import open_study

    sys.path.insert(0, str(TESTS))
    from served import Browser, Served, let_in, serve

    told: dict[str, float] = {}
    copy = Path(study).with_name("reviewed-copy")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(study, copy)
    with open_study(copy) as opened:
        told["codings"] = opened.counts().codings
        told["transcripts"] = opened.counts().transcripts
        queue = len(opened.review_items())
        longest = max(opened.transcripts(), key=lambda each: len(each.text))
        told["words"] = len(longest.text.split())
        name = longest.id
    answers = min(answers, queue // 3)

    def review(browser: Browser, first: int, pause: float) -> list[float]:
        took = []
        for number in range(first, first + answers):
            page = browser.ask(f"/excerpts/{number}?show=1")
            time.sleep(pause)
            begun = time.perf_counter()
            said = browser.answer(number, ("no", "unsure")[number % 2], page=page)
            took.append(time.perf_counter() - begun)
            if said.status != 303:
                raise RuntimeError(f"an answer was not kept: {said.title}")
        return took

    begun = time.perf_counter()
    with serve(str(copy)) as served:
        assert isinstance(served, Served)
        Browser(served.host).ask("/")
        told["ready"] = time.perf_counter() - begun
        people = [let_in(served, f"r{number}") for number in range(PEOPLE)]
        told["one p50"] = _quantile(review(people[0], 1, 0.0), 0.5)
        paused = _side_by_side([partial(review, each, answers + 1, READS) for each in people])
        told["eight p50"], told["eight p95"] = (_quantile(paused, at) for at in (0.5, 0.95))
        hurried = _side_by_side([partial(review, each, 2 * answers + 1, 0.0) for each in people])
        told["hurried p95"] = _quantile(hurried, 0.95)
        pages = []
        for _ in range(7):
            begun = time.perf_counter()
            said = people[0].ask(f"/transcripts/{name}?show=1")
            pages.append(time.perf_counter() - begun)
            if said.status != 200:
                raise RuntimeError(f"the page of a transcript was not shown: {said.title}")
        told["page"] = median(pages)
        Browser.close_all()
    with open_study(copy) as opened:
        if len(opened.review_answers()) != answers * (2 * PEOPLE + 1):
            raise ValueError("an answer was lost")
    return told


def answer_bare(script: str, place: str, answers: int) -> dict[str, float]:
    """The anchor: as many pages and answers, with nothing behind them."""
    sys.path.insert(0, str(TESTS))
    from served import Browser

    database = Path(place) / "bare-answers.db"
    for left in database.parent.glob(f"{database.name}*"):
        left.unlink()
    command = [sys.executable, script, str(database)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)

    def review(browser: Browser, pause: float) -> list[float]:
        took = []
        for number in range(answers):
            browser.ask("/")
            time.sleep(pause)
            begun = time.perf_counter()
            browser.ask("/", {"reply": "no", "number": number})
            took.append(time.perf_counter() - begun)
        return took

    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        people = [Browser(f"127.0.0.1:{port}") for _ in range(PEOPLE)]
        told = {"one p50": _quantile(review(people[0], 0.0), 0.5)}
        paused = _side_by_side([partial(review, each, READS) for each in people])
        told["eight p50"], told["eight p95"] = (_quantile(paused, at) for at in (0.5, 0.95))
        hurried = _side_by_side([partial(review, each, 0.0) for each in people])
        told["hurried p95"] = _quantile(hurried, 0.95)
        Browser.close_all()
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
    with sqlite3.connect(database) as connection:
        [kept] = connection.execute("SELECT count(*) FROM answers").fetchone()
    if kept != answers * (2 * PEOPLE + 1):
        raise ValueError("an answer was lost")
    return told


def _side_by_side(jobs: list[Callable[[], list[float]]]) -> list[float]:
    """What each job gives, all begun at the same moment."""
    gate = threading.Barrier(len(jobs))

    def begin(job: Callable[[], list[float]]) -> list[float]:
        gate.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [
            took for each in [pool.submit(begin, job) for job in jobs] for took in each.result()
        ]


def _quantile(values: list[float], at: float) -> float:
    """The value that so many of all are not above."""
    return sorted(values)[max(0, math.ceil(at * len(values)) - 1)]
