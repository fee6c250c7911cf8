"""A YAML file as its tree of nodes, each with its line; text stays text, and faults are collected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from themecode.model import Problem

if TYPE_CHECKING:
    from yaml.events import Event
    from yaml.nodes import Node

#: Limits that no codebook a person wrote comes near.
MAX_BYTES = 8_000_000
MAX_DEPTH = 12
MAX_ALIASES = 50


@dataclass
class NodeReader:
    """Walks the tree of nodes, keeping every problem it meets."""

    path: str
    problems: list[Problem] = field(default_factory=list)

    def fault(self, node: Node | None, message: str, *, blocks: bool = True) -> None:
        """Keep a problem, with the line of its node. None: the whole file's."""
        line = node.start_mark.line + 1 if node is not None else None
        self.problems.append(Problem(self.path, line, message, blocks))

    def text(self, node: Node | None, what: str) -> str:
        """The text of a scalar, as written."""
        from yaml.nodes import ScalarNode

        if node is None:
            return ""
        if not isinstance(node, ScalarNode):
            self.fault(node, f"{what} should be text, not a list or a group of keys.")
            return ""
        value: str = node.value
        if node.style is None and node.tag.endswith(":null"):
            return ""
        return " ".join(value.split())

    def texts(self, node: Node | None, what: str) -> list[tuple[str, Node]]:
        """The entries of a list of text, each with its node."""
        from yaml.nodes import ScalarNode, SequenceNode

        if node is None or (isinstance(node, ScalarNode) and not self.text(node, what)):
            return []
        if not isinstance(node, SequenceNode):
            self.fault(
                node, f"{what} should be a list: one entry a line, each beginning with “- ”."
            )
            return []
        entries: list[tuple[str, Node]] = []
        for entry in node.value:
            if not isinstance(entry, ScalarNode):
                self.fault(
                    entry, f"an entry of {what} is not plain text: put it in quotation marks."
                )
            elif not (text := self.text(entry, what)):
                self.fault(entry, f"an entry of {what} is empty.")
            else:
                entries.append((text, entry))
        return entries

    def keys(self, node: Node | None, allowed: Iterable[str], what: str) -> dict[str, Node]:
        """The keys of a mapping; unknown and repeated ones are problems."""
        from yaml.nodes import MappingNode, ScalarNode

        found: dict[str, Node] = {}
        if node is None or (isinstance(node, ScalarNode) and not self.text(node, what)):
            return found
        if not isinstance(node, MappingNode):
            self.fault(node, f"{what} should be a group of keys ({', '.join(allowed)}).")
            return found
        for key, value in node.value:
            name = self.text(key, "a key")
            if name in found:
                self.fault(key, f"“{name}” stands twice in {what}: keep one.")
            elif name not in allowed:
                self.fault(key, f"{what} has an unknown key “{name}”: use {', '.join(allowed)}.")
            else:
                found[name] = value
        return found

    def sequence(self, node: Node | None, what: str) -> list[Node]:
        """The entries of a list of groups."""
        from yaml.nodes import SequenceNode

        if isinstance(node, SequenceNode):
            return list(node.value)
        if node is not None:
            self.fault(node, f"{what} should be a list: each entry begins with “- id:”.")
        return []


def compose_nodes(raw: bytes, reader: NodeReader) -> Node | None:
    """The tree of a YAML file. None where it has none; the reader then holds the problem."""
    import yaml

    if len(raw) > MAX_BYTES:
        reader.fault(
            None,
            f"the codebook is larger than {MAX_BYTES // 1_000_000} MB: is this the right file?",
        )
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        reader.problems.append(
            Problem(
                reader.path,
                line,
                "the codebook is not in UTF-8: save it again with encoding UTF-8.",
            )
        )
        return None
    if not text.strip():
        reader.fault(None, "the codebook is empty: begin from codebooks/template.yaml.")
        return None
    for number, line_text in enumerate(text.splitlines(), start=1):
        if "\t" in line_text[: len(line_text) - len(line_text.lstrip())]:
            reader.problems.append(
                Problem(
                    reader.path, number, "the line begins with a tab: use spaces to set lines in."
                )
            )
            return None
    loader_class = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _refuse_bombs(text, loader_class)
        loader = loader_class(text)
        try:
            node: Node | None = loader.get_single_node()
        finally:
            loader.dispose()
    except _Bomb as bomb:
        reader.problems.append(Problem(reader.path, bomb.line, str(bomb)))
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = (error.problem or "it is not YAML").rstrip(".")
        reader.problems.append(
            Problem(
                reader.path,
                mark.line + 1 if mark else None,
                f"the file cannot be read as YAML ({what}). Look at how this line and the one above "
                "are set in, and put text that holds “: ”, “#” or quotation marks in quotation marks.",
            )
        )
        return None
    except yaml.YAMLError:
        reader.fault(
            None, "the file cannot be read as YAML: it holds characters that text cannot hold."
        )
        return None
    if node is None:
        reader.fault(None, "the codebook is empty: begin from codebooks/template.yaml.")
    return node


class _Bomb(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _line_of(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


def _refuse_bombs(text: str, loader_class: type) -> None:
    """Stop before a tree is built whose aliases or depth would fill the memory."""
    import yaml

    depth = aliases = 0
    for event in yaml.parse(text, Loader=loader_class):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
        if depth > MAX_DEPTH:
            raise _Bomb(_line_of(event), "the file is nested too deeply for a codebook.")
        if aliases > MAX_ALIASES:
            raise _Bomb(
                _line_of(event),
                "the file uses too many aliases (*name): write the text out.",
            )
