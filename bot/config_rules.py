"""What must hold between the files about places, people and lounges: every id known, every rung a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bot.config_model import (
    ChannelsFile,
    ChatterFile,
    IntentFile,
    LoungeEntry,
    LoungesFile,
    PeopleFile,
    PersonEntry,
    PlacesFile,
    TalkFile,
    TextsFile,
)
from bot.config_pace import LevelsFile, PaceFile, levels_fit
from bot.config_source import Where
from bot.config_staff import posts_stand, shifts_stand, teams_stand
from bot.domain.settings import ATTENDANT, DESK, HOST, LIAISON

PLACES, PEOPLE, LOUNGES, CHATTER, TALK = "places.yaml", "people.yaml", "lounges.yaml", "chatter.yaml", "talk.yaml"
PARENT = {"district": None, "street": "district", "community": "street"}


@dataclass(frozen=True, slots=True)
class World:
    """Every file as far as it is sound; `ids` holds what the files name, sound or not (section -> ids)."""

    places: PlacesFile
    people: PeopleFile
    lounges: LoungesFile
    channels: ChannelsFile
    texts: TextsFile
    pace: PaceFile | None
    intents: Mapping[str, IntentFile]
    chatter: ChatterFile
    talk: TalkFile
    levels: LevelsFile
    ids: Mapping[str, frozenset[str]]

    def unknown(self, section: str, name: str | None) -> bool:
        """True for a name that stands nowhere; nothing is unknown where the whole file could not be read."""
        return name is not None and section in self.ids and name not in self.ids[section]


Wrong = tuple[str, Where, str]  # file, key, what is wrong
Rule = Callable[[World], Iterator[Wrong]]


def reachable(person: PersonEntry, world: World) -> bool:
    """Whether the person has an address on a channel that is on, or may bind an account of the company's app (绑定 CODE).

    A channel that could not be read may be on."""
    channels = world.channels.channels
    if not person.addresses and any(one.on and one.kind == "wecom_app" for one in channels.values()):
        return True
    return any(channels[name].on if name in channels else not world.unknown("channels", name)
               for name in person.addresses)


def _seat(world: World, file: str, where: Where, person: str | None, seat: str,
          role: str | None = None) -> Iterator[Wrong]:
    """A rung of the ladder must be a known person, reachable, in the role that gives him the rights of the seat."""
    if person is None:
        yield file, where, f"nobody is named as {seat}; name a person of people.yaml"
    elif world.unknown("people", person):
        yield file, where, f"{seat} {person} is not in people.yaml"
    elif (found := world.people.people.get(person)) is not None:
        if not reachable(found, world):
            yield file, where, f"{seat} {person} reaches nobody; give an address on a channel that is on"
        if role and role not in found.roles:
            yield file, where, f"{seat} {person} has not the role {role}; add it to people.{person}.roles"


def areas_rise(world: World) -> Iterator[Wrong]:
    """Community under street under district, with a desk on the two upper rungs."""
    for name, area in world.places.areas.items():
        where, above = ("areas", name), PARENT[area.kind]
        if above is None and area.parent is not None:
            yield PLACES, (*where, "parent"), "a district has no parent; remove it"
        elif above is not None and area.parent is None:
            yield PLACES, (*where, "parent"), f"a {area.kind} needs a {above} as its parent"
        elif world.unknown("areas", area.parent):
            yield PLACES, (*where, "parent"), f"there is no area {area.parent}"
        elif (parent := world.places.areas.get(area.parent or "")) is not None and parent.kind != above:
            yield PLACES, (*where, "parent"), f"{area.parent} is a {parent.kind}; a {area.kind} needs a {above}"
        if area.desk is not None or area.kind != "community":
            yield from _seat(world, PLACES, (*where, "desk"), area.desk, f"desk of the {area.kind}", DESK)


def grids_have_a_liaison(world: World) -> Iterator[Wrong]:
    for name, grid in world.places.grids.items():
        yield from _community(world, PLACES, ("grids", name, "community"), grid.community)
        yield from _seat(world, PLACES, ("grids", name, "liaison"), grid.liaison, "liaison", LIAISON)
        for seat, person in grid.seats.items():  # an empty one is no mistake: the audit and the digest show it
            if world.unknown("people", person):
                yield PLACES, ("grids", name, "seats", seat), f"{person} is not in people.yaml; leave an empty seat empty (null)"


def _community(world: World, file: str, where: Where, name: str) -> Iterator[Wrong]:
    area = world.places.areas.get(name)
    if world.unknown("areas", name):
        yield file, where, f"there is no area {name} in places.yaml"
    elif area is not None and area.kind != "community":
        yield file, where, f"{name} is a {area.kind}; name a community"


def buildings_stand_once(world: World) -> Iterator[Wrong]:
    """Each building in exactly one grid and one lounge."""
    grids = [(name, grid.buildings) for name, grid in world.places.grids.items()]
    lounges = [(name, lounge.buildings) for name, lounge in world.lounges.lounges.items()]
    yield from _once(world, PLACES, "grids", "grid", grids)
    yield from _once(world, LOUNGES, "lounges", "lounge", lounges)


def _once(world: World, file: str, section: str, kind: str, lists: list[tuple[str, list[str]]]) -> Iterator[Wrong]:
    homes: dict[str, str] = {}
    for owner, buildings in lists:
        for index, building in enumerate(buildings):
            where = (section, owner, "buildings", index)
            if world.unknown("buildings", building):
                yield file, where, f"building {building} is not under buildings of places.yaml"
            elif building in homes:
                yield file, where, f"building {building} is in {kind} {homes[building]} already; leave it in one {kind}"
            homes.setdefault(building, owner)
    if len(lists) < len(world.ids.get(section, ())) or section not in world.ids:
        return  # a broken entry may hold the building that seems to be homeless
    for building in world.places.buildings:
        if building not in homes:
            yield PLACES, ("buildings", building), f"building {building} is in no {kind}; list it under one of {file}"


def names_of_buildings_differ(world: World) -> Iterator[Wrong]:
    """Within a lounge a name or alias means one building."""
    for lounge in world.lounges.lounges.values():
        taken = {building: building for building in lounge.buildings}
        for building in lounge.buildings:
            entry = world.places.buildings.get(building)
            for index, alias in enumerate(entry.aliases if entry else ()):
                if taken.setdefault(alias, building) != building:
                    where = ("buildings", building, "aliases", index)
                    yield PLACES, where, f"{alias} already means {taken[alias]} in that lounge"


def shops_stand_somewhere(world: World) -> Iterator[Wrong]:
    """Each shop in a building that is there, behind a door of its own."""
    doors: dict[tuple[str, str], str] = {}
    for name, shop in world.places.shops.items():
        if world.unknown("buildings", shop.building):
            yield PLACES, ("shops", name, "building"), f"there is no building {shop.building}"
        door = (shop.building, shop.number)
        if doors.setdefault(door, name) != name:
            yield PLACES, ("shops", name, "number"), f"{shop.number} in {shop.building} is {doors[door]} already"


def people_are_known(world: World) -> Iterator[Wrong]:
    """Roles, buildings, skills, addresses and days of absence of each person."""
    for name, person in world.people.people.items():
        where = ("people", name)
        for index, building in enumerate(person.buildings):
            if world.unknown("buildings", building):
                yield PEOPLE, (*where, "buildings", index), f"there is no building {building} in places.yaml"
        for index, skill in enumerate(person.skills):
            if world.unknown("intents", skill):
                yield PEOPLE, (*where, "skills", index), f"there is no intent {skill}"
        for channel in person.addresses:
            if world.unknown("channels", channel):
                yield PEOPLE, (*where, "addresses", channel), f"there is no channel {channel} in channels.yaml"
        for index, absence in enumerate(person.absences):
            if absence.last < absence.first:
                yield PEOPLE, (*where, "absences", index), f"ends {absence.last}, before it begins {absence.first}"
        if ATTENDANT in person.roles and person.buildings and not reachable(person, world):
            yield PEOPLE, where, f"attendant {name} reaches nobody; give an address on a channel that is on"
        if person.buildings and ATTENDANT not in person.roles:
            yield PEOPLE, (*where, "roles"), f"{name} has buildings but not the role attendant"


def addresses_differ(world: World) -> Iterator[Wrong]:
    """An account is one person: who speaks must never be in doubt."""
    owners: dict[tuple[str, str], str] = {}
    for name, person in world.people.people.items():
        for channel, account in person.addresses.items():
            owner = owners.setdefault((channel, account), name)
            if owner != name:
                where = ("people", name, "addresses", channel)
                yield PEOPLE, where, f"{account} is the address of {owner} already"


def substitutes_lead_on(world: World) -> Iterator[Wrong]:
    """A chain of substitutes ends with somebody; a loop is named once, at its first member in the file."""
    told: set[str] = set()
    for name, person in world.people.people.items():
        if person.substitute is None:
            continue
        where = ("people", name, "substitute")
        yield from _seat(world, PEOPLE, where, person.substitute, "substitute")
        chain = [name]
        following: str | None = person.substitute
        while following is not None and following not in chain:
            chain.append(following)
            entry = world.people.people.get(following)
            following = entry.substitute if entry else None
        if following == name and name not in told:
            told.update(chain)
            yield PEOPLE, where, f"substitutes go in a circle: {' > '.join([*chain, name])}; let one of them end it"


def partners_have_a_contact(world: World) -> Iterator[Wrong]:
    """In one place there is one unit for one thing; two places may each have their own."""
    scopes: dict[tuple[str, str], str] = {}
    for name, partner in world.people.partners.items():
        yield from _seat(world, PEOPLE, ("partners", name, "contact"), partner.contact, "contact")
        for index, scope in enumerate(partner.scope):
            for place in partner.reach or [""]:
                if (other := scopes.setdefault((place, scope), name)) != name:
                    yield PEOPLE, ("partners", name, "scope", index), f"{scope} is in the scope of {other} already"


def reaches_are_places(world: World) -> Iterator[Wrong]:
    """Where a mediator or a partner serves is a lounge or an area."""
    places = {*world.lounges.lounges, *world.places.areas}
    entries = (("people", world.people.people), ("partners", world.people.partners))
    for section, named in entries:
        for name, entry in named.items():
            for index, place in enumerate(entry.reach):
                if place not in places:
                    yield PEOPLE, (section, name, "reach", index), f"{place} is neither a lounge nor an area"


def lounges_are_complete(world: World) -> Iterator[Wrong]:
    """Code, community, host, roster and facts of each lounge."""
    codes: dict[str, str] = {}
    for name, lounge in world.lounges.lounges.items():
        where = ("lounges", name)
        if codes.setdefault(lounge.code, name) != name:
            yield LOUNGES, (*where, "code"), f"{lounge.code} is the code of {codes[lounge.code]} already"
        yield from _community(world, LOUNGES, (*where, "community"), lounge.community)
        yield from _seat(world, LOUNGES, (*where, "host"), lounge.host, "host", HOST)
        for day, people in lounge.duty.items():
            for index, person in enumerate(people):
                yield from _seat(world, LOUNGES, (*where, "duty", str(day), index), person, "person on duty")
        yield from _facts((*where, "facts"), lounge.facts)
    yield from _facts(("facts",), world.lounges.facts)


def _facts(where: Where, facts: Mapping[str, str]) -> Iterator[Wrong]:
    for pattern in facts:
        if not all(word for choice in pattern.split("|") for word in choice.split("+")):
            yield LOUNGES, (*where, pattern), "an empty word fits everything; remove the stray | or +"


def ears_belong_to_one_lounge(world: World) -> Iterator[Wrong]:
    """A group is heard by one lounge, on channels that exist and, for the ears and mouth of a lounge, are on."""
    heard: dict[tuple[str, str], str] = {}
    for name, lounge in world.lounges.lounges.items():
        for where, channel in _channels_of(name, lounge):
            entry = world.channels.channels.get(channel)
            if world.unknown("channels", channel):
                yield LOUNGES, where, f"there is no channel {channel} in channels.yaml"
            elif entry is not None and not entry.on:
                yield LOUNGES, where, f"channel {channel} is off; turn it on in channels.yaml"
        for index, ear in enumerate(lounge.ears):
            owner = heard.setdefault((ear.channel, ear.chat), name)
            if owner != name:
                yield LOUNGES, ("lounges", name, "ears", index), f"chat {ear.chat} is an ear of lounge {owner} already"
        for (channel, chat), times in Counter((ear.channel, ear.chat) for ear in lounge.ears).items():
            if times > 1:
                yield LOUNGES, ("lounges", name, "ears"), f"chat {chat} of {channel} is listed {times} times"


def _channels_of(name: str, lounge: LoungeEntry) -> Iterator[tuple[Where, str]]:
    for index, ear in enumerate(lounge.ears):
        yield ("lounges", name, "ears", index, "channel"), ear.channel
    yield ("lounges", name, "mouth", "channel"), lounge.mouth.channel


def powers_are_known(world: World) -> Iterator[Wrong]:
    """What levels.yaml names stands in its own file."""
    yield from levels_fit(world.levels, world.ids)


def posts_and_shifts_stand(world: World) -> Iterator[Wrong]:
    """Posts, shifts and teams name what is there."""
    for name, person in world.people.people.items():
        yield from posts_stand(name, person.posts, world.ids, (person.organisation, *person.also))
    for name, lounge in world.lounges.lounges.items():
        yield from shifts_stand(("lounges", name, "shifts"), lounge.shifts, world.ids.get("people"))
    yield from teams_stand(world.people.teams, world.ids)


RULES: tuple[Rule, ...] = (
    areas_rise, grids_have_a_liaison, buildings_stand_once, names_of_buildings_differ, shops_stand_somewhere,
    people_are_known, addresses_differ, substitutes_lead_on, partners_have_a_contact, reaches_are_places,
    lounges_are_complete, ears_belong_to_one_lounge, powers_are_known, posts_and_shifts_stand,
)
