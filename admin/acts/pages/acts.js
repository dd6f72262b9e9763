"use strict";

// Follows a wish: renews what is known and, unless somebody is typing, what can be done.
(() => {
  const SOON = 1000;
  const LATER = 10000;
  const ALWAYS = ["standing", "wishes", "history"];
  const typing = () =>
    [...document.querySelectorAll("#choices input:not([type=hidden])")].some(
      (field) => field.value !== "" || field === document.activeElement,
    ) || (document.activeElement && document.activeElement.tagName === "SELECT");

  const put = (fresh, id) => {
    const now = document.getElementById(id);
    const next = fresh.getElementById(id);
    if (now && next && now.innerHTML !== next.innerHTML) now.replaceWith(document.adoptNode(next));
    else if (now && next) now.toggleAttribute("data-open", next.hasAttribute("data-open"));
  };

  const renew = async () => {
    if (!document.hidden && !document.getSelection().toString()) {
      try {
        const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(LATER) });
        if (answer.redirected) {
          location.reload();
          return;
        }
        if (answer.ok) {
          const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
          ALWAYS.forEach((id) => put(fresh, id));
          if (!typing()) put(fresh, "choices");
        }
      } catch {
        // The next turn asks again; what stands on the page has its own times.
      }
    }
    wait();
  };

  const wait = () => {
    const wishes = document.getElementById("wishes");
    setTimeout(renew, wishes && wishes.hasAttribute("data-open") ? SOON : LATER);
  };

  // A form is sent once, however often the button is pressed.
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button");
    if (button) setTimeout(() => (button.disabled = true));
  });

  wait();
})();
