"""Whether a line belongs to a case that is already known: by quote, speaker, place, matter and time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.case import Case, State
from bot.domain.events import Event
from bot.intents import kin
from bot.intents.heard import Heard
from bot.intents.kin import ABOUT_OWN_ACTS, Around, Leaning, Rarity
from bot.intents.kin_signs import NOWHERE, Near, before_of, place_of
from bot.intents.place import Placed
from bot.intents.prelude import prelude
from bot.intents.speech import Act, is_staff
from bot.messages import ChatLine

BURST = timedelta(minutes=4)  # one matter comes in several short lines
SAME_TALK = timedelta(minutes=30)  # the same speaker still means the same matter
JUST_NOW = timedelta(minutes=1)
ECHO = timedelta(minutes=20)  # 我也是 without further words means what was just said
SAME_MATTER = timedelta(hours=24)  # another voice about the same matter at the same place
AFTER_END = timedelta(days=7)
SILENT = frozenset({Act.GREETING, Act.JOKE, Act.ADVERT, Act.NOTICE, Act.CHAIN, Act.STICKER, Act.PRICE})
FAR = 99
ALIKE = 1.3  # how much of the wording two tellings of one matter share, as `kin.shared` counts


def reach(heard: Heard) -> timedelta:
    """How far back an open case must have been touched for a line to belong to it without being the speaker's own."""
    return ECHO if heard.decision == "ignore" or heard.intent is None else SAME_MATTER


@dataclass(frozen=True, slots=True)
class Belongs:
    """The case a line belongs to, and the event it is there; None: it is only remembered (thanks, progress)."""

    case: Case
    event: Event | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known around a line: the speaker's own cases, the quoted one, the lounge's open ones, the last lines."""

    own: Sequence[Case]
    quoted: Case | None
    open: Iterable[Case]
    talk: Sequence[ChatLine]
    leaning: Leaning
    rare: Rarity
    near: Callable[[str, str], Near]  # (text, gist) -> how nearly they speak of the same


def belongs(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> Belongs | None:
    """The first rule that holds, from the surest to the loosest."""
    for rule in (_by_quote, _by_own, _by_echo, _by_matter):
        found = rule(line, heard, placed, known, now)
        if found is not None:
            return found
    return None


def _by_quote(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> Belongs | None:
    """Who quotes a case's words and neither answers for an office nor back says the same, or goes on about his own."""
    case = known.quoted
    if case is None or heard.act in SILENT:
        return None
    if case.role_of(line.sender) in ("reporter", "supporter"):
        return Belongs(case, event_for(heard.act, case, line.sender), "引用了这件事的话")
    if _speaks_for_office(line.name) or not case.open:
        return None
    if heard.act is not Act.SECOND:  # 我也是 under a quote leaves nothing to weigh
        near = replace(around(case, line, heard, scene_of(line, placed, known, now)), since=JUST_NOW, lines_between=0)  # a quote brings it near
        if kin.quotes(line.text, heard.act, case.gist, known.leaning(line.text, case.intent), near, known.rare) < kin.QUOTE_LEAST:
            return None  # who is meant answers back, who is amused jokes
    return Belongs(case, Event.SECONDED, "引用后说了同样的事")


