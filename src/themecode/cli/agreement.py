"""`themecode agreement`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from themecode.cli.options import (
    json_option,
    need_codebook,
    open_named_study,
    refuse_overwriting,
    study_option,
)
from themecode.errors import ThemecodeError
from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.agreement import Side
    from themecode.flow.agreeing import Gathered

#: Passages shown in the terminal with `--words`.
_SHOWN = 20


@click.command("agreement")
@click.option(
    "--between",
    nargs=2,
    metavar="ONE OTHER",
    help="People, groups, “people” or “machine”. [default: each group with each]",
)
@click.option(
    "--group",
    "groups",
    metavar="NAME=GROUP",
    multiple=True,
    help="The group somebody speaks for, over what the review says. Again for each.",
)
@click.option(
    "--by",
    "level",
    type=click.Choice(["code", "theme", "all"]),
    default="code",
    show_default=True,
    help="One row a code, a theme, or both.",
)
@click.option("--words", is_flag=True, help="Show the passages they see differently.")
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    help="Another seed draws other participants for the intervals.",
)
@click.option(
    "--resamples",
    type=click.IntRange(200, 100_000),
    default=2000,
    show_default=True,
    help="How often participants are drawn anew.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write all of it to a .csv, .xlsx or .docx.",
)
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@json_option
@study_option
@click.pass_context
def command(
    ctx: click.Context,
    between: tuple[str, str] | None,
    groups: tuple[str, ...],
    level: str,
    words: bool,
    seed: int,
    resamples: int,
    output: Path | None,
    force: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """How far people agree with one another and with the machine, and where they differ.

    What is counted, and what each figure means: docs/agreement.md.

    \b
    Examples:
      themecode agreement --study my-study
      themecode agreement --between "lived experience" researcher --words
      themecode agreement --between Dee machine -o agreement.xlsx
    """
    from themecode import console
    from themecode.agreement import (
        Resampling,
        compare_groups,
        compare_sides,
        estimate_machine,
        list_columns,
        list_differences,
    )
    from themecode.exports.agreement_tables import make_report_tables
    from themecode.exports.report_tables import write_report_tables
    from themecode.flow.agreeing import choose_pairs, gather_readings
    from themecode.flow.leaving import open_gate, record_leaving
    from themecode.store import utc_now

    if output is not None:
        if output.suffix.lower() not in {".csv", ".xlsx", ".docx"}:
            raise click.UsageError("The file's name should end in .csv, .xlsx or .docx.")
        refuse_overwriting(output, force=force)
    named = _read_groups(groups)
    resampling = Resampling(times=resamples, seed=seed)
    with open_named_study(ctx, study_name) as study:
        codebook = need_codebook(study)
        gate = open_gate(study) if output is not None else None
        gathered = gather_readings(study, codebook, groups=named)
    if not gathered.people:
        raise ThemecodeError(
            "Nobody has read anything yet. Plan a review with `themecode review plan`, or import "
            "people's codings."
        )
    pairs = [_find_pair(gathered, between)] if between else choose_pairs(gathered)
    columns = list_columns(codebook)
    readings = gathered.readings
    comparisons = [
        compare_sides(readings, *pair, columns=columns, resampling=resampling) for pair in pairs
    ]
    estimates = estimate_machine(
        gathered.cells,
        columns=columns,
        read_suggested=gathered.read_suggested,
        read_uncoded=gathered.read_uncoded,
        caution=gathered.caution,
        resampling=resampling,
    )
    findings = [
        (
            pair,
            compare_groups(readings, *pair, columns=columns, resampling=resampling),
            list(list_differences(readings, *pair, columns=columns)),
        )
        for pair in pairs
    ]
    if output is not None and gate is not None:
        tables = make_report_tables(
            comparisons, estimates, findings, printed=output.suffix.lower() == ".docx"
        )
        write_report_tables(tables, output, made_on=utc_now().date())
        with open_named_study(ctx, study_name) as study:
            record_leaving(study, [output], "agreement", gate=gate)
        click.echo(f"Wrote {output}", err=True)
    if as_json:
        console.print_json(
            {
                "comparisons": [console.comparison_as_json(each) for each in comparisons],
                "machine": console.estimates_as_json(estimates),
                "differences": [
                    {
                        "first": first.name,
                        "second": second.name,
                        "codes": console.differences_by_code_as_json(rows),
                    }
                    for (first, second), rows, _ in findings
                ],
            }
        )
        return
    kinds = {"code": ("code",), "theme": ("theme",), "all": ("theme", "code")}[level]
    for comparison, (pair, rows, differing) in zip(comparisons, findings, strict=True):
        console.print_agreement(comparison, kinds=kinds)
        if max(len(side.coders) for side in pair) > 1 or any(
            side.name in readings.groups.values() for side in pair
        ):
            console.print_group_rows(rows, *pair)
        if words:
            console.print_seen_differently(differing, *pair, most=_SHOWN)
    if not comparisons:
        click.echo(
            f"{number_of(len(gathered.people), 'person has', 'people have')} read passages. Say whom to compare with `--between`.\n"
        )
    console.print_estimates(estimates)
    if comparisons:
        console.print_agreement_notes(
            with_machine=any(side.name == "machine" for pair in pairs for side in pair)
        )


def _read_groups(given: tuple[str, ...]) -> dict[str, str]:
    groups = {}
    for each in given:
        name, equals, group = each.partition("=")
        if not equals or not name.strip() or not group.strip():
            raise click.UsageError(f"--group takes NAME=GROUP, not {each}.")
        groups[" ".join(name.split())] = " ".join(group.split())
    return groups


def _find_pair(gathered: Gathered, names: tuple[str, str]) -> tuple[Side, Side]:
    from themecode.flow.agreeing import find_side

    first, second = (find_side(gathered, name) for name in names)
    if set(first.coders) & set(second.coders):
        raise ThemecodeError(
            f"{names[0]} and {names[1]} have somebody in common. Compare two that do not."
        )
    return first, second
