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

#: Programs that count the characters of a text each in its own way.
PROGRAMS = ("standard", "nvivo", "nvivo-mac", "maxqda", "atlasti", "qualcoder")


@click.command("import")
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@reading_options
@click.option(
    "--replace", is_flag=True, help="Let a changed transcript take the place of the earlier one."
)
@click.option(
    "--program",
    type=click.Choice(PROGRAMS),
    help="Which program made a project (.qdpx), where its passages come out shifted.",
)
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    participants: Path | None,
    interviewers: tuple[str, ...],
    not_interviewers: tuple[str, ...],
    text_column: str | None,
    replace: bool,
    program: str | None,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Read transcripts into a study and show the speakers, turns and words found. Codes nothing.

    Look at who was taken for an interviewer, and why. If it is wrong, name the interviewer and run
    it again. A project of another program (.qdpx) brings its coders' codings.

    \b
    Examples:
      themecode import transcripts/ --participants participants.csv
      themecode import P07.docx --interviewer "Speaker 2"
      themecode import P07.docx --replace
      themecode import colleague.qdpx
    """
    from datetime import UTC, datetime

    from themecode import console
    from themecode.flow.exchanging import import_project
    from themecode.flow.importing import check_rows_used, import_files

    options, notes = make_reading_options(
        participants, interviewers, text_column, not_interviewers=not_interviewers, replace=replace
    )
    projects = [path for path in paths if path.suffix.lower() == ".qdpx"]
    files = [path for path in paths if path not in projects]
    with open_named_study(ctx, study_name, create=True) as study, study.lock():
        with console.show_progress() as progress:
            imported = import_files(
                study,
                files,
                options=options,
                progress=lambda done, total: progress("reading", done, total),
            )
        brought = [
            import_project(study, path, options=options, program=program, made_at=datetime.now(UTC))
            for path in projects
        ]
        unused = check_rows_used(study, options.participants, path=str(participants))
        problems = (
            *notes,
            *imported.problems,
            *(problem for each in brought for problem in each.problems),
            *unused,
        )
        if as_json:
            console.print_json(console.imported_as_json(imported, problems, brought))
        else:
            if files:
                console.print_imported(imported, study.counts(), where=study.where)
            console.print_brought(brought)
        console.print_problems(problems)
    ctx.exit(1 if any(problem.blocks for problem in problems) else 0)
