"""`themecode apply`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from themecode.cli.options import (
    find_outputs,
    json_option,
    make_reading_options,
    name_study,
    open_named_study,
    reading_options,
    study_option,
)

if TYPE_CHECKING:
    from themecode.flow.cluster import Cluster

_FILE = click.Path(path_type=Path)


@click.command("apply")
@click.argument(
    "paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--codebook", metavar="FILE", help="A .yaml file, or the name of a codebook that ships."
)
@reading_options
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    help="Processes to read and code in. [default: as many as pay, up to every core]",
)
@click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Code on a Dask cluster: tcp://… or tls://…, see docs/scale.md.",
)
@click.option(
    "--tls-ca",
    metavar="FILE",
    type=_FILE,
    help="The authority the cluster's certificates are from.",
)
@click.option("--tls-cert", metavar="FILE", type=_FILE, help="Your certificate for the cluster.")
@click.option("--tls-key", metavar="FILE", type=_FILE, help="The key of your certificate.")
@click.option(
    "--meaning/--no-meaning",
    default=True,
    help="Use the codebook's trained model, if it has one, or cues alone.",
)
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    paths: tuple[Path, ...],
    codebook: str | None,
    participants: Path | None,
    interviewers: tuple[str, ...],
    not_interviewers: tuple[str, ...],
    text_column: str | None,
    workers: int | None,
    scheduler: str | None,
    tls_ca: Path | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    meaning: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Read transcripts, code them against a codebook, and write tables.

    PATH is a transcript or a folder of them (.docx .odt .rtf .pdf .txt .md .vtt .srt .json .csv .xlsx).
    Run it again at any time: only what is new or changed is read and coded, and what people decided
    stays as it is.

    \b
    Example:
      themecode apply transcripts/ --codebook women_in_treatment \\
        --participants participants.csv --study my-study
    """
    from themecode import console
    from themecode.flow.nothing_new import Request, keep_applied, recall_applied
    from themecode.flow.standing import find_standing

    cluster = _read_cluster(scheduler, workers, tls_ca, tls_cert, tls_key)
    said = (repr(interviewers), repr(not_interviewers), repr(text_column), repr(meaning))
    asked = Request(paths, said, codebook, participants).hash_with_files()
    named = name_study(ctx, study_name)
    applied = recall_applied(Path(named), asked) if asked is not None else None
    if applied is None:
        from themecode.flow.applying import apply_codebook
        from themecode.store import utc_now

        options, notes = make_reading_options(
            participants, interviewers, text_column, not_interviewers=not_interviewers
        )
        with open_named_study(ctx, study_name, create=True) as study:
            with console.show_progress() as progress:
                applied = apply_codebook(
                    study,
                    paths,
                    codebook_name=codebook,
                    options=options,
                    notes=notes,
                    participants_path=str(participants) if participants else None,
                    outputs=find_outputs(study),
                    made_at=utc_now(),
                    workers=workers,
                    cluster=cluster,
                    meaning=meaning,
                    progress=progress,
                )
            find_standing(study, find_outputs(study))  # kept, for the next `status`
            if asked is not None:
                # Last of all: an `apply` killed before this is not taken for one that was done.
                keep_applied(study, asked, applied)
            named = study.where
    if as_json:
        console.print_json(console.applied_as_json(applied))
    else:
        console.print_applied(applied, where=named)
    console.print_problems(applied.problems)
    ctx.exit(1 if any(problem.blocks for problem in applied.problems) else 0)


def _read_cluster(
    scheduler: str | None,
    workers: int | None,
    ca: Path | None,
    cert: Path | None,
    key: Path | None,
) -> Cluster | None:
    if scheduler is None:
        if ca or cert or key:
            raise click.UsageError("The --tls options go with --scheduler.")
        return None
    if workers is not None:
        raise click.UsageError("Give --workers or --scheduler: the cluster has workers of its own.")
    if "://" not in scheduler:
        raise click.UsageError("A scheduler's address looks like tcp://machine:8786.")
    if (cert is None) != (key is None) or (cert and not ca):
        raise click.UsageError("TLS needs all of --tls-ca, --tls-cert and --tls-key.")
    from themecode.flow.cluster import Cluster

    return Cluster(scheduler, ca, cert, key)
