"""What a table or an attribution would give away about one person, and how to keep it back.

Pure functions over rows of numbers and plain attributes, so that matrices, reports and exports can
all ask. Zeros are shown: that nobody of a group spoke of a thing is rarely about one person.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from themecode.model import Participant, TurnKind

#: Fewer people than this are not shown in a table, nor made findable by a quote's attribution.
FEWEST = 3
#: What a reader sees in place of a small number.
SUPPRESSED = "<{fewest}"
#: What a reader sees where a number would give another away.
WITHHELD = "*"

#: A cell of a table: its row and its column.
_Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SafeTable:
    """A table with its small cells taken out; `None` stands for a cell that is kept back.

    Args:
        cells: (n_rows, n_columns).
        row_totals: (n_rows). None where the table was not to show them.
        column_totals: (n_columns). None where the table was not to show them.
        total: of everything. None where either total is not shown, or it is kept back.
        small: cells kept back because too few people stand behind them. A total counts as the cell
            after the last of its row or column.
        withheld: cells kept back because others would give a small one away.
    """

    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int | None, ...] | None
    column_totals: tuple[int | None, ...] | None
    total: int | None
    small: frozenset[_Cell]
    withheld: frozenset[_Cell]

    def shown(self, row: int, column: int, *, fewest: int = FEWEST) -> str:
        """A cell (or a total, after the last) as a reader sees it: the number, `<3`, or `*`."""
        rows = [list(of_row) for of_row in self.cells]
        if self.row_totals is not None:
            for of_row, total in zip(rows, self.row_totals, strict=True):
                of_row.append(total)
        rows.append([*(self.column_totals or [None] * column), self.total])
        value = rows[row][column]
        if value is not None:
            return str(value)
        return SUPPRESSED.format(fewest=fewest) if (row, column) in self.small else WITHHELD


def suppress_small_cells(
    counts: Sequence[Sequence[int]],
    *,
    people: Sequence[Sequence[int]] | None = None,
    fewest: int = FEWEST,
    row_totals: bool = True,
    column_totals: bool = True,
) -> SafeTable:
    """Take out numbers that too few people stand behind, and those that would give them away.

    A cell of one or two people is kept back. Whoever sees a total could work it out again from the
    cells beside it, so further cells are kept back until, for each small cell, the totals leave
    open that `fewest` people or more stand there. That is checked exactly, by how far each number
    could be shifted round the cells kept back (a flow through the table), not by counting cells.

    Args:
        counts: what the table shows, (n_rows, n_columns), none negative.
        people: how many people stand behind each count, (n_rows, n_columns). None: the counts are
            of people.
        fewest: the smallest number of people shown.
        row_totals: whether the table shows them. A reader who has them can subtract.
        column_totals: likewise.

    Returns:
        The table to show, and which of its cells are kept back and why.

    Raises:
        ValueError: rows of unequal length, a negative number, or `fewest` below 1.

    Source:
        Cox, L. H. (1980). Suppression methodology and statistical disclosure control. Journal of
        the American Statistical Association, 75(370), 377-385: complementary suppression, and the
        bounds a reader can work out from the totals.

    Example:
        >>> suppress_small_cells([[1, 8, 9], [7, 6, 5]]).cells
        ((None, None, 9), (None, None, 5))
    """
    people = counts if people is None else people
    _check_table(counts, people, fewest)
    height, width = len(counts), len(counts[0]) if counts else 0
    whole, behind = _with_totals(counts), _with_totals(people)
    small = {
        (row, column)
        for row, of_row in enumerate(behind)
        for column, number in enumerate(of_row)
        if 0 < number < fewest
    }
    unshown = {(row, width) for row in range(height) if not row_totals}
    unshown |= {(height, column) for column in range(width) if not column_totals}
    if not (row_totals and column_totals):
        unshown.add((height, width))
    table = _Hidden(whole, small | unshown)
    for cell in sorted(small - unshown):
        wanted = max(fewest, whole[cell[0]][cell[1]] + 1)
        while not table.could_reach(cell, wanted):
            more = table.choose_cover(cell)
            if more is None:
                break
            table.hidden.add(more)
    shown = [
        [None if (row, column) in table.hidden else number for column, number in enumerate(of_row)]
        for row, of_row in enumerate(whole)
    ]
    small -= unshown
    return SafeTable(
        cells=tuple(tuple(row[:width]) for row in shown[:height]),
        row_totals=tuple(row[width] for row in shown[:height]) if row_totals else None,
        column_totals=tuple(shown[height][:width]) if column_totals else None,
        total=shown[height][width],
        small=frozenset(small),
        withheld=frozenset(table.hidden - small - unshown),
    )


def _with_totals(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)] or [0]]


def _check_table(
    counts: Sequence[Sequence[int]], people: Sequence[Sequence[int]], fewest: int
) -> None:
    if fewest < 1:
        raise ValueError("the fewest people shown must be at least 1")
    widths = {len(row) for row in (*counts, *people)}
    if len(widths) > 1 or len(counts) != len(people):
        raise ValueError("the rows of a table must be of one length")
    if any(number < 0 for row in (*counts, *people) for number in row):
        raise ValueError("a table of people holds no negative number")


class _Hidden:
    """The cells kept back so far, and what a reader of the others could still work out.

    The totals are a last row and a last column, counted as negative: then every line sums to zero,
    and a number can only rise if others in its row and its column move to make up for it. A reader
    knows besides that whatever is kept back is at least 1, for zeros are shown.
    """

    def __init__(self, whole: Sequence[Sequence[int]], hidden: set[_Cell]) -> None:
        self.whole = whole
        self.hidden = hidden
        self.last = (len(whole) - 1, len(whole[0]) - 1)

    def could_reach(self, cell: _Cell, wanted: int) -> bool:
        """Whether a reader must think it possible that a cell is `wanted` or more."""
        needed = wanted - self.whole[cell[0]][cell[1]]
        moved: dict[_Cell, int] = {}
        while needed > 0:
            gained = self._shift_round(cell, moved, needed)
            if gained == 0:
                return False
            needed -= gained
        return True

    def _shift_round(self, cell: _Cell, moved: dict[_Cell, int], most: int) -> int:
        """Raise a cell, others moving so that every line still sums up; returns by how much.

        A path leaves the cell by its column, crosses to a row by a cell that moves against it and
        to a column by one that moves with it, until it comes back by the cell's own row.
        """
        row, column = ("row", cell[0]), ("column", cell[1])
        with_it = self._sign(cell)
        came: dict[tuple[str, int], tuple[tuple[str, int], _Cell, int]] = {}
        waiting, seen = deque([column]), {column}
        while waiting and row not in seen:
            node = waiting.popleft()
            for each in self._on(node, cell):
                step = -with_it if node[0] == "column" else with_it
                other = ("row", each[0]) if node[0] == "column" else ("column", each[1])
                if other not in seen and self._room(each, step, moved) > 0:
                    seen.add(other)
                    came[other] = (node, each, step)
                    waiting.append(other)
        if row not in seen:
            return 0
        path: list[tuple[_Cell, int]] = []
        node = row
        while node != column:
            node, each, step = came[node]
            path.append((each, step))
        gained = min([most, *(self._room(each, step, moved) for each, step in path)])
        for each, step in [*path, (cell, with_it)]:
            moved[each] = moved.get(each, 0) + self._sign(each) * step * gained
        return gained

    def _on(self, line: tuple[str, int], cell: _Cell) -> list[_Cell]:
        along = 0 if line[0] == "row" else 1
        return sorted(each for each in self.hidden if each[along] == line[1] and each != cell)

    def _sign(self, cell: _Cell) -> int:
        return -1 if (cell[0] == self.last[0]) != (cell[1] == self.last[1]) else 1

    def _room(self, cell: _Cell, step: int, moved: Mapping[_Cell, int]) -> int:
        """How far a cell may move before a reader knows better."""
        if self._sign(cell) * step > 0:
            return sum(self.whole[self.last[0]]) + 1
        return self.whole[cell[0]][cell[1]] + moved.get(cell, 0) - 1

    def choose_cover(self, cell: _Cell) -> _Cell | None:
        """The next cell to keep back for another's sake: the smallest that could help."""
        shown = [
            (row, column)
            for row, of_row in enumerate(self.whole)
            for column, number in enumerate(of_row)
            if number > 0 and (row, column) not in self.hidden
        ]
        others = self.hidden - {cell}
        rows, columns = {each[0] for each in self.hidden}, {each[1] for each in self.hidden}
        for candidates in (
            [] if any(each[0] == cell[0] for each in others)
            else [each for each in shown if each[0] == cell[0]],
            [] if any(each[1] == cell[1] for each in others)
            else [each for each in shown if each[1] == cell[1]],
            [each for each in shown if each[0] in rows and each[1] in columns],
            [each for each in shown if each[0] == cell[0] or each[1] == cell[1]],
            shown,
        ):  # fmt: skip
            if candidates:
                return min(candidates, key=lambda each: (self.whole[each[0]][each[1]], each))
        return None


