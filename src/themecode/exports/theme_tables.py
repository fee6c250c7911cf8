"""Theme tables in Word: a table a theme with its codes, how many people, and what they said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

from themecode.consent import may_quote
from themecode.disclosure import Attribution
from themecode.exports import word
from themecode.exports.files import open_target
from themecode.model import COUNTED, Code, Codebook, Participant, Status, Theme
from themecode.settle import Settled
from themecode.wording import number_of

_HEADINGS = ("Code", "What it means", "People", "Quotes")
#: Twentieths of a point; together the text's width on A4, landscape.
_WIDTHS = (2500, 3500, 1500, 7050)
#: What people have agreed to is quoted before what only the machine suggests.
_RANK = {Status.CODED: 0, Status.ACCEPTED: 0, Status.RECODED: 0, Status.SUGGESTED: 1}


@dataclass(frozen=True, slots=True)
class StudyFacts:
    """What the tables say of the study they were made from.

    Args:
        title: of the study, as the document's title shows it.
        transcripts: how many, survey responses not among them.
        participants: how many.
        software_version: of themecode.
        codebook_version: of the codebook in use.
        made_on: the day to put on the document.
        responses: how many survey responses.
    """

    title: str
    transcripts: int
    participants: int
    software_version: str
    codebook_version: str
    made_on: date
    responses: int = 0


@dataclass(slots=True)
class _CodeTally:
    """What was said under one code."""

    people: set[str] = field(default_factory=set)
    passages: int = 0
    held_back: int = 0
    quotes: dict[str, list[_Quote]] = field(default_factory=dict)


@dataclass(slots=True)
class _Tally:
    """What was said in the study, and where its codings stand."""

    codes: dict[str, _CodeTally]
    people: set[str]
    statuses: Counter[Status]
    stale: int = 0


#: Best first when sorted: rank, confidence below 1, transcript, start; then the words, and by whom.
_Quote = tuple[int, float, str, int, str, str]


class ThemeTables:
    """Gathers the theme tables as codings go by, so that they need be read only once.

    Only counted codings are shown: a candidate, rejected or disputed one is neither quoted nor
    counted. Words of participants whose consent is `paraphrase` or `none` are counted, never
    quoted. Quotes go round the people in turn, so that no one speaks for all: those that people
    agreed to come first, then the machine's, most confident first.

    Args:
        codebook: its order is the tables' order.
        participants: everyone who took part, by id.
        quotes_per_code: how many at most. None: all.
    """

    def __init__(
        self,
        codebook: Codebook,
        participants: Mapping[str, Participant],
        *,
        quotes_per_code: int | None = 8,
    ) -> None:
        self._codebook = codebook
        self._participants = participants
        self._limit = quotes_per_code
        self._attribution = Attribution(participants)
        self._tally = _Tally(
            {code.id: _CodeTally() for code in codebook.codes}, set(participants), Counter()
        )
        self._seen: set[tuple[str, int, int, str]] = set()

    def count(self, settled: Iterable[Settled]) -> Iterator[Settled]:
        """Hand the codings on, keeping what the tables will show."""
        for item in settled:
            self._add(item)
            yield item

    def _add(self, item: Settled) -> None:
        tally = self._tally
        tally.statuses[item.status] += 1
        code = tally.codes.get(item.code_id)
        if item.status not in COUNTED or code is None:
            return
        segment, who = item.coding.segment, item.turn.participant_id
        key = (segment.transcript_id, segment.span.start, segment.span.end, item.code_id)
        if key in self._seen:
            return
        self._seen.add(key)
        code.passages += 1
        tally.stale += item.stale
        if who is not None:
            code.people.add(who)
            tally.people.add(who)
        participant = self._participants.get(who or "")
        if not may_quote(participant):
            code.held_back += 1
        else:
            _keep_quote(code, item, self._attribution.of(who, item.turn.kind), self._limit)

    def write(self, target: Path | BinaryIO, *, study: StudyFacts) -> None:
        """Write what was gathered as a Word document.

        Raises:
            ThemecodeError: the file cannot be written.
        """
        title = f"{study.title}: theme tables"
        with open_target(target) as stream:
            document = word.WordFile(stream, title=title, made_on=study.made_on)
            try:
                document.write(word.paragraph(title, word.TITLE))
                for text in _introduction(self._tally, self._codebook, study):
                    document.write(word.paragraph(text))
                for theme in self._codebook.themes:
                    _write_theme(document, theme, self._tally, self._limit)
                document.close()
            except BaseException:
                document.abandon()
                raise


def write_theme_tables(
    settled: Iterable[Settled],
    target: Path | BinaryIO,
    *,
    codebook: Codebook,
    participants: Mapping[str, Participant],
    study: StudyFacts,
    quotes_per_code: int | None = 8,
) -> None:
    """Write the theme tables of these codings as a Word document (see `ThemeTables`).

    Raises:
        ThemecodeError: the file cannot be written.
    """
    tables = ThemeTables(codebook, participants, quotes_per_code=quotes_per_code)
    for _ in tables.count(settled):
        pass
    tables.write(target, study=study)


def _keep_quote(code: _CodeTally, item: Settled, said_by: str, limit: int | None) -> None:
    coding = item.coding
    confidence = 1.0 if coding.confidence is None else coding.confidence
    segment = coding.segment
    speaker = item.turn.participant_id or f"{segment.transcript_id}\0{item.turn.speaker}"
    quotes = code.quotes.setdefault(speaker, [])
    quotes.append(
        (
            _RANK[item.status],
            -confidence,
            segment.transcript_id,
            segment.span.start,
            segment.text,
            said_by,
        )
    )
    if limit is not None and len(quotes) > 4 * limit + 16:  # no person can fill more than `limit`
        quotes.sort()
        del quotes[limit:]


def _balanced(quotes: Iterable[Sequence[_Quote]]) -> Iterator[_Quote]:
    """One quote of each person, then a second of each, and so on; the best first each time."""
    ranked = sorted(sorted(of_one) for of_one in quotes)
    for again in range(max(map(len, ranked), default=0)):
        yield from sorted(of_one[again] for of_one in ranked if len(of_one) > again)


def _held(study: StudyFacts) -> str:
    held = [number_of(study.transcripts, "transcript")]
    if study.responses:
        held.append(number_of(study.responses, "survey response"))
    return ", ".join(held)


def _introduction(tally: _Tally, codebook: Codebook, study: StudyFacts) -> Iterator[str]:
    made_on = f"{study.made_on.day} {study.made_on:%B %Y}"
    yield (
        f"Made on {made_on} with themecode {study.software_version}, from "
        f"{_held(study)} and "
        f"{number_of(study.participants, 'participant')}, with the codebook "
        f"“{codebook.title}” (version {study.codebook_version}). Beside each code stand the number "
        "of people who spoke of it, out of everyone who took part, and quotes that go round those "
        "people in turn. A quote is signed by role alone, and where fewer than three people have a "
        "role, by none. A code on a passage counts once."
    )
    yield _what_is_counted(tally)


def _what_is_counted(tally: _Tally) -> str:
    statuses = tally.statuses
    counted = sum(statuses[status] for status in COUNTED)
    if not counted:
        said = "Nothing is counted yet: no coding has been suggested, made or agreed to."
    elif statuses[Status.SUGGESTED] == counted:
        said = (
            f"All {number_of(counted, 'coding')} counted here were suggested by the machine and have "
            "not yet been checked by anyone."
            if counted > 1
            else "The one coding counted here was suggested by the machine and has not yet been "
            "checked by anyone."
        )
    elif alone := statuses[Status.SUGGESTED]:
        said = (
            f"Of the {number_of(counted, 'coding')} counted here, {alone:,} "
            f"{'was' if alone == 1 else 'were'} suggested by the machine and "
            f"{'has' if alone == 1 else 'have'} not yet been checked by anyone; people made "
            f"or agreed to the other {counted - alone:,}."
        )
    else:
        said = f"People made or agreed to every coding counted here ({counted:,})."
    waiting = statuses[Status.CANDIDATE] + statuses[Status.DISPUTED]
    if waiting:
        said += (
            f" {waiting:,} more {'waits' if waiting == 1 else 'wait'} for people to decide and "
            f"{'is' if waiting == 1 else 'are'} neither counted nor quoted."
        )
    if tally.stale:
        said += (
            f" {tally.stale:,} {'was' if tally.stale == 1 else 'were'} coded under an earlier "
            "definition of the code and should be looked at again."
        )
    return said


def _write_theme(
    document: word.WordFile, theme: Theme, tally: _Tally, quotes_per_code: int | None
) -> None:
    document.write(word.paragraph(theme.name, word.HEADING))
    document.write(word.paragraph(theme.definition, word.DEFINITION))
    if warned := "; ".join(theme.content_notes):
        document.write(word.paragraph(f"Before you read: {warned}.", word.CONTENT_NOTE))
    document.write(
        word.table_start(
            _HEADINGS,
            _WIDTHS,
            title=f"{theme.name}: codes, people and quotes",
            about=f"Each row is a code of the theme {theme.name}: its name, what it means, how "
            "many people spoke of it, and quotes.",
        )
    )
    for code in theme.codes:
        document.write(_row(code, tally, quotes_per_code))
    document.write(word.table_end())


def _row(code: Code, tally: _Tally, quotes_per_code: int | None) -> str:
    said = tally.codes[code.id]
    quotes, characters = _quotes_cell(said, quotes_per_code)
    people = word.paragraph(f"{len(said.people)} of {len(tally.people)}", word.CODE)
    if said.passages:
        people += word.paragraph(number_of(said.passages, "passage"), word.NOTE)
    cells = (
        word.paragraph(code.name, word.CODE),
        word.paragraph(code.definition, word.CELL),
        people,
        quotes,
    )
    return word.table_row(cells, _WIDTHS, characters=max(characters, len(code.definition) * 2))


def _quotes_cell(said: _CodeTally, limit: int | None) -> tuple[str, int]:
    """The cell's paragraphs, and how many characters they have."""
    if not said.passages:
        return word.paragraph("Nobody mentioned this.", word.NOTE), 0
    content, characters, shown = [], 0, 0
    signed: dict[str, str] = {}  # by who is said to have spoken: many share a line
    for *_, text, said_by in _balanced(said.quotes.values()):
        if limit is not None and shown == limit:
            break
        content.append(word.paragraph(f"“{text}”", word.QUOTE))
        if said_by not in signed:
            signed[said_by] = word.paragraph(f"— {said_by}", word.ATTRIBUTION)
        content.append(signed[said_by])
        characters += len(text) + 60  # the attribution's line
        shown += 1
    if shown < said.passages:
        content.append(
            word.paragraph(f"{shown} of {number_of(said.passages, 'passage')} shown.", word.NOTE)
        )
    if said.held_back:
        content.append(
            word.paragraph(
                f"{number_of(said.held_back, 'passage')} held back: consent does not allow quoting.",
                word.NOTE,
            )
        )
    return "".join(content), characters
