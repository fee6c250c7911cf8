"""Names told by their capitals, by the lists of names, and by being no ordinary word."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from themecode.pseudonyms.candidates import Hit, Kind
from themecode.pseudonyms.gazetteers import (
    load_english_first_names,
    load_everyday_names,
    load_everyday_places,
    load_first_names,
    load_people,
    load_place_beginnings,
    load_places,
    load_talk_words,
)
from themecode.pseudonyms.neighbours import (
    AFTER_VERBS,
    CALLED_SO,
    GONE_TO,
    MOSTLY_NAMES,
    NO_NAMES,
    NOT_BEFORE_NAMES,
    SAYS,
    SURELY_NAMED_AFTER,
    VERBS_FIRST,
)
from themecode.pseudonyms.ordinary_capitals import (
    LITTLE,
    NAMED_AFTER,
    NAMED_BEFORE,
    ORDINARY,
    ORGANISATIONS,
    PLACED_AFTER,
    SURE_TITLES,
    TITLES,
)

CAPITAL = "word with a capital"
LISTED_NAME = "list of names"
LISTED_PLACE = "list of places"
AFTER_TITLE = "title before a name"
UNKNOWN_WORD = "word in no dictionary"
IN_CONTEXT = "words beside it"

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*&?|&")
_SENTENCE_END = re.compile(r"[.?!…]['\"”’)\]]*\s*$")
_OPENING = re.compile(r"(?:^|[\s(\[])['\"“‘]$|[:;]\s*$|[–—]\s*$")
_POSSESSIVE = re.compile(r"['’]s?$")
_CONTRACTED = ("n't", "'ll", "'d", "'ve", "'re", "'m", "in'")
_PARTICLES = frozenset("of the de van von la le du da al el bin and & on upon in y".split())
_SPEECH_BEFORE = frozenset("goes says said like went".split())


@dataclass(frozen=True)
class Word:
    """One word of a turn.

    Args:
        text: without a possessive ending.
        low: in small letters, straight apostrophes.
        starts: whether a sentence or a quotation begins with it, so that its capital says little.
    """

    start: int
    end: int
    text: str
    low: str
    starts: bool

    @property
    def is_capital(self) -> bool:
        """Whether it is written with a capital."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Talk:
    """What the finders of names know of the language and of the study.

    Args:
        is_english: whether a word in small letters is an ordinary English word.
        known: words the study is known to name somebody or some place by, with what they are.
    """

    is_english: Callable[[str], bool]
    known: Callable[[str], Kind | None]

    def is_ordinary(self, low: str) -> bool:
        """Whether a word is talk rather than a name, going by dictionaries alone."""
        bare = low.replace("'", "")
        return (
            low in LITTLE
            or low.endswith(_CONTRACTED)
            or low in load_talk_words()
            or bare in load_talk_words()
            or self.is_english(low)
            or ("'" in low and self.is_english(low.split("'", maxsplit=1)[0]))
            or ("-" in low and all(part in load_talk_words() or self.is_english(part) for part in low.split("-") if part))
        )  # fmt: skip


def cut_words(words: str) -> list[Word]:
    """The words of a turn, possessive endings left off."""
    cut: list[Word] = []
    for found in _WORD.finditer(words):
        text = found[0]
        ending = _POSSESSIVE.search(text)
        if ending and len(ending[0]) > 0 and text[: ending.start()]:
            text = text[: ending.start()]
        at = found.start()
        # A letter and a space before it: the commonest case by far, and no sentence begins there.
        inside = at > 1 and words[at - 1] == " " and words[at - 2].isalnum()
        before = "" if inside else words[max(0, at - 6) : at]
        starts = not cut or (
            not inside and bool(_SENTENCE_END.search(before) or _OPENING.search(before))
        )
        low = text.lower().replace("’", "'")
        cut.append(Word(found.start(), found.start() + len(text), text, low, starts))
    return cut


