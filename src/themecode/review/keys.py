"""Keys: in a link they open once; on a device they stay in a cookie. The study keeps fingerprints."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from themecode.store import KeyHolder, KeyRole

if TYPE_CHECKING:
    from themecode.store import Study

#: 256 bits; nobody guesses one.
KEY_BYTES = 32
#: How long a link may lie unopened, and a device stay signed in.
LINK_DAYS, DEVICE_DAYS = 14, 60
#: A key as it looks in a link or cookie; anything else is not looked up.
KEY_LENGTH = 43


def make_key() -> str:
    """A new key."""
    return secrets.token_urlsafe(KEY_BYTES)


def hash_key(key: str) -> str:
    """The fingerprint the study keeps of a key."""
    return hashlib.sha256(b"themecode review key:" + key.encode()).hexdigest()


def make_link(
    study: Study, name: str, role: KeyRole, *, address: str, now: datetime, alone: bool = True
) -> str:
    """A link that lets somebody in once.

    Args:
        study: the study.
        name: whose it is.
        role: reviewer or lead.
        address: where the review is served, as `http://127.0.0.1:8765`.
        now: in UTC.
        alone: whether her links that were never opened stop working.
    """
    key = make_key()
    study.add_link_key(
        hash_key(key),
        KeyHolder(name, role),
        ends_at=now + timedelta(days=LINK_DAYS),
        alone=alone,
    )
    return f"{address}/enter/{key}"


def make_links(
    study: Study, people: Iterable[KeyHolder], *, address: str, now: datetime, alone: str
) -> dict[str, str]:
    """By name, a link for each person that lets her in once; all are kept in one go.

    Args:
        study: the study.
        people: whose, and as what.
        address: where the review is served.
        now: in UTC.
        alone: whose links that were never opened stop working; everybody else's stay good.
    """
    keys = {holder: make_key() for holder in people}
    study.add_link_keys(
        {hash_key(key): holder for holder, key in keys.items()},
        ends_at=now + timedelta(days=LINK_DAYS),
        alone=alone,
    )
    return {holder.name: f"{address}/enter/{key}" for holder, key in keys.items()}


def make_form_token(device_key: str) -> str:
    """What a form must send back, which only a page shown to this device can know."""
    return hmac.new(device_key.encode(), b"themecode review form", "sha256").hexdigest()
