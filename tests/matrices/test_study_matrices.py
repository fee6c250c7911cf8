"""Matrices of small invented tables, counted by hand, and of studies made by the real command."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from field_work import make_study, read_segments, themecode, write_book, write_talk
from hypothesis import given
from hypothesis import strategies as st

from themecode.exports.tables import Column, FigureTable, Kind, cut_wide
from themecode.flow.matrices import KEPT_BACK, make_matrix
from themecode.matrices.codings import CODING_COLUMNS, StudyTable
from themecode.matrices.groups import (
    NOT_GIVEN,
    Count,
    Level,
    count_by_group,
    list_prevalence,
    pool_small_groups,
)
from themecode.matrices.intervals import wilson_interval
from themecode.matrices.saturation import assess_saturation
from themecode.matrices.sources import count_respondents, triangulate
from themecode.matrices.together import Within, count_together, list_pairs
from themecode.model import Code, Codebook, Theme

BOOK = Codebook(
    "Invented", "1", "0",
    (
        Theme("t", "T", "t.", (Code("t.a", "t", "A", "a."), Code("t.b", "t", "B", "b."))),
        Theme("u", "U", "u.", (Code("u.c", "u", "C", "c."),)),
    ),
)  # fmt: skip


def make_table(
    said: list[tuple[str, str | None, int, str]],
    *,
    people: dict[str, tuple[str | None, str | None]] | None = None,
    transcripts: dict[str, str] | None = None,
) -> StudyTable:
    """Codings as (transcript, participant, place, code); people as (role, site)."""
    people = people or {"P1": ("Woman", "North"), "P2": ("Woman", "South"), "P3": ("Worker", None)}
    transcripts = transcripts or dict.fromkeys(("T1", "T2", "T3"), "interview")
    who = {name: (role, site) for name, (role, site) in people.items()}
    rows = [
        (
            transcript, transcripts[transcript], place, place * 10, place * 10 + 9, 4, person,
            who.get(person or "", (None, None))[0], code.split(".")[0], code, "suggested", "m",
            who.get(person or "", (None, None))[1],
        )
        for transcript, person, place, code in said
    ]  # fmt: skip
    codings = pd.DataFrame.from_records(rows, columns=[*CODING_COLUMNS, "site"])
    codings["theme"] = pd.Categorical(codings["theme"], ["t", "u"])
    codings["code"] = pd.Categorical(codings["code"], ["t.a", "t.b", "u.c"])
    speaking = sorted({(row[0], row[1]) for row in said if row[1]})
    return StudyTable(
        codings,
        pd.DataFrame.from_records(
            [(name, *each) for name, each in people.items()],
            columns=["participant", "role", "site"],
        ).set_index("participant"),
        pd.DataFrame(
            {"kind": list(transcripts.values()), "words": 100, "turns": 10, "passages": 20},
            index=pd.Index(list(transcripts), name="transcript"),
        ),
        pd.DataFrame.from_records(
            [(*each, 10) for each in speaking], columns=["transcript", "participant", "words"]
        ),
        BOOK,
    )


SAID: list[tuple[str, str | None, int, str]] = [
    ("T1", "P1", 1, "t.a"), ("T1", "P1", 1, "t.b"), ("T1", "P1", 2, "t.a"),
    ("T2", "P2", 1, "t.a"), ("T3", "P3", 1, "u.c"), ("T3", None, 2, "u.c"),
]  # fmt: skip


def test_people_are_counted_once_under_a_theme_as_under_a_code() -> None:
    found = count_by_group(make_table(SAID), "role")
    assert found.counts.to_dict("index") == {
        "t": {"Woman": 2, "Worker": 0}, "t.a": {"Woman": 2, "Worker": 0},
        "t.b": {"Woman": 1, "Worker": 0}, "u": {"Woman": 0, "Worker": 1},
        "u.c": {"Woman": 0, "Worker": 1},
    }  # fmt: skip
    assert found.totals.to_dict() == {"t": 2, "t.a": 2, "t.b": 1, "u": 1, "u.c": 1}
    assert found.out_of is not None
    assert found.out_of.to_dict() == {"Woman": 2, "Worker": 1}
    assert found.shares().loc["t.b", "Woman"] == 0.5


@pytest.mark.parametrize(
    ("count", "theme_t", "theme_u"),
    [(Count.CODINGS, 4, 2), (Count.WORDS, 12, 8), (Count.TRANSCRIPTS, 2, 1), (Count.PEOPLE, 2, 1)],
)
def test_each_count_by_hand(count: Count, theme_t: int, theme_u: int) -> None:
    totals = count_by_group(make_table(SAID), "transcript", count=count, level=Level.THEME).totals
    assert (totals["t"], totals["u"]) == (theme_t, theme_u)


def test_presence_is_nought_or_one() -> None:
    found = count_by_group(make_table(SAID), "participant", count=Count.PRESENCE, level=Level.CODE)
    assert found.counts.loc["t.a"].to_dict() == {"P1": 1, "P2": 1, "P3": 0}
    assert set(np.unique(found.counts)) <= {0, 1}


def test_people_of_whom_the_file_says_nothing_stand_last() -> None:
    found = count_by_group(make_table(SAID), "site")
    assert list(found.counts.columns) == ["North", "South", NOT_GIVEN]
    assert found.counts.loc["u.c", NOT_GIVEN] == 1


def test_an_unknown_column_is_no_group() -> None:
    with pytest.raises(KeyError):
        count_by_group(make_table(SAID), "weather")


def test_a_share_has_wilsons_interval() -> None:
    # Newcombe (1998), Statistics in Medicine 17, 857-872, Table I, method 3: 81 of 263, 15 of 148, 0 of 20.
    assert [round(edge, 4) for edge in wilson_interval(81, 263) or ()] == [0.2553, 0.3662]
    assert [round(edge, 4) for edge in wilson_interval(15, 148) or ()] == [0.0624, 0.1605]
    assert [round(edge, 4) for edge in wilson_interval(0, 20) or ()] == [0.0, 0.1611]
    assert wilson_interval(0, 0) is None


def test_prevalence_is_out_of_everyone() -> None:
    row = list_prevalence(make_table(SAID)).loc["t.a"]
    assert (row["people"], row["out_of"]) == (2, 3)
    assert row["low"] < row["share"] < row["high"]


def test_codes_said_together_by_hand() -> None:
    found = count_together(make_table(SAID), Within.SEGMENT)
    assert found.counts.loc["t.a", "t.b"] == 1
    assert found.counts.loc["t.a", "t.a"] == 3
    assert found.units == 60  # every passage, coded or not
    assert found.expected.loc["t.a", "t.b"] == pytest.approx(3 * 1 / 60)
    assert found.lift.loc["t.a", "t.b"] == pytest.approx(20)
    pairs = list_pairs(found)
    assert pairs.to_numpy().tolist() == [["t.a", "t.b", 1, 0.05, pytest.approx(20), 3, 1]]
    assert count_together(make_table(SAID), Within.TRANSCRIPT).units == 3


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["T1", "T2", "T3"]), st.sampled_from(["P1", "P2", "P3", None]),
            st.integers(1, 4), st.sampled_from(["t.a", "t.b", "u.c"]),
        ),
        unique_by=lambda row: (row[0], row[2], row[3]), max_size=20,
    )
)  # fmt: skip
def test_matrices_agree_with_counting_one_by_one(
    said: list[tuple[str, str | None, int, str]],
) -> None:
    table = make_table(said)
    for count in Count:
        found = count_by_group(table, "participant", count=count, level=Level.CODE)
        for code in ("t.a", "t.b", "u.c"):
            for who in ("P1", "P2", "P3"):
                rows = [row for row in said if row[3] == code and row[1] == who]
                by_hand = {
                    Count.CODINGS: len(rows), Count.PEOPLE: int(bool(rows)),
                    Count.TRANSCRIPTS: len({row[0] for row in rows}), Count.WORDS: 4 * len(rows),
                    Count.PRESENCE: int(bool(rows)),
                }  # fmt: skip
                assert found.counts.loc[code, who] == by_hand[count]
    together = count_together(table, Within.SEGMENT).counts
    places = {(row[0], row[2]) for row in said}
    held = {place: {row[3] for row in said if (row[0], row[2]) == place} for place in places}
    assert together.loc["t.a", "u.c"] == sum({"t.a", "u.c"} <= codes for codes in held.values())
    assert (together.to_numpy() == together.to_numpy().T).all()


def test_saturation_as_guest_namey_and_chen_define_it() -> None:
    """By their definitions; the figures are ours, worked out by hand, and not their example's."""
    names = [f"T{number}" for number in range(1, 8)]
    new = {"T1": ["t.a"], "T2": ["t.b"], "T5": ["u.c"]}
    said: list[tuple[str, str | None, int, str]] = [
        (name, "P1", at, code)
        for name in names
        for at, code in enumerate(new.get(name, ["t.a"]), 1)
    ]
    table = make_table(said, transcripts=dict.fromkeys(names, "interview"))
    found = assess_saturation(table, base_size=4, run_length=2, threshold=0.05)
    assert found.curve["new"].tolist() == [1, 1, 0, 0, 1, 0, 0]
    assert found.curve["cumulative"].tolist() == [1, 2, 2, 2, 3, 3, 3]
    assert found.base_codes == 2
    # The run of T5 and T6 brings one new code to the base's two; that of T6 and T7 none.
    assert found.runs.to_numpy().tolist() == [[5, 6, 1, 0.5], [6, 7, 0, 0.0]]
    assert found.reached == 5
    assert found.in_words.startswith("Reached at 5+2 transcripts")
    assert assess_saturation(table, threshold=0.5).reached == 4
    assert assess_saturation(table, base_size=6).in_words.startswith("Too few transcripts to say")


