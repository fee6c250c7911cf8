"""Transcripts in PDF, made with reportlab. All words are invented."""

import random
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

from themecode.errors import UnreadableFile
from themecode.transcripts.pages import read_pdf

WORDS = [
    "the",
    "garden",
    "was",
    "cold",
    "and",
    "nobody",
    "had",
    "told",
    "them",
    "when",
    "buses",
    "ran",
    "past",
    "our",
    "old",
    "gate",
]


def speech(count: int, seed: int) -> str:
    choose = random.Random(seed)
    return " ".join(choose.choice(WORDS) for _ in range(count)).capitalize() + "."


def build(path: Path, paragraphs: Sequence[str], *, columns: int = 1, **style: float) -> Path:
    """Paragraphs on pages with a running header and page numbers."""
    width, height = A4
    inner = (width - 120 - 20 * (columns - 1)) / columns
    frames = [
        Frame(60 + at * (inner + 20), 70, inner, height - 150, 0, 0, 0, 0) for at in range(columns)
    ]

    def decorate(canvas: Canvas, document: BaseDocTemplate) -> None:
        canvas.drawString(60, height - 40, "Interview 3: invented for a test")
        canvas.drawCentredString(width / 2, 30, f"Page {document.page} of 9")

    document = BaseDocTemplate(str(path), pagesize=A4)
    document.addPageTemplates([PageTemplate(frames=frames, onPage=decorate)])
    look = ParagraphStyle("plain", fontName="Helvetica", fontSize=11, leading=14, **style)
    document.build([Paragraph(text, look) for text in paragraphs])
    return path


def paragraphs_of(path: Path) -> list[str]:
    joined: list[str] = []
    for line in read_pdf(path).lines:
        if line.opens or not joined:
            joined.append(line.text)
        else:
            joined[-1] += f" {line.text}"
    return joined


SPOKEN = [f"{'INT' if n % 2 else 'P01'}: {speech(20 + 7 * n % 60, n)}" for n in range(60)]


@pytest.mark.parametrize(
    "style",
    [
        {"spaceAfter": 9},
        {"firstLineIndent": 18},
        {"leftIndent": 36, "firstLineIndent": -36},
    ],
    ids=["a gap", "a first line set in", "a first line sticking out"],
)
def test_paragraphs_are_told_apart_and_page_furniture_is_gone(
    tmp_path: Path, style: dict[str, float]
) -> None:
    got = paragraphs_of(build(tmp_path / "talk.pdf", SPOKEN, **style))
    assert " ".join(got) == " ".join(SPOKEN)
    assert len(set(got) & set(SPOKEN)) >= 0.9 * len(SPOKEN)


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    path = build(tmp_path / "talk.pdf", SPOKEN, columns=2, spaceAfter=9)
    assert " ".join(paragraphs_of(path)) == " ".join(SPOKEN)


def test_bold_labels_are_marked_and_open_a_turn(tmp_path: Path) -> None:
    spoken = [f"<b>P{n}:</b> {speech(40, n)}" for n in range(10, 60)]
    lines = read_pdf(build(tmp_path / "talk.pdf", spoken)).lines
    assert [(line.text[:4], line.marked) for line in lines if line.opens] == [
        (f"P{n}:", 4) for n in range(10, 60)
    ]


def draw(path: Path, pages: Sequence[Sequence[str]], **options: object) -> Path:
    canvas = Canvas(str(path), pagesize=A4, **options)  # type: ignore[arg-type]
    for rows in pages:
        for at, row in enumerate(rows):
            canvas.drawString(60, 700 - 14 * at, row)
        canvas.showPage()
    canvas.save()
    return path


def test_words_broken_at_a_line_s_end_are_mended_and_real_hyphens_kept(tmp_path: Path) -> None:
    rows = [
        "P01: I was in treat-",
        "ment and then the drop-",
        "in, which was self-",
        "run, and I -",
        "well.",
    ]
    lines = read_pdf(draw(tmp_path / "talk.pdf", [rows])).lines
    assert " ".join(line.text for line in lines) == (
        "P01: I was in treatment and then the drop-in, which was self-run, and I - well."
    )


def test_scanned_pages_are_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="scan"):
        read_pdf(draw(tmp_path / "scan.pdf", [[], []]))
    (problem,) = read_pdf(draw(tmp_path / "part.pdf", [["P01: Hello."], []])).problems
    assert not problem.blocks
    assert "page 2" in problem.message


def test_locked_broken_and_disguised_files_are_refused(tmp_path: Path) -> None:
    locked = draw(tmp_path / "a.pdf", [["secretword"]], encrypt=StandardEncryption("key"))
    with pytest.raises(UnreadableFile, match="password"):
        read_pdf(locked)
    for raw in (b"", b"plain words", b"%PDF-1.4\n", b"%PDF-1.4\n" + bytes(range(256)) * 20):
        (tmp_path / "b.pdf").write_bytes(raw)
        with pytest.raises(UnreadableFile):
            read_pdf(tmp_path / "b.pdf")


def test_a_bomb_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    packed = zlib.compress(b" " * 80_000_000, 9)
    path = tmp_path / "bomb.pdf"
    path.write_bytes(
        b"%PDF-1.4\n1 0 obj\n<< /Filter /FlateDecode /Length "
        + str(len(packed)).encode()
        + b" >>\nstream\n"
        + packed
        + b"\nendstream\nendobj\n"
    )
    with pytest.raises(UnreadableFile, match="unpacks"):
        read_pdf(path)


def test_damaged_copies_are_read_or_refused(tmp_path: Path) -> None:
    raw = build(tmp_path / "talk.pdf", SPOKEN[:20]).read_bytes()
    choose = random.Random(5)
    for _ in range(150):
        bad = bytearray(raw[: choose.randrange(200, len(raw))])
        for _ in range(5):
            bad[choose.randrange(len(bad))] = choose.randrange(256)
        (tmp_path / "bad.pdf").write_bytes(bytes(bad))
        try:
            read_pdf(tmp_path / "bad.pdf")
        except UnreadableFile:
            continue
