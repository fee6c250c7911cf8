"""The pseudonym key encrypted: as the study is, or with a passphrase of its own."""

from __future__ import annotations

import stat
import sys
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "flow"))
from field_work import Ran, make_study, themecode

from themecode.flow.deciding import load_key, save_key
from themecode.pseudonyms.candidates import Kind
from themecode.pseudonyms.key import Action, Entry
from themecode.store.key_file import is_encrypted_key, read_key_file

pytest.importorskip("sqlcipher3")
STUDYS = "correct horse's battery staple"
KEYS = "four other words “entirely”"
KEY = Path("apart/names.key")
TALK = "INT: How was it, Morwenna?\n\nP01: I felt judged in Bodmin the minute I sat down.\n"


@pytest.fixture(autouse=True)
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("THEMECODE_STUDY", "THEMECODE_PASSPHRASE", "THEMECODE_KEY_PASSPHRASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    KEY.parent.mkdir()
    Path("talks").mkdir()
    Path("talks/P01.txt").write_text(TALK, encoding="utf-8")
    return make_study("P02")


def _ok(ran: Ran) -> Ran:
    assert ran.status == 0, ran.err
    return ran


def _decide(*options: str) -> Ran:
    _ok(themecode("pseudonymise", "find", "-o", "names.xlsx", "--force"))
    book = openpyxl.load_workbook("names.xlsx")
    for row in book["Names"].iter_rows(min_row=2):
        if row[0].value == "Morwenna":
            row[4].value, row[5].value = "replace", "Anna"
        elif row[0].value == "Bodmin":
            row[4].value, row[5].value = "generalise", "a town in Cornwall"
    book.save("names.xlsx")
    return _ok(themecode("pseudonymise", "decide", "names.xlsx", "--key", KEY, *options))


def _cannot_be_read(words: tuple[bytes, ...] = (b"Morwenna", b"Anna", b"Bodmin")) -> None:
    content = KEY.read_bytes()
    for word in words:
        assert word not in content and word.decode().encode("utf-16-le") not in content
    assert stat.S_IMODE(KEY.stat().st_mode) == 0o600
    assert [path.name for path in KEY.parent.iterdir()] == [KEY.name], "something lies beside it"


def test_the_key_of_an_encrypted_study_is_encrypted_and_works(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("THEMECODE_NEW_PASSPHRASE", STUDYS)
    _ok(themecode("encrypt"))
    monkeypatch.setenv("THEMECODE_PASSPHRASE", STUDYS)
    assert "plain text" not in _decide().err
    _cannot_be_read()
    _decide()  # a second time: read, joined, written anew
    _ok(themecode("pseudonymise", "apply", "--key", KEY))
    _ok(themecode("pseudonymise", "sign", "--name", "Dee", "--note", "a test", "--key", KEY))
    before = KEY.read_bytes()
    _ok(themecode("withdraw", "P01", "--key", KEY, "--yes"))
    _cannot_be_read()
    assert KEY.read_bytes() != before
    assert load_key(KEY, STUDYS) == ()


@pytest.mark.parametrize("forget", [(), ("--forget-originals", "--yes")])
def test_who_withdraws_leaves_the_key_and_others_stay(forget: tuple[str, ...]) -> None:
    """Her name may be the interviewer's word alone; Bodmin is another's as well."""
    Path("talks/P03.txt").write_text(TALK.replace("P01", "P03").replace("Morwenna", "Jo"), "utf-8")
    _ok(themecode("apply", "talks"))
    _decide()
    _ok(themecode("pseudonymise", "apply", "--key", KEY, *forget))
    dry = _ok(themecode("withdraw", "P01", "--key", KEY, "--dry-run", "--json")).json
    _ok(themecode("withdraw", "P01", "--key", KEY, "--yes"))
    assert {each.words for each in load_key(KEY)} == {"Bodmin"}
    assert dry["removed"]["decisions in the pseudonym key"] == 1


def test_a_key_has_a_passphrase_of_its_own_where_one_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "plain text" in _decide().err
    assert b"Morwenna" in KEY.read_bytes()
    monkeypatch.setenv("THEMECODE_KEY_PASSPHRASE", KEYS)
    _decide("--encrypt-key")
    _cannot_be_read()
    _ok(themecode("pseudonymise", "apply", "--key", KEY))
    monkeypatch.setenv("THEMECODE_KEY_PASSPHRASE", "not the right one at all")
    before = KEY.read_bytes()
    for command in (
        ("pseudonymise", "apply"), ("pseudonymise", "find"), ("withdraw", "P01", "--yes"),
        ("pseudonymise", "decide", "names.xlsx"),
    ):  # fmt: skip
        ran = themecode(*command, "--key", KEY)
        assert ran.status == 1 and ran.err.count("\n") == 1, ran.err
        assert "THEMECODE_KEY_PASSPHRASE" in ran.err
    assert KEY.read_bytes() == before
    assert themecode("status", "--json").json["transcripts"] == 2


def test_a_new_passphrase_of_the_study_is_given_to_the_key_that_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _decide()
    monkeypatch.setenv("THEMECODE_NEW_PASSPHRASE", STUDYS)
    _ok(themecode("encrypt", "--key", KEY))
    _cannot_be_read()
    monkeypatch.setenv("THEMECODE_PASSPHRASE", STUDYS)
    monkeypatch.setenv("THEMECODE_NEW_PASSPHRASE", "another passphrase entirely")
    _ok(themecode("encrypt", "--key", KEY))
    monkeypatch.setenv("THEMECODE_PASSPHRASE", "another passphrase entirely")
    _ok(themecode("pseudonymise", "apply", "--key", KEY))
    _ok(themecode("encrypt", "--off", "--key", KEY))
    assert b"Morwenna" in KEY.read_bytes()


@pytest.mark.parametrize("passphrase", [None, KEYS])
def test_a_key_is_the_old_one_or_the_new_one(passphrase: str | None) -> None:
    entry = Entry("Zoë “O’Hara”", Kind.PERSON, Action.REPLACE, "Anna")
    save_key([entry], KEY, passphrase)
    assert load_key(KEY, passphrase) == (entry,)
    whole = KEY.read_bytes()
    KEY.with_name(f".{KEY.name}.writing").write_bytes(whole[:100])  # left by a killed run
    assert load_key(KEY, passphrase) == (entry,)
    save_key([], KEY, passphrase)
    assert load_key(KEY, passphrase) == ()
    assert [path.name for path in KEY.parent.iterdir()] == [KEY.name]


@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 5000, b"PK\x03\x04" + b"z" * 9000, b"{", b"hello"]
)
def test_what_is_no_key_is_refused_whether_it_looks_encrypted_or_not(content: bytes) -> None:
    KEY.write_bytes(content)
    ran = themecode("pseudonymise", "apply", "--key", KEY)
    assert ran.status == 1 and ran.err.count("\n") == 1, ran.err
    assert "key" in ran.err


