"""Who is away and who leaves his post: read in private from a member or a host, kept by every lounge that it concerns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain import assignment, days, staff
from bot.domain.commands import Command, read
from bot.domain.effects import moment
from bot.domain.parts import person_named, the_one
from bot.domain.settings import Person
from bot.domain.staff import FIELD, Leave
from bot.handlers import cards
from bot.handlers.context import Here
from bot.messages import ButtonPress, ChatLine, ClockRang, Decision, Incoming, Outgoing, Receipted
from bot.shards import shard_of
from bot.store.port import Change

VERBS = frozenset({"leave", "back", "handover"})  # about a person, not about a case
LONGEST = timedelta(days=180)
FEW = 3  # places that are named one by one
CALLED_OFF = "取消"
_NAMES_ONE = re.compile(r"由\s*\S+?\s*(?:代|顶|接|替)")
_FILLERS = re.compile("给|由|的|吧|了|把|手上|全部|所有|现在|马上|即刻|立即|今天|同志|接手|接|事|都|我|一下|起|开始")
RUN_ON = ("请假", "销假", "交接", "全部接手", "接手", "协办")  # our own people type these without a space


async def standing(what: Incoming, here: Here) -> Here:
    """Here, with the running state of the lounge that an input belongs to laid over the settings."""
    lounge = _lounge_of(what, here)
    kept = (await here.reader.overlay(lounge)).get(FIELD) if lounge else None
    return replace(here, settings=staff.laid(here.settings, kept)) if kept else here


def _lounge_of(what: Incoming, here: Here) -> str:
    if isinstance(what, ChatLine | ButtonPress):
        lounge = what.lounge or (_of_case(what.case, here) if what.case else "")
    elif isinstance(what, ClockRang):
        kind, _, name = what.key.partition("/")
        parts = name.split("/")
        lounge = _of_case(name, here) if kind == "case" else parts[1] if len(parts) > 1 else ""
    else:
        lounge = _of_case(what.case, here) if isinstance(what, Receipted) else ""
    return lounge if lounge in here.settings.lounges else ""


def _of_case(number: str, here: Here) -> str:
    known = here.settings.by_code(number.split("-")[0])
    return known.id if known else ""


def spoken(line: ChatLine, here: Here) -> Command | None:
    """The command of a private line; of our own people also where no space follows it."""
    command = read(line.text)
    if command is not None or line.sender not in here.settings.people or len(line.text) > 40:
        return command
    text = line.text.strip()
    word = next((word for word in RUN_ON if text.startswith(word)), None)
    return read(f"{word} {text.removeprefix(word)}") if word else None


async def asked(line: ChatLine, command: Command, here: Here) -> Change:
    """请假 11月3日到5日 由 某某 代; 销假; 交接 某某 周一. A host says it of somebody by putting the name first."""
    speaker = here.settings.people.get(line.sender)
    if speaker is None:
        return _say(line, "staff_only", here, "不是这里的同志")
    who, rest = _whose(speaker, command, here)
    today = here.settings.local(here.now).date()
    named, other = days.span(rest, today), _other(days.without(rest), who, here)
    if command.verb == "leave" and (named is None or named[1] - named[0] > LONGEST):
        return _say(line, "leave_when", here, "请假要说日子")
    if command.verb == "leave" and other is None and _NAMES_ONE.search(days.without(rest)):
        return _say(line, "need_person", here, "代班的人不认得", {"people": _colleagues(who, here)})
    if command.verb == "handover" and CALLED_OFF in rest:
        return await _spread(line, command.verb, {"person": who.id, "off": "1", "private": "1"}, here)
    if command.verb == "handover" and (other is None or named is None and _left_over(rest, other)):
        return _say(line, "handover_whom", here, "交接要说给谁")
    args = {"person": who.id, "to": other.id if other else "", "private": "1"}
    if command.verb == "leave" and named is not None:
        args |= {"start": _midnight(named[0], here).isoformat(),
                 "until": _midnight(named[1] + timedelta(days=1), here).isoformat()}
    elif command.verb == "handover":
        args["at"] = (_midnight(named[0], here) if named and named[0] > today else here.now).isoformat()
    return await _spread(line, command.verb, args, here)


def _left_over(rest: str, other: Person) -> bool:
    """Whether more was said than a name: a day that nobody can read must not mean at once."""
    return any(char.isalnum() for char in _FILLERS.sub("", rest.replace(other.id, "").replace(other.name, "")))


def _colleagues(who: Person, here: Here) -> str:
    """The names of a few who may stand in."""
    near = (here.settings.people[p] for p in sorted(_around(who, here)) if p in here.settings.people and p != who.id)
    return "、".join(p.name for p in near if {"attendant", "grid_worker"} & set(p.roles))[:60]


def _whose(speaker: Person, command: Command, here: Here) -> tuple[Person, str]:
    """Of whom it is said, and the rest: who begins with a name and two of them, or is a host, speaks of somebody else."""
    words = command.rest.strip()
    if not any(x.host == speaker.id for x in here.settings.lounges.values()):
        return speaker, words
    first = person_named(words, here.settings, _around(speaker, here))
    if first is None:
        return speaker, words
    rest = words.removeprefix(first.id).removeprefix(first.name)
    if command.verb == "handover" and CALLED_OFF not in rest and _other(days.without(rest), first, here) is None:
        return speaker, words  # a host who hands over his own
    return first, rest


def _other(words: str, who: Person, here: Here) -> Person | None:
    """The other person in the words: 由谷雨代, 给谷雨, 谷雨."""
    fitting = [p for p in here.settings.people.values() if p.id != who.id and (p.name in words or p.id in words.split())]
    longest = max((len(p.name) for p in fitting), default=0)
    found = {p.id: p for p in fitting if len(p.name) == longest}
    return the_one(found, _around(who, here) if len(found) > 1 else ())


def _around(who: Person, here: Here) -> frozenset[str]:
    """Everybody of the lounges in which somebody works: who is meant where several bear a name."""
    lounges = staff.lounges_of((who.id,), here.settings, here.now)
    return frozenset[str]().union(*(staff.near(x, here.settings, here.now) for x in lounges))


def _midnight(day: date, here: Here) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(here.settings.timezone))


async def _spread(line: ChatLine, verb: str, args: Mapping[str, str], here: Here) -> Change:
    """To every lounge that it concerns; the first of them answers."""
    who = args["person"]
    lounges = staff.lounges_of((who,), here.settings, here.now)
    if verb == "handover":
        from bot.handlers.home import mine  # whoever holds cases there hands them over too

        held = [c.lounge for c in await mine(await here.reader.person(who), here) if c.open and c.attendant == who]
        lounges = list(dict.fromkeys((*lounges, *held)))
    else:  # whoever stands in for whom today is known to the lounges alone, so all around hear of it
        around = {here.settings.lounges[lounge].community for lounge in lounges}
        lounges += [x.id for x in here.settings.lounges.values() if x.id not in lounges and (not around or x.community in around)]
    if not lounges:
        return _say(line, "staff_none", here, "没有他负责的客厅")
    going = tuple((shard_of(lounge), f"{verb}/{line.sender}/{line.id}/{lounge}", ButtonPress(
        id=line.id, at=line.at, sender=line.sender, verb=verb, lounge=lounge, channel=line.channel,
        args={**args, **({"answer": "1"} if n == 0 else {})})) for n, lounge in enumerate(lounges))
    return Change(forward=going, decision=Decision(id=line.id, decision="act", why=verb))


async def act(press: ButtonPress, here: Here) -> Change:
    """What a lounge keeps of it. Only the person himself and the host of the lounge may say so."""
    lounge, who = here.settings.lounges.get(press.lounge), press.args.get("person", press.sender)
    if lounge is None or who not in here.settings.people or press.sender not in (who, lounge.host) and not _hosts(press, here):
        return Change(decision=Decision(id=press.id, decision="ignore", why="要由本人或者客厅房东来说"))
    if press.verb == "handover":
        from bot.handlers import handover

        return await handover.arranged(press, who, here)
    overlay = await here.reader.overlay(press.lounge)
    kept = staff.read(overlay.get(FIELD))
    if press.verb == "back":
        return _kept(press, staff.written(kept.back(who, here.now)), _back_lines(press, who, here))
    start, until = moment(press.args.get("start", "")), moment(press.args.get("until", ""))
    if start is None or until is None or not start < until <= start + LONGEST + timedelta(days=1):
        return Change(decision=Decision(id=press.id, decision="ignore", why="请假的日子读不出来"))
    leave = Leave(who, start, until, press.args.get("to", ""))
    text = staff.written(kept.with_leave(leave, here.now))
    return _kept(press, text, _leave_lines(press, leave, replace(here, settings=staff.laid(here.settings, text))))


def _hosts(press: ButtonPress, here: Here) -> bool:
    """A host of one of the person's lounges speaks for all of them; the first to hear it was one of these."""
    who = press.args.get("person", "")
    own = staff.lounges_of((who,), here.settings, here.now)
    return any(here.settings.lounges[x].host == press.sender for x in own)


