"""The words and figures of the demo page, without a server."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.config import load
from bot.domain.case import Case, Row, State
from bot.domain.events import Event
from bot.domain.settings import Settings
from bot.intents.speech import Act
from bot.messages import Outgoing
from bot.web import demo_cast, demo_views
from bot.web.demo_pages import cast_json
from bot.web.demo_serve import clear
from bot.web.demo_state import LINES_MOST, Page, Shown, Thought, line_from

CONFIG = Path(__file__).parents[2] / "config"
TUESDAY = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.fixture(scope="module")
def settings() -> Settings:
    return load(CONFIG, {})


def a_case(**more: object) -> Case:
    base = Case(id="HH-0001", lounge="hehua", intent="facility_repair", building="禾花花园3栋", attendant="p-chunfen",
                reporter="guest-hehua-1", reporter_name="3栋-小满妈", opened_by="m1", opened_at=TUESDAY, touched_at=TUESDAY,
                state=State.ASSIGNED, deadlines={"accept": TUESDAY + timedelta(hours=4)})
    return replace(base, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(("state", "delivered", "stage"), [
    (State.REPORTED, None, 0), (State.ASSIGNED, None, 1), (State.HANDLING, None, 2), (State.WAITING, None, 2),
    (State.MEDIATING, None, 2), (State.RESOLVED, None, 3), (State.RESOLVED, TUESDAY, 4), (State.CLOSED, TUESDAY, 5),
    (State.WITHDRAWN, None, 5),
])
def test_every_state_lights_its_stage(state: State, delivered: datetime | None, stage: int) -> None:
    assert demo_views.stage_of(a_case(state=state, delivered_at=delivered)) == stage


def test_every_event_and_every_act_has_a_chinese_word() -> None:
    assert {event.value for event in Event} <= set(demo_views.EVENTS)
    assert {act.value for act in Act} <= set(demo_views.ACTS)


def test_a_case_names_its_next_alarm_and_who_did_what(settings: Settings) -> None:
    rows = [Row(at=TUESDAY, event="Reported", by="guest-hehua-1"), Row(at=TUESDAY, event="Assigned", by="bot"),
            Row(at=TUESDAY, event="Reminded", by="clock"), Row(at=TUESDAY, event="Accepted", by="p-chunfen")]
    view = demo_views.case_view(a_case(), rows, settings)
    assert (view.state_name, view.level, view.attendant) == ("已派单", "社区", "春分")
    assert view.due == TUESDAY + timedelta(hours=4)
    assert [row[2] for row in view.journal] == ["3栋-小满妈", "小客厅", "时钟", "春分"]
    assert demo_views.case_view(a_case(deadlines={}, state=State.CLOSED), [], settings).due is None


@pytest.mark.parametrize(("text", "words", "marked"), [
    ("楼道的灯坏了", ["灯坏了"], ["灯坏了"]),
    ("楼道的灯昨天坏了", ["楼道灯坏了"], ["楼道"]),
    ("灯坏了，门也坏了", ["灯", "门也"], ["灯", "门也"]),
    ("今天天气好", ["漏水"], []),
    ("", ["漏水"], []),
    ("WIFI断了", ["wifi"], ["WIFI"]),
])
def test_matched_words_are_marked_where_they_stand(text: str, words: list[str], marked: list[str]) -> None:
    assert [text[a:b] for a, b in demo_views.spans(text, words)] == marked


def test_the_clock_starts_on_a_working_weekday_at_ten(settings: Settings) -> None:
    saturday = datetime(2026, 11, 28, 2, 0, tzinfo=UTC)
    assert demo_views.first_instant(saturday, settings) == datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
    assert demo_views.first_instant(TUESDAY, settings) == TUESDAY + timedelta(days=1)


def test_tomorrow_morning_is_the_next_day_that_opens(settings: Settings) -> None:
    assert demo_views.next_morning(TUESDAY, settings) == datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
    before = TUESDAY - timedelta(hours=4)
    assert demo_views.next_morning(before, settings) == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    friday = datetime(2026, 11, 27, 4, 0, tzinfo=UTC)  # Saturday is shut, Sunday is open
    assert demo_views.next_morning(friday, settings) == datetime(2026, 11, 29, 1, 0, tzinfo=UTC)


def test_every_lounge_has_guests_members_and_lines_to_try(settings: Settings) -> None:
    found = demo_cast.scenes(settings)
    assert found[0].id == "hehua"
    assert {scene.id for scene in found} == set(settings.lounges)
    for scene in found:
        ids = [voice.id for voice in scene.voices]
        assert len(ids) == len(set(ids))
        assert all(speaker in ids for speaker, _, _ in scene.examples)
        assert any(voice.part == "街坊" for voice in scene.voices) and any(voice.part != "街坊" for voice in scene.voices)
        assert not set(ids[:2]) & set(settings.people)


def test_a_lounge_of_another_installation_still_has_somebody_to_speak(settings: Settings) -> None:
    lounge = replace(settings.lounges["hehua"], id="elsewhere", code="EW")
    other = replace(settings, lounges={"elsewhere": lounge})
    assert demo_cast.scenes(other)[0].examples


def test_what_is_embedded_in_the_page_cannot_end_its_script(settings: Settings) -> None:
    lounge = replace(settings.lounges["hehua"], name="</script><b>&")
    text = cast_json(replace(settings, lounges={"hehua": lounge}))
    assert "<" not in text
    assert json.loads(text)["lounges"][0]["name"] == "</script><b>&"


def line(number: int, where: str = "chat:hehua") -> Shown:
    return Shown(id=f"l{number}", at=TUESDAY, where=where, by="u1", text=f"第{number}句")


def test_the_page_is_the_same_after_a_restart(tmp_path: Path) -> None:
    kept = tmp_path / "page.jsonl"
    page = Page(keep=kept)
    page.show(line(1))
    page.show(line(1))
    said = Outgoing(key="k", at=TUESDAY, to="person:p-chunfen", card="assigned", text="卡片", case="HH-0001",
                    buttons=(("accept", "接单"),))
    page.show(line_from(said, TUESDAY))
    page.press("k", "accept")
    page.press("unknown", "accept")
    page.think(Thought(id="l1", name="3栋-小满妈", text="第1句", decision="open", spans=((0, 1),)))
    with kept.open("ab") as file:
        file.write(b'{"line":{"id":"torn')
    again = Page(keep=kept)
    again.load()
    assert (again.lines, again.thoughts, again.last) == (page.lines, page.thoughts, "l1")
    assert again.lines["k"].pressed == "accept"


def test_only_the_last_lines_of_a_group_are_kept_on_the_page() -> None:
    page = Page()
    page.show(line(0, "person:p-chunfen"))
    for number in range(1, LINES_MOST + 6):
        page.show(line(number))
    assert "l0" in page.lines and "l5" not in page.lines and "l6" in page.lines
    assert len(page.lines) == LINES_MOST + 1


def test_a_change_wakes_whoever_shows_the_page() -> None:
    page = Page()
    waiting = page.changed
    page.show(line(1))
    assert waiting.is_set() and not page.changed.is_set()


def test_only_the_demos_own_folder_can_be_cleared(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "x").write_text("x")
    clear(tmp_path / "demo")
    assert not (tmp_path / "demo").exists() and tmp_path.exists()
    with pytest.raises(ValueError):
        clear(tmp_path)
