"""Files that change, come twice, or cannot be read: each told of, none stopping the others."""

from __future__ import annotations

import re
import struct
import zipfile
from pathlib import Path

from field_work import (
    TALK,
    answer,
    coded_times,
    make_study,
    read_outputs,
    read_segments,
    themecode,
    write_book,
    write_talk,
)

from themecode.cli import run
from themecode.store import open_study


def test_a_changed_transcript_is_refused_with_the_command_that_replaces_it() -> None:
    make_study()
    before = read_outputs()
    write_talk("P01", text=TALK.replace("raining", "snowing"))
    ran = themecode("apply", "talks")
    assert ran.status == 1
    assert (
        "  talks/P01.txt: “P01” has changed since it was imported, so it was left as it was. If the new "
        "version should take its place, run `themecode import talks/P01.txt --replace`.\n"
    ).replace("talks/", str(Path("talks")) + "/") in ran.err
    assert read_outputs() == before
    assert themecode("import", "talks/P01.txt", "--replace").status == 0
    ran = themecode("apply", "talks", "--json")
    assert (ran.status, ran.json["coded"]) == (0, 1)


def test_a_replaced_transcript_keeps_decisions_and_lists_what_needs_a_look() -> None:
    make_study("P01")
    answer("I felt judged the minute")
    answer("They took my kids", "reject", code="family.removal")
    write_talk(
        "P01", text="Recorded on a wet day.\n\n" + TALK.replace("They took my kids.", "They took kids off me.")
    )  # fmt: skip
    ran = themecode("import", "talks/P01.txt", "--replace", "--json")
    assert ran.json["replaced"] == ["P01"]
    assert len(ran.json["needs_a_look"]) == 1
    assert themecode("apply", "talks").status == 0
    rows = {row["code_id"]: (row["status"], row["reviewer"]) for row in read_segments()}
    assert rows == {"stigma.judged": ("accepted", "Dee"), "family.removal": ("suggested", "")}
    told = themecode("status").out
    assert "Needs a look" in told
    assert "family.removal" in told
    assert "Dee" in told


def test_the_same_transcript_under_two_names_is_read_once() -> None:
    write_book()
    write_talk("P01")
    Path("talks/P01 copy.txt").write_bytes(Path("talks/P01.txt").read_bytes())
    for _ in range(2):
        ran = themecode("apply", "talks", "--codebook", "book.yaml")
        assert ran.status == 1
        assert "it is the same transcript as “P01" in ran.err
        assert "under another name; it was left out." in ran.err
        assert len({row["transcript"] for row in read_segments()}) == 1


def test_two_files_of_one_stem_are_told_apart_every_time() -> None:
    write_book()
    write_talk("P01")
    Path("talks/P01.md").write_text(TALK.replace("{who}", "Pat"), encoding="utf-8")
    for order in (("talks",), ("talks",), ("talks/P01.txt", "talks/P01.md"), ("talks/P01.txt",)):
        ran = themecode("apply", *order, "--codebook", "book.yaml")
        assert ran.status == 1
        (told,) = re.findall(r"talks/P01\.\w+: .*", ran.err)
        assert "is called “P01” as well. Rename one of the two files." in told
        assert "--replace" not in ran.err
        assert {row["speaker"] for row in read_segments()} == {"Pat"}


def test_a_renamed_file_is_told_to_be_the_same_transcript() -> None:
    make_study()
    Path("talks/P02.txt").rename("talks/P09.txt")
    ran = themecode("apply", "talks")
    assert "it is the same transcript as “P02”" in ran.err
    assert coded_times() == 2


