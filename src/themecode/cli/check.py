"""`themecode check`."""

from __future__ import annotations

import click

from themecode.cli.options import json_option, open_named_study, study_option


@click.command("check")
@json_option
@study_option
@click.pass_context
def command(ctx: click.Context, as_json: bool, study_name: str | None) -> None:
    """Check that a study is whole: every coding on its words, every transcript as it was read, the log unbroken.

    \b
    Example:
      themecode check --study my-study
    """
    from themecode import console
    from themecode.flow.checking import check_study

    with open_named_study(ctx, study_name) as study:
        checked = check_study(study)
        if as_json:
            console.print_json(console.checked_as_json(checked))
        else:
            console.print_checked(checked, where=study.where)
    ctx.exit(0 if checked.whole else 1)
