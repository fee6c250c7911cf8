"""Word documents as people and programs make them. All of the talk is invented."""

from __future__ import annotations

from pathlib import Path

from word_files import paragraph, run, table, write_docx

from themecode.transcripts import read_file
from themecode.transcripts.utterances import Reading

BREAK = "<w:r><w:br/></w:r>"


def turns_of(reading: Reading) -> list[tuple[str, str, str]]:
    assert not [problem for problem in reading.problems if problem.blocks], reading.problems
    (transcript,) = reading.transcripts
    return [(turn.kind.value, turn.speaker, transcript.words_of(turn)) for turn in transcript.turns]


def read_body(folder: Path, body: str, name: str = "P01.docx", **parts: str) -> Reading:
    return read_file(write_docx(folder / name, body, **parts))


def test_bold_labels_in_the_same_paragraph_are_labels(tmp_path: Path) -> None:
    body = paragraph(run("Orla", bold=True), " Shall we?") + paragraph(
        run("Dot ", bold=True), "We shall. ", run("Now", bold=True), "."
    )
    reading = read_body(tmp_path, body + body)
    assert [words for _, _, words in turns_of(reading)] == [
        "Shall we?", "We shall. Now.", "Shall we?", "We shall. Now.",
    ]  # fmt: skip


def test_a_table_with_time_speaker_and_text_is_read_a_row_a_turn(tmp_path: Path) -> None:
    body = paragraph("Interview about sheds", style="Heading1") + table(
        ("Time", "Speaker", "Text"),
        ("00:01", "INT", "Is it tall?"),
        ("00:04", "P01", "It was.|Then the wind came."),
        ("00:09", "INT", "Oh?"),
        ("00:11", "P01", "Aye."),
    )
    reading = read_body(tmp_path, body)
    assert turns_of(reading) == [
        ("interviewer", "INT", "Is it tall?"),
        ("participant", "P01", "It was. Then the wind came."),
        ("interviewer", "INT", "Oh?"),
        ("participant", "P01", "Aye."),
    ]
    assert [turn.started_at for turn in reading.transcripts[0].turns] == [1, 4, 9, 11]


def test_a_table_of_two_columns_needs_no_header_row(tmp_path: Path) -> None:
    rows = (("I", "Is it tall?"), ("R", "It was."), ("I", "And now?"), ("R", "Less so."))
    assert turns_of(read_body(tmp_path, table(*rows))) == [
        ("interviewer", "I", "Is it tall?"),
        ("participant", "R", "It was."),
        ("interviewer", "I", "And now?"),
        ("participant", "R", "Less so."),
    ]


def test_a_table_of_details_above_the_talk_is_not_speech(tmp_path: Path) -> None:
    body = table(("Date", "3 March 2031"), ("Interviewer", "Dr Orla Penn"), ("Participant", "P01"))
    body += paragraph("OP: Ready?") + paragraph("P01: Ready.") + paragraph("OP: Good.")
    assert turns_of(read_body(tmp_path, body)) == [
        ("interviewer", "OP", "Ready?"),
        ("participant", "P01", "Ready."),
        ("interviewer", "OP", "Good."),
    ]


def test_a_whole_teams_turn_in_one_paragraph_is_read(tmp_path: Path) -> None:
    def turn(name: str, time: str, *lines: str) -> str:
        pieces = [run(name, bold=True), run(f"   {time}")]
        for line in lines:
            pieces += [BREAK, run(line)]
        return paragraph(*pieces)

    body = (
        paragraph("Meeting about sheds-20310303")
        + paragraph("3 March 2031, 10:02am")
        + paragraph("Penn, Orla started transcription")
        + turn("Penn, Orla", "0:03", "Tell me about the shed.")
        + turn("Dot Vane", "0:08", "It leans.", "It was 10:30 when it leaned.")
        + turn("Penn, Orla", "1:00:03", "Does it?")
        + paragraph("Penn, Orla stopped transcription")
    )
    reading = read_body(tmp_path, body, "shed.docx")
    assert turns_of(reading) == [
        ("interviewer", "Penn, Orla", "Tell me about the shed."),
        ("participant", "Dot Vane", "It leans. It was 10:30 when it leaned."),
        ("interviewer", "Penn, Orla", "Does it?"),
    ]
    assert [turn.started_at for turn in reading.transcripts[0].turns] == [3, 8, 3603]