def _kept(press: ButtonPress, text: str | None, lines: list[Outgoing]) -> Change:
    say, forward = cards.send(lines)
    return Change(say=say, forward=forward, overlay=((press.lounge, FIELD, text),),
                  decision=Decision(id=press.id, decision="act", why=press.verb))


def _leave_lines(press: ButtonPress, leave: Leave, here: Here) -> list[Outgoing]:
    """Who spoke hears who stands in; who stands in and the host hear it once."""
    if press.args.get("answer") != "1":
        return []
    settings, lounge = here.settings, here.settings.lounges[press.lounge]
    known = settings.people[leave.person]
    places = [p.building for p in assignment.posts_of(known) if p.building]
    seat = assignment.choose(lounge.id, places[0] if places else None, leave.start, settings)
    extra = {"by": known.name, "attendant": cards.name_of(seat.person, settings), "day": spelled(leave, here), "why": seat.why,
             "place": _places(places) or lounge.name, "lounge": lounge.name}
    lines = [cards.plain("leave_ok" if press.sender == leave.person else "leave_noted", f"person:{press.sender}", here, press.id,
                         extra=extra, lounge=lounge.id)]
    for who, card in ((seat.person, "leave_sub"), (lounge.host, "leave_host")):
        if who not in (press.sender, leave.person) and all(line.to != f"person:{who}" for line in lines):
            lines.append(cards.plain(card, f"person:{who}", here, press.id, extra=extra, ping=True, lounge=lounge.id))
    return lines


def _places(names: list[str]) -> str:
    """The places of a post in few words."""
    return "、".join(names) if len(names) <= FEW else f"{names[0]}等{len(names)}栋"


def _back_lines(press: ButtonPress, who: str, here: Here) -> list[Outgoing]:
    if press.args.get("answer") != "1":
        return []
    extra = {"by": "您" if who == press.sender else cards.name_of(who, here.settings)}
    return [cards.plain("back_ok", f"person:{press.sender}", here, press.id, extra=extra, lounge=press.lounge)]


def spelled(leave: Leave, here: Here) -> str:
    """11月3日到11月5日; one day is only that."""
    first, last = here.settings.local(leave.start), here.settings.local(leave.until - timedelta(seconds=1))
    one, other = f"{first.month}月{first.day}日", f"{last.month}月{last.day}日"
    return one if one == other else f"{one}到{other}"


def _say(line: ChatLine, card: str, here: Here, why: str, extra: Mapping[str, str] | None = None) -> Change:
    say, forward = cards.send([cards.plain(card, f"person:{line.sender}", here, line.id, extra=extra)])
    return Change(say=say, forward=forward, decision=Decision(id=line.id, decision="act", why=why))
