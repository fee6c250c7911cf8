"""R13 for what people send one another: projects, pages, codebooks, packs, name workbooks and keys."""

from __future__ import annotations

import io
import random
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from docx import Document
from field_work import make_study, themecode
from measured import record, size
from mutating import mutate

sys.path.append(str(Path(__file__).parents[1] / "review"))
from review_field import plan

from themecode.errors import ThemecodeError
from themecode.exchange.project_in import read_project
from themecode.flow.converting import read_any_codebook
from themecode.flow.deciding import load_key, read_decisions
from themecode.model import Problem
from themecode.packs.collecting import read_returned
from themecode.store import open_study
from themecode.transcripts import read_file
from themecode.transcripts.participants import read_participants

Reader = Callable[[Path], Iterable[Problem]]
CANARY = "xylophone-vermilion-kestrel"


def make_pdf(*lines: str) -> bytes:
    """A page of plain text as a PDF, the smallest there is, so that many can be read."""
    drawn = "BT /F1 11 Tf 14 TL 50 750 Td " + " ".join(f"({each}) Tj T*" for each in lines) + " ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(drawn)}>>stream\n{drawn}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )  # fmt: skip
    made, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj{each}endobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    return (
        made
        + f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
        f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{len(made)}\n%%EOF\n".encode()
    )


def _read_codebook(path: Path) -> Iterable[Problem]:
    return read_any_codebook(str(path))[-1]


def _read_project(path: Path) -> Iterable[Problem]:
    read_project(path)
    return ()


def _read_pack(path: Path) -> Iterable[Problem]:
    return read_returned(path).problems


def _read_names(path: Path) -> Iterable[Problem]:
    return read_decisions(path, (), is_ordinary=lambda _: False, transcripts=())[1]


def _read_key(path: Path) -> Iterable[Problem]:
    load_key(path)
    return ()


def _make_seeds() -> list[tuple[str, bytes, Reader]]:
    """One whole file of each kind, as the program itself writes it."""
    make_study("P01")
    Path("made").mkdir()

    def ask(*arguments: object) -> None:
        ran = themecode(*arguments)
        assert ran.status == 0, ran.err

    ask("export", "--format", "qdpx", "-o", "made/study.qdpx")
    for ending in ("qdc", "csv", "xlsx", "docx"):
        ask("codebook", "convert", "book.yaml", f"made/book.{ending}")
    ask("pseudonymise", "find", "-o", "made/names.xlsx")
    with open_study("study") as study:
        plan(study, "Dee", "Ruth")
    for form in ("docx", "xlsx"):
        ask("review", "pack", "--format", form, "--reviewer", "Dee", "-o", f"made/pack.{form}")
    document = Document()
    document.add_paragraph(f"P01: I felt judged, {CANARY}.")
    made = io.BytesIO()
    document.save(made)
    key = (
        '{"format": "themecode pseudonym key", "version": 1, "decisions": [\n{"words": "Mo", "kind": '
        '"person", "decision": "replace", "becomes": "Anna", "transcript": null, "any_case": true}\n]}\n'
    )
    pages = make_pdf("INT: Well?", f"P01: I felt judged, {CANARY}.", "INT: And?", "P01: My kids.")

    def problems_of(path: Path) -> Iterable[Problem]:
        return read_file(path).problems

    readers: dict[str, Reader] = {"study.qdpx": _read_project, "names.xlsx": _read_names}
    readers |= {f"book.{ending}": _read_codebook for ending in ("qdc", "csv", "xlsx", "docx")}
    readers |= {f"pack.{ending}": _read_pack for ending in ("docx", "xlsx")}
    return [
        *((name, Path("made", name).read_bytes(), reader) for name, reader in readers.items()),
        ("talk.pdf", pages, problems_of),
        ("names.key", key.encode(), _read_key),
        ("people.xlsx", Path("made/book.xlsx").read_bytes(), lambda path: read_participants(path)[1]),
    ]  # fmt: skip


def test_mutants_of_what_is_exchanged_are_read_or_refused() -> None:
    seeds = _make_seeds()
    for name, content, reader in seeds[:-1]:
        Path(name).write_bytes(content)
        assert not [problem for problem in reader(Path(name)) if problem.blocks], name
    chance, each, refused = random.Random(13), size(100, 2000), 0
    for name, content, reader in seeds:
        for _ in range(each):
            Path(name).write_bytes(mutate(content, chance))
            try:
                problems = tuple(reader(Path(name)))
            except ThemecodeError as error:
                problems = (Problem(name, None, str(error)),)
            refused += any(problem.blocks for problem in problems)
            assert not any(CANARY in problem.message for problem in problems), name
    record(
        "R13 exchanged", kinds=len(seeds), mutants=each * len(seeds), refused=refused, tracebacks=0
    )
