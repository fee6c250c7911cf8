"""The DPIA starter: what a charity fills in in Word is what stands on the page."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def test_the_word_file_is_the_page() -> None:
    spec = importlib.util.spec_from_file_location("write_dpia", ROOT / "tools/write_dpia.py")
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    page = (DOCS / "dpia-starter.md").read_text(encoding="utf-8")
    made = tool.make_document(page)
    from io import BytesIO

    from docx import Document

    def words(raw: bytes) -> list[str]:
        document = Document(BytesIO(raw))
        cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
        return [each.text for each in document.paragraphs] + cells

    kept = words((DOCS / "dpia-starter.docx").read_bytes())
    assert kept == words(made), "run `python tools/write_dpia.py`"
    plain = re.sub(r"\W+", " ", " ".join(kept))
    for sentence in re.findall(r"\| ([^|\[\]*`]{25,}) \|", page):
        assert re.sub(r"\W+", " ", sentence).strip() in plain


def test_every_command_it_names_is_one() -> None:
    from themecode.cli import COMMANDS

    page = (DOCS / "dpia-starter.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`themecode (\w+)", page))
    assert {"encrypt", "withdraw", "safeguarding"} <= named <= set(COMMANDS)
