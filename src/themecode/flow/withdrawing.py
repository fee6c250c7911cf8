"""Somebody withdraws: the database, the copies, the caches, the outputs, and what is left to do by hand."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from themecode import __version__
from themecode.errors import ThemecodeError
from themecode.exports.files import write_atomically
from themecode.flow.cache import CACHE
from themecode.flow.deciding import save_key
from themecode.flow.output_names import HELD_BACK_LIST, OUTPUT_NAMES
from themecode.flow.outputs import write_outputs
from themecode.model import Span
from themecode.pseudonyms.key import Entry, read_key
from themecode.store import LONG_RUN, Traces, Withdrawn
from themecode.store.key_file import read_key_file

if TYPE_CHECKING:
    from themecode.store import Study

RECEIPTS = "receipts"
#: A file beyond this is not looked into; it is far beyond any transcript or report.
_LARGEST = 200 * 1024 * 1024
#: Stretches of what she said that are looked for, byte by byte, when all is done.
_LOOKED_FOR = 3_000
_TO_LOWER = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_TAG = re.compile(r"<[^>]{0,2000}>")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What a withdrawal did, or would do.

    Args:
        withdrawn: what goes from the database.
        receipt: the file. None: it was a dry run.
        recall: files that left the study earlier and hold her: path, format, when.
        by_hand: files in the study's folder that hold her words or name, and are a person's to
            remove: the transcript she was read from, a participants file.
        searched: files searched byte by byte when all was done.
        traces: files in which something of hers was still found.
    """

    withdrawn: Withdrawn
    receipt: Path | None
    recall: tuple[tuple[str, str, str], ...]
    by_hand: tuple[Path, ...]
    searched: int = 0
    traces: tuple[Path, ...] = ()


def withdraw_participant(
    study: Study,
    participant_id: str,
    *,
    also_called: Sequence[str] = (),
    outputs: Path,
    made_at: datetime,
    dry_run: bool = False,
    key: Path | None = None,
    key_passphrase: str | None = None,
) -> Withdrawal:
    """Take everything by or about a participant out of a study, and say what is left to do by hand.

    Args:
        study: as opened.
        participant_id: as the study calls her.
        also_called: names of hers that others say.
        outputs: the study's folder of outputs, which are written anew.
        made_at: in UTC.
        dry_run: only say what would go.
        key: the pseudonym key, out of which she is taken as well. None: there is none.
        key_passphrase: what opens it. None: it is not encrypted.

    Raises:
        ThemecodeError: the study knows nobody of that id, or is busy; or the file is no key.
    """
    entries = None if key is None else _read_key(key, key_passphrase)
    with study.lock():
        if not dry_run:
            _back_up_first(study)
        done = study.withdraw(participant_id, also_called=also_called, dry_run=dry_run)
        if key is not None and entries is not None:
            left = _without_hers(entries, study, done, dry_run=dry_run)
            done.counts["decisions in the pseudonym key"] += len(entries) - len(left)
            if not dry_run:
                save_key(left, key, key_passphrase)
        return _see_to_the_rest(
            study, done, "participant", outputs=outputs, made_at=made_at, dry_run=dry_run
        )


def withdraw_passage(
    study: Study,
    passage: str,
    *,
    outputs: Path,
    made_at: datetime,
    dry_run: bool = False,
) -> Withdrawal:
    """Take one passage out of a study.

    Args:
        study: as opened.
        passage: `TRANSCRIPT:START-END`, in characters as `export --format text` counts them.
        outputs: the study's folder of outputs.
        made_at: in UTC.
        dry_run: only say what would go.

    Raises:
        ThemecodeError: there is no such passage, or the study is busy.
    """
    transcript_id, span = read_passage(passage)
    with study.lock():
        if not dry_run:
            _back_up_first(study)
        done = study.withdraw_passage(transcript_id, span, dry_run=dry_run)
        return _see_to_the_rest(
            study, done, "passage", outputs=outputs, made_at=made_at, dry_run=dry_run
        )


def read_passage(passage: str) -> tuple[str, Span]:
    """A transcript's id and a span, from `TRANSCRIPT:START-END`; raises ThemecodeError."""
    found = re.fullmatch(r"(.+):(\d{1,12})-(\d{1,12})", passage)
    if found is None or int(found[2]) >= int(found[3]):
        raise ThemecodeError(
            f"“{passage}” is not a passage. Name it as TRANSCRIPT:START-END, for example P07:1204-1390; "
            "`themecode export --format turns` gives the places."
        )
    return found[1], Span(int(found[2]), int(found[3]))


