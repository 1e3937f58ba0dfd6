"""What whoever runs the machine can ask and arrange: strangers, bindings, codes, a trial's figures, and what is missing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.commands.chats import unbound
from bot.commands.doctor import PUBLIC, Finding, examine
from bot.commands.opened import arrange
from bot.domain.settings import Settings
from bot.handlers.binding import chat_field
from bot.handlers.shadow import report
from tests.wecom.house import ENVIRON, House, house
from tests.wecom.server import Fault

RUN = CliRunner()


def by_name(found: list[Finding]) -> Mapping[str, Finding]:
    return {one.what: one for one in found}


def settings_of(h: House) -> Settings:
    return h.rig.settings


async def test_the_doctor_finds_a_sound_installation_sound_and_sends_nobody_anything(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        found = await examine(settings_of(h), {**ENVIRON, PUBLIC: f"http://127.0.0.1:{h.workers[0].port}"})
        assert len(found) == 7 and all(one.well for one in found), found
        assert not [row for row in h.state.got if row["shown"] and row["path"] in ("message/send", "webhook/send")]


@pytest.mark.parametrize(("path", "code", "where", "do"), [
    ("gettoken", 40001, "wecom_app 接口", "Secret"), ("getcallbackip", 60020, "wecom_app 接口", "企业可信IP"),
    ("webhook/send", 93000, "wecom_robot hehua", "Webhook 地址"),
])
async def test_the_doctor_says_what_to_do_on_which_page(tmp_path: Path, path: str, code: int, where: str, do: str) -> None:
    async with house(tmp_path) as h:
        h.state.faults.append(Fault(path, errcode=code))
        found = by_name(await examine(settings_of(h), ENVIRON))[where]
        assert found.well is False and do in found.do and str(code) in found.told


async def test_the_doctor_names_variables_and_never_what_they_hold(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        without = {name: value for name, value in ENVIRON.items() if name != "SECRET"}
        found = by_name(await examine(settings_of(h), without))
        assert found["wecom_app 密钥"].well is False and "SECRET" in found["wecom_app 密钥"].told
        broken = await examine(settings_of(h), {**ENVIRON, "AES": "a-secret-of-another-length"})
        assert "EncodingAESKey" in broken[-1].told and "a-secret" not in str(broken)
        nowhere = await examine(settings_of(h), {**ENVIRON, PUBLIC: "http://127.0.0.1:9"})
        assert by_name(nowhere)["wecom_aibot 回调地址"].well is False


async def test_a_stranger_is_listed_until_he_is_bound(tmp_path: Path) -> None:
    async with house(tmp_path) as h:
        await h.says("resident-1", "有人吗", chat="wrNEW")
        assert [(one.kind, one.id) for one in await unbound(h.store, settings_of(h))] == [("chat", "wrNEW")]
        assert await arrange(h.store, settings_of(h), chat_field("wecom_aibot", "wrNEW"), "hehua")
        assert await unbound(h.store, settings_of(h)) == [] == await h.store.strangers.all()


async def test_another_process_knows_a_binding_within_seconds(tmp_path: Path) -> None:
    async with house(tmp_path, workers=2) as h:
        assert await arrange(h.store, settings_of(h), chat_field("wecom_aibot", "wrNEW"), "hehua")
        second = h.workers[1].bindings
        keeping = asyncio.create_task(second.keep(h.store.reader))
        await h.until(lambda: second.names.lounge("wecom_aibot", "wrNEW") == "hehua")
        keeping.cancel()


def test_the_commands_work_without_a_running_bot_and_refuse_what_does_not_exist(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOUNGE_DATA", str(tmp_path))
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setattr("bot.commands.opened.arrange.__defaults__", (0.1,))
    assert "没有未绑定" in RUN.invoke(app, ["chats"]).output
    bound = RUN.invoke(app, ["bind", "wrNEW", "hehua"])
    assert bound.exit_code == 0 and "一启动就生效" in bound.output
    assert RUN.invoke(app, ["bind", "wrNEW", "nowhere"]).exit_code == 2
    made = RUN.invoke(app, ["code", "p-chunfen"])
    assert made.exit_code == 0 and "春分" in made.output and len(made.output.splitlines()[0]) == 8
    assert RUN.invoke(app, ["code", "nobody"]).exit_code == 2
    assert "还没有试运行" in RUN.invoke(app, ["shadow", "report"]).output


def test_a_trial_is_counted_by_kind_of_matter_and_in_sum() -> None:
    def shown(intent: str, verdict: str | None) -> str:
        return json.dumps({"at": "", "intent": intent, "would": "open", "verdict": verdict})

    fields = {"shadow/1": shown("noise", "adopt"), "shadow/2": shown("noise", "skip"), "shadow/3": shown("noise", None),
              "shadow/4": shown("sanitation", "adopt"), "doubt/5": "{}"}
    noise, sanitation, total = report(fields)
    assert (noise.name, noise.shown, noise.adopted, noise.skipped, noise.agreement) == ("noise", 3, 1, 1, 0.5)
    assert (sanitation.agreement, total.shown, total.agreement) == (1.0, 4, 2 / 3)
    assert report({})[-1].agreement is None and replace(total, adopted=0, skipped=0).agreement is None
