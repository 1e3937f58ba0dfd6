"""The shipped configuration is sound, and every kind of mistake in it is named by file, line and key."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from bot.config import BadConfig, NoConfig, find, load
from bot.domain.assignment import ladder, stand_in
from bot.domain.case import Rung
from bot.domain.commands import CAUSES
from bot.domain.settings import Settings

SHIPPED = Path(__file__).resolve().parents[1] / "config"
MONDAY = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
SECRET = {"LOUNGE_PLAIN_SECRET": "for tests only"}


@pytest.fixture(scope="module")
def shipped() -> Settings:
    return load(SHIPPED, {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "config"))


def change(folder: Path, file: str, old: str, new: str) -> None:
    """Replace a piece of a file that stands in it exactly once at least; the first is changed."""
    text = (folder / file).read_text("utf-8")
    assert old in text, f"{old!r} is not in {file}"
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def mistakes(folder: Path, environ: dict[str, str] | None = None, *, secrets: bool = False) -> list[str]:
    """Every mistake as its line."""
    try:
        load(folder, environ or {}, secrets=secrets)
    except BadConfig as bad:
        return [str(mistake) for mistake in bad.mistakes]
    return []


def at(folder: Path, file: str, marker: str) -> str:
    """`file:line` of the first line that holds the marker."""
    lines = (folder / file).read_text("utf-8").splitlines()
    return f"{file}:{next(n for n, line in enumerate(lines, 1) if marker in line)}"


def test_the_shipped_configuration_loads_without_a_mistake(shipped: Settings) -> None:
    assert (len(shipped.lounges), len(shipped.buildings), len(shipped.intents)) == (6, 28, 28)
    assert {lounge.code for lounge in shipped.lounges.values()} == {"XJ", "WH", "ES", "HH", "GH", "YQ"}
    assert all(len(intent.phrases) >= 12 for intent in shipped.intents.values())


def test_in_the_shipped_world_every_rung_of_every_building_is_a_named_person(shipped: Settings) -> None:
    for building in shipped.buildings.values():
        seats = ladder(building.lounge, building.name, MONDAY, shipped)
        assert [seat.rung for seat in seats] == list(Rung), building.name
        assert all(shipped.people[seat.person].addresses for seat in seats)


def test_in_the_shipped_world_every_attendant_has_a_present_stand_in(shipped: Settings) -> None:
    away = [p.name for p in shipped.people.values() if p.buildings and stand_in(p, shipped, MONDAY) is None]
    assert away == []


def test_no_fact_of_a_lounge_hides_a_later_one_by_being_wholly_contained(shipped: Settings) -> None:
    for lounge in shipped.lounges.values():
        for earlier, later in pairwise(lounge.facts):
            assert set(later.split("|")) - set(earlier.split("|")), f"{lounge.id}: {later}"


def test_values_come_out_in_the_types_of_settings(shipped: Settings) -> None:
    lounge, pace = shipped.lounges["hehua"], shipped.paces["urgent"]
    assert lounge.duty[1] == ("p-chunfen", "p-bailu") and lounge.kinds == ("resident",)
    assert pace.always and pace.accept == 10 and pace.name == "urgent"
    assert shipped.channels["plain"].on and shipped.channels["plain"].secrets == {"secret": "LOUNGE_PLAIN_SECRET"}
    assert shipped.local(MONDAY).hour == 10 and shipped.calendar.is_open(MONDAY)
    assert shipped.texts["opened"].buttons == () and shipped.texts["assigned"].buttons[0] == ("accept", "接单")
    assert shipped.buildings["禾花花园3栋"].grid == "hehua-g1" and shipped.buildings["五号交易广场"].floors == 4


def test_a_lounges_own_facts_come_before_the_shared_ones(shipped: Settings) -> None:
    own, shared = "客厅+在哪|客厅+几楼|客厅+怎么走", "母婴室|喂奶"
    keys = list(shipped.lounges["hehua"].facts)
    assert keys[0] == own and shared in keys
    assert shipped.lounges["hehua"].facts[own] != shipped.lounges["ghong"].facts[own]


def test_the_version_changes_with_any_byte_and_with_nothing_else(folder: Path) -> None:
    before = load(folder, {}).version
    assert load(folder, SECRET).version == before
    change(folder, "pace.yaml", "# How fast", "# how fast")
    assert load(folder, {}).version != before


def test_days_of_absence_run_from_midnight_to_midnight(folder: Path) -> None:
    absent = "    absences: [{first: 2026-11-02, last: 2026-11-03}]\n    name: 谷雨"
    change(folder, "people.yaml", "    name: 谷雨", absent)
    (absence,) = load(folder, {}).people["p-guyu"].absences
    assert absence.start == datetime(2026, 11, 1, 16, tzinfo=UTC)
    assert absence.until == datetime(2026, 11, 3, 16, tzinfo=UTC)


# name of the mistake -> file, what is replaced, by what, a marker in the line that is named, key, what is said
PEOPLE, PLACES, LOUNGES, PACE = "people.yaml", "places.yaml", "lounges.yaml", "pace.yaml"
TEXTS, CHANNELS, NOISE = "texts.zh.yaml", "channels.yaml", "intents/noise.yaml"
BROKEN: dict[str, tuple[str, str, str, str, str, str]] = {
    "an unknown key": (
        PLACES, "alias", "alais", "alais", "buildings.香江家居广场A栋.alaises", "unknown key; did you mean aliases?"),
    "a key written twice": (
        PACE, "bot_names:", "timezone: Asia/Shanghai\nbot_names:", "timezone: Asia/Shanghai\nbot_names",
        "timezone", "this key is written twice; keep one"),
    "a key left out": (
        PEOPLE, "    organisation: 家居商圈党支部\n", "", "p-lichun:", "people.p-lichun.organisation", "this key is missing"),
    "a value of the wrong type": (
        PACE, "accept: 120 ", "accept: soon ", "soon", "paces.normal.accept", "should be a valid integer, not 'soon'"),
    "an area without a parent": (
        PLACES, "kind: street, parent: longgang", "kind: street", "pinghu: {", "areas.pinghu.parent",
        "a street needs a district as its parent"),
    "an unknown area": (
        PLACES, "community: pinghu-hehua", "community: nowhere", "nowhere", "grids.hehua-g1.community",
        "there is no area nowhere in places.yaml"),
    "an alias of two buildings": (
        PLACES, "[香江B, ", "[香江A, ", "香江家居广场B栋: {", "buildings.香江家居广场B栋.aliases[0]",
        "香江A already means 香江家居广场A栋 in that lounge"),
    "a shop in no building": (
        PLACES, "building: 香江家居广场A栋", "building: 香江家居广场Z栋", "Z栋", "shops.xj-a108.building",
        "there is no building 香江家居广场Z栋"),
    "an unknown building of a member": (
        PEOPLE, "[五号交易广场]", "[五号交易广场, 六号馆]", "六号馆", "people.p-yushui.buildings[1]",
        "there is no building 六号馆 in places.yaml"),
    "an unknown skill": (
        PEOPLE, "[labor_dispute, ", "[labour, ", "labour", "people.p-kangjin.skills[0]", "there is no intent labour"),
    "an unknown substitute": (
        PEOPLE, "substitute: p-guyu", "substitute: p-gone", "p-gone", "people.p-chunfen.substitute",
        "substitute p-gone is not in people.yaml"),
    "a circle of substitutes": (
        PEOPLE, "substitute: p-bailu", "substitute: p-chunfen", "substitute: p-guyu", "people.p-chunfen.substitute",
        "substitutes go in a circle: p-chunfen > p-guyu > p-lixia > p-chunfen; let one of them end it"),
    "a rung that nobody holds": (
        PLACES, "parent: longgang, desk: p-changgeng", "parent: longgang", "pinghu: {", "areas.pinghu.desk",
        "nobody is named as desk of the street; name a person of people.yaml"),
    "a rung that reaches nobody": (
        PEOPLE, "{plain: p-beichen}", "{}", "addresses: {}", "areas.longgang.desk",
        "desk of the district p-beichen reaches nobody; give an address on a channel that is on"),
    "a seat without its role": (
        PEOPLE, "name: 大雪\n    roles: [host]", "name: 大雪\n    roles: [desk]", "host: p-daxue", "lounges.xj-home.host",
        "host p-daxue has not the role host; add it to people.p-daxue.roles"),
    "an attendant who reaches nobody": (
        PEOPLE, "{plain: p-lichun}", "{}", "p-lichun:", "people.p-lichun",
        "attendant p-lichun reaches nobody; give an address on a channel that is on"),
    "an unknown person on duty": (
        LOUNGES, "1: [p-jingzhe]", "1: [p-gone]", "p-gone", "lounges.etime.duty.1[0]",
        "person on duty p-gone is not in people.yaml"),
    "one code for two lounges": (
        LOUNGES, "code: GH", "code: HH", "name: 广弘中心客厅", "lounges.ghong.code", "HH is the code of hehua already"),
    "a code that is no code": (
        LOUNGES, "code: GH", "code: gh1", "gh1", "lounges.ghong.code", "should be 2 to 4 capital letters, not 'gh1'"),
    "an ear of two lounges": (
        LOUNGES, "chat: ghong}]", "chat: hehua}]", "ears: [{channel: plain, chat: hehua}]", "lounges.ghong.ears[0]",
        "chat hehua is an ear of lounge hehua already"),
    "a fact that fits everything": (
        LOUNGES, "母婴室|喂奶", "母婴室|喂奶|", "母婴室", "facts.母婴室|喂奶|",
        "an empty word fits everything; remove the stray | or +"),
    "an unknown channel": (
        LOUNGES, "mouth: {channel: plain, chat: ghong}", "mouth: {channel: pigeon, chat: ghong}", "pigeon",
        "lounges.ghong.mouth.channel", "there is no channel pigeon in channels.yaml"),
    "an unknown kind of channel": (
        CHANNELS, "kind: plain", "kind: pigeon", "pigeon", "channels.plain.kind", "unknown channel pigeon; known: plain"),
    "a channel without its secret": (
        CHANNELS, "secrets: {secret: LOUNGE_PLAIN_SECRET}", "secrets: {}", "secrets: {}", "channels.plain.secrets",
        "names no environment variable for secret"),
    "a secret instead of its name": (
        CHANNELS, "LOUNGE_PLAIN_SECRET", "hunter2", "hunter2", "channels.plain.secrets.secret",
        "should be the NAME of an environment variable, in capitals, not 'hunter2'"),
    "an unknown time zone": (
        PACE, "Asia/Shanghai", "Asia/Longgang", "Longgang", "timezone",
        "there is no time zone Asia/Longgang; write it like Asia/Shanghai"),
    "a threshold out of range": (
        PACE, "open: 70", "open: 700", "700", "thresholds.open", "should be less than or equal to 100, not 700"),
    "thresholds in the wrong order": (
        PACE, "ask: 55", "ask: 99", "99", "thresholds.ask", "ask lies above open; a doubtful line is one below open"),
    "quiet hours that never end": (
        PACE, 'start: "21:30"', 'start: "08:00"', "quiet:", "quiet",
        "quiet hours cover all working hours: nobody would ever be reminded"),
    "a text without its blank": (
        TEXTS, "{attendant}已经接手，在跟了", "已经接手，在跟了", "已经接手，在跟了", "cards.accepted.text",
        "the text lacks its blank {number}"),
    "a text with an open brace": (
        TEXTS, "记下了（{number}）。", "记下了（{number）。", "记下了（{number）。", "cards.noted_ok.text",
        "a brace is open or empty; blanks are written like {number}"),
    "an unknown verb": (
        TEXTS, "[[open, 立案]", "[[opne, 立案]", "opne", "cards.ask_host.buttons[0]", "unknown verb opne"),
    "an unknown grade": (
        TEXTS, "[rate:fair, ", "[rate:so-so, ", "so-so", "cards.ask_rating.buttons[1]", "unknown verb rate:so-so"),
    "an unknown card": (
        TEXTS, "words:\n", "  bravo:\n    text: 好\nwords:\n", "bravo", "cards.bravo",
        "unknown card; bot/domain/cards.py lists them"),
    "a card without a text": (
        TEXTS, "  progress_none:\n", "  help_more:\n", "cards:", "cards", "there is no text for card progress_none"),
    "a word left out": (
        TEXTS, "  level.B: 街道\n", "", "words:", "words", "there is no word for level.B"),
    "an intent under another's name": (
        NOISE, "id: noise", "id: nosie", "nosie", "id", "the id is nosie but the file is noise.yaml; make them equal"),
    "an unknown pace": (NOISE, "pace: normal", "pace: brisk", "brisk", "pace", "there is no pace brisk in pace.yaml"),
    "an unknown partner": (
        NOISE, "partners: [", "partners: [气象台, ", "气象台", "partners[0]",
        "no partner of people.yaml has 气象台 in its scope"),
    "a phrase of one character": (
        NOISE, "phrases:\n", "phrases:\n  - 吵\n", "- 吵", "phrases[0]", "吵 is one character; it would match everywhere"),
    "a phrase twice in one intent": (
        NOISE, "phrases:\n", "phrases:\n  - 试写的一句\n  - 试写的一句\n", "never", "phrases[1]", "试写的一句 is listed twice here"),
    "an empty list": (
        NOISE, "partners:", "phrases: []\npartners:", "never", "phrases", "never"),
}
SPECIAL = {"a text without its blank", "a key written twice", "a rung that reaches nobody", "a seat without its role",
           "one code for two lounges", "an ear of two lounges", "a card without a text", "a phrase twice in one intent",
           "an empty list"}  # these touch two lines or two places and have tests of their own below


@pytest.mark.parametrize("name", sorted(BROKEN.keys() - SPECIAL))
def test_one_mistake_gives_exactly_its_one_line(name: str, folder: Path) -> None:
    file, old, new, marker, key, why = BROKEN[name]
    change(folder, file, old, new)
    assert mistakes(folder) == [f"{at(folder, file, marker)}: {key}: {why}"]
