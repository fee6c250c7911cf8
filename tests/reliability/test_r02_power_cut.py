"""R2: the current goes off between any two writes, and whatever was not synced may be gone.

The file system below drops, tears and reorders what was not yet synced, as disks do. Shared memory
cannot be simulated through it, so that the connection keeps the study to itself
(locking_mode=EXCLUSIVE); every other setting is the program's own.
"""

from __future__ import annotations

import random
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import apsw
import pytest
from field_work import make_study
from measured import record, size

from themecode.store.sqlite_settings import SQLITE_SETTINGS

SECTOR = 512


class PowerCut(Exception):
    """The current is off."""


class Disk:
    """What files hold, and what of it is sure to be there after a power cut."""

    def __init__(self, cut_at: int, chance: random.Random) -> None:
        self.left = cut_at
        self.chance = chance
        self.sure: dict[str, bytearray] = {}
        self.unsure: dict[str, list[tuple[int, bytes | None]]] = {}
        self.off = False

    def step(self) -> None:
        if self.off:
            raise PowerCut
        self.left -= 1
        if self.left < 0:
            self.off = True
            raise PowerCut

    def sync(self, name: str) -> None:
        content = self.sure.setdefault(name, bytearray())
        for at, written in self.unsure.pop(name, []):
            _put(content, at, written)

    def after(self) -> dict[str, bytes]:
        """The files as they are found when the current is back."""
        found = {}
        for name in self.sure.keys() | self.unsure.keys():
            content = bytearray(self.sure.get(name, b""))
            for at, written in self.unsure.get(name, []):
                fate = self.chance.random()
                if fate < 0.5:
                    continue
                if fate < 0.75 and written is not None and len(written) > SECTOR:
                    written = written[
                        : SECTOR * self.chance.randrange(1, len(written) // SECTOR + 1)
                    ]
                _put(content, at, written)
            found[name] = bytes(content)
        return found


def _put(content: bytearray, at: int, written: bytes | None) -> None:
    if written is None:
        del content[at:]
        return
    if len(content) < at:
        content.extend(b"\0" * (at - len(content)))
    content[at : at + len(written)] = written


class DroppingFile(apsw.VFSFile):
    def __init__(self, name: object, flags: list[int], disk: Disk) -> None:
        super().__init__("", name, flags)
        self.disk = disk
        self.name = Path(name.filename() if isinstance(name, apsw.URIFilename) else str(name)).name

    def xWrite(self, data: bytes, offset: int) -> None:
        self.disk.step()
        self.disk.unsure.setdefault(self.name, []).append((offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:
        self.disk.step()
        self.disk.unsure.setdefault(self.name, []).append((size, None))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        self.disk.step()
        self.disk.sync(self.name)


class DroppingDisk(apsw.VFS):
    def __init__(self, name: str, disk: Disk) -> None:
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name: object, flags: list[int]) -> DroppingFile:
        return DroppingFile(name, flags, self.disk)


def _run(
    folder: Path, template: bytes, settings: tuple[str, ...], cut_at: int, seed: int
) -> tuple[set[int], Disk]:
    """Decide until the current goes off; the decisions that were acknowledged."""
    folder.mkdir()
    (folder / "study.db").write_bytes(template)
    disk = Disk(cut_at, random.Random(seed))
    disk.sure["study.db"] = bytearray(template)
    vfs = DroppingDisk(f"dropping-{seed}-{cut_at}", disk)
    acknowledged: set[int] = set()
    connection = apsw.Connection(
        str(folder / "study.db"),
        vfs=vfs.vfs_name if hasattr(vfs, "vfs_name") else f"dropping-{seed}-{cut_at}",
    )
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        for setting in settings:
            connection.execute(setting)
        for number in range(24):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(
                "INSERT INTO decisions(id, coding_id, reviewer, verdict, note, decided_at) "
                "VALUES (?, 'c', 'Dee', 'accept', ?, '2026')",
                (f"cut-{number}", "x" * 400),
            )
            connection.execute("COMMIT")
            acknowledged.add(number)
            if number % 10 == 9:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except (PowerCut, apsw.Error):
        pass
    finally:
        disk.off = True
        with suppress(PowerCut, apsw.Error):
            connection.close(True)
    return acknowledged, disk


def _cut_power(cuts: int, settings: tuple[str, ...]) -> tuple[int, int, int]:
    """How many cuts there were, how many lost an acknowledged decision, how many left a damaged file."""
    template = Path("study/study.db").read_bytes()
    steps, folder = 10**9, Path("cut")
    _, whole = _run(folder, template, settings, steps, 0)
    steps = 10**9 - whole.left
    shutil.rmtree(folder)
    lost = damaged = 0
    chance = random.Random(87)
    for cut in range(cuts):
        acknowledged, disk = _run(folder, template, settings, chance.randrange(steps), cut + 1)
        shutil.rmtree(folder)
        folder.mkdir()
        for name, content in disk.after().items():
            (folder / name).write_bytes(content)
        try:
            with closing(sqlite3.connect(folder / "study.db")) as database:
                if database.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                    damaged += 1
                found = {row[0] for row in database.execute("SELECT id FROM decisions")}
                lost += not {f"cut-{number}" for number in acknowledged} <= found
        except sqlite3.DatabaseError:
            damaged += 1
        shutil.rmtree(folder)
    return cuts, lost, damaged


def test_a_power_cut_loses_nothing_that_was_acknowledged() -> None:
    make_study()
    cuts, lost, damaged = _cut_power(size(200, 2000), SQLITE_SETTINGS)
    assert (lost, damaged) == (0, 0)
    record("R2", cuts=cuts, lost=lost, damaged=damaged)


def test_the_power_cuts_have_teeth() -> None:
    """With synchronous=NORMAL, which many programs use, acknowledged decisions are lost."""
    make_study()
    weak = tuple(
        "PRAGMA synchronous=NORMAL" if "synchronous" in setting else setting
        for setting in SQLITE_SETTINGS
    )
    assert weak != SQLITE_SETTINGS
    cuts, lost, damaged = _cut_power(size(200, 200), weak)
    assert lost > cuts * 0.2
    record("R2 teeth", cuts=cuts, lost_with_normal=lost, damaged_with_normal=damaged)


@pytest.mark.parametrize("setting", ["PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL"])
def test_the_settings_the_cuts_are_about_are_the_programs_own(setting: str) -> None:
    assert setting in SQLITE_SETTINGS
