import * as api from "./api.js";
import { announce, button, element, show } from "./dom.js";
import { fullMoment, text } from "./texts.js";

const PENDING = new Set(["submitting", "in_doubt"]);
const POLL_SECONDS = 3;
const LONGEST_POLL_SECONDS = 30;

const row = (name, value) => [element("dt", {}, name), element("dd", {}, value)];

function showTicket(booking, choice, again) {
  const number = booking.ticket ?? booking.emias_appointment_id ?? text("ticketPending");
  const ticket = element(
    "div",
    { class: "ticket" },
    element("div", { class: "ticket-number" }, element("p", { class: "small" }, text("ticket")), element("p", { class: "ticket-digits" }, number)),
    element("dl", { class: "ticket-words" }, row(text("doctor"), choice.doctorName), row(text("when"), fullMoment(choice.startsAt))),
  );
  show(4, text("bookedTitle"), ticket, element("div", { class: "actions" }, button(text("another"), again, "main")));
  announce(`${text("bookedTitle")}. ${text("ticket")} ${number}`);
}

function showWords(title, words, choice, action) {
  const who = element("p", { class: "who" }, `${choice.doctorName} · ${fullMoment(choice.startsAt)}`);
  show(4, title, who, element("div", { class: "notice" }, element("p", {}, words)), action);
}

/** The last step: the ticket, or the state of a booking that EMIAS has not confirmed yet, asked for until it has. */
export class Outcome {
  #booking = null;
  #choice = null;
  #again;
  #timer = 0;

  constructor(again) {
    this.#again = () => {
      clearTimeout(this.#timer);
      again();
    };
  }

  open(booking, choice) {
    this.#choice = choice;
    this.#booking = booking;
    this.render();
    if (PENDING.has(booking.state)) this.#waitFor(booking.retry_after || POLL_SECONDS);
  }

  render() {
    const again = element("div", { class: "actions" }, button(text("another"), this.#again, "main"));
    if (this.#booking.state === "booked") {
      showTicket(this.#booking, this.#choice, this.#again);
    } else if (PENDING.has(this.#booking.state)) {
      showWords(text("inDoubtTitle"), text("inDoubt"), this.#choice, element("progress", { "aria-label": text("inDoubtTitle") }));
    } else if (this.#booking.state === "manual") {
      showWords(text("manualTitle"), text("manual"), this.#choice, null);
    } else {
      showWords(text("failedTitle"), text("failed"), this.#choice, again);
    }
  }

  #waitFor(seconds) {
    this.#timer = setTimeout(() => this.#poll(seconds), seconds * 1000);
  }

  async #poll(seconds) {
    try {
      const { content } = await api.booking(this.#booking.id);
      this.#booking = { ...this.#booking, ...content };
      if (!PENDING.has(content.state)) {
        this.render();
        return;
      }
    } catch (problem) {
      announce(problem.message);
    }
    this.#waitFor(Math.min(seconds * 1.5, LONGEST_POLL_SECONDS));
  }
}
