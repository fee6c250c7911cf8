"""Word packs out, and back in after people have had them; comments in the margin and their replies."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from pack_field import answers, collect, document, fill, resave
from review_field import AT, book, excerpts, plan

from themecode.errors import ThemecodeError
from themecode.packs.comments import write_commented_transcript
from themecode.store import Study


def type_into(path: Path, answer: Callable[[int, bool], dict[str, str]]) -> int:
    """Type into the boxes of a pack as Word does: the box stays, its words change."""
    opened = docx.Document(str(path))
    number, asked, done = 0, False, 0
    for paragraph in opened.paragraphs:
        text = "".join(each.text or "" for each in paragraph._p.iter(qn("w:t")))
        if found := re.fullmatch(r"Excerpt (\d+)", text):
            number = int(found[1])
        if text.startswith(("Is this about", "Which codes fit, if any")):
            asked = text.startswith("Is")
        for label, typed in answer(number, asked).items():
            if text.startswith(label) and number:
                box = next(paragraph._p.iter(qn("w:sdt")))
                [inside] = box.iter(qn("w:t"))
                inside.text = typed
                done += label == "Your answer:"
    opened.save(str(path))
    return done


def mixed(number: int, asked: bool) -> dict[str, str]:
    if not asked:
        return {"Your answer:": "Nothing here fits"}
    said = ("Yes, this fits", "No!", "not sure")[number % 3]
    return {"Your answer:": said, "Your note:": f"note {number}" if number % 2 else "Write here"}


def commented(study: Study, name: str = "p01.docx") -> Path:
    write_commented_transcript(study, book(study), "P01", Path(name), reviewer="Dee", made_at=AT)
    return Path(name)


def test_a_pack_has_headings_a_guide_and_boxes_with_names(study):
    opened = docx.Document(str(document(study)))
    styles = [paragraph.style.name for paragraph in opened.paragraphs]
    pack = fill(study)
    assert styles.count("Heading 1") == 3  # excerpts, those with a note, the codes
    boxes = list(opened.element.body.iter(qn("w:sdt")))
    assert len(boxes) == 3 * len(pack.excerpts)
    names = {box.find(qn("w:sdtPr")).find(qn("w:alias")).get(qn("w:val")) for box in boxes}
    assert "Your answer, excerpt 1" in names
    assert len(names) == len(boxes)
    texts = [paragraph.text for paragraph in opened.paragraphs]
    note = next(at for at, text in enumerate(texts) if text.startswith("Please note:"))
    assert texts.index("Excerpts with a content note") < note
    assert note < max(at for at, text in enumerate(texts) if text == pack.hard[0].words)


def test_the_same_document_is_the_same_bytes(study):
    assert (
        document(study, name="a.docx").read_bytes() == document(study, name="b.docx").read_bytes()
    )
    assert commented(study, "c.docx").read_bytes() == commented(study, "d.docx").read_bytes()


def test_boxes_that_were_filled_in_come_back_once(study):
    path = document(study)
    number = type_into(path, mixed)
    assert number == len(excerpts(study, "Dee"))
    [done] = collect(study, path)
    assert (done.taken, done.problems) == (number, ())
    assert {each[3] for each in answers(study)} == {"word"}
    assert any(each[2].startswith("note ") for each in answers(study))
    [again] = collect(study, path)
    assert (again.taken, again.known) == (0, number)


def test_an_empty_pack_is_no_answer_and_no_problem(study):
    [done] = collect(study, document(study))
    assert (done.taken, done.empty, done.problems) == (0, len(excerpts(study, "Dee")), ())


def test_answers_typed_over_beside_and_under_the_boxes_are_read(study):
    path = document(study)
    opened = docx.Document(str(path))
    lines = [p for p in opened.paragraphs if p.text.startswith("Your answer:")]
    for box in list(lines[0]._p.iter(qn("w:sdt"))):  # the box deleted, the answer typed
        lines[0]._p.remove(box)
    lines[0].add_run("No")
    after = next(
        p for p in opened.paragraphs if p.text.startswith(("If something else", "Which codes:"))
    )
    for box in list(lines[1]._p.iter(qn("w:sdt"))):
        lines[1]._p.remove(box)
    second = [
        p for p in opened.paragraphs if p.text.startswith(("If something else", "Which codes:"))
    ][1]
    second.insert_paragraph_before("not sure")
    assert after is not None
    opened.save(str(path))
    [done] = collect(study, path)
    assert (done.taken, done.problems) == (2, ())
    assert {each[0] for each in answers(study)} == {"no", "unsure"}


def test_words_changed_in_the_document_leave_the_answer(study):
    path = document(study)
    number = type_into(path, mixed)
    opened = docx.Document(str(path))
    words = next(p for p in opened.paragraphs if p.style.name == "Pack words")
    words.add_run(" and more")
    opened.save(str(path))
    [done] = collect(study, path)
    assert done.taken == number - 1
    assert "were changed" in done.problems[0].message


def test_a_lost_ref_is_reported_by_place(study):
    path = document(study)
    number = type_into(path, mixed)
    opened = docx.Document(str(path))
    ref = next(p for p in opened.paragraphs if p.text.startswith("Ref "))
    ref._p.getparent().remove(ref._p)
    opened.save(str(path))
    [done] = collect(study, path)
    assert done.taken == number - 1
    assert "lost its Ref" in done.problems[0].message


def test_an_ordinary_document_is_no_pack(study):
    docx.Document().save("letter.docx")
    assert "no review pack" in collect(study, Path("letter.docx"))[0].problems[0].message


def test_a_word_pack_survives_libreoffice(study):
    path = document(study)
    number = type_into(path, mixed)
    [done] = collect(study, resave(path, "docx"))
    assert (done.taken, done.problems) == (number, ())


W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
W15 = "http://schemas.microsoft.com/office/word/2012/wordml"


def add_replies(path: Path, made: Callable[[int, str], tuple[str, str]]) -> int:
    """Put a comment behind each one, standing where it stands; `made` gives its paragraphs.

    It is given the number of the comment and its text, and gives the paragraphs of the reply and
    those of the comment as they are from then on ("": as they were).
    """
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    document = parts["word/document.xml"].decode()
    comments = parts["word/comments.xml"].decode()
    whole = re.findall(r"<w:comment .*?</w:comment>", comments, re.DOTALL)
    for at, comment in enumerate(whole):
        number = re.search(r'w:id="(\d+)"', comment)[1]
        text, own = made(at, comment)
        reply = (
            f'<w:comment w:id="{100 + at}" w:author="Dee Smith" w:initials="D">{text}</w:comment>'
        )
        comments = comments.replace(comment, (own or comment) + reply)
        if own:  # Word: the reply stands on the same words
            for edge in ("Start", "End"):
                mark = f'<w:commentRange{edge} w:id="{number}"/>'
                document = document.replace(
                    mark, mark + mark.replace(f'"{number}"', f'"{100 + at}"')
                )
        reference = re.search(
            rf'<w:r>(?:(?!</w:r>).)*<w:commentReference w:id="{number}"/></w:r>',
            document,
            re.DOTALL,
        )[0]
        behind = f'<w:r><w:commentReference w:id="{100 + at}"/></w:r>'
        document = document.replace(reference, reference + behind)
    parts["word/document.xml"] = document.encode()
    parts["word/comments.xml"] = comments.encode()
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return len(whole)


def reply_in_word(path: Path, text: str) -> int:
    """Reply to every comment as Word keeps it: on the same words, tied by a part of its own."""
    ties = []

    def reply(at: int, comment: str) -> tuple[str, str]:
        # Word ties a reply to the last paragraph of what it replies to.
        body, end = comment.rsplit("<w:p>", 1)
        ties.append(f'<w15:commentEx w15:paraId="1000000{at}" w15:done="0"/>')
        ties.append(f'<w15:commentEx w15:paraId="2000000{at}" w15:paraIdParent="1000000{at}"/>')
        return (
            f'<w:p xmlns:w14="{W14}" w14:paraId="2000000{at}"><w:r><w:t>{text}</w:t></w:r></w:p>',
            f'{body}<w:p xmlns:w14="{W14}" w14:paraId="1000000{at}">{end}',
        )

    number = add_replies(path, reply)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts["word/commentsExtended.xml"] = (
        f'<w15:commentsEx xmlns:w15="{W15}">{"".join(ties)}</w15:commentsEx>'.encode()
    )
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.commentsExtended+xml"
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        b"</Types>",
        f'<Override PartName="/word/commentsExtended.xml" ContentType="{kind}"/></Types>'.encode(),
    )
    relation = "http://schemas.microsoft.com/office/2011/relationships/commentsExtended"
    rels = "word/_rels/document.xml.rels"
    parts[rels] = parts[rels].replace(
        b"</Relationships>",
        f'<Relationship Id="rIdReplies" Type="{relation}" Target="commentsExtended.xml"/></Relationships>'.encode(),
    )
    with zipfile.ZipFile(path, "w") as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return number


def reply_in_libreoffice(path: Path, text: str) -> int:
    """Reply to every comment as LibreOffice does up to 7.6: a comment that quotes the other, untied."""

    def reply(at: int, comment: str) -> tuple[str, str]:
        lines = [
            "".join(re.findall(r"<w:t[^>]*>(.*?)</w:t>", p)) for p in comment.split("<w:p>")[1:]
        ]
        lines[0] = f'Reply to themecode (04/03/2026, 00:00): "{lines[0]}'
        lines[-1] += '"'
        paragraphs = (
            f'<w:p><w:r><w:t xml:space="preserve">{line}</w:t></w:r></w:p>'
            for line in (*lines, text)
        )
        return "".join(paragraphs), ""

    return add_replies(path, reply)


def test_replies_to_comments_in_the_margin_are_answers(study):
    path = commented(study)
    number = reply_in_word(path, "No, she means the shop")
    [done] = collect(study, path)
    assert number > 0
    assert (done.taken, done.reviewer, done.problems) == (number, "Dee", ())
    assert {(each[0], each[2]) for each in answers(study)} == {("no", "she means the shop")}


def test_replies_made_in_libreoffice_are_answers(study):
    path = commented(study)
    number = reply_in_libreoffice(path, "No, she means the shop")
    saved = resave(path, "docx")
    with zipfile.ZipFile(saved) as archive:
        assert archive.read("word/comments.xml").count(b"<w:comment ") == 2 * number
    [done] = collect(study, saved)
    assert (done.taken, done.reviewer, done.problems) == (number, "Dee", ())
    assert {(each[0], each[2]) for each in answers(study)} == {("no", "she means the shop")}


def test_where_libreoffice_has_lost_which_comment_a_reply_of_words_is_to_it_is_not_guessed(study):
    """Opened and saved there, a reply keeps its place only: one of two on the same words is asked about."""
    path = commented(study)
    asked = [
        item.span for item in excerpts(study, "Dee") if item.transcript_id == "P01" and item.code_id
    ]
    alone = [span for span in asked if asked.count(span) == 1]
    number = reply_in_word(path, "No, she means the shop")
    [done] = collect(study, resave(path, "docx"))
    assert 0 < len(alone) < number == len(asked)
    assert (done.taken, len(done.problems)) == (len(alone), number - len(alone))
    assert {each.message.partition(",")[0] for each in done.problems} == {
        "a comment stands on words that more than one code is asked about"
    }


def test_an_answer_typed_inside_a_comment_is_read(study):
    path = commented(study)
    opened = docx.Document(str(path))
    for comment in opened.comments:
        next(p for p in comment.paragraphs if p.text.startswith("Your answer:")).add_run("yes")
    opened.save(str(path))
    [done] = collect(study, path)
    assert done.taken == len(list(opened.comments))
    assert {each[0] for each in answers(study)} == {"yes"}


def test_comments_nobody_replied_to_are_not_answered_yet_and_others_are_named(study):
    path = commented(study)
    opened = docx.Document(str(path))
    opened.add_comment(opened.paragraphs[-3].runs, text="I knew her", author="Dee")
    opened.save(str(path))
    [done] = collect(study, path)
    assert done.taken == 0 and done.empty > 0
    [problem] = done.problems
    assert "replies to none" in problem.message and "knew" not in problem.message


def test_the_comments_stand_on_the_words_that_are_asked_about(study):
    opened = docx.Document(str(commented(study)))
    asked = [
        item for item in excerpts(study, "Dee") if item.transcript_id == "P01" and item.code_id
    ]
    assert len(list(opened.comments)) == len(asked)
    assert {comment.author for comment in opened.comments} == {"themecode"}


def test_answers_typed_inside_comments_survive_libreoffice(study):
    path = commented(study)
    opened = docx.Document(str(path))
    for comment in opened.comments:
        next(p for p in comment.paragraphs if p.text.startswith("Your answer:")).add_run("yes")
    opened.save(str(path))
    [done] = collect(study, resave(path, "docx"))
    assert (done.taken, done.reviewer, done.problems) == (len(list(opened.comments)), "Dee", ())


def test_a_blind_review_has_no_coded_transcript(study):
    plan(study, "Dee", "Ruth", blind=True)
    with pytest.raises(ThemecodeError, match="blind"):
        commented(study)
    assert all(each.code is None for each in fill(study).excerpts)
    assert all(not marked for each in fill(study).excerpts for _, marked in each.pieces)
