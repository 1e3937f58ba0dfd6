// The demo page: draws what /demo/live sends, and posts lines, presses and moves of the clock.
"use strict";

const cast = JSON.parse(document.getElementById("cast").textContent);
const $ = (id) => document.getElementById(id);
const FREE = "free";
const DECISIONS = {
  open: ["立案", "red"], attach: ["记进这件事", "edge"], ask: ["先问客厅房东", "edge"], act: ["照办", "edge"], ignore: ["不作声", ""],
};
const HEAT = ["", "有些着急", "火气不小"];

let page = null; // the newest snapshot
let received = 0; // when it came, in performance.now()
const known = new Set(); // ids of lines that were already there
const unread = new Set(); // phones with something new
const chosen = { lounge: cast.lounges[0].id, speaker: null, phone: null, thought: null, case: null };
let lastThought = "";

// ---- small tools
function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "class") node.className = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

const parts = (at, options) => new Intl.DateTimeFormat("zh-CN", { timeZone: cast.timezone, ...options }).format(at);
const clockOf = (at) => parts(new Date(at), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayOf = (at) => parts(new Date(at), { month: "long", day: "numeric" });
const conduct = () => new Date(new Date(page.now).getTime() + (performance.now() - received));

function when(at) {
  const day = dayOf(at), now = conduct();
  if (day === dayOf(now)) return clockOf(at);
  if (day === dayOf(new Date(now.getTime() + 864e5))) return `明天 ${clockOf(at)}`;
  return `${day} ${clockOf(at)}`;
}

function howLong(at) {
  const minutes = Math.round((new Date(at) - conduct()) / 6e4);
  if (minutes <= 0) return "马上";
  const days = Math.floor(minutes / 1440), hours = Math.floor((minutes % 1440) / 60), rest = minutes % 60;
  const said = [days && `${days} 天`, hours && `${hours} 小时`, rest && !days && `${rest} 分`].filter(Boolean);
  return `还有 ${said.join(" ")}`;
}

const voices = new Map();
for (const lounge of cast.lounges) for (const voice of lounge.voices) voices.set(voice.id, voice);
for (const voice of cast.people) voices.set(voice.id, voice);

function nameOf(id) {
  if (voices.has(id)) return voices.get(id).name;
  const said = page && page.lines.find((line) => line.by === id && line.name);
  return said ? said.name : id;
}

const faceOf = (name) => [...name.replace(/^.*[-－ ]/, "")][0] || "?";
const lounge = () => cast.lounges.find((one) => one.id === chosen.lounge);

let noticeTimer = 0;
function notice(text, stay = false) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
  clearTimeout(noticeTimer);
  if (text && !stay) noticeTimer = setTimeout(() => notice(""), 3500);
}

async function post(path, body) {
  try {
    const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (answer.ok) return true;
    notice((await answer.json().catch(() => ({}))).error || "没发出去，再试一次");
  } catch {
    notice("没连上，再试一次");
  }
  return false;
}

// ---- lists that keep their nodes, so that focus and scroll stay where they are
function patch(box, items, keyOf, draw) {
  const near = box.scrollHeight - box.scrollTop - box.clientHeight < 80;
  const old = new Map([...box.children].map((node) => [node.dataset.key, node]));
  let moved = false, at = 0;
  for (const item of items) {
    const key = keyOf(item), print = JSON.stringify(item);
    let node = old.get(key);
    if (!node || node.dataset.print !== print) {
      const fresh = draw(item);
      fresh.dataset.key = key;
      fresh.dataset.print = print;
      if (node) node.replaceWith(fresh);
      moved = true;
      node = fresh;
    }
    old.delete(key);
    if (box.children[at] !== node) box.insertBefore(node, box.children[at] || null);
    at += 1;
  }
  for (const node of old.values()) node.remove();
  if (moved && (near || !box.dataset.shown)) box.scrollTop = box.scrollHeight;
  box.dataset.shown = items.length ? "1" : "";
}

const options = (select, groups, value) => {
  const print = JSON.stringify(groups);
  if (select.dataset.print !== print) {
    select.replaceChildren(...groups.map(([label, items]) => {
      const made = items.map(([id, name]) => h("option", { value: id }, name));
      return label ? h("optgroup", { label }, ...made) : made[0];
    }));
    select.dataset.print = print;
  }
  select.value = value;
};

