"""Sends one input to the chore it is for: emergency > command > answer > open case > new appeal > doubt > silence."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.commands import Command, numbers, read
from bot.handlers import (
    act,
    alarm,
    answers,
    binding,
    boards,
    clarify,
    forgetting,
    handover,
    home,
    judging,
    listen,
    partners,
    progress,
    quarrel,
    reload,
    shadow,
    shift,
    staffing,
    visitday,
    weekly,
    welcome,
    which,
)
from bot.handlers.context import Here, Speaker
from bot.handlers.delivery import delivered
from bot.handlers.replying import answered, fetched
from bot.messages import (
    Arranged,
    ButtonPress,
    ChatLine,
    ClockRang,
    Decision,
    DigestMade,
    Entered,
    Feedback,
    Fetched,
    Incoming,
    Receipted,
    Told,
)
from bot.shards import shard_of
from bot.store.port import Change

OWN = staffing.VERBS | {"mylist", "takeall"}  # what our own people say of themselves; from others it is talk


async def route(what: Incoming, here: Here) -> Change:
    """Decide one input. Pure but for reads."""
    here = await staffing.standing(what, here)
    match what:
        case ChatLine():
            return await welcome.at_first(what, answered(what, await _line(what, here), here), here)
        case ButtonPress():
            return answered(what, await pressed(what, here), here)
        case ClockRang():
            kind, _, name = what.key.partition("/")
            if name.startswith(f"{reload.CHORE}/"):
                return await reload.changed(what, here)
            if name.startswith(f"{handover.CHORE}/"):
                return await handover.rang(what, here)
            if name.startswith(f"{shift.CHORE}/"):
                return await shift.rang(what, here)
            if name.startswith(f"{visitday.CHORE}/"):
                return await visitday.rang(what, here)
            if name.startswith(f"{weekly.CHORE}/"):
                return await weekly.rang(what, here)
            return await alarm.case_due(what, name, here) if kind == "case" else Change()
        case Told():
            return await home.told(what, here)
        case Receipted():
            return await delivered(what, here)
        case Entered():
            return await welcome.entered(what, here)
        case Arranged():
            return await binding.arranged(what, here)
        case Fetched():
            return await fetched(what, here)
        case Feedback():
            return await judging.judged(what, here)
        case DigestMade():
            return await weekly.made(what, here)


async def _line(line: ChatLine, here: Here) -> Change:
    if line.sender in here.settings.bot_names or line.lounge and line.lounge not in here.settings.lounges:
        return _ignored(line, "不是这里的客厅" if line.lounge else "机器人自己的话")
    if line.private and line.case is None and not line.lounge:
        return await home.private_line(line, here)
    if line.private:
        return await quarrel.watched(await which.answered(line, here) or await listen.private(line, here), here)
    change = await quarrel.watched(await _group(line, here), here)
    return shadow.watched(line, change, here) if here.settings.lounges[line.lounge].shadow else change


async def _group(line: ChatLine, here: Here) -> Change:
    command = read(line.text) or _mentioned(line, here)
    if command is not None:
        done = await _command(line, command, here)
        if done is not None:
            return done
    return await answers.picks(line, here) or await which.answered(line, here) or await listen.group(line, here)


def _mentioned(line: ChatLine, here: Here) -> Command | None:
    """A command behind the bot's name: @小客厅 进度."""
    text = line.text
    for name in here.settings.bot_names:
        text = text.replace(f"@{name}", " ")
    return read(text.strip()) if text != line.text else None


async def _command(line: ChatLine, command: Command, here: Here) -> Change | None:
    """A command said in the group; None where the words are ordinary talk after all."""
    speaker = Speaker(line.sender, private=False, name=line.name)
    group = f"chat:{line.lounge}"
    if command.verb == "help":
        return welcome.asked(group, here, line.id, line.lounge)
    if command.verb == "menu":
        return answers.menu(line, here)
    if command.verb == "progress" and not command.number and command.rest.isascii() and command.rest.isdigit():
        code = here.settings.lounges[line.lounge].code  # 进度 12: of this lounge
        return await about(line, "progress", f"{code}-{int(command.rest):04d}", here)
    if command.verb in (*OWN, "forget", "bind", "enlist") or command.verb == "progress" and not command.number:
        return await _personal(line, command, here)
    if command.verb in clarify.ANSWERS or command.verb == "agree" or boards.wanted(command):  # 同意 is said in private
        return None
    number = command.number or next(iter(numbers(line.text)), None)
    if number is None:
        cases = await here.reader.recent_cases(line.lounge, line.sender)
        fitting = [c for c in cases if home.fits(command.verb, c, line.sender)]
        if line.reply_to:
            fitting = [c for c in fitting if line.reply_to in c.messages] or fitting
        if not fitting or command.verb not in ("rate", "dispute", "withdraw") and line.sender not in here.settings.people:
            return None
        number = max(fitting, key=lambda c: (c.touched_at, c.id)).id
    if command.verb in ("progress", "why"):
        return await about(line, command.verb, number, here)
    if number.rpartition("-")[0] != here.settings.lounges[line.lounge].code:
        return await _elsewhere(line, number, here)
    press = ButtonPress(id=line.id, at=line.at, sender=line.sender, verb=command.verb, case=number, lounge=line.lounge,
                        channel=line.channel, note=command.rest, args={**dict(command.args), "line": "1"})
    return await act.act(press, here, speaker)


