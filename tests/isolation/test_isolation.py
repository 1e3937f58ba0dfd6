"""Lounges that are alike to the last word, on one instance: nothing that is said, counted, listed or exported crosses them."""

from __future__ import annotations

import asyncio
import csv
import io
import os
import re
from pathlib import Path

import pytest

from tests.isolation.street import CODE, MODELS, PLACE, Left, at_lounge, lived

PART, WHOLE = 48, 350
ALL = os.environ.get("LOUNGE_ISOLATION") == "whole"
MARK = re.compile(r"\bka[a-n][a-z]\b")


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """What a part of the lounges leaves behind, or all 350 of them."""
    return asyncio.run(lived(WHOLE if ALL else PART, tmp_path_factory.mktemp("street")))


@pytest.mark.skipif(not ALL, reason="350 lounges take half a minute: LOUNGE_ISOLATION=whole make test")
def test_D13_all_this_holds_for_350_lounges_of_two_groups_each(left: Left) -> None:
    assert len(left.cases) == WHOLE and all(len(one.ears) == 2 for one in left.settings.lounges.values())


def marks(*texts: object) -> set[str]:
    """The lounges that a value names, by their codes and by the ends of ids."""
    text = " ".join(map(str, texts))
    return set(MARK.findall(text)) | {code.lower() for code in CODE.findall(text)}


def lounge_of(to: str) -> str:
    """Whose lounge somebody is of: all people and accounts here bear it, but the shops' one account and the desks."""
    return next(iter(MARK.findall(to)), "")


def test_D13_equal_words_at_equal_places_open_one_case_in_each_lounge_with_its_own_people(left: Left) -> None:
    for nth, one in enumerate(left.settings.lounges):
        cases, model = left.cases[one], MODELS[nth % 2]
        assert [case.id for case in cases] == [f"{one.upper()}-{n:04d}" for n in range(1, 2 + (model == "xj-home"))], one
        assert marks(*cases) == {one}, "buildings, people, partners and mediators of a case are the lounge's"
        blocked = cases[0]
        assert blocked.building and PLACE[model][:1] in blocked.building
        assert [s.sender for s in blocked.supporters] == [f"wecom:a-{one}"], "who says the same in the other group joins the same case"
        assert blocked.helpers == (f"p-guyu.{one}",) and blocked.partners == (f"property.{one}",)
        assert all(marks(row.by, row.note) <= {one} for case in cases for row in left.journals[case.id])


def test_D13_no_line_and_no_card_is_said_in_or_about_another_lounge(left: Left) -> None:
    asked = {"case_gone"}  # the number in it is the asker's own word
    for line, outcome in left.said:
        home = lounge_of(line.to)
        about = marks(line.case, line.lounge, line.buttons, line.message, *([] if line.card in asked else [line.text, line.summary]))
        assert len(about) <= 1 and (not home or about <= {home}), f"{line.to} {line.card}: {line.text}"
        assert outcome == "delivered", outcome
    for one in left.settings.lounges:
        assert len(left.to(f"chat:{one}", "opened")) == 1 and len(left.to(f"person:p-guyu.{one}", "assist")) == 1
        assert len(left.to(f"person:p-jiamu.{one}", "partner_card")) == 1, "the property firm of this lounge alone"
        assert len(left.to(f"person:wecom:a-{one}", "seconded")) == 1


def test_D13_a_number_of_another_lounge_is_not_there_for_anybody(left: Left) -> None:
    for one in left.settings.lounges:
        cards = [line.card for line, _ in left.said if line.card in ("case_gone", "refuse_may", "refuse_part", "progress", "journal")
                 and lounge_of(line.to) == one]
        assert cards == ["case_gone"] * 3, "进度 in the group, 办结 by a member, 记录 by a host"


def test_D13_a_stranger_who_says_3栋_alone_is_asked_where_that_is(left: Left) -> None:
    strangers = [line for line, _ in left.said if "stranger" in line.to]
    assert {line.card for line in strangers} == {"where_private"} and len(strangers) == 5


