"""The sample world made fit for a soak: always open, quick, one lounge on WeCom; and what is said in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.bench.world import APPEALS, chatter
from bot.config_source import _Loader
from bot.domain.settings import Settings
from tests.wecom import calls

ON_WECOM, ROBOT_KEY = "ghong", "robot-key"  # the lounge whose mouth is a robot, which takes 20 lines a minute
ON_WECOM_EACH = 15.0  # seconds between its appeals: three of its lines a case stay under what its robot takes
SECRETS = {"SOAK_TOKEN": calls.TOKEN, "SOAK_AES": calls.AES, "SOAK_SECRET": calls.SECRET, "SOAK_ROBOT": ROBOT_KEY}
SPEAKERS = 5_000  # a lounge


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the load."""

    lounge: str
    id: str
    sender: str
    text: str
    appeal: bool


def install(source: Path, folder: Path, base: str) -> Path:
    """A copy of the configuration for the soak; `base` is where the stand-in of WeCom's API listens."""
    to = folder / "config"
    shutil.copytree(source, to)
    _change(to / "pace.yaml", _pace)
    _change(to / "channels.yaml", lambda file: _channels(file, base))
    _change(to / "lounges.yaml", lambda file: file["lounges"][ON_WECOM].update(
        mouth={"channel": "wecom_robot", "chat": ON_WECOM}))
    _change(to / "people.yaml", _people)
    os.environ.update(SECRETS)
    return to


def _change(path: Path, how: Any) -> None:
    file = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # a bare `on` is a word there
    how(file)
    path.write_text(yaml.safe_dump(file, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _pace(file: dict[str, Any]) -> None:
    """Day and night, no night's rest in the next hours, no budgets (they would hold lines until tomorrow), quick reminders."""
    far = datetime.now(UTC) + timedelta(hours=8 + 12)  # twelve hours from now in Shenzhen: one quiet minute, as one there must be
    file["calendar"] = {"week": {"1-7": [["00:00", "24:00"]]}, "holidays": [], "workdays": [], "overrides": {}}
    file["quiet"] = {"start": f"{far:%H:%M}", "end": f"{far + timedelta(minutes=1):%H:%M}"}
    file["budgets"] = {"group_per_day": 1_000_000, "person_per_day": 1_000_000}
    for name, pace in file["paces"].items():
        if name != "suggestion":
            pace.update(accept=4, remind_every=2)


def _channels(file: dict[str, Any], base: str) -> None:
    pair = {"token": "SOAK_TOKEN", "aes_key": "SOAK_AES"}
    file["channels"]["wecom_robot"] = {"kind": "wecom_robot", "on": True, "secrets": {ON_WECOM: "SOAK_ROBOT"},
                                       "options": {"base": base}}
    file["channels"]["wecom_app"] = {"kind": "wecom_app", "on": True, "secrets": {**pair, "secret": "SOAK_SECRET"},
                                     "options": {"base": base, "corp": calls.CORP, "agent": str(calls.AGENT)}}


def _people(file: dict[str, Any]) -> None:
    """The members of the lounge on WeCom have an account of the app; what they press still comes in by the plain door."""
    for name in ("p-xiaoman", "p-mangzhong"):
        file["people"][name]["addresses"] = {"wecom_app": name, "plain": name}


def talk(settings: Settings, rate: float, appeals: int) -> Iterator[Said]:
    """What is said, lounge after lounge without end; one line in `appeals` is an appeal, no two alike."""
    lounges = [(one.id, [b.name for b in settings.buildings_of(one.id)]) for one in settings.lounges.values()]
    turn = 0
    wait = max(int(ON_WECOM_EACH * rate), 1)
    since = wait // 2
    number = appealed = 0
    while True:
        lounge, places = lounges[turn % len(lounges)]
        nth, turn, since = turn, turn + 1, since + 1
        appeal = appealed * appeals <= nth and (lounge != ON_WECOM or since >= wait)
        text = chatter(nth)
        if appeal:
            appealed += 1
            number += 1
            since = 0 if lounge == ON_WECOM else since
            text = APPEALS[number * 7 % len(APPEALS)].format(places[number % len(places)], 2 + number)
        yield Said(lounge, f"s-{nth}", f"u-{lounge}-{nth * 13 % SPEAKERS}", text, appeal)
