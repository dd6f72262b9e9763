"use strict";

// Renews the page's figures in place; says so when it cannot, for old figures must not pass for new ones.
(() => {
  const EVERY = 10000;
  const warning = document.getElementById("stale");
  let renewedAt = new Date();

  const timeOf = (instant) => instant.toLocaleTimeString("ru-RU", { timeZone: "Europe/Moscow" });

  const show = (page) => {
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("main");
    if (!fresh) throw new Error("no figures");
    document.querySelector("main").replaceWith(document.adoptNode(fresh));
    renewedAt = new Date();
    warning.hidden = true;
  };

  const complain = () => {
    warning.textContent = document.body.dataset.stale.replace("{time}", timeOf(renewedAt));
    warning.hidden = false;
  };

  const renew = async () => {
    if (document.hidden || document.getSelection().toString()) return;
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(EVERY) });
      if (answer.redirected) {
        location.reload();
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      show(await answer.text());
    } catch {
      complain();
    }
  };

  setInterval(renew, EVERY);
  document.addEventListener("visibilitychange", renew);
})();
