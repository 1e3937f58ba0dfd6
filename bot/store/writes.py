"""Says, as plain Redis commands, what a Change writes and what must still hold for it; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from bot.domain.case import Case
from bot.domain.walls import Dest, silent
from bot.messages import ChatLine, Outgoing, Receipted
from bot.shards import shard_of
from bot.store.codec import (
    pack_case,
    pack_dead,
    pack_forward,
    pack_happening,
    pack_incoming,
    pack_outgoing,
    pack_row,
)
from bot.store.keys import (
    KEYS,
    Homes,
    Keys,
    WrongShard,
    case_alarm,
    iso_week,
    number_of,
    shard_of_home,
    to_ms,
)
from bot.store.port import Change, Dead, Entry, Happening, Promise

Command = list[str | bytes]

FEED_LENGTH = "2000"
DEAD_LENGTH = "1000"
DEAD_S = str(14 * 86_400)
RECENT = timedelta(days=14)  # how long an ended case is still found by "还没好"
TALK_LINES = 40
TALK_S = str(15 * 60)


def checks_of(shard: int, change: Change) -> list[str]:
    """Pairs of case key and the version that must be stored. Raises WrongShard."""
    for name, home in _homes(change):
        if home != shard:
            raise WrongShard(f"{name} lives in shard {home}, not {shard}")
    return [part for case in change.cases for part in (KEYS[shard].case(case.id), str(case.version))]


def _homes(change: Change) -> Iterable[tuple[str, int]]:
    for case in change.cases:
        yield case.lounge, shard_of(case.lounge)
    for lounge, _, _ in change.overlay:
        yield lounge, shard_of(lounge)
    for person, _, _ in change.person:
        yield person, shard_of_home(person)
    for person in change.erase:
        yield person, shard_of_home(person)


def writes_of(shard: int, change: Change, homes: Homes) -> list[Command]:
    """Every command of a change, in order."""
    keys = KEYS[shard]
    writes: list[Command] = []
    for case in change.cases:
        writes += _case(keys, case)
    for case_id, laid in change.rewrite:
        writes.append(["DEL", keys.journal(case_id)])
        writes.append(["RPUSH", keys.journal(case_id), *map(pack_row, laid)])
    writes += _journal(keys, change, homes)
    writes += [["XADD", keys.outbox, "*", "b", pack_outgoing(say)] for say in change.say]
    writes += [["XADD", keys.outbox, "*", "f", pack_forward(forward)] for forward in change.forward]
    writes += [_field(keys.overlay(lounge), name, value) for lounge, name, value in change.overlay]
    writes += [_field(keys.person(person), name, value) for person, name, value in change.person]
    for key, at in change.chores:
        writes.append(["ZREM", keys.clock, key] if at is None else ["ZADD", keys.clock, str(to_ms(at)), key])
    writes += [["DEL", keys.person(person)] for person in change.erase]
    return writes


def _case(keys: Keys, case: Case) -> list[Command]:
    version = case.version + 1
    writes: list[Command] = [["SET", keys.case(case.id), pack_case(case, version)]]
    if case.due is None:
        writes.append(["ZREM", keys.clock, case_alarm(case.id)])
    else:
        writes.append(["ZADD", keys.clock, str(to_ms(case.due)), case_alarm(case.id)])
    if case.version == 0:
        writes.append(["ZADD", keys.numbers, "GT", str(number_of(case.id)), case.lounge])
    if case.open:
        writes.append(["ZADD", keys.open(case.lounge), str(to_ms(case.opened_at)), case.id])
        writes.append(["ZREM", keys.ended(case.lounge), case.id])
    else:
        ended = case.ended_at or case.touched_at
        writes.append(["ZREM", keys.open(case.lounge), case.id])
        writes.append(["ZADD", keys.ended(case.lounge), str(to_ms(ended)), case.id])
        writes.append(["ZREMRANGEBYSCORE", keys.ended(case.lounge), "-inf", str(to_ms(ended - RECENT))])
    facts = {"case": case.id, "lounge": case.lounge, "state": case.state.value, "version": str(version),
             "intent": case.intent, "attendant": case.attendant}
    writes.append(feed(keys, Happening(kind="case", at=case.touched_at, facts=facts)))
    return writes


def _journal(keys: Keys, change: Change, homes: Homes) -> list[Command]:
    lounges = {case.id: case.lounge for case in change.cases}
    rows: dict[str, list[bytes]] = {}
    weeks: dict[tuple[str, str], None] = {}
    for case_id, row in change.journal:
        rows.setdefault(case_id, []).append(pack_row(row))
        weeks[(case_id, iso_week(row.recorded or row.at))] = None
    writes: list[Command] = [["RPUSH", keys.journal(case_id), *packed] for case_id, packed in rows.items()]
    for case_id, week in weeks:
        lounge = lounges.get(case_id) or homes.lounge_of(case_id)
        if lounge is None or shard_of(lounge) != keys.shard:
            raise WrongShard(f"a row of {case_id} in shard {keys.shard}")
        writes.append(["SADD", keys.weekcases(lounge, week), case_id])
    return writes


def _field(key: str, name: str, value: str | None) -> Command:
    return ["HDEL", key, name] if value is None else ["HSET", key, name, value]


def feed(keys: Keys, what: Happening) -> Command:
    """A row for the live pages."""
    return ["XADD", keys.feed, "MAXLEN", "~", FEED_LENGTH, "*", "b", pack_happening(what)]


def is_talk(what: object) -> bool:
    """Whether a line belongs to a group's talk."""
    return isinstance(what, ChatLine) and bool(what.lounge) and not what.private


