"""A server of our own survives kill -9 with everything it answered for; two processes share one."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.messages import ChatLine
from bot.store import embedded
from bot.store.connect import connect, fsync_in_force, unfit
from bot.store.embedded import Embedded, find_server
from bot.store.gather import Gathering
from bot.store.keys import KEYS
from bot.store.port import Lost
from bot.store.redis import Store, open_store
from tests.store.samples import CODES, LOUNGE, NOW, SHARD, case, items, line, opens, promise


async def opened(url: str) -> Store:
    """A store on a connection of its own."""
    return await open_store(await connect(url), CODES)


async def back(server: Embedded, restarts: int) -> Store:
    """The store after the server has come back by itself."""
    for _ in range(1000):
        if server.restarts >= restarts and await embedded._ping(server.url.removeprefix("unix://")):
            return await opened(server.url)
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come back")


async def test_everything_is_durable_in_the_folder(tmp_path: Path) -> None:
    server = Embedded(tmp_path / "data")
    async with server as url:
        store = await opened(url)
        assert await fsync_in_force(store.client) == "always"
        await store.inbox.ingest(items(line(1)))
        await store.client.aclose()
        pid, socket = server.pid, Path(url.removeprefix("unix://"))
        assert await embedded._ping(str(socket))
    assert not embedded._alive(pid) and not socket.parent.exists()
    async with Embedded(tmp_path / "data") as url:
        store = await opened(url)
        assert await store.inbox.ingest(items(line(1), line(2))) == [False, True]
        await store.client.aclose()


async def test_a_folder_has_one_server_even_when_two_start_at_once(tmp_path: Path) -> None:
    ours, theirs = Embedded(tmp_path), Embedded(tmp_path)
    urls = await asyncio.gather(ours.__aenter__(), theirs.__aenter__())
    assert urls[0] == urls[1] and ours.pid == theirs.pid
    await ours.__aexit__(None, None, None)
    await theirs.__aexit__(None, None, None)
    assert not embedded._alive(ours.pid)


CHILD = """
import asyncio, sys
from pathlib import Path
from bot.store.embedded import Embedded
async def main():
    server = Embedded(Path(sys.argv[1]))
    async with server:
        print(server.pid, server.owned, flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


@pytest.fixture
def leftovers() -> Iterator[list[int]]:
    """Servers that a failing test would leave behind."""
    pids: list[int] = []
    yield pids
    for pid in filter(embedded._alive, pids):
        os.kill(pid, signal.SIGKILL)


async def start_child(folder: Path, leftovers: list[int]) -> tuple[asyncio.subprocess.Process, int, bool]:
    """Another process on the folder: (process, the server's pid, whether it answers for it)."""
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, str(folder), stdout=asyncio.subprocess.PIPE,
                                                 stderr=asyncio.subprocess.DEVNULL)
    assert child.stdout is not None
    pid, owned = (await child.stdout.readline()).split()
    leftovers.append(int(pid))
    return child, int(pid), owned == b"True"


async def test_the_server_of_a_killed_process_is_adopted_and_stopped_by_its_heir(tmp_path: Path, leftovers: list[int]) -> None:
    child, pid, owned = await start_child(tmp_path, leftovers)
    assert owned
    child.kill()
    await child.wait()
    assert embedded._alive(pid)
    heir = Embedded(tmp_path)
    async with heir:
        assert heir.pid == pid and heir.owned
    assert not embedded._alive(pid)


async def test_a_guest_leaves_the_server_to_its_owner(tmp_path: Path, leftovers: list[int]) -> None:
    child, pid, _ = await start_child(tmp_path, leftovers)
    guest = Embedded(tmp_path)
    async with guest:
        assert guest.pid == pid and not guest.owned
    assert embedded._alive(pid)
    child.kill()
    await child.wait()
    async with Embedded(tmp_path):
        pass
    assert not embedded._alive(pid)


