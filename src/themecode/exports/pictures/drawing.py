"""What every picture shares: paper, type, colours, and how it is saved.

Matplotlib draws them: it makes SVG and PNG alike, needs no browser and no network, and its licence
(PSF-like) lets anyone pass it on. It is loaded only when a picture is drawn.
"""

from __future__ import annotations

import html
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from themecode.errors import ThemecodeError
from themecode.exports.files import open_target

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Centimetres to inches, and the width of a page's text on A4.
CM = 1 / 2.54
PAGE_WIDTH = 16.0
#: Dots an inch: journals ask for 300 for pictures with lines and type.
DPI = 300
INK, SOFT, LINE, BAR = "#1f2a33", "#56646e", "#c3ccd2", "#2f6484"
#: One hue from light to dark: it reads the same to the colour-blind, and in grey.
RAMP = ("#f3f6f8", "#cfdfe8", "#9dbfd1", "#6299b4", "#2f6f93", "#134867")
#: Told apart by everyone, and of rising darkness (after Okabe and Ito 2008, reordered).
SERIES = (
    "#e69f00",
    "#56b4e9",
    "#009e73",
    "#d55e00",
    "#0072b2",
    "#7a3b69",
    "#333333",
    "#cc79a7",
    "#8a8f94",
)
_SALT = "themecode"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is drawn.

    Args:
        figure: matplotlib's.
        title: a caption, in a few words.
        alt: what it shows, with its numbers, for whoever cannot see it.
    """

    figure: Figure
    title: str
    alt: str

    def size(self) -> tuple[float, float]:
        """Width and height in centimetres."""
        width, height = self.figure.get_size_inches()
        return float(width) / CM, float(height) / CM


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of a size in centimetres."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width * CM, height * CM), facecolor="white", layout="constrained")


def style() -> Any:
    """How everything is drawn; a font that comes with matplotlib, so that every machine has it."""
    return {
        "font.family": ["DejaVu Sans"],
        "font.size": 8,
        "text.color": INK,
        "axes.edgecolor": LINE,
        "axes.labelcolor": INK,
        "axes.linewidth": 0.6,
        "xtick.color": SOFT,
        "ytick.color": INK,
        "xtick.labelsize": 8,
        "ytick.labelsize": 8,
        "svg.hashsalt": _SALT,
        "svg.fonttype": "path",
        "text.parse_math": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }


def save_picture(picture: Picture, target: Path) -> None:
    """Write a picture as SVG or PNG, as its name ends.

    Raises:
        ThemecodeError: the name says neither, or the file cannot be written.
    """
    kind = target.suffix.lower().lstrip(".")
    if kind not in ("svg", "png"):
        raise ThemecodeError(f"{target} has a name that says no picture: end it in .svg or .png.")
    content = picture_bytes(picture, kind)
    with open_target(target) as stream:
        stream.write(content)


def picture_bytes(picture: Picture, kind: str) -> bytes:
    """A picture as the bytes of an SVG or PNG file, the same for the same figures."""
    import matplotlib as mpl

    stream: BinaryIO = io.BytesIO()
    with mpl.rc_context(style()):
        if kind == "png":
            about = {"Software": None, "Title": picture.title, "Description": picture.alt}
            picture.figure.savefig(stream, format="png", dpi=DPI, metadata=about)
        else:
            picture.figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    assert isinstance(stream, io.BytesIO)
    content = stream.getvalue()
    return content if kind == "png" else _add_alt(content, picture)


def _add_alt(svg: bytes, picture: Picture) -> bytes:
    """The title and the description that a screen reader reads, in the SVG."""
    text = svg.decode()
    start = text.index(">", text.index("<svg ")) + 1
    head = text[:start].removesuffix(">").rstrip()
    told = (
        f'<title id="title">{html.escape(picture.title)}</title>'
        f'<desc id="desc">{html.escape(picture.alt)}</desc>'
    )
    return (f'{head} role="img" aria-labelledby="title desc">\n {told}{text[start:]}').encode()


def wrap(text: str, width: int = 28) -> str:
    """A label on as many lines as it takes."""
    import textwrap

    return "\n".join(textwrap.wrap(text, width)) or text


def list_some(parts: list[str], most: int = 12) -> str:
    """The first few of a list, as prose."""
    shown = "; ".join(parts[:most])
    return f"{shown}; and {len(parts) - most} more" if len(parts) > most else shown
