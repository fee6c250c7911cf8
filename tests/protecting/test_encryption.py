"""Studies encrypted at rest: nothing readable on the disk, and everything else works as before."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "flow"))
from field_work import Ran, answer, make_study, read_segments, themecode

pytest.importorskip("sqlcipher3")
PASSPHRASE = "correct horse's battery staple"


@pytest.fixture(autouse=True)
def locked_study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("THEMECODE_STUDY", raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    study = make_study()
    answer("They took my kids", code="family.removal")
    assert themecode("backup").status == 0
    monkeypatch.setenv("THEMECODE_NEW_PASSPHRASE", PASSPHRASE)
    ran = themecode("encrypt")
    assert ran.status == 0, ran.err
    monkeypatch.setenv("THEMECODE_PASSPHRASE", PASSPHRASE)
    return study


def _ok(ran: Ran) -> Ran:
    assert ran.status == 0, ran.err
    return ran


def test_no_word_can_be_read_from_the_database_or_its_copies(locked_study: Path) -> None:
    for path in (locked_study / "study.db", *(locked_study / "backups").iterdir()):
        content = path.read_bytes()
        assert not content.startswith(b"SQLite")
        for words in (b"judged in", b"transcripts", b"participant"):  # too long for chance
            assert words not in content
    leftovers = [path.name for path in locked_study.iterdir() if path.name.startswith(".")]
    assert leftovers == []


def test_everything_works_on_an_encrypted_study(locked_study: Path) -> None:
    before = len(read_segments())
    _ok(themecode("check"))
    _ok(themecode("apply", "talks"))
    assert len(read_segments()) == before
    _ok(themecode("backup"))
    _ok(themecode("export", "--format", "csv", "-o", "out.csv"))
    _ok(themecode("withdraw", "P01", "--yes"))
    assert not [path for path in (locked_study / "backups").iterdir()
                if path.read_bytes().startswith(b"SQLite")]  # fmt: skip
    _ok(themecode("restore", "--yes"))
    _ok(themecode("check", "--repair"))
    assert themecode("status", "--json").json["transcripts"] == 1
    content = bytearray((locked_study / "study.db").read_bytes())
    content[5000:9000] = b"x" * 4000
    (locked_study / "study.db").write_bytes(content)
    ran = themecode("check")
    assert ran.status == 1 and "Traceback" not in ran.err
    _ok(themecode("restore", "--yes"))
    _ok(themecode("check"))


def test_without_the_passphrase_nobody_gets_in(
    locked_study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THEMECODE_PASSPHRASE", "not the right passphrase")
    before = (locked_study / "study.db").read_bytes()
    for command in (("status",), ("backup",), ("withdraw", "P01", "--yes"), ("apply", "talks")):
        ran = themecode(*command)
        assert ran.status == 1 and "passphrase does not open" in ran.err
        assert ran.err.count("\n") == 1
    monkeypatch.delenv("THEMECODE_PASSPHRASE")
    ran = themecode("status")
    assert ran.status == 1 and "THEMECODE_PASSPHRASE" in ran.err
    assert (locked_study / "study.db").read_bytes() == before


def test_encryption_can_be_taken_off_and_the_passphrase_changed(
    locked_study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("THEMECODE_NEW_PASSPHRASE", "another passphrase entirely")
    _ok(themecode("encrypt"))
    assert themecode("status").status == 1
    monkeypatch.setenv("THEMECODE_PASSPHRASE", "another passphrase entirely")
    _ok(themecode("status"))
    _ok(themecode("encrypt", "--off"))
    monkeypatch.delenv("THEMECODE_PASSPHRASE")
    _ok(themecode("check"))
    assert (locked_study / "study.db").read_bytes().startswith(b"SQLite format 3")
    assert not (locked_study / "study.encrypted").exists()


def test_a_passphrase_that_could_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for weak in ("", "short", "aaaaaaaaaaaaaaaa"):
        monkeypatch.setenv("THEMECODE_NEW_PASSPHRASE", weak)
        ran = themecode("encrypt")
        assert ran.status == 1 and "at least 12" in ran.err
