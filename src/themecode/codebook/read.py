"""A codebook file, read into records, with every fault in it found at once.

YAML is parsed by libyaml as far as its tree of nodes, and no further: what a researcher writes is
text, so that `no` stays "no" and `1e3` stays "1e3", and every fault has its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.codebook.cue_syntax import CueError, parse_cue
from themecode.codebook.nodes import NodeReader, compose_nodes
from themecode.model import Code, Codebook, Cues, Problem, Theme, hash_words

if TYPE_CHECKING:
    from yaml.nodes import Node


_CODEBOOK_KEYS = ("title", "version", "description", "themes", "word_lists")
_THEME_KEYS = ("id", "name", "definition", "codes")
_CODE_KEYS = (
    "id", "name", "definition", "include", "exclude", "examples", "non_examples", "cues",
    "content_note",
)  # fmt: skip
_CUE_KEYS = ("strong", "fair", "weak", "unless", "counts_when")
_CUES_LISTS = ("strong", "fair", "weak", "unless")
COUNTS_WHEN = frozenset(("imagined", "denied"))
_ID = re.compile(r"[a-z0-9][a-z0-9_.-]*\Z")
_LIST_NAME = re.compile(r"<([^>]*)>")


@dataclass
class _Ids:
    """Ids met so far, so that one used twice is told with both its lines."""

    reader: NodeReader
    lines: dict[str, int] = field(default_factory=dict)

    def take(self, keys: dict[str, Node], what: str, owner: Node) -> str:
        node = keys.get("id")
        value = self.reader.text(node, f"the id of {what}")
        if not value:
            self.reader.fault(node or owner, f"{what} has no id: add “id: a_short_name”.")
        elif not _ID.match(value):
            self.reader.fault(
                node,
                f"the id “{value}” should be small letters, digits, dots, hyphens and underscores "
                "(“stigma.judgement”).",
            )
        elif value in self.lines:
            self.reader.fault(
                node,
                f"the id “{value}” is already used on line {self.lines[value]}: each needs its own.",
            )
        elif node is not None:
            self.lines[value] = node.start_mark.line + 1
        return value


def read_codebook(path: Path) -> tuple[Codebook | None, tuple[Problem, ...]]:
    """Read a codebook file.

    Args:
        path: a .yaml file.

    Returns:
        The codebook (None where a problem blocks it) and every problem, in line order.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or "it cannot be opened"
        return None, (Problem(str(path), None, f"the codebook cannot be read: {reason}."),)
    return parse_codebook(raw, name=str(path))


def parse_codebook(raw: bytes, *, name: str) -> tuple[Codebook | None, tuple[Problem, ...]]:
    """Read a codebook from its bytes; `name` is what problems call it."""
    reader = NodeReader(name)
    root = compose_nodes(raw, reader)
    codebook = _read_root(root, raw, reader) if root is not None else None
    problems = tuple(sorted(reader.problems, key=lambda problem: problem.line or 0))
    blocked = any(problem.blocks for problem in problems)
    return (None if blocked else codebook), problems


def _read_root(root: Node, raw: bytes, reader: NodeReader) -> Codebook:
    keys = reader.keys(root, _CODEBOOK_KEYS, "the codebook")
    title = reader.text(keys.get("title"), "the title")
    if not title:
        reader.fault(
            keys.get("title") or root, "the codebook has no title: add “title: …” at the top."
        )
    word_lists = _read_word_lists(keys.get("word_lists"), reader)
    theme_ids, code_ids = _Ids(reader), _Ids(reader)
    themes = tuple(
        _read_theme(node, reader, theme_ids, code_ids, word_lists)
        for node in reader.sequence(keys.get("themes"), "themes")
    )
    if not themes and not reader.problems:
        reader.fault(root, "the codebook has no themes: add “themes:” and under it “- id: …”.")
    elif themes and not any(theme.codes for theme in themes):
        reader.fault(root, "the codebook has no codes: add “codes:” under a theme.")
    return Codebook(
        title=title,
        version=reader.text(keys.get("version"), "the version") or "1",
        sha256=sha256(raw).hexdigest(),
        themes=themes,
        word_lists=word_lists,
    )


def _read_word_lists(node: Node | None, reader: NodeReader) -> dict[str, tuple[str, ...]]:
    from yaml.nodes import MappingNode

    if node is None:
        return {}
    names = [key.value for key, _ in node.value] if isinstance(node, MappingNode) else []
    lists: dict[str, tuple[str, ...]] = {}
    for name, value in reader.keys(node, [str(each) for each in names], "word_lists").items():
        kept = []
        for entry, entry_node in reader.texts(value, f"the word list “{name}”"):
            try:
                parse_cue(f"({entry})")
                kept.append(entry)
            except CueError as error:
                reader.fault(entry_node, f"the entry “{entry}” of the word list “{name}” {error}.")
        lists[name] = tuple(kept)
    return lists


