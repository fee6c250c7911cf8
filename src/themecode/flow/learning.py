"""A study's machine taught by the study's own decisions: the gain shown first, used when asked, undone at will."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from themecode.errors import ThemecodeError
from themecode.evaluate import Figures
from themecode.flow.coders import BY_CODEBOOK, BY_STUDY, find_model, put_in_force
from themecode.flow.outputs import settle_study
from themecode.model import Codebook, Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from themecode.model import Coding
    from themecode.store import Study
    from themecode.suggest.adapt import Answer
    from themecode.suggest.learned_model import LearnedModel
    from themecode.suggest.signals import Context
    from themecode.suggest.weigher import Weigher

#: With fewer answers, of either kind, or from fewer people, nothing is learned.
FEWEST_ANSWERS, FEWEST_OF_A_KIND, FEWEST_PEOPLE = 60, 15, 3
_FOLDS = 5


@dataclass(frozen=True, slots=True)
class Learned:
    """What learning from the study would gain, on answers held out person by person.

    Args:
        answers: how many; people: about whose words.
        before, after: agreement with people, of the model as it is and as it would be.
        loss_before, loss_after: how surprised each is by an answer, on average (in bits); less is better.
        used: whether the model was put in force.
    """

    answers: int
    people: int
    before: Figures
    after: Figures
    loss_before: float
    loss_after: float
    used: bool = False

    @property
    def helps(self) -> bool:
        """Whether it knows people's answers better than before."""
        return self.loss_after < self.loss_before


def learn_from_study(study: Study, codebook: Codebook, *, use: bool) -> Learned:
    """What the study's decisions would teach its machine; taught for good where it is asked for and helps.

    Args:
        study: held by its lock where `use` is set.
        codebook: the one in force.
        use: whether to put the taught model in force.

    Raises:
        ThemecodeError: the study has no model, too few decisions, or learning does not help.
    """
    import numpy as np

    from themecode.flow.anchors import find_anchors
    from themecode.flow.vectors import read_vectors
    from themecode.suggest import weigher
    from themecode.suggest.adapt import adapt_model
    from themecode.suggest.learned_model import list_unknown, pack_model, unpack_model
    from themecode.suggest.listen import Listener
    from themecode.suggest.signals import join_question

    model = find_model(study)
    if model is None:
        raise ThemecodeError(
            "The study is coded by cues alone, which do not learn. Code it with a codebook that has a model "
            "(`themecode codebook train` makes one), decide on some suggestions, and run this again."
        )
    unknown = set(list_unknown(model, codebook))
    answers = [each for each in list_answers(study, codebook) if each.code_id not in unknown]
    _need_enough(answers)
    listener = Listener(
        codebook.codes, codebook, anchors=find_anchors(study, codebook.codes, codebook)
    )
    vectors = read_vectors(study.folder, encoder=weigher.hash_encoder(model))

    def weigher_of(each: LearnedModel) -> Weigher:
        return weigher.Weigher(each, codebook, listener, vectors=vectors)

    first = weigher_of(model)
    chance = _weigh_answers(first, answers, codebook)
    log_odds = np.log(chance / (1 - chance))
    seen = np.stack(
        first.encode([join_question(each.text, each.context.question) for each in answers])
    )
    people = sorted({each.who for each in answers})
    fold_of = {who: at % min(_FOLDS, len(people)) for at, who in enumerate(people)}
    folds = np.array([fold_of[each.who] for each in answers])
    after = np.zeros(len(answers))
    for fold in sorted(set(folds.tolist())):
        held, rest = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        taught = adapt_model(
            model, [answers[at] for at in rest], log_odds=log_odds[rest], vectors=seen[rest]
        )
        after[held] = _weigh_answers(weigher_of(taught), [answers[at] for at in held], codebook)
    yes = np.array([each.yes for each in answers])
    needed = np.array([
        float(model.suggested[model.code_ids.index(each.code_id)]) for each in answers
    ])  # fmt: skip
    learned = Learned(
        answers=len(answers),
        people=len(people),
        before=_count(chance >= needed, yes),
        after=_count(after >= needed, yes),
        loss_before=_loss(chance, yes),
        loss_after=_loss(after, yes),
    )
    if not use:
        return learned
    if not learned.helps:
        raise ThemecodeError(
            "Learning from these decisions would not help: on the words of people held out, the machine would "
            "know your answers no better than it does. Nothing was changed."
        )
    taught = adapt_model(model, answers, log_odds=log_odds, vectors=seen)
    facts = {**model.facts, "taught by": f"{len(answers)} decisions of the study"}
    raw = pack_model(replace(taught, facts=facts))
    put_in_force(study, unpack_model(raw), raw, why=BY_STUDY)
    return replace(learned, used=True)


