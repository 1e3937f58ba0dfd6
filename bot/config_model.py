"""The shape of every configuration file, for pydantic: which keys there are and what each may hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar, get_args, get_origin

from pydantic import Field, ValidationError

from bot.config_shape import Clock as Clock
from bot.config_shape import Day as Day
from bot.config_shape import Id as Id
from bot.config_shape import Strict as Strict
from bot.config_shape import Words as Words
from bot.config_source import Mistake, Source, Where
from bot.config_staff import PostEntry, Shifts, TeamEntry

Minutes = Annotated[int, Field(ge=1)]
Percent = Annotated[float, Field(ge=0, le=100)]
Role = Literal["attendant", "host", "mediator", "grid_worker", "liaison", "listener", "desk"]
# A pattern says little to whoever wrote the file; these words do.
_MEANT = {
    r"\S": "should not be empty",
    r"^[A-Za-z0-9][A-Za-z0-9_-]*$": "should be an id of letters, digits, - and _",
    r"^[A-Z]{2,4}$": "should be 2 to 4 capital letters",
    r"^([01]\d|2[0-3]):[0-5]\d$": "should be a time like 21:30",
    r"^[A-Z][A-Z0-9_]*$": "should be the NAME of an environment variable, in capitals",
}
Risk = Literal["安全生产", "装修工程", "劳资纠纷", "欠薪维权", "理财投资"]


class AreaEntry(Strict):
    name: Words
    kind: Literal["district", "street", "community"]
    parent: Id | None = None
    desk: Id | None = None


class GridEntry(Strict):
    name: Words
    community: Id
    kind: Literal["residential", "enterprise"]
    liaison: Id
    buildings: list[Words]
    seats: dict[Literal["staff", "enterprise", "property", "residents", "youth"], Id | None] = {}


class BuildingEntry(Strict):
    aliases: list[Words] = []
    floors: Annotated[int, Field(ge=1)] | None = None


class ShopEntry(Strict):
    name: Words
    building: Words
    number: Words
    trade: Words
    kind: Literal["shop", "firm"] = "shop"
    aliases: list[Words] = []
    contact: Words | None = None


class PlacesFile(Strict):
    areas: dict[Id, AreaEntry]
    grids: dict[Id, GridEntry]
    buildings: dict[Words, BuildingEntry]
    shops: dict[Id, ShopEntry] = {}


class AbsenceEntry(Strict):
    """Whole local days, the last one included."""

    first: Day
    last: Day


class PersonEntry(Strict):
    name: Words
    roles: list[Role]
    organisation: Words
    buildings: list[Words] = []
    substitute: Id | None = None
    absences: list[AbsenceEntry] = []
    skills: list[Id] = []
    addresses: dict[Id, Words] = {}
    ties: list[Words] = []
    reach: list[Id] = []
    posts: list[PostEntry] = []
    most: Annotated[int, Field(ge=0)] = 0
    also: list[Words] = []


class PartnerEntry(Strict):
    name: Words
    scope: Annotated[list[Words], Field(min_length=1)]
    contact: Id
    reach: list[Id] = []


class PeopleFile(Strict):
    people: dict[Id, PersonEntry]
    partners: dict[Id, PartnerEntry] = {}
    teams: dict[Id, TeamEntry] = {}


class EarEntry(Strict):
    channel: Id
    chat: Words


class LoungeEntry(Strict):
    code: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")]
    name: Words
    kinds: Annotated[list[Literal["merchant", "resident"]], Field(min_length=1)]
    community: Id
    host: Id
    buildings: Annotated[list[Words], Field(min_length=1)]
    ears: Annotated[list[EarEntry], Field(min_length=1)]
    mouth: EarEntry
    duty: dict[Annotated[int, Field(ge=1, le=7)], list[Id]] = {}
    facts: dict[Words, Words] = {}
    shadow: bool = False
    shifts: Shifts = {}


class LoungesFile(Strict):
    lounges: dict[Id, LoungeEntry]
    facts: dict[Words, Words] = {}


class ChannelEntry(Strict):
    kind: Words
    on: bool
    secrets: dict[Id, Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]] = {}
    options: dict[Id, str] = {}


class ChannelsFile(Strict):
    channels: dict[Id, ChannelEntry]


class CardEntry(Strict):
    text: Words
    buttons: list[Annotated[list[Words], Field(min_length=2, max_length=2)]] = []


class TextsFile(Strict):
    cards: dict[str, CardEntry]
    words: dict[str, Words]


class ChatterFile(Strict):
    """Talk that wants nothing: everyday, with an appeal's words, and as staff write."""

    easy: list[Words] = []
    words: list[Words] = []
    staff: list[Words] = []


