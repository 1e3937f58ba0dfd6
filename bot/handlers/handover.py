"""交接: what a member has on his hands is listed to another, who takes it one by one or all; until then it stays his."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain import assignment, staff
from bot.domain.case import Case, Row
from bot.domain.effects import moment
from bot.domain.events import Event, Happened
from bot.domain.staff import FIELD, Hand
from bot.domain.transitions import Refusal, Step, step
from bot.handlers import cards, progress
from bot.handlers.context import Here, Speaker
from bot.messages import ButtonPress, ClockRang, Decision, Outgoing
from bot.store.port import Change

CHORE = "handover"
TAKE, TAKE_ALL = "take", "takeall"
UNDO = timedelta(days=7)  # for so long 交接 取消 also takes back who answers for what is new
LETTERS = "abcdefghij"
BUTTONS = 4  # besides 全部接手; a phone shows six at most
TOLD = ("assigned", "handling", "waiting", "mediating", "reported")  # states in which the reporter waits for somebody


@dataclass(frozen=True, slots=True)
class Taken:
    """One case that has changed hands."""

    before: Case
    step: Step


async def arranged(press: ButtonPress, who: str, here: Here) -> Change:
    """Keep from when on it is the other's; list what is open to him now, or on that day."""
    lounge, to = here.settings.lounges[press.lounge], press.args.get("to", "")
    if press.args.get("off") == "1":
        return await _called_off(press, who, here)
    if to not in here.settings.people or to == who:
        return Change(decision=Decision(id=press.id, decision="ignore", why="没有说交给谁"))
    at = max(moment(press.args.get("at", "")) or here.now, here.now)
    kept = staff.read((await here.reader.overlay(lounge.id)).get(FIELD)).with_hand(Hand(who, to, at), here.now)
    count = sum(c.attendant == who for c in await here.reader.held_by(lounge.id, who))
    extra = {"attendant": cards.name_of(to, here.settings), "by": cards.name_of(who, here.settings), "count": str(count),
             "lounge": lounge.name, "day": _day(at, here)}
    later = at > here.now
    card = "handover_later" if later else "handed_ok" if count else "handed_none"
    lines = [cards.plain(card, f"person:{press.sender}", here, press.id, extra=extra, lounge=lounge.id)]
    for told, what in ((lounge.host, "handover_host"), *(((to, "handover_coming"),) if later or not count else ())):
        if told != press.sender:
            lines.append(cards.plain(what, f"person:{told}", here, press.id, extra=extra, ping=True, lounge=lounge.id))
    say, forward = cards.send(lines)
    change = Change(say=say, forward=forward, overlay=((lounge.id, FIELD, staff.written(kept)),),
                    decision=Decision(id=press.id, decision="act", why=f"交接{count}件"))
    if later:
        return replace(change, chores=((f"chore/{CHORE}/{lounge.id}/{who}", at),))
    return _with(change, await _offered(lounge.id, who, to, press.id, here))


async def _called_off(press: ButtonPress, who: str, here: Here) -> Change:
    """交接 取消: what has not been taken stays his, and a day to come is off."""
    kept = staff.read((await here.reader.overlay(press.lounge)).get(FIELD)).called_off(who, here.now - UNDO)
    mine = [c for c in await here.reader.held_by(press.lounge, who) if c.attendant == who and c.offered]
    extra = {"by": "您" if who == press.sender else cards.name_of(who, here.settings), "count": str(len(mine))}
    answers = press.args.get("answer") == "1"
    lines = [cards.plain("handover_off", f"person:{press.sender}", here, press.id, extra=extra, lounge=press.lounge)] if answers else []
    name = {"by": cards.name_of(who, here.settings)}  # whoever had the list in hand is not left to try in vain
    lines += [cards.plain("handover_undone", f"person:{to}", here, press.id, extra=name, ping=True, lounge=press.lounge)
              for to in sorted({c.offered for c in mine} - {press.sender, ""})]
    say, forward = cards.send(lines)
    gone, away = cards.send((cards.known_to(c, c.offered, "offered", here) for c in mine), open_after=False)
    return Change(cases=tuple(c.but(offered="") for c in mine), say=say + gone, forward=forward + away,
                  overlay=((press.lounge, FIELD, staff.written(kept)),), chores=((f"chore/{CHORE}/{press.lounge}/{who}", None),),
                  decision=Decision(id=press.id, decision="act", why="交接取消"))


