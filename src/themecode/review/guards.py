"""What is checked before a request is looked at, and said with every answer."""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.wrappers import Request

#: Methods that may change something.
CHANGING = frozenset({"POST"})
#: Nothing is loaded from anywhere, nothing is framed, only our own forms are sent.
POLICY = (
    "default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
    "connect-src 'self'; form-action 'self'; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def security_headers(nonce: str) -> dict[str, str]:
    """The headers of every answer, whatever it is; only what bears the nonce is style or script."""
    return {
        "Content-Security-Policy": POLICY.format(nonce=nonce),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "X-Robots-Tag": "noindex, nofollow",
    }


def allowed_hosts(names: Iterable[str], port: int) -> frozenset[str]:
    """The Host headers a request may have: exactly these names with exactly this port."""
    return frozenset(
        f"{f'[{name}]' if ':' in name else name}:{port}".lower() for name in names if name
    )


def is_ours(request: Request, *, hosts: frozenset[str], scheme: str) -> bool:
    """Whether a request is for this server and comes from one of its own pages (or from nowhere).

    A name that an attacker points at this computer fails by its Host; another site's page fails by
    its Origin or by what the browser says of where it comes from. Opening a link is the one thing
    another page (an e-mail in a browser) may ask for.
    """
    host = request.headers.get("Host", "").lower()
    if host not in hosts:
        return False
    origin = request.headers.get("Origin")
    if origin == "null":
        # Our pages send no referrer, and so browsers do not say where a form of theirs comes from
        # either; but they do say that it is from the same place.
        return request.headers.get("Sec-Fetch-Site") == "same-origin"
    if origin is not None and origin.lower() not in {f"{scheme}://{each}" for each in hosts}:
        return False
    if origin is None and request.method in CHANGING and "Sec-Fetch-Site" not in request.headers:
        # Every browser says one of the two with a form; only scripts, which have the token, do not.
        return "X-Review-Token" in request.headers
    site = request.headers.get("Sec-Fetch-Site", "none")
    if site in {"same-origin", "none"}:
        return True
    opens_link = request.method in {"GET", "HEAD"} and request.path.startswith("/enter")
    return opens_link and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
