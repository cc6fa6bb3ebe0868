// Writing a paper: a figure goes in where the cursor stands, and the length is counted while writing.
(() => {
  "use strict";
  const body = document.querySelector("textarea[name=body]");
  const meter = document.querySelector("[data-meter]");
  if (!body) return;
  document.querySelectorAll("[data-insert]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => {
      const text = `【${button.dataset.insert}】`;
      body.focus();
      body.setRangeText(text, body.selectionStart, body.selectionEnd, "end");
      body.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
  if (!meter) return;
  const values = new Map([...document.querySelectorAll("[data-value]")].map((one) => [one.dataset.value, one.textContent.trim()]));
  const most = Number(meter.dataset.most) || 0;
  const shown = meter.querySelector("[data-length]");
  const over = meter.querySelector("[data-over]");
  const count = () => {
    const text = body.value.replace(/【([^【】\n]{1,60})】/g, (whole, name) => values.get(name.trim()) ?? name).replace(/\s/g, "");
    const length = [...text].length;
    shown.textContent = String(length);
    const beyond = most > 0 && length > most;
    meter.classList.toggle("over", beyond);
    if (over) over.hidden = !beyond;
  };
  body.addEventListener("input", count);
  count();
})();
