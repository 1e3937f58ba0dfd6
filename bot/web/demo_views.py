"""Turns what the bot knows (a line heard, a case, a clock) into the words and figures of the demo page; all pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.case import Case, Row, State
from bot.domain.commands import LABEL
from bot.domain.events import BOT, CLOCK
from bot.domain.settings import Settings
from bot.handlers.cards import name_of, place_of
from bot.intents.heard import Heard
from bot.intents.place import Placed
from bot.intents.speech import Act
from bot.messages import ButtonPress, ChatLine, Decision
from bot.web.demo_state import CaseView, Thought

STAGES = ("收集", "分拨", "办理", "反馈", "评价")
_STAGE = {
    State.REPORTED: 0, State.ASSIGNED: 1, State.HANDLING: 2, State.WAITING: 2, State.MEDIATING: 2, State.RESOLVED: 3,
}
OVER = len(STAGES)
FAINT = 20.0  # likeness below which nothing is worth showing
EVENTS = {
    "Reported": "上报诉求", "Detailed": "补充情况", "Seconded": "附议", "Assigned": "派单", "Accepted": "接单",
    "Declined": "退单", "Transferred": "转派", "Noted": "跟进", "Asked": "请群众补充", "Supplied": "已补充",
    "Reminded": "催办", "Escalated": "上报一级", "Linked": "联动", "MediatorSuggested": "建议调解",
    "MediationOpened": "启动调解", "MediationStep": "调解步骤", "VisitAgreed": "约定上门", "Resolved": "办结",
    "Delivered": "结果送达", "Rated": "评价", "Disputed": "没解决", "Reopened": "重新办", "CallbackDone": "回访",
    "Answered": "已答复", "Closed": "结案", "Withdrawn": "撤回", "Merged": "并案", "Split": "拆分",
    "NotAccepted": "不予受理", "HandedOver": "交接", "SettingsChanged": "配置变更",
}
ACTS = {
    "resolved": "说好了", "unresolved": "说没好", "thanks": "道谢", "satisfied": "满意", "unsatisfied": "不满意",
    "withdraw": "不办了", "progress": "问进展", "second": "附议", "notice": "通知", "advert": "广告", "chain": "接龙",
    "greeting": "寒暄", "joke": "玩笑", "price": "询价", "hearsay": "听来的事", "negated": "说没这回事",
    "working": "答应去办", "sticker": "表情", "question": "提问", "plain": "陈述",
}
DUE_FOR = {
    "dispatch": "还没定给谁就提醒", "handle": "办理时限", "visit": "约好的上门时间", "reply": "月底前答复建议",
    "risk": "重大风险要有结果", "callback": "回访", "care": "回头看看", "fulfil": "履约到期",
    "accept": "还没人接就提醒", "progress": "没有新进展就提醒", "supply": "等街坊补充到此时", "mediate": "调解到期",
    "review": "再摆到上级面前", "deliver": "确认结果已送达", "rate": "再问一声满不满意，没回音就结案",
}
SOURCES = {"said": "话里说的", "nickname": "群昵称里的", "only": "客厅只有这一处", "unknown": "没有说到"}


def stage_of(case: Case) -> int:
    """Which of the five stages a case is in; a result that has arrived waits for its 评价."""
    if case.state is State.RESOLVED and case.delivered_at is not None:
        return 4
    return _STAGE.get(case.state, OVER)


def case_view(case: Case, rows: Sequence[Row], settings: Settings) -> CaseView:
    """A case and its journal as the page shows them."""
    name, due = min(case.deadlines.items(), key=lambda item: item[1], default=("", None))
    intent = settings.intents.get(case.intent)
    return CaseView(
        id=case.id, lounge=case.lounge, state=case.state.value, state_name=settings.words[f"state.{case.state}"],
        stage=stage_of(case), open=case.open, intent=intent.name if intent else case.intent,
        place=place_of(case, settings), level=settings.words.get(f"level.{case.level}", case.level),
        attendant=name_of(case.attendant, settings), attendant_id=case.attendant, why=case.why_attendant,
        reporter=case.reporter_name or "街坊", reporter_id=case.reporter, rounds=case.rounds,
        grade=settings.words.get(f"grade.{case.grade}", ""), due=due, due_for=DUE_FOR.get(name, ""),
        touched=case.touched_at,
        journal=tuple((row.at, EVENTS.get(row.event, row.event), _by(row.by, case, settings), row.note) for row in rows),
    )


def _by(who: str, case: Case, settings: Settings) -> str:
    """Who did it, as people say it."""
    if who in settings.people:
        return settings.people[who].name
    fixed = {BOT: "小客厅", CLOCK: "时钟"}
    return fixed.get(who) or (case.reporter_name if who == case.reporter else "") or "街坊"


def line_thought(line: ChatLine, heard: Heard, placed: Placed, decision: Decision, settings: Settings) -> Thought:
    """What the bot made of a line: how it sounds alone, where it is, and what was decided in its place."""
    alike = heard.score >= FAINT
    second = heard.second if alike else None
    quietly = decision.decision == "ignore" and not alike
    return Thought(
        id=line.id, name=line.name, text=line.text, lounge=line.lounge, decision=decision.decision,
        intent=_intent(decision.intent, settings), first=_intent(heard.intent, settings) if alike else "",
        score=round(heard.score, 1) if alike else 0.0, second=_intent(second[0], settings) if second else "",
        second_score=round(second[1], 1) if second else 0.0, spans=spans(line.text, heard.words),
        words=tuple(dict.fromkeys(heard.words)), place=f"{placed.building or ''}{placed.unit or ''}" if not quietly else "",
        place_why=(placed.why or SOURCES.get(placed.source, "")) if not quietly else "", urgent=heard.urgent,
        heated=heard.heated, act=ACTS.get(heard.act.value, heard.act.value),
        why="" if quietly and heard.act is Act.PLAIN else decision.why or heard.why, case=decision.case,
    )


def press_thought(press: ButtonPress, name: str, decision: Decision, shown: str = "") -> Thought:
    """What became of a verb: a button pressed, a command typed, or words that answered one; `shown` is the bubble."""
    label = LABEL.get(press.verb, press.verb)
    number = decision.case or press.case
    text = shown or f"{label} {number or ''}".strip()
    why = decision.why if decision.why not in ("", label) else ""
    done = "刚才问的就是这一句" if press.note and press.note == shown else f"{number} 的卡片上点的" if number else ""
    return Thought(
        id=press.id, name=name, text=text, lounge=press.lounge, decision=decision.decision, intent=label,
        why=why or done, case=number,
    )


def _intent(intent: str | None, settings: Settings) -> str:
    known = settings.intents.get(intent or "")
    return known.name if known else intent or ""


def spans(text: str, words: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """Where the matched words stand in a text: literally, else their longest common piece of two characters or more."""
    marks: set[int] = set()
    for word in words:
        begin, length = _longest(text.lower(), word.lower())
        if length >= min(2, len(word)):
            marks |= set(range(begin, begin + length))
    found: list[tuple[int, int]] = []
    for index in sorted(marks):
        if found and found[-1][1] == index:
            found[-1] = (found[-1][0], index + 1)
        else:
            found.append((index, index + 1))
    return tuple(found)


def _longest(text: str, word: str) -> tuple[int, int]:
    """(begin in text, length) of the longest common substring."""
    for length in range(min(len(word), len(text)), 0, -1):
        for start in range(len(word) - length + 1):
            at = text.find(word[start:start + length])
            if at >= 0:
                return at, length
    return 0, 0


def first_instant(wall: datetime, settings: Settings) -> datetime:
    """Where the demo's clock starts: the next working weekday's 10:00 (local) after `wall`."""
    zone = ZoneInfo(settings.timezone)
    day = wall.astimezone(zone).date()
    for ahead in range(400):
        at = datetime.combine(day + timedelta(days=ahead), time(10), zone)
        if at > wall and at.isoweekday() <= 5 and settings.calendar.is_open(at):
            return at.astimezone(UTC)
    return wall


def next_morning(now: datetime, settings: Settings) -> datetime:
    """The next time a working day begins after `now`."""
    zone = ZoneInfo(settings.timezone)
    day = now.astimezone(zone).date()
    for ahead in range(400):
        hours = settings.calendar.hours_on(day + timedelta(days=ahead))
        if hours:
            at = datetime.combine(day + timedelta(days=ahead), time(), zone) + timedelta(seconds=hours[0][0])
            if at > now:
                return at.astimezone(UTC)
    return now + timedelta(days=1)
