"""`themecode import`."""

from __future__ import annotations

from pathlib import Path

import click

from themecode.cli.options import (
    json_option,
    make_reading_options,
    open_named_study,
    reading_options,
    study_option,
)


@click.command("import")
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@reading_options
@click.option(
    "--replace", is_flag=True, help="Let a changed transcript take the place of the earlier one."
)
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    participants: Path | None,
    interviewers: tuple[str, ...],
    text_column: str | None,
    replace: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Read transcripts into a study and show the speakers, turns and words found. Codes nothing.

    Look at who was taken for an interviewer, and why. If it is wrong, name the interviewer and run
    it again.

    \b
    Examples:
      themecode import transcripts/ --participants participants.csv
      themecode import P07.docx --interviewer "Speaker 2"
      themecode import P07.docx --replace
    """
    from themecode import console
    from themecode.flow.importing import check_rows_used, import_files

    options, notes = make_reading_options(participants, interviewers, text_column, replace=replace)
    with open_named_study(ctx, study_name, create=True) as study, study.lock():
        with console.show_progress() as progress:
            imported = import_files(
                study,
                paths,
                options=options,
                progress=lambda done, total: progress("reading", done, total),
            )
        unused = check_rows_used(study, options.participants, path=str(participants))
        problems = (*notes, *imported.problems, *unused)
        if as_json:
            console.print_json(console.imported_as_json(imported, problems))
        else:
            console.print_imported(imported, study.counts(), where=study.where)
        console.print_problems(problems)
    ctx.exit(1 if any(problem.blocks for problem in problems) else 0)
