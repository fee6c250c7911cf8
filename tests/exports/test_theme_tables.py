"""Theme tables in Word."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

import docx
import invented
import pytest
from docx.document import Document
from docx.oxml.ns import qn

from themecode.exports import templates, word
from themecode.exports.theme_tables import StudyFacts, write_theme_tables
from themecode.model import Consent, Participant, Status, TurnKind
from themecode.settle import Settled

FACTS = StudyFacts("Invented & co", 3, 4, "0.1.0", "1.0", date(2026, 3, 2))


def make(
    items: Iterable[Settled],
    *,
    people: Mapping[str, Participant] | None = None,
    quotes: int | None = 8,
) -> bytes:
    stream = io.BytesIO()
    write_theme_tables(
        items,
        stream,
        codebook=invented.codebook(),
        participants=invented.people() if people is None else people,
        study=FACTS,
        quotes_per_code=quotes,
    )
    return stream.getvalue()


def read(data: bytes) -> Document:
    return docx.Document(io.BytesIO(data))


def quotes_of(data: bytes, row: int = 1, table: int = 0) -> list[tuple[str, str]]:
    cell = read(data).tables[table].rows[row].cells[3]
    return [(p.text, str(p.style.name if p.style else "")) for p in cell.paragraphs]


def whole_text(data: bytes) -> str:
    return "".join(t.text or "" for t in read(data).element.body.iter(qn("w:t")))


def test_each_theme_has_a_heading_its_definition_and_a_table_of_its_codes() -> None:
    document = read(make([invented.settled()]))
    styles = [(p.style.name if p.style else "", p.text) for p in document.paragraphs]
    assert styles[0] == ("Title", "Invented & co: theme tables")
    assert ("Heading 1", "Being judged") in styles
    assert ("Theme definition", "What women say about being judged, in their own words.") in styles
    assert ("Theme content note", "Before you read: violence at home.") in styles
    table = document.tables[0]
    assert [cell.text for cell in table.rows[0].cells] == [
        "Code", "What it means", "People", "Quotes",
    ]  # fmt: skip
    assert len(document.tables) == 2
    assert [row.cells[0].text for row in table.rows[1:]] == [
        "Fear of being judged", "Talk of getting there", "A way past children",
    ]  # fmt: skip
    assert table.rows[1].cells[2].text == "1 of 4\n1 passage"


def test_a_quote_is_signed_by_role_alone() -> None:
    item = invented.settled("it was [name of town] [...] and I left")
    assert quotes_of(make([item], people=invented.people(12))) == [
        ("“it was [name of town] [...] and I left”", "Theme quote"),
        ("— Practitioner", "Theme attribution"),
    ]
    # One of two who have the role: it is not named.
    assert quotes_of(make([item]))[1][0] == "— A participant"


def test_a_support_turn_is_not_attributed_to_a_participant() -> None:
    item = invented.settled(who=None, kind=TurnKind.SUPPORT, speaker="Real Name")
    data = make([item])
    assert quotes_of(data)[1][0] == "— Someone supporting a participant"
    assert "Real Name" not in whole_text(data)


def test_header_rows_repeat_and_short_rows_stay_whole() -> None:
    long = invented.settled("so I said, and then she said, " * 200, code_id="t0.c1")
    rows = read(make([invented.settled(), long])).tables[0].rows
    assert rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    assert rows[1]._tr.trPr.find(qn("w:cantSplit")) is not None
    assert rows[2]._tr.trPr is None


def test_tables_carry_a_style_and_words_for_screen_readers() -> None:
    table = read(make([])).tables[0]
    assert table.style is not None
    assert table.style.name == "Theme table"
    properties = table._tbl.tblPr
    caption = properties.find(qn("w:tblCaption"))
    assert caption.get(qn("w:val")) == "Being judged: codes, people and quotes"
    assert properties.find(qn("w:tblLook")).get(qn("w:firstRow")) == "1"


def test_the_document_is_in_british_english_on_a4_with_page_numbers() -> None:
    document = read(make([]))
    languages = [lang.get(qn("w:val")) for lang in document.styles.element.iter(qn("w:lang"))]
    assert set(languages) == {"en-GB"}
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (29.7, 21.0)
    fields = [f.get(qn("w:instr")) for f in section.footer._element.iter(qn("w:fldSimple"))]
    assert fields == [" PAGE ", " NUMPAGES "]
    properties = document.core_properties
    assert properties.title == "Invented & co: theme tables"
    assert properties.created.date() == FACTS.made_on


def test_quotes_go_round_the_people_most_confident_first() -> None:
    items = [
        invented.settled(f"quote {who} {n}", who=who, start=at * 100, confidence=0.9 - at / 100)
        for at, (who, n) in enumerate([("P01", 1), ("P01", 2), ("P01", 3), ("P02", 1), ("P03", 1)])
    ]
    found = [text for text, style in quotes_of(make(items, quotes=4)) if style == word.QUOTE]
    assert found == ["“quote P01 1”", "“quote P02 1”", "“quote P03 1”", "“quote P01 2”"]
    assert quotes_of(make(items, quotes=4))[-1][0] == "4 of 5 passages shown."


def test_what_people_agreed_to_is_quoted_before_what_the_machine_suggests() -> None:
    items = [
        invented.settled("suggested", confidence=0.99),
        invented.settled("agreed to", start=50, confidence=0.5, status=Status.ACCEPTED),
    ]
    assert quotes_of(make(items, quotes=1))[0][0] == "“agreed to”"


def test_many_quotes_of_one_person_keep_her_best() -> None:
    items = [
        invented.settled(f"quote {n}", start=n * 20, confidence=n / 1000) for n in range(1, 500)
    ]
    assert quotes_of(make(items, quotes=2))[0][0] == "“quote 499”"
    assert len([1 for _, style in quotes_of(make(items, quotes=None)) if style == word.QUOTE]) == (
        499
    )


def test_words_of_someone_who_did_not_consent_are_counted_and_never_quoted() -> None:
    people = invented.people(4, P01=Consent.NONE, P02=Consent.PARAPHRASE, P03=Consent.QUOTE)
    items = [
        invented.settled("secret one", who="P01"),
        invented.settled("secret two", who="P02", start=50),
        invented.settled("open three", who="P03", start=100),
        invented.settled("open four", who="P04", start=150),
    ]
    data = make(items, people=people)
    assert "secret" not in whole_text(data)
    texts = [text for text, _ in quotes_of(data)]
    assert "“open three”" in texts
    assert "“open four”" in texts
    assert texts[-2:] == [
        "2 of 4 passages shown.",
        "2 passages held back: consent does not allow quoting.",
    ]
    assert read(data).tables[0].rows[1].cells[2].text == "4 of 4\n4 passages"


@pytest.mark.parametrize("status", [Status.CANDIDATE, Status.REJECTED, Status.DISPUTED])
def test_a_coding_that_is_in_no_count_is_never_quoted(status: Status) -> None:
    data = make([invented.settled("not to be shown", status=status)])
    assert "not to be shown" not in whole_text(data)
    assert read(data).tables[0].rows[1].cells[2].text == "0 of 4"
    assert quotes_of(data) == [("Nobody mentioned this.", word.NOTE)]


def test_what_the_machine_alone_suggested_is_said_plainly() -> None:
    items = [
        invented.settled(),
        invented.settled(start=100, status=Status.ACCEPTED),
        invented.settled(start=200, status=Status.CANDIDATE),
    ]
    assert (
        "Of the 2 codings counted here, 1 was suggested by the machine and has not yet been "
        "checked by anyone; people made or agreed to the other 1. 1 more waits for people to "
        "decide and is neither counted nor quoted."
    ) in whole_text(make(items))
    assert "Nothing is counted yet" in whole_text(make([]))
    assert "People made or agreed to every coding" in whole_text(
        make([invented.settled(status=Status.CODED)])
    )


def test_an_empty_study_and_one_participant_make_whole_documents() -> None:
    assert quotes_of(make([], people={}))[0][0] == "Nobody mentioned this."
    one = make([invented.settled()], people=invented.people(1))
    assert read(one).tables[0].rows[1].cells[2].text == "1 of 1\n1 passage"


def test_a_long_quote_is_kept_whole() -> None:
    long = " ".join(f"word{n}" for n in range(2_000))
    assert quotes_of(make([invented.settled(long)]))[0][0] == f"“{long}”"


def test_right_to_left_words_run_right_to_left() -> None:
    document = read(make([invented.settled("قالت لي أختي لا تخافي")]))
    quote = document.tables[0].rows[1].cells[3].paragraphs[0]
    assert quote.text == "“قالت لي أختي لا تخافي”"
    assert quote._p.pPr.find(qn("w:bidi")) is not None


PAYLOADS = [
    f"{before}{inner}{after}"
    for inner in (
        "<script>alert(1)</script>",
        '</w:t></w:r><w:fldSimple w:instr="DDEAUTO c:\\\\x"/>',
        "{ INCLUDETEXT file.docx }",
        "<!ENTITY x SYSTEM 'file:///etc/passwd'>&x;",
        "]]><![CDATA[<b>",
        '<w:hyperlink r:id="rId99"/>',
        "&lt;b&gt; &#0; &#x1F;",
        "<?xml version='1.0'?>",
        "<w:instrText>MACROBUTTON</w:instrText>",
        '"><img src=x onerror=alert(1)>',
    )
    for before, after in (("", ""), ("“", "”"), ("\x00", "\x08"), ("é ", " 😀"), ("[", "...]"))
]


def test_fifty_markup_payloads_stay_text() -> None:
    assert len(PAYLOADS) == 50
    items = [
        invented.settled(text, start=at * 1000, confidence=0.9 - at / 1000)
        for at, text in enumerate(PAYLOADS)
    ]
    people = {"P01": Participant("P01", role=PAYLOADS[5])}
    data = make(items, people=people, quotes=None)
    found = [text for text, style in quotes_of(data) if style == word.QUOTE]
    clean = [f"“{text}”".replace("\x00", "").replace("\x08", "") for text in PAYLOADS]
    assert found == clean
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = package.read("word/document.xml")
        names = package.namelist()
        relations = b"".join(package.read(name) for name in names if name.endswith(".rels"))
    tags = {element.tag for element in read(data).element.body.iter()}
    assert not tags & {qn("w:fldSimple"), qn("w:instrText"), qn("w:hyperlink")}
    assert b"<!ENTITY" not in body
    assert b"External" not in relations
    assert not [name for name in names if "vba" in name.lower()]


def test_the_same_state_gives_the_same_bytes() -> None:
    book, people = invented.codebook(), invented.people()
    items = invented.study(200, book=book, participants=people)
    assert make(items) == make(items)
    assert zipfile.ZipFile(io.BytesIO(make(items))).testzip() is None


def test_the_order_of_the_codings_changes_nothing() -> None:
    items = invented.study(200, book=invented.codebook(), participants=invented.people())
    assert make(items) == make(reversed(items))


def test_a_document_that_fails_midway_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "theme_tables.docx"
    path.write_bytes(b"old")
    broken = StudyFacts("x", 1, 1, "0", "1", None)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        write_theme_tables([], path, codebook=invented.codebook(), participants={}, study=broken)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_kept_document_template_is_what_its_module_makes() -> None:
    kept, made = word.TEMPLATE.read_bytes(), templates.make_document()
    with zipfile.ZipFile(io.BytesIO(kept)) as a, zipfile.ZipFile(io.BytesIO(made)) as b:
        assert {n: a.read(n) for n in a.namelist()} == {n: b.read(n) for n in b.namelist()}
