"""The front door answers 200 when what it took is on the disk, and says no to everything else in one line."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import logging
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, redirect_stderr
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import structlog

from bot.channels.base import Malformed
from bot.log import set_up
from bot.messages import ChatLine
from bot.store.embedded import Embedded, find_server
from bot.web.webhook import _plausible
from tests.web.door import Door, body_of, door, line

pytestmark = pytest.mark.asyncio(loop_scope="module")
WORD = "芝麻开门"  # of every line that `line` makes: never to be seen in a log
GOOD = body_of(line(1))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def place(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Door, Path]]:
    """A front door, and the folder of its Redis, which is kept as `lounge run` keeps it."""
    folder = tmp_path_factory.mktemp("door")
    async with Embedded(folder) as url, door(url) as one:
        yield one, folder


@pytest_asyncio.fixture(loop_scope="module")
async def front(place: tuple[Door, Path]) -> Door:
    """The door, with nothing behind it."""
    await place[0].empty()
    return place[0]


Log = Callable[[], list[str]]


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Log]:
    """Reads every line logged since the last look, whoever logged it, as `lounge run` would have written it."""
    written = io.StringIO()
    with redirect_stderr(written):
        set_up()

    def read() -> list[str]:
        records = [r for r in caplog.records if r.levelno >= logging.WARNING and r.name != "lounge.http"]
        lines = written.getvalue().splitlines() + [logging.Formatter().format(r) for r in records]
        written.seek(0)
        written.truncate()
        caplog.clear()
        return lines

    yield read
    structlog.reset_defaults()


def refused(lines: list[str], code: int) -> bool:
    """One line, which names the code and holds neither content nor traceback."""
    assert len(lines) == 1, lines
    row = json.loads(lines[0])
    assert WORD not in lines[0] and "Traceback" not in lines[0] and "暗号" not in lines[0]
    return bool(row["event"] == "refused" and row["code"] == code)


async def test_what_is_new_is_taken_and_what_comes_again_was_seen(front: Door, logged: Log) -> None:
    assert await front.post(GOOD) == (200, {"taken": 1, "seen": 0})
    assert await front.post(GOOD) == (200, {"taken": 0, "seen": 1})
    rows = [line(1), line(2), line(3), line(1, sender="u_2"), line(1, lounge="etime")]  # ids repeat across people and groups
    assert await front.post(body_of(rows)) == (200, {"taken": 4, "seen": 1})
    assert await front.post(body_of([line(9), line(9)])) == (200, {"taken": 1, "seen": 1})
    assert await front.post(b"[]") == (200, {"taken": 0, "seen": 0})
    assert await front.stored() == 6 and logged() == []


@pytest.mark.parametrize("bad", [
    {"X-Lounge-Signature": "sha256=" + "0" * 64}, {"X-Lounge-Signature": ""}, {"X-Lounge-Timestamp": ""},
    {"X-Lounge-Timestamp": "1700000000"}, {"X-Lounge-Timestamp": "9" * 400}, {"X-Lounge-Signature": "\u00ff"},
])
async def test_a_forged_request_gets_403_and_one_line_without_its_content(front: Door, logged: Log, bad: dict[str, str]) -> None:
    assert (await front.post(GOOD, headers=bad))[0] == 403
    assert refused(logged(), 403) and await front.stored() == 0


async def test_a_stale_an_early_and_an_altered_request_get_403(front: Door, logged: Log) -> None:
    for off in (timedelta(seconds=-302), timedelta(seconds=302), timedelta(days=-4000)):
        assert (await front.post(GOOD, off=off))[0] == 403
        assert refused(logged(), 403)
    signature = front.signed(GOOD)["X-Lounge-Signature"]
    for body in (GOOD[:-1], GOOD + b" ", GOOD.replace(b"u_1", b"u_2")):
        assert (await front.post(body, headers={"X-Lounge-Signature": signature}))[0] == 403
        assert refused(logged(), 403)
    assert await front.stored() == 0


@pytest.mark.parametrize("bad", [
    {"lounge": "nowhere"}, {"sender": None}, {"sender": ""}, {"id": "x" * 300}, {"text": None}, {"text": 3}, {"at": "soon"}, {"at": None},
    {"at": "2026-11-02T08:13:20"}, {"at": "0001-01-01T00:00:00+14:00"}, {"at": "9999-12-31T23:59:59-14:00"},
    {"at": "1999-12-31T23:59:59Z"}, {"at": "2001-01-01T00:00:00Z"}, {"at": "2099-01-01T00:00:00Z"}, {"private": 3}, {"press": ""},
], ids=str)
async def test_one_bad_member_is_named_by_its_index_and_nothing_of_the_list_is_stored(front: Door, logged: Log, bad: dict[str, Any]) -> None:
    code, answer = await front.post(body_of([line(1), line(2), line(3, **bad), line(4)]))
    assert code == 400 and answer["error"].startswith("item 2: ")
    assert refused(logged(), 400) and await front.stored() == 0


@pytest.mark.parametrize("body", [
    b"", b"{", b"null", b"[{}]", GOOD[: len(GOOD) // 2], b"\xff" + GOOD, GOOD.replace("芝".encode(), b"\xe8\x8a"), b"\xef\xbb\xbf" + GOOD,
    body_of([line(1)])[:-1], b"[" * 300_000, b'{"a":' * 150_000, GOOD[:-1] + b',"gold":' + b"[" * 300_000, GOOD + GOOD, b"\0" * 100,
    json.dumps(line(1), ensure_ascii=False).encode("gbk"), json.dumps(line(1), ensure_ascii=False).encode("utf-16"),
    GOOD.replace("芝".encode(), b"\\ud800"),
], ids=range(17))
async def test_broken_bytes_under_a_good_signature_get_400_and_one_line(front: Door, logged: Log, body: bytes) -> None:
    assert (await front.post(body))[0] == 400
    assert refused(logged(), 400) and await front.stored() == 0


async def test_more_than_a_mebibyte_gets_413_and_exactly_that_is_read(front: Door, logged: Log) -> None:
    room = (1 << 20) - len(body_of(line(1, text="")))
    assert await front.post(body_of(line(1, text="x" * room))) == (200, {"taken": 1, "seen": 0})
    assert logged() == []
    for more in (1, 1 << 21):
        assert (await front.post(body_of(line(2, text="x" * (room + more)))))[0] == 413
        assert refused(logged(), 413)
    packed = gzip.compress(body_of(line(2, text="x" * (1 << 24))))  # small on the wire, large once unpacked
    assert (await front.post(packed, headers={"Content-Encoding": "gzip"}))[0] == 413
    assert refused(logged(), 413) and await front.stored() == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                                  "application/octet-stream", "nonsense", ""])
async def test_another_content_type_gets_415(front: Door, logged: Log, kind: str) -> None:
    assert (await front.post(GOOD, headers={"Content-Type": kind}))[0] == 415
    assert refused(logged(), 415) and await front.stored() == 0


async def test_a_message_of_an_unknown_type_is_answered_200_and_ignored(front: Door, logged: Log) -> None:
    assert await front.post(body_of({"type": "recall", "id": "m-1"})) == (200, {"taken": 0, "seen": 0})
    assert await front.post(body_of([{"type": "sticker"}, line(1), line(2, media="location")])) == (200, {"taken": 1, "seen": 0})
    assert await front.stored() == 1 and logged() == []


@pytest.mark.parametrize("path", ["/hooks/nowhere", "/hooks/plain/other", "/hooks/%00", "/hooks/%ff%fe", "/hooks/" + "x" * 4000, "/hooks/三"])
async def test_an_unknown_channel_gets_404_and_a_short_line(front: Door, logged: Log, path: str) -> None:
    assert (await front.post(GOOD, path=path))[0] == 404
    assert refused(logged(), 404) and await front.stored() == 0


async def test_odd_but_sound_lines_are_taken(front: Door, logged: Log) -> None:
    rows = [line("\0"), line("nul", text="灯\0坏了"), line("long", text="长" * 60_000, name="名" * 60_000), line("who", sender="nobody we know"),
            line("empty", text=""), line("bidi", text="\u202e倒\u202c"), line("deep", gold=[[[[]]]]), line("extra", more={"a": 1})]
    assert await front.post(body_of(rows)) == (200, {"taken": 8, "seen": 0})
    assert logged() == []


async def test_a_body_without_a_length_is_read_to_its_end(front: Door, logged: Log) -> None:
    async def pieces(body: bytes) -> AsyncIterator[bytes]:
        for start in range(0, len(body), 7):
            yield body[start : start + 7]

    async with front.http.post(front.url + "/hooks/plain", data=pieces(GOOD), headers=front.signed(GOOD)) as answer:
        assert answer.status == 200 and await answer.json() == {"taken": 1, "seen": 0}
    assert logged() == []


async def test_a_request_that_breaks_off_stores_nothing_and_leaves_no_traceback(front: Door, logged: Log) -> None:
    def head(length: int, **more: str) -> bytes:
        rows = {"Host": "x", "Content-Length": str(length), **front.signed(GOOD), **more}
        return "".join(["POST /hooks/plain HTTP/1.1\r\n", *(f"{k}: {v}\r\n" for k, v in rows.items()), "\r\n"]).encode()

    chunked = head(0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    for data in (head(len(GOOD)) + GOOD[:20], head(len(GOOD)), head(len(GOOD))[:60], chunked + b"zz\r\n{}\r\n", chunked + b"5\r\n{",
                 head(len(GOOD), **{"Content-Encoding": "gzip"}) + GOOD, b"\0\xff\r\n\r\n", b"GET", head(-5) + GOOD,
                 head(0).replace(b"Content-Length: 0", b"Content-Length: x") + GOOD):
        await front.raw(data)
    await asyncio.sleep(0)
    lines = logged()
    assert not [text for text in lines if json.loads(text)["event"] != "refused" or WORD in text], lines
    assert await front.stored() == 0
    assert (await front.post(GOOD))[0] == 200  # and the door still opens


async def test_requests_that_arrive_together_share_round_trips(front: Door) -> None:
    async def calls() -> int:
        found: dict[str, Any] = await front.rig.store.client.info("commandstats")
        return sum(row["calls"] for name, row in found.items() if name.startswith("cmdstat_evalsha"))

    await front.post(body_of(line("warm")))
    before = await calls()
    answers = await asyncio.gather(*(front.post(body_of(line(n))) for n in range(90)))
    assert {answer[1]["taken"] for answer in answers} == {1}
    assert await calls() - before < 45 and await front.stored() == 91


async def test_when_the_answer_comes_the_entry_is_in_the_file_and_synced(front: Door, place: tuple[Door, Path]) -> None:
    code, facts = await front.get("/healthz")
    assert code == 200 and json.loads(facts)["fsync"] == "always"
    for number in range(5):
        assert (await front.post(body_of(line(f"durable-{number}"))))[0] == 200
        assert any(f"durable-{number}".encode() in file.read_bytes() for file in (place[1] / "appendonly").glob("*.incr.aof"))


async def test_health_tells_what_waits_and_metrics_count(front: Door) -> None:
    async with front.beside("127.0.0.1") as fresh:
        await fresh.post(body_of([line(1), line(2), line(2)]))
        await fresh.post(GOOD, headers={"Content-Type": "text/plain"})
        await fresh.post(b"{")
        code, text = await fresh.get("/healthz")
        facts = json.loads(text)
        assert code == 200 and facts["well"] is True and facts["inbox"] == 2 and 0 <= facts["oldest_s"] < 10
        assert {"outbox", "overdue", "held", "buried", "decided", "version"} <= set(facts)
        assert facts["overdue"] == facts["buried"] == 0
        code, text = await fresh.get("/metrics")
        rows = {name: float(value) for name, value in (row.rsplit(" ", 1) for row in text.splitlines() if row[:1] != "#")}
        assert code == 200 and rows["lounge_taken_total"] == 2 and rows["lounge_seen_total"] == 1
        assert rows["lounge_refused_total"] == 2 and rows["lounge_inbox"] == 2 and rows["lounge_well"] == 1


async def test_metrics_are_for_this_machine_alone(front: Door) -> None:
    async with front.beside("0.0.0.0") as one:
        assert (await one.get("/metrics"))[0] == 200
        assert (await one.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}))[0] == 403  # came through a proxy
        outside = own_address()
        if outside is None:
            pytest.skip("this machine has no address but loopback")
        async with one.http.get(f"http://{outside}:{one.port}/metrics") as answer:
            assert answer.status == 403
        async with one.http.get(f"http://{outside}:{one.port}/healthz") as answer:
            assert answer.status == 200


def own_address() -> str | None:
    """An address of this machine that is not loopback; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        found: str = probe.getsockname()[0]
    return None if found.startswith(("127.", "0.")) else found


