"""Tables and sentences about a study, made to read well at 80 columns and in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from themecode.model import Status, TurnKind
from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.flow.applying import Applied
    from themecode.flow.checking import Checked
    from themecode.flow.importing import Imported
    from themecode.flow.searching import Found
    from themecode.flow.speaking import Speaker
    from themecode.flow.standing import Standing
    from themecode.flow.summary import StudySummary
    from themecode.model import Memo, Problem
    from themecode.store import KeptDecision, StudyCounts
    from themecode.transcripts.utterances import SpeakerGuess

_KINDS = {
    TurnKind.PARTICIPANT: "participant",
    TurnKind.INTERVIEWER: "interviewer",
    TurnKind.SUPPORT: "support",
}
#: So many files about which the same is good to know are named together.
_MANY_ALIKE = 4
_OUTPUTS = (
    ("coded_segments.xlsx", "every coded passage, and why (also .csv)"),
    ("theme_matrix.csv", "themes and codes by participant"),
    ("theme_tables.docx", "tables with quotes, for your report"),
)
_BAR = 8
#: Lines printed together: by themselves, a thousand take a third of a second.
_AT_ONCE = 200


def out() -> Console:
    """Where results go; square brackets and :words: in names and in speech stay as they are."""
    return Console(highlight=False, soft_wrap=False, markup=False, emoji=False)


def err() -> Console:
    """Where everything else goes."""
    return Console(stderr=True, highlight=False, markup=False, emoji=False)


def make_table(*columns: str, right: Sequence[str] = ()) -> Table:
    """A quiet table; `right` names the columns of numbers."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1))
    for column in columns:
        table.add_column(
            column,
            justify="right" if column in right else "left",
            no_wrap=column in right,
            overflow="fold",
        )
    return table


def print_applied(applied: Applied, *, where: str) -> None:
    """The summary of the main job: what was read, what was coded, what to do next."""
    console = out()
    imported, summary = applied.imported, applied.summary
    new = len(imported.added)
    if new or imported.replaced or imported.updated or applied.coded.transcripts:
        parts = [f"{number_of(new, 'new transcript')} read"]
        if imported.unchanged:
            parts.append(f"{imported.unchanged:,} read before")
        if imported.updated:
            parts.append(f"speakers worked out again in {len(imported.updated):,}")
        if applied.coded.transcripts:
            parts.append(
                f"{applied.coded.transcripts:,} coded for {number_of(applied.coded.codes, 'code')}"
            )
        console.print("; ".join(parts) + ".")
    elif not applied.written:
        console.print("Nothing new to read or code: the tables are up to date.")
    print_summary(summary, where=where, console=console)
    _print_outputs(applied.outputs, console)
    _print_next(summary, where, console)


def print_summary(summary: StudySummary, *, where: str, console: Console) -> None:
    """What is in a study, and how often and by how many people each theme was said."""
    console.print()
    console.print(
        Text(where, style="bold")
        + Text(
            f": {_held(summary.transcripts, summary.responses)}, {number_of(summary.turns, 'turn')}, "
            f"{number_of(summary.participants, 'participant')}, {number_of(summary.words, 'word')}"
        )
    )
    console.print()
    people = f"People (of {summary.participants})"
    table = make_table(
        "Theme", "Codings", people, "", "To check", right=("Codings", people, "To check")
    )
    most = max((theme.people for theme in summary.themes), default=0)
    for theme in summary.themes:
        bar = "█" * round(_BAR * theme.people / most) if most else ""
        table.add_row(
            theme.name,
            f"{theme.codings:,}",
            f"{theme.people:,}",
            Text(bar, style="cyan"),
            f"{theme.candidates:,}",
        )
    candidates = sum(theme.candidates for theme in summary.themes)
    table.add_section()
    table.add_row(
        "All themes",
        f"{summary.codings:,}",
        f"{summary.people:,}",
        "",
        f"{candidates:,}",
        style="bold",
    )
    console.print(table)


def _held(transcripts: int, responses: int) -> str:
    held = [number_of(transcripts, "transcript")] if transcripts or not responses else []
    if responses:
        held.append(number_of(responses, "survey response"))
    return " and ".join(held)


def _print_outputs(folder: Path, console: Console) -> None:
    console.print()
    console.print(f"In {folder}:", soft_wrap=True)
    for name, about in _OUTPUTS:
        console.print(f"  {name:<21}{about}")


def _print_next(summary: StudySummary, where: str, console: Console) -> None:
    console.print()
    suggested = summary.statuses.get(Status.SUGGESTED, 0)
    checked = sum(
        summary.statuses.get(status, 0)
        for status in (Status.ACCEPTED, Status.REJECTED, Status.RECODED)
    )
    if suggested and not checked:
        console.print(
            "These are a machine's suggestions: nobody has checked them yet. “To check” are passages it is "
            "not sure of; they are in no count."
        )
    console.print("What next:")
    if not summary.turns:
        console.print(
            "  The study holds no transcripts yet. Put some in a folder, and run this again on it."
        )
        return
    console.print("  Open theme_tables.docx, and read some passages against their codes.")
    console.print("  See who was taken for an interviewer:", f"themecode status --speakers --study {where}",
                  sep="\n    ", soft_wrap=True)  # fmt: skip
    if summary.stale:
        console.print(
            f"  {number_of(summary.stale, 'coding')} made under an earlier definition: see codebook_version in the tables."
        )


