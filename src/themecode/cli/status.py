"""`themecode status`."""

from __future__ import annotations

import click

from themecode.cli.options import find_outputs, json_option, open_named_study, study_option


@click.command("status")
@click.option("--speakers", is_flag=True, help="List who speaks in each transcript.")
@json_option
@study_option
@click.pass_context
def command(ctx: click.Context, speakers: bool, as_json: bool, study_name: str | None) -> None:
    """How a study stands: what is in it, what was coded, what waits for a person.

    \b
    Examples:
      themecode status --study my-study
      themecode status --speakers
    """
    from themecode import console
    from themecode.flow.outputs import hash_outputs, outputs_stand, summarise_study
    from themecode.flow.safeguarding import count_waiting
    from themecode.flow.speaking import list_speakers

    with open_named_study(ctx, study_name) as study:
        if speakers:
            listed = list_speakers(study.transcripts())
            if as_json:
                console.print_json(console.speakers_as_json(listed))
            else:
                console.print_speakers(listed)
            return
        codebook = study.codebook_in_force()
        summary, stand = None, False
        if codebook:
            state = hash_outputs(study)
            summary = summarise_study(study, codebook, state=state)
            stand = outputs_stand(study, find_outputs(study), state=state)
        if as_json:
            console.print_json(
                console.status_as_json(study.counts(), codebook, summary, outputs_stand=stand)
            )
        else:
            console.print_status(
                study.counts(), codebook, summary, where=study.where, outputs_stand=stand
            )
            console.print_needs_a_look(study.needs_a_look())
            if waiting := count_waiting(study):
                console.print_waiting_prompts(waiting)
