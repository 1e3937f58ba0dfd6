"""A person's home: remembers which cases are his, reads what he says in private, and passes it to where it belongs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.case import Case
from bot.domain.commands import Command, numbers
from bot.domain.gate import outdated
from bot.handlers import answers, binding, boards, cards, clarify, enlist, progress, quarrel, staffing, welcome
from bot.handlers.context import Here, Speaker
from bot.messages import ButtonPress, ChatLine, Decision, Told
from bot.shards import shard_of
from bot.store.port import Change, PersonState

ANSWER_WITHIN = timedelta(minutes=30)  # a note asked for, or a choice from a list, is waited for this long
CASE, DOUBT, PENDING, CHOICE, LOUNGE = "case/", "doubt/", "pending", "choice", "lounge"
NEEDS_CASE = frozenset({"accept", "decline", "transfer", "note", "ask", "escalate", "link", "mediate", "visit", "step",
                        "resolve", "rate", "dispute", "withdraw", "callback", "merge", "split", "reject", "why", "take", "assist",
                        "agree", "party", "fail"})
# What a person must be to a case for a verb without a number to mean it.
FITS = {"dispute": "voice"}


async def told(what: Told, here: Here) -> Change:
    """Remember the case as his (or forget it), keep what he was asked for, and promise the line."""
    line = what.say
    who = line.to.removeprefix("person:")
    before = (await here.reader.person(who)).fields
    fields: list[tuple[str, str, str | None]] = [(who, old, None) for old in outdated(before, here.now, here.settings)]
    if line.case and line.part:
        fields.append((who, CASE + line.case, line.part if what.open else None))
        fields.append((who, LOUNGE, line.lounge))
    if line.message:
        fields.append((who, f"{DOUBT}{line.lounge}/{line.message}", line.at.isoformat()))
    if line.card.startswith("need_note_") and line.case:
        verb = line.card.removeprefix("need_note_")
        fields.append((who, PENDING, pack([verb, line.case, (here.now + ANSWER_WITHIN).isoformat()])))
    return Change(say=() if line.card == cards.SILENT else (line,), person=tuple(fields))


async def private_line(line: ChatLine, here: Here) -> Change:
    """A line said to the bot alone, not yet addressed to a case."""
    state = await here.reader.person(line.sender)
    speaker = Speaker(line.sender, private=True, name=line.name)
    command = staffing.spoken(line, here)
    pending = _fresh(state.fields.get(PENDING), here.now)
    if command is None and pending:
        verb, case_id, _ = pending
        press = _press(line, verb, case_id, line.text, {})
        return replace(forward(press, case_id, here), person=((line.sender, PENDING, None),))
    if command is None and line.text.strip().isdigit():
        chosen = await _choice(line, state, here)
        chosen = chosen or answers.picks_alone(line, state.fields, line.lounge or state.fields.get(LOUNGE, ""), here)
        if chosen is not None:
            return chosen
    if command is not None:
        return await _command(line, command, state, speaker, here)
    return await _plain_words(line, state, here)


async def _command(line: ChatLine, command: Command, state: PersonState, speaker: Speaker, here: Here) -> Change:
    to = f"person:{line.sender}"
    if command.verb == "help":
        return welcome.asked(to, here, line.id, state.fields.get(LOUNGE, ""))
    if boards.wanted(command) and line.sender in here.settings.people:
        return await boards.answer(line, command, here)
    if command.verb == "menu":
        return answers.menu(line, here)
    if command.verb == "bind":
        return binding.asked(line, command.rest, here)
    if command.verb in clarify.ANSWERS:
        return _about_doubt(line, command, state, here)
    if command.verb == "forget":
        change = progress.simple("forgotten", to, here, line.id, line.id, why="删除我的信息")
        going = [_press(line, "erase", c.id, "", {}) for c in await mine(state, here)]
        sent = tuple((shard_of(lounge.id), f"erase/{line.id}/{press.case}", replace(press, lounge=lounge.id))
                     for press in going if press.case and (lounge := here.settings.by_code(press.case.split("-")[0])))
        return replace(change, erase=(line.sender,), forward=change.forward + sent)
    if command.verb in staffing.VERBS:
        return await _hand_over(line, command, here)
    if command.verb == "enlist":
        return enlist.asked(line, command.rest, state, here)
    if command.verb == "takeall":
        return await _take_all(line, state, here)
    if command.verb == "progress" and command.number is None and (case := await _by_tail(command.rest, state, here)):
        return forward(_press(line, "progress", case.id, "", {}), case.id, here)
    if command.number is None and command.verb in ("mylist", "progress"):
        return await _lists(line, command, state, here)
    if command.number:
        return forward(_press(line, command.verb, command.number, command.rest, dict(command.args)), command.number, here)
    return await _without_number(line, command, state, here)


async def _without_number(line: ChatLine, command: Command, state: PersonState, here: Here) -> Change:
    """A verb without a number means the person's only fitting case, else a numbered list to choose from."""
    cases = [c for c in await mine(state, here) if fits(command.verb, c, line.sender)]
    if command.verb == "dispute":  # what was said to be done is what is not
        cases = [c for c in cases if c.state.value in ("resolved", "closed", "answered")] or cases
    if not cases and line.sender not in here.settings.people:
        return await _plain_words(line, state, here)  # a resident's 补充：在三楼 is no command of his
    if len(cases) == 1:
        press = _press(line, command.verb, cases[0].id, command.rest, dict(command.args))
        return forward(press, cases[0].id, here)
    if not cases:
        return progress.simple("progress_none", f"person:{line.sender}", here, line.id, line.id, why="名下没有在办的事")
    return _ask_which(line, cases, [command.verb, command.rest, *(f"{k}={v}" for k, v in command.args)], here)


