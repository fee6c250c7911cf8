"""The lead's pages: how the review goes, where people differ, and setting a review up."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.wrappers import Response

from themecode.errors import ThemecodeError
from themecode.flow.disputes import Dispute, adjudicate, list_disputes
from themecode.flow.review_plans import plan_review
from themecode.flow.review_progress import count_review
from themecode.flow.review_reading import find_topics_near, name_role, name_transcript
from themecode.model import Verdict
from themecode.review.keys import make_link
from themecode.review.visit import Refused, Visit
from themecode.store import Care, KeyRole, PlanOptions, StaleAnswer, Stratum

#: What a verdict is called on the page.
VERDICTS = {
    Verdict.ACCEPT: "Yes, this fits",
    Verdict.REJECT: "No",
    Verdict.RECODE: "Something else",
    Verdict.UNSURE: "Not sure",
}
#: What comes first where it is not left to chance.
ORDERS = {
    "teaching": "those whose answers teach the machine most",
    "doubtful": "those the machine is least sure of",
}
STRATA = {
    Stratum.SUGGESTED: "Suggested",
    Stratum.CANDIDATE: "Doubtful",
    Stratum.UNCODED: "No code",
}


def show(visit: Visit) -> Response:
    """How the review goes."""
    return _show(visit)


def _show(visit: Visit, *, link: str = "", link_for: str = "") -> Response:
    progress = count_review(visit.study, visit.codebook)
    if progress is None:
        return visit.go("/lead/plan")
    disputes = list(list_disputes(visit.study, visit.codebook))
    return visit.page(
        "lead.html",
        progress=progress,
        care=visit.study.care(),
        open_disputes=sum(dispute.open for dispute in disputes),
        settled_disputes=sum(not dispute.open for dispute in disputes),
        strata=STRATA,
        orders=ORDERS,
        link=link,
        link_for=link_for,
    )


def make_new_link(visit: Visit) -> Response:
    """A fresh link for a reviewer; shown once, to hand on."""
    name = visit.request.form.get("name", "")
    plan = visit.study.review_plan()
    if plan is None or name not in plan.options.reviewers:
        raise Refused(
            404,
            "There is no such reviewer",
            "She is not in the review as it is planned now.",
            where=("/lead", "Back"),
        )
    link = make_link(visit.study, name, KeyRole.REVIEWER, address=visit.address, now=visit.now)
    return _show(visit, link=link, link_for=name)


def save_care(visit: Visit) -> Response:
    """Keep whom reviewers can turn to, and how much a day is enough."""
    form = visit.request.form
    visit.study.save_care(_read_care(form))
    return visit.go("/lead")


def _read_care(form: Mapping[str, str]) -> Care:
    lines = (" ".join(line.split()) for line in form.get("contacts", "").splitlines())
    contacts = tuple(line[:300] for line in lines if line)[:20]
    limit = form.get("daily_limit", "").strip()
    number = int(limit) if limit.isdecimal() and 0 < len(limit) < 6 else 0
    return Care(contacts, number or None)


def show_plan(visit: Visit) -> Response:
    """The page on which a review is set up."""
    plan = visit.study.review_plan()
    groups = visit.study.reviewers()
    options = plan.options if plan else PlanOptions(())
    lines = [
        f"{name}, {groups[name].group}" if name in groups and groups[name].group else name
        for name in options.reviewers
    ]
    return visit.page(
        "plan.html",
        options=options,
        planned=plan is not None,
        reviewers="\n".join(lines),
        care=visit.study.care(),
        fault="",
    )


def save_plan(visit: Visit) -> Response:
    """Set a review up."""
    form = visit.request.form
    groups: dict[str, str] = {}
    for line in form.get("reviewers", "").splitlines():
        name, _, group = (part.strip() for part in line.partition(","))
        if name:
            groups[name] = group
    readers = form.get("readers", "all")
    options = PlanOptions(
        reviewers=tuple(groups),
        suggested=_read_number(form, "suggested"),
        candidates=_read_number(form, "candidates"),
        uncoded=_read_number(form, "uncoded"),
        readers=int(readers) if readers in {"1", "2", "3"} else None,
        blind=form.get("blind") == "yes",
        again=form.get("again") == "yes",
        seed=form.get("seed", "").strip()[:40] or "1",
    )
    try:
        plan_review(
            visit.study,
            visit.codebook,
            options,
            made_by=visit.name,
            made_at=visit.now,
            groups=groups,
        )
    except ThemecodeError as error:
        return visit.page(
            "plan.html",
            422,
            options=options,
            planned=visit.study.review_plan() is not None,
            reviewers=form.get("reviewers", ""),
            care=_read_care(form),
            fault=str(error).replace(" with `--reviewer`", ""),
        )
    visit.study.save_care(_read_care(form))
    return visit.go("/lead")


def _read_number(form: Mapping[str, str], name: str) -> int | None:
    """A number of excerpts. None: all of them, which an empty field means."""
    given = form.get(name, "").strip()
    if not given:
        return None
    if not (given.isdecimal() and len(given) < 7):
        raise Refused(
            422,
            "One of the numbers could not be read",
            "Write how many as a number, or leave it empty for all of them. Nothing was changed.",
            where=("/lead/plan", "Back to the plan"),
        )
    return int(given)


def show_disputes(visit: Visit) -> Response:
    """Where reviewers differ."""
    disputes = list(list_disputes(visit.study, visit.codebook))
    codes = {code.id: code for code in visit.codebook.codes}
    return visit.page(
        "disputes.html",
        open=[each for each in disputes if each.open],
        settled=[each for each in disputes if not each.open],
        codes=codes,
        verdicts=VERDICTS,
    )


def _find_dispute(visit: Visit, coding_id: str) -> Dispute:
    for dispute in list_disputes(visit.study, visit.codebook):
        if dispute.coding_id == coding_id:
            return dispute
    raise Refused(
        404,
        "There is no such difference any more",
        "The reviewers may have changed their answers since.",
        where=("/lead/disputes", "See where people differ"),
    )


def show_dispute(visit: Visit, coding_id: str) -> Response:
    """One difference: the words, both answers with their notes, and the lead's decision."""
    return _show_dispute(visit, _find_dispute(visit, coding_id))


