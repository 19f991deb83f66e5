// "Near me" on the page that finds help: asks the device where it is only when the button is pressed, and rounds it to about a kilometre.
"use strict";
(() => {
  const button = document.getElementById("near-me");
  const list = document.getElementById("near");
  const told = document.getElementById("near-told");
  if (!button || !list || !navigator.geolocation) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const at = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
        const option = [...list.options].find((one) => one.value === at) || list.appendChild(new Option(button.dataset.word, at));
        option.selected = true;
        list.form.requestSubmit();
      },
      () => { told.textContent = button.dataset.failed; },
      { maximumAge: 600000, timeout: 10000 },
    );
  });
})();
