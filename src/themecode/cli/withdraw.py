"""`themecode withdraw`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from themecode.cli.key_options import find_key_passphrase
from themecode.cli.options import find_outputs, json_option, open_named_study, study_option

if TYPE_CHECKING:
    from themecode.flow.withdrawing import Withdrawal


@click.command("withdraw")
@click.argument("participant", required=False)
@click.option(
    "--passage", metavar="TRANSCRIPT:START-END", help="Only this passage, in one transcript."
)
@click.option(
    "--also-called",
    metavar="NAME",
    multiple=True,
    help="A name others call her by, taken out of every transcript. May be given several times.",
)
@click.option(
    "--key",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The pseudonym key, to take her out of it as well.",
)
@click.option("--dry-run", is_flag=True, help="Only show what would go.")
@click.option("--yes", is_flag=True, help="Do it without asking.")
@click.option("--finish", is_flag=True, help="End a withdrawal that was cut short.")
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    participant: str | None,
    passage: str | None,
    also_called: tuple[str, ...],
    key: Path | None,
    dry_run: bool,
    yes: bool,
    finish: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Take a participant out of a study: her transcript, her turns in a group, all that was made of them.

    In a group, what she said is blanked and nobody else's words move. Copies, caches and tables in the
    study's folder are made anew without her; files that left it before are listed, to be called back.
    A receipt says when, what kinds and how many, and names nobody. It cannot be undone.

    \b
    Examples:
      themecode withdraw P07 --dry-run
      themecode withdraw P07
      themecode withdraw --passage P07:1204-1390 --yes
    """
    from themecode.flow.withdrawing import (
        finish_withdrawals,
        withdraw_participant,
        withdraw_passage,
    )
    from themecode.store import utc_now

    if sum((participant is not None, passage is not None, finish)) != 1:
        raise click.UsageError("Name a participant, or a passage with --passage, or use --finish.")
    with open_named_study(ctx, study_name) as study:
        outputs, now = find_outputs(study), utc_now()
        key_passphrase = None if key is None else find_key_passphrase(key, study)
        if finish:
            number = finish_withdrawals(study, outputs=outputs, made_at=now)
            click.echo(f"Withdrawals ended: {number}.")
            return

        def go(*, dry: bool) -> Withdrawal:
            if passage is not None:
                return withdraw_passage(study, passage, outputs=outputs, made_at=now, dry_run=dry)
            return withdraw_participant(
                study,
                participant or "",
                also_called=also_called,
                outputs=outputs,
                made_at=now,
                dry_run=dry,
                key=key,
                key_passphrase=key_passphrase,
            )

        named = passage or participant or ""
        if dry_run or not yes:
            _show(go(dry=True), named, where=study.where, as_json=as_json)
            if dry_run:
                return
            if not sys.stdin.isatty():
                click.echo("Nothing was withdrawn. Add `--yes` to do it.", err=True)
                ctx.exit(1)
            click.echo("\nThis cannot be undone.", err=True)
            if click.prompt(f"Type {named} to withdraw", default="", err=True) != named:
                click.echo("Nothing was withdrawn.", err=True)
                ctx.exit(1)
        done = go(dry=False)
        _show(done, named, where=study.where, as_json=as_json)
    ctx.exit(1 if done.traces else 0)


def _show(done: Withdrawal, named: str, *, where: str, as_json: bool) -> None:
    from themecode import console

    if as_json:
        console.print_json(console.withdrawal_as_json(done))
    else:
        console.print_withdrawal(done, named, where=where)
