"use strict";
// Piccolo Admin has a login form and a password form of its own; ours know one-time codes and the rules.
function lead() {
  const [place, query] = location.hash.replace(/^#/, "").split("?");
  if (place.startsWith("/login")) {
    const wanted = new URLSearchParams(query).get("nextURL") || "/";
    location.replace("/login?next=" + encodeURIComponent("/#" + wanted));
  } else if (place.startsWith("/change-password")) {
    location.replace("/account");
  }
}
// Its router moves without telling of it.
for (const name of ["pushState", "replaceState"]) {
  const move = history[name];
  history[name] = function (...where) {
    move.apply(this, where);
    lead();
  };
}
addEventListener("hashchange", lead);
lead();