@dataclass(frozen=True, slots=True)
class Findable:
    """A participant whose attributes, taken together, few others share.

    Args:
        alike: how many participants share all of them, she among them.
        telling: the attributes that make it so: without any one of them more would be alike.
    """

    participant_id: str
    alike: int
    telling: tuple[str, ...]


def find_findable(
    participants: Iterable[Participant],
    *,
    attributes: Sequence[str] | None = None,
    fewest: int = FEWEST,
) -> tuple[Findable, ...]:
    """The participants whom the attributes an export shows would pick out.

    Args:
        participants: everyone who took part.
        attributes: those the export shows; `role` is one. None: role and every column of the
            participants file.
        fewest: at least so many should share every combination (k of k-anonymity).

    Source:
        Sweeney, L. (2002). k-anonymity: a model for protecting privacy. International Journal of
        Uncertainty, Fuzziness and Knowledge-Based Systems, 10(5), 557-570.

    Example:
        >>> everyone = [Participant(f"P{n}", "Worker") for n in range(4)]
        >>> find_findable([*everyone, Participant("P9", "Chief executive")])
        (Findable(participant_id='P9', alike=1, telling=('role',)),)
    """
    everyone = list(participants)
    if attributes is None:
        attributes = ["role", *dict.fromkeys(name for each in everyone for name in each.attributes)]
    shared = Counter(_combination(each, attributes) for each in everyone)
    found = []
    for each in everyone:
        alike = shared[_combination(each, attributes)]
        if alike < fewest:
            telling = tuple(
                name
                for name in attributes
                if _alike_without(each, everyone, attributes, name) > alike
            )
            found.append(Findable(each.id, alike, telling))
    return tuple(found)


