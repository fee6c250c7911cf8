"""Which files are transcripts: folders walked, and what lies beside transcripts passed over."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from themecode.model import Problem

#: Each ending's module and function. A module is imported when its first file is read.
READERS = {
    ".txt": ("plain", "read_plain"),
    ".text": ("plain", "read_plain"),
    ".md": ("plain", "read_markdown"),
    ".markdown": ("plain", "read_markdown"),
    ".docx": ("word", "read_word"),
    ".docm": ("word", "read_word"),
    ".vtt": ("captions", "read_vtt"),
    ".srt": ("captions", "read_srt"),
    ".odt": ("opendocument", "read_odt"),
    ".rtf": ("rich_text", "read_rtf"),
    ".pdf": ("pages", "read_pdf"),
    ".json": ("diarised", "read_json"),
    ".csv": ("sheets", "read_csv"),
    ".tsv": ("sheets", "read_csv"),
    ".xlsx": ("sheets", "read_xlsx"),
}
#: Sheets: a turn or a survey response a row.
SHEETS = frozenset({".csv", ".tsv", ".xlsx"})
#: What each ending that cannot be read is, and what to do about it.
REFUSED = {
    ".doc": "old-style Word files (.doc) cannot be read. Open it in Word or LibreOffice and use "
    "Save As to make a Word document (.docx).",
    ".xls": "old-style Excel files (.xls) cannot be read. Open it in Excel or LibreOffice and use "
    "Save As to make an Excel workbook (.xlsx).",
    ".pages": "Pages files cannot be read. In Pages, use File, Export To, Word.",
    ".wav": "this is sound, not a transcript. Have it transcribed first.",
    ".mp3": "this is sound, not a transcript. Have it transcribed first.",
    ".m4a": "this is sound, not a transcript. Have it transcribed first.",
    ".mp4": "this is a recording, not a transcript. Have it transcribed first.",
    ".zip": "this is a zip archive. Unzip it and give the folder instead.",
}
#: Files that lie beside transcripts and are none, by how their names begin.
_NOT_TRANSCRIPTS = ("readme", "license", "licence", "changelog")
_NOTHING_THERE = (
    "there is no transcript in this folder. It should hold .docx, .odt, .rtf, .pdf, .txt, .md, .vtt, .srt, "
    ".json, .csv or .xlsx files."
)
_LEFT_BY_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", "icon\r", "__macosx"})


def find_files(paths: Iterable[Path]) -> tuple[list[Path], list[Problem]]:
    """The transcripts among the paths given, folders searched through, in order of name.

    Hidden and temporary files are passed over, and so are README files and, inside folders, sheets
    whose name begins with "participants" and files with an ending no transcript has.

    Returns:
        The files to read, and a problem for each path that is missing or of a kind that is not read.
    """
    files: list[Path] = []
    problems: list[Problem] = []
    for path in paths:
        if path.is_dir():
            found = len(files) + len(problems)
            _walk_folder(path, files, problems)
            if len(files) + len(problems) == found:
                problems.append(Problem(str(path), None, _NOTHING_THERE))
        elif not path.exists():
            problems.append(
                Problem(str(path), None, "there is no such file or folder. Check the spelling.")
            )
        elif not _is_left_out(path):
            _sort_file(path, files, problems)
    unique: dict[str, Path] = {}
    for file in files:
        unique.setdefault(os.path.normcase(file.absolute()), file)
    return list(unique.values()), problems


def _walk_folder(folder: Path, files: list[Path], problems: list[Problem]) -> None:
    def note(error: OSError) -> None:
        problems.append(Problem(str(error.filename), None, "this folder may not be opened."))

    for here, folders, names in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not _is_hidden(name))
        for name in sorted(names, key=lambda one: (one.casefold(), one)):
            path = Path(here) / name
            if not _is_left_out(path):
                _sort_file(path, files, problems)


def _is_hidden(name: str) -> bool:
    return name.startswith((".", "~$", "~")) or name.casefold() in _LEFT_BY_SYSTEMS


def _is_left_out(path: Path) -> bool:
    stem = path.stem.casefold()
    return (
        _is_hidden(path.name)
        or path.suffix.lower() in (".tmp", ".bak", ".lnk")
        or stem.startswith(_NOT_TRANSCRIPTS)
        or (stem.startswith("participants") and path.suffix.lower() in SHEETS)
    )


def _sort_file(path: Path, files: list[Path], problems: list[Problem]) -> None:
    suffix = path.suffix.lower()
    if suffix in READERS:
        files.append(path)
    else:
        problems.append(Problem(str(path), None, REFUSED.get(suffix, explain_suffix(suffix))))


def explain_suffix(suffix: str) -> str:
    """Why a file with this ending is not read, and what to do."""
    kinds = "docx, odt, rtf, pdf, txt, md, vtt, srt, json, csv or xlsx"
    what = f"files ending in {suffix} are" if suffix else "a file without an ending is"
    return f"{what} not read. Save it as one of {kinds}, or move it elsewhere."