def test_D13_lists_and_boards_count_what_their_own_lounge_has(left: Left) -> None:
    for nth, one in enumerate(left.settings.lounges):
        count = len(left.cases[one])
        member = "p-chunfen" if MODELS[nth % 2] == "hehua" else "p-lichun"
        (mine,) = left.to(f"person:{member}.{one}", "mylist")
        assert mine.text.startswith(f"您手上 {count} 件")
        host = f"person:{left.settings.lounges[one].host}"
        assert [line.text for line in left.to(host, "board_none")] == [f"在办 {count} 件，没有卡住的。"]
        places = len(left.settings.buildings_of(one))
        assert [f"还没排查{places}处" in line.text for line in left.to(host, "risks")] == [True]


def test_D13_names_that_all_lounges_bear_mean_the_one_who_works_there(left: Left) -> None:
    first, last = list(left.settings.lounges)[:20], list(left.settings.lounges)[-20:]
    for one in first:
        assert [lounge_of(line.to) for line, _ in left.said if line.card == "leave_sub" and lounge_of(line.to) == one] == [one]
        assert left.to(f"person:p-guyu.{one}", "leave_sub")
    for one in last:
        (handed,) = left.to(f"person:p-guyu.{one}", "handover_list")
        assert f"的 {len(left.cases[one])} 件" in handed.text and all(case.offered == f"p-guyu.{one}" for case in left.cases[one])
    mediators = {case.mediator for cases in left.cases.values() for case in cases if case.mediation}
    assert len(mediators) == len(left.settings.lounges) // 2, "each lounge called a mediator of its own"


def test_D13_a_digest_and_its_export_hold_the_scopes_cases_and_no_others(left: Left) -> None:
    for scope, made in left.digests.items():
        own = set(made.digest.scope.lounges)
        expected = {case.id for one in own for case in left.cases[one]}
        rows = list(csv.DictReader(io.StringIO(left.exports[scope])))
        assert {row["诉求单号"] for row in rows} == expected and len(rows) == len(expected), scope
        assert marks(left.exports[scope], made.digest) <= own and made.digest.counts["new"] == len(expected)
        assert made.digest.counts["seconded"] == len(own), "one voice more in each"
        assert made.digest.loads[-1].cases == len(expected)
    assert len(left.digests["city"].digest.scope.lounges) == len(left.settings.lounges)


def test_D13_a_row_of_the_feed_is_about_one_lounge(left: Left) -> None:
    assert left.feed
    for row in left.feed:
        facts = {name: value for name, value in row.facts.items() if not (name in ("text", "why") and "没找到" in value)}
        assert len(marks(*facts.values())) <= 1, facts


def test_D13_health_is_of_the_whole_instance_and_names_no_lounge(left: Left) -> None:
    assert (left.health["inbox"], left.health["outbox"], left.health["buried"]) == (0, 0, 0)
    assert not marks(str(left.health), left.metrics) & set(left.settings.lounges)


def test_the_nth_lounge_has_a_code_of_its_own() -> None:
    assert len({at_lounge(nth) for nth in range(WHOLE)}) == WHOLE


def test_the_command_lines_board_and_journal_read_one_lounge_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                                 capsys: pytest.CaptureFixture[str]) -> None:
    import json

    from bot.commands import board
    from tests.isolation.street import street

    asyncio.run(lived(4, tmp_path))
    monkeypatch.setenv("LOUNGE_DATA", str(tmp_path))
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setattr(board, "settings_or_exit", lambda *_: street(4))
    board.command("kaab", risks=True, as_json=True)
    assert marks(json.loads(capsys.readouterr().out)) == {"kaab"}
    board.command("kaab")
    shown = capsys.readouterr().out  # by today's date they are stuck, or not yet
    assert marks(shown) <= {"kaab"} and ("在办 2 件" in shown or shown.count("KAAB-") == 2)
    board.journal("KAAB-0001")
    assert marks(capsys.readouterr().out) == {"kaab"}


def test_D13_a_gap_of_a_lounge_is_not_told_of_another_one_that_bears_its_name() -> None:
    from dataclasses import replace

    from bot.digest.scopes import of_lounge
    from bot.digest.sureness import gaps
    from tests.isolation.street import START, street

    base = street(3)
    alike = {one.id: replace(one, name="同名客厅", duty={} if one.id == "kaaa" else one.duty) for one in base.lounges.values()}
    settings = replace(base, lounges=alike)
    told = {one.id: any("没人值班" in line for line in gaps(settings, of_lounge(one), START)) for one in alike.values()}
    assert told == {"kaaa": True, "kaab": False, "kaac": False}
