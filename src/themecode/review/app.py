"""Every address of the review, and what is checked before any of them is answered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from themecode.errors import StudyBusy, ThemecodeError
from themecode.model import Codebook
from themecode.review import door, excerpts, lead, reading
from themecode.review.guards import is_ours
from themecode.review.keys import KEY_LENGTH, hash_key
from themecode.review.queueing import Queue
from themecode.review.visit import DEVICE_COOKIE, LONGEST_FORM, Refused, Visit
from themecode.store import KeyHolder, KeyRole, StaleAnswer

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from themecode.store import Study

Page = Callable[..., Response]

#: What a page has before anybody is let in.
_NO_CODEBOOK = Codebook("", "", "", ())

#: Pages before anybody is let in.
DOOR = (
    ("/enter/<key>", ("GET",), door.show_link),
    ("/enter", ("GET",), door.show_enter),
    ("/enter", ("POST",), door.enter),
)
#: Pages of a reviewer.
REVIEWER = (
    ("/", ("GET",), excerpts.show_start),
    ("/welcome", ("GET",), excerpts.show_welcome),
    ("/choices", ("GET",), excerpts.show_choices),
    ("/choices", ("POST",), excerpts.save_choices),
    ("/excerpts/<int:number>", ("GET",), excerpts.show),
    ("/excerpts/<int:number>", ("POST",), excerpts.answer),
    ("/excerpts/<int:number>/undo", ("POST",), excerpts.undo),
    ("/mine", ("GET",), excerpts.show_mine),
    ("/done", ("GET",), excerpts.show_done),
    ("/enough", ("GET",), excerpts.show_enough),
    ("/transcripts", ("GET",), reading.show_list),
    ("/transcripts/<path:transcript_id>/turns/<int:number>", ("GET",), reading.show_adding),
    ("/transcripts/<path:transcript_id>/turns/<int:number>", ("POST",), reading.add),
    ("/transcripts/<path:transcript_id>/take-back", ("POST",), reading.take_back),
    ("/transcripts/<path:transcript_id>", ("GET",), reading.show),
)
#: Pages of anybody who was let in.
ANYBODY = (
    ("/pause", ("GET",), door.show_pause),
    ("/look", ("GET",), door.show_look),
    ("/look", ("POST",), door.save_look),
    ("/leave", ("POST",), door.leave),
)
#: Pages of the lead.
LEAD = (
    ("/lead", ("GET",), lead.show),
    ("/lead/plan", ("GET",), lead.show_plan),
    ("/lead/plan", ("POST",), lead.save_plan),
    ("/lead/care", ("POST",), lead.save_care),
    ("/lead/links", ("POST",), lead.make_new_link),
    ("/lead/disputes", ("GET",), lead.show_disputes),
    ("/lead/disputes/<coding_id>", ("GET",), lead.show_dispute),
    ("/lead/disputes/<coding_id>", ("POST",), lead.settle),
)

#: Requests worked on at the same moment; more would only take turns, and each be answered later.
AT_WORK = 2
#: Addresses by whose they are.
Pages = Mapping[str, Sequence[tuple[str, Sequence[str], Page]]]
REVIEW_PAGES: Pages = {"door": DOOR, "reviewer": REVIEWER, "anybody": ANYBODY, "lead": LEAD}


def make_routes(pages: Pages = REVIEW_PAGES) -> Map:
    """Every address, with the methods it answers to."""
    rules = [
        Rule(path, methods=methods, endpoint=(kind, page))
        for kind, listed in pages.items()
        for path, methods, page in listed
    ]
    return Map(rules, strict_slashes=False, merge_slashes=False, redirect_defaults=False)


class ReviewApp:
    """The review as a WSGI application. Used from several threads.

    Args:
        study: open while it is served.
        hosts: the Host headers that are this server's.
        address: of this server, as `http://127.0.0.1:8765`.
        now: the clock.
        report: told of a fault of the program, without anybody's words.
    """

    pages: Pages = REVIEW_PAGES

    def __init__(
        self,
        study: Study,
        *,
        hosts: frozenset[str],
        address: str,
        now: Callable[[], datetime],
        report: Callable[[str], None],
    ) -> None:
        self._study = study
        self._hosts = hosts
        self._address = address
        self._scheme = address.partition(":")[0]
        self._now = now
        self._report = report
        self._routes = make_routes(self.pages)
        self._codebook: tuple[int, Codebook] | None = None
        self._reading_codebook = threading.Lock()
        self._queue = Queue(AT_WORK)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        request.max_content_length = request.max_form_memory_size = LONGEST_FORM
        response = self._answer(request)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        visit = self._begin(request)
        try:
            request.get_data(parse_form_data=True)  # nobody waits for what is slow to arrive
            with self._queue.turn(hurried=request.method == "POST"):
                return self._dispatch(visit)
        except Refused as refused:
            return self._refuse(visit, refused)
        except StaleAnswer:
            return self._refuse(visit, _STALE)
        except StudyBusy:
            return self._refuse(visit, _BUSY)
        except ThemecodeError as error:  # it never holds anybody's words
            self._report(type(error).__name__)
            return self._refuse(visit, _FAULT)
        except HTTPException as error:
            return self._refuse(visit, _find_refusal(error))
        except Exception as error:  # noqa: BLE001  the last net: a kind page, and no words in the log
            self._report(_name_fault(error))
            return self._refuse(visit, _FAULT)

    def _begin(self, request: Request) -> Visit:
        return Visit(
            self._study,
            _NO_CODEBOOK,
            request,
            self._now(),
            self._address,
            secure=self._scheme == "https",
        )

    def _dispatch(self, visit: Visit) -> Response:
        request = visit.request
        if not is_ours(request, hosts=self._hosts, scheme=self._scheme):
            raise _STRANGE
        self._let_in(visit)
        routes = self._routes.bind_to_environ(request.environ)
        try:
            (kind, page), values = routes.match()
        except (NotFound, MethodNotAllowed):
            # Nobody learns which addresses there are without a key.
            if visit.holder is None:
                raise _NO_KEY from None
            raise
        self._check_role(visit, kind)
        if kind != "door" and request.method == "POST":
            visit.check_form()
        self._prepare(visit)
        return page(visit, **values)  # type: ignore[no-any-return]

    def _prepare(self, visit: Visit) -> None:
        """Give a page what it is about."""
        visit.codebook = self._read_codebook()

    def _let_in(self, visit: Visit) -> None:
        """See who asks, by the key of her device."""
        key = visit.request.cookies.get(DEVICE_COOKIE, "")
        if len(key) == KEY_LENGTH and key.isascii():
            visit.holder = self._study.find_device_key(hash_key(key))
            visit.device_key = key if visit.holder else ""

    @staticmethod
    def _check_role(visit: Visit, kind: str) -> None:
        if kind == "door":
            return
        holder: KeyHolder | None = visit.holder
        if holder is None:
            raise _NO_KEY
        wanted = {"lead": KeyRole.LEAD, "reviewer": KeyRole.REVIEWER}.get(kind)
        if wanted is None or holder.role is wanted:
            return
        if kind == "reviewer" and visit.request.path == "/":
            raise Refused(303, "", "", where=("/lead", ""))
        raise Refused(
            403,
            "This page is somebody else's",
            "Your link opens another part of the review.",
            where=("/", "Go to my own page"),
        )

    def _read_codebook(self) -> Codebook:
        """The codebook in force, parsed again only when another one is."""
        mark = self._study.codebook_mark()
        with self._reading_codebook:
            if self._codebook is None or self._codebook[0] != mark:
                codebook = self._study.codebook_in_force()
                if codebook is None:
                    raise Refused(
                        409,
                        "There is nothing to review yet",
                        "The transcripts have not been coded. The lead does that first.",
                    )
                self._codebook = mark, codebook
            return self._codebook[1]

    @staticmethod
    def _refuse(visit: Visit, refused: Refused) -> Response:
        if refused.status == 303 and refused.where:
            return visit.go(refused.where[0])
        return visit.page(
            "message.html",
            refused.status,
            title=refused.title,
            text=refused.text,
            where=refused.where if visit.holder else None,
        )


_STRANGE = Refused(
    403,
    "This address cannot be used",
    "Open the review with the link that you were given, in a new window.",
)
_NO_KEY = Refused(
    403,
    "This page needs your own link",
    "Ask the person who leads the study for a fresh link. Everything you have answered is safe, and "
    "you will come back to exactly where you were.",
)
_STALE = Refused(
    409,
    "You answered this on another page",
    "Something newer is saved already, from another page or device. We kept that one, and did not "
    "write over it. You can look at it, and change it if you like.",
    where=("/", "Go on with my review"),
)
_BUSY = Refused(
    503,
    "Not saved yet",
    "The study is busy just now. Wait a moment, go back, and press the button again.",
    where=("/", "Back to my review"),
)
_FAULT = Refused(
    500,
    "Something went wrong on our side",
    "It is not your fault. Everything that was saved is safe. Go back and try again; if it happens "
    "again, tell the person who leads the study.",
    where=("/", "Back to my review"),
)


def _find_refusal(error: HTTPException) -> Refused:
    code = error.code or 500
    if code == 404:
        return Refused(
            404,
            "There is no such page",
            "The address may have been cut short, or what was here has gone.",
            where=("/", "Back to my review"),
        )
    if code == 405:
        return Refused(
            405,
            "That cannot be done here",
            "Go back, and use the buttons on the page.",
            where=("/", "Back to my review"),
        )
    if code == 413:
        return Refused(
            413,
            "That is too much to save at once",
            "Nothing was changed. Go back and make it shorter.",
        )
    return Refused(
        code, "That did not work", "Nothing was changed.", where=("/", "Back to my review")
    )


def _name_fault(error: BaseException) -> str:
    """Where a fault of the program is: file and line of ours, never a message (it may hold words)."""
    trace: Any = error.__traceback__
    place = ""
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith("themecode"):
            place = f" at {module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__}{place}"
