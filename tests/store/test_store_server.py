"""A study on a team's PostgreSQL: reached, made, brought up to date, kept to one worker."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from private_postgresql import PASSWORD, PrivateServer
from sqlalchemy import make_url, text
from studies import AT, MACHINE, decide, make_codebook, make_coding, make_transcript

from themecode.errors import DamagedStudy, StudyBusy, StudyTooNew, ThemecodeError
from themecode.store import open_study, schema
from themecode.store.connect import make_engine
from themecode.store.migrate import make_tables
from themecode.store.server import name_address, read_address

_HERE = Path(__file__).parent


def _start(script: str, *arguments: object) -> subprocess.Popen[str]:
    """A second process that runs `script` with the tests' helpers at hand."""
    return subprocess.Popen(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(_HERE)!r})\n{script}"]
        + [str(argument) for argument in arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    "address",
    [
        "postgresql+psycopg://dee:hush@server/study",
        "postgresql://dee:hush@server:5432/study",
        "postgres://dee@server/study?password=hush",
        "postgresql://server/study?user=dee&password=hush&sslmode=verify-full",
    ],
)
def test_an_address_is_said_without_its_password(address: str) -> None:
    url = read_address(address)
    assert url.drivername == "postgresql+psycopg"
    assert "hush" not in name_address(url)
    assert "***" not in name_address(url)
    assert "server" in name_address(url) and "study" in name_address(url)


@pytest.mark.parametrize(
    "address", ["mysql://dee:hush@server/study", "hush://", "postgresql://dee:hush@server:port/x"]
)
def test_an_address_of_no_database_is_refused_without_repeating_it(address: str) -> None:
    with pytest.raises(ThemecodeError, match=r"looks like postgresql\+psycopg") as refused:
        open_study(address)
    assert "hush" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_a_server_that_refuses_is_told_of_plainly_and_the_password_is_not(
    postgresql: PrivateServer,
) -> None:
    wrong = {
        "does not answer": postgresql.address().replace(str(postgresql.port), "1"),
        "name or the password is not right": postgresql.address(password="hush"),
        "no database or no user of that name": postgresql.address("nowhere"),
    }
    for told, address in wrong.items():
        with pytest.raises(ThemecodeError, match=told) as refused:
            open_study(address)
        assert PASSWORD not in str(refused.value) and "hush" not in str(refused.value)


def test_an_empty_database_is_no_study_until_one_is_made(postgresql: PrivateServer) -> None:
    address = postgresql.make_database()
    with pytest.raises(ThemecodeError, match="no study") as refused:
        open_study(address)
    assert PASSWORD not in str(refused.value)
    with open_study(address, create=True) as study:
        study.add_transcripts([make_transcript()], read_with={})
    with open_study(address, create=True) as study:
        assert study.transcript("anna") == make_transcript()


def test_a_database_of_another_program_or_alphabet_is_refused(postgresql: PrivateServer) -> None:
    address = postgresql.make_database()
    postgresql.run("CREATE TABLE songs (title text)", on=address)
    with pytest.raises(DamagedStudy, match="not a study"):
        open_study(address, create=True)
    latin = postgresql.make_database(encoding="LATIN1")
    with pytest.raises(ThemecodeError, match="LATIN1.*UTF8"):
        open_study(latin, create=True)


def test_someone_who_may_only_look_is_told_so(postgresql: PrivateServer) -> None:
    address = postgresql.make_database()
    name = make_url(address).database
    postgresql.run(f"CREATE USER reader PASSWORD '{PASSWORD}'")
    with open_study(address, create=True) as study:
        study.add_transcripts([make_transcript()], read_with={})
    postgresql.run("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", on=address)
    theirs = postgresql.address(str(name)).replace("tester", "reader")
    with open_study(theirs) as study:
        assert study.transcript("anna") == make_transcript()
        with pytest.raises(ThemecodeError, match="does not let you change"):
            study.record("look", counts={})


def test_the_tables_on_a_server_are_those_the_migrations_make(postgresql: PrivateServer) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    address = postgresql.make_database()
    with open_study(address, create=True) as study, study._engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_an_older_study_on_a_server_is_brought_up_to_date(postgresql: PrivateServer) -> None:
    from themecode.store import codebooks, codings, decisions, transcripts
    from themecode.store.connect import writing

    address = postgresql.make_database()
    engine = make_engine(make_url(address), where="here")
    make_tables(engine, where="here", to="0001")
    transcript = make_transcript()
    coding = make_coding(transcript, "I was scared.")
    with writing(engine) as connection:
        transcripts.add(connection, [transcript], read_with={}, at="2026-01-01T00:00:00+00:00")
        codebooks.save(connection, *make_codebook(), at="2026-01-01T00:00:00+00:00")
        codings.add(connection, [coding])
        decisions.add(connection, decide(coding), where="")
    engine.dispose()
    with open_study(address, now=lambda: AT, who="Dee") as study:
        assert [found for found, _ in study.codings(machine=MACHINE)] == [coding]
        assert list(study.decisions()) == [decide(coding)]
        assert [entry.what for entry in study.log()] == ["bring up to date"]
    postgresql.run("UPDATE alembic_version SET version_num = '0099'", on=address)
    with pytest.raises(StudyTooNew):
        open_study(address)


