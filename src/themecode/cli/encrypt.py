"""`themecode encrypt`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from themecode.cli.key_options import find_key_passphrase
from themecode.cli.options import name_study, open_named_study, study_option
from themecode.errors import ThemecodeError


@click.command("encrypt")
@click.option("--off", is_flag=True, help="Keep the study unencrypted from now on.")
@click.option(
    "--key",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The pseudonym key, to give it the same passphrase.",
)
@click.option("--keyring", is_flag=True, help="Keep the passphrase in this computer's keyring.")
@study_option
@click.pass_context
def command(
    ctx: click.Context, off: bool, key: Path | None, keyring: bool, study_name: str | None
) -> None:
    """Encrypt a study and its copies on the disk, or give them a new passphrase.

    The passphrase is asked for, or read from THEMECODE_NEW_PASSPHRASE. From then on every command asks
    for it once, or finds it in THEMECODE_PASSPHRASE or in the keyring. Without it nobody can open the
    study again: not you, and not us. The outputs folder and codebook.yaml stay readable.

    \b
    Examples:
      themecode encrypt --study my-study
      themecode encrypt --keyring
      themecode encrypt --key ../names.key
      themecode encrypt --off
    """
    from themecode.flow.deciding import load_key, save_key
    from themecode.store import keys, utc_now

    named = name_study(ctx, study_name)
    if "://" in named:
        raise ThemecodeError("A study on a database server is encrypted by its keeper.")
    if key is not None and not key.is_file():
        raise ThemecodeError(f"There is no pseudonym key {key}. Nothing was changed.")
    folder = Path(named)
    with open_named_study(ctx, study_name) as study, study.lock():
        old = study.passphrase
        opens_key = None if key is None else find_key_passphrase(key, study)
        decided = () if key is None else load_key(key, opens_key)  # refused before anything is done
        study.close()
        new = None if off else _new_passphrase()
        left = keys.change_encryption(folder, old=old, new=new, now=utc_now())
        if key is not None:
            save_key(decided, key, new)
        if keyring or off:
            keys.write_keyring(folder, new)
    for path in left:
        click.echo(f"{path.name} is not whole, and was left as it was.", err=True)
    done = "no longer encrypted" if off else "encrypted at rest"
    click.echo(f"{folder} is {done}." if key is None else f"{folder} is {done}, and so is {key}.")
    if not off:
        click.echo(
            "Write the passphrase down and keep it where you keep consent forms: without it nobody can "
            "open the study again.",
            err=True,
        )


def _new_passphrase() -> str:
    from themecode.store import keys

    given = os.environ.get("THEMECODE_NEW_PASSPHRASE")
    if given is None:
        if not sys.stdin.isatty():
            raise ThemecodeError(
                "Run this at a terminal to be asked for a passphrase, or put it in the environment as "
                "THEMECODE_NEW_PASSPHRASE."
            )
        given = click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True)
    keys.check_passphrase(given)
    return given
