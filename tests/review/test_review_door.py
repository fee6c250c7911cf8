"""Who gets in: keys, hosts, origins, forms, headers, and where the server listens (R20 to R24, R26)."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from field_work import themecode
from review_field import make_review_study
from served import Browser, Served, answer_form, serve

from themecode.review.app import make_routes
from themecode.store import open_study

CANARY = "zzcanaryzz"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("door"))
        make_review_study()
        plan = ("review", "plan", "--reviewer", "Dee", "--reviewer", "Eve", "--suggested", "all")
        assert themecode(*plan).status == 0
        with serve() as running:
            yield running


def fresh(served: Served, name: str) -> str:
    """A new link for somebody, made while the review is served."""
    ran = themecode("review", "invite", name, "--port", served.port, "--json")
    assert ran.status == 0, ran.err
    return str(ran.json["link"])


def every_route() -> list[tuple[str, str]]:
    """Each address with each method, filled in."""
    values = {
        "<int:number>": "1",
        "<path:transcript_id>": "P01",
        "<coding_id>": "abc",
        "<key>": "k" * 43,
    }
    found = []
    for rule in make_routes().iter_rules():
        path = rule.rule
        for name, value in values.items():
            path = path.replace(name, value)
        found += [
            (method, path)
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
        ]
    return [*found, ("GET", "/nothing"), ("GET", "/../etc/passwd"), ("GET", "/static/review.css")]


def test_no_address_answers_without_a_key_or_with_a_wrong_one(served: Served) -> None:
    for cookies in (
        {},
        {"review_device": "x" * 43, "review_link": "y" * 43},
        {"review_device": "é"},
    ):
        for method, path in every_route():
            browser = Browser(served.host, dict(cookies))
            said = browser.ask(path, {"reply": "yes"} if method == "POST" else None, method=method)
            browser.close()
            assert said.status == 403, (method, path)
            assert "Traceback" not in said.text
            assert method == "HEAD" or "fresh" in said.text


def test_a_link_opens_once_and_only_when_its_button_is_pressed(served: Served) -> None:
    link = fresh(served, "Eve")
    path = urlsplit(link).path
    assert len(path.rpartition("/")[2]) == 43  # 256 bits
    for _ in range(3):  # an e-mail program looks at it first
        looked = Browser(served.host)
        assert looked.ask(path, headers={"Sec-Fetch-Site": "cross-site"}).where == "/enter"
        assert looked.ask("/enter").status == 200
    hers = Browser(served.host)
    assert hers.enter(link).where == "/"
    assert "review_link" not in hers.cookies
    assert hers.follow("/").title == "Before you start"
    assert hers.ask(path).where == "/"  # her own device: she is in already
    for device in (looked, Browser(served.host)):
        refused = device.ask(path)
        assert refused.status == 403 and "does not work any more" in refused.title
    assert looked.ask("/enter", {}).status == 403


def test_a_link_pressed_twice_lets_her_in_once_and_says_so_kindly(served: Served) -> None:
    browser = Browser(served.host)
    browser.ask(urlsplit(fresh(served, "Eve")).path)
    link = dict(browser.cookies)
    assert browser.ask("/enter", {}).status == 303
    browser.cookies |= link  # the second press was on its way before the answer to the first
    assert browser.ask("/enter", {}).where == "/"
    assert browser.follow("/").status == 200


def test_a_fresh_link_stops_the_one_before_and_leaves_devices_signed_in(served: Served) -> None:
    first, second = fresh(served, "Eve"), fresh(served, "Eve")
    assert Browser(served.host).ask(urlsplit(first).path).status == 403
    old, new = Browser(served.host), Browser(served.host)
    assert old.enter(second).status == 303
    assert new.enter(fresh(served, "Eve")).status == 303
    assert old.follow("/").status == new.follow("/").status == 200


def test_keys_are_kept_nowhere_but_in_their_link_and_cookie(served: Served) -> None:
    link = fresh(served, "Eve")
    browser = Browser(served.host)
    page = browser.ask(urlsplit(link).path)
    keys = [link.rpartition("/")[2]]
    assert page.headers["Referrer-Policy"] == "no-referrer" and keys[0] not in page.where
    entered = browser.ask("/enter")
    assert keys[0] not in entered.text
    browser.ask("/enter", {})
    keys.append(browser.cookies["review_device"])
    start = browser.follow("/")
    for key in keys:
        assert key not in start.text and key not in served.said()
        for file in Path("study").rglob("*"):
            assert not file.is_file() or key.encode() not in file.read_bytes()


def test_the_cookie_is_closed_to_scripts_and_other_sites(served: Served) -> None:
    browser = Browser(served.host)
    browser.ask(urlsplit(fresh(served, "Eve")).path)
    headers = browser.ask("/enter", {"stay": "yes"}).headers.get_all("Set-Cookie") or []
    [device] = [each for each in headers if each.startswith("review_device=")]
    assert "HttpOnly" in device and "SameSite=Strict" in device and "Max-Age=5184000" in device


BAD_HOSTS = [
    "evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "127.0.0.1", "localhost",
    "127.0.0.1:1", "", "127.0.0.1:{port}.evil.example", "0.0.0.0:{port}", "[::1]:{port}",
    "user@127.0.0.1:{port}", "127.0.0.1:{port}, evil.example", "2130706433:{port}",
]  # fmt: skip


def test_a_name_that_is_not_this_servers_is_refused(served: Served) -> None:
    browser = Browser(served.host)
    browser.enter(fresh(served, "Dee"))
    for host in BAD_HOSTS:
        said = browser.ask("/mine", headers={"Host": host.format(port=served.port)})
        browser.close()
        assert said.status in {400, 403}, host
        assert "My answers" not in said.text
    assert browser.ask("/mine", headers={"Host": f"localhost:{served.port}"}).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": None},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Origin": "null", "Sec-Fetch-Site": None},
        {"Origin": None, "Sec-Fetch-Site": None},
    ],
)
def test_what_comes_from_another_site_is_refused(
    served: Served, headers: dict[str, str | None]
) -> None:
    browser = Browser(served.host)
    assert browser.enter(fresh(served, "Eve")).status == 303
    browser.begin()
    page = browser.ask("/excerpts/1?show=1")
    form = answer_form(page, "unsure")
    assert browser.ask("/excerpts/1", form, headers=headers).status == 403
    if headers.get("Sec-Fetch-Site"):
        assert browser.ask("/mine", headers=headers).status == 403
    # A page elsewhere may do no more than open a link in a window.
    framed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
    assert browser.ask("/enter", headers=framed).status == 403


def test_a_form_is_taken_only_with_the_token_of_the_device_it_was_shown_to(served: Served) -> None:
    dee = Browser(served.host)
    dee.enter(fresh(served, "Dee"))
    eve = Browser(served.host)
    eve.enter(fresh(served, "Eve"))
    eve.begin()
    page = eve.ask("/excerpts/1?show=1")
    form = answer_form(page, "unsure")
    for token in ("", "0" * 64, "é", dee.follow("/").field("form_token")):
        said = eve.ask("/excerpts/1", {**form, "form_token": token})
        assert said.status == 403 and "nothing was changed" in said.text
    in_header = {"X-Review-Token": str(form["form_token"]), "Origin": None, "Sec-Fetch-Site": None}
    assert eve.ask("/excerpts/1", {**form, "form_token": ""}, headers=in_header).status == 303


def test_looking_changes_nothing(served: Served) -> None:
    browser = Browser(served.host)
    browser.enter(fresh(served, "Eve"))
    browser.begin()

    def rows() -> list[int]:
        with open_study("study") as study:
            held = study.counts()
            return [held.decisions, held.codings, len(study.review_answers()), len(study.choices())]

    before = rows()
    for method, path in every_route():
        if method in {"GET", "HEAD"} and "/enter" not in path:
            said = browser.ask(f"{path}?reply=yes&form_token=x&topics=violence", method=method)
            assert said.status in {200, 303, 403, 404, 405}
    assert rows() == before


WANTED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
WANTED_POLICY = [
    "default-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
]


def test_every_answer_says_what_a_browser_may_do_with_it(served: Served) -> None:
    browser = Browser(served.host)
    browser.enter(fresh(served, "Eve"))
    browser.begin()
    seen = set()
    for device in (browser, Browser(served.host)):
        for method, path in every_route():
            said = device.ask(path, {} if method == "POST" else None, method=method)
            seen.add(said.status)
            for name, value in WANTED_HEADERS.items():
                assert said.headers[name] == value, (method, path)
            policy = said.headers["Content-Security-Policy"]
            assert all(part in policy for part in WANTED_POLICY) and "unsafe" not in policy
            assert "themecode" in said.headers.get("Server", "themecode")
            if "leave" in path and method == "POST":
                continue
    assert {200, 303, 403, 404, 405} <= seen


@pytest.mark.parametrize(
    "raw",
    [
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"a" * 70_000 + b"\r\n\r\n",
        b"POST /excerpts/1 HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n",
        b"POST /excerpts/1 HTTP/1.1\r\nHost: x\r\nContent-Length: minus\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    ],
    ids=range(8),
)
def test_broken_requests_are_refused_with_the_same_headers(served: Served, raw: bytes) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as plain:
        plain.sendall(raw)
        with suppress(OSError):
            plain.shutdown(socket.SHUT_WR)
        said = b""
        while part := plain.recv(65_536):
            said += part
    head = said.partition(b"\r\n\r\n")[0].decode("latin-1")
    assert head.startswith(("HTTP/1.1 4", "HTTP/1.1 505")), head
    for name, value in WANTED_HEADERS.items():
        assert f"{name}: {value}" in head
    assert "default-src 'none'" in head


@pytest.mark.skipif(not shutil.which("ss"), reason="ss tells who listens, on Linux")
def test_it_listens_on_this_computer_alone(served: Served) -> None:
    told = subprocess.run(["ss", "-ltnpH"], capture_output=True, text=True, check=True).stdout
    mine = [line.split()[3] for line in told.splitlines() if f"pid={served.process.pid}," in line]
    assert mine == [served.host]


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "203.0.113.7", "not an address"])
def test_all_addresses_at_once_or_somebody_elses_are_refused(address: str, served: Served) -> None:
    files = ("--certificate", "c.pem", "--key", "k.pem")
    ran = themecode("review", "serve", "--network", address, *files)
    assert ran.status == 1 and "address" in ran.err and not ran.out
    ran = themecode("review", "serve", "--network", "127.0.0.1")
    assert ran.status == 2 and "--certificate" in ran.err


def test_nobodys_words_are_in_what_the_server_says_whatever_fails(served: Served) -> None:
    browser = Browser(served.host)
    browser.enter(fresh(served, "Eve"))
    browser.begin()
    page = browser.ask("/excerpts/1?show=1")
    form = answer_form(page, "else", note=CANARY)
    broken = [
        {**form, "codes": CANARY}, {**form, "reply": CANARY}, {**form, "revision": CANARY},
        {**form, "answer_id": CANARY}, {**form, "item": CANARY}, {**form, "form_token": CANARY},
        {**form, "note": CANARY * 9000}, {**form, "note": f"{CANARY}\0"}, {**form, "revision": "9" * 30},
        {**form, "revision": "7"}, {**form, "reply": "undone"},
    ]  # fmt: skip
    failed = 0
    for _ in range(42):
        for each in broken:
            failed += browser.ask("/excerpts/1", each).status >= 400
        for path in (
            f"/transcripts/{CANARY}",
            f"/excerpts/9{9:09d}",
            f"/{CANARY}",
            f"/transcripts/P01/turns/{'9' * 30}",
        ):
            failed += browser.ask(path).status >= 400
    assert failed >= 500
    assert CANARY not in served.said() and "Traceback" not in served.said()
    assert "judged" not in served.said()