def fits(verb: str, case: Case, person: str) -> bool:
    """Whether a verb without a number may mean this case when this person says it."""
    role, wanted = case.role_of(person), FITS.get(verb)
    if verb == "rate":
        return case.reporter == person and case.state.value in ("resolved", "closed")
    if verb == "withdraw":
        return case.reporter == person and case.open
    if verb in quarrel.FITS:
        return quarrel.fits(verb, case, person)
    if verb == "take":
        return case.offered == person and case.open
    if wanted == "voice":
        return case.reporter == person or role == "supporter"
    return case.open and role not in (None, "reporter", "supporter", "other")


def _ask_which(line: ChatLine, cases: list[Case], meant: list[str], here: Here) -> Change:
    ordered = progress.by_due(cases)[: progress.MOST]
    which = cards.plain("which", f"person:{line.sender}", here, line.id,
                        extra={"count": str(len(cases)), "items": progress.listed(cases, here)})
    kept = pack([(here.now + ANSWER_WITHIN).isoformat(), pack(meant), pack([c.id for c in ordered])])
    return Change(say=(which,), person=((line.sender, CHOICE, kept),),
                  decision=Decision(id=line.id, decision="act", why="说的是哪一件，先问一声"))


async def _choice(line: ChatLine, state: PersonState, here: Here) -> Change | None:
    """A bare number that answers the list we just showed."""
    kept = unpack(state.fields.get(CHOICE))
    if len(kept) != 3:
        return None
    until, meant, chosen = kept[0], unpack(kept[1]), unpack(kept[2])
    index = int(line.text.strip()) - 1
    if datetime.fromisoformat(until) < here.now or not 0 <= index < len(chosen):
        return None
    verb, note, *args = meant
    press = _press(line, verb, chosen[index], note, dict(a.split("=", 1) for a in args))
    return replace(forward(press, chosen[index], here), person=((line.sender, CHOICE, None),))


async def _plain_words(line: ChatLine, state: PersonState, here: Here) -> Change:
    """Plain words in private: about a case named by number, else the only case, else the lounge he belongs to."""
    named = numbers(line.text)
    cases = await mine(state, here)
    if named:
        return forward_line(line, named[0], here)
    lounge = line.lounge or state.fields.get(LOUNGE) or _lounge_named(line, here)
    if answers.plain_question(line, here):
        known = lounge in here.settings.lounges
        return _to_lounge(line, lounge) if known else answers.answer(line, here)
    held = [c for c in cases if c.open and c.role_of(line.sender) in ("responsible", "mediator")]
    if line.sender in here.settings.people:
        if len(held) == 1:
            return forward_line(line, held[0].id, here)
        if len(held) > 1:
            return _ask_which(line, held, ["note", line.text], here)
        return Change(decision=Decision(id=line.id, decision="ignore", why="名下没有在办的事"))
    voiced = [c for c in cases if c.role_of(line.sender) in ("reporter", "supporter", "other")]
    if len(voiced) == 1 or (voiced and voiced[-1].state.value in ("waiting", "resolved")):
        return forward_line(line, voiced[-1].id, here)
    if lounge in here.settings.lounges:
        return _to_lounge(line, lounge)
    return progress.simple("where_private", f"person:{line.sender}", here, line.id, line.id, why="不知道是哪个客厅")


def _to_lounge(line: ChatLine, lounge: str) -> Change:
    key = f"private/{line.channel}/{line.sender}/{line.id}"
    return Change(forward=((shard_of(lounge), key, replace(line, lounge=lounge)),))


def _lounge_named(line: ChatLine, here: Here) -> str:
    """The one lounge whose place the words name whoever hears them; 3栋 alone, which many have, names none."""
    named = {spot.lounge for spot in here.places.spots(line.text, "") if spot.lounge}
    return named.pop() if len(named) == 1 else ""


async def mine(state: PersonState, here: Here) -> list[Case]:
    """The person's cases, oldest first, as they stand now."""
    found = [await here.reader.case(name.removeprefix(CASE)) for name in sorted(state.fields) if name.startswith(CASE)]
    return sorted((c for c in found if c is not None), key=lambda c: (c.touched_at, c.id))