async def test_a_guest_whose_owner_leaves_goes_on_at_the_same_address(tmp_path: Path, leftovers: list[int]) -> None:
    child, pid, _ = await start_child(tmp_path, leftovers)
    guest = Embedded(tmp_path)
    async with guest as url:
        child.send_signal(signal.SIGINT)
        await child.wait()
        store = await back(guest, 1)
        assert guest.url == url and guest.owned and guest.pid != pid
        await store.client.aclose()
    assert not embedded._alive(guest.pid)


async def test_a_number_that_another_process_got_is_not_taken_for_our_server(tmp_path: Path) -> None:
    kept = embedded.Kept(os.getpid(), str(tmp_path / "gone" / "s"), 1)
    Embedded(tmp_path)._store(kept)
    server = Embedded(tmp_path)
    async with server:
        assert server.pid != os.getpid()


async def test_killed_under_load_it_keeps_everything_it_answered_for_in_order(tmp_path: Path) -> None:
    server = Embedded(tmp_path)
    async with server as url:
        store = await opened(url)
        gathering = Gathering(store.inbox.ingest)
        answered: list[str] = []

        async def speak(first: int) -> None:
            for number in range(first, first + 60):
                await gathering.ingest(items(line(number)))
                answered.append(f"m{number}")

        load = asyncio.gather(*(speak(1000 * n) for n in range(8)))
        for restarts in (1, 2, 3):
            for _ in range(2000):
                if len(answered) >= 100 * restarts:
                    break
                await asyncio.sleep(0.001)
            os.kill(server.pid, signal.SIGKILL)
            await (await back(server, restarts)).client.aclose()
        await load
        heard = [what.what.id for what in await store.inbox.take(SHARD, 1000) if isinstance(what.what, ChatLine)]
        assert len(answered) == 480 and sorted(heard) == sorted(answered)
        for first in range(8):
            own = [name for name in heard if int(name[1:]) // 1000 == first]
            assert own == sorted(own, key=lambda name: int(name[1:]))
        await store.client.aclose()


async def test_killed_between_taking_and_writing_each_entry_is_decided_once_and_in_order(tmp_path: Path) -> None:
    server = Embedded(tmp_path)
    async with server as url:
        store = await opened(url)
        await store.inbox.ingest(items(*(line(n) for n in range(1, 7))))
        entries = await store.inbox.take(SHARD, 4)
        assert await store.inbox.commit(entries[0], opens(case(1), promise(1)))
        os.kill(server.pid, signal.SIGKILL)
        with pytest.raises(Lost):
            await store.inbox.commit(entries[1], opens(case(2)))
        fresh = await back(server, 1)
        again = [*await fresh.inbox.take(SHARD, 9), *await fresh.inbox.take(SHARD, 9)]
        assert [entry.what for entry in again] == [line(n) for n in range(2, 7)]
        assert [entry.tries for entry in again] == [2, 2, 2, 1, 1]
        for number, entry in enumerate(again, 2):
            assert await fresh.inbox.commit(entry, opens(case(number), promise(number)))
        assert len(await fresh.reader.open_cases(LOUNGE)) == 6
        assert [one.say for one in await fresh.outbox.take(SHARD, NOW, 9)] == [promise(n) for n in range(1, 7)]
        assert await fresh.client.xlen(KEYS[SHARD].inbox) == 0
        await fresh.client.aclose()
        await store.client.aclose()


async def test_a_server_that_is_not_there_is_lost_and_not_a_traceback_of_another_kind(tmp_path: Path) -> None:
    with pytest.raises(Lost):
        await connect(f"unix://{tmp_path}/nothing")


@pytest.mark.parametrize(("version", "maxmemory", "policy", "fit"), [
    ("7.0.15", 0, "allkeys-lru", True), ("8.2.3", 1 << 30, "noeviction", True),
    ("6.2.14", 0, "noeviction", False), ("7.2.0", 1 << 30, "volatile-ttl", False)])
def test_an_old_server_and_one_that_evicts_are_refused(version: str, maxmemory: int, policy: str, fit: bool) -> None:
    assert (unfit(version, maxmemory, policy) is None) is fit


def test_a_server_is_found_on_this_machine() -> None:
    assert os.access(find_server(), os.X_OK)
