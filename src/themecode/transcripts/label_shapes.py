"""What a speaker's label looks like, and what its words say about the speaker."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

from themecode.model import TurnKind

#: No label is longer: "Tamsin Akande-Willoughby (complex needs lead, she/her)".
LONGEST_LABEL = 70
#: A speaker named at greater length (a caption may hold anything) is not looked into.
_LONGEST_JUDGED = 200


class Shape(IntEnum):
    """How much a piece of text looks like a label, from not at all upwards."""

    NONE = 0
    LOWER = 1
    NAME = 2
    INITIALS = 3
    CODE = 4
    ROLE = 5


_INTERVIEWER = (
    "interviewer|interviewers|inter|intv|intvr|int|ivr|iv|i|facilitator|facil|fac|moderator|mod"
    "|researcher|q|question|host|convenor|convener"
)
_SUPPORT = (
    "sw|support worker|support|key worker|keyworker|advocate|interpreter|translator|chaperone|carer"
    "|case worker|caseworker|note taker|notetaker|observer|peer mentor|mentor|social worker"
)
_PARTICIPANT = (
    "participant|participants|part|ppt|pt|p|respondent|resp|r|interviewee|ivee|a|answer|woman|women"
    "|female|male|man|client|patient|service user|su|practitioner|informant|subject|attendee|pp"
)
_ANYONE = (
    "speaker|spk|spkr|unknown|unknown speaker|unidentified|unidentified speaker|all|several"
    "|everyone|everybody|group|multiple|multiple speakers|voice|various|other|others|receptionist"
    "|partner|mother|mum|father|dad|daughter|son|child|baby|friend|sister|staff|worker|nurse"
    "|doctor|manager|visitor|passer-by"
)
_BEFORE = r"(?:(?:female|male|woman|first|second|third|lead|co|main|unknown|unidentified|the)[ -])?"
_AFTER = r"(?:[ _.#-]*(?:(?:no|number)\.? ?)?\d{1,3}|[ _.#-]+[a-z])?"
_ROLE = re.compile(
    rf"{_BEFORE}(?:(?P<interviewer>{_INTERVIEWER})|(?P<support>{_SUPPORT})"
    rf"|(?P<participant>{_PARTICIPANT})|(?P<anyone>{_ANYONE})){_AFTER}"
)
_CODE = re.compile(
    r"[A-Z]{1,6}(?:[_./-]?[A-Z]{0,4}[ _./-]?\d{1,4}){1,3}[A-Za-z]?|[A-Za-z]{1,3}\d{1,4}[A-Za-z]?"
)
_INITIALS = re.compile(r"(?:[A-Z]\.? ?){1,3}")
_TITLE = r"(?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Miss|Mx|Sr|Sister|Rev|St)\.? )?"
_PART = r"[^\W\d_a-z][\w'’.\-]*"
_JOIN = r"(?: (?:(?:van|von|de|der|den|del|della|di|da|du|la|le|bin|ibn|al|el|of|and|&|y|ap) )*| ?[/&+] ?|, )"
_NAME = re.compile(rf"{_TITLE}{_PART}(?:{_JOIN}{_PART}|{_JOIN}\d{{1,3}}){{0,4}}")
_LOWER = re.compile(r"[^\W\d_A-Z][\w'’-]*(?: [\w'’-]+)?")
#: What somebody does while she speaks, typed after her label: "Ann (laughs)".
_ACTION = re.compile(
    r"(?:laugh|cr(?:y|ies)|sigh|paus|whisper|nod|cough|sniff|sob|overlap|interrupt|off mic|on phone"
    r"|joining|smil|shout|quiet|tear)[a-z ]*",
    re.IGNORECASE,
)
#: Everybody at once, and whoever it was: no one person's words.
NOBODY = frozenset(
    (
        "all", "everyone", "everybody", "several", "multiple", "various", "group", "unknown",
        "unidentified", "several voices", "multiple speakers", "multiple voices",
        "unknown speaker", "unidentified speaker",
    )
)  # fmt: skip
_PARENS = re.compile(r"\s*[(\[{][^()\[\]{}:]{1,40}[)\]}]\s*$")
#: A month is no one's name; but April, May, June, Jan and Marie are.
_MONTHS = re.compile(
    r"january|february|march|july|august|september|october|november|december"
    r"|(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.? ?\d+",
    re.IGNORECASE,
)

#: Words that open a sentence, and so are not anybody's name however they are written.
_OPENER_WORDS = """
    a about absolutely actually after afternoon again ah all alright also although always am an
    and another answers any anything anyway appendix applause are as at background basically be
    because before break but bye can cause chapter comment comments conclusion cough coughs could
    course cries crosstalk crying day days did do does don't door each eh er erm even evening ever
    every everything exactly example fair few fifth figure finally fine first firstly for fourth
    friday from funny get go good goodbye guess had has have he hello her here hey hi his hm hmm
    honest honestly how however if in inaudible indeed interruption introduction is it it's its
    just knock knocks know last lastly later latter laugh laughing laughs laughter lesson like
    listen literally look lots lovely mate maybe me mhm mhmm mind mm mmm monday moral more morning
    most much music my nah nb never new next no nobody noise none nope not note nothing now
    obviously of oh ok okay on once one only or our out overall overlap overlapping overtalking
    page part pause paused pauses phone please plus pm point probably problem ps quite quote
    really reason recording remember right same saturday say second secondly section see seriously
    she should sigh sighs silence since sniffs so sobs some somebody someone something sometimes
    sorry summary sunday sure table tearful tell ten thank thanks that that's the their them theme
    then there there's these they thing things think third thirdly this those though three
    thursday time times today tomorrow tonight too topic true truth truthfully tuesday two uh um
    unclear update us very wait warning was we wednesday well were what what's when where which
    while whispers who whoever whole why will with would wow yeah yep yes yesterday you your
