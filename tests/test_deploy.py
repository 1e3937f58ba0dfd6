"""What is shipped for running it names what the program reads, and leads where the program listens."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "connect-wecom.md").read_text(encoding="utf-8")


def variables() -> set[str]:
    """Every environment variable that the shipped channels name."""
    channels = yaml.safe_load((ROOT / "config" / "channels.yaml").read_text(encoding="utf-8"))["channels"]
    return {name for one in channels.values() for name in (*one.get("secrets", {}).values(), *one.get("options", {}).values())
            if name.startswith("LOUNGE_")}


def test_every_secret_of_the_channels_has_its_line_in_the_sample_of_the_environment() -> None:
    lines = (DEPLOY / "lounge.env.example").read_text(encoding="utf-8").splitlines()
    named = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert variables() <= named.keys()
    assert all(not value for name, value in named.items() if name in variables())  # a sample holds no secret


def test_the_unit_the_image_and_the_proxy_agree_on_the_port() -> None:
    for name in ("lounge.service", "Dockerfile", "compose.yaml", "nginx.conf"):
        assert "8443" in (DEPLOY / name).read_text(encoding="utf-8"), name
    assert "127.0.0.1:8443:8443" in (DEPLOY / "compose.yaml").read_text(encoding="utf-8")


def test_compose_gives_a_redis_that_evicts_nothing_and_writes_before_it_answers() -> None:
    redis = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))["services"]["redis"]["command"]
    assert redis[redis.index("--appendfsync") + 1] == "always" and redis[redis.index("--maxmemory-policy") + 1] == "noeviction"


def test_the_guide_leads_to_files_that_are_there_and_commands_that_exist() -> None:
    for link in re.findall(r"\]\((\.\./[^)]+)\)", GUIDE):
        assert (ROOT / "docs" / link).exists(), link
    from bot.cli import app

    known = {one.name for one in app.registered_commands} | {one.name for one in app.registered_groups}
    assert set(re.findall(r"`?lounge (doctor|chats|bind|code|shadow|run)\b", GUIDE)) <= known
    assert "docs/connect-wecom.md" in (ROOT / "README.md").read_text(encoding="utf-8")
