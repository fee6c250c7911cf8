"""The same work done by two other free programs, qualitative-coding and Taguette.

Each lives in an environment of its own (tools/other_programs.sh). Where one is not installed, its
rows say so. Both do other things well that are not measured here.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import corpus
from measuring import (
    Plan,
    Ran,
    Row,
    held_against,
    in_turns,
    median,
    run,
    run_job,
    show_seconds,
    themecode,
)

PROGRAMS = Path(sys.prefix) / "programs"
#: P7: how many times as fast as qualitative-coding help must come.
LEAST_START = 10
MISSING = "not installed here (tools/other_programs.sh), or too slow for a smoke run"
ROWS = (
    "Starting, beside qualitative-coding",
    "Starting, beside Taguette",
    "The first page, beside Taguette",
    "Importing text, beside qualitative-coding",
    "Importing text, beside Taguette",
    "Codes said together, beside qualitative-coding",
    "A codebook out, beside Taguette",
    "Coded passages out, beside Taguette",
)
#: What other programs are asked to do, run by their own Python.
GIVE_CODES = """
import json, sys
from qualitative_coding.corpus import QCCorpus
corpus = QCCorpus("settings.yaml")
with corpus.session():
    for path, lines in json.load(open(sys.argv[1])).items():
        data = [{"line": line, "code_id": code} for line, code in lines]
        corpus.update_coded_lines(path, "invented", data)
"""
TAGUETTE = """
import asyncio, html, io, json, sys, time
from pathlib import Path
from taguette import convert, database
from taguette.export import codebook_csv, highlights_csv

folder, facts = Path(sys.argv[1]), json.load(open(sys.argv[2]))
told = {}
db = database.connect("sqlite:///" + sys.argv[3])()
project = database.Project(name="Invented", description="")
db.add(project)
db.flush()

async def add():
    documents = []
    for name in facts["files"]:
        # Taguette reads no plain text without Calibre; HTML it reads itself.
        body = "".join(f"<p>{html.escape(each)}</p>" for each in (folder / name).read_text().split("\\n\\n"))
        said = await convert.to_html_chunks(body.encode(), "text/html", name + ".html", {})
        documents.append(database.Document(name=name, description="", filename=name, project=project,
            text_direction=database.TextDirection.LEFT_TO_RIGHT, contents=said))
        db.add(documents[-1])
        db.commit()
    return documents

begun = time.perf_counter()
documents = asyncio.run(add())
told["import"] = time.perf_counter() - begun
tags = {code: database.Tag(project=project, path=code, description=said)
        for code, said in facts["codes"].items()}
db.add_all(tags.values())
for document, start, end, words, code in facts["passages"]:
    db.add(database.Highlight(document=documents[document], start_offset=start, end_offset=end,
        snippet=html.escape(words), tags=[tags[code]]))
db.commit()
project_id = project.id
db.expire_all()
for _ in range(2):
    begun = time.perf_counter()
    codebook_csv(db.query(database.Tag).filter_by(project_id=project_id).all(), io.StringIO())
    told["codebook"] = time.perf_counter() - begun
