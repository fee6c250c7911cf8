"""Whether words are denied, imagined or only handed back: what the words around a cue do to it."""

from __future__ import annotations

from themecode.language.heard import SENTENCE_MARK, Heard

#: How far back a denial reaches, in heard words, within its clause.
DENIAL_REACH = 6
#: How far back an imagining reaches, in heard words, within its sentence.
IMAGINING_REACH = 14
#: An answer this short that uses the interviewer's own word is an echo of it.
ECHO_WORDS = 8

_VERBS_DENIED = (
    """do does did is are was were have has had ca could wo would should ai need must""".split()
)
_DENIERS = frozenset(
    """not no never none nobody neither nor without nowt hardly barely nae cannot cannae canna
        dinnae dunna didnae didna wasnae wasna isnae couldnae couldna wouldnae wouldna
        doesnae havenae hasnae arenae""".split()
).union(verb + ending for verb in _VERBS_DENIED for ending in ("n't", "nt"))
#: "no" and "nah" deny what follows only as part of it ("no shame"), not as an answer ("No, they…").
_ANSWERS = frozenset(("no", "nah", "nope", "never", "not"))
#: A denial does not reach across these: a new clause begins.
_CLAUSE_STARTS = frozenset(
    """but because cause cos coz cuz although though cept except until till unless so then which
    who when while where whereas if and or after before""".split()
)
#: Words after a denier that make it no denial: "not only judged", "no wonder she was scared".
_NOT_A_DENIAL = frozenset(
    """only just wonder doubt surprising surprised surprise mind matter even gonna lie kidding joking
    exaggerating stop stopped stopping help forget forgot forgotten ashamed sure know care
    bothered so such long more less""".split()
)
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


def is_denied(heard: Heard, first: int, last: int) -> bool:
    """Whether heard words `first` to `last` stand under a denial, before or straight after them.

    "I never felt judged" and "Judged? No." deny; "not only judged", "No, they judged me" and
    "I didn't go because they judged me" do not.
    """
    tokens = heard.tokens
    for at in range(first - 1, max(-1, first - 1 - DENIAL_REACH), -1):
        token = tokens[at]
        if token == SENTENCE_MARK or token in _CLAUSE_STARTS:
            break
        if not is_denier(token):
            continue
        following = tokens[at + 1]
        passed = following in _NOT_A_DENIAL or (token, following) == ("not", "being")
        if passed or (at + 1 < first and tokens[first - 1] in _SO):
            break
        if token in _ANSWERS and _stands_alone(heard, at):
            break
        return True
    return _is_answered_no(heard, last)


def _stands_alone(heard: Heard, at: int) -> bool:
    """Whether a word is an answer of its own: "No, …", "Never! …"."""
    end = heard.edges[at][1]
    after = heard.words[end : end + 1]
    return bool(after) and not after.isspace() and after not in "'’"


def _is_answered_no(heard: Heard, last: int) -> bool:
    """Whether the words end a question that the speaker answers with no."""
    tokens = heard.tokens
    mark = last + 1
    if mark + 1 >= len(tokens) or tokens[mark] != SENTENCE_MARK:
        return False
    asked = heard.words[heard.edges[mark][0]] == "?"
    return asked and tokens[mark + 1] in _ANSWERS


def is_imagined(heard: Heard, first: int) -> bool:
    """Whether the words from `first` on stand in an imagined case: "imagine if they took them"."""
    begin, _ = heard.sentence_of(first)
    before = f" {' '.join(heard.tokens[max(begin, first - IMAGINING_REACH) : first])} "
    return any(imagining in before for imagining in _IMAGININGS)


def is_short(heard: Heard) -> bool:
    """Whether a turn is short enough to be no more than an echo of the question before it."""
    return len(heard.tokens) - heard.tokens.count(SENTENCE_MARK) <= ECHO_WORDS


def is_echo(heard: Heard, first: int, last: int, *, asked: str) -> bool:
    """Whether words of a short answer only hand back words of the question before it.

    Args:
        heard: the answer.
        first: the first of the words, among the heard words.
        last: the last of them.
        asked: the heard text of the interviewer's turn just before; "" where there is none.
    """
    return is_short(heard) and f" {' '.join(heard.tokens[first : last + 1])} " in asked
