"""People who do things to the packs they are sent."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
from review_field import AT, book

from themecode.packs.collecting import Collected, collect_files
from themecode.packs.contents import Pack, fill_pack
from themecode.packs.document import write_document
from themecode.packs.workbook import write_workbook
from themecode.store import Study

LATER = datetime(2026, 3, 20, 9, tzinfo=UTC)


def fill(study: Study, who: str = "Dee") -> Pack:
    return fill_pack(study, book(study), who, made_at=AT)


def workbook(study: Study, who: str = "Dee", name: str = "pack.xlsx") -> Path:
    write_workbook(fill(study, who), Path(name))
    return Path(name)


def document(study: Study, who: str = "Dee", name: str = "pack.docx") -> Path:
    write_document(fill(study, who), Path(name))
    return Path(name)


def collect(study: Study, *paths: Path, **options: Any) -> list[Collected]:
    return collect_files(study, book(study), paths, now=LATER, **options)


def heading(sheet: Any, name: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == name)


def fill_in(path: Path, answer: Callable[[int, str], tuple[str, str, str] | None]) -> int:
    """Answer every excerpt of a workbook; `answer` is given its number and question."""
    opened = openpyxl.load_workbook(path, rich_text=True)
    done = 0
    for sheet in opened.worksheets:
        if sheet.title not in ("Excerpts", "With content notes"):
            continue
        at = [
            heading(sheet, n)
            for n in ("Your answer", "If something else, which codes?", "Your note")
        ]
        for row in range(2, sheet.max_row + 1):
            number = sheet.cell(row, heading(sheet, "No.")).value
            asked = str(sheet.cell(row, heading(sheet, "Is it about…")).value)
            said = answer(int(number), asked)
            for column, text in zip(at, said or (), strict=False):
                if text:
                    sheet.cell(row, column).value = text
            done += said is not None
    opened.save(path)
    return done


def answers(study: Study, who: str = "Dee") -> list[tuple[str, tuple[str, ...], str, str]]:
    return [
        (each.reply.value, each.codes, each.note, each.came_by)
        for each in study.review_answers(reviewer=who)
    ]


def resave(path: Path, kind: str) -> Path:
    """What LibreOffice makes of a file that is opened and saved again."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    assert program, "LibreOffice is missing: `make test` installs it"
    folder = path.parent / "saved again"
    folder.mkdir(exist_ok=True)
    subprocess.run(
        [program, f"-env:UserInstallation={(Path.cwd() / 'profile').as_uri()}", "--headless",
         "--convert-to", kind, "--outdir", str(folder), str(path)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    return folder / path.name
