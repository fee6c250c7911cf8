"""Nothing of a pseudonymised study leaves it before a named person has answered for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError

if TYPE_CHECKING:
    from themecode.store import Study


def require_signature(study: Study) -> None:
    """Stop before anything of a pseudonymised study leaves it that nobody has answered for.

    Raises:
        ThemecodeError: nobody has signed, or the study has changed since.
    """
    if not study.pseudonymised_transcripts():
        return
    signature = study.pseudonym_signature()
    if signature is None:
        raise ThemecodeError(
            "Pseudonyms were put into this study and nobody has answered for them yet, so nothing is "
            "exported. Read the transcripts through, then sign: "
            "`themecode pseudonymise sign --name YOUR-NAME --key KEY`."
        )
    if not signature.stands:
        raise ThemecodeError(
            f"The transcripts have changed since {signature.signed_by} signed for the pseudonyms on "
            f"{signature.signed_at:%d %B %Y}, so nothing is exported. Look for names in what is new "
            "(`themecode pseudonymise find`), then sign again."
        )
