"""A study as one web page that needs nothing else: to read, to filter, to hand to the team.

The page holds its own style and script and asks for nothing from outside. It shows counted
codings only, quotes only where consent allows, and people by their role and the name the study
gives them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import BinaryIO

from themecode.consent import Gate
from themecode.disclosure import Attribution
from themecode.exports.coded_segments import evidence_sentence
from themecode.exports.files import open_target
from themecode.exports.theme_tables import StudyFacts
from themecode.model import COUNTED, Code, Codebook, Participant, Status, Theme
from themecode.settle import Settled
from themecode.wording import number_of

_FOLDER = Path(__file__).parent / "templates"
_STANDING = {
    Status.SUGGESTED: "suggested by the machine, not yet checked",
    Status.ACCEPTED: "agreed by a person",
    Status.RECODED: "moved here by a person",
    Status.CODED: "coded by a person",
}


@dataclass(slots=True)
class _CodeSection:
    """What the page shows of one code."""

    passages: list[Settled] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    held_back: int = 0


def write_page(
    target: Path | BinaryIO,
    *,
    settled: Iterable[Settled],
    codebook: Codebook,
    gate: Gate,
    study: StudyFacts,
) -> None:
    """Write the page.

    Args:
        target: the file.
        settled: the codings as they stand, by place.
        codebook: its order is the page's.
        gate: knows everyone who took part, and who may be quoted.
        study: what the page says of the study.
    """
    participants = gate.participants
    sections = {code.id: _CodeSection() for code in codebook.codes}
    seen: set[tuple[str, int, int, str]] = set()
    for each in settled:
        section = sections.get(each.code_id)
        segment = each.coding.segment
        key = (segment.transcript_id, segment.span.start, segment.span.end, each.code_id)
        if section is None or each.status not in COUNTED or key in seen:
            continue
        seen.add(key)
        who = each.turn.participant_id
        if who is not None:
            section.people.add(who)
        if gate.lets_through(who):
            section.passages.append(each)
        else:
            section.held_back += 1
    with open_target(target) as stream:
        for piece in _make_page(sections, codebook, participants, study):
            stream.write(piece.encode("utf-8", "replace"))


def _make_page(
    sections: Mapping[str, _CodeSection],
    codebook: Codebook,
    participants: Mapping[str, Participant],
    study: StudyFacts,
) -> Iterator[str]:
    style, script = (
        (_FOLDER / name).read_text(encoding="utf-8") for name in ("page.css", "page.js")
    )
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    title = f"{study.title}: what people said"
    yield (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="robots" content="noindex, nofollow">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#themes">Skip to what people said</a>\n'
        f"<header><h1>{escape(study.title)}</h1>\n"
    )
    yield from _introduce(sections, study)
    yield "</header>\n"
    yield _make_filters(sections, codebook, participants)
    yield '<main id="themes">\n'
    for theme in codebook.themes:
        yield from _make_theme(theme, sections, participants)
    yield f"</main>\n<script>{script}</script>\n</body>\n</html>\n"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _introduce(sections: Mapping[str, _CodeSection], study: StudyFacts) -> Iterator[str]:
    shown = [each for section in sections.values() for each in section.passages]
    unchecked = sum(each.status is Status.SUGGESTED for each in shown)
    held_back = sum(section.held_back for section in sections.values())
    made_on = f"{study.made_on.day} {study.made_on:%B %Y}"
    held = number_of(study.transcripts, "transcript")
    if study.responses:
        held += f", {number_of(study.responses, 'survey response')}"
    yield (
        f"<p>{held} and {number_of(study.participants, 'participant')}; codebook version "
        f"{escape(study.codebook_version)}, themecode {escape(study.software_version)}, {made_on}.</p>\n"
    )
    if unchecked:
        yield (
            f"<p><strong>{unchecked:,} of the {number_of(len(shown), 'passage')} here "
            f"{'was' if unchecked == 1 else 'were'} suggested by the machine and nobody has checked them yet.</strong> Those it is unsure of are not shown."
            "</p>\n"
        )
    if held_back:
        yield (
            f"<p>{held_back:,} more {'is' if held_back == 1 else 'are'} counted and not shown: "
            "the people who said them did not agree to be quoted.</p>\n"
        )
    yield (
        "<p>These are people’s own words about hard things. Please keep this page to the team, "
        "and read it somewhere private.</p>\n"
    )


def _make_filters(
    sections: Mapping[str, _CodeSection],
    codebook: Codebook,
    participants: Mapping[str, Participant],
) -> str:
    shown = [each for section in sections.values() for each in section.passages]
    people = sorted({each.turn.participant_id for each in shown if each.turn.participant_id})
    roles = sorted({role for who in people if (role := _role(participants.get(who)))})
    themes = [(theme.id, theme.name) for theme in codebook.themes]
    return (
        '<form class="filters" hidden aria-label="Choose what to show">\n'
        + _make_choice("theme", "Theme", "All themes", themes)
        + _make_choice("role", "Role", "Everyone", [(role, role) for role in roles])
        + _make_choice("person", "Participant", "Everyone", [(who, who) for who in people])
        + '<p class="choice"><label for="words">Words</label>'
        '<input id="words" type="search" autocomplete="off"></p>\n'
        '<p class="choice"><button type="reset">Show all</button></p>\n'
        '<p id="shown" role="status"></p>\n</form>\n'
    )


def _make_choice(name: str, label: str, everything: str, choices: Sequence[tuple[str, str]]) -> str:
    options = "".join(
        f'<option value="{escape(value)}">{escape(text)}</option>' for value, text in choices
    )
    return (
        f'<p class="choice"><label for="{name}">{label}</label><select id="{name}">'
        f'<option value="">{everything}</option>{options}</select></p>\n'
    )


def _make_theme(
    theme: Theme, sections: Mapping[str, _CodeSection], participants: Mapping[str, Participant]
) -> Iterator[str]:
    people = set().union(*(sections[code.id].people for code in theme.codes))
    yield (
        f'<section class="theme" data-theme="{escape(theme.id)}" aria-labelledby="{_anchor(theme.id)}">\n'
        f'<h2 id="{_anchor(theme.id)}">{escape(theme.name)}</h2>\n'
        f"<p>{escape(theme.definition)}</p>\n"
        f'<p class="count">{len(people):,} of {number_of(len(participants), "person", "people")} spoke of this.</p>\n'
    )
    for code in theme.codes:
        yield from _make_code(code, sections[code.id], participants)
    yield "</section>\n"


def _make_code(
    code: Code, section: _CodeSection, participants: Mapping[str, Participant]
) -> Iterator[str]:
    count = len(section.passages) + section.held_back
    passages = number_of(count, "passage")
    yield (
        f'<section class="code" aria-labelledby="{_anchor(code.id)}">\n'
        f'<h3 id="{_anchor(code.id)}">{escape(code.name)}</h3>\n<p>{escape(code.definition)}</p>\n'
        f'<p class="count">{len(section.people):,} of {number_of(len(participants), "person", "people")}, {passages}.</p>\n'
    )
    if section.passages:
        if code.content_note:
            note = code.content_note.rstrip(".")
            yield (
                f"<details><summary>Before you read: {escape(note)}. Show the passages.</summary>\n"
            )
        for each in section.passages:
            yield _make_passage(each, participants)
        if code.content_note:
            yield "</details>\n"
    if section.held_back:
        yield (
            f'<p class="count">{section.held_back:,} held back: consent does not allow quoting.</p>\n'
        )
    yield "</section>\n"


def _make_passage(each: Settled, participants: Mapping[str, Participant]) -> str:
    segment, who = each.coding.segment, each.turn.participant_id
    participant = participants.get(who or "")
    standing = _STANDING[each.status]
    if each.stale:
        standing += "; the code’s definition has changed since, so look again"
    reasons = evidence_sentence(each.coding.evidence)
    why = (
        f"<details class=why><summary>Why</summary><p>{escape(reasons)}</p></details>"
        if reasons
        else ""
    )
    return (
        f'<article data-role="{escape(_role(participant))}" data-person="{escape(who or "")}">'
        f'<blockquote dir="auto">{escape(segment.text)}</blockquote>'
        f'<p class="who">{escape(_name_speaker(each, participant))}. '
        f"{escape(segment.transcript_id)}, turn {segment.turn}: {standing}.</p>{why}</article>\n"
    )


def _name_speaker(item: Settled, participant: Participant | None) -> str:
    """Who said a passage. The page is the team's own, so people keep the study's names for them."""
    everyone = {participant.id: participant} if participant else {}
    return Attribution(everyone, with_ids=True).of(item.turn.participant_id, item.turn.kind)


def _role(participant: Participant | None) -> str:
    return (participant.role or "") if participant else ""


def _anchor(name: str) -> str:
    return "to-" + "".join(letter if letter.isalnum() else "-" for letter in name)
