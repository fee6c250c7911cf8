"""A study as a REFI-QDA project (.qdpx), which NVivo, MAXQDA, ATLAS.ti, QualCoder and others open.

The standard is QDA-XML 1.0 (18 March 2019). Texts are files of their own inside the project, and
passages are counted as the program it is meant for counts (see `offsets`).
"""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from themecode.exchange.guids import make_guid
from themecode.exchange.offsets import Counting, OffsetMap
from themecode.exchange.qdc import ORIGIN, add_codes, as_xml, clean_xml, code_guid
from themecode.exchange.variables import CONSENT, KIND, MEMO_ABOUT, ROLE
from themecode.exports.coded_segments import evidence_sentence
from themecode.exports.files import open_target
from themecode.model import (
    COUNTED,
    Codebook,
    Memo,
    Participant,
    Span,
    Status,
    Transcript,
    Turn,
    TurnKind,
    Verdict,
)
from themecode.settle import Settled
from themecode.wording import number_of

if TYPE_CHECKING:
    from lxml.etree import _Element

PROJECT_NAMESPACE = "urn:QDA-XML:project:1.0"
_PROJECT = "project.qde"
#: How a memo says what it is about, beside the study as a whole.
_ABOUT_TRANSCRIPT, _ABOUT_CODE, _ABOUT_CODING = "transcript:", "code:", "coding:"


@dataclass(slots=True)
class ProjectReport:
    """What went into a project, and what its format has no place for.

    Args:
        codings: how many, each a code on a passage by one coder.
        lost: what was left out or is only told in words; sentences.
    """

    transcripts: int = 0
    codings: int = 0
    lost: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, order=True)
class _Claim:
    """One coder's code on a passage, as the project holds it."""

    span: Span
    code_id: str
    coder: str
    made_at: datetime
    about: str
    coding_id: str


def write_project(
    target: Path | BinaryIO,
    *,
    transcripts: Iterable[Transcript],
    settled: Iterable[Settled],
    codebook: Codebook,
    participants: Mapping[str, Participant],
    memos: Sequence[Memo] = (),
    counting: Counting,
) -> ProjectReport:
    """Write a study as a .qdpx project.

    A machine's and a person's codings are each their own coder's. Where a reviewer accepted a
    coding or gave another code, the passage bears that code from the reviewer as well. Rejected
    and doubtful codings stay out.

    Args:
        target: the file.
        transcripts: in id order.
        settled: by transcript, as the study stands.
        codebook: the one in force.
        participants: who speaks, by id; they are the project's cases.
        memos: oldest first.
        counting: how the program that will read it counts.

    Returns:
        What went in, and what could not.
    """
    from lxml import etree

    report = ProjectReport()
    claims = _gather_claims(settled, report)
    known = {code.id for code in codebook.codes}
    others = tuple(sorted({each.code_id for found in claims.values() for each in found} - known))
    coders = {each.coder for found in claims.values() for each in found}
    coders |= {memo.author for memo in memos}
    root = etree.Element("Project", {"name": clean_xml(codebook.title), "origin": ORIGIN})
    if coders:
        users = etree.SubElement(root, "Users")
        for coder in sorted(coders):
            etree.SubElement(users, "User", guid=_user_guid(coder), name=clean_xml(coder))
    codes = etree.SubElement(etree.SubElement(root, "CodeBook"), "Codes")
    add_codes(codes, codebook, others=others)
    variables = _list_variables(participants)
    _add_variables(root, variables)
    cases = etree.SubElement(root, "Cases") if participants else None
    sources = etree.SubElement(root, "Sources")
    notes = _Notes(memos)
    said_in: dict[str, list[_Element]] = defaultdict(list)
    with open_target(target) as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zip_:
        for transcript in transcripts:
            _write_text(zip_, transcript, counting)
            source = _add_source(
                sources, transcript, claims.pop(transcript.id, ()), counting, notes, report
            )
            _add_speakers(source, transcript, counting, said_in)
            report.transcripts += 1
        if cases is not None:
            for participant in participants.values():
                _add_case(cases, participant, variables, said_in[participant.id])
        if not len(sources):
            root.remove(sources)
        notes.add_to(root, codes)
        _describe_loss(report, codebook, notes)
        etree.SubElement(root, "Description").text = clean_xml("\n".join(report.lost))
        notes.refer_to_study(root)
        _write_part(zip_, _PROJECT, as_xml(root, PROJECT_NAMESPACE))
    return report


def _gather_claims(settled: Iterable[Settled], report: ProjectReport) -> dict[str, list[_Claim]]:
    """Every code on a passage, by transcript; each coder's once."""
    claims: dict[str, dict[tuple[Span, str, str], _Claim]] = defaultdict(dict)
    left_out = {Status.REJECTED: 0, Status.CANDIDATE: 0}
    for each in settled:
        if each.status in left_out:
            left_out[each.status] += 1
        of_transcript = claims[each.coding.segment.transcript_id]
        for claim in _list_claims(each):
            of_transcript.setdefault((claim.span, claim.code_id, claim.coder), claim)
    for status, why in ((Status.REJECTED, "rejected"), (Status.CANDIDATE, "doubtful")):
        if left_out[status]:
            report.lost.append(f"Left out as {why}: {number_of(left_out[status], 'coding')}.")
    return {
        transcript_id: sorted(found.values(), key=_claim_order)
        for transcript_id, found in claims.items()
    }


