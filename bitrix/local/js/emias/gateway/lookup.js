(function (ns) {
  "use strict";

  const FINAL = new Set(["cancelled", "booked", "rejected", "failed", "manual"]);
  const POLL_SECONDS = 5;

  /** Finds a booking by its ticket and the patient's birth date, and cancels it. */
  class Lookup {
    #app;
    #booking = null;
    #key = "";
    #result = null;
    #ticket = null;
    #birthDate = null;
    #node = null;

    constructor(app) {
      this.#app = app;
    }

    render() {
      const { texts } = this.#app;
      this.#ticket = ns.el("input", { id: "emias-find-ticket", maxlength: "100", autocomplete: "off" });
      this.#birthDate = ns.el("input", { id: "emias-find-birth-date", maxlength: "10", autocomplete: "bday", inputmode: "numeric", "aria-describedby": "emias-find-hint" });
      this.#result = ns.el("div", { "aria-live": "polite" });
      const onsubmit = (event) => {
        event.preventDefault();
        this.#find();
      };
      const form = ns.el(
        "form",
        { class: "emias-form", novalidate: true, onsubmit },
        ns.el(
          "div",
          { class: "emias-fields" },
          this.#field(this.#ticket, "FIND_TICKET"),
          this.#field(this.#birthDate, "FIND_BIRTH_DATE", ns.el("p", { class: "emias-small", id: "emias-find-hint" }, texts.say("HINT_BIRTH_DATE"))),
        ),
        ns.actions(ns.el("button", { type: "submit", class: "emias-button" }, texts.say("FIND"))),
      );
      this.#node = ns.el("details", { class: "emias-find" }, ns.el("summary", {}, texts.say("FIND_TITLE")), form, this.#result);
      return this.#node;
    }

    open() {
      this.#node.open = true;
      this.#ticket.focus();
    }

    #field(input, label, below) {
      return ns.el("div", { class: "emias-field" }, ns.el("label", { for: input.id }, this.#app.texts.say(label)), input, below);
    }

    async #find() {
      const { texts } = this.#app;
      const birthDate = this.#birthDate.value.trim();
      const isWrong = !this.#ticket.value.trim() || ns.birthDateProblem(birthDate);
      if (isWrong) {
        this.#say(ns.el("p", { class: "emias-notice is-bad" }, texts.say("FIND_CHECK")));
        return;
      }
      await this.#ask(() => this.#app.api.find(this.#ticket.value.trim(), birthDate));
    }

    async #ask(request) {
      try {
        this.#booking = { ...this.#booking, ...(await request()) };
        this.#show();
      } catch (problem) {
        if (!(problem instanceof ns.Problem)) throw problem;
        this.#say(this.#app.explanation(problem));
      }
    }

    #show() {
      const { texts } = this.#app;
      const { state, slot, doctor } = this.#booking;
      this.#app.follow(this.#booking);
      const words = ns.el(
        "div",
        { class: "emias-notice" },
        ns.el("p", { class: "emias-name" }, texts.say(`STATE_${state.toUpperCase()}`)),
        ns.el("p", {}, `${doctor.name} · ${texts.fullMoment(slot.starts_at)}`),
      );
      this.#say(words, state === "booked" && ns.actions(ns.button(texts.say("CANCEL"), () => this.#confirm())));
      if (!FINAL.has(state)) setTimeout(() => this.#ask(() => this.#app.api.status(this.#booking)), POLL_SECONDS * 1000);
    }

    #confirm() {
      const { texts } = this.#app;
      const yes = ns.button(texts.say("CANCEL_YES"), () => this.#cancel(), "main");
      this.#say(
        ns.el("div", { class: "emias-notice is-bad" }, ns.el("p", {}, texts.say("CANCEL_SURE"))),
        ns.actions(yes, ns.button(texts.say("CANCEL_NO"), () => this.#show())),
      );
      yes.focus();
    }

    /** A cancel whose answer was lost is asked for again with its own key. */
    async #cancel() {
      this.#key = this.#key || ns.submissionKey();
      const { texts } = this.#app;
      this.#say(ns.el("p", { class: "emias-notice" }, texts.say("CANCELLING")));
      try {
        const told = await this.#app.api.cancel(this.#booking, this.#key);
        this.#key = "";
        this.#booking = { ...this.#booking, ...told };
        this.#show();
        if (told.state === "cancelled") this.#app.emit("cancelled", { id: told.id });
      } catch (problem) {
        if (!(problem instanceof ns.Problem)) throw problem;
        if (ns.nextStep(problem.code) === "poll" || problem.code === "site_unreachable") {
          setTimeout(() => this.#cancel(), (problem.retryAfter || POLL_SECONDS) * 1000);
          return;
        }
        this.#key = "";
        this.#say(this.#app.explanation(problem));
      }
    }

    #say(...children) {
      this.#result.replaceChildren(...children.flat().filter(Boolean));
    }
  }

  Object.assign(ns, { Lookup });
})((window.EmiasBooking = window.EmiasBooking || {}));
