"""Transcripts coded on the machines of a Dask cluster that is there already.

The cluster's workers need nothing but themecode itself: what they are to do, and the transcripts,
are sent to them, and what they found comes back to the one process that writes the study.
"""

from __future__ import annotations

import asyncio
import hashlib
import pickle
import threading
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from themecode import __version__
from themecode.errors import ThemecodeError
from themecode.suggest.coder import CODER

if TYPE_CHECKING:
    from themecode.flow.batches import Coded, Job
    from themecode.model import Transcript

#: How long to wait for the scheduler, and then for a first worker, in seconds.
_ANSWER_SECONDS = 15
#: Batches each worker has before it: one at work, one waiting, and one that was slow to be fetched.
_BATCHES_A_WORKER = 3


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a Dask cluster's scheduler is, and how its connections are secured.

    Args:
        address: as tcp://machine:8786 or tls://machine:8786.
        ca: the file of the authority that both sides trust. None: as Dask's own settings say.
        cert: our certificate.
        key: its key.
    """

    address: str
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


@dataclass(frozen=True, slots=True)
class _Parcel:
    """Something packed for another machine.

    Dask writes what it could not compute into its log: packed, nobody's words can be read there.
    """

    packed: bytes = field(repr=False)

    @classmethod
    def pack(cls, thing: object) -> _Parcel:
        return cls(zlib.compress(pickle.dumps(thing, protocol=5), 1))

    def unpack(self) -> Any:
        return pickle.loads(zlib.decompress(self.packed))  # noqa: S301  from our own scheduler


@dataclass(frozen=True, slots=True)
class _Work:
    """What a worker needs to know once: the job, and which themecode asks."""

    id: str
    asked_by: str
    job: _Parcel


def code_on_cluster(
    job: Job, batches: Iterable[list[Transcript]], cluster: Cluster
) -> Iterator[list[Coded]]:
    """Each batch as it comes back, in the order given; one whose worker dies is coded by another.

    Raises:
        ThemecodeError: the cluster does not answer, has no workers or another themecode, or lost
            one worker after another.
    """
    with _connected(cluster) as client, _telling_why(cluster):
        run = uuid.uuid4().hex[:12]
        packed = _Parcel.pack(job)
        work = _Work(hashlib.sha256(packed.packed).hexdigest(), _name_version(), packed)
        # A task, not scattered data: Dask makes it again where the worker that held it is gone.
        held = client.submit(_hold, work, key=f"themecode-job-{run}", pure=False)
        numbered = enumerate(batches)

        def send(count: int) -> list[Any]:
            return [
                client.submit(
                    _code_on_worker, held, _Parcel.pack(batch), key=f"themecode-{run}-{number}"
                )
                for number, batch in islice(numbered, count)
            ]

        waiting = send(_count_slots(client))
        while waiting:
            first = waiting.pop(0)
            found: list[Coded] = first.result().unpack()
            first.release()  # the cluster forgets it
            yield found
            # Workers come and go: what is under way follows them.
            waiting += send(max(0, _count_slots(client) - len(waiting)))


def _count_slots(client: Any) -> int:
    return _BATCHES_A_WORKER * max(1, len(client.scheduler_info(n_workers=-1)["workers"]))


def _name_version() -> str:
    return f"{__version__} ({CODER})"


@contextmanager
def _connected(cluster: Cluster) -> Iterator[Any]:
    try:
        from distributed import Client
        from distributed.security import Security
    except ImportError:
        raise ThemecodeError(
            "Coding on a cluster needs one more package: "
            "run 'pip install themecode[cluster]', then try again."
        ) from None
    given = {
        "tls_ca_file": cluster.ca,
        "tls_client_cert": cluster.cert,
        "tls_client_key": cluster.key,
    }
    files = {name: str(path) for name, path in given.items() if path is not None}
    for path in files.values():
        if not Path(path).is_file():
            raise ThemecodeError(f"There is no file {path}. Look at the --tls options again.")
    try:
        security = Security(**files, **({"require_encryption": True} if files else {}))  # type: ignore[no-untyped-call]
        asyncio.run(_knock(cluster.address, security))
        client = Client(  # type: ignore[no-untyped-call]
            cluster.address,
            timeout=_ANSWER_SECONDS,
            security=security,
            set_as_default=False,
            name="themecode",
        )
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        raise ThemecodeError(
            f"No Dask scheduler answers at {cluster.address}. See that it runs, that the address "
            "begins as the scheduler says (tcp:// or tls://), and that the certificates fit it."
        ) from error
    try:
        try:
            client.wait_for_workers(1, timeout=_ANSWER_SECONDS)
        except TimeoutError as error:
            raise ThemecodeError(
                f"The Dask scheduler at {cluster.address} has no workers. Start some "
                f"(dask worker {cluster.address}), then run this again."
            ) from error
        yield client
    finally:
        client.close(timeout=5)  # type: ignore[no-untyped-call]


async def _knock(address: str, security: Any) -> None:
    """See that a scheduler answers: a Dask client that finds none takes a minute to give up."""
    from distributed.comm.core import connect

    secured = security.get_connection_args("client")
    comm = await connect(address, timeout=_ANSWER_SECONDS, **secured)  # type: ignore[no-untyped-call]
    await comm.close()


@contextmanager
def _telling_why(cluster: Cluster) -> Iterator[None]:
    from distributed import KilledWorker

    try:
        yield
    except KilledWorker as error:
        raise ThemecodeError(
            "Worker after worker was lost while coding the same transcripts (the machines may have "
            "run out of memory). What was coded is kept: run this again, with fewer workers a machine."
        ) from error
    except ModuleNotFoundError as error:
        raise ThemecodeError(
            "The cluster's workers do not have themecode. Install it on each "
            f"(pip install 'themecode[cluster]=={__version__}'), then run this again."
        ) from error
    except (CancelledError, OSError) as error:
        raise ThemecodeError(
            f"The Dask scheduler at {cluster.address} is gone. What was coded is kept: "
            "run this again once it is back."
        ) from error


def _hold(work: _Work) -> _Work:
    if work.asked_by != _name_version():
        raise ThemecodeError(
            f"A worker of the cluster has themecode {_name_version()} and you have "
            f"{work.asked_by}: they might code differently. Install the same on both."
        )
    return work


#: What this worker is ready for: built once a job, used for every batch, by one thread at a time.
_ready: tuple[str, Callable[[Transcript], Coded]] | None = None
_one_at_a_time = threading.Lock()


def _code_on_worker(work: _Work, batch: _Parcel) -> _Parcel:
    global _ready  # noqa: PLW0603  one worker, one of them
    with _one_at_a_time:
        if _ready is None or _ready[0] != work.id:
            _hold(work)  # the worker that held it may have had another themecode than this one
            job: Job = work.job.unpack()
            try:
                _ready = (work.id, job.make_ready())
            except ThemecodeError as error:
                raise ThemecodeError(f"On a worker of the cluster: {error}") from None
        _, code = _ready
        return _Parcel.pack([code(each) for each in batch.unpack()])