def _combination(participant: Participant, attributes: Iterable[str]) -> tuple[str, ...]:
    return tuple(
        (participant.role or "") if name == "role" else participant.attributes.get(name, "")
        for name in attributes
    )


def _alike_without(
    participant: Participant, everyone: Iterable[Participant], attributes: Iterable[str], name: str
) -> int:
    rest = [each for each in attributes if each != name]
    mine = _combination(participant, rest)
    return sum(_combination(each, rest) == mine for each in everyone)


class Attribution:
    """How a quote is signed: by role alone, and by no role that so few hold that it is a name.

    Args:
        participants: everyone who took part, by id.
        with_ids: whether the participant's id stands beside the role. It lets a reader put one
            person's quotes together, so it is not the default.
        fewest: a role held by fewer people is not named.
        safe_ids: ids that stand beside a role that enough people hold, and nowhere else: those of a
            study whose pseudonyms somebody has signed for. `with_ids` shows every id and role.
    """

    def __init__(
        self,
        participants: Mapping[str, Participant],
        *,
        with_ids: bool = False,
        fewest: int = FEWEST,
        safe_ids: Container[str] = (),
    ) -> None:
        self._participants = participants
        self._with_ids = with_ids
        self._safe_ids = safe_ids
        roles = Counter(each.role for each in participants.values() if each.role)
        self._named = {role for role, number in roles.items() if number >= fewest}

    def of(self, participant_id: str | None, kind: TurnKind = TurnKind.PARTICIPANT) -> str:
        """Who is said to have spoken."""
        if kind is TurnKind.SUPPORT:
            return "Someone supporting a participant"
        if participant_id is None:
            return "Someone who is not a participant"
        participant = self._participants.get(participant_id)
        role = participant.role if participant else None
        if self._with_ids:
            return f"{role}, {participant_id}" if role else participant_id
        if not role or role not in self._named:
            return "A participant"
        return f"{role}, {participant_id}" if participant_id in self._safe_ids else role

    @property
    def unnamed_roles(self) -> tuple[str, ...]:
        """Roles that so few hold that they are not named, in the order of the participants."""
        every = dict.fromkeys(each.role for each in self._participants.values() if each.role)
        return tuple(role for role in every if role not in self._named)