"""
_OPENERS = frozenset(_OPENER_WORDS.split())

#: What stands before the colon in the lines at the head of a transcript.
_DETAIL_WORDS = """
    , age, attendees, audio, audio file, audio length, checked by, code, conducted by,
    confidential, consent, content note, conventions, created, created by, date, date and time,
    date of interview, disclaimer, duration, end time, ethnicity, facilitators, file, file name,
    filename, finish, finish time, focus group, gender, group, id, in attendance, interview,
    interview date, interview duration, interview id, interview length, interview no, interview
    number, interview type, interviewed by, interviewee name, interviewer name, interviewers, job
    title, key, keywords, language, last updated, legend, length, length of interview, location,
    meeting, meeting title, method, mode, moderators, name, note, notes, number, organisation,
    organization, participant code, participant id, participant no, participant number,
    participant pseudonym, participants, place, place of interview, platform, present, project,
    project title, pseudonym, pseudonyms, recorded, recording, recording length, ref, reference,
    role, service, session, setting, sex, site, speakers, start, start time, status, study, study
    title, subject, summary keywords, time, time of interview, title, title of study, topic,
    transcribed, transcribed by, transcriber, transcript, transcript id, transcript no, transcript
    number, transcription, transcription conventions, transcription date, typed by, venue,
    version, warning, when, where, workshop
"""
_DETAILS = frozenset(" ".join(word.split()) for word in _DETAIL_WORDS.split(","))

#: Header cells of tables with a turn a row.
_TIME_HEADER_WORDS = """
    begin, from, start, start time, started, time, time code, time stamp, timecode, timestamp,
    timing
"""
TIME_HEADERS = frozenset(" ".join(word.split()) for word in _TIME_HEADER_WORDS.split(","))
_SPEAKER_HEADER_WORDS = """
    label, name, participant, person, speaker, speaker label, speaker name, speakers, voice, who
"""
SPEAKER_HEADERS = frozenset(" ".join(word.split()) for word in _SPEAKER_HEADER_WORDS.split(","))
_TEXT_HEADER_WORDS = """
    comment, content, dialogue, quote, response, said, speech, talk, text, transcript,
    transcription, utterance, verbatim, what was said, words
