"""Files read one by one here, or, where there are enough of them, in other processes ahead of their keeper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from themecode.flow.reading_options import ReadingOptions
from themecode.flow.workers import count_workers, is_stopping, share_out
from themecode.transcripts.utterances import Reading

#: Files that go to a process at a time.
_BATCH = 8


def read_files(
    paths: Sequence[Path], options: ReadingOptions, workers: int | None = None
) -> Iterator[Reading]:
    """What each file holds, in the order given; only a few are read ahead of who asks for them.

    Args:
        paths: the files.
        options: how to read them.
        workers: processes to read in. None: as many as pay for themselves.

    Raises:
        ThemecodeError: a process that was reading was stopped from outside.
    """
    workers = count_workers(len(paths)) if workers is None else workers
    if workers <= 1 or len(paths) <= _BATCH:
        yield from (_read(path, options) for path in paths)
        return
    batches = (paths[at : at + _BATCH] for at in range(0, len(paths), _BATCH))
    for readings in share_out(partial(_read_batch, options=options), batches, workers):
        yield from readings


def _read_batch(paths: Sequence[Path], *, options: ReadingOptions) -> list[Reading]:
    return [_read(path, options) for path in paths if not is_stopping()]


def _read(path: Path, options: ReadingOptions) -> Reading:
    from themecode.transcripts import read_file

    return read_file(
        path,
        interviewers=options.interviewers,
        participants=options.participants,
        text_column=options.text_column,
    )