// ---- drawing
function bubble(line, mine, fresh) {
  const bot = line.by === "bot", name = bot ? cast.bot : line.name || nameOf(line.by);
  const thinks = page.thoughts[line.id];
  const words = thinks
    ? h("button", { type: "button", class: "said", "aria-pressed": String(chosen.thought === line.id), title: "看看机器人怎么想",
                    onclick: () => { chosen.thought = line.id; chosen.case = thinks.case; draw(); } }, line.text)
    : h("div", { class: "said" }, line.text);
  const node = h("div", { class: `talk ${bot ? "bot" : mine ? "mine" : ""} ${line.urgent ? "urgent" : ""} ${fresh ? "new" : ""}` },
    h("span", { class: "face", "aria-hidden": "true" }, bot ? "厅" : faceOf(name)),
    h("div", { class: "by" }, mine ? "" : h("span", {}, name), h("time", { datetime: line.at }, when(line.at))), words);
  if (line.buttons.length) node.append(keys(line));
  return node;
}

function keys(line) {
  const spent = line.pressed ? " spent" : "";
  return h("div", { class: `keys${spent}`, role: "group", "aria-label": "可以点" }, ...line.buttons.map(([verb, label]) =>
    h("button", { type: "button", class: line.pressed === verb ? "used" : "", "data-verb": verb,
                  onclick: () => post("/demo/press", { line: line.id, verb }) }, label)));
}

function drawGroup() {
  options($("lounge"), cast.lounges.map((one) => ["", [[one.id, one.name]]]), chosen.lounge);
  const guests = lounge().voices.filter((voice) => voice.part === "街坊");
  const members = lounge().voices.filter((voice) => voice.part !== "街坊");
  if (chosen.speaker !== FREE && !lounge().voices.some((voice) => voice.id === chosen.speaker)) chosen.speaker = guests[0].id;
  options($("speaker"), [["街坊", guests.map((v) => [v.id, v.name])],
    ["党员和房东", members.map((v) => [v.id, `${v.name}（${v.part}）`])], ["别人", [[FREE, "自己起个昵称"]]]], chosen.speaker);
  $("nickname").hidden = chosen.speaker !== FREE;
  const lines = page.lines.filter((line) => line.where === `chat:${chosen.lounge}`);
  const box = $("group-log");
  if (box.dataset.of !== chosen.lounge) { box.replaceChildren(); box.dataset.shown = ""; box.dataset.of = chosen.lounge; }
  const hint = { id: "hint", hint: "群里还没有人说话。点下面一句试试，或者自己说。" };
  patch(box, lines.length ? lines.map((line) => ({ ...line, on: chosen.thought === line.id, th: !!page.thoughts[line.id] })) : [hint],
    (line) => line.id, (line) => (line.hint ? h("p", { class: "empty" }, line.hint) : bubble(line, false, !known.has(line.id))));
  patch($("examples"), lounge().examples.map(([by, what, text]) => ({ by, what, text })), (x) => chosen.lounge + x.text, (x) =>
    h("button", { type: "button", title: `${nameOf(x.by)}：${x.text}`, "aria-label": `${x.what}：${x.text}`, onclick: () => {
      chosen.speaker = x.by;
      say(x.text, x.by, nameOf(x.by));
    } }, x.what));
}

function drawPhone() {
  const phones = new Map(); // newest first
  for (const line of [...page.lines].reverse()) if (line.where.startsWith("person:")) phones.set(line.where.slice(7), true);
  for (const held of page.held) if (held.where.startsWith("person:")) phones.set(held.where.slice(7), true);
  const here = lounge();
  const guests = here.voices.filter((voice) => voice.part === "街坊").map((voice) => voice.id);
  if (!chosen.phone) chosen.phone = [...phones.keys()][0] || here.voices.find((v) => v.part !== "街坊").id;
  const others = [...phones.keys()].filter((id) => !guests.includes(id) && !cast.people.some((v) => v.id === id));
  const label = (id) => [id, nameOf(id)];
  const groups = [["街坊", [...guests, ...others].map(label)],
    ["党员和各单位", cast.people.map((v) => [v.id, `${v.name}（${v.part}）`])]];
  if (!groups.some(([, items]) => items.some(([id]) => id === chosen.phone))) groups[0][1].push(label(chosen.phone));
  options($("owner"), groups, chosen.phone);
  unread.delete(chosen.phone);
  patch($("recent"), [...phones.keys()].slice(0, 5).map((id) => ({ id, on: id === chosen.phone, fresh: unread.has(id) })),
    (x) => x.id, (x) => h("button", { type: "button", class: x.fresh ? "fresh" : "", "aria-pressed": String(x.on),
      "aria-label": `${nameOf(x.id)}的手机${x.fresh ? "，有新消息" : ""}`, onclick: () => { chosen.phone = x.id; draw(); } }, nameOf(x.id)));
  const box = $("phone-log");
  if (box.dataset.of !== chosen.phone) { box.replaceChildren(); box.dataset.shown = ""; box.dataset.of = chosen.phone; }
  const lines = page.lines.filter((line) => line.where === `person:${chosen.phone}`)
    .map((line) => ({ ...line, on: chosen.thought === line.id, th: !!page.thoughts[line.id] }));
  const waits = page.held.filter((held) => held.where === `person:${chosen.phone}`).map((held) => ({ id: `wait ${held.key}`, waits: held }));
  const items = [...lines, ...waits];
  if (!items.length) items.push({ id: "hint", hint: `${nameOf(chosen.phone)}的手机，还没有消息。` });
  patch(box, items, (x) => x.id, (x) => {
    if (x.hint) return h("p", { class: "empty" }, x.hint);
    if (x.waits) return h("p", { class: "waits" }, `${x.waits.why}，先不打扰：${x.waits.summary}`);
    return bubble(x, x.by !== "bot", !known.has(x.id));
  });
}

