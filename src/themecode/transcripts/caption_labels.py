"""Tells the speakers' names in captions from speech that happens to hold a colon.

A name is a label because of what it does over the whole file: it opens captions again and again, or
it opens the first one. "The thing is: ..." and "It was 10:30" do neither, or are no name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

_LABEL = re.compile(
    r"^(?:[-–—]\s*)?(?:>>+\s*)?(\[[^\[\]:]{1,60}\]|[^\s:\[][^:]{0,59}?)\s?:(?:\s+|$)"
)
_BARE = re.compile(r"^\[((?:SPEAKER|Speaker|speaker)[_ ]?\d{1,3})\]\s+")
_TURN_OPENS = re.compile(r"[.?!…][\"'’”)\]]*$")

#: Labels that need not come back to be known.
_KNOWN = re.compile(
    r"(?:speaker|participant|interviewer|respondent|interviewee|moderator|facilitator|researcher|"
    r"unknown speaker|int|res|mod|fac|part)[_ ]?\d{0,3}|[A-Z]{1,4}[_-]?\d{1,3}|[IRQAMF]",
    re.IGNORECASE,
)
#: Small words that stand inside names.
_PARTICLES = frozenset(
    [
        "de",
        "da",
        "di",
        "du",
        "del",
        "della",
        "der",
        "den",
        "van",
        "von",
        "zu",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "ap",
        "ab",
        "ferch",
        "y",
        "e",
        "and",
        "&",
        "o",
        "ter",
        "ten",
        "of",
        "in",
        "from",
        "the",
    ]
)
#: Words that open speech before a colon and are no one's name.
_SPEECH = frozenset(
    [
        "so",
        "well",
        "but",
        "and",
        "or",
        "anyway",
        "anyways",
        "basically",
        "okay",
        "ok",
        "yes",
        "yeah",
        "no",
        "nah",
        "like",
        "because",
        "cause",
        "then",
        "also",
        "first",
        "firstly",
        "second",
        "secondly",
        "third",
        "finally",
        "now",
        "note",
        "nb",
        "ps",
        "example",
        "look",
        "listen",
        "right",
        "honestly",
        "actually",
        "literally",
        "thing",
        "things",
        "reason",
        "point",
        "problem",
        "rule",
        "time",
        "update",
        "warning",
        "remember",
        "plus",
        "still",
        "maybe",
        "obviously",
        "i",
        "he",
        "she",
        "it",
        "we",
        "they",
        "you",
        "the",
        "this",
        "that",
        "there",
        "what",
        "when",
        "where",
        "why",
        "how",
        "who",
        "it's",
        "that's",
        "i'm",
        "i'd",
        "here",
        "here's",
        "there's",
        "my",
        "your",
        "his",
        "her",
        "our",
        "their",
        "a",
        "an",
        "if",
        "as",
        "one",
        "two",
        "three",
        "question",
        "answer",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ]
)
_MOST = 0.6


def find_labels(cues: Sequence[Sequence[str]]) -> frozenset[str]:
    """The labels under which people speak in these captions.

    Args:
        cues: the cleaned lines of each caption, in order.
    """
    openings: Counter[str] = Counter()
    anywhere: Counter[str] = Counter()
    fresh: Counter[str] = Counter()
    ended = True
    for rows in cues:
        for at, row in enumerate(rows):
            label = _candidate(row)
            if label:
                anywhere[label] += 1
                openings[label] += at == 0
                fresh[label] += ended
            if row:
                ended = bool(_TURN_OPENS.search(row))
    first = next((_candidate(row) for rows in cues for row in rows if row), "")
    named = {label for label in anywhere if is_name(label)}
    sure = {label for label in named if anywhere[label] >= 2 or _KNOWN.fullmatch(label)}
    if first in named:
        sure.add(first)
    covered = sum(1 for rows in cues if rows and _candidate(rows[0]))
    if cues and covered >= _MOST * len(cues):
        # Every caption is named: a rare name, and one in small letters, is a name too.
        floor = max(2, len(cues) // 50)
        sure |= {label for label in named if openings[label]}
        sure |= {label for label, count in openings.items() if count >= floor and _calm(label)}
    elif sure:
        # A late-comer who speaks once: a first name and a surname where a sentence has ended.
        sure |= {label for label in named if fresh[label] and len(label.split()) >= 2}
    return frozenset(sure)


def part_label(words: str, labels: Collection[str]) -> tuple[str, str]:
    """The label and the rest; "" and all the words where they do not begin with a label."""
    label = _candidate(words)
    if not label or label not in labels:
        return "", words
    found = _LABEL.match(words) or _BARE.match(words)
    return label, words[found.end() :].strip() if found else words


def is_name(label: str) -> bool:
    """Whether a label has the shape of a name: capitals, initials, numbers, "(she/her)"."""
    if _KNOWN.fullmatch(label):
        return True
    words = re.sub(r"\([^()]*\)", " ", label).split()
    if not 1 <= len(words) <= 6 or re.search(r"[?!;…\"“”]", label):
        return False
    if not _calm(label) or "," in label.rstrip(","):
        return False
    proper = [word for word in words if word[0].isupper() or word[0].isdigit()]
    rest = [word for word in words if word not in proper]
    return bool(proper) and all(word.casefold() in _PARTICLES for word in rest)


def _calm(label: str) -> bool:
    """Whether no word of the label is one that only speech holds."""
    words = [word.casefold().strip(".,'’\"") for word in label.split()]
    if words[0] in _SPEECH or len(words) > 6:
        return False
    return not any(word in _SPEECH - _PARTICLES for word in words if not word.isdigit())


def _candidate(row: str) -> str:
    bare = _BARE.match(row)
    if bare:
        return bare[1]
    found = _LABEL.match(row)
    if found is None:
        return ""
    label = found[1].strip()
    return " ".join(label[1:-1].split() if label.startswith("[") else label.split())
