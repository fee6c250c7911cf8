"""Every themecode command that the README and the documentation show is one that can be typed."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from themecode.cli import cli

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md"))]
_BLOCK = re.compile(r"^```(?:console|sh|bash|shell)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_INLINE = re.compile(r"`(themecode [^`]+)`")
#: What a page shows as a whole help text is made from the commands themselves.
_GENERATED = {"commands.md"}


def _read_commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        if not page.is_file() or page.name in _GENERATED:
            continue
        text = page.read_text(encoding="utf-8")
        for block in _BLOCK.findall(text):
            whole = block.replace("\\\n", " ")
            for line in whole.splitlines():
                command = line.strip().removeprefix("$ ")
                if command.startswith("themecode "):
                    found.append((page.name, command))
        found.extend((page.name, command) for command in _INLINE.findall(text))
    return list(dict.fromkeys(found))


def _read_pages() -> str:
    return "".join(page.read_text(encoding="utf-8") for page in PAGES if page.is_file())


COMMANDS = _read_commands()


def parse(arguments: list[str]) -> None:
    """Read a command line as click would, down to the last command of it, and run nothing."""
    command: click.Command = cli
    context = cli.make_context("themecode", list(arguments), resilient_parsing=False)
    while isinstance(command, click.Group):
        rest = [*getattr(context, "_protected_args", ()), *context.args]
        if not rest and command.invoke_without_command:
            return
        name, command, rest = command.resolve_command(context, rest)
        context = command.make_context(name, rest, parent=context)


@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=lambda each: each[:60])
def test_a_command_that_is_shown_can_be_typed(page: str, command: str) -> None:
    arguments = shlex.split(command.partition("#")[0].partition(" > ")[0].partition(" | ")[0])[1:]
    if "--help" in arguments or "COMMAND" in arguments:
        return
    try:
        parse(arguments)
    except click.exceptions.MissingParameter:
        # Prose may name a command without what it is run on; a block may not.
        assert f"`{command}`" in _read_pages()


def test_the_readme_shows_commands() -> None:
    assert any(page == "README.md" for page, _ in COMMANDS)


def test_the_readmes_first_screen_has_the_two_commands() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()[:30]
    assert {"make demo", "make test"} <= {line.strip() for line in lines}


def test_the_two_commands_are_there_to_be_made() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert re.search(r"^demo:", makefile, re.MULTILINE)
    assert re.search(r"^test:", makefile, re.MULTILINE)
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_every_link_to_a_file_of_the_project_leads_to_one() -> None:
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#]+)")
    missing = [
        f"{page.name}: {target}"
        for page in PAGES
        if page.is_file()
        for target in link.findall(page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not missing


def test_the_page_of_commands_says_what_help_says() -> None:
    writer = ROOT / "tools" / "write_docs.py"
    if not writer.is_file():
        pytest.skip("the page of commands has no writer")
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    for name in ("apply", "import", "codebook check"):
        done = subprocess.run(
            [sys.executable, "-m", "themecode", *name.split(), "--help"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        options = re.findall(r"--[a-z][a-z-]+", done.stdout)
        section = text.partition(f"## themecode {name}\n")[2].partition("\n## ")[0]
        assert not [option for option in options if option not in section]
