/* Every page works without this. It finds codes by name, keeps an answer until it is saved, and lets
   words be marked in a conversation. */
"use strict";
(() => {
  const one = (what, within = document) => within.querySelector(what);
  const all = (what, within = document) => [...within.querySelectorAll(what)];

  // Find a code by its name, theme or meaning.
  for (const list of all("[data-codes]")) {
    const box = one("[data-find]", list);
    const field = one("input", box);
    const found = one("[data-found]", list);
    box.hidden = false;
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const theme of all(".theme", list)) {
        const title = one("summary", theme).textContent.toLowerCase();
        let here = 0;
        for (const pick of all(".pick", theme)) {
          const text = title + " " + pick.textContent.toLowerCase();
          const fits = words.every((word) => text.includes(word)) || one("input", pick).checked;
          pick.hidden = !fits;
          here += fits ? 1 : 0;
        }
        theme.hidden = here === 0;
        theme.open = words.length > 0 || all("input:checked", theme).length > 0;
        shown += here;
      }
      found.textContent = words.length ? (shown === 1 ? "1 code" : shown + " codes") : "";
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
  }

  // An answer stays on the page until the lead's computer has said that it is saved.
  for (const form of all("form[data-answer]")) {
    let busy = false;
    form.addEventListener("submit", (event) => {
      const button = event.submitter;
      const body = new URLSearchParams(new FormData(form));
      event.preventDefault();
      if (busy) return;
      busy = true;
      if (button && button.name) body.append(button.name, button.value);
      all("button", form).forEach((each) => each.setAttribute("aria-disabled", "true"));
      const again = (wait) => {
        fetch(form.action, { method: "POST", body, redirect: "follow", credentials: "same-origin" })
          .then((answer) => {
            if (answer.status === 503) throw new Error("busy");
            if (answer.redirected) {
              location.assign(answer.url + (form.dataset.then || ""));
            } else {
              // Something is missing or has changed: let the browser show that page itself.
              if (button && button.name) {
                const field = document.createElement("input");
                field.type = "hidden"; field.name = button.name; field.value = button.value;
                form.append(field);
              }
              HTMLFormElement.prototype.submit.call(form);
            }
          })
          .catch(() => {
            say(form, "Not saved yet. This page cannot reach the study’s computer. Your answer is still here, and we keep trying.");
            setTimeout(() => again(Math.min(wait * 2, 15000)), wait);
          });
      };
      again(1000);
    });
  }
  // Coming back with the back button: the page may be older than what is saved.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  function say(form, text) {
    let box = one("[data-say]", form);
    if (!box) {
      box = document.createElement("div");
      box.className = "alert";
      box.setAttribute("role", "alert");
      box.dataset.say = "";
      form.append(box);
    }
    if (box.textContent !== text) box.textContent = text;
  }

  // Mark words in a conversation.
  const transcript = one("[data-transcript]");
  if (transcript) {
    const bar = one("[data-mark-bar]", transcript);
    const link = one("[data-mark-link]", bar);
    one("[data-with-script]", transcript).hidden = false;
    one("[data-without-script]", transcript).hidden = true;
    const inside = (node) => (node.nodeType === 1 ? node : node.parentElement).closest("[data-start]");
    const points = (text) => [...text].length; // the study counts whole characters, not halves
    document.addEventListener("selectionchange", () => {
      const marked = getSelection();
      const range = marked.rangeCount ? marked.getRangeAt(0) : null;
      const words = range && !range.collapsed ? inside(range.startContainer) : null;
      if (!words || words !== inside(range.endContainer) || !range.toString().trim()) {
        bar.hidden = true;
        return;
      }
      const before = document.createRange();
      before.selectNodeContents(words);
      before.setEnd(range.startContainer, range.startOffset);
      const start = Number(words.dataset.start) + points(before.toString());
      link.href = words.dataset.add + "?start=" + start + "&end=" + (start + points(range.toString()));
      bar.hidden = false;
    });
  }
})();
