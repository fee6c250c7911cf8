"""The real review in a process of its own, and people who talk to it over real connections."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlencode, urlsplit


@dataclass
class Served:
    """A review being served."""

    process: subprocess.Popen[str]
    address: str
    lead: str
    links: dict[str, str]
    errors: Path

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def said(self) -> str:
        """Everything on standard error."""
        return self.errors.read_text(encoding="utf-8")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def serve(study: str = "study", *options: str, port: int = 0) -> Iterator[Served]:
    """`themecode review serve` as the lead would run it."""
    with tempfile.NamedTemporaryFile("w", suffix=".err", delete=False) as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "themecode", "review", "serve", "--study", study, "--json",
             "--lead", "Ruth", "--port", str(port), *options],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, Path(errors.name).read_text()
        said = json.loads(line)
        yield Served(process, said["address"], said["lead"], said["links"], Path(errors.name))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)
        assert process.stdout is not None
        process.stdout.close()
        Path(errors.name).unlink()


@dataclass
class Answered:
    """What the server said."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def where(self) -> str:
        return self.headers.get("Location", "")

    def field(self, name: str) -> str:
        """What a form on the page has in a hidden field."""
        found = re.findall(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"no field {name} on the page"
        return str(found[-1])  # the last form is the page's own; the one before it undoes

    @property
    def title(self) -> str:
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.text, re.DOTALL)
        return found[1] if found else ""


@dataclass
class Browser:
    """One device, without a script: it keeps cookies and says what a browser says."""

    host: str
    cookies: dict[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None
    opened: ClassVar[list[Browser]] = []

    def __post_init__(self) -> None:
        Browser.opened.append(self)

    @classmethod
    def close_all(cls) -> None:
        while cls.opened:
            cls.opened.pop().close()

    def ask(
        self,
        path: str,
        form: Mapping[str, object] | None = None,
        *,
        method: str | None = None,
        headers: Mapping[str, str | None] = {},
    ) -> Answered:
        sent: dict[str, str | None] = {"Host": self.host, "Sec-Fetch-Site": "same-origin"}
        body = None
        if form is not None:
            body = urlencode(form, doseq=True)
            sent |= {"Content-Type": "application/x-www-form-urlencoded"}
            sent |= {"Origin": f"http://{self.host}"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent |= {**self.headers, **headers}
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", int(self.host.rpartition(":")[2]), timeout=60
            )
        connection = self._connection
        connection.putrequest(method or ("GET" if form is None else "POST"), path, skip_host=True)
        for name, value in sent.items():
            if value is not None:
                connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body.encode() if body is not None else None)
        response = connection.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie", []):
            name, _, value = cookie.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return Answered(response.status, response.headers, text)

    def follow(self, path: str) -> Answered:
        """A page, and the one it sends her on to."""
        answered = self.ask(path)
        while answered.status == 303:
            answered = self.ask(answered.where)
        return answered

    def enter(self, link: str, *, stay: str = "") -> Answered:
        """Open a link and press its button."""
        assert self.ask(urlsplit(link).path).where == "/enter"
        return self.ask("/enter", {"stay": stay})

    def begin(self, *topics: str) -> Answered:
        """Press Start."""
        page = self.follow("/")
        form = {"form_token": page.field("form_token"), "topics": topics}
        return self.ask("/choices", form)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def answer(
        self, number: int, reply: str, *codes: str, note: str = "", page: Answered | None = None
    ) -> Answered:
        """Open an excerpt and press one of its buttons."""
        page = page or self.ask(f"/excerpts/{number}?show=1")
        assert page.status == 200, page.title
        return self.ask(f"/excerpts/{number}", answer_form(page, reply, *codes, note=note))


def answer_form(page: Answered, reply: str, *codes: str, note: str = "") -> dict[str, object]:
    """What pressing a button on an excerpt's page sends."""
    names = ("answer_id", "item", "revision")
    form: dict[str, object] = {name: page.field(name) for name in names}
    token = page.field("form_token")
    return {**form, "form_token": token, "reply": reply, "codes": codes, "note": note}


def let_in(served: Served, name: str, *topics: str) -> Browser:
    """A reviewer's device, let in and past the welcome page."""
    browser = Browser(served.host)
    assert browser.enter(served.links[name]).status == 303
    if name != served.lead:
        browser.begin(*topics)
    return browser


def side_by_side(*jobs: Callable[[], object]) -> list[object]:
    """Run jobs at the same moment."""
    gate = threading.Barrier(len(jobs))

    def run(job: Callable[[], object]) -> object:
        gate.wait()
        return job()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return [each.result() for each in [pool.submit(run, job) for job in jobs]]
