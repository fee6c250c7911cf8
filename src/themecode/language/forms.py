"""Every form of an English word, and how it is said in speech.

A researcher writes the plain form of a word and expects every form of it to be found: "take" finds
"took". Word forms are worked out by rule with a table of irregular verbs and nouns, and err on the
side of forms that nobody says ("visitted" costs nothing). The tests hold them against `lemminflect`,
which knows more and takes half a second to load.
"""

from __future__ import annotations

from functools import lru_cache

#: Irregular verbs: plain form, then past and participle forms, dialect ones included.
_VERBS = """
be am are is was were been being s|bear bore borne|beat beat beaten|become became|begin began begun
bend bent|bet bet|bite bit bitten|bleed bled|blow blew blown|break broke broken|breed bred
bring brought brung|build built|burn burnt burned|burst burst|buy bought|catch caught|choose chose chosen
cling clung|come came|cost cost|creep crept|cut cut|deal dealt|dig dug|do did does done|draw drew drawn
dream dreamt dreamed|drink drank drunk|drive drove driven drived|eat ate eaten et|fall fell fallen
feed fed|feel felt|fight fought|find found|flee fled|fling flung|fly flew flown flies|forbid forbade forbidden
forget forgot forgotten|forgive forgave forgiven|freeze froze frozen|get got gotten|give gave given gived
go went gone goes|grind ground|grow grew grown|hang hung hanged|have has had|hear heard|hide hid hidden
hit hit|hold held|hurt hurt|keep kept|kneel knelt|know knew known knowed|lay laid|lead led|lean leant leaned
leap leapt|learn learnt learned|leave left|lend lent|let let|lie lay lain lied|light lit|lose lost
make made|mean meant|meet met|pay paid|prove proved proven|put put|quit quit|read read|rely relied relies
ride rode ridden|ring rang rung|rise rose risen|run ran|say said sez|see saw seen|seek sought|sell sold
send sent|set set|shake shook shaken|shine shone|shoot shot|show showed shown|shrink shrank shrunk
shut shut|sing sang sung|sink sank sunk|sit sat|sleep slept|slide slid|smell smelt smelled|speak spoke spoken
speed sped|spell spelt|spend spent|spill spilt|spin spun|spit spat|split split|spoil spoilt spoiled
spread spread|spring sprang sprung|stand stood|steal stole stolen|stick stuck|sting stung|stink stank stunk
strike struck stricken|string strung|strive strove|swear swore sworn|sweep swept|swell swollen|swim swam swum
swing swung|take took taken tooken|teach taught|tear tore torn|tell told telt|think thought|throw threw thrown
understand understood|undo undid undone|upset upset|wake woke woken|wear wore worn|weep wept|win won
wind wound|withdraw withdrew withdrawn|write wrote written wrote|misunderstand misunderstood
overcome overcame|relapse relapsed|rebuild rebuilt|overhear overheard|mislead misled|undergo underwent undergone
can could|will would|shall should|may might
"""

_NOUNS = """
child children childer|man men|woman women|person people persons|foot feet|tooth teeth|wife wives|life lives
knife knives|half halves|shelf shelves|leaf leaves|mouse mice|penny pence pennies|self selves|thief thieves
loaf loaves|wolf wolves|crisis crises|diagnosis diagnoses|midwife midwives|housewife housewives
policeman policemen|policewoman policewomen|gentleman gentlemen|grandchild grandchildren
"""

#: How a word is also said and typed up: UK dialects, spellings of speech, full forms.
_SAID = """
my|me|mi|ma
myself|meself|mesel|masel
yourself|yersel|yerself
himself|hisself
themselves|theirselves|themsels
your|yer
you|ya|ye|yous|youse
them|em
nothing|nowt|nothin|nuthin|nothink|nuffin
anything|owt|anythin|anythink
something|summat|somethin|somethink
everything|everythin|everythink
because|cause|cos|coz|cuz
was|were|wor
were|was|wor
with|wi
down|doon
out|oot
house|hoose
about|aboot
don't|do not|dinnae|dunna|dinna|divvent
doesn't|does not|doesnae|dunna|don't
didn't|did not|didnae|didna|dint
can't|cannot|can not|cannae|canna|cyan't
couldn't|could not|couldnae|couldna
won't|will not|winnae|wunna
wouldn't|would not|wouldnae|wouldna
shouldn't|should not|shouldnae|shouldna
wasn't|was not|wasnae|wasna|weren't|worn't
weren't|were not|wasn't|worn't
isn't|is not|isnae|in't|ain't|i'n't
aren't|are not|arenae|ain't
haven't|have not|havenae|hanna|ain't
hasn't|has not|hasnae|ain't
hadn't|had not|hadnae|hadna
going to|gonna
gonna|going to
got to|gotta
want to|wanna
don't know|dunno
mum|mam|mom
give me|gimme
let me|lemme
"""

_VOWELS = frozenset("aeiou")


def _read_table(table: str) -> dict[str, tuple[str, ...]]:
    rows = (row.split() for line in table.strip().splitlines() for row in line.split("|"))
    return {row[0]: tuple(row[1:]) for row in rows if row}


