"""Help comes at once: it shows an example, and nothing heavy is loaded for it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from field_work import run_process, themecode

from themecode import __version__
from themecode.cli import COMMANDS

EVERY_COMMAND = [
    (),
    *((name,) for name in COMMANDS),
    *(("codebook", name) for name in ("check", "list", "new", "show")),
    *(("review", name) for name in ("adjudicate", "care", "invite", "plan", "progress", "serve")),
]
HEAVY = [
    "spacy", "pandas", "numpy", "docx", "sqlalchemy", "alembic", "openpyxl", "pypdfium2", "lxml", "rich",
    "yaml", "xlsxwriter", "ahocorasick_rs", "filelock", "striprtf", "charset_normalizer", "pyarrow", "matplotlib",
    "multiprocessing", "concurrent.futures", "sqlite3", "werkzeug", "cheroot", "jinja2",
]  # fmt: skip

_LISTEN = """
import sys
from themecode.cli import run
heavy = set(sys.argv[1].split(","))
for command in sys.argv[2:]:
    status = run(command.split())
    loaded = sorted(heavy & set(sys.modules))
    if status or loaded:
        sys.exit(f"{command}: status {status}, loaded {loaded}")
"""


def test_help_and_version_load_nothing_heavy() -> None:
    commands = [" ".join((*command, "--help")) for command in EVERY_COMMAND]
    for asked in (["--version"], commands):
        done = subprocess.run(
            [sys.executable, "-c", _LISTEN, ",".join(HEAVY), *asked],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", EVERY_COMMAND, ids=" ".join)
def test_every_help_has_an_example_and_fits_80_columns(command: tuple[str, ...]) -> None:
    ran = themecode(*command, "--help")
    assert (ran.status, ran.err) == (0, "")
    examples = [line for line in ran.out.splitlines() if line.startswith("    themecode ")]
    assert examples
    assert all(" ".join(command) in line for line in examples)
    assert ran.out.startswith("Usage: themecode")


def test_version_is_told_and_help_lists_every_command_in_order() -> None:
    assert run_process("--version").out == f"themecode, version {__version__}\n"
    ran = run_process("--help")
    listed = ran.out.partition("Commands:\n")[2].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nonsense",), "No such command 'nonsense'"),
        (("apply",), "Missing argument 'PATH...'"),
        (("apply", "x", "--workers", "0"), "--workers"),
        (("apply", "x", "--nonsense"), "No such option"),
        (("export",), "Missing option '--format'"),
        (("export", "--format", "pdf"), "'pdf' is not one of"),
        (("search",), "Missing argument"),
        (("search", "..."), "at least one letter"),
        (("codebook", "nonsense"), "No such command"),
        (("evaluate",), "Missing argument 'GOLD'"),
    ],
)
def test_wrong_usage_is_told_on_stderr_with_status_2(arguments: tuple[str, ...], says: str) -> None:
    ran = themecode(*arguments)
    assert (ran.status, ran.out) == (2, "")
    assert says in ran.err
    assert "--help" in ran.err