def is_uncapitalised(cut: Collection[Word]) -> bool:
    """Whether a turn was typed up without capitals, so that a missing one says nothing."""
    starts = [word for word in cut if word.starts and word.low not in ("i", "&")]
    if not any(word.is_capital for word in cut if word.low != "i"):
        return True
    small = sum(not word.is_capital for word in starts)
    return small * 2 > len(starts)


def is_shouted(cut: Collection[Word]) -> bool:
    """Whether a turn is typed in capitals, so that one more says nothing."""
    long = [word for word in cut if len(word.text) > 2]
    return len(long) > 3 and sum(word.text.isupper() for word in long) * 2 > len(long)


def find_by_words(words: str, talk: Talk) -> Iterator[Hit]:
    """Every name that a turn's words give away by themselves."""
    cut = cut_words(words)
    small = is_uncapitalised(cut) or is_shouted(cut)
    yield from _find_places(cut)
    if not is_shouted(cut):
        yield from _find_capitals(cut, words, talk)
    for at, word in enumerate(cut):
        if small or not word.is_capital or word.starts:
            yield from _find_small(cut, at, words, talk, small=small)
    yield from _find_after_titles(cut, words, talk)
    if small:
        yield from _find_small_organisations(cut, words, talk)


# ── with a capital ───────────────────────────────────────────────────────────────────────────


def _find_capitals(cut: list[Word], words: str, talk: Talk) -> Iterator[Hit]:
    at = 0
    while at < len(cut):
        if not cut[at].is_capital or len(cut[at].text) < 2:
            at += 1
            continue
        last = _end_of_run(cut, at, words)
        run = cut[at : last + 1]
        while run and (run[0].low in TITLES or run[0].low in ("the", "a")):
            run = run[1:]
        while len(run) > 1 and run[0].starts and _is_plain_start(run[0], talk):
            run = run[1:]
        while run and run[-1].low in _PARTICLES:
            run = run[:-1]
        if run and _tells(run, talk):
            kind, rank = _kind_of(run, talk)
            yield Hit(run[0].start, run[-1].end, kind, CAPITAL, rank)
        at = last + 1


def _is_plain_start(word: Word, talk: Talk) -> bool:
    """Whether a sentence's first word is talk before a name ("And Sian", "When Emrys")."""
    return (
        word.low in ORDINARY
        or (talk.is_ordinary(word.low) and word.low not in load_first_names())
        or word.low in _PARTICLES
    )


def _end_of_run(cut: list[Word], at: int, words: str) -> int:
    """The last word of a run of capitals, little words between two of them included."""
    last = at
    look = at + 1
    while look < len(cut):
        gap = words[cut[look - 1].end : cut[look].start]
        if gap not in (" ", "-", "'s ", "’s ", ". ") or (
            gap == ". " and len(cut[look - 1].text) > 3
        ):
            break
        if (
            cut[look].is_capital
            and not cut[look].starts
            and cut[look].low not in ("i", "i'm", "i'd", "i'll", "i've")
        ) or (
            gap == ". " and cut[look].is_capital and cut[look - 1].low in ("st", "dr", "mr", "mrs")
        ):
            last = look
        elif (
            cut[look].low not in _PARTICLES
            or look - last > 2
            or cut[look].low == "and"
            or cut[look].low == "in"
        ):
            break
        look += 1
    return last


def _tells(run: list[Word], talk: Talk) -> bool:
    """Whether a run of capitals is worth asking a person about."""
    if all(word.low in ORDINARY or word.low in _PARTICLES for word in run):
        return len(run) == 1 and talk.known(run[0].low) is not None
    if len(run) > 1:
        return True
    [word] = run
    if word.low in LITTLE:
        return False
    if not word.starts:
        return True
    if word.low in MOSTLY_NAMES and word.low not in VERBS_FIRST:
        return True
    if talk.known(word.low) is not None:
        return True
    if word.low in load_english_first_names():
        return True
    if word.low in load_people() or word.low in load_places():
        return not talk.is_ordinary(word.low)
    return not talk.is_ordinary(word.low) and len(word.low) > 2