def _claim_order(claim: _Claim) -> tuple[int, int, str, str]:
    return claim.span.start, claim.span.end, claim.code_id, claim.coder


def _list_claims(each: Settled) -> Iterable[_Claim]:
    """What one coding comes to: its coder's claim while it counts, and each reviewer's own."""
    coding = each.coding
    span = coding.segment.span
    if each.status in COUNTED or each.status is Status.DISPUTED:
        yield _Claim(span, coding.code_id, coding.coder, coding.made_at, _describe(each), coding.id)
    for decision in each.decisions:
        if decision.verdict is Verdict.ACCEPT:
            code_id = coding.code_id
        elif decision.verdict is Verdict.RECODE and decision.recoded_to:
            code_id = decision.recoded_to
        else:
            continue
        about = f"{code_id}, by {decision.reviewer}"
        if decision.note:
            about += f": {decision.note}"
        yield _Claim(span, code_id, decision.reviewer, decision.decided_at, about, decision.id)


def _describe(each: Settled) -> str:
    coding = each.coding
    said = f"{coding.code_id}, by {coding.coder}: {each.status}"
    if coding.confidence is not None:
        said += f", confidence {coding.confidence:.2f}"
    if each.stale:
        said += ", under an earlier definition of the code"
    reasons = evidence_sentence(coding.evidence)
    return f"{said}. {reasons}" if reasons else said


def _add_source(
    sources: _Element,
    transcript: Transcript,
    claims: Sequence[_Claim],
    counting: Counting,
    notes: _Notes,
    report: ProjectReport,
) -> _Element:
    from lxml import etree

    guid = _source_guid(transcript)
    source = etree.SubElement(
        sources,
        "TextSource",
        guid=guid,
        name=clean_xml(transcript.id),
        plainTextPath=f"internal://{guid}.txt",
    )
    places = OffsetMap(transcript.text, counting)
    by_span: dict[Span, list[_Claim]] = defaultdict(list)
    for claim in claims:
        by_span[claim.span].append(claim)
    for span, found in by_span.items():
        selection = _add_selection(
            source, places, span, make_guid("passage", guid, str(span.start), str(span.end))
        )
        etree.SubElement(selection, "Description").text = clean_xml(
            "\n".join(claim.about for claim in found)
        )
        for claim in found:
            coding = etree.SubElement(
                selection,
                "Coding",
                guid=make_guid("coding", guid, claim.coding_id, claim.code_id, claim.coder),
                creatingUser=_user_guid(claim.coder),
                creationDateTime=_write_time(claim.made_at),
            )
            etree.SubElement(coding, "CodeRef", targetGUID=code_guid(claim.code_id))
            notes.refer(coding, f"{_ABOUT_CODING}{claim.coding_id}")
            report.codings += 1
    return source


def _add_selection(source: _Element, places: OffsetMap, span: Span, guid: str) -> _Element:
    from lxml import etree

    return etree.SubElement(
        source,
        "PlainTextSelection",
        guid=guid,
        name=clean_xml(" ".join(span.of(places.text)[:60].split())),
        startPosition=str(places.out(span.start)),
        endPosition=str(places.out(span.end)),
    )


def _add_speakers(
    source: _Element,
    transcript: Transcript,
    counting: Counting,
    said_in: dict[str, list[_Element]],
) -> None:
    """Who says what: the whole source where one participant speaks, each turn where several do.

    The schema wants notes and variables of a source after its passages, so those come last.
    """
    from lxml import etree

    turns: dict[str, list[Turn]] = defaultdict(list)
    for turn in transcript.turns:
        if turn.kind is TurnKind.PARTICIPANT and turn.participant_id is not None:
            turns[turn.participant_id].append(turn)
    guid = source.get("guid", "")
    if len(turns) == 1:
        [participant_id] = turns
        said_in[participant_id].append(etree.Element("SourceRef", targetGUID=guid))
    else:
        places = OffsetMap(transcript.text, counting)
        for participant_id, spoken in turns.items():
            for turn in spoken:
                if not len(turn.span):
                    continue
                selection = _add_selection(
                    source, places, turn.span, make_guid("turn", guid, str(turn.number))
                )
                said_in[participant_id].append(
                    etree.Element("SelectionRef", targetGUID=selection.get("guid", ""))
                )
    value = etree.SubElement(source, "VariableValue")
    etree.SubElement(value, "VariableRef", targetGUID=make_guid("variable", KIND))
    etree.SubElement(value, "TextValue").text = str(transcript.kind)