async def _elsewhere(line: ChatLine, number: str, here: Here) -> Change:
    """A verb on another lounge's case: of our own people it is as if said in private; this group hears nothing of it."""
    if line.sender in here.settings.people:
        return _as_private(line)
    return await about(line, "progress", number, here)  # which finds none


async def _personal(line: ChatLine, command: Command, here: Here) -> Change | None:
    """Commands that concern the person, not the group: answered here from this lounge, or sent to his home."""
    if command.verb == "progress":
        cases = await here.reader.recent_cases(line.lounge, line.sender)
        to = f"chat:{line.lounge}" if not any(c.private for c in cases) else f"person:{line.sender}"
        say = await progress.answer(list(cases), Speaker(line.sender, False), to, here, line.id, line.lounge)
        return act.said(ButtonPress(id=line.id, at=line.at, sender=line.sender, verb="progress"), [say], "act", "问进度")
    if command.verb in OWN and line.sender not in here.settings.people:
        return None
    return _as_private(line)


def _as_private(line: ChatLine) -> Change:
    """A line for its speaker's own home."""
    alone = replace(line, private=True, lounge="")
    return Change(forward=((shard_of(line.sender), f"home/{line.lounge}/{line.channel}/{line.sender}/{line.id}", alone),))


async def about(line: ChatLine, verb: str, number: str, here: Here) -> Change:
    """进度 N and 为何派给我 N."""
    from bot.handlers.cards import card_for, plain

    case = await here.reader.case(number)
    to = f"person:{line.sender}" if line.private or case is not None and case.private else f"chat:{line.lounge}"
    press = ButtonPress(id=line.id, at=line.at, sender=line.sender, verb=verb, case=number)
    strange = case is None or line.lounge and case.lounge != line.lounge
    if case is not None and not strange and partners.joined(line.sender, case, here):
        return await partners.view(line, case, here)
    if case is None or strange or case.private and case.role_of(line.sender) is None or act.elsewhere(line.sender, case, here):
        say = plain("case_gone", to, here, line.id, extra={"number": number}, lounge=line.lounge)
        return act.said(press, [say], "act", f"没有 {number} 这一件")
    if verb == "why":
        say = card_for(case, "why_me", to, here, ping=False, key=f"{line.id}/why")
    else:
        say = await progress.progress_of(case, to, here, line.id)
    return act.said(press, [say], "act", "问进度" if verb == "progress" else "为何派给我", case)


async def pressed(press: ButtonPress, here: Here) -> Change:
    """A button, or a typed verb that a person's home has already addressed."""
    if press.verb == answers.MENU:
        return await answers.pressed(press, here)
    if press.verb == "bind":
        return await binding.claim(press, here)
    if press.verb in (shadow.ADOPTED, shadow.SKIPPED):
        return await shadow.settle(press, here)
    if press.verb in ("open", "dismiss", "correct"):
        return await clarify.settle(press, here, Speaker(press.sender, private=True))
    if press.verb == "erase" and press.args.get("private") == "1":
        return await forgetting.forget(press, here)
    if press.verb == which.VERB:
        return await which.pressed(press, here)
    if press.verb in staffing.VERBS and press.case is None:
        return await staffing.act(press, here)
    if press.case is None:
        return Change(decision=Decision(id=press.id, decision="ignore", why="没有说是哪一件"))
    if press.verb in ("progress", "why"):
        line = ChatLine(id=press.id, at=press.at, sender=press.sender, private=True)
        return await about(line, press.verb, press.case, here)
    return await act.act(press, here, Speaker(press.sender, private=True))


def _ignored(line: ChatLine, why: str) -> Change:
    return Change(decision=Decision(id=line.id, decision="ignore", why=why))