#: Words that say more of one person than a role does: an age, a year, a number long enough to ring.
_TELLING_WORDS = (
    (re.compile(r"\b(?:i(?:'|’)?m|i am|aged?|turned)\s+\d{1,2}\b(?!\s*(?:weeks?|months?|days?))", re.IGNORECASE), "an age"),
    (re.compile(r"\b(?:19|20)\d{2}\b"), "a year"),
    (re.compile(r"\b\d[\d -]{5,}\d\b"), "a long number"),
)  # fmt: skip


class WhoIsFound:
    """Why a quote might let a reader find out who said it: her attributes together, or her words.

    Args:
        participants: everyone who took part, by id.
        attributes: those that leave the study. None: role and every column of the participants file.
        fewest: so many people at least should share them.

    A quote is looked through for what a rule can see (an age, a year, a long number, a word of her
    attributes that few share). No rule sees all: a person should read every quote with this in mind.
    """

    def __init__(
        self,
        participants: Mapping[str, Participant],
        *,
        attributes: Sequence[str] | None = None,
        fewest: int = FEWEST,
    ) -> None:
        found = find_findable(participants.values(), attributes=attributes, fewest=fewest)
        self._found = {each.participant_id: each for each in found}
        self._participants = participants
        self._fewest = fewest
        self._shared = Counter(
            (name, value)
            for each in participants.values()
            for name, value in each.attributes.items()
        )

    def why(self, participant_id: str, words: str = "") -> str:
        """The reasons, in words. Empty: none was seen."""
        reasons = []
        each = self._found.get(participant_id)
        if each is not None and each.telling:
            told = ", ".join(each.telling)
            reasons.append(
                f"nobody else has her {told}"
                if each.alike == 1
                else f"only {each.alike} people have her {told}"
            )
        if heard := self.hear(participant_id, words):
            reasons.append(f"the words hold {', '.join(heard)}")
        return "; ".join(reasons)

    def hear(self, participant_id: str, words: str) -> tuple[str, ...]:
        """What in the words themselves might find her, whatever is said of her beside them."""
        heard = [name for pattern, name in _TELLING_WORDS if pattern.search(words)]
        person = self._participants.get(participant_id)
        for name, value in (person.attributes if person else {}).items():
            if (
                len(value) > 3
                and self._shared[name, value] < self._fewest
                and re.search(rf"(?<!\w){re.escape(value)}(?!\w)", words, re.IGNORECASE)
            ):
                heard.append(f"her {name}")
        return tuple(dict.fromkeys(heard))
