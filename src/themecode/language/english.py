"""Whether speech is in English, told by its small words."""

from __future__ import annotations

import re

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
#: Too few words tell nothing.
FEWEST_WORDS = 12
#: English, in any dialect, is a third to a half small words; other languages share a few of them by chance.
LEAST_SHARE = 0.22
_SMALL = frozenset(
    """a about after again all am an and any are as at back be because been before but by came can come could
    did do does don't down even for from get go going good got had has have he her here him his how i i'd i'll
    i'm i've if in into is isn't it it's its just know like me more my never no not now of off on one only or
    our out over said say see she she's so some still take than that that's the their them then there there's
    they they're thing things think this those time to too two up us very want was wasn't way we well were what
    when where which who why will with would yeah yes you you're your ye aye wee dinnae didnae cannae me mam
    mum kids nae tae wi oot aboot them'uns yous""".split()
)


def is_english(words: str) -> bool:
    """Whether words are in English, or too few to tell."""
    found = [word.lower().replace("’", "'") for word in _WORD.findall(words)]
    letters = sum(1 for char in words if char.isalpha())
    if not found or len(found) < FEWEST_WORDS:
        # A script without spaces has few "words": many letters that are not Latin are not English.
        foreign = sum(1 for char in words if char.isalpha() and ord(char) > 0x24F)
        return letters < FEWEST_WORDS or foreign * 2 < letters
    return sum(word in _SMALL for word in found) >= LEAST_SHARE * len(found)
