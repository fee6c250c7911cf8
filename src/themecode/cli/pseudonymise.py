"""`themecode pseudonymise`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from themecode.cli.key_options import (
    ask_new_key_passphrase,
    find_key_passphrase,
    key_option,
    need_key,
    say_how_kept,
)
from themecode.cli.options import (
    find_outputs,
    json_option,
    open_named_study,
    quote_path,
    refuse_overwriting,
    study_option,
    tell_of_fault,
)
from themecode.errors import ThemecodeError

if TYPE_CHECKING:
    from themecode.flow.names_desk import NamesDesk
    from themecode.pseudonyms.key import Entry
    from themecode.store import Study


@click.group("pseudonymise")
def command() -> None:
    """Find names and other things that tell who somebody is, and put other words in their place.

    Works on the study's transcripts, before or after coding: codings, decisions and memos move with
    their words. People decide about every name; no tool finds them all.

    \b
    Step by step:
      themecode pseudonymise find -o ../names.xlsx
      themecode pseudonymise decide ../names.xlsx --key ../names.key
      themecode pseudonymise apply --key ../names.key
      themecode pseudonymise sign --name "Dee Okoro" --key ../names.key
    """


@command.command("find")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Write a workbook (.xlsx) to decide in. Outside the study, for it names people.",
)
@key_option
@click.option("--all", "show_all", is_flag=True, help="List every one of them.")
@click.option("--force", is_flag=True, help="Write over a workbook that exists.")
@click.option(
    "--workers", metavar="N", type=click.IntRange(1), default=1, help="Processes to look in."
)
@json_option
@study_option
@click.pass_context
def find(
    ctx: click.Context,
    output: Path | None,
    key: Path | None,
    show_all: bool,
    force: bool,
    workers: int,
    as_json: bool,
    study_name: str | None,
) -> None:
    """List what may tell who somebody is: names, places, numbers, dates, with words around.

    \b
    Examples:
      themecode pseudonymise find
      themecode pseudonymise find -o ../names.xlsx
      themecode pseudonymise find --key ../names.key --json
    """
    from themecode import console
    from themecode.console.pseudonyms import candidates_as_json, print_candidates
    from themecode.exports.pseudonym_workbook import write_pseudonym_workbook
    from themecode.flow.pseudonymising import check_outside, find_in_study

    with open_named_study(ctx, study_name) as study:
        if output is not None:
            if output.suffix.lower() != ".xlsx":
                raise ThemecodeError(
                    f"{output} is to be a workbook: give a name that ends in .xlsx."
                )
            check_outside(output, study, what="a workbook of names")
            refuse_overwriting(output, force=force)
        decided = _load_decided(key, study)
        found = find_in_study(study, decided=decided, workers=workers)
        if output is not None:
            write_pseudonym_workbook(found.rows, output)
        if as_json:
            console.print_json(candidates_as_json(found))
            return
        print_candidates(found, show_all=show_all, workbook=output)
        if output is not None:
            click.echo(f"\nWritten: {output}. Fill in the yellow columns, then run", err=True)
            click.echo(f"  themecode pseudonymise decide {quote_path(output)} --key FILE", err=True)


@command.command("decide")
@click.argument("workbook", required=False, type=click.Path(path_type=Path, dir_okay=False))
@key_option
@click.option(
    "--page", is_flag=True, help="Decide on a page in the browser, on this computer alone."
)
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(0, 65_535),
    default=8766,
    show_default=True,
    help="Where the page is. 0: any that is free.",
)
@click.option("--lead", metavar="NAME", help="Who leads the study. [default: your name here]")
@click.option(
    "--encrypt-key", is_flag=True, help="Encrypt the key, with a passphrase that is asked for."
)
@json_option
@study_option
@click.pass_context
def decide(
    ctx: click.Context,
    workbook: Path | None,
    key: Path | None,
    page: bool,
    port: int,
    lead: str | None,
    encrypt_key: bool,
    as_json: bool,
    study_name: str | None,
) -> None:
    """Decide about each name: in the workbook, on a page, or here one by one. It is kept in the key.

    All three ask the same and keep the same. With `--page`, a link is printed that opens once, for
    the lead of the study; Ctrl+C closes the page. On the page and here each decision is saved at once.
    The key of an encrypted study is encrypted with the study's passphrase; any other with `--encrypt-key`.

    \b
    Examples:
      themecode pseudonymise decide ../names.xlsx --key ../names.key
      themecode pseudonymise decide --page --key ../names.key
      themecode pseudonymise decide --key ../names.key
    """
    from themecode.console import print_json
    from themecode.flow.deciding import load_key, read_decisions, save_key
    from themecode.flow.names_desk import NamesDesk
    from themecode.flow.pseudonymising import find_in_study
    from themecode.language.lexicon import is_english
    from themecode.pseudonyms.capitals import Talk
    from themecode.pseudonyms.key import join_keys

    with open_named_study(ctx, study_name) as study:
        path = need_key(key, study)
        passphrase = find_key_passphrase(path, study)
        before = load_key(path, passphrase)
        if encrypt_key:
            passphrase = ask_new_key_passphrase(path)
            save_key(before, path, passphrase)
        if page and workbook is not None:
            raise click.UsageError("Give the workbook or --page, not both.")
        if workbook is None and not page and not sys.stdin.isatty():
            raise click.UsageError("Name the filled-in workbook, add --page, or use a terminal.")
        found = find_in_study(study, decided=before)
        is_ordinary = Talk(is_english, lambda _: None).is_ordinary
        transcripts = study.known_transcripts()
        if workbook is None:
            desk = NamesDesk(
                found,
                path,
                is_ordinary=is_ordinary,
                transcripts=transcripts,
                passphrase=passphrase,
            )
            if page:
                _serve_names(study, desk, port=port, lead=lead or study.who, as_json=as_json)
            made = len(found.undecided) - desk.undecided if page else _walk_through(desk)
            left = desk.undecided
        else:
            entries, problems = read_decisions(
                workbook, found.rows, is_ordinary=is_ordinary, transcripts=transcripts
            )
            for problem in problems:
                click.echo(str(problem), err=True)
            if any(problem.blocks for problem in problems):
                raise ThemecodeError(
                    f"Nothing was kept: mend these rows of {workbook}, then run this again."
                )
            if entries:
                save_key(join_keys(before, entries), path, passphrase)
            made = len(entries)
            decided = {entry.words.casefold() for entry in entries}
            left = sum(row.words.casefold() not in decided for row in found.undecided)
        if as_json and not page:
            print_json({"kept": made, "undecided": left, "key": str(path)})
        else:
            click.echo(
                f"{made:,} decisions kept in {path}; {left:,} names not decided yet.", err=page
            )
        click.echo(
            f"Put them in with\n  themecode pseudonymise apply --key {quote_path(path)}", err=True
        )
        say_how_kept(path)


def _load_decided(key: Path | None, study: Study) -> tuple[Entry, ...]:
    """What was decided, where the key was named."""
    from themecode.flow.deciding import load_key

    if key is None:
        return ()
    path = need_key(key, study)
    return load_key(path, find_key_passphrase(path, study))


def _walk_through(desk: NamesDesk) -> int:
    """Ask about each name in turn; how many were decided. Each is kept as it is decided."""
    from themecode.console.pseudonyms import print_row
    from themecode.flow.deciding import UnfitDecision

    waiting = [at for at, row in enumerate(desk.rows) if row.decided is None]
    made = 0
    click.echo("For each: r replace, g generalise, k keep, Enter later, q stop.")
    for place, at in enumerate(waiting, start=1):
        row = desk.rows[at]
        print_row(row, place, len(waiting))
        said = click.prompt(
            "  r/g/k/Enter/q", default="", show_default=False, type=click.Choice(["r", "g", "k", "q", ""]),
            show_choices=False,
        )  # fmt: skip
        if said == "q":
            break
        if not said:
            continue
        suggested = row.becomes if said == "r" else None
        becomes = "" if said == "k" else click.prompt("  becomes", default=suggested)
        try:
            desk.decide(at, said, becomes)
            made += 1
        except UnfitDecision as unfit:
            click.echo(f"  Not kept: {unfit}")
    return made


def _serve_names(study: Study, desk: NamesDesk, *, port: int, lead: str, as_json: bool) -> None:
    """Open the page until Ctrl+C."""
    from functools import partial

    from themecode.flow.reviewing import check_name
    from themecode.review.keys import make_link
    from themecode.review.names import NamesApp
    from themecode.review.server import open_server
    from themecode.store import KeyRole, utc_now

    who = check_name(lead)
    with open_server(
        study,
        port=port,
        network=None,
        now=utc_now,
        report=tell_of_fault,
        make_app=partial(NamesApp, desk=desk),
    ) as (address, run):
        link = make_link(study, who, KeyRole.LEAD, address=address, now=utc_now(), alone=False)
        if as_json:
            click.echo(json.dumps({"address": address, "lead": who, "link": link}))
        else:
            click.echo(f"{who}: {link}")
        sys.stdout.flush()
        click.echo(
            "The link opens once, on this computer. Ctrl+C closes the page; what is decided is kept.",
            err=True,
        )
        run()


@command.command("apply")
@key_option
@click.option(
    "--forget-originals",
    is_flag=True,
    help="Remove the words from before from the study for good: earlier versions, caches, its backups.",
)
@click.option("--yes", is_flag=True, help="Do not ask before words are removed for good.")
@study_option
@click.pass_context
def apply(
    ctx: click.Context, key: Path | None, forget_originals: bool, yes: bool, study_name: str | None
) -> None:
    """Put the pseudonyms in: a new version of each transcript, everything people did moved along.

    The version from before stays inside the study, so that a mistake can be put right, until you ask
    for it to be forgotten.

    \b
    Examples:
      themecode pseudonymise apply --key ../names.key
      themecode pseudonymise apply --key ../names.key --forget-originals --yes
    """
    from themecode.console.pseudonyms import print_pseudonyms_in
    from themecode.flow.deciding import load_key
    from themecode.flow.output_names import HELD_BACK_LIST, OUTPUT_NAMES
    from themecode.flow.outputs import write_outputs
    from themecode.flow.pseudonymising import apply_key
    from themecode.store import utc_now

    with open_named_study(ctx, study_name) as study:
        path = need_key(key, study)
        entries = load_key(path, find_key_passphrase(path, study))
        if not entries:
            raise ThemecodeError(
                f"There are no decisions in {path} yet. `themecode pseudonymise decide` writes them there."
            )
        if forget_originals and not yes:
            _ask_to_forget()
        with study.lock():
            applied = apply_key(study, entries, forget=forget_originals)
            outputs = find_outputs(study)
            codebook = study.codebook_in_force()
            if codebook is not None and any((outputs / name).exists() for name in OUTPUT_NAMES):
                # The tables in the study's own folder would go on saying the names.
                write_outputs(study, codebook, outputs, made_at=utc_now())
        print_pseudonyms_in(applied)
        others = _list_other_files(outputs, (*OUTPUT_NAMES, HELD_BACK_LIST))
        if others and applied.places:
            click.echo(
                "\nThese files were written before and may still hold the names; remove or make them again:\n  "
                + "\n  ".join(others),
                err=True,
            )


def _ask_to_forget() -> None:
    if not sys.stdin.isatty():
        raise ThemecodeError(
            "The words from before would be removed for good. Add `--yes` if that is what you want."
        )
    click.confirm(
        "The words from before will be removed from the study for good, its backups included. Go on?",
        abort=True,
    )


def _list_other_files(outputs: Path, own: tuple[str, ...]) -> list[str]:
    if not outputs.is_dir():
        return []
    return [
        str(path) for path in sorted(outputs.iterdir()) if path.is_file() and path.name not in own
    ]


@command.command("sign")
@click.option("--name", "signed_by", metavar="NAME", required=True, help="Who answers for it.")
@key_option
@click.option("--note", default="", metavar="WORDS", help="Why you sign while names are undecided.")
@study_option
@click.pass_context
def sign(
    ctx: click.Context, signed_by: str, key: Path | None, note: str, study_name: str | None
) -> None:
    """Answer, by name, for the pseudonyms of the study as it is now. Exports wait for it.

    \b
    Example:
      themecode pseudonymise sign --name "Dee Okoro" --key ../names.key
    """
    from themecode.flow.pseudonymising import find_in_study
    from themecode.pseudonyms.candidates import NO_GUARANTEE

    name = " ".join(signed_by.split())
    if not name:
        raise click.UsageError("Give the name of the person who signs.")
    with open_named_study(ctx, study_name) as study:
        if not study.pseudonymised_transcripts():
            raise ThemecodeError(
                "No pseudonyms were put into this study yet. `themecode pseudonymise find` begins."
            )
        decided = _load_decided(key, study)
        left = len(find_in_study(study, decided=decided).undecided)
        if left and not note.strip():
            hint = "" if key else " (with `--key` those you decided to keep are not counted)"
            raise ThemecodeError(
                f"{left:,} names and numbers are not decided yet{hint}. Decide about them, or say why you "
                "sign all the same with `--note WORDS`."
            )
        study.sign_pseudonyms(name, undecided=left, note=note.strip())
        click.echo(
            f"{name} answers for the pseudonyms of this study as it is now ({left:,} undecided). "
            "It may be exported."
        )
        click.echo(NO_GUARANTEE, err=True)
