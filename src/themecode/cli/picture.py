"""`themecode picture`."""

from __future__ import annotations

from pathlib import Path

import click

from themecode.cli.options import need_codebook, open_named_study, refuse_overwriting, study_option


@click.command("picture")
@click.argument("kind", metavar="KIND")
@click.option(
    "-o", "--output", metavar="FILE", type=click.Path(path_type=Path), required=True,
    help="Where to write it: .svg or .png, at the size it is printed.",
)  # fmt: skip
@click.option(
    "--level", type=click.Choice(("theme", "code")), default="theme", show_default=True,
    help="Themes or codes (prevalence, heat maps).",
)  # fmt: skip
@click.option(
    "--within", type=click.Choice(("segment", "turn", "transcript")), default="turn",
    show_default=True, help="How near codes must be (co-occurrence).",
)  # fmt: skip
@click.option("--alt", is_flag=True, help="Print the text for those who cannot see the picture.")
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@study_option
@click.pass_context
def command(
    ctx: click.Context, /, kind: str, output: Path, level: str, within: str, alt: bool, force: bool,
    study_name: str | None,
) -> None:  # fmt: skip
    """Draw a picture of a study for a report.

    KIND is prevalence (bars with intervals), co-occurrence (a network of codes), saturation (a
    curve), timeline (codes along each transcript); or, as a heat map of themes, source (roles, and
    the survey), role, kind, or a column of your participants file.

    \b
    Examples:
      themecode picture prevalence -o prevalence.svg
      themecode picture source -o who_says_what.png
      themecode picture co-occurrence --within turn -o together.svg
    """
    from themecode.errors import ThemecodeError
    from themecode.flow.picturing import picture_study
    from themecode.matrices.groups import Level
    from themecode.matrices.together import Within

    if output.suffix.lower() not in (".svg", ".png"):
        raise ThemecodeError(f"{output} has a name that says no picture: end it in .svg or .png.")
    refuse_overwriting(output, force=force)
    with open_named_study(ctx, study_name) as study:
        picture = picture_study(
            study, need_codebook(study), kind, output, level=Level(level), within=Within(within)
        )
    click.echo(f"{output}: {picture.title}.", err=True)
    if alt:
        click.echo(picture.alt)
