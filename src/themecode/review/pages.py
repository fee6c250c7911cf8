"""Pages: templates that ship with themecode, style and script inside them, nothing from elsewhere."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from themecode.flow.reviewing import say_minutes

if TYPE_CHECKING:
    from jinja2 import Environment

#: What a reviewer may choose about how pages look; kept on her device alone.
LOOKS: dict[str, tuple[str, ...]] = {
    "size": ("usual", "large", "largest"),
    "contrast": ("usual", "high"),
    "colours": ("device", "light", "dark"),
}


def render(template: str, **values: Any) -> str:
    """A page; everything put into it is escaped."""
    return (
        _environment()
        .get_template(template)
        .render(style=_read("review.css"), script=_read("review.js"), **values)
    )


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("themecode.review"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["minutes"] = say_minutes
    made.filters["join_topics"] = join_topics
    made.filters["number"] = lambda number: f"{number:,}"
    made.filters["capital"] = lambda text: text[:1].upper() + text[1:]
    return made


@cache
def _read(name: str) -> str:
    return files("themecode.review").joinpath("static", name).read_text(encoding="utf-8")


def join_topics(topics: tuple[str, ...]) -> str:
    """Topics as someone would say them: "violence, abuse in childhood and child removal"."""
    if len(topics) < 2:
        return "".join(topics)
    return f"{', '.join(topics[:-1])} and {topics[-1]}"


def read_look(cookie: str | None) -> dict[str, str]:
    """How pages are to look on this device; what is not understood is as usual."""
    given = (cookie or "").split(".")
    return {
        name: next((each for each in given if each in options[1:]), options[0])
        for name, options in LOOKS.items()
    }
