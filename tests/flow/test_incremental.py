"""Change after change, each followed by `apply`: the same study as computing everything at once.

What a machine claimed under an earlier wording of a code, and somebody answered, stays in a study as
it was decided. A study made at once cannot hold it; it may then differ in these claims and no other.
All else is compared byte for byte.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from field_work import (
    BOOK,
    OUTPUTS,
    coded_times,
    read_log,
    run_process,
    start,
    themecode,
    write_book,
    write_talk,
)

from themecode.model import Coding, Decision, Verdict
from themecode.store import open_study
from themecode.suggest.coder import CODER

#: Sentences put together into interviews; all invented.
SAID = (
    "I felt judged the minute I sat down.",
    "They looked at me like dirt.",
    "They took my kids in the spring.",
    "There was no childcare for the appointment.",
    "You would not judge a lad for it.",
    "It was raining, so we got the bus.",
    "My mum minded the baby on Tuesdays.",
    "The waiting room had one chair.",
    "Nobody rang back about the flat.",
)
#: Each code's cues as they stand in the book, and what may take their place.
CUES = {
    "[feel judged, looked at me like dirt]": (
        "[looked at me like dirt]", "[feel judged, looked at me like dirt, rang back]",
    ),
    '["take my? <child>"]': ('["take my? <child>", "my mum mind"]', '["took my kids"]'),
    "[childcare]": ("[childcare, mind the baby]", "[get the bus]"),
}  # fmt: skip
CODES = ("stigma.judged", "family.removal", "family.care")


@dataclass
class Field:
    """What a researcher has beside her study, and the changes she makes."""

    chance: random.Random
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    cues: dict[str, str] = field(default_factory=lambda: {each: each for each in CUES})
    made: list[str] = field(default_factory=list)
    known: int = 0

    def write_book(self) -> None:
        text = BOOK
        for first, now in self.cues.items():
            text = text.replace(first, now)
        write_book(text)

    def write_people(self) -> None:
        lines = ["participant,transcript,speaker,role,consent"]
        lines += [
            f"{who},{who},{who},{is_['role']},{is_['consent']}" for who, is_ in self.people.items()
        ]
        Path("people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def apply(self, study: str) -> dict[str, Any]:
        ran = themecode(
            "apply", "talks", "--codebook", "book.yaml", "--participants", "people.csv",
            "--no-meaning", "--study", study, "--json",
        )  # fmt: skip
        assert ran.status == 0, (self.made, ran.err)
        told: dict[str, Any] = ran.json
        return told

    def add_transcript(self) -> None:
        self.known += 1
        who = f"P{self.known:02}"
        turns = []
        for _ in range(self.chance.randint(2, 6)):
            turns.append("INT: And then?")
            turns.append(f"{who}: {' '.join(self.chance.choices(SAID, k=3))} {who} says so.")
        write_talk(who, text="\n\n".join(turns) + "\n")
        self.people[who] = {"role": "Woman", "consent": "quote"}
        self.write_people()

    def change_a_code(self) -> None:
        first = self.chance.choice(sorted(CUES))
        others = [each for each in (first, *CUES[first]) if each != self.cues[first]]
        self.cues[first] = self.chance.choice(others)
        self.write_book()

    def change_a_participant(self) -> None:
        who = self.people[self.chance.choice(sorted(self.people))]
        who["role"] = self.chance.choice(("Woman", "Worker", "Mother"))
        who["consent"] = self.chance.choice(("quote", "paraphrase", "none"))
        self.write_people()

    def decide(self) -> None:
        with open_study("study") as study:
            codings = [coding for coding, _ in study.codings(machine=CODER)]
            if not codings:
                return
            coding = self.chance.choice(codings)
            verdict = self.chance.choice(list(Verdict))
            number = len(self.made)
            others = [each for each in CODES if each != coding.code_id]
            study.add_decision(
                Decision(
                    f"decision-{number}", coding.id, self.chance.choice(("Dee", "Sam")), verdict,
                    self.chance.choice(others) if verdict is Verdict.RECODE else None,
                    self.chance.choice(("", "see the turn before")),
                    datetime(2026, 1, 2, 3, number, tzinfo=UTC),
                )
            )  # fmt: skip

    def withdraw(self) -> None:
        if len(self.people) < 2:
            return
        who = self.chance.choice(sorted(self.people))
        ran = themecode("withdraw", who, "--yes", "--study", "study")
        assert ran.status == 0, ran.err
        del self.people[who]
        (Path("talks") / f"{who}.txt").unlink()
        self.write_people()

    def change(self) -> str:
        kinds = (
            "add_transcript", "add_transcript", "change_a_code", "change_a_code", "decide", "decide",
            "decide", "change_a_participant", "change_a_participant", "withdraw",
        )  # fmt: skip
        kind = self.chance.choice(kinds)
        self.made.append(kind)
        getattr(self, kind)()
        return kind


def begin(seed: int) -> Field:
    made = Field(random.Random(seed))
    made.write_book()
    for _ in range(3):
        made.add_transcript()
    made.apply("study")
    return made


def read_all(study: str) -> dict[str, bytes]:
    """Every output there is, the list of what was held back among them."""
    return {path.name: path.read_bytes() for path in (Path(study) / "outputs").iterdir()}


def read_codings(study: str) -> dict[str, Coding]:
    """The codings that count or may, but for when and under which whole codebook they were made."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with open_study(study) as opened:
        return {
            coding.id: replace(coding, made_at=at, codebook_sha256="")
            for coding, _ in opened.codings(machine=CODER)
        }


