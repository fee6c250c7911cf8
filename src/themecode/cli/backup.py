"""`themecode backup`."""

from __future__ import annotations

from pathlib import Path

import click

from themecode.cli.options import json_option, open_named_study, study_option


@click.command("backup")
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Where to put the copy. [default: the study's backups folder]",
)
@click.option("--list", "only_list", is_flag=True, help="Only list the copies there are.")
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    output: Path | None,
    only_list: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Copy a study, even while others work on it, and verify the copy.

    Copies are also made before anything that takes something out. A damaged study is never copied
    over a whole one.

    \b
    Examples:
      themecode backup
      themecode backup -o /media/usb-stick/our-study
    """
    from themecode import console
    from themecode.errors import ThemecodeError
    from themecode.store.backups import list_backups

    with open_named_study(ctx, study_name) as study:
        if study.folder is None:
            raise ThemecodeError(
                f"The study in {study.where} is on a database server, whose keeper makes the copies: "
                "ask how often, for how long they are kept, and how to get one."
            )
        if only_list:
            copies = list_backups(study.folder / "backups")
            if as_json:
                console.print_json(console.copies_as_json(copies))
            else:
                console.print_copies(copies)
            return
        if output is not None:
            try:
                output.mkdir(mode=0o700, parents=True, exist_ok=True)
            except OSError as error:
                raise ThemecodeError(
                    f"{output} cannot be made ({error.strerror}). Name another folder with `-o`."
                ) from error
        path = study.back_up(folder=output)
        study.record("back up", counts={})
        if as_json:
            console.print_json({"path": str(path), "bytes": path.stat().st_size})
        else:
            console.print_backup(path)
