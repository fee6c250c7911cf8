"""Whether words are denied, imagined or only handed back: what the words around a cue do to it."""

from __future__ import annotations

import re

from themecode.language.heard import HESITATIONS, SENTENCE_MARK, Heard

#: How far back a denial reaches, in heard words, within its clause.
DENIAL_REACH = 6
#: How near to its end words must stand for a question to ask about them, in heard words.
ANSWER_REACH = 4
#: How far back an imagining reaches, in heard words, within its sentence.
IMAGINING_REACH = 14
#: An answer this short that uses the interviewer's own word is an echo of it.
ECHO_WORDS = 8

_VERBS_DENIED = (
    """do does did is are was were have has had ca could wo would should ai need must""".split()
)
_DENIERS = frozenset(
    """not no never none nobody neither nor without nowt zero hardly barely nae cannot cannae canna
        dinnae dunna didnae didna wasnae wasna isnae couldnae couldna wouldnae wouldna
        doesnae havenae hasnae arenae""".split()
).union(verb + ending for verb in _VERBS_DENIED for ending in ("n't", "nt"))
#: "no" and "nah" deny what follows only as part of it ("no shame"), not as an answer ("No, they…").
_ANSWERS = frozenset(("no", "nah", "nope", "never", "not"))
#: A denial does not reach across these: a new clause begins.
_CLAUSE_STARTS = frozenset(
    """but because cause cos coz cuz although though cept except until till unless so then which
    who when while where whereas if and after before""".split()
)
#: A comma or "or" before one of these begins a new clause: "it's not fair, they judge you".
_SUBJECTS = frozenset(
    """i i'm i'd i'll i've you you're you'd you'll he he'd he'll she she'd she'll it it'd it'll
        we we're we'd we'll we've they they're they'd they'll they've""".split()
)
#: "not being" before one of these is said of the speaker's own manners.
_MANNERS = frozenset("funny rude horrible nasty mean daft awkward difficult dramatic".split())
#: Words after a denier that make it no denial: "not only judged", "no wonder she was scared".
_NOT_A_DENIAL = frozenset(
    """only just wonder doubt surprising surprised surprise mind matter even gonna lie kidding joking
    exaggerating stop stopped stopping help forget forgot forgotten ashamed sure know care
    bothered so such long more less stand bear abide""".split()
)
_PAUSES = frozenset(',.?!;:"\u201d\u2013\u2014\u2026')
#: Words that may follow a "no" that is the whole answer: "Not at all", "No I never".
_AFTER_NO = frozenset(("at", "really", "once", "ever", "not", "never", "i", SENTENCE_MARK))
_SO = frozenset(("so", "such", "more", "as"))
_IMAGININGS = tuple(
    f" {phrase} "
    for phrase in (
        "imagine", "imagining", "suppose", "supposing", "hypothetically", "what if", "say if",
        "if i was", "if i were", "if i had", "if i'd", "if it was me", "if that was me", "in an ideal",
        "on the telly", "on telly", "in a film", "in films", "in that programme", "made up",
    )
)  # fmt: skip


def is_denier(token: str) -> bool:
    """Whether a heard word denies: "not", "never", "couldn't", "didnae"."""
    return token in _DENIERS


def may_be_minded(words: str, flat: str, start: int, end: int) -> bool:
    """Whether what stands from `start` to `end` in a turn could be denied or imagined: a quick look.

    Args:
        words: the turn's words.
        flat: the same, with what is not heard blanked out.
        start: where the first of the words looked at begins.
        end: where the last of them ends.
    """
    before = flat[flat.rfind(SENTENCE_MARK, 0, start) + 1 : start]
    if "'s" in before:
        before = before.replace("'s", " ")
    if not _MINDED.isdisjoint(before.split()):
        return True
    mark = words.find("?", end)
    if mark < 0:
        return False
    stop = flat.find(SENTENCE_MARK, end)
    answered = _ANSWERED_NO.match(flat, stop) if stop >= 0 else None
    return answered is not None and mark < answered.end()


def is_denied(heard: Heard, first: int, last: int) -> bool:
    """Whether heard words `first` to `last` stand under a denial, before or straight after them.

    "I never felt judged" and "Judged? No." deny; "not only judged", "No, they judged me" and
    "I didn't go because they judged me" do not.
    """
    tokens = heard.tokens
    if _DENIERS.isdisjoint(tokens[max(0, first - DENIAL_REACH) : first]):
        return _is_answered_no(heard, last)
    for at in range(first - 1, max(-1, first - 1 - DENIAL_REACH), -1):
        token = tokens[at]
        if token == SENTENCE_MARK or token in _CLAUSE_STARTS or _begins_clause(heard, at + 1):
            break
        if not is_denier(token):
            continue
        following = tokens[at + 1]
        passed = following in _NOT_A_DENIAL or (
            following == "being" and at + 2 < first and tokens[at + 2] in _MANNERS
        )
        if passed or (at + 1 < first and tokens[first - 1] in _SO):
            break
        if token in _ANSWERS and _stands_alone(heard, at):
            break
        return True
    return _is_answered_no(heard, last)


