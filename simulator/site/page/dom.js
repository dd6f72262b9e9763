import { text } from "./texts.js";

const view = document.getElementById("view");
const steps = document.getElementById("steps");
const announcer = document.getElementById("announcer");

/** Builds an element; properties that start with "on" are listeners, null children are left out. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

/** Shows a step and moves the focus to its heading. */
export function show(step, title, ...children) {
  const heading = element("h2", { tabindex: "-1" }, title);
  view.replaceChildren(heading, ...children.flat().filter(Boolean));
  view.setAttribute("aria-busy", "false");
  steps.replaceChildren(
    ...text("steps").map((name, index) =>
      element("li", { class: index < step ? "is-done" : null, "aria-current": index === step ? "step" : null }, name),
    ),
  );
  heading.focus({ preventScroll: true });
  window.scrollTo({ top: 0 });
}

export function showLoading(step) {
  show(step, text("loading"), element("div", { class: "skeleton", "aria-hidden": "true" }));
  view.setAttribute("aria-busy", "true");
}

export function announce(words) {
  announcer.textContent = words;
}

export const button = (words, onclick, kind = "plain") => element("button", { type: "button", class: `button is-${kind}`, onclick }, words);

/** Explains a refusal in the gateway's own words. */
export function refusal(problem, ...actions) {
  return element(
    "div",
    { class: "notice is-bad", role: "alert" },
    element("p", {}, problem.message),
    problem.retryAfter ? element("p", { class: "small" }, text("waitSeconds"), String(problem.retryAfter)) : null,
    problem.requestId ? element("p", { class: "small" }, text("requestId"), problem.requestId) : null,
    actions.length ? element("div", { class: "actions" }, actions) : null,
  );
}
