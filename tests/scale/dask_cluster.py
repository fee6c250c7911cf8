"""A Dask cluster of the tests' own: a scheduler and workers, each a process."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Running:
    address: str
    workers: tuple[subprocess.Popen[bytes], ...]
    said: Path

    def read_logs(self) -> str:
        return "".join(path.read_text("utf-8") for path in sorted(self.said.glob("*.log")))


@contextmanager
def run_cluster(
    folder: Path, *, workers: int = 2, tls: Sequence[str] = (), env: dict[str, str] | None = None
) -> Iterator[Running]:
    """Start a scheduler and its workers, and end whichever is left."""
    began: list[subprocess.Popen[bytes]] = []

    def begin(name: str, *arguments: str) -> subprocess.Popen[bytes]:
        module = "dask_worker" if name.startswith("worker") else "dask_scheduler"
        with (folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", "--no-dashboard"]
                + [*arguments, *tls],
                stdout=log,
                stderr=log,
                cwd=folder,
                env=env,
            )
        began.append(process)
        return process

    known = folder / "scheduler.json"
    try:
        begin(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(known),
            "--protocol", "tls" if tls else "tcp",
        )  # fmt: skip
        for _ in range(600):
            if known.exists() and known.read_text("utf-8").strip():
                break
            time.sleep(0.1)
        address = json.loads(known.read_text("utf-8"))["address"]
        working = tuple(
            begin(
                f"worker{number}", address, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1"
            )
            for number in range(workers)
        )
        yield Running(address, working, folder)
    finally:
        for process in reversed(began):
            process.kill()
            process.wait(timeout=60)


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate that is its own authority, and its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "invented")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return cert, secret
