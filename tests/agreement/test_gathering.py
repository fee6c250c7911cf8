"""What counts as whose yes or no, read out of a real study; and the command."""

from __future__ import annotations

import csv
from pathlib import Path

import openpyxl
import pytest
from field_work import themecode
from review_field import AT, book, excerpts, first, plan, reply

from themecode.errors import ThemecodeError
from themecode.flow.agreeing import choose_pairs, find_side, gather_readings
from themecode.flow.disputes import adjudicate, list_disputes
from themecode.flow.reviewing import add_own_code
from themecode.model import Coding, Consent, Participant, Segment, Span, Verdict, coding_id
from themecode.store import CodedPass
from themecode.suggest.coder import CODER


def gather(study, **options):
    return gather_readings(study, book(study), **options)


def said(study, who, item, code_id=None):
    place = item.transcript_id, item.span
    return gather(study).readings.read(who, place, [code_id or item.code_id])


def coded_item(study):
    return next(item for item in excerpts(study, "Dee") if item.code_id is not None)


def other_code(study, item):
    return next(code.id for code in book(study).codes if code.id != item.code_id)


def test_yes_and_no_are_readings_and_not_sure_and_passed_are_none(study):
    plan(study, "Dee", "Eve")
    items = [item for item in excerpts(study, "Dee") if item.code_id][:4]
    for item, answer in zip(items, ("yes", "no", "unsure", "passed"), strict=True):
        reply(study, "Dee", item, answer)
    assert [said(study, "Dee", item) for item in items] == [True, False, None, None]
    assert [said(study, "Eve", item) for item in items if "Eve" in gather(study).people] == []


def test_an_answer_taken_back_is_none_and_the_latest_counts(study):
    plan(study, "Dee", "Eve")
    item = coded_item(study)
    reply(study, "Dee", item, "yes")
    reply(study, "Dee", item, "no")
    assert said(study, "Dee", item) is False
    reply(study, "Dee", item, "undone")
    assert said(study, "Dee", item) is None


def test_something_else_is_no_to_the_code_asked_about_and_no_answer_about_the_other(study):
    plan(study, "Dee", "Eve")
    item = coded_item(study)
    other = other_code(study, item)
    reply(study, "Dee", item, "else", other)
    assert said(study, "Dee", item) is False
    others = {
        i.code_id
        for i in excerpts(study, "Dee")
        if (i.transcript_id, i.span) == (item.transcript_id, item.span)
    }
    if other not in others:
        assert said(study, "Dee", item, other) is None


def test_asked_which_codes_fit_she_says_no_to_those_she_does_not_choose(study):
    plan(study, "Dee", "Eve", blind=True)
    item = first(excerpts(study, "Dee"), code_id=None)
    one, *rest = [code.id for code in book(study).codes]
    reply(study, "Dee", item, "yes", one)
    assert said(study, "Dee", item, one) is True
    assert [said(study, "Dee", item, code) for code in rest] == [False] * len(rest)


def test_a_ruling_is_nobodys_reading_and_goes_before_them_in_what_is_said_of_the_machine(study):
    plan(study, "Dee", "Eve")
    item = first(excerpts(study, "Dee"), stratum="suggested")
    reply(study, "Dee", item, "yes")
    reply(study, "Eve", item, "no")
    [cell] = gather(study).cells
    assert (cell.machine, cell.people) == (True, 0.5)
    [dispute] = list_disputes(study, book(study))
    adjudicate(
        study, book(study), dispute.coding_id, verdict=Verdict.REJECT, reason="No.", by="Ruth", at=AT
    )  # fmt: skip
    gathered = gather(study)
    assert gathered.people == ("Dee", "Eve")
    assert gathered.cells[0].people == 0
    assert said(study, "Dee", item) is True


def test_a_code_added_of_her_own_accord_is_no_answer_to_a_question(study):
    plan(study, "Dee", "Eve", uncoded=0)
    transcript = study.transcript("P01")
    turn = transcript.turns[-1]
    code = book(study).codes[0].id
    add_own_code(
        study, book(study), "Dee", transcript=transcript, span=turn.span, code_id=code, note="",
        made_at=AT, answer_id="a",
    )  # fmt: skip
    assert gather(study).people == ()


def test_somebody_who_coded_whole_transcripts_says_no_to_what_she_left(study):
    codebook, transcript = book(study), study.transcript("P01")
    turn = next(turn for turn in transcript.turns if turn.kind == "participant")
    segment = Segment.cut(transcript, turn, Span(turn.span.start, turn.span.start + 5))
    code = codebook.codes[0]
    coding = Coding(
        coding_id(segment, code.sha256, code.id, "Una"), segment, code.id, "Una", None, (),
        codebook.sha256, code.sha256, AT,
    )  # fmt: skip
    study.add_codings([coding], coded=[CodedPass("P01", codebook.sha256, "Una")])
    gathered = gather(study)
    yes = [unit for unit, answer in gathered.readings.said["Una"].items() if answer]
    assert gathered.people == ("Una",)
    assert len(yes) == 1 and yes[0][1] == code.id
    assert len(gathered.readings.said["Una"]) == len(gathered.readings.passages) * len(
        codebook.codes
    )
    assert gathered.readings.marked["Una", "P01"] == {code.id: [segment.span]}