def _kind_of(run: list[Word], talk: Talk) -> tuple[Kind, int]:
    whole = " ".join(word.low for word in run)
    known = talk.known(whole) or (talk.known(run[0].low) if len(run) == 1 else None)
    if known is not None:
        return known, 48
    if any(word.low in ORGANISATIONS for word in run):
        return Kind.ORGANISATION, 42
    if whole in load_places() and whole not in load_first_names():
        return Kind.PLACE, 41
    if run[0].low in load_first_names() or (len(run) > 1 and run[0].low in load_people()):
        return Kind.PERSON, 38
    if run[0].text.isupper() and len(run) == 1:
        return Kind.ORGANISATION, 10
    if run[0].low in load_people():
        return Kind.PERSON, 20
    return Kind.UNKNOWN, 5


# ── in small letters ─────────────────────────────────────────────────────────────────────────


def _find_small(cut: list[Word], at: int, words: str, talk: Talk, *, small: bool) -> Iterator[Hit]:
    """A name among words in small letters: listed and no ordinary word, or told by its neighbours."""
    word = cut[at]
    low = word.low
    if len(low) < 2 or low in ORDINARY:
        return
    known = talk.known(low)
    ordinary = talk.is_ordinary(low)
    listed = low in load_people()
    if known is not None and not ordinary:
        yield Hit(word.start, word.end, known, "named elsewhere in the study", 46)
        return
    if not ordinary and len(low) > 2:
        if listed:
            yield Hit(word.start, word.end, Kind.PERSON, LISTED_NAME, 36)
        elif small:
            yield Hit(word.start, word.end, Kind.UNKNOWN, UNKNOWN_WORD, 4)
        return
    if small and low in load_english_first_names():
        yield Hit(word.start, word.end, Kind.PERSON, LISTED_NAME, 31)
        return
    if small and at and _is_surname(cut[at - 1], word, words, talk):
        yield Hit(word.start, word.end, Kind.PERSON, IN_CONTEXT, 28)
        return
    if not (listed or known is Kind.PERSON):
        return
    if low in load_everyday_names() or known is Kind.PERSON:
        before = cut[at - 1].low if at else ""
        after = cut[at + 1].low if at + 1 < len(cut) else ""
        possessive = words[word.end : word.end + 2] in ("'s", "’s")
        if small and low not in LITTLE and _is_somebody(before, low, after, possessive=possessive):
            yield Hit(word.start, word.end, Kind.PERSON, IN_CONTEXT, 30)


def _is_surname(before: Word, word: Word, words: str, talk: Talk) -> bool:
    """Whether an ordinary word follows a first name as its surname: "dwayne cutts"."""
    named = before.low in load_english_first_names() or (
        before.low in load_first_names() and not talk.is_ordinary(before.low)
    )
    plain = word.low in LITTLE or word.low in NAMED_BEFORE or word.low in load_everyday_names()
    return (
        named
        and not plain
        and words[before.end : word.start] == " "
        and (word.low in load_people() or word.low.endswith(("son", "tts", "sson", "ley", "ton")))
    )


def follows_plainly(cut: list[Word], at: int) -> bool:
    """Whether the word before makes an ordinary word of this one: "the mark", "to rob", "I hope"."""
    before = cut[at - 1].low if at else ""
    return before in NOT_BEFORE_NAMES or before in AFTER_VERBS


def _is_somebody(before: str, low: str, after: str, *, possessive: bool) -> bool:
    if before in NOT_BEFORE_NAMES:
        return False
    if low not in MOSTLY_NAMES:
        if low in CALLED_SO:
            return False
        told = before in SURELY_NAMED_AFTER and after not in ORGANISATIONS
        return told or (after in SAYS and before not in AFTER_VERBS)
    if low not in VERBS_FIRST and before not in AFTER_VERBS:
        return True
    return before in NAMED_AFTER or after in NAMED_BEFORE or possessive


