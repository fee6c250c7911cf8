"""`themecode review`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from themecode.cli.options import json_option, need_codebook, open_named_study, study_option
from themecode.errors import ThemecodeError

if TYPE_CHECKING:
    from themecode.store import Study

_PORT = 8765


@click.group("review")
def command() -> None:
    """Let people check what was suggested: plan it, open the page, settle where they differ.

    \b
    Example:
      themecode review plan --reviewer Dee --reviewer Eve --study my-study
      themecode review serve --study my-study
    """


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


@command.command("serve")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=_PORT,
    show_default=True,
    help="Where the page is. 0: any that is free.",
)
@click.option("--lead", metavar="NAME", help="Who leads. [default: your name on this computer]")
@click.option(
    "--network",
    metavar="ADDRESS",
    help="Open it to other computers at this address of yours; needs --certificate and --key.",
)
@click.option(
    "--certificate",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The certificate, a .pem or .crt file.",
)
@click.option(
    "--key",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The certificate's key, a .pem or .key file.",
)
@json_option
@study_option
@click.pass_context
def serve(
    ctx: click.Context,
    port: int,
    lead: str | None,
    network: str | None,
    certificate: Path | None,
    key: Path | None,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Open the review in the browser, for this computer alone. Ctrl+C closes it.

    Each person gets a link of her own that opens once. `--network` opens it to other computers, and
    what is sent is encrypted (docs/reviewing.md).

    \b
    Example:
      themecode review serve --study my-study
    """
    from themecode.review.server import Network, check_network, open_server
    from themecode.store import utc_now

    opened = None
    if network is not None:
        if certificate is None or key is None:
            raise click.UsageError(
                "--network needs --certificate and --key, so that nobody else on the network can read along."
            )
        check_network(network)
        opened = Network(network, certificate, key)
    with open_named_study(ctx, study_name) as study:
        from themecode.flow.reviewing import check_name

        who = check_name(lead or study.who)
        if not study.codebook_mark():  # quicker than reading it, which the first page does
            need_codebook(study)
        with open_server(
            study,
            port=port,
            network=opened,
            now=utc_now,
            report=lambda fault: click.echo(f"themecode: a page failed ({fault}).", err=True),
        ) as (address, run):
            links = _make_links(study, address, who)
            _print_links(links, address, who, as_json=as_json)
            run()
    click.echo("The review is closed. Every answer is saved.", err=True)


def _make_links(study: Study, address: str, lead: str) -> dict[str, str]:
    """A fresh link for everybody, the lead first; hers alone end those she never opened."""
    from themecode.review.keys import make_links
    from themecode.store import KeyHolder, KeyRole, utc_now

    plan = study.review_plan()
    names = plan.options.reviewers if plan else ()
    readers = [KeyHolder(name, KeyRole.REVIEWER) for name in names if name != lead]
    people = [KeyHolder(lead, KeyRole.LEAD), *readers]
    return make_links(study, people, address=address, now=utc_now(), alone=lead)


def _print_links(links: dict[str, str], address: str, lead: str, *, as_json: bool) -> None:
    if as_json:
        import json

        click.echo(json.dumps({"address": address, "lead": lead, "links": links}))
    else:
        for name, link in links.items():
            role = " (leads the study)" if name == lead else ""
            click.echo(f"{name}{role}: {link}")
    sys.stdout.flush()
    click.echo(
        "Each link opens once, for the person it names. Ctrl+C closes the review; answers are saved "
        "as they are given.",
        err=True,
    )


