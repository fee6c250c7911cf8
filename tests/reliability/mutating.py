"""Files as a bad disk, a careless editor or an enemy leaves them."""

from __future__ import annotations

import io
import random
import zipfile


def mutate(content: bytes, chance: random.Random) -> bytes:
    """A file as a bad disk, a careless editor or an enemy leaves it."""
    if content[:2] == b"PK" and chance.random() < 0.7:
        return mutate_inside(content, chance)
    changed = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(changed) + 1)
        kind = chance.randrange(6)
        if kind == 0:
            changed[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 1:
            del changed[at : at + chance.randint(1, 40)]
        elif kind == 2:
            changed[at:at] = changed[max(0, at - 60) : at]
        elif kind == 3:
            changed[at:at] = chance.choice(_NASTY)
        elif kind == 4:
            del changed[at:]
            changed += b"\n"
        else:
            changed[at : at + 4] = chance.randbytes(4)
    return bytes(changed)


_NASTY = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b'"', b"- - -\n",
    b": : :", b"{{{{[[[[", b"*anchor", b"&a [*a,*a]", b"!!python/object:os.system x", b"=cmd|' /C calc'!A0",
    b"\r", b"1e999", b"99999999999999999999:00:00", b"NaN", b"-->", b"]]>", b"</w:t>", b"\\u0000",
)  # fmt: skip


def mutate_inside(content: bytes, chance: random.Random) -> bytes:
    """A zip archive with one of its parts changed."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        chosen = chance.choice(
            [name for name in names if name.endswith((".xml", ".rels", ".qde", ".txt"))]
        )
        for name in names:
            part = old.read(name)
            if name == chosen:
                if chance.random() < 0.15:
                    continue
                part = mutate(part, chance)
            new.writestr(name, part)
    return made.getvalue()
