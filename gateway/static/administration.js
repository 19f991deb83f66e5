// The look page: contrast and previews follow the colours while they are chosen. Without this, "Show it first" does the same on the server.
(() => {
  const inputs = document.querySelectorAll("input[data-look]");
  if (!inputs.length) return;
  const white = ["#ffffff"];
  const light = ["#ffffff", "#fbfaf8", "#e9edef"];
  const dark = ["#14181b", "#1d2327", "#2a3238"];
  const parts = (colour) => [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
  const linear = (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
  const luminance = (colour) => {
    const [red, green, blue] = parts(colour).map((part) => linear(part / 255));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const least = (colour, grounds) => Math.min(...grounds.map((ground) => contrast(colour, ground)));
  const readable = (colour, grounds, end) => {
    if (least(colour, grounds) >= 4.5) return colour;
    const [from, to] = [parts(colour), parts(end)];
    for (let step = 1; step <= 200; step += 1) {
      const mixed = from.map((part, place) => Math.round(part + ((to[place] - part) * step) / 200));
      const shade = `#${mixed.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
      if (least(shade, grounds) >= 4.5) return shade;
    }
    return end;
  };
  const tell = (name, ratio, nearest) => {
    const row = document.querySelector(`[data-contrast="${name}"]`);
    if (!row) return;
    row.querySelector(".ratio").textContent = ratio.toFixed(1);
    row.querySelector(".enough").hidden = ratio < 4.5;
    row.querySelector(".short").hidden = ratio >= 4.5;
    row.querySelector(".nearest").textContent = nearest;
  };
  const show = () => {
    const colour = document.querySelector('[data-look="colour"]').value;
    const accent = document.querySelector('[data-look="accent"]').value;
    const shade = readable(accent, dark, "#ffffff");
    for (const preview of document.querySelectorAll(".preview")) {
      preview.style.setProperty("--main", colour);
      preview.style.setProperty("--link", preview.classList.contains("preview-dark") ? shade : accent);
    }
    tell("colour", least(colour, white), readable(colour, white, "#000000"));
    tell("accent", least(accent, light), readable(accent, light, "#000000"));
    tell("dark", least(shade, dark), shade);
  };
  for (const input of inputs) {
    input.addEventListener("input", () => {
      const standard = document.querySelector(`[name="${input.name}-standard"]`);
      if (standard) standard.checked = false;
      show();
    });
  }
})();
