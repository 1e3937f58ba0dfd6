"""Which facts each card is made of: those it must show and those it may; config and handlers hold to it."""

from __future__ import annotations

# Facts that every card about a case may use.
CASE_FACTS = frozenset({
    "number", "intent", "place", "attendant", "gist", "state", "reporter", "result", "due", "rounds", "lounge", "why",
    "host", "note", "by", "grade", "last", "command", "who", "hotline", "into", "partner", "partners", "people", "items",
    "count", "answer", "examples", "tier", "day", "owner", "version", "date",
})

# card -> blanks without which it would say nothing.
MUST: dict[str, frozenset[str]] = {
    name: frozenset(blanks.split())
    for name, blanks in {
        "opened": "number attendant", "opened_where": "number", "opened_night": "number", "emergency": "hotline number",
        "accepted": "number", "resolved": "number result", "answer": "answer", "opened_private": "number",
        "detail_ok": "number", "placed_ok": "number place", "seconded": "number", "noted": "number note",
        "asked": "number note", "moved": "number attendant", "linked": "number partner", "ask_rating": "number result",
        "ask_rating_group": "reporter number result", "remind_rating": "number", "result": "number result",
        "rated_ok": "number", "disputed_ok": "number", "withdrawn_ok": "number", "split_ok": "number",
        "merged": "number into", "not_accepted": "number note", "answered": "answer number", "where_again": "number",
        "assigned": "number place intent gist", "emergency_card": "number gist", "reopened": "number rounds",
        "remind": "number", "remind_progress": "number", "remind_review": "number", "remind_deliver": "number",
        "passed": "number attendant", "supplied": "number note", "said_fixed": "number note", "rated": "number grade", "withdrawn": "number",
        "accepted_ok": "number", "declined_ok": "number", "noted_ok": "number", "asked_ok": "number",
        "resolved_ok": "number", "linked_ok": "number partner", "merged_ok": "number into", "not_accepted_ok": "number",
        "handed_ok": "count attendant", "morning": "count items", "visit_day": "lounge count", "morning_group": "count items", "need_note_decline": "number",
        "need_note_escalate": "number", "need_note_resolve": "number", "need_note_transfer": "number",
        "need_note_ask": "number", "need_note_note": "number", "need_note_link": "number", "need_note_reject": "number",
        "need_note_visit": "number", "which": "items", "ask_host": "gist intent", "doubt_opened": "number",
        "doubt_dismissed": "", "doubt_corrected": "number intent", "second_needed": "number", "progress": "number state",
        "progress_ended": "number state", "progress_none": "", "progress_list": "items", "mylist": "items",
        "mylist_none": "", "why_me": "why", "help": "version date", "menu": "items", "forgotten": "", "where_private": "",
        "case_gone": "number", "refuse_may": "number who", "refuse_state": "number state", "refuse_too_late": "number",
        "refuse_last": "number", "refuse_top": "number", "need_person": "people", "need_partner": "partners",
        "need_grade": "number",
        "triage": "number place intent gist", "informed": "number attendant", "remind_dispatch": "number",
        "remind_handle": "number", "remind_reply": "number", "remind_visit": "number", "remind_risk": "number",
        "remind_after": "number", "risk_handed": "number owner day items", "risk_yours": "number day",
        "risk_ok": "number tier", "refuse_decides": "number", "refuse_untold": "number", "refuse_tier": "number",
        "refuse_high": "number", "welcome": "version date", "heard": "", "reply_below": "", "unbound_chat": "",
        "bind_done": "attendant", "bind_wrong": "count", "bind_locked": "", "bind_known": "",
        "shadow_open": "gist intent attendant", "shadow_ask": "gist intent", "shadow_ok": "",
    }.items()
}