def test_someone_who_reads_sees_one_moment_while_others_write(postgresql: PrivateServer) -> None:
    address = postgresql.make_database()
    with open_study(address, create=True) as study, open_study(address) as other:
        study.add_transcripts([make_transcript(f"t{n:03}") for n in range(120)], read_with={})
        seen = study.transcripts()
        first = next(seen)
        other.add_transcripts([make_transcript("t0000")], read_with={})
        assert [first.id, *(each.id for each in seen)] == [f"t{n:03}" for n in range(120)]
        assert study.counts().transcripts == 121


def test_ids_are_in_the_order_of_their_code_points_whatever_the_server_speaks(
    postgresql: PrivateServer,
) -> None:
    names = ["a", "B", "é", "Z", "_", "z-1", "z1"]
    with open_study(postgresql.make_database(), create=True) as study:
        study.add_transcripts([make_transcript(name) for name in names], read_with={})
        assert [each.id for each in study.transcripts()] == sorted(names)
        assert list(study.known_transcripts()) == sorted(names)
        with study.open_door("look") as connection:
            assert connection.execute(text("SELECT 'a' < 'B'")).scalar() is True  # English order


_HOLD = """
from themecode.store import open_study
with open_study(sys.argv[1]) as study, study.lock():
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize("killed", [False, True])
def test_a_study_on_a_server_is_busy_until_its_worker_ends(
    postgresql: PrivateServer, killed: bool
) -> None:
    address = postgresql.make_database()
    open_study(address, create=True).close()
    other = _start(_HOLD, address)
    assert other.stdout is not None and other.stdout.readline() == "held\n"
    with open_study(address) as study:
        with pytest.raises(StudyBusy, match=r"working on this study \(since \d\d:\d\d"):
            with study.lock():
                pass
        study.add_transcripts([make_transcript()], read_with={})  # the database itself is free
        if killed:
            other.send_signal(signal.SIGKILL)
        other.communicate("\n", timeout=60)
        for _ in range(2):
            for attempt in range(200):  # the server notices in its own time
                try:
                    with study.lock(), study.lock():
                        break
                except StudyBusy:
                    assert attempt < 199
                    study.counts()
        with open_study(address) as elsewhere, study.lock(), pytest.raises(StudyBusy):
            with elsewhere.lock():
                pass


_DECIDE = """
from studies import decide, make_coding, make_transcript
from themecode.store import open_study
address, reviewer, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
coding = make_coding(make_transcript(), "I was scared.")
with open_study(address) as study:
    for number in range(count):
        study.add_decision(decide(coding, reviewer=reviewer, id=f"{reviewer}-{number}"))
        if number % 50 == 0:
            study.record("decide", counts={"decisions": 50})
        print(f"{reviewer}-{number}", flush=True)
"""


def test_eight_reviewers_of_250_decisions_each_lose_none_on_a_server(
    postgresql: PrivateServer,
) -> None:
    address = postgresql.make_database()
    with open_study(address, create=True) as study:
        study.add_transcripts([make_transcript()], read_with={})
        study.add_codings([make_coding(make_transcript(), "I was scared.")], coded=[])
    writers = [_start(_DECIDE, address, f"r{number}", 250) for number in range(8)]
    said = [writer.communicate(timeout=300) for writer in writers]
    assert [err for _, err in said] == [""] * 8
    with open_study(address) as study:
        kept = [decision.id for decision in study.decisions()]
        assert len(list(study.log())) == 2 + 8 * 5  # and its chain holds
    assert len(kept) == 2000
    assert sorted(kept) == sorted("".join(out for out, _ in said).split())


@pytest.mark.parametrize("after", [1, 23])
def test_a_writer_killed_on_a_server_loses_nothing_it_said_it_kept(
    postgresql: PrivateServer, after: int
) -> None:
    address = postgresql.make_database()
    with open_study(address, create=True) as study:
        study.add_transcripts([make_transcript()], read_with={})
        study.add_codings([make_coding(make_transcript(), "I was scared.")], coded=[])
    writer = _start(_DECIDE, address, "r", 100000)
    assert writer.stdout is not None
    said = [writer.stdout.readline().strip() for _ in range(after)]
    writer.send_signal(signal.SIGKILL)
    said += writer.communicate(timeout=60)[0].split()
    with open_study(address) as study:
        study.add_decision(decide(make_coding(make_transcript(), "I was scared.")))
        kept = [decision.id for decision in study.decisions()]
    assert kept[: len(said)] == said
    assert len(kept) - len(said) <= 2  # kept, and killed before it could say so; and the last one
