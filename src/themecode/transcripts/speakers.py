"""Who is who: interviewers and support workers told from participants, each with its reason.

Sources, the surest first: what the researcher said (`--interviewer`), the participants file, what
the label means, what the head of the file says, and last how each speaker talks. Where none of
them tells, every speaker is read as a participant and a Problem says so: a guess that leaves an
interviewer's words among the participants' is seen and mended; one that silences a participant
is not.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from themecode.errors import UnreadableFile
from themecode.model import ParticipantRow, TurnKind
from themecode.transcripts.head_cast import find_kind_in_head, read_head_cast
from themecode.transcripts.label_shapes import (
    NOBODY,
    clean_label,
    role_of,
    strip_parens,
)
from themecode.transcripts.utterances import SpeakerGuess, Utterance

#: Words with no speaker's name are strays up to this share of a file that names its speakers.
STRAY_SHARE = 0.05
#: A label that is itself a study's id for someone: P01, LE-02, YW7.
_ID = re.compile(r"(?:[A-Z]{1,4}[-_ ]?){1,3}\d{1,4}[A-Z]?")
_OWN_WORDS = re.compile(
    r"\b(?:i'm|i am|my name is|my name's|this is) (?:a |the )?"
    r"(?:researcher|interviewer|facilitator|phd student)|"
    r"\b(?:consent form|information sheet|recorder|recording|thanks? (?:you )?(?:so much )?for "
    r"(?:coming|taking part|talking to)|can you tell me|could you tell me|tell me (?:a bit|a little"
    r"|about)|how did that|what was that like|can i ask)\b",
    re.IGNORECASE,
)

#: Labels in one transcript: no conversation has so many.
MAX_SPEAKERS = 1_000


@dataclass(frozen=True, slots=True)
class Talk:
    """How one speaker talks in a transcript."""

    label: str
    turns: int
    words: int
    questions: int
    opens: bool


@dataclass(frozen=True, slots=True)
class Cast:
    """The speakers of a transcript.

    Args:
        guesses: one a speaker, in the order they first speak.
        uncertain: whether nothing told interviewers from participants among two or more speakers.
        by_key: the guess for each label as `speaker_key` gives it.
    """

    guesses: tuple[SpeakerGuess, ...]
    uncertain: bool
    by_key: Mapping[str, SpeakerGuess]

    def of(self, label: str) -> SpeakerGuess:
        """The guess for a label of the transcript."""
        return self.by_key[clean_label(label)]


def cast_speakers(
    transcript_id: str,
    utterances: Sequence[Utterance],
    *,
    interviewers: Collection[str] = (),
    participants: Sequence[ParticipantRow] = (),
    header: Mapping[str, str] | None = None,
) -> Cast:
    """Tell who each speaker of a transcript is.

    Args:
        transcript_id: the transcript's id.
        utterances: its turns.
        interviewers: labels the researcher named.
        participants: the rows of the participants file.
        header: the details at the head of the file.
    """
    groups = _group_labels(utterances)
    if len(set(groups.values())) > MAX_SPEAKERS:
        # Labels are compared with one another: a list of names would take hours, and is no talk.
        raise UnreadableFile(
            f"it seems to have {len(set(groups.values())):,} speakers, and {MAX_SPEAKERS:,} is the most that "
            "is read. If it is a list or a survey, save it as a sheet (.csv or .xlsx)."
        )
    talks = _listen(utterances, groups)
    rows = [row for row in participants if row.transcript_id in (None, transcript_id)]
    named = {key: row for key in talks if (row := _row_of(talks[key].label, rows, transcript_id))}
    kinds = _judge_surely(talks, named, interviewers, header or {})
    uncertain = _judge_by_talk(talks, kinds, transcript_id, utterances, groups)
    _settle_support(kinds, talks)
    _leave_out_nobodys_words(kinds, talks, named)
    alone = [key for key in talks if kinds[key][0] is TurnKind.PARTICIPANT]
    alone = [key for key in alone if talks[key].label] or alone  # words with no label are nobody's
    guesses: dict[str, SpeakerGuess] = {}
    for key, talk in talks.items():
        kind, reason = kinds[key]
        row = named.get(key)
        if row is None and kind is TurnKind.PARTICIPANT and len(alone) == 1:
            row = _only_row(rows, transcript_id, list(named.values()))
            if row is not None and reason.startswith("every other"):
                reason += f"; {_say_row(row)}"
        participant_id = None
        if kind is TurnKind.PARTICIPANT:
            participant_id = _participant_id(transcript_id, talk.label, row, len(alone))
        guesses[key] = SpeakerGuess(
            transcript_id, talk.label, kind, reason, participant_id, talk.turns, talk.words
        )
    by_key = {label: guesses[group] for label, group in groups.items()}
    return Cast(tuple(guesses.values()), uncertain, by_key)


def _leave_out_nobodys_words(
    kinds: dict[str, tuple[TurnKind, str]],
    talks: Mapping[str, Talk],
    named: Collection[str],
) -> None:
    """Words that are no one person's are not coded: "All: yeah", and a few with no name by them.

    Where those with no name are many, the file names only one side, and they are the participant's.
    """
    words = sum(talk.words for talk in talks.values())
    for key, talk in talks.items():
        if key in named:
            continue
        if key in NOBODY:
            kinds[key] = (TurnKind.SUPPORT, "several people, or nobody knows who: not coded")
        elif not talk.label and len(talks) > 1 and talk.words <= STRAY_SHARE * words:
            kinds[key] = (
                TurnKind.SUPPORT,
                "no name stands by these words, so they could be anyone's: not coded",
            )


def _group_labels(utterances: Sequence[Utterance]) -> dict[str, str]:
    """Each label's speaker: "Ruth" and "Ruth (facilitator)" are one where only one such is there."""
    labels = {clean_label(one.speaker): one.speaker for one in utterances}
    variants: dict[str, set[str]] = {}
    for key, label in labels.items():
        variants.setdefault(clean_label(strip_parens(label)), set()).add(key)
    groups: dict[str, str] = {}
    for bare, keys in variants.items():
        one_person = len(keys) == 1 or (len(keys) == 2 and bare in keys)
        for key in keys:
            groups[key] = bare if one_person else key
    return groups


