"""Two codebooks side by side, and the codings that a changed definition leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from themecode.model import Code, Codebook
from themecode.settle import Settled


class Change(StrEnum):
    """What happened to a theme or a code."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """A theme or a code that is not the same in two codebooks.

    Args:
        what: "codebook", "theme", "code" or "word list".
        id: of the theme or code; the name of the word list.
        fields: for each part that changed, what it said and what it says.
    """

    what: str
    id: str
    name: str
    change: Change
    fields: Mapping[str, tuple[str, str]]


#: The parts of a theme or code, by name.
_Fields = Mapping[str, str]
_CODE_FIELDS = ("name", "definition", "include", "exclude", "content_note")
_CODE_LISTS = ("examples", "non_examples")
_CUE_LISTS = ("strong", "fair", "weak", "unless", "counts_when")


def compare_codebooks(old: Codebook, new: Codebook) -> tuple[Difference, ...]:
    """What changed from one codebook to another: first themes, then codes, in the new one's order.

    What was removed comes last, in the old one's order.
    """
    found = [*_compare_titles(old, new)]
    found += _compare("theme", _themes(old), _themes(new))
    found += _compare("code", _codes(old), _codes(new))
    for name in dict.fromkeys([*new.word_lists, *old.word_lists]):
        before, after = (", ".join(book.word_lists.get(name, ())) for book in (old, new))
        if before != after:
            change = (
                Change.CHANGED if before and after else Change.ADDED if after else Change.REMOVED
            )
            found.append(Difference("word list", name, name, change, {"words": (before, after)}))
    return tuple(found)


def _compare_titles(old: Codebook, new: Codebook) -> Iterator[Difference]:
    said = {
        name: (before, after)
        for name, before, after in (
            ("title", old.title, new.title),
            ("version", old.version, new.version),
        )
        if before != after
    }
    if said:
        yield Difference("codebook", "", new.title, Change.CHANGED, said)


def _compare(
    what: str, old: Mapping[str, _Fields], new: Mapping[str, _Fields]
) -> Iterator[Difference]:
    for each, after in new.items():
        before = old.get(each)
        if before is None:
            yield Difference(what, each, after["name"], Change.ADDED, {})
        elif before != after:
            fields = {
                name: (before.get(name, ""), after.get(name, ""))
                for name in dict.fromkeys([*after, *before])
                if before.get(name, "") != after.get(name, "")
            }
            yield Difference(what, each, after["name"], Change.CHANGED, fields)
    for each, before in old.items():
        if each not in new:
            yield Difference(what, each, before["name"], Change.REMOVED, {})


def _themes(codebook: Codebook) -> dict[str, _Fields]:
    return {
        theme.id: {"name": theme.name, "definition": theme.definition} for theme in codebook.themes
    }


def _codes(codebook: Codebook) -> dict[str, _Fields]:
    return {code.id: _read_code(code) for code in codebook.codes}


def _read_code(code: Code) -> _Fields:
    fields = {name: getattr(code, name) or "" for name in _CODE_FIELDS}
    fields["theme"] = code.theme_id
    fields |= {name.replace("_", "-"): "\n".join(getattr(code, name)) for name in _CODE_LISTS}
    fields |= {
        f"{name.replace('_', ' ')} cues": "\n".join(getattr(code.cues, name)) for name in _CUE_LISTS
    }
    return fields


def find_stale(settled: Iterable[Settled]) -> Iterator[Settled]:
    """The codings to look at again: made under a definition that has changed since."""
    return (each for each in settled if each.stale)


def count_touched(settled: Iterable[Settled], differences: Iterable[Difference]) -> dict[str, int]:
    """How many codings each changed or removed code of a codebook would leave behind, by code."""
    touched = {
        each.id: 0
        for each in differences
        if each.what == "code" and each.change is not Change.ADDED
    }
    for each in settled:
        if each.coding.code_id in touched:
            touched[each.coding.code_id] += 1
    return touched
