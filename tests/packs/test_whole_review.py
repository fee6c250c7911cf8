"""A whole review of the sample study: one reviewer on the page, one by workbook, then agreement."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from pathlib import Path

import pytest
from chromium import enter, open_chromium, open_device, show_words
from field_work import themecode
from pack_field import fill_in
from served import serve

SAMPLE = Path(__file__).parents[2] / "transcripts_sample"
BOOK = Path(__file__).parents[2] / "codebooks" / "women_in_treatment.yaml"
EXCERPTS = 40


def run(*words: object) -> str:
    ran = themecode(*words)
    assert ran.status == 0, ran.err
    return ran.out


def status_counts() -> Counter[str]:
    rows = [json.loads(line) for line in run("export", "--format", "jsonl").splitlines()]
    return Counter(row["status"] for row in rows)


def test_two_reviewers_forty_excerpts_disputes_settled_and_the_counts_follow(  # noqa: PLR0915 (it is a whole review)
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    # Everybody agreed to be quoted, so that nothing is held back from the workbook.
    people = (SAMPLE / "participants.csv").read_text(encoding="utf-8")
    Path("people.csv").write_text(
        re.sub(r",(paraphrase|none)\b", ",quote", people), encoding="utf-8"
    )
    run("apply", SAMPLE, "--codebook", BOOK, "--participants", "people.csv", "--no-meaning")
    run("review", "plan", "--reviewer", "Dee:lived experience", "--reviewer", "Una:researcher",
        "--suggested", 22, "--candidates", 8, "--uncoded", 10)  # fmt: skip
    before = status_counts()

    # Dee answers on the page, in a real browser on a real server: one press after another.
    said: dict[int, str] = {}
    draw = random.Random(8)
    buttons = {"yes": "Yes, this fits", "no": "No", "unsure": "Not sure"}
    with serve() as running, open_chromium() as browser:
        context = open_device(browser, viewport={"width": 360, "height": 740})
        page = enter(context, running.links["Dee"])
        for number in range(1, EXCERPTS + 1):
            page.wait_for_url(f"**/excerpts/{number}*")
            show_words(page)
            about_code = page.get_by_role("button", name="Something else").count() == 1
            reply = draw.choice(["yes", "yes", "yes", "no", "unsure"]) if about_code else "no"
            name = buttons[reply] if about_code else "Nothing here fits"
            page.get_by_role("button", name=name, exact=True).click()
            said[number] = reply
        page.get_by_role("heading", name="You have come to the end").wait_for()
        context.close()
    assert running.process.returncode is not None

    # Una is sent a workbook, types in it, renames it, and sends it back twice.
    run("review", "pack", "--reviewer", "Una", "--format", "xlsx", "-o", "una.xlsx")
    typed = {"n": 0}

    def answer(number: int, asked: str) -> tuple[str, str, str]:
        typed["n"] += 1
        if asked.startswith("Which"):
            return ("none of these", "", "")
        return (draw.choice(["y", "Yes!", "yes", "No", "not sure"]), "", "as I read it")

    assert fill_in(Path("una.xlsx"), answer) == EXCERPTS
    Path("una.xlsx").rename("Una's answers (final).xlsx")
    [collected] = json.loads(run("review", "collect", "Una's answers (final).xlsx", "--json"))
    assert (collected["taken"], collected["problems"]) == (EXCERPTS, [])
    [again] = json.loads(run("review", "collect", "Una's answers (final).xlsx", "--json"))
    assert (again["taken"], again["known"]) == (0, EXCERPTS)

    # Both have answered everything; where they differ is a dispute, and in no count.
    disputes = [each for each in json.loads(run("review", "adjudicate", "--json")) if each["open"]]
    middle = status_counts()
    assert len(disputes) > 2
    assert middle["disputed"] == len(disputes)
    assert middle["suggested"] + middle["candidate"] < before["suggested"] + before["candidate"]

    # Agreement, as the lead reads it and as a script does.
    told = run("agreement")
    assert "Lived experience and Researcher" in told
    assert "The machine, against people" in told
    assert max(map(len, told.splitlines())) <= 80
    figures = json.loads(run("agreement", "--json"))
    [comparison] = figures["comparisons"]
    pooled = comparison["rows"][0]
    asked = [each for each in figures["comparisons"][0]["rows"] if each["level"] == "code"]
    assert pooled["both"] == sum(each["both"] for each in asked)
    assert pooled["only_first"] + pooled["only_second"] == len(disputes)
    assert pooled["percent"]["value"] == pytest.approx(
        (pooled["both"] + pooled["neither"]) / pooled["passages"]
    )
    assert (
        pooled["kappa"]["interval"][0] <= pooled["kappa"]["value"] <= pooled["kappa"]["interval"][1]
    )
    machine = figures["machine"]["rows"][0]
    assert 0 < machine["precision"] < 1

    # Disputes are settled with a reason; answers stay, and the counts follow.
    for each in disputes:
        run("review", "adjudicate", each["dispute"], "--verdict", "reject", "--reason",
            "We read it together and it is about something else.", "--by", "Ruth")  # fmt: skip
    after = status_counts()
    assert after["disputed"] == 0
    assert after["rejected"] == middle["rejected"] + len(disputes)
    assert after["accepted"] == middle["accepted"]
    assert json.loads(run("agreement", "--json"))["comparisons"] == figures["comparisons"]
    settled = json.loads(run("agreement", "--json"))["machine"]["rows"][0]
    assert settled["precision"] < machine["precision"]

    # The table for the report holds the words, both answers and the notes.
    run("agreement", "-o", "agreement.xlsx")
    run("agreement", "-o", "agreement.docx")
    run("agreement", "--words", "-o", "agreement.csv")
    import docx

    text = "\n".join(
        cell.text
        for table in docx.Document("agreement.docx").tables
        for row in table.rows[:40]
        for cell in row.cells
    )
    assert "as I read it" in text