def print_imported(imported: Imported, counts: StudyCounts, *, where: str) -> None:
    """Who was found speaking in each new transcript, and why they were taken for what they are."""
    console = out()
    for transcript_id, guesses in groupby(imported.speakers, key=_name_source):
        _print_cast(transcript_id, list(guesses), console)
    parts = [number_of(len(imported.added), "new transcript")]
    if imported.replaced:
        parts.append(f"{len(imported.replaced):,} replaced")
    if imported.updated:
        parts.append(f"speakers worked out again in {len(imported.updated):,}")
    if imported.unchanged:
        parts.append(f"{number_of(imported.unchanged, 'file')} read before")
    console.print("; ".join(parts) + ".")
    console.print(
        f"{where} now holds {_held(counts.transcripts - counts.responses, counts.responses)}, "
        f"{number_of(counts.turns, 'turn')}, "
        f"{number_of(counts.participants, 'participant')} and {number_of(counts.words, 'word')}.",
        soft_wrap=True,
    )
    if any(guess.kind is TurnKind.INTERVIEWER for guess in imported.speakers):
        console.print(
            "Is an interviewer missing? Run this again with --interviewer LABEL. Is one no interviewer, though "
            "you named the label? Use --not-interviewer LABEL."
        )
    print_needs_a_look(imported.needs_a_look)


def _name_source(guess: SpeakerGuess) -> str:
    """The transcript a speaker is of; for a survey's respondents, the survey."""
    return guess.transcript_id.rpartition(":")[0] or guess.transcript_id


def _print_cast(source: str, guesses: Sequence[SpeakerGuess], console: Console) -> None:
    """The speakers of one transcript, each with the reason it was taken for what it is."""
    words = sum(guess.words for guess in guesses)
    if ":" in guesses[0].transcript_id:
        held = f"{number_of(len(guesses), 'survey response')}, {number_of(words, 'word')}"
        console.print(Text(source, style="bold") + Text(f"  {held}"))
        console.print()
        return
    turns = sum(guess.turns for guess in guesses)
    held = f"{number_of(turns, 'turn')}, {number_of(words, 'word')}"
    console.print(Text(source, style="bold") + Text(f"  {held}"))
    for guess in guesses:
        kind = _KINDS[guess.kind]
        if guess.participant_id and guess.participant_id != guess.label:
            kind = f"{kind} {guess.participant_id}"
        label = guess.label or "(no label)"
        line = f"  {label:<22} {kind:<28} {guess.turns:>5,} turns {guess.words:>7,} words"
        console.print(line, markup=False, soft_wrap=True)
        console.print(Text(f"  {'':<22} because: {guess.reason}", style="dim"), soft_wrap=True)
    console.print()


def print_speakers(speakers: Iterable[Speaker]) -> None:
    """Who speaks in each transcript."""
    table = make_table(
        "Transcript",
        "Speaker",
        "Taken for",
        "Participant",
        "Turns",
        "Words",
        right=("Turns", "Words"),
    )
    for transcript_id, listed in groupby(speakers, key=lambda speaker: speaker.transcript_id):
        for number, speaker in enumerate(listed):
            is_survey = (
                not speaker.label
                and speaker.kind is TurnKind.PARTICIPANT
                and (speaker.participant_id is None)
            )
            table.add_row(
                transcript_id if number == 0 else "",
                "(survey)" if is_survey else speaker.label or "(no label)",
                "respondents" if is_survey else _KINDS[speaker.kind],
                speaker.participant_id or "",
                f"{speaker.turns:,}",
                f"{speaker.words:,}",
            )
    out().print(table)


def print_status(standing: Standing, *, where: str) -> None:
    """How a study stands."""
    console = out()
    counts, codebook, summary = standing.counts, standing.codebook, standing.summary
    if codebook is None or summary is None:
        console.print(
            f"{where}: {_held(counts.transcripts - counts.responses, counts.responses)}, "
            f"{number_of(counts.turns, 'turn')}, {number_of(counts.words, 'word')}. Not coded yet: run `themecode apply` with a codebook."
        )
    else:
        print_summary(summary, where=where, console=console)
        console.print()
        console.print(
            f"Codebook: {codebook.title} (version {codebook.version}, {number_of(codebook.codes, 'code')})"
        )
        for status in Status:
            if number := summary.statuses.get(status, 0):
                console.print(f"  {number:>7,} {_STATUSES[status]}")
        console.print(f"Decisions: {counts.decisions:,}. Memos: {counts.memos:,}.")
        if counts.changed_at is not None:
            console.print(f"Last changed: {counts.changed_at.astimezone():%d %B %Y, %H:%M}")
        if not standing.outputs_stand:
            console.print(
                "The tables in outputs/ are older than the study: run `themecode apply` again."
            )
    print_needs_a_look(standing.needs_a_look)
    if standing.waiting:
        from themecode.console.safeguarding import print_waiting_prompts

        print_waiting_prompts(standing.waiting)


