"""Every table, picture and file of studies at the edges. All speech is invented."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from pathlib import Path

import docx
import openpyxl
import pytest
from field_work import BOOK, TALK, answer, make_study, themecode, write_book, write_talk

from themecode.flow.joint_groups import _could_change, _Said
from themecode.store import open_study

KINDS = ("participant", "role", "transcript", "kind", "town", "prevalence", "co-occurrence",
         "triangulation", "saturation", "survey")  # fmt: skip
PICTURES = ("prevalence", "co-occurrence", "saturation", "timeline", "source", "role")
FORMATS = ("csv", "xlsx", "docx", "html")
LONG = " ".join(["I felt judged by everyone", *(f"word{at}" for at in range(2000))]) + "."


def _people(rows: list[tuple[str, str, str]]) -> None:
    with Path("people.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([("participant", "role", "town"), *rows])


def _survey(size: int) -> None:
    with Path("answers.csv").open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream)
        sheet.writerow(["participant", "text"])
        sheet.writerows((f"R{at:03}", "I felt judged, every time.") for at in range(size))


def _make(which: str) -> list[str]:
    """The files of a study, to be read."""
    write_book()
    match which:
        case "nobody says anything of it":
            write_talk("P01", text="INT: Hello?\n\nP01: It was raining, so we took the bus.\n")
            _people([("P01", "Woman", "Hull")])
        case "one participant":
            write_talk("P01")
            _people([("P01", "Woman", "Hull")])
        case "four hundred participants":
            _survey(400)
            _people([(f"R{at:03}", f"Role {at % 5}", f"Town {at % 7}") for at in range(400)])
            return ["answers.csv"]
        case "names, scripts and length":
            write_talk("P01", text=f"INT: And?\n\nP01: {LONG}\n")
            write_talk("P02", text="INT: ?\n\nP02: שלום, I felt judged, תודה רבה. \n")
            write_talk("P03", text=TALK.replace("I felt judged", "أنا I felt judged"))
            _people(
                [
                    ("P01", 'Manager, "acting"', "Stoke-on-Trent, North"),
                    ("P02", "עובדת", 'the "Old" Town'),
                    ("P03", "O'Brien; co-lead", "=Hull"),
                ]
            )
    return ["talks"]


@pytest.mark.parametrize(
    "which",
    ["nobody says anything of it", "one participant", "four hundred participants",
     "names, scripts and length"],
)  # fmt: skip
def test_every_output_of_an_odd_study_is_sensible(which: str) -> None:
    files = _make(which)
    ran = themecode("apply", *files, "--codebook", "book.yaml", "--participants", "people.csv")
    assert ran.status == 0, ran.err
    # Every kind in every format where words are hardest; elsewhere, each format in its turn.
    everything = which == "names, scripts and length"
    for at, kind in enumerate(KINDS):
        for ending in FORMATS if everything else ("csv", FORMATS[at % 4]):
            target = f"{kind}.{ending}"
            ran = themecode("matrix", kind, "-o", target, "--force")
            assert ran.status == 0, (kind, ending, ran.err)
            if ending == "csv":
                text = Path(target).read_text(encoding="utf-8-sig")
                rows = list(csv.reader(io.StringIO(text, newline="")))
                assert "nan" not in [cell.casefold() for row in rows for cell in row]
                assert rows and (kind in ("co-occurrence", "saturation") or len(rows) > 1)
            elif ending == "docx":
                assert docx.Document(target).tables
        if everything:
            assert themecode("matrix", kind).status == 0
    for arguments in (
        ("matrix", "framework", "-o", "framework.xlsx"),
        ("report", "plan", "-o", "plan.xlsx"),
        ("report", "-o", "report.docx", "--no-pictures"),
        ("export", "--format", "html", "-o", "page.html"),
        ("export", "--format", "csv", "-o", "segments.csv"),
        ("export", "--format", "qdpx", "-o", "study.qdpx"),
        *(("picture", kind, "-o", f"{kind}.svg") for kind in PICTURES),
    ):
        ran = themecode(*arguments)
        assert ran.status == 0, (arguments, ran.err)
        assert Path(arguments[arguments.index("-o") + 1]).stat().st_size > 100
    docx.Document("report.docx")
    openpyxl.load_workbook("framework.xlsx")


def test_a_participants_file_describes_the_respondents_of_a_survey() -> None:
    write_book()
    _survey(9)
    with Path("people.csv").open("w", encoding="utf-8", newline="") as stream:
        sheet = csv.writer(stream)
        sheet.writerow(["participant", "role", "town", "consent"])
        sheet.writerows(
            (f"R{at:03}", "Woman", f"Town {at // 3}", "none" if at == 0 else "quote")
            for at in range(9)
        )
    coded = ("apply", "answers.csv", "--codebook", "book.yaml", "--participants", "people.csv")
    ran = themecode(*coded)
    assert ran.status == 0
    assert "speaks in no transcript" not in ran.err
    assert "Town 2 (of 3)" in "".join(
        each["name"] if isinstance(each, dict) else str(each)
        for each in themecode("matrix", "town", "--json").json["columns"]
    )
    with open_study("study") as study:
        assert str(study.participants()["answers:R000"].consent) == "none"
    assert themecode(*coded).status == 0
    with open_study("study") as study:
        assert study.participants()["answers:R001"].attributes["town"] == "Town 0"


def test_codings_under_a_changed_definition_are_marked_in_every_output() -> None:
    make_study("P01", "P02", "P03")
    answer("felt judged")
    new = BOOK.replace("Someone looks down on the speaker.", "Someone looks down on the woman.")
    new = new.replace(
        "strong: [feel judged, looked at me like dirt]\n      fair: [judge]", "fair: [snub]"
    )
    write_book(new, "new.yaml")
    assert themecode("apply", "talks", "--codebook", "new.yaml").status == 0
    for kind in ("role", "prevalence", "co-occurrence", "triangulation"):
        assert "definition that has changed since" in " ".join(
            themecode("matrix", kind).out.split()
        )
        assert themecode("matrix", kind, "-o", f"{kind}.docx").status == 0
        assert "codebook diff" in "\n".join(
            p.text for p in docx.Document(f"{kind}.docx").paragraphs
        )
    assert themecode("report", "-o", "r.docx", "--no-pictures").status == 0
    text = "\n".join(p.text for p in docx.Document("r.docx").paragraphs)
    assert "1 stand" in text or "1 stands" in text
    assert themecode("export", "--format", "html", "-o", "page.html").status == 0
    assert "has changed since, so look again" in Path("page.html").read_text(encoding="utf-8")
    assert "earlier than 1" in Path("study/outputs/coded_segments.csv").read_text(
        encoding="utf-8-sig"
    )
    assert (
        "definition that has changed since"
        in themecode("picture", "prevalence", "-o", "bars.svg", "--alt").out
    )
    assert themecode("matrix", "framework", "-o", "framework.xlsx").status == 0
    chart = openpyxl.load_workbook("framework.xlsx").worksheets[0]
    assert any("has changed since" in str(cell.value) for row in chart for cell in row)
    assert themecode("memo", "Worth a chapter of its own.", "--about", "theme:stigma").status == 0
    assert themecode("export", "--format", "qdpx", "-o", "study.qdpx").status == 0
    with zipfile.ZipFile("study.qdpx") as project:
        written = project.read("project.qde").decode()
    assert "under an earlier definition of the code" in written
    assert themecode("report", "plan", "-o", "plan.yaml").status == 0
    assert "checked: look again" in Path("plan.yaml").read_text(encoding="utf-8")
    assert "Worth a chapter of its own." in written
    assert len(themecode("codebook", "diff", "--json").json) == 1


def test_a_number_kept_back_in_one_table_is_not_to_be_read_in_the_other() -> None:
    survey = frozenset({"survey"})
    interview = frozenset({"interview"})
    silent = Counter(
        {("Woman", interview): 4, ("Respondents", survey): 4, ("Worker", interview): 4}
    )
    speaking = Counter(
        {
            ("Respondents", survey, survey): 2,
            ("Woman", interview, interview): 5,
            ("Worker", interview, interview): 5,
        }
    )
    said = _Said(silent, speaking)
    cell = (0, "Respondents")
    # The survey's number says how many respondents there were; so does what the rest leave over.
    assert not _could_change(said, cell, 1, {"total", (1, "survey")})
    assert not _could_change(said, cell, 1, {"total", (0, "Woman"), (0, "Worker")})
    assert not _could_change(said, cell, 1, {"total", (0, "Woman"), (1, "interview")})
    assert _could_change(said, cell, 1, {"total", (0, "Woman")})


def test_a_report_of_a_study_that_was_pseudonymised_and_signed_names_pseudonyms() -> None:
    write_book()
    for who in ("P01", "P02", "P03"):
        write_talk(who, text=TALK.replace("I felt judged", "Morwenna saw that I felt judged"))
    _people([(who, "Woman", "Hull") for who in ("P01", "P02", "P03")])
    coded = ("apply", "talks", "--codebook", "book.yaml", "--participants", "people.csv")
    assert themecode(*coded).status == 0
    assert themecode("pseudonymise", "find", "-o", "names.xlsx").status == 0
    book = openpyxl.load_workbook("names.xlsx")
    for row in book["Names"].iter_rows(min_row=2):
        is_name = row[0].value == "Morwenna"
        row[4].value, row[5].value = ("replace", "Anna") if is_name else ("keep", None)
    book.save("names.xlsx")
    for step in (("decide", "names.xlsx"), ("apply",)):
        ran = themecode("pseudonymise", *step, "--key", "names.key")
        assert ran.status == 0, ran.err
    assert themecode("report", "-o", "r.docx", "--no-pictures").status == 1  # nobody has signed
    ran = themecode("pseudonymise", "sign", "--name", "Dee Okoro", "--key", "names.key")
    assert ran.status == 0, ran.err
    ran = themecode("report", "-o", "r.docx", "--no-pictures")
    assert ran.status == 0, ran.err
    text = "\n".join(p.text for p in docx.Document("r.docx").paragraphs)
    assert "Morwenna" not in text
    assert "Anna" in text
    assert "Woman, P01" in text
