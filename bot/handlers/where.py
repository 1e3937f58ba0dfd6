"""Says which shard an input belongs to, and the key under which it is remembered as seen."""

from __future__ import annotations

from bot.domain.settings import Settings
from bot.handlers.binding import BINDINGS
from bot.messages import Arranged, ButtonPress, ChatLine, Entered, Feedback, Incoming
from bot.shards import shard_of


def where(what: Incoming, settings: Settings) -> tuple[int, str]:
    """(shard, seen key) of something from outside. Group lines live with their lounge, private ones at their home.

    A platform's message is known by channel, chat, sender and id: ids repeat across people and platforms.
    """
    if isinstance(what, ChatLine):
        home = what.sender if what.private else what.lounge
        return shard_of(home), f"{what.channel}/{what.chat or home}/{what.sender}/{what.id}"
    if isinstance(what, ButtonPress):
        lounge = what.lounge
        if not lounge and what.case:
            known = settings.by_code(what.case.split("-")[0].upper())
            lounge = known.id if known else ""
        about = what.case or what.message or ""
        return shard_of(lounge or what.sender), f"{what.channel}/press/{lounge}/{about}/{what.sender}/{what.id}"
    if isinstance(what, Entered):
        return shard_of(what.lounge or what.sender), f"{what.channel}/entered/{what.sender}/{what.id}"
    if isinstance(what, Feedback):
        known = settings.by_code(what.about.split("-")[0])
        lounge = known.id if known else what.lounge
        return shard_of(lounge or what.sender), f"{what.channel}/judged/{what.sender}/{what.id}"
    if isinstance(what, Arranged):
        return shard_of(BINDINGS), f"arranged/{what.id}"
    raise TypeError(f"{type(what).__name__} does not come from outside")
