"""Which quotes stand in a report: proposed in balance, chosen by the researcher, checked when used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace
from math import floor

from themecode.consent import may_quote
from themecode.disclosure import Attribution, WhoIsFound
from themecode.model import COUNTED, Codebook, Memo, Participant, Status
from themecode.settle import Settled

QUOTE, NEGATIVE = "quote", "negative case"
#: A memo about a passage that begins so marks it as one.
_NEGATIVE_MARK = "negative case"


@dataclass(frozen=True, slots=True)
class PlannedQuote:
    """A passage that may be quoted in the report.

    Args:
        use: whether it is to be.
        kind: "quote", or "negative case" for one that goes against the theme's pattern.
        attribution: the role, where enough people hold it, and the pseudonym where asked for.
        checked: whether a person made or agreed to the coding.
        stale: whether the code's definition has changed since.
        finds: why a reader might find out who said it. Empty: nothing was seen that would.
        telling: whether it is the words themselves that might.
    """

    use: bool
    kind: str
    theme_id: str
    code_id: str
    participant: str
    attribution: str
    transcript: str
    turn: int
    start: int
    end: int
    text: str
    checked: bool
    stale: bool = False
    finds: str = ""
    telling: bool = False

    @property
    def key(self) -> tuple[str, str, int, int]:
        """The passage and its code."""
        return self.code_id, self.transcript, self.start, self.end


def find_negative_cases(memos: Iterable[Memo]) -> frozenset[str]:
    """What memos that begin "Negative case" are about."""
    return frozenset(
        memo.about for memo in memos if memo.text.strip().casefold().startswith(_NEGATIVE_MARK)
    )


def list_quotable(
    settled: Iterable[Settled],
    *,
    codebook: Codebook,
    participants: Mapping[str, Participant],
    negative: frozenset[str] = frozenset(),
    with_ids: bool = False,
    safe_ids: Container[str] = (),
) -> list[PlannedQuote]:
    """Every passage that counts and that consent allows to be quoted, best first under each code.

    Best: marked as a negative case, then made or agreed to by a person, then the machine's surest,
    then neither a few words nor a page.
    """
    signed = Attribution(participants, with_ids=with_ids, safe_ids=safe_ids)
    finding = WhoIsFound(participants)
    themes = {code.id: code.theme_id for code in codebook.codes}
    order = {code.id: at for at, code in enumerate(codebook.codes)}
    found: dict[tuple[str, str, int, int], tuple[tuple[object, ...], PlannedQuote]] = {}
    for item in settled:
        if item.status not in COUNTED or item.code_id not in themes:
            continue
        who = item.turn.participant_id or ""
        person = participants.get(who)
        if not may_quote(person):
            continue
        segment = item.coding.segment
        place = f"{segment.transcript_id}:{segment.span.start}-{segment.span.end}"
        marked = bool({f"segment:{place}", f"coding:{item.coding.id}"} & negative)
        quote = PlannedQuote(
            use=marked,
            kind=NEGATIVE if marked else QUOTE,
            theme_id=themes[item.code_id],
            code_id=item.code_id,
            participant=who,
            attribution=signed.of(item.turn.participant_id, item.turn.kind),
            transcript=segment.transcript_id,
            turn=segment.turn,
            start=segment.span.start,
            end=segment.span.end,
            text=segment.text,
            checked=item.status is not Status.SUGGESTED,
            stale=item.stale,
            finds=finding.why(who, segment.text),
            telling=bool(finding.hear(who, segment.text)),
        )
        sure = 1.0 if item.coding.confidence is None else item.coding.confidence
        words = len(segment.text.split())
        rank = (
            order[item.code_id], not marked, not quote.checked, -sure, not 8 <= words <= 90,
            segment.transcript_id, segment.span.start,
        )  # fmt: skip
        before = found.get(quote.key)
        if before is None or rank < before[0]:
            found[quote.key] = (rank, quote)
    return [quote for _, quote in sorted(found.values(), key=lambda each: each[0])]


def propose_quotes(
    quotable: Iterable[PlannedQuote], *, per_code: int = 3, max_share: float = 0.25
) -> list[PlannedQuote]:
    """Mark the quotes to use: a few a code, spread over people, nobody with more than a share.

    Under each theme, whoever has been quoted least comes next. A passage whose own words might find her
    is left for the researcher to choose. Where a theme has so few quotes or
    so few people that the share comes to less than one, each person may have one.

    Args:
        quotable: from `list_quotable`.
        per_code: how many a code at most.
        max_share: of a theme's quotes, the most that one person may have.

    Returns:
        All of them, in the same order, with `use` set.

    Raises:
        ValueError: a share that is not above 0 and at most 1.
    """
    if not 0 < max_share <= 1:
        raise ValueError(f"a share must be above 0 and at most 1, not {max_share}")
    quotes = list(quotable)
    chosen: set[int] = {at for at, quote in enumerate(quotes) if quote.use}
    for theme in dict.fromkeys(quote.theme_id for quote in quotes):
        places = [at for at, quote in enumerate(quotes) if quote.theme_id == theme]
        taken: list[int] = [at for at in places if at in chosen]
        used = Counter(_speaker(quotes[at]) for at in taken)
        texts = {(quotes[at].transcript, quotes[at].start) for at in taken}
        for code in dict.fromkeys(quotes[at].code_id for at in places):
            waiting = [
                at for at in places
                if quotes[at].code_id == code and at not in chosen and not quotes[at].telling
            ]  # fmt: skip
            here: Counter[str] = Counter()
            for _ in range(per_code):
                fresh = [
                    at for at in waiting if (quotes[at].transcript, quotes[at].start) not in texts
                ]
                if not fresh:
                    break
                best = min(
                    fresh,
                    key=lambda at: (here[_speaker(quotes[at])], used[_speaker(quotes[at])], at),
                )
                waiting.remove(best)
                taken.append(best)
                texts.add((quotes[best].transcript, quotes[best].start))
                used[_speaker(quotes[best])] += 1
                here[_speaker(quotes[best])] += 1
        chosen |= set(_keep_share(quotes, taken, max_share))
    return [replace(quote, use=at in chosen) for at, quote in enumerate(quotes)]


def _speaker(quote: PlannedQuote) -> str:
    return quote.participant or f"\0{quote.transcript}"


def _keep_share(quotes: list[PlannedQuote], taken: list[int], share: float) -> list[int]:
    """The quotes taken, less the last ones of whoever has more than the share."""
    kept = list(taken)
    while kept:
        most = max(1, floor(share * len(kept) + 1e-9))
        count = Counter(_speaker(quotes[at]) for at in kept)
        over = [
            at for at in kept
            if count[_speaker(quotes[at])] > most and quotes[at].kind != NEGATIVE
        ]  # fmt: skip
        if not over:
            break
        top = max(over, key=lambda at: (count[_speaker(quotes[at])], kept.index(at)))
        kept.remove(top)
    return kept
