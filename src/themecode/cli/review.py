"""`themecode review`."""

from __future__ import annotations

import click

from themecode.cli import review_door, review_packs
from themecode.cli.options import json_option, need_codebook, open_named_study, study_option
from themecode.errors import ThemecodeError


@click.group("review")
def command() -> None:
    """Let people check what was suggested: plan it, open the page, settle where they differ.

    \b
    Example:
      themecode review plan --reviewer Dee --reviewer Eve --study my-study
      themecode review serve --study my-study
    """


for each in (review_door.serve, review_door.invite, review_packs.pack, review_packs.collect):
    command.add_command(each)


def _read_amount(given: str, option: str) -> int | None:
    """A number of excerpts; None for all of them."""
    if given == "all":
        return None
    if not given.isdecimal() or len(given) > 6:
        raise click.UsageError(f"--{option} takes a number, or “all”.")
    return int(given)


@command.command("plan")
@click.option(
    "--reviewer",
    "reviewers",
    metavar="NAME",
    multiple=True,
    required=True,
    help="Who reads. Again for each; “Dee:lived experience” says which group she speaks for.",
)
@click.option(
    "--suggested",
    metavar="N",
    default="100",
    show_default=True,
    help="How many suggestions to draw, or “all”.",
)
@click.option(
    "--candidates",
    metavar="N",
    default="40",
    show_default=True,
    help="How many doubtful suggestions.",
)
@click.option(
    "--uncoded",
    metavar="N",
    default="40",
    show_default=True,
    help="How many passages in which nothing was coded.",
)
@click.option(
    "--split",
    "readers",
    metavar="N",
    type=click.IntRange(1, 50),
    help="Each excerpt is read by N of them. [default: by all]",
)
@click.option("--blind", is_flag=True, help="Hide what the machine suggested; ask which codes fit.")
@click.option("--again", is_flag=True, help="Ask also about what somebody has answered before.")
@click.option(
    "--code", "codes", metavar="ID", multiple=True, help="Only this code or theme. Again for more."
)
@click.option(
    "--first",
    type=click.Choice(["random", "teaching", "doubtful"]),
    default="random",
    show_default=True,
    help="Which of those drawn come first; what is drawn stays random.",
)
@click.option("--seed", default="1", show_default=True, help="Another seed draws other excerpts.")
@json_option
@study_option
@click.pass_context
def plan(
    ctx: click.Context,
    reviewers: tuple[str, ...],
    suggested: str,
    candidates: str,
    uncoded: str,
    readers: int | None,
    blind: bool,
    again: bool,
    codes: tuple[str, ...],
    first: str,
    seed: str,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Draw excerpts at random and say who reads them. Earlier answers stay.

    \b
    Example:
      themecode review plan --reviewer "Dee:lived experience" \\
        --reviewer Ruth:researcher --uncoded 60 --study my-study
    """
    from themecode import console
    from themecode.flow.reviewing import plan_review
    from themecode.store import PlanOptions, utc_now

    groups = {}
    for each in reviewers:
        name, _, group = each.partition(":")
        groups[" ".join(name.split())] = group.strip()
    options = PlanOptions(
        reviewers=tuple(groups),
        suggested=_read_amount(suggested, "suggested"),
        candidates=_read_amount(candidates, "candidates"),
        uncoded=_read_amount(uncoded, "uncoded"),
        readers=readers,
        blind=blind,
        again=again,
        codes=codes,
        seed=seed,
        first=first,
    )
    with open_named_study(ctx, study_name) as study:
        made = plan_review(
            study,
            need_codebook(study),
            options,
            made_by=study.who,
            made_at=utc_now(),
            groups={name: group for name, group in groups.items() if group},
        )
    if as_json:
        console.print_json(console.review_plan_as_json(made))
    else:
        console.print_review_plan(made)


@command.command("care")
@click.option(
    "--contact",
    "contacts",
    metavar="TEXT",
    multiple=True,
    help="Whom reviewers can turn to, with a number. Again for each.",
)
@click.option(
    "--daily-limit",
    metavar="N",
    type=click.IntRange(0, 10_000),
    help="Excerpts a day. 0: no limit.",
)
@json_option
@study_option
@click.pass_context
def care(
    ctx: click.Context,
    contacts: tuple[str, ...],
    daily_limit: int | None,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Say whom reviewers can turn to, and how many excerpts a day are enough.

    \b
    Example:
      themecode review care --contact "Samaritans: 116 123, day or night" \\
        --daily-limit 30 --study my-study
    """
    from themecode import console
    from themecode.store import Care

    with open_named_study(ctx, study_name) as study:
        kept = study.care()
        if contacts or daily_limit is not None:
            limit = kept.daily_limit if daily_limit is None else daily_limit or None
            kept = Care(contacts or kept.contacts, limit)
            study.save_care(kept)
    if as_json:
        console.print_json({"contacts": list(kept.contacts), "daily_limit": kept.daily_limit})
        return
    for contact in kept.contacts or ("No contacts yet: add one with --contact.",):
        click.echo(contact)
    click.echo(f"Excerpts a day: {kept.daily_limit or 'no limit'}")


@command.command("progress")
@json_option
@study_option
@click.pass_context
def progress(ctx: click.Context, as_json: bool, study_name: str | None) -> None:
    """How far the review has come.

    \b
    Example:
      themecode review progress --study my-study
    """
    from themecode import console
    from themecode.flow.disputes import list_disputes
    from themecode.flow.review_progress import count_review

    with open_named_study(ctx, study_name) as study:
        codebook = need_codebook(study)
        counted = count_review(study, codebook)
        if counted is None:
            raise ThemecodeError("No review is planned yet. Plan one with `themecode review plan`.")
        waiting = sum(dispute.open for dispute in list_disputes(study, codebook))
    if as_json:
        console.print_json(console.review_progress_as_json(counted, waiting))
    else:
        console.print_review_progress(counted, waiting)


@command.command("adjudicate")
@click.argument("coding_id", metavar="[DISPUTE]", required=False)
@click.option(
    "--verdict",
    type=click.Choice(["accept", "reject", "recode"]),
    help="Whether the code stands, goes, or becomes another.",
)
@click.option("--to", "recoded_to", metavar="CODE", help="The code that fits, with recode.")
@click.option("--reason", metavar="TEXT", help="Why. It is kept, and the report may quote it.")
@click.option("--by", "by", metavar="NAME", help="Who decides. [default: your name here]")
@json_option
@study_option
@click.pass_context
def adjudicate_dispute(
    ctx: click.Context,
    coding_id: str | None,
    verdict: str | None,
    recoded_to: str | None,
    reason: str | None,
    by: str | None,
    as_json: bool,
    study_name: str | None,
) -> None:
    """List where reviewers differ, or settle one with a reason. What they answered stays.

    \b
    Examples:
      themecode review adjudicate --study my-study
      themecode review adjudicate 3f9a --verdict reject --reason "She means the shop." \\
        --study my-study
    """
    from themecode import console
    from themecode.flow.disputes import adjudicate, list_disputes
    from themecode.model import Verdict
    from themecode.store import utc_now

    with open_named_study(ctx, study_name) as study:
        codebook = need_codebook(study)
        if coding_id is None:
            disputes = list(list_disputes(study, codebook))
            if as_json:
                console.print_json(console.disputes_as_json(disputes))
            else:
                console.print_disputes(disputes, codebook)
            return
        if verdict is None or reason is None:
            raise click.UsageError("Settling needs --verdict and --reason.")
        made = adjudicate(
            study,
            codebook,
            coding_id,
            verdict=Verdict(verdict),
            recoded_to=recoded_to,
            reason=reason,
            by=by or study.who,
            at=utc_now(),
        )
    if as_json:
        console.print_json({"dispute": made.coding_id, "verdict": made.verdict.value})
    else:
        click.echo(f"Settled: {made.verdict.value}. Both answers stay beside it.")
