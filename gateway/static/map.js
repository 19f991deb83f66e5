// A live map of what an element with data-map says (docs/pages/map-component.md). What the page wrote inside stays where something fails.
"use strict";
(() => {
  const CELL = 56; // points within so many pixels are one dot
  const NEAR = 40; // and so far apart are the dots then
  const BESIDE_BUTTONS = { paddingTopLeft: [72, 40], paddingBottomRight: [40, 48] }; // no dot lies under them at first
  const MOST_LISTED = 30;
  const CLOSE_ZOOM = 8; // where the outline of the land still says something
  const FINE_ZOOM = 11; // from here the service is asked for each point by itself
  const NAMED_KINDS = { need: 8, offer: 9, place: 10 };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const number = new Intl.NumberFormat(document.documentElement.lang);

  const read = (text, otherwise) => {
    try { return text ? JSON.parse(text) : otherwise; } catch { return otherwise; }
  };
  const made = (name, given, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(given)) if (value) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const say = (words, name, values = {}) => (words[name] || "").replace(/\{(\w+)\}/g, (all, key) => (key in values ? values[key] : all));

  const { land, picture } = window.hubMapShapes;

  class HubMap {
    constructor(frame) {
      this.frame = frame;
      this.words = read(frame.dataset.words, {});
      this.kinds = read(frame.dataset.kinds, {});
      this.address = frame.dataset.map;
      this.lines = read(frame.dataset.lines, []);
      this.points = read(frame.dataset.points, []);
      this.box = made("div", { class: "map-live", role: "region", "aria-label": frame.getAttribute("aria-label") });
      this.fallback = made("div", { class: "map-plain" }, ...frame.childNodes);
      frame.append(this.box, this.fallback);
      frame.classList.add("live");
      this.fallback.hidden = true;
      this.map = L.map(this.box, {
        zoomControl: false, attributionControl: false, zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still,
        zoomSnap: 0.5, minZoom: 2, maxZoom: frame.dataset.tiles ? 19 : 14, maxBounds: [[-85, -220], [85, 220]], maxBoundsViscosity: 0.8,
      });
      this.furnish();
      this.layer = L.layerGroup().addTo(this.map);
      this.map.on("moveend", () => this.moved());
      this.map.on("popupopen", ({ popup }) => this.opened(popup));
      this.map.on("popupclose", () => this.drawing || (this.wanted = this.revealed = null));
      new ResizeObserver(() => this.map.invalidateSize({ pan: false })).observe(this.box);
      this.begin();
    }

    furnish() {
      const { words, map, frame } = this;
      L.control.zoom({ zoomInTitle: say(words, "closer"), zoomOutTitle: say(words, "farther"), position: "topleft" }).addTo(map);
      const all = L.control({ position: "topleft" });
      all.onAdd = () => {
        const button = made("button", { type: "button", class: "map-all" }, say(words, "everything"));
        L.DomEvent.disableClickPropagation(button);
        button.addEventListener("click", () => this.everything());
        return button;
      };
      all.addTo(map);
      const credit = L.control.attribution({ prefix: false }).addTo(map);
      if (frame.dataset.tiles) {
        L.tileLayer(frame.dataset.tiles, { maxZoom: 19, referrerPolicy: "no-referrer" }).addTo(map);
        credit.addAttribution(Object.assign(document.createElement("i"), { textContent: frame.dataset.attribution || "" }).innerHTML);
        return;
      }
      credit.addAttribution(say(words, "ground"));
      land().then((rings) => L.polygon(rings, { className: "map-land", interactive: false, smoothFactor: 1.2, renderer: L.svg({ padding: 0.6 }) }).addTo(map).bringToBack()).catch(() => {});
    }

    async begin() {
      const [lat, lon, zoom] = (this.frame.dataset.view || "").split(",").map(Number);
      if (this.frame.dataset.view && Number.isFinite(lat + lon + zoom)) this.map.setView([lat, lon], zoom, { animate: false });
      else if (this.address) {
        this.map.setView([50, 10], 5, { animate: false }); // gathered so finely, no dot stands far from those that it counts
        await this.fetch("");
        this.everything();
      } else this.everything();
      this.frame.dispatchEvent(new CustomEvent("map:ready", { bubbles: true }));
    }

    // What others may ask of the map.
    show(points, lines = []) {
      this.points = points;
      this.lines = lines;
      this.draw();
    }

    async ask(address) {
      this.address = address;
      await this.fetch("");
      this.everything();
    }

    choose(id) {
      const point = this.points.find((one) => one.id === id);
      if (point) this.reveal(point);
      return Boolean(point);
    }

    // Goes to a point and opens it, also one that no answer has held yet.
    reveal(point) {
      this.told_of(point);
      this.revealed = point;
      this.wanted = point.id;
      this.map.setView([point.lat, point.lon], Math.max(this.map.getZoom(), CLOSE_ZOOM), { animate: false });
      this.draw();
    }

    everything() {
      const places = this.points.map((one) => [one.lat, one.lon]);
      if (places.length) this.map.fitBounds(L.latLngBounds(places), { ...BESIDE_BUTTONS, maxZoom: 11, animate: false });
      else this.map.setView([50, 10], 4, { animate: false });
    }

    async moved() {
      if (this.frame.hasAttribute("data-address")) this.tell();
      if (!this.address) return this.draw();
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.fetch(this.map.getBounds().pad(0.2)), 120);
    }

    async fetch(bounds) {
      const asked = new URL(this.address, location.origin);
      const zoom = Math.round(this.map.getZoom());
      if (bounds) {
        const clip = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(4);
        const sides = [clip(bounds.getWest(), 180), clip(bounds.getSouth(), 90), clip(bounds.getEast(), 180), clip(bounds.getNorth(), 90)];
        asked.searchParams.set("bbox", sides.join(","));
      }
      if (zoom < FINE_ZOOM || !bounds) asked.searchParams.set("zoom", zoom);
      const turn = (this.turn = (this.turn || 0) + 1);
      this.box.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(asked);
        if (answer.ok && turn === this.turn) this.show((await answer.json()).features.map((one) => this.pointOf(one)));
      } catch { /* The last points stay. */ }
      if (turn === this.turn) this.box.removeAttribute("aria-busy");
    }

    pointOf({ id, geometry, properties }) {
      const [lon, lat] = geometry.coordinates;
      const { slug, name, kind, count, country } = properties;
      return { id: slug || id, lat, lon, name, kind, count, country, path: slug && `/actors/${encodeURIComponent(slug)}` };
    }

    // Points near each other are one dot, and so are any that would lie on one another: each dot can be hit. Strong ones and the ends of lines
    // stand alone as long as they have room.
    gathered() {
      const cells = new Map();
      const ends = new Set(this.lines.flat());
      const lacking = this.revealed && !this.points.some((one) => one.id === this.revealed.id) ? [this.revealed] : [];
      [...this.points, ...lacking].forEach((point, place) => {
        const at = this.map.project([point.lat, point.lon]);
        const own = point.strong || point.count > 1 || ends.has(place) || point.id === this.wanted;
        const key = own ? `${place}` : `${Math.floor(at.x / CELL)},${Math.floor(at.y / CELL)},`;
        if (!cells.has(key)) cells.set(key, { points: [], own, lacking: lacking.includes(point) });
        cells.get(key).points.push(point);
      });
      let apart = [...cells.values()];
      for (let before = 0; before !== apart.length;) {
        before = apart.length;
        apart = this.joined(apart);
      }
      return apart;
    }

    middle({ points }) {
      const mean = (name) => points.reduce((sum, one) => sum + one[name], 0) / points.length;
      return points[0].strong ? [points[0].lat, points[0].lon] : [mean("lat"), mean("lon")];
    }

    // Who is looked for may be among the counted ones already.
    countOf({ points }) {
      const listed = points.filter((one) => one !== this.revealed || this.points.includes(one));
      return Math.max(1, listed.reduce((sum, one) => sum + (one.count || 1), 0));
    }

    sizeOf(group) {
      const count = this.countOf(group);
      const strong = group.points[0].strong ? 40 : 28;
      return count > 1 ? Math.max(strong, Math.round(27 + 3.4 * Math.log2(count))) : strong;
    }

    joined(groups) {
      const done = [];
      const rank = ({ points }) => (points[0].strong ? 1e9 : points.length);
      for (const group of groups.sort((one, other) => rank(other) - rank(one))) {
        const at = this.map.project(this.middle(group));
        const size = this.sizeOf(group);
        const near = done.find((one) => {
          const [across, down] = [Math.abs(one.at.x - at.x), Math.abs(one.at.y - at.y)];
          return Math.max(across, down) < (one.size + size) / 2 + 1 || (!one.group.own && !group.own && Math.hypot(across, down) < NEAR);
        });
        if (near) near.group.points.push(...group.points);
        else done.push({ group, at, size });
      }
      return done.map((one) => one.group);
    }

    draw() {
      if (!this.map._loaded) return;
      const held = document.activeElement?.dataset?.key;
      this.drawing = true; // a popup that closes because its dot is drawn anew opens again
      this.layer.clearLayers();
      this.drawing = false;
      for (const [one, other] of this.lines) {
        const [a, b] = [this.points[one], this.points[other]];
        if (a && b) this.layer.addLayer(L.polyline([[a.lat, a.lon], [b.lat, b.lon]], { className: "map-line", interactive: false }));
      }
      for (const group of this.gathered()) this.put(group);
      if (held) this.box.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
      const seen = this.points.filter((one) => this.map.getBounds().contains([one.lat, one.lon]));
      this.frame.dispatchEvent(new CustomEvent("map:seen", { bubbles: true, detail: { points: seen, total: this.points.length } }));
    }

    put(group) {
      const { points } = group;
      const [first] = points;
      const [count, size, place, kind] = [this.countOf(group), this.sizeOf(group), this.middle(group), this.kindOf(first)];
      if (first.km && (count === 1 || first.strong)) this.layer.addLayer(L.circle(place, { radius: 1000 * first.km, className: "map-reach", interactive: false }));
      const html = count > 1 ? picture(7, size, size / 2 - 2, number.format(count)) : picture(kind.shape, size, first.strong ? 13 : 9);
      const name = count > 1 ? say(this.words, "several", { count: number.format(count) }) : [first.name, kind.words].filter(Boolean).join(", ");
      const icon = L.divIcon({ html, className: `map-dot${first.strong ? " strong" : ""}`, iconSize: [size, size] });
      const marker = L.marker(place, { icon, title: name, riseOnHover: true, zIndexOffset: first.strong ? 500 : 0 });
      const wanted = this.wanted && points.find((one) => one.id === this.wanted);
      if (count === 1 || wanted) marker.bindPopup(() => this.told(wanted ? [wanted, ...points.filter((one) => one !== wanted)] : points), { autoPan: true });
      marker.on("click", () => (count > 1 ? this.closer(points, place) : this.told_of(first)));
      marker.on("add", () => {
        const element = marker.getElement();
        element.setAttribute("aria-label", name);
        element.dataset.key = first.id || `${count}:${place.map((value) => value.toFixed(2))}`;
      });
      this.layer.addLayer(marker);
      if (wanted) marker.openPopup();
    }

    kindOf(point) {
      const known = this.kinds[point.kind];
      const shape = known ? known.shape : NAMED_KINDS[point.kind] ?? (Number(point.kind) || 0);
      return { shape, words: point.words || (known && known.words) || "" };
    }

    told_of(point) {
      this.frame.dispatchEvent(new CustomEvent("map:chosen", { bubbles: true, detail: point }));
    }

    closer(group, place) {
      const bounds = L.latLngBounds(group.map((one) => [one.lat, one.lon]));
      const together = group.length > 1 && this.map.getBoundsZoom(bounds) > this.map.getMaxZoom() - 1;
      if (together || this.map.getZoom() >= this.map.getMaxZoom()) L.popup().setLatLng(place).setContent(this.told(group)).openOn(this.map);
      else if (group.length > 1) this.map.fitBounds(bounds, { ...BESIDE_BUTTONS, animate: !still });
      else this.map.setView(place, Math.min(this.map.getZoom() + 2, this.map.getMaxZoom()), { animate: !still });
    }

    told(group) {
      const rows = group.filter((one) => one.name).slice(0, MOST_LISTED).map((one) => {
        const name = one.path && one.path.startsWith("/") && !one.path.startsWith("//") ? made("a", { href: one.path }, one.name) : made("strong", {}, one.name);
        const words = this.kindOf(one).words;
        return made("li", {}, name, ...(words ? [made("span", { class: "light" }, ` ${words}`)] : []), ...(one.text ? [made("p", {}, one.text)] : []));
      });
      return made("ul", { class: "map-told" }, ...rows);
    }

    opened(popup) {
      const element = popup.getElement();
      const from = document.activeElement;
      element.querySelector(".leaflet-popup-close-button")?.setAttribute("aria-label", say(this.words, "close"));
      if (!this.box.contains(from) || !from.matches(":focus-visible")) return;
      element.querySelector("a[href]:not(.leaflet-popup-close-button)")?.focus();
      popup.once("remove", () => document.contains(from) && from.focus());
    }

    // The address says what is seen: near, lat and lon, as the server understands them.
    tell() {
      const address = new URL(location.href);
      const near = Math.min(10, Math.round(this.map.getZoom()) - 3);
      const { lat, lng } = this.map.getCenter();
      for (const [name, value] of [["near", near], ["lat", lat.toFixed(3)], ["lon", lng.toFixed(3)]]) {
        if (near > 0) address.searchParams.set(name, value);
        else address.searchParams.delete(name);
      }
      history.replaceState(history.state, "", address);
    }
  }

  const start = (root) => {
    for (const frame of root.querySelectorAll("[data-map]")) {
      if (frame.hubMap || !window.L) continue;
      try {
        frame.hubMap = new HubMap(frame);
      } catch {
        frame.querySelector(".map-live")?.remove();
        const plain = frame.querySelector(".map-plain");
        if (plain) plain.hidden = false;
      }
    }
  };
  window.hubMaps = { start };
  start(document);
  const added = (node) => node instanceof Element && (node.matches("[data-map]") || node.querySelector("[data-map]"));
  new MutationObserver((changes) => changes.some((one) => [...one.addedNodes].some(added)) && start(document)).observe(document.body, { childList: true, subtree: true });
})();
