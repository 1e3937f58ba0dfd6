"""Marks what answers a line or a press with the platform's own ways back, and asks for the files sent along."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from bot.domain.case import Row
from bot.domain.events import BOT, Event
from bot.handlers import cards, forgetting
from bot.handlers.context import Here
from bot.messages import ButtonPress, ChatLine, Fetched, Incoming, Outgoing, Told
from bot.store.port import Change

Asked = ChatLine | ButtonPress
SHOWN = {"image": "图片", "voice": "语音", "video": "视频", "file": "文件"}


def answered(what: Asked, change: Change, here: Here) -> Change:
    """The change with its answers marked; a line that was put to the bot itself never goes without one."""
    if isinstance(what, ChatLine) and what.media_urls and change.cases:
        change = replace(change, say=change.say + tuple(_errands(what, change, here)))
    if not (what.reply or what.reply_url or _code(what)):
        return change
    marked = _marked(what, change)
    return marked if isinstance(what, ButtonPress) or not what.reply else _never_silent(what, marked, here)


def _code(what: Asked) -> str:
    return what.card_code if isinstance(what, ButtonPress) else ""


def _places(what: Asked) -> tuple[str, ...]:
    """Where an answer may be said in the platform's reply: where it was asked, and of a press also to the presser."""
    own = f"person:{what.sender}"
    if isinstance(what, ChatLine):
        return (own if what.private else f"chat:{what.lounge}",)
    return (own, f"chat:{what.lounge}")


def _marked(what: Asked, change: Change) -> Change:
    """Every line that goes back to where it was asked; of a press only the first, for one card takes one answer."""
    places, once = _places(what), isinstance(what, ButtonPress)
    lines = [*change.say, *(item.say for _, _, item in change.forward if isinstance(item, Told))]
    fitting = sorted((line for line in lines if line.to in places and not line.to.startswith("media:")),
                     key=lambda line: places.index(line.to))
    keys = {line.key for line in (fitting[:1] if once else fitting)}

    def mark(line: Outgoing) -> Outgoing:
        if line.key not in keys:
            return line
        return replace(line, reply=what.reply, reply_url=what.reply_url, card_code=_code(what))

    def passed_on(item: Incoming) -> Incoming:
        if isinstance(item, Told):
            return replace(item, say=mark(item.say))
        if not isinstance(item, ChatLine | ButtonPress) or item.sender != what.sender or item.reply:
            return item
        item = replace(item, reply=what.reply, reply_url=what.reply_url)
        return replace(item, card_code=_code(what)) if isinstance(item, ButtonPress) else item

    forward = tuple((shard, key, passed_on(item)) for shard, key, item in change.forward)
    return replace(change, say=tuple(mark(line) for line in change.say), forward=forward)


def _never_silent(line: ChatLine, change: Change, here: Here) -> Change:
    """Whoever speaks to the bot itself waits for a word, also where there is nothing to do; on trial it is silent."""
    known = here.settings.lounges.get(line.lounge)
    if not line.private and known is not None and known.shadow:
        return change
    told = [item.say for _, _, item in change.forward if isinstance(item, Told)]
    elsewhere = any(isinstance(item, ChatLine | ButtonPress) and item.reply == line.reply for _, _, item in change.forward)
    if elsewhere or any(said.reply for said in (*change.say, *told)):
        return change
    to = f"person:{line.sender}" if line.private else f"chat:{line.lounge}"
    acted = change.decision is not None and change.decision.decision in ("act", "attach", "open")
    heard = replace(cards.plain("heard_done" if acted else "heard", to, here, line.id, lounge=line.lounge), reply=line.reply)
    say, forward = cards.send([heard]) if line.lounge else ((heard,), ())
    return replace(change, say=change.say + say, forward=change.forward + forward)


def _errands(line: ChatLine, change: Change, here: Here) -> Iterable[Outgoing]:
    """A file is fetched only where its line became part of a case; what belongs to chatter is never asked for."""
    for case in change.cases:
        if line.id not in case.messages:
            continue
        for index, url in enumerate(line.media_urls):
            yield Outgoing(key=f"media/{case.id}/{line.id}/{index}", at=here.now, to=f"media:{line.channel}/{line.id}",
                           card=line.media or "file", text="", case=case.id, lounge=case.lounge, ping=False, reply_url=url,
                           mention=(line.sender,))


async def fetched(what: Fetched, here: Here) -> Change:
    """What became of a file, as a row of the case."""
    case = await here.reader.case(what.case)
    if case is None:
        return Change()
    if what.digest and case.role_of(what.sender) is None and what.sender not in here.settings.people:  # forgotten meanwhile
        return Change(say=(forgetting.unkept(what.key, case, [what.digest[:forgetting.SHOWN]], here),))
    kind = SHOWN.get(what.kind, SHOWN["file"])
    note = f"附件已存：{kind} {what.digest[:forgetting.SHOWN]}" if what.digest else f"附件未取回：{kind}（{what.why}）"
    return Change(journal=((what.case, Row(at=here.now, event=Event.DETAILED.value, by=what.sender or BOT, note=note)),))