def _show_dispute(
    visit: Visit, dispute: Dispute, *, status: int = 200, fault: str = "", reason: str = ""
) -> Response:
    transcript = visit.study.transcript(dispute.settled.coding.segment.transcript_id)
    turn = dispute.settled.turn
    place = transcript.turns.index(turn)
    codes = {code.id: code for code in visit.codebook.codes}
    groups = visit.study.reviewers()
    near = transcript.turns[max(0, place - 1) : place + 2]
    numbers = range(min(each.number for each in near), max(each.number for each in near) + 1)
    return visit.page(
        "dispute.html",
        status,
        dispute=dispute,
        code=codes.get(dispute.settled.coding.code_id),
        codes=codes,
        groups=groups,
        title=name_transcript(transcript),
        who=name_role(transcript, turn, visit.study.participants()),
        topics=find_topics_near(visit.study, visit.codebook, transcript.id, numbers),
        before=[transcript.words_of(each) for each in transcript.turns[max(0, place - 1) : place]],
        after=[transcript.words_of(each) for each in transcript.turns[place + 1 : place + 2]],
        verdicts=VERDICTS,
        themes=visit.codebook.themes,
        fault=fault,
        reason=reason,
    )


def settle(visit: Visit, coding_id: str) -> Response:
    """Settle a difference, with a reason."""
    form = visit.request.form
    reason = form.get("reason", "").strip()
    if len(reason) > 4000 or "\0" in reason:
        raise Refused(400, "That reason is too long to keep", "Make it shorter and save again.")
    dispute = _find_dispute(visit, coding_id)
    try:
        verdict = Verdict(form.get("verdict", ""))
    except ValueError:
        return _show_dispute(
            visit, dispute, status=422, fault="Choose what it should be.", reason=reason
        )
    try:
        adjudicate(
            visit.study,
            visit.codebook,
            coding_id,
            verdict=verdict,
            recoded_to=form.get("code") or None,
            reason=reason,
            by=visit.name,
            at=visit.now,
            seen=form.get("seen", ""),
        )
    except StaleAnswer:
        return _show_dispute(
            visit,
            _find_dispute(visit, coding_id),
            status=409,
            fault="Somebody has answered since you opened this page. Nothing was saved yet: "
            "look once more, then save.",
            reason=reason,
        )
    except ThemecodeError as error:
        return _show_dispute(visit, dispute, status=422, fault=str(error), reason=reason)
    return visit.go("/lead/disputes")
