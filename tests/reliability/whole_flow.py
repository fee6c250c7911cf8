"""The whole way of a study in one process, told of every look-up and connection it makes.

Run as `whole_flow.py WORKERS FOLDER`: codes the talks beside it, writes the report, a project and what a
script would read, looks for names; prints one line of JSON: what was asked of the network, and hashes.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sys
from pathlib import Path

ASKED: list[str] = []
_NETWORK = {"socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto"}


def _listen(event: str, arguments: tuple[object, ...]) -> None:
    if event in _NETWORK:
        ASKED.append(f"{event} {arguments[-1] if event == 'socket.connect' else arguments[0]}")


sys.addaudithook(_listen)


class _FixedTime(dt.datetime):
    """It is always the same moment: when a coding was made stands in a project and in a report."""

    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> dt.datetime:
        return dt.datetime.fromtimestamp(1_767_323_045, tz)


import themecode.cli.export  # noqa: E402  (after the hook, so that nothing is missed)
import themecode.store.opening  # noqa: E402
from themecode.cli import run  # noqa: E402

for module in (themecode.cli.export, themecode.store.opening):
    module.datetime = _FixedTime  # type: ignore[attr-defined]


workers, folder = sys.argv[1], Path(sys.argv[2])
study = ["--study", str(folder / "study")]
folder.mkdir()
said = sys.stdout
sys.stdout = sys.stderr
statuses = [
    run(["apply", "talks", "--codebook", "book.yaml", "--workers", workers, *study]),
    run(["report", "-o", str(folder / "report.docx"), *study]),
    run(["export", "--format", "qdpx", "-o", str(folder / "study.qdpx"), *study]),
    run(["export", "--format", "jsonl", "-o", str(folder / "coded.jsonl"), *study]),
    run(["matrix", "prevalence", *study]),
    run(["pseudonymise", "find", "-o", str(folder / "names.xlsx"), "--workers", workers, *study]),
    run(["check", *study]),
]
sys.stdout = said
files = [*folder.glob("*.*"), *(folder / "study" / "outputs").iterdir()]
hashes = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(files)}
print(json.dumps({"statuses": statuses, "asked": ASKED, "hashes": hashes}))  # noqa: T201
