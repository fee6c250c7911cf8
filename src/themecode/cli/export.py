"""`themecode export`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from themecode.cli.options import (
    describe_findable,
    describe_held_back,
    need_codebook,
    open_named_study,
    refuse_overwriting,
    study_option,
)
from themecode.errors import ThemecodeError
from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.consent import Gate
    from themecode.store import Study

#: What each format is, and whether it is text that may go to stdout.
FORMATS = {
    "csv": True,
    "xlsx": False,
    "jsonl": True,
    "parquet": False,
    "turns": True,
    "text": True,
    "html": False,
    "qdpx": False,
    "qdc": True,
}
#: Programs that count the characters of a text each in its own way.
PROGRAMS = ("standard", "nvivo", "nvivo-mac", "maxqda", "atlasti", "qualcoder")


@click.command("export")
@click.option(
    "--format", "kind", type=click.Choice(list(FORMATS)), required=True, help="What to write."
)
@click.option(
    "-o", "--output", "named", metavar="FILE", type=click.Path(), help="Where to write it."
)
@click.option(
    "--transcript", "transcript_id", metavar="ID", help="Only this transcript (turns, text)."
)
@click.option(
    "--despite-consent",
    metavar="REASON",
    help="Let through words that consent holds back, and keep in the study why.",
)
@click.option(
    "--for-archive",
    is_flag=True,
    help="For a deposit: hold back whoever did not agree to archiving, too.",
)
@click.option(
    "--program",
    type=click.Choice(PROGRAMS),
    default="standard",
    show_default=True,
    help="Which program will open the project (qdpx): each counts a text's characters in its own way.",
)
@click.option(
    "--hide-people",
    is_flag=True,
    help="Call those who coded and reviewed person 1, person 2 (coded segments).",
)
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    kind: str,
    named: str | None,
    transcript_id: str | None,
    despite_consent: str | None,
    for_archive: bool,
    program: str,
    hide_people: bool,
    force: bool,
    study_name: str | None,
) -> None:
    """Write coded segments (csv, xlsx, jsonl, parquet), the turns, a transcript's text, or a project.

    A page (html) is for the team to read and filter in a browser. A project (qdpx) opens in NVivo,
    MAXQDA, ATLAS.ti and QualCoder, and qdc is the codebook alone.
    Text formats are printed where no file is named. For `text` of several transcripts name a folder.
    Words of participants who did not agree to be quoted are held back; stderr says whose.

    \b
    Examples:
      themecode export --format qdpx --program nvivo -o study.qdpx
      themecode export --format jsonl -o coded_segments.jsonl
      themecode export --format parquet -o coded_segments/    (a folder of parts, for large studies)
      themecode export --format turns > turns.csv
      themecode export --format text --transcript P07
    """
    output = None if named is None else Path(named)
    in_parts = kind == "parquet" and named is not None and _is_folder(named)
    if output is None and not FORMATS[kind]:
        raise click.UsageError(f"Name a file for {kind} with -o FILE.")
    if hide_people and kind not in {"csv", "xlsx", "jsonl", "parquet"}:
        raise click.UsageError("--hide-people goes with csv, xlsx, jsonl and parquet.")
    with open_named_study(ctx, study_name) as study:
        from themecode.flow.leaving import open_gate, record_leaving

        gate = open_gate(study, override=despite_consent, archive=for_archive)
        if kind == "text":
            written = _export_text(study, transcript_id, output, gate=gate, force=force)
        else:
            if output is not None:
                refuse_overwriting(output, force=force)
            target = output if output is not None else sys.stdout.buffer
            if kind == "turns":
                from themecode.exports.turns import write_turns

                transcripts = study.transcripts([transcript_id] if transcript_id else None)
                write_turns(transcripts, target, gate=gate)
            elif kind == "qdpx":
                _export_project(study, target, program, gate=gate)
            elif kind == "html":
                from datetime import UTC, datetime

                from themecode.flow.outputs import write_study_page

                write_study_page(
                    study, need_codebook(study), target, gate=gate, made_at=datetime.now(UTC)
                )
            elif kind == "qdc":
                from themecode.exchange.qdc import write_qdc

                write_qdc(need_codebook(study), target)
            else:
                way = "parts" if in_parts else kind
                _export_codings(study, way, target, gate=gate, hide=hide_people)
            written = [*sorted(output.glob("*.parquet"))] if output and in_parts else [output]
        if kind != "qdc":  # the codebook alone holds nobody
            ids = [transcript_id] if transcript_id else None
            record_leaving(study, written, kind, gate=gate, transcript_ids=ids)
    counted = "turn" if kind in ("turns", "text", "qdpx") else "coding"
    for line in describe_held_back(gate, counted):
        click.echo(line, err=True)


def _is_folder(named: str) -> bool:
    """Whether a name is meant as a folder's: it ends as one, or there is one."""
    return named.endswith(("/", "\\")) or Path(named).is_dir()


def _export_project(study: Study, target: Path | BinaryIO, program: str, *, gate: Gate) -> None:
    from themecode.flow.exchanging import export_project

    report = export_project(study, need_codebook(study), target, program=program, gate=gate)
    click.echo(
        f"{number_of(report.transcripts, 'transcript')} and {number_of(report.codings, 'coding')} written.",
        err=True,
    )
    for lost in report.lost:
        click.echo(lost, err=True)
    for line in describe_findable(gate):
        click.echo(line, err=True)


def _export_codings(
    study: Study, kind: str, target: Path | BinaryIO, *, gate: Gate, hide: bool
) -> None:
    from themecode.exports import sheets
    from themecode.exports.coded_segments import coded_segment_rows, hold_back
    from themecode.flow.importing import list_speaking
    from themecode.flow.outputs import settle_study
    from themecode.settle import hide_people

    codebook = need_codebook(study)
    settled = settle_study(study, codebook)
    rows = coded_segment_rows(
        hide_people(settled) if hide else settled,
        codebook=codebook,
        participants=list_speaking(study),
    )
    if kind == "parts" and isinstance(target, Path):
        from themecode.exports.parts import write_parts

        write_parts(hold_back(rows, gate), target)
        return
    writers = {
        "csv": sheets.write_csv,
        "xlsx": sheets.write_xlsx,
        "jsonl": sheets.write_jsonl,
        "parquet": sheets.write_parquet,
    }
    writers[kind](hold_back(rows, gate), target)


def _export_text(
    study: Study, transcript_id: str | None, output: Path | None, *, gate: Gate, force: bool
) -> list[Path | None]:
    from themecode.exports.turns import write_text

    ids = [transcript_id] if transcript_id else list(study.known_transcripts())
    if output is None:
        if len(ids) != 1:
            raise ThemecodeError(
                f"The study holds {len(ids)} transcripts. Name one with `--transcript ID`, or a folder for all "
                "with `-o FOLDER`."
            )
        write_text(study.transcript(ids[0]), sys.stdout.buffer, gate=gate)
        return [None]
    if len(ids) == 1 and not output.is_dir():
        refuse_overwriting(output, force=force)
        write_text(study.transcript(ids[0]), output, gate=gate)
        return [output]
    try:
        output.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ThemecodeError(
            f"{output} is to be a folder of texts and cannot be made ({error.strerror}). "
            "Give another name with `-o FOLDER`."
        ) from error
    written: list[Path | None] = []
    for transcript in study.transcripts(ids):
        # A survey response is called "sheet:7", and a colon cannot stand in a file name everywhere.
        path = output / f"{transcript.id.replace(':', '_').replace('/', '_')}.txt"
        refuse_overwriting(path, force=force)
        write_text(transcript, path, gate=gate)
        written.append(path)
    return written