async def rang(what: ClockRang, here: Here) -> Change:
    """The day has come: what is open is listed now. A hand-over that was taken back, or is for a later day, lists nothing."""
    _, _, lounge, who = what.key.split("/")
    if lounge not in here.settings.lounges:
        return Change()
    hands = staff.read((await here.reader.overlay(lounge)).get(FIELD)).hands
    hand = next((x for x in reversed(hands) if x.person == who and x.at <= here.now), None)
    return await _offered(lounge, who, hand.to, f"{what.key}/{what.at.isoformat()}", here) if hand else Change()


async def _offered(lounge: str, who: str, to: str, key: str, here: Here) -> Change:
    """Every open case that is his is offered to the other, with one card; what he was only asked for leaves him quietly."""
    held = await here.reader.held_by(lounge, who)
    mine = [c for c in progress.by_due(held) if c.attendant == who]
    cases = [c.but(offered=to) for c in mine]
    left = [c.but(asked=tuple(p for p in c.asked if p != who)) for c in held if c.attendant != who and who in c.asked]
    if not cases:
        return Change(cases=tuple(left))
    say, forward = cards.send([listed(cases, who, to, key, here), *(cards.known_to(c, to, "offered", here) for c in cases)])
    gone, away = cards.send((cards.known_to(c, who, "responsible", here) for c in left), open_after=False)
    return Change(cases=(*cases, *left), say=say + gone, forward=forward + away)


def listed(cases: Sequence[Case], who: str, to: str, key: str, here: Here) -> Outgoing:
    """The list to who is to take them: a button for all, and one for each of the first few."""
    extra = {"by": cards.name_of(who, here.settings), "count": str(len(cases)), "rows": progress.listed(cases, here),
             "lounge": here.settings.lounges[cases[0].lounge].name, "number": cases[0].id}
    line = cards.plain("handover_list", f"person:{to}", here, key, extra=extra, ping=True, lounge=cases[0].lounge, case=cases[0].id)
    each = tuple((f"{TAKE}:{_letters(c.id)}", f"接手{int(c.id.rpartition('-')[2])}号") for c in cases[:BUTTONS]) if len(cases) > 1 else ()
    return replace(line, buttons=(*line.buttons, *each))


def _letters(number: str) -> str:
    """A running number as a button can carry it."""
    return "".join(LETTERS[int(figure)] for figure in str(int(number.rpartition("-")[2])))


def _figures(letters: str, case: str) -> str:
    """The case that a button means: the number in letters, under the code of the case that the card hangs on."""
    if not letters or not set(letters) <= set(LETTERS):
        return case
    return f"{case.rpartition('-')[0]}-{int(''.join(str(LETTERS.index(x)) for x in letters)):04d}"


