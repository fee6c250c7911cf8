"""R17: each free-text field, with each payload, in packs, name workbooks and lists of what was held back."""

from __future__ import annotations

import csv
import io
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from field_work import BOOK, answer, themecode
from measured import record

sys.path.append(str(Path(__file__).parents[1] / "review"))
from review_field import plan

from themecode.flow.deciding import save_key
from themecode.pseudonyms.candidates import Kind
from themecode.pseudonyms.key import Action, Entry
from themecode.store import open_study

PAYLOADS = (
    "=1+1", "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(A1)", '=HYPERLINK("http://x","y")', "\t=1+1",
    "http://evil.example", "mailto:a@b.example", "- I was judged.",
)  # fmt: skip
#: Fields a person fills in, and what is written of them.
FIELDS = ("words", "speaker", "role", "participant", "theme", "code", "definition", "include", "example",
          "content note", "note", "reviewer", "becomes", "kept name")  # fmt: skip


def _ask(*arguments: object) -> None:
    ran = themecode(*arguments)
    assert ran.status == 0, ran.err


def _make(payload: str) -> None:
    """A study in which the payload stands in every field a person fills in."""
    one = payload.strip()
    quoted = "'" + one.replace("'", "''") + "'"
    book = BOOK.replace("name: Stigma", f"name: {quoted}")
    book = book.replace("name: Judged\n", f"name: {quoted}\n    content_note: {quoted}\n")
    book = book.replace("definition: Someone looks down on the speaker.", f"definition: {quoted}")
    book = book.replace("include: being judged by staff", f"include: {quoted}")
    book = book.replace('["They look at you like dirt."]', f"[{quoted}]")
    Path("book.yaml").write_text(book, encoding="utf-8")
    with Path("talk.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["speaker", "text"])
        for who, words in (
            ("INT", "Well?"), (one, f"{payload} I felt judged by Morwenna {payload}"), ("INT", "And?"),
            (one, f"{payload} They took my kids in Bodmin {payload}"),
        ):  # fmt: skip
            rows.writerow([who, words])
    with Path("people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["participant", "transcript", "speaker", "role", "consent"])
        rows.writerow([f"{one} P01", "talk", one, one, "quote"])
        rows.writerow(["P02", "quiet", "P02", one, "none"])
    Path("quiet.txt").write_text("INT: Well?\n\nP02: I felt judged there.\n", encoding="utf-8")
    Path("talks").mkdir()
    for name in ("talk.csv", "quiet.txt"):
        Path(name).replace(Path("talks", name))
    _ask("apply", "talks", "--codebook", "book.yaml", "--participants", "people.csv")
    answer("I felt judged", note=payload, reviewer=f"{payload} Eve")
    save_key(
        [
            Entry("Morwenna", Kind.PERSON, Action.REPLACE, one),
            Entry(f"{one} judged", Kind.PERSON, Action.KEEP),
        ],
        Path("names.key"),
    )


def _cells(path: Path) -> Iterator[tuple[str, bool]]:
    """Each cell's words, and whether it does anything."""
    if path.suffix == ".csv":
        text = path.read_text(encoding="utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline="")):
            for value in row:
                acts = re.match(r"[=+\-@\t\r]", value) and not re.fullmatch(r"-?[\d.]+", value)
                yield value, bool(acts)
        return
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                yield str(cell.value), cell.data_type == "f" or cell.hyperlink is not None


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_no_field_does_anything_in_what_is_sent_and_kept(number: int) -> None:
    payload = PAYLOADS[number]
    _make(payload)
    _ask("pseudonymise", "find", "--key", "names.key", "-o", "names.xlsx")
    with open_study("study") as study:
        plan(study, f"{payload.strip()} Dee", "Ruth")
    for form in ("docx", "xlsx"):
        _ask("review", "pack", "--reviewer", f"{payload.strip()} Dee", "--format", form, "-o", f"pack.{form}")  # fmt: skip
    files = [Path("names.xlsx"), Path("pack.xlsx"), *Path("study/outputs").glob("*.csv")]
    assert Path("study/outputs/held_back.csv") in files
    cells = acting = 0
    for path in files:
        for _, acts in _cells(path):
            cells += 1
            acting += acts
    assert acting == 0
    # Excel holds the words as they were said.
    packed = [words for words, _ in _cells(Path("pack.xlsx"))]
    assert any(words.startswith(payload.strip()) and "judged" in words for words in packed)
    assert payload.strip() in [words for words, _ in _cells(Path("names.xlsx"))]
    with zipfile.ZipFile("pack.docx") as archive:
        for name in archive.namelist():
            part = archive.read(name).decode("utf-8", "replace")
            assert "instrText" not in part and "fldSimple" not in part, name
            assert 'TargetMode="External"' not in part, name
    record(
        f"R17 payload {number}", fields=len(FIELDS), files=len(files) + 1, cells=cells,
        formula_or_link_cells=acting,
    )  # fmt: skip
