// How actors look in the live network: for each kind an outline of its own (as in the pictures of the server), and names with a rim that keeps them legible.
"use strict";
window.hubShapes = (() => {
  const { NodeProgram } = Sigma.rendering;
  const { FLOAT, UNSIGNED_BYTE, TRIANGLES } = WebGLRenderingContext;

  // Where a machine has no graphics chip, one shape drawn a thousand times is a thousand drawings, and takes a hundred times as long as one drawing
  // with all corners written out. Where it has one, there is no difference to be seen.
  const written_out = (Program) => class extends Program {
    getDefinition() {
      const { CONSTANT_ATTRIBUTES: of_corner, CONSTANT_DATA: corners, ...given } = super.getDefinition();
      this.corners = corners;
      return { ...given, ATTRIBUTES: [...given.ATTRIBUTES, ...of_corner] };
    }

    processVisibleItem(number, start, ...item) {
      super.processVisibleItem(number, start, ...item);
      const { array, corners, ATTRIBUTES_ITEMS_COUNT: each } = this;
      const shared = each - corners[0].length;
      for (let corner = 0, to = start; corner < corners.length; corner++, to += each) {
        if (corner) array.copyWithin(to, start, start + shared);
        for (let at = shared; at < each; at++) array[to + at] = corners[corner][at - shared];
      }
    }
  };

  const vertices = `
    attribute vec4 a_id;
    attribute vec4 a_color;
    attribute vec2 a_position;
    attribute float a_size;
    attribute float a_shape;
    attribute vec2 a_corner;
    uniform mat3 u_matrix;
    uniform float u_sizeRatio;
    uniform float u_correctionRatio;
    varying vec4 v_color;
    varying vec2 v_at;
    varying float v_pixels;
    varying float v_shape;
    void main() {
      v_pixels = max(a_size / u_sizeRatio, 2.2);
      v_at = a_corner * (1.1 + 2.0 / v_pixels);
      v_shape = a_shape;
      vec2 place = a_position + v_at * v_pixels * u_correctionRatio * 2.0;
      gl_Position = vec4((u_matrix * vec3(place, 1)).xy, 0, 1);
      #ifdef PICKING_MODE
      v_color = a_id;
      #else
      v_color = a_color;
      #endif
      v_color.a *= 255.0 / 254.0;
    }`;
  // How far a point is outside of a shape with the radius 1, in order of the kinds.
  const pixels = `
    precision highp float;
    varying vec4 v_color;
    varying vec2 v_at;
    varying float v_pixels;
    varying float v_shape;
    float outside(vec2 p) {
      vec2 q = abs(p);
      if (v_shape < 0.5) return length(p) - 1.0;
      if (v_shape < 1.5) return (q.x + q.y - 1.0) * 0.7071;
      if (v_shape < 2.5) return max(-p.y - 1.0, (2.0 * q.x + p.y - 1.0) * 0.4472);
      if (v_shape < 3.5) return max(q.x, q.y) - 0.89;
      if (v_shape < 4.5) return max(q.y - 1.0, (2.0 * q.x + q.y - 2.0) * 0.4472);
      if (v_shape < 5.5) return max(p.y - 1.0, (2.0 * q.x - p.y - 1.0) * 0.4472);
      return min(max(q.x - 0.333, q.y - 1.0), max(q.x - 1.0, q.y - 0.333));
    }
    void main() {
      float away = outside(v_at) * v_pixels;
      #ifdef PICKING_MODE
      gl_FragColor = away > 1.0 ? vec4(0.0) : v_color;
      #else
      float rim = clamp(away + 1.7, 0.0, 1.0) * step(3.5, v_pixels);
      gl_FragColor = vec4(mix(v_color.rgb, v_color.rgb * 0.45, rim), v_color.a) * clamp(0.5 - away, 0.0, 1.0);
      #endif
    }`;

  class Shape extends NodeProgram {
    getDefinition() {
      return {
        VERTICES: 6,
        VERTEX_SHADER_SOURCE: vertices,
        FRAGMENT_SHADER_SOURCE: pixels,
        METHOD: TRIANGLES,
        UNIFORMS: ["u_sizeRatio", "u_correctionRatio", "u_matrix"],
        ATTRIBUTES: [
          { name: "a_position", size: 2, type: FLOAT },
          { name: "a_size", size: 1, type: FLOAT },
          { name: "a_shape", size: 1, type: FLOAT },
          { name: "a_color", size: 4, type: UNSIGNED_BYTE, normalized: true },
          { name: "a_id", size: 4, type: UNSIGNED_BYTE, normalized: true },
        ],
        CONSTANT_ATTRIBUTES: [{ name: "a_corner", size: 2, type: FLOAT }],
        CONSTANT_DATA: [[-1, -1], [1, -1], [-1, 1], [-1, 1], [1, -1], [1, 1]],
      };
    }

    processVisibleItem(number, start, data) {
      const array = this.array;
      array[start++] = data.x;
      array[start++] = data.y;
      array[start++] = data.size;
      array[start++] = data.shape;
      array[start++] = Sigma.utils.floatColor(data.color);
      array[start++] = number;
    }

    setUniforms({ sizeRatio, correctionRatio, matrix }, { gl, uniformLocations }) {
      gl.uniform1f(uniformLocations.u_sizeRatio, sizeRatio);
      gl.uniform1f(uniformLocations.u_correctionRatio, correctionRatio);
      gl.uniformMatrix3fv(uniformLocations.u_matrix, false, matrix);
    }
  }

  // The page's own colours, so that the city's and the dark ones hold here, too.
  const hex = (colour) => {
    const parts = (colour.match(/[\d.]+/g) || [128, 128, 128]).slice(0, 3);
    return `#${parts.map((part) => Math.round(Number(part)).toString(16).padStart(2, "0")).join("")}`;
  };
  const colours = (frame) => {
    const probe = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    probe.setAttribute("width", "0");
    probe.setAttribute("height", "0");
    probe.setAttribute("class", "net-probe");
    const shapes = Array.from({ length: 7 }, (_, kind) => {
      const shape = document.createElementNS("http://www.w3.org/2000/svg", "path");
      shape.setAttribute("class", `k${kind}`);
      probe.append(shape);
      return shape;
    });
    frame.append(probe);
    const kinds = shapes.map((shape) => hex(getComputedStyle(shape).fill));
    probe.remove();
    const root = getComputedStyle(frame);
    const named = (name) => root.getPropertyValue(name).trim();
    return { kinds, ink: named("--ink"), card: named("--card"), soft: named("--soft"), line: named("--line"), focus: named("--focus"), font: root.fontFamily };
  };
  const mixed = (one, other, share) => {
    const parts = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    const full = (colour) => (/^#[0-9a-f]{3}$/i.test(colour) ? `#${[...colour.slice(1)].map((digit) => digit + digit).join("")}` : colour);
    const [a, b] = [parts(full(one)), parts(full(other))];
    return `#${a.map((part, at) => Math.round(part + (b[at] - part) * share).toString(16).padStart(2, "0")).join("")}`;
  };

  const LONGEST = 34;
  const short = (name) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 2)} …` : name);
  // Names that would cover one another are left out; who is chosen keeps its name.
  let taken = [];
  const names_anew = (own) => {
    if (!own) return void (taken = []);
    const reach = Math.max(own.size, 3) * 1.3 + 6;
    taken = [[own.x, own.y + Math.max(own.size, 3) + 2, short(own.label || "").length * 4.6 + 8]];
    for (let y = own.y - reach - 12; y < own.y + reach; y += 12) taken.push([own.x, y, reach]);
  };
  const is_free = (x, y, half, height, own) => {
    const free = own || taken.every(([left, top, width]) => Math.abs(left - x) > width + half || Math.abs(top - y) > height * 1.15);
    if (free) taken.push([x, y, half]);
    return free;
  };
  const nameWith = (look) => (context, data, settings) => {
    if (!data.label) return;
    context.font = `${data.own ? 700 : 500} ${settings.labelSize}px ${look.font}`;
    context.textAlign = "center";
    context.textBaseline = "top";
    context.lineJoin = "round";
    context.lineWidth = 4;
    context.strokeStyle = look.card;
    context.fillStyle = look.ink;
    const text = short(data.label);
    const y = data.y + Math.max(data.size, 3) + 2;
    if (!is_free(data.x, y, context.measureText(text).width / 2 + 4, settings.labelSize, data.own || data.forceLabel)) return;
    context.strokeText(text, data.x, y);
    context.fillText(text, data.x, y);
  };
  const hoverWith = (look) => {
    const name = nameWith(look);
    return (context, data, settings) => {
      context.beginPath();
      context.arc(data.x, data.y, Math.max(data.size, 3) * 1.3 + 4, 0, 2 * Math.PI);
      context.lineWidth = 5;
      context.strokeStyle = look.ink;
      context.stroke();
      context.lineWidth = 2.5;
      context.strokeStyle = look.focus;
      context.stroke();
      name(context, { ...data, own: true }, settings);
    };
  };

  const ShapeProgram = written_out(Shape);
  const LineProgram = written_out(Sigma.rendering.EdgeRectangleProgram);

  return { ShapeProgram, LineProgram, colours, mixed, nameWith, hoverWith, names_anew };
})();
