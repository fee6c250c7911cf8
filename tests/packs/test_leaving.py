"""Packs and tables of agreement leave a study as every export does: signed for, and on the list."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from pack_field import collect, fill_in, workbook

from themecode.store import open_study


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "themecode", *words, "--study", "study"],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def list_left() -> list[tuple[str, str]]:
    with open_study("study") as opened:
        return [(Path(each.path).name, each.format) for each in opened.exports() if each.people]


def test_a_pack_is_on_the_list_of_what_left(study):
    study.close()
    for kind, name in (("xlsx", "dee.xlsx"), ("docx", "dee.docx")):
        made = run("review", "pack", "--reviewer", "Dee", "--format", kind, "-o", name)
        assert made.returncode == 0, made.stderr
    assert list_left()[-2:] == [("dee.xlsx", "review pack"), ("dee.docx", "review pack")]


def test_nothing_of_a_pseudonymised_study_goes_into_a_pack_before_somebody_signs(
    study, monkeypatch
):
    name = next(iter(study.known_transcripts()))
    monkeypatch.setattr(type(study), "pseudonymised_transcripts", lambda _: (name,))
    from click.testing import CliRunner

    from themecode.cli.review import command

    words = ["pack", "--reviewer", "Dee", "--format", "xlsx", "-o", "dee.xlsx", "--study", "study"]
    study.close()
    ran = CliRunner().invoke(command, words)
    assert ran.exit_code != 0 and "sign" in str(ran.exception)
    assert not Path("dee.xlsx").exists()


def test_a_table_of_agreement_is_on_the_list_of_what_left(study):
    for who in ("Dee", "Ruth"):
        path = workbook(study, who, name=f"{who}.xlsx")
        fill_in(
            path, lambda _, asked: ("Nothing here fits" if asked[:5] == "Which" else "yes", "", "")
        )
        collect(study, path)
    study.close()
    made = run("agreement", "--resamples", "200", "-o", "agreement.xlsx")
    assert made.returncode == 0, made.stderr
    assert list_left()[-1:] == [("agreement.xlsx", "agreement")]
