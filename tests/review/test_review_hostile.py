"""Markup in words, names, notes and files runs nowhere (R18); over TLS; and what pages say is plain."""

from __future__ import annotations

import datetime as dt
import http.client
import re
import ssl
from contextlib import suppress
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace
from typing import cast
from urllib.parse import quote

import pytest
from chromium import check_only_ours, enter, open_chromium, open_device
from field_work import themecode
from measured import size
from served import Browser as Device
from served import serve

from themecode.packs.contents import Pack
from themecode.packs.guide import guide_lines
from themecode.review.visit import Refused
from themecode.store import open_study

_RUN = "window.__ran=1"
PAYLOADS = (
    f"<script>{_RUN}</script>", f"<img src=x onerror={_RUN}>", f"<svg onload={_RUN}>", f'"><script>{_RUN}</script>',
    f"' onmouseover={_RUN} '", f"<a href=javascript:{_RUN}>x</a>", f"</textarea><script>{_RUN}</script>",
    f"</style><script>{_RUN}</script>", f"</script><script>{_RUN}</script>", f"<iframe srcdoc='<script>{_RUN}</script>'>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<style>@import '//evil.example/y'</style>",
    "<base href=//evil.example/>", "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<img src=//evil.example/pixel.png>", "<form action=//evil.example><input name=q></form>",
    f"<details open ontoggle={_RUN}>", f"<input autofocus onfocus={_RUN}>", f"<body onload={_RUN}>",
    f"<video><source onerror={_RUN}>", f"<math><mi xlink:href=javascript:{_RUN}>", "{{ 7 * 7 }}", "{% raw %}",
    "{{ config }}", "${7*7}", "<!--", "-->", "]]>", "<![CDATA[<script>", f"&lt;script&gt;{_RUN}&lt;/script&gt;",
    f"\u2028<script>{_RUN}</script>", f"<scr<script>ipt>{_RUN}</script>", f"<img src='x' onerror='{_RUN}' ",
    "<object data=//evil.example/x.swf>", "<embed src=//evil.example>", f"<svg><script>{_RUN}</script></svg>",
    f"<table background=javascript:{_RUN}>", f"<isindex action=javascript:{_RUN} type=image>",
    f"<marquee onstart={_RUN}>", f"<select onfocus={_RUN} autofocus>", f"<keygen onfocus={_RUN} autofocus>",
    f"<x contenteditable onblur={_RUN}>lose", f"<button form=f formaction=javascript:{_RUN}>", "%3Cscript%3E",
    f"<noscript><p title='</noscript><img src=x onerror={_RUN}>'>", f"<template><script>{_RUN}</script></template>",
    f"<img srcset='x 1x' onerror={_RUN}>", f"<audio src=x onerror={_RUN}>", "\x7f<plaintext>", f"<xmp><script>{_RUN}</script></xmp>",
    f"`-{_RUN}-`", f"';{_RUN};//",
)  # fmt: skip

CODEBOOK = """\
title: "An invented <script>window.__ran=1</script> study"
version: "1"
themes:
- id: stigma
  name: "Stigma <img src=x onerror=window.__ran=1>"
  definition: Being thought less of.
  codes:
  - id: stigma.judged
    name: "Judged \\"><script>window.__ran=1</script>"
    definition: "Looked down on </style><script>window.__ran=1</script>"
    include: "<svg onload=window.__ran=1>"
    content_note: "violence <img src=x onerror=window.__ran=1>"
    cues:
      strong: [feel judged]
"""


@pytest.fixture
def hostile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A study whose words, names, roles and file names are all markup; the transcript's id."""
    monkeypatch.chdir(tmp_path)
    Path("talks").mkdir()
    name = "P01 <img src=x onerror=window.__ran=1>"
    lines = "\n\n".join(f"P01: I feel judged {each} when I go." for each in PAYLOADS)
    Path("talks", f"{name}.txt").write_text(f"INT: Well?\n\n{lines}\n", encoding="utf-8")
    Path("book.yaml").write_text(CODEBOOK, encoding="utf-8")
    Path("people.csv").write_text("participant,role\nP01,Woman <script>window.__ran=1</script>\n")
    ran = themecode("apply", "talks", "--codebook", "book.yaml", "--participants", "people.csv")
    assert ran.status == 0, ran.err
    reviewer = "Dee <script>window.__ran=1</script>"
    ran = themecode(
        "review", "plan", "--reviewer", reviewer, "--reviewer", "Eve:<img src=x onerror=window.__ran=1>",
        "--suggested", "all",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    contact = "Jo <iframe src=//evil.example>"
    assert themecode("review", "care", "--contact", contact).status == 0
    return name


def test_markup_anywhere_runs_nothing_and_asks_nobody(hostile: str) -> None:
    note = "<img src=x onerror=window.__ran=1><script>window.__ran=1</script>"
    with open_study("study") as study:
        items = study.review_items()
        names = list(study.reviewers())
    assert len(PAYLOADS) >= 50 and len(items) >= 45
    with serve() as served, open_chromium() as chromium:
        devices = []
        for name, reply in zip(names, ("yes", "no"), strict=True):
            device = Device(served.host)
            device.enter(served.links[name])
            device.begin()
            for number in range(1, 4):
                assert device.answer(number, reply, note=note).status == 303
            devices.append(device)
        context = open_device(chromium)
        ran = themecode("review", "invite", names[0], "--port", served.port)
        page = enter(context, ran.out.strip(), start=False)
        page.wait_for_load_state()
        transcript = f"/transcripts/{quote(hostile, safe='')}"
        paths = [f"/excerpts/{n}?show=1" for n in range(1, len(items) + 1, size(4, 1))]
        paths += [
            "/welcome",
            "/choices",
            "/excerpts/1",
            "/excerpts/9?show=1&choose=1",
            "/mine",
            "/pause",
            "/transcripts",
        ]
        paths += [
            f"{transcript}?show=1",
            f"{transcript}/turns/2",
            f"/transcripts/{quote(note, safe='')}",
        ]
        for path in paths:
            page.goto(served.address + path)
            assert page.evaluate("window.__ran") is None, path
        lead = enter(context, served.links[served.lead], start=False)
        with open_study("study") as study:
            decided = next(study.decisions()).coding_id
        for path in ("/lead", "/lead/plan", "/lead/disputes", f"/lead/disputes/{decided}"):
            lead.goto(served.address + path)
            assert lead.evaluate("window.__ran") is None, path
            assert lead.locator("h1").count() == 1
        check_only_ours(context, served)
        refused = [each for each in context.faults if "404" not in each]  # type: ignore[attr-defined]
        assert refused == []
        context.close()


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, as docs/reviewing.md has one made."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An invented study")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now).not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    certificate, private = folder / "review.crt", folder / "review.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


