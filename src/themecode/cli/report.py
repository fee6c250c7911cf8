"""`themecode report`, and `report plan`."""

from __future__ import annotations

from pathlib import Path

import click

from themecode.cli.options import (
    need_codebook,
    open_named_study,
    quote_path,
    refuse_overwriting,
    study_option,
)
from themecode.wording import number_of


@click.group("report", invoke_without_command=True)
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), help="The report, a .docx."
)
@click.option("--plan", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Your choice of quotes, from `report plan`.")  # fmt: skip
@click.option("--template", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="Your own Word document: its page, headers and styles are used.")  # fmt: skip
@click.option("--title", metavar="TEXT", help="The report's title. [default: the codebook's]")
@click.option("--quotes", "per_code", type=click.IntRange(0), default=3, show_default=True,
              help="Proposed quotes for each code, without a plan.")  # fmt: skip
@click.option("--max-share", type=click.FloatRange(0, 1, min_open=True), default=0.25, show_default=True,
              help="Of a theme's quotes, the most that one person may have.")  # fmt: skip
@click.option("--summaries", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False),
              help="A framework workbook with your summaries, from `matrix framework`.")  # fmt: skip
@click.option(
    "--order",
    metavar="FILE",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Transcripts in the order collected, one a line (saturation).",
)
@click.option(
    "--with-pseudonyms/--role-only",
    "with_pseudonyms",
    default=None,
    help="Sign quotes with role and pseudonym, every one; or with the role alone. [default: with the "
    "pseudonym once pseudonyms are signed for, and never where fewer than three have the role]",
)
@click.option("--fewest", type=click.IntRange(1), default=3, show_default=True,
              help="Keep back numbers of fewer people in groups; 1 shows all, for your own eyes.")  # fmt: skip
@click.option("--no-pictures", is_flag=True, help="Leave the figures out.")
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@study_option
@click.pass_context
def command(
    ctx: click.Context, output: Path | None, plan: Path | None, template: Path | None, title: str | None,
    summaries: Path | None, order: Path | None, with_pseudonyms: bool | None, fewest: int, per_code: int, max_share: float, no_pictures: bool, force: bool, study_name: str | None,
) -> None:  # fmt: skip
    """Write the study up in Word: methods, findings, a chapter a theme, appendices.

    Choose the quotes first if you like: `report plan` writes a list of them for you to edit.

    \b
    Examples:
      themecode report -o report.docx
      themecode report plan -o plan.xlsx
      themecode report --plan plan.xlsx --template house.docx -o report.docx
    """
    if ctx.invoked_subcommand is not None:
        return
    if output is None:
        raise click.UsageError("Name the report with -o FILE.docx.")
    if output.suffix.lower() != ".docx":
        raise click.UsageError("The report is a Word document: end its name in .docx.")
    refuse_overwriting(output, force=force)
    from themecode.flow.leaving import open_gate, record_leaving
    from themecode.flow.reporting import ReportChoices, report_study

    choices = ReportChoices(
        plan=plan, template=template, summaries=summaries, title=title, per_code=per_code,
        max_share=max_share, pictures=not no_pictures, order=order, with_ids=with_pseudonyms,
        fewest=fewest,
    )  # fmt: skip
    with open_named_study(ctx, study_name) as study:
        codebook = need_codebook(study)
        gate = open_gate(study)
        problems = report_study(study, codebook, output, choices=choices)
        record_leaving(study, [output], "report", gate=gate)
    for problem in problems:
        click.echo(str(problem), err=True)
    click.echo(
        f"Written: {output}. For page numbers in its contents, click them in Word and press F9 (printing may fill them too).",
        err=True,
    )
    if problems:
        ctx.exit(1)


@command.command("plan")
@click.option("-o", "--output", metavar="FILE", type=click.Path(path_type=Path), required=True,
              help="The plan: .xlsx or .yaml.")  # fmt: skip
@click.option("--quotes", "per_code", type=click.IntRange(0), default=3, show_default=True,
              help="Quotes for each code at most.")  # fmt: skip
@click.option("--max-share", type=click.FloatRange(0, 1, min_open=True), default=0.25, show_default=True,
              help="Of a theme's quotes, the most that one person may have.")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@study_option
@click.pass_context
def plan_command(
    ctx: click.Context,
    output: Path,
    per_code: int,
    max_share: float,
    force: bool,
    study_name: str | None,
) -> None:
    """List the passages that may be quoted, and propose which to use.

    \b
    Example:
      themecode report plan -o plan.xlsx
    """
    refuse_overwriting(output, force=force)
    from themecode.flow.leaving import open_gate, record_leaving
    from themecode.flow.reporting import ReportChoices, plan_report

    outer = ctx.parent.params if ctx.parent is not None else {}
    choices = ReportChoices(
        per_code=per_code, max_share=max_share, with_ids=outer.get("with_pseudonyms")
    )
    with open_named_study(ctx, study_name or outer.get("study_name")) as study:
        codebook = need_codebook(study)
        gate = open_gate(study)
        used, offered = plan_report(study, codebook, output, choices=choices)
        record_leaving(study, [output], "plan of quotes", gate=gate)
    click.echo(
        f"{used} of {number_of(offered, 'passage')} {'is' if offered == 1 else 'are'} proposed in {output}. Edit it, then: themecode report "
        f"--plan {quote_path(output)} -o report.docx"
    )
