// Lists of the desk: how many are ticked, keys while the focus is in the list, and a polite word when the list changed. Everything works without.
"use strict";
(() => {
  const KEPT = "hub-keys";
  const rows = () => [...document.querySelectorAll("[data-row]")];
  const at = () => document.activeElement?.closest("[data-row]");
  const keysOn = () => {
    try { return localStorage.getItem(KEPT) !== "off"; } catch { return true; }
  };
  const keepKeys = (on) => {
    try { localStorage.setItem(KEPT, on ? "on" : "off"); } catch { /* this device keeps nothing */ }
  };

  const count = () => {
    for (const words of document.querySelectorAll("[data-ticked]")) {
      const ticked = document.querySelectorAll(".tick:checked").length;
      words.textContent = ticked ? words.dataset.ticked.replace("{count}", ticked) : "";
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches?.(".tick")) count();
    if (event.target.matches?.("[data-keys-on]")) keepKeys(event.target.checked);
  });

  const ready = () => {
    for (const keys of document.querySelectorAll("[data-keys]")) {
      keys.hidden = false;
      keys.querySelector("[data-keys-on]").checked = keysOn();
    }
    count();
  };
  ready();

  const dialog = () => document.querySelector("[data-keys] dialog");
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-keys-help]")) dialog()?.showModal();
    if (event.target.closest?.("[data-keys-close]")) dialog()?.close();
  });

  const go = (row) => (row?.querySelector("[data-open]") || row?.querySelector("a, button, input"))?.focus();
  const step = (by) => {
    const all = rows();
    go(all[Math.min(all.length - 1, Math.max(0, all.indexOf(at()) + by))]);
  };
  const press = (selector) => at()?.querySelector(selector)?.click();
  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    x: () => press(".tick"),
    c: () => press("[data-act]"),
    a: () => press("[data-approve]"),
    r: () => at()?.querySelector("[data-refuse]")?.focus(),
    o: () => press("[data-open]"),
    "?": () => dialog()?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    // Single letters act only while the focus is in a line of the list, never in a field that takes text, and can be switched off.
    if (event.ctrlKey || event.metaKey || event.altKey || !at() || !KEYS[event.key]) return;
    if (event.target.closest("select, textarea, dialog, input:not([type=checkbox])")) return;
    if (!keysOn() && event.key !== "?") return;
    event.preventDefault();
    KEYS[event.key]();
  });

  // A list with ticks waits; it is fetched anew when nothing is ticked any more.
  let missed = false;
  document.addEventListener("htmx:before:request", (event) => {
    missed = Boolean(document.querySelector(".tick:checked"));
    if (missed) event.preventDefault();
  });
  document.addEventListener("change", () => {
    if (!missed || document.querySelector(".tick:checked")) return;
    missed = false;
    document.getElementById("live")?.dispatchEvent(new Event("hubnews"));
  });
  document.addEventListener("htmx:after:swap", ready);
})();
