"""The forms of words, held against a dictionary that knows more and loads slower."""

import lemminflect
import pytest

from themecode.codebook import find_codebook, read_codebook
from themecode.codebook.cue_syntax import parse_cue
from themecode.language.forms import is_plain, said_also, word_forms

VERBS = """judge take lose feel tell ask stop plan visit refer panic cry try die lie use need begin
bring keep leave hide hear hold beat hit choke threaten groom sell steal nick arrest sentence wait
close discharge drink swear swim write drive break forget forgive sleep dream learn burn send spend
teach catch fight buy think seek stick strike throw understand withdraw relapse cope numb escape
trust listen believe help attend travel ring phone text cook bully travel""".split()
NOUNS = """kid child woman man baby family service worker clinic box church story bus wife life
crisis diagnosis midwife penny person foot tooth script group hostel refuge house""".split()


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_form_a_dictionary_knows_is_found(verb: str) -> None:
    known = {
        form.lower()
        for tag in ("VB", "VBD", "VBG", "VBN", "VBZ")
        for form in lemminflect.getInflection(verb, tag)
    }
    assert known <= set(word_forms(verb))


@pytest.mark.parametrize("noun", NOUNS)
def test_every_plural_a_dictionary_knows_is_found(noun: str) -> None:
    known = {form.lower() for form in lemminflect.getInflection(noun, "NNS")}
    assert known <= set(word_forms(noun)) | {"lifes", "mid-wives", "busses", "person"}


@pytest.mark.parametrize(
    "word", ["judged", "judging", "kids", "took", "children", "women", "can't"]
)
def test_a_word_not_in_its_plain_form_is_found_as_written(word: str) -> None:
    assert not is_plain(word)
    assert word in word_forms(word)
    assert "judge" not in word_forms(word)


@pytest.mark.parametrize("word", ["bring", "need", "bus", "thing", "bed", "illness", "sing", "red"])
def test_a_plain_word_that_looks_like_another_form_keeps_its_forms(word: str) -> None:
    assert is_plain(word)
    assert len(word_forms(word)) > 1


def test_dialect_and_missing_apostrophes_are_other_ways_to_say_a_word() -> None:
    assert {"nowt", "nothin"} <= set(said_also("nothing"))
    assert {"didnae", "didna", "didnt", "did not"} <= set(said_also("didn't"))
    assert "me" in said_also("my")
    assert "were" not in said_also("we're")


def test_every_word_of_the_founding_codebook_has_the_forms_a_dictionary_knows() -> None:
    """Nouns and verbs of the shipped cues: what the dictionary inflects, a cue finds."""
    codebook, _ = read_codebook(find_codebook("women_in_treatment"))
    assert codebook is not None
    words = {
        word.text
        for code in codebook.codes
        for source in code.cues.strong
        for part in parse_cue(source, codebook.word_lists).parts
        for slot in part
        for phrase in slot.choices
        for word in phrase
        if word.text.isalpha() and word.text.isascii() and len(word.text) > 2 and not word.exact
    }
    missing = {}
    for word in sorted(words):
        # Only where the dictionary itself holds the word to be a plain verb.
        if word not in lemminflect.getLemma(word, "VERB") or not is_plain(word):
            continue
        known = {
            form.lower()
            for tag in ("VBD", "VBG", "VBZ")
            for form in lemminflect.getInflection(word, tag, inflect_oov=False)
        }
        if not known <= set(word_forms(word)):
            missing[word] = known - set(word_forms(word))
    assert len(words) > 800
    assert len(missing) <= 0.01 * len(words), missing
