"""`themecode search`."""

from __future__ import annotations

import click

from themecode.cli.options import json_option, open_named_study, study_option


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
    from themecode.flow.searching import search_transcripts

    phrase = " ".join(words)
    if not any(letter.isalnum() for letter in phrase):
        raise click.UsageError("Give at least one letter to search for.")
    with open_named_study(ctx, study_name) as study:
        found = search_transcripts(
            study.transcripts(transcript_ids or None), phrase, everyone=everyone
        )
        if as_json:
            console.print_json(console.found_as_json(found))
        else:
            console.print_found(found, phrase)
