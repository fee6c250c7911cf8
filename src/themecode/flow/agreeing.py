"""What everybody said about passages, read out of a study; and who is compared with whom."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TYPE_CHECKING

from themecode.agreement import Passage, Place, Readings, SampledCell, Side
from themecode.agreement.readings import Unit
from themecode.consent import may_quote
from themecode.errors import ThemecodeError
from themecode.flow.coders import CoderInForce, find_coder
from themecode.model import (
    Codebook,
    Coding,
    Decision,
    Participant,
    Span,
    Transcript,
    Turn,
    TurnKind,
    Verdict,
)
from themecode.segments import cut_segments
from themecode.settle import group_decisions, is_machine, is_suggested
from themecode.store import Reply, ReviewAnswer, ReviewItem, ReviewPlan, Stratum
from themecode.store.review_queues import latest_answers
from themecode.suggest.coder import CODER

if TYPE_CHECKING:
    from themecode.store import Study

#: What the machine is called where two sides are compared.
MACHINE = "machine"
PEOPLE = "people"
#: More people than this are not all held against one another unless somebody asks.
_MOST_PAIRED = 4

#: Replies that say something about codes.
_READ = frozenset({Reply.YES, Reply.NO, Reply.ELSE})


@dataclass(frozen=True, slots=True)
class Gathered:
    """Everything coders said, and the random sample with what was said of it.

    Args:
        cells: the newest plan's sample, answered.
        read_suggested, read_uncoded: how many excerpts of each kind were answered.
        caution: why the answers so far may not speak for the whole sample. "": they do.
    """

    readings: Readings
    cells: tuple[SampledCell, ...]
    read_suggested: int
    read_uncoded: int
    caution: str = ""

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who read anything, in alphabetical order."""
        return tuple(sorted(name for name, said in self.readings.said.items() if name != CODER))


@dataclass(slots=True)
class _Said:
    """What coders said, as it is gathered."""

    said: dict[str, dict[Unit, bool]] = field(default_factory=dict)
    also: dict[str, set[Unit]] = field(default_factory=dict)
    notes: dict[tuple[str, Unit], str] = field(default_factory=dict)

    def say(self, coder: str, unit: Unit, answer: bool | None, note: str = "") -> None:
        """Keep an answer in place of the one before; None takes it away."""
        mine = self.said.setdefault(coder, {})
        if answer is None:
            mine.pop(unit, None)
        else:
            mine[unit] = answer
        if note.strip() and answer is not None:
            self.notes[coder, unit] = note.strip()

    def add(self, coder: str, unit: Unit) -> None:
        """Keep a code she added of her own accord."""
        self.also.setdefault(coder, set()).add(unit)


def gather_readings(
    study: Study, codebook: Codebook, *, groups: Mapping[str, str] | None = None
) -> Gathered:
    """Read what everybody said about which passage.

    Args:
        study: coded.
        codebook: the one in force; what was said about codes it no longer has is left out.
        groups: a coder's group by name, over what the review says of her.
    """
    codes = tuple(code.id for code in codebook.codes)
    coder = find_coder(study)
    codings = list(study.codings(machine=coder.name))
    items = study.every_review_item()
    answers = latest_answers(study.review_answers())
    gathered = _Said()
    rulings = _hear_decisions(codings, group_decisions(study.decisions()), gathered)
    _hear_answers(items, answers.values(), codes, gathered)
    places = {unit[0] for said in gathered.said.values() for unit in said}
    whole = _find_whole_coders(study, codings)
    places |= {(item.transcript_id, item.span) for item in items}
    wanted = sorted({place[0] for place in places} | {name for _, name in whole})
    participants = study.participants()
    passages: dict[Place, Passage] = {}
    lengths: dict[str, int] = {}
    by_transcript: dict[str, set[Span]] = {}
    for transcript_id, span in places:
        by_transcript.setdefault(transcript_id, set()).add(span)
    for transcript in study.transcripts(wanted):
        spans = by_transcript.get(transcript.id, set())
        if any(name == transcript.id for _, name in whole):
            spans |= set(_cut_all(transcript))
            lengths[transcript.id] = len(transcript.text)
        for span in sorted(spans):
            passage = _make_passage(transcript, span, participants)
            if passage is not None:
                passages[passage.place] = passage
    marked = _mark_whole(whole, passages, codes, gathered)
    claims = _machine_claims(codings, codebook, coder)
    _hear_machine(passages, claims, codes, gathered)
    known = set(codes)
    readings = Readings(
        passages,
        {
            coder: {unit: yes for unit, yes in said.items() if unit[1] in known}
            for coder, said in gathered.said.items()
            if said
        },
        {coder: frozenset(units) for coder, units in gathered.also.items()},
        gathered.notes,
        {
            **{name: each.group for name, each in study.reviewers().items()},
            **(groups or {}),
        },
        marked,
        lengths,
    )
    return Gathered(readings, *_sample(study, readings, answers, rulings, claims))


