"""步骤, 同意, 调解不成: walks the playbook, has each side agree in private, and says what the law offers where they do not."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import mediated, playbook
from bot.domain.case import Case, State
from bot.domain.events import Event, Happened, Refusal
from bot.domain.parts import parts, who_may
from bot.domain.transitions import step
from bot.domain.walls import side_of
from bot.handlers import cards
from bot.handlers.context import Here, Speaker
from bot.handlers.quarrel_cards import SIDE_SAID
from bot.messages import ButtonPress, Outgoing
from bot.store.port import Change

STEPPERS, ENDERS = frozenset({"mediator"}), frozenset({"mediator", "responsible", "host"})


async def act(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """步骤 N 分别听 对方 内容. Without a name it is the step that comes next; after the end only 履约回访 is left."""
    from bot.handlers.act import need_note, refusal, refuse
    from bot.handlers.mediation import moved

    if not parts(press.sender, case, here.settings) & STEPPERS:
        return refuse(press, case, "refuse_may", here, speaker, {"command": "步骤", "who": who_may(STEPPERS, here.settings, case)})
    words = press.note.strip()
    if not words:
        return need_note(press, case, here)
    found = mediated.of(case)
    said = playbook.read_step(words, press.args.get("step", "")) or playbook.Said(playbook.behind(found) or playbook.CHECK, words)
    if case.state is not State.MEDIATING and said.step != playbook.CHECK:
        return refusal(press, case, Refusal(text="refuse_state"), here, speaker)
    args = {"step": said.step, **({"side": said.side} if said.side else {}), **({"skip": "1"} if said.skip else {}),
            **({"paper": said.paper} if said.paper else {})}
    event = Happened(event=Event.MEDIATION_STEP, at=here.now, by=press.sender, note=said.note, args=args)
    if isinstance(done := step(case, event, here.settings), Refusal):
        return refusal(press, case, done, here, speaker)
    change = moved(press, case, event, here, speaker, {"step": _said(said)})
    named = tuple((number, replace(row, note=f"{_said(said)}：{row.note}")) for number, row in change.journal)
    change = replace(change, journal=named)
    return _settled(press, case, change, here)


def _said(said: playbook.Said) -> str:
    """分别听·对方, 讲情理（跳过）."""
    side = f"·{SIDE_SAID[said.side]}" if said.side else ""
    return f"{playbook.STEPS[said.step]}{side}{'（跳过）' if said.skip else ''}"


async def agree(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """同意 or 不同意 of one side, in private. With both it is an agreement, and the case is done until its day."""
    from bot.handlers.act import refuse
    from bot.handlers.mediation import moved

    side, found = side_of(case, press.sender), mediated.of(case)
    if not side or not found.agreement or case.state is not State.MEDIATING:
        return refuse(press, case, "agree_nothing", here, speaker, {})
    yes = press.args.get("grade", "yes") == "yes"
    words = f"{SIDE_SAID[side]}{'同意' if yes else '不同意'}" + (f"：{press.note.strip()}" if press.note.strip() else "")
    event = Happened(event=Event.MEDIATION_STEP, at=here.now, by=press.sender, note=words, args={"sign" if yes else "unsign": side})
    change = moved(press, case, event, here, speaker, {"note": press.note.strip() or "没有说原因", "who": SIDE_SAID[side]})
    return _settled(press, case, change, here)


def _settled(press: ButtonPress, case: Case, change: Change, here: Here) -> Change:
    """The second signature settles the case: the agreement is the result, both sides have it in their hands."""
    if not change.cases or mediated.complete(case) or not mediated.complete(change.cases[0]):
        return change
    now = change.cases[0]
    found = mediated.of(now)
    by = now.mediator or now.attendant
    event = Happened(event=Event.RESOLVED, at=here.now, by=by, note=f"双方达成协议：{found.agreement}")
    done = step(now, event, here.settings)
    if isinstance(done, Refusal):
        return change
    lines = [_calmly(line, done.case, here) for line in cards.lines_of(done, event, here, None) if line.card != "resolved"]
    told = {now.attendant: "responsible", by: "mediator", found.b_sender: "other"}
    lines += [cards.card_for(done.case, "agreement_done", f"person:{who}", here, part=part) for who, part in told.items()
              if who and f"person:{who}" not in {line.to for line in lines}]
    say, forward = cards.send(lines)
    rows = tuple((case.id, row) for row in done.rows)
    answers = tuple(one for one in change.forward if getattr(getattr(one[2], "say", None), "to", "") not in {x.to for x in lines})
    return replace(change, cases=(done.case,), journal=change.journal + rows, say=change.say + say, forward=answers + forward)


def _calmly(line: Outgoing, case: Case, here: Here) -> Outgoing:
    """The question after the rating speaks of what was agreed, not of the first angry words again."""
    if line.card != "ask_rating":
        return line
    return replace(line, text=cards.render("agreement_rating", cards.facts(case, here), here.settings))


async def fail(press: ButtonPress, case: Case, here: Here, speaker: Speaker) -> Change:
    """调解不成 N 原因: it goes back to who handles it, and both sides hear which ways the law offers."""
    from bot.handlers.act import need_note, refusal, refuse
    from bot.handlers.mediation import moved

    if not parts(press.sender, case, here.settings) & ENDERS:
        return refuse(press, case, "refuse_may", here, speaker, {"command": "调解不成", "who": who_may(ENDERS, here.settings, case)})
    if case.state is not State.MEDIATING:
        return refusal(press, case, Refusal(text="refuse_state"), here, speaker)
    if len(press.note.strip()) < playbook.NOTE_LEAST:
        return need_note(press, case, here)
    event = Happened(event=Event.MEDIATION_STEP, at=here.now, by=press.sender, note=f"调解不成：{press.note.strip()}", args={"fail": "1"})
    return moved(press, case, event, here, speaker)