"""
TEXT_HEADERS = frozenset(" ".join(word.split()) for word in _TEXT_HEADER_WORDS.split(","))
_OTHER_HEADER_WORDS = """
    #, code, codes, coding, comments, duration, end, end time, id, initial codes, line, line no,
    line no., memo, no, no., note, notes, number, row, theme, themes, to, turn
"""
OTHER_HEADERS = frozenset(" ".join(word.split()) for word in _OTHER_HEADER_WORDS.split(","))


@lru_cache(maxsize=4096)
def clean_label(label: str) -> str:
    """A label as it is compared: no marks, one kind of space, one case."""
    label = unicodedata.normalize("NFC", label)
    return " ".join(label.replace("’", "'").strip(" \t:*_[]<>").split()).casefold()


@lru_cache(maxsize=4096)
def strip_parens(label: str) -> str:
    """The label without its "(she/her)" or "(facilitator)"."""
    stripped = _PARENS.sub("", label) if len(label) <= _LONGEST_JUDGED else label
    return stripped if stripped.strip() else label


@lru_cache(maxsize=4096)
def strip_action(label: str) -> str:
    """The label without what its speaker does: "Ann (laughs)" is Ann, "Ann (midwife)" is not."""
    found = _PARENS.search(label) if len(label) <= _LONGEST_JUDGED else None
    if found is None or not _ACTION.fullmatch(found[0].strip(" ()[]{}\t")):
        return label
    return label[: found.start()].strip() or label


@lru_cache(maxsize=4096)
def judge_shape(label: str) -> Shape:
    """How much a piece of text looks like a speaker's label."""
    label = " ".join(label.split())
    if not label or len(label) > LONGEST_LABEL:
        return Shape.NONE
    bare = strip_parens(label).strip()
    lowered = bare.casefold()
    if lowered in _DETAILS:
        return Shape.NONE
    if _ROLE.fullmatch(lowered) and not (len(lowered) < 3 and bare.islower()):
        return Shape.ROLE
    if len(bare) > 48:
        return Shape.NONE
    first = re.split(r"[\s,/&-]", lowered, maxsplit=1)[0].replace("’", "'").strip(".'")
    if first in _OPENERS or _MONTHS.fullmatch(lowered):
        return Shape.NONE
    if _CODE.fullmatch(bare):
        return Shape.CODE
    if _INITIALS.fullmatch(bare):
        return Shape.INITIALS
    if _NAME.fullmatch(bare):
        # Accented letters have small forms too, which no range of a pattern covers.
        accented = not bare[0].isascii() and bare[0].islower()
        return Shape.LOWER if accented else Shape.NAME
    if _LOWER.fullmatch(bare) and len(bare) <= 24:
        return Shape.LOWER
    return Shape.NONE


def is_detail(label: str) -> bool:
    """Whether the label names a detail of the recording ("Date", "Transcribed by"), not a person."""
    return " ".join(strip_parens(label).split()).casefold().strip(" :*_") in _DETAILS


@lru_cache(maxsize=4096)
def role_of(label: str) -> TurnKind | None:
    """Who the words of a label say is speaking. None: they do not say."""
    if len(label) > _LONGEST_JUDGED:
        return None
    for part in (strip_parens(label), *re.findall(r"[(\[{]([^()\[\]{}]+)[)\]}]", label)):
        found = _ROLE.fullmatch(" ".join(part.split()).casefold().strip(" :"))
        if found is None:
            continue
        for kind in TurnKind:
            if found[kind.value]:
                return kind
    return None


def is_table_header(cells: list[str]) -> bool:
    """Whether a row of cells names the columns of a table with a turn a row."""
    names = [clean_label(cell) for cell in cells]
    known = TIME_HEADERS | SPEAKER_HEADERS | TEXT_HEADERS | OTHER_HEADERS
    return (
        len(names) > 1
        and all(name in known or not name for name in names)
        and any(name in SPEAKER_HEADERS | TEXT_HEADERS for name in names)
    )