def test_teams_with_name_and_time_on_lines_of_their_own_is_read(tmp_path: Path) -> None:
    body = "".join(
        paragraph(run(name), BREAK, run(time), BREAK, run(words))
        for name, time, words in (
            ("Orla Penn", "0:03", "Tell me about the shed."),
            ("Dot Vane", "0:08", "It leans."),
            ("Orla Penn", "0:12", "Does it?"),
            ("Dot Vane", "0:15", "It does."),
        )
    )
    reading = read_body(tmp_path, body, "shed.docx")
    assert [words for _, _, words in turns_of(reading)] == [
        "Tell me about the shed.", "It leans.", "Does it?", "It does.",
    ]  # fmt: skip
    assert [turn.started_at for turn in reading.transcripts[0].turns] == [3, 8, 12, 15]


def test_a_text_box_is_read_once(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph('P01: I was in a box.')}</w:txbxContent>"
    drawing = (
        f"<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx>{box}"
        f"</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}</v:textbox>"
        "</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    body = paragraph("INT: Where were you?", drawing) + paragraph("INT: Still?")
    assert turns_of(read_body(tmp_path, body)) == [
        ("interviewer", "INT", "Where were you?"),
        ("participant", "P01", "I was in a box."),
        ("interviewer", "INT", "Still?"),
    ]


def test_tracked_changes_are_read_as_if_accepted(tmp_path: Path) -> None:
    deleted = "<w:del><w:r><w:delText>never </w:delText></w:r></w:del>"
    moved_from = f"<w:moveFrom>{run('there ')}</w:moveFrom>"
    moved_to = f"<w:moveTo>{run(' there')}</w:moveTo>"
    added = f"<w:ins>{run('nearly ')}</w:ins>"
    joined = '<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>' + run("P01: And so ") + "</w:p>"
    body = (
        paragraph("INT: Did you go?")
        + paragraph("P01: I ", moved_from, deleted, added, "went", moved_to, ".")
        + paragraph("INT: And?")
        + joined
        + paragraph("I did.")
    )
    reading = read_body(tmp_path, body)
    assert [words for _, _, words in turns_of(reading)] == [
        "Did you go?", "I nearly went there.", "And?", "And so I did.",
    ]  # fmt: skip
    assert "1 tracked deletion" in " ".join(problem.message for problem in reading.problems)


def test_tabs_hyphens_signs_fields_and_hidden_words_are_read_as_seen(tmp_path: Path) -> None:
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("nine")
        + '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )  # fmt: skip
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>secret </w:t></w:r>"
    odd = (
        "<w:r><w:t>post</w:t><w:softHyphen/><w:t>man</w:t><w:noBreakHyphen/><w:t>ish</w:t>"
        '<w:tab/><w:sym w:font="Wingdings" w:char="F04A"/></w:r>'
    )
    body = paragraph("INT: How many?") + paragraph("P01: ", field, " ", hidden, odd)
    assert turns_of(read_body(tmp_path, body + body))[1][2] == "nine postman-ish ☺"


def test_comments_notes_and_margins_are_left_out_and_counted(tmp_path: Path) -> None:
    notes = (
        '<w:footnote w:type="separator" w:id="0"/>'
        f'<w:footnote w:id="1">{paragraph("A note.")}</w:footnote>'
    )
    reading = read_body(
        tmp_path,
        paragraph("INT: Well?") + paragraph("P01: Well."),
        comments=f"<w:comment>{paragraph('Check.')}</w:comment><w:comment/>",
        footnotes=notes,
        header1=paragraph("Study of sheds"),
    )
    assert len(turns_of(reading)) == 2
    (problem,) = reading.problems
    assert "2 comments, 1 footnote, 1 header or footer" in problem.message
