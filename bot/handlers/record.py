"""The journal of a case as people read it: one line a happening, who did what when, and why."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.case import Case, Row
from bot.domain.events import BOT, CLOCK, Event
from bot.domain.settings import Settings

SAID: dict[Event, str] = {
    Event.REPORTED: "上报诉求", Event.DETAILED: "补充情况", Event.SECONDED: "附议", Event.ASSIGNED: "派单",
    Event.ACCEPTED: "接单", Event.DECLINED: "退单", Event.TRANSFERRED: "转派", Event.NOTED: "跟进",
    Event.ASKED: "请群众补充", Event.SUPPLIED: "已补充", Event.REMINDED: "催办", Event.ESCALATED: "上报",
    Event.LINKED: "联动", Event.MEDIATOR_SUGGESTED: "建议调解员", Event.MEDIATION_OPENED: "启动调解",
    Event.MEDIATION_STEP: "调解步骤", Event.VISIT_AGREED: "约定上门", Event.RESOLVED: "办结", Event.DELIVERED: "反馈送达",
    Event.RATED: "评价", Event.DISPUTED: "没解决", Event.REOPENED: "重新办理", Event.CALLBACK_DONE: "回访",
    Event.ANSWERED: "已答复", Event.CLOSED: "结案", Event.WITHDRAWN: "撤回", Event.MERGED: "并案", Event.SPLIT: "拆分",
    Event.NOT_ACCEPTED: "不予受理", Event.HANDED_OVER: "移交", Event.SETTINGS_CHANGED: "时限调整",
}


def lines(case: Case, rows: Sequence[Row], settings: Settings) -> list[str]:
    """Every row in order: `11月2日 10:00 立春 接单：…`. Voices are called by what they are, never by an id."""
    return [line(case, row, settings) for row in rows]


def line(case: Case, row: Row, settings: Settings) -> str:
    """One row; the first is told in the reporter's own words, not in those of whoever recognised them."""
    local = settings.local(row.at)
    what = SAID.get(Event(row.event), row.event)
    note = f"“{case.gist.split('；')[0]}”" if row.event == Event.REPORTED and case.gist else row.note
    said = f"{local.month}月{local.day}日 {local.hour:02d}:{local.minute:02d} {who(case, row.by, settings)} {what}"
    return f"{said}：{note}" if note else said


def who(case: Case, person: str, settings: Settings) -> str:
    """Who did it: a name of the installation, what a voice is to the case, or the clock."""
    fixed = {CLOCK: "到点自动", BOT: "小客厅", case.reporter: "诉求人"}
    known = settings.people.get(person)
    return known.name if known else fixed.get(person, "附议人")
