(function (ns) {
  "use strict";

  const CANCELS = new Set(["cancelling", "cancel_in_doubt", "cancelled"]);
  const PENDING = new Set(["submitting", "in_doubt", "unknown"]);
  const FIRST_SECONDS = 3;
  const LONGEST_SECONDS = 30;
  /** These say nothing of the booking: ask again later. */
  const NO_NEWS = new Set(["site_unreachable", "gateway_unavailable", "temporarily_unavailable", "rate_limited"]);

  /** The last step: the ticket, or a booking that is being checked, asked for by its id or its own key until it ends. */
  class Outcome {
    #app;
    #go;
    #booking = null;
    #choice = null;
    #submission = null;
    #timer = 0;

    /** `go` has `start()`, to book another, and `form(choice, problem)`, back to what was typed. */
    constructor(app, go) {
      this.#app = app;
      this.#go = go;
    }

    open(booking, choice, submission) {
      clearTimeout(this.#timer);
      this.#booking = booking;
      this.#choice = choice;
      this.#submission = submission;
      this.#render();
      if (PENDING.has(booking.state)) this.#wait(booking.retry_after || FIRST_SECONDS);
    }

    /** Follows what the look-up learns of the booking on show: a cancelled one must not stand there as a ticket. */
    follow({ id, state }) {
      if (!this.#booking || this.#booking.id !== id || this.#booking.state === state) return;
      this.#booking = { ...this.#booking, state };
      this.#app.view.quietly(() => this.#render());
    }

    #render() {
      const { texts } = this.#app;
      const { state, reason } = this.#booking;
      const another = ns.actions(ns.button(texts.say("ANOTHER"), () => this.#leave(), "main"));
      if (state === "booked") this.#ticket(another);
      else if (PENDING.has(state)) this.#words("IN_DOUBT_TITLE", texts.say("IN_DOUBT"), ns.el("progress", { "aria-label": texts.say("IN_DOUBT_TITLE") }));
      else if (CANCELS.has(state)) this.#words(`STATE_${state.toUpperCase()}`, texts.say(state === "cancelled" ? "TICKET_VOID" : "CANCEL_PENDING"), another);
      else if (state === "manual") this.#words("MANUAL_TITLE", texts.say("MANUAL"), this.#app.contacts());
      else {
        const own = `CODE_${String(reason).toUpperCase()}`;
        this.#words("FAILED_TITLE", texts.say(texts.has(own) ? own : "CODE_BOOKING_FAILED"), another);
      }
    }

    #ticket(another) {
      const { texts, view } = this.#app;
      const number = this.#booking.ticket || this.#booking.emias_appointment_id || texts.say("TICKET_PENDING");
      const slot = this.#booking.slot || {};
      const row = (name, value) => value && [ns.el("dt", {}, texts.say(name)), ns.el("dd", {}, value)];
      const words = ns.el(
        "dl",
        { class: "emias-ticket__words" },
        row("TICKET_DOCTOR", this.#choice.doctorName),
        row("TICKET_WHEN", texts.fullMoment(slot.starts_at || this.#choice.startsAt)),
        row("TICKET_WHERE", slot.lpu_code && texts.say("INSTITUTION", { CODE: slot.lpu_code })),
        row("TICKET_ROOM", slot.room),
      );
      const digits = ns.el("div", { class: "emias-ticket__number" }, ns.el("p", { class: "emias-small" }, texts.say("TICKET")), ns.el("p", { class: "emias-ticket__digits" }, number));
      view.show(4, texts.say("BOOKED_TITLE"), ns.el("div", { class: "emias-ticket" }, digits, words), ns.el("p", { class: "emias-small" }, texts.say("KEEP_TICKET")), another);
      view.announce(`${texts.say("BOOKED_TITLE")}. ${texts.say("TICKET")} ${number}`);
      this.#app.emit("booked", { id: this.#booking.id, slot, doctor: this.#booking.doctor });
    }

    #words(title, words, ...below) {
      const { texts, view } = this.#app;
      const who = ns.el("p", { class: "emias-who" }, `${this.#choice.doctorName} · ${texts.fullMoment(this.#choice.startsAt)}`);
      view.show(4, texts.say(title), who, ns.el("div", { class: "emias-notice" }, ns.el("p", {}, words)), below);
    }

    #leave() {
      clearTimeout(this.#timer);
      this.#go.start();
    }

    #wait(seconds) {
      this.#timer = setTimeout(() => this.#ask(seconds), Math.min(seconds, LONGEST_SECONDS) * 1000);
    }

    async #ask(seconds) {
      try {
        const told = await (this.#booking.id ? this.#app.api.status(this.#booking) : this.#app.api.book(this.#submission));
        if (told.id && this.#submission && this.#submission.subject) this.#app.identity.forget();
        this.#booking = { ...this.#booking, ...told };
        if (!PENDING.has(told.state)) {
          this.#render();
          return;
        }
      } catch (problem) {
        if (!(problem instanceof ns.Problem)) throw problem;
        const isOver = !this.#booking.id && ns.nextStep(problem.code) !== "poll" && !NO_NEWS.has(problem.code);
        if (isOver) {
          this.#go.form(this.#choice, problem);
          return;
        }
      }
      this.#wait(Math.min(seconds * 1.5, LONGEST_SECONDS));
    }
  }

  Object.assign(ns, { Outcome });
})((window.EmiasBooking = window.EmiasBooking || {}));
