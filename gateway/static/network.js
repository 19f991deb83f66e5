// The live network: draws what an element with data-network names, at the server's own places. Without WebGL, or where something fails, the server's picture stays.
"use strict";
(() => {
  const frame = document.querySelector("[data-network]");
  const failed = () => window.dispatchEvent(new Event("live:failed"));
  if (!frame || !window.Sigma || !window.graphology || !window.WebGL2RenderingContext) return failed();

  const MOST = 5000; // actors, where all are too many for one answer
  const MANY_LINES = 6000;
  const MOST_LISTED = 200;
  const CLOSEST = 6;
  const LIVE = ["year", "undated", "near", "x", "y", "focus", "q", "part"]; // what is decided here, not asked of the service
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const words = JSON.parse(frame.dataset.words || "{}");
  const roles = JSON.parse(frame.dataset.roles || "{}");
  const kinds = JSON.parse(frame.dataset.kinds || "{}");
  const language = document.documentElement.lang;
  const number = new Intl.NumberFormat(language);
  const countries = new Intl.DisplayNames([language], { type: "region", fallback: "code" });
  const { ShapeProgram, LineProgram, colours, mixed, nameWith, hoverWith, names_anew } = window.hubShapes;
  const say = (name, values = {}) => (words[name] || "").replace(/\{(\w+)\}/g, (all, key) => (key in values ? values[key] : all));
  const made = (name, given, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(given)) if (value) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const here = () => new URL(location.href);

  // Whom the page is about; nobody else is dimmed for it.
  const subject = here().searchParams.has("focus") ? null : frame.dataset.focus || null;
  let sigma = null;
  let graph = null;
  let box = null;
  let look = colours(frame);
  let asked = null;
  let chosen = null;
  let near_by = new Set();
  let hovered = null;

  // The question to the service: what the page's address says, without what is decided here.
  const question = () => {
    const wanted = new URLSearchParams("format=picture");
    for (const [name, value] of here().searchParams) if (value && !LIVE.includes(name)) wanted.append(name, value);
    if (wanted.has("country")) wanted.set("country", wanted.get("country").toUpperCase());
    return wanted;
  };
  const fetched = async (wanted) => {
    // The first question is the server's own, letter by letter: the browser has begun to fetch it already.
    const answer = await fetch(graph || wanted.has("top") ? `/api/v1/network?${wanted}` : frame.dataset.network);
    if (answer.ok) return answer.json();
    const problem = await answer.json();
    if (problem.code !== "too_many_memberships" || wanted.has("top")) throw new Error(problem.code);
    wanted.set("top", MOST);
    note.textContent = say("part", { count: number.format(MOST) });
    return fetched(wanted);
  };

  // The answer's columns as a graph; who has no place yet is left to the tables.
  const graphOf = ({ kinds: names, countries: codes, nodes, edges, roles: parts }) => {
    const made_of = new graphology.Graph({ type: "directed", multi: true });
    const shapes = names.map((kind) => (kinds[kind] ? kinds[kind].shape : 0));
    const grey = mixed(look.line, look.card, edges.member.length > MANY_LINES ? 0.5 : 0.15);
    nodes.slug.forEach((slug, at) => {
      if (nodes.x[at] === null) return;
      const shape = shapes[nodes.kind[at]];
      const degree = nodes.degree[at] || 0;
      made_of.addNode(slug, {
        x: nodes.x[at], y: -nodes.y[at], size: 4 + 3 * Math.sqrt(degree), degree, shape, color: look.kinds[shape], label: nodes.name[at],
        kind: names[nodes.kind[at]], country: nodes.country[at] === null ? null : codes[nodes.country[at]], hidden: false,
      });
    });
    edges.member.forEach((member, at) => {
      const [one, other] = [nodes.slug[member], nodes.slug[edges.network[at]]];
      if (!made_of.hasNode(one) || !made_of.hasNode(other)) return;
      made_of.addEdge(one, other, { since: edges.since[at], role: parts[edges.role[at]], color: grey, size: 0.1, hidden: false });
    });
    return made_of;
  };

  // The year: memberships known to have begun by then, and who has one.
  const show_year = () => {
    const address = here().searchParams;
    const year = slider && slider.dataset.year !== undefined ? Number(slider.dataset.year) : Number(address.get("year"));
    const undated = Boolean(address.get("undated"));
    const seen = new Set();
    graph.updateEachEdgeAttributes((_edge, given, one, other) => {
      const is_there = !year || (given.since === null ? undated : given.since <= year);
      if (is_there) seen.add(one).add(other);
      return { ...given, hidden: !is_there };
    }, { attributes: ["hidden"] });
    graph.updateEachNodeAttributes((slug, given) => ({ ...given, hidden: !seen.has(slug) && (Boolean(year) || graph.order > 1) && graph.degree(slug) > 0 }), { attributes: ["hidden"] });
    if (chosen) {
      beside();
      tell_panel();
    }
    note.textContent = say("shown", { actors: number.format(seen.size), memberships: number.format(graph.filterEdges((_edge, given) => !given.hidden).length) });
  };

  const reduced_node = (slug, given) => {
    if (!chosen || chosen === subject || near_by.has(slug)) return { ...given, highlighted: slug === chosen || slug === hovered, forceLabel: slug === chosen, zIndex: 1 };
    return { ...given, color: mixed(given.color, look.card, 0.78), label: slug === hovered ? given.label : "", zIndex: 0 };
  };
  const reduced_edge = (edge, given) => {
    if (!chosen || chosen === subject) return given;
    return graph.hasExtremity(edge, chosen) ? { ...given, color: look.ink, size: 2.5 / sigma.scaleSize(1), zIndex: 1 } : { ...given, color: mixed(given.color, look.card, 0.6), zIndex: 0 };
  };

  const start = () => {
    const lines = graph.size > MANY_LINES ? Sigma.rendering.EdgeLineProgram : LineProgram;
    sigma = new Sigma(graph, canvas, {
      nodeProgramClasses: { circle: ShapeProgram }, edgeProgramClasses: { line: lines }, defaultNodeType: "circle", defaultEdgeType: "line",
      nodeHoverProgramClasses: { circle: ShapeProgram }, defaultDrawNodeLabel: nameWith(look), defaultDrawNodeHover: hoverWith(look),
      itemSizesReference: "positions", zoomToSizeRatioFunction: (ratio) => ratio, autoRescale: true, stagePadding: 36,
      labelSize: 14, labelDensity: 1, labelGridCellSize: 90, labelRenderedSizeThreshold: 5, zIndex: true, minEdgeThickness: 1.5,
      minCameraRatio: 1 / 2 ** (CLOSEST + 1), maxCameraRatio: 2, hideEdgesOnMove: graph.size > MANY_LINES, hideLabelsOnMove: graph.order > 3000,
      nodeReducer: reduced_node, edgeReducer: reduced_edge, zoomDuration: still ? 0 : 200, inertiaDuration: still ? 0 : 150, doubleClickZoomingDuration: still ? 0 : 200,
    });
    sigma.setCustomBBox(box);
    sigma.on("beforeRender", () => {
      const own = chosen && sigma.getNodeDisplayData(chosen);
      names_anew(own && { ...sigma.framedGraphToViewport(own), size: sigma.scaleSize(own.size), label: own.label });
    });
    sigma.on("clickNode", ({ node }) => choose(node, false));
    sigma.on("clickStage", () => choose(null));
    sigma.on("enterNode", ({ node }) => (canvas.classList.add("over"), (hovered = node)));
    sigma.on("leaveNode", () => (canvas.classList.remove("over"), (hovered = null)));
    sigma.getCamera().on("updated", later(250, tell));
  };
  const later = (pause, act) => {
    let waiting = 0;
    return () => {
      clearTimeout(waiting);
      waiting = setTimeout(act, pause);
    };
  };

  const grown = (old) => {
    const xs = graph.mapNodes((_slug, given) => given.x);
    const ys = graph.mapNodes((_slug, given) => given.y);
    const reach = (values, known) => [values.concat(known || []).reduce((a, b) => Math.min(a, b), Infinity), values.concat(known || []).reduce((a, b) => Math.max(a, b), -Infinity)];
    return { x: reach(xs, old && old.x), y: reach(ys, old && old.y) };
  };

  // The address says what is seen, in the server's words.
  const tell = () => {
    if (chosen && chosen !== subject) sigma.refresh({ skipIndexation: true }); // its lines are as thick at each distance
    const address = here();
    const near = Math.max(0, Math.min(CLOSEST, Math.round(-Math.log2(sigma.getCamera().getState().ratio))));
    const { width, height } = sigma.getDimensions();
    const middle = sigma.viewportToGraph({ x: width / 2, y: height / 2 });
    for (const [name, value] of [["near", near], ["x", Math.round(middle.x)], ["y", Math.round(-middle.y)]]) {
      if (near) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    if (chosen && chosen !== subject) address.searchParams.set("focus", chosen);
    else address.searchParams.delete("focus");
    history.replaceState(history.state, "", address);
  };
  const look_at = (point, ratio) => {
    const to = { ...sigma.viewportToFramedGraph(sigma.graphToViewport(point)), ratio };
    if (still) sigma.getCamera().setState(to);
    else sigma.getCamera().animate(to, { duration: 300 });
  };
  const zoom = (factor) => {
    const camera = sigma.getCamera();
    const ratio = camera.getBoundedRatio(camera.getState().ratio * factor);
    if (still) camera.setState({ ratio });
    else camera.animate({ ratio }, { duration: 200 });
  };
  const everything = () => {
    const to = { x: 0.5, y: 0.5, ratio: 1, angle: 0 };
    if (still) sigma.getCamera().setState(to);
    else sigma.getCamera().animate(to, { duration: 300 });
  };

  const beside = () => {
    near_by = new Set(chosen ? [chosen] : []);
    if (chosen) graph.forEachEdge(chosen, (_edge, given, one, other) => given.hidden || near_by.add(one).add(other));
  };
  const tell_panel = () => window.hubPanel.show(chosen, graph, { panel, say, roles, kinds, countries, number, made, choose, most: MOST_LISTED });
  const choose = (slug, move = true) => {
    chosen = slug && graph.hasNode(slug) ? slug : null;
    beside();
    tell_panel();
    if (!sigma) return;
    sigma.refresh({ skipIndexation: true });
    if (chosen && move) look_at({ x: graph.getNodeAttribute(chosen, "x"), y: graph.getNodeAttribute(chosen, "y") }, Math.min(sigma.getCamera().getState().ratio, 0.35));
    tell();
  };

  const load = async () => {
    const wanted = question();
    if (`${wanted}` !== asked) {
      asked = `${wanted}`;
      canvas.setAttribute("aria-busy", "true");
      const answer = await fetched(new URLSearchParams(wanted));
      if (asked !== `${wanted}`) return;
      graph = graphOf(answer);
      if (graph.order) box = grown(box);
      if (sigma && graph.order) {
        sigma.setGraph(graph);
        sigma.setCustomBBox(box);
      }
      canvas.removeAttribute("aria-busy");
      if (chosen && !graph.hasNode(chosen)) choose(null);
    }
    show_year();
  };

  // What the page gets: the live picture with its buttons, and a panel beside it.
  const button = (name, act) => {
    const element = made("button", { type: "button", class: "second" }, say(name));
    element.addEventListener("click", act);
    return element;
  };
  const canvas = made("div", { class: "network-canvas", tabindex: "0", role: "application", "aria-label": frame.getAttribute("aria-label"), "aria-describedby": "network-keys" });
  const note = made("p", { class: "light", role: "status" });
  const keys = made("p", { class: "hidden", id: "network-keys" }, say("keys"));
  const panel = made("section", { class: "network-panel", "aria-live": "polite" }, made("p", { class: "light" }, say("choose")));
  const tools = made("div", { class: "moves" }, button("closer", () => zoom(0.6)), button("farther", () => zoom(1 / 0.6)), button("everything", everything));
  const plain = frame.querySelector(".network-plain");
  const live = made("div", { class: "network-live" }, made("div", {}, tools, canvas, keys, note), panel);

  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    const camera = sigma.getCamera();
    const { x, y, ratio } = camera.getState();
    if (step) camera.setState({ x: x + 0.12 * ratio * step[0], y: y + 0.12 * ratio * step[1] });
    else if (event.key === "+" || event.key === "=") zoom(0.6);
    else if (event.key === "-") zoom(1 / 0.6);
    else if (event.key === "0") everything();
    else if (event.key === "Escape") choose(null);
    else return;
    event.preventDefault();
  });
  const slider = window.hubPanel.slider(document.getElementById("year"), words.year, () => graph && show_year());
  document.addEventListener("explore:changed", () => load().catch(() => {}));
  document.addEventListener("explore:found", ({ detail }) => {
    if (graph && graph.hasNode(detail.slug)) choose(detail.slug);
    else location.assign(`/network?${detail.kind === "network" ? "network" : "actor"}=${encodeURIComponent(detail.slug)}`);
  });
  dark.addEventListener("change", () => location.reload());

  const begin = async () => {
    await load();
    if (!graph.order) return failed();
    frame.prepend(live);
    plain.hidden = true;
    start();
    const address = here().searchParams;
    const near = Number(address.get("near"));
    const focus = address.get("focus") || subject;
    if (focus && graph.hasNode(focus)) choose(focus, !near && focus !== subject);
    if (near) {
      const at = sigma.viewportToFramedGraph(sigma.graphToViewport({ x: Number(address.get("x")), y: -Number(address.get("y")) }));
      sigma.getCamera().setState({ ...at, ratio: 1 / 2 ** near });
    }
    frame.hubNetwork = { sigma, graph: () => graph, choose };
    requestAnimationFrame(() => performance.mark("network:painted"));
  };
  begin().catch(() => {
    live.remove();
    plain.hidden = false;
    failed();
  });
})();
