"""`themecode memo`."""

from __future__ import annotations

import click

from themecode.cli.options import json_option, open_named_study, study_option


@click.command("memo")
@click.argument("text", required=False)
@click.option(
    "--about",
    metavar="THING",
    help="What it is about: study, transcript:ID, participant:ID, theme:ID, code:ID, coding:ID or "
    "segment:TRANSCRIPT:START-END. [default: study; without TEXT, everything]",
)
@click.option(
    "--author", metavar="NAME", help="Who writes it. [default: your name on this computer]"
)
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    text: str | None,
    about: str | None,
    author: str | None,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Write a note about anything in a study; without words, read those that are there.

    \b
    Examples:
      themecode memo "Two women said this in the same words." --about code:stigma.judgement
      themecode memo --about code:stigma.judgement
      themecode memo
    """
    from datetime import UTC, datetime

    from themecode import console
    from themecode.flow.noting import STUDY, add_memo, list_memos

    with open_named_study(ctx, study_name) as study:
        if text is not None:
            memos = [
                add_memo(
                    study,
                    text,
                    about=about or STUDY,
                    author=author or study.who,
                    made_at=datetime.now(UTC),
                )
            ]
        else:
            memos = list(list_memos(study, about))
    if as_json:
        console.print_json(console.memos_as_json(memos))
    elif text is not None:
        click.echo(f"Kept, about {memos[0].about}.")
    else:
        console.print_memos(memos)