_IRREGULAR_VERBS = _read_table(_VERBS)
_IRREGULAR_NOUNS = _read_table(_NOUNS)
_NOT_PLAIN = (
    frozenset(
        form
        for table in (_IRREGULAR_VERBS, _IRREGULAR_NOUNS)
        for base, forms in table.items()
        for form in forms
        if form != base
    )
    - set(_IRREGULAR_VERBS)
    - set(_IRREGULAR_NOUNS)
    # Nouns of their own ("hunting grounds", "dark thoughts"), not only the past of "grind" and "think".
    - frozenset("bit bound drunk ground shot thought wound".split())
)
#: "used to being said": the plain form, then every other way to say it.
SAID_ALSO: dict[str, tuple[str, ...]] = {
    first: tuple(rest) for first, *rest in (row.split("|") for row in _SAID.strip().splitlines())
}
_MODALS = frozenset(("can", "will", "shall", "may"))


def is_plain(word: str) -> bool:
    """Whether a word stands in its plain form, so that its other forms are wanted too.

    "judge" and "kid" are plain; "judged", "kids" and "took" are not, and are found as written.
    """
    if word in _IRREGULAR_VERBS or word in _IRREGULAR_NOUNS:
        return True
    if word in _NOT_PLAIN or "'" in word:
        return False
    if word.endswith("ing"):
        return not _VOWELS & set(word[:-3])
    if word.endswith("ed") and not word.endswith("eed"):
        return len(word) < 5 or not _VOWELS & set(word[:-2])
    return not word.endswith("s") or word.endswith(("ss", "us", "is"))


def _doubles(word: str) -> bool:
    """Whether the last letter is doubled before -ed and -ing ("stop", "stopped")."""
    return (
        len(word) > 2
        and word[-1] not in "aeiouwxy"
        and word[-2] in _VOWELS
        and word[-3] not in _VOWELS
    )


def _stems(word: str) -> tuple[str, ...]:
    """What -ed and -ing are put on."""
    if word.endswith("ic"):
        return (word + "k",)
    if not _doubles(word):
        return (word,)
    one_syllable = sum(1 for letter in word if letter in _VOWELS) == 1
    return (word + word[-1],) if one_syllable else (word, word + word[-1])


def _with_s(word: str) -> tuple[str, ...]:
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return (word[:-1] + "ies",)
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return (word + "es",)
    if word.endswith("o"):
        return (word + "s", word + "es")
    return (word + "s",)


def _with_ed(word: str) -> tuple[str, ...]:
    if word.endswith("e"):
        return (word + "d",)
    if word.endswith("y") and word[-2:-1] not in _VOWELS:
        return (word[:-1] + "ied",)
    return tuple(stem + "ed" for stem in _stems(word))


def _with_ing(word: str) -> tuple[str, ...]:
    if word.endswith("ie"):
        stems: tuple[str, ...] = (word[:-2] + "y",)
    elif word.endswith("e") and not word.endswith(("ee", "oe", "ye")) and len(word) > 2:
        stems = (word[:-1],)
    else:
        stems = _stems(word)
    return tuple(stem + end for stem in stems for end in ("ing", "in"))


@lru_cache(maxsize=8192)
def word_forms(word: str) -> tuple[str, ...]:
    """Every form of a word that a cue should find.

    Args:
        word: one word, lower-case, straight apostrophes.

    Returns:
        The word first, then its other forms in alphabetical order; the word alone where it is not
        in its plain form.

    >>> word_forms("judge")
    ('judge', 'judged', 'judges', 'judgin', 'judging')
    >>> word_forms("took")
    ('took',)
    """
    forms: set[str] = set()
    if not word.isalpha() or not word.isascii() or (len(word) < 3 and word not in _IRREGULAR_VERBS):
        return (word,)
    if is_plain(word):
        if word in _IRREGULAR_VERBS:
            forms.update(_IRREGULAR_VERBS[word])
            if word not in _MODALS:
                forms.update(_with_ing(word))
                if word != "be":
                    forms.update(_with_s(word))
        elif word in _IRREGULAR_NOUNS:
            forms.update(_IRREGULAR_NOUNS[word])
        else:
            forms.update(_with_s(word), _with_ed(word), _with_ing(word))
    elif word.endswith("ing"):
        forms.update((word + "s", word[:-1]))
    forms.discard(word)
    return (word, *sorted(forms))


@lru_cache(maxsize=8192)
def said_also(phrase: str) -> tuple[str, ...]:
    """Other ways a word is said: dialect, full forms, an apostrophe left out.

    >>> said_also("nothing")[0]
    'nowt'
    >>> "cannae" in said_also("can't")
    True
    """
    ways = list(SAID_ALSO.get(phrase, ()))
    for way in (phrase, *ways):
        if "'" in way and not way.startswith("'"):
            bare = way.replace("'", "")
            if bare not in ("were", "well", "wed", "shed", "ill", "hell", "id", "shell"):
                ways.append(bare)
    return tuple(dict.fromkeys(ways))
