/* PAVE Admin: comfort on top of pages that work without it. No decision is taken here: what may be
   changed, and what a change means, the server says again on every post.

   Hooks, all data-attributes:
     form[data-edit-form]      the edit form; [data-field] wrappers in it, their control's own
                               default value (or data-was on the wrapper) is the value before
     [data-change-bar]         the bar: [data-change-count] (its <strong>) and [data-review]
     form[data-send-form]      sent once: a second press does nothing
     [data-copy]               copies its value; "" copies the address of the page, "#id" a text
     [data-open="id"]          opens a dialog
     aria-keyshortcuts         "r", "g s", "/", "?": pressed for the person
   What needs this file comes hidden and is shown by it. */
"use strict";

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);
const say = (text) => { const box = one("[data-say]"); if (box) box.textContent = text; };
const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;

/* ---------- the edit form: what is changed ---------- */

function controlOf(field) { return one("input[name], select[name], textarea[name]", field); }

function valueBefore(field, control) {
  const held = field.dataset.was;
  if (control.tagName !== "SELECT") return held ?? control.defaultValue;
  const options = [...control.options];
  const before = held === undefined
    ? options.find((option) => option.defaultSelected) ?? options[0]
    : options.find((option) => option.value.toUpperCase() === held.toUpperCase());
  return before?.value ?? "";
}

function shownValue(control, value) {
  if (control.tagName !== "SELECT") return value;
  return [...control.options].find((option) => option.value === value)?.text ?? value;
}

function markChanged(field, control, before) {
  const changed = control.value !== before;
  field.classList.toggle("changed", changed);
  let tag = one("[data-tag]", field);
  let line = one("[data-was-line]", field);
  if (changed && !tag) {
    tag = one("[data-changed-tag]")?.content.firstElementChild.cloneNode(true);
    if (tag) one(".field-top", field)?.append(tag);
  }
  if (changed && !line) {
    line = one("[data-changed-line]")?.content.firstElementChild.cloneNode(true);
    if (line) {
      one("[data-was-text]", line).textContent = shownValue(control, before) || "empty";
      control.after(line);
    }
  }
  if (line && !one("[data-undo]", line)) {
    line.append(" ", one("[data-changed-line]").content.querySelector("[data-undo]").cloneNode(true));
  }
  for (const part of [tag, line]) if (part) part.hidden = !changed;
  return changed;
}

function watchForm(form) {
  const fields = all("[data-field]", form)
    .map((field) => ({ field, control: controlOf(field) }))
    .filter(({ control }) => control)
    .map((row) => ({ ...row, before: valueBefore(row.field, row.control) }));
  let leaving = false;
  let changed = [];

  const draw = () => {
    changed = fields.filter(({ field, control, before }) => markChanged(field, control, before));
    const bar = one("[data-change-bar]");
    const number = bar && one("[data-change-count] strong", bar);
    const review = bar && one("[data-review]", bar);
    const words = changed.length ? count(changed.length, "change") : "";
    if (number) number.textContent = words || "No changes yet";
    if (review) review.textContent = `Review ${words || "changes"}`;
  };

  form.addEventListener("input", draw);
  form.addEventListener("change", draw);
  form.addEventListener("reset", () => setTimeout(draw));
  form.addEventListener("submit", () => { leaving = true; });
  window.addEventListener("pageshow", () => { leaving = false; draw(); });
  window.addEventListener("beforeunload", (event) => {
    if (changed.length && !leaving) event.preventDefault();
  });
  one("[data-discard]")?.addEventListener("click", () => { leaving = true; });
  // A closed tab: the server keeps what was typed, for its author, and offers it next time.
  window.addEventListener("pagehide", () => {
    if (!changed.length || leaving) return;
    const typed = new FormData(form);
    typed.set("action", "keep");
    navigator.sendBeacon(form.getAttribute("action"), typed); // an input is named "action"
  });
  form.addEventListener("click", (event) => {
    const undo = event.target.closest("[data-undo]");
    const row = undo && fields.find(({ field }) => field.contains(undo));
    if (!row) return;
    event.preventDefault();
    row.control.value = row.before;
    draw();
    row.control.focus();
    say("Undone");
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    form.requestSubmit(one("[data-review]") ?? undefined);
  });
}

