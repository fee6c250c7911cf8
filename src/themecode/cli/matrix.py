"""`themecode matrix`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from themecode.cli.options import (
    json_option,
    need_codebook,
    open_named_study,
    quote_path,
    refuse_overwriting,
    study_option,
)
from themecode.wording import number_of

_COUNTS = ("people", "codings", "transcripts", "words", "presence")


#: Kinds that are few columns, whatever the study: at the terminal they show their codes too.
_WHOLE_STUDY = ("prevalence", "co-occurrence", "saturation", "survey")


@click.command("matrix")
@click.argument("kind", metavar="KIND")
@click.option(
    "--count",
    type=click.Choice(_COUNTS),
    default="people",
    show_default=True,
    help="What to count.",
)
@click.option(
    "--level",
    type=click.Choice(("both", "theme", "code")),
    help="Themes, codes, or each theme followed by its codes. [default: both; at the terminal, themes "
    "where there are groups]",
)
@click.option(
    "--by", default="role", show_default=True, metavar="GROUP", help="The groups (triangulation)."
)
@click.option(
    "--within",
    type=click.Choice(("segment", "turn", "transcript")),
    default="segment",
    show_default=True,
    help="How near codes must be (co-occurrence).",
)
@click.option(
    "--order",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Transcripts in the order collected, one a line (saturation). [default: by name]",
)
@click.option(
    "--base-size", default=4, show_default=True, help="Transcripts in the base (saturation)."
)
@click.option(
    "--run-length", default=2, show_default=True, help="Transcripts in a run (saturation)."
)
@click.option(
    "--threshold",
    default=0.05,
    show_default=True,
    help="New information that still counts as none, as a share (saturation).",
)
@click.option(
    "--fewest",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="Keep back numbers of fewer people in groups; 1 shows all, for your own eyes.",
)
@click.option(
    "--quotes", default=2, show_default=True, help="Quotes proposed for a cell (framework)."
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Where to write it: .csv, .xlsx, .docx or .html (framework: .xlsx).",
)
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    kind: str,
    count: str,
    level: str | None,
    by: str,
    within: str,
    order: Path | None,
    base_size: int,
    run_length: int,
    threshold: float,
    fewest: int,
    quotes: int,
    output: Path | None,
    force: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Count who spoke of what.

    KIND is participant, role, transcript, kind, or a column of your participants file; or one of:
    prevalence (people, with intervals), co-occurrence (codes said together), triangulation (which
    groups say it), saturation (when new codes ran out), survey (responses), framework (a workbook
    of quotes, people by themes, for your own summaries; made again, it keeps what you wrote).

    \b
    Examples:
      themecode matrix role
      themecode matrix site --count codings --level theme -o by_site.xlsx
      themecode matrix co-occurrence --within turn
      themecode matrix framework -o framework.xlsx
    """
    from themecode import console
    from themecode.errors import ThemecodeError

    if kind == "framework":
        _write_framework(ctx, study_name, output, quotes)
        return
    from themecode.exports.tables import write_table
    from themecode.flow.matrices import make_matrix, read_order, read_study_table
    from themecode.matrices.groups import Count, Level
    from themecode.matrices.together import Within

    if base_size < 1 or run_length < 1 or not 0 <= threshold <= 1:
        raise click.UsageError(
            "Base size and run length are at least 1, and the threshold is a share from 0 to 1."
        )
    themes_alone = level is None and output is None and not as_json and kind not in _WHOLE_STUDY
    if output is not None:
        refuse_overwriting(output, force=force)
        if output.suffix.lower() not in (".csv", ".xlsx", ".docx", ".html"):
            raise ThemecodeError(
                f"{output} has a name that says no format: end it in .csv, .xlsx, .docx or .html."
            )
    with open_named_study(ctx, study_name) as study:
        table = read_study_table(
            study, need_codebook(study), order=read_order(order) if order else None
        )
    matrix = make_matrix(
        table,
        kind,
        count=Count(count),
        level=Level("theme" if themes_alone else level or "both"),
        by=by,
        within=Within(within),
        base_size=base_size,
        run_length=run_length,
        threshold=threshold,
        fewest=fewest,
    )
    if output is not None:
        write_table(matrix, output)
        click.echo(f"{output}: {matrix.title}.", err=True)
    if as_json:
        console.print_json(console.figures_as_json(matrix))
    elif output is None:
        if themes_alone:
            more = (
                f"Themes alone. With the codes: themecode matrix {quote_path(Path(kind))} "
                "--level both, or -o FILE.xlsx for a table to open."
            )
            matrix = replace(matrix, notes=(*matrix.notes, more))
        console.print_figures(matrix)


def _write_framework(
    ctx: click.Context, study_name: str | None, output: Path | None, quotes: int
) -> None:
    from themecode.errors import ThemecodeError
    from themecode.exports.framework import read_summaries, write_framework
    from themecode.flow.importing import list_speaking
    from themecode.flow.outputs import settle_study
    from themecode.matrices.framework import make_framework

    if output is None or output.suffix.lower() != ".xlsx":
        raise ThemecodeError("A framework matrix is a workbook: name it with `-o framework.xlsx`.")
    summaries = read_summaries(output) if output.exists() else {}
    with open_named_study(ctx, study_name) as study:
        from themecode.flow.leaving import open_gate, record_leaving

        gate = open_gate(study)
        codebook = need_codebook(study)
        matrix = make_framework(
            settle_study(study, codebook),
            codebook=codebook,
            participants=list_speaking(study),
            summaries=summaries,
            quotes=quotes,
        )
        write_framework(matrix, output)
        record_leaving(study, [output], "framework matrix", gate=gate)
    kept = f" {len(summaries):,} of your summaries kept." if summaries else ""
    click.echo(
        f"{output}: {number_of(len(matrix.participants), 'person', 'people')}, {number_of(len(codebook.themes), 'theme')}.{kept}"
    )