def _hear_decisions(
    codings: Sequence[tuple[Coding, Turn]],
    decisions: Mapping[str, Sequence[Decision]],
    gathered: _Said,
) -> dict[Unit, bool]:
    """What was decided about codings one by one; returns what adjudicators decided."""
    rulings: dict[Unit, bool] = {}
    made: list[tuple[Unit, str, Decision]] = []
    for coding, _ in codings:
        unit = ((coding.segment.transcript_id, coding.segment.span), coding.code_id)
        made += [(unit, coding.coder, each) for each in decisions.get(coding.id, ())]
    made.sort(key=lambda each: each[2].decided_at)
    own: dict[tuple[str, Unit], bool] = {}
    for unit, coder, decision in made:
        yes = {
            Verdict.ACCEPT: True,
            Verdict.REJECT: False,
            Verdict.RECODE: decision.recoded_to == unit[1],
        }.get(decision.verdict)
        if decision.is_ruling:
            if yes is not None:
                rulings[unit] = yes
        elif coder == decision.reviewer:
            own[coder, unit] = yes is True  # she added it herself: nobody put it before her
        else:
            gathered.say(decision.reviewer, unit, yes, decision.note)
            if decision.verdict is Verdict.RECODE and decision.recoded_to:
                gathered.add(decision.reviewer, (unit[0], decision.recoded_to))
    for (coder, unit), yes in own.items():
        if yes:
            gathered.add(coder, unit)
    return rulings


def _hear_answers(
    items: Iterable[ReviewItem],
    answers: Iterable[ReviewAnswer],
    codes: Sequence[str],
    gathered: _Said,
) -> None:
    """What was answered about excerpts, the latest last."""
    by_id = {item.id: item for item in items}
    for answer in sorted(answers, key=lambda each: each.answered_at):
        item = by_id.get(answer.item_id)
        if item is None:
            continue
        place = item.transcript_id, item.span
        read = answer.reply in _READ
        for code_id, yes in _read_answer(item, answer, codes):
            gathered.say(answer.reviewer, (place, code_id), yes if read else None, answer.note)
        if read and item.code_id is not None:
            for code_id in answer.codes:
                if code_id != item.code_id:
                    gathered.add(answer.reviewer, (place, code_id))


def _read_answer(
    item: ReviewItem, answer: ReviewAnswer, codes: Sequence[str]
) -> Iterator[tuple[str, bool]]:
    """Yes or no for each code the question put before her."""
    if item.code_id is None:
        chosen = set(answer.codes) if answer.reply is Reply.YES else set()
        for code_id in codes:
            yield code_id, code_id in chosen
        return
    yes = answer.reply is Reply.YES or (answer.reply is Reply.ELSE and item.code_id in answer.codes)
    yield item.code_id, yes