@command.command("invite")
@click.argument("name")
@click.option(
    "--port",
    type=click.IntRange(1, 65_535),
    default=_PORT,
    show_default=True,
    help="The port of `review serve`.",
)
@click.option("--network", metavar="ADDRESS", help="The address `review serve` was given.")
@json_option
@study_option
@click.pass_context
def invite(
    ctx: click.Context,
    name: str,
    port: int,
    network: str | None,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Make a fresh link for a reviewer, for another device or instead of one that was used.

    \b
    Example:
      themecode review invite Dee --study my-study
    """
    from themecode import console
    from themecode.review.keys import make_link
    from themecode.store import KeyRole, utc_now

    address = f"https://{network}:{port}" if network else f"http://127.0.0.1:{port}"
    with open_named_study(ctx, study_name) as study:
        plan = study.review_plan()
        if plan is None or name not in plan.options.reviewers:
            raise ThemecodeError(
                f"Nobody called {name} is in the review. Plan one with `themecode review plan`, and "
                "name everybody who reads."
            )
        link = make_link(study, name, KeyRole.REVIEWER, address=address, now=utc_now())
    if as_json:
        console.print_json({"name": name, "link": link})
    else:
        click.echo(link)


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


@command.command("pack")
@click.option("--reviewer", metavar="NAME", required=True, help="Whom it is for.")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["xlsx", "docx", "comments"]),
    required=True,
    help="A workbook, a Word document, or a transcript with comments in Word.",
)
@click.option("--transcript", "transcript_id", metavar="ID", help="Which transcript, for comments.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    required=True,
    type=click.Path(path_type=Path),
    help="Where to write it.",
)
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@study_option
@click.pass_context
def pack(
    ctx: click.Context,
    reviewer: str,
    kind: str,
    transcript_id: str | None,
    output: Path,
    force: bool,
    study_name: str | None,
) -> None:
    """Write a reviewer's excerpts to a file she can answer in without the page.

    What she opted out of is not in it, nor the words of anyone whose consent does not let them
    leave the study. `review collect` reads the file back.

    \b
    Examples:
      themecode review pack --reviewer Dee --format xlsx -o dee.xlsx
      themecode review pack --reviewer Dee --format comments --transcript P03 -o p03_dee.docx
    """
    from themecode.cli.options import refuse_overwriting
    from themecode.flow.leaving import open_gate, record_leaving
    from themecode.packs.comments import write_commented_transcript
    from themecode.packs.contents import fill_pack, find_reviewer
    from themecode.packs.document import write_document
    from themecode.packs.workbook import write_workbook
    from themecode.store import utc_now

    ending = ".xlsx" if kind == "xlsx" else ".docx"
    if output.suffix.lower() != ending:
        raise click.UsageError(f"The file's name should end in {ending}.")
    if (kind == "comments") != (transcript_id is not None):
        raise click.UsageError("Comments need --transcript ID; the other formats have none.")
    refuse_overwriting(output, force=force)
    with open_named_study(ctx, study_name) as study:
        codebook = need_codebook(study)
        gate = open_gate(study)
        if transcript_id is not None:
            written = write_commented_transcript(
                study, codebook, transcript_id, output, reviewer=reviewer, made_at=utc_now()
            )
            record_leaving(
                study, [output], "review pack", gate=gate, transcript_ids=[transcript_id]
            )
            click.echo(f"{output}: {written} comments to reply to.")
            return
        _, queue = find_reviewer(study, reviewer)
        filled = fill_pack(study, codebook, reviewer, made_at=utc_now())
        (write_workbook if kind == "xlsx" else write_document)(filled, output)
        ids = sorted({item.transcript_id for item in queue.items})
        record_leaving(study, [output], "review pack", gate=gate, transcript_ids=ids)
    apart = f", {len(filled.hard)} of them with a content note, apart" if filled.hard else ""
    click.echo(f"{output}: {len(filled.excerpts)} excerpts for {filled.reviewer}{apart}.")
    if filled.left_out:
        click.echo(
            f"{filled.left_out} more are not in it: consent does not let the words leave the study.",
            err=True,
        )
    click.echo("It holds what people said in confidence: send it safely.", err=True)


@command.command("collect")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--reviewer", metavar="NAME", help="Whose answers, where a file no longer says.")
@json_option
@study_option
@click.pass_context
def collect(
    ctx: click.Context,
    files: tuple[Path, ...],
    reviewer: str | None,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Take the answers in packs that came back into the study. Each is taken once.

    Files may have been renamed, sorted or shortened, and answers typed by hand.

    \b
    Example:
      themecode review collect dee.xlsx returned/*.docx --study my-study
    """
    from themecode import console
    from themecode.packs.collecting import collect_files
    from themecode.store import utc_now

    with open_named_study(ctx, study_name) as study:
        collected = collect_files(
            study, need_codebook(study), files, now=utc_now(), reviewer=reviewer
        )
    if as_json:
        console.print_json(console.collected_as_json(collected))
    else:
        console.print_collected(collected)
    console.print_problems([problem for each in collected for problem in each.problems])
    ctx.exit(1 if any(each.problems for each in collected) else 0)


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
