"""What a speaker's label looks like, and what its words say about the speaker."""

from __future__ import annotations

import re
import unicodedata
from enum import IntEnum
from functools import lru_cache

from themecode.model import TurnKind

#: No label is longer: "Tamsin Akande-Willoughby (complex needs lead, she/her)".
LONGEST_LABEL = 70


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
    r"[A-Z]{1,6}(?:[_./-]?[A-Z]{0,4}[ _./-]?\d{1,4})+[A-Za-z]?|[A-Za-z]{1,3}\d{1,4}[A-Za-z]?"
)
_INITIALS = re.compile(r"(?:[A-Z]\.? ?){1,3}")
_TITLE = r"(?:(?:Dr|Prof|Professor|Mr|Mrs|Ms|Miss|Mx|Sr|Sister|Rev|St)\.? )?"
_TOKEN = r"[^\W\d_a-z][\w'’.\-]*"
_JOIN = r"(?: (?:(?:van|von|de|der|den|del|della|di|da|du|la|le|bin|ibn|al|el|of|and|&|y|ap) )*| ?[/&+] ?|, )"
_NAME = re.compile(rf"{_TITLE}{_TOKEN}(?:{_JOIN}{_TOKEN}|{_JOIN}\d{{1,3}}){{0,4}}")
_LOWER = re.compile(r"[^\W\d_A-Z][\w'’-]*(?: [\w'’-]+)?")
_PARENS = re.compile(r"\s*[(\[{][^()\[\]{}:]{1,40}[)\]}]\s*$")
_MONTHS = re.compile(r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* ?\d*", re.I)

#: Words that open a sentence, and so are not anybody's name however they are written.
_OPENERS = frozenset(
    """
    a about absolutely actually after again ah all alright also although always an and another
    answers any anyway anything are as at basically be because before but bye can cause could
    course day days did do does don't each eh er erm even ever every everything exactly example
    fair few finally fine first firstly for from fourth fifth funny get go good goodbye guess had
    has have he hello her here hey hi his hm hmm honest honestly how however if in indeed is it
    it's its just know last lastly later latter lesson like listen literally look lots lovely mate
    maybe me mhm mhmm mind mm mmm moral more morning most much my nah never new next no nobody none
    nope not note nothing now obviously of oh ok okay on once one only or our out overall ps point
    please plus probably quite quote reason really remember right same say second secondly see
    seriously she should since so some somebody someone something sometimes sorry sure tell ten
    thank thanks that that's the their them then there there's these they thing things think third
    thirdly this those though three time times today tomorrow tonight too truth truthfully true two
    uh um update us very wait was we well were what what's when where which while who whoever whole
    why will with would wow yeah yep yes yesterday you your
    am pm afternoon evening monday tuesday wednesday thursday friday saturday sunday
    laughs laughing laughter laugh pause pauses paused silence inaudible unclear crosstalk
    overlapping overtalking overlap cries crying sighs sigh coughs cough applause music noise
    background phone knock knocks door recording sobs tearful whispers sniffs interruption break
    section part page chapter table figure topic theme appendix summary conclusion introduction
    nb comment comments warning problem
    """.split()
)

#: What stands before the colon in the lines at the head of a transcript.
_DETAILS = frozenset(
    """
    date|time|start|start time|end time|finish|finish time|duration|length|recording|recorded|audio
    audio file|audio length|recording length|file|file name|filename|location|place|venue|site|setting
    project|project title|study|study title|title|title of study|subject|topic|transcript|transcript id
    transcript no|transcript number|transcription|transcriber|transcribed|transcribed by|typed by
    checked by|transcription date|interview|interview id|interview no|interview number|interview date
    interview type|interview length|interview duration|participant id|participant no|participant number
    participant code|participant pseudonym|participants|pseudonym|pseudonyms|id|ref|reference|code|key
    present|in attendance|attendees|speakers|keywords|summary keywords|language|note|notes|version|status
    consent|confidential|age|gender|sex|ethnicity|role|job title|service|organisation|organization
    interviewer name|interviewee name|interviewed by|conducted by|facilitators|interviewers|moderators
    conventions|transcription conventions|session|group|focus group|workshop|mode|method|platform
    warning|disclaimer|content note|created|created by|last updated|meeting|meeting title|legend|where|when
    date of interview|time of interview|place of interview|length of interview|date and time|name|number
    """.replace("\n", "|").replace("    ", "").split("|")
)

#: Header cells of tables with a turn a row.
TIME_HEADERS = frozenset(
    "time|timestamp|time stamp|timecode|time code|start|start time|started|begin|from|timing".split("|")
)
SPEAKER_HEADERS = frozenset(
    "speaker|speakers|name|who|participant|label|person|speaker name|speaker label|voice".split("|")
)
TEXT_HEADERS = frozenset(
    "text|transcript|words|speech|utterance|dialogue|content|said|what was said|transcription"
    "|verbatim|talk|comment|response|quote".split("|")
)
OTHER_HEADERS = frozenset(
    "no|no.|number|line|line no|line no.|#|id|turn|end|end time|to|notes|note|codes|code|comments"
    "|memo|themes|theme|duration|row|initial codes|coding".split("|")
)


@lru_cache(maxsize=4096)
def clean_label(label: str) -> str:
    """A label as it is compared: no marks, one kind of space, one case."""
    label = unicodedata.normalize("NFC", label)
    return " ".join(label.replace("’", "'").strip(" \t:*_[]<>").split()).casefold()


@lru_cache(maxsize=4096)
def strip_parens(label: str) -> str:
    """The label without its "(she/her)" or "(facilitator)"."""
    stripped = _PARENS.sub("", label)
    return stripped if stripped.strip() else label


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
        return Shape.NAME
    if _LOWER.fullmatch(bare) and len(bare) <= 24:
        return Shape.LOWER
    return Shape.NONE


def is_detail(label: str) -> bool:
    """Whether the label names a detail of the recording ("Date", "Transcribed by"), not a person."""
    return " ".join(strip_parens(label).split()).casefold().strip(" :*_") in _DETAILS


@lru_cache(maxsize=4096)
def role_of(label: str) -> TurnKind | None:
    """Who the words of a label say is speaking. None: they do not say."""
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
