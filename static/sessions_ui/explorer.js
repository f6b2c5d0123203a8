/* The audit's list, on top of a page that works without this file.

     [data-newer="address"]    asks from time to time how many entries came since the page was
                               drawn; [data-newer-link] in it says so and leads to the newest.
                               It lies over the list, so that no row ever moves by itself
     a[data-export]            saves the file itself and shows how far it is, in a copy of
                               template[data-export-box]; without this file a plain download */
"use strict";

(() => {
  const EVERY = 20_000; // ms
  const find = (selector, root = document) => root.querySelector(selector);
  const number = (value) => value.toLocaleString("en");

  /* ---------- new entries ---------- */

  function watchNewer(box) {
    const link = find("[data-newer-link]", box);
    let timer = 0;
    let stopped = false;

    async function ask() {
      try {
        const answer = await fetch(box.dataset.newer, { headers: { Accept: "application/json" }, redirect: "manual" });
        // Logged out, or no right any more.
        if (answer.type === "opaqueredirect" || (answer.status >= 400 && answer.status < 500)) { stopped = true; return; }
        if (!answer.ok) return;
        const { label } = await answer.json();
        if (label && label !== link.textContent) { link.textContent = label; link.hidden = false; }
      } catch { /* away for a moment: the list stays as it is */ }
    }
    function wait() {
      clearTimeout(timer);
      if (!stopped && !document.hidden) timer = setTimeout(async () => { await ask(); wait(); }, EVERY);
    }
    document.addEventListener("visibilitychange", async () => {
      clearTimeout(timer);
      if (document.hidden || stopped) return;
      await ask();
      wait();
    });
    wait();
  }

  /* ---------- an export, with its progress ---------- */

  const STARTS = /^(?:\{"entry_id":)?(\d+),/; // a line that begins an entry, or goes on with it

  function entryCounter() {
    const decoder = new TextDecoder();
    let rest = "";
    let last = "";
    let entries = 0;
    return (bytes) => {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        const id = STARTS.exec(line)?.[1];
        if (id && id !== last) { entries += 1; last = id; }
      }
      return entries;
    };
  }

  function nameOf(answer) {
    return /filename="([^"]+)"/.exec(answer.headers.get("Content-Disposition") ?? "")?.[1] ?? "pave-audit";
  }

  function save(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  async function exported(href, box, signal) {
    const bar = find("progress", box);
    const words = find("[data-export-words]", box);
    const answer = await fetch(href, { signal });
    if (!answer.ok || answer.redirected || !answer.body) { location.assign(href); return; }
    const total = Number(answer.headers.get("X-Entries"));
    const entry = find("[data-export-entry]", box);
    entry.href = entry.href.replace(/\/0\/$/, `/${answer.headers.get("X-Export")}/`);
    entry.hidden = false;
    bar.max = Math.max(1, total);
    const counted = entryCounter();
    const parts = [];
    const reader = answer.body.getReader();
    let entries = 0;
    let said = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      parts.push(value);
      entries = counted(value);
      bar.value = entries;
      const tenth = Math.floor((10 * bar.value) / bar.max);
      if (tenth > said || !words.textContent) {
        said = tenth;
        words.textContent = `${number(entries)} of ${number(total)} entries`;
      }
      // The browser may put a blob on disk, unlike an array.
      if (parts.length > 200) parts.splice(0, parts.length, new Blob(parts));
    }
    bar.value = bar.max;
    save(new Blob(parts, { type: answer.headers.get("Content-Type") }), nameOf(answer));
    words.textContent = `Saved ${nameOf(answer)}: ${number(entries)} ${entries === 1 ? "entry" : "entries"}.`;
  }

  function exportLink(link) {
    link.addEventListener("click", async (event) => {
      const template = find("template[data-export-box]");
      const place = find("[data-export-place]");
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !template || !place) return;
      event.preventDefault();
      if (place.dataset.busy) return;
      place.dataset.busy = "yes";
      place.replaceChildren(template.content.cloneNode(true));
      const stop = find("[data-export-stop]", place);
      const leaving = new AbortController();
      stop.addEventListener("click", () => leaving.abort());
      try {
        await exported(link.href, place, leaving.signal);
      } catch {
        find("progress", place).hidden = true;
        find("[data-export-words]", place).textContent = leaving.signal.aborted
          ? "Stopped. Nothing was saved; what was read until then is on record."
          : "The export broke off, and nothing was saved. Please try again.";
      }
      stop.hidden = true;
      delete place.dataset.busy;
    });
  }

  document.querySelectorAll("[data-newer]").forEach(watchNewer);
  document.querySelectorAll("a[data-export]").forEach(exportLink);
})();
