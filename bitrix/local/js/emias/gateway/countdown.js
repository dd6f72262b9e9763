(function (ns) {
  "use strict";

  const WHOLE = 300;
  const LAST_MINUTE = 60;

  /** Counts a hold down by the server's count of seconds, so that a wrong clock of the visitor does not matter. */
  class Countdown {
    #app;
    #whenOver;
    #timer = 0;
    #ends = 0;
    #warned = false;
    #node = null;
    #digits = null;
    #bar = null;

    constructor(app, whenOver) {
      this.#app = app;
      this.#whenOver = whenOver;
    }

    render(...buttons) {
      this.#digits = ns.el("strong", { class: "emias-countdown__digits" });
      this.#bar = ns.el("progress", { max: String(WHOLE), value: String(WHOLE), "aria-hidden": "true" });
      const words = ns.el("p", {}, `${this.#app.texts.say("HELD_FOR")} `, this.#digits);
      this.#node = ns.el("div", { class: "emias-countdown", role: "timer" }, words, this.#bar, buttons);
      this.#tick();
      return this.#node;
    }

    start(seconds) {
      this.stop();
      this.#ends = performance.now() + seconds * 1000;
      this.#warned = false;
      this.#timer = setInterval(() => this.#tick(), 500);
      this.#tick();
    }

    stop() {
      clearInterval(this.#timer);
      this.#timer = 0;
      if (this.#node) this.#node.hidden = true;
    }

    #tick() {
      if (!this.#node) return;
      this.#node.hidden = !this.#timer;
      if (!this.#timer) return;
      const left = Math.max(0, Math.ceil((this.#ends - performance.now()) / 1000));
      this.#digits.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      this.#bar.value = left;
      this.#node.classList.toggle("is-short", left <= LAST_MINUTE);
      if (left <= LAST_MINUTE && !this.#warned) {
        this.#warned = true;
        this.#app.view.announce(this.#app.texts.say("MINUTE_LEFT"));
      }
      if (left === 0) {
        this.stop();
        this.#whenOver();
      }
    }
  }

  Object.assign(ns, { Countdown });
})((window.EmiasBooking = window.EmiasBooking || {}));
