"""A study's machine held against people's codings: figures, where the two part, and what each part adds."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode.errors import ThemecodeError
from themecode.evaluate import Evaluation, GoldUnit, count_held, hold_against
from themecode.evaluate.account import (
    Compared,
    Confusion,
    Mistake,
    Reading,
    Reliability,
    compare,
    find_confusions,
    find_mistakes,
    find_reading,
    find_reliability,
)
from themecode.evaluate.figures import Held
from themecode.evaluate.resample import Interval, find_intervals
from themecode.exports.files import write_atomically
from themecode.flow.coders import find_coder, find_model
from themecode.flow.outputs import settle_study
from themecode.model import Codebook, Consent

if TYPE_CHECKING:
    from themecode.store import Study


@dataclass(frozen=True, slots=True)
class Part:
    """How well one part of the machine codes by itself, at its own threshold.

    Args:
        name: "cues", "meaning", "words", "learned" or "together".
        code, theme: micro-F1.
    """

    name: str
    code: float | None
    theme: float | None


@dataclass(frozen=True, slots=True)
class Account:
    """Everything `evaluate` has to say.

    Args:
        coder: the machine's name.
        evaluation: the figures.
        intervals: of F1 and kappa, by "code", "theme" and ids; see `find_intervals`.
        confusions: codes taken for one another.
        misses, alarms: the worst mistakes.
        reliability: claims by confidence; error: how far confidence is from how often it is right.
        reading: what it costs to read what is offered.
        parts: what each part codes by itself. Empty: there is one part, the cues.
        compared: with an earlier evaluation. None: with nothing.
        words: by transcript and turn, the words of mistakes; "" where consent does not allow quoting.
        held: every turn, for another evaluation to be compared with.
    """

    coder: str
    evaluation: Evaluation
    intervals: Mapping[str, Mapping[str, Interval]]
    confusions: tuple[Confusion, ...]
    misses: tuple[Mistake, ...]
    alarms: tuple[Mistake, ...]
    reliability: tuple[Reliability, ...]
    error: float | None
    reading: Reading
    parts: tuple[Part, ...]
    compared: Compared | None
    words: Mapping[tuple[str, int], str]
    held: tuple[Held, ...]


def evaluate_study(
    study: Study,
    codebook: Codebook,
    units: Sequence[GoldUnit],
    *,
    earlier: Sequence[Held] | None = None,
    parts: bool = True,
) -> Account:
    """Hold a study's codings against people's.

    Args:
        study: whose codings count.
        codebook: the one in force.
        units: turns that people coded, of transcripts the study holds.
        earlier: from an earlier evaluation of the same turns, to be compared with.
        parts: whether to work out what each part of the machine adds.
    """
    held = hold_against(units, settle_study(study, codebook))
    evaluation = count_held(held, codebook=codebook)
    misses, alarms = find_mistakes(held)
    reliability, error = find_reliability(held)
    words, counts = _read_words(
        study, units, {(one.transcript_id, one.turn or 0) for one in (*misses, *alarms)}
    )
    listed, carries = _weigh_parts(study, codebook, held) if parts else ((), None)
    compared = None
    if earlier is not None:
        compared = compare((earlier, count_held(earlier, codebook=codebook)), (held, evaluation))
    return Account(
        coder=find_coder(study).name,
        evaluation=evaluation,
        intervals=find_intervals(held, codebook=codebook),
        confusions=find_confusions(held, codebook=codebook),
        misses=misses,
        alarms=alarms,
        reliability=reliability,
        error=error,
        reading=find_reading(held, counts, carries=carries),
        parts=listed,
        compared=compared,
        words=words,
        held=held,
    )


def _read_words(
    study: Study, units: Sequence[GoldUnit], wanted: set[tuple[str, int]]
) -> tuple[dict[tuple[str, int], str], dict[tuple[str, int], int]]:
    """The words of some turns, where they may be quoted, and how many each turn has."""
    participants = study.participants()
    words: dict[tuple[str, int], str] = {}
    counts: dict[tuple[str, int], int] = {}
    for transcript in study.transcripts(sorted({unit.transcript_id for unit in units})):
        for turn in transcript.turns:
            said = transcript.words_of(turn)
            counts[transcript.id, turn.number] = len(said.split())
            if (transcript.id, turn.number) in wanted:
                who = participants.get(turn.participant_id or "")
                held_back = who is not None and who.consent in (Consent.PARAPHRASE, Consent.NONE)
                words[transcript.id, turn.number] = "" if held_back else said
    return words, counts


def _weigh_parts(
    study: Study, codebook: Codebook, held: Sequence[Held]
) -> tuple[tuple[Part, ...], dict[tuple[str, int], float] | None]:
    """What each part of the machine codes by itself; and how likely each turn carries anything."""
    from themecode.flow.anchors import find_anchors
    from themecode.flow.vectors import read_vectors
    from themecode.suggest import meaning
    from themecode.suggest.listen import Listener
    from themecode.suggest.weigher import Weigher, hash_encoder

    model = find_model(study)
    if model is None:
        return (), None
    listener = Listener(
        codebook.codes, codebook, anchors=find_anchors(study, codebook.codes, codebook)
    )
    vectors = read_vectors(study.folder, encoder=hash_encoder(model))
    ids = sorted({each.unit.transcript_id for each in held})
    passages = [meaning.list_passages(transcript) for transcript in study.transcripts(ids)]
    places = [
        (segment.transcript_id, segment.turn) for each in passages for segment in each.segments
    ]
    parts: list[Part] = []
    carries: dict[tuple[str, int], float] = {}
    for way in model.ways:
        weigher = Weigher(model, codebook, listener, vectors=vectors, way=way)
        weighed = [meaning.weigh_passages(each, weigher) for each in passages]
        chances = [row for each, _, _ in weighed for row in each]
        carried = [carry for _, _, each in weighed for carry in each]
        said: dict[tuple[str, int], set[str]] = {}
        for place, chance, carry in zip(places, chances, carried, strict=True):
            over = chance >= weigher.suggested_by_way
            said.setdefault(place, set()).update(
                code.id for code, yes in zip(codebook.codes, over, strict=True) if yes
            )
            if way == "together":
                carries[place] = max(carries.get(place, 0.0), float(carry))
        alone = [
            replace(
                each,
                machine=frozenset(said.get((each.unit.transcript_id, each.unit.turn or 0), ())),
            )
            for each in held
        ]
        counted = count_held(alone, codebook=codebook)
        parts.append(Part(way, counted.by_code.f1, counted.by_theme.f1))
    return tuple(parts), carries


def account_as_json(account: Account) -> dict[str, Any]:
    """An account as plain values: the figures, and every decision without its words."""
    mistakes = {
        name: [
            {**asdict(each), "words": account.words.get((each.transcript_id, each.turn or 0), "")}
            for each in listed
        ]
        for name, listed in (("misses", account.misses), ("alarms", account.alarms))
    }
    return {
        **asdict(account.evaluation),
        "coder": account.coder,
        "intervals": account.intervals,
        "confusions": [asdict(each) for each in account.confusions],
        **mistakes,
        "reliability": [asdict(each) for each in account.reliability],
        "calibration_error": account.error,
        "reading": asdict(account.reading),
        "parts": [asdict(each) for each in account.parts],
        "compared": asdict(account.compared) if account.compared else None,
        "decisions": [
            {
                "transcript": each.unit.transcript_id,
                "turn": each.unit.turn,
                "start": each.unit.start,
                "end": each.unit.end,
                "people": sorted(each.unit.codes),
                "machine": sorted(each.machine),
                "offered": each.offered,
            }
            for each in account.held
        ],
    }


def read_earlier(path: Path) -> tuple[Held, ...]:
    """The decisions of an earlier evaluation, from what `evaluate --json` wrote.

    Raises:
        ThemecodeError: the file is not one.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"))["decisions"]
        return tuple(
            Held(
                GoldUnit(
                    str(row["transcript"]), row["turn"], row["start"], row["end"],
                    frozenset(map(str, row["people"])), number,
                ),
                frozenset(map(str, row["machine"])),
                {str(code): float(sure) for code, sure in row["offered"].items()},
                {},
            )
            for number, row in enumerate(rows, start=1)
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ThemecodeError(
            f"{path} is not what an earlier `themecode evaluate --json` wrote, so there is nothing to "
            "compare with."
        ) from error


def write_account(account: Account, codebook: Codebook, path: Path) -> None:
    """Write an account as a Word page (.docx) or as its figures (.json), whole or not at all."""
    if path.suffix.lower() == ".json":
        with write_atomically(path) as stream:
            json.dump(account_as_json(account), stream, ensure_ascii=False, indent=1)
            stream.write("\n")
        return
    from themecode.exports.evaluation import write_evaluation
    from themecode.store import utc_now

    write_evaluation(
        path,
        coder=account.coder,
        evaluation=account.evaluation,
        intervals=account.intervals,
        confusions=account.confusions,
        misses=account.misses,
        alarms=account.alarms,
        reliability=account.reliability,
        error=account.error,
        reading=account.reading,
        parts=[(part.name, part.code, part.theme) for part in account.parts],
        words=account.words,
        codebook=codebook,
        made_on=utc_now().date(),
    )
