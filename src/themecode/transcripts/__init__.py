"""Transcripts in: one call reads any file a study is likely to have."""

from typing import TYPE_CHECKING

from themecode.transcripts.files import find_files

if TYPE_CHECKING:
    from themecode.transcripts.reading import read_file

__all__ = ["find_files", "read_file"]


def __getattr__(name: str) -> object:
    """The reader, imported when a file is first read: a study with nothing new needs none."""
    if name == "read_file":
        from themecode.transcripts.reading import read_file

        return read_file
    raise AttributeError(name)