def _find_whole_coders(
    study: Study, codings: Sequence[tuple[Coding, Turn]]
) -> dict[tuple[str, str], dict[str, list[Span]]]:
    """People who coded whole transcripts, with the spans they gave each code.

    They are those the study says have been through the transcript, and those whose codings were
    brought in from another program: what they left uncoded there, they read and did not code.
    """
    people = {coding.coder for coding, _ in codings if not is_machine(coding.coder)}
    if not people:
        return {}
    asked = {answer.reviewer for answer in study.review_answers()}
    decided = {(each.reviewer, each.coding_id) for each in study.decisions()}
    passed = {name: set(study.coded_passes(name)) for name in people}
    whole: dict[tuple[str, str], dict[str, list[Span]]] = {
        (name, transcript_id): {} for name in people for transcript_id in passed[name]
    }
    for coding, _ in codings:
        key = coding.coder, coding.segment.transcript_id
        if coding.coder not in people:
            continue
        alone = (coding.coder, coding.id) in decided or coding.coder in asked
        if key in whole or not alone:
            whole.setdefault(key, {}).setdefault(coding.code_id, []).append(coding.segment.span)
    return whole


def _mark_whole(
    whole: Mapping[tuple[str, str], Mapping[str, Sequence[Span]]],
    passages: Mapping[Place, Passage],
    codes: Sequence[str],
    gathered: _Said,
) -> Mapping[tuple[str, str], Mapping[str, Sequence[Span]]]:
    for (coder, transcript_id), spans in whole.items():
        for place in passages:
            if place[0] != transcript_id:
                continue
            for code_id in codes:
                yes = any(place[1].overlaps(span) for span in spans.get(code_id, ()))
                gathered.say(coder, (place, code_id), yes)
    return whole


def _machine_claims(
    codings: Sequence[tuple[Coding, Turn]], codebook: Codebook, coder: CoderInForce
) -> dict[Place, dict[str, bool]]:
    """What the machine claims now at each place, and whether it is sure enough to count."""
    hashes = {code.id: code.sha256 for code in codebook.codes}
    claims: dict[Place, dict[str, bool]] = {}
    for coding, _ in codings:
        if coding.coder != coder.name or hashes.get(coding.code_id) != coding.code_sha256:
            continue
        here = claims.setdefault((coding.segment.transcript_id, coding.segment.span), {})
        sure = is_suggested(coding, coder.thresholds)
        here[coding.code_id] = here.get(coding.code_id, False) or sure
    return claims


def _hear_machine(
    passages: Mapping[Place, Passage],
    claims: Mapping[Place, Mapping[str, bool]],
    codes: Sequence[str],
    gathered: _Said,
) -> None:
    gathered.said[CODER] = {
        (place, code_id): claims.get(place, {}).get(code_id, False)
        for place in passages
        for code_id in codes
    }


def _make_passage(
    transcript: Transcript, span: Span, participants: Mapping[str, Participant]
) -> Passage | None:
    turn = next(
        (t for t in transcript.turns if t.span.start <= span.start and span.end <= t.span.end), None
    )
    if turn is None:
        return None
    who = participants.get(turn.participant_id or "")
    return Passage(
        transcript.id,
        turn.number,
        span,
        span.of(transcript.text),
        turn.participant_id or transcript.id,
        may_quote=may_quote(who),
    )


def _cut_all(transcript: Transcript) -> Iterator[Span]:
    for turn in transcript.turns:
        if turn.kind is TurnKind.PARTICIPANT:
            for segment in cut_segments(transcript, turn):
                yield segment.span


def _sample(
    study: Study,
    readings: Readings,
    answers: Mapping[tuple[str, str], ReviewAnswer],
    rulings: Mapping[Unit, bool],
    claims: Mapping[Place, Mapping[str, bool]],
) -> tuple[tuple[SampledCell, ...], int, int, str]:
    """The newest plan's sample with what people said, each weighted by how many it speaks for."""
    plan = study.review_plan()
    if plan is None:
        return (), 0, 0, ""
    heard: dict[str, list[ReviewAnswer]] = {}
    for (item_id, _), answer in answers.items():
        if answer.reply in _READ:
            heard.setdefault(item_id, []).append(answer)
    drawn = study.review_items()
    items = [item for item in drawn if item.id in heard]
    read = {stratum: sum(item.stratum is stratum for item in items) for stratum in Stratum}
    asked = {((item.transcript_id, item.span), item.code_id) for item in items}
    cells = []
    for item in items:
        place = item.transcript_id, item.span
        passage = readings.passages.get(place)
        if passage is None:
            continue
        weight = plan.strata[item.stratum].population / read[item.stratum]
        shares = _share_answers(item, heard[item.id])
        for code_id in {*shares, *(claims.get(place, {}) if item.code_id is None else ())}:
            people = shares.get(code_id, 0.0)
            if (place, code_id) in rulings:
                people = float(rulings[place, code_id])
            own = item.code_id is not None and code_id != item.code_id
            if own and ((place, code_id) in asked or claims.get(place, {}).get(code_id)):
                continue  # it has a question of its own, or was not missed
            sure = item.stratum is Stratum.SUGGESTED
            machine = sure if code_id == item.code_id else claims.get(place, {}).get(code_id, False)
            # Asked once for each code claimed there, she may add the same one each time.
            times = len(claims.get(place, {})) or 1
            cells.append(
                SampledCell(
                    passage.speaker, code_id, machine, people, weight / times if own else weight
                )
            )
    caution = _find_caution(plan, drawn, heard)
    return tuple(cells), read[Stratum.SUGGESTED], read[Stratum.UNCODED], caution


