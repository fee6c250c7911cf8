"""Tables that give nobody away, whom the attributes would find, how quotes are signed."""

from __future__ import annotations

import doctest
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from themecode import disclosure
from themecode.disclosure import Attribution, find_findable, suppress_small_cells
from themecode.model import Participant, TurnKind


def _most_each_could_be(table: disclosure.SafeTable) -> dict[tuple[int, int], int]:
    """The most each cell kept back could be, found by trying every filling: the reader's own sum."""
    rows = [list(row) for row in table.cells]
    hidden = [
        (at, to) for at, row in enumerate(rows) for to, value in enumerate(row) if value is None
    ]
    most = dict.fromkeys(hidden, 0)
    assert table.row_totals is not None and table.column_totals is not None
    for filling in product(range(1, 7), repeat=len(hidden)):
        for (at, to), value in zip(hidden, filling, strict=True):
            rows[at][to] = value
        sums = [sum(row) for row in rows], [sum(column) for column in zip(*rows, strict=True)]
        told = table.row_totals, table.column_totals
        if (table.total is None or sum(sums[0]) == table.total) and all(
            said is None or said == found
            for of_line, found_of_line in zip(told, sums, strict=True)
            for said, found in zip(of_line, found_of_line, strict=True)
        ):
            for cell, value in zip(hidden, filling, strict=True):
                most[cell] = max(most[cell], value)
    return most


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(0, 4), min_size=2, max_size=2), min_size=2, max_size=3))
def test_no_total_gives_a_small_cell_away(counts: list[list[int]]) -> None:
    table = suppress_small_cells(counts)
    most = _most_each_could_be(table)
    height, width = len(counts), 2
    for cell in table.small:
        if cell[0] < height and cell[1] < width:
            assert most[cell] >= 3
    for row, of_row in enumerate(table.cells):
        for column, value in enumerate(of_row):
            assert value is None or value == counts[row][column]
            assert value is None or not 0 < value < 3


def test_a_table_without_small_cells_is_shown_whole() -> None:
    table = suppress_small_cells([[3, 4], [0, 9]])
    assert table.cells == ((3, 4), (0, 9))
    assert (table.row_totals, table.column_totals, table.total) == ((7, 9), (3, 13), 16)
    assert not table.small and not table.withheld


def test_one_small_cell_takes_three_with_it_where_both_totals_are_shown() -> None:
    table = suppress_small_cells([[2, 10, 20], [30, 40, 50], [60, 70, 80]])
    assert table.small == {(0, 0)}
    assert len(table.withheld) == 3
    assert table.shown(0, 0) == "<3"
    assert {table.shown(*cell) for cell in table.withheld} == {"*"}


def test_without_totals_only_the_small_cell_is_kept_back() -> None:
    table = suppress_small_cells([[1, 5], [6, 7]], row_totals=False, column_totals=False)
    assert table.cells == ((None, 5), (6, 7))
    assert table.total is None
    beside = suppress_small_cells([[1, 5, 9], [6, 7, 8]], column_totals=False)
    assert beside.cells == ((None, None, 9), (6, 7, 8))


def test_many_codings_by_one_person_are_kept_back() -> None:
    table = suppress_small_cells([[12, 30], [25, 40]], people=[[1, 9], [8, 11]])
    assert table.small == {(0, 0)}
    assert all(value is None for row in table.cells for value in row)
    assert table.total == 107


def test_a_total_of_too_few_people_is_kept_back_as_well() -> None:
    table = suppress_small_cells([[1, 1], [9, 8], [7, 6]])
    assert table.row_totals is not None and table.row_totals[0] is None
    assert table.shown(0, 2) == "<3"


def test_a_table_that_is_no_table_is_refused() -> None:
    for counts, fewest in (([[1], [1, 2]], 3), ([[-1]], 3), ([[1]], 0)):
        with pytest.raises(ValueError):
            suppress_small_cells(counts, fewest=fewest)
    assert suppress_small_cells([]).cells == ()


def test_whoever_alone_has_a_combination_of_attributes_is_found() -> None:
    everyone = [
        *(Participant(f"P{n}", "Woman", {"site": "North"}) for n in range(3)),
        Participant("P4", "Woman", {"site": "South"}),
    ]
    assert [
        (each.participant_id, each.alike, each.telling) for each in find_findable(everyone)
    ] == [("P4", 1, ("site",))]
    assert find_findable(everyone, attributes=["role"]) == ()


def test_a_quote_is_signed_by_a_role_that_several_hold_and_by_nothing_else() -> None:
    everyone = {f"P{n}": Participant(f"P{n}", "Worker") for n in range(3)}
    everyone["B"] = Participant("B", "Chief executive")
    signed = Attribution(everyone)
    assert signed.of("P1") == "Worker"
    assert signed.of("B") == "A participant"
    assert signed.unnamed_roles == ("Chief executive",)
    assert signed.of(None) == "Someone who is not a participant"
    assert signed.of("P1", TurnKind.SUPPORT) == "Someone supporting a participant"
    assert Attribution(everyone, with_ids=True).of("B") == "Chief executive, B"


def test_the_examples_in_the_module_are_true() -> None:
    assert doctest.testmod(disclosure).failed == 0
