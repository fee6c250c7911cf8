"""One request: who asks, on which device, and the answer that is made for her."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import TYPE_CHECKING, Any

from werkzeug.wrappers import Request, Response

from themecode.model import Codebook
from themecode.review.guards import security_headers
from themecode.review.keys import make_form_token
from themecode.review.pages import read_look, render
from themecode.store import KeyHolder, KeyRole

if TYPE_CHECKING:
    from themecode.flow.names_desk import NamesDesk
    from themecode.store import Study

#: Names of the cookies: the key of a device, the key of a link being opened, how pages look.
DEVICE_COOKIE, LINK_COOKIE, LOOK_COOKIE = "review_device", "review_link", "review_look"
#: Sent from the browser at most, in bytes; a note is a few hundred.
LONGEST_FORM = 200_000
LONGEST_NOTE = 4000


class Refused(Exception):
    """A request that is not done; the page says kindly why.

    Args:
        status: of HTTP.
        title, text: what the page says.
        where: a way on: an address and what it is called.
    """

    def __init__(
        self, status: int, title: str, text: str, *, where: tuple[str, str] | None = None
    ) -> None:
        super().__init__(title)
        self.status, self.title, self.text, self.where = status, title, text, where


@dataclass(slots=True)
class Visit:
    """One request by somebody who was let in (or who is about to be).

    Args:
        study, codebook: what it is about.
        request: what was asked.
        now: in UTC.
        address: of this server.
        holder: who she is. None: nobody yet.
        device_key: the key of her device; "" where she has none yet.
        names_desk: the names of the study, where these are what the pages are about.
    """

    study: Study
    codebook: Codebook
    request: Request
    now: datetime
    address: str
    secure: bool
    holder: KeyHolder | None = None
    device_key: str = ""
    names_desk: NamesDesk | None = None
    nonce: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @property
    def name(self) -> str:
        """Her name."""
        assert self.holder is not None
        return self.holder.name

    @property
    def is_lead(self) -> bool:
        """Whether she leads the study."""
        return self.holder is not None and self.holder.role is KeyRole.LEAD

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page for her."""
        text = render(
            template,
            nonce=self.nonce,
            look=read_look(self.request.cookies.get(LOOK_COOKIE)),
            holder=self.holder,
            is_lead=self.is_lead,
            names_desk=self.names_desk,
            form_token=make_form_token(self.device_key) if self.device_key else "",
            answer_id=secrets.token_urlsafe(18),
            **values,
        )
        return Response(
            text, status, security_headers(self.nonce), content_type="text/html; charset=utf-8"
        )

    def go(self, where: str) -> Response:
        """Send her to another page, which she sees by GET."""
        headers = {**security_headers(self.nonce), "Location": where}
        return Response("", 303, headers, content_type="text/plain; charset=utf-8")

    def check_form(self) -> Mapping[str, str]:
        """The form she sent, once it is known to be from a page of ours shown to her device.

        Raises:
            Refused: it is not.
        """
        form = self.request.form
        given = self.request.headers.get("X-Review-Token") or form.get("form_token", "")
        wanted = make_form_token(self.device_key)
        if not self.device_key or not compare_digest(given.encode(), wanted.encode()):
            raise Refused(
                403,
                "This page has to be opened again",
                "It was not clear that this came from your own page, so nothing was changed. "
                "Go back to your review and try once more.",
                where=("/", "Back to my review"),
            )
        return form

    def set_cookie(
        self, response: Response, name: str, value: str, *, days: int | None, lax: bool = False
    ) -> Response:
        """Give her browser a cookie that no script reads and no other site's page sends.

        It stays for so many days; with None, until the browser is closed. A lax one is sent when a
        link is opened from elsewhere.
        """
        response.set_cookie(
            name,
            value,
            max_age=None if days is None else days * 86_400,
            httponly=True,
            secure=self.secure,
            samesite="Lax" if lax else "Strict",
            path="/",
        )
        return response


def read_note(form: Mapping[str, str]) -> str:
    """What she wrote, as she wrote it.

    Raises:
        Refused: it is longer than a note can be, or holds what cannot be kept.
    """
    note = form.get("note", "").replace("\r\n", "\n").strip()
    if len(note) > LONGEST_NOTE or "\0" in note:
        raise Refused(
            400,
            "That note is too long to keep",
            f"A note can have up to {LONGEST_NOTE:,} letters. Nothing was saved: "
            "go back, make it shorter, and save again.",
        )
    return note
