"""`themecode search`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from themecode.cli.options import json_option, name_study, open_named_study, study_option

if TYPE_CHECKING:
    from themecode.model import Transcript


@click.command("search")
@click.argument("words", nargs=-1, required=True)
@click.option("--everyone", is_flag=True, help="Search what interviewers and supporters said, too.")
@click.option(
    "--transcript", "transcript_ids", metavar="ID", multiple=True, help="Only in this transcript."
)
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    words: tuple[str, ...],
    everyone: bool,
    transcript_ids: tuple[str, ...],
    as_json: bool,
    study_name: str | None,
) -> None:
    """Find words across a study and show each in its context.

    A star stands for any ending: judg* finds judge, judged and judgement.

    \b
    Examples:
      themecode search "social worker"
      themecode search judg* --transcript P07
    """
    from themecode import console
    from themecode.flow.searching import choose_turns, search_transcripts
    from themecode.store.glance import read_transcripts

    phrase = " ".join(words)
    if not any(letter.isalnum() for letter in phrase):
        raise click.UsageError("Give at least one letter to search for.")

    def show(transcripts: Iterable[Transcript], *, chosen: bool) -> None:
        found = search_transcripts(transcripts, phrase, everyone=everyone, chosen=chosen)
        if as_json:
            console.print_json(console.found_as_json(found))
        else:
            console.print_found(found, phrase)

    if not transcript_ids:
        named = Path(name_study(ctx, study_name))
        transcripts = read_transcripts(named, choose_turns(phrase))
        if transcripts is not None:
            show(transcripts, chosen=True)
            return
    with open_named_study(ctx, study_name) as study:
        show(study.transcripts(transcript_ids or None), chosen=False)
