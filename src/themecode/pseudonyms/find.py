"""Everything in a study's talk that may tell who somebody is, from several finders together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from themecode.model import Span
from themecode.pseudonyms.candidates import Candidate, Hit, Kind, join_hits
from themecode.pseudonyms.capitals import (
    AFTER_TITLE,
    CAPITAL,
    IN_CONTEXT,
    LISTED_NAME,
    Talk,
    cut_words,
    find_by_words,
    follows_plainly,
    is_uncapitalised,
)
from themecode.pseudonyms.gazetteers import load_first_names, load_nicknames, load_talk_words
from themecode.pseudonyms.ordinary_capitals import LITTLE, NAMED_BEFORE, ORDINARY, TITLES
from themecode.pseudonyms.structured import find_structured

ROSTER = "study's own list"
ELSEWHERE = "named elsewhere in the study"
SHORT_FORM = "short form of a name in the study"
PIPELINE = "English grammar (spaCy)"

#: What the English pipeline's labels are called here.
_LABELS = {
    "PERSON": Kind.PERSON,
    "GPE": Kind.PLACE,
    "LOC": Kind.PLACE,
    "FAC": Kind.PLACE,
    "ORG": Kind.ORGANISATION,
}
_NAMING = frozenset((Kind.PERSON, Kind.PLACE, Kind.ORGANISATION, Kind.UNKNOWN))
_SENTENCE = re.compile(r"[^.?!…]+[.?!…]*\s*")

#: Takes sentences; gives for each the start, end and label of every name in it.
NameFinder = Callable[[Sequence[str]], list[list[tuple[int, int, str]]]]


@dataclass(frozen=True, slots=True)
class Language:
    """What the finders need to be told of English; given from outside, for they look nothing up.

    Args:
        is_english: whether a word in small letters is an ordinary English word.
        find_names: the English pipeline's name finder.
    """

    is_english: Callable[[str], bool]
    find_names: NameFinder


def find_in_turns(turns: Sequence[str], language: Language) -> list[tuple[Hit, ...]]:
    """What each turn gives away by itself: the part that depends on its words alone.

    Args:
        turns: the words of each.
        language: see `Language`.

    Returns:
        Hits of each turn, not joined, so that they can be kept and added to.
    """
    talk = Talk(language.is_english, lambda _: None)
    found: list[list[Hit]] = []
    asked: list[tuple[int, int, str]] = []
    for number, words in enumerate(turns):
        hits = [*find_structured(words), *find_by_words(words, talk)]
        found.append(hits)
        unsure = [hit for hit in hits if hit.finder == CAPITAL and hit.rank <= 20]
        if unsure:
            asked.extend(
                (number, sentence.start(), sentence[0])
                for sentence in _SENTENCE.finditer(words)
                if any(sentence.start() <= hit.start < sentence.end() for hit in unsure)
            )
    named = language.find_names([sentence for _, _, sentence in asked]) if asked else []
    for (number, offset, _), names in zip(asked, named, strict=True):
        for start, end, label in names:
            found[number].extend(
                _trim_name(turns[number], offset + start, offset + end, label, talk)
            )
    return [tuple(hits) for hits in found]


def _trim_name(words: str, start: int, end: int, label: str, talk: Talk) -> Iterable[Hit]:
    """The pipeline's name without the words that belong to no name; it sees some in plain words."""
    cut = cut_words(words[start:end])
    while cut and (cut[0].low in TITLES or cut[0].low in ("the", "a")):
        cut = cut[1:]
    telling = [
        word
        for word in cut
        if word.is_capital
        and word.low not in ORDINARY
        and not (len(cut) == 1 and talk.is_ordinary(word.low))
    ]
    if telling:
        # From the first capital to the last: it takes "on Kayden" for a name.
        named = [word for word in cut if word.is_capital]
        yield Hit(start + named[0].start, start + named[-1].end, _LABELS[label], PIPELINE, 37)


@dataclass(slots=True)
class Known:
    """The words a study names people and places by.

    Args:
        names: each word, in small letters, with what it names and which list it came from.
        short_forms: other forms of the names of people: "bill" where somebody is William.
        beginnings: the first letters of all of these, up to a hyphen or apostrophe.
    """

    names: dict[str, tuple[Kind, str]] = field(default_factory=dict)
    short_forms: frozenset[str] = frozenset()
    beginnings: frozenset[str] = frozenset()

    def close(self) -> None:
        """Work out, once every name is known, which short forms are of one, and how all of them begin."""
        people = {low for low, (kind, _) in self.names.items() if kind is Kind.PERSON}
        self.short_forms = frozenset(
            low
            for low, others in load_nicknames().items()
            if len(low) > 2 and not people.isdisjoint(others)
        )
        told = (_LETTERS.match(low) for low in self.short_forms | self.names.keys())
        self.beginnings = frozenset(found[0] for found in told if found)

    def kind_of(self, low: str) -> Kind | None:
        """What a word names in this study. None: nothing."""
        found = self.names.get(low)
        return found[0] if found else None


