"""What holds of every coding, whatever is said; and the listener against a slow, plain reading."""

from __future__ import annotations

import itertools
import re

from hypothesis import given, settings
from hypothesis import strategies as st
from small_study import AT, check_codings, code_talk, make_code, make_codebook, make_transcript

from themecode.language.forms import word_forms
from themecode.model import TurnKind
from themecode.suggest.cues import suggest_codings
from themecode.suggest.listen import Listener, anchor_cues

LISTS = {"child": ("kid", "little one", "baby"), "court": ("court", "family court")}
CUES = st.sampled_from(
    ["judge", "feel judged", "take/lose my? <child>", "take ... <child>", "scared + <court>",
     "nobody told me", "judg*", "they said", "=used", "(social worker/the social) came",
     "scared ... <court> ... kid", "going to lose", "don't know", "<child>", "mum's house"]
)  # fmt: skip
WORDS = st.sampled_from(
    ["judge", "judged", "they", "They", "took", "take", "losing", "my", "me", "kid", "kids", "little",
     "one", "ones", "court", "family", "scared", "social", "worker", "came", "nobody", "telt", "told",
     "erm,", "you know,", ", like,", "never", "didn't", "didn’t", "no.", "No,", "court.", "judged?",
     "No.", "imagine", "if", "gonna", "lose", "dunno", "mum’s", "house", "[laughs]", "İ", "🙂", "é́",
     "the,", "the", "\n", "...", "…", "(sighs)", "said", "and", "used", "judgy-pants"]
)  # fmt: skip
#: The readers let no NUL through, and the listener leans on it.
ANY_TEXT = st.text(st.characters(exclude_characters="\x00"), max_size=120)
SPEECH = st.one_of(st.lists(WORDS, max_size=120).map(" ".join), ANY_TEXT)
TALK = st.lists(st.tuples(st.sampled_from(["INT", "SUP", "P01", "P02", ""]), SPEECH), max_size=6)
STRENGTHS = st.fixed_dictionaries(
    {strength: st.lists(CUES, max_size=3) for strength in ("strong", "fair", "weak", "unless")}
)


@settings(deadline=None, max_examples=150)
@given(TALK, st.lists(STRENGTHS, min_size=1, max_size=3))
def test_evidence_slices_back_to_its_words_inside_its_segment_and_only_participants_are_coded(
    talk: list[tuple[str, str]], cues: list[dict[str, list[str]]]
) -> None:
    codes = [make_code(f"c{number}", **each) for number, each in enumerate(cues)]
    codebook = make_codebook(*codes, lists=LISTS)
    transcript = make_transcript(talk)
    codings = code_talk(talk, codebook)
    check_codings(transcript, codings)
    assert codings == code_talk(talk, codebook)
    kept = Listener(codebook.codes, codebook, anchors=anchor_cues(codebook.codes, codebook))
    assert suggest_codings(transcript, kept, codebook=codebook, made_at=AT) == codings


@settings(deadline=None, max_examples=60)
@given(TALK)
def test_other_speakers_are_coded_only_where_asked(talk: list[tuple[str, str]]) -> None:
    codebook = make_codebook(make_code(strong=["judge", "kid"]))
    transcript = make_transcript(talk)
    listener = Listener(codebook.codes, codebook)
    asked = (TurnKind.INTERVIEWER,)
    for coding in suggest_codings(transcript, listener, codebook=codebook, made_at=AT, kinds=asked):
        assert transcript.turns[coding.segment.turn - 1].kind is TurnKind.INTERVIEWER


SOUP = ["kid", "kids", "judge", "judged", "judging", "take", "took", "bus", "buses", "red",
        "ground", "grounds", "hunting", "hunt", "hunts", "cold", "tea", "ferry", "ferries"]  # fmt: skip
_SOUP_LISTS = {"thing": ("kid", "hunting ground", "bus"), "move": ("take", "judge")}


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.sampled_from([*SOUP, ".", "?", ","]), max_size=80),
    st.lists(
        st.lists(st.sampled_from([*SOUP, "<thing>", "<move>"]), min_size=1, max_size=3).filter(
            lambda words: all(a != b for a, b in itertools.pairwise(words))
        ),
        min_size=1,
        max_size=6,
        unique_by=tuple,
    ),
)
def test_words_and_word_lists_are_found_where_a_slow_plain_reading_finds_them(
    said: list[str], cues: list[list[str]]
) -> None:
    words = " ".join(said)
    codebook = make_codebook(
        *(make_code(f"c{n}", strong=[" ".join(cue)]) for n, cue in enumerate(cues)),
        lists=_SOUP_LISTS,
    )
    found = {
        (coding.code_id, span.start)
        for coding in code_talk([("", words)], codebook)
        for reason in coding.evidence
        for span in reason.spans
    }
    assert found == {
        (f"c{n}", start) for n, cue in enumerate(cues) for start in _read_slowly(words, cue)
    }


def _read_slowly(words: str, cue: list[str]) -> set[int]:
    """Where a cue begins: each of its ways tried at each word of each sentence, one by one."""
    ways: list[list[list[str]]] = [[]]
    choices = []
    for word in cue:
        entries = _SOUP_LISTS[word[1:-1]] if word.startswith("<") else (word,)
        choices.append([_say(entry) for entry in entries])
    ways = [[]]
    for choice in choices:
        ways = [[*way, *said] for way in ways for options in choice for said in options]
    found = set()
    for sentence in re.finditer(r"[^.?]+", words):
        tokens: list[tuple[str, int]] = []
        for token in re.finditer(r"\w+", sentence[0]):
            place = (token[0], sentence.start() + token.start())
            if tokens and tokens[-1][0] == token[0]:
                tokens[-1] = place  # "the, the" is heard once, where it is gone on from
            else:
                tokens.append(place)
        at = 0
        while at < len(tokens):
            said = [token for token, _ in tokens[at:]]
            fits = [len(way) for way in ways if said[: len(way)] == way]
            if fits:
                found.add(tokens[at][1])
            at += max(fits, default=1)  # the same words are not counted twice
    return found


def _say(entry: str) -> list[list[str]]:
    said: list[list[str]] = [[]]
    for word in entry.split():
        said = [[*way, form] for way in said for form in word_forms(word)]
    return said