async def _by_tail(rest: str, state: PersonState, here: Here) -> Case | None:
    """进度 12: the only case of his with that running number."""
    if not (rest.isascii() and rest.isdigit()):
        return None
    fitting = [c for c in await mine(state, here) if int(c.id.rpartition("-")[2]) == int(rest)]
    return fitting[0] if len(fitting) == 1 else None


async def _lists(line: ChatLine, command: Command, state: PersonState, here: Here) -> Change:
    cases, verb = await mine(state, here), command.verb
    to = f"person:{line.sender}"
    held = [c for c in cases if c.role_of(line.sender) in ("responsible", "mediator")]
    if verb == "mylist":
        own = [c for c in held if line.sender in (c.attendant, c.mediator)]
        say = progress.mylist(own, to, here, line.id, command.rest)
    else:
        voiced = [c for c in cases if c.role_of(line.sender) in ("reporter", "supporter")]
        say = await progress.answer(voiced or held, Speaker(line.sender, True), to, here, line.id)
    return Change(say=(say,), decision=Decision(id=line.id, decision="act", why=verb))


def _about_doubt(line: ChatLine, command: Command, state: PersonState, here: Here) -> Change:
    """立案, 不是诉求, 应为 … typed by the host: they mean the newest doubtful line he was shown."""
    doubts = sorted((at, name) for name, at in state.fields.items() if name.startswith(DOUBT))
    if not doubts:
        return Change(decision=Decision(id=line.id, decision="ignore", why="没有等着定的话"))
    name = doubts[-1][1]
    lounge, message = name.removeprefix(DOUBT).split("/", 1)
    press = ButtonPress(id=line.id, at=line.at, sender=line.sender, verb=command.verb, message=message, lounge=lounge,
                        note=command.rest)
    key = f"private/{line.channel}/{line.sender}/{line.id}"
    return Change(forward=((shard_of(lounge), key, press),), person=((line.sender, name, None),))


async def _hand_over(line: ChatLine, command: Command, here: Here) -> Change:
    """交接 人 is about everything he has; 交接 N 人 about one case."""
    if command.verb == "handover" and command.number:
        return forward(_press(line, "handover", command.number, command.rest, {}), command.number, here)
    return await staffing.asked(line, command, here)


async def _take_all(line: ChatLine, state: PersonState, here: Here) -> Change:
    """全部接手: whatever is offered to him, in each lounge."""
    offered = [c for c in await mine(state, here) if c.open and c.offered == line.sender]
    if not offered:
        return progress.simple("take_none", f"person:{line.sender}", here, line.id, line.id, why="没有交接给他的")
    first = {c.lounge: c for c in reversed(offered)}
    going = tuple((shard_of(x), f"takeall/{line.sender}/{line.id}/{x}", replace(_press(line, "takeall", c.id, "", {}), lounge=x))
                  for x, c in first.items())
    return Change(forward=going, decision=Decision(id=line.id, decision="act", why=f"接手{len(offered)}件"))


def _press(line: ChatLine, verb: str, case: str, note: str, args: Mapping[str, str]) -> ButtonPress:
    return ButtonPress(id=line.id, at=line.at, sender=line.sender, verb=verb, case=case, note=note, channel=line.channel,
                       args={**args, "private": "1"})


def forward(press: ButtonPress, case_id: str, here: Here) -> Change:
    """Send a verb to the shard of the case's lounge; an unknown code is answered at once."""
    lounge = here.settings.by_code(case_id.split("-")[0])
    if lounge is None:
        say = cards.plain("case_gone", f"person:{press.sender}", here, press.id, extra={"number": case_id})
        return Change(say=(say,), decision=Decision(id=press.id, decision="ignore", why=f"没有 {case_id} 这一件"))
    key = f"private/{press.channel}/{press.sender}/{press.id}"
    return Change(forward=((shard_of(lounge.id), key, replace(press, lounge=lounge.id)),))


def forward_line(line: ChatLine, case_id: str, here: Here) -> Change:
    """Send plain words to the shard of the case they are about."""
    lounge = here.settings.by_code(case_id.split("-")[0])
    if lounge is None:
        return Change(decision=Decision(id=line.id, decision="ignore", why=f"没有 {case_id} 这一件"))
    key = f"private/{line.channel}/{line.sender}/{line.id}"
    return Change(forward=((shard_of(lounge.id), key, replace(line, lounge=lounge.id, case=case_id)),))


def _fresh(kept: str | None, now: datetime) -> list[str] | None:
    """The pending question [verb, case, until], while it is still waited for."""
    pending = unpack(kept)
    return pending if len(pending) == 3 and datetime.fromisoformat(pending[2]) >= now else None


def pack(parts: list[str]) -> str:
    """Several texts as one field of a home."""
    return json.dumps(parts, ensure_ascii=False)


def unpack(kept: str | None) -> list[str]:
    """The texts of a field; nothing where there is none."""
    return [str(part) for part in json.loads(kept)] if kept else []
