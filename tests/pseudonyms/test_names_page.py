"""Names decided about on a page: the lead alone, this computer alone, the same answers as the workbook's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from field_work import make_study, themecode

sys.path.append(str(Path(__file__).parents[1] / "review"))

from chromium import check_only_ours, open_chromium, open_device, run_axe
from served import Browser as Device

from themecode.review.app import make_routes
from themecode.review.keys import hash_key, make_key
from themecode.review.names import NAMES_PAGES
from themecode.store import KeyHolder, KeyRole, open_study, utc_now

TALK = """\
INT: How was it, Morwenna?

P01: I felt judged by Dr Trelawney in Bodmin, and Jago Pascoe's mum rang me on 07700 900 173.

INT: And the children?

P01: Jago took my kids to Bodmin. I told Old Bob about it, and Bob <script>alert(1)</script> laughed.
"""


class Served:
    """The page as the lead would open it."""

    def __init__(self, said: dict[str, str], process: subprocess.Popen[str]) -> None:
        self.address, self.link, self.process = said["address"], said["link"], process
        self.host = self.address.removeprefix("http://")


@contextmanager
def serve_names() -> Iterator[Served]:
    with (
        Path("page.err").open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "themecode", "pseudonymise", "decide", "--page", "--json",
             "--key", "page.key", "--lead", "Ruth", "--port", "0"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        ) as process,
    ):  # fmt: skip
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, Path("page.err").read_text()
        try:
            yield Served(json.loads(line), process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


@pytest.fixture
def study() -> Iterator[Path]:
    Path("talks").mkdir()
    Path("talks/P01.txt").write_text(TALK, encoding="utf-8")
    yield make_study("P02")
    Device.close_all()


def _read_key(path: str) -> list[dict[str, object]]:
    return json.loads(Path(path).read_text(encoding="utf-8"))["decisions"]


def test_names_are_decided_in_a_browser_as_in_the_workbook(study: Path) -> None:  # noqa: PLR0915
    with serve_names() as served, open_chromium() as chromium:
        context = open_device(chromium, java_script_enabled=False, viewport={"width": 360, "height": 740})  # fmt: skip
        page = context.new_page()
        page.goto(served.link)
        page.get_by_role("button", name="Open the names").press("Enter")
        page.get_by_role("link", name="People").press("Enter")
        # By keyboard, in one name's own card.
        card = page.get_by_role("region", name="Jago Pascoe")
        assert "felt judged by" in card.inner_text() or "mum rang me" in card.inner_text()
        assert "Found by" in card.inner_text()
        field = card.get_by_label("A pseudonym")
        assert field.input_value().startswith("Person ")
        field.fill("Mark")
        field.press("Enter")
        assert "Saved. “Jago Pascoe”: replace: [Mark]." in page.get_by_role("status").inner_text()
        # His first name alone is offered the same; each decision is in the key already.
        first = page.get_by_role("region", name="Jago", exact=True)
        assert first.get_by_label("A pseudonym").input_value() == "Mark"
        assert [each["becomes"] for each in _read_key("page.key")] == ["Mark"]
        first.get_by_role("button", name="Replace").click()
        page.goto(f"{served.address}/names/places")
        place = page.get_by_role("region", name="Bodmin")
        place.get_by_role("button", name="Generalise").click()
        assert "Fill in what it becomes" in page.get_by_role("alert").inner_text()
        place.get_by_label("Or words that say less").fill("[a town in Cornwall]")
        place.get_by_role("button", name="Generalise").click()
        page.goto(f"{served.address}/names/reached")
        page.get_by_role("button", name="Keep").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        # What the finders missed is added by hand, and only read as words.
        page.goto(f"{served.address}/missed")
        page.get_by_label("The words").fill("Old Bob")
        page.get_by_label("What they become").fill("Person 9")
        page.get_by_role("button", name="Save").click()
        assert "It stands in 1 place." in page.get_by_role("status").inner_text()
        check_only_ours(context, served)  # type: ignore[arg-type]
        # Every page, in both colours, for a screen reader.
        context.close()
        assert served.process.poll() is None
        with open_study("study") as opened:
            key = make_key()
            device = make_key()
            opened.add_link_key(hash_key(key), KeyHolder("Ruth", KeyRole.LEAD), ends_at=utc_now().replace(year=2100), alone=False)  # fmt: skip
            opened.swap_link_key(hash_key(key), hash_key(device), ends_at=utc_now().replace(year=2100))  # fmt: skip
        for colours in ("light", "dark"):
            context = open_device(chromium, color_scheme=colours)
            context.add_cookies([{"name": "review_device", "value": device, "url": served.address}])
            page = context.new_page()
            for path in ("/", "/names/people", "/names/people?show=decided", "/names/people/0", "/missed", "/nothing"):  # fmt: skip
                page.goto(served.address + path)
                assert run_axe(page) == [], path
            assert all("404" in fault for fault in context.faults), context.faults  # type: ignore[attr-defined]
    assert Path("page.err").read_text().count("Morwenna") == 0
    assert Path("page.key").stat().st_mode & 0o777 == 0o600
    # The workbook gives the same key for the same answers.
    assert themecode("pseudonymise", "find", "-o", "names.xlsx").status == 0
    import openpyxl

    book = openpyxl.load_workbook("names.xlsx")
    sheet = book["Names"]
    said = {
        "Jago Pascoe": ("replace", "Mark"), "Jago": ("replace", "Mark"),
        "Bodmin": ("generalise", "a town in Cornwall"), "07700 900 173": ("keep", ""),
    }  # fmt: skip
    for row in sheet.iter_rows(min_row=2):
        if str(row[0].value) in said:
            row[4].value, row[5].value = said[str(row[0].value)]
    sheet.append(["Old Bob", "person", None, None, "replace", "Person 9"])
    book.save("names.xlsx")
    assert themecode("pseudonymise", "decide", "names.xlsx", "--key", "book.key").status == 0
    assert _read_key("book.key") == _read_key("page.key")


def test_only_the_lead_gets_in_and_only_from_her_own_page(study: Path) -> None:
    with serve_names() as served:
        paths = [
            rule.rule.replace("<group>", "people").replace("<int:number>", "0").replace("<key>", "k" * 43)
            for rule in make_routes(NAMES_PAGES).iter_rules()
        ]  # fmt: skip
        with open_study("study") as opened:
            link, device = make_key(), make_key()
            opened.add_link_key(hash_key(link), KeyHolder("Dee", KeyRole.REVIEWER), ends_at=utc_now().replace(year=2100), alone=False)  # fmt: skip
            opened.swap_link_key(hash_key(link), hash_key(device), ends_at=utc_now().replace(year=2100))  # fmt: skip
        for cookies in ({}, {"review_device": "x" * 43}, {"review_device": device}):
            for path in paths:
                for method in ("GET", "POST", "PUT", "HEAD"):
                    said = Device(served.host, dict(cookies)).ask(
                        path, {"decision": "keep"} if method == "POST" else None, method=method
                    )
                    entering = cookies.get("review_device") == device and path.startswith("/enter")
                    refused = {403, 303, 405} if entering else {403, 405}
                    assert said.status in refused, (method, path)
                    assert "Jago" not in said.text
                    assert "default-src 'none'" in said.headers["Content-Security-Policy"]
        lead = Device(served.host)
        assert lead.enter(served.link).status == 303
        assert Device(served.host).ask(served.link.removeprefix(served.address)).status == 403
        page = lead.ask("/names/people")
        form = {
            name: page.field(name) for name in ("form_token", "answer_id", "seen")
        } | {"decision": "keep"}  # fmt: skip
        number = next(at for at in range(50) if f'value="{form["seen"]}"' in page.text and f'/names/people/{at}"' in page.text.rpartition(form["seen"])[0].rpartition("<form")[2])  # fmt: skip
        where = f"/names/people/{number}"
        assert lead.ask(where, {**form, "form_token": "no"}).status == 403
        assert lead.ask(where, form, headers={"Origin": "https://evil.example"}).status == 403
        assert lead.ask(where, form, headers={"Host": "evil.example"}).status == 403
        assert lead.ask(where, form, headers={"Sec-Fetch-Site": "cross-site"}).status == 403
        assert not Path("page.key").exists()
        assert lead.ask(where, form).status == 303
        assert len(_read_key("page.key")) >= 1
        # What was decided since the page was shown is not written over.
        assert lead.ask(where, {**form, "decision": "replace", "becomes": "Anna"}).status == 409
        assert {each["decision"] for each in _read_key("page.key")} == {"keep"}


def test_a_key_inside_the_study_is_refused_for_the_page_too(study: Path) -> None:
    ran = themecode("pseudonymise", "decide", "--page", "--key", "study/names.key")
    assert ran.status == 1
    assert "inside the study" in ran.err