function marked(text, spans) {
  const out = [];
  let last = 0;
  const letters = [...text]; // spans count characters, not UTF-16 units
  for (const [from, to] of spans) {
    out.push(letters.slice(last, from).join(""), h("mark", {}, letters.slice(from, to).join("")));
    last = to;
  }
  return [...out, letters.slice(last).join("")];
}

function redraw(box, print, make) {
  if (box.dataset.print === print) return;
  box.dataset.print = print;
  box.replaceChildren(...make());
}

function bar(name, score, first) {
  const fill = h("i", { class: first ? "first" : "" });
  fill.style.width = `${Math.max(2, Math.min(100, score))}%`;
  return [h("span", {}, name), h("span", { class: "rail", "aria-hidden": "true" }, fill), h("b", {}, Math.round(score))];
}

function drawThought() {
  const thought = page.thoughts[chosen.thought] || page.thoughts[page.last];
  $("follow").hidden = !chosen.thought || chosen.thought === page.last;
  redraw($("thought"), JSON.stringify(thought || null), () => {
    if (!thought) return [h("p", { class: "empty" }, "说一句，这里就会写下它听见了什么、怎么判断、为什么。")];
    const [label, tone] = DECISIONS[thought.decision] || ["还没定", ""];
    const mood = [thought.act, thought.urgent ? "紧急" : "", HEAT[thought.heated] || ""].filter(Boolean).join("，");
    const rows = [["为什么", [thought.why || "听起来不是要办的事"]],
      thought.place || thought.place_why ? ["位置", [thought.place || "没说清", h("span", { class: "quiet" }, thought.place_why)]] : null,
      mood ? ["口气", [mood]] : null,
      thought.words.length ? ["依据的词", [thought.words.join("、")]] : null].filter(Boolean);
    return [
      h("p", { class: "quiet" }, thought.name ? `${thought.name}说` : "刚才"),
      h("p", { class: "quote" }, "“", ...marked(thought.text, thought.spans), "”"),
      h("div", { class: "verdict" }, h("span", { class: `tag ${tone}` }, label),
        thought.intent ? h("strong", {}, thought.intent) : "", thought.urgent ? h("span", { class: "tag red" }, "紧急") : ""),
      thought.score > 0 ? h("div", { class: "bars", "aria-label": "像不像" }, ...bar(thought.first || thought.intent || "最像的", thought.score, true),
        ...(thought.second ? bar(thought.second, thought.second_score, false) : [])) : "",
      h("dl", {}, ...rows.flatMap(([dt, dd]) => [h("dt", {}, dt), h("dd", {}, ...dd)])),
    ].filter(Boolean);
  });
}

function currentCase() {
  const thought = page.thoughts[chosen.thought] || page.thoughts[page.last];
  const wanted = chosen.case || (thought && thought.case);
  return page.cases.find((one) => one.id === wanted) || (chosen.thought ? null : page.cases[0]) || null;
}

function drawCase() {
  const now = currentCase();
  const some = page.cases.slice(0, 6).map((one) => ({ id: one.id, on: now && one.id === now.id }));
  patch($("tabs"), some.length > 1 ? some : [], (x) => x.id, (x) => h("button", { type: "button", "aria-pressed": String(!!x.on),
    onclick: () => { chosen.case = x.id; draw(); } }, x.id));
  const due = now && now.due ? `${when(now.due)}（${howLong(now.due)}）` : "";
  redraw($("case"), JSON.stringify([now, due]), () => {
    if (!now) return [];
    const rows = [["负责", [now.attendant, h("span", { class: "quiet" }, now.why)]], ["诉求人", [now.reporter]], ["层级", [now.level]],
      due ? ["下次提醒", [due, h("span", { class: "quiet" }, now.due_for)]] : ["下次提醒", ["没有了，事情已经了结"]],
      now.rounds > 1 ? ["轮次", [`第 ${now.rounds} 轮`]] : null, now.grade ? ["评价", [now.grade]] : null].filter(Boolean);
    return [
      h("div", { class: "title" }, h("h3", {}, now.id), h("span", { class: `tag ${now.open ? "edge" : ""}`, id: "case-state" }, now.state_name),
        h("span", { class: "quiet" }, `${now.place} · ${now.intent}`)),
      h("dl", {}, ...rows.flatMap(([dt, dd]) => [h("dt", {}, dt), h("dd", {}, ...dd)])),
      h("ol", { class: "journal", "aria-label": "办理记录" }, ...[...now.journal].reverse().map(([at, event, by, note]) =>
        h("li", {}, h("time", { datetime: at }, when(at)), h("strong", {}, event), ` ${by}`, note ? h("span", { class: "note" }, note) : ""))),
    ];
  });
  [...$("stages").children].forEach((node, index) => {
    const done = now && index < now.stage, on = now && index === now.stage;
    node.className = on ? "now" : done ? "done" : "";
    if (on) node.setAttribute("aria-current", "step");
    else node.removeAttribute("aria-current");
  });
  $("strip-note").textContent = now ? `${now.id} · ${now.state_name}${now.grade ? `，${now.grade}` : ""}` : "还没有事情在办";
}

