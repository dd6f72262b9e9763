import * as api from "./api.js";
import { Countdown } from "./countdown.js";
import { announce, button, element, refusal, show, showLoading } from "./dom.js";
import { fullMoment, text } from "./texts.js";

const TAKEN = new Set(["slot_taken", "slot_held"]);
const GONE = 410;
/** After these nobody knows whether the gateway worked on the submission: sent again, it must keep its key. */
const OUTCOME_UNKNOWN = new Set([0, 502, 504]);

/** The step with the form: holds a slot, counts it down, submits, and offers other times when it is gone. */
export class BookingForm {
  #fields;
  #leave;
  #finish;
  #choice = null;
  #hold = null;
  #submission = { body: "", key: "" };
  #countdown = new Countdown(() => this.#expire());
  #notice = null;
  #renewButton = null;
  #submitButton = null;

  /** `leave` goes back to the schedule, `finish` takes the gateway's answer and the choice that it is about. */
  constructor(fields, { leave, finish }) {
    this.#fields = fields;
    this.#leave = leave;
    this.#finish = finish;
    window.addEventListener("pagehide", () => this.#release());
    window.addEventListener("pageshow", (event) => event.persisted && this.#choice && this.#expire());
  }

  /** Holds the slot of `choice` ({doctorId, doctorName, slotId, startsAt}) and shows the form. */
  async open(choice) {
    this.#release();
    this.#choice = choice;
    showLoading(3);
    try {
      const { content, serverNow } = await api.hold(choice.slotId, choice.doctorId);
      this.#hold = content;
      this.render();
      this.#countdown.start(content.expires_at, serverNow);
    } catch (problem) {
      this.render();
      this.#explain(problem);
    }
  }

  render() {
    this.#notice = element("div");
    this.#renewButton = button(text("renew"), () => this.#renew());
    this.#renewButton.hidden = !this.#hold?.renewals_left;
    this.#submitButton = element("button", { type: "submit", class: "button is-main" }, text("submit"));
    const submit = (event) => {
      event.preventDefault();
      this.#submit();
    };
    const actions = element(
      "div",
      { class: "actions" },
      this.#submitButton,
      button(text("prefill"), () => this.#fields.prefill()),
      button(text("back"), () => {
        this.close();
        this.#leave();
      }),
    );
    show(
      3,
      text("formTitle"),
      element("p", { class: "who" }, `${this.#choice.doctorName} · ${fullMoment(this.#choice.startsAt)}`),
      this.#countdown.render(this.#renewButton),
      this.#notice,
      element("form", { class: "form", novalidate: true, onsubmit: submit }, element("div", { class: "fields" }, this.#fields.render()), actions),
    );
  }

  close() {
    this.#release();
    this.#choice = null;
  }

  #release() {
    if (this.#hold) api.release(this.#hold.id);
    this.#forgetHold();
  }

  #forgetHold() {
    this.#hold = null;
    this.#countdown.stop();
  }

  #expire() {
    this.#forgetHold();
    const again = button(text("holdAgain"), () => this.open(this.#choice), "main");
    const words = element("p", {}, text("holdOver"));
    this.#notice.replaceChildren(element("div", { class: "notice is-bad", role: "alert" }, words, element("div", { class: "actions" }, again)));
  }

  async #renew() {
    try {
      const { content, serverNow } = await api.renew(this.#hold.id);
      this.#hold = { ...this.#hold, ...content };
      this.#renewButton.hidden = !this.#hold.renewals_left;
      this.#countdown.start(this.#hold.expires_at, serverNow);
    } catch (problem) {
      if (problem.code === "renewals_exhausted") this.#renewButton.hidden = true;
      this.#explain(problem);
    }
  }

  async #submit() {
    if (!this.#hold) {
      this.#expire();
      return;
    }
    if (!this.#fields.complete()) {
      announce(text("checkForm"));
      return;
    }
    const body = { hold_id: this.#hold.id, patient: this.#fields.patient() };
    const written = JSON.stringify(body);
    if (this.#submission.body !== written) this.#submission = { body: written, key: api.submissionKey() };
    this.#busy(true);
    try {
      const { content, retryAfter } = await api.book(body, this.#submission.key);
      const choice = this.#choice;
      this.#forgetHold();
      this.#choice = null;
      this.#finish({ retry_after: retryAfter, ...content }, choice);
    } catch (problem) {
      const again = OUTCOME_UNKNOWN.has(problem.status) || problem.code === "idempotency_in_progress";
      if (!again) this.#submission = { body: "", key: "" };
      this.#explain(problem);
    } finally {
      this.#busy(false);
    }
  }

  #busy(isBusy) {
    this.#submitButton.disabled = isBusy;
    this.#submitButton.textContent = text(isBusy ? "submitting" : "submit");
    if (isBusy) this.#notice.replaceChildren();
  }

  #explain(problem) {
    if (problem.status === GONE) {
      this.#expire();
    } else if (TAKEN.has(problem.code)) {
      this.#offer(problem);
    } else {
      this.#notice.replaceChildren(refusal(problem, ...(this.#hold ? [] : [button(text("holdAgain"), () => this.open(this.#choice), "main")])));
      this.#fields.markRefused(problem.errors);
    }
  }

  #offer(problem) {
    this.#forgetHold();
    const offers = problem.alternatives.map((one) => {
      const choice = { doctorId: one.doctor_id, doctorName: one.doctor_name, slotId: one.slot_id, startsAt: one.starts_at };
      return element(
        "li",
        {},
        element(
          "button",
          { type: "button", class: "offer", onclick: () => this.open(choice) },
          element("strong", {}, fullMoment(one.starts_at)),
          element("span", { class: "small" }, `${one.doctor_name} · ${text("institution")}${one.lpu_code}`),
        ),
      );
    });
    const words = element("p", {}, text(offers.length ? "alternatives" : "noAlternatives"));
    const heading = element("h3", { tabindex: "-1" }, text("slotTaken"));
    this.#notice.replaceChildren(
      element("div", { class: "notice is-bad", role: "alert" }, heading, element("p", {}, problem.message), words, element("ul", { class: "offers" }, offers)),
    );
    heading.focus();
  }
}
