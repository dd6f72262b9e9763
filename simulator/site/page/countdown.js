import { announce, element } from "./dom.js";
import { text } from "./texts.js";

const LAST_MINUTE = 60;

/** Counts a hold down by the server's clock, so that a wrong clock of the visitor does not matter. */
export class Countdown {
  #timer = 0;
  #ends = 0;
  #warned = false;
  #whenOver;
  #node = null;
  #digits = null;
  #bar = null;

  constructor(whenOver) {
    this.#whenOver = whenOver;
  }

  render(...actions) {
    this.#digits = element("strong", { class: "countdown-digits" });
    this.#bar = element("progress", { max: "300", value: "300", "aria-hidden": "true" });
    this.#node = element("div", { class: "countdown", role: "timer" }, element("p", {}, `${text("heldFor")} `, this.#digits), this.#bar, actions);
    this.#tick();
    return this.#node;
  }

  start(expiresAt, serverNow) {
    this.stop();
    this.#ends = performance.now() + Date.parse(expiresAt) - serverNow;
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
    this.#node.hidden = !this.#timer;
    if (!this.#timer) return;
    const left = Math.max(0, Math.ceil((this.#ends - performance.now()) / 1000));
    this.#digits.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    this.#bar.value = left;
    this.#node.classList.toggle("is-short", left <= LAST_MINUTE);
    if (left <= LAST_MINUTE && !this.#warned) {
      this.#warned = true;
      announce(text("minuteLeft"));
    }
    if (left === 0) {
      this.stop();
      this.#whenOver();
    }
  }
}
