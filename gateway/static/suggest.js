"use strict";
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
