"""Hears plain talk, in a group or in private: joins it to a case, opens one, asks the host, or stays silent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from bot.domain import levels
from bot.domain.case import Case, State
from bot.domain.commands import numbers
from bot.domain.events import Event
from bot.handlers import answers, cards, doubts, progress, quarrel
from bot.handlers.clarify import doubt
from bot.handlers.context import Here, Speaker
from bot.handlers.placing import placed_by_a_voice, station_found
from bot.handlers.report import Appeal, join, keep, needs_place, place_found, report
from bot.handlers.tone import answers_alarm, rise, same_alarm, warmed
from bot.intents.alarm import TURNS_URGENT
from bot.intents.heard import Heard
from bot.intents.heat import gathered, level_of, standing
from bot.intents.kin_signs import left_by
from bot.intents.place import Placed
from bot.intents.recognize import EMERGENCY
from bot.intents.speech import Act, is_staff
from bot.intents.thread import BURST, SAME_TALK, Belongs, Known, belongs, event_for, one_breath, reach
from bot.messages import ChatLine, Decision, Outgoing
from bot.store.port import TALK_AGE, Change

URGENT_SAME = timedelta(minutes=30)
SAYS_NO_MORE = frozenset((Act.GREETING, Act.JOKE, Act.ADVERT, Act.NOTICE, Act.THANKS, Act.RESOLVED, Act.STICKER))
BEFORE = 3  # earlier lines of one speaker that may belong to the same breath


async def group(line: ChatLine, here: Here) -> Change:
    """One line in a lounge's group, in the order of the design: emergency, answer, open case, appeal, doubt, silence."""
    heard = here.ears.hear(line.text, name=line.name, lounge=line.lounge)
    placed = here.places.place(line.text, name=line.name, lounge=line.lounge)
    if answers.hurt(line, heard, here):
        heard = replace(heard, intent="emergency", urgent=True)
    if heard.urgent:
        return await _urgent(line, heard, placed, here)
    quoted = await _quoted(line, here)
    working = await _member_works(line, heard, quoted, here)
    if working is not None:
        return working
    back = await quarrel.answered_back(line, heard, here)
    if back is not None:
        return back
    own = await here.reader.recent_cases(line.lounge, line.sender)
    answered = await _says_where(line, placed, own, here)
    if answered is not None:
        return answered
    what = None if quoted or any(c.state is State.WAITING for c in own) else answers.overheard(line, heard, here)
    if what is not None:
        return await report(line, replace(_appeal(line, heard, placed), intent=what.intent, why="配置里有的答案"), here)
    known = await known_around(line, heard, own, quoted, here)
    found = belongs(line, heard, placed, known, here.now)
    if found is not None:
        return await attach(line, heard, placed, found, here)
    if heard.decision == "open":
        return await report(line, await _with_breath(line, heard, placed, known, here), here)
    opened = await doubts.come_back(line, heard, placed, known, here)
    if opened is not None:
        return opened
    burst = await _burst(line, heard, placed, here)
    if burst is not None:
        return burst
    if heard.decision == "ask":
        return doubt(line, _appeal(line, heard, placed), heard.score, here)
    return Change(decision=Decision(id=line.id, decision="ignore", intent=heard.intent, why=heard.why))


def _appeal(line: ChatLine, heard: Heard, placed: Placed, earlier: Sequence[ChatLine] = ()) -> Appeal:
    gist = " ".join([*(e.text for e in earlier), line.text])
    heat = standing(heard.heat, "first")
    return Appeal(intent=heard.intent or "service_info", building=placed.building, unit=placed.unit, urgent=heard.urgent,
                  heated=level_of(heat, heard.heated), heat=heat, why=heard.why, earlier=tuple(e.id for e in earlier), gist=gist)


async def known_around(line: ChatLine, heard: Heard, own: Sequence[Case], quoted: Case | None, here: Here) -> Known:
    """What is known around a line whose speaker has these cases and quotes that one."""
    ears, talk = here.ears, await here.reader.talk(line.lounge)
    return Known(own=own, quoted=quoted, open=await here.reader.lately(line.lounge, here.now - reach(heard)),
                 talk=[said for said in talk if here.now - said.at <= TALK_AGE], leaning=ears.leaning, rare=ears.rare, near=ears.near)


async def _with_breath(line: ChatLine, heard: Heard, placed: Placed, known: Known, here: Here) -> Appeal:
    """The appeal of a line, with what its speaker said just before about the same matter."""
    def hear(said: ChatLine) -> Heard:
        return here.ears.hear(said.text, name=said.name, lounge=said.lounge)

    before = one_breath(line, heard, known.talk, known.leaning, known.rare, hear)
    fresh = [m for m in before if await here.reader.case_of_message(line.lounge, m) is None]
    own = [hear(t) for t in known.talk if t.id in fresh]
    appeal = _appeal(line, heard, placed)
    heat = gathered([appeal.heat, *(standing(one.heat, "first") for one in own)])
    return replace(appeal, earlier=tuple(fresh), heat=heat, heated=max(appeal.heated, level_of(heat, *(one.heated for one in own))))


