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

from themecode.exchange.offsets import COUNTINGS
from themecode.exchange.project_in import read_project
from themecode.exchange.project_out import write_project
from themecode.model import Coding, Decision, Status, Transcript, TurnKind, Verdict
from themecode.segments import cut_segments
from themecode.settle import Settled
from themecode.store import open_study
from themecode.transcripts import read_file

sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
from studies import AT, MACHINE, make_codebook, make_coding, make_transcript

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


@settings(
    max_examples=size(150, 2_000), deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(
    st.lists(_WORDS, min_size=1, max_size=6), st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(),
    st.sampled_from(["NFC", "NFD"]),
)  # fmt: skip
def test_every_span_of_a_text_that_was_looked_for_is_its_words(
    work_folder: Path, said: list[str], newline: str, mark: bool, form: str
) -> None:
    lines = [f"{'INT' if n % 2 == 0 else 'P01'}: said {words}" for n, words in enumerate(said)]
    text = unicodedata.normalize(form, f"{newline}{newline}".join(lines) + newline)
    path = work_folder / "talk.txt"
    path.write_bytes((b"\xef\xbb\xbf" if mark else b"") + text.encode())
    [transcript] = read_file(path).transcripts
    assert len(transcript.turns) >= 1
    for turn in transcript.turns:
        for segment in cut_segments(transcript, turn):
            assert transcript.text[segment.span.start : segment.span.end] == segment.text


_PIECES = (
    "é", "e\u0301", "🚗", "👩\u200d👧", "\u00a0", "\u2028", "שלום", "ﬁ", "İ", "\u200b", "…", "’", "\t", "مرحبا",
    "n\u0303", "한국", "\u202babc\u202c", "said", "scared.", "rain", "and", "bairn", "Then", "well,", "x" * 30,
)  # fmt: skip


def _write_any_text(chance: random.Random) -> bytes:
    """A transcript with whatever a transcript can hold: line ends, marks, letters of two and more parts."""
    newline = chance.choice(["\n", "\r\n", "\r"])
    lines = [
        f"{'INT' if n % 2 == 0 else 'P01'}: said "
        + " ".join(chance.choices(_PIECES, k=chance.randint(1, 9)))
        for n in range(chance.randint(1, 6))
    ]
    text = unicodedata.normalize(chance.choice(["NFC", "NFD"]), f"{newline}{newline}".join(lines))
    return (b"\xef\xbb\xbf" if chance.random() < 0.5 else b"") + (text + newline).encode()


def test_every_span_is_its_words_in_any_text_and_after_a_project_out_and_in(
    work_folder: Path,
) -> None:
    """Read, kept in a study and read back, written as a project in code points, and read again."""
    chance, texts, at_once = random.Random(9), size(10_000, 10_000), 500
    book, source = make_codebook()
    spans = 0
    for batch in range(texts // at_once):
        held: dict[str, Transcript] = {}
        for number in range(at_once):
            path = work_folder / f"t{number}.txt"
            path.write_bytes(_write_any_text(chance))
            [transcript] = read_file(path).transcripts
            held[transcript.id] = transcript
        settled = []
        for transcript in held.values():
            for turn in transcript.turns:
                segments = cut_segments(transcript, turn)
                for segment in segments:
                    assert segment.span.of(transcript.text) == segment.text
                    spans += 1
                claim = Coding(f"{transcript.id}-{turn.number}", segments[0], "fear", "Dee", None, (), "b", "c", AT)  # fmt: skip
                settled.append(Settled(claim, turn, "fear", Status.CODED))
        with open_study(work_folder / f"study{batch}", create=True) as study:
            study.save_codebook(book, source)
            study.add_transcripts(list(held.values()), read_with={})
            kept = {transcript.id: transcript for transcript in study.transcripts()}
        assert kept == held
        project = work_folder / "out.qdpx"
        write_project(
            project, transcripts=[kept[id_] for id_ in sorted(kept)],
            settled=sorted(settled, key=lambda each: each.coding.segment.transcript_id),
            codebook=book, participants={}, counting=COUNTINGS["standard"],
        )  # fmt: skip
        wanted = {}
        for each in settled:
            segment = each.coding.segment
            wanted.setdefault(segment.transcript_id, set()).add((segment.span, segment.text))
        sources = read_project(project, counting=COUNTINGS["standard"]).sources
        assert len(sources) == len(held)
        for read in sources:
            found = {(p.span, p.span.of(read.text)) for p in read.passages if p.span is not None}
            assert found == wanted[read.name]
    record("R9", texts=texts, spans=spans, wrong=0)


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


def test_after_any_edit_a_decision_is_on_its_words_or_on_the_list(work_folder: Path) -> None:
    chance = random.Random(10)
    edits, at_once = size(500, 500), 25
    moved = listed = 0
    for batch in range(edits // at_once):
        with open_study(work_folder / f"s{batch}", create=True, now=lambda: AT) as study:
            book, source = make_codebook()
            study.save_codebook(book, source)
            talks, claims = {}, {}
            for name in (f"t{number}" for number in range(at_once)):
                talks[name] = [
                    (
                        ("INT", "P01", "P02")[n % 3],
                        f"Sentence {n} about a thing. I was scared {n}. Then rain.",
                    )
                    for n in range(chance.randint(3, 9))
                ]
                transcript = make_transcript(name, talk=talks[name])
                study.add_transcripts([transcript], read_with={})
                claims[name] = [
                    make_coding(transcript, f"I was scared {n}.")
                    for n, (who, _) in enumerate(talks[name])
                    if who != "INT"
                ]
                study.add_codings(claims[name], coded=[])
                for number, claim in enumerate(claims[name]):
                    study.add_decision(
                        Decision(f"{name}-{number}", claim.id, "Dee", Verdict.ACCEPT, None, "",
                                 datetime(2026, 1, 2, tzinfo=UTC))
                    )  # fmt: skip
            on_list = {}
            for name, talk in talks.items():
                left = study.replace_transcript(make_transcript(name, talk=_edit(talk, chance)))
                on_list[name] = {item.coding.segment.text for item in left}
                listed += len(left)
            decided = {decision.coding_id for decision in study.decisions()}
            now = {transcript.id: transcript for transcript in study.transcripts()}
            on_words: dict[str, set[str]] = {name: set() for name in talks}
            for coding, _ in study.codings(machine=MACHINE):
                segment = coding.segment
                if coding.id not in decided:
                    continue
                transcript = now[segment.transcript_id]
                assert segment.span.of(transcript.text) == segment.text
                turn = next(turn for turn in transcript.turns if turn.number == segment.turn)
                assert turn.kind is TurnKind.PARTICIPANT or turn.speaker == "INT"
                on_words[transcript.id].add(segment.text)
                moved += 1
            for name, made in claims.items():
                for claim in made:
                    assert claim.segment.text in on_words[name] | on_list[name]
    record("R10", edits=edits, on_their_words=moved, listed=listed, shifted=0)
