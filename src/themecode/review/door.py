"""Coming in by a link, taking a break, how pages look, and leaving."""

from __future__ import annotations

from datetime import timedelta

from werkzeug.wrappers import Response

from themecode.review.keys import DEVICE_DAYS, KEY_LENGTH, hash_key, make_key
from themecode.review.pages import LOOKS, read_look
from themecode.review.visit import (
    DEVICE_COOKIE,
    LINK_COOKIE,
    LOOK_COOKIE,
    Refused,
    Visit,
)

_USED = Refused(
    403,
    "This link does not work any more",
    "A link opens once, so that nobody else can use it. Ask the person who leads the study for a "
    "fresh one. Everything you have answered is safe, and you will come back to exactly where you were.",
)


def show_link(visit: Visit, key: str) -> Response:
    """A link was opened: its key goes from the address into a cookie, and is not used up yet."""
    if not _fits(visit, key):
        if visit.holder is not None:
            return visit.go("/")  # she is in already; the link was the one that let her in
        raise _USED
    return visit.set_cookie(visit.go("/enter"), LINK_COOKIE, key, days=None, lax=True)


def show_enter(visit: Visit) -> Response:
    """The page with the button that lets her in: looking at it uses nothing up."""
    key = visit.request.cookies.get(LINK_COOKIE, "")
    holder = visit.study.find_link_key(hash_key(key)) if _is_key(key) else None
    if holder is None:
        if visit.holder is not None:
            return visit.go("/")
        raise _USED
    return visit.page("enter.html", name=holder.name)


def enter(visit: Visit) -> Response:
    """The button was pressed: the link is used up, and this device is let in."""
    link = visit.request.cookies.get(LINK_COOKIE, "")
    device = make_key()
    stays = visit.request.form.get("stay") == "yes"
    holder = None
    if _is_key(link):
        days = DEVICE_DAYS if stays else 1
        holder = visit.study.swap_link_key(
            hash_key(link), hash_key(device), ends_at=visit.now + timedelta(days=days)
        )
    if holder is None:
        if visit.holder is not None:  # pressed twice: the first press let her in
            return visit.go("/")
        raise _USED
    response = visit.go("/")
    response.delete_cookie(LINK_COOKIE, path="/")
    return visit.set_cookie(response, DEVICE_COOKIE, device, days=DEVICE_DAYS if stays else None)


def _fits(visit: Visit, key: str) -> bool:
    return _is_key(key) and visit.study.find_link_key(hash_key(key)) is not None


def _is_key(key: str) -> bool:
    return len(key) == KEY_LENGTH and key.isascii()


def show_pause(visit: Visit) -> Response:
    """A page to rest on, with whom she can turn to."""
    return visit.page("pause.html", contacts=visit.study.care().contacts)


def show_look(visit: Visit) -> Response:
    """How pages look on this device."""
    return visit.page("look.html", looks=LOOKS)


def save_look(visit: Visit) -> Response:
    """Keep how pages look, on this device alone."""
    form = visit.check_form()
    chosen = ".".join(form.get(name, "") for name in LOOKS)
    kept = ".".join(value for value in read_look(chosen).values() if value)
    return visit.set_cookie(visit.go("/look"), LOOK_COOKIE, kept, days=365)


def leave(visit: Visit) -> Response:
    """Sign this device out."""
    visit.study.end_device_key(hash_key(visit.device_key))
    visit.holder, visit.device_key = None, ""
    response = visit.page(
        "message.html",
        title="You are signed out",
        text="Everything you answered is saved. To come back, on this device or another, ask the "
        "person who leads the study for a fresh link. Thank you.",
        where=None,
    )
    response.delete_cookie(DEVICE_COOKIE, path="/")
    return response
