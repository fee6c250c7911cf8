"""A PostgreSQL server of the tests' own: in a temporary folder, on a free port, gone with the run."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

#: Made up for the run; the tests look for it in every message.
PASSWORD = "invented-and-never-shown"


class PrivateServer:
    """A running server; each study gets a database of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._numbers = count(1)

    def address(self, database: str = "postgres", *, password: str = PASSWORD) -> str:
        return f"postgresql+psycopg://tester:{password}@127.0.0.1:{self.port}/{database}"

    def make_database(self, *, encoding: str = "UTF8") -> str:
        """The address of a new, empty database."""
        name = f"study{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{encoding}' {_c(encoding)}")
        return self.address(name)

    def run(self, statement: str, *, on: str | None = None) -> list[tuple[object, ...]]:
        """Run SQL as the server's keeper would, past themecode."""
        import psycopg

        plain = (on or self.address()).replace("+psycopg", "")
        with psycopg.connect(plain, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []


def _c(encoding: str) -> str:
    return "" if encoding == "UTF8" else "LOCALE 'C' LOCALE_PROVIDER libc"


def find_programs() -> Path:
    """Where initdb and pg_ctl are; fails with what to install where they are not."""
    places = [Path(found).parent for found in [shutil.which("initdb")] if found]
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    places += [Path("/opt/homebrew/bin"), Path("/usr/local/bin")]
    for place in places:
        if (place / "initdb").exists() and (place / "pg_ctl").exists():
            return place
    raise RuntimeError(
        "These tests need PostgreSQL. Install it with `./tools/system_packages.sh postgresql` "
        "(`make test` does so)."
    )


@contextmanager
def run_server() -> Iterator[PrivateServer]:
    """Start a server, and stop it with everything it kept."""
    programs = find_programs()
    folder = Path(tempfile.mkdtemp(prefix="themecode-pg-"))
    as_someone: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_someone = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
        as_someone.append("--clear-groups")
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    (folder / "password").chmod(0o644)

    def call(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*as_someone, str(programs / program), *arguments],
            capture_output=program == "initdb",  # a server keeps the streams it is given
            text=True,
            check=False,
            cwd=folder,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or (folder / 'log').read_text()}")

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = str(folder / "data")
    call(
        "initdb", "-D", data, "-U", "tester", "--pwfile", str(folder / "password"),
        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync",
        # Sorts text as English is sorted, as most servers do: ids must not be.
        "--locale-provider=icu", "--icu-locale=en-GB",
    )  # fmt: skip
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    call("pg_ctl", "-D", data, "-w", "-s", "-l", str(folder / "log"), "-o", options, "start")
    try:
        yield PrivateServer(port)
    finally:
        call("pg_ctl", "-D", data, "-w", "-s", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
