"""The Word and Excel files, opened by a program that people open them with."""

import shutil
import subprocess
from pathlib import Path

import pypdfium2
import pytest

from themecode.cli import run

SAMPLE = Path(__file__).parents[2] / "transcripts_sample"


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    study = tmp_path_factory.mktemp("study")
    status = run(
        ["apply", str(SAMPLE / "P01_interview.docx"), str(SAMPLE / "FG1_women.rtf"),
         "--participants", str(SAMPLE / "participants.csv"), "--codebook", "women_in_treatment",
         "--study", str(study)]
    )  # fmt: skip
    assert status == 0
    return study / "outputs"


def print_pages(path: Path, folder: Path) -> list[str]:
    """The text of each page as LibreOffice prints it."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is missing: `make test` installs it"
    profile = (folder / "profile").as_uri()
    subprocess.run(
        [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf",
         "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    with pypdfium2.PdfDocument(folder / f"{path.stem}.pdf") as pages:
        return [page.get_textpage().get_text_bounded() for page in pages]


def test_the_theme_tables_print_with_their_headings_on_every_page(
    outputs: Path, tmp_path: Path
) -> None:
    pages = print_pages(outputs / "theme_tables.docx", tmp_path)
    assert len(pages) > 5
    assert "Women in drug and alcohol treatment: theme tables" in pages[0]
    assert "Stigma and judgement" in pages[0]
    assert f"Page 1 of {len(pages)}" in pages[0]
    with_a_table = [page for page in pages if "—" in page]
    assert sum("What it means" in page for page in with_a_table) == len(with_a_table)


def test_the_workbook_opens_with_its_columns_and_its_guide(outputs: Path, tmp_path: Path) -> None:
    text = "\n".join(print_pages(outputs / "coded_segments.xlsx", tmp_path))
    assert "codebook_version" in text
    assert "Where the coding stands" in text
    assert "FG1_women" in text
