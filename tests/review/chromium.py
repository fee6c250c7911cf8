"""A real Chromium, as Debian ships it, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from served import Served

PROGRAM = next(
    (
        found
        for name in ("chromium", "chromium-browser", "google-chrome")
        if (found := shutil.which(name))
    ),
    None,
)


@contextmanager
def open_chromium() -> Iterator[Browser]:
    if PROGRAM is None:
        pytest.fail("The tests of the review need Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        yield browser
        browser.close()


def open_device(browser: Browser, **options: Any) -> BrowserContext:
    """A device; `asked` collects every address it asks for, `faults` what goes wrong on its pages."""
    context = browser.new_context(**options)
    context.asked, context.faults = [], []  # type: ignore[attr-defined]
    context.on("request", lambda request: context.asked.append(request.url))  # type: ignore[attr-defined]
    context.on("weberror", lambda error: context.faults.append(str(error.error)))  # type: ignore[attr-defined]
    context.on(
        "console", lambda said: context.faults.append(said.text) if said.type == "error" else None
    )  # type: ignore[attr-defined]
    context.on("dialog", lambda dialog: (context.faults.append("a dialog"), dialog.dismiss()))  # type: ignore[attr-defined]
    context.set_default_timeout(20_000)
    return context


def enter(context: BrowserContext, link: str, *, start: bool = True) -> Page:
    """Open a link, press its button, and (a reviewer) press Start."""
    page = context.new_page()
    page.goto(link)
    page.get_by_role("button", name="Open my review").click()
    if start:
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**/excerpts/*")
    return page


def press_to(page: Page, wanted: str, key: str = "Enter") -> None:
    """Press Tab until what is wanted has the focus, then press a key on it."""
    said = "() => { const e = document.activeElement; return (e.labels && e.labels.length ? e.labels[0] : e).innerText || ''; }"
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate(said).strip().startswith(wanted):
            shown = page.evaluate(
                "() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0; }"
            )
            assert shown, f"the focus on {wanted} cannot be seen"
            page.keyboard.press(key)
            return
    pytest.fail(f"{wanted} cannot be reached by keyboard on {page.url}")


def show_words(page: Page) -> None:
    """Choose to read, where the words are hidden."""
    show = page.get_by_role("link", name="Show me the words")
    if show.count():
        show.click()


def check_only_ours(context: BrowserContext, served: Served) -> None:
    """Nothing was asked of anybody but this server."""
    hosts = {urlsplit(url).netloc for url in context.asked if not url.startswith("data:")}  # type: ignore[attr-defined]
    assert hosts == {served.host}


def run_axe(page: Page) -> list[str]:
    """What axe-core finds wrong with a page, by rule and place."""
    if not page.evaluate("() => typeof axe !== 'undefined'"):
        page.evaluate(
            files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
        )
    found = page.evaluate("() => axe.run({resultTypes: ['violations']})")
    return [
        f"{each['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:300]}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