def _listen(utterances: Sequence[Utterance], groups: Mapping[str, str]) -> dict[str, Talk]:
    said: dict[str, list[Utterance]] = {}
    for one in utterances:
        said.setdefault(groups[clean_label(one.speaker)], []).append(one)
    return {
        key: Talk(
            own[0].speaker,
            len(own),
            sum([one.text.count(" ") for one in own]) + len(own),
            sum([_asks(one.text) for one in own]),
            own[0] is utterances[0],
        )
        for key, own in said.items()
    }


def _asks(words: str) -> bool:
    return "?" in words and ("? " in words or words.rstrip(" \"'”’)]").endswith("?"))


def _row_of(
    label: str, rows: Sequence[ParticipantRow], transcript_id: str
) -> ParticipantRow | None:
    """The row that speaks of a label: this transcript's first, then one for any transcript."""
    keys = {clean_label(label), clean_label(strip_parens(label))} - {""}
    for exact in (True, False):
        for row in rows:
            if (row.transcript_id == transcript_id) is not exact:
                continue
            speakers = {row.speaker, row.participant.id} if not row.speaker else {row.speaker}
            for speaker in speakers:
                if speaker and keys & {clean_label(speaker), clean_label(strip_parens(speaker))}:
                    return row
    return None


def _only_row(
    rows: Sequence[ParticipantRow], transcript_id: str, taken: Sequence[ParticipantRow]
) -> ParticipantRow | None:
    """The transcript's one row, for its one participant, whatever label the row gives."""
    own = [row for row in rows if row.transcript_id == transcript_id and row not in taken]
    if len(own) == 1:
        return own[0]
    named = [
        row
        for row in rows
        if row.transcript_id is None
        and clean_label(row.participant.id) == clean_label(transcript_id)
    ]
    return named[0] if len(named) == 1 and not own else None