def _list_variables(participants: Mapping[str, Participant]) -> list[str]:
    names = dict.fromkeys(
        name for participant in participants.values() for name in participant.attributes
    )
    return [ROLE, CONSENT, *(name for name in names if name not in (ROLE, CONSENT))]


def _add_variables(root: _Element, names: Sequence[str]) -> None:
    from lxml import etree

    variables = etree.SubElement(root, "Variables")
    for name in (*names, KIND):
        etree.SubElement(
            variables,
            "Variable",
            guid=make_guid("variable", name),
            name=clean_xml(name),
            typeOfVariable="Text",
        )


def _add_case(
    cases: _Element, participant: Participant, variables: Sequence[str], places: Sequence[_Element]
) -> None:
    from lxml import etree

    case = etree.SubElement(
        cases, "Case", guid=make_guid("case", participant.id), name=clean_xml(participant.id)
    )
    known = {
        **participant.attributes,
        ROLE: participant.role or "",
        CONSENT: participant.consent or "",
    }
    for name in variables:
        if known.get(name):
            value = etree.SubElement(case, "VariableValue")
            etree.SubElement(value, "VariableRef", targetGUID=make_guid("variable", name))
            etree.SubElement(value, "TextValue").text = clean_xml(str(known[name]))
    for kind in ("SourceRef", "SelectionRef"):
        case.extend(place for place in places if place.tag == kind)


class _Notes:
    """The study's memos: each a note, and a reference to it from what it is about."""

    def __init__(self, memos: Sequence[Memo]) -> None:
        self._memos = memos
        self._about: dict[str, list[str]] = defaultdict(list)
        for memo in memos:
            self._about[memo.about].append(make_guid("memo", memo.id))
        self._referred: set[str] = set()

    def refer(self, element: _Element, about: str) -> None:
        """Refer to the memos about a thing from its element."""
        from lxml import etree

        for guid in self._about.get(about, ()):
            etree.SubElement(element, "NoteRef", targetGUID=guid)
            self._referred.add(about)

    def add_to(self, root: _Element, codes: _Element) -> None:
        """Add the notes themselves, and refer to them from codes and sources."""
        from lxml import etree

        if not self._memos:
            return
        for source in root.iterfind("Sources/TextSource"):
            self._insert(source, f"{_ABOUT_TRANSCRIPT}{source.get('name')}", before="VariableValue")
        for memo in self._memos:
            if memo.about.startswith(_ABOUT_CODE):
                wanted = code_guid(memo.about.removeprefix(_ABOUT_CODE))
                for code in codes.iter("Code"):
                    if code.get("guid") == wanted and memo.about not in self._referred:
                        self.refer(code, memo.about)
        notes = etree.SubElement(root, "Notes")
        for memo in self._memos:
            note = etree.SubElement(
                notes,
                "Note",
                guid=make_guid("memo", memo.id),
                name=clean_xml(f"{MEMO_ABOUT}{memo.about}"),
                creatingUser=_user_guid(memo.author),
                creationDateTime=_write_time(memo.made_at),
            )
            etree.SubElement(note, "PlainTextContent").text = clean_xml(memo.text)

    def _insert(self, element: _Element, about: str, *, before: str) -> None:
        from lxml import etree

        at = next(
            (number for number, child in enumerate(element) if child.tag == before), len(element)
        )
        for guid in reversed(self._about.get(about, ())):
            element.insert(at, etree.Element("NoteRef", targetGUID=guid))
            self._referred.add(about)

    def refer_to_study(self, root: _Element) -> None:
        """Refer to the memos about the study as a whole, last of all."""
        self.refer(root, "study")

    @property
    def loose(self) -> int:
        """How many memos are about a thing that can bear no note."""
        return sum(
            memo.about not in self._referred and memo.about != "study" for memo in self._memos
        )


def _describe_loss(report: ProjectReport, codebook: Codebook, notes: _Notes) -> None:
    if any(code.cues for code in codebook.codes):
        report.lost.append(
            "Not in the file: the codebook's cues and word lists (the .yaml file holds them)."
        )
    if report.codings:
        report.lost.append(
            "Told only in words, in each passage's description: how sure the machine is, and why."
        )
    if notes.loose:
        report.lost.append(
            f"Told only in the note's name: what {notes.loose:,} "
            f"memo{'s are' if notes.loose > 1 else ' is'} about."
        )


def _write_text(zip_: zipfile.ZipFile, transcript: Transcript, counting: Counting) -> None:
    text = transcript.text.replace("\n", counting.line_end)
    # No byte order mark: the programs do not count it, and some readers take it for a letter.
    _write_part(zip_, f"sources/{_source_guid(transcript)}.txt", text.encode("utf-8", "replace"))


def _write_part(zip_: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name)  # its own time is always the same
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 0
    zip_.writestr(entry, content)


def _source_guid(transcript: Transcript) -> str:
    return make_guid("source", transcript.id)


def _user_guid(coder: str) -> str:
    return make_guid("user", coder)


def _write_time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