def test_a_survey_is_no_run_of_interviews() -> None:
    table = make_table(
        [("T1", "P1", 1, "t.a"), ("T2", "P2", 1, "t.b")],
        transcripts={"T1": "interview", "T2": "survey"},
    )
    assert list(assess_saturation(table).curve.index) == ["T1"]
    frame = count_respondents(table, level=Level.CODE)
    assert frame.loc["t.b"].tolist() == [1, 1, 1.0]
    assert frame.loc["t.a", "responses"] == 0


def test_triangulation_says_who_confirms_and_who_alone() -> None:
    said = [*SAID, ("T3", "P3", 3, "t.b")]
    _, found = triangulate(make_table(said), "role", level=Level.CODE)
    assert [(each.id, each.said_by, each.verdict) for each in found] == [
        ("t.a", ("Woman",), "alone"), ("t.b", ("Woman", "Worker"), "confirmed"),
        ("u.c", ("Worker",), "alone"),
    ]  # fmt: skip
    _, strict = triangulate(make_table(said), "role", least=2, level=Level.CODE)
    assert [each.verdict for each in strict] == ["alone", "not said", "not said"]


def test_groups_taken_together_never_say_a_thing_alone() -> None:
    people = {"P1": ("Woman", None), "P2": ("Midwife", None), "P3": ("Nurse", None)}
    table = make_table([("T2", "P2", 1, "t.a"), ("T3", "P3", 2, "t.a")], people=people)
    assert triangulate(table, "role", level=Level.CODE)[1][0].verdict == "confirmed"
    pooled = pool_small_groups(table, "role", 3)
    assert triangulate(pooled, "role", level=Level.CODE)[1][0].verdict == "smaller groups"


