"""Which forms of a study this themecode knows."""

from __future__ import annotations

#: Oldest first. A study of another one is a newer themecode's.
REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007")
LATEST = REVISIONS[-1]
