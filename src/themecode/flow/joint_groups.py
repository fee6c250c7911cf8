"""Two tables of the same people, by source and by kind, safe when read against each other."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from themecode.flow.safe_groups import SafeGroups
from themecode.matrices.groups import NOT_GIVEN

#: Of a table's numbers: which table (0 or 1), and which group.
_Cell = tuple[int, str]
#: People alike to a reader: their group, and the kinds of transcript they spoke (or said it) in.
_Alike = tuple[str, frozenset[str]]
#: What one change among the people does to each number.
_Effect = Mapping[_Cell | str, int]

_TOTAL = "total"
#: How far a chain of changes is followed, and how many numbers it may leave wrong on the way.
_LONGEST, _MOST_WRONG = 8, 4


@dataclass(frozen=True, slots=True)
class _Said:
    """Who said one theme, as a reader who knows who took part where could group them."""

    silent: Counter[_Alike]
    speaking: Counter[tuple[str, frozenset[str], frozenset[str]]]


def keep_back_together(sources: SafeGroups, kinds: SafeGroups) -> tuple[SafeGroups, SafeGroups]:
    """The two tables with as many numbers more kept back as reading one against the other needs.

    Survey respondents are a source, and the survey is a kind of transcript: a number kept back in
    one table could stand in the other, or be what is left over. A number kept back is taken as safe
    where the study could have been another, with `fewest` people behind it and every number that is
    shown the same; such a study is looked for by changing who said it, a person at a time. Where
    none is found, the smallest number shown is kept back too.

    Args:
        sources: counted by "source", whose table knows the source of everyone.
        kinds: counted by "kind", of the same study.
    """
    fewest = sources.fewest
    if fewest <= 1:
        return sources, kinds
    tables = (sources, kinds)
    shown: list[dict[str, dict[str, int | None]]] = [
        {theme: dict(row) for theme, row in table.counts.items()} for table in tables
    ]
    said = _list_said(sources)
    for theme in sources.counts:
        rows = (shown[0][theme], shown[1][theme])
        true = _count_cells(said[theme])
        sizes = {(at, group): tables[at].sizes[group] for at in (0, 1) for group in rows[at]}
        while (cell := _find_unsafe(said[theme], rows, true, sizes, fewest)) is not None:
            cover = _choose_cover(rows, cell)
            if cover is None:
                break
            rows[cover[0]][cover[1]] = None
    return replace(sources, counts=shown[0]), replace(kinds, counts=shown[1])


def _list_said(sources: SafeGroups) -> dict[str, _Said]:
    """For each theme, the people who said it and those who did not, alike ones together."""
    table = sources.table
    group = {
        str(who): each if isinstance(each, str) else NOT_GIVEN
        for who, each in table.people[sources.by].items()
    }
    kind_of = {str(name): str(kind) for name, kind in table.transcripts["kind"].items()}
    took_part: dict[str, set[str]] = {}
    for who, name in zip(table.speaking["participant"], table.speaking["transcript"], strict=True):
        took_part.setdefault(str(who), set()).add(kind_of[str(name)])
    spoke: dict[str, dict[str, set[str]]] = {theme: {} for theme in sources.counts}
    columns = (table.codings[name] for name in ("theme", "participant", "kind"))
    for theme, who, kind in zip(*columns, strict=True):
        if isinstance(who, str) and who in group:
            spoke[str(theme)].setdefault(who, set()).add(str(kind))
    return {
        theme: _Said(
            Counter(
                (group[who], frozenset(took_part.get(who, ())))
                for who in group
                if who not in people
            ),
            Counter(
                (group[who], frozenset(took_part.get(who, in_kinds)), frozenset(in_kinds))
                for who, in_kinds in people.items()
            ),
        )
        for theme, people in spoke.items()
    }


def _count_cells(said: _Said) -> Counter[_Cell]:
    found: Counter[_Cell] = Counter()
    for (group, _, kinds), people in said.speaking.items():
        found[0, group] += people
        for kind in kinds:
            found[1, kind] += people
    return found


def _find_unsafe(
    said: _Said,
    rows: tuple[dict[str, int | None], dict[str, int | None]],
    true: Counter[_Cell],
    sizes: Mapping[_Cell, int],
    fewest: int,
) -> _Cell | None:
    """The first number of too few people that a reader of both tables could pin down."""
    fixed: set[_Cell | str] = {_TOTAL}
    fixed |= {(at, name) for at in (0, 1) for name, cell in rows[at].items() if cell is not None}
    for cell, size in sizes.items():
        number = true[cell]
        if cell in fixed or not 0 < number < fewest:
            continue
        # Where the whole group is as small as that, it is enough that it may have been fewer.
        wanted = min(fewest, size) - number or -1
        if not _could_change(said, cell, wanted, fixed):
            return cell
    return None


def _could_change(said: _Said, cell: _Cell, wanted: int, fixed: set[_Cell | str]) -> bool:
    """Whether a number could have been another by `wanted`, all those in `fixed` being as they are."""
    moves = [(effect, move, most, effect.get(cell, 0)) for effect, move, most in _list_moves(said)]
    start: tuple[tuple[tuple[_Cell | str, int], ...], int] = ((), 0)
    queue = deque([(start, Counter[object]())])
    seen = {start}
    while queue:
        (wrong, gained), used = queue.popleft()
        if used.total() >= _LONGEST:
            continue
        for effect, move, most, gain in moves:
            if used[move] >= most:
                continue
            left = dict(wrong)
            for name, change in effect.items():
                if name in fixed:
                    left[name] = left.get(name, 0) + change
            state = (
                tuple(sorted(((n, by) for n, by in left.items() if by), key=repr)),
                gained + gain,
            )
            if not state[0] and state[1] == wanted:
                return True
            if (
                state in seen
                or sum(abs(by) for _, by in state[0]) > _MOST_WRONG
                or abs(state[1]) > abs(wanted) + 1
            ):
                continue
            seen.add(state)
            queue.append((state, used + Counter({move: 1})))
    return False


def _list_moves(said: _Said) -> Iterator[tuple[_Effect, object, int]]:
    """Each way one person could have said it, or not, or elsewhere; and how many people could.

    A person may be moved once, which is why moves of the same people share what is used up.
    """
    for (group, took_part), people in said.silent.items():
        for kind in sorted(took_part):
            yield (
                {(0, group): 1, (1, kind): 1, _TOTAL: 1},
                ("silent", group, took_part),
                people,
            )
    for (group, took_part, kinds), people in said.speaking.items():
        who = ("speaking", group, took_part, kinds)
        yield {(0, group): -1, _TOTAL: -1, **{(1, kind): -1 for kind in kinds}}, who, people
        for kind in sorted(took_part - kinds):
            yield {(1, kind): 1}, who, people
        if len(kinds) > 1:
            for kind in sorted(kinds):
                yield {(1, kind): -1}, who, people


def _choose_cover(
    rows: tuple[dict[str, int | None], dict[str, int | None]], cell: _Cell
) -> _Cell | None:
    """The number to keep back next: the smallest, of the other table first; nobody's zero if it can be."""
    open_cells = [
        (number == 0, at == cell[0], number, name, at)
        for at in (0, 1)
        for name, number in rows[at].items()
        if number is not None
    ]
    if not open_cells:
        return None
    *_, name, at = min(open_cells)
    return at, name
