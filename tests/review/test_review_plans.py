"""What is drawn for a review, out of how many, and who reads it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from review_field import excerpts, plan, reply

from themecode.errors import ThemecodeError
from themecode.flow.review_plans import find_topics
from themecode.flow.reviewing import pass_on, save_choices
from themecode.store import Choices, Stratum, Study


def test_a_plan_says_how_much_was_drawn_out_of_how_much(study: Study) -> None:
    made = plan(study, suggested=5, candidates=None, uncoded=3)
    drawn = Counter(item.stratum for item in study.review_items())
    assert made.strata[Stratum.SUGGESTED].drawn == drawn[Stratum.SUGGESTED] == 5
    # Four people: removal and childcare in one answer; judged in another.
    assert made.strata[Stratum.SUGGESTED].population == 12
    assert made.strata[Stratum.UNCODED].population == 4 * 2
    assert made.strata[Stratum.UNCODED].fraction == 3 / 8
    assert study.review_plan() == made


def test_the_draw_is_the_same_for_the_same_seed_and_a_larger_one_holds_it(study: Study) -> None:
    def draw(**options: object) -> list[tuple[object, ...]]:
        plan(study, **options)
        return [(each.transcript_id, each.span, each.code_id) for each in study.review_items()]

    small = draw(suggested=4, uncoded=2)
    assert draw(suggested=4, uncoded=2) == small
    assert set(small) < set(draw(suggested=8, uncoded=4))
    assert draw(suggested=4, uncoded=2, seed="2") != small


def test_uncoded_passages_overlap_nothing_that_was_coded_and_are_not_grunts(study: Study) -> None:
    plan(study, uncoded=None, suggested=None)
    items = study.review_items()
    quiet = [item for item in items if item.stratum is Stratum.UNCODED]
    assert len(quiet) == 8 and all(item.code_id is None for item in quiet)
    for item in quiet:
        assert not any(
            item.transcript_id == other.transcript_id and item.span.overlaps(other.span)
            for other in items
            if other.stratum is not Stratum.UNCODED
        )
        said = study.transcript(item.transcript_id).text[item.span.start : item.span.end]
        assert len(said.split()) >= 5


def test_shared_excerpts_are_everybodys_and_split_ones_one_persons(study: Study) -> None:
    plan(study, "Dee", "Eve", "Fay")
    assert len({excerpts(study, name) for name in ("Dee", "Eve", "Fay")}) == 1
    plan(study, "Dee", "Eve", "Fay", readers=1)
    hers = [excerpts(study, name) for name in ("Dee", "Eve", "Fay")]
    numbers = [item.number for each in hers for item in each]
    assert sorted(numbers) == [item.number for item in study.review_items()]
    plan(study, "Dee", "Eve", "Fay", readers=2)
    numbers = [item.number for name in ("Dee", "Eve", "Fay") for item in excerpts(study, name)]
    assert set(Counter(numbers).values()) == {2}


def test_blind_excerpts_ask_which_codes_fit_and_show_no_claim(study: Study) -> None:
    plan(study, blind=True, suggested=None)
    items = study.review_items()
    assert all(item.code_id is None for item in items)
    both = next(item for item in items if len(item.coding_ids) == 2)
    assert both.topics == ("child removal",)


def test_a_topic_somebody_opts_out_of_goes_to_somebody_else(study: Study) -> None:
    plan(study, "Dee", "Eve", "Fay", readers=1, suggested=None)
    before = {name: excerpts(study, name) for name in ("Dee", "Eve", "Fay")}
    hard = [item for item in before["Dee"] if item.topics]
    assert hard
    save_choices(study, "Dee", Choices(frozenset({"child removal"}), started=True))
    assert not any(item.topics for item in excerpts(study, "Dee"))
    elsewhere = {item.id for name in ("Eve", "Fay") for item in excerpts(study, name)}
    assert {item.id for item in hard} <= elsewhere
    # In a new plan too, she is given none from the start.
    plan(study, "Dee", "Eve", "Fay", readers=1, suggested=None)
    assert not any(item.topics for item in excerpts(study, "Dee"))


def test_an_excerpt_nobody_may_read_is_given_to_nobody(study: Study) -> None:
    plan(study, readers=1, suggested=None)
    for name in ("Dee", "Eve"):
        save_choices(study, name, Choices(frozenset({"child removal"})))
    hard = [item for item in study.review_items() if item.topics]
    assert hard and pass_on(study, "Dee", hard) == 0


def test_an_excerpt_passed_on_is_done_for_her_and_somebody_elses(study: Study) -> None:
    plan(study, readers=1)
    item = excerpts(study, "Dee")[0]
    reply(study, "Dee", item, "passed")
    assert item in excerpts(study, "Eve")
    assert not list(study.decisions())


def test_hard_excerpts_are_spread_among_the_light_ones(study: Study) -> None:
    plan(study, suggested=None, uncoded=None)
    hard = [bool(item.topics) for item in study.review_items()]
    assert not hard[0]
    gaps = [at for at, flag in enumerate(hard) if not flag]
    assert max(later - earlier for earlier, later in pairwise(gaps)) <= 6


def test_topics_are_the_parts_of_a_content_note() -> None:
    assert find_topics("Child removal; suicide or self-harm.") == (
        "child removal",
        "suicide or self-harm",
    )
    assert find_topics(None) == find_topics(" ; ") == ()


@pytest.mark.parametrize("name", ["", "  ", "themecode/cues@1", "Ruth (adjudicator)", "x" * 81])
def test_nobody_is_called_what_could_be_taken_for_somebody_else(study: Study, name: str) -> None:
    with pytest.raises(ThemecodeError):
        plan(study, name, "Dee")
    assert study.review_plan() is None


def test_a_plan_names_codes_the_codebook_has(study: Study) -> None:
    with pytest.raises(ThemecodeError, match="no code or theme stigma.nothing"):
        plan(study, codes=("stigma.nothing",))
    plan(study, codes=("stigma",), uncoded=0)
    assert {item.code_id for item in study.review_items()} == {"stigma.judged"}


def test_an_excerpt_of_a_transcript_that_changed_leaves_the_queue(study: Study) -> None:
    from pathlib import Path

    from field_work import TALK, themecode, write_talk

    plan(study, suggested=None)
    there = {item.transcript_id for item in excerpts(study, "Dee")}
    assert "P01" in there
    write_talk(
        "P01", text=TALK + "\n{who}: One more thing, I will not be going back there again.\n"
    )
    assert themecode("import", Path("talks"), "--replace").status == 0
    assert {item.transcript_id for item in excerpts(study, "Dee")} == there - {"P01"}


def test_every_excerpt_of_a_passage_is_warned_of_what_any_of_its_codes_warns_of(
    study: Study,
) -> None:
    plan(study, suggested=None, uncoded=0)
    care = [item for item in study.review_items() if item.code_id == "family.care"]
    # Asked about childcare, of words that are about losing children as well.
    assert care and all(item.topics == ("child removal",) for item in care)


def test_an_order_by_what_teaches_most_draws_the_same_excerpts_and_spreads_the_uncoded(
    study: Study,
) -> None:
    def draw(first: str) -> list[tuple[object, ...]]:
        made = plan(study, suggested=8, uncoded=4, first=first)
        assert made.options.first == first
        return [
            (each.transcript_id, each.span, each.code_id, each.stratum)
            for each in study.review_items()
        ]

    by_lot, teaching, doubtful = draw("random"), draw("teaching"), draw("doubtful")
    assert set(by_lot) == set(teaching) == set(doubtful)
    assert teaching != by_lot
    half = [each[3] for each in teaching[: len(teaching) // 2]]
    assert Stratum.UNCODED in half and Stratum.SUGGESTED in half