def _by_own(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> Belongs | None:
    """A further line of somebody who has a case: the case it fits best, if it fits well enough."""
    score, case = nearest_own(line, heard, placed, known, now)
    if case is None or score < kin.own_least(heard):
        return None
    return Belongs(case, event_for(heard.act, case, line.sender), OWN_WORDS.get(heard.act, "同一个人接着说"))


def nearest_own(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> tuple[float, Case | None]:
    """The speaker's own case that a line fits best, and how well (logits, see kin.OWN_LEAST); kin.NEVER and None where he has none."""
    own = [case for case in known.own if _alive(case, now) and not _another(case, heard, placed)]
    if not own:
        return kin.NEVER, None
    scene = scene_of(line, placed, known, now)

    def fits(case: Case) -> float:
        return kin.about_own(line.text, heard.act, case.gist, known.leaning(line.text, case.intent),
                             around(case, line, heard, scene), known.rare)

    score, _, _, best = max(((fits(case), case.spoken_at, case.id, case) for case in own), key=lambda one: one[:3])
    return score, best


def _by_echo(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> Belongs | None:
    """Somebody else right after: 我也是, 是啊, 309也有."""
    if _speaks_for_office(line.name) or heard.act in SILENT:
        return None
    best: tuple[float, Case] | None = None
    joins = kin.joins_in(line.text, heard.act, heard.ways)
    near_by = [case for case in known.open if (joins or case.urgent) and now - case.spoken_at <= ECHO
               and case.reporter != line.sender and not case.private and not _another(case, heard, placed)]
    if not near_by:
        return None
    scene = scene_of(line, placed, known, now)
    for case in near_by:
        near = around(case, line, heard, scene)
        score = kin.echoes(line.text, heard.act, case.gist, known.leaning(line.text, case.intent), near, known.rare)
        score -= 2.0 if kin.addresses(line.text, case.reporter_name) else 0.0
        if best is None or (score, case.spoken_at, case.id) > (best[0], best[1].spoken_at, best[1].id):
            best = (score, case)
    if best is None or best[0] < kin.ECHO_LEAST:
        return None
    return Belongs(best[1], Event.SECONDED, "说自己也是")


def _by_matter(line: ChatLine, heard: Heard, placed: Placed, known: Known, now: datetime) -> Belongs | None:
    """A matter that is already a case: the same intent at a compatible place within a day."""
    if heard.decision == "ignore" or heard.intent is None:
        return None
    for case in sorted(known.open, key=lambda c: c.spoken_at, reverse=True):
        if case.intent != heard.intent or now - case.spoken_at > SAME_MATTER or _elsewhere_said(case, placed):
            continue
        if case.reporter == line.sender:
            return Belongs(case, event_for(Act.PLAIN, case, line.sender), "同一个人又说同一件事")
        if heard.decision != "open" and not kin.says_also(line.text):
            continue  # somebody else's half-sure word on the same matter is advice or an answer
        same_place = placed.building is not None and placed.building == case.building
        alike = kin.shared(line.text, case.gist, known.rare) >= ALIKE
        if not case.private and (alike or same_place and now - case.spoken_at <= ECHO):
            return Belongs(case, Event.SECONDED, "又有人说同一件事")
    return None


def one_breath(line: ChatLine, heard: Heard, talk: Sequence[ChatLine], leaning: Leaning, rare: Rarity,
               hear: Callable[[ChatLine], Heard]) -> tuple[str, ...]:
    """Ids of the lines that the same speaker said just before and that are part of what he now says."""
    own = [t for t in talk if t.sender == line.sender and t.id != line.id and timedelta(0) <= line.at - t.at <= BURST]

    def near(said: Heard) -> Around:
        as_heard = replace(said, intent=heard.intent)
        return Around(since=timedelta(minutes=3), lines_between=1, reporter=True, heard=as_heard, intent=heard.intent or "")

    return tuple(t.id for t in own if kin.about_own(
        t.text, Act.PLAIN, line.text, leaning(t.text, heard.intent or ""), near(hear(t)), rare) >= kin.OWN_LEAST)


def lines_ago(talk: Sequence[ChatLine], line: ChatLine) -> dict[str, int]:
    """How many other lines were said after each line of the talk, 0 for the one just before; by its id."""
    ago: dict[str, int] = {}
    for place, name in enumerate(t.id for t in reversed(talk) if t.id != line.id):
        ago.setdefault(name, place)
    return ago


@dataclass(frozen=True, slots=True)
class Scene:
    """What is the same for every case that a line is held against: `lines_ago`, how many cases were spoken of lately, the speaker's own.

    `before`: the speaker's line before, in the recent talk; "" for none.
    """

    ago: Mapping[str, int]
    before: str
    lively: int
    own: Sequence[Case]
    now: datetime
    placed: Placed
    near: Callable[[str, str], Near]
    prelude: tuple[str, ...]


def scene_of(line: ChatLine, placed: Placed, known: Known, now: datetime) -> Scene:
    """The scene in which a line is said."""
    lively = sum(case.open and now - case.spoken_at <= ECHO for case in known.open)
    before = next((one.id for one in reversed(known.talk) if one.sender == line.sender and one.id != line.id), "")
    own = [case for case in known.own if _alive(case, now)]
    spoke = prelude([(one.sender, one.name) for one in known.talk if one.id != line.id], line.sender) if own else ()
    return Scene(lines_ago(known.talk, line), before, lively, own, now, placed, known.near, spoke)


def around(case: Case, line: ChatLine, heard: Heard, scene: Scene) -> Around:
    """How near a line is to what was last said of a case."""
    between = min((scene.ago[message] for message in case.messages if message in scene.ago), default=FAR)
    own = any(one.id == case.id for one in scene.own)
    return Around(since=scene.now - case.spoken_at, lines_between=between, heard=heard, intent=case.intent,
                  messages=len(case.messages), lively=scene.lively, cases=len(scene.own),
                  older=own and any(other.spoken_at > case.spoken_at for other in scene.own),
                  to_bot=line.at_bot, urgent=case.urgent, reporter=case.reporter == line.sender,
                  place=place_of(scene.placed, case.building), left=case.left,
                  before=before_of(scene.before, case.messages), near=scene.near(line.text, case.gist) if own else NOWHERE,
                  prelude=scene.prelude if own else ())


def event_for(act: Act, case: Case, sender: str) -> Event | None:
    """What an act by somebody of the case is, given where the case stands."""
    ended = not case.open
    settled = case.state in (State.RESOLVED, State.CLOSED)
    if act is Act.UNRESOLVED and (settled or case.state is State.ANSWERED):
        return Event.REOPENED if ended else Event.DISPUTED
    if act in (Act.SATISFIED, Act.UNSATISFIED, Act.RESOLVED) and settled and sender == case.reporter:
        return Event.RATED
    if act is Act.WITHDRAW and case.open and sender == case.reporter:
        return Event.WITHDRAWN
    if act in (Act.THANKS, Act.PROGRESS, Act.SATISFIED) or ended:
        return None
    return Event.SUPPLIED if case.state is State.WAITING and sender == case.reporter else Event.DETAILED


_OFFICE = re.compile("社工|后勤|人事|专员|书记|主任|值班|管理处|调解员|党群|楼栋长|楼长|网格|物业|客服|保安|社区|街道|服务中心")


def _speaks_for_office(name: str) -> bool:
    """Whether a nickname is that of somebody who answers people rather than appeals."""
    return is_staff(name) or bool(_OFFICE.search(name))


def _alive(case: Case, now: datetime) -> bool:
    return case.open or now - (case.ended_at or case.touched_at) <= AFTER_END


def _another(case: Case, heard: Heard, placed: Placed) -> bool:
    """A line that says enough for a case of its own and names another building is another matter."""
    return heard.decision == "open" and placed.source == "said" and case.building is not None and placed.building != case.building


def _elsewhere_said(case: Case, placed: Placed) -> bool:
    """For another speaker his own building counts too: 3栋's noise is not 5栋's."""
    return placed.building is not None and case.building is not None and placed.building != case.building


OWN_WORDS = {
    Act.RESOLVED: "说好了，接着自己的这件事", Act.UNRESOLVED: "说还没好，接着自己的这件事", Act.THANKS: "为自己的这件事道谢",
    Act.SATISFIED: "对自己的这件事满意", Act.UNSATISFIED: "对自己的这件事不满意", Act.WITHDRAW: "自己的这件事不用办了",
    Act.PROGRESS: "问自己这件事的进展",
}
assert set(OWN_WORDS) == ABOUT_OWN_ACTS