def talk_of(entries: Iterable[Entry]) -> list[list[Command]]:
    """For each entry what keeps it in the talk: the first of a lounge sets the expiry, the last one trims."""
    writes: list[list[Command]] = []
    last: dict[str, list[Command]] = {}
    for entry in entries:
        mine: list[Command] = []
        if isinstance(entry.what, ChatLine) and is_talk(entry.what):
            key = KEYS[entry.shard].talk(entry.what.lounge)
            mine.append(["RPUSH", key, entry.raw or pack_incoming(entry.what)])
            if key not in last:
                mine.append(["EXPIRE", key, TALK_S])
            last[key] = mine
        writes.append(mine)
    for key, mine in last.items():
        mine.append(["LTRIM", key, str(-TALK_LINES), "-1"])
    return writes


def counters_of(keys: Keys, counters: Mapping[str, str]) -> list[Command]:
    """`{"<person id or chat:lounge>|<field>": "<int>"}` as increments of that home's fields; "" takes a field away."""
    writes: list[Command] = []
    for name, by in counters.items():
        home, _, counter = name.rpartition("|")
        if shard_of_home(home) != keys.shard:
            raise WrongShard(f"{home} lives in shard {shard_of_home(home)}, not {keys.shard}")
        writes.append(["HINCRBY", keys.person(home), counter, by] if by else ["HDEL", keys.person(home), counter])
    return writes


def said(keys: Keys, say: Outgoing, back: object, outcome: str) -> Command:
    """The feed's row for a line that was dealt with."""
    receipt = back if isinstance(back, Receipted) else None
    text = "" if silent(say.carries, Dest.FEED) else say.text
    facts = {"key": say.key, "to": say.to, "card": say.card, "text": text, "case": say.case or "",
             "lounge": say.lounge, "outcome": receipt.outcome if receipt else outcome}
    return feed(keys, Happening(kind="said", at=receipt.at if receipt else say.at, facts=facts))


def grave(keys: Keys, dead: Dead) -> list[Command]:
    """What buries: a capped, expiring row and a word in the feed."""
    facts = {"side": dead.side, "kind": dead.kind, "why": dead.why, "key": dead.key, "case": dead.case or ""}
    return [
        ["XADD", keys.dead, "MAXLEN", "~", DEAD_LENGTH, "*", "b", pack_dead(dead)],
        ["EXPIRE", keys.dead, DEAD_S],
        feed(keys, Happening(kind="buried", at=dead.at, facts=facts)),
    ]


def dead_entry(entry: Entry, why: str) -> Dead:
    """An inbox entry as it is buried."""
    what = entry.what
    kind, say = type(what).__name__, getattr(what, "say", None)
    return Dead(
        at=say.at if say else what.at,  # type: ignore[union-attr]
        side="inbox", kind=kind, why=why, tries=entry.tries,
        key=str(getattr(what, "id", None) or getattr(what, "key", "") or (say.key if say else "")),
        case=getattr(what, "case", None) or (say.case if say else None),
        to=say.to if say else str(getattr(what, "lounge", "")),
        text=say.text if say else str(getattr(what, "text", "") or getattr(what, "note", "")),
    )


def dead_promise(promise: Promise, why: str) -> Dead:
    """An outbox entry as it is buried."""
    if promise.say is None:
        assert promise.forward is not None
        shard, key, what = promise.forward
        inner = dead_entry(Entry(shard, promise.id, promise.tries, what), why)
        return Dead(at=inner.at, side="outbox", kind=inner.kind, why=why, tries=promise.tries, key=key,
                    case=inner.case, to=f"shard {shard}", text=inner.text)
    say = promise.say
    return Dead(at=say.at, side="outbox", kind="Outgoing", why=why, tries=promise.tries, key=say.key, case=say.case,
                to=say.to, text=say.text)