def undo_learning(study: Study) -> bool:
    """Put the codebook's own model back in force; False where nothing had been learned."""
    from themecode.suggest.learned_model import read_model_bytes

    machine = study.machine_in_force()
    if machine is None or machine.why != BY_STUDY:
        return False
    before = next(
        (each for each in study.machines() if each.why == BY_CODEBOOK and each.model_sha256), None
    )
    raw = study.model_file(before.model_sha256 or "") if before else None
    if before is None or raw is None:
        return False
    put_in_force(study, read_model_bytes(raw, where="The study's model"), raw, why=BY_CODEBOOK)
    return True


def list_answers(study: Study, codebook: Codebook) -> list[Answer]:
    """Every question that people have answered: a passage, a code, and whether it applies.

    Questions that reviewers disagree about teach nothing until they are settled.
    """
    from themecode.suggest.adapt import Answer
    from themecode.suggest.signals import NOTHING_BEFORE

    known = {code.id for code in codebook.codes}
    contexts = _list_contexts(study)
    found: dict[tuple[Any, str], Answer] = {}
    for settled in settle_study(study, codebook):
        segment = settled.coding.segment
        if settled.status in (Status.ACCEPTED, Status.CODED):
            said = {settled.code_id: True}
        elif settled.status is Status.REJECTED:
            said = {settled.coding.code_id: False}
        elif settled.status is Status.RECODED:
            said = {settled.coding.code_id: False, settled.code_id: True}
        else:
            continue
        who = settled.turn.participant_id or segment.transcript_id
        for code_id, yes in said.items():
            if code_id in known:
                context = contexts.get((segment.transcript_id, segment.turn), NOTHING_BEFORE)
                key = ((segment.transcript_id, segment.span), code_id)
                found[key] = Answer(segment.text, context, code_id, yes, who)
    return list(found.values())


def order_queue(study: Study, codebook: Codebook, codings: Sequence[Coding]) -> tuple[Coding, ...]:
    """Undecided codings of a study in the order in which answers would teach its machine most."""
    from collections import Counter

    from themecode.flow.coders import find_coder
    from themecode.suggest.worth import order_by_worth

    decided = Counter(each.code_id for each in list_answers(study, codebook))
    thresholds: Mapping[str, float] = find_coder(study).thresholds.by_code
    return order_by_worth(codings, decided, suggested=thresholds)


def _list_contexts(study: Study) -> dict[tuple[str, int], Context]:
    """By transcript and turn, what went before."""
    from themecode.suggest.meaning import find_context

    return {
        (transcript.id, turn.number): find_context(transcript, turn)
        for transcript in study.transcripts()
        for turn in transcript.turns
    }


def _need_enough(answers: Sequence[Answer]) -> None:
    yes = sum(each.yes for each in answers)
    people = len({each.who for each in answers})
    enough = (
        len(answers) >= FEWEST_ANSWERS
        and min(yes, len(answers) - yes) >= FEWEST_OF_A_KIND
        and people >= FEWEST_PEOPLE
    )
    if not enough:
        raise ThemecodeError(
            f"There is too little to learn from yet: {yes} accepted and {len(answers) - yes} rejected, about the "
            f"words of {people} {'person' if people == 1 else 'people'}. It takes {FEWEST_ANSWERS} decisions, "
            f"{FEWEST_OF_A_KIND} of each kind, about {FEWEST_PEOPLE} people."
        )


def _weigh_answers(weigher: Weigher, answers: Sequence[Answer], codebook: Codebook) -> Any:
    import numpy as np

    places = {code.id: at for at, code in enumerate(codebook.codes)}
    chances = weigher.weigh([each.text for each in answers], [each.context for each in answers])
    own = np.array([float(chances[row, places[each.code_id]]) for row, each in enumerate(answers)])
    return np.clip(own, 1e-4, 1 - 1e-4)


def _count(said: Any, yes: Any) -> Figures:
    return Figures(
        "all",
        both=int((said & yes).sum()),
        missed=int((~said & yes).sum()),
        extra=int((said & ~yes).sum()),
        neither=int((~said & ~yes).sum()),
    )


def _loss(chance: Any, yes: Any) -> float:
    import numpy as np

    return round(float(-np.log2(np.where(yes, chance, 1 - chance)).mean()), 4)