def write_bad_files(folder: Path) -> list[str]:
    """Nine files no transcript can be read from; their names."""
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "a_renamed_zip.docx", "w") as archive:
        archive.writestr("holiday.txt", "sun")
    body = "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'>"
    with zipfile.ZipFile(folder / "b_whole.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", body + "<w:body/></w:document>" + " " * 5000)
    whole = (folder / "b_whole.docx").read_bytes()
    (folder / "b_whole.docx").unlink()
    (folder / "b_truncated.docx").write_bytes(whole[: len(whole) // 2])
    (folder / "c_encrypted.docx").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600)
    with zipfile.ZipFile(folder / "d_bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "x")
    raw = bytearray((folder / "d_bomb.docx").read_bytes())
    at = raw.rfind(b"PK\x01\x02")
    raw[at + 24 : at + 28] = struct.pack("<I", 0xFFFFFFF0)
    (folder / "d_bomb.docx").write_bytes(raw)
    with zipfile.ZipFile(folder / "e_entity.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml",
            f'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>{body}&e;</w:document>',
        )
    (folder / "f_old.doc").write_bytes(bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 600)
    (folder / "g_empty.txt").write_bytes(b"")
    (folder / "h_half.json").write_text('[{"speaker": "INT", "text": "He', encoding="utf-8")
    (folder / "i_not.pdf").write_bytes(b"%PDF-1.4\nnothing more")
    return sorted(path.name for path in folder.iterdir())


def test_nine_bad_files_do_not_stop_the_good_one() -> None:
    write_book()
    bad = write_bad_files(Path("talks"))
    assert len(bad) == 9
    write_talk("P01")
    ran = themecode("apply", "talks", "--codebook", "book.yaml")
    assert ran.status == 1
    assert "1 new transcript read; 1 coded for 3 codes." in ran.out
    assert "Could not be used (9):" in ran.err
    told = ran.err.splitlines()
    for name in bad:
        (line,) = [line for line in told if f"talks/{name}" in line]
        assert len(line) > len(f"  talks/{name}: ") + 20
    assert len(read_segments()) == 2
    again = themecode("apply", "talks")
    assert (again.status, again.err) == (1, ran.err)
    assert "Nothing new to read or code" in again.out


def test_captions_with_times_that_run_backwards_are_read_and_told_of() -> None:
    write_book()
    Path("P01.vtt").write_text(
        "WEBVTT\n\n00:10.000 --> 00:12.000\nINT: How was it?\n\n"
        "00:05.000 --> 00:04.000\nP01: I felt judged.\n",
        encoding="utf-8",
    )
    ran = themecode("apply", "P01.vtt", "--codebook", "book.yaml")
    assert "P01.vtt" in ran.err
    assert [row["code_id"] for row in read_segments()] == ["stigma.judged"]


def test_a_transcript_without_labels_is_one_participants_with_a_problem() -> None:
    write_book()
    Path("talk.txt").write_text("I felt judged there.\n\nThey took my kids.\n", encoding="utf-8")
    ran = themecode("apply", "talk.txt", "--codebook", "book.yaml", "--json")
    assert ran.status == 0
    (problem,) = ran.json["problems"]
    assert problem["path"] == "talk.txt"
    assert not problem["blocks"]
    assert "talk.txt" in ran.err
    assert {row["participant"] for row in read_segments()} == {"talk"}
    assert len(read_segments()) == 2


def test_nothing_to_read_is_said() -> None:
    write_book()
    Path("empty").mkdir()
    ran = themecode("apply", "empty", "nowhere", "--codebook", "book.yaml")
    assert ran.status == 1
    assert "empty: " in ran.err
    assert "nowhere: there is no such file or folder. Check the spelling." in ran.err


def test_an_interviewer_named_after_the_fact_may_be_one_whose_label_was_not_known() -> None:
    write_book()
    talk = "The lady with the pen: I judge nobody.\n\nSam: I felt judged there.\n\n"
    write_talk("P01", text=talk * 2 + "Sam: They took my kids.\n")
    themecode("apply", "talks", "--codebook", "book.yaml")
    answer("They took my kids", code="family.removal")
    ran = themecode("apply", "talks", "--interviewer", "The lady with the pen", "--json")
    assert (ran.status, ran.json["updated"], ran.json["coded"]) == (0, ["P01"], 1)
    rows = read_segments()
    assert {row["speaker"] for row in rows} == {"Sam"}
    assert [row["status"] for row in rows if row["code_id"] == "family.removal"] == ["accepted"]
    assert themecode("check").status == 0


def test_a_changed_row_of_a_sheet_is_told_of_every_time_and_the_others_are_taken() -> None:
    write_book()
    sheet = Path("views.csv")
    sheet.write_text(
        "id,text\n1,I felt judged there.\n2,They took my kids away.\n", encoding="utf-8"
    )
    themecode("apply", "views.csv", "--codebook", "book.yaml")
    sheet.write_text(
        "id,text\n1,I felt judged there.\n2,They took two kids away.\n3,I feel judged here.\n",
        encoding="utf-8",
    )
    for added in (["views:3"], [], []):
        ran = themecode("apply", "views.csv", "--json")
        assert (ran.status, ran.json["added"], ran.json["updated"]) == (1, added, [])
        assert "“views:2” has changed since it was imported" in ran.err
    assert len(read_segments()) == 3
    assert themecode("import", "views.csv", "--replace", "--json").json["replaced"] == ["views:2"]
    for _ in range(2):
        ran = themecode("apply", "views.csv")
        assert (ran.status, ran.err) == (0, "")


def test_a_study_remembers_its_participants_and_interviewers(tmp_path: Path) -> None:
    """What was said once need not be said again: leaving it out changes nothing."""
    talk = tmp_path / "talk"
    talk.mkdir()
    (talk / "garden.txt").write_text(
        "Wren: What do you grow?\nOsk: Beans, mostly.\nWren: Do they like it here?\nOsk: They do.\n",
        encoding="utf-8",
    )
    people = tmp_path / "people.csv"
    people.write_text(
        "participant,transcript,speaker,role\nG1,garden,Osk,Gardener\n", encoding="utf-8"
    )
    study = str(tmp_path / "study")
    told = ["--participants", str(people), "--interviewer", "Wren", "--study", study]
    assert run(["import", str(talk), *told]) == 0

    (talk / "shed.txt").write_text(
        "Wren: And the shed?\nTal: It leaks.\nWren: Badly?\nTal: Bins.\n", encoding="utf-8"
    )
    assert run(["import", str(talk), "--study", study]) == 0

    with open_study(study) as opened:
        kinds = {
            (transcript.id, turn.speaker): (turn.kind.value, turn.participant_id)
            for transcript in opened.transcripts()
            for turn in transcript.turns
        }
        assert opened.participants()["G1"].role == "Gardener"
    assert kinds == {
        ("garden", "Wren"): ("interviewer", None),
        ("garden", "Osk"): ("participant", "G1"),
        ("shed", "Wren"): ("interviewer", None),
        ("shed", "Tal"): ("participant", "shed"),
    }


def test_a_label_named_an_interviewer_by_mistake_is_taken_back(tmp_path: Path) -> None:
    talk = tmp_path / "P01.txt"
    talk.write_text(
        "I: How was it, coming here?\nP01: They looked at me like dirt.\n"
        "I: And now?\nP01: Now I know their names.\n",
        encoding="utf-8",
    )
    study = str(tmp_path / "study")

    def apply(*told: str) -> dict[str, str]:
        assert run(["apply", str(talk), "--codebook", "women_in_treatment", "--no-meaning",
                    *told, "--study", study]) == 0  # fmt: skip
        with open_study(study) as opened:
            [transcript] = opened.transcripts()
            return {turn.speaker: turn.kind.value for turn in transcript.turns}

    assert apply("--interviewer", "P01")["P01"] == "interviewer"
    assert apply()["P01"] == "interviewer"
    right = {"I": "interviewer", "P01": "participant"}
    assert apply("--not-interviewer", "p01") == right
    assert apply() == right
