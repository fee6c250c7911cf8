"""Agreement in the terminal: who agrees with whom, how good the machine is, where people differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.table import Table
from rich.text import Text

from themecode.agreement import Statistic
from themecode.agreement.compare import FEW_PEOPLE, FEW_POSITIVES
from themecode.consent import HELD_BACK
from themecode.console.tables import make_table, out
from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.agreement import (
        Agreed,
        Comparison,
        Difference,
        GroupRow,
        Interval,
        MachineEstimates,
        Side,
    )

_HEADS = {
    Statistic.PERCENT: "Agree",
    Statistic.KAPPA: "Kappa",
    Statistic.ALPHA: "Alpha",
    Statistic.AC1: "AC1",
    Statistic.POSITIVE: "Yes¹",
}


def print_agreement(comparison: Comparison, *, kinds: Sequence[str]) -> None:
    """Two sides: the pooled row first, then each theme or code either of them gave."""
    console = out()
    first, second = comparison.sides
    console.print(Text(f"{_name(first)} and {_name(second)}", style="bold"))
    rows = [row for row in comparison.rows if row.column.kind in ("all", *kinds) and row.positives]
    if not rows:
        console.print("They have read no passage in common that either gave a code.\n")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
    table.add_column("", max_width=22, overflow="fold")
    for head in ("Read", "Yeses", *_HEADS.values()):
        table.add_column(head, justify="right", no_wrap=True)
    for row in rows:
        few = row.column.kind != "all" and row.positives < FEW_POSITIVES
        style = "bold" if row.column.kind == "all" else "dim" if few else "none"
        yeses = f"{row.both + row.first:.3g}/{row.both + row.second:.3g}"
        table.add_row(
            Text(row.column.name + ("*" if few else ""), style=style),
            f"{row.units:,}",
            yeses,
            *(_cell(row, statistic, style) for statistic in Statistic),
        )
    console.print(table)
    marks = [row for row in rows if row.unitised is not None]
    for row in marks:
        console.print(f"Where passages begin and end, {row.column.name}: {row.unitised:.2f}")
    if any(row.positives < FEW_POSITIVES for row in rows):
        console.print(
            f"* Too few to say: fewer than {FEW_POSITIVES} passages got a yes from anybody."
        )
    people = rows[0].people
    if people < FEW_PEOPLE:
        console.print(
            f"{number_of(people, 'person', 'people')} spoke these passages: the ranges are rough."
        )
    console.print()


def print_agreement_notes(*, with_machine: bool) -> None:
    """How to read the figures."""
    console = out()
    console.print(
        "¹ Positive agreement: where either said yes, how far they met. Yeses: the first's/the "
        "second's. Beneath each figure, where it may lie (95%, participants drawn anew)."
    )
    if with_machine:
        console.print(
            "The machine's suggestions were drawn more often than the rest, so its agreement here "
            "is of the sample; for the study as a whole read its precision and recall."
        )


def print_estimates(estimates: MachineEstimates) -> None:
    """How good the machine is, as far as people have read."""
    console = out()
    console.print(Text("The machine, against people", style="bold"))
    if not estimates.rows:
        console.print("Nobody has read a sample of it yet: `themecode review plan` draws one.\n")
        return
    console.print(
        f"From {number_of(estimates.read_suggested, 'suggestion')} and "
        f"{number_of(estimates.read_uncoded, 'passage')} without a code that people have read."
    )
    if estimates.caution:
        console.print(Text(f"Take care: {estimates.caution}", style="bold"))
    table = make_table(
        "", "Read", "Precision", "Recall", "Missed", right=("Read", "Precision", "Recall", "Missed")
    )
    shown = [row for row in estimates.rows if row.said or row.column.kind == "all"]
    for row in shown:
        rough = bool(row.warnings)
        table.add_row(
            Text(
                row.column.name + ("*" if rough and row.column.kind != "all" else ""),
                style="bold" if row.column.kind == "all" else "dim" if rough else "none",
            ),
            str(row.said),
            _range(row.precision, row.precision_interval),
            _range(row.recall, row.recall_interval),
            "–" if row.missed is None else f"~{row.missed:.0f}",
        )
    console.print(table)
    if unsaid := len(estimates.rows) - len(shown):
        console.print(
            f"People also found {number_of(unsaid, 'code')} in what the machine left uncoded."
        )
    if any(row.warnings for row in shown):
        console.print(f"* A rough guess: fewer than {FEW_POSITIVES} were read, or found.")
    if not estimates.read_uncoded:
        console.print("Recall needs passages without a code: plan a review with `--uncoded`.")
    console.print()


def print_seen_differently(
    differences: Sequence[Difference], first: Side, second: Side, *, most: int
) -> None:
    """Passages two sides see differently, with the words."""
    console = out()
    console.print(
        Text(
            f"To talk about: {number_of(len(differences), 'passage')} seen differently",
            style="bold",
        )
    )
    for each in differences[:most]:
        passage = each.passage
        words = passage.words if passage.may_quote else HELD_BACK
        console.print()
        console.print(Text(f"{passage.transcript_id}, turn {passage.turn}", style="dim"))
        console.print(Text(f"“{words}”"))
        console.print(
            f"{each.column.name}. {_name(first)}: {_said(each.first)}. "
            f"{_name(second)}: {_said(each.second)}."
        )
        for note in (*each.first_notes, *each.second_notes):
            console.print(Text(f"  {note}", style="italic"))
    if len(differences) > most:
        console.print(f"\nAnd {len(differences) - most:,} more: write them all with `-o FILE`.")
    console.print()


def print_group_rows(rows: Sequence[GroupRow], first: Side, second: Side) -> None:
    """Which codes two groups use differently."""
    if not rows:
        return
    console = out()
    console.print(Text(f"What {first.name} and {second.name} see differently", style="bold"))
    table = make_table("", "Read", right=("Read",))
    for side in (first, second):
        head = side.name[:1].upper() + side.name[1:]
        table.add_column(Text(head), justify="right", max_width=12, overflow="fold")
    table.add_column("Gap", justify="right", no_wrap=True)
    differing = [row for row in rows if row.only_first or row.only_second]
    for row in differing:
        table.add_row(
            row.column.name,
            str(row.units),
            f"{row.first:.3g}",
            f"{row.second:.3g}",
            _range(row.gap, row.interval, signed=True),
        )
    if differing:
        console.print(table)
        console.print("Gap: the first's share of yeses less the second's, and where it may lie.")
    if alike := len(rows) - len(differing):
        console.print(f"They saw {number_of(alike, 'code')} alike wherever both read.")
    console.print()


def comparison_as_json(comparison: Comparison) -> dict[str, Any]:
    """A comparison, for scripts."""
    first, second = comparison.sides
    return {
        "first": {"name": first.name, "coders": list(first.coders)},
        "second": {"name": second.name, "coders": list(second.coders)},
        "rows": [
            {
                "level": row.column.kind,
                "id": row.column.id,
                "name": row.column.name,
                "passages": row.units,
                "people": row.people,
                "both": row.both,
                "only_first": row.first,
                "only_second": row.second,
                "neither": row.neither,
                **{
                    statistic.value: {
                        "value": row.values[statistic],
                        "interval": interval_as_json(row.intervals[statistic]),
                    }
                    for statistic in Statistic
                },
                "unitised_alpha": row.unitised,
                "warnings": list(row.warnings),
            }
            for row in comparison.rows
        ],
    }


def estimates_as_json(estimates: MachineEstimates) -> dict[str, Any]:
    """Estimates of the machine, for scripts."""
    return {
        "suggestions_read": estimates.read_suggested,
        "uncoded_read": estimates.read_uncoded,
        "caution": estimates.caution,
        "rows": [
            {
                "level": row.column.kind,
                "id": row.column.id,
                "name": row.column.name,
                "read": row.said,
                "found": row.found,
                "precision": row.precision,
                "precision_interval": interval_as_json(row.precision_interval),
                "recall": row.recall,
                "recall_interval": interval_as_json(row.recall_interval),
                "missed": row.missed,
                "warnings": list(row.warnings),
            }
            for row in estimates.rows
        ],
    }


def differences_by_code_as_json(rows: Sequence[GroupRow]) -> list[dict[str, Any]]:
    """Which codes two groups use differently, for scripts."""
    return [
        {
            "id": row.column.id,
            "name": row.column.name,
            "passages": row.units,
            "people": row.people,
            "first": row.first,
            "second": row.second,
            "only_first": row.only_first,
            "only_second": row.only_second,
            "gap": row.gap,
            "interval": interval_as_json(row.interval),
        }
        for row in rows
    ]


def interval_as_json(interval: Interval | None) -> list[float] | None:
    """Low and high."""
    return None if interval is None else [interval.low, interval.high]


def _name(side: Side) -> str:
    if len(side.coders) == 1:
        return side.name[:1].upper() + side.name[1:]
    return f"{side.name[:1].upper()}{side.name[1:]} ({len(side.coders)} people)"


def _cell(row: Agreed, statistic: Statistic, style: str) -> Text:
    value, interval = row.values[statistic], row.intervals[statistic]
    text = Text(_short(value), style=style, justify="right")
    if interval is not None and not (interval.low == interval.high == value):
        text.append(f"\n{_short(interval.low)}–{_short(interval.high)}", style="dim")
    return text


def _short(value: float | None) -> str:
    """A figure in as few characters as it needs."""
    if value is None:
        return "–"
    text = f"{value:.2f}".replace("-", "−")
    return text.replace("0.", ".") if abs(value) < 0.995 else text[:-1]


def _range(value: float | None, interval: Interval | None, *, signed: bool = False) -> str:
    if value is None:
        return "–"
    sign = "+" if signed else ""
    text = f"{value:{sign}.2f}"
    if interval is not None and interval.low < interval.high:
        text += f" ({interval.low:{sign}.2f} to {interval.high:{sign}.2f})"
    return text.replace("-", "−")


def _said(share: float) -> str:
    return ("yes" if share else "no") if share in (0, 1) else f"{share:.0%} yes"
