// "Leave this page quickly": forgets what this device kept, and puts a neutral page in the place of this one in the history. Escape three times does it, too.
"use strict";
(() => {
  const link = document.getElementById("leave");
  if (!link) return;
  const leave = () => {
    document.body.hidden = true;
    document.title = " ";
    fetch("/leave", { redirect: "manual", keepalive: true, credentials: "same-origin" }).catch(() => null);
    location.replace(link.dataset.to);
  };
  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });
  let presses = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    presses = [...presses.filter((at) => event.timeStamp - at < 3000), event.timeStamp];
    if (presses.length >= 3) leave();
  });
  // A page of this kind is not shown again from the browser's memory after somebody left it.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  const print = document.getElementById("print");
  if (print) {
    print.hidden = false;
    print.addEventListener("click", () => window.print());
  }
})();
