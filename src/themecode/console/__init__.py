"""What a researcher sees in the terminal: results on stdout, everything else on stderr."""

from themecode.console.as_json import (
    applied_as_json,
    checked_as_json,
    codebook_as_json,
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
from themecode.console.keeping import (
    copies_as_json,
    print_backup,
    print_copies,
    print_restored,
    print_withdrawal,
    withdrawal_as_json,
)
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
    "copies_as_json",
    "count",
    "evaluated_as_json",
    "found_as_json",
    "imported_as_json",
    "print_applied",
    "print_backup",
    "print_checked",
    "print_code",
    "print_codebook",
    "print_copies",
    "print_evaluated",
    "print_found",
    "print_imported",
    "print_json",
    "print_needs_a_look",
    "print_problems",
    "print_restored",
    "print_speakers",
    "print_status",
    "print_withdrawal",
    "problems_as_json",
    "show_progress",
    "speakers_as_json",
    "status_as_json",
    "withdrawal_as_json",
]