def _find_places(cut: list[Word]) -> Iterator[Hit]:
    """Listed places, of one word or several; an ordinary word only where one is gone to."""
    begun = load_place_beginnings()
    places = load_places()
    for at, word in enumerate(cut):
        for parts in begun.get(word.low, ()):
            ahead = cut[at : at + len(parts)]
            if (
                tuple(each.low for each in ahead) == parts
                and max(b.start - a.end for a, b in pairwise(ahead)) <= 1
            ):
                yield Hit(word.start, ahead[-1].end, Kind.PLACE, LISTED_PLACE, 40)
                break
        if word.low in places and len(word.low) > 2 and word.low not in ORDINARY:
            yield from _judge_place(
                cut, at, ordinary=word.low in load_everyday_places() or word.low in LITTLE
            )


def _judge_place(cut: list[Word], at: int, *, ordinary: bool) -> Iterator[Hit]:
    word = cut[at]
    before = cut[at - 1].low if at else ""
    if word.is_capital and not word.starts:
        yield Hit(word.start, word.end, Kind.PLACE, LISTED_PLACE, 39)
    elif ordinary:
        if before in PLACED_AFTER and not word.is_capital and word.low in GONE_TO:
            yield Hit(word.start, word.end, Kind.PLACE, LISTED_PLACE, 25)
    else:
        yield Hit(word.start, word.end, Kind.PLACE, LISTED_PLACE, 39)


def _find_small_organisations(cut: list[Word], words: str, talk: Talk) -> Iterator[Hit]:
    """A name before "surgery", "house", "high" and the like; saints and prisons."""
    for at, word in enumerate(cut):
        if word.low in ("st", "saint", "hmp", "hmyoi") and at + 1 < len(cut):
            last = at + 1
            while (
                last + 1 < len(cut)
                and last < at + 3
                and cut[last + 1].low in ORGANISATIONS | {"hunt", "hall"}
            ):
                last += 1
            if (
                cut[last].low not in LITTLE
                and len(words[word.end : cut[at + 1].start].strip(". ")) == 0
            ):
                yield Hit(word.start, cut[last].end, Kind.ORGANISATION, IN_CONTEXT, 43)
        if word.low not in ORGANISATIONS or at == 0:
            continue
        first = at
        while first > 0 and at - first < 3 and _may_belong(cut[first - 1]):
            if words[cut[first - 1].end : cut[first].start].strip("'’s "):
                break
            first -= 1
        named = cut[first:at]
        if any(
            not talk.is_ordinary(each.low) or each.low in load_english_first_names()
            or (each.low in load_places() and each.low not in load_everyday_places())
            for each in named
        ):  # fmt: skip
            yield Hit(named[0].start, word.end, Kind.ORGANISATION, IN_CONTEXT, 43)


def _may_belong(word: Word) -> bool:
    return word.low not in LITTLE and word.low not in PLACED_AFTER and word.low not in TITLES


def _find_after_titles(cut: list[Word], words: str, talk: Talk) -> Iterator[Hit]:
    """What follows a title is a name, capital or not."""
    for at, word in enumerate(cut[:-1]):
        if word.low not in TITLES:
            continue
        after = cut[at + 1]
        if words[word.end : after.start].strip(". "):
            continue
        if after.low in ORDINARY or len(after.low) < 2:
            continue
        sure = word.low in SURE_TITLES and not _is_little(after.low)
        if sure or (not talk.is_ordinary(after.low) and not after.is_capital and word.low != "our"):
            yield Hit(after.start, after.end, Kind.PERSON, AFTER_TITLE, 49)


def _is_little(low: str) -> bool:
    return low in NO_NAMES