@given(st.integers(1, 90))
def test_a_wide_table_is_cut_into_several_that_hold_every_figure_once(wide: int) -> None:
    columns = (
        Column("name", Kind.TEXT),
        Column("id", Kind.TEXT),
        *map(Column, map(str, range(wide))),
    )
    rows = tuple((f"row {row}", f"r{row}", *range(wide)) for row in range(3))
    parts = cut_wide(FigureTable("T", columns, rows, strong=frozenset({1})))
    assert all(len(part.columns) <= 12 and part.strong == {1} for part in parts)
    figures = [
        (row[0], part.columns[at].heading, value)
        for part in parts
        for row in part.rows
        for at, value in enumerate(row)
        if part.columns[at].heading not in ("name", "id")
    ]
    assert sorted(figures, key=str) == sorted(
        ((f"row {row}", str(at), at) for row in range(3) for at in range(wide)), key=str
    )


KINDS = [
    "participant",
    "role",
    "prevalence",
    "co-occurrence",
    "triangulation",
    "saturation",
    "survey",
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_matrix_of_an_empty_study_is_a_sensible_table(kind: str) -> None:
    write_book()
    write_talk("P01", text="INT: Hello?\n\nP01: It was raining, so we got the bus home again.\n")
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0
    ran = themecode("matrix", kind)
    assert (ran.status, ran.err) == (0, "")
    figures = themecode("matrix", kind, "--json").json
    for row in figures["rows"]:
        assert len(row) == len(figures["columns"])
        assert not any(isinstance(value, float) and math.isnan(value) for value in row)


@pytest.mark.parametrize("ending", ["csv", "xlsx", "docx", "html"])
def test_a_matrix_is_written_and_is_the_same_again(ending: str) -> None:
    make_study("P01", "P02")
    for name in ("one", "two"):
        assert themecode("matrix", "participant", "-o", f"{name}.{ending}").status == 0
    assert Path(f"one.{ending}").read_bytes() == Path(f"two.{ending}").read_bytes()
    assert themecode("matrix", "participant", "-o", f"one.{ending}").status == 1
    assert themecode("matrix", "participant", "-o", f"one.{ending}", "--force").status == 0


def test_the_figures_agree_with_the_coded_segments() -> None:
    make_study("P01", "P02")
    themecode("matrix", "participant", "--count", "codings", "--level", "code", "-o", "m.csv")
    with Path("m.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = {row["id"]: row for row in csv.DictReader(stream)}
    counted = [row for row in read_segments() if row["status"] == "suggested"]
    for code, row in rows.items():
        for who in ("P01", "P02"):
            assert int(row[who]) == sum(
                each["code_id"] == code and each["participant"] == who for each in counted
            )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("matrix", "weather"), "There is no matrix “weather”"),
        (("matrix", "framework"), "name it with `-o framework.xlsx`"),
        (("matrix", "role", "-o", "m.txt"), "says no format"),
        (("matrix", "saturation", "--order", "nowhere.txt"), "cannot be read"),
    ],
)
def test_a_matrix_that_cannot_be_made_says_why(arguments: tuple[str, ...], says: str) -> None:
    make_study("P01")
    ran = themecode(*arguments)
    assert ran.status == 1
    assert says in ran.err


