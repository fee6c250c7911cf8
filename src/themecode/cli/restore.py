"""`themecode restore`."""

from __future__ import annotations

from pathlib import Path

import click

from themecode.cli.options import ask_passphrase, json_option, name_study, study_option


@click.command("restore")
@click.argument("copy", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--list", "only_list", is_flag=True, help="Only list the copies there are.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    copy: Path | None,
    only_list: bool,
    yes: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Put a copy back as the study; the study as it is now is kept first.

    Without FILE: the newest copy that is whole. Whoever withdrew since the copy was made is taken
    out of it again.

    \b
    Examples:
      themecode restore --list
      themecode restore --yes
      themecode restore my-study/backups/study-20260304T103200Z-kept.db
    """
    import sys

    from themecode import console
    from themecode.errors import ThemecodeError
    from themecode.flow.restoring import list_copies, restore_study
    from themecode.store import utc_now

    named = name_study(ctx, study_name)
    if "://" in named:
        raise ThemecodeError(
            f"The study in {named.split('@')[-1]} is on a database server: its keeper puts copies back."
        )
    folder = Path(named)
    if only_list:
        copies = list_copies(folder)
        if as_json:
            console.print_json(console.copies_as_json(copies))
        else:
            console.print_copies(copies)
        return
    if not yes:
        if not sys.stdin.isatty():
            raise ThemecodeError(
                "Nothing was put back. Add `--yes` to do it; the study as it is now is kept first."
            )
        if not click.confirm(f"Put {copy or 'the newest whole copy'} back in {folder}?", err=True):
            ctx.exit(1)
    # A copy may be named as `--list` shows it.
    if copy is not None and not copy.exists() and (folder / "backups" / copy.name).is_file():
        copy = folder / "backups" / copy.name
    if copy is not None and not copy.is_file():
        raise ThemecodeError(
            f"There is no file {copy}. `themecode restore --list` lists the copies."
        )
    done = restore_study(folder, copy, now=utc_now(), passphrase=ask_passphrase())
    if as_json:
        console.print_json(
            {
                "source": str(done.source),
                "kept": str(done.kept) if done.kept else None,
                "was_damaged": done.was_damaged,
                "withdrawn_again": done.withdrawn_again,
            }
        )
    else:
        console.print_restored(done, where=str(folder))
