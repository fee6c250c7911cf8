"""`themecode init`."""

from __future__ import annotations

from pathlib import Path

import click

from themecode.cli.options import name_study, quote_path, study_option, warn_of_place
from themecode.wording import number_of


@click.command("init")
@click.option(
    "--codebook",
    metavar="FILE",
    help="The codebook to begin with: a .yaml file, or a shipped name.",
)
@click.option(
    "--example", is_flag=True, help="Add invented transcripts and the codebook they go with."
)
@study_option
@click.pass_context
def command(
    ctx: click.Context, codebook: str | None, example: bool, study_name: str | None
) -> None:
    """Make a study: a folder that holds your codings, your codebook and the tables.

    \b
    Examples:
      themecode init --study my-study --codebook my_codebook.yaml
      themecode init --study my-study --example
    """
    from themecode.flow.beginning import begin_study

    name = name_study(ctx, study_name)
    if "://" in name:
        raise click.UsageError("`init` makes a study in a folder. Name one with --study DIR.")
    folder = Path(name)
    begun = begin_study(folder, codebook_name=codebook, example=example)
    warn_of_place(folder)
    click.echo(f"{folder} is ready.")
    if begun.codebook is not None:
        click.echo(
            f"Codebook: {begun.codebook.title} ({number_of(len(begun.codebook.codes), 'code')}), in {begun.codebook_path}"
        )
    if begun.transcripts is not None:
        click.echo(f"Invented transcripts: {begun.transcripts}")
        click.echo("\nNext, code them:")
        click.echo(
            f"  themecode apply {quote_path(begun.transcripts)} "
            f"--participants {quote_path(begun.transcripts / 'participants.csv')} "
            f"--study {quote_path(folder)}"
        )
    else:
        option = "" if begun.codebook else " --codebook FILE"
        click.echo("\nNext, code your transcripts:")
        click.echo(f"  themecode apply TRANSCRIPTS{option} --study {quote_path(folder)}")
