"""What people type into a pack, understood as an answer."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from themecode.model import Codebook
from themecode.packs.contents import ELSE, NO, NOTHING, PASS, THESE, UNSURE, YES
from themecode.store import Reply

#: How like a code's name what was typed must be to be taken for it.
_LIKE_ENOUGH = 0.88

_WORDS: Mapping[Reply, tuple[str, ...]] = {
    Reply.UNSURE: (
        UNSURE, "unsure", "dont know", "do not know", "dk", "i dont know", "maybe", "perhaps",
        "dunno", "im not sure", "i am not sure", "not certain", "cant say", "hard to say",
    ),
    Reply.PASSED: (
        PASS, "pass", "skip", "skipped", "rather not", "id rather not", "prefer not to",
        "not this one", "i would rather not", "too hard",
    ),
    Reply.ELSE: (ELSE, "else", "other", "another code", "another", "different", "a different code"),
    Reply.YES: (
        YES, THESE, "y", "yes", "yep", "yeah", "yup", "aye", "fits", "it fits", "this fits",
        "it does", "true", "agree", "agreed", "i agree", "correct", "right", "ok", "definitely",
        "yes it does", "these fit",
    ),
    Reply.NO: (
        NO, NOTHING, "n", "nope", "nah", "none", "nothing", "none of them", "none of these",
        "false", "disagree", "does not fit", "doesnt fit", "it doesnt", "it does not", "wrong",
        "not this", "no it doesnt", "nothing fits", "no code",
    ),
}  # fmt: skip
#: A first word that answers on its own, whatever follows it.
_FIRST = {"yes": Reply.YES, "y": Reply.YES, "yeah": Reply.YES, "no": Reply.NO, "n": Reply.NO,
          "nope": Reply.NO, "unsure": Reply.UNSURE}  # fmt: skip
_MARKS = {"✓": Reply.YES, "✔": Reply.YES, "☑": Reply.YES, "✗": Reply.NO, "✘": Reply.NO,
          "?": Reply.UNSURE, "??": Reply.UNSURE}  # fmt: skip
#: What parts one code's name from the next; it may also stand inside a name.
_BETWEEN = re.compile(r"([;\n|,&]|\band\b)")


class NotUnderstood(Exception):
    """What was typed is no answer; the message says why, and how to mend it."""


@dataclass(frozen=True, slots=True)
class Understood:
    """An answer as it was understood."""

    reply: Reply
    codes: tuple[str, ...]
    note: str


def read_reply(
    typed: str, *, codes: str = "", note: str = "", asked: str | None, codebook: Codebook
) -> Understood | None:
    """Understand what somebody typed. None: she has not answered.

    Args:
        typed: in the place for the answer.
        codes: in the place for other codes; names or ids, however they are parted.
        note: in the place for a note.
        asked: the code asked about. None: she was asked which codes fit.
        codebook: its codes may be named.

    Raises:
        NotUnderstood: it says neither yes nor no, or names no code of the codebook.
    """
    answer, named = typed.strip(), codes.strip()
    note = note.strip()
    if not answer and not named:
        if note:
            raise NotUnderstood("there is a note, but no answer. Add yes, no or not sure.")
        return None
    reply, rest = _split(answer)
    chosen: tuple[str, ...] = ()
    if reply is None and answer:
        chosen = _find_codes(answer, codebook)
        if not chosen:
            raise NotUnderstood(
                "the answer could not be understood. Use yes, no, not sure, or something else: "
                "and the name of a code."
            )
        reply, rest = Reply.ELSE, ""
    if reply is None:
        reply = Reply.ELSE
    if rest and reply is Reply.ELSE:
        chosen = _find_codes(rest, codebook)
        if not chosen:
            note, rest = _join(rest, note), ""
    elif rest:
        note = _join(rest, note)
    if named:
        found = _find_codes(named, codebook)
        if not found:
            raise NotUnderstood(
                "it names a code the codebook does not have. The sheet or list of codes has them."
            )
        chosen = tuple(dict.fromkeys((*chosen, *found)))
    return _settle(reply, chosen, note, asked)


def _settle(reply: Reply, chosen: tuple[str, ...], note: str, asked: str | None) -> Understood:
    if asked is None:
        if chosen and reply in {Reply.ELSE, Reply.YES}:
            return Understood(Reply.YES, chosen, note)
        if reply in {Reply.ELSE, Reply.YES}:
            raise NotUnderstood("it says that codes fit, but not which. Name them.")
    if reply is Reply.NO and chosen:
        reply = Reply.ELSE
    if reply is Reply.ELSE and not chosen and not note:
        raise NotUnderstood("it says something else, but not what. Name a code, or add a note.")
    if reply in {Reply.UNSURE, Reply.PASSED}:
        chosen = ()
    return Understood(reply, chosen, note)


def is_placeholder(text: str) -> bool:
    """Whether a box was left as it was."""
    return _tidy(text) in {"", "choose an answer", "write here", "choose", "click or tap here"}


def _split(typed: str) -> tuple[Reply | None, str]:
    """The answer, and what was written after it."""
    if typed in _MARKS:
        return _MARKS[typed], ""
    tidy = _tidy(typed)
    for reply, words in _WORDS.items():
        if tidy in {_tidy(word) for word in words}:
            return reply, ""
    before, parted, after = _part(typed)
    if parted:
        said, _ = _split(before)
        if said is not None:
            return said, after.strip()
    first, _, rest = typed.partition(" ")
    if _tidy(first) in _FIRST:
        return _FIRST[_tidy(first)], rest.strip(" ,.;:-–—")
    return None, ""


def _part(typed: str) -> tuple[str, bool, str]:
    """What stands before and after the first colon, dash, comma or full stop."""
    found = re.search(r"[:;,.(]|\s[-–—]\s?", typed)
    if found is None or not typed[: found.start()].strip():
        return typed, False, ""
    return typed[: found.start()], True, typed[found.end() :].strip(" )")


def _find_codes(typed: str, codebook: Codebook) -> tuple[str, ...]:
    """The codes of those names or ids. Empty where any of them is not one."""
    names = {_tidy(code.name): code.id for code in codebook.codes}
    ids = {code.id.casefold(): code.id for code in codebook.codes}
    whole = _find_code(typed, names, ids)
    if whole is not None:
        return (whole,)
    # Names are parted by what may stand in a name too: the longest run that is a name is one.
    parts = _BETWEEN.split(typed)
    found: list[str] = []
    at = 0
    while at < len(parts):
        for end in range(len(parts), at, -1):
            code_id = _find_code("".join(parts[at:end]), names, ids)
            if code_id is not None:
                found.append(code_id)
                at = end
                break
        else:
            if parts[at].strip() and not _BETWEEN.fullmatch(parts[at]):
                return ()
            at += 1
    return tuple(dict.fromkeys(found))


def _find_code(typed: str, names: Mapping[str, str], ids: Mapping[str, str]) -> str | None:
    plain = typed.strip(" .\"'“”‘’()").casefold()
    if plain in ids:
        return ids[plain]
    tidy = _tidy(typed)
    if tidy in names:
        return names[tidy]
    last = {each.rpartition(".")[2]: each for each in ids}
    if plain in last and sum(each.rpartition(".")[2] == plain for each in ids) == 1:
        return ids[last[plain]]
    near = difflib.get_close_matches(tidy, names, n=2, cutoff=_LIKE_ENOUGH)
    return names[near[0]] if len(near) == 1 else None


def _tidy(text: str) -> str:
    """Small letters and single spaces; no punctuation."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "").replace("'", "")
    return " ".join(re.sub(r"[^\w\s]", " ", plain).split())


def _join(first: str, second: str) -> str:
    return f"{first} {second}".strip() if first not in second else second
