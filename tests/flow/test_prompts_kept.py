"""Safeguarding prompts are listened for once a transcript, and no words of it are kept for that."""

from __future__ import annotations

import json
from pathlib import Path

from field_work import themecode, write_book

CALM = "It was fine, the kettle was on and we talked about the garden."
SCARED = "I'm scared to go home tonight."
KEPT = Path("study/cache/safeguarding.json")


def _write_talk(who: str, *said: str) -> None:
    Path("talks").mkdir(exist_ok=True)
    turns = "\n\n".join(f"INT: How was that for you?\n\n{who}: {words}" for words in said)
    Path(f"talks/{who}.txt").write_text(turns + "\n", encoding="utf-8")


def _apply() -> dict[str, list[object]]:
    assert themecode("apply", "talks", "--codebook", "book.yaml").status == 0
    kept: dict[str, list[object]] = json.loads(KEPT.read_text(encoding="utf-8"))["value"]
    return kept


def test_apply_has_listened_before_anybody_asks() -> None:
    write_book()
    _write_talk("P01", CALM, SCARED)
    kept = _apply()
    assert [place[5] for place in kept["P01"][1]] == ["danger.abuse"]
    written = KEPT.stat().st_mtime_ns
    assert "safeguarding" in themecode("status").out + themecode("status").err
    assert KEPT.stat().st_mtime_ns == written
    assert "scared" not in KEPT.read_text(encoding="utf-8")


def test_only_a_new_transcript_is_listened_to_and_it_comes_out_as_if_all_were() -> None:
    write_book()
    _write_talk("P01", SCARED, CALM)
    _write_talk("P03", CALM)
    first = _apply()
    # What was kept is believed: another concern put there by hand stays where it is.
    altered = KEPT.read_text(encoding="utf-8").replace("danger.abuse", "danger.child")
    KEPT.write_text(altered, encoding="utf-8")
    _write_talk("P02", CALM, SCARED)
    second = _apply()
    assert second["P01"][1][0][5] == "danger.child"
    assert second["P03"] == first["P03"]
    KEPT.write_text(KEPT.read_text(encoding="utf-8").replace("child", "abuse"), encoding="utf-8")
    before = themecode("safeguarding", "--json").out
    KEPT.unlink()
    assert themecode("safeguarding", "--json").out == before
    assert _apply() == {**first, "P02": second["P02"]}


def test_a_transcript_read_anew_is_listened_to_anew_and_one_withdrawn_is_forgotten() -> None:
    write_book()
    _write_talk("P01", SCARED)
    _write_talk("P02", CALM)
    _apply()
    _write_talk("P02", SCARED, SCARED)
    assert themecode("import", "talks/P02.txt", "--replace").status == 0
    assert len(_apply()["P02"][1]) == 2
    assert themecode("withdraw", "P02", "--yes").status == 0
    assert not KEPT.exists() or "P02" not in KEPT.read_text(encoding="utf-8")
    assert "P02" not in themecode("safeguarding", "--json").out