def test_the_order_collected_is_the_researchers_to_say() -> None:
    make_study("P01", "P02", "P03")
    Path("order.txt").write_text("P03\nP01\n", encoding="utf-8")
    rows = themecode("matrix", "saturation", "--order", "order.txt", "--json").json["rows"]
    assert [row[1] for row in rows] == ["P03", "P01", "P02"]
    Path("order.txt").write_text("P09\n", encoding="utf-8")
    assert "no transcript P09" in themecode("matrix", "saturation", "--order", "order.txt").err


def test_summaries_written_in_the_framework_survive_a_rebuild() -> None:
    make_study("P01", "P02")
    assert themecode("matrix", "framework", "-o", "framework.xlsx").status == 0
    book = openpyxl.load_workbook("framework.xlsx")
    sheet = book["Framework"]
    headings = [cell.value for cell in sheet[2]]
    column = headings.index("stigma summary") + 1
    row = next(cell.row for cell in sheet["A"] if cell.value == "P02")
    sheet.cell(
        row=row, column=column, value="=She felt watched, and said so twice."
    ).data_type = "s"
    book.save("framework.xlsx")
    ran = themecode("matrix", "framework", "-o", "framework.xlsx")
    assert "1 of your summaries kept" in ran.out
    again = openpyxl.load_workbook("framework.xlsx")["Framework"]
    assert again.cell(row=row, column=column).value == "=She felt watched, and said so twice."
    assert "felt judged" in str(again.cell(row=row, column=column + 1).value)


def test_a_workbook_that_is_no_framework_is_left_alone() -> None:
    make_study("P01")
    book = openpyxl.Workbook()
    book.save("mine.xlsx")
    before = Path("mine.xlsx").read_bytes()
    ran = themecode("matrix", "framework", "-o", "mine.xlsx")
    assert ran.status == 1
    assert Path("mine.xlsx").read_bytes() == before


def test_a_group_of_one_is_never_a_column_of_its_own() -> None:
    people: dict[str, tuple[str | None, str | None]] = {
        **{f"W{number}": ("Woman", None) for number in range(8)},
        "C1": ("Counsellor", None), "D1": ("Doctor", None),
    }  # fmt: skip
    shown = make_matrix(make_table([("T1", "C1", 1, "t.a")], people=people), "role")
    headings = [column.heading for column in shown.columns]
    assert not any("Counsellor" in heading or "Doctor" in heading for heading in headings)
    # Two small groups are still too few, so that the next smallest joins them.
    assert any(heading.startswith("(smaller groups) (of 10)") for heading in headings)
    whole = make_matrix(make_table([("T1", "C1", 1, "t.a")], people=people), "role", fewest=1)
    assert any("Counsellor" in column.heading for column in whole.columns)


def test_numbers_of_few_people_are_kept_back_and_cannot_be_worked_out() -> None:
    people: dict[str, tuple[str | None, str | None]] = {
        f"P{number}": ("Woman" if number < 8 else "Worker", None) for number in range(12)
    }
    said: list[tuple[str, str | None, int, str]] = [
        ("T1", f"P{number}", number + 1, "t.a") for number in (0, 1, 2, 3, 9)
    ]
    table = make_table(said, people=people)
    shown = make_matrix(table, "role", level=Level.CODE)
    [row] = [row for row in shown.rows if row[1] == "t.a"]
    # One worker said it: her number, and what would give it away, are kept back.
    assert row[4] == KEPT_BACK
    assert sum(value == KEPT_BACK for value in row[2:]) > 2
    assert "kept back" in shown.notes[0]
    whole = make_matrix(table, "role", level=Level.CODE, fewest=1)
    [row] = [row for row in whole.rows if row[1] == "t.a"]
    assert (row[2], row[4], row[6]) == (4, 1, 5)
    assert not any("kept back" in note for note in whole.notes)
