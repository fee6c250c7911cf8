"""`themecode safeguarding`."""

from __future__ import annotations

import click

from themecode.cli.options import json_option, open_named_study, study_option


@click.command("safeguarding")
@click.option("--all", "everything", is_flag=True, help="Those that were looked at, too.")
@click.option(
    "--looked-at", "prompt_id", metavar="NUMBER", help="Keep that you have looked at this passage."
)
@click.option("--name", "looked_by", metavar="NAME", help="Who has looked at it.")
@click.option("--note", default="", metavar="WORDS", help="Where it was followed up; no details.")
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    everything: bool,
    prompt_id: str | None,
    looked_by: str | None,
    note: str,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Passages that may speak of present danger: a prompt to follow your study's own protocol.

    For the lead researcher. They stand in no table, report, export or review.

    \b
    Examples:
      themecode safeguarding
      themecode safeguarding --looked-at 3f9a20c1 --name "Dee Okoro" --note "DSL informed"
    """
    from themecode import console
    from themecode.console.safeguarding import print_prompts, prompts_as_json
    from themecode.flow.safeguarding import WORDING, find_prompts, look_at

    with open_named_study(ctx, study_name) as study:
        if prompt_id is not None:
            name = " ".join((looked_by or "").split())
            if not name:
                raise click.UsageError("Say who has looked at it with --name NAME.")
            seen = look_at(study, prompt_id, looked_by=name, note=note.strip())
            click.echo(
                f"Kept: {name} has looked at {seen.id[:8]} ({seen.transcript_id}, turn {seen.turn})."
            )
            return
        prompts = find_prompts(study)
        if as_json:
            console.print_json(prompts_as_json(prompts, wording=WORDING))
        else:
            print_prompts(prompts, everything=everything, wording=WORDING)
