"""R9 and R10: a span is its words, in any text; and when a transcript changes, no decision shifts in silence."""

from __future__ import annotations

import random
import string
import sys
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from measured import record, size

from themecode.model import Decision, TurnKind, Verdict
from themecode.segments import cut_segments
from themecode.store import open_study
from themecode.transcripts import read_file

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
from studies import AT, make_codebook, make_coding, make_transcript

_ODD = st.sampled_from(
    [
        "é",
        "e\u0301",
        "🚗",
        "👩\u200d👧",
        "\u00a0",
        "\u2028",
        "שלום",
        "ﬁ",
        "İ",
        "\u200b",
        "…",
        "’",
        "\t",
    ]
)
_WORDS = st.lists(
    st.one_of(_ODD, st.text(string.ascii_letters, min_size=1, max_size=8)), min_size=1, max_size=9
).map(" ".join)
_SEEN: list[int] = []


@settings(
    max_examples=size(300, 10_000), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(_WORDS, min_size=1, max_size=6), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(),
    st.sampled_from(["NFC", "NFD"]),
)  # fmt: skip
def test_every_span_is_its_words_in_any_text(
    tmp_path: Path, said: list[str], newline: str, mark: bool, form: str
) -> None:
    lines = [f"{'INT' if n % 2 == 0 else 'P01'}: said {words}" for n, words in enumerate(said)]
    text = unicodedata.normalize(form, f"{newline}{newline}".join(lines) + newline)
    path = tmp_path / "talk.txt"
    path.write_bytes((b"\xef\xbb\xbf" if mark else b"") + text.encode())
    [transcript] = read_file(path).transcripts
    assert len(transcript.turns) >= 1
    for turn in transcript.turns:
        for segment in cut_segments(transcript, turn):
            assert transcript.text[segment.span.start : segment.span.end] == segment.text
    with open_study(tmp_path / "study", create=True) as study:
        if not study.known_transcripts():
            study.add_transcripts([transcript], read_with={})
            assert study.transcript(transcript.id) == transcript
    _SEEN.append(1)


def test_the_number_of_texts_is_kept() -> None:
    record("R9", texts=len(_SEEN), wrong=0)


def _edit(talk: list[tuple[str, str]], chance: random.Random) -> list[tuple[str, str]]:
    """A transcript as somebody leaves it who has corrected it."""
    edited = list(talk)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(edited))
        speaker, words = edited[at]
        kind = chance.randrange(6)
        if kind == 0:
            edited.insert(at, ("INT", f"And then, {chance.random():.3f}?"))
        elif kind == 1 and len(edited) > 2:
            del edited[at]
        elif kind == 2:
            place = chance.randrange(len(words) + 1)
            edited[at] = (speaker, words[:place] + "ë🚗 " + words[place:])
        elif kind == 3:
            edited[at] = (speaker, words.replace("a", "aa", 1))
        elif kind == 4:
            edited[at] = ("INT" if speaker != "INT" else "P01", words)
        else:
            edited.append((speaker, words))
    return edited


def test_after_any_edit_a_decision_is_on_its_words_or_on_the_list(tmp_path: Path) -> None:
    chance = random.Random(10)
    edits = size(40, 500)
    moved = listed = 0
    for run in range(edits):
        talk = [
            (
                ("INT", "P01", "P02")[n % 3],
                f"Sentence {n} about a thing. I was scared {n}. Then rain.",
            )
            for n in range(chance.randint(3, 9))
        ]
        with open_study(tmp_path / f"s{run}", create=True, now=lambda: AT) as study:
            book, source = make_codebook()
            study.save_codebook(book, source)
            transcript = make_transcript(talk=talk)
            study.add_transcripts([transcript], read_with={})
            claims = [
                make_coding(transcript, f"I was scared {n}.")
                for n, (who, _) in enumerate(talk)
                if who != "INT"
            ]
            study.add_codings(claims, coded=[])
            for number, claim in enumerate(claims):
                study.add_decision(
                    Decision(f"d{number}", claim.id, "Dee", Verdict.ACCEPT, None, "",
                             datetime(2026, 1, 2, tzinfo=UTC))
                )  # fmt: skip
            left = study.replace_transcript(make_transcript(talk=_edit(talk, chance)))
            now = study.transcript(transcript.id)
            decided = {decision.coding_id for decision in study.decisions()}
            current = [
                coding for coding, _ in study.codings(machine=claims[0].coder if claims else "x")
                if coding.id in decided
            ]  # fmt: skip
            for coding in current:
                assert coding.segment.span.of(now.text) == coding.segment.text
                turn = next(turn for turn in now.turns if turn.number == coding.segment.turn)
                assert turn.kind is TurnKind.PARTICIPANT or turn.speaker == "INT"
            on_words = {coding.segment.text for coding in current}
            on_list = {item.coding.segment.text for item in left}
            for claim in claims:
                assert claim.segment.text in on_words | on_list
            moved += len(current)
            listed += len(left)
    record("R10", edits=edits, on_their_words=moved, listed=listed, shifted=0)
