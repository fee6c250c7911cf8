"""Small invented studies as files, and the real command run on them."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from themecode.cli import run as run_command

OUTPUTS = ("coded_segments.csv", "coded_segments.xlsx", "theme_matrix.csv", "theme_tables.docx")
COLUMNS = (
    "transcript,turn,speaker,participant,role,start,end,text,theme_id,theme,code_id,code,coder,"
    "confidence,status,evidence,reviewer,decision,note,codebook_version,content_note"
).split(",")

BOOK = """\
title: An invented study
version: "1"
word_lists:
  child: [kid, child, baby]
themes:
- id: stigma
  name: Stigma
  definition: Being thought less of.
  codes:
  - id: stigma.judged
    name: Judged
    definition: Someone looks down on the speaker.
    include: being judged by staff
    examples: ["They look at you like dirt."]
    cues:
      strong: [feel judged, looked at me like dirt]
      fair: [judge]
- id: family
  name: Family
  definition: Children and kin.
  codes:
  - id: family.removal
    name: Losing children
    definition: Children taken by services.
    content_note: Child removal.
    cues:
      strong: ["take my? <child>"]
  - id: family.care
    name: Childcare
    definition: Who minds the children.
    cues:
      strong: [childcare]
"""

TALK = """\
INT: How was it at the clinic?

{who}: I felt judged the minute I sat down, {who} or no {who}.

INT: And the children?

{who}: They took my kids. There was no childcare for the appointment either.

INT: Did you feel judged after that?

{who}: It was raining when we went home, so we got the bus.
"""


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def themecode(*arguments: object) -> Ran:
    """The command, run in this process as the shell would run it."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8", newline=""), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = run_command([str(each) for each in arguments])
    out.flush()
    return Ran(status, out.buffer.getvalue().decode(), err.getvalue())  # type: ignore[attr-defined]


def start(*arguments: object, **options: Any) -> subprocess.Popen[str]:
    """The command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "themecode", *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        encoding="utf-8",
        env={**os.environ, "COLUMNS": "80", **options.pop("env", {})}, **options,
    )  # fmt: skip


def run_process(*arguments: object, **options: Any) -> Ran:
    process = start(*arguments, **options)
    out, err = process.communicate(timeout=120)
    return Ran(process.returncode, out, err)


def write_book(text: str = BOOK, name: str = "book.yaml") -> Path:
    path = Path(name)
    path.write_text(text, encoding="utf-8")
    return path


def write_talk(who: str, folder: str = "talks", text: str = TALK) -> Path:
    path = Path(folder) / f"{who}.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.replace("{who}", who), encoding="utf-8")
    return path


def make_study(*people: str) -> Path:
    """A study of an interview a person, coded, in ./study; the transcripts are in ./talks."""
    write_book()
    for who in people or ("P01", "P02"):
        write_talk(who)
    ran = themecode("apply", "talks", "--codebook", "book.yaml")
    assert (ran.status, ran.err) == (0, "")
    return Path("study")


def read_outputs(study: str | Path = "study") -> dict[str, bytes]:
    return {name: (Path(study) / "outputs" / name).read_bytes() for name in OUTPUTS}


def read_segments(study: str | Path = "study") -> list[dict[str, str]]:
    text = (Path(study) / "outputs" / "coded_segments.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def read_log(study: str | Path = "study") -> list[tuple[str, dict[str, int]]]:
    from themecode.store import open_study

    with open_study(study) as opened:
        return [(entry.what, dict(entry.counts)) for entry in opened.log()]


def coded_times(study: str | Path = "study") -> int:
    """How many times any transcript was coded through."""
    return sum(counts["passes"] for what, counts in read_log(study) if what == "add codings")


def answer(text: str, verdict: str = "accept", study: str | Path = "study", **how: Any) -> str:
    """A reviewer's decision about the coding of a passage that holds `text`; the coding's id."""
    from datetime import UTC, datetime

    from themecode.model import Decision, Verdict
    from themecode.store import open_study
    from themecode.suggest.coder import CODER

    with open_study(study) as opened:
        coding = next(
            coding
            for coding, _ in opened.codings(machine=CODER)
            if text in coding.segment.text and how.get("code", coding.code_id) == coding.code_id
        )
        opened.add_decision(
            Decision(
                f"{how.get('reviewer', 'Dee')}-{coding.id}", coding.id, how.get("reviewer", "Dee"),
                Verdict(verdict), how.get("to"), how.get("note", ""), datetime(2026, 1, 2, tzinfo=UTC),
            )
        )  # fmt: skip
    return coding.id
