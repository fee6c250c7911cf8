"""Pages on which the lead decides about names, one at a time: replace, generalise or keep."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from themecode.flow.deciding import UnfitDecision
from themecode.flow.names_desk import GROUPS, NamesDesk, StaleName
from themecode.pseudonyms.candidates import NO_GUARANTEE, Kind
from themecode.pseudonyms.rows import Row
from themecode.review import door
from themecode.review.app import Pages, ReviewApp
from themecode.review.visit import Refused, Visit
from themecode.store import StaleAnswer

#: Names on one page: enough for a sitting, few enough for a telephone.
A_PAGE = 20
#: What was done, as the page says it.
DONE = {"replace": "replaced by", "generalise": "made more general:", "keep": "kept as it is"}


def show_groups(visit: Visit) -> Response:
    """How many names of each kind there are, and how many are decided."""
    desk = _desk(visit)
    groups = []
    for name, (title, _) in GROUPS.items():
        held = desk.group(name)
        if held:
            left = sum(row.decided is None for _, row in held)
            groups.append((name, title, len(held), left))
    return visit.page("names.html", groups=groups, no_guarantee=NO_GUARANTEE)


def show_group(visit: Visit, group: str) -> Response:
    """The names of one kind, those not decided about first."""
    return _show_group(visit, group)


def _show_group(visit: Visit, group: str, **faults: Any) -> Response:
    desk = _desk(visit)
    if group not in GROUPS:
        raise Refused(404, "There is no such page", "The address may have been cut short.")
    held = desk.group(group)
    done = visit.request.args.get("show") == "decided"
    chosen = [each for each in held if (each[1].decided is not None) is done]
    start = min(_read_number(visit.request.args.get("from", "")), max(len(chosen) - 1, 0))
    start -= start % A_PAGE
    values: dict[str, Any] = {"fault": "", "fault_at": None, "typed": "", **faults}
    return visit.page(
        "names_group.html",
        400 if values["fault"] else 200,
        group=group,
        title=GROUPS[group][0],
        cards=[_card(desk, at, row) for at, row in chosen[start : start + A_PAGE]],
        start=start,
        step=A_PAGE,
        total=len(chosen),
        done=done,
        decided=sum(row.decided is not None for _, row in held),
        all=len(held),
        saved=_say_saved(visit, desk),
        **values,
    )


def _card(desk: NamesDesk, at: int, row: Row) -> dict[str, Any]:
    left, _, rest = row.example.partition("»")
    words, _, right = rest.partition("«")
    return {
        "at": at,
        "row": row,
        "left": left,
        "words": words,
        "right": right,
        "mark": desk.mark_of(at),
        "only": desk.only_decisions(row),
    }


def _say_saved(visit: Visit, desk: NamesDesk) -> Row | None:
    given = visit.request.args.get("saved", "")
    at = _read_number(given) if given else -1
    if not 0 <= at < len(desk.rows):
        return None
    return desk.rows[at]


def decide(visit: Visit, group: str, number: int) -> Response:
    """Keep one decision, and show what is next."""
    desk = _desk(visit)
    form = visit.check_form()
    if group not in GROUPS or number >= len(desk.rows):
        raise Refused(
            404, "There is no such name", "Nothing was changed.", where=("/", "All names")
        )
    typed = form.get("becomes", "")
    try:
        desk.decide(
            number, form.get("decision", ""), typed, only=form.get("only", ""), seen=form.get("seen", "")
        )  # fmt: skip
    except UnfitDecision as unfit:
        if form.get("alone"):
            return _show_alone(visit, group, number, fault=str(unfit), typed=typed)
        return _show_group(visit, group, fault=str(unfit), fault_at=number, typed=typed)
    except StaleName:
        raise StaleAnswer from None
    start = _read_number(form.get("from", ""))
    show = "&show=decided" if visit.request.args.get("show") == "decided" else ""
    return visit.go(f"/names/{group}?from={start}&saved={number}{show}")


def show_alone(visit: Visit, group: str, number: int) -> Response:
    """One name, to decide about for one transcript alone: two people may share it."""
    return _show_alone(visit, group, number)


def _show_alone(
    visit: Visit, group: str, number: int, *, fault: str = "", typed: str = ""
) -> Response:
    desk = _desk(visit)
    if group not in GROUPS or number >= len(desk.rows):
        raise Refused(
            404, "There is no such name", "Nothing was changed.", where=("/", "All names")
        )
    row = desk.rows[number]
    return visit.page(
        "names_alone.html",
        400 if fault else 200,
        group=group,
        card=_card(desk, number, row),
        transcripts=row.transcripts or desk.transcripts,
        fault=fault,
        typed=typed,
    )


def show_missed(visit: Visit) -> Response:
    """A form for words that no finder saw."""
    return _show_missed(visit)


def _show_missed(visit: Visit, **values: Any) -> Response:
    given: dict[str, Any] = {"fault": "", "form": {}, "places": None, **values}
    status = 400 if given["fault"] else 200
    kinds = [kind.value for kind in Kind if kind is not Kind.UNKNOWN]
    return visit.page("names_missed.html", status, kinds=kinds, **given)


def add_missed(visit: Visit) -> Response:
    """Keep a decision about words that no finder saw."""
    desk = _desk(visit)
    form = visit.check_form()
    words = " ".join(form.get("words", "").split())
    try:
        desk.add_missed(
            words, form.get("what", ""), form.get("decision", ""), form.get("becomes", "")
        )
    except UnfitDecision as unfit:
        return _show_missed(visit, fault=str(unfit), form=form)
    texts = (transcript.text for transcript in visit.study.transcripts())
    return _show_missed(visit, places=desk.count_places(texts, words))


def _desk(visit: Visit) -> NamesDesk:
    assert visit.names_desk is not None
    return visit.names_desk


def _read_number(given: str) -> int:
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else 0


NAMES_PAGES: Pages = {
    "door": (
        ("/enter/<key>", ("GET",), door.show_link),
        ("/enter", ("GET",), door.show_enter),
        ("/enter", ("POST",), door.enter),
    ),
    "lead": (
        ("/", ("GET",), show_groups),
        ("/names/<group>", ("GET",), show_group),
        ("/names/<group>/<int:number>", ("POST",), decide),
        ("/names/<group>/<int:number>", ("GET",), show_alone),
        ("/missed", ("GET",), show_missed),
        ("/missed", ("POST",), add_missed),
        ("/look", ("GET",), door.show_look),
        ("/look", ("POST",), door.save_look),
        ("/leave", ("POST",), door.leave),
    ),
}


class NamesApp(ReviewApp):
    """The names of a study as a WSGI application, for its lead alone; guarded as the review is.

    Args:
        desk: the names, and the key the decisions are kept in.
        rest: what a `ReviewApp` is given.
    """

    pages = NAMES_PAGES

    def __init__(self, *given: Any, desk: NamesDesk, **rest: Any) -> None:
        super().__init__(*given, **rest)
        self._desk = desk

    def _begin(self, request: Any) -> Visit:
        visit = super()._begin(request)
        visit.names_desk = self._desk
        return visit

    def _prepare(self, visit: Visit) -> None:
        """A study need not be coded for its names to be replaced."""
