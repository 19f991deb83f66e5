// Keeps a page of offering help while it is filled in, on this device and sealed. Without a script it is kept at each "Next".
"use strict";
(() => {
  const told = document.getElementById("kept");
  const form = told && told.closest("form");
  if (!form) return;
  let waiting = 0;
  const keep = async () => {
    clearTimeout(waiting);
    waiting = 0;
    const answer = await fetch("/offer/keep", { method: "POST", body: new URLSearchParams(new FormData(form)), keepalive: true }).catch(() => null);
    if (answer && answer.ok) told.textContent = told.dataset.words;
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 900);
  });
  addEventListener("pagehide", () => { if (waiting) keep(); });
  form.addEventListener("submit", () => { clearTimeout(waiting); waiting = 0; }, true);
})();
