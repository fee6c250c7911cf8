"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from themecode.errors import ThemecodeError, UnreadableFile

if TYPE_CHECKING:
    from themecode.consent import Gate
    from themecode.flow.reading_options import ReadingOptions
    from themecode.model import Codebook, Problem
    from themecode.store import Study

_Command = TypeVar("_Command", bound=Callable[..., Any])

#: Where a study is when nobody says.
DEFAULT_STUDY = "study"


def study_option(command: _Command) -> _Command:
    """`--study` after the command; `themecode --study DIR COMMAND` does the same."""
    option = click.option(
        "--study", "study_name", metavar="DIR", help="The study's folder. [default: ./study]"
    )
    return option(command)


def json_option(command: _Command) -> _Command:
    """`--json`, for scripts."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON, for scripts.")(command)


def reading_options(command: _Command) -> _Command:
    """The options that say how transcripts are read."""
    for option in reversed(
        (
            click.option(
                "--participants",
                metavar="FILE",
                type=click.Path(path_type=Path),
                help="Who took part: a .csv or .xlsx with a column “participant”.",
            ),
            click.option(
                "--interviewer",
                "interviewers",
                metavar="LABEL",
                multiple=True,
                help="A speaker's label that is an interviewer's, in every transcript; remembered. May be "
                "given several times.",
            ),
            click.option(
                "--not-interviewer",
                "not_interviewers",
                metavar="LABEL",
                multiple=True,
                help="A label you gave with --interviewer by mistake: from now on worked out as if you had "
                "not.",
            ),
            click.option(
                "--text-column",
                metavar="NAME",
                help="The column of a survey sheet that holds the answers.",
            ),
        )
    ):
        command = option(command)
    return command


def tell_of_fault(fault: str) -> None:
    """Say that a page failed, on stderr, without anybody's words."""
    click.echo(f"themecode: a page failed ({fault}).", err=True)


def name_study(ctx: click.Context, study_name: str | None) -> str:
    """The study a command is about: named after it, before it, in the environment, or ./study."""
    return study_name or ctx.obj or DEFAULT_STUDY


def open_named_study(ctx: click.Context, study_name: str | None, *, create: bool = False) -> Study:
    """Open the study a command is about."""
    from themecode.store import open_study

    named = name_study(ctx, study_name)
    made = create and "://" not in named and not (Path(named) / "study.db").exists()
    study = open_study(named, create=create, passphrase=ask_passphrase())
    if made:
        warn_of_place(Path(named))
    return study


def ask_passphrase() -> Callable[[Path], str] | None:
    """How an encrypted study's passphrase is asked for. None: there is nobody to ask."""
    import sys

    if not sys.stdin.isatty():
        return None
    return lambda folder: str(click.prompt(f"Passphrase of {folder}", hide_input=True, err=True))


def warn_of_place(folder: Path) -> None:
    """Say so where a study lies in a folder that is copied elsewhere by itself."""
    from themecode.store.places import find_exposure

    exposure = find_exposure(folder)
    if exposure is not None:
        click.echo(f"Take care: {exposure}", err=True)


def find_outputs(study: Study) -> Path:
    """The folder a study's outputs are written to."""
    return (study.folder or Path()) / "outputs"


def need_codebook(study: Study) -> Codebook:
    """The codebook the study is coded with; raises ThemecodeError where there is none."""
    codebook = study.codebook_in_force()
    if codebook is None:
        raise ThemecodeError(
            "The study has not been coded yet. Run `themecode apply` with your transcripts and a codebook."
        )
    if not study.counts().transcripts:
        click.echo(
            "This study holds no transcripts yet, so there is little to show. Read some in first: "
            "`themecode apply FOLDER`.",
            err=True,
        )
    return codebook


def make_reading_options(
    participants: Path | None,
    interviewers: Sequence[str],
    text_column: str | None,
    *,
    not_interviewers: Sequence[str] = (),
    replace: bool = False,
) -> tuple[ReadingOptions, tuple[Problem, ...]]:
    """How to read, with the participants file read, and what to know about it.

    Raises:
        FaultyParticipants: the participants file has problems that block it.
    """
    from themecode.flow.reading_options import ReadingOptions
    from themecode.model import Problem
    from themecode.transcripts.participants import read_participants

    try:
        rows, problems = read_participants(participants) if participants else ((), ())
    except UnreadableFile as error:
        problem = Problem(str(participants), None, str(error))
        raise FaultyParticipants(str(participants), (problem,)) from error
    if any(problem.blocks for problem in problems):
        raise FaultyParticipants(str(participants), problems)
    options = ReadingOptions(
        rows, tuple(interviewers), text_column, replace, tuple(not_interviewers)
    )
    return options, problems


class FaultyParticipants(ThemecodeError):
    """A participants file with problems to mend before anything is read."""

    def __init__(self, path: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            f"The participants file {path} cannot be used yet. Mend these, then run this again."
        )
        self.problems = problems


def quote_path(path: Path | str) -> str:
    """A path as it can be pasted into a terminal, on any system."""
    return f'"{path}"' if " " in str(path) else str(path)


def refuse_overwriting(path: Path, *, force: bool) -> None:
    """Stop before a file that exists is written over without `--force`."""
    if path.exists() and not force:
        raise ThemecodeError(
            f"{path} exists already. Give another name with `-o`, or add `--force`."
        )


def describe_held_back(gate: Gate, counted: str = "coding") -> list[str]:
    """What consent kept out of an export, a line a participant; `counted` is what an export holds."""
    held = gate.held_back
    if not held:
        return []
    number = gate.passages_held_back
    about = f"{number:,} {counted if number == 1 else counted + 's'} of {len(held)} " + (
        "participant" if len(held) == 1 else "participants"
    )
    if gate.override is not None:
        return [f"Written despite consent, for the reason given and kept in the study: {about}."]
    lines = [f"Held back, as consent asks: {about}."]
    lines += [f"  {each.participant_id}: {each.passages:,} ({each.reason})" for each in held[:20]]
    if len(held) > 20:
        lines.append(f"  and {len(held) - 20} more")
    return lines


def describe_findable(gate: Gate) -> list[str]:
    """Whom all that an export says of people would pick out, in a line; the cases of a project hold it all."""
    from themecode.disclosure import FEWEST, find_findable

    everyone = list(gate.participants.values())
    if not any(each.attributes for each in everyone):
        return []
    found = find_findable(everyone)
    if not found:
        return []
    telling = list(dict.fromkeys(name for each in found for name in each.telling))
    who = ", ".join(each.participant_id for each in found[:12])
    more = f" and {len(found) - 12} more" if len(found) > 12 else ""
    by = f" ({', '.join(telling[:6])} tell most)" if telling else ""
    said = (
        f"Take care: what the file says of {len(found):,} of {len(everyone):,} participants, taken together, "
        f"fewer than {FEWEST} share{by}. Whoever knows them may find them by it: {who}{more}."
    )
    return [said]
