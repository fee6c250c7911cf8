"""A review in the terminal: what was drawn, how far people have come, where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from themecode.console.tables import make_table, out
from themecode.wording import number_of

if TYPE_CHECKING:
    from themecode.flow.disputes import Dispute
    from themecode.flow.review_progress import ReviewProgress
    from themecode.model import Codebook
    from themecode.packs.collecting import Collected
    from themecode.store import ReviewPlan

_STRATA = {
    "suggested": "suggestions",
    "candidate": "doubtful suggestions",
    "uncoded": "passages with no code",
}


def review_plan_as_json(plan: ReviewPlan) -> dict[str, Any]:
    """What was drawn, out of how many, and who reads."""
    return {
        "plan": plan.id,
        "made_at": plan.made_at.isoformat(),
        "reviewers": list(plan.options.reviewers),
        "readers_each": plan.options.readers or len(plan.options.reviewers),
        "blind": plan.options.blind,
        "seed": plan.options.seed,
        "strata": {
            name.value: {
                "population": kept.population,
                "drawn": kept.drawn,
                "fraction": kept.fraction,
            }
            for name, kept in plan.strata.items()
        },
    }


def print_review_plan(plan: ReviewPlan) -> None:
    """What was drawn, out of how many, and who reads."""
    console = out()
    table = make_table("Excerpts", "drawn", "out of", right=("drawn", "out of"))
    for name, kept in plan.strata.items():
        table.add_row(_STRATA[name.value], f"{kept.drawn:,}", f"{kept.population:,}")
    console.print(table)
    options = plan.options
    each = options.readers or len(options.reviewers)
    console.print(
        f"Read by {', '.join(options.reviewers)}; each excerpt by {number_of(each, 'person', 'people')}."
    )
    if options.blind:
        console.print("What the machine suggested is hidden from them.")
    console.print("Next: themecode review serve")


def review_progress_as_json(progress: ReviewProgress, disputes: int) -> dict[str, Any]:
    """How far a review has come."""
    return {
        **review_plan_as_json(progress.plan),
        "reviewers": [
            {
                "name": each.reviewer.name,
                "group": each.reviewer.group,
                "started": each.started,
                "done": each.done,
                "excerpts": each.total,
            }
            for each in progress.reviewers
        ],
        "excerpts": progress.excerpts,
        "answered": progress.answered,
        "finished": progress.finished,
        "passed_on": progress.passed_on,
        "unread": progress.unread,
        "disputes": disputes,
        "replies": {
            stratum.value: {reply.value: number for reply, number in sorted(counted.items())}
            for stratum, counted in progress.replies.items()
        },
    }


def print_review_progress(progress: ReviewProgress, disputes: int) -> None:
    """How far a review has come."""
    console = out()
    table = make_table("Reviewer", "group", "done", "excerpts", right=("done", "excerpts"))
    for each in progress.reviewers:
        group = each.reviewer.group or "-"
        table.add_row(each.reviewer.name, group, f"{each.done:,}", f"{each.total:,}")
    console.print(table)
    console.print(
        f"{progress.finished:,} of {number_of(progress.excerpts, 'excerpt')} read by everybody who should."
    )
    if progress.passed_on:
        console.print(f"{number_of(progress.passed_on, 'excerpt')} passed on to somebody else.")
    if progress.unread:
        console.print(f"{number_of(progress.unread, 'excerpt')} that nobody here will read.")
    waiting = number_of(disputes, "difference")
    console.print(
        f"{waiting} to settle: themecode review adjudicate"
        if disputes
        else "No differences to settle."
    )


def disputes_as_json(disputes: Sequence[Dispute]) -> list[dict[str, Any]]:
    """Where reviewers differ, with the words, for a study's own computer."""
    return [
        {
            "dispute": each.coding_id,
            "open": each.open,
            "transcript": each.settled.coding.segment.transcript_id,
            "turn": each.settled.coding.segment.turn,
            "start": each.settled.coding.segment.span.start,
            "end": each.settled.coding.segment.span.end,
            "text": each.settled.coding.segment.text,
            "code_id": each.settled.coding.code_id,
            "answers": [
                {
                    "reviewer": answer.reviewer,
                    "verdict": answer.verdict.value,
                    "recoded_to": answer.recoded_to,
                    "note": answer.note,
                }
                for answer in each.answers
            ],
            "ruling": None
            if each.ruling is None
            else {
                "by": each.ruling.reviewer,
                "verdict": each.ruling.verdict.value,
                "recoded_to": each.ruling.recoded_to,
                "reason": each.ruling.note,
            },
        }
        for each in disputes
    ]


def print_disputes(disputes: Sequence[Dispute], codebook: Codebook) -> None:
    """Where reviewers differ, each with what everybody said."""
    console = out()
    names = {code.id: code.name for code in codebook.codes}
    waiting = [each for each in disputes if each.open]
    for each in waiting:
        segment = each.settled.coding.segment
        code_id = each.settled.coding.code_id
        console.print(f"{each.coding_id[:8]}  {names.get(code_id, code_id)}")
        console.print(
            f"  {segment.transcript_id}, turn {segment.turn}: {segment.text}", soft_wrap=False
        )
        for answer in each.answers:
            to = (
                f" to {names.get(answer.recoded_to, answer.recoded_to)}"
                if answer.recoded_to
                else ""
            )
            note = f": {answer.note}" if answer.note else ""
            console.print(f"  {answer.reviewer}: {answer.verdict.value}{to}{note}")
        console.print()
    settled = len(disputes) - len(waiting)
    console.print(f"{number_of(len(waiting), 'difference')} to settle, {settled:,} settled.")
    if waiting:
        console.print(
            f'Settle one: themecode review adjudicate {waiting[0].coding_id[:8]} --verdict accept --reason "…"'
        )


def print_collected(collected: Sequence[Collected]) -> None:
    """What came of each file."""
    console = out()
    for each in collected:
        parts = [f"{each.taken:,} taken"]
        if each.known:
            parts.append(f"{each.known:,} known already")
        if each.empty:
            parts.append(f"{each.empty:,} not answered yet")
        if each.problems:
            parts.append(f"{len(each.problems):,} to look at")
        whose = f" ({each.reviewer})" if each.reviewer else ""
        console.print(f"{each.path}{whose}: {', '.join(parts)}.", soft_wrap=True)


def collected_as_json(collected: Sequence[Collected]) -> list[dict[str, Any]]:
    """What came of each file, for scripts."""
    return [
        {
            "file": each.path,
            "reviewer": each.reviewer,
            "taken": each.taken,
            "known": each.known,
            "not_answered": each.empty,
            "problems": [
                {"path": problem.path, "line": problem.line, "message": problem.message}
                for problem in each.problems
            ],
        }
        for each in collected
    ]
