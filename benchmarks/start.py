"""How soon help comes, against a click group with nothing in it (P7)."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from measuring import Plan, Row, in_turns, median, median_ratio, run, show_seconds, themecode

COMMANDS = "init import apply codebook search status export evaluate check".split()
ASKED = ("--version", "--help", *(f"{command} --help" for command in COMMANDS))
ROWS = tuple(f"`themecode {asked}`" for asked in ASKED)
MOST_TIMES = 1.6
#: A few hundredths of a second need more rounds than the rest.
MORE_ROUNDS = 3
EMPTY_GROUP = '''\
import sys
import click

@click.group()
def cli():
    """Nothing."""

if __name__ == "__main__":
    sys.exit(cli())
'''


def measure(plan: Plan) -> Iterator[Row]:
    empty = plan.scratch / "empty_group.py"
    empty.write_text(EMPTY_GROUP, encoding="utf-8")
    jobs = {asked: [*themecode(*asked.split())] for asked in ASKED}
    jobs["anchor"] = [sys.executable, str(empty), "--help"]
    for command in () if plan.smoke else jobs.values():
        run(command)  # compiled once, as on any computer
    rounds = 1 if plan.smoke else plan.rounds * MORE_ROUNDS
    found = in_turns(
        {asked: lambda command=command: run(command).seconds for asked, command in jobs.items()},
        rounds=rounds,
    )
    anchor = found.pop("anchor")
    for name, (asked, seconds) in zip(ROWS, found.items(), strict=True):
        ratio = median_ratio(seconds, anchor)
        yield Row(
            name,
            "a whole process" if asked != "--help" else "a whole process; the list of commands",
            show_seconds(median(seconds)),
            f"{show_seconds(median(anchor))}: an empty click group's --help",
            f"{ratio:.2f}",
            f"≤ {MOST_TIMES} times",
            ratio <= MOST_TIMES,
            len(seconds),
        )