/* ---------- one press, one post ---------- */

function sendOnce(form) {
  const buttons = () => [...form.elements].filter((element) => element.type === "submit");
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (sent) { event.preventDefault(); return; }
    sent = true;
    // Not `disabled`: the pressed button's own name and value still have to go along.
    for (const button of buttons()) button.setAttribute("aria-disabled", "true");
    say("Sending");
  });
  window.addEventListener("pageshow", () => {
    sent = false;
    for (const button of buttons()) button.removeAttribute("aria-disabled");
  });
}

/* ---------- copy ---------- */

function copyButton(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async (event) => {
    event.preventDefault();
    const wanted = button.dataset.copy;
    const text = wanted === "" ? location.href
      : wanted.startsWith("#") ? (one(wanted)?.textContent.trim() ?? "") : wanted;
    try { await navigator.clipboard.writeText(text); say("Copied"); }
    catch { say("The browser did not allow copying"); return; }
    button.classList.add("copied");
    setTimeout(() => button.classList.remove("copied"), 1500);
  });
}

/* ---------- keyboard ---------- */

const SWITCH = "pave-single-keys";
const keysOn = () => localStorage.getItem(SWITCH) !== "off";

function press(keys) {
  const target = all("[aria-keyshortcuts]").find((e) => e.getAttribute("aria-keyshortcuts") === keys && !e.hidden);
  if (target) { if (target.matches("input")) { target.focus(); target.select(); } else target.click(); }
  return Boolean(target);
}

function focusFirstField() {
  const control = one("[data-edit-form] [data-field]:not([data-locked]) :is(input, select, textarea)");
  control?.focus();
  return Boolean(control);
}

function watchKeys() {
  let waiting = "";
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !keysOn() || one("dialog[open]")) return;
    const keys = waiting ? `${waiting} ${event.key}` : event.key;
    waiting = !waiting && event.key === "g" ? "g" : "";
    if (waiting) { setTimeout(() => { waiting = ""; }, 1500); return; }
    const done = keys === "e" ? focusFirstField() : press(keys) || (keys === "/" && press("g s"));
    if (done) event.preventDefault();
  });
  for (const box of all("[data-shortcuts-switch]")) {
    box.checked = keysOn();
    box.addEventListener("change", () => localStorage.setItem(SWITCH, box.checked ? "on" : "off"));
  }
}

/* ---------- theme: without leaving the page, so that nothing typed is lost ---------- */

function themeForm(form) {
  form.addEventListener("submit", async (event) => {
    const chosen = event.submitter;
    if (!chosen) return;
    event.preventDefault();
    const body = new URLSearchParams(new FormData(form, chosen));
    const answer = await fetch(form.action, { method: "POST", body, redirect: "manual" });
    if (answer.type !== "opaqueredirect") { location.reload(); return; }
    if (chosen.value) document.documentElement.dataset.bsTheme = chosen.value;
    else delete document.documentElement.dataset.bsTheme;
    for (const button of all("button[name=theme]", form)) button.setAttribute("aria-pressed", String(button === chosen));
  });
}

/* ---------- start ---------- */

all("form[data-edit-form]").forEach(watchForm);
all("form[data-send-form]").forEach(sendOnce);
all("[data-copy]").forEach(copyButton);
all("form[data-theme-form]").forEach(themeForm);
for (const opener of all("[data-open]")) {
  const dialog = document.getElementById(opener.dataset.open);
  if (!dialog?.showModal) continue;
  opener.hidden = false;
  opener.addEventListener("click", () => dialog.showModal());
}
document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && one("details.menu[open]");
  if (menu) { menu.open = false; one("summary", menu).focus(); }
});
one(".summary[tabindex]")?.focus();
watchKeys();
