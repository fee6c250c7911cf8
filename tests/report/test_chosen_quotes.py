"""Which quotes are proposed, and which a plan puts in the report. All speech is invented."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import invented
import openpyxl
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from themecode.errors import ThemecodeError
from themecode.exports.report.quotes import (
    NEGATIVE,
    PlannedQuote,
    list_quotable,
    propose_quotes,
)
from themecode.flow.planning import read_plan, write_plan
from themecode.model import Consent, Participant, Status, TurnKind
from themecode.settle import Settled

BOOK = invented.codebook()


def quotable(
    *items: Settled, people: dict[str, Participant] | None = None, **how: object
) -> list[PlannedQuote]:
    return list_quotable(
        items, codebook=BOOK, participants=invented.people() if people is None else people, **how
    )  # fmt: skip


def many(count: int = 60, people: int = 6) -> list[PlannedQuote]:
    everyone = invented.people(people)
    return quotable(*invented.study(count, book=BOOK, participants=everyone), people=everyone)


def test_words_that_consent_holds_back_are_never_offered() -> None:
    people = invented.people(4, P01=Consent.NONE, P02=Consent.PARAPHRASE)
    items = [invented.settled(f"said by {who}", who=who, start=n * 100)
             for n, who in enumerate(("P01", "P02", "P03"))]  # fmt: skip
    assert [quote.text for quote in quotable(*items, people=people)] == ["said by P03"]


@pytest.mark.parametrize("status", [Status.CANDIDATE, Status.REJECTED, Status.DISPUTED])
def test_only_what_counts_is_offered(status: Status) -> None:
    assert quotable(invented.settled(status=status)) == []


def test_a_quote_is_signed_by_role_only_where_enough_people_hold_it() -> None:
    people = {
        f"P{n:02}": Participant(f"P{n:02}", "Woman" if n < 4 else "Midwife") for n in range(1, 5)
    }
    items = [invented.settled(who="P01"), invented.settled(who="P04", start=100)]
    assert [quote.attribution for quote in quotable(*items, people=people)] == [
        "Woman",
        "A participant",
    ]
    signed = [quote.attribution for quote in quotable(*items, people=people, with_ids=True)]
    assert signed == ["Woman, P01", "Midwife, P04"]


def test_a_speakers_label_never_signs_a_quote() -> None:
    item = invented.settled(who=None, kind=TurnKind.SUPPORT, speaker="Real Name")
    assert quotable(item)[0].attribution == "Someone supporting a participant"


def test_what_people_agreed_to_is_proposed_before_what_the_machine_suggests() -> None:
    items = [
        invented.settled("surely suggested by the machine and by nobody else", confidence=0.99),
        invented.settled("agreed to by a person though the machine was unsure", start=200,
                         confidence=0.5, status=Status.ACCEPTED),
    ]  # fmt: skip
    used = [quote.checked for quote in propose_quotes(quotable(*items), per_code=1) if quote.use]
    assert used == [True]


def test_words_that_might_find_her_are_offered_and_never_proposed() -> None:
    items = [
        invented.settled("I was in the hostel in 2009 and they all looked down on me"),
        invented.settled("I was in the hostel and they all of them looked down on me", start=200),
    ]
    told = {quote.text[:24]: quote for quote in propose_quotes(quotable(*items), per_code=3)}
    assert {each.telling: each.use for each in told.values()} == {True: False, False: True}


@settings(deadline=None)
@given(st.integers(1, 80), st.integers(1, 9), st.sampled_from([0.1, 0.25, 0.34, 0.5, 1.0]))
def test_nobody_has_more_than_the_share_of_a_themes_quotes(
    count: int, people: int, share: float
) -> None:
    quotes = propose_quotes(many(count, people), max_share=share)
    for theme in BOOK.themes:
        used = [quote for quote in quotes if quote.use and quote.theme_id == theme.id]
        most = Counter(quote.participant for quote in used).most_common(1)
        assert not most or most[0][1] <= max(1, int(share * len(used) + 1e-9))
        assert len({(quote.transcript, quote.start) for quote in used}) == len(used)


def test_one_participant_may_still_be_quoted() -> None:
    assert sum(quote.use for quote in propose_quotes(many(20, 1))) == len(BOOK.themes)


def test_a_marked_negative_case_is_always_proposed() -> None:
    items = [invented.settled(f"quote {n} of several words", start=n * 100) for n in range(5)]
    place = f"segment:interview-01:400-{400 + len('quote 4 of several words')}"
    quotes = propose_quotes(quotable(*items, negative=frozenset({place})), per_code=1)
    assert [quote.text for quote in quotes if quote.use and quote.kind == NEGATIVE] == [
        "quote 4 of several words"
    ]


@pytest.mark.parametrize("name", ["plan.xlsx", "plan.yaml"])
def test_a_plan_written_and_read_back_uses_the_same_quotes(name: str) -> None:
    quotes = propose_quotes(many())
    write_plan(quotes, Path(name), BOOK)
    first = Path(name).read_bytes()
    used, problems = read_plan(Path(name), quotes)
    assert problems == []
    assert [quote.key for quote in used] == [quote.key for quote in quotes if quote.use]
    write_plan(quotes, Path(name), BOOK)
    assert Path(name).read_bytes() == first


def rewrite(**changes: str) -> tuple[list[PlannedQuote], list[str]]:
    quotes = propose_quotes(
        quotable(invented.settled("it was two buses, and then a walk in the rain"))
    )
    write_plan(quotes, Path("plan.yaml"), BOOK)
    rows = yaml.safe_load(Path("plan.yaml").read_text("utf-8"))
    rows[0] |= changes
    Path("plan.yaml").write_text(yaml.safe_dump(rows), "utf-8")
    used, problems = read_plan(Path("plan.yaml"), quotes)
    return used, [str(problem) for problem in problems]


def test_a_researcher_may_shorten_a_quote_and_set_a_case_apart() -> None:
    used, problems = rewrite(quote="it was two buses […] in the rain", kind="negative case")
    assert (used[0].text, used[0].kind, problems) == (
        "it was two buses […] in the rain",
        NEGATIVE,
        [],
    )


def test_words_that_were_not_said_are_not_put_in_anybodys_mouth() -> None:
    used, problems = rewrite(quote="it was three buses")
    assert used[0].text == "it was two buses, and then a walk in the rain"
    assert "plan.yaml:1" in problems[0]
    assert "three" not in problems[0]


def test_a_coding_that_is_gone_is_left_out_and_told_of() -> None:
    used, problems = rewrite(code_id="gone")
    assert used == []
    assert "left out" in problems[0]


def test_an_excel_plan_is_edited_as_a_researcher_would() -> None:
    quotes = propose_quotes(many())
    write_plan(quotes, Path("plan.xlsx"), BOOK)
    book = openpyxl.load_workbook("plan.xlsx")
    sheet = book["Quotes"]
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, 1).value = "Yes" if row == 3 else ""
    book.save("plan.xlsx")
    used, problems = read_plan(Path("plan.xlsx"), quotes)
    assert [quote.key for quote in used] == [quotes[1].key]
    assert problems == []


@pytest.mark.parametrize("text", ["just words", "{a: 1}", "- [1]", "&a [*a]", "[" * 2000])
def test_what_is_no_plan_is_refused_kindly(text: str) -> None:
    Path("plan.yaml").write_text(text, "utf-8")
    with pytest.raises(ThemecodeError, match="not a plan of quotes"):
        read_plan(Path("plan.yaml"), [])
    Path("plan.xlsx").write_text(text, "utf-8")
    with pytest.raises(ThemecodeError, match="not a plan of quotes"):
        read_plan(Path("plan.xlsx"), [])


def test_formulas_in_a_quote_stay_text_in_the_plan() -> None:
    text = '=HYPERLINK("http://example.org")'
    quotes = quotable(invented.settled(text))
    write_plan(quotes, Path("plan.xlsx"), BOOK)
    cell = openpyxl.load_workbook("plan.xlsx")["Quotes"]["E2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