begun = time.perf_counter()
out = io.StringIO()
highlights_csv(db, project_id, "", out)
told["passages"] = time.perf_counter() - begun
told["rows"] = out.getvalue().count("\\r\\n") - 1
print(json.dumps(told))
"""


def measure(plan: Plan) -> Iterator[Row]:
    folder = plan.scratch / "theirs"
    count = 2 if plan.smoke else 50
    words = plan.short_words if plan.smoke else 2000
    run_job("corpus.make_transcripts", folder=str(folder), count=count, words=words)
    qc = _find("qualitative-coding", "qc")
    taguette = _find("taguette", "taguette")
    on = f"{count} .txt of {words:,} words"
    yield from _measure_starts(plan, qc, taguette)
    # Its work is a dozen starts of some seconds each.
    yield from _measure_imports(plan, folder, on, None if plan.smoke else qc, taguette is not None)


def _find(name: str, program: str) -> Path | None:
    for place in (
        PROGRAMS / name / "bin" / program,
        PROGRAMS / name / "Scripts" / f"{program}.exe",
    ):
        if place.is_file():
            return place
    return None


def _missing(*names: str) -> Iterator[Row]:
    for name in names:
        yield Row(name, "", "–", MISSING)


def _measure_starts(plan: Plan, qc: Path | None, taguette: Path | None) -> Iterator[Row]:
    jobs: dict[str, Callable[[], float]] = {"ours": lambda: run(themecode("--help")).seconds}
    if qc:
        jobs["qc"] = lambda: run([str(qc), "--help"]).seconds
    if taguette:
        jobs["taguette"] = lambda: run([str(taguette), "--version"]).seconds
    study = plan.scratch / "to_serve"
    given = plan.scratch / "theirs"
    run(
        themecode("apply", str(given), "--codebook", plan.phrase_book, "--study", str(study)),
    )
    jobs["ours serves"] = partial(_serve_ours, study)
    if taguette:
        database = plan.scratch / "served.sqlite3"
        jobs["taguette serves"] = partial(_serve_taguette, taguette, database)
        if not plan.smoke:
            _serve_taguette(taguette, database)  # its database is made once
    found = in_turns(jobs, rounds=plan.rounds)
    on = "a whole process: help, and what version it is"
    compared = (("qc", "qc --help", LEAST_START), ("taguette", "taguette --version", 1))
    for name, (other, told, least) in zip(ROWS, compared, strict=False):
        if other not in found:
            yield from _missing(name)
            continue
        yield held_against(name, on, found["ours"], found[other], told, least_times=least)
    if taguette is None:
        yield from _missing(ROWS[2])
        return
    yield held_against(
        ROWS[2], "from the command to an answer over HTTP, of a study and a database that are there",
        found["ours serves"], found["taguette serves"], "taguette --no-browser", least_times=1,
    )  # fmt: skip


def _serve_ours(study: Path) -> float:
    command = themecode("review", "serve", "--study", str(study), "--port", "0", "--json")
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        return _wait_for(address, process, begun)
    finally:
        _end(process)


def _serve_taguette(program: Path, database: Path) -> float:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(program), "--no-browser", "--port", str(port), "--database", str(database)]
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        return _wait_for(f"http://127.0.0.1:{port}", process, begun)
    finally:
        _end(process)


def _wait_for(address: str, process: subprocess.Popen[bytes], begun: float) -> float:
    """Seconds until anything at all is answered."""
    while time.perf_counter() - begun < 60 and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except urllib.error.HTTPError as refused:
            refused.close()  # an answer all the same
        except OSError:
            time.sleep(0.01)
            continue
        return time.perf_counter() - begun
    raise RuntimeError(f"nothing answered at {address}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()


def _measure_imports(
    plan: Plan, folder: Path, on: str, qc: Path | None, has_taguette: bool
) -> Iterator[Row]:
    facts = plan.scratch / "facts.json"
    coded = run_job(
        "others.gather_facts", folder=str(folder), book=plan.founding, most=plan.said_together,
        out=str(facts),
    ).told  # fmt: skip
    made = iter(range(1000))

    def ours() -> Ran:
        study = plan.scratch / f"imported-{next(made)}"
        done = run(themecode("import", str(folder), "--study", str(study)))
        shutil.rmtree(study)
        return done

    jobs: dict[str, Callable[[], dict[str, float]]] = {
        "ours": lambda: {"seconds": ours().seconds},
        "outputs": lambda: run_job(
            "others.write_ours", facts=str(facts), folder=str(folder), book=plan.founding,
            scratch=str(plan.scratch),
        ).told,
    }  # fmt: skip
    if qc:
        jobs["qc"] = lambda: _work_with_qc(qc, plan.scratch, folder, facts)
    if has_taguette:
        python = PROGRAMS / "taguette" / "bin" / "python"
        jobs["taguette"] = lambda: _work_with_taguette(python, plan.scratch, folder, facts)
    found = in_turns(jobs, rounds=plan.rounds)

    def each(name: str, key: str) -> list[float]:
        return [told[key] for told in found[name]]

    number = f"{coded['lines']:,.0f} coded lines, {coded['codes']:.0f} codes"
    passages = f"{coded['passages']:,.0f} coded passages"
    if qc:
        yield held_against(
            ROWS[3], f"{on}, a whole process; it copies, themecode reads turns and speakers",
            each("ours", "seconds"), each("qc", "import"), "qc corpus import --importer verbatim",
            least_times=1,
        )  # fmt: skip
    else:
        yield from _missing(ROWS[3])
    if has_taguette:
        yield held_against(
            ROWS[4], f"{on}, without its start, as HTML (text needs Calibre)",
            each("outputs", "import"), each("taguette", "import"), "Taguette's own importing",
        )  # fmt: skip
    else:
        yield from _missing(ROWS[4])
    if qc:
        yield held_against(
            ROWS[5], f"{number}, each code by each other; it in a whole process",
            each("outputs", "together"), each("qc", "crosstab"), "qc codes crosstab", least_times=1,
            figure=show_seconds(median(each("outputs", "together"))),
        )  # fmt: skip
    else:
        yield from _missing(ROWS[5])
    if not has_taguette:
        yield from _missing(*ROWS[6:])
        return
    yield held_against(
        ROWS[6], f"{coded['codes']:.0f} codes; as CSV there, as REFI-QDA here",
        each("outputs", "codebook"), each("taguette", "codebook"), "Taguette's codebook_csv",
    )  # fmt: skip
    yield held_against(
        ROWS[7], f"{passages} as CSV", each("outputs", "passages"), each("taguette", "passages"),
        "Taguette's highlights_csv", least_times=1,
    )  # fmt: skip


def _work_with_qc(qc: Path, scratch: Path, folder: Path, facts: Path) -> dict[str, float]:
    place = scratch / "qc"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    told = {}

    def call(*command: str) -> float:
        begun = time.perf_counter()
        done = subprocess.run(
            command, cwd=place, capture_output=True, text=True, check=False, timeout=3600
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stderr[-1000:]}{done.stdout[-1000:]}")
        return time.perf_counter() - begun

    call(str(qc), "init")
    told["import"] = call(
        str(qc), "corpus", "import", "--recursive", "--importer", "verbatim", str(folder)
    )
    lines = place / "lines.json"
    lines.write_text(json.dumps(json.loads(facts.read_text("utf-8"))["lines"]), encoding="utf-8")
    call(str(qc.with_name("python")), "-c", GIVE_CODES, str(lines))
    out = place / "crosstab.csv"
    told["crosstab"] = call(str(qc), "codes", "crosstab", "--outfile", str(out))
    if not out.is_file():
        raise RuntimeError("qc wrote no table")
    return told


def _work_with_taguette(python: Path, scratch: Path, folder: Path, facts: Path) -> dict[str, float]:
    database = scratch / "taguette.sqlite3"
    database.unlink(missing_ok=True)
    ran = run([str(python), "-c", TAGUETTE, str(folder), str(facts), str(database)])
    told: dict[str, float] = json.loads(ran.said.splitlines()[-1])
    return told


# ── in processes of their own ────────────────────────────────────────────────────────────────


def gather_facts(folder: str, book: str, most: int, out: str) -> dict[str, float]:
    """What is coded where, for other programs: passages by character, and lines of a file."""
    from outputs import settle_corpus

    codebook = corpus.read_book(book)
    settled = settle_corpus(folder, most, codebook)
    files = [path.name for path in corpus.list_files(folder, 10_000)]
    lines: dict[str, list[tuple[int, str]]] = {}
    passages = []
    for path in corpus.list_files(folder, 10_000):
        text = path.read_text(encoding="utf-8")
        for each in settled:
            segment = each.coding.segment
            if segment.transcript_id != path.stem:
                continue
            place = (text.count("\n", 0, segment.span.start), each.code_id)
            if place not in lines.setdefault(path.name, []):
                lines[path.name].append(place)
            passages.append(
                (files.index(path.name), segment.span.start, segment.span.end, segment.text, each.code_id)
            )  # fmt: skip
    codes = dict.fromkeys((each.code_id for each in settled), "")
    for code in codebook.codes:
        if code.id in codes:
            codes[code.id] = code.definition
    facts = {"files": files, "lines": lines, "passages": passages, "codes": codes}
    Path(out).write_text(json.dumps(facts), encoding="utf-8")
    return {
        "lines": sum(map(len, lines.values())), "passages": len(passages), "codes": len(codes)
    }  # fmt: skip


def write_ours(facts: str, folder: str, book: str, scratch: str) -> dict[str, float]:
    """The same with themecode, in one process: import, count together, codebook and passages out."""
    from outputs import _people, settle_corpus

    from themecode.exchange.qdc import write_qdc
    from themecode.exports.coded_segments import coded_segment_rows
    from themecode.exports.sheets import write_coded_segments
    from themecode.flow.importing import import_files
    from themecode.flow.reading_options import ReadingOptions
    from themecode.matrices.codings import TranscriptFacts, make_study_table
    from themecode.matrices.together import count_together
    from themecode.model import TranscriptKind
    from themecode.store import open_study

    given = json.loads(Path(facts).read_text(encoding="utf-8"))
    codebook = corpus.read_book(book)
    place = Path(scratch) / "ours"
    told = {}
    with open_study(place, create=True) as study, study.lock():
        begun = time.perf_counter()
        import_files(study, [Path(folder)], options=ReadingOptions())
        told["import"] = time.perf_counter() - begun
    shutil.rmtree(place)
    settled = settle_corpus(folder, len(given["passages"]), codebook)
    people = _people(settled)
    transcripts = {
        each: TranscriptFacts(TranscriptKind.INTERVIEW, {}, 1, 1)
        for each in dict.fromkeys(one.coding.segment.transcript_id for one in settled)
    }
    begun = time.perf_counter()
    table = make_study_table(
        settled, codebook=codebook, participants=people, transcripts=transcripts
    )
    count_together(table)
    told["together"] = time.perf_counter() - begun
    for _ in range(2):
        begun = time.perf_counter()
        write_qdc(codebook, Path(scratch) / "ours.qdc")
        told["codebook"] = time.perf_counter() - begun
    begun = time.perf_counter()
    rows = coded_segment_rows(settled, codebook=codebook, participants=people)
    write_coded_segments(rows, Path(scratch) / "ours.csv")
    told["passages"] = time.perf_counter() - begun
    return told
