"""Agreement, estimates and differences as tables for a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from themecode.agreement import (
    Comparison,
    Difference,
    GroupRow,
    Interval,
    MachineEstimates,
    Side,
    Statistic,
)
from themecode.agreement.compare import FEW_POSITIVES
from themecode.consent import HELD_BACK
from themecode.exports.report_tables import ReportTable

NAMES = {
    Statistic.PERCENT: "Percent agreement",
    Statistic.KAPPA: "Cohen's kappa",
    Statistic.ALPHA: "Krippendorff's alpha",
    Statistic.AC1: "Gwet's AC1",
    Statistic.POSITIVE: "Positive agreement",
}
_UNITISED = "Unitised alpha (where passages begin and end)"


def agreement_table(comparisons: Iterable[Comparison]) -> ReportTable:
    """Every statistic of every comparison, one code or theme a row."""
    rows = []
    for comparison in comparisons:
        first, second = comparison.sides
        for row in comparison.rows:
            figures: list[str] = []
            for statistic in Statistic:
                figures += (
                    _figure(row.values[statistic]),
                    _between(row.intervals[statistic]),
                )
            rows.append(
                (
                    first.name, second.name, row.column.kind, row.column.id, row.column.name,
                    str(row.units), str(row.people), f"{row.both:g}", f"{row.first:g}",
                    f"{row.second:g}", f"{row.neither:g}", *figures, _figure(row.unitised),
                    " ".join(row.warnings),
                )
            )  # fmt: skip
    figures = [text for each in Statistic for text in (NAMES[each], "95% interval")]
    return ReportTable(
        "Agreement",
        "Agreement",
        "How far two people or groups agree about each code, on the passages both have read. "
        "Intervals come from drawing the participants anew.",
        (
            "first", "second", "level", "id", "name", "passages read by both", "people",
            "both said yes", "only the first", "only the second", "neither", *figures, _UNITISED,
            "mind",
        ),
        (16, 16, 8, 22, 30, 10, 8, 8, 8, 8, 8, *([11, 14] * len(Statistic)), 13, 60),
        tuple(rows),
    )  # fmt: skip


def machine_table(estimates: MachineEstimates) -> ReportTable:
    """Precision and recall of the machine, estimated."""
    return ReportTable(
        "Machine",
        "How good the machine is",
        "Precision: of what the machine codes, the share people would keep. Recall: of what people "
        "would code, the share the machine codes. Estimated from "
        f"{estimates.read_suggested} suggestions and {estimates.read_uncoded} passages without a "
        "code that people have read, each weighted by how many it speaks for."
        + (f" Take care: {estimates.caution}" if estimates.caution else ""),
        (
            "code", "name", "suggestions read", "yeses from people", "precision", "95% interval",
            "recall", "95% interval", "passages missed, about", "mind",
        ),
        (22, 34, 12, 12, 10, 14, 10, 14, 14, 60),
        tuple(
            (
                row.column.id, row.column.name, str(row.said), f"{row.found:g}",
                _figure(row.precision), _between(row.precision_interval), _figure(row.recall),
                _between(row.recall_interval),
                "" if row.missed is None else f"{row.missed:.0f}",
                " ".join(filter(None, (estimates.caution, *row.warnings))),
            )
            for row in estimates.rows
        ),
    )  # fmt: skip


def differences_table(differences: Iterable[Difference], first: str, second: str) -> ReportTable:
    """Passage by passage, what each side said, with the words, for discussion."""
    return ReportTable(
        "To talk about",
        f"Where {first} and {second} differ",
        "Each passage one side gave a code and the other did not. A reason to talk, not a mistake.",
        ("transcript", "turn", "words", "code", first, second, "notes"),
        (14, 6, 60, 24, 12, 12, 30),
        tuple(
            (
                each.passage.transcript_id,
                str(each.passage.turn),
                each.passage.words if each.passage.may_quote else HELD_BACK,
                each.column.name,
                _said(each.first),
                _said(each.second),
                "\n".join((*each.first_notes, *each.second_notes)),
            )
            for each in differences
        ),
    )


def groups_table(rows: Iterable[GroupRow], first: str, second: str) -> ReportTable:
    """Which codes two groups use differently, the widest gap first."""
    return ReportTable(
        "By group",
        f"What {first} and {second} see differently",
        f"Of the passages both have read, how many each gave the code. The gap is the share of "
        f"{first} less that of {second}; its interval comes from drawing the participants anew.",
        (
            "code", "passages read by both", "people", f"{first}: yes", f"{second}: yes",
            f"only {first}", f"only {second}", "gap", "95% interval", "passages to look at",
        ),
        (26, 10, 8, 10, 10, 10, 10, 8, 14, 60),
        tuple(
            (
                row.column.name, str(row.units), str(row.people), f"{row.first:g}",
                f"{row.second:g}", f"{row.only_first:g}", f"{row.only_second:g}",
                f"{row.gap:+.2f}".replace("-", "−"), _between(row.interval),
                "\n".join(
                    (f"“{each.passage.words}”" if each.passage.may_quote else HELD_BACK)
                    + f" ({each.passage.transcript_id}, turn {each.passage.turn}; "
                    + f"{first}: {_said(each.first)}, {second}: {_said(each.second)})"
                    for each in row.examples
                ),
            )
            for row in rows
        ),
    )  # fmt: skip


def printed_agreement_table(comparison: Comparison) -> ReportTable:
    """One comparison as a page has room for it: what somebody gave, the interval under its figure."""
    first, second = comparison.sides
    rows = [row for row in comparison.rows if row.positives]
    empty = len(comparison.rows) - len(rows)
    about = (
        "How far they agree about each code, on the passages both have read. Beneath each figure, "
        "where it may lie (95%): the participants were drawn anew."
    )
    if empty:
        about += f" Left out: {empty} codes and themes that neither gave."
    return ReportTable(
        "Agreement",
        f"{first.name[:1].upper()}{first.name[1:]} and {second.name}",
        about,
        (
            "Code or theme", "Read", f"Yes: {first.name}", f"Yes: {second.name}", "Percent",
            "Kappa", "Alpha", "AC1", "Positive", "Mind",
        ),
        (34, 8, 13, 13, 14, 14, 14, 14, 14, 28),
        tuple(
            (
                row.column.name,
                str(row.units),
                f"{row.both + row.first:.3g}",
                f"{row.both + row.second:.3g}",
                *(
                    "\n".join(
                        filter(
                            None,
                            (
                                _figure(row.values[each], places=2),
                                _between(row.intervals[each]).replace(" to ", "–"),
                            ),
                        )
                    )
                    for each in Statistic
                ),
                "Too few to say" if row.positives < FEW_POSITIVES else "",
            )
            for row in rows
        ),
    )  # fmt: skip


def make_report_tables(
    comparisons: Sequence[Comparison],
    estimates: MachineEstimates,
    findings: Sequence[tuple[tuple[Side, Side], Sequence[GroupRow], Sequence[Difference]]],
    *,
    printed: bool,
) -> list[ReportTable]:
    """Every table of agreement, in the order a reader wants them.

    Args:
        comparisons: of two sides each.
        estimates: of the machine.
        findings: for each two sides, how they use the codes, and where they differ.
        printed: whether they are for a page rather than a sheet.
    """
    tables = (
        [printed_agreement_table(each) for each in comparisons]
        if printed
        else [agreement_table(comparisons)]
    )
    machine = machine_table(estimates)
    tables.append(machine.without("code") if printed else machine)
    for number, ((first, second), rows, differing) in enumerate(findings):
        made = (
            groups_table(rows, first.name, second.name),
            differences_table(differing, first.name, second.name),
        )
        tables += [table.renamed(number) for table in made]
    return tables


def _figure(value: float | None, *, places: int = 3) -> str:
    return "" if value is None else f"{value:.{places}f}".replace("-", "−")


def _between(interval: Interval | None) -> str:
    if interval is None or interval.low == interval.high:
        return ""
    return f"{interval.low:.2f} to {interval.high:.2f}".replace("-", "−")


def _said(share: float) -> str:
    if share in (0, 1):
        return "yes" if share else "no"
    return f"{share:.0%} yes"
