"""Ids as other programs want them: the same thing has the same id in every export."""

from __future__ import annotations

import uuid

#: Made once for this project; another would give every thing another id.
_NAMESPACE = uuid.UUID("6d2a3f0e-51c4-5b8f-9a57-7c1d0e5f2b64")


def make_guid(kind: str, *parts: str) -> str:
    """The id of a thing, worked out from what it is (RFC 4122, version 5).

    Args:
        kind: of thing ("code", "source").
        parts: what tells it from every other of its kind.
    """
    name = "\x1f".join((kind, *parts)).encode("utf-8", "surrogatepass").hex()
    return str(uuid.uuid5(_NAMESPACE, name))
