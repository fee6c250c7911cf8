"""R25: nobody else on the computer can open what a study holds, and a shared folder is warned of."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from field_work import BOOK, themecode, write_book, write_talk
from killing import faults, fork, wait
from measured import record

from themecode.store.places import (
    find_exposure,
    find_file_system,
    find_synced,
    is_network_path,
)


def _work(umask: int) -> int:
    os.umask(umask)
    write_talk("P01")
    write_talk("P02")
    write_book(BOOK)
    for command in (
        ("init", "--example", "--study", "example"),
        ("apply", "talks", "--codebook", "book.yaml"),
        ("import", "talks", "--replace"),
        ("backup",),
        ("backup", "-o", "elsewhere"),
        ("export", "--format", "xlsx", "-o", "study/out.xlsx"),
        ("withdraw", "P01", "--yes"),
        ("restore", "--yes"),
        ("check", "--repair"),
        ("status",),
    ):
        assert themecode(*command).status == 0, command
    return 0


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("umask", [0o022, 0o000])
def test_files_are_open_to_their_owner_alone(umask: int) -> None:
    assert wait(fork(lambda: _work(umask))) == 0, faults()
    files = wrong = 0
    for place in ("study", "example", "elsewhere"):
        for path in (Path(place), *Path(place).rglob("*")):
            mode = path.stat().st_mode & 0o777
            files += 1
            assert mode == (0o700 if path.is_dir() else 0o600), f"{path} is {mode:o}"
    record(f"R25 umask {umask:03o}", files=files, open_to_others=wrong)


@pytest.mark.parametrize(
    ("place", "service"),
    [
        (PureWindowsPath(r"C:\Users\ada\OneDrive - The Charity\study"), "OneDrive"),
        (PureWindowsPath(r"C:\Users\ada\Dropbox\study"), "Dropbox"),
        (PurePosixPath("/Users/ada/Library/Mobile Documents/com~apple~CloudDocs/study"), "iCloud"),
        (
            PurePosixPath("/Users/ada/Library/CloudStorage/GoogleDrive-ada@x.org/My Drive/s"),
            "a cloud service",
        ),
        (PurePosixPath("/Users/ada/Google Drive/study"), "Google Drive"),
        (PurePosixPath("/home/ada/Nextcloud/study"), "Nextcloud"),
        (PurePosixPath("/home/ada/studies/dropboxes of grief"), None),
        (PurePosixPath("/home/ada/study"), None),
    ],
)
def test_synced_folders_are_known_by_name(place: PurePosixPath, service: str | None) -> None:
    assert find_synced(place) == service


def test_network_paths_and_disks_are_known() -> None:
    assert is_network_path(r"\\server\share\study") and is_network_path("//server/share")
    assert not is_network_path(r"\\?\C:\study") and not is_network_path("/home/ada")
    mounts = "/dev/sda1 / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n//s/x /mnt/my\\040share cifs rw 0 0\n"
    assert find_file_system(PurePosixPath("/home/ada/study"), mounts) == "nfs4"
    assert find_file_system(PurePosixPath("/mnt/my share/x"), mounts) == "cifs"
    assert find_file_system(PurePosixPath("/srv/study"), mounts) == "ext4"


def test_a_study_in_a_synced_folder_is_warned_of_when_it_is_made() -> None:
    Path("Dropbox").mkdir()
    ran = themecode("init", "--study", "Dropbox/study")
    assert ran.status == 0
    assert "Take care: Dropbox/study lies in a folder that Dropbox copies" in ran.err
    assert "Dropbox" in themecode("check", "--study", "Dropbox/study").err
    assert themecode("init", "--study", "here").err == ""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_a_folder_open_to_others_is_told_of() -> None:
    assert themecode("init", "--study", "mine").status == 0
    assert find_exposure(Path("mine")) is None
    subprocess.run(["chmod", "755", "mine"], check=True)
    assert "chmod 700" in str(find_exposure(Path("mine")))