def _find_caution(plan: ReviewPlan, drawn: Sequence[ReviewItem], heard: Container[str]) -> str:
    """Why a review that is half done does not speak for the whole: the order was not random.

    Passages without a code are in a random order whatever comes first, so they do not count here.
    """
    if plan.options.first == "random":
        return ""
    ordered = [item for item in drawn if item.stratum is not Stratum.UNCODED]
    read = sum(item.id in heard for item in ordered)
    if read == len(ordered):
        return ""
    harder = {
        "teaching": "those that teach the machine most",
        "doubtful": "those it is least sure of",
    }[plan.options.first]
    return (
        f"Only {read} of the {len(ordered)} suggestions drawn have been read, and this review puts "
        f"{harder} first. Until all are read, these figures speak of the hardest and not of the "
        "study: its precision is most likely better than this."
    )


def _share_answers(item: ReviewItem, answers: Sequence[ReviewAnswer]) -> dict[str, float]:
    """By code, the share of readers who said it fits; the code asked about is always there."""
    counts: dict[str, int] = {} if item.code_id is None else {item.code_id: 0}
    for answer in answers:
        said = set(answer.codes) if answer.reply is not Reply.NO else set()
        if answer.reply is Reply.YES and item.code_id is not None:
            said.add(item.code_id)
        for code_id in said:
            counts[code_id] = counts.get(code_id, 0) + 1
    return {code_id: number / len(answers) for code_id, number in counts.items()}


def find_side(gathered: Gathered, name: str) -> Side:
    """The coders a name stands for: a person, a group, "people" or "machine".

    Raises:
        ThemecodeError: nobody of that name, or in that group, has read anything.
    """
    wanted = " ".join(name.split()).casefold()
    if wanted == MACHINE:
        return Side(MACHINE, (CODER,))
    if wanted == PEOPLE and gathered.people:
        return Side(PEOPLE, gathered.people)
    for person in gathered.people:
        if person.casefold() == wanted:
            return Side(person, (person,))
    groups = _find_groups(gathered)
    for group, members in groups.items():
        if wanted in (group.casefold(), f"{group.casefold()}s"):
            return Side(group, members)
    there = ", ".join((*gathered.people, *groups, PEOPLE, MACHINE))
    raise ThemecodeError(f"Nobody called {name} has answered anything. There are: {there}.")


def choose_pairs(gathered: Gathered) -> list[tuple[Side, Side]]:
    """Whom to compare where nobody says: groups, or else people, one with another."""
    groups = [Side(name, members) for name, members in _find_groups(gathered).items()]
    if len(groups) < 2:
        people = gathered.people
        groups = [Side(name, (name,)) for name in people] if len(people) <= _MOST_PAIRED else []
    return list(combinations(groups, 2))


def _find_groups(gathered: Gathered) -> dict[str, tuple[str, ...]]:
    groups: dict[str, tuple[str, ...]] = {}
    for person in gathered.people:
        group = gathered.readings.groups.get(person, "")
        if group:
            groups[group] = (*groups.get(group, ()), person)
    return dict(sorted(groups.items()))
