"""Parts of speech, for the cues that ask for one."""

import subprocess
import sys

from themecode.language.grammar import is_part_of_speech


def test_the_same_word_is_a_noun_in_one_sentence_and_a_verb_in_another() -> None:
    noun, verb = "He wrote me a script.", "They script the whole show."
    assert is_part_of_speech(noun, noun.index("script"), noun.index("script") + 6, "noun")
    assert not is_part_of_speech(verb, verb.index("script"), verb.index("script") + 6, "noun")
    assert is_part_of_speech(verb, verb.index("script"), verb.index("script") + 6, "verb")


def test_grammar_is_loaded_only_when_a_cue_asks_for_it() -> None:
    code = (
        "import sys, themecode.suggest.cues, themecode.language.grammar; "
        "sys.exit('spacy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
