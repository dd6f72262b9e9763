"use strict";

// Puts the way to our own page beside a row of Piccolo Admin about which something can be done.
(() => {
  const PAGES = __PAGES__;
  const link = document.createElement("a");
  link.textContent = "Действия · Actions →";
  link.hidden = true;
  link.className = "act-on-row";
  const look = document.createElement("style");
  look.textContent =
    ".act-on-row { background: #0b5cad; border-radius: 8px; bottom: 20px; box-shadow: 0 2px 8px #0005; color: #fff;" +
    " font: 600 15px system-ui, sans-serif; padding: 10px 18px; position: fixed; right: 20px; text-decoration: none;" +
    " z-index: 50; } .act-on-row[hidden] { display: none; }";

  const lead = () => {
    const [table, key, rest] = location.hash.replace(/^#\//, "").split("?")[0].split("/").map(decodeURIComponent);
    const page = PAGES[table];
    link.hidden = !(page && key && key !== "add" && !rest);
    if (!link.hidden) link.href = `${page}/${encodeURIComponent(key)}`;
  };

  document.head.append(look);
  document.body.append(link);
  addEventListener("hashchange", lead);
  // Its router changes the address without an event; what it shows changes with it.
  new MutationObserver(lead).observe(document.getElementById("app"), { childList: true, subtree: true });
  lead();
})();
