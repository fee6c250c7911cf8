"""Transcripts in: one call reads any file a study is likely to have."""

from themecode.transcripts.reading import find_files, read_file

__all__ = ["find_files", "read_file"]
