"use strict";
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