def _read_theme(
    node: Node,
    reader: NodeReader,
    theme_ids: _Ids,
    code_ids: _Ids,
    word_lists: dict[str, tuple[str, ...]],
) -> Theme:
    keys = reader.keys(node, _THEME_KEYS, "a theme")
    theme_id = theme_ids.take(keys, "a theme", node)
    what = f"the theme “{theme_id}”"
    return Theme(
        id=theme_id,
        name=_needed(keys, "name", what, node, reader),
        definition=_needed(keys, "definition", what, node, reader),
        codes=tuple(
            _read_code(each, theme_id, reader, code_ids, word_lists)
            for each in reader.sequence(keys.get("codes"), f"the codes of {what}")
        ),
    )


def _needed(keys: dict[str, Node], key: str, what: str, owner: Node, reader: NodeReader) -> str:
    text = reader.text(keys.get(key), f"the {key} of {what}")
    if not text and what[-2:] != "“”":
        reader.fault(keys.get(key) or owner, f"{what} has no {key}: add “{key}: …” in plain words.")
    return text


def _read_code(
    node: Node, theme_id: str, reader: NodeReader, ids: _Ids, word_lists: dict[str, tuple[str, ...]]
) -> Code:
    keys = reader.keys(node, _CODE_KEYS, "a code")
    code_id = ids.take(keys, "a code", node)
    what = f"the code “{code_id}”"
    code = Code(
        id=code_id,
        theme_id=theme_id,
        name=_needed(keys, "name", what, node, reader),
        definition=_needed(keys, "definition", what, node, reader),
        include=reader.text(keys.get("include"), f"include of {what}"),
        exclude=reader.text(keys.get("exclude"), f"exclude of {what}"),
        examples=_texts(keys, "examples", what, reader),
        non_examples=_texts(keys, "non_examples", what, reader),
        cues=_read_cues(keys.get("cues"), what, reader, word_lists),
        content_note=reader.text(keys.get("content_note"), f"content_note of {what}") or None,
    )
    both = set(code.examples) & set(code.non_examples)
    if both:
        reader.fault(
            keys["non_examples"],
            f"{what} has the same sentence as an example and a non-example.",
            blocks=False,
        )
    if not code.cues and not code.examples:
        reader.fault(
            node,
            f"{what} has neither cues nor examples, so nothing can be suggested for it yet.",
            blocks=False,
        )
    return replace(code, sha256=_hash_code(code, word_lists))


def _texts(keys: dict[str, Node], key: str, what: str, reader: NodeReader) -> tuple[str, ...]:
    return tuple(text for text, _ in reader.texts(keys.get(key), f"{key} of {what}"))


def _read_cues(
    node: Node | None, what: str, reader: NodeReader, word_lists: dict[str, tuple[str, ...]]
) -> Cues:
    from yaml.nodes import SequenceNode

    keys: dict[str, Node]
    if isinstance(node, SequenceNode):
        keys = {"strong": node}
    else:
        keys = reader.keys(node, _CUE_KEYS, f"cues of {what}")
    lists = {
        name: tuple(
            _good_cues(
                reader.texts(keys.get(name), f"the {name} cues of {what}"), reader, word_lists
            )
        )
        for name in _CUES_LISTS
    }
    counts_when = []
    for value, value_node in reader.texts(keys.get("counts_when"), f"counts_when of {what}"):
        if value in COUNTS_WHEN:
            counts_when.append(value)
        else:
            reader.fault(value_node, f"counts_when knows “imagined” and “denied”, not “{value}”.")
    return Cues(**lists, counts_when=tuple(sorted(counts_when)))


def _good_cues(
    cues: list[tuple[str, Node]], reader: NodeReader, word_lists: dict[str, tuple[str, ...]]
) -> Iterator[str]:
    seen: set[str] = set()
    for cue, node in cues:
        try:
            parse_cue(cue, word_lists)
        except CueError as error:
            reader.fault(node, f"the cue “{cue}” {error}.")
            continue
        if cue.lower() in seen:
            reader.fault(node, f"the cue “{cue}” stands twice in this list.", blocks=False)
            continue
        seen.add(cue.lower())
        yield cue


def _hash_code(code: Code, word_lists: dict[str, tuple[str, ...]]) -> str:
    """A hash of all a code says, the word lists its cues name included."""
    cues = code.cues
    written = [
        *cues.strong,
        "|",
        *cues.fair,
        "|",
        *cues.weak,
        "|",
        *cues.unless,
        "|",
        *cues.counts_when,
    ]
    named = sorted({name.strip().lower() for cue in written for name in _LIST_NAME.findall(cue)})
    lists = [part for name in named for part in (name, *word_lists.get(name, ()))]
    return hash_words(
        code.id, code.theme_id, code.name, code.definition, code.include, code.exclude,
        code.content_note or "", "examples", *code.examples, "non-examples", *code.non_examples,
        "cues", *written, "lists", *lists,
    )  # fmt: skip