_STATUSES = {
    Status.SUGGESTED: "suggested by the machine, not yet checked",
    Status.CANDIDATE: "candidates the machine is unsure of (in no count)",
    Status.ACCEPTED: "accepted by a reviewer",
    Status.REJECTED: "rejected by a reviewer",
    Status.RECODED: "moved to another code by a reviewer",
    Status.DISPUTED: "disputed: reviewers differ",
    Status.CODED: "coded by a person",
}


def print_needs_a_look(kept: Sequence[KeptDecision]) -> None:
    """What people did on earlier versions of transcripts and that needs somebody's eyes."""
    if not kept:
        return
    console = out()
    console.print()
    console.print("Needs a look: coded or decided on an earlier version of a transcript, and kept.")
    table = make_table("Transcript", "Turn", "Code", "By", "Because", right=("Turn",))
    for each in kept:
        segment = each.coding.segment
        reviewers = ", ".join(dict.fromkeys(decision.reviewer for decision in each.decisions))
        table.add_row(
            segment.transcript_id,
            str(segment.turn),
            each.coding.code_id,
            reviewers or each.coding.coder,
            each.reason,
        )
    console.print(table)


def print_memos(memos: Sequence[Memo]) -> None:
    """Researchers' notes, oldest first."""
    console = out()
    for memo in memos:
        console.print(
            f"{memo.made_at:%d %B %Y %H:%M}  {memo.author}, about {memo.about}".lstrip("0")
        )
        console.print(f"  {memo.text}")
    console.print(f"{number_of(len(memos), 'memo')}.")


def print_found(found: Iterable[Found], phrase: str) -> None:
    """Words in their context, one place a row."""
    console = out()
    total = 0
    transcripts: set[str] = set()
    rows: list[tuple[str, str, str, str]] = []
    width = max(20, (console.width - 30) // 2)
    for each in found:
        total += 1
        transcripts.add(each.transcript_id)
        place = f"{each.transcript_id[:20]}:{each.turn.number}"
        before = (
            each.before
            if len(each.before) <= width - len(each.words)
            else "…" + each.before[-(width - len(each.words)) :]
        )
        after = each.after if len(each.after) <= width else each.after[: width - 1] + "…"
        rows.append((f"{place:<25} ", before, each.words, after))
        if len(rows) == _AT_ONCE:
            _print_places(rows, console)
            rows.clear()
    if rows:
        _print_places(rows, console)
    console.print(
        f"{number_of(total, 'place')} in {number_of(len(transcripts), 'transcript')} for “{phrase}”."
    )


def _print_places(rows: Sequence[tuple[str, str, str, str]], console: Console) -> None:
    if console.color_system is None:  # a pipe or a file: nothing to lay out
        console.out("\n".join(map("".join, rows)))
        return
    styles = ("dim", "none", "bold cyan", "none")
    lines = [Text.assemble(*zip(parts, styles, strict=True)) for parts in rows]
    console.print(Text("\n").join(lines), soft_wrap=True)


def print_checked(checked: Checked, *, where: str) -> None:
    """Whether a study is whole."""
    console = out()
    read = ", ".join(
        number_of(number, "log entry" if kind == "log entries" else kind.removesuffix("s"), kind)
        for kind, number in checked.counts.items()
    )
    console.print(f"{where}: read and found as written: {read}.")
    if checked.whole:
        console.print("Every coding stands on its own words, and the log is unbroken.")
    else:
        for fault in checked.faults:
            err().print(fault, soft_wrap=True, markup=False)


def print_problems(problems: Sequence[Problem]) -> None:
    """Problems on stderr: what could not be used first, then what is good to know."""
    console = err()
    for blocks, heading in ((True, "Could not be used"), (False, "Good to know")):
        shown = [problem for problem in problems if problem.blocks is blocks]
        if shown:
            console.print()
            console.print(f"{heading} ({len(shown)}):", style="bold")
            for line in shown if blocks else _gather_alike(shown):
                console.print(f"  {line}", soft_wrap=True, markup=False)


def _gather_alike(problems: Sequence[Problem]) -> list[str]:
    """Problems a line each; what is true of many files is said once."""
    alike: dict[str, list[Problem]] = {}
    for problem in problems:
        alike.setdefault(problem.message, []).append(problem)
    lines: list[str] = []
    for message, each in alike.items():
        if len(each) < _MANY_ALIKE:
            lines.extend(map(str, each))
        else:
            lines.append(
                f"{each[0].path} and {len(each) - 1:,} others: {message} (--json names them all)"
            )
    return lines
