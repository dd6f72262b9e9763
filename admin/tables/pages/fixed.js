"use strict";

// Shows in the forms of Piccolo Admin what the server holds to: fields that nobody changes there are greyed out and not
// sent, and what cannot be added or saved has no button.
(() => {
  const OPEN = __OPEN__;
  const look = document.createElement("style");
  look.textContent =
    "[data-fixed] { background: none !important; color: #5d6b79 !important; cursor: not-allowed; opacity: 1; resize: none; }" +
    " [data-absent] { display: none !important; }";

  const fix = (form, names) => {
    for (const field of form.elements) {
      if (field.name && !names.includes(field.name) && !field.disabled) {
        field.disabled = true;
        field.dataset.fixed = "";
      }
    }
    const save = form.querySelector("button:not([type=button])");
    if (save && names.length === 0) save.dataset.absent = "";
  };

  const lookAt = () => {
    const [table, key] = location.hash.replace(/^#\//, "").split("?")[0].split("/").map(decodeURIComponent);
    const open = OPEN[table];
    if (!open) return;
    if (key) {
      for (const form of document.querySelectorAll("#app form")) fix(form, open.names);
    } else if (!open.adds) {
      for (const link of document.querySelectorAll('#app a[href*="/add"]')) link.dataset.absent = "";
    }
  };

  document.head.append(look);
  new MutationObserver(lookAt).observe(document.getElementById("app"), { childList: true, subtree: true });
  lookAt();
})();
