"""What a researcher sees in the terminal: results on stdout, everything else on stderr."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from themecode.console.agreements import (
        comparison_as_json,
        differences_by_code_as_json,
        estimates_as_json,
        print_agreement,
        print_agreement_notes,
        print_estimates,
        print_group_rows,
        print_seen_differently,
    )
    from themecode.console.as_json import (
        applied_as_json,
        checked_as_json,
        codebook_as_json,
        differences_as_json,
        evaluated_as_json,
        found_as_json,
        imported_as_json,
        memos_as_json,
        print_json,
        problems_as_json,
        speakers_as_json,
        status_as_json,
    )
    from themecode.console.codebooks import print_code, print_codebook
    from themecode.console.evaluated import print_evaluated
    from themecode.console.exchanged import print_brought, print_differences, print_stale
    from themecode.console.figures import figures_as_json, print_figures
    from themecode.console.keeping import (
        copies_as_json,
        print_backup,
        print_copies,
        print_restored,
        print_withdrawal,
        withdrawal_as_json,
    )
    from themecode.console.learned import print_learned
    from themecode.console.progress import show_progress
    from themecode.console.reviews import (
        collected_as_json,
        disputes_as_json,
        print_collected,
        print_disputes,
        print_review_plan,
        print_review_progress,
        review_plan_as_json,
        review_progress_as_json,
    )
    from themecode.console.safeguarding import print_waiting_prompts
    from themecode.console.tables import (
        print_applied,
        print_checked,
        print_found,
        print_imported,
        print_memos,
        print_needs_a_look,
        print_problems,
        print_speakers,
        print_status,
    )

__all__ = [
    "applied_as_json",
    "checked_as_json",
    "codebook_as_json",
    "collected_as_json",
    "comparison_as_json",
    "copies_as_json",
    "differences_as_json",
    "differences_by_code_as_json",
    "disputes_as_json",
    "estimates_as_json",
    "evaluated_as_json",
    "figures_as_json",
    "found_as_json",
    "imported_as_json",
    "memos_as_json",
    "print_agreement",
    "print_agreement_notes",
    "print_applied",
    "print_backup",
    "print_brought",
    "print_checked",
    "print_code",
    "print_codebook",
    "print_collected",
    "print_copies",
    "print_differences",
    "print_disputes",
    "print_estimates",
    "print_evaluated",
    "print_figures",
    "print_found",
    "print_group_rows",
    "print_imported",
    "print_json",
    "print_learned",
    "print_memos",
    "print_needs_a_look",
    "print_problems",
    "print_restored",
    "print_review_plan",
    "print_review_progress",
    "print_seen_differently",
    "print_speakers",
    "print_stale",
    "print_status",
    "print_waiting_prompts",
    "print_withdrawal",
    "problems_as_json",
    "review_plan_as_json",
    "review_progress_as_json",
    "show_progress",
    "speakers_as_json",
    "status_as_json",
    "withdrawal_as_json",
]

#: What each module shows. A command loads those it shows something with, and no other.
_SHOWN = {
    "agreements": "comparison_as_json differences_by_code_as_json estimates_as_json print_agreement print_agreement_notes print_estimates print_group_rows print_seen_differently",
    "as_json": "applied_as_json checked_as_json codebook_as_json differences_as_json evaluated_as_json found_as_json imported_as_json memos_as_json print_json problems_as_json speakers_as_json status_as_json",
    "codebooks": "print_code print_codebook",
    "evaluated": "print_evaluated",
    "exchanged": "print_brought print_differences print_stale",
    "figures": "figures_as_json print_figures",
    "keeping": "copies_as_json print_backup print_copies print_restored print_withdrawal withdrawal_as_json",
    "learned": "print_learned",
    "progress": "show_progress",
    "reviews": "collected_as_json disputes_as_json print_collected print_disputes print_review_plan print_review_progress review_plan_as_json review_progress_as_json",
    "safeguarding": "print_waiting_prompts",
    "tables": "print_applied print_checked print_found print_imported print_memos print_needs_a_look print_problems print_speakers print_status",
}
_HOMES = {name: module for module, names in _SHOWN.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
