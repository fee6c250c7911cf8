"""Workbooks out, and back in after people have had them."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import openpyxl
from pack_field import LATER, answers, collect, fill, fill_in, heading, resave, workbook
from review_field import book, excerpts, reply, standing

from themecode.flow.reviewing import save_choices
from themecode.model import Status
from themecode.store import Choices


def mixed(number: int, asked: str) -> tuple[str, str, str]:
    if asked.startswith("Which"):
        return ("Nothing here fits", "", "")
    return [("yes", "", ""), ("No!", "", "she means the shop"), ("not sure", "", "")][number % 3]


def test_a_pack_has_a_guide_and_keeps_hard_excerpts_on_a_sheet_of_their_own(study):
    opened = openpyxl.load_workbook(workbook(study))
    assert opened.sheetnames == [
        "Start here",
        "Excerpts",
        "With content notes",
        "Codes",
        "themecode",
    ]
    assert opened["themecode"].sheet_state == "hidden"
    hard = opened["With content notes"]
    assert hard.cell(1, 2).value == "Please note"
    assert all(hard.cell(row, 2).value for row in range(2, hard.max_row + 1))
    shown = {each.value for row in opened["Excerpts"].iter_rows() for each in row}
    hidden = {each.words for each in fill(study).hard}
    assert hidden and not hidden & shown
    assert opened["Excerpts"].data_validations.count > 0


def test_the_same_pack_is_the_same_bytes(study):
    assert (
        workbook(study, name="a.xlsx").read_bytes() == workbook(study, name="b.xlsx").read_bytes()
    )


def test_words_that_look_like_formulas_stay_words(study):
    with zipfile.ZipFile(workbook(study)) as parts:
        for name in parts.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in parts.read(name)
                assert b"<hyperlink" not in parts.read(name)


def test_every_answer_comes_back_and_counts(study):
    path = workbook(study)
    number = fill_in(
        path, lambda _, asked: ("Nothing here fits" if asked[:5] == "Which" else "yes", "", "")
    )
    [done] = collect(study, path)
    assert (done.taken, done.known, done.empty, done.problems) == (number, 0, 0, ())
    assert {each[3] for each in answers(study)} == {"workbook"}
    assert all(each.decided_at <= LATER for each in study.decisions())
    asked = {claim for item in excerpts(study, "Dee") for claim in item.coding_ids}
    stood = {each.coding.id: each.status for each in standing(study)}
    assert {stood[claim] for claim in asked} == {Status.ACCEPTED}


def test_an_answer_is_never_taken_twice(study):
    path = workbook(study)
    number = fill_in(path, mixed)
    collect(study, path)
    before = study.state_hash("x")
    copy = path.rename("Copy of pack (2) FINAL.xlsx")
    [again] = collect(study, copy)
    assert (again.taken, again.known, again.problems) == (0, number, ())
    assert study.state_hash("x") == before


def test_a_change_of_mind_in_the_file_is_taken_and_the_first_answer_kept(study):
    path = workbook(study)
    fill_in(path, lambda n, _: ("not sure", "", "") if n == 1 else None)
    collect(study, path)
    fill_in(path, lambda n, _: ("no", "", "on a second look") if n == 1 else None)
    [done] = collect(study, path)
    assert done.taken == 1
    assert [each[0] for each in answers(study)] == ["unsure", "no"]


def test_rows_sorted_and_deleted_columns_added_and_moved_lose_no_answer(study):
    path = workbook(study)
    fill_in(path, mixed)
    opened = openpyxl.load_workbook(path)
    sheet = opened["Excerpts"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head, body = rows[0], rows[1:]
    random.Random(3).shuffle(body)
    gone = body.pop()
    order = list(range(len(head)))
    random.Random(4).shuffle(order)
    sheet.delete_rows(1, sheet.max_row)
    sheet.append(["my own list"])
    for row in [head, *body]:
        sheet.append(["mine", *(row[at] for at in order)])
    opened.save(path)
    [done] = collect(study, path)
    assert done.problems == ()
    taken = {each.item_id[:12] for each in study.review_answers()}
    assert taken == {item.id[:12] for item in excerpts(study, "Dee")} - {gone[head.index("Ref")]}


def test_what_cannot_be_understood_is_reported_by_sheet_and_row_and_the_rest_taken(study):
    path = workbook(study)
    number = fill_in(path, lambda n, asked: ("wibble", "", "") if n == 2 else mixed(n, asked))
    [done] = collect(study, path)
    assert done.taken == number - 1
    [problem] = done.problems
    assert (problem.path, problem.line) == ("pack.xlsx (Excerpts)", 3)
    assert "could not be understood" in problem.message
    assert "wibble" not in problem.message


def test_words_changed_in_the_file_leave_the_answer(study):
    path = workbook(study)
    number = fill_in(path, mixed)
    opened = openpyxl.load_workbook(path)
    sheet = opened["Excerpts"]
    sheet.cell(2, heading(sheet, "What was said")).value = "Something she never said."
    opened.save(path)
    [done] = collect(study, path)
    assert done.taken == number - 1
    assert "words of this excerpt were changed" in done.problems[0].message


def test_an_excerpt_nobody_knows_and_a_lost_ref_are_said_kindly(study):
    path = workbook(study)
    fill_in(path, mixed)
    opened = openpyxl.load_workbook(path)
    sheet = opened["Excerpts"]
    column = heading(sheet, "Ref")
    sheet.cell(2, column).value = "abcdef012345"
    sheet.cell(3, column).value = None
    opened.save(path)
    [done] = collect(study, path)
    assert [problem.line for problem in done.problems] == [3, 2]
    assert "lost its Ref" in done.problems[0].message
    assert "not in the study" in done.problems[1].message


def test_a_file_of_another_study_is_refused_and_another_file_still_taken(study):
    path, other = workbook(study), workbook(study, name="other.xlsx")
    fill_in(path, mixed)
    fill_in(other, mixed)
    opened = openpyxl.load_workbook(other)
    opened["themecode"]["B3"].value = "0123456789abcdef"
    opened.save(other)
    Path("holiday.xlsx").write_bytes(b"PK\x03\x04 not really")
    done = collect(study, other, Path("holiday.xlsx"), Path("gone.docx"), path)
    assert "another study" in done[0].problems[0].message
    assert [each.taken for each in done[:3]] == [0, 0, 0]
    assert done[3].taken > 0


def test_a_file_that_lost_its_name_is_taken_once_somebody_says_whose_it_is(study):
    path = workbook(study)
    fill_in(path, mixed)
    opened = openpyxl.load_workbook(path)
    del opened["themecode"]
    opened.save(path)
    assert "--reviewer" in collect(study, path)[0].problems[0].message
    assert collect(study, path, reviewer="Dee")[0].taken > 0


def test_an_answer_on_the_page_is_not_overwritten_by_an_older_file(study):
    path = workbook(study)
    first = excerpts(study, "Dee")
    light = fill(study).light[0].ref
    item = next(each for each in first if each.id.startswith(light))
    reply(study, "Dee", item, "yes" if item.code_id else "no", minutes=60 * 24 * 30)
    fill_in(path, lambda n, _: ("not sure", "", "") if n == 1 else None)
    [done] = collect(study, path)
    assert done.taken == 0
    assert "The answer on the page stands" in done.problems[0].message
    assert [each[3] for each in answers(study)] == ["page"]


def test_topics_she_opted_out_of_and_words_without_consent_are_not_in_the_pack(study):
    before = fill(study)
    topics = frozenset(topic for each in before.hard for topic in each.topics)
    save_choices(study, "Dee", Choices(opted_out=topics))
    after = fill(study)
    assert not after.hard
    assert after.opted_out == len(before.hard)
    assert len(after.light) == len(before.light)
    assert not {each.words for each in before.hard} & {each.words for each in after.light}


def test_consent_keeps_words_out_of_packs(study):
    from themecode.model import Consent, Participant

    before = fill(study)
    study.save_participants([Participant("P01", consent=Consent.PARAPHRASE)])
    after = fill(study)
    assert after.left_out > 0
    assert len(after.excerpts) + after.left_out == len(before.excerpts)


def test_a_workbook_survives_libreoffice(study):
    path = workbook(study)
    number = fill_in(path, mixed)
    saved = resave(path, "xlsx")
    [done] = collect(study, saved)
    assert (done.taken, done.problems) == (number, ())
    assert done.reviewer == "Dee"


def test_leaving_one_out_passes_it_on_and_says_nothing_about_it(study):
    path = workbook(study)
    fill_in(path, lambda n, _: ("I would rather not read this one", "", "") if n == 1 else None)
    [done] = collect(study, path)
    assert done.taken == 1
    assert answers(study)[0][0] == "passed"
    assert not list(study.decisions())
    assert book(study)
