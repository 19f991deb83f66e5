// Beside a live picture: filters that act at once, names that are found while one types, tables that follow. Without it the form and its button do the same.
"use strict";
(() => {
  const form = document.querySelector("form[data-explore]");
  if (!form) return;
  const FOLLOWING = ["tables", "seen"];
  const words = JSON.parse(form.dataset.words || "{}");
  const part = (name) => document.getElementById(name);
  const after = (pause, act) => {
    let waiting = 0;
    return (...given) => {
      clearTimeout(waiting);
      waiting = setTimeout(() => act(...given), pause);
    };
  };

  // What the form asks for, as the server understands it.
  const asked = () => {
    const wanted = new URLSearchParams();
    const skipped = form.dataset.explore === "live" ? "" : "q";
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && value.trim() && name !== skipped) wanted.append(name, value.trim());
    return wanted;
  };

  // The tables come from the server, in the reader's language, for the address that is shown.
  let turn = 0;
  const refresh = async () => {
    const mine = ++turn;
    const address = new URL(location.href);
    address.searchParams.set("part", "tables");
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      if (!answer.ok || mine !== turn) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const name of FOLLOWING) {
        const [old, now] = [part(name), fresh.getElementById(name)];
        if (old && now && !old.contains(document.activeElement)) old.replaceChildren(...now.childNodes);
      }
    } catch { /* The last tables stay. */ }
  };
  const follow = after(300, refresh);

  const changed = () => {
    const wanted = asked();
    const address = new URL(location.href);
    for (const name of [...address.searchParams.keys()]) if (!["near", "lat", "lon", "x", "y", "focus"].includes(name)) address.searchParams.delete(name);
    for (const [name, value] of wanted) address.searchParams.append(name, value);
    history.replaceState(history.state, "", address);
    document.dispatchEvent(new CustomEvent("explore:changed", { detail: wanted }));
    follow();
  };
  form.addEventListener("change", (event) => event.target.type !== "search" && changed());
  form.addEventListener("submit", (event) => {
    if (form.dataset.explore !== "live") return;
    event.preventDefault();
    changed();
  });
  document.addEventListener("explore:follow", follow);

  // Names that may be meant: buttons under the field, reached with the Tab key.
  const field = form.querySelector("[data-find]");
  if (field) {
    const list = document.createElement("ul");
    list.className = "found-names";
    list.hidden = true;
    const told = Object.assign(document.createElement("p"), { className: "hidden" });
    told.setAttribute("role", "status");
    field.after(list, told);
    field.setAttribute("autocomplete", "off");
    const close = () => {
      list.hidden = true;
      list.replaceChildren();
    };
    const look = after(150, async () => {
      const text = field.value.trim();
      if (text.length < 2) return close();
      const answer = await fetch(`${field.dataset.find}?q=${encodeURIComponent(text)}&limit=8`).catch(() => null);
      if (!answer || !answer.ok || text !== field.value.trim()) return;
      const rows = (await answer.json()).map((one) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "plain", textContent: one.name });
        button.addEventListener("click", () => {
          close();
          field.value = "";
          document.dispatchEvent(new CustomEvent("explore:found", { detail: one }));
        });
        const row = document.createElement("li");
        row.append(button);
        return row;
      });
      list.replaceChildren(...rows);
      list.hidden = !rows.length;
      told.textContent = (rows.length ? words.found : words.none || "").replace("{count}", rows.length);
    });
    field.addEventListener("input", look);
    form.addEventListener("keydown", (event) => event.key === "Escape" && close());
    document.addEventListener("click", (event) => form.contains(event.target) || close());
  }

  // The map: its address follows the filters, and who is found is put in the middle.
  const frame = document.querySelector("[data-map][data-address]");
  if (frame) {
    const bare = frame.dataset.map.split("?")[0];
    document.addEventListener("explore:changed", ({ detail }) => frame.hubMap?.ask(`${bare}?${detail}`));
    frame.addEventListener("map:seen", follow);
    document.addEventListener("explore:found", async ({ detail }) => {
      const answer = await fetch(`/api/v1/actors/${encodeURIComponent(detail.slug)}`);
      const { lat, lon } = answer.ok ? await answer.json() : {};
      if (Number.isFinite(lat) && frame.hubMap) frame.hubMap.reveal({ id: detail.slug, lat, lon, name: detail.name, kind: detail.kind, path: `/actors/${encodeURIComponent(detail.slug)}` });
      else location.assign(`/actors/${encodeURIComponent(detail.slug)}`);
    });
  }
})();