def _say_row(row: ParticipantRow) -> str:
    return f"row {row.line} of the participants file" if row.line else "in the participants file"


def _judge_surely(
    talks: Mapping[str, Talk],
    named: Mapping[str, ParticipantRow],
    interviewers: Collection[str],
    header: Mapping[str, str],
) -> dict[str, tuple[TurnKind, str]]:
    """What is said outright about a speaker, by the researcher or in the file."""
    asked_for = {clean_label(name) for name in interviewers}
    asked_for |= {clean_label(strip_parens(name)) for name in interviewers}
    in_head = read_head_cast(header)
    kinds: dict[str, tuple[TurnKind, str]] = {}
    for key, talk in talks.items():
        labels = {clean_label(talk.label), clean_label(strip_parens(talk.label)), key}
        if labels & asked_for:
            kinds[key] = (TurnKind.INTERVIEWER, "named with --interviewer")
        elif key in named:
            kinds[key] = _kind_of_row(named[key])
        elif (said := find_kind_in_head(talk.label, in_head)) is not None:
            kinds[key] = (said, "the head of the file says so")
        elif (kind := _kind_of_label(talk.label, talks)) is not None:
            kinds[key] = (kind, "what the label means")
    return kinds


def _kind_of_row(row: ParticipantRow) -> tuple[TurnKind, str]:
    role = role_of((row.participant.role or "").replace("_", " "))
    return (
        (TurnKind.INTERVIEWER, f"{_say_row(row)} gives the role")
        if role is TurnKind.INTERVIEWER
        else (TurnKind.PARTICIPANT, _say_row(row))
    )


def _kind_of_label(label: str, talks: Mapping[str, Talk]) -> TurnKind | None:
    """What a label means beside the file's other labels ("F1" among "W3"s is a facilitator)."""
    bare = strip_parens(label).strip()
    key = clean_label(bare)
    others = {clean_label(strip_parens(talk.label)) for talk in talks.values()} - {key}
    roles = {role_of(other.upper() if len(other) < 4 else other) for other in others}
    letter = re.fullmatch(r"([a-z])[ _.-]?\d{1,2}", key)
    if letter and letter[1] == "f":
        peers = [re.fullmatch(r"([a-z]{1,3})[ _.-]?\d{1,3}", other) for other in others]
        named = {peer[1] for peer in peers if peer} - {"f", "m"}
        return TurnKind.INTERVIEWER if named else None
    if letter and letter[1] == "m":
        peers = [re.fullmatch(r"([a-z])[ _.-]?\d{1,3}", other) for other in others]
        named = {peer[1] for peer in peers if peer} - {"m", "f"}
        return TurnKind.INTERVIEWER if named and TurnKind.INTERVIEWER not in roles else None
    if letter and letter[1] == "w":
        return TurnKind.PARTICIPANT if roles else None
    if re.fullmatch(r"q[ _.-]?\d{1,4}", key) and TurnKind.INTERVIEWER in roles:
        return TurnKind.PARTICIPANT  # a participant's number: another asks the questions
    if key in ("f", "m") and others <= {"f", "m", "p", "r"} | {f"p{n}" for n in range(30)}:
        return TurnKind.INTERVIEWER if others and "f" not in others and "m" not in others else None
    if key == "r" and others & {"p", "p1", "p01", "participant", "respondent"}:
        return TurnKind.INTERVIEWER  # researcher, beside a participant
    if key == "a" and not any(other in ("q", "question") for other in others):
        return None  # an initial
    if key == "i" and not (others & {"r", "p", "ie", "ivee"} or TurnKind.PARTICIPANT in roles):
        return TurnKind.INTERVIEWER if len(others) <= 2 else None
    if key in ("host", "part", "man", "mod") and len(others) > 3:
        return None
    return role_of(label)


