// Keeps the part of the page with id "live" fresh while news about its subject arrives. Everything works without it.
"use strict";
(() => {
  const part = document.getElementById("live");
  if (!part || !window.EventSource) return;
  const subject = part.dataset.liveId;
  let waiting = 0;
  const refresh = async () => {
    waiting = 0;
    if (part.contains(document.activeElement) && !part.dataset.liveSeconds) return;
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("live");
    if (!fresh) return;
    // What is watched has come to its end: the rest of the page is new, too.
    if (part.dataset.liveSeconds && !fresh.dataset.liveSeconds) return location.replace(location.pathname);
    if (!part.contains(document.activeElement)) part.replaceChildren(...fresh.childNodes);
  };
  const news = new EventSource("/api/v1/events");
  const heard = (event) => {
    if (event.data && event.data.includes(subject) && !waiting) waiting = setTimeout(refresh, 300);
  };
  const kinds = ["need.proposals_ready", "need.changed", "match.confirmed", "match.accepted", "match.declined", "match.started", "match.fulfilled",
    "match.failed", "match.cancelled", "match.expired", "round.solved", "round.applied"];
  for (const kind of kinds) news.addEventListener(`hub.matching.${kind}.v1`, heard);
  if (part.dataset.liveSeconds) setInterval(refresh, 1000 * Number(part.dataset.liveSeconds));
  window.addEventListener("pagehide", () => news.close());
})();

// Names that may be meant, while somebody types in a field with data-suggest. The form works without it.
(() => {
  for (const field of document.querySelectorAll("input[data-suggest]")) {
    const names = document.createElement("datalist");
    names.id = `${field.id}-names`;
    field.after(names);
    field.setAttribute("list", names.id);
    field.setAttribute("autocomplete", "off");
    let waiting = 0;
    let asked = "";
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(async () => {
        const words = field.value.trim();
        if (words.length < 2 || words === asked) return;
        asked = words;
        const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(words)}`);
        if (!answer.ok || words !== field.value.trim()) return;
        const options = (await answer.json()).map((one) => Object.assign(document.createElement("option"), { value: one.name }));
        names.replaceChildren(...options);
      }, 150);
    });
  }
})();

// The secret link of a request: what stands after # never leaves this device by itself; it is typed into the form, and taken out of the address.
(() => {
  const code = document.getElementById("code");
  const words = document.getElementById("words");
  const [first, rest] = location.hash.slice(1).split(".");
  if (location.pathname !== "/follow" || !code || !words || !rest) return;
  code.value = decodeURIComponent(first);
  words.value = decodeURIComponent(rest).replaceAll("-", " ");
  history.replaceState(null, "", "/follow");
})();