function drawClock() {
  if (!page) return;
  const now = conduct();
  $("clock").textContent = clockOf(now);
  $("clock-day").textContent = `${dayOf(now)} ${parts(now, { weekday: "short" })}`;
  $("open").textContent = page.open ? "上班时间" : page.quiet ? "安静时段" : "下班了";
  $("open").className = page.open ? "on" : "shut";
  for (const button of document.querySelectorAll(".moves button")) button.disabled = page.busy;
}

function draw() {
  if (!page) return;
  drawClock();
  drawGroup();
  drawPhone();
  drawThought();
  drawCase();
  for (const line of page.lines) known.add(line.id);
}

// ---- what arrives
function take(next) {
  const first = page === null;
  page = next;
  received = performance.now();
  if (first) for (const line of page.lines) known.add(line.id);
  const fresh = page.lines.filter((line) => !known.has(line.id));
  const cards = fresh.filter((line) => line.where.startsWith("person:") && line.by === "bot");
  for (const line of cards) unread.add(line.where.slice(7));
  // the phone that rings is that of whose move it is; who is only told as well does not take it over
  const call = cards.find((line) => line.buttons.length && !(line.case && line.part === "host"));
  if (call && !$("reply").value) chosen.phone = call.where.slice(7);
  if (page.last !== lastThought) { chosen.thought = null; chosen.case = null; lastThought = page.last; }
  draw();
}

function listen() {
  const live = new EventSource("/demo/live");
  live.addEventListener("page", (event) => { notice(""); take(JSON.parse(event.data)); });
  live.onerror = () => {
    notice("连接断了，正在重连…", true);
    if (live.readyState === EventSource.CLOSED) { live.close(); setTimeout(listen, 1200); }
  };
}

// ---- what goes out
const say = (text, by, name) => post("/demo/say", { lounge: chosen.lounge, sender: by, name, text });

$("say-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("say").value.trim(), nickname = $("nickname").value.trim();
  if (!text) return;
  if (chosen.speaker === FREE && !nickname) { notice("先起个群昵称"); $("nickname").focus(); return; }
  const by = chosen.speaker === FREE ? `free-${nickname}` : chosen.speaker;
  if (await say(text, by, chosen.speaker === FREE ? nickname : nameOf(by))) $("say").value = "";
});
$("reply-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("reply").value.trim();
  if (text && (await post("/demo/say", { private: true, sender: chosen.phone, name: nameOf(chosen.phone), text }))) $("reply").value = "";
});
$("lounge").addEventListener("change", (event) => { chosen.lounge = event.target.value; draw(); });
$("speaker").addEventListener("change", (event) => { chosen.speaker = event.target.value; draw(); if (chosen.speaker === FREE) $("nickname").focus(); });
$("owner").addEventListener("change", (event) => { chosen.phone = event.target.value; draw(); });
$("follow").addEventListener("click", () => { chosen.thought = null; chosen.case = null; draw(); });
for (const button of document.querySelectorAll("[data-move]"))
  button.addEventListener("click", () => post("/demo/clock", { move: button.dataset.move }));
let sure = 0;
$("restart").addEventListener("click", async () => {
  clearTimeout(sure);
  if (!$("restart").classList.contains("sure")) {
    $("restart").classList.add("sure");
    $("restart").textContent = "确定清空？";
    sure = setTimeout(calm, 3500);
    return;
  }
  calm();
  if (await post("/demo/restart", {})) { known.clear(); unread.clear(); chosen.phone = null; page = null; }
});
function calm() {
  $("restart").classList.remove("sure");
  $("restart").textContent = "重新开始";
}
setInterval(() => { if (page) { drawClock(); drawCase(); } }, 1000);
listen();
