"""`themecode check`."""

from __future__ import annotations

import click

from themecode.cli.options import json_option, open_named_study, study_option


@click.command("check")
@click.option("--repair", is_flag=True, help="Mend what can be worked out again; a copy is kept.")
@json_option
@study_option
@click.pass_context
def command(ctx: click.Context, repair: bool, as_json: bool, study_name: str | None) -> None:
    """Check that a study is whole: every coding on its words, every transcript as it was read, the log unbroken.

    What cannot be worked out again comes from a copy: `themecode restore`.

    \b
    Examples:
      themecode check --study my-study
      themecode check --repair
    """
    from themecode import console
    from themecode.flow.checking import check_study, repair_study

    with open_named_study(ctx, study_name) as study:
        mended = repair_study(study) if repair else ()
        for each in mended:
            click.echo(f"Mended: {each}.", err=True)
        checked = check_study(study)
        if as_json:
            console.print_json(console.checked_as_json(checked))
        else:
            console.print_checked(checked, where=study.where)
        for warning in checked.warnings:
            click.echo(f"Take care: {warning}", err=True)
    ctx.exit(0 if checked.whole else 1)
