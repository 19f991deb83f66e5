// The ground of the live map and the outline of each kind, as in the pictures that the server draws.
"use strict";
window.hubMapShapes = (() => {
  const SVG = "http://www.w3.org/2000/svg";
  let ground = null;

  // The outline of the land: lines that each stand once, and rings that name them.
  const landOf = ({ steps, lines, rings }) => {
    const placed = lines.map((flat) => {
      let x = 0;
      let y = 0;
      const line = [];
      for (let at = 0; at < flat.length; at += 2) line.push([(y += flat[at + 1]) / steps, (x += flat[at]) / steps]);
      return line;
    });
    // Over the 180th meridian longitudes go on beyond 180 degrees, so that no line crosses the whole map.
    const one_turn = (points) => {
      let before = points[0][1];
      return points.map(([lat, lon]) => [lat, (before = lon - 360 * Math.round((lon - before) / 360))]);
    };
    return rings.map((ring) => [one_turn(ring.flatMap((n) => (n < 0 ? placed[~n].slice().reverse() : placed[n]).slice(1)))]);
  };
  const land = () => (ground ||= fetch("/static/vendor/ground.json").then((answer) => answer.json()).then(landOf));

  // Each kind has its own outline, as in the pictures that the server draws: nobody needs colours.
  const outline = (kind, c, r) => {
    const star = (n) => Array.from({ length: 2 * n }, (_, i) => {
      const far = i % 2 ? r * 0.5 : r * 1.15;
      const turn = (Math.PI * i) / n - Math.PI / 2;
      return `${(c + far * Math.cos(turn)).toFixed(1)} ${(c + far * Math.sin(turn)).toFixed(1)}`;
    }).join("L");
    const half = r / 2;
    const third = r / 3;
    return {
      1: `M${c} ${c - r}l${r} ${r}l${-r} ${r}l${-r} ${-r}z`,
      2: `M${c} ${c - r}l${r} ${2 * r}h${-2 * r}z`,
      3: `M${c - 0.89 * r} ${c - 0.89 * r}h${1.78 * r}v${1.78 * r}h${-1.78 * r}z`,
      4: `M${c - half} ${c - r}h${r}l${half} ${r}l${-half} ${r}h${-r}l${-half} ${-r}z`,
      5: `M${c - r} ${c - r}h${2 * r}l${-r} ${2 * r}z`,
      6: `M${c - third} ${c - r}h${2 * third}v${r - third}h${r - third}v${2 * third}h${third - r}v${r - third}h${-2 * third}v${third - r}h${third - r}v${-2 * third}h${r - third}z`,
      8: `M${star(5)}z`,
    }[kind];
  };
  const picture = (kind, size, r, text = "") => {
    const svg = document.createElementNS(SVG, "svg");
    for (const [key, value] of [["width", size], ["height", size], ["aria-hidden", "true"]]) svg.setAttribute(key, value);
    const path = outline(kind, size / 2, r);
    const shape = document.createElementNS(SVG, path ? "path" : "circle");
    if (path) shape.setAttribute("d", path);
    else for (const [key, value] of [["cx", size / 2], ["cy", size / 2], ["r", r]]) shape.setAttribute(key, value);
    shape.setAttribute("class", `k${kind}`);
    svg.append(shape);
    if (text) {
      const written = document.createElementNS(SVG, "text");
      for (const [key, value] of [["x", size / 2], ["y", size / 2], ["dy", "0.36em"]]) written.setAttribute(key, value);
      written.textContent = text;
      svg.append(written);
    }
    return svg;
  };

  return { land, picture };
})();
