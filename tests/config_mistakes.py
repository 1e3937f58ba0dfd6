"""Ways to break a copy of the shipped configuration, and the one line that each must give."""

from __future__ import annotations

from typing import NamedTuple

from bot.domain.cards import CASE_FACTS

PEOPLE, PLACES, LOUNGES, PACE = "people.yaml", "places.yaml", "lounges.yaml", "pace.yaml"
TEXTS, CHANNELS, NOISE = "texts.zh.yaml", "channels.yaml", "intents/noise.yaml"


class Broken(NamedTuple):
    """Replace `old` by `new` in `file`; the line of `named` (else `file`) that holds `marker` is blamed."""

    name: str
    file: str
    old: str
    new: str
    marker: str
    key: str
    why: str
    named: str = ""
    together: bool = False  # also tried with the others of its kind, all at once


_OFF = "give an address on a channel that is on"
MISTAKES = (
    Broken("an unknown key", PLACES, "{aliases: [香江A", "{alaises: [香江A", "alaises", "buildings.香江家居广场A栋.alaises",
           "unknown key; did you mean aliases?", together=True),
    Broken("an unknown key inside a list", LOUNGES, "chat: etime}]", "chat: etime, loud: true}]", "loud",
           "lounges.etime.ears[0].loud", "unknown key; known here: channel, chat"),
    Broken("a key written twice", PACE, "bot_names:", "timezone: Asia/Tokyo\nbot_names:", "Tokyo", "timezone",
           "this key is written twice; keep one"),
    Broken("a key left out", PEOPLE, "    organisation: 家居商圈党支部\n", "", "p-lichun:",
           "people.p-lichun.organisation", "this key is missing", together=True),
    Broken("a value of the wrong type", PACE, "accept: 120", "accept: soon", "soon", "paces.normal.accept",
           "should be a valid integer, not 'soon'", together=True),
    Broken("yes for true", CHANNELS, "on: true", "on: yes", "on: yes", "channels.plain.on",
           "should be a valid boolean, not 'yes'"),
    Broken("an area without a parent", PLACES, "kind: street, parent: longgang", "kind: street", "pinghu: {",
           "areas.pinghu.parent", "a street needs a district as its parent"),
    Broken("a community straight under its district", PLACES, "parent: pinghu,", "parent: longgang,", "pinghu-hehua: {",
           "areas.pinghu-hehua.parent", "longgang is a district; a community needs a street"),
    Broken("an unknown area", PLACES, "community: pinghu-hehua", "community: nowhere", "nowhere",
           "grids.hehua-g1.community", "there is no area nowhere in places.yaml"),
    Broken("an alias of two buildings", PLACES, "[香江B, ", "[香江A, ", "香江家居广场B栋: {",
           "buildings.香江家居广场B栋.aliases[0]", "香江A already means 香江家居广场A栋 in that lounge"),
    Broken("a shop in no building", PLACES, "building: 香江家居广场A栋", "building: 香江家居广场Z栋", "Z栋",
           "shops.xj-a108.building", "there is no building 香江家居广场Z栋"),
    Broken("an unknown building of a member", PEOPLE, "[五号交易广场]", "[五号交易广场, 六号馆]", "六号馆",
           "people.p-yushui.buildings[1]", "there is no building 六号馆 in places.yaml"),
    Broken("buildings of one who is no attendant", PEOPLE, "roles: [grid_worker]",
           "roles: [grid_worker]\n    buildings: [五号交易广场]", "roles: [grid_worker]", "people.p-chushu.roles",
           "p-chushu has buildings but not the role attendant"),
    Broken("an unknown skill", PEOPLE, "[labor_dispute, ", "[labour, ", "labour", "people.p-kangjin.skills[0]",
           "there is no intent labour"),
    Broken("an address of two people", PEOPLE, "{plain: p-guyu}", '{plain: "p-chunfen"}', '"p-chunfen"',
           "people.p-guyu.addresses.plain", "p-chunfen is the address of p-chunfen already"),
    Broken("an unknown substitute", PEOPLE, "substitute: p-guyu", "substitute: p-gone", "p-gone",
           "people.p-chunfen.substitute", "substitute p-gone is not in people.yaml"),
    Broken("a circle of substitutes", PEOPLE, "substitute: p-bailu", "substitute: p-chunfen", "substitute: p-guyu",
           "people.p-chunfen.substitute",
           "substitutes go in a circle: p-chunfen > p-guyu > p-lixia > p-chunfen; let one of them end it"),
    Broken("one who stands in for himself", PEOPLE, "substitute: p-bailu", 'substitute: "p-lixia"', '"p-lixia"',
           "people.p-lixia.substitute", "substitutes go in a circle: p-lixia > p-lixia; let one of them end it"),
    Broken("an absence that ends before it begins", PEOPLE, "name: 谷雨\n",
           "name: 谷雨\n    absences: [{first: 2026-11-05, last: 2026-11-02}]\n", "absences: [{first: 2026-11-05",
           "people.p-guyu.absences[0]", "ends 2026-11-02, before it begins 2026-11-05"),
    Broken("a rung that nobody holds", PLACES, "parent: longgang, desk: p-changgeng", "parent: longgang", "pinghu: {",
           "areas.pinghu.desk", "nobody is named as desk of the street; name a person of people.yaml"),
    Broken("a rung that reaches nobody", PEOPLE, "{plain: p-beichen}", "{}", "longgang: {", "areas.longgang.desk",
           f"desk of the district p-beichen reaches nobody; {_OFF}", PLACES),
    Broken("a seat without its role", PEOPLE, "name: 启明\n    roles: [desk]", "name: 启明\n    roles: [host]",
           "pinghu-hehua: {", "areas.pinghu-hehua.desk",
           "desk of the community p-qiming has not the role desk; add it to people.p-qiming.roles", PLACES),
    Broken("an unknown host", LOUNGES, "host: p-daxue", "host: p-gone", "p-gone", "lounges.xj-home.host",
           "host p-gone is not in people.yaml", together=True),
    Broken("an unknown person on duty", LOUNGES, "1: [p-jingzhe]", "1: [p-gone]", "1: [p-gone]",
           "lounges.etime.duty.1[0]", "person on duty p-gone is not in people.yaml"),
    Broken("a day that no week has", LOUNGES, "6: [p-qiufen]", "8: [p-qiufen]", "8: [p-qiufen]", "lounges.xj-park.duty[8]",
           "should be less than or equal to 7, not 8"),
    Broken("one code for two lounges", LOUNGES, "code: GH", 'code: "HH"', '"HH"', "lounges.ghong.code",
           "HH is the code of hehua already"),
    Broken("a code that is no code", LOUNGES, "code: GH", "code: gh1", "gh1", "lounges.ghong.code",
           "should be 2 to 4 capital letters, not 'gh1'"),
    Broken("an ear of two lounges", LOUNGES, "chat: ghong}]", 'chat: "hehua"}]', '"hehua"', "lounges.ghong.ears[0]",
           "chat hehua is an ear of lounge hehua already"),
    Broken("a fact that fits everything", LOUNGES, "借伞|雨伞+借|", "借伞||雨伞+借|", "借伞||", "facts.借伞||雨伞+借|轮椅+借|借轮椅|工具箱|打气筒",
           "an empty word fits everything; remove the stray | or +"),
    Broken("a lounge without a building", LOUNGES, "buildings: [五号交易广场]", "buildings: []", "buildings: []",
           "lounges.hall-5.buildings", "should hold at least 1 item"),
    Broken("an unknown channel", LOUNGES, "mouth: {channel: plain, chat: ghong}", "mouth: {channel: pigeon, chat: ghong}",
           "pigeon", "lounges.ghong.mouth.channel", "there is no channel pigeon in channels.yaml"),
    Broken("an unknown kind of channel", CHANNELS, "kind: plain", "kind: pigeon", "pigeon", "channels.plain.kind",
           "unknown channel pigeon; known: plain, wecom_aibot, wecom_robot, wecom_app"),
    Broken("a channel without its secret", CHANNELS, "secrets: {secret: LOUNGE_PLAIN_SECRET}", "secrets: {}",
           "secrets: {}", "channels.plain.secrets", "names no environment variable for secret"),
    Broken("a secret instead of its name", CHANNELS, "LOUNGE_PLAIN_SECRET", "hunter2", "hunter2",
           "channels.plain.secrets.secret", "should be the NAME of an environment variable, in capitals"),
    Broken("an unknown time zone", PACE, "Asia/Shanghai", "Asia/Longgang", "Longgang", "timezone",
           "there is no time zone Asia/Longgang; write it like Asia/Shanghai"),
    Broken("a threshold out of range", PACE, "  margin: ", "  margin: 9000 # ", "9000", "thresholds.margin",
           "should be less than or equal to 100, not 9000"),
    Broken("thresholds in the wrong order", PACE, "  ask: ", "  ask: 99 # ", "ask: 99", "thresholds.ask",
           "ask lies above open; a doubtful line is one below open"),
    Broken("a calendar that never opens", PACE, '    1-5: [["09:00", "12:00"], ["14:00", "18:00"]]\n    7: [["09:00", "12:00"]'
           ', ["14:00", "18:00"]]\n', "    1-5: []\n", "  week:", "calendar.week", "这份日历没有任何开放时间"),
    Broken("quiet hours over all working hours", PACE, 'start: "21:30", end: "08:00"', 'start: "08:00", end: "20:00"',
           "quiet:", "quiet", "quiet hours cover all working hours: nobody would ever be reminded"),
    Broken("a text without its blank", TEXTS, "{number}（{place}·{intent}）：{attendant}已经接手",
           "{attendant}已经接手", "已经接手，在跟了", "cards.accepted.text", "the text lacks its blank {number}"),
    Broken("a text with an unknown blank", TEXTS, "{attendant}已经接手", "{attendent}已经接手", "已经接手，在跟了",
           "cards.accepted.text", f"unknown blank {{attendent}}; a card may use {', '.join(sorted(CASE_FACTS))}",
           together=True),
    Broken("a text with an open brace", TEXTS, "记下了（{number}）。", "记下了（{number）。", "记下了（{number）。",
           "cards.noted_ok.text", "a brace is open or empty; blanks are written like {number}"),
    Broken("an unknown verb", TEXTS, "[[open, 立案]", "[[opne, 立案]", "opne", "cards.ask_host.buttons[0]",
           "unknown verb opne"),
    Broken("an unknown grade", TEXTS, "[rate:fair, ", "[rate:so-so, ", "so-so", "cards.ask_rating.buttons[1]",
           "unknown verb rate:so-so"),
    Broken("an unknown card", TEXTS, "words:\n", "  bravo:\n    text: 好\nwords:\n", "bravo", "cards.bravo",
           "unknown card; bot/domain/cards.py lists them"),
    Broken("a card without a text", TEXTS, '  forgotten:\n    text: "您的信息已经删了，只留下件数，不留您说过的话。"\n', "",
           "cards:", "cards", "there is no text for card forgotten"),
    Broken("a word left out", TEXTS, "  level.B: 街道\n", "", "words:", "words", "there is no word for level.B"),
    Broken("an intent under another's name", NOISE, "id: noise", "id: nosie", "nosie", "id",
           "the id is nosie but the file is noise.yaml; make them equal"),
    Broken("an unknown pace", NOISE, "pace: normal", "pace: brisk", "brisk", "pace",
           "there is no pace brisk in pace.yaml", together=True),
    Broken("an unknown partner", NOISE, "partners: [", "partners: [气象台, ", "气象台", "partners[0]",
           "no partner of people.yaml has 气象台 in its scope"),
    Broken("a phrase of one character", NOISE, "phrases:\n", "phrases:\n  - 吵\n", "- 吵", "phrases[0]",
           "吵 is one character; it would match everywhere"),
    Broken("a phrase twice in one intent", NOISE, "phrases:\n", 'phrases:\n  - 试写的一句\n  - "试写的一句"\n', '"试写',
           "phrases[1]", "试写的一句 is listed twice here"),
    Broken("a post about nothing", PEOPLE, "    buildings: [五号交易广场]\n", "    posts: [{floors: [2]}]\n", "posts: [",
           "people.p-yushui.posts[0]", "a post is about one building or one shop; name one of them"),
    Broken("a post at an unknown shop", PEOPLE, "    buildings: [五号交易广场]\n", "    buildings: [五号交易广场]\n    posts: [{shop: hall6}]\n",
           "posts: [", "people.p-yushui.posts[0]", "there is no shop hall6"),
    Broken("two shops behind one door", PLACES, 'number: "A215"', 'number: "A108"', "半亩灯影", "shops.xj-a215.number",
           "A108 in 香江家居广场A栋 is xj-a108 already"),
    Broken("shifts that overlap", LOUNGES, "    code: GH\n",
           '    code: GH\n    shifts: {1: [{start: "08:00", end: "12:00", people: [p-xiaoman]}, {start: "11:00", end: "14:00", people: [p-chushu]}]}\n',
           "people: [p-xiaoman]}, {start", "lounges.ghong.shifts.1[1]", "begins 11:00, before the shift until 12:00 has ended"),
)
