"""`apply` asked for again, with nothing changed since: answered without opening the study."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from themecode import __version__
from themecode.errors import ThemecodeError
from themecode.flow.applying import Applied
from themecode.flow.cache import read_cached, write_cached
from themecode.flow.codebooks import CODEBOOK_NAME
from themecode.flow.coding import CodedStudy
from themecode.flow.importing import Imported
from themecode.flow.output_names import OUTPUT_NAMES
from themecode.flow.summary import read_summary
from themecode.model import Problem, hash_file, hash_words
from themecode.store.glance import hold_still, read_mark

if TYPE_CHECKING:
    from themecode.store import Study

_KEPT = "applied"


@dataclass(frozen=True, slots=True)
class Request:
    """What `apply` was asked to do.

    Args:
        paths: as they were given.
        options: whatever else was said that can make a difference, in order.
        codebook: as it was named. None: the study's own.
        participants: None: as before.
    """

    paths: tuple[Path, ...]
    options: tuple[str, ...]
    codebook: str | None
    participants: Path | None

    def hash_with_files(self) -> str | None:
        """A fingerprint of what was asked and of every file that is named. None: one cannot be read."""
        from themecode.transcripts import find_files

        files, problems = find_files(self.paths)
        if problems:
            return None
        try:
            hashed = [f"{path}={hash_file(path)}" for path in (*files, *self._beside())]
        except (OSError, ThemecodeError):
            return None
        asked = (*map(str, self.paths), *self.options, str(self.codebook), str(self.participants))
        return hash_words(__version__, *asked, *hashed)

    def _beside(self) -> Iterator[Path]:
        """The participants file, the codebook, and its model."""
        from themecode.codebook import find_codebook
        from themecode.suggest.learned_model import find_model_beside

        if self.participants is not None:
            yield self.participants
        if self.codebook is not None:
            book = find_codebook(self.codebook)
            yield book
            if find_model_beside(book).is_file():
                yield find_model_beside(book)


def recall_applied(folder: Path, asked: str) -> Applied | None:
    """What `apply` would do: nothing, and what it would say. None: it must be done to be known."""
    mark = read_mark(folder)
    kept = mark and read_cached(folder, _KEPT, made_from=_fingerprint(mark, asked, folder))
    if not kept:
        return None
    return Applied(
        Imported(files=kept["files"], unchanged=kept["files"]),
        CodedStudy(0, 0),
        read_summary(kept["summary"]),
        tuple(Problem(**problem) for problem in kept["problems"]),
        folder / "outputs",
        written=False,
    )


def keep_applied(study: Study, asked: str, applied: Applied) -> None:
    """Keep what `apply` would say if it were asked the same again and nothing had changed.

    Args:
        study: still open.
        asked: the fingerprint of the request, taken before it was done.
        applied: what it did.
    """
    folder = study.folder
    if folder is None or study.passphrase is not None or not applied.settled:
        return
    value = {
        "files": applied.imported.files,
        "summary": asdict(applied.summary),
        "problems": [asdict(problem) for problem in applied.lasting],
    }
    with hold_still(folder) as mark:
        if mark is not None:
            write_cached(folder, _KEPT, value, made_from=_fingerprint(mark, asked, folder))


def _fingerprint(mark: str, asked: str, folder: Path) -> str:
    """Of the study, of what was asked, of which outputs are there, and of the study's own codebook."""
    there = (str((folder / "outputs" / name).is_file()) for name in OUTPUT_NAMES)
    own = folder / CODEBOOK_NAME
    return hash_words(mark, asked, *there, hash_file(own) if own.is_file() else "")