def finish_withdrawals(study: Study, *, outputs: Path, made_at: datetime) -> int:
    """End withdrawals that were cut short after the database; returns how many there were."""
    with study.lock():
        number = study.unfinished_withdrawals()
        if number:
            _clear_folder(study, outputs=outputs, made_at=made_at)
        return number


def _read_key(path: Path, passphrase: str | None) -> tuple[Entry, ...]:
    try:
        return read_key(read_key_file(path, passphrase), path=str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ThemecodeError(
            f"The pseudonym key {path} cannot be read, so nothing was withdrawn. Check its name."
        ) from error


def _without_hers(
    entries: Sequence[Entry], study: Study, done: Withdrawn, *, dry_run: bool
) -> tuple[Entry, ...]:
    """The key without her names, her transcripts, and what stood nowhere but in what was taken out.

    Where the words from before were forgotten, what took their place says whose they were.
    """
    names = {name.casefold() for name in done.names}
    hers = [text.casefold() for text in (*done.gone, *done.said)]
    looked_for = {each.words.casefold() for each in entries} | {
        f"[{each.becomes}]".casefold() for each in entries if each.becomes
    }
    was_hers = {words for words in looked_for if any(words in text for text in hers)}
    stays: set[str] = set()
    for transcript_id, text in study.texts():
        if transcript_id in done.transcript_ids:  # a dry run: it is still in place
            continue
        lowered = text.casefold()
        for words in hers if dry_run and transcript_id in done.masked_ids else ():
            lowered = lowered.replace(words, " ")
        stays |= {words for words in was_hers - stays if words in lowered}

    def is_hers(entry: Entry) -> bool:
        words, becomes = entry.words.casefold(), f"[{entry.becomes}]".casefold()
        if entry.transcript_id in done.transcript_ids or words in names:
            return True
        alone = was_hers - stays
        return words in alone or (words not in stays and words not in was_hers and becomes in alone)

    return tuple(each for each in entries if not is_hers(each))


def _back_up_first(study: Study) -> None:
    """A copy for the case that something goes wrong; it goes with the other copies in the end."""
    if study.folder is not None:
        study.back_up(why="before-withdrawal")


def _see_to_the_rest(
    study: Study, done: Withdrawn, kind: str, *, outputs: Path, made_at: datetime, dry_run: bool
) -> Withdrawal:
    traces = Traces(done.names, done.said, run=LONG_RUN)
    recall = tuple(done.exports)
    if dry_run:
        by_hand = tuple(_find_files(study.folder, traces, outputs))
        return Withdrawal(done, None, recall, by_hand)
    _clear_folder(study, outputs=outputs, made_at=made_at)
    searched, found = _search_bytes(study, done)
    by_hand = tuple(_find_files(study.folder, traces, outputs))
    receipt = _write_receipt(study, done, kind, searched, len(found), made_at=made_at)
    return Withdrawal(done, receipt, recall, by_hand, searched, found)


def _clear_folder(study: Study, *, outputs: Path, made_at: datetime) -> None:
    """Everything in the study's folder that was made from what the database held."""
    folder = study.folder
    if folder is not None:
        shutil.rmtree(folder / CACHE, ignore_errors=True)
        for leftover in folder.rglob(".*.themecode-tmp"):
            with suppress(OSError):
                leftover.unlink()
    for name in (*OUTPUT_NAMES, HELD_BACK_LIST):
        with suppress(OSError):
            (outputs / name).unlink(missing_ok=True)
    study.wipe()
    if folder is not None:
        fresh = study.back_up(why="after-withdrawal")
        for old in (folder / "backups").iterdir():
            if old != fresh and old.is_file():
                old.unlink()
    codebook = study.codebook_in_force()
    if codebook is not None:
        write_outputs(study, codebook, outputs, made_at=made_at)
    study.end_withdrawal()


def _find_files(folder: Path | None, traces: Traces, outputs: Path) -> Iterator[Path]:
    """Files in the study's folder, beyond those themecode sees to, that hold her words or name."""
    if folder is None:
        return
    ours = {outputs / name for name in (*OUTPUT_NAMES, HELD_BACK_LIST)}
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if path in ours or inside[0] in {CACHE, "backups", RECEIPTS} or path.is_symlink():
            continue
        if inside[0].startswith("study.") or not path.is_file():
            continue
        if traces.find(f"{path.stem}\n{_read_words(path)}"):
            yield path


def _read_words(path: Path) -> str:
    """Whatever words a file holds, roughly: enough to tell whether somebody's are among them."""
    try:
        if path.stat().st_size > _LARGEST:
            return ""
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                parts = [
                    archive.read(member)
                    for member in archive.infolist()
                    if member.file_size < _LARGEST // 4 and not member.flag_bits & 1
                ]
        else:
            parts = [path.read_bytes()]
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError, RuntimeError):
        return ""
    said = []
    for part in parts:
        encoding = "utf-16" if part[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
        text = part.decode(encoding, "replace")
        said.append(_TAG.sub(" ", text) if text.lstrip("\ufeff \n").startswith("<") else text)
    return "\n".join(said)


def _search_bytes(study: Study, done: Withdrawn) -> tuple[int, tuple[Path, ...]]:
    """Look for what she said, byte by byte and whatever its capitals, in all that is themecode's own."""
    from ahocorasick_rs import BytesAhoCorasick

    if study.folder is None:
        return 0, ()
    phrases = list(dict.fromkeys(_cut_phrases(done.said)))[:_LOOKED_FOR]
    wanted = [phrase.encode(encoding) for phrase in phrases for encoding in ("utf-8", "utf-16-le")]
    files = [
        path
        for place in ("study.db*", f"{CACHE}/**/*", "backups/*", ".*")
        for path in sorted(study.folder.glob(place))
        if path.is_file()
    ]
    if not wanted:
        return len(files), ()
    automaton = BytesAhoCorasick(wanted)
    found: dict[Path, set[bytes]] = {}
    for path in files:
        content = path.read_bytes().lower()
        hits = {
            wanted[at] for at, _, _ in automaton.find_matches_as_indexes(content, overlapping=True)
        }
        if hits:
            found[path] = hits
    if found:
        # The same stretch may be in somebody else's mouth as well.
        others = BytesAhoCorasick([phrase.encode() for phrase in phrases])
        said = {
            phrases[at]
            for _, text in study.texts()
            for at, _, _ in others.find_matches_as_indexes(text.encode().lower(), overlapping=True)
        }
        theirs = {phrase.encode(code) for phrase in said for code in ("utf-8", "utf-16-le")}
        found = {path: hits for path, hits in found.items() if hits - theirs}
    return len(files), tuple(found)


def _cut_phrases(said: Sequence[str]) -> Iterator[str]:
    """Stretches of 24 letters and more: long enough to be hers."""
    for words in said:
        lowered = lower_ascii(words)
        for at in range(0, max(len(lowered) - 23, 0), 48):
            yield lowered[at : at + 24]


def lower_ascii(text: str) -> str:
    """A text as `bytes.lower` would make it: only A to Z."""
    return text.translate(_TO_LOWER)


def _write_receipt(
    study: Study, done: Withdrawn, kind: str, searched: int, found: int, *, made_at: datetime
) -> Path | None:
    """A receipt that names nobody: when, what kinds, how many, and a hash over all of it."""
    if study.folder is None:
        return None
    folder = study.folder / RECEIPTS
    folder.mkdir(mode=0o700, exist_ok=True)
    *_, entry = (each for each in study.log() if each.what == f"withdraw a {kind}")
    lines = [
        "Receipt of a withdrawal",
        "",
        f"Made on:   {made_at:%d %B %Y at %H:%M} UTC, with themecode {__version__}",
        f"Withdrawn: a {kind}",
        "",
        "Removed from the study:",
        *(f"  {number:>7,}  {name}" for name, number in sorted(done.counts.items()) if number),
        "",
        "The copies in the study's backups folder were replaced by one made afterwards; its caches",
        "were removed, its outputs written anew, its database rewritten and its log emptied.",
        f"Files searched afterwards, byte by byte: {searched}. Files with anything left: {found}.",
        f"Files that had left the study before, to be called back: {len(done.exports)}.",
        "",
        "This cannot reach copies made elsewhere (e-mail, other computers, backups of the computer",
        "itself), nor what a solid-state disk keeps of overwritten blocks.",
        "",
        f"Entry in the study's log: {entry.sha256}",
    ]
    body = "\n".join(lines) + "\n"
    body += f"Hash of the lines above:  {sha256(body.encode()).hexdigest()}\n"
    path = folder / f"withdrawal-{made_at:%Y%m%dT%H%M%SZ}.txt"
    count = 1
    while path.exists():
        count += 1
        path = folder / f"withdrawal-{made_at:%Y%m%dT%H%M%SZ}-{count}.txt"
    with write_atomically(path) as stream:
        stream.write(body)
    return path
