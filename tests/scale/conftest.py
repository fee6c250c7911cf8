"""Lets these tests import `dask_cluster`, and gives them transcripts to code."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

BOOK = """\
title: An invented study
version: "1"
themes:
- id: stigma
  name: Stigma
  definition: Being thought less of.
  codes:
  - id: stigma.judged
    name: Judged
    definition: Someone looks down on the speaker.
    cues:
      strong: [feel judged]
      fair: [judge]
- id: family
  name: Family
  definition: Children and kin.
  codes:
  - id: family.care
    name: Childcare
    definition: Who minds the children.
    cues:
      strong: [childcare]
"""


@pytest.fixture
def field_work(tmp_path: Path) -> Path:
    """A folder with a codebook and a hundred and fifty invented transcripts."""
    (tmp_path / "book.yaml").write_text(BOOK, encoding="utf-8")
    folder = tmp_path / "transcripts"
    folder.mkdir()
    for number in range(150):
        who = f"P{number:03}"
        talk = "".join(
            f"INT: And on day {day}?\n\n{who}: I felt judged on day {day} of {number}. "
            f"{'There was no childcare.' if (day + number) % 3 else 'We got the bus.'}\n\n"
            for day in range(6)
        )
        (folder / f"{who}.txt").write_text(talk, encoding="utf-8")
    return tmp_path
