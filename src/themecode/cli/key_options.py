"""The pseudonym key on the command line: where it is, and what opens it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from themecode.store import Study

key_option = click.option(
    "--key",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The key: which name became what. Kept outside the study, and never exported.",
)


def need_key(key: Path | None, study: Study) -> Path:
    """Where the key is, asked for where it was not said; refused inside the study."""
    from themecode.flow.pseudonymising import check_outside

    if key is None:
        if not sys.stdin.isatty():
            raise click.UsageError("Say where the key is kept, outside the study, with --key FILE.")
        key = Path(click.prompt("Where is the key kept? (a file outside the study)"))
    check_outside(key, study, what="the key")
    return key


def find_key_passphrase(path: Path, study: Study) -> str | None:
    """What opens the key, or what a new one is encrypted with. None: it is not, or nothing here opens it.

    Its own passphrase comes before the study's. Where neither opens it and somebody is there, they are asked.
    """
    from themecode.store import key_file

    given = os.environ.get(key_file.VARIABLE) or None
    if not key_file.is_encrypted_key(path):
        return given or study.passphrase
    for passphrase in (given, study.passphrase):
        if passphrase is not None and key_file.opens_key(path, passphrase):
            return passphrase
    if not sys.stdin.isatty():
        return None
    return str(click.prompt(f"Passphrase of the key {path}", hide_input=True, err=True))


def ask_new_key_passphrase(path: Path) -> str:
    """A passphrase for the key: from the environment, or asked for twice."""
    from themecode.errors import ThemecodeError
    from themecode.store import key_file, keys

    given = os.environ.get(key_file.VARIABLE)
    if not given:
        if not sys.stdin.isatty():
            raise ThemecodeError(
                "Run this at a terminal to be asked for the key's passphrase, or put it in the environment "
                f"as {key_file.VARIABLE}."
            )
        given = click.prompt(
            f"New passphrase of the key {path}", hide_input=True, confirmation_prompt=True, err=True
        )
    keys.check_passphrase(given)
    return given


def say_how_kept(path: Path) -> None:
    """Say so where a key lies in plain text."""
    from themecode.store.key_file import is_encrypted_key

    if path.exists() and not is_encrypted_key(path):
        click.echo(
            "The key lies there in plain text: `--encrypt-key` encrypts it. Keep it apart from the study.",
            err=True,
        )