class TalkFile(Strict):
    """What people say around a matter that is known, and lines of one tone, for the recogniser to learn from."""

    second: list[Words] = []
    detail: list[Words] = []
    fixed: list[Words] = []
    unfixed: list[Words] = []
    urgent: list[Words] = []
    heated: list[Words] = []
    calm: list[Words] = []


Phrases = Annotated[list[Words], Field(min_length=1)]


class IntentFile(Strict):
    id: Id
    name: Words
    kind: Literal["appeal", "question", "wish", "emergency", "suggestion"]
    level: Literal["C", "B", "A"]
    pace: Id
    risk: Risk | None
    private: bool
    two_sided: bool
    partners: list[Words]
    phrases: Phrases
    cues: Phrases
    lines: Phrases
    near: Phrases


Model = TypeVar("Model", bound=Strict)


def checked(model: type[Model], source: Source) -> tuple[Model | None, list[Mistake]]:
    """The file as its model, and every mistake of shape.

    A broken entry of a section is left out of the model, so that the rest can still be checked; None where a part
    that is not made of entries is broken.
    """
    try:
        return model.model_validate(source.data), []
    except ValidationError as bad:
        errors = [(_place(error["loc"]), error) for error in bad.errors(include_url=False)]
    mistakes = [source.mistake(where, _said(model, where, dict(error))) for where, error in errors]
    data: Any = source.data
    for where, error in errors:
        exact = error["type"] == "extra_forbidden" and all(isinstance(part, str) for part in where)
        data = _without(data, where if exact else where[:2])
    for name, field in model.model_fields.items():
        if _is_section(field.annotation) and not isinstance(data.get(name), Mapping):
            data = {**data, name: {}}
    try:
        return model.model_validate(data), mistakes
    except ValidationError:
        return None, mistakes


def _place(loc: tuple[int | str, ...]) -> Where:
    return tuple(part for part in loc if part != "[key]")


def _is_section(annotation: object) -> bool:
    return get_origin(annotation) is dict and bool(set(_models(annotation)))


def _without(data: Any, where: Where) -> Any:
    """A copy of nested mappings without one path; paths into lists lead to the whole list's removal."""
    if not where or not isinstance(data, Mapping):
        return data
    first, rest = where[0], where[1:]
    key = next((k for k in data if str(k) == str(first)), None)
    if key is None:
        return data
    if rest and isinstance(data[key], Mapping):
        return {**data, key: _without(data[key], rest)}
    return {k: v for k, v in data.items() if k != key}


def _said(model: type[Strict], where: Where, error: Mapping[str, Any]) -> str:
    """What is wrong, and what would be right, in plain English."""
    if error["type"] == "extra_forbidden":
        known = _keys_at(model, where[:-1])
        near = get_close_matches(str(where[-1]), known, n=1)
        return "unknown key" + (f"; did you mean {near[0]}?" if near else f"; known here: {', '.join(known)}")
    if error["type"] == "missing":
        return "this key is missing"
    given = repr(error.get("input"))
    ctx: Mapping[str, Any] = error.get("ctx", {})
    if error["type"] == "too_short":
        least = int(ctx["min_length"])
        return f"should hold at least {least} item" + "s" * (least > 1)
    plain = str(error["msg"]).replace("Input should", "should").replace("String should", "should")
    message = _MEANT.get(str(ctx.get("pattern")), plain)
    if "secrets" in where:
        return message  # what stands there may be the secret itself
    return f"{message}, not {given if len(given) <= 40 else given[:37] + '...'}"


def _keys_at(model: type[Strict], where: Where) -> list[str]:
    """The keys that the model knows at a place."""
    here: object = model
    for part in where:
        if isinstance(here, type) and issubclass(here, Strict):
            field = here.model_fields.get(str(part))
            here = field.annotation if field else None
        elif get_origin(here) in (dict, list):
            here = get_args(here)[-1]
        while get_origin(here) is Annotated:
            here = get_args(here)[0]
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, Strict) else []


def _models(annotation: object) -> Iterator[type[Strict]]:
    for part in get_args(annotation):
        if isinstance(part, type) and issubclass(part, Strict):
            yield part