@pytest.mark.parametrize("seed", range(4))
def test_changes_one_by_one_give_what_computing_everything_gives(seed: int) -> None:
    made = begin(seed)
    for _ in range(9):
        kind = made.change()
        told = made.apply("study")
        if kind in ("decide", "change_a_participant", "withdraw"):
            assert told["coded"] == 0, made.made
        elif kind == "add_transcript":
            assert told["coded"] == 1, made.made
        again = made.apply("study")
        assert (again["coded"], again["written"]) == (0, False), made.made
    outputs = read_all("study")

    # The same study, with everything that can be worked out again thrown away.
    shutil.rmtree("study/cache")
    shutil.rmtree("study/outputs")
    assert made.apply("study")["coded"] == 0
    assert read_all("study") == outputs, made.made

    # Another study, which sees only how everything came to stand; decisions are taken again.
    made.apply("fresh")
    afresh = read_codings("fresh")
    held = read_codings("study")
    with open_study("study") as study, open_study("fresh") as fresh:
        decisions = list(study.decisions())
        for decision in decisions:
            if decision.coding_id in afresh:
                fresh.add_decision(decision)
    left_over = held.keys() - afresh.keys()
    assert left_over <= {decision.coding_id for decision in decisions}, made.made
    assert {each: held[each] for each in afresh} == afresh, made.made
    made.apply("fresh")
    if not left_over:
        assert read_all("fresh") == outputs, made.made


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_without_decisions_on_an_earlier_wording_the_outputs_are_a_fresh_studys(seed: int) -> None:
    made = begin(seed)
    for kind in (
        "change_a_code", "add_transcript", "change_a_participant", "withdraw", "change_a_code",
        "add_transcript", "decide", "change_a_participant", "decide", "add_transcript", "decide",
    ):  # fmt: skip
        made.made.append(kind)
        getattr(made, kind)()
        made.apply("study")
    made.apply("fresh")
    with open_study("study") as study, open_study("fresh") as fresh:
        for decision in study.decisions():
            fresh.add_decision(decision)
    made.apply("fresh")
    assert read_codings("fresh") == read_codings("study")
    assert read_all("fresh") == read_all("study")


def test_a_changed_code_leaves_the_codings_of_every_other_code_as_they_were() -> None:
    made = begin(5)
    with open_study("study") as study:
        before = {coding.id: coding for coding, _ in study.codings(machine=CODER)}
    made.cues["[childcare]"] = "[get the bus]"
    made.write_book()
    assert made.apply("study")["coded"] == 3
    with open_study("study") as study:
        after = {coding.id: coding for coding, _ in study.codings(machine=CODER)}
    assert any(coding.code_id == "family.care" for coding in after.values())
    # `made_at` and the codebook they were made under are compared as well: they were not made again.
    assert {key: each for key, each in before.items() if each.code_id != "family.care"} == {
        key: each for key, each in after.items() if each.code_id != "family.care"
    }


@pytest.mark.skipif(os.name == "nt", reason="Windows sends no SIGINT to one process")
@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_leaves_a_study_that_goes_on_where_it_stopped(workers: int) -> None:
    write_book()
    for number in range(96):
        write_talk(f"P{number:03}", text="INT: And then?\n\n{who}: " + " ".join(SAID * 9))
    arguments = ("apply", "talks", "--codebook", "book.yaml", "--workers", workers)
    assert themecode(*arguments, "--study", "whole").status == 0
    process = start(*arguments, "--study", "stopped", start_new_session=True)
    end = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < end:
        # Once the first batch is kept: in the middle of coding.
        if Path("stopped/study.db").is_file() and _has_passes("stopped"):
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers as well
            break
        time.sleep(0.01)
    _, err = process.communicate(timeout=60)
    assert "Traceback" not in err
    assert "judged" not in err
    checked = themecode("check", "--study", "stopped")
    assert checked.status == 0, checked.out + checked.err
    first = coded_times("stopped")
    assert first > 0
    ran = run_process(*arguments, "--study", "stopped")
    assert (ran.status, ran.err) == (0, "")
    assert coded_times("stopped") == 96  # nothing was coded twice
    assert {name: (Path("stopped/outputs") / name).read_bytes() for name in OUTPUTS} == {
        name: (Path("whole/outputs") / name).read_bytes() for name in OUTPUTS
    }
    assert not list(Path("stopped/outputs").glob(".*"))


def _has_passes(study: str) -> bool:
    try:
        return any(what == "add codings" for what, _ in read_log(study))
    except Exception:  # noqa: BLE001  it is being made
        return False
