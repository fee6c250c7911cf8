"""`themecode review serve` and `invite`: the page opened, and who may come in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from themecode.cli.options import (
    json_option,
    need_codebook,
    open_named_study,
    study_option,
    tell_of_fault,
)
from themecode.errors import ThemecodeError

if TYPE_CHECKING:
    from themecode.store import Study

_PORT = 8765


@click.command("serve")
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
            report=tell_of_fault,
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


@click.command("invite")
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