def _judge_by_talk(
    talks: Mapping[str, Talk],
    kinds: dict[str, tuple[TurnKind, str]],
    transcript_id: str,
    utterances: Sequence[Utterance],
    groups: Mapping[str, str],
) -> bool:
    """Fill in who is left; True where nothing tells interviewers from participants."""
    left = [key for key in talks if key not in kinds]
    have_interviewer = any(kind is TurnKind.INTERVIEWER for kind, _ in kinds.values())
    have_participant = any(kind is TurnKind.PARTICIPANT for kind, _ in kinds.values())
    if len(talks) == 1:
        if left:
            kinds[left[0]] = (TurnKind.PARTICIPANT, "the only speaker")
        return False
    if have_interviewer:
        for key in left:
            kinds[key] = (TurnKind.PARTICIPANT, "every other speaker is known")
        return False
    # The file may be named after its participant: "YW7.docx", "2024-03-01 Shaz.txt".
    stem = clean_label(transcript_id)
    for key in left:
        bare = clean_label(strip_parens(talks[key].label))
        if len(bare) > 2 and re.search(rf"(?<!\w){re.escape(bare)}(?!\w)", stem):
            kinds[key] = (TurnKind.PARTICIPANT, "the file is named after her")
            have_participant = True
    left = [key for key in left if key not in kinds]
    prompts = Counter(
        groups[clean_label(one.speaker)]
        for one in utterances
        if left and _OWN_WORDS.search(one.text)
    )
    asker = _find_asker(talks, left, prompts, others_known=have_participant)
    for key in left:
        talk = talks[key]
        if key == asker:
            kinds[key] = (
                TurnKind.INTERVIEWER,
                f"asks a question in {talk.questions} of its {talk.turns} turns"
                + (" and speaks first" if talk.opens else ""),
            )
        elif asker is not None or have_participant:
            kinds[key] = (TurnKind.PARTICIPANT, "answers more than asks")
        else:
            kinds[key] = (TurnKind.PARTICIPANT, "nothing shows who is the interviewer")
    return asker is None and not any(kind is TurnKind.INTERVIEWER for kind, _ in kinds.values())


def _find_asker(
    talks: Mapping[str, Talk],
    left: Sequence[str],
    prompts: Mapping[str, int],
    *,
    others_known: bool,
) -> str | None:
    """The one who asks, if it stands out: by questions, an interviewer's phrases, opening."""
    if not left:
        return None

    def score(key: str) -> float:
        talk = talks[key]
        total = sum(one.words for one in talks.values()) or 1
        mean = talk.words / total * len(talks)
        return (
            2.0 * talk.questions / talk.turns
            + 1.5 * min(1.0, 4 * prompts.get(key, 0) / talk.turns)
            + (0.4 if talk.opens else 0.0)
            + (0.4 if mean < 0.8 else 0.0)
        )

    ranked = sorted(talks, key=score, reverse=True)
    best = ranked[0]
    if best not in left:
        return None
    rival = score(ranked[1])
    talk = talks[best]
    if talk.questions == 0 and not prompts.get(best):
        return None
    if others_known and len(left) == 1:
        return best
    return best if score(best) >= 0.9 and score(best) >= rival + 0.35 else None


def _settle_support(kinds: dict[str, tuple[TurnKind, str]], talks: Mapping[str, Talk]) -> None:
    """A worker who is the only one interviewed is the participant, whatever her label."""
    if any(kind is TurnKind.PARTICIPANT for kind, _ in kinds.values()):
        return
    support = [key for key in talks if kinds[key][0] is TurnKind.SUPPORT]
    for key in support:
        kinds[key] = (TurnKind.PARTICIPANT, "the one who is interviewed")


def _participant_id(
    transcript_id: str, label: str, row: ParticipantRow | None, participants: int
) -> str:
    if row is not None:
        return row.participant.id
    if participants > 1:
        return f"{transcript_id}/{label}" if label else transcript_id
    bare = strip_parens(label).strip()
    # "P1" and "W2" name a place in one recording, "P01" and "LE-02" a person in a study.
    if _ID.fullmatch(bare) and not re.fullmatch(r"[A-Z]\d|[Ss][Pp][Ee][Aa][Kk].*", bare):
        return bare
    return transcript_id
