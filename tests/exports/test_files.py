"""A file is the old one or the new one, whole."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from themecode.errors import StudyNotWritable
from themecode.exports.files import sweep, write_atomically

posix = pytest.mark.skipif(os.name == "nt", reason="needs POSIX limits and signals")


def run(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_file_holds_what_was_written_and_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with write_atomically(path) as file:
        file.write("é\r\n")
    assert path.read_bytes() == "é\r\n".encode()
    assert list(tmp_path.iterdir()) == [path]
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600


@posix
def test_a_file_opened_to_the_team_stays_open_to_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    path.chmod(0o664)
    with write_atomically(path, mode="wb") as file:
        file.write(b"new")
    assert path.stat().st_mode & 0o777 == 0o664


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    with pytest.raises(RuntimeError, match="halfway"), write_atomically(path) as file:
        file.write("new")
        raise RuntimeError("halfway")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_error_that_is_not_the_disks_keeps_its_own_name(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), write_atomically(tmp_path / "a.csv"):
        (tmp_path / "no such transcript").read_text()


def test_a_missing_folder_and_a_folder_in_the_way_are_named(tmp_path: Path) -> None:
    missing = tmp_path / "gone" / "a.csv"
    with pytest.raises(StudyNotWritable, match=r"no folder .*gone"), write_atomically(missing):
        pass
    with pytest.raises(StudyNotWritable, match="is a folder"), write_atomically(tmp_path):
        pass


@posix
def test_a_link_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    with write_atomically(tmp_path / "link.csv") as file:
        file.write("new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


@posix
def test_a_device_is_written_to_and_not_replaced() -> None:
    with write_atomically(Path("/dev/null"), mode="wb") as file:
        file.write(b"x")
    assert not Path("/dev/null").is_file()


@posix
def test_a_full_disk_says_so_in_one_line_and_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    done = run(
        """
        import resource, signal, sys
        from pathlib import Path
        from themecode.errors import StudyNotWritable
        from themecode.exports.files import write_atomically
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
        try:
            with write_atomically(Path(sys.argv[1]), mode="wb") as file:
                for _ in range(100):
                    file.write(b"x" * 1000)
        except StudyNotWritable as error:
            print(error)
        """,
        path,
    )
    assert done.stdout == (
        f"{path} could not be written: the disk is full. Free some space, then run it again.\n"
    )
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@posix
@pytest.mark.parametrize("points", [[3_000, 9_000, 20_000, 40_000, 60_000]])
def test_a_full_disk_at_any_point_leaves_the_old_outputs(tmp_path: Path, points: list[int]) -> None:
    """The four outputs of `apply`, each cut off at several places."""
    code = """
        import resource, signal, sys
        sys.path.insert(0, sys.argv[2])
        from datetime import date
        from pathlib import Path
        import invented
        from themecode.errors import StudyNotWritable
        from themecode.exports.coded_segments import coded_segment_rows
        from themecode.exports.sheets import write_coded_segments
        from themecode.exports.theme_tables import StudyFacts, write_theme_tables
        out, limit = Path(sys.argv[1]), int(sys.argv[3])
        book, people = invented.codebook(), invented.people()
        study = invented.study(800, book=book, participants=people)
        facts = StudyFacts("Invented", 1, 4, "0.1.0", "1.0", date(2026, 3, 2))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        refused = 0
        for write in (
            lambda: write_coded_segments(
                coded_segment_rows(study, codebook=book, participants=people),
                out / "a.csv", out / "a.xlsx",
            ),
            lambda: write_theme_tables(
                study, out / "a.docx", codebook=book, participants=people, study=facts,
                quotes_per_code=None,
            ),
        ):
            try:
                write()
            except StudyNotWritable as error:
                refused += "disk is full" in str(error)
        print(refused)
        """
    old = {tmp_path / f"a.{kind}": kind.encode() for kind in ("csv", "xlsx", "docx")}
    for point in points:
        for path, content in old.items():
            path.write_bytes(content)
        done = run(code, tmp_path, Path(__file__).parent, point)
        assert done.stderr == ""
        assert int(done.stdout) >= 1
        assert (tmp_path / "a.csv").read_bytes() == b"csv"
        assert set(tmp_path.iterdir()) == set(old)


def test_a_file_held_open_by_another_program_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Windows answers when Excel has the file open, which no other system does."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Access is denied")

    path = tmp_path / "a.xlsx"
    path.write_text("old")
    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(StudyNotWritable, match="Close it"), write_atomically(path) as file:
        file.write("new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@posix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root writes anywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StudyNotWritable, match="read-only"), write_atomically(tmp_path / "a"):
        pass
    tmp_path.chmod(0o700)


@posix
def test_a_killed_run_leaves_the_old_file_and_what_it_left_is_swept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old")
    done = run(
        """
        import os, signal, sys
        from pathlib import Path
        from themecode.exports.files import write_atomically
        with write_atomically(Path(sys.argv[1])) as file:
            file.write("what someone said" * 10_000)
            os.kill(os.getpid(), signal.SIGKILL)
        """,
        path,
    )
    assert done.returncode == -signal.SIGKILL
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2
    assert len(sweep(tmp_path)) == 1
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_being_written_is_not_swept(tmp_path: Path) -> None:
    with write_atomically(tmp_path / "a.csv") as file:
        file.write("new")
        assert sweep(tmp_path) == ()
    assert (tmp_path / "a.csv").read_text() == "new"


def test_a_young_leftover_of_another_computer_is_left_and_an_old_one_swept(tmp_path: Path) -> None:
    leftover = tmp_path / ".a.csv.00000000-1.x.themecode-tmp"
    leftover.write_text("words")
    assert sweep(tmp_path) == ()
    os.utime(leftover, (0, 0))
    assert sweep(tmp_path) == (leftover,)