async def act(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """接手 N and 全部接手, by the one to whom it was offered; 交接 of one case by who has it."""
    from bot.handlers.act import refuse

    if press.verb == "handover":
        return _one(press, case, here, speaker)
    if press.verb == TAKE_ALL:
        offered = [c for c in await here.reader.held_by(case.lounge, press.sender) if c.offered == press.sender]
    else:
        meant = await here.reader.case(_figures(press.args.get("grade", ""), case.id))
        case = meant or case
        offered = [case] if case.offered == press.sender and case.open else []
    taken = [Taken(c, done) for c in offered if isinstance(done := step(c, _event(c, press, here), here.settings), Step)]
    if not taken:
        return refuse(press, case, "refuse_take", here, speaker, {})
    return _change(press, taken, here, speaker)


def _one(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """One case alone is offered to somebody."""
    from bot.domain.parts import parts, person_named, who_may
    from bot.domain.tables import MAY
    from bot.handlers.act import refusal, refuse

    allowed = MAY[Event.HANDED_OVER]
    if not parts(press.sender, case, here.settings) & allowed:
        return refuse(press, case, "refuse_may", here, speaker, {"command": "交接", "who": who_may(allowed, here.settings, case)})
    words = press.args.get("to") or press.note.strip()
    to = person_named(words, here.settings, staff.near(case.lounge, here.settings, here.now))
    if to is None or to.id == case.attendant or not case.open:
        return refusal(press, case, Refusal(text="need_person" if case.open else "refuse_state"), here, speaker)
    extra = {"attendant": to.name, "count": "1", "lounge": here.settings.lounges[case.lounge].name}
    lines = [cards.plain("handed_ok", cards.answer_to(speaker, case, here), here, press.id, extra=extra, lounge=case.lounge),
             listed([case], case.attendant, to.id, press.id, here), cards.known_to(case, to.id, "offered", here)]
    return cards.change_for(case.but(offered=to.id), [], lines, decision=Decision(
        id=press.id, decision="act", intent=case.intent, case=case.id, why="交接1件"))


def _event(case: Case, press: ButtonPress, here: Here) -> Happened:
    old, new = cards.name_of(case.attendant, here.settings), cards.name_of(press.sender, here.settings)
    args = {"to": press.sender, "rung": case.rung.value, "taken": "1", "why": assignment.chained(case, f"{old}交接给了{new}")}
    return Happened(event=Event.HANDED_OVER, at=here.now, by=press.sender, note=press.note.strip() if press.verb == TAKE else "",
                    args=args)


def _change(press: ButtonPress, taken: Sequence[Taken], here: Here, speaker: Speaker) -> Change:
    """The cases in their new hands; who takes, who leaves and each resident hear of it once."""
    after = [t.step.case for t in taken]
    number = after[0].id
    lines = [*_taker(press, after, here, speaker), *_residents(press, taken, here)]
    say, forward = cards.send(lines)
    left, away = cards.send(_leavers(press, taken, here), open_after=False)
    journal: tuple[tuple[str, Row], ...] = tuple((t.before.id, row) for t in taken for row in t.step.rows)
    return Change(cases=tuple(after), journal=journal, say=say + left, forward=forward + away, decision=Decision(
        id=press.id, decision="act", intent=after[0].intent, case=number, why=f"接手{len(after)}件"))


def _taker(press: ButtonPress, after: Sequence[Case], here: Here, speaker: Speaker) -> Iterable[Outgoing]:
    extra = {"count": str(len(after)), "numbers": "、".join(c.id for c in after)}
    to = cards.answer_to(speaker, after[0], here)
    yield cards.plain("taken_ok", to, here, press.id, extra=extra, lounge=after[0].lounge)
    for case in after:
        yield cards.known_to(case, press.sender, "responsible", here)


def _residents(press: ButtonPress, taken: Sequence[Taken], here: Here) -> Iterable[Outgoing]:
    """One line to each reporter, however many of his cases there are."""
    waiting: dict[str, list[Case]] = {}
    for one in taken:
        if one.before.state.value in TOLD and one.before.reporter:
            waiting.setdefault(one.before.reporter, []).append(one.step.case)
    for reporter, cases in waiting.items():
        if len(cases) == 1:
            yield cards.card_for(cases[0], "moved", f"person:{reporter}", here, part="reporter")
        else:
            extra = {"numbers": "、".join(c.id for c in cases), "attendant": cards.name_of(press.sender, here.settings)}
            yield cards.plain("moved_all", f"person:{reporter}", here, press.id, extra=extra, ping=True, lounge=cases[0].lounge)


def _leavers(press: ButtonPress, taken: Sequence[Taken], here: Here) -> Iterable[Outgoing]:
    """Who had them is told once, and his list no longer has them."""
    had: dict[str, list[Case]] = {}
    for one in taken:
        had.setdefault(one.before.attendant, []).append(one.step.case)
    for who, cases in had.items():
        extra = {"numbers": "、".join(c.id for c in cases), "attendant": cards.name_of(press.sender, here.settings)}
        yield cards.plain("handed_away", f"person:{who}", here, press.id, extra=extra, lounge=cases[0].lounge)
        yield from (cards.known_to(case, who, "responsible", here) for case in cases)


def _day(at: datetime, here: Here) -> str:
    local = here.settings.local(at)
    return f"{local.month}月{local.day}日"


def _with(change: Change, more: Change) -> Change:
    return replace(change, cases=change.cases + more.cases, say=change.say + more.say, forward=change.forward + more.forward)
