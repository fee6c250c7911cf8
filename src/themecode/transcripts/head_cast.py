"""The people whom the head of a transcript names: "Interviewer: Dr Ruth Hallam (RH)"."""

from __future__ import annotations

import re
from collections.abc import Mapping

from themecode.model import TurnKind
from themecode.transcripts.label_shapes import (
    Shape,
    clean_label,
    judge_shape,
    role_of,
    strip_parens,
)

_INTERVIEWER_KEYS = re.compile(
    r"(?:interviewer|facilitator|moderator|researcher|conducted|interviewed|host|led)s?\b.*",
    re.IGNORECASE,
)
_PARTICIPANT_KEYS = re.compile(
    r"(?:participant|interviewee|respondent|pseudonym|participant id|participant code)s?\b.*",
    re.IGNORECASE,
)
_SUPPORT_KEYS = re.compile(
    r"(?:support worker|support|advocate|interpreter|translator|also present|chaperone)\b.*",
    re.IGNORECASE,
)
_WHO_IS = re.compile(r"([A-Z][A-Z0-9]{0,4})\s*(?:=|is|-|–|:)\s*([A-Za-z ]{3,30})")


def read_head_cast(header: Mapping[str, str]) -> dict[str, TurnKind]:
    """The people the head of a file names, by how their labels might be written."""
    cast: dict[str, TurnKind] = {}
    header = {key[:200]: value[:200] for key, value in header.items()}
    for key, value in header.items():
        kind = _kind_of_detail(key)
        if kind is None:
            # "RH = interviewer" and "RH: interviewer" say it the other way about.
            said = role_of(value)
            if said is not None and judge_shape(key) >= Shape.NAME:
                for name in _name_variants(key):
                    cast.setdefault(name, said)
            continue
        for person in re.split(r"[,;&/]| and ", value):
            for name in _name_variants(person):
                cast.setdefault(name, kind)
    for value in header.values():
        for short, meaning in _WHO_IS.findall(value):
            said = role_of(meaning.strip())
            if said is not None:
                cast.setdefault(clean_label(short), said)
    return cast


def _kind_of_detail(key: str) -> TurnKind | None:
    if _INTERVIEWER_KEYS.fullmatch(key):
        return TurnKind.INTERVIEWER
    if _SUPPORT_KEYS.fullmatch(key):
        return TurnKind.SUPPORT
    if _PARTICIPANT_KEYS.fullmatch(key):
        return TurnKind.PARTICIPANT
    return None


def _name_variants(person: str) -> set[str]:
    """How "Dr Ruth Hallam (RH)" may be labelled: Ruth Hallam, Ruth, Hallam, RH, R. Hallam or Dr Hallam."""
    inside = re.findall(r"[(\[]([^()\[\]]+)[)\]]", person)
    bare = re.sub(r"[(\[].*?[)\]]", " ", person)
    bare = re.sub(
        r"^\s*(?:dr|prof|professor|mr|mrs|ms|miss|mx)\.?\s+", "", bare, flags=re.IGNORECASE
    )
    words = bare.split()
    if not words or len(words) > 4:
        return {clean_label(one) for one in inside if one}
    names = {clean_label(person), clean_label(bare), *(clean_label(one) for one in inside)}
    if all(word[:1].isupper() for word in words):
        names |= {clean_label(words[0]), clean_label(words[-1])}
        names.add(clean_label("".join(word[0] for word in words)))
        names.add(clean_label(f"Dr {words[-1]}"))
        names.add(clean_label(f"{words[0][0]}. {words[-1]}"))
    return names - {""}


def find_kind_in_head(label: str, cast: Mapping[str, TurnKind]) -> TurnKind | None:
    """Who the head of the file says a label is. None: it does not say."""
    bare = clean_label(strip_parens(label))
    return cast.get(clean_label(label)) or cast.get(bare)
