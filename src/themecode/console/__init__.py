"""What a researcher sees in the terminal: results on stdout, everything else on stderr."""

from themecode.console.as_json import (
    applied_as_json,
    checked_as_json,
    codebook_as_json,
    differences_as_json,
    evaluated_as_json,
    found_as_json,
    imported_as_json,
    print_json,
    problems_as_json,
    speakers_as_json,
    status_as_json,
)
from themecode.console.codebooks import print_code, print_codebook
from themecode.console.evaluated import print_evaluated
from themecode.console.exchanged import print_brought, print_differences, print_stale
from themecode.console.learned import print_learned
from themecode.console.progress import show_progress
from themecode.console.tables import (
    count,
    print_applied,
    print_checked,
    print_found,
    print_imported,
    print_needs_a_look,
    print_problems,
    print_speakers,
    print_status,
)

__all__ = [
    "applied_as_json",
    "checked_as_json",
    "codebook_as_json",
    "count",
    "differences_as_json",
    "evaluated_as_json",
    "found_as_json",
    "imported_as_json",
    "print_applied",
    "print_brought",
    "print_checked",
    "print_code",
    "print_codebook",
    "print_differences",
    "print_evaluated",
    "print_found",
    "print_imported",
    "print_json",
    "print_learned",
    "print_needs_a_look",
    "print_problems",
    "print_speakers",
    "print_stale",
    "print_status",
    "problems_as_json",
    "show_progress",
    "speakers_as_json",
    "status_as_json",
]
