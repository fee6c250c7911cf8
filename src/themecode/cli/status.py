"""`themecode status`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from themecode.cli.options import (
    find_outputs,
    json_option,
    name_study,
    open_named_study,
    study_option,
)

if TYPE_CHECKING:
    from themecode.store import Study


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
    from themecode.flow.standing import find_standing, recall_standing

    named = name_study(ctx, study_name)
    standing = None if speakers else recall_standing(Path(named))
    if standing is None:
        with open_named_study(ctx, study_name) as study:
            if speakers:
                _show_speakers(study, as_json=as_json)
                return
            standing, named = find_standing(study, find_outputs(study)), study.where
    if as_json:
        console.print_json(console.status_as_json(standing))
    else:
        console.print_status(standing, where=named)


def _show_speakers(study: Study, *, as_json: bool) -> None:
    from themecode import console
    from themecode.flow.speaking import list_speakers

    listed = list_speakers(study.transcripts())
    if as_json:
        console.print_json(console.speakers_as_json(listed))
    else:
        console.print_speakers(listed)