@asynccontextmanager
async def lone_redis(folder: Path) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """A Redis that nobody restarts."""
    alone = await asyncio.create_subprocess_exec(
        find_server(), "--port", "0", "--unixsocket", str(folder / "s"), "--save", "", "--dir", str(folder),
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL)
    for _ in range(1000):
        if (folder / "s").exists():
            break
        await asyncio.sleep(0.01)
    try:
        yield f"unix://{folder / 's'}", alone
    finally:
        if alone.returncode is None:
            alone.kill()
        await alone.wait()


async def test_when_redis_is_gone_health_says_503_and_no_line_is_promised(front: Door, tmp_path: Path, logged: Log) -> None:
    async with lone_redis(tmp_path) as (url, server), front.on(url) as one:
        assert (await one.get("/healthz"))[0] == 200
        server.kill()
        await server.wait()
        code, text = await one.get("/healthz")
        assert code == 503 and json.loads(text)["well"] is False
        code, text = await one.get("/metrics")
        assert code == 200 and "lounge_well 0.0" in text
        assert (await one.post(GOOD))[0] == 503
        assert refused(logged(), 503)


async def test_a_line_of_another_age_is_judged_by_the_clock_of_conduct() -> None:
    now = datetime(2026, 11, 2, tzinfo=UTC)
    for off, fits in ((timedelta(days=-30), True), (timedelta(days=1), True), (timedelta(days=-31), False), (timedelta(days=2), False)):
        one = ChatLine(id="m", at=now + off, sender="u")
        if fits:
            _plausible([one], now)
        else:
            with pytest.raises(Malformed):
                _plausible([one], now)
