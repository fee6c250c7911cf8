"""The command line: a thin shell over the library. Each command's module is imported when it is run."""

from __future__ import annotations

import _thread
import errno
import gc
import importlib
import sys
import threading
from collections.abc import Sequence

import click

from themecode import __version__
from themecode.errors import ThemecodeError

#: Commands in the order a researcher needs them: module, and one line of help.
COMMANDS = {
    "init": ("init", "Make a study, empty or with invented examples."),
    "import": ("importing", "Read transcripts and show what was found; code nothing."),
    "apply": ("apply", "The main job: read, code, and write tables."),
    "codebook": ("codebook", "Begin, check, show, convert, compare or train a codebook."),
    "search": ("search", "Find words across a study, in their context."),
    "status": ("status", "How a study stands."),
    "matrix": ("matrix", "Count who spoke of what: by group, together, in what share."),
    "memo": ("memo", "Write a note about anything in a study, or read them."),
    "picture": ("picture", "Draw a picture of a study for a report."),
    "report": ("report", "Write the study up in Word, with quotes you choose."),
    "export": ("export", "Write codings, turns or text in another format."),
    "review": ("review", "Let people check suggestions, in the browser or on paper."),
    "agreement": ("agreement", "How far people agree, with each other and the machine."),
    "evaluate": ("evaluate", "How well the machine codes, against people's codings."),
    "learn": ("learn", "What your decisions would teach the machine."),
    "pseudonymise": ("pseudonymise", "Find names, and put other words in their place."),
    "safeguarding": ("safeguarding", "Passages that may need your study's safeguarding protocol."),
    "withdraw": ("withdraw", "Take a participant out of a study, everywhere."),
    "backup": ("backup", "Copy a study, and verify the copy."),
    "restore": ("restore", "Put a copy back."),
    "encrypt": ("encrypt", "Lock a study with a passphrase, on the disk and in its copies."),
    "check": ("check", "Check that a study is whole, and mend what can be."),
}


class LazyGroup(click.Group):
    """Commands whose code is loaded only when it is needed, so that help comes at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order a researcher needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _ = COMMANDS[cmd_name]
        command: click.Command = importlib.import_module(f"themecode.cli.{module}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--study",
    metavar="DIR",
    envvar="THEMECODE_STUDY",
    help="The study's folder (or the address of a team's database). [default: ./study]",
)
@click.version_option(__version__, prog_name="themecode")
@click.pass_context
def cli(ctx: click.Context, study: str | None) -> None:
    """Code interviews and focus groups against your codebook, on your own computer.

    Nothing leaves this machine. Every code comes with its reason, and people decide.

    \b
    Begin with invented transcripts:
      themecode init --example --study my-study
    """
    ctx.obj = study


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and leave with its exit status: 0 done, 1 problems, 2 wrong usage."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns its exit status."""
    # Records by the ten thousand and no cycles among them: looking for cycles less often saves a
    # third of the time, and memory is still given back as soon as it is let go.
    gc.set_threshold(100_000, 50, 100)
    sys.unraisablehook = _interrupt_again
    try:
        status = cli.main(args=arguments, prog_name="themecode", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        click.echo("\nStopped. What was done is kept; run the same command to go on.", err=True)
        return 130
    except ThemecodeError as error:
        for problem in getattr(error, "problems", ()):
            click.echo(str(problem), err=True)
        click.echo(f"themecode: {error}", err=True)
        return 1
    except BrokenPipeError:
        # Whoever was reading (`| head`) has seen enough.
        sys.stderr.close()
        return 0
    except OSError as error:
        if error.errno not in {errno.ENAMETOOLONG, errno.ELOOP}:
            raise
        click.echo(
            "themecode: a file or folder was named that cannot exist: its name is too long, or leads "
            "back to itself. Check what you typed.",
            err=True,
        )
        return 1
    return status if isinstance(status, int) else 0


def _interrupt_again(lost: sys.UnraisableHookArgs) -> None:
    """A Ctrl+C that fell while Python was clearing up after itself is not lost, but comes a moment later."""
    if issubclass(lost.exc_type, KeyboardInterrupt):
        threading.Timer(0.01, _thread.interrupt_main).start()
    else:
        sys.__unraisablehook__(lost)
