"use strict";
(function () {
  const form = document.querySelector(".filters");
  const chosen = ["theme", "role", "person", "words"].map((id) => document.getElementById(id));
  const passages = Array.from(document.querySelectorAll("article"));
  const shown = document.getElementById("shown");
  function show() {
    const [theme, role, person, words] = chosen.map((field) => field.value);
    const wanted = words.trim().toLocaleLowerCase();
    let count = 0;
    for (const passage of passages) {
      const fits =
        (!theme || passage.closest(".theme").dataset.theme === theme) &&
        (!role || passage.dataset.role === role) &&
        (!person || passage.dataset.person === person) &&
        (!wanted || passage.firstChild.textContent.toLocaleLowerCase().includes(wanted));
      passage.hidden = !fits;
      count += fits;
    }
    const narrowed = Boolean(role || person || wanted);
    for (const section of document.querySelectorAll(".code")) {
      section.hidden = narrowed && !section.querySelector("article:not([hidden])");
    }
    for (const section of document.querySelectorAll(".theme")) {
      section.hidden =
        Boolean(theme && section.dataset.theme !== theme) ||
        (narrowed && !section.querySelector("article:not([hidden])"));
    }
    shown.textContent = "Showing " + count + " of " + passages.length + " passages.";
  }
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(show));
  show();
})();
