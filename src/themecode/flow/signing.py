"""Nothing of a pseudonymised study leaves it before a named person has answered for it."""

from __future__ import annotations

import re
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


#: "P07", "FG1/W3": an id that was given out and is nobody's name.
_GIVEN_OUT = re.compile(r"(?:[A-Z]{0,2}[-_ /]?\d{1,4}[-_ /]?){1,3}")


def list_safe_ids(study: Study) -> frozenset[str]:
    """The participants' ids that are pseudonyms somebody has signed for, and may stand by a quote.

    None, where no pseudonyms were put in or nobody has signed for them as they stand. Pseudonyms are
    put into ids as into words; an id that is a transcript's name is left as it is, and so is safe only
    where it is a number that was given out.
    """
    if not study.pseudonymised_transcripts():
        return frozenset()
    signature = study.pseudonym_signature()
    if signature is None or not signature.stands:
        return frozenset()
    files = {transcript.id for transcript in study.transcripts()}
    return frozenset(
        who for who in study.participants() if who not in files or _GIVEN_OUT.fullmatch(who)
    )
