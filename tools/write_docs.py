"""Brings the parts of the documentation that the program itself knows up to date.

`docs/commands.md` is every command's help; the README's example is what the sample study prints.
`python tools/write_docs.py --check` says whether they are up to date.
"""

from __future__ import annotations

import contextlib
import io
import re
import sys
import tempfile
from pathlib import Path

import click

from themecode.cli import cli, run

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = ROOT / "docs" / "commands.md"
README = ROOT / "README.md"
_DEMO = re.compile(r"(?<=<!-- demo -->\n).*?(?=<!-- /demo -->)", re.DOTALL)


def main() -> None:
    """Write what is out of date, or with `--check` only say so."""
    wanted = {COMMANDS: write_commands(), README: _write_readme()}
    stale = [path for path, text in wanted.items() if path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"{path.name} is out of date: run python tools/write_docs.py")
        sys.exit(bool(stale))
    for path in stale:
        path.write_text(wanted[path], encoding="utf-8")
        print(f"wrote {path.name}")


def write_commands() -> str:
    """Every command's help, as a page."""
    parts = ["# Commands\n\nWhat `themecode COMMAND --help` says. Made by `tools/write_docs.py`.\n"]
    with click.Context(cli, info_name="themecode", max_content_width=90, terminal_width=90) as top:
        parts.append(_describe(cli, top, "themecode"))
        for name in cli.list_commands(top):
            parts.extend(_describe_command(name, top))
    return "\n".join(parts)


def _describe_command(name: str, top: click.Context) -> list[str]:
    command = cli.get_command(top, name)
    if command is None:
        raise LookupError(name)
    parts = []
    with _context(command, top, name) as ctx:
        parts.append(_describe(command, ctx, f"themecode {name}"))
        if isinstance(command, click.Group):
            for inner_name in command.list_commands(ctx):
                inner = command.commands[inner_name]
                with _context(inner, ctx, inner_name) as inner_ctx:
                    parts.append(_describe(inner, inner_ctx, f"themecode {name} {inner_name}"))
    return parts


def _context(command: click.Command, parent: click.Context, name: str) -> click.Context:
    return click.Context(
        command, parent=parent, info_name=name, max_content_width=90, terminal_width=90
    )


def _describe(command: click.Command, ctx: click.Context, title: str) -> str:
    return f"## {title}\n\n```text\n{command.get_help(ctx).rstrip()}\n```\n"


def _write_readme() -> str:
    shown = f"```text\n{run_demo().rstrip()}\n```\n"
    return _DEMO.sub(lambda _: shown, README.read_text(encoding="utf-8"))


def run_demo() -> str:
    """What `make demo` prints on stdout, with the study in `my-study`."""
    sample = ROOT / "transcripts_sample"
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        out = io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
            run(["apply", str(sample), "--codebook", "women_in_treatment", "--participants",
                 str(sample / "participants.csv"), "--study", "my-study"])  # fmt: skip
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines())


if __name__ == "__main__":
    main()
