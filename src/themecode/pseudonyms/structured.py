"""Identifiers of a known shape: numbers, addresses, dates and ages, written or said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from themecode.pseudonyms.candidates import Hit, Kind
from themecode.pseudonyms.numbers import (
    DAY_IN_WORDS,
    NUMBER_UP_TO_99,
    ONES,
    TENS_SAID,
    YEAR_IN_WORDS,
    find_runs,
)

WRITTEN = "shape of the number"
SAID = "number said in words"
DATED = "date or age"
ADDRESSED = "address"

#: Postcode areas (Royal Mail): without the list "so 16 of us" would be one.
AREAS = frozenset(
    """AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT
    DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL
    LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO
    SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE""".split()
)
_POSTCODE = re.compile(
    r"\b([A-Z]{1,2})(\d[A-Z\d]?)\s{0,2}(\d)([ABD-HJLNP-UW-Z]{2})\b", re.IGNORECASE
)
_HALF_POSTCODE = re.compile(r"\b([A-Z]{1,2})\d[A-Z\d]?\b")
_NINO = re.compile(
    r"\b[A-CEGHJ-PQR-TW-Z][A-CEGHJ-NPQR-TW-Z](?:[ -]?\d){6}(?:[ -]?[A-D])?\b", re.IGNORECASE
)
_EMAIL = re.compile(r"[\w.+'-]+\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)+")
_SAID_EMAIL = re.compile(
    rf"\b[\w+-]+(?:\s(?:dot|underscore|dash|hyphen)\s[\w+-]+|\d+|\s{NUMBER_UP_TO_99}\b)*\sat\s[\w-]+(?:\sdot\s[\w-]+)+",
    re.IGNORECASE,
)
_WEB = re.compile(
    r"\bhttps?://[^\s,;)\]]+[^\s,;)\].?!]|\bwww\.[^\s,;)\]]+[^\s,;)\].?!]"
    r"|\b(?:[\w-]+\.)+(?:com|org|net|uk|info|io|scot|wales|cymru|ie|eu|example|london)\b(?:/[^\s,;)\]]*[^\s,;)\].?!])?",
    re.IGNORECASE,
)
_SAID_WEB = re.compile(
    r"\b(?:(?:www|double u double u double u)\s(?:dot\s)?)?[\w-]+(?:\s(?:dot|slash|forward slash)\s[\w-]+)*\sdot\s"
    r"(?:com|org|net|co|gov|uk|example|info|nhs)(?:\s(?:dot|slash)\s[\w-]+)*\b",
    re.IGNORECASE,
)
_HANDLE = re.compile(r"(?<![\w@.])@[A-Za-z0-9_](?:[\w.]*\w)?")
#: Nobody says or writes an underscore in an ordinary word.
_JOINED_HANDLE = re.compile(r"(?<![\w@./])[A-Za-z0-9][\w.]*_[\w.]*\w")
_NAMED_HANDLE = re.compile(
    r"\b(?:insta|instagram|snap|snapchat|tiktok|tik tok|twitter|facebook|discord|username|user name|"
    r"handle|gamertag|account)(?:'s|\sname)?\s(?:is|was|as|called|it's|under)\s"
    r"(@?[\w.]*[\d_][\w.]*|[\w]+(?:\sunderscore\s\w+)+)",
    re.IGNORECASE,
)
_PLATE = re.compile(
    r"\b(?:[A-Z]{2}\d{2}\s?[A-Z]{3}|[A-Z]\d{1,3}\s?[A-Z]{3}|[A-Z]{3}\s?\d{1,3}[A-Z])\b",
    re.IGNORECASE,
)
_NI_PLATE = re.compile(r"\b(?=[A-Z]*[IZ])[A-Z]{2,3}\s?\d{2,4}\b", re.IGNORECASE)
_PRISON = re.compile(r"\b[A-Z]\d{4}[A-Z]{2}\b", re.IGNORECASE)
_OLD_PRISON = re.compile(r"\b[A-Z]{2}\d{4,5}\b")
_CASE = re.compile(
    r"\b(?=[\w/-]*\d[\w/-]*\d[\w/-]*\d)(?=[\w/-]*(?:[A-Za-z]|\d/\d))[A-Za-z0-9]+(?:[/-][A-Za-z0-9]+)*\b"
    r"|\b[A-Z]{2,5}[ -]?\d{4,}\b"
)
_CASE_SAID = re.compile(
    r"\b(?:reference|ref|case|crime|claim|account|hospital|unit|patient|file|order|policy|customer|"
    r"tenancy|rent|log|incident)(?:\s(?:reference|ref|number|no\.?|num))?(?:\s(?:is|was|of|it's))?[:,]?\s"
    r"((?:[A-Za-z]{1,5}[ /-]?)?\d[\w/-]{2,})",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w/])(?:\+|00)?\(?\d[\d()\s.-]{5,}\d(?![\w/])")
_LONG_NUMBER = re.compile(r"(?<![\w£$€.,])\d{4,}(?![\w%])")
_CARRIED = re.compile(r"\d")

_STREETS = (
    "road|rd|street|st|lane|avenue|ave|close|drive|crescent|terrace|place|court|gardens|grove|walk|way|row|"
    "square|mews|hill|parade|view|rise|green|park|gate|wynd|brae|loan|croft|bank|fold|ginnel|yard|wharf|quay|"
    "mount|villas|buildings|house|towers?|point|heights|mansions|boulevard|embankment|causeway|vennel|pend|"
    "common|drove|end|meadows?|orchard|chase|dene|garth|cliff|side|top|bottom|ridge|esplanade|promenade|strand|row|fields?|cottages?|lodge|house|hollow|dell|copse|glebe|paddock|reach|spinney"
)
_NUMBERED = re.compile(
    rf"\b(?:(?:flat|apartment|unit|room|apt)\s(?:\d+[A-Za-z]?|{NUMBER_UP_TO_99}),?\s)?"
    rf"(?:\d{{1,4}}[A-Za-z]?|{NUMBER_UP_TO_99}),?\s"
    rf"((?:[A-Za-z][\w'’-]+\s){{1,3}})(?:{_STREETS})\b",
    re.IGNORECASE,
)
#: A flat in a house that has a name: "Flat 3, Bryn Mawr, Station Road".
_FLAT = re.compile(
    rf"\b(?:flat|apartment|unit|room|apt)\s(?:\d+[A-Za-z]?|{NUMBER_UP_TO_99}),?\s+"
    rf"(?:[\w'’-]+\s+){{0,3}}[\w'’-]+(?:,\s*|\s+)(?:[\w'’-]+\s){{1,2}}(?:{_STREETS})\b",
    re.IGNORECASE,
)
_STREET = re.compile(
    rf"\b(?:[A-Z][\w'’-]+\s){{1,3}}(?:{'|'.join(each.capitalize() for each in _STREETS.replace('?', '').split('|'))})\b"
)
_STREET_LOW = re.compile(
    r"\b((?:[a-z][\w'’-]+\s)?[a-z][\w'’-]+)\s(?:road|street|lane|avenue|crescent|terrace|close|drive|grove|walk|gardens|estate)\b"
)
_NOT_A_STREET = frozenset(
    """the a an this that other same my our your his her their main high back wrong long next right
    straight busy quiet little big whole each every any some no one two three four down up across
    over along off on in at to from of and or for with by past into onto crossed middle end corner
    side front old new first second last nice lovely narrow dark only which what cross open bit all
    close near another it's it is was were like there then so very really go went going walk walked
    walking come came drive drove driving put put's me you him them us it
    country dirt dead one's main's care memory driving school i""".split()
)

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
_YEAR = rf"(?:(?:19|20)\d\d|['’]\d\d|{YEAR_IN_WORDS}|(?:sixty|seventy|eighty|ninety)[- ](?:one|two|three|four|five|six|seven|eight|nine))"
_DAY = rf"(?:\d{{1,2}}(?:\s?(?:st|nd|rd|th))?|{DAY_IN_WORDS})"
_MONTH_BY_NUMBER = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
)
_SAID_OF_IT = r"(?:,?\s(?:last|this|next)\syear\b)?"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b\d{1,2}\s?[/.-]\s?\d{1,2}\s?[/.-]\s?(?:\d{4}|\d{2})\b",
        r"\b(?:19|20)\d\d-\d\d-\d\d\b",
        rf"\b(?:the\s)?{_DAY}\s(?:day\s)?(?:of\s)?(?:{_MONTHS})\b(?:,?\s(?:of\s)?{_YEAR}\b)?{_SAID_OF_IT}",
        rf"\b(?:the\s)?{_DAY}\s(?:of\s)?(?:the\s)?(?:{_MONTH_BY_NUMBER})[, ]+(?:of\s)?{_YEAR}\b",
        rf"\b(?:{_MONTHS})\s(?:the\s)?{_DAY}\b(?:,?\s(?:of\s)?{_YEAR}\b)?",
        rf"\b(?:{_MONTHS}),?\s(?:of\s|in\s)?{_YEAR}\b",
        r"\bthe\s\d{1,2}(?:st|nd|rd|th)\b",
        rf"\b(?:born|birthday|d\.?o\.?b\.?|date of birth)\b(?:\s(?:is|was|on|in|the|it's))*[:,]?\s(?:{_DAY}[ ,]+{NUMBER_UP_TO_99}[ ,]+{YEAR_IN_WORDS}|{YEAR_IN_WORDS}|\d{{2,4}}(?:[ ./-]\d{{2,4}})*)",
        r"\b(?:19[3-9]|20[0-3])\d\b(?!\s?(?:pounds|quid|people|words|miles))",
        r"\bnineteen[- ](?:thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?\b",
        r"\btwo thousand and (?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b",
    )
)
_MONTH_ALONE = re.compile(
    r"\b(?:in|since|last|this|next|by|until|till|from|that|every|of|around|before|after)\s"
    r"(January|February|March|April|May|June|July|August|September|October|November|December|"
    r"january|february|april|june|july|august|september|october|november|december)\b"
)
_BEING = (
    "i'm|i’m|i am|i was|he's|he’s|she's|she’s|they're|he was|she was|he is|she is|who's|who’s|'s|’s|"
    "he'll be|she'll be|i'll be|i'd be|he'd be|she'd be|i’d be|he’d be|she’d be|must have been|would be|"
    "looked|looks|were|was|only|now|just|till|until|at"
)
_ABOUT = "only|about|nearly|just|now|just turned|coming up|gone|maybe|almost"
#: What may follow an age, and does not follow a count of things.
_AGE_ENDS = (
    r"\s*[,.;?!]|\s+(?:when|and|now|then|at the time|with|but|so|because|years|year old|next|this|last|"
    r"in|on|by|from|before|after|i|he|she|we|they|she's|he's|i'm)\b|\s*$"
)
#: Somebody grown up, said as a whole answer.
_GROWN = rf"(?:[2-9]\d|(?:{TENS_SAID})(?:[- ](?:{ONES}))?)"
_AGES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b({NUMBER_UP_TO_99}(?:\sand a half)?[- ](?:years?|months?|weeks?)[- ]olds?)\b",
        rf"\b(?:aged?|age of|turned|turning|turns|boy of|girl of|lad of|lass of|son of|daughter of|man of|woman of|kid of|birthday when (?:i|he|she) was)\s({NUMBER_UP_TO_99})\b",
        rf"\b(?:{_BEING})\s(?:{_ABOUT}\s)?({NUMBER_UP_TO_99}(?:\sand a half)?)(?={_AGE_ENDS})",
        rf"\b(?:{_BEING})\s(?:{_ABOUT}\s)?((?:{NUMBER_UP_TO_99})\s(?:months|weeks))(?=\s*[.,;?!]|\s*$)",
        rf"\b(?:under|over|from about|from around)\s({NUMBER_UP_TO_99})(?=\s*[.,;?!]|\s*$|\s+(?:it's|it is|or|and)\b)",
        rf"^({_GROWN})(?=[!.?,])",
        rf"\bwhen (?:i|he|she|we|they) (?:was|were) (?:about |only |just )?({NUMBER_UP_TO_99})\b",
        rf"\b((?:{NUMBER_UP_TO_99}|\d{{1,3}})\s(?:months|weeks))(?=\sand\s(?:never|she|he|already)|\sold)",
        r"\b((?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)) (?:birthday|next birthday)",
        r"\b(?:mid|early|late)[- ](?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties)\b",
    )
)
_NOT_AGES = frozenset(("one", "1"))
#: "Jory Trembath, 17, ..."
_AGE_BESIDE_NAME = re.compile(rf"\b[A-Z][\w'’-]+,\s({NUMBER_UP_TO_99})(?=[,.;])")


def is_nhs_number(digits: str) -> bool:
    """Whether ten digits are an NHS number by its check digit.

    Source: NHS Data Dictionary, NHS NUMBER: weights 10 to 2, modulus 11.
    """
    if len(digits) != 10 or not digits.isdigit() or len(set(digits)) == 1:
        return False
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)
    )
    check = 11 - total % 11
    return check != 10 and int(digits[9]) == (0 if check == 11 else check)


def find_structured(words: str) -> Iterator[Hit]:
    """Every identifier of a known shape in a stretch of talk."""
    yield from _find_online(words)
    has_digit = _CARRIED.search(words) is not None
    if has_digit:
        yield from _find_written(words)
    yield from _find_said(words)
    yield from _find_addresses(words)
    yield from _find_dates(words)
    yield from _find_ages(words)


def _find_online(words: str) -> Iterator[Hit]:
    if "@" in words:
        for found in _EMAIL.finditer(words):
            yield Hit(*found.span(), Kind.EMAIL, WRITTEN, 96)
        for found in _HANDLE.finditer(words):
            yield Hit(*found.span(), Kind.HANDLE, WRITTEN, 90)
    if "_" in words:
        for found in _JOINED_HANDLE.finditer(words):
            yield Hit(*found.span(), Kind.HANDLE, WRITTEN, 87)
    low = words.lower()
    if "." in words or "http" in low:
        for found in _WEB.finditer(words):
            yield Hit(*found.span(), Kind.WEB, WRITTEN, 94)
    if " dot " in low:
        for found in _SAID_EMAIL.finditer(words):
            yield Hit(*found.span(), Kind.EMAIL, SAID, 95)
        for found in _SAID_WEB.finditer(words):
            yield Hit(*found.span(), Kind.WEB, SAID, 93)
    for found in _NAMED_HANDLE.finditer(words):
        yield Hit(*found.span(1), Kind.HANDLE, WRITTEN, 88)


#: Shapes that say by themselves what they are, with how telling they are.
_SHAPES = (
    (_NINO, Kind.NINO, 91),
    (_PRISON, Kind.PRISON, 89),
    (_OLD_PRISON, Kind.PRISON, 50),
    (_LONG_NUMBER, Kind.NUMBER, 20),
)


def _find_written(words: str) -> Iterator[Hit]:
    for pattern, kind, rank in _SHAPES:
        for found in pattern.finditer(words):
            yield Hit(*found.span(), kind, WRITTEN, rank)
    for pattern, rank in ((_POSTCODE, 92), (_HALF_POSTCODE, 40)):
        for found in pattern.finditer(words):
            if (found[1].upper() if pattern is _POSTCODE else found[1]) in AREAS:
                yield Hit(*found.span(), Kind.POSTCODE, WRITTEN, rank)
    for pattern in (_PLATE, _NI_PLATE):
        for found in pattern.finditer(words):
            if " " not in found[0] or _could_be_plate(found[0]):
                yield Hit(*found.span(), Kind.PLATE, WRITTEN, 87)
    for found in _CASE.finditer(words):
        if not _is_time_or_count(found[0]):
            yield Hit(*found.span(), Kind.CASE, WRITTEN, 60)
    for found in _CASE_SAID.finditer(words):
        yield Hit(*found.span(1), Kind.CASE, WRITTEN, 86)
    yield from _find_long_numbers(words)


def _find_long_numbers(words: str) -> Iterator[Hit]:
    for found in _PHONE.finditer(words):
        digits = re.sub(r"\D", "", found[0])
        start, end = found.span()
        if is_nhs_number(digits) and not digits.startswith("0"):
            yield Hit(start, end, Kind.NHS, WRITTEN, 90)
        elif 10 <= len(digits) <= 14 and (found[0].lstrip("(")[0] in "0+"):
            yield Hit(start, end, Kind.TELEPHONE, WRITTEN, 85)
        elif len(digits) >= 6:
            yield Hit(start, end, Kind.NUMBER, WRITTEN, 30)


def _could_be_plate(text: str) -> bool:
    """Whether a plate with a gap is one: in small letters "b12 and" and "to 16 the" are not."""
    letters = re.sub(r"[^A-Za-z]", " ", text).split()
    return text.upper() == text or not any(word.lower() in _PLAIN_SHORT for word in letters)


_PLAIN_SHORT = frozenset(
    """the and for was his her she him out off one two you are but not had has how who why all any can did
    get got she its our too yet day may men way old new now see say put let use ago in at on to of is it
    inside i zip zone izzy six big did kid bit hit sit lit""".split()
)


def _is_time_or_count(text: str) -> bool:
    return bool(
        re.fullmatch(
            r"\d+(?:st|nd|rd|th|am|pm|mg|ml|kg|g|k|m|s|hrs?|mins?|km|cm|ft|x|%)",
            text,
            re.IGNORECASE,
        )
        or re.fullmatch(r"\d{1,2}-\d{1,2}|\d{1,2}/\d{1,2}|24/7", text)
    )


def _find_said(words: str) -> Iterator[Hit]:
    for start, end, said, in_words in find_runs(words):
        digits = "".join(each for each in said if each.isdigit())
        if said.isdigit():
            if not in_words:
                continue  # written figures are looked at as written
            if is_nhs_number(said) and said[0] != "0":
                yield Hit(start, end, Kind.NHS, SAID, 90)
            elif len(said) >= 10 and said[0] in "04":
                yield Hit(start, end, Kind.TELEPHONE, SAID, 85)
            elif len(said) >= 6:
                yield Hit(start, end, Kind.NUMBER, SAID, 45)
            continue
        yield from _read_mixed(said, digits, start, end)


_SAID_SHAPES = (
    (re.compile(r"[A-Z]{2}\d{6}[A-D]?", re.IGNORECASE), Kind.NINO),
    (re.compile(r"[A-Z]\d{4}[A-Z]{2}", re.IGNORECASE), Kind.PRISON),
    (re.compile(r"[A-Z]{2}\d{2}[A-Z]{3}", re.IGNORECASE), Kind.PLATE),
)
_SAID_POSTCODE = re.compile(r"([A-Z]{1,2})(\d[A-Z\d]?)(\d)([A-Z]{2})", re.IGNORECASE)


def _read_mixed(said: str, digits: str, start: int, end: int) -> Iterator[Hit]:
    """What figures and letters read out one after another come to."""
    if said.isalpha():
        if len(said) >= 4:
            yield Hit(start, end, Kind.UNKNOWN, "spelled out", 70)
        return
    postcode = _SAID_POSTCODE.search(said)
    if postcode and postcode[1].upper() in AREAS:
        yield Hit(start, end, Kind.POSTCODE, SAID, 84)
        return
    for shape, kind in _SAID_SHAPES:
        if shape.search(said):
            yield Hit(start, end, kind, SAID, 83)
            return
    if len(digits) >= 4 and len(said) >= 6:
        yield Hit(start, end, Kind.CASE, SAID, 45)


def _find_addresses(words: str) -> Iterator[Hit]:
    low = words.lower()
    for found in _NUMBERED.finditer(words):
        between = found[1].lower().split()
        if not _NOT_A_STREET.intersection(between):
            yield Hit(*found.span(), Kind.ADDRESS, ADDRESSED, 80)
    for found in _FLAT.finditer(words):
        yield Hit(*found.span(), Kind.ADDRESS, ADDRESSED, 79)
    for found in _STREET.finditer(words):
        first = found[0].split()[0].lower()
        start = found.start()
        if first in _NOT_A_STREET:
            start += len(first) + 1
            if len(found[0].split()) < 3:
                continue
        yield Hit(start, found.end(), Kind.PLACE, ADDRESSED, 55)
    if not any(
        street in low
        for street in (
            " road",
            " street",
            " lane",
            " avenue",
            " cres",
            " terr",
            " clo",
            " dr",
            " gr",
            " walk",
            " gard",
            " estate",
        )
    ):
        return
    for found in _STREET_LOW.finditer(words):
        named = found[1].split()
        while named and named[0] in _NOT_A_STREET:
            named = named[1:]
        if named and named[-1] not in _NOT_A_STREET:
            yield Hit(
                found.end() - len(found[0]) + found[0].index(named[0]),
                found.end(), Kind.PLACE, ADDRESSED, 52,
            )  # fmt: skip


def _find_dates(words: str) -> Iterator[Hit]:
    for pattern in _DATES:
        for found in pattern.finditer(words):
            if found[0].lower() in ("may one", "may two", "march on"):
                continue
            yield Hit(*found.span(), Kind.DATE, DATED, 75)
    for found in _MONTH_ALONE.finditer(words):
        yield Hit(*found.span(1), Kind.DATE, DATED, 35)


def _find_ages(words: str) -> Iterator[Hit]:
    for pattern in _AGES:
        for found in pattern.finditer(words):
            group = 1 if pattern.groups else 0
            if found[group].lower() not in _NOT_AGES:
                yield Hit(*found.span(group), Kind.AGE, DATED, 33)
    for found in _AGE_BESIDE_NAME.finditer(words):
        if found[1].lower() not in _NOT_AGES:
            yield Hit(*found.span(1), Kind.AGE, DATED, 33)
