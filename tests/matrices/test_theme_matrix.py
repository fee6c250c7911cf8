"""Counting themes and codes by participant."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent / "exports"))

import invented

from themecode.exports.theme_matrix import write_theme_matrix
from themecode.matrices import ThemeMatrix, theme_matrix
from themecode.model import COUNTED, Status
from themecode.settle import Settled

BOOK = invented.codebook()
CODES = [code.id for code in BOOK.codes]


def count(*items: Settled, people: int = 3) -> ThemeMatrix:
    return theme_matrix(items, codebook=BOOK, participants=invented.people(people))


def written(matrix: ThemeMatrix) -> list[list[str]]:
    stream = io.BytesIO()
    write_theme_matrix(matrix, stream)
    return list(csv.reader(io.StringIO(stream.getvalue().decode("utf-8-sig"), newline="")))


def test_each_theme_stands_before_its_codes_in_the_codebooks_order() -> None:
    assert [column.id for column in count().columns] == [
        "t0", "t0.c0", "t0.c1", "t0.c2", "t1", "t1.c0", "t1.c1", "t1.c2",
    ]  # fmt: skip


def test_every_participant_has_a_row_and_the_totals_come_last() -> None:
    matrix = count(
        invented.settled(),
        invented.settled(code_id="t0.c1"),
        invented.settled(start=100),
        invented.settled(start=200, who="P03", code_id="t1.c0"),
    )
    header, *rows = written(matrix)
    assert header == ["participant", "role", *(c.id for c in matrix.columns), "total"]
    assert rows == [
        ["P01", "Practitioner", "3", "2", "1", "0", "0", "0", "0", "0", "3"],
        ["P02", "Peer worker", "0", "0", "0", "0", "0", "0", "0", "0", "0"],
        ["P03", "Woman with lived experience", "0", "0", "0", "0", "1", "1", "0", "0", "1"],
        ["codings", "", "3", "2", "1", "0", "1", "1", "0", "0", "4"],
        ["people", "out of 3", "1", "1", "1", "0", "1", "1", "0", "0", "2"],
    ]


def test_only_counted_statuses_are_counted() -> None:
    for status in Status:
        matrix = count(invented.settled(status=status))
        assert sum(matrix.totals) == (status in COUNTED), status


def test_a_code_that_two_coders_put_on_a_passage_counts_once() -> None:
    matrix = count(
        invented.settled(), invented.settled(coder="Ana", confidence=None, status=Status.CODED)
    )
    assert matrix.codings[:2] == (1, 1)


def test_codings_of_nobodys_turns_are_codings_and_not_people() -> None:
    matrix = count(invented.settled(who=None), invented.settled(code_id="gone"))
    assert (matrix.codings[0], matrix.people[0], matrix.unplaced) == (1, 0, 1)
    assert written(matrix)[4][:3] == ["(not a participant)", "", "1"]


def test_someone_the_participants_file_leaves_out_has_a_row_too() -> None:
    matrix = count(invented.settled(who="P77"))
    assert [unit.participant_id for unit in matrix.units] == ["P01", "P02", "P03", "P77"]
    assert matrix.people[0] == 1


def test_an_empty_study_has_zeros() -> None:
    matrix = theme_matrix([], codebook=BOOK, participants={})
    assert matrix.codings == (0,) * len(matrix.columns)
    assert written(matrix)[-1][:3] == ["people", "out of 0", "0"]


def test_the_frame_has_participants_in_rows_and_ids_in_columns() -> None:
    frame = count(invented.settled()).to_frame()
    assert frame.shape == (3, 8)
    assert frame.loc["P01", "t0.c0"] == 1
    assert count().to_frame().to_numpy().sum() == 0


@given(
    st.lists(
        st.builds(
            invented.settled,
            who=st.sampled_from(["P01", "P02", "P09", None]),
            code_id=st.sampled_from([*CODES, "gone"]),
            status=st.sampled_from(list(Status)),
            start=st.integers(0, 30),
        ),
        max_size=60,
    )
)
def test_themes_are_the_sums_of_their_codes_and_totals_of_the_themes(items: list[Settled]) -> None:
    matrix = count(*items)
    passages = {
        (item.coding.segment.span.start, item.code_id) for item in items if item.status in COUNTED
    }
    for row in (*matrix.counts, matrix.unattributed, matrix.codings):
        by_theme = {column.id: 0 for column in matrix.columns if column.is_theme}
        for column, value in zip(matrix.columns, row, strict=True):
            by_theme[column.theme_id] += 0 if column.is_theme else value
        for column, value in zip(matrix.columns, row, strict=True):
            assert not column.is_theme or value == by_theme[column.id]
    assert sum(matrix.totals) + matrix.total_of(matrix.unattributed) + matrix.unplaced == len(
        passages
    )
    assert all(number <= len(matrix.units) for number in matrix.people)
    for at, number in enumerate(matrix.people):
        assert number == sum(1 for row in matrix.counts if row[at])
