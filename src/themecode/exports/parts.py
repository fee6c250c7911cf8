"""Coded segments as a folder of Parquet files, for studies too large for one."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

from themecode.errors import StudyNotWritable, ThemecodeError
from themecode.exports.coded_segments import CodedSegmentRow
from themecode.exports.sheets import write_parquet

#: Rows a part holds before the transcript it is at ends it.
ROWS_A_PART = 250_000


def write_parts(
    rows: Iterable[CodedSegmentRow], folder: Path, *, rows_a_part: int = ROWS_A_PART
) -> list[Path]:
    """Write coded segments as part-00001.parquet, part-00002.parquet and so on.

    Every part has the same columns, and no transcript is in two parts, so that machines may each
    read some. The folder is the old one or the new one, never a mixture.

    Args:
        rows: by transcript.
        folder: made; one of parts that is there already is replaced.
        rows_a_part: rows after which a part ends with the transcript it is at.

    Returns:
        The parts. There is always one, though it may have no rows.

    Raises:
        ThemecodeError: the folder holds something else, or pyarrow is not installed.
    """
    if folder.exists() and not _is_parts(folder):
        raise ThemecodeError(
            f"{folder} holds other things than the parts of an export, so it was left as it is. "
            "Name a folder of its own with `-o FOLDER/`."
        )
    unfinished = folder.with_name(f".{folder.name}.themecode-tmp")
    shutil.rmtree(unfinished, ignore_errors=True)  # of a run that was killed
    try:
        unfinished.mkdir(mode=0o700, parents=True)
        names = []
        for number, part in enumerate(_cut_parts(iter(rows), rows_a_part), start=1):
            names.append(f"part-{number:05}.parquet")
            write_parquet(part, unfinished / names[-1])
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.replace(folder)
    except OSError as error:
        raise StudyNotWritable(
            f"{folder} could not be written ({error.strerror or type(error).__name__}). "
            "Choose another folder with `-o FOLDER/`, or make room, then run it again."
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return [folder / name for name in names]


def _is_parts(folder: Path) -> bool:
    return folder.is_dir() and all(
        path.name.startswith("part-") and path.suffix == ".parquet" for path in folder.iterdir()
    )


def _cut_parts(
    rows: Iterator[CodedSegmentRow], rows_a_part: int
) -> Iterator[Iterator[CodedSegmentRow]]:
    """The rows in parts, each read to its end before the next is asked for."""
    following = next(rows, None)
    if following is None:
        yield iter(())
        return
    first: list[CodedSegmentRow] = [following]

    def take() -> Iterator[CodedSegmentRow]:
        count, transcript = 0, ""
        beginning, first[:] = list(first), []
        for row in chain(beginning, rows):
            if count >= rows_a_part and row.transcript != transcript:
                first.append(row)
                return
            yield row
            count, transcript = count + 1, row.transcript

    while first:
        yield take()
