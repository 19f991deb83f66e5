// Runs before the page is painted: where a live picture will come, the server's own is not painted first. It is shown again where the live one stays away.
"use strict";
(() => {
  const page = document.documentElement;
  if (!window.WebGL2RenderingContext || !window.fetch) return;
  page.classList.add("expects-live");
  const give_up = () => page.classList.remove("expects-live");
  window.addEventListener("error", (event) => event.target instanceof HTMLScriptElement && give_up(), true);
  window.addEventListener("live:failed", give_up);
  setTimeout(() => document.querySelector("[data-network] .network-live, [data-map] .map-live") || give_up(), 12000);
})();