async def _quoted(line: ChatLine, here: Here) -> Case | None:
    if line.reply_to:
        return await here.reader.case_of_message(line.lounge, line.reply_to)
    named = numbers(line.text)
    case = await here.reader.case(named[0]) if named else None
    return case if case is not None and case.lounge == line.lounge else None


async def _urgent(line: ChatLine, heard: Heard, placed: Placed, here: Here) -> Change:
    """Life and limb: a case at once; more cries about the same one join it instead of opening another."""
    intent = heard.intent if heard.intent in TURNS_URGENT else EMERGENCY
    for case in await here.reader.lately(line.lounge, here.now - URGENT_SAME):
        if not same_alarm(case, line, intent, placed):
            continue
        if answers_alarm(line):
            silent = Decision(id=line.id, decision="ignore", intent=intent, why="物业在处理这件紧急的事")
            return await _member_works(line, heard, case, here) or Change(decision=silent)
        if not is_staff(line.name):
            event = event_for(Act.PLAIN, case, line.sender) if case.reporter == line.sender else Event.SECONDED
            return join(case, line, event or Event.DETAILED, here, "紧急的同一件事")
    risen = await _grows_urgent(line, heard, placed, here)
    if risen is not None:
        return risen
    return await report(line, replace(_appeal(line, heard, placed), intent=intent, urgent=True), here)


async def _grows_urgent(line: ChatLine, heard: Heard, placed: Placed, here: Here) -> Change | None:
    """What was a hazard or a quarrel a moment ago is now an emergency: the same case, and everyone is called."""
    own = await here.reader.recent_cases(line.lounge, line.sender)
    known = await known_around(line, heard, own, await _quoted(line, here), here)
    found = belongs(line, heard, placed, known, here.now)
    if found is None or not found.case.open:
        return None
    case, quoted = found.case, found.case is known.quoted
    if not quoted and here.now - case.spoken_at > SAME_TALK:
        return None
    if case.intent not in TURNS_URGENT and not (quoted and case.reporter == line.sender):
        return None
    return rise(case, line, found.event or Event.DETAILED, here, found.why)


async def _member_works(line: ChatLine, heard: Heard, quoted: Case | None, here: Here) -> Change | None:
    """A line by the responsible member that promises or reports work is the human first response."""
    if line.sender not in here.settings.people:
        return None
    held = await here.reader.held_by(line.lounge, line.sender)
    if quoted is not None and quoted in held:
        held = [quoted]
    elif heard.act not in (Act.WORKING, Act.RESOLVED):
        return None
    if not held:
        return None
    case = max(held, key=lambda c: (c.touched_at, c.id))
    return join(case, line, Event.NOTED, here, "负责的人自己回了话")


async def _says_where(line: ChatLine, placed: Placed, own: Sequence[Case], here: Here) -> Change | None:
    """The answer to 请问是在哪一栋: a place said by the reporter of a case that has none."""
    if len(line.text) > 30:
        return None
    station = None if placed.building else levels.station_of(line.text, line.lounge, here.settings)
    if station is not None:
        waiting = [c for c in own if c.open and not (c.building or c.station) and c.reporter == line.sender]
        return station_found(waiting[-1], line, station, here) if waiting else None
    if placed.source != "said" or placed.building is None:
        return None
    for case in own:
        waits = case.open and case.building is None and case.reporter == line.sender
        if waits and here.now - case.touched_at <= SAME_TALK and needs_place(case, here.settings):
            return await place_found(case, line, placed.building, placed.unit, here)
    return None


async def _burst(line: ChatLine, heard: Heard, placed: Placed, here: Here) -> Change | None:
    """What one line does not say, the last few of the same speaker may say together."""
    fresh = await unclaimed(line, heard, here)
    if not fresh:
        return None
    text = in_one(fresh, line)
    together = here.ears.hear(text, name=line.name, lounge=line.lounge)
    if together.decision != "open":
        return None
    whole = here.places.place(text, name=line.name, lounge=line.lounge)
    appeal = replace(_appeal(line, together, whole, fresh), why=together.why + "（连着几句一起看）")
    return await report(line, appeal, here)


async def unclaimed(line: ChatLine, heard: Heard, here: Here) -> list[ChatLine]:
    """The last few lines of the same speaker, of no case so far, that may say something together with this one; it must say its part."""
    if heard.act in SAYS_NO_MORE or heard.decision == "open" or is_staff(line.name):
        return []
    earlier = [t for t in await here.reader.talk(line.lounge)
               if t.sender == line.sender and t.id != line.id and here.now - t.at <= BURST][-BEFORE:]
    if not earlier:
        return []
    own = {message for case in await here.reader.recent_cases(line.lounge, line.sender) for message in case.messages}
    return [e for e in earlier if e.id not in own and await here.reader.case_of_message(line.lounge, e.id) is None]


