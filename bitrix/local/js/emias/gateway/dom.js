(function (ns) {
  "use strict";

  /** Builds an element; properties that start with "on" are listeners, empty children are left out. */
  function el(tag, properties = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (value === undefined || value === null || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else node.setAttribute(name, value === true ? "" : value);
    }
    node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
    return node;
  }

  const button = (words, onclick, kind = "plain") =>
    el("button", { type: "button", class: `emias-button is-${kind}`, onclick }, words);

  const actions = (...buttons) => el("div", { class: "emias-actions" }, buttons);

  /** The part of the page that changes: steps above, the step's content, and words for screen readers. */
  class View {
    #root;
    #texts;
    #steps;
    #body;
    #announcer;
    #isUsed = false;

    constructor(root, texts) {
      this.#root = root;
      this.#texts = texts;
      this.#steps = el("ol", { class: "emias-steps", "aria-label": texts.say("STEPS") });
      this.#body = el("div", { class: "emias-body" });
      this.#announcer = el("p", { class: "emias-unseen", role: "status" });
      root.replaceChildren(this.#steps, this.#body, this.#announcer);
      ["pointerdown", "keydown"].forEach((name) => root.addEventListener(name, () => { this.#isUsed = true; }));
    }

    /** Shows a step; the focus goes to its heading once the visitor has begun. */
    show(step, title, ...children) {
      const heading = el("h2", { tabindex: "-1" }, title);
      this.#body.replaceChildren(heading, ...children.flat(Infinity).filter(Boolean));
      this.#body.setAttribute("aria-busy", "false");
      const names = ["SPECIALTY", "DOCTOR", "TIME", "FORM", "TICKET"];
      this.#steps.replaceChildren(
        ...names.map((name, index) =>
          el(
            "li",
            { class: index < step ? "is-done" : null, "aria-current": index === step ? "step" : null },
            el("span", {}, this.#texts.say(`STEP_${name}`)),
          ),
        ),
      );
      this.#root.dispatchEvent(new CustomEvent("emias:step", { bubbles: true, detail: { step: names[step].toLowerCase() } }));
      if (this.#isUsed) this.focus(heading);
    }

    /** Changes what is shown while the visitor is busy elsewhere on the page: the focus stays there. */
    quietly(change) {
      const wasUsed = this.#isUsed;
      this.#isUsed = false;
      change();
      this.#isUsed = wasUsed;
    }

    loading(step) {
      this.show(step, this.#texts.say("LOADING"), el("div", { class: "emias-skeleton", "aria-hidden": "true" }));
      this.#body.setAttribute("aria-busy", "true");
    }

    announce(words) {
      this.#announcer.textContent = words;
    }

    focus(node) {
      node.focus({ preventScroll: true });
      const { top } = this.#root.getBoundingClientRect();
      if (top < 0) this.#root.scrollIntoView({ block: "start" });
    }
  }

  Object.assign(ns, { el, button, actions, View });
})((window.EmiasBooking = window.EmiasBooking || {}));
