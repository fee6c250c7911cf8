"""For every test: a property may take as long as a busy machine needs, and there is a PostgreSQL server."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

from private_postgresql import PrivateServer, run_server

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PrivateServer]:
    """A PostgreSQL server of the run's own; fails where PostgreSQL is not installed."""
    with run_server() as server:
        yield server
