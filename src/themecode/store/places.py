"""Where a study lies: whether that folder is copied elsewhere, or lies on another machine."""

from __future__ import annotations

import os
import sys
from pathlib import Path, PurePath

#: Folders that a program copies to other people's computers: part of a path, and its name.
_SYNCED = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "icloud": "iCloud",
    "mobile documents": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "box sync": "Box",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "pcloud": "pCloud",
    "syncthing": "Syncthing",
    "cloudstorage": "a cloud service",
}
#: File systems that lie on another machine.
_NETWORK = frozenset(
    "nfs nfs4 cifs smb3 smbfs smb afs ncpfs 9p fuse.sshfs fuse.rclone fuse.gvfsd-fuse davfs "
    "fuse.davfs2 ceph glusterfs fuse.glusterfs lustre beegfs".split()
)
_REMOTE_DRIVE = 4  # DRIVE_REMOTE of GetDriveTypeW


def find_exposure(folder: Path) -> str | None:
    """Why a study should not lie where it does, in a sentence with what to do. None: no reason found."""
    place = Path(os.path.realpath(folder))
    service = find_synced(place) or _find_synced_by_system(place)
    if service:
        return (
            f"{folder} lies in a folder that {service} copies to other computers, and that may be "
            "damaged while it is being copied. Move the study to a folder that is not synced."
        )
    if is_network_path(str(folder)) or is_network_path(str(place)) or _on_network_disk(place):
        return (
            f"{folder} lies on a network disk, where others may reach it and a database can be damaged "
            "when the connection breaks. Move the study to this computer's own disk."
        )
    if _open_to_others(place):
        return (
            f"{folder} may be opened by other people who use this computer. Close it to them "
            f'with `chmod 700 "{folder}"`.'
        )
    return None


def find_synced(place: PurePath) -> str | None:
    """The service that copies a folder elsewhere, by the names on its path. None: none is known."""
    for part in place.parts:
        lowered = part.casefold()
        for name, service in _SYNCED.items():
            # "Dropbox", "OneDrive - The Charity", "Google Drive (x@y)", and not "mydropboxes".
            if lowered == name or lowered.startswith(
                (f"{name} ", f"{name}-", f"{name}_", f"{name}(")
            ):
                return service
    return None


def is_network_path(path: str) -> bool:
    r"""Whether a path names another machine, as \\server\share and //server/share do."""
    return path.startswith(("\\\\", "//")) and not path.startswith(("\\\\?\\", "\\\\.\\"))


def _find_synced_by_system(place: Path) -> str | None:
    """Windows says where OneDrive is, whatever its folder is called."""
    for variable in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer"):
        root = os.environ.get(variable)
        if root and place.is_relative_to(Path(root)):
            return "OneDrive"
    return None


def _on_network_disk(place: Path) -> bool:
    if sys.platform == "win32":
        import ctypes

        drive = ctypes.windll.kernel32.GetDriveTypeW(place.anchor)
        return bool(drive == _REMOTE_DRIVE)
    try:
        mounts = Path("/proc/mounts").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return find_file_system(place, mounts) in _NETWORK


def find_file_system(place: PurePath, mounts: str) -> str:
    """The kind of file system a path lies on, from what /proc/mounts says; "" where it does not."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        at = fields[1].replace("\\040", " ")
        if place.is_relative_to(at) and len(at) >= best:
            best, kind = len(at), fields[2]
    return kind


def _open_to_others(place: Path) -> bool:
    if os.name == "nt" or not place.exists():
        return False
    return bool(place.stat().st_mode & 0o077)
