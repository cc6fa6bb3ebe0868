// What the page does better with scripts; it does everything without them.
(() => {
  "use strict";
  const all = (query, root = document) => [...root.querySelectorAll(query)];
  const typing = (node) => node.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

  // Lists by keyboard: j down, k up, Enter opens, x ticks, / searches.
  const rows = () => all("table.ledger tbody tr").filter((row) => row.querySelector("a"));
  const stand = (row) => {
    all("tr.at").forEach((other) => other.classList.remove("at"));
    row.classList.add("at");
    row.querySelector(".row-title a, a").focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "/") {
      const find = document.querySelector("main [type=search], [data-find]");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
      return;
    }
    if (!["j", "k", "x"].includes(event.key)) return;
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.classList.contains("at"));
    if (event.key === "x") {
      const box = at >= 0 && list[at].querySelector("input[type=checkbox]");
      if (box) { box.click(); event.preventDefault(); }
      return;
    }
    event.preventDefault();
    stand(list[event.key === "j" ? Math.min(at + 1, list.length - 1) : Math.max(at - 1, 0)]);
  });

  // Tick all rows of a list; the button is hidden where scripts are off.
  const count = (form) => {
    const ticked = all("tbody input[type=checkbox]:checked", form).length;
    all("[data-ticked]", form).forEach((node) => { node.textContent = ticked ? `已选 ${ticked} 件` : "还没有选"; });
    all("[data-tick-all]", form).forEach((box) => {
      const boxes = all("tbody input[type=checkbox]", form);
      box.checked = boxes.length > 0 && ticked === boxes.length;
      box.indeterminate = ticked > 0 && ticked < boxes.length;
    });
  };
  all("[data-tick-all]").forEach((box) => {
    const form = box.closest("form");
    box.hidden = false;
    count(form);
    box.addEventListener("change", () => {
      all("tbody input[type=checkbox]", form).forEach((one) => { one.checked = box.checked; });
      count(form);
    });
    form.addEventListener("change", () => count(form));
  });

  // One press, one act.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => all("button", form).forEach((button) => button.setAttribute("aria-disabled", "true")));
    setTimeout(() => free(form), 15000);
  });
  const free = (form) => {
    delete form.dataset.sent;
    all("button[aria-disabled]", form).forEach((button) => button.removeAttribute("aria-disabled"));
  };
  addEventListener("pageshow", () => all("form[data-sent]").forEach(free));

  // What was typed into a long form outlives a lost session: kept in this tab alone, for the same person alone.
  const store = (() => { try { return window.sessionStorage; } catch { return null; } })();
  const prefix = "luoshi:";
  const name = (form) => `${prefix}${document.body.dataset.who || ""}:${form.dataset.keep || form.getAttribute("action") || location.pathname}`;
  const kept = (form) => all("textarea[name], select[name], input[name]", form)
    .filter((input) => !["password", "file", "hidden", "submit"].includes(input.type));
  const value = (input) => (["checkbox", "radio"].includes(input.type) ? input.checked : input.value);
  const key = (input) => (["checkbox", "radio"].includes(input.type) ? `${input.name}=${input.value}` : input.name);
  const save = (form) => {
    const typed = Object.fromEntries(kept(form).map((input) => [key(input), value(input)]));
    store.setItem(name(form), JSON.stringify({ typed, sent: false }));
  };
  const forget = (test) => Object.keys(store).filter((k) => k.startsWith(prefix) && test(k)).forEach((k) => store.removeItem(k));
  const sent = (k) => { try { return JSON.parse(store.getItem(k)).sent; } catch { return true; } };
  const unsend = () => Object.keys(store).filter((k) => k.startsWith(prefix)).forEach((k) => {
    try { store.setItem(k, JSON.stringify({ ...JSON.parse(store.getItem(k)), sent: false })); } catch { store.removeItem(k); }
  });
  const restore = (form) => {
    const found = store.getItem(name(form));
    if (!found || form.querySelector(".wrong")) return;
    const { typed } = JSON.parse(found);
    let changed = false;
    kept(form).forEach((input) => {
      const was = typed[key(input)];
      if (was === undefined || was === value(input)) return;
      if (typeof was === "boolean") input.checked = was; else input.value = was;
      changed = true;
    });
    if (!changed) return;
    const note = document.createElement("p");
    note.className = "kept";
    note.setAttribute("role", "status");
    note.textContent = "上次填了没有提交的内容已经放回来。";
    const drop = document.createElement("button");
    drop.type = "button";
    drop.className = "link";
    drop.textContent = "不要了，清空";
    drop.addEventListener("click", () => { store.removeItem(name(form)); form.reset(); note.remove(); });
    note.append(drop);
    form.prepend(note);
    form.closest("details")?.setAttribute("open", "");
  };
  if (store) {
    const forms = all("form[data-keep]");
    // What was sent and came back (sign-in, refusal, error page) is still wanted; what was sent and taken is not.
    const bounced = document.querySelector("input[type=password], .refusal, .wrong, .stop");
    if (bounced) unsend(); else forget(sent);
    forms.forEach((form) => {
      restore(form);
      form.addEventListener("input", () => save(form));
      form.addEventListener("submit", () => {
        const found = store.getItem(name(form));
        if (found) store.setItem(name(form), JSON.stringify({ ...JSON.parse(found), sent: true }));
      });
    });
    all("form[data-forget]").forEach((form) => form.addEventListener("submit", () => forget(() => true)));
  }

  all("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => print());
  });
})();
