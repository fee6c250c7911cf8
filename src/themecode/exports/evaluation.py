"""How well the machine codes, as a Word page for a report's appendix or a team's meeting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from themecode.exports.files import write_atomically
from themecode.exports.word import (
    ATTRIBUTION,
    BODY,
    CELL,
    DEFINITION,
    HEADING,
    TITLE,
    WordFile,
    paragraph,
    table_end,
    table_row,
    table_start,
)

if TYPE_CHECKING:
    from themecode.evaluate import Evaluation, Figures
    from themecode.evaluate.account import Confusion, Mistake, Reading, Reliability
    from themecode.evaluate.resample import Interval
    from themecode.model import Codebook

_FIGURE_WIDTHS = (3000, 900, 1000, 1050, 900, 1600, 1600)
_SMALL_WIDTHS = (3600, 3600, 1400)
#: As many characters of a turn as a line of mistakes holds.
_SHOWN = 400


def write_evaluation(
    path: Path,
    *,
    coder: str,
    evaluation: Evaluation,
    intervals: Mapping[str, Mapping[str, Interval]],
    confusions: Sequence[Confusion],
    misses: Sequence[Mistake],
    alarms: Sequence[Mistake],
    reliability: Sequence[Reliability],
    error: float | None,
    reading: Reading,
    parts: Sequence[tuple[str, float | None, float | None]],
    words: Mapping[tuple[str, int], str],
    codebook: Codebook,
    made_on: date,
) -> None:
    """Write the page, whole or not at all; the same figures give the same bytes."""
    with write_atomically(path, mode="wb") as stream:
        file = WordFile(stream, title="How well the machine codes", made_on=made_on)
        try:
            for xml in (
                *_introduce(coder, evaluation, codebook, made_on),
                *_write_figures(
                    "Themes", evaluation.by_theme, evaluation.themes, intervals, codebook, "theme"
                ),
                *_write_figures(
                    "Codes", evaluation.by_code, evaluation.codes, intervals, codebook, "code"
                ),
                *_write_reading(reading, reliability, error),
                *_write_parts(parts),
                *_write_confusions(confusions, codebook),
                *_write_mistakes("The worst misses", misses, words, codebook),
                *_write_mistakes("The worst false alarms", alarms, words, codebook),
            ):
                file.write(xml)
        except BaseException:
            file.abandon()
            raise
        file.close()


def _introduce(
    coder: str, evaluation: Evaluation, codebook: Codebook, made_on: date
) -> Iterator[str]:
    yield paragraph("How well the machine codes", TITLE)
    yield paragraph(
        f"{codebook.title}, version {codebook.version}. {evaluation.units:,} turns coded by people, "
        f"{evaluation.coded_units:,} of them with a code; the machine is {coder}. "
        f"{made_on.day} {made_on:%B %Y}.",
        DEFINITION,
    )
    yield paragraph(
        "Each turn and code is one yes-or-no decision; a theme applies where any of its codes does. "
        "Precision is the share of the machine’s codings that people gave too, recall the share of people’s "
        "codings that the machine found, F1 their harmonic mean, and kappa agreement beyond chance (Cohen "
        "1960). In brackets: how far a figure could have come out otherwise, had other interviews been "
        "coded (95%, transcripts drawn again).",
        BODY,
    )


def _write_figures(
    title: str,
    pooled: Figures,
    each: Sequence[Figures],
    intervals: Mapping[str, Mapping[str, Interval]],
    codebook: Codebook,
    name: str,
) -> Iterator[str]:
    names = {theme.id: theme.name for theme in codebook.themes}
    names |= {code.id: code.name for code in codebook.codes}
    headings = ("", "People", "Machine", "Precision", "Recall", "F1", "Kappa")
    yield paragraph(title, HEADING)
    yield table_start(
        headings, _FIGURE_WIDTHS, title=title, about="Agreement of the machine with people"
    )
    yield _figures_row(f"All {title.lower()}", pooled, intervals.get(name, {}))
    for figures in each:
        if figures.both + figures.missed + figures.extra:
            yield _figures_row(names[figures.id], figures, intervals.get(figures.id, {}))
    yield table_end()
    yield paragraph("", BODY)


def _figures_row(name: str, figures: Figures, spans: Mapping[str, Interval]) -> str:
    cells = (
        name,
        f"{figures.positives:,}",
        f"{figures.both + figures.extra:,}",
        _share(figures.precision),
        _share(figures.recall),
        _with_span(figures.f1, spans.get("f1")),
        _with_span(figures.kappa, spans.get("kappa")),
    )
    return _row(cells, _FIGURE_WIDTHS)


def _write_reading(
    reading: Reading, reliability: Sequence[Reliability], error: float | None
) -> Iterator[str]:
    yield paragraph("What it costs to read", HEADING)
    found = "–" if reading.found is None else f"{reading.found:.0%}"
    lines = [
        f"It offers {reading.offered_a_turn:.1f} codes a turn, among them {found} of people’s codings."
    ]
    if reading.suggested_a_thousand is not None:
        lines.append(
            f"In turns that people left uncoded it suggests {reading.suggested_a_thousand:.1f} codings a "
            f"thousand words."
        )
    if reading.work_saved is not None:
        lines.append(
            "To meet 95% of the turns that carry a code, reading the surest first saves "
            f"{max(reading.work_saved, 0):.0%} over reading at random (Cohen et al. 2006)."
        )
    yield paragraph(" ".join(lines), BODY)
    if error is None:
        return
    yield paragraph(
        f"Its confidence is {error:.2f} from how often it is right, on average over its claims.",
        BODY,
    )
    widths = (2000, 1400, 2000, 2000)
    headings = ("Confidence", "Claims", "Mean confidence", "Share right")
    yield table_start(headings, widths, title="Confidence", about="How often claims were right")
    for row in reliability:
        cells = (
            f"{row.low:.1f} to {row.low + 0.1:.1f}",
            f"{row.claims:,}",
            f"{row.said:.2f}",
            f"{row.right:.2f}",
        )
        yield _row(cells, widths)
    yield table_end()
    yield paragraph("", BODY)


def _write_parts(parts: Sequence[tuple[str, float | None, float | None]]) -> Iterator[str]:
    if not parts:
        return
    yield paragraph("What each part suggests by itself", HEADING)
    headings = ("Part", "F1 by code", "F1 by theme")
    yield table_start(headings, _SMALL_WIDTHS, title="Parts", about="F1 of each part by itself")
    for name, code, theme in parts:
        yield _row((name, _share(code), _share(theme)), _SMALL_WIDTHS)
    yield table_end()
    yield paragraph("", BODY)


def _write_confusions(confusions: Sequence[Confusion], codebook: Codebook) -> Iterator[str]:
    if not confusions:
        return
    names = {code.id: code.name for code in codebook.codes}
    yield paragraph("Codes taken for one another", HEADING)
    headings = ("People said", "The machine said instead", "Turns")
    yield table_start(headings, _SMALL_WIDTHS, title="Confusions", about="Codes taken for another")
    for each in confusions:
        cells = (
            names.get(each.people, each.people),
            names.get(each.machine, each.machine),
            f"{each.turns:,}",
        )
        yield _row(cells, _SMALL_WIDTHS)
    yield table_end()
    yield paragraph("", BODY)


def _write_mistakes(
    title: str,
    mistakes: Sequence[Mistake],
    words: Mapping[tuple[str, int], str],
    codebook: Codebook,
) -> Iterator[str]:
    if not mistakes:
        return
    names = {code.id: code.name for code in codebook.codes}
    yield paragraph(title, HEADING)
    for each in mistakes:
        said = words.get((each.transcript_id, each.turn or 0), "")
        if len(said) > _SHOWN:
            said = said[:_SHOWN].rsplit(" ", 1)[0] + " …"
        sure = "not offered" if each.confidence is None else f"confidence {each.confidence:.2f}"
        yield paragraph(said or "(Not shown: consent does not allow quoting.)", BODY)
        yield paragraph(
            f"{names.get(each.code, each.code)} ({sure}). {each.transcript_id}, turn {each.turn or each.start}",
            ATTRIBUTION,
        )


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return table_row(
        [paragraph(cell, CELL) for cell in cells], widths, characters=max(map(len, cells))
    )


def _with_span(value: float | None, span: Interval | None) -> str:
    return _share(value) if span is None else f"{_share(value)} ({span[0]:.2f}–{span[1]:.2f})"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