def test_on_a_network_it_speaks_tls_alone(hostile: str, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    options = ("--network", "127.0.0.1", "--certificate", str(certificate), "--key", str(key))
    with serve("study", *options) as served:
        assert served.address == f"https://{served.host}"
        trusted = ssl.create_default_context(cafile=str(certificate))
        secure = http.client.HTTPSConnection("127.0.0.1", served.port, context=trusted, timeout=20)
        path = served.links["Eve"].partition(served.host)[2]
        secure.request("GET", path, headers={"Host": served.host})
        said = secure.getresponse()
        cookie = said.headers["Set-Cookie"]
        assert said.status == 303 and "Secure" in cookie and "HttpOnly" in cookie
        secure.close()
        plain = http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)
        plain.request("GET", path, headers={"Host": served.host})
        with suppress(http.client.HTTPException, OSError):  # hung up on: as good
            assert plain.getresponse().status == 400
        plain.close()
        assert "Traceback" not in served.said()


def test_a_certificate_that_cannot_be_used_is_told_kindly(hostile: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("not a certificate")
    ran = themecode(
        "review", "serve", "--network", "127.0.0.1", "--certificate", wrong, "--key", wrong
    )
    assert ran.status == 1 and "docs/reviewing.md" in ran.err and "Traceback" not in ran.err
    ran = themecode(
        "review",
        "serve",
        "--network",
        "127.0.0.1",
        "--certificate",
        "none.pem",
        "--key",
        "none.pem",
    )
    assert ran.status == 1 and "Traceback" not in ran.err


#: Said to a reviewer on her own pages; the lead's are for a researcher.
HERS = (
    "welcome", "choices", "excerpt", "mine", "done", "enough", "pause", "look", "transcripts",
    "transcript", "add_code", "add_hidden", "parts", "enter", "base",
)  # fmt: skip


def read_said(name: str) -> str:
    """The words of a template, without what is put in."""
    text = files("themecode.review").joinpath("templates", f"{name}.html").read_text("utf-8")
    text = re.sub(r"\{#.*?#\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", "word", text, flags=re.DOTALL)
    text = re.sub(r"</(p|h1|h2|h3|li|legend|button|summary|a|label|span|title)>", ". ", text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text))


def read_refusals() -> list[str]:
    """What she is told, kindly, where something is not done."""
    from themecode.review import app, door, excerpts, reading

    kept = {
        f"{refused.title}. {refused.text}"
        for module in (app, door, excerpts, reading)
        for refused in vars(module).values()
        if isinstance(refused, Refused)
    }
    assert len(kept) >= 6
    return sorted(kept)


def read_guide() -> str:
    """What she is told first in a workbook or a Word document."""
    excerpt = SimpleNamespace(code="A code")
    passage = SimpleNamespace(code=None)
    pack = SimpleNamespace(excerpts=[excerpt, passage], hard=[excerpt], contacts=["Jo"])
    lines = guide_lines(cast(Pack, pack), sheet=True)
    return ". ".join(words.replace("\t", ". ").rstrip(".") for _, words in lines) + "."


def count_syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(groups) > 1
    return max(1, len(groups) - silent)


def grade(text: str) -> float:
    """Flesch-Kincaid grade level (Kincaid, Fishburne, Rogers and Chissom 1975, p. 14)."""
    sentences = [part for part in re.split(r"[.!?:]+", text) if re.search(r"[A-Za-z]{2}", part)]
    words = re.findall(r"[A-Za-z’']+", " ".join(sentences))
    syllables = sum(map(count_syllables, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def keep_sentences(text: str) -> str:
    """The sentences of a page without its labels and buttons, which make any text look easy."""
    parts = re.split(r"(?<=[.!?:])\s+", text)
    return " ".join(part for part in parts if len(re.findall(r"[A-Za-z’']+", part)) >= 4)


def test_what_a_reviewer_reads_can_be_read_at_eleven() -> None:
    everything = " ".join([*map(read_said, HERS), *read_refusals(), read_guide()])
    assert grade(keep_sentences(everything)) <= 6  # a reading age of about eleven
    for name in HERS:
        # A page of a few short labels has too few sentences for the formula to say much.
        assert grade(keep_sentences(read_said(name)) or "Read on.") <= 7, name
    for said in read_refusals():
        assert grade(keep_sentences(said)) <= 9, (
            said
        )  # two or three sentences, which the formula judges harshly
    assert grade(keep_sentences(read_guide())) <= 6
    jargon = "coding segment adjudicat stratum candidate token session annotat verdict kappa unit".split()
    assert [word for word in jargon if word in everything.lower()] == []


def test_the_formula_gives_a_known_grade() -> None:
    # One sentence of six words of one syllable: .39 * 6 + 11.8 * 1 - 15.59.
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45)