def _begins_clause(heard: Heard, at: int) -> bool:
    """Whether a new clause begins at a word: "…, they", "… or they"."""
    if heard.tokens[at] not in _SUBJECTS:
        return False
    between = heard.words[heard.edges[at - 1][1] : heard.edges[at][0]]
    return heard.tokens[at - 1] == "or" or not _PAUSES.isdisjoint(between)


def _stands_alone(heard: Heard, at: int) -> bool:
    """Whether a word is an answer of its own: "No, …", "Never! …"."""
    end = heard.edges[at][1]
    return end == len(heard.words) or heard.words[end] in _PAUSES


def _is_answered_no(heard: Heard, last: int) -> bool:
    """Whether the words stand near the end of a question that the speaker answers with no."""
    if "?" not in heard.words:
        return False
    tokens = heard.tokens
    _, mark = heard.sentence_of(last)
    if mark + 1 >= len(tokens) or heard.words[heard.edges[mark][0]] != "?":
        return False
    if mark - last > ANSWER_REACH or not _CLAUSE_STARTS.isdisjoint(tokens[last + 1 : mark]):
        return False
    if tokens[mark + 1] not in _ANSWERS:
        return False
    said_next = tokens[mark + 2] if mark + 2 < len(tokens) else SENTENCE_MARK
    return _stands_alone(heard, mark + 1) or said_next in _AFTER_NO


def is_imagined(heard: Heard, first: int) -> bool:
    """Whether the words from `first` on stand in an imagined case: "imagine if they took them"."""
    begin, _ = heard.sentence_of(first)
    words = heard.tokens[max(begin, first - IMAGINING_REACH) : first]
    if _IMAGINING_WORDS.isdisjoint(words):
        return False
    before = f" {' '.join(words)} "
    return any(imagining in before for imagining in _IMAGININGS)


def is_echo(heard: Heard, first: int, last: int, *, asked: str) -> bool:
    """Whether words only hand back words of the question before them.

    Args:
        heard: an answer of at most `ECHO_WORDS` heard words.
        first: the first of the words, among the heard words.
        last: the last of them.
        asked: the heard text of the interviewer's turn just before; "" where there is none, or the
            answer is longer.
    """
    return f" {' '.join(heard.tokens[first : last + 1])} " in asked


#: A word of each of them.
_IMAGINING_WORDS = frozenset(
    """imagine imagining suppose supposing hypothetically if ideal telly film films programme
        made""".split()
)

_MINDED = _DENIERS | _IMAGINING_WORDS
#: The end of a sentence, and a next one that begins with a no.
_ANSWERED_NO = re.compile(
    rf"(?:[ .]|(?:{'|'.join(sorted(HESITATIONS))})(?=[ .']|$))*(?:{'|'.join(sorted(_ANSWERS))})(?=[ .']|$)"
)

_PAST = re.compile(
    r" (?:used to|back then|years ago|year ago|months ago|in them days|in those days|at (?:the|that) time|as a (?:kid|child|teenager)"
    r"|when i was(?! out| there| at)|when i were|growing up|before i came|before i got clean|in my (?:teens|twenties|addiction)"
    r"|i (?:was|were) (?:only |about |just )?(?:\d\d?|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty)(?! (?:minutes|weeks|months|stone|pounds))"
    r"|long time ago|once upon|in the past|that was in (?:19|20)|my childhood|the first time i|i (?:was|were) (?:gonna|going to)"
    r"|i'd (?:wanted|thought|tried|planned)|i had (?:tried|planned)|had been|by then|that was before|i don't (?:any more|anymore|now)"
    r"|not (?:any more|anymore|now)|never again) "
)
_NOW = re.compile(
    r" (?:now|still|again|today|tonight|tomorrow|last night|yesterday|this (?:week|morning|month|weekend)|at the moment|lately"
    r"|these days|recently|keeps|keep|every (?:day|night|week)|i'm|he's|she's|they're|i've got|i want) "
)


def is_past(heard: Heard, first: int) -> bool:
    """Whether the sentence of a heard word speaks of a time gone by, and of nothing that goes on.

    "I used to want to end it" does; "I used to hide it and I'm doing it again now" does not.
    """
    begin, end = heard.sentence_of(first)
    sentence = f" {' '.join(heard.tokens[begin:end])} "
    gone = _PAST.search(sentence) is not None
    left = re.sub(_PAST, "  ", sentence) if gone else sentence
    return gone and _NOW.search(left) is None
