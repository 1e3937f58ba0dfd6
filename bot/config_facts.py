"""The facts file: what config can answer at once, its shape, what must hold in it, and the values it becomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from bot.config_model import Day, Id, Strict, Words
from bot.config_source import Where
from bot.domain.facts import Fact, Facts, Offer, pattern

FACTS = "facts.yaml"
# word of texts.zh.yaml -> the blanks it may use
FACT_BLANKS: dict[str, frozenset[str]] = {
    name: frozenset(blanks.split())
    for name, blanks in {
        "hours.open": "day spans", "hours.shut": "day", "hours.now": "until", "hours.closed": "", "hours.next": "next",
        "hours.moved": "", "hours.usual": "week", "hours.own": "hours", "room": "name where hours",
        "contact": "name phone text checked", "guide": "name text checked",
    }.items()
}
SCREEN = 9  # items of a menu that one digit and one screen can hold
Wrong = tuple[str, Where, str]


class HoursEntry(Strict):
    name: Words
    words: Words


class RoomEntry(Strict):
    aliases: list[Words] = Field(default_factory=list)
    uses: list[Words] = Field(default_factory=list)
    where: Words
    hours: str = ""


class StationEntry(Strict):
    needs: Words
    where: Words
    hours: str = ""


class ContactEntry(Strict):
    words: Words
    phone: Words
    note: str = ""
    checked: Day


class GuideEntry(Strict):
    words: Words
    text: Words
    intent: Id = "service_info"
    checked: Day


class OfferEntry(Strict):
    name: Words
    text: str = ""
    ask: str = ""
    intent: Id | None = None


class FactsFile(Strict):
    hours: HoursEntry | None = None
    asks: list[Words] = Field(default_factory=list)
    rooms: dict[Words, RoomEntry] = Field(default_factory=dict)
    stations: dict[Words, StationEntry] = Field(default_factory=dict)
    contacts: dict[Words, ContactEntry] = Field(default_factory=dict)
    guides: dict[Words, GuideEntry] = Field(default_factory=dict)
    menu: list[OfferEntry] = Field(default_factory=list, max_length=SCREEN)
    hurt: str = ""


def mistakes(file: FactsFile, intents: Mapping[str, object] | frozenset[str]) -> Iterator[Wrong]:
    """Empty words, names that mean two rooms, unknown intents, menu items that do nothing or two things."""
    for where, words in _patterns(file):
        if not all(part for choice in words.split("|") for part in choice.split("+")):
            yield FACTS, where, "an empty word fits everything; remove the stray | or +"
    taken: dict[str, str] = {}
    for name, room in file.rooms.items():
        for word in (name, *room.aliases, *room.uses):
            if taken.setdefault(word, name) != name:
                yield FACTS, ("rooms", name), f"{word} means {taken[word]} already"
    for name, guide in file.guides.items():
        if guide.intent not in intents:
            yield FACTS, ("guides", name, "intent"), f"there is no intent {guide.intent}"
    for index, offer in enumerate(file.menu):
        if bool(offer.text) == bool(offer.ask):
            yield FACTS, ("menu", index), "needs either a text to answer with or words to ask with"
        elif offer.ask and offer.intent not in intents:
            yield FACTS, ("menu", index, "intent"), f"there is no intent {offer.intent or '(none is named)'}"
    if file.rooms and not file.asks:
        yield FACTS, ("asks",), "without these words every mention of a room would be answered"


def _patterns(file: FactsFile) -> Iterator[tuple[Where, str]]:
    if file.hours:
        yield ("hours", "words"), file.hours.words
    for name, station in file.stations.items():
        yield ("stations", name, "needs"), station.needs
    for name, contact in file.contacts.items():
        yield ("contacts", name, "words"), contact.words
    for name, guide in file.guides.items():
        yield ("guides", name, "words"), guide.words
    if file.hurt:
        yield ("hurt",), file.hurt


def facts_of(file: FactsFile, shared: Mapping[str, str], own: Mapping[str, Mapping[str, str]]) -> Facts:
    """The values; `shared` and `own` (by lounge) are the plain lines of lounges.yaml."""
    return Facts(
        known=(*_known(file), *_lines(shared)), asks=tuple(file.asks), hurt=pattern(file.hurt) if file.hurt else (),
        menu=tuple(Offer(name=o.name, text=o.text, ask=o.ask, intent=o.intent or "") for o in file.menu),
        own={lounge: tuple(_lines(lines)) for lounge, lines in own.items()},
    )


def _lines(lines: Mapping[str, str]) -> Iterator[Fact]:
    return (Fact(kind="line", name=words.split("|")[0], words=pattern(words), text=text) for words, text in lines.items())


def _known(file: FactsFile) -> Iterator[Fact]:
    if file.hours:
        yield Fact(kind="hours", name=file.hours.name, words=pattern(file.hours.words))
    for name, room in file.rooms.items():
        words = tuple((word,) for word in (name, *room.aliases, *room.uses))
        yield Fact(kind="room", name=name, words=words, where=room.where, hours=room.hours)
    for name, station in file.stations.items():
        yield Fact(kind="station", name=name, words=pattern(station.needs), where=station.where, hours=station.hours)
    for name, contact in file.contacts.items():
        yield Fact(kind="contact", name=name, words=pattern(contact.words), phone=contact.phone, text=contact.note,
                   checked=contact.checked)
    for name, guide in file.guides.items():
        yield Fact(kind="guide", name=name, words=pattern(guide.words), text=guide.text, intent=guide.intent,
                   checked=guide.checked)