def test_an_encrypted_key_is_known_whatever_byte_it_begins_with() -> None:
    """The first bytes are a random salt: one key in 256 begins as a plain one does."""
    cipher = pytest.importorskip("sqlcipher3")
    with closing(cipher.connect(str(KEY), isolation_level=None)) as opened:
        opened.execute(f"PRAGMA key = '{KEYS}'").close()
        opened.execute(f"PRAGMA cipher_salt = \"x'{b'{'.hex() * 16}'\"").close()
        opened.execute("CREATE TABLE pseudonym_key (text TEXT NOT NULL)").close()
        opened.execute("INSERT INTO pseudonym_key VALUES ('as it was')").close()
    assert KEY.read_bytes().startswith(b"{{{{")
    assert is_encrypted_key(KEY)
    assert read_key_file(KEY, KEYS) == "as it was"


def test_a_plain_key_is_never_taken_for_an_encrypted_one() -> None:
    for entries in (0, 1, 60, 200):
        save_key(
            [Entry(f"Zoë {at}", Kind.PERSON, Action.REPLACE, "Añña") for at in range(entries)], KEY
        )
        assert not is_encrypted_key(KEY)
    KEY.write_text("é" * 5000, encoding="utf-8")  # a letter cut in two where the first page ends
    assert not is_encrypted_key(KEY)
    KEY.write_text("x" + "é" * 5000, encoding="utf-8")
    assert not is_encrypted_key(KEY)
