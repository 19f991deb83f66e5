// Another language takes along what was typed last, in whichever form of the page it stands. Without this, it takes the page's first form.
"use strict";
document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form || form.method !== "post" || form.classList.contains("languages")) return;
  form.id = form.id || "typed-last";
  for (const button of document.querySelectorAll(".languages button")) button.setAttribute("form", form.id);
});