def in_one(earlier: Sequence[ChatLine], line: ChatLine) -> str:
    """Lines said in one breath as one text."""
    return "，".join([*(e.text for e in earlier), line.text])


async def attach(line: ChatLine, heard: Heard, placed: Placed, found: Belongs, here: Here) -> Change:
    """Join a line to its case as the event it is there; what it adds in heat, and how it leaves the matter, stays with the case."""
    change = await _attach(line, heard, placed, found, here)
    if is_staff(line.name) or not change.cases:
        return change
    case, *others = change.cases
    return warmed(replace(change, cases=(case.but(left=left_by(heard)), *others)), heard, line.sender)


async def _attach(line: ChatLine, heard: Heard, placed: Placed, found: Belongs, here: Here) -> Change:
    case, event = found.case, found.event
    speaker = Speaker(line.sender, private=line.private, name=line.name)
    args = {"urgent": "1"} if heard.urgent else {}
    if placed.unit and case.reporter == line.sender:
        args["unit"] = placed.unit
    if event is None:
        return await _remember(line, heard, case, found.why, here)
    if event is Event.RATED:
        args["grade"] = "bad" if heard.act is Act.UNSATISFIED else "good"
    change = join(case, line, event, here, found.why, args=args, speaker=speaker)
    if event is Event.SECONDED and placed.building is not None:
        return placed_by_a_voice(case, change, placed.building, here)
    if heard.act is Act.RESOLVED and event is Event.DETAILED and change.cases:
        return _tell_member(change, line, here)
    return change


def _tell_member(change: Change, line: ChatLine, here: Here) -> Change:
    """The reporter says it is fixed before the member has said so: one card, so that he can close it with a tap."""
    case = change.cases[0]
    if case.role_of(line.sender) != "reporter":
        return change
    card = cards.card_for(case, "said_fixed", f"person:{case.attendant}", here, extra={"note": line.text},
                          part="responsible")
    say, forward = cards.send([card])
    return replace(change, say=change.say + say, forward=change.forward + forward)


async def _remember(line: ChatLine, heard: Heard, case: Case, why: str, here: Here) -> Change:
    """Thanks and questions after progress move nothing; a question is answered, at any hour."""
    change = keep(case, line, why, here)
    if heard.act is not Act.PROGRESS:
        return change
    to = f"person:{line.sender}" if case.private or line.private else f"chat:{case.lounge}"
    say, forward = cards.send([await progress.progress_of(case, to, here, line.id)], open_after=case.open)
    return replace(change, say=say, forward=forward)


async def private(line: ChatLine, here: Here) -> Change:
    """A line said in private that its speaker's home has sent to this lounge: about a case, or a new matter."""
    heard = here.ears.hear(line.text, name=line.name, lounge=line.lounge)
    placed = here.places.place(line.text, name=line.name, lounge=line.lounge)
    case = await here.reader.case(line.case) if line.case else None
    if (what := answers.overheard(line, heard, here)) is not None:
        return await report(line, replace(_appeal(line, heard, placed), intent=what.intent, why="配置里有的答案"), here)
    if case is None:
        if heard.urgent or heard.decision in ("open", "ask"):
            return await report(line, _appeal(line, heard, placed), here)
        return Change(decision=Decision(id=line.id, decision="ignore", why=heard.why))
    role = case.role_of(line.sender)
    if (kept := await quarrel.after_its_day(line, case, here)) is not None:
        return kept
    if role == "other":
        return await quarrel.side_speaks(line, case, here)
    if role in ("responsible", "mediator") and (said := await quarrel.plain(line, case, here)) is not None:
        return said
    if role in ("responsible", "mediator"):
        return join(case, line, Event.NOTED, here, "负责的人自己回了话", speaker=Speaker(line.sender, True))
    if role is None:
        return Change(decision=Decision(id=line.id, decision="ignore", why="不是这件事里的人"))
    if heard.decision == "open" and heard.intent != case.intent and case.state is not State.WAITING:
        return await report(line, _appeal(line, heard, placed), here)
    if placed.source == "said" and placed.building and case.building is None:
        return await place_found(case, line, placed.building, placed.unit, here)
    event = event_for(heard.act, case, line.sender)
    change = await attach(line, heard, placed, Belongs(case, event, "私下补充"), here)
    return change if event is not Event.DETAILED else _with_ack(change, case, line, here)


def _with_ack(change: Change, case: Case, line: ChatLine, here: Here) -> Change:
    """Somebody who adds something in private is told that it arrived."""
    card = quarrel.acknowledged(line, case)
    ack: Outgoing = cards.card_for(case, card, f"person:{line.sender}", here, ping=False, part="reporter",
                                   key=f"{line.id}/{card}")
    say, forward = cards.send([ack])
    return replace(change, say=change.say + say, forward=change.forward + forward)


