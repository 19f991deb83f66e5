// Beside the live network: who is chosen, with its networks or members, and the slider of years.
"use strict";
window.hubPanel = (() => {
  // Who is chosen. Each name in the list chooses that one; links lead to its page, and to it alone.
  const show = (slug, graph, { panel, say, roles, kinds, countries, number, made, choose, most }) => {
    if (!slug) {
      panel.replaceChildren(made("p", { class: "light" }, say("choose")));
      return;
    }
    const actor = graph.getNodeAttributes(slug);
    const where = actor.country ? countries.of(actor.country) : "";
    const about = [kinds[actor.kind] ? kinds[actor.kind].words : "", where].filter(Boolean).join(", ");
    const key = encodeURIComponent(slug);
    const links = made("p", { class: "moves" },
      made("a", { href: `/network?${actor.kind === "network" ? "network" : "actor"}=${key}` }, say("alone")),
      made("a", { href: `/actors/${key}` }, say("about")),
      made("a", { href: `/network/path?from=${key}` }, say("way")));
    const parts = [made("h3", {}, actor.label), made("p", { class: "light" }, about), links];
    for (const [name, ends] of [["networks", graph.outEdges(slug)], ["members", graph.inEdges(slug)]]) {
      const rows = ends.filter((edge) => !graph.getEdgeAttribute(edge, "hidden")).map((edge) => {
        const { role, since } = graph.getEdgeAttributes(edge);
        return { other: graph.opposite(slug, edge), role: roles[role] || role, since };
      });
      if (!rows.length) continue;
      rows.sort((a, b) => graph.getNodeAttribute(a.other, "label").localeCompare(graph.getNodeAttribute(b.other, "label")));
      const list = rows.slice(0, most).map(({ other, role, since }) => {
        const button = made("button", { type: "button", class: "plain" }, graph.getNodeAttribute(other, "label"));
        button.addEventListener("click", () => {
          choose(other);
          panel.querySelector("h3").focus();
        });
        return made("li", {}, button, made("span", { class: "light" }, ` ${[role, since].filter(Boolean).join(", ")}`));
      });
      parts.push(made("h4", {}, `${say(name)} (${number.format(rows.length)})`), made("ul", { class: "plainlist" }, ...list));
      if (rows.length > most) parts.push(made("p", { class: "light" }, say("more", { count: number.format(rows.length - most) })));
    }
    parts[0].setAttribute("tabindex", "-1");
    panel.replaceChildren(...parts);
  };

  // A list of years becomes a slider that says its value; the list stays for what is sent. `moved` is told while it moves.
  const slider = (list, words, moved) => {
    if (!list) return null;
    const years = [...list.options].filter((one) => one.value).map((one) => Number(one.value)).sort((a, b) => a - b);
    if (years.length < 2) return null;
    const [first, last] = [years[0], years[years.length - 1]];
    const today = list.options[0].text;
    const range = document.createElement("input");
    Object.assign(range, { type: "range", min: first, max: last + 1, step: 1, id: "year-slider", className: "years" });
    range.setAttribute("aria-label", words || list.labels[0]?.textContent || "");
    const told = document.createElement("output");
    told.className = "years-told";
    const is_today = () => Number(range.value) > last;
    const tell = () => {
      told.textContent = is_today() ? today : range.value;
      range.setAttribute("aria-valuetext", told.textContent);
      range.dataset.year = is_today() ? "" : range.value;
    };
    const put = () => {
      range.value = list.value || last + 1;
      tell();
    };
    range.addEventListener("input", () => {
      tell();
      moved();
    });
    range.addEventListener("change", (event) => {
      event.stopPropagation();
      const value = is_today() ? "" : range.value;
      if (value && ![...list.options].some((one) => one.value === value)) list.add(new Option(value, value));
      list.value = value;
      list.dispatchEvent(new Event("change", { bubbles: true }));
    });
    list.addEventListener("change", put);
    list.hidden = true;
    list.labels[0]?.setAttribute("for", range.id);
    list.after(told, range);
    put();
    return range;
  };

  return { show, slider };
})();
