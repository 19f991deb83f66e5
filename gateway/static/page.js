// What every page does where scripts run: another language takes along what was typed last; the Escape key closes the menu. Both work without.
"use strict";
document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form || form.method !== "post" || form.classList.contains("languages")) return;
  form.id = form.id || "typed-last";
  for (const button of document.querySelectorAll(".languages button")) button.setAttribute("form", form.id);
});
document.addEventListener("keydown", (event) => {
  const menu = document.getElementById("menu");
  if (event.key !== "Escape" || !menu?.open || !menu.contains(document.activeElement)) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