def learn_names(
    turns: Sequence[str],
    hits: Sequence[Sequence[Hit]],
    *,
    roster: Iterable[str] = (),
    is_ordinary: Callable[[str], bool],
) -> Known:
    """The names a study uses, from its own lists and from where they cannot be mistaken.

    Args:
        turns: the words of each.
        hits: what was found in each.
        roster: names of participants, speakers' labels, names decided about before.
        is_ordinary: whether a word in small letters is talk rather than a name.
    """
    known = Known()
    for name in roster:
        for word in cut_words(name):
            if _may_name(word.low) and not (word.low in _ROLES or len(word.low) < 3):
                known.names[word.low] = (Kind.PERSON, ROSTER)
    counted: dict[str, Counter[Kind]] = {}
    for words, found in zip(turns, hits, strict=True):
        for candidate in join_hits(hit for hit in found if hit.kind in _NAMING):
            text = candidate.span.of(words)
            cut = cut_words(text)
            for word in cut:
                # One capital among several ordinary ones ("Hyde Park Surgery") names nothing alone.
                alone = len(cut) == 1 or not is_ordinary(word.low)
                told = word.is_capital or (
                    candidate.finders[0] in _TOLD_SMALL and word.low not in NAMED_BEFORE
                )
                # The first of two words that name a person is her name, though a dictionary has it.
                first = (
                    len(cut) > 1
                    and word is cut[0]
                    and word.is_capital
                    and candidate.kind is Kind.PERSON
                    and word.low not in load_talk_words()
                )
                if told and (alone or first) and _may_name(word.low):
                    counted.setdefault(word.low, Counter())[candidate.kind] += 1 + first
    for low, kinds in counted.items():
        plain = is_ordinary(low) and low not in load_first_names()
        if plain and kinds.total() < _SEEN_OFTEN:
            continue  # a quotation's first word, as likely as not
        known.names.setdefault(low, (kinds.most_common(1)[0][0], ELSEWHERE))
    known.close()
    return known


#: Finders that tell a name in small letters.
_TOLD_SMALL = frozenset((IN_CONTEXT, LISTED_NAME, AFTER_TITLE))
#: An ordinary word with a capital in the middle of this many sentences is a name here.
_SEEN_OFTEN = 2
_ROLES = frozenset(
    """participant interviewer researcher facilitator speaker respondent moderator chair support worker woman man
    person unknown all note takers staff peer lived experience specialist practitioner group female male int interview res mod fac host counsellor
    observer translator interpreter mother father daughter son husband wife partner sister friend client service
    user team lead student trainee nurse doctor manager volunteer table scribe everyone both she he they her him
    his them ix iv ie ir res pp""".split()
)


def _may_name(low: str) -> bool:
    return low not in ORDINARY and low not in TITLES and low not in LITTLE and len(low) > 1


def find_known(words: str, known: Known, *, is_ordinary: Callable[[str], bool]) -> Iterable[Hit]:
    """Names of the study where nothing but the study tells them: first words, small letters, short forms."""
    if known.beginnings.isdisjoint(_LETTERS.findall(words.lower())):
        return
    cut = cut_words(words)
    small = is_uncapitalised(cut)
    for at, word in enumerate(cut):
        found = known.names.get(word.low)
        if found is not None:
            kind, finder = found
            told = small and kind is Kind.PERSON and not follows_plainly(cut, at)
            if word.is_capital or told or not is_ordinary(word.low):
                yield Hit(word.start, word.end, kind, finder, 34)
        elif (
            word.low in known.short_forms
            and word.is_capital
            and word.starts
            and _may_name(word.low)
            and not (is_ordinary(word.low) and len(word.low) < 4)
        ):
            yield Hit(word.start, word.end, Kind.PERSON, SHORT_FORM, 32)


_LETTERS = re.compile(r"[^\W\d_]+")


def join_found(
    turns: Sequence[str],
    hits: Sequence[Sequence[Hit]],
    known: Known,
    *,
    is_ordinary: Callable[[str], bool],
) -> list[tuple[Candidate, ...]]:
    """The candidates of each turn, all finders taken together."""
    return [
        join_hits([*found, *find_known(words, known, is_ordinary=is_ordinary)])
        for words, found in zip(turns, hits, strict=True)
    ]


def find_candidates(
    turns: Sequence[str], language: Language, *, roster: Iterable[str] = ()
) -> list[tuple[Candidate, ...]]:
    """Everything in a study's turns that may tell who somebody is, for a person to decide about.

    Args:
        turns: the words of every turn of the study, for a name in one helps to find it in another.
        language: see `Language`.
        roster: names the study has for people.
    """
    hits = find_in_turns(turns, language)
    talk = Talk(language.is_english, lambda _: None)
    known = learn_names(turns, hits, roster=roster, is_ordinary=talk.is_ordinary)
    return join_found(turns, hits, known, is_ordinary=talk.is_ordinary)


def count_by_finder(candidates: Iterable[Candidate]) -> Mapping[str, int]:
    """How many candidates each finder found; one found by several counts for each."""
    counted = Counter(finder for candidate in candidates for finder in candidate.finders)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def find_names_in_label(label: str) -> list[Span]:
    """The names in a speaker's label: of "Morag (she/her)" the first, of "Participant 3" none."""
    plain = _IN_PARENTHESES.sub(lambda found: " " * len(found[0]), label)
    named = [
        word
        for word in cut_words(plain)
        if word.low not in _ROLES and _may_name(word.low) and not _NUMBERED.match(plain, word.start)
    ]
    if not named:
        return []
    return [Span(named[0].start, named[-1].end)]


_IN_PARENTHESES = re.compile(r"[(][^)]*[)]")
#: A study's own id: "YW7", "LE-02", "P3".
_NUMBERED = re.compile(r"[A-Za-z]{1,4}[-_ ]?[0-9]")