def test_the_machine_says_yes_where_its_suggestion_counts(study):
    plan(study, "Dee", "Eve")
    item = first(excerpts(study, "Dee"), stratum="suggested")
    reply(study, "Dee", item, "no")
    assert said(study, CODER, item) is True
    quiet = first(excerpts(study, "Dee"), stratum="uncoded")
    assert said(study, CODER, quiet, book(study).codes[0].id) is False


def test_each_answer_speaks_for_as_many_as_were_not_read(study):
    plan(study, "Dee", "Eve", suggested=2)
    strata = study.review_plan().strata
    items = [item for item in excerpts(study, "Dee") if item.stratum == "suggested"]
    for item in items:
        reply(study, "Dee", item, "yes")
    cells = [cell for cell in gather(study).cells if cell.machine]
    assert sum(cell.weight for cell in cells) == pytest.approx(strata["suggested"].population)


def test_groups_are_compared_where_there_are_two_and_people_otherwise(study):
    plan(study, "Dee", "Eve")
    for who in ("Dee", "Eve"):
        reply(study, who, coded_item(study), "yes")
    assert [[s.name for s in pair] for pair in choose_pairs(gather(study))] == [["Dee", "Eve"]]
    grouped = gather(study, groups={"Dee": "lived experience", "Eve": "researcher"})
    assert [s.name for s in choose_pairs(grouped)[0]] == ["lived experience", "researcher"]
    assert find_side(grouped, "researchers").coders == ("Eve",)
    assert find_side(grouped, "DEE").coders == ("Dee",)
    assert find_side(grouped, "machine").coders == (CODER,)
    with pytest.raises(ThemecodeError, match="There are: Dee, Eve"):
        find_side(grouped, "Zed")


# ── the command ──────────────────────────────────────────────────────────────────────────────────


def answer_all(study):
    plan(study, "Dee", "Eve")
    for who in ("Dee", "Eve"):
        for number, item in enumerate(excerpts(study, who)):
            different = who == "Eve" and number % 4 == 0
            said = "no" if item.code_id is None or different else "yes"
            reply(study, who, item, said, note="as I see it" if different else "")


def test_the_table_fits_eighty_columns_and_the_passages_come_with_words(study):
    answer_all(study)
    ran = themecode("agreement", "--words", "--by", "all")
    assert (ran.status, ran.err) == (0, "")
    assert "Dee and Eve" in ran.out and "To talk about" in ran.out
    assert "as I see it" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 80


def test_json_has_every_figure_with_its_interval(study):
    answer_all(study)
    [row, *_] = themecode("agreement", "--json").json["comparisons"][0]["rows"]
    for name in ("percent", "kappa", "alpha", "ac1", "positive"):
        assert set(row[name]) == {"value", "interval"}
    assert themecode("agreement", "--json").out == themecode("agreement", "--json").out


def test_words_nobody_may_quote_are_held_back(study):
    answer_all(study)
    words = {each.words for each in gather(study).readings.passages.values()}
    study.save_participants(
        [Participant(f"P{n:02}", consent=Consent.NONE) for n in range(1, 5)]
    )  # fmt: skip
    assert themecode("agreement", "-o", "a.xlsx").status == 0
    cells = {
        cell.value
        for sheet in openpyxl.load_workbook("a.xlsx").worksheets
        for row in sheet.iter_rows()
        for cell in row
    }
    assert not cells & words
    assert not any(each in themecode("agreement", "--words").out for each in words)


def test_files_are_the_same_each_time_and_not_written_over(study):
    answer_all(study)
    for name in ("a.csv", "a.xlsx", "a.docx"):
        assert themecode("agreement", "-o", name).status == 0
        kept = Path(name).read_bytes()
        assert themecode("agreement", "-o", name).status == 1
        assert themecode("agreement", "-o", name, "--force").status == 0
        assert Path(name).read_bytes() == kept
    rows = list(csv.DictReader(Path("a.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert rows[0]["name"] == "All codes"


def test_what_cannot_be_compared_is_said(study):
    ran = themecode("agreement")
    assert (ran.status, ran.out) == (1, "")
    assert "review plan" in ran.err
    answer_all(study)
    assert "in common" in themecode("agreement", "--between", "Dee", "people").err
    assert themecode("agreement", "-o", "a.txt").status == 2
    assert themecode("agreement", "--group", "Dee").status == 2


@pytest.mark.parametrize("order", ["random", "teaching", "doubtful"])
def test_a_half_read_review_in_an_order_that_is_not_random_says_so_until_it_is_read(study, order):
    plan(study, "Dee", suggested=None, uncoded=3, first=order)
    asked = [item for item in excerpts(study, "Dee") if item.code_id is not None]
    for item in asked[:3]:
        reply(study, "Dee", item, "yes")
    ran = themecode("agreement", "-o", "half.xlsx")
    assert ran.status == 0, ran.err
    warned = f"Only 3 of the {len(asked)} suggestions drawn have been read"
    told = " ".join(ran.out.split())
    assert (warned in told) is (order != "random")
    written = " ".join(
        str(cell) for row in openpyxl.load_workbook("half.xlsx")["Machine"].values for cell in row
    )
    assert (warned in written) is (order != "random")
    assert max(map(len, ran.out.splitlines())) <= 80
    for item in asked[3:]:
        reply(study, "Dee", item, "no")
    assert gather_readings(study, book(study)).caution == ""
    assert "Take care" not in themecode("agreement").out
