"""The same results as JSON, for scripts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from themecode.flow.applying import Applied
    from themecode.flow.checking import Checked
    from themecode.flow.comparing import Difference
    from themecode.flow.evaluating import Account
    from themecode.flow.exchanging import ImportedProject
    from themecode.flow.importing import Imported
    from themecode.flow.searching import Found
    from themecode.flow.speaking import Speaker
    from themecode.flow.standing import Standing
    from themecode.flow.summary import StudySummary
    from themecode.model import Codebook, Memo, Problem


def print_json(value: object) -> None:
    """One JSON value on stdout."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def problems_as_json(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    """Each problem with its file, line, message, and whether it blocks."""
    return [asdict(problem) for problem in problems]


def _summary(summary: StudySummary) -> dict[str, Any]:
    return {
        "transcripts": summary.transcripts,
        "turns": summary.turns,
        "words": summary.words,
        "participants": summary.participants,
        "codings": summary.codings,
        "people": summary.people,
        "stale": summary.stale,
        "statuses": {status.value: number for status, number in summary.statuses.items()},
        "themes": [asdict(theme) for theme in summary.themes],
        "codes": [asdict(code) for code in summary.codes],
    }


def _imported(imported: Imported) -> dict[str, Any]:
    return {
        "files": imported.files,
        "added": imported.added,
        "updated": imported.updated,
        "replaced": imported.replaced,
        "unchanged": imported.unchanged,
    }


def applied_as_json(applied: Applied) -> dict[str, Any]:
    """What `apply` did."""
    return {
        **_imported(applied.imported),
        "coded": applied.coded.transcripts,
        "summary": _summary(applied.summary),
        "outputs": str(applied.outputs),
        "written": applied.written,
        "problems": problems_as_json(applied.problems),
    }


def imported_as_json(
    imported: Imported, problems: Sequence[Problem], brought: Sequence[ImportedProject] = ()
) -> dict[str, Any]:
    """What `import` did, and who speaks in what it read."""
    return {
        **_imported(imported),
        "projects": [
            {
                "path": each.path,
                "origin": each.origin,
                "matched": each.matched,
                "added": each.added,
                "codings": dict(sorted(each.coders.items())),
                "known": each.known,
                "memos": each.memos,
            }
            for each in brought
        ],
        "speakers": [asdict(guess) for guess in imported.speakers],
        "needs_a_look": [each.coding.id for each in imported.needs_a_look],
        "problems": problems_as_json(problems),
    }


def status_as_json(standing: Standing) -> dict[str, Any]:
    """How a study stands."""
    counts, codebook = standing.counts, standing.codebook
    return {
        "transcripts": counts.transcripts,
        "turns": counts.turns,
        "words": counts.words,
        "participants": counts.participants,
        "decisions": counts.decisions,
        "memos": counts.memos,
        "changed_at": counts.changed_at.isoformat() if counts.changed_at else None,
        "codebook": {
            "title": codebook.title,
            "version": codebook.version,
            "sha256": codebook.sha256,
        }
        if codebook
        else None,
        "summary": _summary(standing.summary) if standing.summary else None,
        "outputs_up_to_date": standing.outputs_stand,
    }


def speakers_as_json(speakers: Iterable[Speaker]) -> list[dict[str, Any]]:
    """Who speaks in each transcript."""
    return [asdict(speaker) for speaker in speakers]


def found_as_json(found: Iterable[Found]) -> list[dict[str, Any]]:
    """Words in their context."""
    return [
        {
            "transcript": each.transcript_id,
            "turn": each.turn.number,
            "speaker": each.turn.speaker,
            "start": each.span.start,
            "end": each.span.end,
            "before": each.before,
            "words": each.words,
            "after": each.after,
        }
        for each in found
    ]


def differences_as_json(
    differences: Iterable[Difference], touched: Mapping[str, int] | None
) -> list[dict[str, Any]]:
    """What changed between two codebooks."""
    return [
        {
            "what": each.what,
            "id": each.id,
            "name": each.name,
            "change": each.change.value,
            "fields": {
                name: {"before": before, "after": after}
                for name, (before, after) in each.fields.items()
            },
            "codings": touched.get(each.id) if touched is not None else None,
        }
        for each in differences
    ]


def memos_as_json(memos: Iterable[Memo]) -> list[dict[str, Any]]:
    """Researchers' notes."""
    return [{**asdict(memo), "made_at": memo.made_at.isoformat()} for memo in memos]


def codebook_as_json(codebook: Codebook, name: str | None) -> dict[str, Any]:
    """A codebook, whole."""
    return {"codebook": name, **asdict(codebook)}


def checked_as_json(checked: Checked) -> dict[str, Any]:
    """Whether a study is whole."""
    return {
        "whole": checked.whole,
        "read": checked.counts,
        "faults": list(checked.faults),
        "warnings": list(checked.warnings),
    }


def evaluated_as_json(account: Account) -> dict[str, Any]:
    """How well the machine codes, and every decision, so that it can be compared with later."""
    from themecode.flow.evaluating import account_as_json

    return account_as_json(account)
