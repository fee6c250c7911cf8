"""Lets the reliability tests import their helpers, and gives each a folder of its own to work in.

Sizes are those of continuous integration; `make nightly` sets THEMECODE_NIGHTLY for the full ones.
What is measured is written to the file THEMECODE_MEASURED names, for docs/reliability.md.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "flow"))
sys.path += [str(Path(__file__).parents[1] / folder) for folder in ("review", "packs")]


#: A disk in memory, where the system has one with room: killing a process cannot lose what the system
#: holds, so nothing is proved by waiting for a real disk. (Power cuts have a file system of their own.)
_MEMORY = Path("/dev/shm")
_ROOM = 2**30


@pytest.fixture(autouse=True)
def work_folder(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder of the test's own; on a real disk where its module says ON_A_REAL_DISK."""
    in_memory = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)
    in_memory = in_memory and shutil.disk_usage(_MEMORY).free > _ROOM
    real = getattr(request.module, "ON_A_REAL_DISK", False)
    folder = Path(tempfile.mkdtemp(dir=_MEMORY)) if in_memory and not real else tmp_path
    monkeypatch.chdir(folder)
    monkeypatch.delenv("THEMECODE_STUDY", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    yield folder
    if folder != tmp_path:
        shutil.rmtree(folder, ignore_errors=True)
