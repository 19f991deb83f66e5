// Tells the part of the page with id "live" that news about its subject came; htmx then fetches and merges it. Everything works without.
"use strict";
(() => {
  const part = () => document.getElementById("live");
  if (!part()) return;
  // What is being typed is never overwritten: where the focus is in the part, it waits until the focus leaves.
  const busy = () => part().contains(document.activeElement) && !part().dataset.liveSeconds;
  let waiting = 0;
  const refresh = () => {
    waiting = 0;
    if (busy()) part().addEventListener("focusout", () => soon(), { once: true });
    else part().dispatchEvent(new Event("hubnews"));
  };
  const soon = () => {
    waiting = waiting || setTimeout(refresh, 300);
  };
  document.addEventListener("htmx:before:request", (event) => {
    if (event.target === part() && busy()) event.preventDefault();
  });
  // What is watched has come to its end: the rest of the page is new, too.
  let watched = part().dataset.liveSeconds;
  document.addEventListener("htmx:after:swap", () => {
    if (watched && !part()?.dataset.liveSeconds) location.replace(location.pathname);
    watched = part()?.dataset.liveSeconds;
  });
  if (!window.EventSource || !part().dataset.liveId) return;
  const news = new EventSource("/api/v1/events");
  const kinds = ["need.posted", "need.proposals_ready", "need.changed", "match.confirmed", "match.accepted", "match.declined", "match.started",
    "match.fulfilled", "match.failed", "match.cancelled", "match.expired", "match.extended", "match.reminded", "need.withdrawn", "offer.posted",
    "offer.approved", "offer.refused", "ask.received", "ask.settled", "round.solved", "round.applied"];
  // "any": the part is about many things.
  const heard = (event) => {
    const subject = part()?.dataset.liveId;
    if (subject && (subject === "any" || event.data?.includes(subject))) soon();
  };
  for (const kind of kinds) news.addEventListener(`hub.matching.${kind}.v1`, heard);
  window.addEventListener("pagehide", () => news.close());
})();
