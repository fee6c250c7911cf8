"""A review set up: which excerpts are drawn, out of how many, and who reads which."""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from themecode.errors import ThemecodeError
from themecode.model import ADJUDICATOR, Code, Codebook, Span, Status, TurnKind, hash_words
from themecode.segments import cut_segments
from themecode.settle import Settled, Thresholds, is_machine, is_suggested
from themecode.store import (
    Choices,
    PlanOptions,
    Reviewer,
    ReviewItem,
    ReviewPlan,
    Sampled,
    Stratum,
)

if TYPE_CHECKING:
    from themecode.store import Study

#: A place in a study: transcript, turn, span.
_Place = tuple[str, int, Span]

#: Turns on each side of an uncoded passage whose content notes it is given: what is hard to read
#: seldom ends where the machine stops hearing it.
_NEARBY_TURNS = 1


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Excerpts of one passage, with the number that puts it in its place."""

    lot: str
    place: _Place
    stratum: Stratum
    code_id: str | None
    coding_ids: tuple[str, ...]
    topics: tuple[str, ...]


def find_topics(content_note: str | None) -> tuple[str, ...]:
    """The topics a content note names: they are parted by semicolons."""
    parts = (part.strip().rstrip(".").strip() for part in (content_note or "").split(";"))
    return tuple(dict.fromkeys(part[:1].lower() + part[1:] for part in parts if part))


def list_topics(codebook: Codebook) -> tuple[str, ...]:
    """Every topic the codebook warns of, in alphabetical order."""
    return tuple(
        sorted({topic for code in codebook.codes for topic in find_topics(code.content_note)})
    )


def check_name(name: str) -> str:
    """A reviewer's name, made tidy.

    Raises:
        ThemecodeError: it could be taken for somebody or something else.
    """
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > 80 or not any(letter.isalnum() for letter in tidy):
        raise ThemecodeError(
            "A reviewer needs a name of up to 80 letters. Give one with `--reviewer`."
        )
    if is_machine(tidy) or tidy.endswith(ADJUDICATOR) or re.search(r"[\x00-\x1f\x7f]", tidy):
        raise ThemecodeError(
            "A reviewer cannot be called that: the name would be taken for the machine's or an "
            "adjudicator's. Give another with `--reviewer`."
        )
    return tidy


def plan_review(
    study: Study,
    codebook: Codebook,
    options: PlanOptions,
    *,
    made_by: str,
    made_at: datetime,
    groups: Mapping[str, str] | None = None,
) -> ReviewPlan:
    """Draw excerpts for people to check, and give each to its readers.

    Suggestions, doubtful suggestions (candidates) and passages in which nothing was coded are each
    drawn at random, without replacement, so that what people find in the sample can be carried
    over to the study with the fraction drawn.

    Args:
        study: coded.
        codebook: the one in force.
        options: how many of each, who reads, blind or not.
        made_by: whoever plans.
        made_at: in UTC.
        groups: the group each reviewer speaks for, by name. None: as it was.

    Raises:
        ThemecodeError: there is nobody to read, or no such code.
    """
    names = tuple(dict.fromkeys(check_name(name) for name in options.reviewers))
    if not names:
        raise ThemecodeError("A review needs somebody to read. Name each with `--reviewer`.")
    wanted = _find_codes(codebook, options.codes)
    items, strata = draw_excerpts(study, codebook, options, wanted)
    nth = str(len(study.review_plans()))
    made_id = hash_words(study.state_hash("review"), nth, repr(options), made_at.isoformat())
    plan = ReviewPlan(made_id[:16], made_by, options, strata, made_at)
    items = tuple(
        ReviewItem(
            hash_words(plan.id, item.id)[:24],
            item.number,
            item.transcript_id,
            item.turn,
            item.span,
            item.stratum,
            item.code_id,
            item.coding_ids,
            item.topics,
        )
        for item in items
    )
    study.save_reviewers(
        Reviewer(name, (groups or {}).get(name, known.group if known else ""))
        for name, known in ((name, study.reviewers().get(name)) for name in names)
    )
    given = share_out(items, names, readers=options.readers, choices=study.choices())
    study.add_review_plan(plan, items, given)
    return plan


def _find_codes(codebook: Codebook, named: Sequence[str]) -> dict[str, Code]:
    """The codes of those names, or of the themes of those names; all where none is named."""
    found = {
        code.id: code
        for code in codebook.codes
        if not named or code.id in named or code.theme_id in named
    }
    known = {code.id for code in codebook.codes} | {theme.id for theme in codebook.themes}
    strange = [name for name in named if name not in known]
    if strange:
        raise ThemecodeError(
            f"The codebook has no code or theme {', '.join(strange)}. "
            "`themecode codebook show` lists them."
        )
    return found


def draw_excerpts(
    study: Study, codebook: Codebook, options: PlanOptions, wanted: Mapping[str, Code]
) -> tuple[tuple[ReviewItem, ...], dict[Stratum, Sampled]]:
    """The excerpts of a plan in their order, and how many were drawn of how many.

    The draw is by the smallest hash of seed and place: it is repeatable on any machine, and a
    larger sample holds the smaller one. Excerpts of one passage stay together.
    """
    # Here, so that the page, which draws nothing, need not wait for what writes Word and Excel.
    from themecode.flow.coders import find_coder
    from themecode.flow.outputs import settle_study

    settled = list(settle_study(study, codebook))
    pools = _pool_claims(settled, codebook, options, wanted, find_coder(study).thresholds)
    sizes = {Stratum.SUGGESTED: options.suggested, Stratum.CANDIDATE: options.candidates}
    drawn: list[_Drawn] = []
    strata: dict[Stratum, Sampled] = {}
    for stratum, size in sizes.items():
        pool = [each for each in pools if each.stratum is stratum]
        chosen = sorted(pool, key=_lot)[: len(pool) if size is None else size]
        strata[stratum] = Sampled(len(pool), len(chosen))
        drawn += chosen
    if options.uncoded != 0:
        chosen, population = _draw_uncoded(study, settled, codebook, options)
        strata[Stratum.UNCODED] = Sampled(population, len(chosen))
        drawn += chosen
    else:
        strata[Stratum.UNCODED] = Sampled(0, 0)
    telling = _list_telling(study, settled, codebook, options, drawn)
    ordered = _set_in_order(drawn, codebook, options, telling)
    return tuple(
        ReviewItem(
            each.lot,
            number,
            each.place[0],
            each.place[1],
            each.place[2],
            each.stratum,
            each.code_id,
            each.coding_ids,
            each.topics,
        )
        for number, each in enumerate(ordered, start=1)
    ), strata


def _lot(drawn: _Drawn) -> str:
    return drawn.lot


def _draw_lot(options: PlanOptions, place: _Place, code_id: str) -> str:
    transcript_id, _, span = place
    return hash_words(options.seed, transcript_id, f"{span.start}:{span.end}", code_id)


def _place_of(item: Settled) -> _Place:
    segment = item.coding.segment
    return segment.transcript_id, segment.turn, segment.span


def _pool_claims(
    settled: Iterable[Settled],
    codebook: Codebook,
    options: PlanOptions,
    wanted: Mapping[str, Code],
    thresholds: Thresholds,
) -> list[_Drawn]:
    """What may be drawn of what the machine claims: one a code and passage, or (blind) a passage."""
    notes = {code.id: find_topics(code.content_note) for code in codebook.codes}
    claims: dict[tuple[_Place, str | None], list[Settled]] = {}
    warned: dict[tuple[str, int], list[tuple[Span, tuple[str, ...]]]] = {}
    for item in settled:
        coding = item.coding
        if notes.get(coding.code_id):
            transcript_id, turn, span = _place_of(item)
            warned.setdefault((transcript_id, turn), []).append((span, notes[coding.code_id]))
        open_ = item.status in {Status.SUGGESTED, Status.CANDIDATE}
        if not is_machine(coding.coder) or coding.code_id not in notes:
            continue
        if options.blind:  # every claim on the passage will be answered, wanted or not
            claims.setdefault((_place_of(item), None), []).append(item)
        elif coding.code_id in wanted and (open_ or options.again):
            claims.setdefault((_place_of(item), coding.code_id), []).append(item)
    pool = []
    for (place, code_id), items in claims.items():
        open_items = [each for each in items if each.coding.code_id in wanted]
        if not options.again:
            open_items = [
                each for each in open_items if each.status in {Status.SUGGESTED, Status.CANDIDATE}
            ]
        if not open_items:
            continue
        sure = any(is_suggested(each.coding, thresholds) for each in open_items)
        first = {each.coding.code_id: each.coding.id for each in reversed(items)}
        pool.append(
            _Drawn(
                _draw_lot(options, place, code_id or ""),
                place,
                Stratum.SUGGESTED if sure else Stratum.CANDIDATE,
                code_id,
                tuple(sorted(first.values())),
                # Whatever is asked about, all of the words will be read.
                _join_topics(
                    topics for span, topics in warned.get(place[:2], ()) if span.overlaps(place[2])
                ),
            )
        )
    return pool


def _join_topics(topics: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(sorted({topic for each in topics for topic in each}))


def _draw_uncoded(
    study: Study, settled: Sequence[Settled], codebook: Codebook, options: PlanOptions
) -> tuple[list[_Drawn], int]:
    """A random sample of the passages in which nothing was coded, and how many there are."""
    notes = {code.id: find_topics(code.content_note) for code in codebook.codes}
    coded: dict[str, list[Settled]] = {
        transcript_id: list(group)
        for transcript_id, group in groupby(settled, key=lambda each: _place_of(each)[0])
    }
    population = 0

    def list_uncoded() -> Iterator[_Drawn]:
        nonlocal population
        for transcript in study.transcripts():
            here = coded.get(transcript.id, [])
            by_turn: dict[int, list[Settled]] = {}
            for item in here:
                by_turn.setdefault(item.coding.segment.turn, []).append(item)
            for turn in transcript.turns:
                if turn.kind is not TurnKind.PARTICIPANT:
                    continue
                taken = [each.coding.segment.span for each in by_turn.get(turn.number, ())]
                for segment in cut_segments(transcript, turn):
                    if len(segment.text.split()) < options.shortest:
                        continue
                    if any(segment.span.overlaps(span) for span in taken):
                        continue
                    population += 1
                    place = (transcript.id, turn.number, segment.span)
                    near = range(turn.number - _NEARBY_TURNS, turn.number + _NEARBY_TURNS + 1)
                    topics = _join_topics(
                        notes.get(each.coding.code_id, ())
                        for number in near
                        for each in by_turn.get(number, ())
                    )
                    lot = _draw_lot(options, place, "")
                    yield _Drawn(lot, place, Stratum.UNCODED, None, (), topics)

    if options.uncoded is None:
        chosen = sorted(list_uncoded(), key=_lot)
    else:
        chosen = heapq.nsmallest(options.uncoded, list_uncoded(), key=_lot)
    return chosen, population


def _list_telling(
    study: Study,
    settled: Iterable[Settled],
    codebook: Codebook,
    options: PlanOptions,
    drawn: Iterable[_Drawn],
) -> list[str]:
    """Ids of the drawn codings, those to be asked about first in front; none for a random order."""
    if options.first == "random":
        return []
    asked = {coding_id for each in drawn for coding_id in each.coding_ids}
    codings = [item.coding for item in settled if item.coding.id in asked]
    if options.first == "doubtful":
        return [
            each.id
            for each in sorted(
                codings,
                key=lambda each: (1.0 if each.confidence is None else each.confidence, each.id),
            )
        ]
    from themecode.flow.learning import order_queue

    return [each.id for each in order_queue(study, codebook, codings)]


def _mix_in(asked: Sequence[_Place], uncoded: Sequence[_Place]) -> list[_Place]:
    """Both in their own order, the uncoded spread evenly: stopping early leaves some of each read."""
    places = [((at + 0.5) / len(asked), 0, place) for at, place in enumerate(asked)]
    places += [((at + 0.5) / len(uncoded), 1, place) for at, place in enumerate(uncoded)]
    return [place for _, _, place in sorted(places, key=lambda each: each[:2])]


def _set_in_order(
    drawn: Sequence[_Drawn], codebook: Codebook, options: PlanOptions, telling: Sequence[str] = ()
) -> list[_Drawn]:
    """Passages in random order, their codes in the codebook's; hard ones set apart if they can be.

    The most telling come first where they are named; what is drawn stays as it is.
    """
    places = {code.id: at for at, code in enumerate(codebook.codes)}
    passages: dict[_Place, list[_Drawn]] = {}
    for each in drawn:
        passages.setdefault(each.place, []).append(each)
    lots = sorted(passages, key=lambda place: _draw_lot(options, place, "order"))
    if telling:
        rank = {coding_id: at for at, coding_id in enumerate(telling)}
        best = {
            place: min((rank[one] for each in group for one in each.coding_ids), default=-1)
            for place, group in passages.items()
        }
        asked = sorted((place for place in lots if best[place] >= 0), key=best.__getitem__)
        lots = _mix_in(asked, [place for place in lots if best[place] < 0])
    hard = [place for place in lots if any(each.topics for each in passages[place])]
    light = [place for place in lots if not any(each.topics for each in passages[place])]
    # Spread evenly, a light one first: nobody meets all the hard ones in a row.
    share = (len(lots) / len(hard)) if hard else 0
    ordered: list[_Place] = []
    met = 0
    while hard or light:
        due = hard and (not light or len(ordered) + 1 > (met + 0.5) * share)
        if due and ordered:
            ordered.append(hard.pop(0))
            met += 1
        else:
            ordered.append(light.pop(0) if light else hard.pop(0))
    return [
        each
        for place in ordered
        for each in sorted(passages[place], key=lambda one: places.get(one.code_id or "", -1))
    ]


def share_out(
    items: Sequence[ReviewItem],
    reviewers: Sequence[str],
    *,
    readers: int | None,
    choices: Mapping[str, Choices],
) -> dict[str, list[int]]:
    """Whose excerpts are whose: all of them everybody's, or each so many readers' in turn.

    A passage's excerpts go to the same people. Nobody is given a topic she opted out of.
    """
    given: dict[str, list[int]] = {name: [] for name in reviewers}
    passages = groupby(items, key=lambda item: (item.transcript_id, item.span))
    for turn, (_, group) in enumerate(passages):
        passage = list(group)
        topics = {topic for item in passage for topic in item.topics}
        if readers is None or readers >= len(reviewers):
            chosen: Sequence[str] = reviewers
        else:
            first = turn * readers % len(reviewers)
            rota = (*reviewers[first:], *reviewers[:first])
            able = [name for name in rota if not topics & choices.get(name, Choices()).opted_out]
            chosen = able[:readers]
        for name in chosen:
            given[name] += [item.number for item in passage]
    return given
